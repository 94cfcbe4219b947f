//! What a handle is, and which word stands for a network.

/// Most characters of a handle or of a name that stands in for one.
pub const HANDLE_LONGEST: usize = 80;

/// A handle as shown, and the key under which it is one voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    pub shown: String,
    pub key: String,
}

/// A handle, parsed once: an `@`, `u/` or profile address before it is dropped; letters, digits, `_`, `.` and `-` remain.
///
/// # Errors
/// The reason in words, to be shown beside the row.
pub fn parse_handle(text: &str) -> Result<Handle, String> {
    let text = text.trim().trim_matches('"').trim();
    let text = if text.starts_with("http") { text.trim_end_matches('/').rsplit('/').next().unwrap_or(text) } else { text };
    let text = text.strip_prefix("u/").or_else(|| text.strip_prefix("/u/")).unwrap_or(text).trim_start_matches(['@', '＠']);
    if text.is_empty() {
        return Err("The author is missing.".into());
    }
    if text.chars().count() > HANDLE_LONGEST {
        return Err(format!("The author's handle is longer than {HANDLE_LONGEST} characters."));
    }
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')) || !text.chars().any(char::is_alphanumeric) {
        return Err(format!("“{text}” is not a handle: only letters, digits, “_”, “.” and “-” can be in one."));
    }
    Ok(Handle { shown: text.to_owned(), key: text.to_lowercase() })
}

/// A name that stands in for a handle, where an export gives no handle (news, forums): may have spaces.
///
/// # Errors
/// The reason in words.
pub fn parse_name(text: &str) -> Result<Handle, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err("The author is missing.".into());
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '\'' | '’' | ',' | '&');
    if text.chars().count() > HANDLE_LONGEST || !text.chars().all(fits) || !text.starts_with(|c: char| c.is_alphanumeric()) {
        return Err(format!("“{}” is not an author's name.", text.chars().take(HANDLE_LONGEST).collect::<String>()));
    }
    Ok(Handle { key: text.to_lowercase(), shown: text })
}

/// The word for a network: vendors write "Twitter", "twitter.com", "SOCIALMEDIA,SOCIALMEDIA_TWITTER" and "X" for one.
/// None where the text names no network that we know ("social").
#[must_use]
pub fn known_network(text: &str) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("twitter", "x"),
        ("reddit", "reddit"),
        ("facebook", "facebook"),
        ("instagram", "instagram"),
        ("youtube", "youtube"),
        ("linkedin", "linkedin"),
        ("tiktok", "tiktok"),
        ("mastodon", "mastodon"),
        ("bluesky", "bluesky"),
        ("bsky", "bluesky"),
        ("threads", "threads"),
        ("forum", "forum"),
        ("blog", "blog"),
        ("news", "news"),
    ];
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "x" | "x.com") {
        return Some("x");
    }
    SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(_, word)| *word)
}

/// The network of a post: by the export's word, else by its link, else the word as it is; "x" where nothing is said.
#[must_use]
pub fn network(word: &str, url: Option<&str>) -> String {
    let host = url.and_then(|url| url.split("//").nth(1)).and_then(|rest| rest.split('/').next()).unwrap_or("");
    let host = host.strip_prefix("www.").unwrap_or(host);
    if let Some(known) = known_network(word).or_else(|| known_network(host)) {
        return known.to_owned();
    }
    let plain = |text: &str| {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')).take(40).collect::<String>()
    };
    match (plain(word), plain(host)) {
        (word, _) if !word.is_empty() => word,
        (_, host) if !host.is_empty() => host,
        _ => "x".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_parsed_once() {
        let shown = |text| parse_handle(text).map(|handle| handle.shown);
        assert_eq!(shown(" @Zoe_77 ").as_deref(), Ok("Zoe_77"));
        assert_eq!(shown("u/longtail").as_deref(), Ok("longtail"));
        assert_eq!(shown("https://twitter.com/zoe/").as_deref(), Ok("zoe"));
        for attack in ["", "@", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; DROP TABLE author;--", "a\u{0}b", "../../etc", "---"]
        {
            assert!(parse_handle(attack).is_err(), "{attack}");
        }
        assert!(parse_handle(&"a".repeat(81)).is_err());
    }

    #[test]
    fn a_name_may_have_spaces_and_no_markup() {
        assert_eq!(parse_name(" Zoë  O’Neil ").map(|name| name.key).as_deref(), Ok("zoë o’neil"));
        assert!(parse_name("<b>Zoë</b>").is_err());
        assert!(parse_name("=1+1").is_err());
    }

    #[test]
    fn networks_have_one_word_each() {
        for x in ["Twitter", "X", "x.com", "SOCIALMEDIA,SOCIALMEDIA_TWITTER", ""] {
            assert_eq!(network(x, None), "x");
        }
        assert_eq!(network("Reddit", Some("https://twitter.com/zoe")), "reddit");
        assert_eq!(network("Social", Some("https://www.twitter.com/zoe")), "x");
        assert_eq!(network("", Some("https://laptops.example.org/t/7")), "laptops.example.org");
        assert_eq!(network("Review site", None), "reviewsite");
    }
}

//! Parsing handles and networks.

/// Maximum characters of a handle, or of a name used instead.
pub const MAX_HANDLE_CHARS: usize = 80;

/// A handle as shown, and its key.
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
    if text.chars().count() > MAX_HANDLE_CHARS {
        return Err(format!("The author's handle is longer than {MAX_HANDLE_CHARS} characters."));
    }
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')) || !text.chars().any(char::is_alphanumeric) {
        return Err(format!("“{text}” is not a handle: a handle has letters, digits, “_”, “.” and “-” only."));
    }
    Ok(Handle { shown: text.to_owned(), key: text.to_lowercase() })
}

/// Whether a cell says that its author is not known: nothing, a dash, a deleted account.
#[must_use]
pub fn is_unknown(text: &str) -> bool {
    const NOBODY: &[&str] = &[
        "",
        "[deleted]",
        "[removed]",
        "deleted",
        "deleted user",
        "deleted account",
        "unknown",
        UNKNOWN,
        "unbekannt",
        "anonymous",
        "anonym",
        "anonyme",
        "anónimo",
        "anônimo",
        "anonimo",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "undefined",
        "gelöscht",
        "a google user",
    ];
    let lower = text.trim().to_lowercase();
    NOBODY.contains(&lower.as_str()) || lower.starts_with("deleted user") || !lower.contains(|c: char| c.is_alphanumeric() || !c.is_ascii())
}

/// The author of one mention of which no author is known: never the author of another one. `mention` is what the mention is known by.
#[must_use]
pub fn unknown(mention: &str) -> Handle {
    Handle { shown: UNKNOWN.to_owned(), key: format!("{UNKNOWN_KEY}{mention}") }
}

/// The network of a mention of which nothing tells it.
pub const UNKNOWN_NETWORK: &str = "unknown";
/// What an author that is not known is called.
pub const UNKNOWN: &str = "unknown author";
/// What the key of an author that is not known begins with; no handle and no name does.
pub const UNKNOWN_KEY: &str = "?";

/// The user name in what a script writes for an account: `{'username': 'ida_b', 'displayname': "Ida"}`.
#[must_use]
pub fn in_record(text: &str) -> Option<&str> {
    let record = text.trim().strip_prefix('{')?;
    ["username", "screen_name", "handle", "uniqueId", "name"].iter().find_map(|key| {
        let (_, behind) = record.split_once(&format!("{key}'")).or_else(|| record.split_once(&format!("{key}\"")))?;
        let value = behind.trim_start().strip_prefix(':')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        value[1..].split(quote).next().filter(|name| !name.is_empty())
    })
}

/// A name used instead of a handle, where an export has none (news, forums). It may have spaces.
///
/// # Errors
/// The reason in words.
pub fn parse_name(text: &str) -> Result<Handle, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err("The author is missing.".into());
    }
    // Names have signs, quotes and emoji in every script; what is markup, a formula or has no letter at all is none.
    let is_markup = text.contains('<') && text.contains('>');
    let has_letter = text.chars().any(|c| c.is_alphanumeric() || !c.is_ascii());
    let fits = has_letter && !is_markup && !text.starts_with(['=', '{', '[']) && !text.contains(|c: char| c.is_control());
    if text.chars().count() > MAX_HANDLE_CHARS || !fits {
        return Err(format!("“{}” is not an author's name.", text.chars().take(MAX_HANDLE_CHARS).collect::<String>()));
    }
    // A mark at the beginning is no part of a key: it marks authors that are not known.
    Ok(Handle { key: text.to_lowercase().trim_start_matches('?').to_owned(), shown: text })
}

/// A network of which every export writes in its own way: our word, what it is called, and its hosts.
struct Platform {
    word: &'static str,
    names: &'static [&'static str],
    hosts: &'static [&'static str],
}

/// Of Mastodon only the server that vendors mean by the name: a handle on another one is somebody else.
const PLATFORMS: &[Platform] = &[
    Platform { word: "x", names: &["twitter"], hosts: &["twitter.com", "x.com"] },
    Platform { word: "reddit", names: &["reddit"], hosts: &["reddit.com", "redd.it"] },
    Platform { word: "facebook", names: &["facebook"], hosts: &["facebook.com", "fb.com"] },
    Platform { word: "instagram", names: &["instagram"], hosts: &["instagram.com"] },
    Platform { word: "youtube", names: &["youtube"], hosts: &["youtube.com", "youtu.be"] },
    Platform { word: "linkedin", names: &["linkedin"], hosts: &["linkedin.com"] },
    Platform { word: "tiktok", names: &["tiktok"], hosts: &["tiktok.com"] },
    Platform { word: "mastodon", names: &["mastodon"], hosts: &["mastodon.social"] },
    Platform { word: "bluesky", names: &["bluesky", "bsky"], hosts: &["bsky.app", "bsky.social"] },
    Platform { word: "threads", names: &[], hosts: &["threads.net", "threads.com"] },
    Platform { word: "telegram", names: &["telegram"], hosts: &["t.me", "telegram.org"] },
    Platform { word: "messenger", names: &["messenger"], hosts: &["messenger.com", "m.me"] },
    Platform { word: "discord", names: &["discord"], hosts: &["discord.com", "discord.gg"] },
    Platform { word: "trustpilot", names: &["trustpilot"], hosts: &["trustpilot.com"] },
    Platform { word: "whatsapp", names: &["whatsapp"], hosts: &["whatsapp.com"] },
    Platform { word: "pinterest", names: &["pinterest"], hosts: &["pinterest.com"] },
    Platform { word: "twitch", names: &["twitch"], hosts: &["twitch.tv"] },
    Platform { word: "quora", names: &["quora"], hosts: &["quora.com"] },
    Platform { word: "googleplay", names: &["googleplay"], hosts: &["play.google.com"] },
    Platform { word: "appstore", names: &["appstore"], hosts: &["apps.apple.com", "itunes.apple.com"] },
    Platform { word: "vk", names: &["vk", "vkontakte"], hosts: &["vk.com"] },
];

/// Names of platforms that are common words as well: they must be all that is said.
const ALONE: &[&str] = &["x", "threads"];

/// Kinds of media, as vendors call them: used as a network only if the site is unknown.
const MEDIA: &[(&str, &[&str])] = &[
    ("forum", &["forum", "forums"]),
    ("blog", &["blog", "blogs", "blog mentions", "blog other"]),
    ("news", &["news", "online news", "onlinenews", "onlinenews other", "news sites"]),
];

/// The words that sites of their own were once called by together.
#[must_use]
pub fn formerly(network: &str) -> Vec<&str> {
    let words = if network.contains('.') { MEDIA } else { &[] };
    words.iter().map(|(word, _)| *word).collect()
}

/// Hosts of links that only lead elsewhere: short links, and those by which vendors count who reads on.
const PASSING_ON: &[&str] = &["t.co", "bit.ly", "ow.ly", "tinyurl.com", "lnkd.in", "ct.moreover.com", "transition.meltwater.com"];

/// The words of the networks that we know.
pub fn known_networks() -> impl Iterator<Item = &'static str> {
    PLATFORMS.iter().map(|platform| platform.word)
}

/// The word for a network that we know, by its name or its host: vendors write "Twitter", "twitter.com",
/// "SOCIALMEDIA,SOCIALMEDIA_TWITTER" and "X" for one. None where the text names no such network ("social", "forum.example.org").
#[must_use]
pub fn known_network(text: &str) -> Option<&'static str> {
    if let Some(host) = host(text) {
        let is_of = |site: &&str| host.strip_suffix(*site).is_some_and(|before| before.is_empty() || before.ends_with('.'));
        return PLATFORMS.iter().find(|platform| platform.hosts.iter().any(is_of)).map(|platform| platform.word);
    }
    let text = text.to_lowercase();
    let mut phrases = text.split([',', ';', '/', '|', ':', '_']).map(str::trim);
    if let Some(alone) = phrases.find_map(|phrase| ALONE.iter().find(|word| **word == phrase)) {
        return Some(alone);
    }
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| PLATFORMS.iter().find(|platform| platform.names.contains(&word))).map(|platform| platform.word)
}

/// The host of a link, or of what is written like one ("forum.example.org"), in lower case and without "www.".
#[must_use]
pub fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.').to_lowercase();
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let is_host = host.len() <= 253
        && host.split('.').all(label)
        && host.rsplit_once('.').is_some_and(|(_, top)| top.chars().count() > 1 && top.starts_with(char::is_alphabetic));
    is_host.then(|| host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned))
}

/// The network of a mention: one that we know, by the export's word, else by its link; else the host of the site, by the word or
/// by the link; else the word as it is; `UNKNOWN_NETWORK` where nothing is said. Each forum, blog and news site is a network of its own, since a
/// handle is one author and an id is one mention only there. Mentions from before that was told keep the word they came with.
#[must_use]
pub fn network(word: &str, url: Option<&str>) -> String {
    let link = url.and_then(host).filter(|host| !PASSING_ON.contains(&host.as_str()));
    if let Some(known) = known_network(word).or_else(|| known_network(link.as_deref()?)) {
        return known.to_owned();
    }
    if let Some(host) = host(word).or(link) {
        return host;
    }
    let word = word.to_lowercase();
    let phrases = || word.split([',', ';']).map(|phrase| phrase.replace('_', " ").trim().to_owned());
    if let Some((medium, _)) = MEDIA.iter().find(|(_, names)| phrases().any(|phrase| names.contains(&phrase.as_str()))) {
        return (*medium).to_owned();
    }
    let plain: String = word.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')).take(40).collect();
    if plain.is_empty() { UNKNOWN_NETWORK.into() } else { plain }
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
        for x in ["Twitter", "X", "x.com", "SOCIALMEDIA,SOCIALMEDIA_TWITTER"] {
            assert_eq!(network(x, None), "x");
        }
        assert_eq!(network("", None), UNKNOWN_NETWORK, "nothing is guessed");
        assert_eq!(network("Reddit", Some("https://twitter.com/zoe")), "reddit");
        assert_eq!(network("Social", Some("https://www.twitter.com/zoe")), "x");
        assert_eq!(network("", Some("https://laptops.example.org/t/7")), "laptops.example.org");
        assert_eq!(network("Review site", None), "reviewsite");
        for (word, known) in
            [("Threads", "threads"), ("X (Twitter)", "x"), ("SOCIALMEDIA,SOCIALMEDIA_X", "x"), ("Facebook Pages", "facebook"), ("VK", "vk")]
        {
            assert_eq!(network(word, None), known, "{word}");
        }
        for link in ["https://old.reddit.com/r/dell", "https://REDDIT.com:443/r/dell", "http://www.reddit.com?a=b"] {
            assert_eq!(network("Forums", Some(link)), "reddit", "{link}");
        }
    }

    #[test]
    fn every_forum_blog_and_news_site_is_a_network_of_its_own() {
        assert_eq!(network("forum.alpha.org", Some("https://forum.alpha.org/t/7")), "forum.alpha.org");
        assert_eq!(network("Forum.Beta.org", None), "forum.beta.org");
        assert_eq!(network("https://www.alpha.org/blog/", None), "alpha.org");
        for kind in ["Forums", "Blogs", "News", "ONLINENEWS,ONLINENEWS_OTHER", "Review site", "web", ""] {
            assert_eq!(network(kind, Some("https://www.alpha.org/a/7")), "alpha.org", "{kind}");
        }
        assert_eq!(network("BBC News", Some("https://ct.moreover.com/?a=7")), "bbcnews", "the link leads elsewhere");
        for (word, alone) in
            [("Forums", "forum"), ("Blog", "blog"), ("News", "news"), ("BLOG,BLOG_OTHER", "blog"), ("Alpha Forum", "alphaforum")]
        {
            assert_eq!(network(word, None), alone, "{word}");
        }
    }

    #[test]
    fn a_host_that_contains_the_name_of_a_network_is_not_that_network() {
        for site in ["threads.alpha.org", "twitter.alpha.org", "notreddit.com", "facebook.com.alpha.org", "newsblog.org", "fosstodon.org"] {
            assert_eq!(network(site, None), site);
            assert_eq!(network("", Some(&format!("https://{site}/zoe"))), site);
        }
        assert_eq!(network("Discussion threads", None), "discussionthreads");
        assert_eq!(known_network("Node.js, the book"), None);
    }
}

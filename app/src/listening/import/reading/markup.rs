//! Texts that were exported with their markup: HTML of networks and help desks, BBCode of forums.

use std::borrow::Cow;

/// A text without markup, where it has any: tags go, paragraphs and line breaks stay, and what quotes somebody else is no part of it.
#[must_use]
pub fn without_markup(text: &str) -> Cow<'_, str> {
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    let is_html = has(&["</p>", "<br", "</a>", "</span>", "</div>", "</li>", "</blockquote>", "</b>", "</strong>", "</em>"]);
    let is_bbcode = has(&["[/quote", "[/b]", "[/i]", "[/url]", "[/img]", "[/size", "[/color"]);
    match (is_html, is_bbcode) {
        (false, false) => Cow::Borrowed(text),
        (true, _) => Cow::Owned(plain(text, '<', '>', &["blockquote"])),
        (false, true) => Cow::Owned(plain(text, '[', ']', &["quote", "img"])),
    }
}

/// Removes tags between two signs, and what stands within the tags of `others`. A sign that begins no tag stays.
fn plain(text: &str, open: char, close: char, others: &[&str]) -> String {
    let mut found = String::with_capacity(text.len());
    let (mut rest, mut within) = (text, 0_u32);
    while let Some(at) = rest.find(open) {
        let (before, tag) = rest.split_at(at);
        if within == 0 {
            found.push_str(before);
        }
        let Some(end) = tag.find(close) else {
            rest = tag;
            break;
        };
        let inner = &tag[open.len_utf8()..end];
        let is_end = inner.starts_with('/');
        let name: String =
            inner.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            if within == 0 {
                found.push(open);
            }
            rest = &tag[open.len_utf8()..];
            continue;
        }
        if others.contains(&name.as_str()) {
            within = if is_end { within.saturating_sub(1) } else { within + 1 };
        }
        if within == 0 && (matches!(name.as_str(), "br" | "hr") || (is_end && matches!(name.as_str(), "p" | "div" | "li" | "tr"))) {
            found.push('\n');
        }
        rest = &tag[end + close.len_utf8()..];
    }
    // A quotation that is never closed is the text itself.
    if within == 0 || found.trim().is_empty() {
        found.push_str(rest);
    }
    found.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_words_stay() {
        for (text, meant) in [
            ("<p>It makes a <strong>horrible</strong> noise</p><p>Again</p>", "It makes a horrible noise\nAgain"),
            ("<blockquote>It is fine</blockquote><p>No, it is not</p>", "No, it is not"),
            ("[quote=adam]Mine too[/quote] The fan is [b]loud[/b]", "The fan is loud"),
            ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
            ("I <3 it<br/>really", "I <3 it\nreally"),
            ("[sic] as it was", "[sic] as it was"),
        ] {
            assert_eq!(without_markup(text), meant, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(<|>|/|br|p|quote|\\[|\\]|é| ){0,20}") {
            let _ = without_markup(&format!("{text}</p>"));
            let _ = without_markup(&format!("{text}[/quote]"));
        }
    }
}

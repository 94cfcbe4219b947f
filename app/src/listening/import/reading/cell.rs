//! What single cells say: texts with HTML entities, counts as people write them, damaged ids, names of languages.

use std::borrow::Cow;

use super::encoding::WINDOWS_1252;

/// Named entities that exports leave in texts.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("hellip", "…"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", "•"),
    ("euro", "€"),
    ("pound", "£"),
    ("cent", "¢"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("szlig", "ß"),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("Auml", "Ä"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("agrave", "à"),
    ("aacute", "á"),
    ("iacute", "í"),
    ("oacute", "ó"),
    ("uacute", "ú"),
    ("ntilde", "ñ"),
    ("ccedil", "ç"),
];

/// A cell, or as much of it as so many characters hold.
#[must_use]
pub fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit { text.to_owned() } else { text.chars().take(limit).collect() }
}

/// Undoes HTML entities, once: `&amp;lt;` becomes `&lt;`, as its author wrote it. Unknown ones stay.
#[must_use]
pub fn plain_text(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let (before, mut rest) = text.split_at(first);
    let mut plain = String::with_capacity(text.len());
    plain.push_str(before);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest) {
            Some((meant, length)) => {
                plain.push_str(&meant);
                rest = &rest[length..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The entity that a text begins with: what it means and how long it is.
fn entity(text: &str) -> Option<(Cow<'static, str>, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let meant = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let letter = char::from_u32(code).filter(|c| *c != '\0')?;
            Cow::Owned(letter.to_string())
        }
        None => Cow::Borrowed(ENTITIES.iter().find(|(known, _)| *known == name)?.1),
    };
    Some((meant, end + 1))
}

/// A text that was UTF-8, was read as windows-1252 or Latin-1 and saved so, as it was before; none where that is not certain: every letter
/// beyond ASCII must be part of it.
#[must_use]
pub fn mended(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(windows_1252).collect();
    let mut bytes: Vec<u8> = bytes?;
    let is_cut = |bytes: &[u8]| std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    if is_cut(&bytes) {
        // The byte of a no-break space, which was trimmed with the blanks at the end.
        bytes.push(0xa0);
    }
    String::from_utf8(bytes).ok().filter(|mended| mended.chars().count() < text.chars().count())
}

/// The byte of a letter in windows-1252, or in Latin-1 where that leaves it open.
fn windows_1252(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    match u8::try_from(code) {
        Ok(byte) => Some(byte),
        Err(_) => {
            WINDOWS_1252.iter().position(|known| *known == letter && letter != '\u{fffd}').and_then(|at| u8::try_from(at + 0x80).ok())
        }
    }
}

/// Whether a text was UTF-8 and was read as windows-1252 on its way to us: “grÃ¼n”, “donâ€™t”.
#[must_use]
pub fn mojibake(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let lost = match letter {
            'Ã' | 'Â' => {
                matches!(next, '\u{80}'..='\u{bf}' | '€' | '‚' | '„' | '…' | '†' | '‰' | 'Š' | '‹' | 'Œ' | '™' | 'š' | 'œ' | 'Ÿ')
            }
            'â' => matches!(next, '€' | '\u{80}'),
            _ => false,
        };
        if lost {
            return true;
        }
    }
    false
}

/// A count as exports write it: `12599`, `12,599`, `1.234.567`, `12599.0`, `1.2K`, `3M`. Nothing for what is no count.
#[must_use]
pub fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(count) = text.strip_prefix(['-', '−']) {
        return if count.starts_with(['-', '−']) { None } else { number(count).map(|count| -count) };
    }
    if !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (digits, times) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1e3),
        (at, 'm' | 'M') => (&text[..at], 1e6),
        _ => (text, 1.0),
    };
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    let groups: Vec<&str> = digits.split([',', '.']).collect();
    // Marks between groups of three are for reading only, unless a letter says that it is a fraction.
    let grouped = times == 1.0
        && groups.len() > 1
        && groups[0].len() <= 3
        && !groups[0].is_empty()
        && groups[1..].iter().all(|group| group.len() == 3);
    let plain = if grouped { groups.concat() } else { digits.replace(',', ".") };
    if !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value = plain.parse::<f64>().ok()? * times;
    // Beyond this, a float is no exact count any more.
    (value.is_finite() && (0.0..9e15).contains(&value)).then_some(value.round() as i64)
}

/// Whether a spreadsheet has turned a long id into `5.70306E+17`, which is no id any more.
#[must_use]
pub fn is_damaged_id(id: &str) -> bool {
    let Some((digits, power)) = id.split_once(['E', 'e']) else { return false };
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    power.strip_prefix('+').is_some_and(number) && digits.split(['.', ',']).all(number) && digits.len() <= 18
}

/// Languages as vendors spell them out, in English and in their own words.
const LANGUAGES: &[(&str, &str)] = &[
    ("english", "en"),
    ("german", "de"),
    ("deutsch", "de"),
    ("french", "fr"),
    ("français", "fr"),
    ("spanish", "es"),
    ("español", "es"),
    ("portuguese", "pt"),
    ("italian", "it"),
    ("dutch", "nl"),
    ("swedish", "sv"),
    ("danish", "da"),
    ("norwegian", "no"),
    ("finnish", "fi"),
    ("polish", "pl"),
    ("czech", "cs"),
    ("hungarian", "hu"),
    ("romanian", "ro"),
    ("greek", "el"),
    ("turkish", "tr"),
    ("russian", "ru"),
    ("ukrainian", "uk"),
    ("arabic", "ar"),
    ("hebrew", "he"),
    ("persian", "fa"),
    ("farsi", "fa"),
    ("hindi", "hi"),
    ("bengali", "bn"),
    ("urdu", "ur"),
    ("tamil", "ta"),
    ("thai", "th"),
    ("vietnamese", "vi"),
    ("indonesian", "id"),
    ("malay", "ms"),
    ("tagalog", "tl"),
    ("filipino", "tl"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("chinese", "zh"),
    ("catalan", "ca"),
];

/// A language as its code: “English” and `en-US` are both `en`. What is no language at all (`und`, `unknown`) is none.
#[must_use]
pub fn language(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    if matches!(lower.as_str(), "" | "und" | "unknown" | "n/a" | "none" | "other" | "undefined" | "null") {
        return None;
    }
    if let Some((_, code)) = LANGUAGES.iter().find(|(name, _)| *name == lower) {
        return Some((*code).to_owned());
    }
    match lower.split_once(['-', '_']) {
        Some((code, _)) if matches!(code.len(), 2 | 3) => Some(code.to_owned()),
        _ => Some(lower),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_undone_once() {
        for (text, meant) in [
            ("Great &amp; fast", "Great & fast"),
            ("&amp;lt;b&gt;", "&lt;b>"),
            ("it&#39;s &#x1F600; &hellip; AT&T &unknown; 100 &", "it's 😀 … AT&T &unknown; 100 &"),
            ("&#0;&#xD800;&#99999999999;", "&#0;&#xD800;&#99999999999;"),
            ("&ü;", "&ü;"),
        ] {
            assert_eq!(plain_text(text), meant);
        }
    }

    #[test]
    fn counts_are_read_as_people_write_them() {
        for (text, meant) in [
            ("12599", Some(12_599)),
            ("12,599", Some(12_599)),
            ("1.234.567", Some(1_234_567)),
            ("12599.0", Some(12_599)),
            ("1.2K", Some(1_200)),
            ("1.234K", Some(1_234)),
            ("3M", Some(3_000_000)),
            ("0", Some(0)),
            ("-3", Some(-3)),
            ("--3", None),
            ("1e+05", Some(100_000)),
            ("", None),
            ("many", None),
            ("inf", None),
            ("99999999999999999999", None),
            ("NaN", None),
        ] {
            assert_eq!(number(text), meant, "{text}");
        }
    }

    #[test]
    fn damaged_ids_and_lost_letters_are_seen() {
        assert!(is_damaged_id("5.70306E+17") && is_damaged_id("1,56143e+18"));
        assert!(!is_damaged_id("1561430846413873152") && !is_damaged_id("1E5F+22") && !is_damaged_id("E+1"));
        assert_eq!(mended("grÃ¼n â€“ donâ€™t").as_deref(), Some("grün – don’t"));
        assert_eq!(mended("H\u{c3}\u{a5}kan \u{f0}\u{9f}\u{98}\u{a2}").as_deref(), Some("Håkan 😢"));
        assert_eq!(mended("klemmt \u{f0}\u{9f}\u{98}").as_deref(), Some("klemmt 😠"));
        assert_eq!((mended("grün"), mended("grÃ¼n und schön"), mended("plain")), (None, None, None));
        assert!(mojibake("grÃ¼n") && mojibake("donâ€™t") && !mojibake("château, São, grün") && !mojibake("plain"));
    }

    #[test]
    fn languages_have_one_word_each() {
        assert_eq!(language("English").as_deref(), Some("en"));
        assert_eq!(language("en-US").as_deref(), Some("en"));
        assert_eq!(language("und"), None);
        assert_eq!(language("Klingon").as_deref(), Some("klingon"));
    }

    proptest::proptest! {
        #[test]
        fn no_cell_makes_it_panic(text in "[&#;xa-zA-Z0-9é.,+ -]{0,30}", any in ".{0,30}") {
            for text in [&text, &any] {
                let _ = (plain_text(text), number(text), is_damaged_id(text), mojibake(text), language(text));
            }
        }
    }
}

//! Words as they are looked for: cut where letters and digits end, in small letters, without accents.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of one mention that can be found; mentions are short, and a book is still found by its beginning.
const MAX_INDEXED_WORDS: usize = 10_000;
/// Bytes of one word that are kept.
const MAX_WORD_BYTES: usize = 64;
/// Characters of a handle, a language or a country that are kept.
const MAX_FACET_CHARS: usize = 100;
/// Stands in every mention, so that a search for what must not occur has something to start from.
pub const ANY: &str = "\u{e100}";

/// What a mention is found by beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    Author,
    Network,
    Language,
    Country,
}

impl Facet {
    /// The facet as a word that no text has: it begins with a character of the private-use area, and whatever would end
    /// a word is replaced by one.
    #[must_use]
    pub fn word(self, value: &str) -> String {
        let mark = match self {
            Self::Author => '\u{e101}',
            Self::Network => '\u{e102}',
            Self::Language => '\u{e103}',
            Self::Country => '\u{e104}',
        };
        let kept =
            |c: char| if c.is_ascii() && !c.is_ascii_alphanumeric() { char::from_u32(0xe200 + u32::from(c)).unwrap_or('_') } else { c };
        std::iter::once(mark).chain(value.trim().chars().flat_map(char::to_lowercase).take(MAX_FACET_CHARS).map(kept)).collect()
    }
}

/// Everything that a mention is found by, as one text: words with a space between them.
#[must_use]
pub fn document(text: &str, facets: &[(Facet, &str)]) -> String {
    let mut document = String::with_capacity(text.len() + 96);
    document.push_str(ANY);
    for (facet, value) in facets {
        document.push(' ');
        document.push_str(&facet.word(value));
    }
    let mut words = 0;
    each(text, |_, word| {
        words += 1;
        if words <= MAX_INDEXED_WORDS {
            document.push(' ');
            document.push_str(word);
        }
    });
    document
}

#[must_use]
pub fn list(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each(text, |_, word| words.push(word.to_owned()));
    words
}

/// Gives each word of a text with the place where it stands. Writing without spaces gives a word for each character;
/// an apostrophe does not end a word; shortened links have none.
pub fn each(text: &str, mut take: impl FnMut(Range<usize>, &str)) {
    let (mut word, mut from, mut to) = (String::with_capacity(MAX_WORD_BYTES), 0, 0);
    let mut letters = text.char_indices();
    while let Some((at, c)) = letters.next() {
        let joins = matches!(c, '\'' | '’') && !word.is_empty() && to == at;
        if c == 'h' && word.is_empty() && text[at..].starts_with("https://t.co/") {
            let link = text[at..].find(char::is_whitespace).map_or(text.len(), |end| at + end);
            while letters.as_str().len() > text.len() - link {
                letters.next();
            }
        } else if c.is_ascii_alphanumeric() || c == '_' {
            if word.is_empty() {
                from = at;
            }
            push(&mut word, c.to_ascii_lowercase());
            to = at + 1;
        } else if joins {
            to = at + c.len_utf8();
        } else if c.is_ascii() {
            end(&mut word, from..to, &mut take);
        } else if is_combining_mark(c) {
            to = if word.is_empty() { to } else { at + c.len_utf8() };
        } else if c.is_alphanumeric() {
            let alone = stands_alone(c);
            if alone {
                end(&mut word, from..to, &mut take);
            }
            if word.is_empty() {
                from = at;
            }
            fold(c, &mut word);
            to = at + c.len_utf8();
            if alone {
                end(&mut word, from..to, &mut take);
            }
        } else {
            end(&mut word, from..to, &mut take);
        }
    }
    end(&mut word, from..to, &mut take);
}

fn end(word: &mut String, at: Range<usize>, take: &mut impl FnMut(Range<usize>, &str)) {
    if !word.is_empty() {
        take(at, word);
        word.clear();
    }
}

fn push(word: &mut String, c: char) {
    if word.len() + c.len_utf8() <= MAX_WORD_BYTES {
        word.push(c);
    }
}

/// A character outside ASCII in small letters and without its accents.
fn fold(c: char, word: &mut String) {
    for c in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => "ss".chars().for_each(|c| push(word, c)),
            'æ' => "ae".chars().for_each(|c| push(word, c)),
            'œ' => "oe".chars().for_each(|c| push(word, c)),
            'ø' => push(word, 'o'),
            'ł' => push(word, 'l'),
            'đ' => push(word, 'd'),
            'ı' => push(word, 'i'),
            // What a letter is taken apart into may be more than letters: ½, ㎏.
            c if c.is_alphanumeric() && !is_combining_mark(c) => push(word, c),
            _ => {}
        }
    }
}

/// Scripts that set no space between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3134f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_folded() {
        assert_eq!(list("My XPS-13's fan: LOUD!"), ["my", "xps", "13s", "fan", "loud"]);
        assert_eq!(list("Café, Größe; CAFE\u{301} naïve"), ["cafe", "grosse", "cafe", "naive"]);
        assert_eq!(list("don't don’t 'quoted'"), ["dont", "dont", "quoted"]);
        assert_eq!(list("@DellCares #dell_cap"), ["dellcares", "dell_cap"]);
        assert_eq!(list("戴尔电脑 good"), ["戴", "尔", "电", "脑", "good"]);
        assert_eq!(list("see https://t.co/AbC123 now https://dell.com/x"), ["see", "now", "https", "dell", "com", "x"]);
        assert_eq!(list("Привет МИР"), ["привет", "мир"]);
        assert_eq!(list(" … 😀 "), Vec::<String>::new());
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Größe don't";
        let mut found = Vec::new();
        each(text, |at, word| found.push((text[at].to_owned(), word.to_owned())));
        assert_eq!(found, [("Größe".to_owned(), "grosse".to_owned()), ("don't".into(), "dont".into())]);
    }

    #[test]
    fn a_facet_is_no_word_of_any_text() {
        let word = Facet::Author.word("Zoe.K-1 b");
        assert_eq!(word.split_whitespace().count(), 1);
        assert_ne!(word, Facet::Author.word("Zoe_K-1 b"));
        assert!(list(&word).iter().all(|part| *part != word));
        assert_eq!(document("Hi there", &[(Facet::Language, "en")]).split(' ').count(), 4);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_at_its_characters(text in "\\PC{0,60}|[a-z'’ \u{300}\u{301}ßéa中ไ]{0,40}") {
            each(&text, |at, word| assert!(!text[at].is_empty() && !word.is_empty() && word.len() <= MAX_WORD_BYTES && !word.contains(char::is_whitespace)));
        }
    }
}

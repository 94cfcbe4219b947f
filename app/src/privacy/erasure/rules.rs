//! Which words point to one person, in whatever way others wrote them.
//!
//! Texts are compared folded: small letters, without accents, compatibility forms taken apart (NFKC), every apostrophe, hyphen and space the same.

use aho_corasick::AhoCorasick;
use serde_json::Value as Json;

use super::folded_text::{Border, FoldedText, Pattern, PatternPiece, joins};

/// Shorter handles are words of the language as often as they are people: they count only with their @.
const MIN_HANDLE: usize = 4;
/// Shorter names in scripts without spaces are words of the language as often as they are people.
const MIN_UNSPACED: usize = 3;
/// Shorter first names and surnames are not looked for on their own.
const MIN_WORD: usize = 3;

/// What a name is replaced with.
pub const ERASED: &str = "[erased]";

const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "madam",
    "herr",
    "frau",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "senor",
    "senora",
    "signor",
    "signora",
    "sr",
    "sra",
];

/// What points to a person: forms that name nobody else, and forms that may.
#[derive(Clone, Debug)]
pub struct Traces {
    certain: Vec<Pattern>,
    unsure: Vec<Pattern>,
    quick: Option<AhoCorasick>,
}

impl Traces {
    /// The forms of these names, email addresses and handles.
    #[must_use]
    pub fn new(names: &[String], emails: &[String], handles: &[String]) -> Self {
        let (mut certain, mut unsure) = (Vec::new(), Vec::new());
        emails.iter().for_each(|email| certain.extend(of_email(email)));
        handles.iter().for_each(|handle| certain.extend(of_handle(handle)));
        names.iter().for_each(|name| of_name(name, &mut certain, &mut unsure));
        let mut quick: Vec<String> = certain.iter().chain(&unsure).map(longest).collect();
        quick.sort_unstable();
        quick.dedup();
        let quick = (!quick.is_empty() && quick.iter().all(|text| !text.is_empty())).then(|| AhoCorasick::new(&quick).ok()).flatten();
        Self { certain, unsure, quick }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certain.is_empty() && self.unsure.is_empty()
    }

    /// `text` with every certain form replaced; none if there was none.
    #[must_use]
    pub fn scrub(&self, text: &str) -> Option<String> {
        let folded = self.folded(text)?;
        let found = folded.find(&self.certain);
        if found.is_empty() {
            return None;
        }
        let (mut out, mut from) = (String::with_capacity(text.len()), 0);
        for part in found {
            out.push_str(&text[from..part.start]);
            out.push_str(ERASED);
            from = part.end;
        }
        out.push_str(&text[from..]);
        Some(out)
    }

    /// As `scrub`, for every text inside of a JSON value.
    #[must_use]
    pub fn scrub_json(&self, json: &str) -> Option<String> {
        let mut value: Json = serde_json::from_str(json).ok()?;
        self.scrub_inside(&mut value).then(|| value.to_string())
    }

    fn scrub_inside(&self, value: &mut Json) -> bool {
        match value {
            Json::String(text) => match self.scrub(text) {
                Some(clean) => {
                    *text = clean;
                    true
                }
                None => false,
            },
            Json::Array(values) => values.iter_mut().fold(false, |changed, value| self.scrub_inside(value) | changed),
            Json::Object(values) => values.values_mut().fold(false, |changed, value| self.scrub_inside(value) | changed),
            _ => false,
        }
    }

    /// Whether a certain form is in a text.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        self.folded(text).is_some_and(|folded| !folded.find(&self.certain).is_empty())
    }

    /// Whether a text may name the person, or someone else.
    #[must_use]
    pub fn may_name(&self, text: &str) -> bool {
        self.folded(text).is_some_and(|folded| !folded.find(&self.unsure).is_empty())
    }

    /// The folded text, if anything of the forms is in it.
    fn folded<'t>(&self, text: &'t str) -> Option<FoldedText<'t>> {
        let folded = FoldedText::new(text);
        let plain: String = folded.chars.iter().collect();
        self.quick.as_ref().is_some_and(|quick| quick.is_match(&plain)).then_some(folded)
    }
}

/// Whether two names are one, whatever the order of their words, their accents and capitals.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let folded: String = FoldedText::new(name.trim()).chars.iter().collect();
        let mut words: Vec<String> = folded.split([' ', ',', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let words_of_one = words(one);
    !words_of_one.is_empty() && words_of_one == words(other)
}

/// The longest text that has to be in whatever a pattern matches.
fn longest(pattern: &Pattern) -> String {
    let texts = pattern.pieces.iter().filter_map(|piece| match piece {
        PatternPiece::Text(text) => Some(text),
        _ => None,
    });
    texts.max_by_key(|text| text.len()).map(|text| text.iter().collect()).unwrap_or_default()
}

fn of_email(email: &str) -> Option<Pattern> {
    let folded: String = FoldedText::new(email.trim()).chars.iter().collect();
    let (local, domain) = folded.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())?;
    let name = local.split('+').next().filter(|name| !name.is_empty()).unwrap_or(local);
    let pieces = vec![text(name), PatternPiece::MaybeTag, text(&format!("@{domain}"))];
    Some(Pattern { pieces, border: Border::EmailAddress })
}

fn of_handle(handle: &str) -> Option<Pattern> {
    let folded: String = FoldedText::new(handle.trim().trim_start_matches('@')).chars.iter().collect();
    let length = folded.chars().count();
    let word = if length >= MIN_HANDLE { folded } else { format!("@{folded}") };
    (length >= 2).then(|| Pattern { pieces: vec![text(&word)], border: Border::Handle })
}

fn of_name(name: &str, certain: &mut Vec<Pattern>, unsure: &mut Vec<Pattern>) {
    let folded: String = FoldedText::new(name.trim()).chars.iter().collect();
    let mut words: Vec<&str> = folded.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && TITLES.contains(&words[0].trim_end_matches('.')) {
        words.remove(0);
    }
    let [first, .., last] = words[..] else {
        if let Some(only) = words.first() {
            let length = only.chars().count();
            match () {
                () if is_unspaced(only) && length >= MIN_UNSPACED => certain.push(in_order(&words, PatternPiece::MaybeGap)),
                () if is_unspaced(only) && length == 2 => unsure.push(in_order(&words, PatternPiece::MaybeGap)),
                () if length >= MIN_WORD => unsure.push(Pattern { pieces: word(only), border: Border::Proper }),
                () => {}
            }
        }
        return;
    };
    if words.iter().all(|word| is_unspaced(word)) {
        certain.push(in_order(&words, PatternPiece::MaybeGap));
        let reversed: Vec<&str> = words.iter().rev().copied().collect();
        unsure.push(in_order(&reversed, PatternPiece::MaybeGap));
        unsure
            .extend(words.iter().filter(|word| word.chars().count() >= MIN_UNSPACED).map(|word| in_order(&[word], PatternPiece::MaybeGap)));
        return;
    }
    let named = |pieces: Vec<PatternPiece>| Pattern { pieces, border: Border::Name };
    let initial = |word: &str| PatternPiece::Text(word.chars().take(1).collect());
    certain.push(in_order(&words, PatternPiece::Gap));
    if words.len() > 2 {
        let but_last = &words[..words.len() - 1];
        certain.push(named([word(last), vec![PatternPiece::Comma], in_order(but_last, PatternPiece::Gap).pieces].concat()));
    }
    certain.push(named([word(first), vec![PatternPiece::Gap, PatternPiece::MaybeInitial], word(last)].concat()));
    certain.push(named([word(last), vec![PatternPiece::Comma], word(first)].concat()));
    if last.chars().count() >= MIN_WORD {
        certain.push(named([vec![initial(first), PatternPiece::MaybeStop], word(last)].concat()));
        certain.push(named([word(last), vec![PatternPiece::Comma, initial(first)]].concat()));
        certain.extend(TITLES.iter().map(|title| named([vec![text(title), PatternPiece::MaybeStop], word(last)].concat())));
        unsure.push(Pattern { pieces: word(last), border: Border::Proper });
    }
    if first.chars().count() >= MIN_WORD {
        unsure.push(Pattern { pieces: word(first), border: Border::Proper });
    }
}

/// The words one after the other, with the same between any two.
fn in_order(words: &[&str], between: PatternPiece) -> Pattern {
    let mut pieces = Vec::new();
    for (at, one) in words.iter().enumerate() {
        if at > 0 {
            pieces.push(between.clone());
        }
        pieces.extend(word(one));
    }
    Pattern { pieces, border: Border::Name }
}

/// One word of a name; its hyphens may be spaces.
fn word(word: &str) -> Vec<PatternPiece> {
    let mut pieces = Vec::new();
    for part in word.split('-').filter(|part| !part.is_empty()) {
        if !pieces.is_empty() {
            pieces.push(PatternPiece::MaybeGap);
        }
        pieces.push(text(part));
    }
    pieces
}

pub(super) fn text(text: &str) -> PatternPiece {
    PatternPiece::Text(text.chars().collect())
}

fn is_unspaced(word: &str) -> bool {
    word.chars().all(joins)
}

#[cfg(test)]
mod tests;

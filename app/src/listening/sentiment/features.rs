//! Features of a mention for the classifier: words, pairs of words, parts of words, positions, and VADER's scores.
//!
//! Every feature is a place in one table, found by hashing, so reading needs no dictionary. Network habits are evened
//! out first: links become one word, handles count as “a handle” and as themselves, numbers lose their digits, “soooo”
//! becomes “soo”, and emoji are words. Changing anything here needs a new `linear::FORMAT`.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::hash::{self, Quick, mix};
use super::lexicon;
use super::vader::{self, VaderTone};

/// Places in the table, as a power of two.
pub const BITS: u32 = 19;
/// Numeric features beside the hashed ones.
pub const DENSE: usize = 8;
/// Parts of words are so many letters long, the space before and after counted.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
/// Words after a negation that count as negated, unless a comma or full stop comes first.
const REACH: usize = 4;
/// Letters of a word that are looked at: no word is longer, and some “words” are.
const MAX_WORD_CHARS: usize = 40;

static NEGATIONS: LazyLock<HashSet<u64, BuildHasherDefault<Quick>>> = LazyLock::new(|| {
    let words = [
        "not",
        "no",
        "never",
        "dont",
        "don't",
        "cant",
        "can't",
        "cannot",
        "wont",
        "won't",
        "isnt",
        "isn't",
        "doesnt",
        "doesn't",
        "didnt",
        "didn't",
        "wasnt",
        "wasn't",
        "without",
        "nothing",
        "none",
        "nor",
        "neither",
        "havent",
        "haven't",
        "hasn't",
        "hasnt",
        "couldn't",
        "couldnt",
        "wouldn't",
        "wouldnt",
        "shouldn't",
        "aren't",
        "arent",
        "ain't",
        "aint",
        "nobody",
        "hardly",
        "barely",
    ];
    words.iter().map(|word| hash::word(word.as_bytes())).collect()
});

/// Words without letters.
const LINK: u64 = 1;
const HANDLE: u64 = 2;
const HASHTAG: u64 = 3;
const NUMBER: u64 = 4;
const CAPITALS: u64 = 5;
const DRAWN_OUT: u64 = 6;
const EMOJI: u64 = 40;

/// One mention's features; kept and filled again, so that reading many mentions allocates little.
#[derive(Clone, Debug, Default)]
pub struct FeatureBag {
    /// Places of words, pairs and kinds of words.
    pub words: Vec<u32>,
    /// Places of parts of words.
    pub parts: Vec<u32>,
    pub dense: [f32; DENSE],
}

/// Extracts features. Keeps buffers between mentions to avoid allocations.
#[derive(Debug, Default)]
pub struct FeatureBuffers {
    word: String,
    letters: Vec<u64>,
    tokens: Vec<u64>,
    kinds: Vec<u8>,
    marked: Vec<u8>,
}

const fn place(hash: u64, family: u64) -> u32 {
    spread(mix(hash, family))
}

/// The upper half of a product is better mixed than the lower one.
const fn spread(hash: u64) -> u32 {
    (hash.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> (64 - BITS)) as u32
}

impl FeatureBuffers {
    /// Takes a mention apart.
    pub fn take_apart(&mut self, text: &str, bag: &mut FeatureBag) {
        bag.words.clear();
        bag.parts.clear();
        self.tokens.clear();
        self.kinds.clear();
        let mut negated = 0;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c.is_whitespace() || is_modifier(c) {
                rest = &rest[c.len_utf8()..];
            } else if starts_link(rest) {
                rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
                self.token(LINK, 0, bag);
            } else if is_word(c) || (matches!(c, '@' | '#') && rest[1..].starts_with(is_word)) {
                rest = self.word(rest, c, &mut negated, bag);
            } else if is_emoji(c) {
                bag.words.push(place(EMOJI, 11));
                self.token(mix(41, u64::from(c)), 0, bag);
                rest = &rest[c.len_utf8()..];
            } else {
                rest = self.marks(rest, &mut negated, bag);
            }
        }
        self.groups(bag);
        bag.dense = dense(&vader::read(text));
    }

    /// One word, handle, hashtag or number; returns the rest.
    fn word<'a>(&mut self, rest: &'a str, first: char, negated: &mut usize, bag: &mut FeatureBag) -> &'a str {
        let sign = usize::from(matches!(first, '@' | '#'));
        let (mut end, mut capitals, mut digits, mut drawn_out) = (rest.len(), true, true, false);
        let (mut last, mut before) = ('\0', '\0');
        self.word.clear();
        for (at, c) in rest.char_indices().skip(sign) {
            let c = if c == '’' { '\'' } else { c };
            let inside = is_word(c) || (c == '\'' && at > sign && rest[at..].chars().nth(1).is_some_and(is_word));
            if !inside {
                end = at;
                break;
            }
            capitals &= c.is_uppercase();
            digits &= c.is_ascii_digit();
            let small = if c.is_ascii_digit() { '0' } else { c.to_lowercase().next().unwrap_or(c) };
            match small {
                '0' if last == '0' => {}
                _ if small == last && small == before => drawn_out = true,
                _ if self.word.len() < MAX_WORD_CHARS => self.word.push(small),
                _ => {}
            }
            (before, last) = (last, small);
        }
        let mut hash = hash::word(self.word.as_bytes());
        if first == '@' {
            bag.words.push(place(hash, 21));
            self.token(HANDLE, 0, bag);
            return &rest[end..];
        }
        if first == '#' {
            bag.words.push(place(hash, 22));
            bag.words.push(place(HASHTAG, 11));
        }
        if digits {
            hash = NUMBER;
        }
        if *negated > 0 {
            bag.words.push(place(hash, 23));
            *negated -= 1;
        }
        if NEGATIONS.contains(&hash) {
            *negated = REACH;
        }
        if capitals && self.word.len() > 2 {
            bag.words.push(place(CAPITALS, 11));
            bag.words.push(place(hash, 24));
        }
        if drawn_out {
            bag.words.push(place(DRAWN_OUT, 11));
        }
        let kind = lexicon::kind(&self.word);
        self.token(hash, kind, bag);
        if !digits {
            self.parts(bag);
        }
        &rest[end..]
    }

    /// Consecutive punctuation: “!!!”, “:-)”. Only the first three characters count.
    fn marks<'a>(&mut self, rest: &'a str, negated: &mut usize, bag: &mut FeatureBag) -> &'a str {
        let entity = [("&amp;", 38), ("&lt;", 60), ("&gt;", 62)].into_iter().find(|(entity, _)| rest.starts_with(entity));
        if let Some((entity, code)) = entity {
            self.token(mix(51, code), 0, bag);
            return &rest[entity.len()..];
        }
        if rest.starts_with(['.', ',', '!', '?', ';', ':']) {
            *negated = 0;
        }
        let (mut hash, mut end) = (51, rest.len());
        for (count, (at, c)) in rest.char_indices().enumerate() {
            if count > 0 && (c.is_whitespace() || is_word(c) || is_emoji(c) || matches!(c, '@' | '#' | '&')) {
                end = at;
                break;
            }
            if count < 3 {
                hash = mix(hash, u64::from(c));
            }
        }
        self.token(hash, 0, bag);
        &rest[end..]
    }

    fn token(&mut self, hash: u64, kind: u8, bag: &mut FeatureBag) {
        bag.words.push(place(hash, 11));
        self.tokens.push(hash);
        self.kinds.push(kind);
    }

    /// Parts of the word that was read last.
    fn parts(&mut self, bag: &mut FeatureBag) {
        self.letters.clear();
        self.letters.push(33);
        self.letters.extend(self.word.chars().map(|c| u64::from(c) + 1));
        self.letters.push(33);
        for from in 0..self.letters.len() {
            let mut hash = 31;
            for (length, letter) in (1..).zip(&self.letters[from..]) {
                if length > *PARTS.end() {
                    break;
                }
                hash = mix(hash, *letter);
                if length >= *PARTS.start() {
                    bag.parts.push(spread(hash));
                }
            }
        }
    }

    /// What words are together: pairs, begin and end, and the order of strong, weak and turning words.
    fn groups(&mut self, bag: &mut FeatureBag) {
        let Self { tokens, kinds, marked, .. } = self;
        for pair in tokens.windows(2) {
            bag.words.push(place(mix(pair[0], pair[1]), 12));
        }
        if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
            bag.words.push(place(mix(60, *first), 12));
            bag.words.push(place(mix(*last, 61), 12));
        }
        for (at, token) in tokens.iter().enumerate() {
            if at * 4 < tokens.len() {
                bag.words.push(place(*token, 15));
            } else if at * 4 >= tokens.len() * 3 {
                bag.words.push(place(*token, 16));
            }
        }
        bag.words.push(place(mix(70, u64::from(tokens.len().max(1).ilog2())), 11));

        for (pair, kinds) in tokens.windows(2).zip(kinds.windows(2)) {
            if kinds[0] > 0 {
                bag.words.push(place(mix(mix(204, u64::from(kinds[0])), pair[1]), 17));
            }
            if kinds[1] > 0 {
                bag.words.push(place(mix(mix(205, u64::from(kinds[1])), pair[0]), 17));
            }
        }
        marked.clear();
        marked.extend(kinds.iter().copied().filter(|kind| *kind > 0));
        for (length, seed) in [(1, 200), (2, 201), (3, 202)] {
            for run in marked.windows(length) {
                bag.words.push(place(run.iter().fold(seed, |hash, kind| mix(hash, u64::from(*kind))), 17));
            }
        }
        if let (Some(first), Some(last)) = (marked.first(), marked.last()) {
            bag.words.push(place(mix(mix(203, u64::from(*first)), u64::from(*last)), 17));
        }
    }
}

fn dense(tone: &VaderTone) -> [f32; DENSE] {
    let yes = |is: bool| if is { 1.0 } else { 0.0 };
    [
        tone.compound,
        tone.up.ln_1p(),
        tone.down.ln_1p(),
        yes(tone.compound >= 0.05),
        yes(tone.compound <= -0.05),
        tone.compound.abs(),
        (tone.ending / 3.0).tanh(),
        yes(tone.known == 0),
    ]
    .map(|value| value as f32)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Signs that only change the one before: skin tones, variants, joiners.
fn is_modifier(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}')
}

fn starts_link(rest: &str) -> bool {
    let begins = |with: &str| rest.as_bytes().get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()));
    begins("http://") || begins("https://")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<u32> {
        let mut bag = FeatureBag::default();
        FeatureBuffers::default().take_apart(text, &mut bag);
        bag.words
    }

    #[test]
    fn habits_of_networks_are_evened_out() {
        assert_eq!(words("see https://t.co/abc"), words("see HTTP://example.com/x?y"));
        assert_eq!(words("it costs 999 dollars"), words("it costs 1 dollars"));
        assert_eq!(words("sooooo good"), words("soooo good"));
        assert_ne!(words("sooooo good"), words("so good"));
        assert_eq!(words("don’t"), words("don't"));
        assert_eq!(words("👍🏽 fine"), words("👍 fine"));
    }

    #[test]
    fn a_negation_reaches_up_to_the_next_comma() {
        let negated = place(hash::word(b"good"), 23);
        assert!(words("not really good").contains(&negated));
        assert!(!words("not really, good").contains(&negated));
    }

    proptest! {
        #[test]
        fn nothing_in_a_mention_makes_it_stumble(text in "\\PC{0,60}|[@#&’'!?.:a-zA-Z0-9 😀👍🏽\u{200d}\u{fe0f}İß]{0,60}") {
            let mut bag = FeatureBag::default();
            let mut desk = FeatureBuffers::default();
            desk.take_apart(&text, &mut bag);
            let places = 1 << BITS;
            prop_assert!(bag.words.iter().chain(&bag.parts).all(|place| *place < places));
            prop_assert!(bag.dense.iter().all(|value| value.is_finite()));
            let again = bag.clone();
            desk.take_apart("something else in between", &mut bag);
            desk.take_apart(&text, &mut bag);
            prop_assert_eq!(again.words, bag.words);
        }
    }
}

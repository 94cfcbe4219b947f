//! The words of VADER: their ratings, what strengthens, weakens and negates, sayings, and habits of networks.
//!
//! The lexicon is its authors' own (MIT, `lexicon/LICENSE`): words with their mean rating, and emoji with their names.

use std::sync::LazyLock;

use super::hash::Map;

/// How much a word strengthens or weakens the next one, as VADER's authors found by experiment.
const BOOST: f64 = 0.293;

/// Words that strengthen the next one.
const MORE: &[&str] = &[
    "absolutely",
    "amazingly",
    "awfully",
    "completely",
    "considerable",
    "considerably",
    "decidedly",
    "deeply",
    "effing",
    "enormous",
    "enormously",
    "entirely",
    "especially",
    "exceptional",
    "exceptionally",
    "extreme",
    "extremely",
    "fabulously",
    "flipping",
    "flippin",
    "frackin",
    "fracking",
    "fricking",
    "frickin",
    "frigging",
    "friggin",
    "fully",
    "fuckin",
    "fucking",
    "fuggin",
    "fugging",
    "greatly",
    "hella",
    "highly",
    "hugely",
    "incredible",
    "incredibly",
    "intensely",
    "major",
    "majorly",
    "more",
    "most",
    "particularly",
    "purely",
    "quite",
    "really",
    "remarkably",
    "so",
    "substantially",
    "thoroughly",
    "total",
    "totally",
    "tremendous",
    "tremendously",
    "uber",
    "unbelievably",
    "unusually",
    "utter",
    "utterly",
    "very",
];

/// Words that weaken the next one.
const LESS: &[&str] = &[
    "almost",
    "barely",
    "hardly",
    "just enough",
    "kind of",
    "kinda",
    "kindof",
    "kind-of",
    "less",
    "little",
    "marginal",
    "marginally",
    "occasional",
    "occasionally",
    "partly",
    "scarce",
    "scarcely",
    "slight",
    "slightly",
    "somewhat",
    "sort of",
    "sorta",
    "sortof",
    "sort-of",
];

/// Words that turn the next ones round; whatever contains "n't" does as well.
const NOT: &[&str] = &[
    "aint",
    "arent",
    "cannot",
    "cant",
    "couldnt",
    "darent",
    "didnt",
    "doesnt",
    "ain't",
    "aren't",
    "can't",
    "couldn't",
    "daren't",
    "didn't",
    "doesn't",
    "dont",
    "hadnt",
    "hasnt",
    "havent",
    "isnt",
    "mightnt",
    "mustnt",
    "neither",
    "don't",
    "hadn't",
    "hasn't",
    "haven't",
    "isn't",
    "mightn't",
    "mustn't",
    "neednt",
    "needn't",
    "never",
    "none",
    "nope",
    "nor",
    "not",
    "nothing",
    "nowhere",
    "oughtnt",
    "shant",
    "shouldnt",
    "uhuh",
    "wasnt",
    "werent",
    "oughtn't",
    "shan't",
    "shouldn't",
    "uh-uh",
    "wasn't",
    "weren't",
    "without",
    "wont",
    "wouldnt",
    "won't",
    "wouldn't",
    "rarely",
    "seldom",
    "despite",
];

/// Sayings that mean something else than their words.
pub(super) const SAYINGS: &[(&str, f64)] = &[
    ("the shit", 3.0),
    ("the bomb", 3.0),
    ("bad ass", 1.5),
    ("badass", 1.5),
    ("yeah right", -2.0),
    ("kiss of death", -1.5),
    ("to die for", 3.0),
];

/// Habits of networks that mean something else than their words, an addition to VADER: “thanks for nothing” is no thanks. Rated like
/// VADER's words, from −4 to 4. Tried on 14,363 mentions about a maker of computers, where nine of ten mentions with one of them are as it says.
pub(super) const HABITS: &[(&str, f64)] = &[
    ("above and beyond", 2.5),
    ("can't wait", 2.0),
    ("cant wait", 2.0),
    ("do better", -1.5),
    ("fed up", -2.5),
    ("get it together", -2.0),
    ("get your act together", -2.0),
    ("hung up on", -2.0),
    ("made my day", 2.5),
    ("never again", -2.5),
    ("no help", -2.0),
    ("stay away from", -2.0),
    ("thank you for nothing", -3.0),
    ("thanks for nothing", -3.0),
    ("thx for nothing", -3.0),
    ("waste of money", -2.5),
    ("waste of time", -2.5),
    ("what a joke", -2.5),
];

/// What a word can be, as bits.
pub(super) mod is {
    pub(crate) const NOT: u16 = 1;
    pub(crate) const BUT: u16 = 1 << 1;
    pub(crate) const NEVER: u16 = 1 << 2;
    pub(crate) const SO: u16 = 1 << 3;
    pub(crate) const THIS: u16 = 1 << 4;
    pub(crate) const WITHOUT: u16 = 1 << 5;
    pub(crate) const DOUBT: u16 = 1 << 6;
    pub(crate) const KIND: u16 = 1 << 7;
    pub(crate) const OF: u16 = 1 << 8;
    pub(crate) const LEAST: u16 = 1 << 9;
    /// Part of a saying.
    pub(crate) const SAID: u16 = 1 << 10;
    /// Part of something that strengthens or weakens.
    pub(crate) const BOOSTING: u16 = 1 << 11;
    /// The first word of a habit.
    pub(crate) const HABIT: u16 = 1 << 12;
}

const MARKS: &[(&str, u16)] = &[
    ("but", is::BUT),
    ("never", is::NEVER),
    ("so", is::SO),
    ("this", is::THIS),
    ("without", is::WITHOUT),
    ("doubt", is::DOUBT),
    ("kind", is::KIND),
    ("of", is::OF),
    ("least", is::LEAST),
];

#[derive(Clone, Copy, Default)]
pub(super) struct LexiconEntry {
    pub(super) valence: Option<f64>,
    /// How it strengthens or weakens what follows; 0 for most words.
    pub(super) boost: f64,
    pub(super) is: u16,
}

pub(super) struct Lexicon {
    pub(super) words: Map<&'static str, LexiconEntry>,
    pub(super) emoji: Map<char, &'static str>,
    /// What strengthens and weakens, by first letter: (text, its number, by how much).
    pub(super) boosters: [Vec<(&'static str, u32, f64)>; 26],
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words: Map<&'static str, LexiconEntry> = Map::default();
    for (word, valence) in pairs(include_str!("lexicon/words.txt")) {
        words.entry(word).or_default().valence = valence.parse().ok();
    }
    let mut boosters: [Vec<(&str, u32, f64)>; 26] = Default::default();
    let all = MORE.iter().map(|word| (*word, BOOST)).chain(LESS.iter().map(|word| (*word, -BOOST)));
    for (number, (text, by)) in (0..).zip(all) {
        words.entry(text).or_default().boost = by;
        text.split(' ').for_each(|part| words.entry(part).or_default().is |= is::BOOSTING);
        boosters[usize::from(text.as_bytes()[0] - b'a')].push((text, number, by));
    }
    let not = NOT.iter().map(|word| (*word, is::NOT));
    let sayings = SAYINGS.iter().flat_map(|(saying, _)| saying.split(' ')).map(|word| (word, is::SAID));
    let habits = HABITS.iter().filter_map(|(habit, _)| habit.split(' ').next()).map(|word| (word, is::HABIT));
    for (word, mark) in MARKS.iter().copied().chain(not).chain(sayings).chain(habits) {
        words.entry(word).or_default().is |= mark;
    }
    let emoji = pairs(include_str!("lexicon/emoji.txt")).filter_map(|(emoji, name)| Some((emoji.chars().next()?, name))).collect();
    Lexicon { words, emoji, boosters }
});

fn pairs(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter_map(|line| line.split_once('\t'))
}

/// What kind of word this is (in small letters), for the classifier: how positive or negative, whether it strengthens,
/// weakens or turns others round. 0 for most words.
#[must_use]
pub(super) fn kind(word: &str) -> u8 {
    let Some(entry) = LEXICON.words.get(word) else { return u8::from(word.ends_with("n't")) };
    match entry.valence {
        _ if entry.is & is::NOT != 0 => 1,
        _ if entry.boost > 0.0 => 2,
        _ if entry.boost < 0.0 => 3,
        Some(valence) if valence >= 2.0 => 4,
        Some(valence) if valence > 0.0 => 5,
        Some(valence) if valence > -2.0 => 6,
        Some(_) => 7,
        None if entry.is & is::BUT != 0 => 8,
        None => 0,
    }
}

//! Which phrases rise, and which are raised by few but intensely.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use uuid::Uuid;

use super::{Phrase, PhraseKind};
use crate::listening::mention::Sentiment;
use crate::listening::topic::rules::{SIGNIFICANCE, rise};

/// Least mentions and least authors of the last seven days for a phrase to be called rising.
pub const MIN_RISING_MENTIONS: u32 = 5;
pub const MIN_RISING_AUTHORS: usize = 3;
/// Least and most authors of a phrase that few raise; least mentions of each author on average, and in all.
pub const FEW_AUTHORS: (usize, usize) = (2, 8);
pub const MENTIONS_EACH: usize = 2;
pub const FEW_MENTIONS: u32 = 6;
/// Least share of its mentions, in hundredths, that are of one mind.
pub const MIN_CONSISTENT_PERCENT: u32 = 75;
/// Phrases of each kind that are kept.
pub const MAX_PHRASES: usize = 20;
/// A shorter phrase is left out where this share of its mentions, in hundredths, has the longer one; and one said in the same mentions as another.
const SAME: usize = 80;
/// Longest word: what is longer was written without spaces.
const MAX_WORD_CHARS: usize = 30;

/// One mention.
#[derive(Clone, Debug)]
pub struct PhraseSource {
    pub author: Uuid,
    pub text: String,
    pub language: Option<String>,
    pub reading: Sentiment,
    /// Of the last seven days, not of the four weeks before.
    pub recent: bool,
}

/// What was found, and among how many mentions: copies of one text count once.
#[derive(Clone, Debug, Default)]
pub struct FoundPhrases {
    pub phrases: Vec<Phrase>,
    pub mentions: i64,
    pub before: i64,
}

/// What is known of a phrase that may be listed.
#[derive(Default)]
struct PhraseCandidate {
    words: String,
    authors: Vec<Uuid>,
    recent_authors: Vec<Uuid>,
    recent: (u32, u32, u32),
    all: (u32, u32, u32),
    /// Places of its mentions.
    mentions: Vec<u32>,
}

/// Finds the phrases worth a look. `names` are the organisation's own words, which say nothing.
#[must_use]
pub fn find(sources: &[PhraseSource], names: &[String]) -> FoundPhrases {
    let names: HashSet<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let mut seen = HashSet::new();
    let mentions: Vec<&PhraseSource> =
        sources.iter().filter(|mention| seen.insert((mention.recent, hash(&words_of(&mention.text))))).collect();
    drop(seen);
    let now = mentions.iter().filter(|mention| mention.recent).count();
    let before = mentions.len() - now;
    let (now, before) = (i64::try_from(now).unwrap_or(0), i64::try_from(before).unwrap_or(0));
    let mut counts: HashMap<u64, [u32; 2]> = HashMap::new();
    for mention in &mentions {
        each_phrase(mention, &names, |key, _| counts.entry(key).or_default()[usize::from(mention.recent)] += 1);
    }
    let rises = |[of_before, of_now]: [u32; 2]| {
        if of_now < MIN_RISING_MENTIONS { 0.0 } else { rise(of_now.into(), now, of_before.into(), before) }
    };
    let limit = u32::try_from(FEW_AUTHORS.1).unwrap_or(0) * 20;
    counts.retain(|_, count| rises(*count) >= SIGNIFICANCE || (FEW_MENTIONS..=limit).contains(&(count[0] + count[1])));
    let mut candidates: HashMap<u64, PhraseCandidate> = HashMap::new();
    for (place, mention) in mentions.iter().enumerate() {
        each_phrase(mention, &names, |key, words| {
            if counts.contains_key(&key) {
                candidates.entry(key).or_default().add(words, mention, u32::try_from(place).unwrap_or(u32::MAX));
            }
        });
    }
    let (mut rising, mut intense) = (Vec::new(), Vec::new());
    for (key, candidate) in candidates {
        let [of_before, of_now] = counts[&key];
        let score = rises([of_before, of_now]);
        if score >= SIGNIFICANCE && candidate.recent_authors.len() >= MIN_RISING_AUTHORS {
            rising.push((candidate.phrase(PhraseKind::Rising, of_before, candidate.recent, score), candidate));
        } else if let Some(score) = candidate.intensity() {
            intense.push((candidate.phrase(PhraseKind::Intense, of_before, candidate.all, score), candidate));
        }
    }
    let phrases = distinct(rising).into_iter().chain(distinct(intense)).collect();
    FoundPhrases { phrases, mentions: now, before }
}

impl PhraseCandidate {
    fn add(&mut self, words: &str, mention: &PhraseSource, place: u32) {
        if self.words.is_empty() {
            words.clone_into(&mut self.words);
        }
        let lists = [(true, &mut self.authors, &mut self.all), (mention.recent, &mut self.recent_authors, &mut self.recent)];
        for (counts, authors, (mentions, negative, positive)) in lists {
            if !counts {
                continue;
            }
            // More than some hundred authors are many.
            if authors.len() < 500 && !authors.contains(&mention.author) {
                authors.push(mention.author);
            }
            *mentions += 1;
            *negative += u32::from(mention.reading == Sentiment::Negative);
            *positive += u32::from(mention.reading == Sentiment::Positive);
        }
        self.mentions.push(place);
    }

    /// Mentions of one mind for each author, where few authors are of one mind again and again.
    fn intensity(&self) -> Option<f64> {
        let (mentions, negative, positive) = self.all;
        let (authors, of_one_mind) = (self.authors.len(), negative.max(positive));
        let few = (FEW_AUTHORS.0..=FEW_AUTHORS.1).contains(&authors) && self.mentions.len() >= authors * MENTIONS_EACH;
        (few && mentions >= FEW_MENTIONS && of_one_mind * 100 >= mentions * MIN_CONSISTENT_PERCENT)
            .then(|| f64::from(of_one_mind) / authors as f64)
    }

    fn phrase(&self, kind: PhraseKind, before: u32, (mentions, negative, positive): (u32, u32, u32), score: f64) -> Phrase {
        let authors = if kind == PhraseKind::Rising { self.recent_authors.len() } else { self.authors.len() };
        Phrase {
            kind,
            words: self.words.clone(),
            mentions: mentions.into(),
            before: before.into(),
            authors: i64::try_from(authors).unwrap_or(i64::MAX),
            negative: negative.into(),
            positive: positive.into(),
            score,
        }
    }
}

/// The best of them, without those that are only a part of another or are said in the same mentions.
fn distinct(mut found: Vec<(Phrase, PhraseCandidate)>) -> Vec<Phrase> {
    found.sort_by(|(a, _), (b, _)| b.score.total_cmp(&a.score).then(b.words.len().cmp(&a.words.len())).then(a.words.cmp(&b.words)));
    found.truncate(MAX_PHRASES * 20);
    let within = |short: &PhraseCandidate, long: &PhraseCandidate| {
        short.words.len() < long.words.len()
            && format!(" {} ", long.words).contains(&format!(" {} ", short.words))
            && long.mentions.len() * 100 >= short.mentions.len() * SAME
    };
    let whole: Vec<bool> = found.iter().map(|(_, short)| !found.iter().any(|(_, long)| within(short, long))).collect();
    let mut taken: Vec<&(Phrase, PhraseCandidate)> = Vec::new();
    for entry in found.iter().zip(&whole).filter(|(_, whole)| **whole).map(|(entry, _)| entry) {
        let shared =
            |other: &PhraseCandidate| entry.1.mentions.iter().filter(|mention| other.mentions.binary_search(mention).is_ok()).count();
        if taken.len() < MAX_PHRASES && !taken.iter().any(|(_, other)| shared(other) * 100 >= entry.1.mentions.len() * SAME) {
            taken.push(entry);
        }
    }
    taken.into_iter().map(|(phrase, _)| phrase.clone()).collect()
}

/// Calls for each phrase of a mention, once: one to three words in a row that begin with a word that says something
/// and end with one, or with a number.
fn each_phrase(mention: &PhraseSource, names: &HashSet<String>, mut take: impl FnMut(u64, &str)) {
    let stop = stop_words(mention.language.as_deref());
    let mut done: Vec<u64> = Vec::new();
    let mut phrase = String::new();
    for sentence in sentences(&mention.text) {
        let telling: Vec<bool> =
            sentence.iter().map(|word| tells(word) && !names.contains(word) && !stop.contains(&word.as_str())).collect();
        for from in (0..sentence.len()).filter(|from| telling[*from]) {
            phrase.clear();
            for (at, word) in sentence.iter().enumerate().skip(from).take(3) {
                if at > from {
                    phrase.push(' ');
                }
                phrase.push_str(word);
                let key = hash(&phrase);
                let ends = telling[at] || at > from && is_number(word);
                if ends && !done.contains(&key) {
                    done.push(key);
                    take(key, &phrase);
                }
            }
        }
    }
}

/// Whether a single word can be a phrase.
fn tells(word: &str) -> bool {
    let letters = word.chars().count();
    (3..=MAX_WORD_CHARS).contains(&letters) && word.chars().any(char::is_alphabetic)
}

/// A model or a version, such as the 13 of “Tarn 13”: it may end a phrase, but is none alone.
fn is_number(word: &str) -> bool {
    word.chars().count() <= 8 && word.starts_with(|c: char| c.is_ascii_digit())
}

/// The words between marks that end a thought, in lower case. Links and handles end one too, and are no words.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    for piece in text.split_whitespace() {
        let is_link = piece.contains("://") || piece.starts_with("www.");
        if is_link || piece.starts_with('@') || piece.starts_with(".@") {
            found.push(Vec::new());
            continue;
        }
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if piece.starts_with(|c: char| !c.is_alphanumeric() && c != '#') {
            found.push(Vec::new());
        }
        if !word.is_empty()
            && let Some(sentence) = found.last_mut()
        {
            sentence.push(word.to_lowercase().replace('\u{2019}', "'"));
        }
        if piece.ends_with(|c: char| !c.is_alphanumeric()) {
            found.push(Vec::new());
        }
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn words_of(text: &str) -> Vec<String> {
    sentences(text).into_iter().flatten().collect()
}

/// The stop words of a language; English ones where it is not known.
fn stop_words(language: Option<&str>) -> &'static [&'static str] {
    let code: String = language.unwrap_or("en").chars().take(2).collect::<String>().to_lowercase();
    stop_words::lookup(&code).or_else(|| stop_words::lookup("en")).unwrap_or_default()
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(author: u128, text: &str, reading: Sentiment, recent: bool) -> PhraseSource {
        PhraseSource { author: Uuid::from_u128(author), text: text.into(), language: None, reading, recent }
    }

    /// Four weeks of talk about this and that.
    fn usual() -> Vec<PhraseSource> {
        let things = ["fan", "hinge", "screen", "keyboard", "dock"];
        (0..200_u32)
            .map(|at| {
                let thing = things[at as usize % things.len()];
                source(u128::from(at) % 60, &format!("The {thing} of mine, number {at}, is loud"), Sentiment::Neutral, at / 5 % 5 == 0)
            })
            .collect()
    }

    fn words(found: &FoundPhrases, kind: PhraseKind) -> Vec<&str> {
        found.phrases.iter().filter(|phrase| phrase.kind == kind).map(|phrase| phrase.words.as_str()).collect()
    }

    #[test]
    fn what_many_say_at_once_rises_in_its_longest_form() {
        let mut mentions = usual();
        for author in 0..8 {
            mentions.push(source(100 + author, &format!("{author} got the Tarnwick charger recall, today!"), Sentiment::Negative, true));
        }
        let found = find(&mentions, &["Tarnwick".into()]);
        assert_eq!(words(&found, PhraseKind::Rising), ["charger recall"]);
        let phrase = &found.phrases[0];
        assert_eq!((phrase.mentions, phrase.before, phrase.authors, phrase.negative), (8, 0, 8, 8));
        assert_eq!((found.mentions, found.before), (48, 160));
    }

    #[test]
    fn copies_of_one_text_and_few_authors_make_no_rise() {
        let mut mentions = usual();
        for author in 0..30 {
            mentions.push(source(100 + author, "Win a free yacht https://example.com", Sentiment::Positive, true));
            mentions.push(source(author % 2, &format!("Bought a zeppelin number {author}"), Sentiment::Neutral, true));
        }
        assert_eq!(words(&find(&mentions, &[]), PhraseKind::Rising), Vec::<&str>::new());
    }

    #[test]
    fn few_authors_of_one_mind_are_intense() {
        let mut mentions = usual();
        for at in 0..9 {
            mentions.push(source(500 + at % 3, &format!("Day {at} with the coil whine. Awful"), Sentiment::Negative, at > 6));
            mentions.push(source(600 + at % 3, &format!("Day {at} with a blue sticker"), Sentiment::Neutral, at > 6));
        }
        let found = find(&mentions, &[]);
        assert_eq!(words(&found, PhraseKind::Intense), ["coil whine"]);
        let phrase = found.phrases.iter().find(|phrase| phrase.kind == PhraseKind::Intense).expect("one");
        assert_eq!((phrase.mentions, phrase.authors, phrase.negative), (9, 3, 9));
    }

    #[test]
    fn links_handles_and_the_ends_of_sentences_part_words() {
        let found = sentences("Hello @zoe_k again. (Really?) see https://t.co/x It’s #Broken – now");
        let found: Vec<String> = found.iter().map(|sentence| sentence.join(" ")).collect();
        assert_eq!(found, ["hello", "again", "really", "see", "it's broken", "now"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(texts in proptest::collection::vec(("\\PC{0,40}", any::<bool>(), 0..4_u128), 0..40)) {
            let mentions: Vec<PhraseSource> = texts.iter().map(|(text, recent, author)| source(*author, text, Sentiment::Negative, *recent)).collect();
            for phrase in find(&mentions, &[]).phrases {
                prop_assert!(phrase.authors >= 2 && phrase.mentions >= 5 && phrase.score.is_finite());
            }
        }
    }
}

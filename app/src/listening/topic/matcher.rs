//! Which topics a mention is about. All phrases of all topics are looked for in one walk over the text, all patterns in another,
//! so that a mention costs hardly more with a hundred topics than with one.

use aho_corasick::AhoCorasick;
use regex::{RegexBuilder, RegexSet, RegexSetBuilder};

use super::{Topic, rules};
use crate::kernel::ids::TopicId;

/// How large one compiled pattern may be, in bytes.
const PATTERN_SIZE: usize = 256 * 1024;

/// What a found phrase says.
#[derive(Clone, Copy, Debug)]
struct PhraseSense {
    topic: usize,
    keeps_out: bool,
    /// Ended in a star: longer words fit too.
    open: bool,
}

/// All topics of a program, ready to be looked for. Share one among threads.
#[derive(Debug, Default)]
pub struct TopicMatcher {
    topics: Vec<TopicId>,
    phrases: Option<AhoCorasick>,
    senses: Vec<PhraseSense>,
    patterns: Option<RegexSet>,
    /// The topic of each pattern.
    owners: Vec<usize>,
}

impl TopicMatcher {
    /// Looks for those of these topics that are not retired. A pattern that cannot be understood finds nothing.
    #[must_use]
    pub fn new(topics: &[Topic]) -> Self {
        let active: Vec<&Topic> = topics.iter().filter(|topic| topic.is_active()).collect();
        let (mut words, mut senses, mut patterns, mut owners) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, topic) in active.iter().enumerate() {
            for (list, keeps_out) in [(&topic.phrases, false), (&topic.excludes, true)] {
                for line in rules::lines(list) {
                    let word = fold(&line, |_| {});
                    let open = word.ends_with('*');
                    let word = word.trim_end_matches(['*', ' ']).to_owned();
                    if !word.is_empty() {
                        words.push(word);
                        senses.push(PhraseSense { topic: at, keeps_out, open });
                    }
                }
            }
            if !topic.pattern.is_empty() && check_pattern(&topic.pattern).is_ok() {
                patterns.push(topic.pattern.as_str());
                owners.push(at);
            }
        }
        let set = RegexSetBuilder::new(&patterns).case_insensitive(true).size_limit(PATTERN_SIZE * patterns.len().max(1) * 2).build();
        Self {
            topics: active.iter().map(|topic| topic.id).collect(),
            phrases: if words.is_empty() { None } else { AhoCorasick::new(&words).ok() },
            senses,
            patterns: if patterns.is_empty() { None } else { set.ok() },
            owners,
        }
    }

    /// The topics that a mention is about, in the order of the list.
    #[must_use]
    pub fn topics(&self, text: &str) -> Vec<TopicId> {
        let mut found: Vec<usize> = Vec::new();
        let mut kept_out: Vec<usize> = Vec::new();
        if let Some(phrases) = &self.phrases {
            let text = fold(text, |_| {});
            self.each_phrase(phrases, &text, |sense, _| {
                let list = if sense.keeps_out { &mut kept_out } else { &mut found };
                if !list.contains(&sense.topic) {
                    list.push(sense.topic);
                }
            });
        }
        if let Some(patterns) = &self.patterns {
            for owner in patterns.matches(text).into_iter().filter_map(|at| self.owners.get(at)) {
                if !found.contains(owner) {
                    found.push(*owner);
                }
            }
        }
        found.retain(|topic| !kept_out.contains(topic));
        found.sort_unstable();
        found.into_iter().filter_map(|topic| self.topics.get(topic).copied()).collect()
    }

    /// Positions of matching phrases: (first byte, byte after the last), in order, without overlaps.
    #[must_use]
    pub fn spots(&self, text: &str) -> Vec<(usize, usize)> {
        let Some(phrases) = &self.phrases else { return Vec::new() };
        let mut places = Vec::new();
        let folded = fold(text, |at| places.push(at));
        let mut spots = Vec::new();
        self.each_phrase(phrases, &folded, |sense, (from, to)| {
            let (Some(first), Some(last)) = (places.get(from), places.get(to - 1)) else { return };
            let end = text[*last..].chars().next().map_or(*last, |last_char| last + last_char.len_utf8());
            if !sense.keeps_out {
                spots.push((*first, end));
            }
        });
        spots.sort_unstable();
        let mut apart: Vec<(usize, usize)> = Vec::new();
        for (from, to) in spots {
            match apart.last_mut() {
                Some(last) if from < last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        apart
    }

    fn each_phrase(&self, phrases: &AhoCorasick, text: &str, mut take: impl FnMut(PhraseSense, (usize, usize))) {
        for found in phrases.find_overlapping_iter(text) {
            let sense = self.senses[found.pattern().as_usize()];
            let (from, to) = (found.start(), found.end());
            if !cuts(&text[..from], &text[from..to]) && (sense.open || !cuts(&text[..to], &text[to..])) {
                take(sense, (from, to));
            }
        }
    }
}

/// Whether a word continues across two characters. Scripts without spaces have no word boundaries.
fn cuts(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let of_word = |c: char| (c.is_alphanumeric() || c == '_') && !without_spaces(c);
    of_word(last) && of_word(first)
}

/// Letters of scripts that write words without spaces: Thai, Lao, Khmer, Kana and Han.
fn without_spaces(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// The text in lower case, white space as one space, curly apostrophes as straight ones. `place` is told of every byte at which
/// byte of the text it began.
fn fold(text: &str, mut place: impl FnMut(usize)) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut put = |c: char, at: usize| {
        (0..c.len_utf8()).for_each(|_| place(at));
        folded.push(c);
    };
    let mut space = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            if !space {
                put(' ', at);
            }
        } else if c.is_ascii() {
            put(c.to_ascii_lowercase(), at);
        } else if matches!(c, '\u{2019}' | '\u{2018}' | '\u{02BC}') {
            put('\'', at);
        } else {
            c.to_lowercase().for_each(|c| put(c, at));
        }
        space = c.is_whitespace();
    }
    folded
}

/// Says what is wrong with a pattern.
///
/// # Errors
/// A sentence that names the mistake.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    let compiled = RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_SIZE).nest_limit(50).build();
    match compiled {
        Ok(regex) if regex.is_match("") => {
            Err("The regular expression matches the empty text, and so every mention. Make it more specific.".into())
        }
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err("The regular expression is too large. Simplify it, or split it into two topics.".into())
        }
        Err(error) => {
            let text = error.to_string();
            let why = text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
            Err(format!("The regular expression is invalid: {why}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::clock::Time;
    use crate::kernel::ids::ProgramId;

    fn topic(phrases: &str, excludes: &str, pattern: &str) -> Topic {
        Topic {
            id: TopicId::new(),
            program_id: ProgramId::new(),
            name: "Topic".into(),
            tag: "topic".into(),
            phrases: phrases.into(),
            excludes: excludes.into(),
            pattern: pattern.into(),
            unit: String::new(),
            revision: 1,
            created_at: Time::UNIX_EPOCH,
            retired_at: None,
        }
    }

    fn fits(phrases: &str, excludes: &str, pattern: &str, text: &str) -> bool {
        !TopicMatcher::new(&[topic(phrases, excludes, pattern)]).topics(text).is_empty()
    }

    #[test]
    fn phrases_match_whole_words_in_any_case() {
        let yes = |phrases: &str, text: &str| assert!(fits(phrases, "", "", text), "{phrases:?} in {text:?}");
        let no = |phrases: &str, text: &str| assert!(!fits(phrases, "", "", text), "{phrases:?} in {text:?}");
        yes("battery\non hold", "Two hours On \n Hold, again");
        no("bat", "My battery died");
        yes("batter*", "Two BATTERIES died");
        no("batter*", "combatter");
        yes("can't charge", "It can’t charge");
        yes("größe", "Die GRÖßE stimmt nicht");
        yes("电池", "我的电池很差");
        yes("#fail", "again #fail");
        yes("fail", "again #fail");
        no("dell", "thanks @dell_cares");
        no("\n  \n", "anything");
        yes("ab\nabc", "abc");
    }

    #[test]
    fn what_keeps_a_mention_out_is_stronger() {
        assert!(fits("battery", "battery farm", "", "my battery"));
        assert!(!fits("battery", "battery farm", "", "the battery farm has my battery"));
        assert!(!fits("", "test", r"\bbsod\b", "BSOD test"));
    }

    #[test]
    fn a_pattern_reaches_where_phrases_do_not() {
        assert!(fits("", "", r"\b(xps|tarn) ?\d{2}\b", "My Tarn15 is loud"));
        assert!(!fits("", "", r"\b(xps|tarn) ?\d{2}\b", "My Tarn is loud"));
    }

    #[test]
    fn a_bad_pattern_is_refused_in_words() {
        let why = |pattern: &str| check_pattern(pattern).expect_err("refused");
        assert_eq!(why("(fan"), "The regular expression is invalid: unclosed group.");
        assert!(why("a*").contains("every mention"));
        assert!(why(r"(\w{200}){200}").contains("too large"));
        assert!(!fits("", "", "(fan", "(fan"), "and finds nothing");
    }

    #[test]
    fn a_mention_may_have_several_topics_and_a_retired_one_is_not_looked_for() {
        let mut topics = [topic("fan", "", ""), topic("battery", "", ""), topic("fan\nnoise", "", "")];
        assert_eq!(TopicMatcher::new(&topics).topics("fan noise"), [topics[0].id, topics[2].id]);
        topics[0].retired_at = Some(Time::UNIX_EPOCH);
        assert_eq!(TopicMatcher::new(&topics).topics("fan noise"), [topics[2].id]);
        assert!(TopicMatcher::default().topics("fan").is_empty());
    }

    #[test]
    fn spots_stand_where_the_phrases_stand() {
        let matcher = TopicMatcher::new(&[topic("on hold\nhold the line\nÜber*", "", "")]);
        let text = "İ  on  Hold the line, überall";
        let marked: Vec<&str> = matcher.spots(text).into_iter().map(|(from, to)| &text[from..to]).collect();
        assert_eq!(marked, ["on  Hold the line", "über"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(phrases in "[\\PC\n]{0,40}", pattern in "\\PC{0,12}", text in "\\PC{0,60}") {
            let matcher = TopicMatcher::new(&[topic(&phrases, "", &pattern)]);
            let _ = matcher.topics(&text);
            for (from, to) in matcher.spots(&text) {
                prop_assert!(text.get(from..to).is_some_and(|spot| !spot.is_empty()));
            }
        }

        #[test]
        fn a_word_of_the_text_is_found(words in proptest::collection::vec("[a-zäöü]{1,8}", 1..12), at in 0..12_usize) {
            let word = &words[at % words.len()];
            prop_assert!(fits(word, "", "", &words.join(" ").to_uppercase()) || word.to_uppercase().to_lowercase() != *word);
        }
    }
}

//! Abbreviations of time zones that several zones share: which of them a file means, a person says.

use std::collections::BTreeMap;

/// One zone that an abbreviation may mean: where, and seconds ahead of UTC.
pub type ZoneMeaning = (&'static str, i32);

const HOUR: i32 = 3600;

/// An abbreviation, what it may mean, and the sister abbreviations that leave no doubt, with the meaning that the abbreviation has beside them.
type SharedZone = (&'static str, &'static [ZoneMeaning], &'static [(&'static str, i32)]);

/// What abbreviations may mean, the most common first, and the sister abbreviations that leave no doubt: a file that has CDT as well means
/// America by CST. After the list of the IANA time zone database and Wikipedia's “List of time zone abbreviations”.
const SHARED: [SharedZone; 8] = [
    ("IST", &[("India", 5 * HOUR + 1800), ("Israel", 2 * HOUR), ("Ireland", HOUR)], &[("IDT", 2 * HOUR)]),
    ("CST", &[("North America", -6 * HOUR), ("China", 8 * HOUR), ("Cuba", -5 * HOUR)], &[("CDT", -6 * HOUR)]),
    ("BST", &[("United Kingdom", HOUR), ("Bangladesh", 6 * HOUR)], &[("GMT", HOUR)]),
    ("AST", &[("Atlantic", -4 * HOUR), ("Arabia", 3 * HOUR)], &[("ADT", -4 * HOUR)]),
    ("GST", &[("Gulf", 4 * HOUR), ("South Georgia", -2 * HOUR)], &[]),
    ("AMT", &[("Amazon", -4 * HOUR), ("Armenia", 4 * HOUR)], &[]),
    ("AMST", &[("Amazon", -3 * HOUR), ("Armenia", 5 * HOUR)], &[]),
    ("ECT", &[("Ecuador", -5 * HOUR), ("Eastern Caribbean", -4 * HOUR)], &[]),
];

/// The abbreviation's place in the list, if several zones share it.
fn place(name: &str) -> Option<usize> {
    SHARED.iter().position(|(known, ..)| *known == name)
}

/// What an abbreviation may mean; nothing where it has one meaning only, or none.
#[must_use]
pub fn meanings(name: &str) -> &'static [ZoneMeaning] {
    place(name).map_or(&[], |at| SHARED[at].1)
}

/// What shared abbreviations mean in one file: seconds ahead of UTC each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShortZones([Option<i32>; SHARED.len()]);

impl ShortZones {
    /// As a person said, by abbreviation.
    #[must_use]
    pub fn of(said: &BTreeMap<String, i32>) -> Self {
        let mut zones = Self::default();
        for (name, ahead) in said {
            if let Some(at) = place(name) {
                zones.0[at] = Some(*ahead);
            }
        }
        zones
    }

    /// Whether an abbreviation is shared, and what it means here if that is known.
    #[must_use]
    pub fn find(self, name: &str) -> Option<Option<i32>> {
        place(name).map(|at| self.0[at])
    }
}

/// The abbreviations of these words that are shared; with what they mean where other words of the same file tell it.
#[must_use]
pub fn shared<'w>(words: impl IntoIterator<Item = &'w str> + Clone) -> BTreeMap<String, Option<i32>> {
    let has = |name: &str| words.clone().into_iter().any(|word| word == name);
    SHARED
        .iter()
        .filter(|(name, ..)| has(name))
        .map(|(name, _, sisters)| ((*name).to_owned(), sisters.iter().find(|(sister, _)| has(sister)).map(|(_, ahead)| *ahead)))
        .collect()
}

/// The places of an abbreviation's meanings, in a sentence: “India, Israel or Ireland”.
#[must_use]
pub fn places(name: &str) -> String {
    let places: Vec<&str> = meanings(name).iter().map(|(place, _)| *place).collect();
    match places.split_last() {
        Some((last, [_, ..])) => format!("{} or {last}", places[..places.len() - 1].join(", ")),
        _ => places.concat(),
    }
}

/// All abbreviations that several zones share.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHARED.iter().map(|(name, ..)| *name)
}

/// Words of a date that may be abbreviations of zones: two to five capital letters, with no offset in digits right behind them.
pub fn words(date: &str) -> impl Iterator<Item = &str> {
    let is_name = |word: &&str| (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    date.split_inclusive(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.ends_with(['+', '-']))
        .map(|word| word.trim_end_matches(|c: char| !c.is_ascii_alphabetic()))
        .filter(is_name)
        .filter(|word| !matches!(*word, "AM" | "PM"))
}

/// Whether a word says something about what shared abbreviations mean: one of them, or a sister.
#[must_use]
pub fn is_telling(word: &str) -> bool {
    SHARED.iter().any(|(name, _, sisters)| *name == word || sisters.iter().any(|(sister, _)| *sister == word))
}

/// Seconds as people write them: “UTC+05:30”.
#[must_use]
pub fn offset_label(ahead: i32) -> String {
    let (sign, ahead) = if ahead < 0 { ('-', -ahead) } else { ('+', ahead) };
    format!("UTC{sign}{:02}:{:02}", ahead / HOUR, ahead % HOUR / 60)
}

/// What somebody says that an abbreviation means: one of its places (“India”) or an offset (“+05:30”).
#[must_use]
pub fn parse_meaning(name: &str, said: &str) -> Option<i32> {
    let said = said.trim();
    let named = meanings(name).iter().find(|(place, _)| place.eq_ignore_ascii_case(said)).map(|(_, ahead)| *ahead);
    let offset = || {
        let said = said.strip_prefix("UTC").unwrap_or(said);
        let (sign, digits) = match said.strip_prefix('+') {
            Some(digits) => (1, digits),
            None => (-1, said.strip_prefix(['-', '−'])?),
        };
        let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * HOUR + minutes * 60))
    };
    named.or_else(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sister_tells_what_an_abbreviation_means() {
        assert_eq!(shared(["CST", "CDT"]), BTreeMap::from([("CST".to_owned(), Some(-6 * HOUR))]));
        assert_eq!(shared(["IST", "EST"]), BTreeMap::from([("IST".to_owned(), None)]));
        assert!(shared(["EDT", "UTC"]).is_empty());
        assert_eq!(words("10:00 GMT+0530 (IST)").collect::<Vec<_>>(), ["IST"], "an offset in digits makes GMT no zone");
        assert_eq!(words("Mon 3 Mar 2025 07:11 PM IST (x)").collect::<Vec<_>>(), ["IST"]);
    }

    #[test]
    fn a_sister_tells_one_of_the_meanings() {
        for (name, places, sisters) in SHARED {
            for (sister, ahead) in sisters {
                assert!(places.iter().any(|(_, known)| known == ahead), "{name} beside {sister}");
            }
        }
    }

    #[test]
    fn meanings_are_named_in_a_sentence() {
        assert_eq!((places("IST").as_str(), places("BST").as_str()), ("India, Israel or Ireland", "United Kingdom or Bangladesh"));
        assert_eq!(places("EST"), "");
    }

    #[test]
    fn a_meaning_is_a_place_or_an_offset() {
        assert_eq!(parse_meaning("IST", "india"), Some(19_800));
        assert_eq!(parse_meaning("IST", "+02:00"), Some(2 * HOUR));
        assert_eq!((parse_meaning("CST", "UTC-6"), parse_meaning("CST", "−6")), (Some(-6 * HOUR), Some(-6 * HOUR)));
        for nonsense in ["", "+", "+99", "India?", "+02:99"] {
            assert_eq!(parse_meaning("IST", nonsense), None, "{nonsense}");
        }
        assert_eq!(offset_label(19_800), "UTC+05:30");
        assert_eq!(offset_label(-6 * HOUR), "UTC-06:00");
    }
}

//! Whether 3/4/2022 is the third of April or March the fourth: what a file's dates say about it, and which zone they are in.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::columns::MappingOrigin;
use crate::kernel::clock::Time;
use crate::listening::import::reading::dates::{self, DateRule};
use crate::listening::import::reading::short_zones;

/// What dates say about their order, gathered one by one.
#[derive(Clone, Debug, Default)]
pub struct DateEvidence {
    /// Dates of which only the day can be first, and only the month.
    day: u32,
    month: u32,
    /// Dates that can be read both ways, with different results.
    both: u32,
    /// How often such a date is later or earlier than the one before: read as day first, and as month first.
    steps: [Steps; 2],
    last: Option<[Time; 2]>,
    /// Dates that lie in the future if the day, or the month, is first.
    future: [u32; 2],
    /// Abbreviations that several zones share, and those that tell what they mean.
    zones: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    up: u32,
    down: u32,
}

impl Steps {
    /// Whether all went one way; a file is sorted by date more often than not.
    fn sorted(self) -> bool {
        (self.up == 0) != (self.down == 0)
    }
}

impl DateEvidence {
    /// Looks at the zone of one date, or of a time of day alone. A date that has an offset in digits asks nothing.
    pub fn see_zone(&mut self, text: &str) {
        let text = text.trim();
        if !text.contains(':') {
            return;
        }
        let is_asked = |text: &str| dates::is_by_short_zone(text) || dates::is_by_short_zone(&format!("2001-01-01 {text}"));
        for word in short_zones::words(text).filter(|word| short_zones::is_telling(word)) {
            if !self.zones.contains(word) && (short_zones::meanings(word).is_empty() || is_asked(text)) {
                self.zones.insert(word.to_owned());
            }
        }
    }

    /// Looks at the order of day and month of one date.
    pub fn see_order(&mut self, text: &str, now: Time) {
        let text = text.trim();
        // Years first, epochs and names of months leave no doubt.
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let (Some(first), Some(second)) = (numbers.next(), numbers.next()) else { return };
        let separated = text.get(first.len()..=first.len()).is_some_and(|mark| matches!(mark, "/" | "." | "-"));
        if first.len() > 2 || second.len() > 2 || !separated || !text.starts_with(first) {
            return;
        }
        match (first.parse::<u32>(), second.parse::<u32>()) {
            (Ok(13..=31), Ok(1..=12)) => self.day += 1,
            (Ok(1..=12), Ok(13..=31)) => self.month += 1,
            (Ok(a @ 1..=12), Ok(b @ 1..=12)) if a != b => {
                self.both += 1;
                self.compare(text, now);
            }
            _ => {}
        }
    }

    fn compare(&mut self, text: &str, now: Time) {
        // Only to compare: a date in the future is read as well.
        let later = now + chrono::Duration::days(370);
        let read = |day_first| dates::parse(text, DateRule::utc(day_first), later).ok();
        let (Some(day), Some(month)) = (read(true), read(false)) else { return };
        let both = [day, month];
        for (place, at) in both.iter().enumerate() {
            self.future[place] += u32::from(*at > now + chrono::Duration::days(dates::AHEAD_DAYS));
            if let Some(last) = self.last {
                self.steps[place].up += u32::from(*at > last[place]);
                self.steps[place].down += u32::from(*at < last[place]);
            }
        }
        self.last = Some(both);
    }

    /// Whether a date was seen that leaves no doubt for the others.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.day > 0 || self.month > 0
    }

    /// The abbreviations that several zones share, with what they mean where the file tells it.
    #[must_use]
    pub fn short_zones(&self) -> BTreeMap<String, Option<i32>> {
        short_zones::shared(self.zones.iter().map(String::as_str))
    }

    /// Takes over the abbreviations that other dates of the file have.
    pub fn add_zones(&mut self, other: &Self) {
        self.zones.extend(other.zones.iter().cloned());
    }

    /// Whether the day is first, and how that is known; none where no date depends on it.
    #[must_use]
    pub fn order(&self) -> Option<(bool, MappingOrigin)> {
        (self.is_decided() || self.both > 0).then(|| self.verdict())
    }

    /// Whether the day is first, and how that is known.
    #[must_use]
    pub fn verdict(&self) -> (bool, MappingOrigin) {
        match (self.day, self.month) {
            (0, 0) if self.both == 0 => (true, MappingOrigin::File),
            (day, 0) if day > 0 => (true, MappingOrigin::File),
            (0, month) if month > 0 => (false, MappingOrigin::File),
            (0, 0) => self.likely(),
            (day, month) => (day >= month, MappingOrigin::Guessed),
        }
    }

    fn likely(&self) -> (bool, MappingOrigin) {
        if (self.future[0] > 0) != (self.future[1] > 0) {
            return (self.future[0] == 0, MappingOrigin::Guessed);
        }
        let [day, month] = self.steps;
        // Two dates are always in some order; a few more say something.
        if self.both >= 4 && day.sorted() != month.sorted() {
            return (day.sorted(), MappingOrigin::Guessed);
        }
        (true, MappingOrigin::Open)
    }
}

/// Which zone dates are in that stand in some columns, and how that is known: each date may say so itself, or a column's name, or the lines
/// above the names. None where nothing names one.
#[must_use]
pub fn zone(headers: &[String], places: &[usize], above: &[Vec<String>], rows: &[Vec<String>]) -> (Option<Tz>, MappingOrigin) {
    let dates = rows.iter().filter_map(|row| places.iter().filter_map(|place| row.get(*place)).find(|cell| !cell.trim().is_empty()));
    let said: Vec<bool> = dates.filter_map(|date| dates::names_offset(date)).collect();
    if !said.is_empty() && said.iter().all(|said| *said) {
        return (None, MappingOrigin::File);
    }
    let names = || places.iter().filter_map(|place| headers.get(*place));
    let stated = || above.iter().flatten().find_map(|cell| zone_in(cell));
    match names().find_map(|name| zone_in(name)).or_else(stated) {
        Some(zone) => (Some(zone), MappingOrigin::File),
        None if names().chain(above.iter().flatten()).any(|text| names_shared(text)) => (None, MappingOrigin::Open),
        None => (None, MappingOrigin::Guessed),
    }
}

/// Whether a column's name has an abbreviation that several zones share, or an offset that no zone is called by: “Date (IST)”, “Date (GMT+05:30)”.
fn names_shared(name: &str) -> bool {
    offset_in(name).is_some() || short_zones::words(name).any(|word| !short_zones::meanings(word).is_empty())
}

/// Zones that a preamble or a column's name spells out: “Sat Jan 01 00:00:00 UTC 2022”, “Date (EST)”,
/// “Created Time (America/New_York)”, “Date (UTC+1)”. None for “Date (GMT+05:30)”: zones of half hours have only names of places.
#[must_use]
pub fn zone_in(text: &str) -> Option<Tz> {
    const SHORT: &[(&str, Tz)] = &[
        ("UTC", Tz::UTC),
        ("GMT", Tz::UTC),
        ("EST", Tz::America__New_York),
        ("EDT", Tz::America__New_York),
        ("CDT", Tz::America__Chicago),
        ("MST", Tz::America__Denver),
        ("MDT", Tz::America__Denver),
        ("PST", Tz::America__Los_Angeles),
        ("PDT", Tz::America__Los_Angeles),
        ("CET", Tz::Europe__Berlin),
        ("CEST", Tz::Europe__Berlin),
    ];
    if let Some(ahead) = offset_in(text) {
        return of_offset(ahead);
    }
    text.split(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '/' | '_'))).find_map(|word| {
        let long = || if word.contains('/') { word.parse::<Tz>().ok() } else { None };
        SHORT.iter().find(|(short, _)| *short == word).map(|(_, zone)| *zone).or_else(long)
    })
}

/// The zone that is always so many seconds ahead of UTC; none for parts of hours. The names of these zones count the other way round.
fn of_offset(ahead: i32) -> Option<Tz> {
    if ahead % 3600 == 0 { format!("Etc/GMT{:+}", -ahead / 3600).parse().ok() } else { None }
}

/// The zone that somebody types: “Europe/Berlin”, “UTC+1”.
#[must_use]
pub fn parse_zone(text: &str) -> Option<Tz> {
    text.parse().ok().or_else(|| of_offset(offset_in(text)?))
}

/// A zone as it is shown: those that have no name but an offset as “UTC+1”.
#[must_use]
pub fn zone_label(name: &str) -> String {
    let hours = name.strip_prefix("Etc/GMT").and_then(|hours| hours.parse::<i32>().ok());
    hours.map_or_else(|| name.to_owned(), |hours| format!("UTC{:+}", -hours))
}

/// Seconds ahead of UTC, where a preamble or a column's name says them behind “UTC” or “GMT”.
fn offset_in(text: &str) -> Option<i32> {
    let behind = ["UTC", "GMT"].into_iter().find_map(|zone| text.split_once(zone).map(|(_, behind)| behind.trim_start()))?;
    let end = behind.find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '−' | ':'))).unwrap_or(behind.len());
    short_zones::parse_meaning("UTC", &behind[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(dates: &[&str]) -> (bool, MappingOrigin) {
        let now = dates::parse("2026-01-01", DateRule::utc(true), crate::kernel::clock::now()).expect("a date");
        let mut evidence = DateEvidence::default();
        dates.iter().for_each(|date| evidence.see_order(date, now));
        evidence.verdict()
    }

    #[test]
    fn the_file_says_which_number_is_the_day() {
        assert_eq!(verdict(&["3/4/2022", "23/4/2022"]), (true, MappingOrigin::File));
        assert_eq!(verdict(&["3/4/2022 18:20", "4/23/2022 18:20"]), (false, MappingOrigin::File));
        assert_eq!(verdict(&["2022-04-03", "1661109098000", "21-Aug-2022 07:11PM"]), (true, MappingOrigin::File));
        assert_eq!(verdict(&["4/4/2022"]), (true, MappingOrigin::File), "the same either way");
    }

    #[test]
    fn a_sorted_file_or_the_future_makes_it_likely() {
        assert_eq!(verdict(&["1/9/2022", "2/9/2022", "3/9/2022", "4/9/2022", "1/10/2022"]), (true, MappingOrigin::Guessed));
        assert_eq!(verdict(&["9/1/2022", "9/2/2022", "9/3/2022", "9/4/2022", "10/1/2022"]), (false, MappingOrigin::Guessed));
        assert_eq!(verdict(&["2/1/2026"]), (true, MappingOrigin::Guessed), "the first of February is still to come");
    }

    #[test]
    fn where_nothing_decides_somebody_has_to_say() {
        assert_eq!(verdict(&["3/4/2022"]), (true, MappingOrigin::Open));
        assert_eq!(verdict(&["3/4/2022", "5/6/2022", "2/7/2022"]), (true, MappingOrigin::Open));
    }

    #[test]
    fn zones_are_read_where_they_are_named() {
        assert_eq!(zone_in("Sat Jan 01 00:00:00 UTC 2022"), Some(Tz::UTC));
        assert_eq!(zone_in("Date (EST)"), Some(Tz::America__New_York));
        assert_eq!(zone_in("Created Time (America/New_York)"), Some(Tz::America__New_York));
        assert_eq!(zone_in("Date (UTC+1)"), Some(Tz::Etc__GMTMinus1));
        assert_eq!(zone_in("Date (GMT-05:00)"), Some(Tz::Etc__GMTPlus5));
        assert_eq!(zone_in("Date (UTC+00:00)"), Some(Tz::Etc__GMTPlus0));
        assert_eq!((zone_in("Date (GMT+05:30)"), names_shared("Date (GMT+05:30)")), (None, true));
        for zone in ["UTC+1", "UTC-5", "Europe/Berlin"] {
            assert_eq!(parse_zone(zone).map(|found| zone_label(found.name())).as_deref(), Some(zone));
        }
        assert_eq!(zone_in("Best laptops"), None);
        assert_eq!(zone_in("a/b"), None);
    }

    #[test]
    fn zones_are_asked_where_only_their_abbreviation_names_them() {
        let asked = |dates: &[&str]| {
            let mut evidence = DateEvidence::default();
            dates.iter().for_each(|date| evidence.see_zone(date));
            evidence.short_zones()
        };
        let of = |name: &str, meaning| BTreeMap::from([(name.to_owned(), meaning)]);
        assert_eq!(asked(&["2024-01-05 10:00 +0530 (IST)", "Fri Jan 05 2024 10:00:00 GMT+0530 (IST)"]), BTreeMap::new());
        assert_eq!(asked(&["2024-01-05 10:00 IST"]), of("IST", None));
        assert_eq!(asked(&["10:00 IST"]), of("IST", None), "a time of day in a column of its own");
        assert_eq!(asked(&["2024-07-05 10:00 IDT", "2024-01-05 10:00 IST"]), of("IST", Some(7_200)));
        assert_eq!(asked(&["2024-07-05 10:00 BST", "Fri Jan 05 2024 10:00:00 GMT-0300"]), of("BST", None), "an offset is no sister");
    }

    proptest::proptest! {
        #[test]
        fn no_date_makes_it_panic(dates in proptest::collection::vec("[0-9/.: -]{0,16}|.{0,12}", 0..12)) {
            let _ = verdict(&dates.iter().map(String::as_str).collect::<Vec<_>>());
            dates.iter().for_each(|date| { let _ = zone_in(date); });
        }
    }
}

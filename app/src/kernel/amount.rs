//! Numbers, percentages and lengths of time as a person reads them. Each is written here alone; dates and times of day are in `clock`.

use chrono::{Duration, NaiveDate};

/// 14363 as "14,363".
#[must_use]
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("−{text}") } else { text }
}

/// "1 author", "1,204 authors": the noun with its number.
#[must_use]
pub fn count(value: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// 64 as "64 %".
#[must_use]
pub fn percent(value: i64) -> String {
    format!("{} %", number(value))
}

/// 0.645 as "64.5 %" with one decimal.
#[must_use]
pub fn percent_of_one(share: f64, decimals: usize) -> String {
    format!("{:.decimals$} %", share * 100.0)
}

/// The part of the whole, rounded: "24 %". None of nothing.
#[must_use]
pub fn share(part: i64, whole: i64) -> Option<String> {
    (whole > 0).then(|| percent((part * 100 + whole / 2) / whole))
}

/// A length of time to the minute: "40 min", "5 h 20 min", "2 days 3 h".
#[must_use]
pub fn duration(time: Duration) -> String {
    let minutes = time.num_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => count(days, "day", "days"),
        (days, hours, _) => format!("{} {hours} h", count(days, "day", "days")),
    }
}

/// A length of time in its largest unit: "12 seconds", "3 minutes", "5 hours", "2 days".
#[must_use]
pub fn rough_duration(time: Duration) -> String {
    match time.num_seconds().max(0) {
        seconds @ 0..=89 => count(seconds, "second", "seconds"),
        seconds @ 90..=5_399 => count(seconds / 60, "minute", "minutes"),
        seconds @ 5_400..=129_599 => count(seconds / 3600, "hour", "hours"),
        seconds => count(seconds / 86_400, "day", "days"),
    }
}

/// How far a day is from today: "today", "tomorrow", "in 5 days", "3 days ago".
#[must_use]
pub fn away(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days @ 2.. => format!("in {}", count(days, "day", "days")),
        days => format!("{} ago", count(-days, "day", "days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 14_363, 1_000_000].map(number), ["0", "999", "1,000", "14,363", "1,000,000"]);
        assert_eq!(count(1, "author", "authors"), "1 author");
    }

    #[test]
    fn percentages_are_rounded() {
        assert_eq!([share(1, 3), share(2, 3), share(0, 7), share(0, 0)].map(Option::unwrap_or_default), ["33 %", "67 %", "0 %", ""]);
        assert_eq!((percent(1200), percent_of_one(0.647, 0), percent_of_one(0.647, 1)), ("1,200 %".into(), "65 %".into(), "64.7 %".into()));
    }

    #[test]
    fn durations_are_said_in_words() {
        let words = [0, 40, 60, 320, 1440, 1500, 3060].map(|minutes| duration(Duration::minutes(minutes)));
        assert_eq!(words, ["under a minute", "40 min", "1 h", "5 h 20 min", "1 day", "1 day 1 h", "2 days 3 h"]);
        for (seconds, stated) in [(-3, "0 seconds"), (1, "1 second"), (200, "3 minutes"), (5400, "1 hour"), (180_000, "2 days")] {
            assert_eq!(rough_duration(Duration::seconds(seconds)), stated);
        }
    }

    #[test]
    fn days_are_counted_from_today() {
        let day = |day| NaiveDate::from_ymd_opt(2010, 6, day).expect("a day");
        assert_eq!([14, 15, 16, 20, 10].map(|d| away(day(d), day(15))), ["yesterday", "today", "tomorrow", "in 5 days", "5 days ago"]);
    }
}

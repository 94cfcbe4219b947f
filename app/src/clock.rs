//! Time as the program keeps it: UTC, to the microsecond, handed in rather than read, so that tests own the clock.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;

/// A moment in UTC with whole microseconds, which is what both databases store.
pub type Time = DateTime<Utc>;

/// The present moment. Only the doors (HTTP, CLI, jobs) call this; everything inside is handed `now`.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Time {
    Utc::now().trunc_subsecs(6)
}

/// "15 June 2010".
#[must_use]
pub fn long_date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// "15 Jun".
#[must_use]
pub fn short_date(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

/// The wall clock in `zone`: "14:05".
#[must_use]
pub fn wall_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// The calendar day in `zone`.
#[must_use]
pub fn local_day(at: Time, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The moment of a wall-clock time in `zone`. In the hour that a clock change repeats the earlier one is meant; in the
/// hour that it skips there is no such time, and the answer is `None`.
#[must_use]
pub fn at_wall(day: NaiveDate, time: chrono::NaiveTime, zone: Tz) -> Option<Time> {
    day.and_time(time).and_local_timezone(zone).earliest().map(|t| t.with_timezone(&Utc))
}

/// How long ago, in words: "today", "yesterday", "3 days ago", "5 weeks ago".
#[must_use]
pub fn ago(then: Time, now: Time) -> String {
    match (now - then).num_days() {
        i64::MIN..=0 => "today".into(),
        1 => "yesterday".into(),
        days @ 2..=20 => format!("{days} days ago"),
        days @ 21..=90 => format!("{} weeks ago", days / 7),
        days => format!("{} months ago", days / 30),
    }
}

/// The wait after the `attempts`-th failure in a row: 30 s, doubling, at most `longest`.
#[must_use]
pub fn wait_after(attempts: i64, longest: Duration) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    Duration::seconds(30_i64 << doublings).min(longest)
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, NaiveTime};

    use super::*;

    #[test]
    fn a_skipped_hour_has_no_moment() {
        let zone: Tz = "America/Chicago".parse().expect("a zone");
        let day = NaiveDate::from_ymd_opt(2010, 3, 14).expect("a day");
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        assert_eq!(at_wall(day, half_past_two, zone), None);
    }

    #[test]
    fn ago_is_said_in_words() {
        let now = now();
        assert_eq!(ago(now - Duration::days(3), now), "3 days ago");
        assert_eq!(ago(now - Duration::days(63), now), "9 weeks ago");
        assert_eq!(ago(now + Duration::hours(1), now), "today");
    }
}

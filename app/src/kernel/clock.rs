//! Time: stored in UTC to the microsecond, and passed in rather than read, so that tests own the clock. Every date and time that a person
//! reads is written here.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};
use chrono_tz::Tz;

/// A moment in UTC with whole microseconds, which is what both databases store.
pub type Time = DateTime<Utc>;

/// The present moment. Only the entry points (HTTP, CLI, jobs) call this; everything inside is handed `now`.
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

/// "15 Jun", with its year where that is not the year of `today`: "15 Jun 2009".
#[must_use]
pub fn short_date(day: NaiveDate, today: NaiveDate) -> String {
    let pattern = if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    day.format(pattern).to_string()
}

/// "15 June 2010, 14:05 CDT": the wall clock in `zone`, which it names.
#[must_use]
pub fn date_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %B %Y, %H:%M %Z").to_string()
}

/// "15 Jun 2010, 14:05 CDT": as `date_time`, for lists.
#[must_use]
pub fn short_date_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z").to_string()
}

/// "2010-06-15 14:05:09 -05:00": the wall clock in `zone` with how far that is from UTC, for files that a program reads.
#[must_use]
pub fn csv_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// The wall clock in `zone`: "14:05".
#[must_use]
pub fn wall_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// The wall clock in `zone`, which it names: "14:05 CDT".
#[must_use]
pub fn zoned_time(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M %Z").to_string()
}

/// "June 2010".
#[must_use]
pub fn month_and_year(day: NaiveDate) -> String {
    day.format("%B %Y").to_string()
}

/// "June".
#[must_use]
pub fn month(day: NaiveDate) -> String {
    day.format("%B").to_string()
}

/// "2010-06", for files that a program reads.
#[must_use]
pub fn csv_month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// "Tuesday, 15 June 2010".
#[must_use]
pub fn weekday_date(day: NaiveDate) -> String {
    format!("{}, {}", day.format("%A"), long_date(day))
}

/// A wall clock time as it was typed: "14:05".
#[must_use]
pub fn clock_time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// "2010-06-15 14:05:09", without a zone: a spreadsheet's date as text.
#[must_use]
pub fn plain_time(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The zone's abbreviation at that moment: "CDT".
#[must_use]
pub fn zone_abbreviation(at: Time, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Z").to_string()
}

/// What people call the place of a zone: "New York" of "America/New_York".
#[must_use]
pub fn zone_place(zone: Tz) -> String {
    zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ")
}

/// The calendar day in `zone`.
#[must_use]
pub fn local_day(at: Time, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The moment of a wall-clock time in `zone`. In the hour that a clock change repeats the earlier one is meant; in the
/// hour that it skips there is no such time, and the answer is `None`.
#[must_use]
pub fn at_wall(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<Time> {
    day.and_time(time).and_local_timezone(zone).earliest().map(|t| t.with_timezone(&Utc))
}

/// How long ago, in words: "today", "yesterday", "3 days ago", "5 weeks ago", "4 years ago".
#[must_use]
pub fn ago(then: Time, now: Time) -> String {
    match (now - then).num_days() {
        i64::MIN..=0 => "today".into(),
        1 => "yesterday".into(),
        days @ 2..=20 => format!("{days} days ago"),
        days @ 21..=90 => format!("{} weeks ago", days / 7),
        days @ 91..=729 => format!("{} months ago", days / 30),
        days => format!("{} years ago", days / 365),
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
    use super::*;

    #[test]
    fn a_skipped_hour_has_no_moment() {
        let zone: Tz = "America/Chicago".parse().expect("a zone");
        let day = NaiveDate::from_ymd_opt(2010, 3, 14).expect("a day");
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        assert_eq!(at_wall(day, half_past_two, zone), None);
    }

    #[test]
    fn a_short_date_has_its_year_where_it_is_another_one() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        assert_eq!(short_date(day(2010, 6, 15), day(2010, 12, 31)), "15 Jun");
        assert_eq!(short_date(day(2011, 1, 5), day(2010, 12, 31)), "5 Jan 2011");
        assert_eq!(short_date(day(2009, 12, 31), day(2010, 1, 1)), "31 Dec 2009");
    }

    #[test]
    fn a_time_names_its_zone() {
        let chicago: Tz = "America/Chicago".parse().expect("a zone");
        let at: Time = "2010-06-16T01:30:05Z".parse().expect("a time");
        assert_eq!(date_time(at, chicago), "15 June 2010, 20:30 CDT");
        assert_eq!(short_date_time(at, Tz::UTC), "16 Jun 2010, 01:30 UTC");
        assert_eq!(zoned_time(at, chicago), "20:30 CDT");
        assert_eq!(csv_time(at, chicago), "2010-06-15 20:30:05 -05:00");
        assert_eq!(csv_time(at, Tz::UTC), "2010-06-16 01:30:05 +00:00");
    }

    #[test]
    fn ago_is_said_in_words() {
        let now = now();
        assert_eq!(ago(now - Duration::days(400), now), "13 months ago");
        assert_eq!(ago(now - Duration::days(1600), now), "4 years ago");
        assert_eq!(ago(now - Duration::days(3), now), "3 days ago");
        assert_eq!(ago(now - Duration::days(63), now), "9 weeks ago");
        assert_eq!(ago(now + Duration::hours(1), now), "today");
    }
}

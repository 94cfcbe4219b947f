//! A mention's place: one number that sorts mentions by time and identifies them in the search index.
//!
//! From the left: the program's number, the second of the mention, and a tiebreaker within the second.

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::program::store::MAX_PROGRAMS;

const SECONDS: u32 = 32;
const APART: u32 = 21;
/// Tries within the mention's own second before the rest of its day is used.
const TRIES: u32 = 8;
const DAY: i64 = 86_400;

#[must_use]
pub fn of(program: i64, at: Time, id: Uuid) -> i64 {
    join(program, second(at), apart(id))
}

/// Another place for a mention whose place is taken, as in exports with days only.
#[must_use]
pub fn another(program: i64, at: Time, tries: u32) -> i64 {
    let (second, random) = (second(at), Uuid::new_v4());
    if tries < TRIES {
        return join(program, second, apart(random));
    }
    let rest = DAY - second.rem_euclid(DAY);
    let later = i64::try_from((random.as_u128() >> 64) % u128::try_from(rest).unwrap_or(1)).unwrap_or(0);
    join(program, second + later, apart(random))
}

/// The places of a program's mentions from one day to another, both included.
#[must_use]
pub fn between(program: i64, since: Option<NaiveDate>, until: Option<NaiveDate>) -> (i64, i64) {
    let midnight = |day: NaiveDate| second(day.and_time(NaiveTime::MIN).and_utc());
    let from = since.map_or(0, midnight);
    let to = until.and_then(|day| day.succ_opt()).map_or(1 << SECONDS, midnight);
    (join(program, from, 0), join(program, to, 0) - 1)
}

fn second(at: Time) -> i64 {
    at.timestamp().clamp(0, i64::from(u32::MAX))
}

fn apart(id: Uuid) -> i64 {
    i64::try_from(id.as_u128() & ((1 << APART) - 1)).unwrap_or(0)
}

fn join(program: i64, second: i64, apart: i64) -> i64 {
    (program.clamp(0, MAX_PROGRAMS) << (SECONDS + APART)) + (second << APART) + apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn places_stand_in_the_order_of_time_and_programs_apart() {
        let at = |program, text| of(program, time(text), Uuid::now_v7());
        assert!(at(1, "2022-03-01T10:00:00Z") < at(1, "2022-03-01T10:00:01Z"));
        assert!(at(1, "2100-01-01T00:00:00Z") < at(2, "1990-01-01T00:00:00Z"));
        assert!(at(MAX_PROGRAMS, "2106-01-01T00:00:00Z") > 0);
    }

    #[test]
    fn a_day_holds_its_mentions_and_no_others() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().expect("a day"));
        let (from, to) = between(3, day("2022-03-01"), day("2022-03-01"));
        let inside = |text| (from..=to).contains(&of(3, time(text), Uuid::now_v7()));
        assert!(inside("2022-03-01T00:00:00Z") && inside("2022-03-01T23:59:59.999Z"));
        assert!(!inside("2022-02-28T23:59:59Z") && !inside("2022-03-02T00:00:00Z"));
        for tries in 0..40 {
            assert!((from..=to).contains(&another(3, time("2022-03-01T23:59:58Z"), tries)));
        }
        let (first, last) = between(3, None, None);
        assert!(first < from && to < last && last < between(4, None, None).0);
    }
}

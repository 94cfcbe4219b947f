//! When a case is due, and how long answers take.

use chrono::{Duration, SubsecRound};

use crate::kernel::amount::duration;
use crate::kernel::clock::Time;
use crate::kernel::error::ValidationErrors;

/// Hours from opening a case until it is late, unless its program says otherwise: a public mention gets an answer within a day.
pub const DEFAULT_HOURS: i64 = 24;
/// The longest clock that a program may set: a week.
pub const MAX_HOURS: i64 = 168;
/// Days of listening, back from the newest mention, in which mentions without a case are offered.
pub const OFFERED_DAYS: i64 = 7;
/// Mentions of those days that are looked through at most, the newest.
pub const MAX_OFFERED_MENTIONS: i64 = 20_000;
/// Days over which answers are measured.
pub const MEASURED_DAYS: i64 = 30;

/// When a case that is opened now is late, by its program's clock.
#[must_use]
pub fn due(opened: Time, hours: i64) -> Time {
    opened + Duration::hours(hours)
}

/// A clock as typed.
pub fn hours(errors: &mut ValidationErrors, text: &str) -> i64 {
    match text.trim().parse() {
        Ok(hours) if (1..=MAX_HOURS).contains(&hours) => hours,
        _ => {
            errors.add("hours", format!("Enter a whole number of hours from 1 to {MAX_HOURS}."));
            0
        }
    }
}

/// A clock in words: "1 hour", "24 hours".
#[must_use]
pub fn in_hours(hours: i64) -> String {
    if hours == 1 { "1 hour".to_owned() } else { format!("{hours} hours") }
}

/// A case that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct AnsweredCase {
    pub opened_at: Time,
    pub due_at: Time,
    pub taken_at: Option<Time>,
    pub answered_at: Time,
}

/// The middle and the ninetieth of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    pub median: Duration,
    pub ninetieth: Duration,
}

impl Percentiles {
    /// By nearest rank: the shortest time that at least half (nine tenths) of all do not exceed. None of nothing.
    #[must_use]
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let rank = |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(Self { median: rank(50)?, ninetieth: rank(90)? })
    }
}

/// How long answers took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnswerTimes {
    pub answers: i64,
    /// Answers that came before their case was late.
    pub in_time: i64,
    /// From opening the case to the answer.
    pub opened: Option<Percentiles>,
    /// From the first taking to the answer.
    pub taken: Option<Percentiles>,
}

impl AnswerTimes {
    /// An answer that was given before anybody opened its case took no time. Each is held against the clock that its case had.
    #[must_use]
    pub fn of(answers: &[AnsweredCase]) -> Self {
        let none = Duration::zero();
        let opened = answers.iter().map(|answer| (answer.answered_at - answer.opened_at).max(none)).collect();
        let taken = answers.iter().map(|answer| (answer.answered_at - answer.taken_at.unwrap_or(answer.opened_at)).max(none)).collect();
        let in_time = answers.iter().filter(|answer| answer.answered_at <= answer.due_at).count();
        let number = |value| i64::try_from(value).unwrap_or(i64::MAX);
        Self { answers: number(answers.len()), in_time: number(in_time), opened: Percentiles::of(opened), taken: Percentiles::of(taken) }
    }
}

/// The time left: "late by 3 h", "5 h left".
#[must_use]
pub fn clock(due: Time, now: Time) -> String {
    if due < now { format!("late by {}", duration(now - due)) } else { format!("{} left", duration(due - now)) }
}

/// The public address of an answer.
pub fn link(errors: &mut ValidationErrors, text: &str) -> String {
    if text.trim().is_empty() {
        errors.add("link", "Enter the link to the answer.");
    }
    errors.web("link", "The link to the answer", text, 2000)
}

/// When the answer was given: now where nothing is said.
pub fn answered(errors: &mut ValidationErrors, answered_at: Option<Time>, written: Time, now: Time) -> Time {
    let at = answered_at.unwrap_or(now).trunc_subsecs(6);
    if at > now {
        errors.add("at", "This time is in the future. Enter when the answer was posted.");
    } else if at < written {
        errors.add("at", "This time is before the mention. Enter when the answer was posted.");
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let hours = |hours: &[i64]| Percentiles::of(hours.iter().copied().map(Duration::hours).collect());
        let spread = |median, ninetieth| Some(Percentiles { median: Duration::hours(median), ninetieth: Duration::hours(ninetieth) });
        assert_eq!(hours(&[]), None);
        assert_eq!(hours(&[5]), spread(5, 5));
        assert_eq!(hours(&[9, 1]), spread(1, 9));
        assert_eq!(hours(&[10, 2, 4, 6, 8, 1, 3, 5, 7, 9]), spread(5, 9));
    }

    #[test]
    fn answers_are_measured_from_opening_and_from_taking() {
        let opened = time("2026-03-01T08:00:00Z");
        let answer = |clock: i64, taken: Option<Time>, took: i64| AnsweredCase {
            opened_at: opened,
            due_at: due(opened, clock),
            taken_at: taken,
            answered_at: opened + Duration::hours(took),
        };
        let first = answer(24, Some(opened + Duration::hours(2)), 3);
        let pace = AnswerTimes::of(&[first, answer(24, None, 30), answer(24, Some(opened), -1)]);
        assert_eq!((pace.answers, pace.in_time), (3, 2));
        assert_eq!(AnswerTimes::of(&[answer(2, None, 3), answer(48, None, 30)]).in_time, 1, "each by its own clock");
        assert_eq!(pace.opened, Some(Percentiles { median: Duration::hours(3), ninetieth: Duration::hours(30) }));
        assert_eq!(pace.taken, Some(Percentiles { median: Duration::hours(1), ninetieth: Duration::hours(30) }));
        assert_eq!(AnswerTimes::of(&[]), AnswerTimes::default());
    }

    #[test]
    fn time_is_said_in_words() {
        let due = time("2026-03-01T08:00:00Z");
        assert_eq!(clock(due, due + Duration::hours(3)), "late by 3 h");
        assert_eq!(clock(due, due - Duration::minutes(20)), "20 min left");
    }

    #[test]
    fn a_clock_is_a_whole_number_of_hours_up_to_a_week() {
        let read = |text: &str| {
            let mut errors = ValidationErrors::default();
            let hours = hours(&mut errors, text);
            errors.finish().ok().map(|()| hours)
        };
        assert_eq!([read("1"), read(" 168 ")], [Some(1), Some(168)]);
        assert!(["0", "169", "-1", "a day", "", "1.5"].into_iter().all(|text| read(text).is_none()));
        assert_eq!([in_hours(1), in_hours(24)], ["1 hour", "24 hours"]);
    }

    #[test]
    fn a_link_names_a_site() {
        let check = |text: &str| {
            let mut errors = ValidationErrors::default();
            link(&mut errors, text);
            errors.finish().is_ok()
        };
        assert!(check("https://x.com/DellCares/status/1") && check(" http://example.com "));
        assert!(!check("") && !check("x.com/DellCares") && !check("javascript:alert(1)") && !check("https://") && !check("https://a.b c"));
    }

    #[test]
    fn an_answer_lies_between_the_mention_and_now() {
        let (written, now) = (time("2026-03-01T08:00:00Z"), time("2026-03-02T08:00:00Z"));
        let check = |stated| {
            let mut errors = ValidationErrors::default();
            answered(&mut errors, stated, written, now);
            errors.finish().map_err(|error| error.message())
        };
        assert!([None, Some(written), Some(now)].into_iter().all(|at| check(at).is_ok()));
        for wrong in [now + Duration::minutes(1), written - Duration::minutes(1)] {
            // The field is in the zone of the program.
            assert!(check(Some(wrong)).is_err_and(|why| why.contains("Enter when the answer was posted.") && !why.contains("UTC")));
        }
    }
}

//! The clock of a case, and how long answers take. No I/O.

use chrono::{Duration, SubsecRound};

use crate::clock::Time;
use crate::error::Wrong;

/// Hours from opening a case until it is late: a public post gets an answer within a day.
pub const HOURS: i64 = 24;
/// Days of listening, back from the newest post, in which posts without a case are offered.
pub const OFFERED_DAYS: i64 = 7;
/// Posts of those days that are looked through at most, the newest.
pub const OFFERED_POSTS: i64 = 20_000;
/// Days over which answers are measured.
pub const MEASURED_DAYS: i64 = 30;

/// When a case that is opened now is late.
#[must_use]
pub fn due(opened: Time) -> Time {
    opened + Duration::hours(HOURS)
}

/// The middle and the ninetieth of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub median: Duration,
    pub ninetieth: Duration,
}

impl Spread {
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
pub struct Pace {
    pub answers: i64,
    /// Answers that came before their case was late.
    pub in_time: i64,
    /// From opening the case to the answer.
    pub opened: Option<Spread>,
    /// From the first taking to the answer.
    pub taken: Option<Spread>,
}

impl Pace {
    /// Of (opened, taken, answered) each. An answer that was given before anybody opened its case took no time.
    #[must_use]
    pub fn of(times: &[(Time, Option<Time>, Time)]) -> Self {
        let none = Duration::zero();
        let opened: Vec<Duration> = times.iter().map(|(opened, _, answered)| (*answered - *opened).max(none)).collect();
        let taken = times.iter().map(|(opened, taken, answered)| (*answered - taken.unwrap_or(*opened)).max(none)).collect();
        let in_time = opened.iter().filter(|took| **took <= Duration::hours(HOURS)).count();
        let number = |value| i64::try_from(value).unwrap_or(i64::MAX);
        Self { answers: number(times.len()), in_time: number(in_time), opened: Spread::of(opened), taken: Spread::of(taken) }
    }
}

/// A length of time in words: "40 min", "5 h 20 min", "2 days 3 h".
#[must_use]
pub fn lasting(time: Duration) -> String {
    let minutes = time.num_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let days_said = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match (days, hours, rest) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (_, 0, _) => days_said,
        (_, hours, _) => format!("{days_said} {hours} h"),
    }
}

/// How a clock stands: "late by 3 h", "5 h left".
#[must_use]
pub fn clock(due: Time, now: Time) -> String {
    if due < now { format!("late by {}", lasting(now - due)) } else { format!("{} left", lasting(due - now)) }
}

/// The public address of an answer.
pub fn link(wrong: &mut Wrong, text: &str) -> String {
    let link = wrong.text("link", "The link to the answer", text, 2000);
    let host = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")).and_then(|rest| rest.split(['/', '?', '#']).next());
    let good = host.is_some_and(|host| host.contains('.') && !host.starts_with('.')) && !link.contains(char::is_whitespace);
    if !link.is_empty() && !good {
        wrong.say("link", "Please give the link as the browser shows it: it begins with https:// and names a site.");
    }
    link
}

/// When the answer was given: now where nothing is said.
pub fn answered(wrong: &mut Wrong, said: Option<Time>, written: Time, now: Time) -> Time {
    let at = said.unwrap_or(now).trunc_subsecs(6);
    if at > now {
        wrong.say("at", "The answer cannot lie ahead. Times are in UTC.");
    } else if at < written {
        wrong.say("at", "The answer cannot be older than the post. Times are in UTC.");
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
        let hours = |hours: &[i64]| Spread::of(hours.iter().copied().map(Duration::hours).collect());
        let spread = |median, ninetieth| Some(Spread { median: Duration::hours(median), ninetieth: Duration::hours(ninetieth) });
        assert_eq!(hours(&[]), None);
        assert_eq!(hours(&[5]), spread(5, 5));
        assert_eq!(hours(&[9, 1]), spread(1, 9));
        assert_eq!(hours(&[10, 2, 4, 6, 8, 1, 3, 5, 7, 9]), spread(5, 9));
    }

    #[test]
    fn answers_are_measured_from_opening_and_from_taking() {
        let opened = time("2026-03-01T08:00:00Z");
        let pace = Pace::of(&[
            (opened, Some(opened + Duration::hours(2)), opened + Duration::hours(3)),
            (opened, None, opened + Duration::hours(30)),
            (opened, Some(opened), opened - Duration::hours(1)),
        ]);
        assert_eq!((pace.answers, pace.in_time), (3, 2));
        assert_eq!(pace.opened, Some(Spread { median: Duration::hours(3), ninetieth: Duration::hours(30) }));
        assert_eq!(pace.taken, Some(Spread { median: Duration::hours(1), ninetieth: Duration::hours(30) }));
        assert_eq!(Pace::of(&[]), Pace::default());
    }

    #[test]
    fn time_is_said_in_words() {
        let words = [0, 40, 60, 320, 1440, 1500, 3060].map(|minutes| lasting(Duration::minutes(minutes)));
        assert_eq!(words, ["under a minute", "40 min", "1 h", "5 h 20 min", "1 day", "1 day 1 h", "2 days 3 h"]);
        let due = time("2026-03-01T08:00:00Z");
        assert_eq!(clock(due, due + Duration::hours(3)), "late by 3 h");
        assert_eq!(clock(due, due - Duration::minutes(20)), "20 min left");
    }

    #[test]
    fn a_link_names_a_site() {
        let check = |text: &str| {
            let mut wrong = Wrong::default();
            link(&mut wrong, text);
            wrong.finish().is_ok()
        };
        assert!(check("https://x.com/DellCares/status/1") && check(" http://example.com "));
        assert!(!check("") && !check("x.com/DellCares") && !check("javascript:alert(1)") && !check("https://") && !check("https://a.b c"));
    }

    #[test]
    fn an_answer_lies_between_the_post_and_now() {
        let (written, now) = (time("2026-03-01T08:00:00Z"), time("2026-03-02T08:00:00Z"));
        let check = |said| {
            let mut wrong = Wrong::default();
            answered(&mut wrong, said, written, now);
            wrong.finish().is_ok()
        };
        assert!(check(None) && check(Some(written)) && check(Some(now)));
        assert!(!check(Some(now + Duration::minutes(1))) && !check(Some(written - Duration::minutes(1))));
    }
}

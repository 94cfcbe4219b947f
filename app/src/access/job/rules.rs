//! When a job is tried again, when it is given up, and what recurs how often.

use chrono::Duration;

use super::{JobKind, JobOutcome};
use crate::kernel::clock::Time;
use crate::kernel::error::Error;
use crate::kernel::failure::Failure;

/// A worker without a heartbeat for this long counts as dead.
pub const LEASE_SECONDS: i64 = 60;
pub const HEARTBEAT_SECONDS: u64 = 15;
/// Attempts without progress before a job fails.
pub const MAX_ATTEMPTS: i64 = 8;
/// The first pause after a failure; it doubles.
const FIRST_PAUSE_SECONDS: i64 = 5;
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::hours(1);
/// The longest pause of what recurs more often than this.
const MAX_PAUSE_OF_FREQUENT: Duration = Duration::minutes(5);
/// Finished jobs are listed for this long.
pub const FINISHED_KEPT_DAYS: i64 = 7;

/// What is deleted once it is no longer needed: what it is, and after how many days.
pub const KEPT: &[(&str, i64)] = &[
    ("Sign-ins, after they ended", DEVICES_KEPT_DAYS),
    ("Codes by email, after they expired", CODES_KEPT_DAYS),
    ("Personal links, after they expired or were revoked (kept while an invitation, report or email uses them)", LINKS_KEPT_DAYS),
    ("Recipient and content of an email, after it was sent", SENT_EMAIL_KEPT_DAYS),
    ("Recipient and content of an email that could not be sent", FAILED_EMAIL_KEPT_DAYS),
    ("Finished and cancelled jobs", FINISHED_KEPT_DAYS),
];
pub const DEVICES_KEPT_DAYS: i64 = 30;
pub const CODES_KEPT_DAYS: i64 = 1;
pub const LINKS_KEPT_DAYS: i64 = 90;
pub const SENT_EMAIL_KEPT_DAYS: i64 = 180;
pub const FAILED_EMAIL_KEPT_DAYS: i64 = 365;

/// What recurs, and the pause between its end and its next beginning.
pub const SCHEDULE: &[(JobKind, Duration)] = &[
    (JobKind::WatchedFolder, Duration::seconds(2)),
    (JobKind::Ageing, Duration::seconds(60)),
    (JobKind::Phrases, Duration::seconds(60)),
    (JobKind::Overdue, Duration::seconds(60)),
    (JobKind::Expiry, Duration::minutes(10)),
    (JobKind::Retention, Duration::hours(1)),
    (JobKind::Cleaning, Duration::hours(1)),
];

/// The pause between two runs of what recurs; none for what is done once.
#[must_use]
pub fn every(kind: JobKind) -> Option<Duration> {
    SCHEDULE.iter().find(|(known, _)| *known == kind).map(|(_, every)| *every)
}

/// How one kind of job is taken and given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTerms {
    pub kind: JobKind,
    /// Attempts that get nowhere before it waits for a person. What recurs goes on for ever.
    pub max_attempts: i64,
    /// How many of one lane run at once, in all processes together.
    pub per_lane: i64,
    /// Work that takes longer is stopped, and counts as failed.
    pub timeout: std::time::Duration,
}

impl JobTerms {
    /// Eight attempts, one of a lane at a time, an hour.
    #[must_use]
    pub const fn of(kind: JobKind) -> Self {
        Self { kind, max_attempts: MAX_ATTEMPTS, per_lane: 1, timeout: std::time::Duration::from_secs(3600) }
    }
}

/// The pause after the `attempts`-th failure in a row: 5 s, doubling, at most an hour, and up to a quarter more by `chance`
/// (0 to 1), so that jobs which failed together do not come back together.
#[must_use]
pub fn wait_after(kind: JobKind, attempts: i64, chance: f64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let longest = match every(kind) {
        Some(every) if every < MAX_PAUSE_OF_FREQUENT => MAX_PAUSE_OF_FREQUENT,
        Some(every) => every.min(MAX_PAUSE),
        None => MAX_PAUSE,
    };
    let pause = Duration::seconds(FIRST_PAUSE_SECONDS << doublings).min(longest);
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "milliseconds of at most an hour")]
    let more = (pause.num_milliseconds() as f64 / 4.0 * chance.clamp(0.0, 1.0)) as i64;
    pause + Duration::milliseconds(more)
}

/// Whether trying again may help: our own fault may be mended by then. What was refused will be refused again.
#[must_use]
pub const fn may_pass(error: &Error) -> bool {
    error.is_passing() || matches!(error, Error::Internal(_) | Error::Aborted(_))
}

/// What the row says after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    Finished,
    Cancelled,
    Failed(Failure),
    /// Waits again: until when, with how many attempts behind it, and why the last one failed.
    Again {
        at: Time,
        attempts: i64,
        error: Option<Failure>,
    },
    /// Waits for its next turn.
    Next(Time),
}

/// What becomes of a job after an attempt. `attempts` counts this one.
#[must_use]
pub fn after(terms: &JobTerms, attempts: i64, cancel_asked: bool, outcome: Result<JobOutcome, &Error>, now: Time, chance: f64) -> JobEnd {
    let every = every(terms.kind);
    match (outcome, every) {
        (Ok(JobOutcome::Finished), None) => JobEnd::Finished,
        (Ok(JobOutcome::Finished), Some(every)) => JobEnd::Next(now + every),
        (_, Some(every)) if cancel_asked => JobEnd::Next(now + every),
        (_, None) if cancel_asked => JobEnd::Cancelled,
        (Ok(JobOutcome::Stopped), _) => JobEnd::Again { at: now, attempts: attempts - 1, error: None },
        (Ok(JobOutcome::Later(at)), _) => JobEnd::Again { at, attempts, error: None },
        (Err(error), None) if !may_pass(error) || attempts >= terms.max_attempts => JobEnd::Failed(Failure::detailed(error)),
        (Err(error), _) => {
            JobEnd::Again { at: now + wait_after(terms.kind, attempts, chance), attempts, error: Some(Failure::detailed(error)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    #[test]
    fn pauses_double_and_end() {
        assert_eq!(wait_after(JobKind::Import, 1, 0.0), Duration::seconds(5));
        assert_eq!(wait_after(JobKind::Import, 3, 0.0), Duration::seconds(20));
        assert_eq!(wait_after(JobKind::Import, 3, 1.0), Duration::seconds(25));
        assert_eq!(wait_after(JobKind::Import, 100, 0.0), Duration::hours(1));
        assert_eq!(wait_after(JobKind::WatchedFolder, 100, 0.0), Duration::minutes(5));
    }

    #[test]
    fn what_was_refused_is_not_tried_again_and_what_broke_is_until_its_last_attempt() {
        let (terms, at) = (JobTerms::of(JobKind::Training), now());
        let refused = Error::conflict("Too few labels.");
        let broke = Error::Internal("it broke".into());
        assert_eq!(after(&terms, 1, false, Err(&refused), at, 0.0), JobEnd::Failed(Failure::of(&refused)));
        let again = JobEnd::Again { at: at + Duration::seconds(5), attempts: 1, error: Some(Failure::detailed(&broke)) };
        assert_eq!(after(&terms, 1, false, Err(&broke), at, 0.0), again);
        assert_eq!(after(&terms, terms.max_attempts, false, Err(&broke), at, 0.0), JobEnd::Failed(Failure::detailed(&broke)));
        let too_soon = Error::Wait("Try again at noon.".into());
        assert!(matches!(after(&terms, 1, false, Err(&too_soon), at, 0.0), JobEnd::Again { attempts: 1, .. }));
    }

    #[test]
    fn what_recurs_goes_on_for_ever() {
        let (terms, at) = (JobTerms::of(JobKind::Retention), now());
        assert_eq!(after(&terms, 1, false, Ok(JobOutcome::Finished), at, 0.0), JobEnd::Next(at + Duration::hours(1)));
        assert_eq!(after(&terms, 1, true, Ok(JobOutcome::Stopped), at, 0.0), JobEnd::Next(at + Duration::hours(1)));
        let refused = Error::conflict("no");
        assert!(matches!(after(&terms, 900, false, Err(&refused), at, 0.0), JobEnd::Again { attempts: 900, .. }));
    }

    #[test]
    fn work_that_was_asked_to_stop_costs_no_attempt_unless_it_was_cancelled() {
        let (terms, at) = (JobTerms::of(JobKind::Import), now());
        assert_eq!(after(&terms, 3, false, Ok(JobOutcome::Stopped), at, 0.0), JobEnd::Again { at, attempts: 2, error: None });
        assert_eq!(after(&terms, 3, true, Ok(JobOutcome::Stopped), at, 0.0), JobEnd::Cancelled);
        assert_eq!(after(&terms, 3, true, Ok(JobOutcome::Finished), at, 0.0), JobEnd::Finished, "it was quicker");
    }
}

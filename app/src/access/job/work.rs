//! Doing a job that was leased: a sign of life beside the work, panics caught, and its end recorded.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::rules::{self, HEARTBEAT_SECONDS, JobTerms};
use super::{JobKind, JobLease, JobOutcome, JobState, act};
use crate::coded;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::{Error, Result};

/// How often it is tried to record an end while the database does not answer.
const MAX_RECORDINGS: u32 = 6;

/// How an attempt ended: the state that the job is in now (none if it was taken by another), and why it failed, if it did.
#[derive(Debug)]
pub struct Ended {
    pub state: Option<JobState>,
    pub error: Option<Error>,
}

/// Does `work` for a job in hand, to its end, its timeout, or until the job is taken by another. A job whose workers have died
/// `max_attempts` times is given up instead.
///
/// # Errors
/// Errors in recording the outcome. The lease then expires, and the next worker continues.
pub async fn carry_out(
    db: &Db,
    terms: &JobTerms,
    held: &JobLease,
    work: impl Future<Output = Result<JobOutcome>> + Send + 'static,
) -> Result<Ended> {
    if held.job.attempts > terms.max_attempts && rules::every(terms.kind).is_none() {
        let outcome = Err(Error::Aborted(coded!("failure-worker-stopped", times = held.job.attempts - 1)));
        return Ok(Ended { state: record_outcome(db, terms, held, &outcome).await?, error: outcome.err() });
    }
    let mut task = Task(tokio::spawn(work));
    let period = Duration::from_secs(HEARTBEAT_SECONDS);
    let mut heart = interval_at(Instant::now() + period, period);
    heart.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let timeout = sleep(terms.timeout);
    tokio::pin!(timeout);
    let outcome = loop {
        tokio::select! {
            ended = &mut task.0 => break ended.unwrap_or_else(|error| if error.is_panic() { Err(panicked(error.into_panic().as_ref())) } else { Ok(JobOutcome::Stopped) }),
            () = &mut timeout => break Err(out_of_time(terms)),
            _ = heart.tick() => match act::heartbeat(db, held, now()).await {
                Ok(true) => {}
                Ok(false) => break Ok(JobOutcome::Stopped),
                Err(error) => tracing::debug!(%error, job = held.job.kind.as_str(), "a sign of life could not be given"),
            },
        }
    };
    drop(task);
    let state = record_outcome(db, terms, held, &outcome).await?;
    Ok(Ended { state, error: outcome.err() })
}

/// Returns a job back, as if its worker had stopped half-way: for a server that ends.
///
/// # Errors
/// Database errors.
pub async fn give_back(db: &Db, terms: &JobTerms, held: &JobLease) -> Result<()> {
    record_outcome(db, terms, held, &Ok(JobOutcome::Stopped)).await.map(|_| ())
}

async fn record_outcome(db: &Db, terms: &JobTerms, held: &JobLease, outcome: &Result<JobOutcome>) -> Result<Option<JobState>> {
    let mut tries = 1;
    loop {
        let recorded = async {
            let mut tx = db.begin().await?;
            let state = act::record_outcome(&mut tx, terms, held, now(), outcome.as_ref().copied()).await?;
            tx.commit().await?;
            Ok::<_, Error>(state)
        };
        match recorded.await {
            Err(error) if error.is_passing() && tries < MAX_RECORDINGS => {
                sleep(Duration::from_millis(100 << tries)).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

/// Work that ends when its caller does.
struct Task(JoinHandle<Result<JobOutcome>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn out_of_time(terms: &JobTerms) -> Error {
    Error::Aborted(coded!("failure-time-limit", minutes = i64::try_from(terms.timeout.as_secs() / 60).unwrap_or(i64::MAX)))
}

fn panicked(payload: &(dyn std::any::Any + Send)) -> Error {
    let words = payload.downcast_ref::<&str>().map(|words| (*words).to_owned()).or_else(|| payload.downcast_ref::<String>().cloned());
    Error::Aborted(coded!("failure-panicked", detail = words.unwrap_or_else(|| "no message".into())))
}

/// Takes one job of this kind that is due and does it here, in one attempt. Returns how it ended; none if nothing is due. For the command
/// line, the demo and tests; the server's loop does the same with its own terms.
///
/// # Errors
/// What keeps the database from being asked; the work's own failure is in what is given.
pub async fn one<F>(db: &Db, kind: JobKind, work: impl FnOnce(JobLease) -> F) -> Result<Option<Ended>>
where
    F: Future<Output = Result<JobOutcome>> + Send + 'static,
{
    let Some(held) = act::lease(db, &JobTerms::of(kind), now()).await? else { return Ok(None) };
    here(db, held, work).await.map(Some)
}

/// Does a job in hand here, in one attempt, however many others there were.
///
/// # Errors
/// What keeps the end from being recorded; the work's own failure is in what is given.
pub async fn here<F>(db: &Db, held: JobLease, work: impl FnOnce(JobLease) -> F) -> Result<Ended>
where
    F: Future<Output = Result<JobOutcome>> + Send + 'static,
{
    let terms = JobTerms { max_attempts: held.job.attempts, timeout: Duration::from_secs(24 * 3600), ..JobTerms::of(held.job.kind) };
    carry_out(db, &terms, &held.clone(), work(held)).await
}

/// Does all jobs of this kind that are due, one after the other. For the command line, the demo and tests.
///
/// # Errors
/// As `one`; what the first job that failed says.
pub async fn off<F>(db: &Db, kind: JobKind, work: impl Fn(JobLease) -> F) -> Result<()>
where
    F: Future<Output = Result<JobOutcome>> + Send + 'static,
{
    while let Some(ended) = one(db, kind, &work).await? {
        if let Some(error) = ended.error {
            return Err(error);
        }
    }
    Ok(())
}

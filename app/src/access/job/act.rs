//! Enqueueing jobs, leasing them, saving their progress, and recording their outcome.

use std::sync::atomic::Ordering;

use chrono::Duration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::{self, JobTerms, LEASE_SECONDS};
use super::store::{self, Same};
use super::{Job, JobKind, JobLease, JobOutcome, JobState};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::{Db, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{JobId, ProgramId};

/// How many due jobs a worker looks at to take one: some may be taken by others at that moment.
const CANDIDATES: i64 = 16;

#[derive(Clone, Debug)]
pub struct JobRequest {
    kind: JobKind,
    key: String,
    lane: String,
    program: Option<ProgramId>,
    payload: Json,
    at: Option<Time>,
}

impl JobRequest {
    /// A job of this kind about the thing that `key` names.
    #[must_use]
    pub fn new(kind: JobKind, key: impl ToString) -> Self {
        Self { kind, key: key.to_string(), lane: String::new(), program: None, payload: json!({}), at: None }
    }

    #[must_use]
    pub fn of_program(kind: JobKind, program: ProgramId) -> Self {
        Self::new(kind, program).in_program(program)
    }

    #[must_use]
    pub fn in_program(self, program: ProgramId) -> Self {
        Self { program: Some(program), ..self }
    }

    /// Jobs of one lane take turns.
    #[must_use]
    pub fn in_lane(self, lane: impl ToString) -> Self {
        Self { lane: lane.to_string(), ..self }
    }

    /// What the worker needs to know: ids and switches, never a name or an address.
    #[must_use]
    pub fn with(self, payload: Json) -> Self {
        Self { payload, ..self }
    }

    /// Not before this time.
    #[must_use]
    pub fn at(self, time: Time) -> Self {
        Self { at: Some(time), ..self }
    }

    fn job(self, actor: &Actor, now: Time) -> Job {
        Job {
            id: JobId::new(),
            kind: self.kind,
            key: self.key,
            lane: self.lane,
            program_id: self.program,
            payload: self.payload,
            position: None,
            state: JobState::Waiting,
            run_at: self.at.unwrap_or(now),
            lease_until: None,
            worker: None,
            attempts: 0,
            done: 0,
            total: None,
            note: None,
            error: None,
            asked_by: actor.account().map(|account| account.0),
            created_at: now,
            started_at: None,
            ended_at: None,
            cancel_asked_at: None,
        }
    }
}

/// Asks for a job in the caller's transaction. One with the same key that waits or runs is left as it is; one that failed or was
/// cancelled begins again. The caller was authorised for the change that makes it necessary.
///
/// # Errors
/// Database errors.
pub async fn enqueue(tx: &mut Tx, actor: &Actor, now: Time, ask: JobRequest) -> Result<()> {
    store::enqueue(tx, &ask.job(actor, now), Same::Keep).await
}

/// As `enqueue`, but from the beginning: one with the same key that runs is taken from its worker, whose next batch is refused.
///
/// # Errors
/// Database errors.
pub async fn restart(tx: &mut Tx, actor: &Actor, now: Time, ask: JobRequest) -> Result<()> {
    store::enqueue(tx, &ask.job(actor, now), Same::Restart).await
}

/// Enqueues the recurring jobs of these kinds that are missing or were cancelled.
///
/// # Errors
/// Database errors.
pub async fn schedule(tx: &mut Tx, now: Time, kinds: &[JobKind]) -> Result<()> {
    let clock = Actor::System("clock");
    for (kind, _) in rules::SCHEDULE.iter().filter(|(kind, _)| kinds.contains(kind)) {
        enqueue(tx, &clock, now, JobRequest::new(*kind, "")).await?;
    }
    Ok(())
}

/// Leases the job of this kind that has been due the longest, or whose worker is dead, if its lane has room. Several processes may
/// ask at once: each gets another job, or none.
///
/// # Errors
/// Database errors.
pub async fn lease(db: &Db, terms: &JobTerms, now: Time) -> Result<Option<JobLease>> {
    // Looking takes no writer: only who finds something is in the way of those who write.
    if store::list_candidates(&mut db.read().await?, terms, now, 1).await?.is_empty() {
        return Ok(None);
    }
    let worker = Uuid::new_v4();
    // One unit, so that no other process takes a job of the lane after its jobs were counted.
    let taken = db.write(|tx, _| {
        Box::pin(async move {
            let ids = store::list_candidates(tx, terms, now, CANDIDATES).await?;
            store::lease(tx, &ids, worker, now, lease_until(now)).await
        })
    });
    Ok(taken.await?.map(|job| JobLease::new(job, worker)))
}

/// Asks for a job from the beginning and takes it at once, for work that begins in this process: a command. If the process dies, the
/// server's loop goes on with it.
///
/// # Errors
/// Database errors.
pub async fn take(tx: &mut Tx, actor: &Actor, now: Time, ask: JobRequest) -> Result<JobLease> {
    let (job, worker) = (ask.job(actor, now), Uuid::new_v4());
    store::enqueue(tx, &job, Same::Restart).await?;
    let job = store::find_unfinished(tx, job.kind, &job.key).await?.ok_or(Error::NotFound)?;
    let taken = store::lease(tx, &[job.id], worker, job.run_at, lease_until(now)).await?.ok_or(Error::Busy)?;
    Ok(JobLease::new(taken, worker))
}

fn lease_until(now: Time) -> Time {
    now + Duration::seconds(LEASE_SECONDS)
}

/// The heartbeat beside the work. False if the job is no longer this worker's: then the work must be dropped. If it was
/// cancelled, the work is asked to stop after its batch.
///
/// # Errors
/// Database errors.
pub async fn heartbeat(db: &Db, held: &JobLease, now: Time) -> Result<bool> {
    let mut tx = db.begin().await?;
    let job = store::hold(&mut tx, held.job.id, held.worker, lease_until(now)).await?;
    tx.commit().await?;
    if job.as_ref().is_none_or(|job| job.cancel_asked_at.is_some()) {
        held.stop();
    }
    Ok(job.is_some())
}

/// Saves how far the job has come (`done`, `total`, `note` and position of `held.job`) in the transaction of the batch, and holds it on.
/// False if it is no longer this worker's or was cancelled: then the transaction must be dropped, and the work ends as `Stopped`.
///
/// # Errors
/// Database errors.
pub async fn progress(tx: &mut Tx, held: &JobLease, now: Time) -> Result<bool> {
    let on = store::progress(tx, &held.job, held.worker, lease_until(now)).await?;
    if !on {
        held.stop();
    }
    Ok(on)
}

/// Ends the job in the transaction of its last batch. False if it is no longer this worker's: then nothing may be committed.
///
/// # Errors
/// Database errors.
pub async fn finish(tx: &mut Tx, held: &JobLease, now: Time) -> Result<bool> {
    let end = rules::every(held.job.kind).map_or(rules::JobEnd::Finished, |every| rules::JobEnd::Next(now + every));
    let mine = store::record_outcome(tx, held.job.id, held.worker, &end, now).await?;
    held.finished.store(mine, Ordering::Relaxed);
    Ok(mine)
}

/// Records how an attempt ended, by the rules: finished, cancelled, to be tried again later, or failed. Returns the state that the job is
/// in now; none if it was no longer this worker's.
///
/// # Errors
/// Database errors.
pub async fn record_outcome(
    tx: &mut Tx,
    terms: &JobTerms,
    held: &JobLease,
    now: Time,
    outcome: Result<JobOutcome, &Error>,
) -> Result<Option<JobState>> {
    let Some(job) = store::hold(tx, held.job.id, held.worker, lease_until(now)).await? else {
        return Ok(held.finished.load(Ordering::Relaxed).then_some(JobState::Finished));
    };
    let end = rules::after(terms, job.attempts, job.cancel_asked_at.is_some(), outcome, now, chance());
    store::record_outcome(tx, job.id, held.worker, &end, now).await?;
    Ok(Some(match end {
        rules::JobEnd::Finished => JobState::Finished,
        rules::JobEnd::Cancelled => JobState::Cancelled,
        rules::JobEnd::Failed(_) => JobState::Failed,
        rules::JobEnd::Again { .. } | rules::JobEnd::Next(_) => JobState::Waiting,
    }))
}

/// From 0 to 1.
fn chance() -> f64 {
    f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0
}

/// Runs a failed, cancelled or waiting job at once.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` for one that runs or has finished.
pub async fn retry(tx: &mut Tx, actor: &Actor, now: Time, id: JobId) -> Result<()> {
    let job = reach(tx, actor, id).await?;
    if job.kind.is_delivery() && !job.is_open() {
        return Err(Error::conflict("Emails are sent again under “Outbox”. Webhooks are managed under “Imports”, “Webhooks”."));
    }
    if !store::retry(tx, id, now).await? {
        return Err(Error::conflict("This job is already running or has finished."));
    }
    audit(actor, now, "retried", ResourceType::Job, id).with(json!({ "job": job.kind })).record(tx);
    Ok(())
}

/// Cancels a job: at once if it waits, after its batch if it runs. A recurring job runs again at its next time.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` for one that has ended, recurs and waits, or delivers something.
pub async fn cancel(tx: &mut Tx, actor: &Actor, now: Time, id: JobId) -> Result<()> {
    let job = reach(tx, actor, id).await?;
    if job.kind.is_delivery() {
        return Err(Error::conflict(
            "This job delivers an email or a webhook and cannot be cancelled here. Use “Outbox” or “Webhooks” instead.",
        ));
    }
    if job.state == JobState::Waiting && rules::every(job.kind).is_some() {
        return Err(Error::conflict("This is a recurring job. It can only be cancelled while it runs."));
    }
    let cancelled = match (rules::every(job.kind), job.worker, job.lease_until) {
        // Its worker is dead and will not enter its next time.
        (Some(every), Some(worker), Some(until)) if until <= now => {
            store::record_outcome(tx, id, worker, &rules::JobEnd::Next(now + every), now).await?
        }
        _ => store::cancel(tx, id, now).await?,
    };
    if !cancelled {
        return Err(Error::conflict("This job has already ended."));
    }
    audit(actor, now, "cancelled", ResourceType::Job, id).with(json!({ "job": job.kind })).record(tx);
    Ok(())
}

async fn reach(tx: &mut Tx, actor: &Actor, id: JobId) -> Result<Job> {
    actor.may(Permission::RunJobs)?;
    store::find(tx, id).await?.ok_or(Error::NotFound)
}

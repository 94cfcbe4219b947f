//! The table `job`.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::rules::{JobEnd, JobTerms};
use super::{Job, JobKind, JobState};
use crate::db::{Cell, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::failure::Failure;
use crate::kernel::ids::{JobId, ProgramId};

/// The tables written here. A job names nobody: what it is about is an id in its key or payload.
pub const TABLES: &[Table] = &[Table::plain(
    "job",
    &[
        "id",
        "kind",
        "key",
        "lane",
        "program_id",
        "payload",
        "position",
        "state",
        "run_at",
        "lease_until",
        "worker",
        "attempts",
        "done",
        "total",
        "note",
        "error",
        "error_args",
        "asked_by",
        "created_at",
        "started_at",
        "ended_at",
        "cancel_asked_at",
    ],
)];

/// What waits at `$1`, or was left by a dead worker.
const DUE: &str = "((state = 'waiting' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1))";

const INSERT: &str = "INSERT INTO job (id, kind, key, lane, program_id, payload, state, run_at, attempts, done, asked_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, 0, $8, $9) ON CONFLICT (kind, key) WHERE state <> 'finished'";

/// From the beginning, also where a worker holds it now.
const ANEW: &str = "lane = excluded.lane, program_id = excluded.program_id, payload = excluded.payload, position = NULL, state = 'waiting',
     run_at = excluded.run_at, lease_until = NULL, worker = NULL, attempts = 0, done = 0, total = NULL, note = NULL, error = NULL, error_args = NULL,
     asked_by = excluded.asked_by, created_at = excluded.created_at, started_at = NULL, ended_at = NULL, cancel_asked_at = NULL";

/// What happens to an unfinished job with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// It begins anew, even if it runs.
    Restart,
    /// It stays as it is, unless it failed or was cancelled.
    Keep,
}

/// Adds a job, or does to the one that is there what `same` says.
pub async fn enqueue(tx: &mut Tx, job: &Job, same: Same) -> Result<()> {
    let statement = match same {
        Same::Restart => format!("{INSERT} DO UPDATE SET {ANEW}"),
        Same::Keep => format!("{INSERT} DO UPDATE SET {ANEW} WHERE job.state IN ('failed', 'cancelled')"),
    };
    tx.run(
        AssertSqlSafe(statement),
        &[
            job.id.into(),
            job.kind.into(),
            job.key.as_str().into(),
            job.lane.as_str().into(),
            job.program_id.into(),
            Cell::json(&job.payload)?,
            job.run_at.into(),
            job.asked_by.into(),
            job.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<Job>> {
    tx.find("SELECT * FROM job WHERE id = $1", &[id.into()]).await
}

/// The unfinished job with this key.
pub async fn find_unfinished(tx: &mut Tx, kind: JobKind, key: &str) -> Result<Option<Job>> {
    tx.find("SELECT * FROM job WHERE kind = $1 AND key = $2 AND state <> 'finished'", &[kind.into(), key.into()]).await
}

/// A program's unfinished job of a kind that is done for the program as a whole.
pub async fn find_of_program(tx: &mut Tx, kind: JobKind, program: ProgramId) -> Result<Option<Job>> {
    find_unfinished(tx, kind, &program.to_string()).await
}

pub async fn list_due_kinds(tx: &mut Tx, now: Time) -> Result<Vec<JobKind>> {
    // Asked each second: with the kinds named, both halves find what they look for by an index, however many jobs have finished.
    let kinds = JobKind::ALL.iter().map(|kind| format!("'{}'", kind.as_str())).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "SELECT kind FROM job WHERE state = 'waiting' AND kind IN ({kinds}) AND run_at <= $1
         UNION SELECT kind FROM job WHERE state = 'running' AND kind IN ({kinds}) AND lease_until <= $1"
    );
    tx.list_values(AssertSqlSafe(statement), &[now.into()]).await
}

/// Jobs of a kind that are due and whose lane has room, the longest due first.
pub async fn list_candidates(tx: &mut Tx, terms: &JobTerms, now: Time, limit: i64) -> Result<Vec<JobId>> {
    let statement = format!(
        "SELECT id FROM job WHERE kind = $2 AND {DUE} AND (lane = '' OR (
             SELECT COUNT(*) FROM job other WHERE other.kind = $2 AND other.lane = job.lane AND other.state = 'running' AND other.lease_until > $1
         ) < $3)
         ORDER BY run_at, id LIMIT $4"
    );
    tx.list_values(AssertSqlSafe(statement), &[now.into(), terms.kind.into(), terms.per_lane.into(), limit.into()]).await
}

/// Takes one of these jobs that is still due and that nobody else is taking.
pub async fn lease(tx: &mut Tx, ids: &[JobId], worker: Uuid, now: Time, until: Time) -> Result<Option<Job>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let skip = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let places = (4..4 + ids.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "UPDATE job SET state = 'running', worker = $2, lease_until = $3, started_at = COALESCE(started_at, $1), attempts = attempts + 1
         WHERE id IN (SELECT id FROM job WHERE id IN ({places}) AND {DUE} ORDER BY run_at, id LIMIT 1 {skip}) RETURNING *"
    );
    let mut values = vec![now.into(), worker.into(), until.into()];
    values.extend(ids.iter().map(|id| Cell::from(*id)));
    tx.find(AssertSqlSafe(statement), &values).await
}

/// Holds a job on, if this worker still has it. It stays locked to the end of the transaction.
pub async fn hold(tx: &mut Tx, id: JobId, worker: Uuid, until: Time) -> Result<Option<Job>> {
    tx.find(
        "UPDATE job SET lease_until = $3 WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING *",
        &[id.into(), worker.into(), until.into()],
    )
    .await
}

/// Notes how far a job has come and holds it on. False if it is no longer this worker's, or was cancelled.
pub async fn progress(tx: &mut Tx, job: &Job, worker: Uuid, until: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE job SET position = $3, done = $4, total = $5, note = $6, lease_until = $7, attempts = 1, error = NULL, error_args = NULL
         WHERE id = $1 AND worker = $2 AND state = 'running' AND cancel_asked_at IS NULL",
            &[
                job.id.into(),
                worker.into(),
                Cell::optional_json(job.position.as_ref())?,
                job.done.into(),
                job.total.into(),
                job.note.as_deref().into(),
                until.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Records how an attempt ended and lets the job go. False if it is no longer this worker's.
pub async fn record_outcome(tx: &mut Tx, id: JobId, worker: Uuid, end: &JobEnd, now: Time) -> Result<bool> {
    const FREE: &str = "lease_until = NULL, worker = NULL, cancel_asked_at = NULL";
    const MINE: &str = "WHERE id = $1 AND worker = $2 AND state = 'running'";
    const WHY: &str = "error = $5, error_args = $6";
    let (change, at, attempts, error) = match end {
        JobEnd::Finished => {
            (format!("state = 'finished', payload = '{{}}', position = NULL, {WHY}, ended_at = $3, attempts = $4"), now, 0, None)
        }
        JobEnd::Cancelled => (format!("state = 'cancelled', {WHY}, ended_at = $3, attempts = $4"), now, 0, None),
        JobEnd::Failed(why) => (format!("state = 'failed', {WHY}, ended_at = $3, attempts = attempts + $4"), now, 0, Some(why)),
        JobEnd::Again { at, attempts, error } => {
            let why = if error.is_some() { format!(", {WHY}") } else { String::new() };
            (format!("state = 'waiting', run_at = $3, attempts = $4{why}"), *at, *attempts, error.as_ref())
        }
        JobEnd::Next(at) => (
            format!(
                "state = 'waiting', run_at = $3, attempts = $4, {WHY}, position = NULL, done = 0, total = NULL, note = NULL, ended_at = $7, started_at = NULL"
            ),
            *at,
            0,
            None,
        ),
    };
    let statement = format!("UPDATE job SET {change}, {FREE} {MINE}");
    let mut values = vec![id.into(), worker.into(), at.into(), attempts.into()];
    if change.contains("$5") {
        values.extend([error.map(Failure::code).into(), Cell::optional_json(error.and_then(Failure::args).as_ref())?]);
    }
    if change.contains("$7") {
        values.push(now.into());
    }
    Ok(tx.run(AssertSqlSafe(statement), &values).await? == 1)
}

/// Cancels a job that nobody runs, and asks the worker of one that runs. Returns whether there was such a job.
pub async fn cancel(tx: &mut Tx, id: JobId, now: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE job SET cancel_asked_at = $2, ended_at = CASE WHEN state = 'waiting' OR lease_until <= $2 THEN $2 ELSE ended_at END,
             worker = CASE WHEN lease_until <= $2 THEN NULL ELSE worker END,
             state = CASE WHEN state = 'waiting' OR lease_until <= $2 THEN 'cancelled' ELSE state END
         WHERE id = $1 AND state IN ('waiting', 'running')",
            &[id.into(), now.into()],
        )
        .await?;
    Ok(changed == 1)
}

/// Takes back the jobs of a kind that wait. For the demo, whose email has been settled without them.
pub async fn delete_waiting(tx: &mut Tx, kind: JobKind) -> Result<()> {
    tx.run("DELETE FROM job WHERE kind = $1 AND state = 'waiting'", &[kind.into()]).await?;
    Ok(())
}

/// Lets a job that failed, was cancelled or waits run now. False for one that runs or has finished.
pub async fn retry(tx: &mut Tx, id: JobId, now: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE job SET state = 'waiting', run_at = $2, attempts = 0, error = NULL, error_args = NULL, ended_at = NULL, cancel_asked_at = NULL
         WHERE id = $1 AND state IN ('waiting', 'failed', 'cancelled')",
            &[id.into(), now.into()],
        )
        .await?;
    Ok(changed == 1)
}

/// Jobs in a state: those that run and wait the longest due first, the others the newest first.
pub async fn list(tx: &mut Tx, state: JobState, limit: i64) -> Result<Vec<Job>> {
    let order = if matches!(state, JobState::Waiting | JobState::Running) { "run_at, id" } else { "ended_at DESC, id DESC" };
    let statement = format!("SELECT * FROM job WHERE state = $1 ORDER BY {order} LIMIT $2");
    tx.list(AssertSqlSafe(statement), &[state.into(), limit.into()]).await
}

/// How many jobs there are of each kind in each state.
pub async fn count(tx: &mut Tx) -> Result<Vec<(JobKind, JobState, i64)>> {
    tx.list("SELECT kind, state, COUNT(*) FROM job GROUP BY kind, state ORDER BY kind, state", &[]).await
}

/// Since when the longest due job of each kind waits that nobody has taken; a kind of which none is due is left out.
pub async fn list_oldest_due(tx: &mut Tx, now: Time) -> Result<Vec<(JobKind, Time)>> {
    tx.list("SELECT kind, MIN(run_at) FROM job WHERE state = 'waiting' AND run_at <= $1 GROUP BY kind ORDER BY kind", &[now.into()]).await
}

/// Deletes jobs that finished or were cancelled before. Returns how many.
pub async fn purge_jobs(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run("DELETE FROM job WHERE state IN ('finished', 'cancelled') AND ended_at < $1", &[before.into()]).await
}

//! The table `task`.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Kind, Task};
use crate::clock::Time;
use crate::db::{Table, Tx};
use crate::error::Result;
use crate::ids::ProgramId;
use crate::{affected, sql};

/// The tables written here.
pub const TABLES: &[Table] =
    &[Table::plain("task", &["program_id", "kind", "asked_at", "asked_by", "after_id", "done", "changed", "lease_until", "error"])];

const COLUMNS: &str = "program_id, kind, asked_at, after_id, done, changed, error";

/// Asks for something, from the beginning.
pub async fn ask(tx: &mut Tx, program: ProgramId, kind: Kind, by: Option<Uuid>, now: Time) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO task (program_id, kind, asked_at, asked_by, done, changed) VALUES ($1, $2, $3, $4, 0, 0)
         ON CONFLICT (program_id, kind) DO UPDATE SET asked_at = excluded.asked_at, asked_by = excluded.asked_by, after_id = NULL,
             done = 0, changed = 0, lease_until = NULL, error = NULL"
    )
    .bind(program)
    .bind(kind)
    .bind(now)
    .bind(by)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// What was asked for and is not done, for a program.
pub async fn find(tx: &mut Tx, program: ProgramId, kind: Kind) -> Result<Option<Task>> {
    let statement = format!("SELECT {COLUMNS} FROM task WHERE program_id = $1 AND kind = $2");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(program).bind(kind).fetch_optional(c).await)?)
}

/// Whether a task of these kinds waits, or was left by a dead worker.
pub async fn is_due(tx: &mut Tx, kinds: &[Kind], now: Time) -> Result<bool> {
    let statement = format!("SELECT EXISTS (SELECT 1 FROM task WHERE {})", due(kinds));
    Ok(sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(statement.clone())).bind(now).fetch_one(c).await)?)
}

/// SQL for what waits at `$1`.
fn due(kinds: &[Kind]) -> String {
    let kinds = kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect::<Vec<_>>().join(", ");
    format!("kind IN ({kinds}) AND error IS NULL AND (lease_until IS NULL OR lease_until < $1)")
}

/// Takes the task that has waited longest, or was left by a dead worker, and holds it: a training longer than others.
pub async fn lease(tx: &mut Tx, kinds: &[Kind], now: Time, until: Time, trained: Time) -> Result<Option<Task>> {
    let skip = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let statement = format!(
        "UPDATE task SET lease_until = CASE kind WHEN 'train' THEN $3 ELSE $2 END
         WHERE (program_id, kind) IN (SELECT program_id, kind FROM task WHERE {}
                                      ORDER BY asked_at, program_id LIMIT 1 {skip})
         RETURNING {COLUMNS}",
        due(kinds)
    );
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(now).bind(until).bind(trained).fetch_optional(c).await)?)
}

/// Notes how far a task has come and holds it on. False if it was asked for anew.
pub async fn progress(tx: &mut Tx, task: &Task, until: Time) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE task SET after_id = $4, done = $5, changed = $6, lease_until = $7 WHERE program_id = $1 AND kind = $2 AND asked_at = $3"
    )
    .bind(task.program_id)
    .bind(task.kind)
    .bind(task.asked_at)
    .bind(task.after_id)
    .bind(task.done)
    .bind(task.changed)
    .bind(until)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

/// A task is done. False if it was asked for anew.
pub async fn finish(tx: &mut Tx, task: &Task) -> Result<bool> {
    let gone = affected!(tx, |c| sqlx::query("DELETE FROM task WHERE program_id = $1 AND kind = $2 AND asked_at = $3")
        .bind(task.program_id)
        .bind(task.kind)
        .bind(task.asked_at)
        .execute(c)
        .await)?;
    Ok(gone == 1)
}

/// A task failed and waits until somebody asks for it again.
pub async fn fail(tx: &mut Tx, task: &Task, why: &str) -> Result<()> {
    sql!(tx, |c| {
        sqlx::query("UPDATE task SET error = $4, lease_until = NULL WHERE program_id = $1 AND kind = $2 AND asked_at = $3")
            .bind(task.program_id)
            .bind(task.kind)
            .bind(task.asked_at)
            .bind(why)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

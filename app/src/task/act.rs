//! Asking for a task, and holding it while it is done.

use chrono::Duration;

use super::{Kind, Task, store};
use crate::account::Actor;
use crate::clock::{Time, now};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::ProgramId;

/// How long a worker may go without a sign before it is taken for dead: a batch takes less than a second.
const LEASE_SECONDS: i64 = 60;
/// A training takes under a minute, and gives no sign in between.
const TRAINING_SECONDS: i64 = 1800;

/// Asks for a task, from the beginning. Whoever asks was authorised for what makes it necessary.
///
/// # Errors
/// What the database says.
pub async fn ask(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, kind: Kind) -> Result<()> {
    store::ask(tx, program, kind, actor.account().map(|account| account.0), now).await
}

/// Takes the task of these kinds that has waited longest, or was left by a dead worker, and holds it.
///
/// # Errors
/// What the database says.
pub async fn take(db: &Db, kinds: &[Kind]) -> Result<Option<Task>> {
    let at = now();
    // It is looked for again and again: only who finds something stands in the way of those who write.
    if !store::is_due(&mut db.read().await?, kinds, at).await? {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let until = |seconds| at + Duration::seconds(seconds);
    let task = store::lease(&mut tx, kinds, at, until(LEASE_SECONDS), until(TRAINING_SECONDS)).await?;
    tx.commit().await?;
    Ok(task)
}

/// Notes how far a task has come and holds it on. False if it was asked for anew: then nothing may be committed.
///
/// # Errors
/// What the database says.
pub async fn progress(tx: &mut Tx, task: &Task, now: Time) -> Result<bool> {
    store::progress(tx, task, now + Duration::seconds(LEASE_SECONDS)).await
}

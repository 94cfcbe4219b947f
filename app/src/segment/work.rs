//! Assessing all voices of a program anew, in the background: after its settings were changed.
//!
//! Some hundred voices a transaction, so that a worker that was cut off is continued by the next one.

use chrono::Duration;
use serde_json::json;

use super::{act, store};
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::author;
use crate::clock::{Time, now};
use crate::customer;
use crate::db::Db;
use crate::error::Result;

/// Voices of one transaction.
const BATCH: i64 = 256;
const WORKER: Actor = Actor::System("segments");

/// How long a worker holds a task before it is taken for dead.
fn lease(now: Time) -> Time {
    now + Duration::seconds(60)
}

/// Does one task that waits. Gives whether there was one. The server's job loop calls this; several processes may.
///
/// # Errors
/// What the database says.
pub async fn work(db: &Db) -> Result<bool> {
    let mut tx = db.write().await?;
    let at = now();
    let task = store::lease(&mut tx, at, lease(at)).await?;
    tx.commit().await?;
    let Some(mut task) = task else { return Ok(false) };
    loop {
        let mut tx = db.write().await?;
        let at = now();
        let voices = author::store::list_after(&mut tx, task.program_id, task.after_author, BATCH).await?;
        let Some(last) = voices.last() else {
            tx.commit().await?;
            let mut tx = db.read().await?;
            let people = customer::store::list_ids(&mut tx, task.program_id).await?;
            drop(tx);
            act::assess_customers(db, at, task.program_id, &people).await?;
            let mut tx = db.write().await?;
            store::finish(&mut tx, &task).await?;
            did(&WORKER, at, "assessed again", Thing::Program, task.program_id)
                .with(json!({ "voices": task.voices, "changed": task.changed }))
                .record(&mut tx);
            tx.commit().await?;
            return Ok(true);
        };
        task.after_author = Some(*last);
        task.voices += i64::try_from(voices.len()).unwrap_or(0);
        task.changed += act::assess(&mut tx, at, task.program_id, &voices).await?;
        if !store::progress(&mut tx, &task, lease(at)).await? {
            // Asked for anew meanwhile: this batch is dropped, whoever took the task assesses it.
            return Ok(true);
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
}

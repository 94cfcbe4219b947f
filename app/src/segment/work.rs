//! Assessing all voices of a program anew, in the background: after its settings were changed.
//!
//! Some hundred voices a transaction, so that a worker that was cut off is continued by the next one.

use serde_json::json;

use super::act;
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::author;
use crate::clock::now;
use crate::customer;
use crate::db::Db;
use crate::error::Result;
use crate::ids::AuthorId;
use crate::task::{self, Kind};

/// Voices of one transaction.
const BATCH: i64 = 256;
const WORKER: Actor = Actor::System("segments");

/// Does one task that waits. Gives whether there was one. The server's job loop calls this; several processes may.
///
/// # Errors
/// What the database says.
pub async fn work(db: &Db) -> Result<bool> {
    let Some(mut task) = task::act::take(db, &[Kind::Segments]).await? else { return Ok(false) };
    loop {
        let mut tx = db.begin().await?;
        let at = now();
        let voices = author::store::list_after(&mut tx, task.program_id, task.after_id.map(AuthorId), BATCH).await?;
        let Some(last) = voices.last() else {
            tx.commit().await?;
            let mut tx = db.read().await?;
            let people = customer::store::list_ids(&mut tx, task.program_id).await?;
            drop(tx);
            act::assess_customers(db, at, task.program_id, &people).await?;
            let mut tx = db.begin().await?;
            task::store::finish(&mut tx, &task).await?;
            did(&WORKER, at, "assessed again", Thing::Program, task.program_id)
                .with(json!({ "voices": task.done, "changed": task.changed }))
                .record(&mut tx);
            tx.commit().await?;
            return Ok(true);
        };
        task.after_id = Some(last.0);
        task.done += i64::try_from(voices.len()).unwrap_or(0);
        task.changed += act::assess(&mut tx, at, task.program_id, &voices).await?;
        if !task::act::progress(&mut tx, &task, at).await? {
            // Asked for anew meanwhile: this batch is dropped, whoever took the task assesses it.
            return Ok(true);
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
}

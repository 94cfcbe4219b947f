//! What is done in the background: training, and reading a program's posts again after a model was switched on or off.
//!
//! Posts are read again batch by batch, each with its roll-ups and assessments in one short transaction, so that the
//! counts are right at any moment and a worker that was cut off is continued by the next one.

use serde_json::json;

use super::act;
use super::store;
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::clock::now;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::MentionId;
use crate::mention;
use crate::mention::opinion::Ear;
use crate::mention::rollup::RollUp;
use crate::segment;
use crate::task::{self, Kind, Task};

/// Posts of one transaction.
const BATCH: i64 = 500;
const WORKER: Actor = Actor::System("sentiment");

/// Does one thing that waits. Gives whether there was one. The server's job loop calls this; several processes may.
///
/// # Errors
/// Only what keeps the database from being asked; a training's own failure is kept with the task.
pub async fn work(db: &Db) -> Result<bool> {
    let Some(task) = task::act::take(db, &[Kind::Train, Kind::Reread]).await? else { return Ok(false) };
    match task.kind {
        Kind::Train => train(db, &task).await?,
        _ => reread(db, task).await?,
    }
    Ok(true)
}

async fn train(db: &Db, task: &Task) -> Result<()> {
    let result = act::train(db, &WORKER, task.program_id).await;
    let mut tx = db.begin().await?;
    match result {
        Ok(_) => {
            task::store::finish(&mut tx, task).await?;
        }
        Err(error) => {
            tracing::warn!(program = %task.program_id, %error, "a training failed");
            task::store::fail(&mut tx, task, &error.message()).await?;
        }
    }
    tx.commit().await
}

async fn reread(db: &Db, mut task: Task) -> Result<()> {
    let mut tx = db.read().await?;
    let ear = Ear::of(store::load_on(&mut tx, task.program_id).await?);
    drop(tx);
    loop {
        let mut tx = db.begin().await?;
        let at = now();
        let posts = mention::store::list_after(&mut tx, task.program_id, task.after_id.map(MentionId), BATCH).await?;
        let Some(last) = posts.last() else {
            task::store::finish(&mut tx, &task).await?;
            did(&WORKER, at, "read again", Thing::Program, task.program_id)
                .with(json!({ "posts": task.done, "changed": task.changed }))
                .record(&mut tx);
            return tx.commit().await;
        };
        task.after_id = Some(last.id.0);
        task.done += i64::try_from(posts.len()).unwrap_or(0);
        let (mut rollup, mut changes) = (RollUp::default(), Vec::new());
        for post in &posts {
            let (sentiment, score) = ear.read(&post.text, post.language.as_deref());
            let vendor = mention::rules::vendor(post.vendor_sentiment.as_deref());
            let reading = post.corrected.unwrap_or_else(|| mention::rules::reading(vendor, sentiment));
            if reading != post.reading {
                rollup.reread(&post.place(), post.reading, reading);
                task.changed += 1;
            }
            if (sentiment, reading) != (post.sentiment, post.reading) || (score - post.score).abs() > f64::EPSILON {
                changes.push((post.id, sentiment, score, reading));
            }
        }
        mention::store::update_readings(&mut tx, &changes).await?;
        let voices = rollup.apply(&mut tx, task.program_id).await?;
        segment::act::assess(&mut tx, at, task.program_id, &voices).await?;
        if !task::act::progress(&mut tx, &task, at).await? {
            // Asked for anew meanwhile: this batch is dropped, whoever took the task reads it.
            return Ok(());
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
}

/// Does whatever waits, to the end. For the command line and tests.
///
/// # Errors
/// As `work`; `Conflict` with why a training failed.
pub async fn work_off(db: &Db) -> Result<()> {
    while work(db).await? {}
    let mut tx = db.read().await?;
    for program in crate::program::store::list(&mut tx).await? {
        for kind in [Kind::Reread, Kind::Train] {
            if let Some(why) = task::store::find(&mut tx, program.id, kind).await?.and_then(|task| task.error) {
                return Err(Error::conflict(why));
            }
        }
    }
    Ok(())
}

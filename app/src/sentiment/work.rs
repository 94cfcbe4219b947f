//! What is done in the background: training, and reading a program's posts again after a model was switched on or off.
//!
//! Posts are read again batch by batch, each with its roll-ups and assessments in one short transaction, so that the
//! counts are right at any moment and a worker that was cut off is continued by the next one.

use serde_json::json;

use super::{act, store};
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::clock::now;
use crate::db::Db;
use crate::error::Result;
use crate::ids::MentionId;
use crate::job::{self, Held, Kind, Outcome};
use crate::mention;
use crate::mention::opinion::Ear;
use crate::mention::rollup::RollUp;
use crate::{segment, volume};

/// Posts of one transaction.
const BATCH: i64 = 500;
const WORKER: Actor = Actor::System("sentiment");

/// How far the posts were read.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Position {
    after: Option<MentionId>,
    changed: i64,
}

/// Trains a model for the job's program.
///
/// # Errors
/// `Conflict` where there are too few labels.
pub async fn train(db: &Db, held: Held) -> Result<Outcome> {
    let program = held.program()?;
    let learned = act::learn(db, program).await?;
    let mut tx = db.begin().await?;
    act::keep(&mut tx, &WORKER, now(), program, learned).await?;
    if !job::act::finish(&mut tx, &held, now()).await? {
        return Ok(Outcome::Stopped);
    }
    tx.commit().await?;
    Ok(Outcome::Finished)
}

/// Reads the posts of the job's program again, from where the last worker stopped.
///
/// # Errors
/// What the database says.
pub async fn reread(db: &Db, mut held: Held) -> Result<Outcome> {
    let program = held.program()?;
    let mut tx = db.read().await?;
    let ear = Ear::of(store::load_on(&mut tx, program).await?);
    held.job.total = Some(volume::store::total(&mut tx, program, None, None).await?.posts);
    drop(tx);
    while !held.is_stopping() {
        let mut tx = db.begin().await?;
        let at = now();
        let mut position: Position = held.position();
        let posts = mention::store::list_after(&mut tx, program, position.after, BATCH).await?;
        let Some(last) = posts.last() else {
            if !job::act::finish(&mut tx, &held, at).await? {
                return Ok(Outcome::Stopped);
            }
            did(&WORKER, at, "read again", Thing::Program, program)
                .with(json!({ "posts": held.job.done, "changed": position.changed }))
                .record(&mut tx);
            tx.commit().await?;
            return Ok(Outcome::Finished);
        };
        position.after = Some(last.id);
        held.job.done += i64::try_from(posts.len()).unwrap_or(0);
        let (mut rollup, mut changes) = (RollUp::default(), Vec::new());
        for post in &posts {
            let (sentiment, score) = ear.read(&post.text, post.language.as_deref());
            let vendor = mention::rules::vendor(post.vendor_sentiment.as_deref());
            let reading = post.corrected.unwrap_or_else(|| mention::rules::reading(vendor, sentiment));
            if reading != post.reading {
                rollup.reread(&post.place(), post.reading, reading);
                position.changed += 1;
            }
            if (sentiment, reading) != (post.sentiment, post.reading) || (score - post.score).abs() > f64::EPSILON {
                changes.push((post.id, sentiment, score, reading));
            }
        }
        mention::store::update_readings(&mut tx, &changes).await?;
        let voices = rollup.apply(&mut tx, program).await?;
        segment::act::assess(&mut tx, at, program, &voices).await?;
        held.set_position(&position);
        if !job::act::progress(&mut tx, &held, at).await? {
            // Asked for anew meanwhile: this batch is dropped, whoever took the job reads it.
            return Ok(Outcome::Stopped);
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
    Ok(Outcome::Stopped)
}

/// Does whatever waits, to the end. For the command line and tests.
///
/// # Errors
/// What the database says; `Conflict` with why a training failed.
pub async fn work_off(db: &Db) -> Result<()> {
    job::work::off(db, Kind::Reread, |held| {
        let db = db.clone();
        async move { reread(&db, held).await }
    })
    .await?;
    job::work::off(db, Kind::Training, |held| {
        let db = db.clone();
        async move { train(&db, held).await }
    })
    .await
}

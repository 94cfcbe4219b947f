//! What is done in the background: training, and reading a program's mentions again after a model was switched on or off.
//!
//! Mentions are read again batch by batch, each with its roll-ups and assessments in one short transaction, so that the
//! counts are right at any moment and a worker that was cut off is continued by the next one.

use serde_json::json;

use super::{act, store};
use crate::access::account::Actor;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, JobKind, JobLease, JobOutcome};
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::kernel::ids::MentionId;
use crate::listening::mention::opinion::SentimentReader;
use crate::listening::mention::rollup::RollUp;
use crate::listening::{mention, segment, volume};

/// Mentions of one transaction.
const BATCH: i64 = 500;
const WORKER: Actor = Actor::System("sentiment");

/// How far the mentions were read.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct RereadPosition {
    after: Option<MentionId>,
    changed: i64,
}

/// Trains a model for the job's program.
///
/// # Errors
/// `Conflict` where there are too few labels.
pub async fn train(db: &Db, held: JobLease) -> Result<JobOutcome> {
    let program = held.program()?;
    let learned = act::learn(db, program).await?;
    let mut tx = db.begin().await?;
    act::keep(&mut tx, &WORKER, now(), program, learned).await?;
    if !job::act::finish(&mut tx, &held, now()).await? {
        return Ok(JobOutcome::Stopped);
    }
    tx.commit().await?;
    Ok(JobOutcome::Finished)
}

/// Reads the mentions of the job's program again, from where the last worker stopped.
///
/// # Errors
/// What the database says.
pub async fn reread(db: &Db, mut held: JobLease) -> Result<JobOutcome> {
    let program = held.program()?;
    let mut tx = db.read().await?;
    let reader = SentimentReader::of(store::load_on(&mut tx, program).await?);
    held.job.total = Some(volume::store::total(&mut tx, program, None, None).await?.mentions);
    drop(tx);
    while !held.is_stopping() {
        let mut tx = db.begin().await?;
        let at = now();
        let mut position: RereadPosition = held.position();
        let mentions = mention::store::list_after(&mut tx, program, position.after, BATCH).await?;
        let Some(last) = mentions.last() else {
            if !job::act::finish(&mut tx, &held, at).await? {
                return Ok(JobOutcome::Stopped);
            }
            audit(&WORKER, at, "rated again the mentions of", ResourceType::Program, program)
                .with(json!({ "mentions": held.job.done, "changed": position.changed }))
                .record(&mut tx);
            tx.commit().await?;
            return Ok(JobOutcome::Finished);
        };
        position.after = Some(last.id);
        held.job.done += i64::try_from(mentions.len()).unwrap_or(0);
        let (mut rollup, mut changes) = (RollUp::default(), Vec::new());
        for mention in &mentions {
            let (sentiment, score) = reader.read(&mention.text, mention.language.as_deref());
            let vendor = mention::rules::vendor(mention.vendor_sentiment.as_deref());
            let reading = mention.corrected.unwrap_or_else(|| mention::rules::reading(vendor, sentiment));
            if reading != mention.reading {
                rollup.reread(&mention.place(), mention.reading, reading);
                position.changed += 1;
            }
            if (sentiment, reading) != (mention.sentiment, mention.reading) || (score - mention.score).abs() > f64::EPSILON {
                changes.push((mention.id, sentiment, score, reading));
            }
        }
        mention::store::update_readings(&mut tx, &changes).await?;
        let authors = rollup.apply(&mut tx, program).await?;
        segment::act::assess(&mut tx, at, program, &authors).await?;
        held.set_position(&position);
        if !job::act::progress(&mut tx, &held, at).await? {
            // The job was restarted in the meantime: this batch is rolled back, and the new worker does it.
            return Ok(JobOutcome::Stopped);
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
    Ok(JobOutcome::Stopped)
}

/// Does whatever waits, to the end. For the command line and tests.
///
/// # Errors
/// What the database says; `Conflict` with why a training failed.
pub async fn work_off(db: &Db) -> Result<()> {
    job::work::off(db, JobKind::Reread, |held| {
        let db = db.clone();
        async move { reread(&db, held).await }
    })
    .await?;
    job::work::off(db, JobKind::Training, |held| {
        let db = db.clone();
        async move { train(&db, held).await }
    })
    .await
}

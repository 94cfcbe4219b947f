//! Matching a program's mentions to topics again after a topic changed.
//!
//! Batch by batch, each with its roll-ups in one short transaction, so that the counts are right at any moment and a
//! worker that was cut off is continued by the next one.

use std::collections::HashMap;

use serde_json::json;

use super::matcher::TopicMatcher;
use super::store;
use super::tally::TopicTally;
use crate::access::account::Actor;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, JobKind, JobLease, JobOutcome};
use crate::db::{Db, Tx};
use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::kernel::ids::{MentionId, ProgramId, TopicId};
use crate::listening::volume;

/// Mentions of one transaction.
const BATCH: i64 = 1000;
const WORKER: Actor = Actor::System("topics");

/// How far the mentions were read.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct RetagPosition {
    after: Option<MentionId>,
    changed: i64,
}

/// Reads the mentions of the job's program again, from where the last worker stopped.
///
/// # Errors
/// What the database says.
pub async fn run(db: &Db, mut held: JobLease) -> Result<JobOutcome> {
    let program = held.program()?;
    let mut tx = db.read().await?;
    let topics = store::list(&mut tx, program).await?;
    held.job.total = Some(volume::store::total(&mut tx, program, None, None).await?.mentions);
    drop(tx);
    let matcher = TopicMatcher::new(&topics);
    // What a retired topic was given before stays with it.
    let retired: Vec<TopicId> = topics.iter().filter(|topic| !topic.is_active()).map(|topic| topic.id).collect();
    while !held.is_stopping() {
        if let Some(outcome) = batch(db, program, &mut held, &matcher, &retired).await? {
            return Ok(outcome);
        }
        tokio::task::yield_now().await;
    }
    Ok(JobOutcome::Stopped)
}

/// Matches the next batch. Returns the outcome when it is the last one.
async fn batch(
    db: &Db,
    program: ProgramId,
    held: &mut JobLease,
    matcher: &TopicMatcher,
    retired: &[TopicId],
) -> Result<Option<JobOutcome>> {
    let mut tx = db.begin().await?;
    let at = now();
    let mut position: RetagPosition = held.position();
    let mentions = store::list_after(&mut tx, program, position.after, BATCH).await?;
    let Some(last) = mentions.last() else {
        if !job::act::finish(&mut tx, held, at).await? {
            return Ok(Some(JobOutcome::Stopped));
        }
        store::sweep(&mut tx, program, held.job.created_at).await?;
        audit(&WORKER, at, "matched topics in", ResourceType::Program, program)
            .with(json!({ "mentions": held.job.done, "changed": position.changed }))
            .record(&mut tx);
        tx.commit().await?;
        return Ok(Some(JobOutcome::Finished));
    };
    position.after = Some(last.id);
    held.job.done += i64::try_from(mentions.len()).unwrap_or(0);
    let ids: Vec<MentionId> = mentions.iter().map(|mention| mention.id).collect();
    let mut about: HashMap<MentionId, Vec<TopicId>> = HashMap::new();
    for (mention, topic) in store::list_tags(&mut tx, &ids).await? {
        about.entry(mention).or_default().push(topic);
    }
    let mut changes = Vec::new();
    for mention in mentions {
        let before = about.remove(&mention.id).unwrap_or_default();
        let mut now = matcher.topics(&mention.text);
        now.extend(before.iter().filter(|topic| retired.contains(topic)));
        now.sort_unstable();
        if now != before {
            changes.push((mention, before, now));
        }
    }
    position.changed += retag(&mut tx, program, &changes).await?;
    held.set_position(&position);
    if !job::act::progress(&mut tx, held, at).await? {
        // The job was restarted in the meantime: this batch is rolled back, and the new worker does it.
        return Ok(Some(JobOutcome::Stopped));
    }
    tx.commit().await?;
    Ok(None)
}

/// Writes the changed topics of mentions. Returns how many of the mentions still exist.
async fn retag(tx: &mut Tx, program: ProgramId, changes: &[(store::MentionToTag, Vec<TopicId>, Vec<TopicId>)]) -> Result<i64> {
    let ids: Vec<MentionId> = changes.iter().map(|(mention, ..)| mention.id).collect();
    let readings: HashMap<_, _> = store::lock(tx, &ids).await?.into_iter().collect();
    let mut tally = TopicTally::default();
    let mut changed = 0;
    for (mention, before, now) in changes {
        if let Some(reading) = readings.get(&mention.id) {
            tally.retag(mention, *reading, before, now);
            changed += 1;
        }
    }
    tally.apply(tx, program).await?;
    Ok(changed)
}

/// Does whatever waits, to the end. For the command line, the demo and tests.
///
/// # Errors
/// What the database says.
pub async fn work_off(db: &Db) -> Result<()> {
    job::work::off(db, JobKind::Topics, |held| {
        let db = db.clone();
        async move { run(&db, held).await }
    })
    .await
}

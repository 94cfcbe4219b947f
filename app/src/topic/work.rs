//! Reading a program's posts for topics again after somebody changed a topic.
//!
//! Batch by batch, each with its roll-ups in one short transaction, so that the counts are right at any moment and a
//! worker that was cut off is continued by the next one.

use std::collections::HashMap;

use serde_json::json;

use super::matcher::Matcher;
use super::store;
use super::tally::Tally;
use crate::account::Actor;
use crate::activity::{Thing, act::did};
use crate::clock::now;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::{MentionId, ProgramId, TopicId};
use crate::job::{self, Held, Kind, Outcome};
use crate::volume;

/// Posts of one transaction.
const BATCH: i64 = 1000;
const WORKER: Actor = Actor::System("topics");

/// How far the posts were read.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Position {
    after: Option<MentionId>,
    changed: i64,
}

/// Reads the posts of the job's program again, from where the last worker stopped.
///
/// # Errors
/// What the database says.
pub async fn run(db: &Db, mut held: Held) -> Result<Outcome> {
    let program = held.program()?;
    let mut tx = db.read().await?;
    let topics = store::list(&mut tx, program).await?;
    held.job.total = Some(volume::store::total(&mut tx, program, None, None).await?.posts);
    drop(tx);
    let matcher = Matcher::new(&topics);
    // What a retired topic was given before stays with it.
    let retired: Vec<TopicId> = topics.iter().filter(|topic| !topic.is_active()).map(|topic| topic.id).collect();
    while !held.is_stopping() {
        if let Some(outcome) = batch(db, program, &mut held, &matcher, &retired).await? {
            return Ok(outcome);
        }
        tokio::task::yield_now().await;
    }
    Ok(Outcome::Stopped)
}

/// Reads the next posts again. Gives how it ended, if it has.
async fn batch(db: &Db, program: ProgramId, held: &mut Held, matcher: &Matcher, retired: &[TopicId]) -> Result<Option<Outcome>> {
    let mut tx = db.begin().await?;
    let at = now();
    let mut position: Position = held.position();
    let posts = store::list_after(&mut tx, program, position.after, BATCH).await?;
    let Some(last) = posts.last() else {
        if !job::act::finish(&mut tx, held, at).await? {
            return Ok(Some(Outcome::Stopped));
        }
        store::sweep(&mut tx, program, held.job.created_at).await?;
        did(&WORKER, at, "read for topics", Thing::Program, program)
            .with(json!({ "posts": held.job.done, "changed": position.changed }))
            .record(&mut tx);
        tx.commit().await?;
        return Ok(Some(Outcome::Finished));
    };
    position.after = Some(last.id);
    held.job.done += i64::try_from(posts.len()).unwrap_or(0);
    let ids: Vec<MentionId> = posts.iter().map(|post| post.id).collect();
    let mut about: HashMap<MentionId, Vec<TopicId>> = HashMap::new();
    for (post, topic) in store::list_tags(&mut tx, &ids).await? {
        about.entry(post).or_default().push(topic);
    }
    let mut changes = Vec::new();
    for post in posts {
        let before = about.remove(&post.id).unwrap_or_default();
        let mut now = matcher.topics(&post.text);
        now.extend(before.iter().filter(|topic| retired.contains(topic)));
        now.sort_unstable();
        if now != before {
            changes.push((post, before, now));
        }
    }
    position.changed += retag(&mut tx, program, &changes).await?;
    held.set_position(&position);
    if !job::act::progress(&mut tx, held, at).await? {
        // Asked for anew meanwhile: this batch is dropped, whoever took the job reads it.
        return Ok(Some(Outcome::Stopped));
    }
    tx.commit().await?;
    Ok(None)
}

/// Writes what posts are about now. Gives how many of them are still there.
async fn retag(tx: &mut Tx, program: ProgramId, changes: &[(store::Again, Vec<TopicId>, Vec<TopicId>)]) -> Result<i64> {
    let ids: Vec<MentionId> = changes.iter().map(|(post, ..)| post.id).collect();
    let readings: HashMap<_, _> = store::lock(tx, &ids).await?.into_iter().collect();
    let mut tally = Tally::default();
    let mut changed = 0;
    for (post, before, now) in changes {
        if let Some(reading) = readings.get(&post.id) {
            tally.retag(post.id, post.day, *reading, before, now);
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
    job::work::off(db, Kind::Topics, |held| {
        let db = db.clone();
        async move { run(&db, held).await }
    })
    .await
}

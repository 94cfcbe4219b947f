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
use crate::ids::{MentionId, TopicId};
use crate::task::{self, Kind, Task};

/// Posts of one transaction.
const BATCH: i64 = 1000;
const WORKER: Actor = Actor::System("topics");

/// Does one thing that waits. Gives whether there was one. The server's job loop calls this; several processes may.
///
/// # Errors
/// What keeps the database from being asked; the task is taken up again when its lease has ended.
pub async fn work(db: &Db) -> Result<bool> {
    let Some(mut task) = task::act::take(db, &[Kind::Topics]).await? else { return Ok(false) };
    let mut tx = db.read().await?;
    let topics = store::list(&mut tx, task.program_id).await?;
    drop(tx);
    let matcher = Matcher::new(&topics);
    // What a retired topic was given before stays with it.
    let retired: Vec<TopicId> = topics.iter().filter(|topic| !topic.is_active()).map(|topic| topic.id).collect();
    while batch(db, &mut task, &matcher, &retired).await? {
        tokio::task::yield_now().await;
    }
    Ok(true)
}

/// Reads the next posts again. Gives whether there may be more to do.
async fn batch(db: &Db, task: &mut Task, matcher: &Matcher, retired: &[TopicId]) -> Result<bool> {
    let mut tx = db.begin().await?;
    let at = now();
    let posts = store::list_after(&mut tx, task.program_id, task.after_id.map(MentionId), BATCH).await?;
    let Some(last) = posts.last() else {
        if task::store::finish(&mut tx, task).await? {
            store::sweep(&mut tx, task.program_id, task.asked_at).await?;
            did(&WORKER, at, "read for topics", Thing::Program, task.program_id)
                .with(json!({ "posts": task.done, "changed": task.changed }))
                .record(&mut tx);
        }
        tx.commit().await?;
        return Ok(false);
    };
    task.after_id = Some(last.id.0);
    task.done += i64::try_from(posts.len()).unwrap_or(0);
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
    task.changed += retag(&mut tx, task, &changes).await?;
    if !task::act::progress(&mut tx, task, at).await? {
        // Asked for anew meanwhile: this batch is dropped, whoever took the task reads it.
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Writes what posts are about now. Gives how many of them are still there.
async fn retag(tx: &mut Tx, task: &Task, changes: &[(store::Again, Vec<TopicId>, Vec<TopicId>)]) -> Result<i64> {
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
    tally.apply(tx, task.program_id).await?;
    Ok(changed)
}

/// Does whatever waits, to the end. For the command line, the demo and tests.
///
/// # Errors
/// As `work`.
pub async fn work_off(db: &Db) -> Result<()> {
    while work(db).await? {}
    Ok(())
}

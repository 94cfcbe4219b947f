//! Reassessing all authors of a program in the background, after its settings changed.
//!
//! Some hundred authors a transaction, so that a worker that was cut off is continued by the next one.

use serde_json::json;

use super::act;
use crate::access::account::Actor;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, JobKind, JobLease, JobOutcome};
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::kernel::ids::AuthorId;
use crate::listening::author::{self, judge::SignRecount};
use crate::listening::customer;

/// Authors of one transaction.
const BATCH: i64 = 256;
const WORKER: Actor = Actor::System("segments");

/// How far the authors were assessed.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct AssessPosition {
    after: Option<AuthorId>,
    changed: i64,
    /// How the signs of those authors were read.
    #[serde(default)]
    stamp: String,
}

impl AssessPosition {
    /// From the first author, where those that were assessed were read in another way.
    fn read_by(self, stamp: &str) -> Self {
        if self.stamp == stamp { self } else { Self { after: None, stamp: stamp.to_owned(), ..self } }
    }
}

/// Assesses the authors of the job's program again, from where the last worker stopped, and then its customers.
///
/// # Errors
/// What the database says.
pub async fn run(db: &Db, mut held: JobLease) -> Result<JobOutcome> {
    let program = held.program()?;
    let signs = SignRecount::of(&mut db.read().await?, program).await?;
    while !held.is_stopping() {
        let mut tx = db.begin().await?;
        let at = now();
        let mut position = held.position::<AssessPosition>().read_by(signs.stamp());
        let authors = author::store::list_after(&mut tx, program, position.after, BATCH).await?;
        let Some(last) = authors.last() else {
            drop(tx);
            let people = customer::store::list_ids(&mut db.read().await?, program).await?;
            act::assess_customers(db, at, program, &people).await?;
            let mut tx = db.begin().await?;
            signs.finish(&mut tx, program).await?;
            if !job::act::finish(&mut tx, &held, at).await? {
                return Ok(JobOutcome::Stopped);
            }
            audit(&WORKER, at, "reassessed", ResourceType::Program, program)
                .with(json!({ "authors": held.job.done, "changed": position.changed }))
                .record(&mut tx);
            tx.commit().await?;
            return Ok(JobOutcome::Finished);
        };
        position.after = Some(*last);
        held.job.done += i64::try_from(authors.len()).unwrap_or(0);
        signs.count(&mut tx, program, &authors).await?;
        position.changed += act::assess(&mut tx, at, program, &authors).await?;
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

/// Does one job that waits. Gives whether there was one. For the command line and tests.
///
/// # Errors
/// What the database says.
pub async fn work(db: &Db) -> Result<bool> {
    let ended = job::work::one(db, JobKind::Assessment, |held| {
        let db = db.clone();
        async move { run(&db, held).await }
    })
    .await?;
    match ended {
        Some(job::work::Ended { error: Some(error), .. }) => Err(error),
        ended => Ok(ended.is_some()),
    }
}

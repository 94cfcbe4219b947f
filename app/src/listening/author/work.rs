//! Learning in the background from what people decide about authors.

use serde_json::json;

use super::learning::{KindModel, MIN_DECISIONS_OF_EACH, train};
use super::scorecard::{STATED, Scorecard};
use super::store;
use crate::access::account::Actor;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, JobKind, JobLease, JobOutcome, act::JobRequest};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;

/// After so many further decisions it is learned again.
pub const DECISIONS_BETWEEN: i64 = 5;
/// Decisions that are learned from at most, the newest authors first.
pub const MAX_DECISIONS: i64 = 5000;

const WORKER: Actor = Actor::System("kinds");

/// The scorecard by which a program's authors are judged.
///
/// # Errors
/// What the database says.
pub async fn scorecard(tx: &mut Tx, program: ProgramId) -> Result<Scorecard> {
    Ok(store::find_model(tx, program).await?.filter(|model| model.is_used).map_or(STATED, |model| model.scorecard))
}

/// After a decision about an author: asks for learning, where there are enough decisions and some more than before.
///
/// # Errors
/// What the database says.
pub async fn note_decision(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<()> {
    let (customers, others) = store::count_decided(tx, program).await?;
    let least = MIN_DECISIONS_OF_EACH as i64;
    let before = store::find_model(tx, program).await?.map_or(0, |model| (model.figures.customers + model.figures.others) as i64);
    if customers < least || others < least || (customers + others - before).abs() < DECISIONS_BETWEEN {
        return Ok(());
    }
    job::act::enqueue(tx, actor, now, JobRequest::of_program(JobKind::KindTraining, program)).await
}

/// Learns from the decisions of the job's program; all authors are judged anew where another scorecard judges them now.
///
/// # Errors
/// What the database says.
pub async fn run(db: &Db, held: JobLease) -> Result<JobOutcome> {
    let program = held.program()?;
    let examples = store::list_decided(&mut db.read().await?, program, MAX_DECISIONS).await?;
    // Nobody waits to write for it.
    let trained = tokio::task::spawn_blocking(move || train(&examples)).await.map_err(|error| Error::Internal(error.to_string()))?;
    let mut tx = db.begin().await?;
    let (before, at) = (scorecard(&mut tx, program).await?, now());
    match trained {
        Some((learned, figures)) => {
            let is_used = figures.learned.f1 >= figures.stated.f1;
            let model = KindModel { scorecard: learned, figures, is_used, trained_at: at };
            store::save_model(&mut tx, program, &model).await?;
            audit(&WORKER, at, "learned author kinds of", ResourceType::Program, program)
                .with(json!({ "customers": figures.customers, "others": figures.others, "used": is_used }))
                .record(&mut tx);
        }
        // Decisions were taken back, or their authors were erased.
        None => store::delete_model(&mut tx, program).await?,
    }
    if scorecard(&mut tx, program).await? != before {
        job::act::restart(&mut tx, &WORKER, at, JobRequest::of_program(JobKind::Assessment, program)).await?;
    }
    if !job::act::finish(&mut tx, &held, at).await? {
        return Ok(JobOutcome::Stopped);
    }
    tx.commit().await?;
    Ok(JobOutcome::Finished)
}

/// Does one job that waits. Gives whether there was one. For tests.
///
/// # Errors
/// What the database says.
pub async fn work(db: &Db) -> Result<bool> {
    let ended = job::work::one(db, JobKind::KindTraining, |held| {
        let db = db.clone();
        async move { run(&db, held).await }
    });
    Ok(ended.await?.is_some())
}

//! Undoing a run: its mentions or customers are deleted, and the remaining authors are assessed again.

use std::collections::BTreeSet;

use serde_json::json;

use super::IMPORT;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, JobLease, JobOutcome, act::JobRequest};
use crate::db::{Db, Tx, epoch};
use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ImportRunId, ProgramId};
use crate::listening::import::{ImportKind, ImportRun, store};
use crate::listening::mention::rollup::RollUp;
use crate::listening::mention::signs::SignReader;
use crate::listening::mention::{self, Mention};
use crate::listening::segment::{self, act::AuthorTallies, store::AssessedParty};
use crate::listening::{author, customer, repeated, segment_change, source_row};
use crate::program;

/// Mentions deleted in one transaction.
const UNDO_BATCH: i64 = 1000;

/// Undoes a run in transactions of `UNDO_BATCH` mentions, and assesses the remaining authors again.
pub(super) async fn undo(db: &Db, mut held: JobLease, run: &ImportRun) -> Result<JobOutcome> {
    // Authors with mentions deleted by an earlier worker are not known, so all are assessed.
    let resumed = held.job.done > 0;
    held.job.total = Some(run.created);
    delete_source_rows(db, run.id).await?;
    let undone = match run.kind {
        ImportKind::Mentions => match undo_mentions(db, &mut held, run).await? {
            Some(left) => {
                segment::act::assess_authors(db, now(), run.program_id, &left.into_iter().collect::<Vec<_>>(), &AuthorTallies::new(), None)
                    .await?;
                true
            }
            None => false,
        },
        ImportKind::Customers => undo_customers(db, &mut held, run).await?,
    };
    if !undone {
        return Ok(JobOutcome::Stopped);
    }
    let mut tx = db.begin().await?;
    if resumed {
        job::act::restart(&mut tx, &IMPORT, now(), JobRequest::of_program(job::JobKind::Assessment, run.program_id)).await?;
    }
    store::undone(&mut tx, run.id, now()).await?;
    audit(&IMPORT, now(), "undone", ResourceType::ImportRun, run.id).with(json!({ "file": run.file_name })).record(&mut tx);
    if !job::act::finish(&mut tx, &held, now()).await? {
        return Ok(JobOutcome::Stopped);
    }
    tx.commit().await?;
    Ok(JobOutcome::Finished)
}

/// Deletes a run's original rows in short transactions. Gives how many.
///
/// # Errors
/// What the database says.
pub(crate) async fn delete_source_rows(db: &Db, run: ImportRunId) -> Result<u64> {
    let mut gone = 0;
    loop {
        let mut tx = db.begin_bulk().await?;
        let some = source_row::store::delete_some(&mut tx, run).await?;
        tx.commit().await?;
        gone += some.unsigned_abs();
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// Deletes a run's mentions; gives the authors that are left with fewer, or none where it was stopped.
async fn undo_mentions(db: &Db, held: &mut JobLease, run: &ImportRun) -> Result<Option<BTreeSet<AuthorId>>> {
    let mut left = BTreeSet::new();
    while !held.is_stopping() {
        let mut tx = db.begin_bulk().await?;
        epoch::raise(&mut tx).await?;
        let gone = mention::store::delete_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        if gone.is_empty() {
            return Ok(Some(left));
        }
        take_back(&mut tx, run.program_id, &gone, &mut left).await?;
        held.job.done += i64::try_from(gone.len()).unwrap_or(0);
        if !job::act::progress(&mut tx, held, now()).await? {
            return Ok(None);
        }
        tx.commit().await?;
    }
    Ok(None)
}

/// Takes mentions that were just deleted out of the roll-ups. Authors that are left without any go too, unless somebody decided
/// about them, linked them or put them on a shortlist; those that are left with fewer are added to `left`, to be assessed anew.
pub(crate) async fn take_back(tx: &mut Tx, program: ProgramId, gone: &[Mention], left: &mut BTreeSet<AuthorId>) -> Result<()> {
    let signs = program::store::find(tx, program).await?.map(|program| SignReader::of(&program)).unwrap_or_default();
    let mut rollup = RollUp::default();
    gone.iter().for_each(|mention| rollup.take(mention, &signs));
    left.extend(repeated::store::list_sharing(tx, gone).await?);
    mention::index::take(tx, gone).await?;
    repeated::store::delete(tx, &gone.iter().map(|mention| mention.no).collect::<Vec<_>>()).await?;
    let authors = rollup.apply(tx, program).await?;
    author::store::recompute_times(tx, &authors).await?;
    let (silent, speaking): (Vec<_>, Vec<_>) =
        author::store::list_briefs(tx, &authors).await?.into_iter().partition(|author| author.habits.mentions == 0 && !author.decided);
    let silent = author::store::list_unused(tx, &silent.iter().map(|author| author.id).collect::<Vec<_>>()).await?;
    segment_change::store::delete(tx, program, &silent).await?;
    segment::store::delete(tx, &silent.iter().map(|id| AssessedParty::Author(*id)).collect::<Vec<_>>()).await?;
    author::store::delete(tx, &silent).await?;
    for id in &silent {
        left.remove(id);
    }
    left.extend(speaking.iter().map(|author| author.id));
    Ok(())
}

/// Deletes a run's customers. False where it was stopped.
async fn undo_customers(db: &Db, held: &mut JobLease, run: &ImportRun) -> Result<bool> {
    while !held.is_stopping() {
        let mut tx = db.begin_bulk().await?;
        let people = customer::store::list_of_run(&mut tx, run.id, UNDO_BATCH).await?;
        if people.is_empty() {
            return Ok(true);
        }
        segment::store::delete(&mut tx, &people.iter().map(|id| AssessedParty::Customer(*id)).collect::<Vec<_>>()).await?;
        customer::store::delete(&mut tx, &people).await?;
        held.job.done += i64::try_from(people.len()).unwrap_or(0);
        if !job::act::progress(&mut tx, held, now()).await? {
            return Ok(false);
        }
        tx.commit().await?;
    }
    Ok(false)
}

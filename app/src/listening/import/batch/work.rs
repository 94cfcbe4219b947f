//! Carrying out a run: one thread reads and analyzes, the database takes batch after batch.
//!
//! Each batch is one transaction with its counts and its job's progress, so a run that was cut off goes on after the last row that was
//! saved, and a worker that lost the job saves nothing more.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::IMPORT;
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, Job, JobLease, JobOutcome, act::JobRequest};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, CustomerId, ImportRunId, ProgramId};
use crate::listening::author::{self, names::KnownNames};
use crate::listening::import::batch::analyze::MentionAnalyzer;
use crate::listening::import::batch::batch_writer::BatchWriter;
use crate::listening::import::batch::reader::{BATCH, read};
use crate::listening::import::batch::saver::{BatchSaver, MAX_ROWS_AT_ONCE};
use crate::listening::import::batch::undo::undo;
use crate::listening::import::intake::spool::spooled;
use crate::listening::import::{ImportEnded, ImportKind, ImportRun, ImportState, store};
use crate::listening::mention::opinion::SentimentReader;
use crate::listening::mention::signs::SignReader;
use crate::listening::repeated::memory::FingerprintMemory;
use crate::listening::segment::{self, act::AuthorTallies};
use crate::listening::topic::matcher::TopicMatcher;
use crate::listening::{sentiment, topic};
use crate::program;

/// Rows from which on the tables are analyzed after an import.
const SETTLES: usize = 1000;

/// What the job of an import that a command began says of its file, which is not in the spool.
pub const FILE: &str = "file";

/// Carries out, continues or undoes the run of a job. Spooled files are in `spool` under the run's id; one is removed when
/// its run needs it no more: one that failed or was cancelled may go on.
///
/// # Errors
/// Why the import failed; the run says it as well, unless the database did not answer: then the job goes on later.
pub async fn run(db: &Db, held: JobLease, spool: &Path) -> Result<JobOutcome> {
    let id: ImportRunId = held.job.key.parse().map_err(|_| Error::NotFound)?;
    let mut tx = db.begin().await?;
    let Some(run) = store::begin(&mut tx, id, now()).await? else { return Ok(JobOutcome::Finished) };
    tx.commit().await?;
    let kept = spooled(spool, &run);
    let path = held.job.payload.get(FILE).and_then(|file| file.as_str()).map_or_else(|| kept.clone(), PathBuf::from);
    let outcome = match run.state {
        ImportState::Undoing => undo(db, held, &run).await,
        _ => carry_out(db, held, &run, &path, None).await,
    };
    let after = store::find(&mut db.read().await?, run.id).await?;
    if after.is_none_or(|run| matches!(run.state, ImportState::Finished | ImportState::Undone | ImportState::Discarded)) {
        let _ = tokio::fs::remove_file(kept).await;
    }
    // What was recorded with the run waits for a person: trying it again as it is would end in the same way.
    outcome.map_err(|error| if error.is_passing() { error } else { Error::conflict(error.message()) })
}

/// A mistake of the file: it is the same however often it is read.
fn for_good(error: Error) -> Error {
    match error {
        Error::Unavailable(why) => Error::conflict(why),
        other => other,
    }
}

/// An error in saving a batch. After a conflict, such as an author erased meanwhile, the job tries again with the current data.
fn by_others(error: Error) -> Error {
    match error {
        Error::Conflict(why) => {
            tracing::debug!(%why, "a batch of an import met what is no longer there");
            Error::Busy
        }
        other => other,
    }
}

/// Records that the run's job was given up, and assesses the authors of imported mentions.
///
/// # Errors
/// What the database says.
pub async fn give_up(db: &Db, job: &Job, why: &Error) -> Result<()> {
    let id: ImportRunId = job.key.parse().map_err(|_| Error::NotFound)?;
    let Some(run) = store::find(&mut db.read().await?, id).await? else { return Ok(()) };
    if run.state == ImportState::Running {
        assess(db, &run, TouchedAuthors::default(), now()).await?;
    }
    db.write(|tx, _| Box::pin(end(tx, id, now(), Some(why)))).await
}

/// Does one job that waits. Gives whether there was one. For tests and the demo.
///
/// # Errors
/// Only what keeps the database from being asked; a run's own failure is recorded with the run.
pub async fn work(db: &Db, spool: &Path) -> Result<bool> {
    let ended = job::work::one(db, job::JobKind::Import, |held| {
        let (db, spool) = (db.clone(), spool.to_owned());
        async move { run(&db, held, &spool).await }
    });
    Ok(ended.await?.is_some())
}

/// Carries out a run whose job the caller holds, from the row where it stands. A failure is recorded with the run and given back.
/// It happens now, unless a story says when.
pub(crate) async fn carry_out(db: &Db, mut held: JobLease, run: &ImportRun, path: &Path, story: Option<Time>) -> Result<JobOutcome> {
    held.job.total = run.mapping.total;
    held.job.done = run.row_count;
    let result = match read_and_save(db, &mut held, run, path).await {
        Ok(Some(touched)) => assess(db, run, touched, story.unwrap_or_else(now)).await,
        Ok(None) => return Ok(JobOutcome::Stopped),
        Err(error) => Err(error),
    };
    if let Err(error) = &result {
        if error.is_passing() {
            // The run goes on later as if nothing had happened.
            return result.map(|()| JobOutcome::Stopped);
        }
        // What was saved before counts, whether the run goes on or not.
        let saved = store::find(&mut db.read().await?, run.id).await?.ok_or(Error::NotFound)?;
        if let Err(error) = assess(db, &saved, TouchedAuthors::default(), story.unwrap_or_else(now)).await {
            tracing::warn!(run = %run.id, %error, "the authors of an import that failed could not be assessed");
        }
    }
    let at = story.unwrap_or_else(now);
    let mut tx = db.begin().await?;
    end(&mut tx, run.id, at, result.as_ref().err()).await?;
    let is_ours = match &result {
        Ok(()) => job::act::finish(&mut tx, &held, now()).await?,
        Err(_) => job::act::progress(&mut tx, &held, now()).await?,
    };
    if !is_ours {
        return Ok(JobOutcome::Stopped);
    }
    tx.commit().await?;
    result.map(|()| JobOutcome::Finished)
}

/// Ends a run that runs: finished, or failed.
async fn end(tx: &mut Tx, id: ImportRunId, at: Time, error: Option<&Error>) -> Result<()> {
    if !store::finish(tx, id, at, error.map(Error::message).as_deref()).await? {
        return Ok(());
    }
    let after = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let action = if error.is_none() { "finished" } else { "failed" };
    let payload = json!({ "file": after.file_name, "counts": after.counts(), "error": after.error });
    audit(&IMPORT, at, action, ResourceType::ImportRun, id).with(payload).record(tx);
    tx.emit(&ImportEnded { at, run: after }).await
}

/// Whom a run touched.
#[derive(Default)]
pub(crate) struct TouchedAuthors {
    customers: BTreeSet<CustomerId>,
    authors: BTreeSet<AuthorId>,
    tallies: AuthorTallies,
    /// Those that may post what others post too.
    syndicated: HashSet<AuthorId>,
}

/// What the reading of mentions depends on besides their texts, as it was when it began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Readings {
    topics: (i64, i64),
    signs: String,
}

impl Readings {
    async fn now(tx: &mut Tx, program: ProgramId) -> Result<Self> {
        let signs = program::store::find(tx, program).await?.map(|program| SignReader::of(&program)).unwrap_or_default();
        Ok(Self { topics: topic::store::stamp(tx, program).await?, signs: signs.stamp() })
    }
}

/// Asks for mentions to be read again for what is otherwise now: topics, or the organisation's names, hashtags and sites.
async fn renew(db: &Db, program: ProgramId, before: &[Readings]) -> Result<()> {
    let current = Readings::now(&mut db.read().await?, program).await?;
    let topics = before.iter().any(|before| before.topics != current.topics);
    let signs = before.iter().any(|before| before.signs != current.signs);
    if !topics && !signs {
        return Ok(());
    }
    db.write(|tx, _| {
        Box::pin(async move {
            if topics {
                job::act::restart(tx, &IMPORT, now(), JobRequest::of_program(job::JobKind::Topics, program)).await?;
            }
            if signs {
                author::judge::recount(tx, &IMPORT, now(), program).await?;
            }
            Ok(())
        })
    })
    .await
}

/// The rows of the run's file, batch by batch. None where the run was cancelled, taken by another worker, or the server stops.
pub(crate) async fn read_and_save(db: &Db, held: &mut JobLease, run: &ImportRun, path: &Path) -> Result<Option<TouchedAuthors>> {
    author::judge::begin_counting(db, run.program_id).await?;
    let (writer, analyzer, now_read) = ready(db, run).await?;
    // Rows that an earlier worker saved may have been read in another way.
    let read_by: Readings = Some(held.position()).filter(|first| *first != Readings::default()).unwrap_or_else(|| now_read.clone());
    held.set_position(&read_by);
    let (sender, batches) = mpsc::channel(MAX_ROWS_AT_ONCE / BATCH * 2);
    let (mapping, kind, skip, file) = (run.mapping.clone(), run.kind, run.row_count, path.to_owned());
    let reading = tokio::task::spawn_blocking(move || read(&file, &mapping, kind, skip, analyzer, &sender));
    let mut saving = BatchSaver::new(db, run, writer, batches);
    let whole = saving.save(held).await.map_err(by_others);
    let BatchSaver { writer, batches, customers, saved, .. } = saving;
    drop(batches);
    // However it ended: what was saved stays.
    renew(db, run.program_id, &[read_by, now_read]).await?;
    if !whole? {
        return Ok(None);
    }
    reading.await.map_err(|error| Error::Internal(error.to_string()))?.map_err(for_good)?;
    if saved > SETTLES
        && let Err(error) = analyze_tables(db).await
    {
        tracing::warn!(%error, "the tables could not be analyzed after the import");
    }
    let (authors, tallies, syndicated) = writer.finish();
    Ok(Some(TouchedAuthors { customers, authors, tallies, syndicated }))
}

/// What a run needs to be read and saved, and by what its mentions are read.
pub(super) async fn ready(db: &Db, run: &ImportRun) -> Result<(BatchWriter, MentionAnalyzer, Readings)> {
    let mut tx = db.read().await?;
    let program = program::store::find(&mut tx, run.program_id).await?.ok_or(Error::NotFound)?;
    let number = program::store::number(&mut tx, run.program_id).await?;
    let reader = SentimentReader::of(sentiment::store::load_on(&mut tx, run.program_id).await?);
    let readings = Readings::now(&mut tx, run.program_id).await?;
    let matcher = TopicMatcher::new(&topic::store::list(&mut tx, run.program_id).await?);
    let fingerprints = if run.kind == ImportKind::Mentions {
        FingerprintMemory::load(&mut tx, run.program_id).await?
    } else {
        FingerprintMemory::default()
    };
    Ok((
        BatchWriter::new(run, number, KnownNames::of(&program), fingerprints),
        MentionAnalyzer::new(run, number, reader, matcher, SignReader::of(&program)),
        readings,
    ))
}

async fn analyze_tables(db: &Db) -> Result<()> {
    let mut tx = db.begin_bulk().await?;
    store::analyze_tables(&mut tx).await?;
    tx.commit().await
}

async fn assess(db: &Db, run: &ImportRun, touched: TouchedAuthors, at: Time) -> Result<()> {
    if run.kind == ImportKind::Customers {
        let mut people = touched.customers;
        if run.row_count > 0 {
            people.extend(store::list_customers(&mut db.read().await?, run.id).await?);
        }
        let people: Vec<_> = people.into_iter().collect();
        return segment::act::assess_customers(db, at, run.program_id, &people).await;
    }
    let mut authors = touched.authors;
    let resumed = run.row_count > 0;
    if resumed {
        // An earlier worker did not assess the authors that it touched.
        authors.extend(store::list_authors(&mut db.read().await?, run.id).await?);
    }
    // Nor is it known which of them others copied.
    let syndicated = (!resumed).then_some(&touched.syndicated);
    segment::act::assess_authors(db, at, run.program_id, &authors.into_iter().collect::<Vec<_>>(), &touched.tallies, syndicated).await
}

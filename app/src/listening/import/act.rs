//! What people do with imports: map columns, start, discard, cancel, continue, undo.

use std::path::Path;

use serde_json::json;

use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, act::JobRequest};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::ImportRunId;
use crate::listening::import::batch::work;
use crate::listening::import::intake::spool;
pub use crate::listening::import::mapping::answers::MappingAnswers;
use crate::listening::import::mapping::columns::{MappingOrigin, ReadingOptions};
use crate::listening::import::mapping::guess_file;
use crate::listening::import::mapping::questions::{Asked, answered};
use crate::listening::import::mapping::saved_mappings::{SavedMapping, headers_hash};
use crate::listening::import::{ColumnMapping, ImportKind, ImportRun, ImportState, store};

/// Says what the columns hold, before the run starts. What differs from the guess is kept for the next file with the same columns.
///
/// # Errors
/// `NotFound`; `Invalid` on `columns` for a mapping of another width, on `time_zone` for no zone; `Conflict` once it has started.
pub async fn map(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId, answers: MappingAnswers) -> Result<ImportRun> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mapping = answers.mapping(&run)?;
    if !store::update_mapping(tx, run.id, run.kind, &mapping).await? {
        return Err(Error::conflict("This import has already started, so its mapping can no longer be changed."));
    }
    if mapping != run.mapping
        && let Some(hash) = headers_hash(&mapping)
    {
        store::save_preset(tx, run.program_id, &hash, &SavedMapping::of(run.kind, &mapping), actor.account().map(|id| id.0), now).await?;
    }
    Ok(ImportRun { mapping, ..run })
}

/// How a file would be read in another way; nothing is changed yet.
#[derive(Clone, Debug)]
pub struct FileReadAgain {
    id: ImportRunId,
    /// How it was read until then.
    before: (ImportKind, ColumnMapping),
    kind: ImportKind,
    mapping: ColumnMapping,
}

/// Reads the file with other options and guesses its columns again, without changing anything. May take a minute.
///
/// # Errors
/// `NotFound`; `Invalid` for an encoding or a header row that there is not; `Conflict` once the run has started.
pub async fn read_again(db: &Db, actor: &Actor, id: ImportRunId, spool: &Path, cmd: ReadingOptions) -> Result<FileReadAgain> {
    actor.may(Permission::Import)?;
    let run = store::find(&mut db.read().await?, id).await?.ok_or(Error::NotFound)?;
    if run.state != ImportState::Mapping {
        return Err(read_already());
    }
    let (path, kind, before) = (spool::spooled(spool, &run), cmd.kind, run.mapping.clone());
    let mut mapping = blocking(move || guess_file::guess_as_told(&path, &before, &cmd, now())).await?;
    // A person said what the file holds.
    mapping.kind_from = MappingOrigin::User;
    // Rows above the names are no rows; an old total in another encoding or with another delimiter still holds.
    let above = |mapping: &ColumnMapping| mapping.header.map_or(0, |at| i64::try_from(at + 1).unwrap_or(0));
    mapping.total = run.mapping.total.map(|total| total + above(&run.mapping) - above(&mapping));
    if mapping.sheet != run.mapping.sheet {
        mapping.total = None;
    }
    if mapping.headers.len() < 2 {
        return Err(Error::field("header", "No columns were found. Choose another separator or another row for the column names."));
    }
    Ok(FileReadAgain { id, before: (run.kind, run.mapping), kind, mapping })
}

/// As `read_again`, with what the file holds said and the rest as it was read so far.
///
/// # Errors
/// As `read_again`.
pub async fn read_as(db: &Db, actor: &Actor, id: ImportRunId, spool: &Path, kind: ImportKind) -> Result<FileReadAgain> {
    actor.may(Permission::Import)?;
    let run = store::find(&mut db.read().await?, id).await?.ok_or(Error::NotFound)?;
    read_again(db, actor, id, spool, ReadingOptions::of(kind, &run.mapping)).await
}

/// Takes over how a file was read again.
///
/// # Errors
/// `NotFound`; `Conflict` once the run has started, or where someone else has changed the options meanwhile.
pub async fn reread(tx: &mut Tx, actor: &Actor, again: &FileReadAgain) -> Result<()> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, again.id).await?.ok_or(Error::NotFound)?;
    if run.state == ImportState::Mapping && (run.kind, run.mapping) != again.before {
        return Err(Error::conflict("Someone else has changed the file type of this import. Check it, then read the file again."));
    }
    if !store::update_mapping(tx, again.id, again.kind, &again.mapping).await? {
        return Err(read_already());
    }
    Ok(())
}

fn read_already() -> Error {
    Error::conflict("This import has already started or was discarded, so its file type can no longer be changed.")
}

#[derive(Debug)]
pub enum ImportStart {
    Queued,
    /// Columns that a person chose raise a question that the page did not show: they are saved, and the question is asked.
    Asks(Error),
}

/// Says what the columns hold, and lets the run start.
///
/// # Errors
/// As `map`; `Invalid` on `columns` naming what is missing, on `day_first` while dates can be read two ways.
pub async fn map_and_start(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId, answers: MappingAnswers) -> Result<ImportStart> {
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let run = map(tx, actor, now, id, answers).await?;
    match answered(run.kind, &run.mapping, Asked::Person) {
        Err(asks) if run.mapping.columns != before.mapping.columns && run.mapping.missing(run.kind).is_empty() => {
            Ok(ImportStart::Asks(asks))
        }
        answered => {
            answered?;
            queue(tx, actor, now, &run).await?;
            Ok(ImportStart::Queued)
        }
    }
}

/// Lets a run start as soon as a worker is free.
async fn queue(tx: &mut Tx, actor: &Actor, now: Time, run: &ImportRun) -> Result<()> {
    if !store::move_on(tx, run.id, &[ImportState::Mapping], ImportState::Queued).await? {
        return Err(Error::conflict("This import has already started."));
    }
    ask(tx, actor, now, run).await?;
    audit(actor, now, "started", ResourceType::ImportRun, run.id).with(json!({ "file": run.file_name })).record(tx);
    Ok(())
}

/// Queues a job that carries out, continues or undoes a run. An earlier job of the run is replaced.
pub(super) async fn ask(tx: &mut Tx, actor: &Actor, now: Time, run: &ImportRun) -> Result<()> {
    let ask = JobRequest::new(job::JobKind::Import, run.id).in_program(run.program_id);
    // The command line imports a file from where it is, not from the spool.
    let before = job::store::find_unfinished(tx, job::JobKind::Import, &run.id.to_string()).await?;
    let ask = match before.filter(|job| job.payload.get(work::FILE).is_some()) {
        Some(job) => ask.with(job.payload),
        None => ask,
    };
    job::act::restart(tx, actor, now, ask).await
}

/// Discards a file that was not imported yet. The caller removes it from the spool after the commit.
///
/// # Errors
/// `NotFound`; `Conflict` once it has started.
pub async fn discard(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<ImportRun> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::move_on(tx, id, &[ImportState::Mapping], ImportState::Discarded).await? {
        return Err(Error::conflict("This import has already started. Cancel it instead."));
    }
    store::mark_file_deleted(tx, id).await?;
    audit(actor, now, "discarded", ResourceType::ImportRun, id).with(json!({ "file": run.file_name })).record(tx);
    Ok(run)
}

/// Cancels a run. Rows imported before stay, and can be undone.
///
/// # Errors
/// `NotFound`; `Conflict` if it does not run.
pub async fn cancel(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::move_on(tx, id, &[ImportState::Queued, ImportState::Running], ImportState::Cancelled).await? {
        return Err(Error::conflict("This import is no longer running."));
    }
    // The worker may be dead, so the authors of imported mentions are assessed by a job.
    if run.row_count > 0 {
        job::act::restart(tx, actor, now, JobRequest::of_program(job::JobKind::Assessment, run.program_id)).await?;
    }
    if let Some(job) = job::store::find_unfinished(tx, job::JobKind::Import, &id.to_string()).await? {
        job::store::cancel(tx, job.id, now).await?;
    }
    audit(actor, now, "cancelled", ResourceType::ImportRun, id).record(tx);
    Ok(())
}

/// Continues a failed or cancelled run after the last saved row.
///
/// # Errors
/// `NotFound`; `Conflict` unless it failed or was cancelled, and where the file is gone.
pub async fn retry(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !run.file_kept {
        return Err(Error::conflict(
            "The server no longer has this file. Upload it again, or run `weheard import` again. Rows that were imported before are recognised.",
        ));
    }
    if !store::move_on(tx, id, &[ImportState::Failed, ImportState::Cancelled], ImportState::Queued).await? {
        return Err(Error::conflict("Only a failed or cancelled import can be continued."));
    }
    ask(tx, actor, now, &run).await?;
    audit(actor, now, "retried", ResourceType::ImportRun, id).record(tx);
    Ok(())
}

/// Undoes a run in the background. The run itself stays on record.
///
/// # Errors
/// `NotFound`; `Conflict` while it runs, or when its mentions or people are evidence already.
pub async fn undo(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Permission::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let used = store::count_candidates(tx, id).await?;
    if used > 0 {
        let who = if used == 1 { "1 person from this import is".to_owned() } else { format!("{used} people from this import are") };
        return Err(Error::conflict(format!("{who} on a shortlist. Remove them from the shortlist first.")));
    }
    if !store::move_on(tx, id, &[ImportState::Finished, ImportState::Failed, ImportState::Cancelled], ImportState::Undoing).await? {
        return Err(Error::conflict("Only an import that has ended can be undone, and only once."));
    }
    ask(tx, actor, now, &run).await?;
    audit(actor, now, "started undoing", ResourceType::ImportRun, id)
        .with(json!({ "file": run.file_name, "created": run.created }))
        .record(tx);
    Ok(())
}

//! Intake of a file from an upload, an inbound integration or the watched folder. Its type is checked, its columns are guessed, and it waits
//! in the spool for a person or a worker.

pub mod spool;
pub mod watched_folder;

use std::path::Path;

use serde_json::json;

use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::{ImportRunId, ProgramId};
use crate::listening::author;
use crate::listening::import::act::ask;
use crate::listening::import::mapping::columns::MappingOrigin;
use crate::listening::import::mapping::guess_file;
use crate::listening::import::mapping::questions::{Asked, answered};
use crate::listening::import::mapping::saved_mappings::headers_hash;
use crate::listening::import::reading::{container, source};
use crate::listening::import::{ColumnMapping, ImportKind, ImportRun, ImportState, store};

/// What happens to a file once its columns are guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnArrival {
    /// It waits for a person to look.
    Wait,
    /// It is imported, or refused where it cannot be read without a person.
    Start,
    /// It is imported, or waits where it cannot be read without a person.
    StartOrWait,
}

/// A file as it arrives.
#[derive(Clone, Copy, Debug)]
pub struct ArrivedFile<'a> {
    pub program: ProgramId,
    pub name: &'a str,
    /// Where it is: it is moved from there into the spool, or deleted when it is refused.
    pub upload: &'a Path,
    /// Whether it stays there too, whatever happens.
    pub stays: bool,
    pub spool: &'a Path,
    /// Guessed if none is named.
    pub kind: Option<ImportKind>,
    pub then: OnArrival,
}

/// Receives an upload: checks its type, guesses its columns, moves it into the spool.
///
/// # Errors
/// `Invalid` on the field `file` saying what is wrong with it; the upload is deleted then.
pub async fn receive(db: &Db, actor: &Actor, program: ProgramId, file_name: &str, upload: &Path, spool: &Path) -> Result<ImportRunId> {
    admit(db, actor, ArrivedFile { program, name: file_name, upload, stays: false, spool, kind: None, then: OnArrival::Wait }).await
}

/// Receives a file: it is moved into the spool and listed as an import, or neither.
///
/// # Errors
/// As `prepare`.
pub(crate) async fn admit(db: &Db, actor: &Actor, arrival: ArrivedFile<'_>) -> Result<ImportRunId> {
    let run = prepare(db, actor, arrival).await?;
    if let Err(error) = db.write(|tx, _| Box::pin(enter(tx, actor, &run))).await {
        discard(arrival.spool, &run).await;
        return Err(error);
    }
    Ok(run.id)
}

/// Takes a prepared run's file out of the spool again: it was not entered.
pub async fn discard(spool: &Path, run: &ImportRun) {
    let _ = tokio::fs::remove_file(spool::spooled(spool, run)).await;
}

/// Looks at a file, guesses its columns, and moves it into the spool. Nothing is in the database yet: see `enter`.
///
/// # Errors
/// `Invalid` on the field `file` saying what is wrong with it, or on `columns` or `day_first` where it should start and cannot.
pub async fn prepare(db: &Db, actor: &Actor, arrival: ArrivedFile<'_>) -> Result<ImportRun> {
    let prepared = inspect_arrival(db, actor, arrival).await;
    let moved = match prepared {
        Ok(run) => {
            let path = spool::spooled(arrival.spool, &run);
            let moved = match arrival.stays {
                true => also(arrival.upload, &path).await.map_err(|error| unsaved(&error)),
                false => tokio::fs::rename(arrival.upload, &path).await.map_err(|error| container::unreadable(&path, &error)),
            };
            moved.map(|()| run)
        }
        Err(error) => Err(error),
    };
    if moved.is_err() && !arrival.stays {
        let _ = tokio::fs::remove_file(arrival.upload).await;
    }
    moved
}

/// Has a file in a second place too.
async fn also(path: &Path, second: &Path) -> std::io::Result<()> {
    if tokio::fs::hard_link(path, second).await.is_ok() {
        return Ok(());
    }
    // A file system without links.
    let copied = tokio::fs::copy(path, second).await;
    if copied.is_err() {
        let _ = tokio::fs::remove_file(second).await;
    }
    copied.map(|_| ())
}

async fn inspect_arrival(db: &Db, actor: &Actor, arrival: ArrivedFile<'_>) -> Result<ImportRun> {
    actor.may(Permission::Import)?;
    let (inspection, guessed, mut mapping) = inspect(arrival.upload, arrival.name, arrival.kind, guess_file::guess_and_count).await?;
    let kind = match arrival.kind {
        Some(kind) => kind,
        None => recall(&mut db.read().await?, arrival.program, guessed, &mut mapping).await?,
    };
    let asked = if arrival.then == OnArrival::Start { Asked::Command } else { Asked::Nobody };
    let state = match (arrival.then, answered(kind, &mapping, asked)) {
        (OnArrival::Wait, _) | (OnArrival::StartOrWait, Err(_)) => ImportState::Mapping,
        (OnArrival::Start, Err(error)) => return Err(error),
        (_, Ok(())) => ImportState::Queued,
    };
    Ok(new_run(actor, arrival.program, arrival.name, inspection, kind, mapping, state))
}

/// Enters a prepared run into the list of imports.
///
/// # Errors
/// What the database says.
pub async fn enter(tx: &mut Tx, actor: &Actor, run: &ImportRun) -> Result<()> {
    store::create(tx, run).await?;
    if run.state == ImportState::Queued {
        ask(tx, actor, run.created_at, run).await?;
    }
    audit(actor, run.created_at, "uploaded", ResourceType::ImportRun, run.id)
        .with(json!({ "file": run.file_name, "bytes": run.bytes }))
        .record(tx);
    Ok(())
}

/// Says why a file could not be kept.
#[must_use]
pub fn unsaved(error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Error::unavailable(
            "The server’s disk is full, so the file could not be saved. Nothing was imported. Free some space and try again.",
        );
    }
    Error::unavailable(format!("The file could not be saved on the server: {error}. Nothing was imported."))
}

/// How columns are guessed: with the rows counted, or without.
type Guess = fn(&Path, &source::FileInspection, Option<ImportKind>, Time) -> Result<(ImportKind, ColumnMapping)>;

/// Inspects a file that is called `name`, and guesses its columns. It is read twice at most: its bytes, for hash and encoding, then its rows.
/// The network is the one that the name speaks of ("reddit-november.csv"), where the layout tells none.
pub(crate) async fn inspect(
    path: &Path,
    name: &str,
    kind: Option<ImportKind>,
    guess: Guess,
) -> Result<(source::FileInspection, ImportKind, ColumnMapping)> {
    let path = path.to_owned();
    let (inspection, kind, mut mapping) = blocking(move || {
        let inspection = source::inspect(&path)?;
        let (kind, mapping) = guess(&path, &inspection, kind, now())?;
        Ok((inspection, kind, mapping))
    })
    .await?;
    if mapping.network.is_none()
        && let Some(network) = author::rules::known_network(&name.replace(['.', '_', '-'], " "))
    {
        (mapping.network, mapping.network_from) = (Some(network.to_owned()), MappingOrigin::Guessed);
    }
    Ok((inspection, kind, mapping))
}

/// Reads a file as a person wanted the last one with the same columns to be read, if there was one.
pub(crate) async fn recall(tx: &mut Tx, program: ProgramId, kind: ImportKind, mapping: &mut ColumnMapping) -> Result<ImportKind> {
    let Some(hash) = headers_hash(mapping) else { return Ok(kind) };
    let saved = store::find_preset(tx, program, &hash).await?;
    Ok(saved.map_or(kind, |saved| saved.apply(mapping)))
}

pub(crate) fn new_run(
    actor: &Actor,
    program: ProgramId,
    name: &str,
    inspection: source::FileInspection,
    kind: ImportKind,
    mapping: ColumnMapping,
    state: ImportState,
) -> ImportRun {
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(200).collect();
    ImportRun {
        id: ImportRunId::new(),
        program_id: program,
        kind,
        file_name: if name.trim().is_empty() { "upload.csv".into() } else { name },
        file_hash: inspection.hash,
        bytes: inspection.bytes,
        mapping,
        state,
        row_count: 0,
        created: 0,
        updated: 0,
        duplicate: 0,
        excluded: 0,
        rejected: 0,
        error: None,
        by_account: actor.account().map(|id| id.0),
        created_at: now(),
        started_at: None,
        finished_at: None,
        undone_at: None,
        recoded: 0,
        damaged_ids: 0,
        mojibake: 0,
        file_kept: true,
    }
}

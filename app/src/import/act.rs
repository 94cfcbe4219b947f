//! What people do with imports: say what columns hold, start, cancel, try again, undo.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::arrive::{look, new_run, recall};
use super::order::Origin;
use super::remember::{Saved, headers_hash};
use super::{Field, Kind, Mapping, Run, State, Summary, source, store, work};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::{Time, now};
use crate::db::{Db, Tx};
use crate::error::{Error, Result, blocking};
use crate::ids::{ImportRunId, ProgramId};
use crate::job::{self, act::Ask};
use crate::program::{self, Program};

/// How `import_file` is to read a file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The newest program if none is named; a first one is made where there is none.
    pub program: Option<ProgramId>,
    /// Guessed if none is named.
    pub kind: Option<Kind>,
    /// The company's name, for the first program.
    pub organisation: Option<String>,
    /// Whether 3/4/2022 is the third of April, where a person says so.
    pub day_first: Option<bool>,
    /// The zone of dates that name none, where a person says so: "Europe/Berlin".
    pub time_zone: Option<String>,
    /// When it happens: now, unless a story is told.
    pub at: Option<Time>,
}

/// What a person says about a file's columns and dates.
#[derive(Clone, Debug)]
pub struct Said {
    /// What each column holds, in their order.
    pub columns: Vec<Option<Field>>,
    /// Whether 3/4/2022 is the third of April; none where it was left open.
    pub day_first: Option<bool>,
    /// The zone of dates that name none.
    pub time_zone: String,
}

impl Said {
    /// How the run's file is read then.
    pub(super) fn mapping(self, run: &Run) -> Result<Mapping> {
        if self.columns.len() != run.mapping.headers.len() {
            return Err(Error::field("columns", "The file has other columns by now. Please reload the page."));
        }
        let mut mapping = Mapping { columns: self.columns, ..run.mapping.clone() };
        say_dates(&mut mapping, self.day_first, Some(&self.time_zone))?;
        Ok(mapping)
    }
}

/// Says what the columns hold, before the run starts. What differs from the guess is kept for the next file with the same columns.
///
/// # Errors
/// `NotFound`; `Invalid` on `columns` for a mapping of another width, on `time_zone` for no zone; `Conflict` once it has started.
pub async fn map(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId, said: Said) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mapping = said.mapping(&run)?;
    if !store::update_mapping(tx, run.id, run.kind, &mapping).await? {
        return Err(Error::conflict("This import has started already; its columns can no longer be changed."));
    }
    if mapping != run.mapping
        && let Some(hash) = headers_hash(&mapping)
    {
        store::save_preset(tx, run.program_id, &hash, &Saved::of(run.kind, &mapping), actor.account().map(|id| id.0), now).await?;
    }
    Ok(())
}

/// Takes over what a person says about dates, where it is something else than is known already.
pub(super) fn say_dates(mapping: &mut Mapping, day_first: Option<bool>, time_zone: Option<&str>) -> Result<()> {
    if let Some(day_first) = day_first.filter(|said| *said != mapping.day_first || mapping.order_from == Origin::Open) {
        (mapping.day_first, mapping.order_from) = (day_first, Origin::Said);
    }
    if let Some(name) = time_zone.map(str::trim).filter(|name| !name.is_empty() && *name != mapping.time_zone) {
        let zone: chrono_tz::Tz = name.parse().map_err(|_| {
            Error::field(
                "time_zone",
                format!("There is no time zone “{name}”. Zones are named like Europe/Berlin, America/Chicago or UTC."),
            )
        })?;
        (mapping.time_zone, mapping.zone_from) = (zone.name().to_owned(), Origin::Said);
    }
    Ok(())
}

/// How a person says a file is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    pub kind: Kind,
    pub encoding: String,
    pub delimiter: char,
    /// Which row holds the names, from 1; 0 for none.
    pub header: usize,
}

impl Reread {
    /// As the run's file is read so far.
    pub(super) fn of(run: &Run) -> Self {
        let Mapping { encoding, delimiter, header, .. } = &run.mapping;
        Self { kind: run.kind, encoding: encoding.clone(), delimiter: *delimiter, header: header.map_or(0, |at| at + 1) }
    }
}

/// How a file would be read in another way; nothing is changed yet.
#[derive(Clone, Debug)]
pub struct Again {
    id: ImportRunId,
    /// How it was read until then.
    before: (Kind, Mapping),
    kind: Kind,
    mapping: Mapping,
}

/// Reads the file anew in another way and guesses its columns again, without changing anything: it may take a minute.
///
/// # Errors
/// `NotFound`; `Invalid` for an encoding or a header row that there is not; `Conflict` once the run has started.
pub async fn read_again(db: &Db, actor: &Actor, id: ImportRunId, spool: &Path, cmd: Reread) -> Result<Again> {
    actor.may(Verb::Import)?;
    let run = store::find(&mut db.read().await?, id).await?.ok_or(Error::NotFound)?;
    if run.state != State::Mapping {
        return Err(read_already());
    }
    let (path, kind, before) = (work::spooled(spool, &run), cmd.kind, run.mapping.clone());
    let mut mapping = blocking(move || source::guess_again(&path, &before, &cmd, now())).await?;
    // Rows above the names are no rows; an old total in another encoding or with another delimiter still holds.
    let above = |mapping: &Mapping| mapping.header.map_or(0, |at| i64::try_from(at + 1).unwrap_or(0));
    mapping.total = run.mapping.total.map(|total| total + above(&run.mapping) - above(&mapping));
    if mapping.headers.len() < 2 {
        return Err(Error::field("header", "Read in this way, the file has no columns. Please try another delimiter or row."));
    }
    Ok(Again { id, before: (run.kind, run.mapping), kind, mapping })
}

/// Takes over how a file was read again.
///
/// # Errors
/// `NotFound`; `Conflict` once the run has started, or where somebody else said meanwhile how the file is read.
pub async fn reread(tx: &mut Tx, actor: &Actor, again: &Again) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, again.id).await?.ok_or(Error::NotFound)?;
    if run.state == State::Mapping && (run.kind, run.mapping) != again.before {
        return Err(Error::conflict("Somebody else has changed how this file is read. Look at it as it is now, then read it again."));
    }
    if !store::update_mapping(tx, again.id, again.kind, &again.mapping).await? {
        return Err(read_already());
    }
    Ok(())
}

fn read_already() -> Error {
    Error::conflict("This import has started already or was discarded; it can no longer be read in another way.")
}

/// Lets a run start as soon as a worker is free.
///
/// # Errors
/// `NotFound`; `Invalid` on `columns` naming what is missing, on `day_first` while dates can be read two ways; `Conflict` if it has started.
pub async fn start(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    complete(run.kind, &run.mapping)?;
    if !store::move_on(tx, id, &[State::Mapping], State::Queued).await? {
        return Err(Error::conflict("This import has started already."));
    }
    ask(tx, actor, now, &run).await?;
    did(actor, now, "started", Thing::ImportRun, id).with(json!({ "file": run.file_name })).record(tx);
    Ok(())
}

/// Asks a worker to carry a run out, go on with it or undo it. Whoever was at it before does so no more.
pub(super) async fn ask(tx: &mut Tx, actor: &Actor, now: Time, run: &Run) -> Result<()> {
    let ask = Ask::new(job::Kind::Import, run.id).in_program(run.program_id);
    // The file of a command's import is not in the spool: it stays where the command found it.
    let before = job::store::find_unfinished(tx, job::Kind::Import, &run.id.to_string()).await?;
    let ask = match before.filter(|job| job.payload.get(work::FILE).is_some()) {
        Some(job) => ask.with(job.payload),
        None => ask,
    };
    job::act::restart(tx, actor, now, ask).await
}

/// Whether a run knows all that it needs.
pub(super) fn complete(kind: Kind, mapping: &Mapping) -> Result<()> {
    let missing = mapping.missing(kind);
    if missing.is_empty() && mapping.order_from == Origin::Open {
        return Err(Error::field(
            "day_first",
            "Dates like 3/4/2022 can be read in two ways, and nothing in this file decides it. Please say whether the day or the month \
             comes first.",
        ));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let found = mapping.headers.iter().filter(|name| !name.is_empty()).take(12).cloned().collect::<Vec<_>>().join(", ");
    let message = format!("No column holds {}. Please say which one does. The file's columns are: {found}.", missing.join(" or "));
    Err(Error::field("columns", message))
}

/// Forgets a file that waits for its columns: nothing of it was imported. The caller takes it out of the spool once this is committed.
///
/// # Errors
/// `NotFound`; `Conflict` once it has started.
pub async fn discard(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<Run> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::move_on(tx, id, &[State::Mapping], State::Discarded).await? {
        return Err(Error::conflict("This import has started already. Cancel it instead."));
    }
    store::forget_file(tx, id).await?;
    did(actor, now, "discarded", Thing::ImportRun, id).with(json!({ "file": run.file_name })).record(tx);
    Ok(run)
}

/// Stops a run. What it has brought so far stays, and can be undone.
///
/// # Errors
/// `NotFound`; `Conflict` if it does not run.
pub async fn cancel(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::move_on(tx, id, &[State::Queued, State::Running], State::Cancelled).await? {
        return Err(Error::conflict("This import is not running any more."));
    }
    // Its worker stops, and may be dead: nobody else would assess those whose posts came.
    if run.row_count > 0 {
        job::act::restart(tx, actor, now, Ask::of_program(job::Kind::Assessment, run.program_id)).await?;
    }
    if let Some(job) = job::store::find_unfinished(tx, job::Kind::Import, &id.to_string()).await? {
        job::store::cancel(tx, job.id, now).await?;
    }
    did(actor, now, "cancelled", Thing::ImportRun, id).record(tx);
    Ok(())
}

/// Goes on with a failed or cancelled run, after the last row that was saved.
///
/// # Errors
/// `NotFound`; `Conflict` unless it failed or was cancelled; `Invalid` while columns are missing.
pub async fn retry(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    complete(run.kind, &run.mapping)?;
    if !run.file_kept {
        return Err(Error::conflict(
            "The file is not kept here, so the import cannot go on. Upload the file again, or run `weheard import` with it again: what was imported is recognised.",
        ));
    }
    if !store::move_on(tx, id, &[State::Failed, State::Cancelled], State::Queued).await? {
        return Err(Error::conflict("Only an import that failed or was cancelled can be tried again."));
    }
    ask(tx, actor, now, &run).await?;
    did(actor, now, "retried", Thing::ImportRun, id).record(tx);
    Ok(())
}

/// Takes back everything that a run brought; the run itself stays on record. A worker does it in the background.
///
/// # Errors
/// `NotFound`; `Conflict` while it runs, or when its posts or people are evidence already.
pub async fn undo(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let used = store::count_candidates(tx, id).await?;
    if used > 0 {
        let who = if used == 1 { "One person".to_owned() } else { format!("{used} people") };
        return Err(Error::conflict(format!(
            "{who} from this import are on a shortlist: what they wrote is the reason for it. Take them off the shortlist first."
        )));
    }
    if !store::move_on(tx, id, &[State::Finished, State::Failed, State::Cancelled], State::Undoing).await? {
        return Err(Error::conflict("Only an import that has ended can be undone, and only once."));
    }
    ask(tx, actor, now, &run).await?;
    did(actor, now, "is undoing", Thing::ImportRun, id).with(json!({ "file": run.file_name, "created": run.created })).record(tx);
    Ok(())
}

/// Imports a file from beginning to end and says how its rows ended. For the command line, the demo and tests.
///
/// # Errors
/// As `receive` and `start`; what was imported before a failure stays, and the run says why it failed.
pub async fn import_file(db: &Db, actor: &Actor, path: &Path, options: Options) -> Result<Summary> {
    actor.may(Verb::Import)?;
    let began = std::time::Instant::now();
    let (look, kind, mut mapping) = look(path, options.kind).await?;
    let mut tx = db.begin().await?;
    let meant = meant(&mut tx, &options).await?;
    let founded = meant.is_none();
    let program = match meant {
        Some(program) => program,
        None => {
            let program = first_program(options.organisation.as_deref());
            program::store::create(&mut tx, &program).await?;
            did(actor, program.created_at, "added", Thing::Program, program.id).with(json!({ "name": program.name })).record(&mut tx);
            program
        }
    };
    let kind = as_told(&mut tx, program.id, &options, kind, &mut mapping).await?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let at = options.at.unwrap_or_else(now);
    let run = match begun(&mut tx, program.id, &look.hash, kind, &mapping).await? {
        Some(run) => run,
        None => {
            let run = Run { created_at: at, file_kept: false, ..new_run(actor, program.id, &name, look, kind, mapping, State::Queued) };
            store::create(&mut tx, &run).await?;
            did(actor, at, "started", Thing::ImportRun, run.id).with(json!({ "file": run.file_name, "bytes": run.bytes })).record(&mut tx);
            run
        }
    };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let asked = Ask::new(job::Kind::Import, run.id).in_program(run.program_id).with(json!({ work::FILE: path }));
    let held = job::act::take(&mut tx, actor, now(), asked).await?;
    let run = store::begin(&mut tx, run.id, at).await?.ok_or(Error::Busy)?;
    tx.commit().await?;
    let (id, story, working) = (run.id, options.at, db.clone());
    let ended = job::work::here(db, held, |held| async move { work::carry_out(&working, held, &run, &path, story).await }).await?;
    match ended {
        job::work::Ended { error: Some(error), .. } => return Err(error),
        job::work::Ended { state: Some(job::State::Finished), .. } => {}
        _ => return Err(Error::conflict("This import was cancelled, or another command goes on with it. What it brought so far stays.")),
    }
    let mut tx = db.read().await?;
    let after = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok(Summary {
        program: program.name,
        organisation: program.organisation,
        founded,
        counts: after.counts(),
        notes: after.notes(),
        reasons: store::count_reasons(&mut tx, id).await?,
        seconds: began.elapsed().as_secs_f64(),
    })
}

/// An import of the same file that a command began and did not end, if it reads the file in the same way: then this command goes on
/// with it, after the last row that was saved.
async fn begun(tx: &mut Tx, program: ProgramId, hash: &str, kind: Kind, mapping: &Mapping) -> Result<Option<Run>> {
    let Some(run) = store::find_begun(tx, program, hash).await? else { return Ok(None) };
    let job = job::store::find_unfinished(tx, job::Kind::Import, &run.id.to_string()).await?;
    let by_command = job.is_some_and(|job| job.payload.get(work::FILE).is_some());
    let uncounted = |mapping: &Mapping| Mapping { total: None, ..mapping.clone() };
    Ok(Some(run).filter(|run| by_command && run.kind == kind && uncounted(&run.mapping) == uncounted(mapping)))
}

/// The mapping as it was said earlier for such a file, and as the options say now.
pub(super) async fn as_told(tx: &mut Tx, program: ProgramId, options: &Options, guessed: Kind, mapping: &mut Mapping) -> Result<Kind> {
    let kind = match options.kind {
        Some(kind) => kind,
        None => recall(tx, program, guessed, mapping).await?,
    };
    say_dates(mapping, options.day_first, options.time_zone.as_deref())?;
    complete(kind, mapping)?;
    Ok(kind)
}

/// The program that is meant: the one named, else the newest of the organisation named, else the newest. None where there is none yet.
///
/// # Errors
/// `NotFound`; `Invalid` on `organisation` where the programs that there are belong to others.
pub(super) async fn meant(tx: &mut Tx, options: &Options) -> Result<Option<Program>> {
    if let Some(id) = options.program {
        return program::store::find(tx, id).await?.map(Some).ok_or(Error::NotFound);
    }
    let programs = program::store::list(tx).await?;
    let Some(organisation) = options.organisation.as_deref().map(str::trim).filter(|_| !programs.is_empty()) else {
        return Ok(programs.into_iter().next());
    };
    let there: BTreeSet<String> = programs.iter().map(|program| format!("“{}”", program.organisation)).collect();
    programs.into_iter().find(|program| program.organisation.eq_ignore_ascii_case(organisation)).map(Some).ok_or_else(|| {
        let there = there.into_iter().collect::<Vec<_>>().join(", ");
        Error::field("organisation", format!("No program is “{organisation}”'s. There are programs of {there}."))
    })
}

/// A program to import into where there is none yet; its charter is to be written before anybody is invited.
pub(super) fn first_program(organisation: Option<&str>) -> Program {
    let empty = String::new;
    Program {
        id: ProgramId::new(),
        name: "Customer advisory panel".into(),
        organisation: organisation.unwrap_or("Our organisation").to_owned(),
        market: empty(),
        language: "en".into(),
        purpose: empty(),
        sponsor: empty(),
        rules_of_listening: empty(),
        term: empty(),
        benefits: empty(),
        disclosed_costs: empty(),
        lawful_basis: empty(),
        notice: empty(),
        raw_days: 90,
        mention_months: 24,
        own_handles: empty(),
        brands: empty(),
        revision: 0,
        created_at: now(),
    }
}

//! What people do with imports: receive a file, see what it would do, start, cancel, try again, undo.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use serde_json::json;

use super::gather::Heard;
use super::order::Origin;
use super::records::{Record, Records};
use super::remember::{Saved, headers_hash};
use super::row::Reader;
use super::{Counts, Field, Kind, LeftOut, Mapping, Notes, Outcome, Run, State, Summary, source, store, work};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::author::rules::Own;
use crate::clock::{Time, now};
use crate::db::{Db, Tx};
use crate::error::{Error, Result, blocking};
use crate::ids::{ImportRunId, ProgramId};
use crate::mention::opinion::Ear;
use crate::program::{self, Program};
use crate::{customer, export, mention};

/// A dry run reads this many rows: a second or two.
const PREVIEW_ROWS: i64 = 20_000;
/// Sample rows shown beside the columns.
const SAMPLE_ROWS: usize = 5;

/// What a dry run says.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// First rows, cell by cell.
    pub sample: Vec<Vec<String>>,
    pub counts: Counts,
    /// The file is longer than what was read.
    pub cut: bool,
    /// The first rows that would be left out, and why.
    pub left_out: Vec<LeftOut>,
    /// Cells with characters that the encoding cannot have meant.
    pub garbled: i64,
    /// What is odd about rows that would be taken in all the same.
    pub notes: Notes,
}

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

/// Takes in a file that lies at `upload`: looks at it, guesses its columns, moves it into the spool.
///
/// # Errors
/// `Invalid` on the field `file` saying what is wrong with it; the upload is deleted then.
pub async fn receive(db: &Db, actor: &Actor, program: ProgramId, file_name: &str, upload: &Path, spool: &Path) -> Result<ImportRunId> {
    actor.may(Verb::Import)?;
    let run = match look_and_count(upload).await {
        Ok((look, kind, mut mapping)) => {
            let kind = recall(&mut db.read().await?, program, kind, &mut mapping).await?;
            new_run(actor, program, file_name, look, kind, mapping, State::Mapping)
        }
        Err(error) => {
            let _ = tokio::fs::remove_file(upload).await;
            return Err(error);
        }
    };
    let path = work::spooled(spool, &run);
    tokio::fs::rename(upload, &path).await.map_err(|error| source::unreadable(&path, &error))?;
    let mut tx = db.write().await?;
    store::create(&mut tx, &run).await?;
    did(actor, run.created_at, "uploaded", Thing::ImportRun, run.id)
        .with(json!({ "file": run.file_name, "bytes": run.bytes }))
        .record(&mut tx);
    tx.commit().await?;
    Ok(run.id)
}

async fn look(path: &Path, kind: Option<Kind>) -> Result<(source::Look, Kind, Mapping)> {
    let path = path.to_owned();
    blocking(move || {
        let look = source::look(&path)?;
        let (kind, mapping) = source::guess(&path, &look, kind, now())?;
        Ok((look, kind, mapping))
    })
    .await
}

/// Reads a file as a person wanted the last one with the same columns to be read, if there was one.
async fn recall(tx: &mut Tx, program: ProgramId, kind: Kind, mapping: &mut Mapping) -> Result<Kind> {
    let Some(hash) = headers_hash(mapping) else { return Ok(kind) };
    let saved = store::find_preset(tx, program, &hash).await?;
    Ok(saved.map_or(kind, |saved| saved.apply(mapping)))
}

/// As `look`, with the rows counted, so that progress can be shown against a whole.
async fn look_and_count(path: &Path) -> Result<(source::Look, Kind, Mapping)> {
    let (look, kind, mut mapping) = look(path, None).await?;
    let (path, counted, bytes) = (path.to_owned(), mapping.clone(), look.bytes);
    mapping.total = blocking(move || source::count(&path, &counted, bytes)).await?;
    Ok((look, kind, mapping))
}

fn new_run(actor: &Actor, program: ProgramId, name: &str, look: source::Look, kind: Kind, mapping: Mapping, state: State) -> Run {
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(200).collect();
    Run {
        id: ImportRunId::new(),
        program_id: program,
        kind,
        file_name: if name.trim().is_empty() { "upload.csv".into() } else { name },
        file_hash: look.hash,
        bytes: look.bytes,
        mapping,
        state,
        row_count: 0,
        created: 0,
        updated: 0,
        duplicate: 0,
        set_aside: 0,
        rejected: 0,
        error: None,
        by_account: actor.account().map(|id| id.0),
        created_at: now(),
        started_at: None,
        finished_at: None,
        lease_until: None,
        undone_at: None,
        recoded: 0,
        damaged_ids: 0,
        mojibake: 0,
    }
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

/// Says what the columns hold, before the run starts. What differs from the guess is kept for the next file with the same columns.
///
/// # Errors
/// `NotFound`; `Invalid` on `columns` for a mapping of another width, on `time_zone` for no zone; `Conflict` once it has started.
pub async fn map(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId, said: Said) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if said.columns.len() != run.mapping.headers.len() {
        return Err(Error::field("columns", "The file has other columns by now. Please reload the page."));
    }
    let mut mapping = Mapping { columns: said.columns, ..run.mapping.clone() };
    say_dates(&mut mapping, said.day_first, Some(&said.time_zone))?;
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
fn say_dates(mapping: &mut Mapping, day_first: Option<bool>, time_zone: Option<&str>) -> Result<()> {
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
#[derive(Clone, Debug)]
pub struct Reread {
    pub kind: Kind,
    pub encoding: String,
    pub delimiter: char,
    /// Which row holds the names, from 1; 0 for none.
    pub header: usize,
}

/// Reads the file anew in another way and guesses its columns again.
///
/// # Errors
/// `NotFound`; `Invalid` for an encoding or a header row that there is not; `Conflict` once the run has started.
pub async fn reread(tx: &mut Tx, actor: &Actor, id: ImportRunId, spool: &Path, cmd: Reread) -> Result<()> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let (path, kind, before) = (work::spooled(spool, &run), cmd.kind, run.mapping.clone());
    let mut mapping = blocking(move || source::guess_again(&path, &before, &cmd, now())).await?;
    // Rows above the names are no rows; an old total in another encoding or with another delimiter still holds.
    let above = |mapping: &Mapping| mapping.header.map_or(0, |at| i64::try_from(at + 1).unwrap_or(0));
    mapping.total = run.mapping.total.map(|total| total + above(&run.mapping) - above(&mapping));
    if mapping.headers.len() < 2 {
        return Err(Error::field("header", "Read in this way, the file has no columns. Please try another delimiter or row."));
    }
    if !store::update_mapping(tx, run.id, kind, &mapping).await? {
        return Err(Error::conflict("This import has started already; it can no longer be read in another way."));
    }
    Ok(())
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
    did(actor, now, "started", Thing::ImportRun, id).with(json!({ "file": run.file_name })).record(tx);
    Ok(())
}

fn complete(kind: Kind, mapping: &Mapping) -> Result<()> {
    let missing = mapping.missing(kind);
    if missing.is_empty() && mapping.order_from == Origin::Open {
        return Err(Error::field(
            "day_first",
            "Dates like 3/4/2022 can be read in two ways, and nothing in this file decides it. Please say whether the day or the month \
             comes first (on the command line: --dates day-first or --dates month-first).",
        ));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let found = mapping.headers.iter().filter(|name| !name.is_empty()).take(12).cloned().collect::<Vec<_>>().join(", ");
    let message = format!("No column holds {}. Please say which one does. The file's columns are: {found}.", missing.join(" or "));
    Err(Error::field("columns", message))
}

/// Stops a run. What it has brought so far stays, and can be undone.
///
/// # Errors
/// `NotFound`; `Conflict` if it has ended.
pub async fn cancel(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    actor.may(Verb::Import)?;
    store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::move_on(tx, id, &[State::Mapping, State::Queued, State::Running], State::Cancelled).await? {
        return Err(Error::conflict("This import has ended already."));
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
    if !store::move_on(tx, id, &[State::Failed, State::Cancelled], State::Queued).await? {
        return Err(Error::conflict("Only an import that failed or was cancelled can be tried again."));
    }
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
    did(actor, now, "is undoing", Thing::ImportRun, id).with(json!({ "file": run.file_name, "created": run.created })).record(tx);
    Ok(())
}

/// Reads the file as the mapping says and tells what would happen, without changing anything.
///
/// # Errors
/// `Unavailable` where the file is gone.
pub async fn preview(db: &Db, run: &Run, path: &Path) -> Result<Preview> {
    let (mapping, kind, path) = (run.mapping.clone(), run.kind, path.to_owned());
    let complete = mapping.missing(kind).is_empty();
    let mut tx = db.read().await?;
    // Before the first program nobody is the organisation's own yet.
    let own = program::store::find(&mut tx, run.program_id).await?.map(|program| Own::new(&program.organisation, &program.own_handles));
    drop(tx);
    let (mut preview, seen) = blocking(move || dry_run(&path, &mapping, kind, complete, own.as_ref())).await?;
    let mut tx = db.read().await?;
    let keys: Vec<&str> = seen.keys().map(String::as_str).collect();
    let (known, again): (Vec<String>, _) = match kind {
        Kind::Mentions => {
            let known = mention::store::list_known(&mut tx, run.program_id, &keys).await?;
            (known.into_iter().map(|known| known.dedupe_key).collect(), Outcome::Duplicate)
        }
        Kind::Customers => {
            let known = customer::store::list_known(&mut tx, run.program_id, &keys).await?;
            (known.into_iter().map(|known| known.external_ref).collect(), Outcome::Updated)
        }
    };
    for outcome in known.iter().filter_map(|key| seen.get(key)) {
        preview.counts.instead(*outcome, again);
    }
    Ok(preview)
}

fn dry_run(path: &Path, mapping: &Mapping, kind: Kind, complete: bool, own: Option<&Own>) -> Result<(Preview, HashMap<String, Outcome>)> {
    let mut records = source::rows(path, mapping)?;
    let (reader, ear) = (Reader::new(mapping, now()), Ear::default());
    let (mut preview, mut record, mut seen) = (Preview::default(), Record::default(), HashMap::new());
    while records.next(&mut record).map_err(|error| source::unreadable(path, &error))? {
        if preview.sample.len() < SAMPLE_ROWS {
            preview.sample.push(record.cells().map(str::to_owned).collect());
        }
        if preview.counts.rows >= PREVIEW_ROWS {
            preview.cut = true;
            break;
        }
        preview.garbled += i64::from(record.raw().contains('\u{fffd}'));
        preview.notes.recoded += i64::from(record.recoded);
        if !complete {
            preview.counts.rows += 1;
            continue;
        }
        let key = match kind {
            Kind::Mentions => reader.post(&record).map(|post| {
                preview.notes.damaged_ids += i64::from(post.damaged_id);
                preview.notes.mojibake += i64::from(post.mojibake);
                let aside = own.is_some_and(|own| own.reason(&post.handle.key).is_some());
                (Heard::new(post, &ear).key, if aside { Outcome::SetAside } else { Outcome::Created })
            }),
            Kind::Customers => reader.person(&record).map(|person| (person.external_ref, Outcome::Created)),
        };
        match key {
            Ok((key, _)) if seen.contains_key(&key) => preview.counts.add(Outcome::Duplicate),
            Ok((key, outcome)) => {
                preview.counts.add(outcome);
                seen.insert(key, outcome);
            }
            Err(refused) => {
                preview.counts.add(refused.outcome);
                if preview.left_out.len() < 20 {
                    preview.left_out.push(work::left_out(&record, refused));
                }
            }
        }
    }
    Ok((preview, seen))
}

/// The rows that were rejected or set aside, as a file that can be mended and imported again.
pub async fn left_out_csv(tx: &mut Tx, actor: &Actor, id: ImportRunId) -> Result<Vec<u8>> {
    actor.may(Verb::Import)?;
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let headers: Vec<&str> =
        ["Line", "Outcome", "Column", "Reason"].into_iter().chain(run.mapping.headers.iter().map(String::as_str)).collect();
    let mut file = export::csv(&headers, Vec::<Vec<String>>::new());
    let mut after = 0;
    loop {
        let rows = store::list_rows(tx, id, &[Outcome::Rejected, Outcome::SetAside], after, 1000).await?;
        let Some(last) = rows.last() else { return Ok(file) };
        after = last.line;
        for row in &rows {
            let mut record = Record::default();
            let mut records = Records::new(row.raw.as_bytes(), run.mapping.delimiter);
            let read = records.next(&mut record).unwrap_or(false);
            let line = row.line.to_string();
            let told = [line.as_str(), row.outcome.label(), row.column_name.as_deref().unwrap_or(""), &row.reason];
            export::line(&mut file, told.into_iter().chain(record.cells().filter(|_| read)));
        }
    }
}

/// Every row that was not simply taken in: its line, how it ended, the column at fault, why, and which row it repeats.
pub async fn rows_csv(tx: &mut Tx, actor: &Actor, id: ImportRunId) -> Result<Vec<u8>> {
    actor.may(Verb::Import)?;
    store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut file = export::csv(&["Line", "Outcome", "Column", "Reason", "Repeats line", "Of import"], Vec::<Vec<String>>::new());
    let mut names: HashMap<ImportRunId, String> = HashMap::new();
    let mut after = 0;
    loop {
        let rows = store::list_rows(tx, id, &[], after, 1000).await?;
        let Some(last) = rows.last() else { return Ok(file) };
        after = last.line;
        for row in &rows {
            let of = match row.repeats_run {
                Some(run) if run == id => "this file".to_owned(),
                Some(run) => {
                    if let Entry::Vacant(place) = names.entry(run) {
                        place.insert(store::find(tx, run).await?.map_or_else(String::new, |run| run.file_name));
                    }
                    names.get(&run).cloned().unwrap_or_default()
                }
                None => String::new(),
            };
            let line = row.line.to_string();
            let repeats = row.repeats_line.map(|line| line.to_string()).unwrap_or_default();
            let column = row.column_name.as_deref().unwrap_or("");
            export::line(&mut file, [line.as_str(), row.outcome.label(), column, &row.reason, &repeats, &of]);
        }
    }
}

/// Says what importing a file would do, without doing it. For the command line.
///
/// # Errors
/// As `import_file`.
pub async fn preview_file(db: &Db, actor: &Actor, path: &Path, options: Options) -> Result<Preview> {
    actor.may(Verb::Import)?;
    let (look, kind, mut mapping) = look(path, options.kind).await?;
    let mut tx = db.read().await?;
    let program = match options.program {
        Some(id) => program::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?.id,
        None => program::store::list(&mut tx).await?.first().map_or_else(ProgramId::new, |newest| newest.id),
    };
    let kind = as_told(&mut tx, program, &options, kind, &mut mapping).await?;
    drop(tx);
    preview(db, &new_run(actor, program, "", look, kind, mapping, State::Mapping), path).await
}

/// Imports a file from beginning to end and says how its rows ended. For the command line, the demo and tests.
///
/// # Errors
/// As `receive` and `start`; what was imported before a failure stays, and the run says why it failed.
pub async fn import_file(db: &Db, actor: &Actor, path: &Path, options: Options) -> Result<Summary> {
    actor.may(Verb::Import)?;
    let began = std::time::Instant::now();
    let (look, kind, mut mapping) = look(path, options.kind).await?;
    let mut tx = db.write().await?;
    let program = match options.program {
        Some(id) => program::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?,
        None => match program::store::list(&mut tx).await?.into_iter().next() {
            Some(newest) => newest,
            None => first_program(&mut tx, actor, options.organisation.as_deref()).await?,
        },
    };
    let kind = as_told(&mut tx, program.id, &options, kind, &mut mapping).await?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let at = options.at.unwrap_or_else(now);
    let run = Run { created_at: at, ..new_run(actor, program.id, &name, look, kind, mapping, State::Queued) };
    store::create(&mut tx, &run).await?;
    if !store::lease_one(&mut tx, run.id, at, work::lease_until(now())).await? {
        return Err(Error::Internal("a run that was just made could not be taken".into()));
    }
    did(actor, at, "started", Thing::ImportRun, run.id).with(json!({ "file": run.file_name, "bytes": run.bytes })).record(&mut tx);
    tx.commit().await?;
    work::carry_out(db, &run, path, options.at).await?;
    let mut tx = db.read().await?;
    let after = store::find(&mut tx, run.id).await?.ok_or(Error::NotFound)?;
    Ok(Summary { counts: after.counts(), notes: after.notes(), seconds: began.elapsed().as_secs_f64() })
}

/// The mapping as it was said earlier for such a file, and as the options say now.
async fn as_told(tx: &mut Tx, program: ProgramId, options: &Options, guessed: Kind, mapping: &mut Mapping) -> Result<Kind> {
    let kind = match options.kind {
        Some(kind) => kind,
        None => recall(tx, program, guessed, mapping).await?,
    };
    say_dates(mapping, options.day_first, options.time_zone.as_deref())?;
    complete(kind, mapping)?;
    Ok(kind)
}

/// A program to import into where there is none yet; its charter is to be written before anybody is invited.
async fn first_program(tx: &mut Tx, actor: &Actor, organisation: Option<&str>) -> Result<Program> {
    let empty = String::new;
    let program = Program {
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
        revision: 0,
        created_at: now(),
    };
    program::store::create(tx, &program).await?;
    did(actor, program.created_at, "added", Thing::Program, program.id).with(json!({ "name": program.name })).record(tx);
    Ok(program)
}

//! An import in one call, without an upload and a worker: for the command line, the demo and tests.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::{self, act::JobRequest};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result, blocking};
use crate::kernel::ids::ProgramId;
use crate::listening::customer::SurveyScale;
use crate::listening::import::batch::work;
use crate::listening::import::intake::{inspect, new_run, recall};
use crate::listening::import::mapping::answers::MappingAnswers;
use crate::listening::import::mapping::columns::{MappingOrigin, ReadingOptions};
use crate::listening::import::mapping::confidence::ColumnConfidence;
use crate::listening::import::mapping::guess_file;
use crate::listening::import::mapping::questions::{Asked, answered};
use crate::listening::import::reading::container::Content;
use crate::listening::import::reading::source::FileInspection;
use crate::listening::import::{ColumnMapping, ImportCounts, ImportField, ImportKind, ImportNotes, ImportRun, ImportState, store};
use crate::program::{self, Charter, Program};

/// How `import_file` is to read a file.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The newest program if none is named; a first one is made where there is none.
    pub program: Option<ProgramId>,
    /// Guessed if none is named.
    pub kind: Option<ImportKind>,
    /// The company's name, for the first program.
    pub organisation: Option<String>,
    /// Whether 3/4/2022 is the third of April, where a person says so.
    pub day_first: Option<bool>,
    /// The zone of dates that name none, where a person says so: "Europe/Berlin".
    pub time_zone: Option<String>,
    /// What a person says about how the file is laid out, over what is guessed.
    pub layout: LayoutOptions,
    /// The time of the import, for demos and tests. Now by default.
    pub at: Option<Time>,
}

/// How a file is laid out, as a person says.
#[derive(Clone, Debug, Default)]
pub struct LayoutOptions {
    /// Which row holds the column names, from 1; 0 for none.
    pub header_row: Option<usize>,
    /// The sheet of a workbook, or the list within an object of JSON.
    pub sheet: Option<String>,
    /// What columns hold: (field, name of the column) each.
    pub columns: Vec<(ImportField, String)>,
    /// The network of rows that name none.
    pub network: Option<String>,
    /// What abbreviations of zones mean: (“IST”, “India” or “+05:30”) each.
    pub zones: Vec<(String, String)>,
    /// How far the scores of a survey go.
    pub survey_scale: Option<SurveyScale>,
    /// Who agreed to marketing agreed to be invited to panels.
    pub marketing_is_consent: bool,
}

/// What the command line prints: the outcome of one import.
#[derive(Clone, Debug, Serialize)]
pub struct ImportSummary {
    pub program: String,
    pub organisation: String,
    /// The program was made for this import: its charter is empty.
    pub founded: bool,
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// Apart from the counts, which add up to the rows.
    pub notes: ImportNotes,
    /// Why rows were left out, most first.
    pub reasons: Vec<store::SkipReason>,
    /// Whether nothing told the network, so that it is unknown.
    pub network_unknown: bool,
    pub seconds: f64,
}

/// Imports a file from beginning to end and says how its rows ended.
///
/// # Errors
/// As `receive` and `map_and_start`; what was imported before a failure stays, and the run says why it failed.
pub async fn import_file(db: &Db, actor: &Actor, path: &Path, options: ImportOptions) -> Result<ImportSummary> {
    actor.may(Permission::Import)?;
    let began = std::time::Instant::now();
    let name = file_name(path);
    let (inspection, kind, mut mapping) = inspect_with_options(path, &options).await?;
    let mut tx = db.begin().await?;
    let (program, founded) = program_of(&mut tx, actor, &options).await?;
    let kind = apply_options(&mut tx, program.id, &options, kind, &mut mapping).await?;
    let at = options.at.unwrap_or_else(now);
    let run = match begun(&mut tx, program.id, &inspection.hash, kind, &mapping).await? {
        Some(run) => run,
        None => {
            let run = ImportRun {
                created_at: at,
                file_kept: false,
                ..new_run(actor, program.id, &name, inspection, kind, mapping, ImportState::Queued)
            };
            store::create(&mut tx, &run).await?;
            audit(actor, at, "started", ResourceType::ImportRun, run.id)
                .with(json!({ "file": run.file_name, "bytes": run.bytes }))
                .record(&mut tx);
            run
        }
    };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let asked = JobRequest::new(job::JobKind::Import, run.id).in_program(run.program_id).with(json!({ work::FILE: path }));
    let held = job::act::take(&mut tx, actor, now(), asked).await?;
    let run = store::begin(&mut tx, run.id, at).await?.ok_or(Error::Busy)?;
    tx.commit().await?;
    let (id, story, working) = (run.id, options.at, db.clone());
    let ended = job::work::here(db, held, |held| async move { work::carry_out(&working, held, &run, &path, story).await }).await?;
    match ended {
        job::work::Ended { error: Some(error), .. } => return Err(error),
        job::work::Ended { state: Some(job::JobState::Finished), .. } => {}
        _ => return Err(Error::conflict("This import was cancelled, or another command continues it. Rows imported before are saved.")),
    }
    let mut tx = db.read().await?;
    let after = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok(ImportSummary {
        program: program.charter.name,
        organisation: program.charter.organisation,
        founded,
        counts: after.counts(),
        notes: after.notes(),
        reasons: store::count_reasons(&mut tx, id).await?,
        network_unknown: after.kind == ImportKind::Mentions && after.mapping.network_from == MappingOrigin::Open,
        seconds: began.elapsed().as_secs_f64(),
    })
}

/// The program to import into, and whether it was made for that.
async fn program_of(tx: &mut Tx, actor: &Actor, options: &ImportOptions) -> Result<(Program, bool)> {
    if let Some(program) = chosen_program(tx, options).await? {
        return Ok((program, false));
    }
    let program = first_program(options.organisation.as_deref());
    program::store::create(tx, &program).await?;
    audit(actor, program.created_at, "added", ResourceType::Program, program.id).with(json!({ "name": program.charter.name })).record(tx);
    Ok((program, true))
}

/// An import of the same file that a command began and did not end, if it reads the file in the same way: then this command goes on
/// with it, after the last row that was saved.
async fn begun(tx: &mut Tx, program: ProgramId, hash: &str, kind: ImportKind, mapping: &ColumnMapping) -> Result<Option<ImportRun>> {
    let Some(run) = store::find_begun(tx, program, hash).await? else { return Ok(None) };
    let job = job::store::find_unfinished(tx, job::JobKind::Import, &run.id.to_string()).await?;
    let by_command = job.is_some_and(|job| job.payload.get(work::FILE).is_some());
    let uncounted = |mapping: &ColumnMapping| ColumnMapping { total: None, ..mapping.clone() };
    Ok(Some(run).filter(|run| by_command && run.kind == kind && uncounted(&run.mapping) == uncounted(mapping)))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Looks at a file as the options say that it is laid out: which sheet, which header row, what its columns hold, which network.
///
/// # Errors
/// `Invalid` on the option that does not fit the file.
pub(super) async fn inspect_with_options(path: &Path, options: &ImportOptions) -> Result<(FileInspection, ImportKind, ColumnMapping)> {
    let (inspection, kind, mut mapping) = inspect(path, &file_name(path), options.kind, guess_file::guess).await?;
    let LayoutOptions { header_row, sheet, columns, .. } = options.layout.clone();
    if sheet.is_some() && inspection.content == Content::Text {
        return Err(Error::field("sheet", "This file has no sheets. Leave out the sheet."));
    }
    if header_row.is_some() || sheet.is_some() {
        let sheet = sheet.or_else(|| mapping.sheet.clone());
        let reading = ReadingOptions { header: header_row.unwrap_or(0), sheet, ..ReadingOptions::of(kind, &mapping) };
        let again = if header_row.is_some() { guess_file::guess_again } else { guess_file::guess_sheet };
        let (path, before) = (path.to_owned(), mapping);
        mapping = blocking(move || again(&path, &before, &reading, now())).await?;
    }
    let guessed = mapping.columns.clone();
    for (field, column) in &columns {
        let place = mapping.headers.iter().position(|header| header.trim() == column.trim());
        let place = place.or_else(|| mapping.headers.iter().position(|header| header.to_lowercase().starts_with(&column.to_lowercase())));
        let Some(place) = place else {
            let there = mapping.headers.iter().map(|header| format!("“{header}”")).collect::<Vec<_>>().join(", ");
            return Err(Error::field("map", format!("The file has no column “{column}”. Its columns are {there}.")));
        };
        let field = field.in_kind(kind);
        mapping.columns.iter_mut().filter(|held| **held == Some(field) && field != ImportField::Extra).for_each(|held| *held = None);
        mapping.columns[place] = Some(field);
        mapping.confidence.resize(mapping.columns.len(), None);
        mapping.confidence[place] = Some(ColumnConfidence::PERSON);
    }
    mapping.follow(&guessed);
    Ok((inspection, kind, mapping))
}

/// The mapping as it was said earlier for such a file, and as the options say now.
pub(super) async fn apply_options(
    tx: &mut Tx,
    program: ProgramId,
    options: &ImportOptions,
    guessed: ImportKind,
    mapping: &mut ColumnMapping,
) -> Result<ImportKind> {
    let kind = match options.kind {
        Some(kind) => kind,
        // What is said now leads over what was said for an earlier file.
        None if options.layout.columns.is_empty() && options.layout.header_row.is_none() => recall(tx, program, guessed, mapping).await?,
        None => guessed,
    };
    let LayoutOptions { network, zones, survey_scale, marketing_is_consent, .. } = &options.layout;
    let answers = MappingAnswers {
        day_first: options.day_first,
        time_zone: options.time_zone.clone().unwrap_or_default(),
        network: network.clone(),
        short_zones: zones.iter().cloned().collect(),
        survey_scale: *survey_scale,
        marketing_is_consent: *marketing_is_consent || mapping.marketing_is_consent,
        ..MappingAnswers::default()
    };
    answers.say(mapping)?;
    answered(kind, mapping, Asked::Command)?;
    Ok(kind)
}

/// The program that is meant: the one named, else the newest of the organisation named, else the newest. None where there is none yet.
///
/// # Errors
/// `NotFound`; `Invalid` on `organisation` where the programs that there are belong to others.
pub(super) async fn chosen_program(tx: &mut Tx, options: &ImportOptions) -> Result<Option<Program>> {
    if let Some(id) = options.program {
        return program::store::find(tx, id).await?.map(Some).ok_or(Error::NotFound);
    }
    let programs = program::store::list(tx).await?;
    let Some(organisation) = options.organisation.as_deref().map(str::trim).filter(|_| !programs.is_empty()) else {
        return Ok(programs.into_iter().next());
    };
    let there: BTreeSet<String> = programs.iter().map(|program| format!("“{}”", program.charter.organisation)).collect();
    programs.into_iter().find(|program| program.charter.organisation.eq_ignore_ascii_case(organisation)).map(Some).ok_or_else(|| {
        let there = there.into_iter().collect::<Vec<_>>().join(", ");
        Error::field("organisation", format!("There is no program for “{organisation}”. There are programs for {there}."))
    })
}

/// A program to import into where there is none yet; its charter is to be written before anybody is invited.
pub(super) fn first_program(organisation: Option<&str>) -> Program {
    let charter = Charter {
        name: "Customer advisory panel".into(),
        organisation: organisation.unwrap_or("Our organisation").to_owned(),
        language: "en".into(),
        ..Charter::unwritten()
    };
    Program { id: ProgramId::new(), charter, revision: 0, created_at: now() }
}

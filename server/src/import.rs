//! `weheard import`: a file from the command line, and how its rows ended.

use app::db::Db;
use app::error::{Error, Result};
use app::ids::ProgramId;
use app::import::act::{self, Options};
use app::import::dry;
use app::import::store::Reason;
use app::import::{Counts, Notes};
use app::program;
use serde_json::json;

use crate::cli::{DateOrder, ImportFile};
use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `weheard import`.
pub async fn import(settings: &Settings, cmd: ImportFile) -> Result<()> {
    if !cmd.file.is_file() {
        return Err(Error::field("file", format!("There is no file {}.", cmd.file.display())));
    }
    let db = open::database(settings).await?;
    let program = match &cmd.program {
        Some(words) => Some(find_program(&db, words).await?),
        None => None,
    };
    let options = Options {
        program,
        kind: cmd.kind,
        organisation: cmd.organisation.clone(),
        day_first: cmd.dates.map(|order| order == DateOrder::DayFirst),
        time_zone: cmd.time_zone.clone(),
        at: None,
    };
    if cmd.dry_run {
        let preview = dry::preview_file(&db, &OPERATOR, &cmd.file, options).await.map_err(hinted)?;
        if cmd.json {
            out::json(&json!({"dry_run": true, "read_to_the_end": !preview.cut, "would": preview.counts}));
        } else {
            let part = if preview.cut { " of the rows read so far" } else { "" };
            out::line(format!("Would end{part}: {}. Nothing was changed.", words(&preview.counts)));
        }
    } else {
        let summary = act::import_file(&db, &OPERATOR, &cmd.file, options).await.map_err(hinted)?;
        if cmd.json {
            out::json(&summary);
        } else {
            if summary.founded {
                out::line(format!(
                    "There was no program, so one was begun: “{}” of “{}”. Please write its charter: lawful basis and notice are empty.",
                    summary.program, summary.organisation
                ));
            }
            out::line(format!("{} in {:.1} s.", words(&summary.counts), summary.seconds));
            odd(&summary.notes).into_iter().for_each(out::line);
            summary.reasons.iter().map(why).for_each(out::line);
        }
    }
    db.close().await;
    Ok(())
}

/// An error with how the command line is told what is missing.
fn hinted(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    let flags = [("day_first", "--dates day-first or --dates month-first says it."), ("time_zone", "--time-zone names it.")];
    for (field, message) in &mut fields {
        if let Some((_, flag)) = flags.iter().find(|(name, _)| name == field) {
            message.push(' ');
            message.push_str(flag);
        }
    }
    Error::Invalid(fields)
}

fn words(counts: &Counts) -> String {
    let Counts { rows, created, updated, duplicate, set_aside, rejected } = counts;
    format!("{rows} rows: {created} created, {updated} updated, {duplicate} duplicate, {set_aside} set aside, {rejected} rejected")
}

/// Why rows were left out, and where the first of them stands.
fn why(Reason { outcome, column_name, reason, found, line }: &Reason) -> String {
    let column = column_name.as_ref().map(|name| format!(", column “{name}”")).unwrap_or_default();
    let lines = if *found == 1 { format!("line {line}") } else { format!("first in line {line}") };
    format!("{found} {}, {lines}{column}: {reason}", outcome.label())
}

/// What was odd about rows that were taken in all the same, a line each.
fn odd(notes: &Notes) -> Vec<String> {
    let said = [
        (notes.recoded, "not in the file's encoding and read as windows-1252"),
        (notes.damaged_ids, "with an id that a spreadsheet destroyed, known by link, else by author, time and text"),
        (notes.mojibake, "with letters that were lost before the file was made"),
    ];
    said.iter().filter(|(rows, _)| *rows > 0).map(|(rows, what)| format!("Rows {what}: {rows}.")).collect()
}

/// The program with this id, or the newest with this name.
pub async fn find_program(db: &Db, words: &str) -> Result<ProgramId> {
    let programs = program::store::list(&mut db.read().await?).await?;
    let found = programs.iter().find(|program| program.id.to_string() == words || program.name.eq_ignore_ascii_case(words.trim()));
    found.map(|program| program.id).ok_or_else(|| {
        let names = programs.iter().map(|program| format!("“{}”", program.name)).collect::<Vec<_>>().join(", ");
        let known = if programs.is_empty() { "There is none yet.".to_owned() } else { format!("There is: {names}.") };
        Error::Missing(format!("There is no program “{words}”. {known}"))
    })
}

//! `weheard import`.

use std::path::PathBuf;

use app::db::Db;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ProgramId;
use app::listening::customer::SurveyScale;
use app::listening::import::import_file::{ImportOptions, LayoutOptions, import_file};
use app::listening::import::outcome::dry_run;
use app::listening::import::store::SkipReason;
use app::listening::import::{ImportCounts, ImportField, ImportKind, ImportNotes};
use app::program;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::settings::Settings;
use crate::upkeep::OPERATOR;
use crate::{open, out};

/// `import`.
#[derive(Args, Debug)]
pub struct ImportFile {
    /// The file: .csv, .tsv, .xlsx or .json, also as .gz or .zip
    pub file: PathBuf,
    /// mentions or customers [default: guessed from the columns]
    #[arg(long)]
    pub kind: Option<ImportKind>,
    /// ID or name of the program [default: the newest]
    #[arg(long)]
    pub program: Option<String>,
    /// Your organisation, for the first program of a new database
    #[arg(long)]
    pub organisation: Option<String>,
    /// Date format, where the file does not make it clear
    #[arg(long)]
    pub dates: Option<DateOrder>,
    /// Time zone of dates that have none, such as Europe/Berlin [default: UTC]
    #[arg(long)]
    pub time_zone: Option<String>,
    /// What a column holds, such as author=Reviewer or text="What did you like?" (repeat for more)
    ///
    /// text, author, name, date, time, id, link, sentiment, language, country, followers, reach,
    /// engagement, likes, comments, shares, network; for customers number, name, first_name, last_name,
    /// email, phone, company, products, owns, purchased, country, language, consent, marketing_consent,
    /// consent_since, last_contact, survey_answer, survey_at, social_handle, tags, extra
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = mapped)]
    pub map: Vec<(String, String)>,
    /// Row of the column names, from 1; 0 if there is none
    #[arg(long)]
    pub header_row: Option<usize>,
    /// Sheet of a workbook, or list within a JSON object, such as data.items
    #[arg(long)]
    pub sheet: Option<String>,
    /// Network of rows without one, such as Reddit
    #[arg(long)]
    pub network: Option<String>,
    /// What a time zone abbreviation in the dates means, such as IST=India or IST=+05:30 (repeat for more)
    #[arg(long = "zone", value_name = "NAME=ZONE", value_parser = zone)]
    pub zones: Vec<(String, String)>,
    /// Scale of the survey answers: 10 (0 to 10), 5 (1 to 5) or words
    #[arg(long, value_name = "SCALE")]
    pub survey_scale: Option<SurveyScale>,
    /// Treat marketing consent as consent to be invited to panels
    #[arg(long)]
    pub marketing_consent_counts: bool,
    /// Show what the import would do, without saving anything
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `import --dates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DateOrder {
    /// 3/4/2022 is 3 April
    DayFirst,
    /// 3/4/2022 is March 4
    MonthFirst,
}

fn mapped(text: &str) -> std::result::Result<(String, String), String> {
    let (field, column) = text.split_once('=').ok_or("write FIELD=COLUMN, such as author=Reviewer")?;
    Ok((field.trim().to_lowercase(), column.trim().to_owned()))
}

fn zone(text: &str) -> std::result::Result<(String, String), String> {
    let (name, meaning) = text.split_once('=').ok_or("write NAME=ZONE, such as IST=India or IST=+05:30")?;
    Ok((name.trim().to_uppercase(), meaning.trim().to_owned()))
}

/// The field that a word of `--map` means. What is called the same in both kinds of files, the file's kind decides.
fn field(word: &str) -> Result<ImportField> {
    Ok(match word {
        "author" => ImportField::Handle,
        "date" => ImportField::At,
        "time" => ImportField::Clock,
        "link" => ImportField::Url,
        "number" => ImportField::Ref,
        "consent" => ImportField::Consents,
        other => {
            other.parse().map_err(|_| Error::field("map", format!("“{word}” is not a field. See weheard import --help for the fields.")))?
        }
    })
}

/// `weheard import`.
pub async fn import(settings: &Settings, cmd: ImportFile) -> Result<()> {
    if !cmd.file.is_file() {
        return Err(Error::field("file", format!("{} does not exist or is not a file. Check the path.", cmd.file.display())));
    }
    let db = open::database(settings).await?;
    let program = match &cmd.program {
        Some(words) => Some(find_program(&db, words).await?),
        None => None,
    };
    let options = ImportOptions {
        program,
        kind: cmd.kind,
        organisation: cmd.organisation.clone(),
        day_first: cmd.dates.map(|order| order == DateOrder::DayFirst),
        time_zone: cmd.time_zone.clone(),
        layout: LayoutOptions {
            header_row: cmd.header_row,
            sheet: cmd.sheet.clone(),
            columns: cmd.map.iter().map(|(word, column)| Ok((field(word)?, column.clone()))).collect::<Result<_>>()?,
            network: cmd.network.clone(),
            zones: cmd.zones.clone(),
            survey_scale: cmd.survey_scale,
            marketing_is_consent: cmd.marketing_consent_counts,
        },
        at: None,
    };
    if cmd.dry_run {
        let preview = dry_run::preview_file(&db, &OPERATOR, &cmd.file, options).await.map_err(hinted)?;
        if cmd.json {
            out::json(&json!({"dry_run": true, "read_to_the_end": !preview.cut, "would": preview.counts}));
        } else {
            let part = if preview.cut { ", first part of the file" } else { "" };
            out::line(format!("Dry run{part}: {}. Nothing was saved.", words(&preview.counts)));
        }
    } else {
        let summary = import_file(&db, &OPERATOR, &cmd.file, options).await.map_err(hinted)?;
        if cmd.json {
            out::json(&summary);
        } else {
            if summary.founded {
                out::line(format!(
                    "Created the first program: “{}” for “{}”. Complete its charter before you invite people.",
                    summary.program, summary.organisation
                ));
            }
            out::line(format!("{} in {:.1} s.", words(&summary.counts), summary.seconds));
            odd(&summary.notes).into_iter().for_each(out::line);
            if summary.network_unknown {
                out::line(
                    "The file does not say its network, so it is unknown. Undo the import and add --network, such as --network Reddit.",
                );
            }
            summary.reasons.iter().map(why).for_each(out::line);
        }
    }
    db.close().await;
    Ok(())
}

/// An error with the flag that corrects it.
fn hinted(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    let flags = [
        ("columns", "Add --map text=COLUMN, --map date=COLUMN or --header-row."),
        ("day_first", "Add --dates day-first or --dates month-first."),
        ("time_zone", "Use --time-zone."),
        ("zone", "Add --zone NAME=ZONE, such as --zone IST=India."),
        ("survey_scale", "Add --survey-scale 10, --survey-scale 5 or --survey-scale words."),
        ("network", "Add --network, such as --network Reddit."),
        ("confidence", "Check the column, then add --map with its name, such as --map text=COLUMN or --map author=COLUMN."),
    ];
    for (field, message) in &mut fields {
        if let Some((_, flag)) = flags.iter().find(|(name, _)| name == field || (*name == "zone" && field.starts_with("zone-"))) {
            *message = format!("{message} {flag}").into();
        }
    }
    Error::Invalid(fields)
}

fn words(counts: &ImportCounts) -> String {
    let ImportCounts { rows, created, updated, duplicate, excluded, rejected } = counts;
    format!("{rows} rows: {created} created, {updated} updated, {duplicate} duplicate, {excluded} excluded, {rejected} rejected")
}

/// A reason with its rows and the first line.
fn why(SkipReason { outcome, column_name, reason, found, line }: &SkipReason) -> String {
    let column = column_name.as_ref().map(|name| format!(", column “{name}”")).unwrap_or_default();
    let lines = if *found == 1 { format!("line {line}") } else { format!("first in line {line}") };
    format!("{found} {}, {lines}{column}: {reason}", outcome.as_str())
}

/// What was odd about imported rows, a line each.
fn odd(notes: &ImportNotes) -> Vec<String> {
    let oddities = [
        (notes.recoded, "with a different encoding from the rest of the file, read as windows-1252"),
        (notes.damaged_ids, "with an ID that a spreadsheet damaged, recognised by link, or by author, time and text"),
        (notes.mojibake, "with characters that were damaged before the export"),
    ];
    oddities.iter().filter(|(rows, _)| *rows > 0).map(|(rows, what)| format!("Rows {what}: {rows}.")).collect()
}

/// The program with this id, or the newest with this name.
pub async fn find_program(db: &Db, words: &str) -> Result<ProgramId> {
    let programs = program::store::list(&mut db.read().await?).await?;
    let found = programs.iter().find(|program| program.id.to_string() == words || program.charter.name.eq_ignore_ascii_case(words.trim()));
    found.map(|program| program.id).ok_or_else(|| {
        let names = programs.iter().map(|program| format!("“{}”", program.charter.name)).collect::<Vec<_>>().join(", ");
        let known = if programs.is_empty() { "There are no programs yet.".to_owned() } else { format!("Programs: {names}.") };
        Error::missing(format!("There is no program “{words}”. {known}"))
    })
}

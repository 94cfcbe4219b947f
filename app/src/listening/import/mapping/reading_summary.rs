//! What a page says about how a file is read: whose export it is and why, how its dates stand, what is odd about its rows.

use leptos::prelude::*;

use crate::listening::import::mapping::columns::MappingOrigin;
use crate::listening::import::{ColumnMapping, ImportField, ImportNotes, ImportRun};
use crate::ui::{Notice, Select, Tone, count};

/// Whose export it is, and how that is known.
pub(crate) fn preset(run: &ImportRun) -> impl IntoView + use<> {
    let mapping = &run.mapping;
    let whose = match mapping.preset {
        Some(found) => {
            let header = mapping.header.map(|at| format!(", in row {} of those that are not empty", at + 1)).unwrap_or_default();
            format!(
                "This looks like an export from {}: it has {} of {} column names that tell it{header}.",
                found.preset.label(),
                found.seen,
                found.of
            )
        }
        None => {
            "This is no layout that is known by name. The columns were guessed from their names and from what stands in them.".to_owned()
        }
    };
    let sheet = mapping.sheet.as_ref().map(|name| format!(" The sheet “{name}” is read."));
    let remembered = mapping
        .remembered
        .then_some(" The columns are as somebody here said for an earlier file with the same ones; changes are kept for the next.");
    view! { <p>{whose} {sheet} {remembered}</p> }
}

/// In which order days and months stand and in which zone the clocks are, as a sentence.
fn dates(mapping: &ColumnMapping) -> (Tone, String) {
    let order = match (mapping.order_from, mapping.day_first) {
        (MappingOrigin::File, _) => "The dates can be read in one way only.".to_owned(),
        (MappingOrigin::Open, _) => {
            "Dates like 3/4/2022 can be read in two ways here, and nothing in the file decides it. Please say below whether the day or the month comes first."
                .to_owned()
        }
        (from, day_first) => {
            let first = if day_first { "the day" } else { "the month" };
            let why = if from == MappingOrigin::User { "as you said" } else { "guessed from the order of the rows" };
            format!("In dates like 3/4/2022 {first} comes first ({why}).")
        }
    };
    let zone = match mapping.zone_from {
        MappingOrigin::File if mapping.time_zone == "UTC" => "Their time zone is known from the file.".to_owned(),
        MappingOrigin::File => format!("Their time zone is {}, as the file says.", mapping.time_zone),
        MappingOrigin::User => format!("Their time zone is {}, as you said.", mapping.time_zone),
        MappingOrigin::Guessed | MappingOrigin::Open => format!("The file names no time zone: they are taken to be {}.", mapping.time_zone),
    };
    let tone = if mapping.order_from == MappingOrigin::Open { Tone::Warn } else { Tone::Plain };
    (tone, format!("{order} {zone}"))
}

/// What is known about the dates.
pub(crate) fn date_reading_of(run: &ImportRun) -> impl IntoView + use<> {
    date_reading(&run.mapping)
}

/// What is known about the dates of a file that is read so.
pub(crate) fn date_reading(mapping: &ColumnMapping) -> impl IntoView + use<> {
    let held = mapping.columns.iter().any(|held| matches!(held, Some(ImportField::At | ImportField::LastContact | ImportField::SurveyAt)));
    held.then(|| {
        let (tone, words) = dates(mapping);
        view! { <Notice tone>{words}</Notice> }
    })
}

/// The questions about dates, within the form of the columns.
pub(crate) fn date_questions(mapping: &ColumnMapping) -> impl IntoView + use<> {
    let open = mapping.order_from == MappingOrigin::Open;
    let order = match (open, mapping.day_first) {
        (true, _) => "",
        (false, true) => "yes",
        (false, false) => "no",
    };
    let mut dates = vec![("yes".to_owned(), "the third of April".to_owned()), ("no".to_owned(), "March the fourth".to_owned())];
    if open {
        dates.insert(0, (String::new(), "please choose".to_owned()));
    }
    let zone = mapping.time_zone.clone();
    view! {
        <Select name="day_first" label="3/4/2022 means" options=dates value=order/>
        <crate::ui::Field
            name="time_zone"
            label="Time zone of dates that name none"
            value=zone
            hint="Like America/Chicago or Europe/Berlin; the vendor's export settings say it."
        />
    }
}

/// What was odd about rows that were taken in all the same.
pub(crate) fn notes(notes: ImportNotes) -> impl IntoView {
    let said = [
        (
            notes.recoded,
            "was not in the file's encoding and was read as windows-1252",
            "were not in the file's encoding and were read as windows-1252",
        ),
        (
            notes.damaged_ids,
            "has an id that a spreadsheet destroyed (like 5.7E+17): it is known by its link, else by author, time and text",
            "have ids that a spreadsheet destroyed (like 5.7E+17): they are known by their link, else by author, time and text",
        ),
        (
            notes.mojibake,
            "has letters that were lost before the file was made (like “Ã¼”)",
            "have letters that were lost before the file was made (like “Ã¼”)",
        ),
    ];
    said.into_iter()
        .filter(|(rows, _, _)| *rows > 0)
        .map(|(rows, one, many)| view! { <Notice>{count(rows, "row", "rows")} " " {if rows == 1 { one } else { many }} "."</Notice> })
        .collect_view()
}

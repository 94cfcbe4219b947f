//! What a page says about how a file is read: its vendor, its dates, and what is odd about its rows.

use leptos::prelude::*;

use crate::listening::import::mapping::columns::MappingOrigin;
use crate::listening::import::mapping::date_order::zone_label;
use crate::listening::import::{ColumnMapping, ImportField, ImportNotes, ImportRun};
use crate::ui::{Notice, Tone, count};

/// The vendor whose export it is, and how it was recognised.
pub(crate) fn preset(run: &ImportRun) -> impl IntoView + use<> {
    let mapping = &run.mapping;
    let vendor = match mapping.preset {
        Some(found) => {
            let row = mapping.header.filter(|at| *at > 0).map(|at| format!(" The column names are in row {}.", at + 1)).unwrap_or_default();
            let (vendor, seen, of) = (found.preset.label(), found.seen, found.of);
            format!("Recognised as an export from {vendor} by {seen} of its {of} typical column names.{row}")
        }
        None => "We don’t recognise this export format, so we guessed the columns from their names and contents.".to_owned(),
    };
    let sheet = mapping.sheet.as_ref().map(|name| format!(" Sheet: “{name}”."));
    let remembered = mapping.remembered.then_some(" The mapping is the one saved for an earlier file with these columns.");
    view! { <p>{vendor} {sheet} {remembered}</p> }
}

/// The order of day and month and the time zone, as a sentence.
fn dates(mapping: &ColumnMapping) -> (Tone, String) {
    let format = if mapping.day_first { "day/month/year" } else { "month/day/year" };
    let order = match mapping.order_from {
        MappingOrigin::File => "The date format is clear from the file.".to_owned(),
        MappingOrigin::Open => "Dates like 3/4/2022 are ambiguous in this file. Choose the date format below.".to_owned(),
        MappingOrigin::User => format!("Date format: {format} (your choice)."),
        _ => format!("Date format: {format} (guessed from the order of the rows)."),
    };
    let zone = match mapping.zone_from {
        MappingOrigin::File if mapping.time_zone == "UTC" => "The time zone is clear from the file.".to_owned(),
        MappingOrigin::File => format!("Time zone: {} (from the file).", zone_label(&mapping.time_zone)),
        MappingOrigin::User => format!("Time zone: {} (your choice).", zone_label(&mapping.time_zone)),
        MappingOrigin::Open => "The file names a time zone that could be one of several. Enter it below.".to_owned(),
        MappingOrigin::Guessed => format!("Time zone: {} (assumed, because the file does not name one).", zone_label(&mapping.time_zone)),
    };
    let is_open = mapping.order_from == MappingOrigin::Open || mapping.zone_from == MappingOrigin::Open;
    let tone = if is_open { Tone::Warn } else { Tone::Plain };
    (tone, format!("{order} {zone}"))
}

/// How dates are read, if a column holds any.
pub(crate) fn date_reading(mapping: &ColumnMapping) -> impl IntoView + use<> {
    let held = mapping.columns.iter().any(|held| held.is_some_and(ImportField::is_date));
    held.then(|| {
        let (tone, words) = dates(mapping);
        view! { <Notice tone>{words}</Notice> }
    })
}

/// What was odd about rows that were imported.
pub(crate) fn notes(notes: ImportNotes) -> impl IntoView {
    let parts = [
        (
            notes.recoded,
            "has a different encoding from the rest of the file and was read as windows-1252",
            "have a different encoding from the rest of the file and were read as windows-1252",
        ),
        (
            notes.damaged_ids,
            "has an ID that a spreadsheet damaged (such as 5.7E+17). We recognise it by its link, or by author, time and text",
            "have IDs that a spreadsheet damaged (such as 5.7E+17). We recognise them by their links, or by author, time and text",
        ),
        (
            notes.mojibake,
            "has characters that were damaged before the export (such as “Ã¼”)",
            "have characters that were damaged before the export (such as “Ã¼”)",
        ),
    ];
    parts
        .into_iter()
        .filter(|(rows, _, _)| *rows > 0)
        .map(|(rows, one, many)| view! { <Notice>{count(rows, "row", "rows")} " " {if rows == 1 { one } else { many }} "."</Notice> })
        .collect_view()
}

//! What a file leaves open and a person has to say before it is imported.
//!
//! What no program can know (which number of a date is the day, how far a score goes) is always asked. What was guessed with little confidence
//! waits where no person looks: in the watched folder and on the command line, which names the flag.

use super::columns::{ColumnMapping, MappingOrigin};
use super::confidence::{MIN_CONFIDENCE, must_be_sure};
use super::own_files;
use crate::kernel::error::{Result, ValidationErrors};
use crate::listening::import::reading::short_zones;
use crate::listening::import::{ImportField, ImportKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A person on the page, who sees what was guessed: everything that is open.
    Person,
    /// A person on the command line, who saw nothing: what is open, and what is not sure. The network may be left open.
    Command,
    /// Nobody: the file waits for whatever a person would be asked.
    Nobody,
}

/// Whether everything is known that is asked.
///
/// # Errors
/// `Invalid` with a line for each open question, on the field that answers it.
pub fn answered(kind: ImportKind, mapping: &ColumnMapping, asked: Asked) -> Result<()> {
    let mut errors = ValidationErrors::default();
    let missing = mapping.missing(kind);
    if !missing.is_empty() {
        let found = mapping.headers.iter().filter(|name| !name.is_empty()).take(12).cloned().collect::<Vec<_>>().join(", ");
        let missing = missing.join(" or ");
        errors.add("columns", format!("No column contains {missing}. Choose one. The columns of this file are {found}."));
        return errors.finish();
    }
    if mapping.order_from == MappingOrigin::Open {
        errors.add("day_first", "Dates like 3/4/2022 are ambiguous in this file. Choose whether the day or the month comes first.");
    }
    if mapping.zone_from == MappingOrigin::Open {
        errors
            .add("time_zone", "The file names a time zone that could be one of several. Enter the time zone, such as Asia/Kolkata or UTC.");
    }
    for (name, _) in mapping.short_zones.iter().filter(|(_, meaning)| meaning.is_none()) {
        let places = short_zones::places(name);
        errors.add(zone_field(name), format!("Times in this file are in “{name}”, which can mean {places}. Choose one."));
    }
    if asks_scale(kind, mapping) && mapping.scale_from == MappingOrigin::Open {
        errors.add("survey_scale", "The survey answers are numbers. Choose their scale: 0 to 10, or 1 to 5.");
    }
    if asked != Asked::Command && kind == ImportKind::Mentions && mapping.network_from == MappingOrigin::Open {
        errors.add("network", "Nothing in this file says which network it is from. Enter the network.");
    }
    if asked == Asked::Nobody && mapping.kind_from == MappingOrigin::Open {
        errors.add("kind", "This file could contain people or mentions. Choose which.");
    }
    unsure(mapping, asked, &mut errors);
    errors.finish()
}

/// Adds what was guessed and is not sure.
fn unsure(mapping: &ColumnMapping, asked: Asked, errors: &mut ValidationErrors) {
    let name = |place: usize| mapping.headers.get(place).map_or("", String::as_str);
    for (place, found) in mapping.confidence.iter().enumerate() {
        let (Some(found), Some(Some(field))) = (found, mapping.columns.get(place)) else { continue };
        if let Some(rival) = found.rival {
            let (what, one, other) = (meaning(*field), name(place), name(rival));
            errors.add("columns", format!("“{one}” and “{other}” could both be {what}. Choose what each column contains."));
        } else if asked != Asked::Person && must_be_sure(*field) && found.sure < MIN_CONFIDENCE {
            let (what, column, sure, why) = (meaning(*field), name(place), found.sure, found.why);
            errors.add(
                "confidence",
                format!("“{column}” is probably {what}, but we are only {sure} % sure ({why}). At least {MIN_CONFIDENCE} % is needed."),
            );
        }
    }
}

/// The field of the form that says what an abbreviation means.
#[must_use]
pub fn zone_field(name: &str) -> &'static str {
    match name {
        "IST" => "zone-IST",
        "CST" => "zone-CST",
        "BST" => "zone-BST",
        "AST" => "zone-AST",
        "GST" => "zone-GST",
        "AMT" => "zone-AMT",
        "AMST" => "zone-AMST",
        _ => "zone-ECT",
    }
}

/// Whether the file has survey answers of which the scale matters.
#[must_use]
pub fn asks_scale(kind: ImportKind, mapping: &ColumnMapping) -> bool {
    let is_asked = !own_files::is_whole_roster(&mapping.headers);
    kind == ImportKind::Customers && is_asked && mapping.columns.contains(&Some(ImportField::SurveyAnswer))
}

/// A field within a sentence.
fn meaning(field: ImportField) -> &'static str {
    match field {
        ImportField::Text => "the text",
        ImportField::At => "the date",
        ImportField::Handle | ImportField::Name => "the author",
        ImportField::FullName => "the customer’s name",
        ImportField::EmailAddress => "the email address",
        other => other.label(),
    }
}

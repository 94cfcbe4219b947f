//! What is special about the columns of rosters: which join, which are kept as they are, and when people may be mentions.

use super::columns::{ColumnMapping, MappingOrigin};
use super::header_synonyms::name_part;
use crate::kernel::error::{Error, Result};
use crate::listening::import::{ImportField, ImportKind};

/// Refuses two columns for one thing of a customer: one of them would be lost. First and last name join; further details are one each.
///
/// # Errors
/// `Invalid` on `columns`, naming both.
pub(super) fn joined(mapping: &ColumnMapping) -> Result<()> {
    for (place, held) in mapping.columns.iter().enumerate() {
        let Some(field) = held.filter(|field| *field != ImportField::Extra) else { continue };
        let Some(other) = mapping.columns[..place].iter().position(|before| *before == Some(field)) else { continue };
        let parts = |at: usize| mapping.headers.get(at).and_then(|name| name_part(name));
        let is_whole = field == ImportField::FullName && matches!((parts(place), parts(other)), (Some(one), Some(two)) if one != two);
        if !is_whole {
            let name = |at: usize| mapping.headers.get(at).map_or("", String::as_str);
            return Err(Error::field(
                "columns",
                format!("“{}” and “{}” are both set to “{}”. Choose one of them.", name(other), name(place), field.label()),
            ));
        }
    }
    Ok(())
}

/// What else a roster's columns hold: details that the list of customers can be filtered by. Columns of which no cell is filled stay out.
pub(super) fn keep_extras(headers: &[String], rows: &[Vec<String>], columns: &mut [Option<ImportField>]) {
    for (place, held) in columns.iter_mut().enumerate() {
        let is_filled = rows.iter().any(|row| row.get(place).is_some_and(|cell| !cell.trim().is_empty()));
        let is_named = headers.get(place).is_some_and(|name| !name.trim().is_empty() && !name.starts_with("Column "));
        if held.is_none() && is_filled && is_named {
            *held = Some(ImportField::Extra);
        }
    }
}

/// Whether a file may as well be of the other kind: it names people and their addresses, and has texts with dates too.
pub(super) fn doubt(mentions: &ColumnMapping, people: &ColumnMapping, rows: &[Vec<String>]) -> MappingOrigin {
    let is_both = mentions.missing(ImportKind::Mentions).is_empty() && people.missing(ImportKind::Customers).is_empty();
    let holds = |fields: &[ImportField]| {
        let mut places =
            people.columns.iter().enumerate().filter(|(_, held)| held.is_some_and(|held| fields.contains(&held))).map(|(place, _)| place);
        places.any(|place| rows.iter().any(|row| row.get(place).is_some_and(|cell| !cell.trim().is_empty())))
    };
    let named = holds(&[ImportField::FullName, ImportField::FirstName, ImportField::LastName]);
    let emailed = holds(&[ImportField::EmailAddress]);
    if is_both && named && emailed { MappingOrigin::Open } else { MappingOrigin::Guessed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[(&str, ImportField)]) -> ColumnMapping {
        ColumnMapping {
            headers: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            columns: columns.iter().map(|(_, field)| Some(*field)).collect(),
            ..ColumnMapping::default()
        }
    }

    #[test]
    fn two_columns_for_one_thing_are_refused_unless_they_join() {
        assert!(joined(&mapping(&[("First Name", ImportField::FullName), ("Last Name", ImportField::FullName)])).is_ok());
        assert!(joined(&mapping(&[("Plan", ImportField::Extra), ("Region", ImportField::Extra)])).is_ok());
        let refused = joined(&mapping(&[("Work email", ImportField::EmailAddress), ("Email", ImportField::EmailAddress)]));
        assert!(refused.expect_err("two").message().contains("“Work email” and “Email”"));
    }
}

//! Our own CSV files, imported again: corrected rows, mentions, customers. They are recognised by their columns.
//!
//! The export marks cells that a spreadsheet would run as formulas (see `export`). The import removes the mark, so that handles and texts are the
//! same and known rows are recognised.

use std::ops::Range;

use crate::listening::import::ImportField;

/// What the files of rows say about each before its own cells.
pub const TOLD: [&str; 4] = ["Line", "Outcome", "Column", "Reason"];
/// What the file of all rows that were left out says beside that.
pub const REPEATS: [&str; 2] = ["Repeats line", "Of import"];
/// Behind a row's cells, there: all of it in one.
pub const AS_IT_WAS: &str = "Original row";
/// Its name in files of earlier releases.
const AS_IT_WAS_BEFORE: &str = "The row as it stood";
pub const MENTIONS: [&str; 16] = [
    "Date",
    "Network",
    "Handle",
    "Text",
    "Reading",
    "Vendor's sentiment",
    "Own sentiment",
    "Score",
    "Language",
    "Language is",
    "Country",
    "Topics",
    "Reach",
    "Engagement",
    "Link",
    "Id",
];
/// The columns of customers. Behind them come the further details of the roster, by their names.
pub const CUSTOMERS: [&str; 22] = [
    "Customer number",
    "Name",
    "Email",
    "Products",
    "Owns products",
    "Consents to contact",
    "Last contact",
    "Survey answer",
    SURVEY_SCALE,
    "Survey date",
    "Phone",
    "Company",
    "Purchase date",
    "Country",
    "Language",
    "Social handle",
    HANDLE_NETWORK,
    "Tags",
    "Marketing consent",
    CONSENT_COLUMN,
    CONSENT_SAYS,
    "Consent since",
];
/// Columns of customers that only our own files have: no other file is read so.
pub const SURVEY_SCALE: &str = "Survey scale";
pub const HANDLE_NETWORK: &str = "Handle network";
pub const CONSENT_COLUMN: &str = "Consent column";
pub const CONSENT_SAYS: &str = "Consent says";
/// How many of them files of earlier releases have.
const CUSTOMERS_BEFORE: usize = 8;

/// Whether a file with these columns is one of ours.
#[must_use]
pub fn is_ours(headers: &[String]) -> bool {
    count_outcome_columns(headers) > 0 || headers == MENTIONS || is_customers(headers)
}

fn is_customers(headers: &[String]) -> bool {
    is_whole_roster(headers) || headers == &CUSTOMERS[..CUSTOMERS_BEFORE]
}

/// Whether a file has all columns of customers, with those that only our own files have.
#[must_use]
pub fn is_whole_roster(headers: &[String]) -> bool {
    headers.len() >= CUSTOMERS.len() && headers.iter().zip(CUSTOMERS).all(|(header, name)| header == name)
}

/// What the columns of our own file of all customers hold; none of another file.
#[must_use]
pub fn roster_fields(headers: &[String]) -> Option<Vec<Option<ImportField>>> {
    let of = |(place, name): (usize, &String)| match name.as_str() {
        _ if place >= CUSTOMERS.len() => Some(ImportField::Extra),
        "Customer number" => Some(ImportField::Ref),
        "Name" => Some(ImportField::FullName),
        "Email" => Some(ImportField::EmailAddress),
        "Products" => Some(ImportField::Products),
        "Owns products" => Some(ImportField::Owns),
        "Consents to contact" => Some(ImportField::Consents),
        "Last contact" => Some(ImportField::LastContact),
        "Survey answer" => Some(ImportField::SurveyAnswer),
        "Survey date" => Some(ImportField::SurveyAt),
        "Phone" => Some(ImportField::Phone),
        "Company" => Some(ImportField::Company),
        "Purchase date" => Some(ImportField::PurchasedAt),
        "Country" => Some(ImportField::HomeCountry),
        "Language" => Some(ImportField::HomeLanguage),
        "Social handle" => Some(ImportField::SocialHandle),
        "Tags" => Some(ImportField::Tags),
        "Marketing consent" => Some(ImportField::MarketingConsent),
        "Consent since" => Some(ImportField::ConsentSince),
        _ => None,
    };
    is_whole_roster(headers).then(|| headers.iter().enumerate().map(of).collect())
}

/// How many columns at the beginning say what we say about a row.
fn count_outcome_columns(headers: &[String]) -> usize {
    let has = |at: usize, names: &[&str]| headers.get(at..at + names.len()).is_some_and(|found| found == names);
    match (has(0, &TOLD), has(TOLD.len(), &REPEATS)) {
        (false, _) => 0,
        (true, false) => TOLD.len(),
        (true, true) => TOLD.len() + REPEATS.len(),
    }
}

/// Which columns of a file are those of the rows themselves: all, but for what we say about a row.
#[must_use]
pub fn columns(headers: &[String]) -> Range<usize> {
    let begin = count_outcome_columns(headers);
    let whole = begin > TOLD.len() && headers.last().is_some_and(|last| last == AS_IT_WAS || last == AS_IT_WAS_BEFORE);
    begin..headers.len() - usize::from(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns_of(names: &[&str]) -> (bool, Range<usize>) {
        let headers: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        (is_ours(&headers), columns(&headers))
    }

    #[test]
    fn our_files_are_known_by_their_columns() {
        assert_eq!(columns_of(&["Line", "Outcome", "Column", "Reason", "Date", "Text"]), (true, 4..6));
        for last in [AS_IT_WAS, AS_IT_WAS_BEFORE] {
            assert_eq!(
                columns_of(&["Line", "Outcome", "Column", "Reason", "Repeats line", "Of import", "Date", "Text", last]),
                (true, 6..8)
            );
        }
        assert_eq!(columns_of(&MENTIONS), (true, 0..16));
        assert_eq!(columns_of(&[CUSTOMERS.as_slice(), &["Plan"]].concat()), (true, 0..23));
        let roster: Vec<String> = [CUSTOMERS.as_slice(), &["Plan"]].concat().into_iter().map(str::to_owned).collect();
        let unread = roster_fields(&roster)
            .expect("ours")
            .iter()
            .zip(&roster)
            .filter(|(held, _)| held.is_none())
            .map(|(_, name)| name.clone())
            .collect::<Vec<_>>();
        assert_eq!(unread, [SURVEY_SCALE, HANDLE_NETWORK, CONSENT_COLUMN, CONSENT_SAYS], "beside these, each has a field");
        assert_eq!(columns_of(&CUSTOMERS[..8]), (true, 0..8));
        assert_eq!(columns_of(&["Line", "Date", "Text"]), (false, 0..3));
        assert_eq!(columns_of(&[]), (false, 0..0));
    }
}

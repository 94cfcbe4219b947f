//! Our own CSV files, imported again: corrected rows, mentions, customers. They are recognised by their columns.
//!
//! The export marks cells that a spreadsheet would run as formulas (see `export`). The import removes the mark, so that handles and texts are the
//! same and known rows are recognised.

use std::ops::Range;

/// What the files of rows say about each before its own cells.
pub const TOLD: [&str; 4] = ["Line", "Outcome", "Column", "Reason"];
/// What the file of all rows that were left out says beside that.
pub const REPEATS: [&str; 2] = ["Repeats line", "Of import"];
/// Behind a row's cells, there: all of it in one.
pub const AS_IT_WAS: &str = "Original row";
/// Its name in files of earlier releases.
const AS_IT_WAS_BEFORE: &str = "The row as it stood";
/// The columns of mentions.
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
/// The columns of customers. Behind them stand the further details of the roster, by their names.
pub const CUSTOMERS: [&str; 20] = [
    "Customer number",
    "Name",
    "Email",
    "Products",
    "Owns products",
    "Consents to contact",
    "Last contact",
    "Survey answer",
    "Survey scale",
    "Phone",
    "Company",
    "Purchase date",
    "Country",
    "Language",
    "Social handle",
    "Tags",
    "Marketing consent",
    "Consent column",
    "Consent says",
    "Consent since",
];
/// How many of them files of earlier releases have.
const CUSTOMERS_BEFORE: usize = 8;

/// Whether a file with these columns is one of ours.
#[must_use]
pub fn is_ours(headers: &[String]) -> bool {
    count_outcome_columns(headers) > 0 || headers == MENTIONS || is_customers(headers)
}

fn is_customers(headers: &[String]) -> bool {
    let begins = headers.len() >= CUSTOMERS.len() && headers.iter().zip(CUSTOMERS).all(|(header, name)| header == name);
    begins || headers == &CUSTOMERS[..CUSTOMERS_BEFORE]
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
        assert_eq!(columns_of(&[CUSTOMERS.as_slice(), &["Plan"]].concat()), (true, 0..21));
        assert_eq!(columns_of(&CUSTOMERS[..8]), (true, 0..8));
        assert_eq!(columns_of(&["Line", "Date", "Text"]), (false, 0..3));
        assert_eq!(columns_of(&[]), (false, 0..0));
    }
}

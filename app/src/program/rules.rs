//! What a charter must say.

use super::Charter;
use crate::kernel::error::{Result, ValidationErrors};

/// The charter, tidied.
///
/// # Errors
/// `Invalid`, with every mistake.
pub fn check(charter: &Charter) -> Result<Charter> {
    let mut errors = ValidationErrors::default();
    let language = charter.language.trim().to_lowercase();
    if !(matches!(language.len(), 2 | 3) && language.chars().all(|c| c.is_ascii_lowercase())) {
        errors.add("language", "The language is a code of two or three letters, like en or de.");
    }
    if !(1..=3650).contains(&charter.source_row_days) {
        errors.add("source_row_days", "Raw rows are kept for 1 to 3,650 days.");
    }
    if !(1..=120).contains(&charter.mention_months) {
        errors.add("mention_months", "Mentions are kept for 1 to 120 months.");
    }
    let checked = Charter {
        name: errors.text("name", "The name of the program", &charter.name, 120),
        organisation: errors.text("organisation", "The organisation’s name", &charter.organisation, 80),
        market: errors.text("market", "The market", &charter.market, 80),
        language,
        purpose: errors.lines("purpose", "The purpose", &charter.purpose, 4000),
        sponsor: errors.text("sponsor", "The sponsor", &charter.sponsor, 400),
        rules_of_listening: errors.lines("rules_of_listening", "The rules of listening", &charter.rules_of_listening, 4000),
        term: errors.lines("term", "Term and rotation", &charter.term, 1000),
        benefits: errors.optional_lines("benefits", "The benefits", &charter.benefits, 2000),
        disclosed_costs: errors.lines("disclosed_costs", "What is paid for (say “nothing” if nothing is)", &charter.disclosed_costs, 2000),
        lawful_basis: errors.lines("lawful_basis", "The lawful basis for listening", &charter.lawful_basis, 1000),
        notice: errors.lines("notice", "The notice", &charter.notice, 4000),
        source_row_days: charter.source_row_days,
        mention_months: charter.mention_months,
        own_handles: errors.optional_lines("own_handles", "The list of own accounts", &charter.own_handles, 4000),
        brands: errors.optional_lines("brands", "The list of brands", &charter.brands, 2000),
    };
    errors.finish()?;
    Ok(Charter { own_handles: own_handles(&checked.own_handles).join("\n"), brands: brands(&checked.brands).join("\n"), ..checked })
}

/// The organisation's own handles as they are compared: one a line or separated by commas or spaces, without @, in lower case.
#[must_use]
pub fn own_handles(text: &str) -> Vec<String> {
    let mut handles: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .map(|handle| handle.trim_start_matches('@').to_lowercase())
        .filter(|handle| !handle.is_empty())
        .collect();
    handles.sort();
    handles.dedup();
    handles
}

/// The names of the organisation's brands, one a line or separated by commas, each once, as they are written.
#[must_use]
pub fn brands(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split([',', ';', '\n']).map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if !name.is_empty() && !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Error;

    #[test]
    fn every_mistake_is_said_at_once() {
        let Err(Error::Invalid(mistakes)) = check(&Charter::default()) else { panic!("an empty charter is not a charter") };
        let fields: Vec<&str> = mistakes.iter().map(|(field, _)| field.as_str()).collect();
        assert!(
            ["name", "purpose", "sponsor", "disclosed_costs", "notice", "source_row_days", "language"].iter().all(|f| fields.contains(f))
        );
    }

    #[test]
    fn own_handles_are_compared_without_at_sign_and_case() {
        assert_eq!(own_handles("@DellCares, Dell\n\n dell"), ["dell", "dellcares"]);
    }

    #[test]
    fn brands_are_kept_as_they_are_written_each_once() {
        assert_eq!(brands("Alienware, Dell  Technologies\n\nalienware;"), ["Alienware", "Dell Technologies"]);
    }
}

//! What a charter must say.

use crate::error::{Result, Wrong};

/// Days that raw import rows are kept, unless the charter says otherwise.
pub const RAW_DAYS: i64 = 90;
/// Months that mentions are kept, unless the charter says otherwise.
pub const MENTION_MONTHS: i64 = 24;

/// A charter as it is handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charter {
    pub name: String,
    pub organisation: String,
    pub market: String,
    pub language: String,
    pub purpose: String,
    pub sponsor: String,
    pub rules_of_listening: String,
    pub term: String,
    pub benefits: String,
    pub disclosed_costs: String,
    pub lawful_basis: String,
    pub notice: String,
    pub raw_days: i64,
    pub mention_months: i64,
    pub own_handles: String,
    pub brands: String,
}

/// The charter, tidied.
///
/// # Errors
/// `Invalid`, with every mistake.
pub fn check(charter: &Charter) -> Result<Charter> {
    let mut wrong = Wrong::default();
    let language = charter.language.trim().to_lowercase();
    if !(matches!(language.len(), 2 | 3) && language.chars().all(|c| c.is_ascii_lowercase())) {
        wrong.say("language", "The language is a code of two or three letters, like en or de.");
    }
    if !(1..=3650).contains(&charter.raw_days) {
        wrong.say("raw_days", "Raw rows are kept for 1 to 3,650 days.");
    }
    if !(1..=120).contains(&charter.mention_months) {
        wrong.say("mention_months", "Mentions are kept for 1 to 120 months.");
    }
    let checked = Charter {
        name: wrong.text("name", "The name of the program", &charter.name, 120),
        organisation: wrong.text("organisation", "The organisation’s name", &charter.organisation, 80),
        market: wrong.text("market", "The market", &charter.market, 80),
        language,
        purpose: wrong.lines("purpose", "The purpose", &charter.purpose, 4000),
        sponsor: wrong.text("sponsor", "The sponsor", &charter.sponsor, 400),
        rules_of_listening: wrong.lines("rules_of_listening", "The rules of listening", &charter.rules_of_listening, 4000),
        term: wrong.lines("term", "Term and rotation", &charter.term, 1000),
        benefits: wrong.optional_lines("benefits", "The benefits", &charter.benefits, 2000),
        disclosed_costs: wrong.lines("disclosed_costs", "What is paid for (say “nothing” if nothing is)", &charter.disclosed_costs, 2000),
        lawful_basis: wrong.lines("lawful_basis", "The lawful basis for listening", &charter.lawful_basis, 1000),
        notice: wrong.lines("notice", "The notice", &charter.notice, 4000),
        raw_days: charter.raw_days,
        mention_months: charter.mention_months,
        own_handles: wrong.optional_lines("own_handles", "The list of own accounts", &charter.own_handles, 4000),
        brands: wrong.optional_lines("brands", "The list of brands", &charter.brands, 2000),
    };
    wrong.finish()?;
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
    use crate::error::Error;

    #[test]
    fn every_mistake_is_said_at_once() {
        let Err(Error::Invalid(mistakes)) = check(&Charter::default()) else { panic!("an empty charter is not a charter") };
        let fields: Vec<&str> = mistakes.iter().map(|(field, _)| field.as_str()).collect();
        assert!(["name", "purpose", "sponsor", "disclosed_costs", "notice", "raw_days", "language"].iter().all(|f| fields.contains(f)));
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

//! What a charter needs: at first, and before the first invitation.

use super::Charter;
use crate::kernel::error::{Error, Result, ValidationErrors};

/// What is missing before people may be invited: (field, name). Invitations state it.
#[must_use]
pub fn missing(charter: &Charter) -> Vec<(&'static str, &'static str)> {
    let needed = [
        ("purpose", "purpose", &charter.purpose),
        ("sponsor", "sponsor", &charter.sponsor),
        ("rules_of_listening", "ground rules", &charter.rules_of_listening),
        ("term", "length of membership", &charter.term),
        ("disclosed_costs", "expenses", &charter.disclosed_costs),
        ("lawful_basis", "lawful basis", &charter.lawful_basis),
        ("notice", "privacy notice", &charter.notice),
    ];
    needed.into_iter().filter(|(.., text)| text.trim().is_empty()).map(|(field, name, _)| (field, name)).collect()
}

/// Refuses to invite people for a program whose charter is incomplete.
///
/// # Errors
/// `Conflict`, naming what is missing.
pub fn ready_to_invite(charter: &Charter) -> Result<()> {
    match missing_in_words(charter) {
        None => Ok(()),
        Some(missing) => {
            Err(Error::conflict(format!("Complete the charter of “{}” before inviting people. Missing: {missing}.", charter.name)))
        }
    }
}

/// What is missing before people may be invited, as "purpose, sponsor and notice"; none if nothing is.
#[must_use]
pub fn missing_in_words(charter: &Charter) -> Option<String> {
    let missing: Vec<&str> = missing(charter).into_iter().map(|(_, name)| name).collect();
    let (last, rest) = missing.split_last()?;
    Some(if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) })
}

/// The charter, tidied. Only name, organisation, language and retention are needed at first: see `ready_to_invite`.
///
/// # Errors
/// `Invalid`, with every mistake.
pub fn check(charter: &Charter) -> Result<Charter> {
    let mut errors = ValidationErrors::default();
    let language = charter.language.trim().to_lowercase();
    if !(matches!(language.len(), 2 | 3) && language.chars().all(|c| c.is_ascii_lowercase())) {
        errors.add("language", "Enter the language as a code of two or three letters, such as en or de.");
    }
    if !(1..=3650).contains(&charter.source_row_days) {
        errors.add("source_row_days", "Enter 1 to 3,650 days for original rows.");
    }
    if !(1..=120).contains(&charter.mention_months) {
        errors.add("mention_months", "Enter 1 to 120 months for mentions.");
    }
    let checked = Charter {
        name: errors.text("name", "The program name", &charter.name, 120),
        organisation: errors.text("organisation", "The organisation", &charter.organisation, 80),
        market: errors.optional("market", "The market", &charter.market, 80),
        language,
        purpose: errors.optional_lines("purpose", "The purpose", &charter.purpose, 4000),
        sponsor: errors.optional("sponsor", "The sponsor", &charter.sponsor, 400),
        rules_of_listening: errors.optional_lines("rules_of_listening", "The ground rules", &charter.rules_of_listening, 4000),
        term: errors.optional_lines("term", "The length of membership", &charter.term, 1000),
        benefits: errors.optional_lines("benefits", "The benefits", &charter.benefits, 2000),
        disclosed_costs: errors.optional_lines("disclosed_costs", "The expenses", &charter.disclosed_costs, 2000),
        lawful_basis: errors.optional_lines("lawful_basis", "The lawful basis", &charter.lawful_basis, 1000),
        notice: errors.optional_lines("notice", "The privacy notice", &charter.notice, 4000),
        source_row_days: charter.source_row_days,
        mention_months: charter.mention_months,
        own_handles: errors.optional_lines("own_handles", "The list of own accounts", &charter.own_handles, 4000),
        brands: errors.optional_lines("brands", "The list of brands", &charter.brands, 2000),
        staff_handles: errors.optional_lines("staff_handles", "The list of employees’ accounts", &charter.staff_handles, 20_000),
        staff_hashtags: errors.optional_lines("staff_hashtags", "The list of hashtags", &charter.staff_hashtags, 2000),
        own_domains: errors.optional_lines("own_domains", "The list of domains", &charter.own_domains, 2000),
    };
    if let Some(wrong) = own_domains(&checked.own_domains).into_iter().find(|domain| !is_domain(domain)) {
        errors.add("own_domains", format!("“{wrong}” is not a domain. Enter one like example.com."));
    }
    errors.finish()?;
    Ok(Charter {
        own_handles: own_handles(&checked.own_handles).join("\n"),
        brands: brands(&checked.brands).join("\n"),
        staff_handles: own_handles(&checked.staff_handles).join("\n"),
        staff_hashtags: staff_hashtags(&checked.staff_hashtags).join("\n"),
        own_domains: own_domains(&checked.own_domains).join("\n"),
        ..checked
    })
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

/// Hashtags as they are compared: without #, in lower case, each once.
#[must_use]
pub fn staff_hashtags(text: &str) -> Vec<String> {
    own_handles(&text.replace(['#', '＃'], " "))
}

/// Domains of the organisation's sites, from addresses or domains: “https://www.example.com/x” is example.com.
#[must_use]
pub fn own_domains(text: &str) -> Vec<String> {
    let domain = |entry: String| {
        let rest = entry.split_once("://").map_or(entry.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    let mut domains: Vec<String> = own_handles(text).into_iter().map(domain).collect();
    domains.sort();
    domains.dedup();
    domains
}

fn is_domain(text: &str) -> bool {
    text.contains('.') && text.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
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
        assert_eq!(fields, ["language", "source_row_days", "mention_months", "name", "organisation"]);
    }

    #[test]
    fn three_fields_make_a_program_and_the_charter_is_needed_before_inviting() {
        let first = Charter { name: "CAP Days".into(), organisation: "Dell".into(), language: "en".into(), ..Charter::unwritten() };
        let first = check(&first).expect("a program");
        let why = ready_to_invite(&first).expect_err("incomplete").message();
        assert_eq!(
            why,
            "Complete the charter of “CAP Days” before inviting people. Missing: purpose, sponsor, ground rules, length of membership, \
             expenses, lawful basis and privacy notice."
        );
        assert!(missing(&first).iter().all(|(field, _)| Charter::FIELDS.contains(field)));
        let words = || "Said.".to_owned();
        let whole = Charter {
            purpose: words(),
            sponsor: words(),
            rules_of_listening: words(),
            term: words(),
            disclosed_costs: words(),
            lawful_basis: words(),
            ..first
        };
        assert!(ready_to_invite(&whole).is_err_and(|why| why.message().ends_with("Missing: privacy notice.")));
        assert!(ready_to_invite(&Charter { notice: words(), ..whole }).is_ok());
    }

    #[test]
    fn own_handles_are_compared_without_at_sign_and_case() {
        assert_eq!(own_handles("@DellCares, Dell\n\n dell"), ["dell", "dellcares"]);
    }

    #[test]
    fn hashtags_and_domains_are_kept_as_they_are_compared() {
        assert_eq!(staff_hashtags("#IWork4Acme, #teamacme\n#TeamAcme"), ["iwork4acme", "teamacme"]);
        assert_eq!(own_domains("https://www.Acme.com/shop\nacme.com, blog.acme.org:8080"), ["acme.com", "blog.acme.org"]);
        assert!(is_domain("acme.com") && !is_domain("acme") && !is_domain("a..com") && !is_domain("acme.c_m"));
    }

    #[test]
    fn brands_are_kept_as_they_are_written_each_once() {
        assert_eq!(brands("Alienware, Dell  Technologies\n\nalienware;"), ["Alienware", "Dell Technologies"]);
    }
}

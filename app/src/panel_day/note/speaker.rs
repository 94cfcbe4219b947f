//! Speakers of a session, each with unique initials and one key, so that a moderator chooses without looking.

use serde::{Deserialize, Serialize};

use crate::kernel::ids::PanelistId;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// One key: a lower-case letter or a digit, unique in the session.
    pub key: char,
    /// Two letters or so, unique in the session.
    pub initials: String,
    pub name: String,
    /// None for company participants.
    pub panelist: Option<PanelistId>,
    /// Recorded as a no-show: nobody waits to hear them.
    #[serde(default)]
    pub absent: bool,
}

/// The initials under which the company as a whole speaks.
pub const COMPANY: &str = "CO";

/// The speakers of a session: panelists in the given order (id, name, initials), then the company's participants
/// (`company`, one a line: "Ada Okafor, Support"), then the company as a whole.
#[must_use]
pub fn speakers(panelists: &[(PanelistId, String, String)], company: &str, organisation: &str) -> Vec<Speaker> {
    let participants =
        company.lines().filter_map(|line| line.split([',', ';']).next()).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let mut found: Vec<Speaker> = Vec::new();
    let mut taken = vec![COMPANY.to_owned()];
    let people = panelists
        .iter()
        .map(|(id, name, initials)| (Some(*id), name.clone(), initials.clone()))
        .chain(participants.map(|name| (None, name.clone(), initials(&name))));
    for (panelist, name, wanted) in people {
        let wanted = if wanted.trim().is_empty() { initials(&name) } else { wanted.trim().to_uppercase() };
        let initials = first_free(wanted, &taken);
        taken.push(initials.clone());
        found.push(Speaker { key: '\0', initials, name, panelist, absent: false });
    }
    found.push(Speaker { key: '\0', initials: COMPANY.to_owned(), name: organisation.trim().to_owned(), panelist: None, absent: false });
    give_keys(&mut found);
    found
}

/// "Maria de la Cruz Okafor (Support)" → "MO": the first letters of the first and the last name.
#[must_use]
pub fn initials(name: &str) -> String {
    let name = name.split(['(', '[']).next().unwrap_or_default();
    let mut letters = name.split(|c: char| c.is_whitespace() || c == '-').filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let initials: String = first.into_iter().chain(letters.next_back()).collect();
    if initials.is_empty() { "X".to_owned() } else { initials.to_uppercase() }
}

/// "Maria Okafor" → "M. Okafor", so that a row of notes stays narrow; a single name stays as it is.
#[must_use]
pub fn short_name(name: &str) -> String {
    match name.trim().rsplit_once(' ') {
        Some((first, last)) if !last.starts_with(['(', '[']) => match first.chars().next() {
            Some(letter) => format!("{letter}. {last}"),
            None => last.to_owned(),
        },
        _ => name.trim().to_owned(),
    }
}

/// The speaker of a typed word: a key, or initials in either case.
#[must_use]
pub fn find<'a>(speakers: &'a [Speaker], word: &str) -> Option<&'a Speaker> {
    let mut chars = word.chars();
    let by_key = match (chars.next(), chars.next()) {
        (Some(letter), None) => letter.to_lowercase().next().and_then(|key| speakers.iter().find(|speaker| speaker.key == key)),
        _ => None,
    };
    by_key.or_else(|| {
        let wanted = word.to_uppercase();
        speakers.iter().find(|speaker| speaker.initials == wanted)
    })
}

/// Each speaker gets the first free of: the letters of the initials, the other letters of the name, digits, any letter. First
/// initials are handed out before second ones.
fn give_keys(speakers: &mut [Speaker]) {
    let mut free: Vec<char> = ('a'..='z').chain('1'..='9').chain(['0']).collect();
    for choice in 0..2 {
        for speaker in speakers.iter_mut().filter(|speaker| speaker.key == '\0') {
            let wish = speaker.initials.chars().nth(choice).and_then(|c| c.to_lowercase().next());
            if let Some(place) = free.iter().position(|key| Some(*key) == wish) {
                speaker.key = free.remove(place);
            }
        }
    }
    for speaker in speakers.iter_mut().filter(|speaker| speaker.key == '\0') {
        let name = speaker.name.to_lowercase();
        let place = name
            .chars()
            .find_map(|letter| free.iter().position(|key| *key == letter))
            .or_else(|| free.iter().position(char::is_ascii_digit))
            .or_else(|| (!free.is_empty()).then_some(0));
        // A room with more than 36 speakers: the rest are named by initials.
        speaker.key = place.map_or(' ', |place| free.remove(place));
    }
}

/// `wanted`, or with the first number that makes it unique.
fn first_free(wanted: String, taken: &[String]) -> String {
    if !taken.contains(&wanted) {
        return wanted;
    }
    (2..).map(|n| format!("{wanted}{n}")).find(|next| !taken.contains(next)).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(names: &[&str], company: &str) -> Vec<Speaker> {
        let panelists: Vec<_> = names.iter().map(|name| (PanelistId::new(), (*name).to_owned(), initials(name))).collect();
        speakers(&panelists, company, "Dell")
    }

    #[test]
    fn everybody_has_a_key_of_their_own() {
        let names: Vec<String> = (0..15).map(|n| format!("Ada Okafor{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let speakers = room(&names, "Tom Li\nAna Berg, Support");
        assert_eq!(speakers.len(), 18);
        let mut keys: Vec<char> = speakers.iter().map(|speaker| speaker.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 18);
        let mut initials: Vec<&str> = speakers.iter().map(|speaker| speaker.initials.as_str()).collect();
        initials.sort_unstable();
        initials.dedup();
        assert_eq!(initials.len(), 18);
    }

    #[test]
    fn a_first_letter_that_is_free_is_the_key() {
        let speakers = room(&["Maria Okafor", "Jon Lindqvist", "Mel Dorn"], "");
        assert_eq!(speakers.iter().map(|speaker| speaker.key).collect::<String>(), "mjdc");
    }

    #[test]
    fn the_company_is_always_co() {
        let speakers = room(&["Chris Olsen"], "");
        assert_eq!(find(&speakers, "co").map(|speaker| speaker.name.as_str()), Some("Dell"));
        assert_eq!(find(&speakers, "co2").map(|speaker| speaker.name.as_str()), Some("Chris Olsen"));
    }

    #[test]
    fn more_speakers_than_keys_are_named_by_initials() {
        let names: Vec<String> = (0..50).map(|n| format!("Ada Okafor{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let speakers = room(&names, "");
        assert!(find(&speakers, "AO50").is_some());
        assert_eq!(speakers.iter().filter(|speaker| speaker.key != ' ').count(), 36);
    }

    #[test]
    fn names_become_short() {
        assert_eq!(short_name("Maria de la Cruz"), "M. Cruz");
        assert_eq!(short_name("Cher"), "Cher");
        assert_eq!(short_name("Ana (Support)"), "Ana (Support)");
        assert_eq!(initials("Ana-Lena Berg (Support)"), "AB");
        assert_eq!(initials("…"), "X");
        assert_eq!(initials("Élodie Øst"), "ÉØ");
    }
}

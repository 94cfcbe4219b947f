//! What an acceptance must contain, initials that tell panelists apart, and until when a free seat is given to the waitlist.

use chrono_tz::Tz;

use super::{Panelist, PanelistState, QuotePermission};
use crate::coded;
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Result, ValidationErrors};
use crate::program::day::PanelDay;

/// What an invitee enters to accept.
#[derive(Clone, Debug)]
pub struct Acceptance {
    pub name: String,
    pub email: String,
    pub consent: bool,
    pub quotes: QuotePermission,
}

/// The answer, tidied: (name, address).
///
/// # Errors
/// `Invalid`, with every mistake; without consent to contact nobody can take part.
pub fn check_acceptance(yes: &Acceptance) -> Result<(String, String)> {
    let mut errors = ValidationErrors::default();
    let name = errors.guest_text("name", coded!("error-name-missing"), &yes.name, 120);
    let email = errors.email(&yes.email);
    if !yes.consent {
        errors.add("consent", coded!("error-consent-missing"));
    }
    errors.finish()?;
    Ok((name, email))
}

/// Whether people have to be told: the date, the place or the time zone is another one.
#[must_use]
pub fn has_moved(before: &PanelDay, after: &PanelDay) -> bool {
    (before.day, &before.place, before.time_zone) != (after.day, &after.place, after.time_zone)
}

/// Initials that are unique on the day: "CD"; then "CDI" with the next letter of the last name; then "CD2", "CD3" …
#[must_use]
pub fn initials(name: &str, taken: &[String]) -> String {
    let words: Vec<Vec<char>> = name
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '.' | '_' | '@'))
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect();
    let (short, long) = match words.as_slice() {
        [] => ("P".to_owned(), "P".to_owned()),
        [only] => (only.iter().take(2).collect(), only.iter().take(3).collect()),
        [first, .., last] => {
            ([first[0], last[0]].iter().collect::<String>(), first.iter().take(1).chain(last.iter().take(2)).collect::<String>())
        }
    };
    let free = |initials: &String| !taken.contains(initials);
    [short.clone(), long]
        .into_iter()
        .chain((2..).map(|number: u32| format!("{short}{number}")))
        .find(free)
        .expect("there is always a next number")
}

/// Whether a seat can still be given out at `now`: until the day is over at its place.
#[must_use]
pub fn can_still_promote(day: &PanelDay, now: Time) -> bool {
    let zone: Tz = day.zone();
    clock::local_day(now, zone) <= day.day
}

/// Whether this person has a seat on a day that has moved, and has not said yet whether they can still come. Once the day is over, nobody is asked.
#[must_use]
pub fn owes_reconfirmation(panelist: &Panelist, day: &PanelDay, now: Time) -> bool {
    let asked = panelist.reconfirm_asked_at.is_some() && panelist.reconfirmed_at.is_none();
    asked && panelist.state() == PanelistState::Seated && can_still_promote(day, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Error;

    #[test]
    fn initials_differ_on_a_day() {
        let mut taken = Vec::new();
        for name in ["Carla Diaz", "Chris Dunn", "Cem Dal", "Cora Dallas", "madame", "Jean-Luc O’Neil", "李 明", "…"] {
            let initials = initials(name, &taken);
            taken.push(initials);
        }
        assert_eq!(taken, ["CD", "CDU", "CDA", "CD2", "MA", "JO", "李明", "P"]);
    }

    #[test]
    fn without_address_and_consent_there_is_no_yes() {
        let yes = Acceptance { name: "Carla Diaz".into(), email: "carla".into(), consent: false, quotes: QuotePermission::None };
        let Err(Error::Invalid(mistakes)) = check_acceptance(&yes) else { panic!("two mistakes") };
        assert_eq!(mistakes.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["email", "consent"]);
    }
}

//! The panelists of a day: what the page `/days/{id}/people` and its CSV show.

use super::{Panelist, PanelistState};
use crate::kernel::fold::Needle;

text_enum! {
    /// In which order.
    pub enum PanelistSort {
        Name = "", "Name";
        Accepted = "accepted", "First accepted";
        State = "state", "Status";
    }
}

/// What the page's query asks for.
#[derive(Clone, Debug)]
pub struct PanelistSearch {
    pub words: String,
    pub state: Option<PanelistState>,
    pub sort: PanelistSort,
}

impl PanelistSearch {
    /// Reads a query; unknown values are ignored.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            words: get("q").unwrap_or_default(),
            state: get("state").and_then(|word| word.parse().ok()),
            sort: get("sort").and_then(|word| word.parse().ok()).unwrap_or(PanelistSort::Name),
        }
    }
}

/// The people who match.
#[must_use]
pub fn list(people: Vec<Panelist>, search: &PanelistSearch) -> Vec<Panelist> {
    let words = Needle::of(&search.words);
    let mut people: Vec<Panelist> = people
        .into_iter()
        .filter(|person| search.state.is_none_or(|state| person.state() == state))
        .filter(|person| words.is_in([&person.name, &person.initials, &person.email]))
        .collect();
    match search.sort {
        PanelistSort::Name => {}
        PanelistSort::Accepted => people.sort_by_key(|person| (person.accepted_at, person.id)),
        PanelistSort::State => people.sort_by_key(|person| (person.state(), person.accepted_at)),
    }
    people
}

//! Identity links: that two authors, on two networks or on one, are the same person.
//!
//! Nothing links authors by itself. A handle or a name that occurs twice is a suggestion with its ground; a person proposes a link
//! with a reason, and it holds once it was looked at a second time and confirmed. Whoever proposed may confirm, since many
//! panels have one manager; both acts are recorded. Linked authors keep their own mentions and assessments, are shown together,
//! come onto a shortlist once, and are erased together. A link can be taken back.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod linked_authors;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, AuthorId, IdentityLinkId, ProgramId};
use crate::listening::author::Author;

text_enum! {
    /// How far a link has come.
    pub enum IdentityLinkState {
        Proposed = "proposed", "proposed";
        Confirmed = "confirmed", "confirmed";
        Refused = "refused", "refused";
        /// It was confirmed, and taken back.
        Ended = "ended", "taken back";
    }
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct IdentityLink {
    pub id: IdentityLinkId,
    pub program_id: ProgramId,
    /// The author with the smaller id.
    pub one_id: AuthorId,
    pub other_id: AuthorId,
    pub reason: String,
    pub state: IdentityLinkState,
    pub proposed_by: Option<AccountId>,
    pub proposed_at: Time,
    /// Who confirmed or refused it.
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Time>,
    pub decided_reason: Option<String>,
    pub ended_by: Option<AccountId>,
    pub ended_at: Option<Time>,
    pub ended_reason: Option<String>,
}

impl IdentityLink {
    /// The author at the other end.
    #[must_use]
    pub fn other(&self, of: AuthorId) -> AuthorId {
        if self.one_id == of { self.other_id } else { self.one_id }
    }
}

/// Why two authors may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkGround {
    /// The same handle on another network.
    Handle,
    /// The same name, and mentions from the same country.
    Name { country: String },
}

/// An author that may be the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSuggestion {
    pub author: Author,
    pub ground: LinkGround,
}

//! Identity links: reviewed statements that two authors are the same person.
//!
//! A shared handle or name is only a suggestion. A person proposes a link with a reason, and it applies once it is confirmed. The proposer
//! may confirm it too, since many panels have one manager; both steps are recorded. Linked authors keep their mentions and assessments, are
//! shown together, appear on a shortlist once, and are erased together. A link can be removed.

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
    pub enum IdentityLinkState {
        Proposed = "proposed", "proposed";
        Confirmed = "confirmed", "confirmed";
        Refused = "refused", "rejected";
        /// Confirmed, then removed.
        Ended = "ended", "removed";
    }
}

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

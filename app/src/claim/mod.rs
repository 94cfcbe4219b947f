//! Claims: that two voices, on two networks or on one, are the same person.
//!
//! Nothing links voices by itself. A handle or a name that occurs twice is a suggestion with its ground; a person proposes a link
//! with a reason, and it holds once it was looked at a second time and confirmed. Whoever proposed may confirm, since many
//! panels have one manager; both acts are recorded. Linked voices keep their own posts and assessments, are shown together,
//! come onto a shortlist once, and are erased together. A link can be taken back.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::author::Author;
use crate::clock::Time;
use crate::ids::{AccountId, AuthorId, ClaimId, ProgramId};

text_enum! {
    /// How far a claim has come.
    pub enum State {
        Proposed = "proposed", "proposed";
        Confirmed = "confirmed", "confirmed";
        Refused = "refused", "refused";
        /// It was confirmed, and taken back.
        Ended = "ended", "taken back";
    }
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Claim {
    pub id: ClaimId,
    pub program_id: ProgramId,
    /// The voice with the smaller id.
    pub one_id: AuthorId,
    pub other_id: AuthorId,
    pub reason: String,
    pub state: State,
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

impl Claim {
    /// The voice at the other end.
    #[must_use]
    pub fn other(&self, of: AuthorId) -> AuthorId {
        if self.one_id == of { self.other_id } else { self.one_id }
    }
}

/// Why two voices may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The same handle on another network.
    Handle,
    /// The same name, and posts from the same country.
    Name { country: String },
}

/// A voice that may be the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub voice: Author,
    pub ground: Ground,
}

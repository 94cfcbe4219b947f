//! Nominations: “I heard this”. Any employee brings in a mention or a person, without an account.
//!
//! Anyone with an address at one of the company's email domains gets a personal link by email. A mention or a person is one nomination,
//! however many people bring it; each of them is told what became of it. Staff accept, which adds a known mention to the triage queue, or
//! decline with a reason; an answer that triage gives reaches those who nominated the mention.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
mod known;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod public;
pub mod rules;
#[cfg(feature = "store")]
pub mod decision;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use uuid::Uuid;

#[cfg(feature = "store")]
use crate::access::account::Actor;
use crate::kernel::clock::Time;
#[cfg(feature = "store")]
use crate::kernel::ids::PanelDayId;
use crate::kernel::ids::{AuthorId, EndorsementId, MentionId, NominationId, NominatorId, ProgramId};

text_enum! {
    /// What is nominated.
    pub enum NominationKind {
        Post = "post", "post";
        Person = "person", "person";
    }
}

text_enum! {
    /// Where a nomination stands.
    pub enum NominationState {
        /// Nobody has looked at it.
        New = "new", "new";
        /// Somebody looks after it.
        Accepted = "accepted", "accepted";
        /// The mention has a public answer.
        Answered = "answered", "answered";
        /// The mention was closed without one.
        Closed = "closed", "closed without an answer";
        Declined = "declined", "declined";
    }
}

/// Somebody nominated what nobody had nominated before.
#[cfg(feature = "store")]
pub struct NominationMade {
    pub at: Time,
    pub nomination: Nomination,
}

#[cfg(feature = "store")]
impl crate::db::Event for NominationMade {}

/// An author whom a colleague nominated is to be on the shortlist of a day.
#[cfg(feature = "store")]
pub struct AuthorRecommended {
    pub actor: Actor,
    pub at: Time,
    pub author: AuthorId,
    pub day: PanelDayId,
}

#[cfg(feature = "store")]
impl crate::db::Event for AuthorRecommended {}

/// One mention or one person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Nomination {
    pub id: NominationId,
    pub program_id: ProgramId,
    pub kind: NominationKind,
    pub state: NominationState,
    /// What makes it the same when somebody else brings it.
    pub match_key: String,
    /// Where the mention or the person's profile is.
    pub url: Option<String>,
    /// The mention's words as they were pasted; none where we have the mention.
    pub text: Option<String>,
    /// The person's name or handle.
    pub person: Option<String>,
    /// Where the person speaks.
    pub network: Option<String>,
    /// The mention among ours.
    pub mention_id: Option<MentionId>,
    /// Whose mention it is, or the author that is meant.
    pub author_id: Option<AuthorId>,
    pub made_at: Time,
    pub decided_at: Option<Time>,
    pub decided_by: Option<Uuid>,
    /// Why it was declined, or closed without an answer.
    pub reason: Option<String>,
    /// Where the public answer stands.
    pub answer_url: Option<String>,
    /// Grows with every change, so that two people do not undo each other's.
    pub revision: i64,
}

/// One person's “I heard this”.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Endorsement {
    pub id: EndorsementId,
    pub nomination_id: NominationId,
    pub nominator_id: NominatorId,
    pub email: String,
    pub at: Time,
    pub why: Option<String>,
    /// How the person can be reached, where the nominator knows.
    pub reach: Option<String>,
}

/// Somebody who nominates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Nominator {
    pub id: NominatorId,
    pub email: String,
    pub created_at: Time,
}

/// Who may nominate for a program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct NominationSetting {
    pub program_id: ProgramId,
    /// Email domains, one a line; none: nominations are closed.
    pub domains: String,
    pub revision: i64,
}

impl NominationSetting {
    /// A program for which nobody has said anything.
    #[must_use]
    pub const fn closed(program_id: ProgramId) -> Self {
        Self { program_id, domains: String::new(), revision: 0 }
    }

    /// Whether an address is at one of the domains.
    #[must_use]
    pub fn allows(&self, email: &str) -> bool {
        rules::domain(email).is_some_and(|domain| self.domains.lines().any(|allowed| allowed == domain))
    }
}

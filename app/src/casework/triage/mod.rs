//! Triage: mentions that need an answer, from the queue to the answer or the reason why there is none.
//!
//! A mention gets a case when a person adds it to the queue or assigns it to themselves. The case is due after 24 hours, or as many as its
//! program sets. It can be assigned to someone else or routed to a business unit, and is closed with a link to the public answer or with a
//! reason. Lateness is derived from the due time. Steps record who did what. A case is deleted with its mention.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod case;
#[cfg(feature = "ssr")]
pub mod download;
#[cfg(feature = "store")]
pub mod handover;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, AuthorId, MentionId, ProgramId, TriageStepId};

text_enum! {
    pub enum CaseState {
        New = "new", "new";
        Taken = "taken", "assigned";
        Routed = "routed", "routed";
        Answered = "answered", "answered";
        NoAction = "no_action", "closed without answer";
    }
}

impl CaseState {
    /// Whether it still needs an answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Taken | Self::Routed)
    }
}

text_enum! {
    pub enum CaseStepKind {
        AddedToQueue = "added_to_queue", "added to the queue";
        Taken = "taken", "assigned";
        HandedOver = "handed_over", "reassigned";
        Routed = "routed", "routed";
        Answered = "answered", "answered";
        NoAction = "no_action", "closed without answer";
        Reopened = "reopened", "reopened";
        Returned = "returned", "returned to the team";
    }
}

/// A case was opened, or something was done with it.
#[cfg(feature = "store")]
pub struct CaseChanged {
    pub at: Time,
    pub case: Case,
}

#[cfg(feature = "store")]
impl crate::db::Event for CaseChanged {}

/// A case went to a business unit.
#[cfg(feature = "store")]
pub struct CaseRouted {
    pub at: Time,
    pub program: ProgramId,
    pub mention: MentionId,
    pub unit: String,
}

#[cfg(feature = "store")]
impl crate::db::Event for CaseRouted {}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Case {
    pub mention_id: MentionId,
    pub author_id: AuthorId,
    pub program_id: ProgramId,
    pub state: CaseState,
    pub opened_at: Time,
    pub due_at: Time,
    /// Who it is assigned to.
    pub taken_by: Option<AccountId>,
    /// When it was first assigned.
    pub taken_at: Option<Time>,
    /// The business unit that it was routed to.
    pub unit: Option<String>,
    pub routed_at: Option<Time>,
    pub answered_at: Option<Time>,
    /// The address of the public answer.
    pub answer_url: Option<String>,
    /// Why there is no answer.
    pub reason: Option<String>,
    pub closed_at: Option<Time>,
    /// Grows with every change, so that two people do not undo each other's.
    pub revision: i64,
}

impl Case {
    /// Whether it is open and past its due time.
    #[must_use]
    pub fn is_late(&self, now: Time) -> bool {
        self.state.is_open() && self.due_at < now
    }
}

/// One thing that was done with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct CaseStep {
    pub id: TriageStepId,
    pub mention_id: MentionId,
    pub author_id: AuthorId,
    pub at: Time,
    pub kind: CaseStepKind,
    pub by_account: Option<AccountId>,
    pub to_account: Option<AccountId>,
    pub unit: Option<String>,
    /// A note, a reason or a link.
    pub text: Option<String>,
}

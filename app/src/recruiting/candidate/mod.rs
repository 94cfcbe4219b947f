//! A candidate: an author or a customer on the shortlist of a panel day, with the reasons why.
//!
//! The reasons are copied from the assessment at that moment, so that they stay what they were when somebody chose.
//! Taking a candidate off keeps the row and says why. A candidate points to an author, a customer, or both.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, AuthorId, CandidateId, CustomerId, PanelDayId};
use crate::program::Segment;

/// Who is shortlisted: somebody who writes in public, or somebody on the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateIdentity {
    Author(AuthorId),
    Customer(CustomerId),
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Candidate {
    pub id: CandidateId,
    pub panel_day_id: PanelDayId,
    pub author_id: Option<AuthorId>,
    pub customer_id: Option<CustomerId>,
    pub name: String,
    pub segment: Segment,
    /// In words, as they were when the candidate was chosen.
    #[cfg_attr(feature = "store", sqlx(json))]
    pub reasons: Vec<String>,
    /// Why this one, in the words of whoever chose.
    pub remark: String,
    pub added_by: Option<AccountId>,
    pub added_at: Time,
    pub removed_at: Option<Time>,
    pub removed_reason: Option<String>,
}

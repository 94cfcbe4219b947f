//! A candidate: an author or a customer on the shortlist of a panel day, with the reasons why.
//!
//! The reasons are copied from the assessment at the time of the choice, and do not change with it afterwards.
//! Removing a candidate keeps the row with the reason. A candidate points to an author, a customer, or both.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
mod facts;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod ranking;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, AuthorId, CandidateId, CustomerId, PanelDayId};
use crate::listening::segment::SegmentReason;
use crate::program::Segment;

/// Who is shortlisted: an author of public mentions, or a customer on the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateIdentity {
    Author(AuthorId),
    Customer(CustomerId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Candidate {
    pub id: CandidateId,
    pub panel_day_id: PanelDayId,
    pub author_id: Option<AuthorId>,
    pub customer_id: Option<CustomerId>,
    pub name: String,
    pub segment: Segment,
    /// As they were when the candidate was chosen.
    #[cfg_attr(feature = "store", sqlx(json))]
    pub reasons: Vec<SegmentReason>,
    /// Why this person, in the words of the account that added them.
    pub remark: String,
    pub added_by: Option<AccountId>,
    pub added_at: Time,
    pub removed_at: Option<Time>,
    pub removed_reason: Option<String>,
}

//! Segments: ranters complain, ravers praise, apathetics bought and do not care. Dated, with score, confidence and reasons.
//!
//! Each author gets an assessment from its mentions: ranter, raver, or unclassified. Apathetics come from the roster and a survey, never
//! from silence alone. An assessment is never overwritten, but superseded by a newer one. A person can overrule it with a reason, until
//! that is removed. Mentions on sensitive subjects never count.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
mod changes;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod preview;
pub mod reason;
pub mod roster;
pub mod rules;
pub mod settings;
#[cfg(feature = "store")]
pub mod store;
pub mod tally;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "store")]
pub mod work;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};
use crate::listening::author::{self, AuthorKind};
pub use crate::program::Segment;
pub use reason::SegmentReason;
pub use settings::SegmentSettings;

text_enum! {
    /// Where an assessment comes from.
    pub enum SegmentOrigin {
        Computed = "computed", "computed";
        Overruled = "overruled", "by a person";
    }
}

/// One assessment of one author or customer.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Assessment {
    pub id: AssessmentId,
    pub program_id: ProgramId,
    pub author_id: Option<AuthorId>,
    pub customer_id: Option<CustomerId>,
    /// None: neither yet.
    pub segment: Option<Segment>,
    /// The sort key of rankings: for a customer the score, from 0 to 1; for an author the day that `rules::score_on` converts to it.
    pub score: f64,
    /// How sure, from 0 to 1.
    pub confidence: f64,
    /// The weightiest first.
    #[cfg_attr(feature = "store", sqlx(json))]
    pub reasons: Vec<SegmentReason>,
    pub origin: SegmentOrigin,
    pub by_account: Option<Uuid>,
    pub at: Time,
    pub superseded_at: Option<Time>,
}

/// A place in the ranking: an author, or for apathetics a customer.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct RankedAuthor {
    pub author_id: Option<AuthorId>,
    pub customer_id: Option<CustomerId>,
    /// The handle without `@`, or the customer's name.
    pub name: String,
    /// The name beside the handle, where the export has one; none for customers.
    pub display_name: Option<String>,
    /// None for customers.
    pub network: Option<String>,
    pub followers: Option<i64>,
    /// How many people the mentions may have reached, and how often they were liked, commented and shared; none where no mention says so.
    pub reach: Option<i64>,
    pub engagement: Option<i64>,
    pub kind: AuthorKind,
    /// Whether a person said so.
    pub kind_decided: bool,
    pub mentions: i64,
    pub negative: i64,
    pub positive: i64,
    pub last_at: Option<Time>,
    pub segment: Option<Segment>,
    /// How strongly, from 0 to 1, on the last day listened to.
    pub score: f64,
    pub confidence: f64,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub reasons: Vec<SegmentReason>,
    pub origin: SegmentOrigin,
}

impl RankedAuthor {
    /// "@handle" for an author, the name for a customer.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.author_id.is_some() { author::shown(&self.name) } else { self.name.clone() }
    }
}

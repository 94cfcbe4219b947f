//! Segment changes: who was a ranter in March and is a raver since May.
//!
//! Where an author stands at the end of each month follows from its mentions up to then, with the program's settings of today, so
//! that an export of a whole year shows the steps of that year and not those of the day it was imported. A person's
//! decision about an author's segment changes its assessment and not what its mentions showed. Authors that are excluded take no
//! steps; those of an author that is brought back are found again.

#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use chrono::NaiveDate;

use crate::kernel::ids::AuthorId;
use crate::listening::segment::Segment;

/// An author that moved, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SegmentChange {
    pub author_id: AuthorId,
    pub handle: String,
    pub network: String,
    pub mentions: i64,
    /// The first day of the month at whose end it stood elsewhere than before.
    pub month: NaiveDate,
    pub before: Option<Segment>,
    pub after: Option<Segment>,
}

/// How many authors went from one segment to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SegmentChangeCount {
    pub before: Option<Segment>,
    pub after: Option<Segment>,
    pub authors: i64,
}

//! Segment changes: ranter in March, raver since May.
//!
//! The segment of an author at the end of each month is computed from its mentions until then, with the program's current settings. So an
//! export of a whole year shows the changes of that year, not those of the day of its import. A segment that a person set does not affect
//! them. Excluded authors have no changes; they are computed again when an author is included.

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
    /// The first day of the month at whose end the segment differed from before.
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

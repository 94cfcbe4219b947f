//! Movement: who was a ranter in March and is a raver since May.
//!
//! Where a voice stands at the end of each month follows from its posts up to then, with the program's settings of today, so
//! that an export of a whole year shows the steps of that year and not those of the day it was imported. A person's
//! decision about a voice's segment changes its assessment and not what its posts showed. Voices that are set aside take no
//! steps; those of a voice that is brought back are found again.

#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use chrono::NaiveDate;

use crate::ids::AuthorId;
use crate::segment::Segment;

/// A voice that moved, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Moved {
    pub author_id: AuthorId,
    pub handle: String,
    pub network: String,
    pub posts: i64,
    /// The first day of the month at whose end it stood elsewhere than before.
    pub month: NaiveDate,
    pub before: Option<Segment>,
    pub after: Option<Segment>,
}

/// How many voices went from one segment to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Flow {
    pub before: Option<Segment>,
    pub after: Option<Segment>,
    pub voices: i64,
}

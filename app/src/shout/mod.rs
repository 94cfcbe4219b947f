//! Shouts: posts that say the same in nearly the same words, by one voice or by many.
//!
//! A copy belongs to the post that was heard first; what a voice says again on the same day counts for it no second time. So a
//! burst of a thousand copies is one shout of each voice, and a campaign can be seen as what it is.

#[cfg(feature = "store")]
pub mod memory;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use chrono::NaiveDate;
use uuid::Uuid;

/// That a post is a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The id of the post that was heard first.
    pub shout_id: Uuid,
    /// The same voice said it on the same day before.
    pub repeats: bool,
}

/// One shout, for lists.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Shout {
    pub shout_id: Uuid,
    /// Its posts, the first one included while it is kept.
    pub posts: i64,
    pub voices: i64,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The words of one of its posts.
    pub text: String,
}

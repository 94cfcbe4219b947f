//! Repeated mentions: mentions that say the same in nearly the same words, by one author or by many.
//!
//! A copy belongs to the mention that was heard first; what an author says again on the same day counts for it no second time. So a
//! burst of a thousand copies is one repeated mention of each author, and a campaign can be seen as what it is.

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

/// That a mention is a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MentionCopy {
    /// The id of the mention that was heard first.
    pub first_id: Uuid,
    /// The same author said it on the same day before.
    pub repeats: bool,
}

/// One repeated mention, for lists.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct RepeatedMention {
    pub first_id: Uuid,
    /// Its mentions, the first one included while it is kept.
    pub mentions: i64,
    pub authors: i64,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The words of one of its mentions.
    pub text: String,
}

//! Repeated mentions: near-duplicates, by one author or by many.
//!
//! A copy belongs to the first mention with its text. Repetitions by one author on the same day count once for the author's segment, so a
//! burst of copies is one mention per author, and a campaign is visible as such.

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MentionCopy {
    /// The id of the first mention with this text.
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

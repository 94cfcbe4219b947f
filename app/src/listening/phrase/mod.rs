//! Phrases: one to three words that rise suddenly, or that a few authors repeat.
//!
//! A background job counts them in the newest five weeks of mentions whenever there are new ones. Rising phrases are ranked by Dunning's
//! log-likelihood; the page states minimums and sample. One click makes a topic of a phrase.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "store")]
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "store")]
pub mod work;

use chrono::NaiveDate;

use crate::kernel::clock::Time;

text_enum! {
    /// Why a phrase is listed.
    pub enum PhraseKind {
        Rising = "rising", "rising";
        Intense = "intense", "repeated by a few authors";
    }
}

/// One phrase, as of the newest mentions.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Phrase {
    pub kind: PhraseKind,
    /// In lower case, with one space between words.
    pub words: String,
    /// Mentions with it: of the last seven days where it rises, of all five weeks where few raise it.
    pub mentions: i64,
    /// Mentions with it in the four weeks before.
    pub before: i64,
    pub authors: i64,
    pub negative: i64,
    pub positive: i64,
    /// Dunning's G² where it rises; mentions of one mind for each author where few raise it.
    pub score: f64,
}

/// What the phrases were counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct PhraseRun {
    pub computed_at: Time,
    /// The day of the newest mention, which the last seven days end with.
    pub until: NaiveDate,
    /// All mentions of the program then.
    pub total: i64,
    /// Mentions that were read of the last seven days, and of the four weeks before; copies of one text count once.
    pub mentions: i64,
    pub before: i64,
    /// Busy days were read in part.
    pub sampled: bool,
}

//! Phrases: one to three words that people suddenly use, or that few people use again and again.
//!
//! Nobody typed them anywhere: they are counted from the newest five weeks of posts, in the background, whenever new posts
//! have come. What rises is ranked by Dunning's log-likelihood; the floors and the sample are stated beside the list. One
//! click makes a topic of a phrase.

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

use crate::clock::Time;

text_enum! {
    /// Why a phrase is listed.
    pub enum Kind {
        Rising = "rising", "rising";
        Intense = "intense", "raised by few, intensely";
    }
}

/// One phrase, as of the newest posts.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Phrase {
    pub kind: Kind,
    /// In lower case, with one space between words.
    pub words: String,
    /// Posts with it: of the last seven days where it rises, of all five weeks where few raise it.
    pub posts: i64,
    /// Posts with it in the four weeks before.
    pub before: i64,
    pub voices: i64,
    pub negative: i64,
    pub positive: i64,
    /// Dunning's G² where it rises; posts of one mind for each voice where few raise it.
    pub score: f64,
}

/// What the phrases were counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Run {
    pub computed_at: Time,
    /// The day of the newest post, which the last seven days end with.
    pub until: NaiveDate,
    /// All posts of the program then.
    pub total: i64,
    /// Posts that were read of the last seven days, and of the four weeks before; copies of one text count once.
    pub posts: i64,
    pub before: i64,
    /// Busy days were read in part.
    pub sampled: bool,
}

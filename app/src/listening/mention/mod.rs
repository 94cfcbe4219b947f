//! Mentions: posts, reviews, comments and survey answers about the brand, as a listening export gave them.
//!
//! A mention keeps the vendor's sentiment unchanged, beside our own. Its effective sentiment, `reading`, is a person's correction, else
//! the vendor's value, else our own. Mentions on sensitive subjects are kept, but never count for a segment.

#[cfg(feature = "store")]
pub mod index;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod opinion;
#[cfg(feature = "store")]
pub mod place;
#[cfg(feature = "store")]
pub mod rollup;
pub mod rules;
#[cfg(feature = "store")]
pub mod signs;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "store")]
pub mod language;

use chrono::NaiveDate;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, ImportRunId, MentionId, ProgramId};

pub use crate::listening::sentiment::Sentiment;

text_enum! {
    /// How the language of a mention is known.
    pub enum LanguageFrom {
        /// The export says so; never overwritten.
        Export = "export", "the export says so";
        /// Detected from the text, where the export has none.
        Text = "text", "read from the text";
    }
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Mention {
    pub id: MentionId,
    /// Its place among all mentions, in the order of time (see `place`).
    pub no: i64,
    pub author_id: AuthorId,
    pub run_id: Option<ImportRunId>,
    /// The line of the imported file on which its row began; 0 where it came another way.
    pub line: i64,
    /// What makes it the same mention in another export: network and id, else the link, else author, time and text.
    pub dedupe_key: String,
    pub program_id: ProgramId,
    /// Its author's network.
    pub network: String,
    pub external_id: Option<String>,
    pub url: Option<String>,
    pub text: String,
    pub at: Time,
    /// The day of `at` in UTC.
    pub day: NaiveDate,
    /// From the export, else detected; none if unknown.
    pub language: Option<String>,
    pub language_from: Option<LanguageFrom>,
    pub country: Option<String>,
    /// The vendor's value as it came; never overwritten.
    pub vendor_sentiment: Option<String>,
    /// Our own reading of the text.
    pub sentiment: Sentiment,
    /// Our own reading as a number from −1 to 1.
    pub score: f64,
    /// How it counts: a person's correction, else the vendor's value, else our own reading.
    pub reading: Sentiment,
    /// It touches a subject that is never a reason for anything (health, politics, religion …).
    pub sensitive: bool,
    /// How many people may have seen it, as the vendor reckons; none where the export does not say.
    pub reach: Option<i64>,
    /// Likes, comments and shares together, as of the newest export; none where none said.
    pub engagement: Option<i64>,
}

impl Mention {
    /// Whether vendor and own reading contradict each other.
    #[must_use]
    pub fn disputed(&self) -> bool {
        rules::disputed(rules::vendor(self.vendor_sentiment.as_deref()), self.sentiment)
    }
}

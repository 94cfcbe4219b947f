//! Sentiment: what a post expresses, and how we come to think so.
//!
//! Our own reading begins with VADER, a lexicon with rules. From labelled posts (vendors' values, people's corrections) a
//! small linear model learns how this organisation is talked about. Each training is a version with its figures, measured on
//! posts that it had not seen; nothing changes until a person switches it on, and switching it off is one click. A
//! person's correction of one post outranks every reading.

#[cfg(feature = "store")]
pub mod act;
pub mod features;
pub mod hash;
pub mod learn;
pub mod linear;
pub mod measure;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
pub mod trial;
pub mod vader;
#[cfg(feature = "store")]
pub mod work;

#[cfg(all(test, feature = "store"))]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Time;
use crate::ids::{ModelId, ProgramId};
use measure::Score;

text_enum! {
    /// What a post expresses about the brand.
    pub enum Sentiment {
        Negative = "negative", "negative";
        Neutral = "neutral", "neutral";
        Positive = "positive", "positive";
        Unknown = "unknown", "not rated";
    }
}

/// The three that a reading chooses from, in the order of a model's outputs.
pub const CLASSES: [Sentiment; 3] = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];

/// VADER and a model, measured on the same posts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub vader: Score,
    pub model: Score,
}

/// The same for posts in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// Empty: posts that do not say theirs.
    pub language: String,
    /// Whether the model reads it. What it does not read, VADER reads if it is English, and nobody if not.
    pub read: bool,
    pub scores: Comparison,
}

/// How good a model is, by cross-validation: every post was read by a model that knew neither its author nor a copy of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub folds: usize,
    pub authors: usize,
    pub all: Comparison,
    pub languages: Vec<Language>,
    /// On the posts that people corrected.
    pub corrected: Option<Comparison>,
    /// How long training and measuring took, and how large the model is.
    pub seconds: f64,
    pub bytes: usize,
}

/// One training, without its weights.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Version {
    pub id: ModelId,
    pub program_id: ProgramId,
    pub version: i64,
    pub trained_at: Time,
    pub trained_by: Option<Uuid>,
    /// Labelled posts that it learned from, and how many of the labels were people's corrections.
    pub labels: i64,
    pub corrections: i64,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub figures: Figures,
    pub on_since: Option<Time>,
    pub off_since: Option<Time>,
}

impl Version {
    /// Whether new posts are read by it.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on_since.is_some() && self.off_since.is_none()
    }
}

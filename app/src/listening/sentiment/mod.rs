//! Sentiment: what a mention expresses about the brand.
//!
//! Our own rating starts with VADER, a lexicon with rules. A small linear model learns from labelled mentions (vendor values and people's
//! corrections). Each training is a version with its figures, measured on mentions that it had not seen. It is used only after a person
//! activated it. A person's correction of a mention overrides every rating.

#[cfg(feature = "store")]
pub mod act;
pub mod evaluation;
pub mod features;
pub mod hash;
pub mod learn;
pub mod linear;
mod label;
pub mod measure;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
mod lexicon;
pub mod vader;
#[cfg(feature = "store")]
pub mod work;

#[cfg(all(test, feature = "store"))]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{ModelId, ProgramId};
use measure::SentimentScore;

pub use label::{CLASSES, Sentiment};

/// VADER and a model, measured on the same mentions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentimentComparison {
    pub vader: SentimentScore,
    pub model: SentimentScore,
}

/// The same for mentions in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanguageComparison {
    /// Empty: mentions that do not say theirs.
    pub language: String,
    /// Whether the model rates it. If not, VADER does for English.
    pub read: bool,
    pub scores: SentimentComparison,
}

/// How good a model is, by cross-validation: every mention was read by a model that knew neither its author nor a copy of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFigures {
    pub folds: usize,
    pub authors: usize,
    pub all: SentimentComparison,
    pub languages: Vec<LanguageComparison>,
    /// On the mentions that people corrected.
    pub corrected: Option<SentimentComparison>,
    /// How long training and measuring took, and how large the model is.
    pub seconds: f64,
    pub bytes: usize,
}

/// One training, without its weights.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct ModelVersion {
    pub id: ModelId,
    pub program_id: ProgramId,
    pub version: i64,
    pub trained_at: Time,
    pub trained_by: Option<Uuid>,
    /// Labelled mentions that it learned from, and how many of the labels were people's corrections.
    pub labels: i64,
    pub corrections: i64,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub figures: ModelFigures,
    pub on_since: Option<Time>,
    pub off_since: Option<Time>,
}

impl ModelVersion {
    /// Whether new mentions are read by it.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on_since.is_some() && self.off_since.is_none()
    }
}

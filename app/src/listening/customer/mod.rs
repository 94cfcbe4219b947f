//! Customers: the roster from a CRM, with products owned and consent to contact.
//!
//! Apathetics come from the roster, since they never write about the product.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::clock::{Time, long_date};
use crate::kernel::ids::{CustomerId, ImportRunId, ProgramId};

text_enum! {
    /// How the answers of a survey are to be read.
    #[derive(Default)]
    pub enum SurveyScale {
        /// In words, or in scores that say themselves how far they go: “2 of 7”.
        #[default]
        Words = "words", "words";
        OfTen = "10", "scores from 0 to 10";
        OfFive = "5", "scores from 1 to 5";
    }
}

impl SurveyScale {
    /// The highest score; none for words.
    #[must_use]
    pub const fn highest(self) -> Option<f64> {
        match self {
            Self::Words => None,
            Self::OfTen => Some(10.0),
            Self::OfFive => Some(5.0),
        }
    }

    /// An answer as it is shown: a score with how far it goes, words as they are.
    #[must_use]
    pub fn scored(self, answer: Option<&str>) -> Option<String> {
        let answer = answer?;
        Some(match self.highest() {
            Some(highest) if answer.trim().parse::<f64>().is_ok() => format!("{} of {highest}", answer.trim()),
            _ => answer.to_owned(),
        })
    }
}

/// What else a roster says of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct CustomerDetails {
    pub phone: Option<String>,
    pub company: Option<String>,
    pub purchased_at: Option<Time>,
    pub country: Option<String>,
    pub language: Option<String>,
    /// Their handle in social media, as on the roster.
    pub handle: Option<String>,
    /// The network of the handle, where the roster tells it.
    pub handle_network: Option<String>,
    pub tags: Option<String>,
    /// The column that tells of their consent.
    pub consent_column: Option<String>,
    /// What it says, word for word.
    pub consent_says: Option<String>,
    pub consent_since: Option<Time>,
    /// Whether they agreed to marketing, which is not consent to be invited; none where the roster does not say.
    pub marketing_consent: Option<bool>,
    /// Whatever else the roster says.
    #[cfg_attr(feature = "store", sqlx(json))]
    pub extra: FurtherDetails,
}

/// What a roster says that has no field of its own, by the names of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Value>")]
pub struct FurtherDetails(pub BTreeMap<String, String>);

impl From<BTreeMap<String, Value>> for FurtherDetails {
    /// What is no text is kept as JSON writes it.
    fn from(found: BTreeMap<String, Value>) -> Self {
        let text = |value: Value| if let Value::String(text) = value { text } else { value.to_string() };
        Self(found.into_iter().map(|(name, value)| (name, text(value))).collect())
    }
}

impl FurtherDetails {
    /// All of it in a line: “Plan: Gold · Region: North”.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(" · ")
    }
}

impl CustomerDetails {
    /// Where the consent comes from: “Marketing Opt-In”: “yes”, since 3 May 2024. Empty where the roster does not say. `counts`: whether consent
    /// to marketing was taken for consent to be invited.
    #[must_use]
    pub fn consent_story(&self, counts: bool) -> String {
        let Some((column, says)) = self.consent_column.as_deref().zip(self.consent_says.as_deref()) else { return String::new() };
        let since = self.consent_since.map(|at| format!(", since {}", long_date(at.date_naive()))).unwrap_or_default();
        let marketing = if self.marketing_consent == Some(true) && !counts { " (marketing only)" } else { "" };
        format!("“{column}”: “{says}”{since}{marketing}")
    }
}

/// One person on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Customer {
    pub id: CustomerId,
    pub program_id: ProgramId,
    pub run_id: Option<ImportRunId>,
    /// The line of its file; 0 if unknown.
    pub line: i64,
    /// The CRM's own number.
    pub external_ref: String,
    pub name: String,
    pub email: Option<String>,
    /// As the CRM words them: "XPS 13; Monitor U2723".
    pub products: String,
    pub owns_products: bool,
    pub consents_to_contact: bool,
    /// What they answered when asked how much they care.
    pub survey_answer: Option<String>,
    pub survey_at: Option<Time>,
    pub last_contact_at: Option<Time>,
    pub created_at: Time,
    /// How far the score of the survey answer goes.
    pub survey_scale: SurveyScale,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub details: CustomerDetails,
}

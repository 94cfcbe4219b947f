//! Volume: mentions per day, in total and by network, language, country and segment.
//!
//! Mentions by authors that are not customers are counted a second time by kind (`kinds`), so that pages can show customers only.
//! The counts change in the transaction that adds, removes or re-reads a mention, so pages never count mentions themselves.
//! `weheard listening rebuild` recounts them; tests compare both.

#[cfg(feature = "ssr")]
mod authors;
#[cfg(feature = "ssr")]
mod kind_tabs;
#[cfg(feature = "store")]
pub mod kinds;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
mod shares;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use chrono::NaiveDate;

use crate::listening::author::AuthorKind;

text_enum! {
    /// What mentions are counted by, beside their day.
    pub enum Dimension {
        Network = "network", "Network";
        Language = "language", "Language";
        Country = "country", "Country";
        /// The current segment of the author; mentions follow when it changes. Sentiment is not counted here.
        Segment = "segment", "Segment";
    }
}

text_enum! {
    /// What mentions by authors that are not customers are counted by, beside their kind and day.
    pub enum KindDimension {
        /// Nothing else; the value is empty.
        All = "all", "All";
        Network = "network", "Network";
        Language = "language", "Language";
        Country = "country", "Country";
        Segment = "segment", "Segment";
        /// The id of a topic; empty: no topic.
        Topic = "topic", "Topic";
    }
}

impl From<Dimension> for KindDimension {
    fn from(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Network => Self::Network,
            Dimension::Language => Self::Language,
            Dimension::Country => Self::Country,
            Dimension::Segment => Self::Segment,
        }
    }
}

/// The key of a country: lower case, so that “us” and “US” are one; empty if unknown.
#[must_use]
pub fn country(name: Option<&str>) -> String {
    name.unwrap_or_default().trim().to_lowercase()
}

/// A country as it is shown: short names are codes.
#[must_use]
pub fn country_label(value: &str) -> String {
    if value.is_empty() {
        return "Unknown".to_owned();
    }
    if value.chars().count() <= 3 {
        return value.to_uppercase();
    }
    let mut begins = true;
    let letter = |c: char| {
        let shown: String = if begins { c.to_uppercase().collect() } else { c.to_string() };
        begins = !c.is_alphanumeric();
        shown
    };
    value.chars().map(letter).collect()
}

/// Mentions, and how many of them are read as negative and as positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SentimentCounts {
    pub mentions: i64,
    pub negative: i64,
    pub positive: i64,
}

impl SentimentCounts {
    pub fn add(&mut self, other: Self) {
        self.mentions += other.mentions;
        self.negative += other.negative;
        self.positive += other.positive;
    }
}

impl std::ops::Neg for SentimentCounts {
    type Output = Self;

    fn neg(self) -> Self {
        Self { mentions: -self.mentions, negative: -self.negative, positive: -self.positive }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct VolumeDay {
    pub day: NaiveDate,
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub counts: SentimentCounts,
}

/// One day's counts of one network, language, country or segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VolumeSlice {
    pub dimension: Dimension,
    pub day: NaiveDate,
    pub value: String,
}

/// One day's counts of authors of one kind that is not customers, in all or of one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindSlice {
    pub kind: AuthorKind,
    pub dimension: KindDimension,
    pub day: NaiveDate,
    pub value: String,
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "store")]
    mod kinds;

    use super::*;

    #[test]
    fn countries_have_one_name() {
        assert_eq!([country(Some(" US ")), country(Some("Côte d’Ivoire")), country(None)], ["us", "côte d’ivoire", ""]);
        assert_eq!(["us", "united states", "", "côte d’ivoire"].map(country_label), ["US", "United States", "Unknown", "Côte D’Ivoire"]);
    }
}

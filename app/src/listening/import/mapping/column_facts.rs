//! What the cells of a column say beside what the column holds: the order and zone of its dates, and how far its scores go. Kept for every
//! column, so that it is known when a person says that another one holds the date, the sentiment or the survey answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mapping_origin::MappingOrigin;
use crate::listening::customer::SurveyScale;

/// What the cells of one column say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFacts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateFacts>,
    /// How far scores go that stand for sentiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// How survey answers are to be read, where they are numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<(SurveyScale, MappingOrigin)>,
}

/// What the dates of one column say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateFacts {
    /// Which number is the day, and how that is known; none where no date depends on it.
    pub order: Option<(bool, MappingOrigin)>,
    /// The zone that the column's name or the lines above it name.
    pub time_zone: Option<String>,
    pub zone_from: MappingOrigin,
    /// Abbreviations that several zones share, with what they mean where the file tells it.
    pub short_zones: BTreeMap<String, Option<i32>>,
}

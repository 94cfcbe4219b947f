//! How a file is read: its encoding, its header, and what each column holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::listening::customer::SurveyScale;
use crate::listening::import::field::{ImportField, ImportKind};
use crate::listening::import::mapping::column_facts::ColumnFacts;
use crate::listening::import::mapping::confidence::ColumnConfidence;
pub use crate::listening::import::mapping::mapping_origin::MappingOrigin;
use crate::listening::import::mapping::{header_synonyms, preset};
use crate::listening::import::reading::dates::DateRule;
use crate::listening::import::reading::short_zones::ShortZones;

/// How a file is read: guessed first, then as a person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// WHATWG label: "UTF-8", "UTF-16LE", "windows-1252".
    pub encoding: String,
    pub delimiter: char,
    /// Records before the header; none where the file has no header line.
    pub header: Option<usize>,
    /// The header's cells, or "Column 1", "Column 2" ….
    pub headers: Vec<String>,
    /// What each column holds. Where several hold one thing, the first that is filled in a row is taken.
    pub columns: Vec<Option<ImportField>>,
    /// Whether 3/4/2022 is the third of April.
    pub day_first: bool,
    /// How that is known.
    #[serde(default)]
    pub order_from: MappingOrigin,
    /// The zone of dates that name none, by its IANA name.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// How that is known.
    #[serde(default)]
    pub zone_from: MappingOrigin,
    /// The vendor whose export it is, and why; none for any other file.
    #[serde(default)]
    pub preset: Option<preset::PresetMatch>,
    /// The sheet of a workbook that is read, or the list within an object of JSON.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Whether the columns are as a person said for an earlier file with the same ones.
    #[serde(default)]
    pub remembered: bool,
    /// How far the vendor's sentiment goes where it is a score: 5 of stars, 10 of a question how likely somebody recommends.
    #[serde(default)]
    pub scale: Option<u8>,
    /// The network of rows that name none, where the file's layout tells it or a person said so.
    #[serde(default)]
    pub network: Option<String>,
    /// How the network is known; open where neither rows nor layout nor file name tell it.
    #[serde(default)]
    pub network_from: MappingOrigin,
    /// How sure each column is; empty for files that were mapped before that was told.
    #[serde(default)]
    pub confidence: Vec<Option<ColumnConfidence>>,
    /// Abbreviations of zones in the dates that several zones share: what they mean here, in seconds ahead of UTC, once that is known.
    #[serde(default)]
    pub short_zones: BTreeMap<String, Option<i32>>,
    /// How it is known whether the file holds people or mentions.
    #[serde(default)]
    pub kind_from: MappingOrigin,
    /// How answers of the survey are to be read.
    #[serde(default)]
    pub survey_scale: SurveyScale,
    /// How that is known.
    #[serde(default)]
    pub scale_from: MappingOrigin,
    /// Whether a person said that who agreed to marketing agreed to be invited to panels too.
    #[serde(default)]
    pub marketing_is_consent: bool,
    /// What the cells of columns say, by their places.
    #[serde(default)]
    pub facts: BTreeMap<usize, ColumnFacts>,
    /// The sheets of a workbook, or the lists within an object of JSON, of which one is read; empty where there is nothing to choose.
    #[serde(default)]
    pub parts: Vec<String>,
    /// A workbook or JSON, which has neither an encoding to choose nor a column separator.
    #[serde(default)]
    pub is_structured: bool,
    /// Rows of the file, where they were counted beforehand.
    pub total: Option<i64>,
}

fn utc() -> String {
    "UTC".into()
}

impl Default for ColumnMapping {
    fn default() -> Self {
        Self {
            encoding: String::new(),
            delimiter: ',',
            header: None,
            headers: Vec::new(),
            columns: Vec::new(),
            day_first: true,
            order_from: MappingOrigin::Guessed,
            time_zone: utc(),
            zone_from: MappingOrigin::Guessed,
            preset: None,
            sheet: None,
            remembered: false,
            scale: None,
            network: None,
            network_from: MappingOrigin::Guessed,
            confidence: Vec::new(),
            short_zones: BTreeMap::new(),
            kind_from: MappingOrigin::Guessed,
            survey_scale: SurveyScale::Words,
            scale_from: MappingOrigin::Guessed,
            marketing_is_consent: false,
            facts: BTreeMap::new(),
            parts: Vec::new(),
            is_structured: false,
            total: None,
        }
    }
}

impl ColumnMapping {
    /// Positions of the columns that hold a field, first choice first: as the vendor's preset ranks them, else as common
    /// names are ranked, else as they stand.
    #[must_use]
    pub fn places(&self, field: ImportField) -> Vec<usize> {
        let held = self.columns.iter().enumerate().filter(|(_, held)| **held == Some(field));
        let mut places: Vec<usize> = held.map(|(place, _)| place).collect();
        if places.len() > 1 {
            places.sort_by_key(|place| {
                let name = self.headers.get(*place).map_or("", String::as_str);
                let plain = header_synonyms::plain(name);
                let ranked = self.preset.and_then(|found| found.preset.names(field).iter().position(|known| *known == plain));
                ranked.unwrap_or_else(|| 100_usize.saturating_add(header_synonyms::rank(field, name)))
            });
        }
        places
    }

    #[must_use]
    pub fn dates(&self) -> DateRule {
        let said = self.short_zones.iter().filter_map(|(name, ahead)| Some((name.clone(), (*ahead)?))).collect();
        DateRule {
            day_first: self.day_first,
            zone: self.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC),
            short_zones: ShortZones::of(&said),
        }
    }

    /// What is missing before rows can be read, in words; empty if nothing is.
    #[must_use]
    pub fn missing(&self, kind: ImportKind) -> Vec<&'static str> {
        let has = |field| self.columns.contains(&Some(field));
        let needed: &[(&str, bool)] = match kind {
            ImportKind::Mentions => &[("the text", has(ImportField::Text)), ("the date", has(ImportField::At))],
            ImportKind::Customers => &[
                (
                    "the customer’s name",
                    [ImportField::FullName, ImportField::FirstName, ImportField::LastName, ImportField::EmailAddress].into_iter().any(has),
                ),
                ("the customer number or email address", has(ImportField::Ref) || has(ImportField::EmailAddress)),
            ],
        };
        needed.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect()
    }
}

/// How a person says a file is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingOptions {
    pub kind: ImportKind,
    pub encoding: String,
    pub delimiter: char,
    /// Which row holds the names, from 1; 0 for none.
    pub header: usize,
    /// The sheet of a workbook, or the list within an object of JSON, where there are several.
    pub sheet: Option<String>,
}

impl ReadingOptions {
    /// As a file is read so far.
    #[must_use]
    pub fn of(kind: ImportKind, mapping: &ColumnMapping) -> Self {
        let ColumnMapping { encoding, delimiter, header, sheet, .. } = mapping;
        Self { kind, encoding: encoding.clone(), delimiter: *delimiter, header: header.map_or(0, |at| at + 1), sheet: sheet.clone() }
    }
}

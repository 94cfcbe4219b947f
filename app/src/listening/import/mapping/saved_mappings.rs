//! Saved mappings, applied to the next file with the same columns in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::secret::hex;
use crate::listening::customer::SurveyScale;
use crate::listening::import::mapping::columns::MappingOrigin;
use crate::listening::import::mapping::confidence::ColumnConfidence;
use crate::listening::import::mapping::header_synonyms::plain;
use crate::listening::import::mapping::own_files;
use crate::listening::import::{ColumnMapping, ImportField, ImportKind};

/// What was said, by the names of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedMapping {
    kind: ImportKind,
    columns: BTreeMap<String, ImportField>,
    /// Only where a person said so.
    day_first: Option<bool>,
    time_zone: Option<String>,
    /// The network of rows that name none; empty where a person cleared what was guessed.
    #[serde(default)]
    network: Option<String>,
    /// What abbreviations of zones mean, in seconds ahead of UTC.
    #[serde(default)]
    short_zones: BTreeMap<String, i32>,
    #[serde(default)]
    survey_scale: Option<SurveyScale>,
    #[serde(default)]
    marketing_is_consent: bool,
}

impl SavedMapping {
    /// What of a mapping is worth keeping.
    #[must_use]
    pub fn of(kind: ImportKind, mapping: &ColumnMapping) -> Self {
        let held = mapping.headers.iter().zip(&mapping.columns).filter_map(|(name, held)| held.map(|field| (plain(name), field)));
        Self {
            kind,
            columns: held.collect(),
            day_first: (mapping.order_from == MappingOrigin::User).then_some(mapping.day_first),
            time_zone: (mapping.zone_from == MappingOrigin::User).then(|| mapping.time_zone.clone()),
            network: (mapping.network_from == MappingOrigin::User).then(|| mapping.network.clone().unwrap_or_default()),
            short_zones: mapping.short_zones.iter().filter_map(|(name, ahead)| Some((name.clone(), (*ahead)?))).collect(),
            survey_scale: (mapping.scale_from == MappingOrigin::User).then_some(mapping.survey_scale),
            marketing_is_consent: mapping.marketing_is_consent,
        }
    }

    /// Reads a file as an earlier one was read. What the file itself says about its dates leads.
    pub fn apply(&self, mapping: &mut ColumnMapping) -> ImportKind {
        let cells = own_files::columns(&mapping.headers);
        let guessed = mapping.columns.clone();
        for (name, held) in mapping.headers[cells.clone()].iter().zip(mapping.columns[cells].iter_mut()) {
            *held = self.columns.get(&plain(name)).copied();
        }
        mapping.follow(&guessed);
        if let Some(day_first) = self.day_first.filter(|_| mapping.order_from != MappingOrigin::File) {
            (mapping.day_first, mapping.order_from) = (day_first, MappingOrigin::User);
        }
        if let Some(zone) = self.time_zone.clone().filter(|_| mapping.zone_from != MappingOrigin::File) {
            (mapping.time_zone, mapping.zone_from) = (zone, MappingOrigin::User);
        }
        if let Some(network) = self.network.clone() {
            (mapping.network, mapping.network_from) = (Some(network).filter(|network| !network.is_empty()), MappingOrigin::User);
        }
        for (name, meaning) in &mut mapping.short_zones {
            *meaning = meaning.or_else(|| self.short_zones.get(name).copied());
        }
        if let Some(scale) = self.survey_scale {
            (mapping.survey_scale, mapping.scale_from) = (scale, MappingOrigin::User);
        }
        mapping.marketing_is_consent = self.marketing_is_consent;
        mapping.confidence = mapping.columns.iter().map(|held| held.map(|_| ColumnConfidence::SAVED)).collect();
        (mapping.kind_from, mapping.remembered) = (MappingOrigin::User, true);
        self.kind
    }
}

/// What makes two files alike: the names of their columns, in any order. None where there are no names.
#[must_use]
pub fn headers_hash(mapping: &ColumnMapping) -> Option<String> {
    // Rows that were left out and come back are read as the file that they came from.
    let headers = &mapping.headers[own_files::columns(&mapping.headers)];
    let mut names: Vec<String> = headers.iter().map(|name| plain(name)).filter(|name| !name.is_empty()).collect();
    let numbered = headers.iter().all(|name| name.starts_with("Column "));
    names.sort_unstable();
    (!names.is_empty() && !numbered).then(|| hex(&Sha256::digest(names.join("\n").as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(headers: &[&str], columns: &[Option<ImportField>]) -> ColumnMapping {
        ColumnMapping {
            headers: headers.iter().map(|name| (*name).to_owned()).collect(),
            columns: columns.to_vec(),
            ..ColumnMapping::default()
        }
    }

    #[test]
    fn the_order_of_columns_does_not_matter() {
        let stated = mapping(&["When", "Who", "What"], &[Some(ImportField::At), Some(ImportField::Handle), Some(ImportField::Text)]);
        let mut next = mapping(&["what", "WHEN", "who "], &[None, None, None]);
        assert_eq!(headers_hash(&stated), headers_hash(&next));
        let saved = SavedMapping::of(ImportKind::Mentions, &ColumnMapping { order_from: MappingOrigin::User, day_first: false, ..stated });
        next.order_from = MappingOrigin::Open;
        assert_eq!(saved.apply(&mut next), ImportKind::Mentions);
        assert_eq!(next.columns, [Some(ImportField::Text), Some(ImportField::At), Some(ImportField::Handle)]);
        assert_eq!((next.day_first, next.order_from, next.remembered), (false, MappingOrigin::User, true));
    }

    #[test]
    fn what_was_asked_once_is_not_asked_again() {
        let stated = ColumnMapping {
            network: Some("trustpilot".into()),
            network_from: MappingOrigin::User,
            short_zones: BTreeMap::from([("IST".to_owned(), Some(19_800))]),
            ..mapping(&["a", "b"], &[Some(ImportField::At), Some(ImportField::Text)])
        };
        let mut next = mapping(&["a", "b"], &[Some(ImportField::At), Some(ImportField::Text)]);
        (next.network_from, next.kind_from) = (MappingOrigin::Open, MappingOrigin::Open);
        next.short_zones = BTreeMap::from([("IST".to_owned(), None), ("BST".to_owned(), None)]);
        SavedMapping::of(ImportKind::Mentions, &stated).apply(&mut next);
        assert_eq!(
            (next.network.as_deref(), next.network_from, next.kind_from),
            (Some("trustpilot"), MappingOrigin::User, MappingOrigin::User)
        );
        assert_eq!(next.short_zones, BTreeMap::from([("IST".to_owned(), Some(19_800)), ("BST".to_owned(), None)]));
        assert!(next.confidence.iter().flatten().all(|found| found.sure == 100));
    }

    #[test]
    fn a_network_that_was_cleared_stays_cleared() {
        let cleared = ColumnMapping { network_from: MappingOrigin::User, ..mapping(&["a"], &[Some(ImportField::Text)]) };
        let mut next = ColumnMapping { network: Some("reddit".into()), ..mapping(&["a"], &[Some(ImportField::Text)]) };
        SavedMapping::of(ImportKind::Mentions, &cleared).apply(&mut next);
        assert_eq!((next.network, next.network_from), (None, MappingOrigin::User));
    }

    #[test]
    fn what_the_file_says_leads() {
        let stated = ColumnMapping {
            order_from: MappingOrigin::User,
            zone_from: MappingOrigin::User,
            time_zone: "Europe/Berlin".into(),
            ..mapping(&["a", "b"], &[None, None])
        };
        let mut next =
            ColumnMapping { order_from: MappingOrigin::File, zone_from: MappingOrigin::Guessed, day_first: false, ..stated.clone() };
        next.time_zone = "UTC".into();
        SavedMapping::of(ImportKind::Mentions, &stated).apply(&mut next);
        assert_eq!((next.day_first, next.order_from, next.time_zone.as_str()), (false, MappingOrigin::File, "Europe/Berlin"));
        assert_eq!(headers_hash(&mapping(&["Column 1", "Column 2"], &[None, None])), None);
    }
}

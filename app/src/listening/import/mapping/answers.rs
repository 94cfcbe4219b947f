//! What a person says about a file's columns, dates, network and survey, over what was guessed.

use std::collections::BTreeMap;

use super::columns::{ColumnMapping, MappingOrigin};
use super::confidence::ColumnConfidence;
use super::{date_order, roster};
use crate::kernel::error::{Error, Result};
use crate::listening::author;
use crate::listening::customer::SurveyScale;
use crate::listening::import::reading::short_zones;
use crate::listening::import::{ImportField, ImportKind, ImportRun};

/// What a person says about a file.
#[derive(Clone, Debug, Default)]
pub struct MappingAnswers {
    /// What each column holds, in their order.
    pub columns: Vec<Option<ImportField>>,
    /// Columns of which the form still asks what they hold.
    pub unsaid: Vec<usize>,
    /// Whether 3/4/2022 is the third of April; none where it was left open.
    pub day_first: Option<bool>,
    /// The zone of dates that name none; empty where that was left open.
    pub time_zone: String,
    /// The network of rows that name none; empty where every row names its own, none where that was left open.
    pub network: Option<String>,
    /// What abbreviations of zones mean: “India” or “+05:30”, by abbreviation.
    pub short_zones: BTreeMap<String, String>,
    /// How answers of the survey are to be read; none where that was left open.
    pub survey_scale: Option<SurveyScale>,
    /// Whether who agreed to marketing agreed to be invited to panels.
    pub marketing_is_consent: bool,
}

impl MappingAnswers {
    /// As a run's file is read so far.
    #[must_use]
    pub fn of(mapping: &ColumnMapping) -> Self {
        let said = |from: MappingOrigin| from != MappingOrigin::Open;
        // About what no column holds, the form says nothing.
        let holds = |is: fn(ImportField) -> bool| mapping.columns.iter().any(|held| held.is_some_and(is));
        let open = mapping.confidence.iter().enumerate().filter(|(_, found)| found.is_some_and(|found| found.rival.is_some()));
        Self {
            columns: mapping.columns.clone(),
            unsaid: open.map(|(place, _)| place).collect(),
            day_first: (said(mapping.order_from) && holds(ImportField::is_date)).then_some(mapping.day_first),
            time_zone: if said(mapping.zone_from) { mapping.time_zone.clone() } else { String::new() },
            network: mapping.network.clone(),
            short_zones: BTreeMap::new(),
            survey_scale: (said(mapping.scale_from) && holds(|field| field == ImportField::SurveyAnswer)).then_some(mapping.survey_scale),
            marketing_is_consent: mapping.marketing_is_consent,
        }
    }

    /// How the run's file is read then.
    pub(in crate::listening::import) fn mapping(self, run: &ImportRun) -> Result<ColumnMapping> {
        if self.columns.len() != run.mapping.headers.len() {
            return Err(Error::field("columns", "The columns of this file have changed. Reload the page and try again."));
        }
        let mut mapping = ColumnMapping { columns: self.columns.clone(), ..run.mapping.clone() };
        mapping.confidence.resize(mapping.columns.len(), None);
        for (place, held) in mapping.columns.iter().enumerate() {
            if *held != run.mapping.columns[place] {
                mapping.confidence[place] = held.map(|_| ColumnConfidence::PERSON);
            } else if let Some(found) = &mut mapping.confidence[place]
                && found.rival.is_some()
                && !self.unsaid.contains(&place)
            {
                *found = ColumnConfidence::PERSON;
            }
        }
        if run.kind == ImportKind::Customers {
            roster::joined(&mapping)?;
        }
        mapping.follow(&run.mapping.columns);
        self.say(&mut mapping)?;
        Ok(mapping)
    }

    /// Takes over what is said about everything but the columns.
    pub(in crate::listening::import) fn say(&self, mapping: &mut ColumnMapping) -> Result<()> {
        say_dates(mapping, self.day_first, Some(&self.time_zone))?;
        if let Some(network) = self.network.as_deref() {
            say_network(mapping, network);
        }
        for (name, meaning) in &self.short_zones {
            say_zone(mapping, name, meaning)?;
        }
        if let Some(scale) = self.survey_scale
            && (scale != mapping.survey_scale || mapping.scale_from == MappingOrigin::Open)
        {
            (mapping.survey_scale, mapping.scale_from) = (scale, MappingOrigin::User);
        }
        mapping.marketing_is_consent = self.marketing_is_consent;
        Ok(())
    }
}

/// Takes over what a person says about dates, where it is something else than is known already.
pub(in crate::listening::import) fn say_dates(mapping: &mut ColumnMapping, day_first: Option<bool>, time_zone: Option<&str>) -> Result<()> {
    if let Some(day_first) = day_first.filter(|day_first| *day_first != mapping.day_first || mapping.order_from == MappingOrigin::Open) {
        (mapping.day_first, mapping.order_from) = (day_first, MappingOrigin::User);
    }
    if let Some(name) = time_zone.map(str::trim).filter(|name| !name.is_empty()) {
        let zone = date_order::parse_zone(name).ok_or_else(|| {
            Error::field("time_zone", format!("“{name}” is not a time zone. Enter one like Europe/Berlin, America/Chicago or UTC."))
        })?;
        if zone.name() != mapping.time_zone || mapping.zone_from == MappingOrigin::Open {
            (mapping.time_zone, mapping.zone_from) = (zone.name().to_owned(), MappingOrigin::User);
        }
    }
    Ok(())
}

/// Takes over the network of rows that name none. Empty, it clears what was guessed or said; it does not answer what is open.
pub(in crate::listening::import) fn say_network(mapping: &mut ColumnMapping, said: &str) {
    if said.trim().is_empty() {
        if mapping.network.take().is_some() {
            mapping.network_from = MappingOrigin::User;
        }
        return;
    }
    let network = author::rules::network(said, None);
    if mapping.network.as_ref() != Some(&network) || mapping.network_from == MappingOrigin::Open {
        (mapping.network, mapping.network_from) = (Some(network), MappingOrigin::User);
    }
}

/// Takes over what an abbreviation of a zone means.
pub(in crate::listening::import) fn say_zone(mapping: &mut ColumnMapping, name: &str, said: &str) -> Result<()> {
    if said.trim().is_empty() {
        return Ok(());
    }
    if short_zones::meanings(name).is_empty() {
        let shared = short_zones::names().collect::<Vec<_>>().join(", ");
        let message = format!("“{name}” has one meaning only, or none. These abbreviations have several: {shared}.");
        return Err(Error::field("zone", message));
    }
    let ahead = short_zones::parse_meaning(name, said).ok_or_else(|| {
        let places = short_zones::places(name);
        Error::field("zone", format!("“{said}” is not a meaning of {name}. Enter {places}, or an offset like +05:30."))
    })?;
    mapping.short_zones.insert(name.to_owned(), Some(ahead));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_answers_an_open_zone_and_silence_does_not() {
        let mut mapping = ColumnMapping { zone_from: MappingOrigin::Open, ..ColumnMapping::default() };
        assert_eq!(MappingAnswers::of(&mapping).time_zone, "");
        MappingAnswers::of(&mapping).say(&mut mapping).expect("nothing said");
        assert_eq!(mapping.zone_from, MappingOrigin::Open);
        MappingAnswers { time_zone: "UTC".into(), ..MappingAnswers::default() }.say(&mut mapping).expect("said");
        assert_eq!((mapping.time_zone.as_str(), mapping.zone_from), ("UTC", MappingOrigin::User));
    }

    #[test]
    fn a_guessed_network_can_be_cleared() {
        let mut mapping = ColumnMapping { network: Some("reddit".into()), ..ColumnMapping::default() };
        MappingAnswers::default().say(&mut mapping).expect("nothing said");
        assert_eq!(mapping.network.as_deref(), Some("reddit"));
        say_network(&mut mapping, " ");
        assert_eq!((mapping.network.as_deref(), mapping.network_from), (None, MappingOrigin::User));
        let mut open = ColumnMapping { network_from: MappingOrigin::Open, ..ColumnMapping::default() };
        say_network(&mut open, "");
        assert_eq!(open.network_from, MappingOrigin::Open, "that is no answer");
    }

    #[test]
    fn only_shared_abbreviations_are_said() {
        let why = say_zone(&mut ColumnMapping::default(), "EST", "+05:00").expect_err("one meaning only").message();
        assert!(why.contains("“EST”") && why.contains("IST, CST"), "{why}");
    }
}

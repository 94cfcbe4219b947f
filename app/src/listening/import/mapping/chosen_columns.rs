//! What follows for dates and scores when other columns hold them than were guessed: a person has chosen, now or for an earlier file.

use std::collections::BTreeSet;

use super::column_facts::DateFacts;
use super::columns::{ColumnMapping, MappingOrigin};
use crate::listening::customer::SurveyScale;
use crate::listening::import::ImportField;

impl ColumnMapping {
    /// Takes over what is known of the columns that hold a date, a sentiment or a survey answer now and held something else before. What a
    /// person said about the file stays.
    pub(crate) fn follow(&mut self, before: &[Option<ImportField>]) {
        if self.facts.is_empty() {
            return;
        }
        let places = |columns: &[Option<ImportField>], is: fn(ImportField) -> bool| -> BTreeSet<usize> {
            columns.iter().enumerate().filter(|(_, held)| held.is_some_and(is)).map(|(place, _)| place).collect()
        };
        let changed = |is: fn(ImportField) -> bool| places(before, is) != places(&self.columns, is);
        let (dates, date) = (changed(ImportField::is_date), changed(|field| field == ImportField::At));
        let (score, survey) = (changed(|field| field == ImportField::Sentiment), changed(|field| field == ImportField::SurveyAnswer));
        if dates {
            let held = places(&self.columns, ImportField::is_date);
            self.follow_dates(&held);
        }
        if date && self.zone_from != MappingOrigin::User {
            self.follow_zone();
        }
        let first = |mapping: &Self, field| mapping.places(field).first().copied();
        if score {
            self.scale = first(self, ImportField::Sentiment).and_then(|place| self.facts.get(&place)).and_then(|facts| facts.score);
        }
        if survey && self.scale_from != MappingOrigin::User {
            let words = (SurveyScale::Words, MappingOrigin::File);
            let known = first(self, ImportField::SurveyAnswer).and_then(|place| self.facts.get(&place)).and_then(|facts| facts.survey);
            (self.survey_scale, self.scale_from) = known.unwrap_or(words);
        }
    }

    /// The order of day and month, and abbreviations of zones, from all columns of dates together.
    fn follow_dates(&mut self, held: &BTreeSet<usize>) {
        let facts: Vec<DateFacts> = held.iter().filter_map(|place| self.facts.get(place)?.dates.clone()).collect();
        if self.order_from != MappingOrigin::User {
            // A column without a date in the first rows may have them further down.
            let is_unknown = held.len() > facts.len() && facts.iter().all(|facts| facts.order.is_none());
            let joined = joined_order(facts.iter().filter_map(|facts| facts.order));
            (self.day_first, self.order_from) = if is_unknown { (true, MappingOrigin::Open) } else { joined };
        }
        let said = std::mem::take(&mut self.short_zones);
        for (name, meaning) in facts.into_iter().flat_map(|facts| facts.short_zones) {
            let known = said.get(&name).copied().flatten().or(meaning);
            let entry = self.short_zones.entry(name).or_default();
            *entry = entry.or(known);
        }
    }

    fn follow_zone(&mut self) {
        let first = self.places(ImportField::At).first().copied();
        let Some(facts) = first.and_then(|place| self.facts.get(&place)).and_then(|facts| facts.dates.as_ref()) else { return };
        self.time_zone = facts.time_zone.clone().unwrap_or_else(|| "UTC".to_owned());
        self.zone_from = facts.zone_from;
    }
}

/// The order of several columns together: one that leaves no doubt leads, unless another says the opposite.
fn joined_order(orders: impl Iterator<Item = (bool, MappingOrigin)> + Clone) -> (bool, MappingOrigin) {
    let mut clear = orders.clone().filter(|(_, from)| *from == MappingOrigin::File);
    if let Some((day_first, from)) = clear.next() {
        let agrees = clear.all(|(other, _)| other == day_first);
        return (day_first, if agrees { from } else { MappingOrigin::Open });
    }
    let open = orders.clone().find(|(_, from)| *from == MappingOrigin::Open);
    open.or_else(|| orders.into_iter().next()).unwrap_or((true, MappingOrigin::File))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::listening::import::mapping::column_facts::ColumnFacts;

    #[test]
    fn one_column_may_tell_the_order_of_another() {
        use MappingOrigin::{File, Guessed, Open};
        let joined = |orders: &[(bool, MappingOrigin)]| joined_order(orders.iter().copied());
        assert_eq!(joined(&[]), (true, File), "no date depends on it");
        assert_eq!(joined(&[(true, Open), (false, File)]), (false, File));
        assert_eq!(joined(&[(true, File), (false, File)]), (true, Open));
        assert_eq!(joined(&[(false, Guessed), (true, Open)]), (true, Open));
        assert_eq!(joined(&[(false, Guessed)]), (false, Guessed));
    }

    #[test]
    fn a_column_that_is_chosen_by_hand_brings_what_its_cells_say() {
        let dates = DateFacts {
            order: Some((false, MappingOrigin::Open)),
            time_zone: Some("America/New_York".into()),
            zone_from: MappingOrigin::File,
            short_zones: BTreeMap::from([("IST".to_owned(), None)]),
        };
        let mut mapping = ColumnMapping { columns: vec![Some(ImportField::At), Some(ImportField::Sentiment)], ..ColumnMapping::default() };
        mapping.headers = vec!["When".into(), "Stars".into()];
        mapping.facts.insert(0, ColumnFacts { dates: Some(dates), ..ColumnFacts::default() });
        mapping.facts.insert(1, ColumnFacts { score: Some(5), ..ColumnFacts::default() });
        mapping.order_from = MappingOrigin::File;
        let untouched = mapping.clone();
        mapping.follow(&untouched.columns);
        assert_eq!(mapping, untouched, "nothing has changed");
        mapping.follow(&[None, None]);
        assert_eq!((mapping.order_from, mapping.time_zone.as_str(), mapping.scale), (MappingOrigin::Open, "America/New_York", Some(5)));
        assert_eq!(mapping.short_zones, BTreeMap::from([("IST".to_owned(), None)]));
        let mut unknown = untouched.clone();
        unknown.columns = vec![None, Some(ImportField::At)];
        unknown.follow(&untouched.columns);
        assert_eq!(unknown.order_from, MappingOrigin::Open, "no date was seen there");
        let said = ColumnMapping { order_from: MappingOrigin::User, zone_from: MappingOrigin::User, ..untouched };
        let mut again = said.clone();
        again.follow(&[None, None]);
        assert_eq!((again.day_first, again.order_from, again.zone_from), (said.day_first, MappingOrigin::User, MappingOrigin::User));
    }
}

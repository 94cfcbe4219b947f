//! What the dates of a file say, column by column, gathered row by row.

use std::collections::BTreeMap;

use crate::kernel::clock::Time;
use crate::listening::import::ImportField;
use crate::listening::import::mapping::columns::ColumnMapping;
use crate::listening::import::mapping::date_order::DateEvidence;

/// How a date is looked at for its order.
pub(super) type SeeOrder = fn(&mut DateEvidence, &str, Time);

/// What the dates of a file say: those of the columns that are taken for dates, together, and those of every column that has dates.
#[derive(Default)]
pub(super) struct FileDates {
    pub held: DateEvidence,
    pub columns: BTreeMap<usize, DateEvidence>,
}

impl FileDates {
    /// Looks at the cells of one row; at the order of dates as `order` does.
    pub(super) fn see<'c>(&mut self, mapping: &ColumnMapping, cells: impl Iterator<Item = &'c str>, order: SeeOrder, now: Time) {
        for (place, cell) in cells.enumerate() {
            let held = mapping.columns.get(place).copied().flatten();
            if held.is_some_and(ImportField::is_date) {
                self.held.see_zone(cell);
                order(&mut self.held, cell, now);
            } else if held == Some(ImportField::Clock) {
                self.held.see_zone(cell);
            }
            if let Some(column) = self.columns.get_mut(&place) {
                column.see_zone(cell);
                order(column, cell, now);
            }
        }
    }

    /// What to begin with when all rows are read: what first rows contradict each other about, no further row decides.
    pub(super) fn to_read_on(&self) -> Self {
        let of = |evidence: &DateEvidence| if evidence.is_decided() { evidence.clone() } else { DateEvidence::default() };
        let mut all = Self { held: of(&self.held), columns: self.columns.iter().map(|(place, evidence)| (*place, of(evidence))).collect() };
        all.held.add_zones(&self.held);
        all
    }

    /// Notes what they say.
    pub(super) fn tell(&self, mapping: &mut ColumnMapping) {
        (mapping.day_first, mapping.order_from) = self.held.verdict();
        mapping.short_zones = self.held.short_zones();
        for (place, evidence) in &self.columns {
            if let Some(dates) = mapping.facts.get_mut(place).and_then(|facts| facts.dates.as_mut()) {
                dates.order = evidence.order();
                dates.short_zones = evidence.short_zones();
            }
        }
    }
}

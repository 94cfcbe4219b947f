//! The shares of a category's values in the population, on the roster, among the candidates and on the panel.

use serde::Serialize;

use super::fit::{Fit, fit};

/// Below this probability a gap is not taken for chance.
const UNUSUAL: f64 = 0.05;
/// Of fewer people, one person is more than five hundredths: shares say little.
const SMALL: u64 = 20;

/// Counts of one value. The population may be in people or in hundredths.
#[derive(Clone, Debug)]
pub struct ValueCounts {
    pub value: String,
    pub population: f64,
    pub roster: u64,
    pub candidates: u64,
    pub panel: u64,
}

/// The part of a group that has a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupShare {
    pub count: u64,
    /// Between 0 and 1. None if nobody is in the group.
    pub share: Option<f64>,
    /// Share less the population's share, between −1 and 1.
    pub gap: Option<f64>,
}

/// One value in all groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShareRow {
    pub value: String,
    /// Between 0 and 1. None if the population is not known.
    pub population: Option<f64>,
    pub roster: GroupShare,
    pub candidates: GroupShare,
    pub panel: GroupShare,
}

/// What may be said about a group's gaps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupFit {
    pub people: u64,
    /// Fewer than 20 people: one person more or less moves a share by more than five hundredths.
    pub is_small: bool,
    /// None if there is no test for these numbers.
    pub fit: Option<Fit>,
    /// Whether the gaps are larger than chance explains, at 5 %. None if there is no test.
    pub is_unusual: Option<bool>,
}

/// One category.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShareTable {
    pub rows: Vec<ShareRow>,
    pub roster: GroupFit,
    pub candidates: GroupFit,
    pub panel: GroupFit,
}

/// Compares the groups of one category with the population.
#[must_use]
pub fn compare(values: &[ValueCounts]) -> ShareTable {
    let weights: Vec<f64> = values.iter().map(|value| value.population).collect();
    let whole: f64 = weights.iter().sum();
    let is_known = whole > 0.0 && whole.is_finite() && weights.iter().all(|weight| *weight >= 0.0);
    let group = |of: fn(&ValueCounts) -> u64| {
        let counts: Vec<u64> = values.iter().map(of).collect();
        let people = counts.iter().sum();
        let fit = fit(&counts, &weights);
        GroupFit { people, is_small: people < SMALL, fit, is_unusual: fit.map(|fit| fit.probability < UNUSUAL) }
    };
    let (roster, candidates, panel) = (group(|value| value.roster), group(|value| value.candidates), group(|value| value.panel));
    let row = |value: &ValueCounts| {
        let population = is_known.then(|| value.population / whole);
        let share = |count: u64, people: u64| {
            let share = (people > 0).then(|| count as f64 / people as f64);
            GroupShare { count, share, gap: share.zip(population).map(|(share, population)| share - population) }
        };
        ShareRow {
            value: value.value.clone(),
            population,
            roster: share(value.roster, roster.people),
            candidates: share(value.candidates, candidates.people),
            panel: share(value.panel, panel.people),
        }
    };
    ShareTable { rows: values.iter().map(row).collect(), roster, candidates, panel }
}

#[cfg(test)]
mod tests {
    use super::super::fit::FitTest;
    use super::*;

    fn counts(value: &str, population: f64, roster: u64, candidates: u64, panel: u64) -> ValueCounts {
        ValueCounts { value: value.to_owned(), population, roster, candidates, panel }
    }

    #[test]
    fn gaps_are_shares_less_those_of_the_population() {
        let table = compare(&[counts("en", 60.0, 90, 30, 8), counts("de", 40.0, 10, 20, 2)]);
        assert_eq!(table.rows[0].population, Some(0.6));
        assert_eq!((table.rows[0].candidates.share, table.rows[0].candidates.gap), (Some(0.6), Some(0.0)));
        assert!((table.rows[1].panel.gap.expect("a gap") + 0.2).abs() < 1e-12);
        assert_eq!((table.roster.is_unusual, table.candidates.is_unusual), (Some(true), Some(false)));
    }

    #[test]
    fn a_small_panel_is_told_as_small_and_tested_exactly() {
        let panel = compare(&[counts("en", 1.0, 0, 0, 8), counts("de", 1.0, 0, 0, 2)]).panel;
        assert!(panel.is_small && panel.people == 10);
        let fit = panel.fit.expect("a fit");
        // 8 of 10 or more extreme with a fair coin: 112 of 1,024. No reason to worry.
        assert_eq!((fit.test, panel.is_unusual), (FitTest::ExactMultinomial, Some(false)));
        assert!((fit.probability - 112.0 / 1024.0).abs() < 1e-12);
    }

    #[test]
    fn without_people_or_population_nothing_is_claimed() {
        let table = compare(&[counts("en", 0.0, 5, 0, 0), counts("de", 0.0, 5, 0, 0)]);
        assert_eq!((table.rows[0].population, table.rows[0].roster.share, table.rows[0].roster.gap), (None, Some(0.5), None));
        assert_eq!((table.rows[0].panel.share, table.panel.fit, table.panel.is_unusual), (None, None, None));
    }
}

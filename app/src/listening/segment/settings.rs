//! Thresholds of a program for assigning segments.

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

/// Thresholds and weights. The defaults say why they are what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SegmentSettings {
    /// Mentions older than so many days, counted back from the newest one of the program, say nothing any more; 0: all count.
    pub window_days: i64,
    /// Fewer mentions are an incident and no attitude.
    #[serde(alias = "posts_needed")]
    pub mentions_needed: i64,
    /// Mentions must be on so many different days.
    pub days_needed: i64,
    /// The leading side needs this share of the mentions, in percent.
    pub share_needed: i64,
    /// How much of confidence is taken off when vendor and own reading contradict each other on all mentions, in percent; on fewer, that
    /// share of it.
    pub dispute_cost: i64,
    /// A score halves with every so many days since the last mention.
    pub half_life_days: i64,
    /// A customer without contact for so many days has drifted off.
    pub silent_days: i64,
}

impl Default for SegmentSettings {
    fn default() -> Self {
        Self {
            // Opinions older than a year are no reason to invite somebody today.
            window_days: 365,
            // Below three there is no attitude, only an incident.
            mentions_needed: 3,
            // One bad evening is not an attitude.
            days_needed: 2,
            // An undecided author that flips coins over 10 mentions passes in about 1 of 6 cases for either side, and its low
            // confidence keeps it at the end of the ranking.
            share_needed: 60,
            // In checks of machine sentiment about four in ten contradicted labels were wrong.
            dispute_cost: 50,
            // People change sides, and a panel wants those who still care.
            half_life_days: 90,
            // A year covers yearly renewals and birthdays.
            silent_days: 365,
        }
    }
}

/// One setting as a page shows it: its field, its label, what it is in, the least and the most that make sense.
pub struct SettingField {
    pub field: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub least: i64,
    pub limit: i64,
    pub get: fn(&SegmentSettings) -> i64,
    pub set: fn(&mut SegmentSettings, i64),
}

macro_rules! shown {
    ($field:ident, $label:literal, $hint:literal, $least:literal, $limit:literal) => {
        SettingField {
            field: stringify!($field),
            label: $label,
            hint: $hint,
            least: $least,
            limit: $limit,
            get: |s| s.$field,
            set: |s, value| s.$field = value,
        }
    };
}

/// All settings, in the order of a form. Counts under three are in no reason, whatever a program sets.
pub const SHOWN: &[SettingField] = &[
    shown!(window_days, "Time window (days)", "Older mentions are ignored. 0: no limit.", 0, 3650),
    shown!(mentions_needed, "Minimum mentions", "Mentions that an author needs for a segment, at least 3.", 3, 1000),
    shown!(days_needed, "Minimum days", "Different days with mentions, so that one bad evening does not make someone a ranter.", 1, 365),
    shown!(share_needed, "Majority (%)", "Share of mentions that must be negative for a ranter, or positive for a raver.", 51, 100),
    shown!(
        dispute_cost,
        "Disagreement penalty (%)",
        "Subtracted from the confidence if the vendor and we disagree on every mention; less if we disagree on some.",
        0,
        100
    ),
    shown!(half_life_days, "Score half-life (days)", "The score halves after this many days without a mention.", 1, 3650),
    shown!(silent_days, "Customer silence (days)", "Customers without contact for this long may be apathetic.", 30, 3650),
];

impl SegmentSettings {
    /// From a form's fields: each setting within its limits, or what is wrong with it.
    ///
    /// # Errors
    /// (field, message) of each that is no number or outside its limits.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<(String, String)>> {
        let (mut settings, mut errors) = (Self::default(), Vec::new());
        for shown in SHOWN {
            // Bookmarked settings of the release before call one of them otherwise; for one release.
            let former = || if shown.field == "mentions_needed" { get("posts_needed") } else { None };
            let Some(text) = get(shown.field).or_else(former) else { continue };
            match text.trim().parse() {
                Ok(value) if (shown.least..=shown.limit).contains(&value) => (shown.set)(&mut settings, value),
                _ => errors.push((
                    shown.field.to_owned(),
                    format!("{}: enter a whole number from {} to {}.", shown.label, shown.least, shown.limit),
                )),
            }
        }
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    /// The first day of the window that ends with `until`; none without a limit.
    #[must_use]
    pub fn since(&self, until: NaiveDate) -> Option<NaiveDate> {
        (self.window_days > 0).then(|| until - Duration::days(self.window_days - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_limits_and_survive_a_form() {
        let settings = SegmentSettings::default();
        let back =
            SegmentSettings::read(|field| SHOWN.iter().find(|shown| shown.field == field).map(|shown| (shown.get)(&settings).to_string()));
        assert_eq!(back, Ok(settings));
        assert_eq!(SHOWN.len(), serde_json::to_value(settings).expect("JSON").as_object().expect("an object").len(), "each has a field");
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let errors = SegmentSettings::read(|field| match field {
            "mentions_needed" => Some("2".into()),
            "window_days" => Some("a year".into()),
            _ => None,
        });
        let fields: Vec<String> = errors.expect_err("two mistakes").into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["window_days", "mentions_needed"]);
    }

    #[test]
    fn a_window_ends_with_the_last_day() {
        let day = |day| NaiveDate::from_ymd_opt(2022, 3, day).expect("a day");
        assert_eq!(SegmentSettings { window_days: 7, ..SegmentSettings::default() }.since(day(31)), Some(day(25)));
        assert_eq!(SegmentSettings { window_days: 0, ..SegmentSettings::default() }.since(day(31)), None);
    }
}

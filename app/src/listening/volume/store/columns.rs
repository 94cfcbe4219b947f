//! What the counts of days and of kinds have in common.

use chrono::NaiveDate;

/// What counting mentions gives: each column by the reading of the mentions.
pub(super) const COUNTS: &str = "COUNT(*) AS mentions, COUNT(CASE m.reading WHEN 'negative' THEN 1 END) AS negative, COUNT(CASE m.reading WHEN 'positive' THEN 1 END) AS positive";

/// Before and after all days that there are.
pub(super) const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1000, 1, 1).unwrap();
pub(super) const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();

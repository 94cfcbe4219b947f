//! The period that is looked at, and the days, weeks or months in which it is drawn.

use chrono::{Datelike, Duration, NaiveDate};

use super::{Counts, Day};
use crate::clock::{long_date, short_date};

/// Points of a chart at most: days are added up into weeks, weeks into months beyond it.
const POINTS: i64 = 62;

/// The lengths that are offered, in days, with what they are called.
pub const LENGTHS: &[(i64, &str)] = &[(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year")];
const USUAL: i64 = 90;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub since: NaiveDate,
    pub until: NaiveDate,
    /// The offered length; none for days that a person chose.
    pub days: Option<i64>,
}

/// What a person asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub days: Option<i64>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Period {
    /// The period that was asked for, of what was heard from `first` to `last`. Lengths end today, or with the newest post
    /// where that is older.
    ///
    /// # Errors
    /// What is wrong with the dates.
    pub fn of(asked: &Asked, (first, last): (NaiveDate, NaiveDate), today: NaiveDate) -> Result<Self, &'static str> {
        if asked.since.is_some() || asked.until.is_some() {
            let (since, until) = (asked.since.unwrap_or(first), asked.until.unwrap_or(last.max(first)));
            if since > until {
                return Err("The first day lies after the last one. Please swap them.");
            }
            return Ok(Self { since, until, days: None });
        }
        let days = asked.days.filter(|days| LENGTHS.iter().any(|(length, _)| length == days)).unwrap_or(USUAL);
        let until = today.min(last);
        Ok(Self { since: until - Duration::days(days - 1), until, days: Some(days) })
    }

    /// How many days it has.
    #[must_use]
    pub fn length(&self) -> i64 {
        (self.until - self.since).num_days() + 1
    }

    /// As many days before it.
    #[must_use]
    pub fn before(&self) -> Self {
        let until = self.since - Duration::days(1);
        Self { since: until - Duration::days(self.length() - 1), until, days: None }
    }

    /// “1 March 2022 to 30 March 2022”.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.since == self.until { long_date(self.since) } else { format!("{} to {}", long_date(self.since), long_date(self.until)) }
    }

    /// The last part of an address that asks for these days.
    #[must_use]
    pub fn address(&self) -> String {
        format!("since={}&until={}", self.since, self.until)
    }

    /// The points of a chart over it, without gaps.
    #[must_use]
    pub fn points(&self) -> Points {
        let (unit, begin): (_, fn(NaiveDate) -> NaiveDate) = if self.length() <= POINTS {
            ("day", |day| day)
        } else if self.length() / 7 <= POINTS {
            ("week", |day| day - Duration::days(i64::from(day.weekday().num_days_from_monday())))
        } else {
            ("month", |day| day.with_day(1).unwrap_or(day))
        };
        let mut points: Vec<Period> = Vec::new();
        let mut day = self.since;
        while day <= self.until {
            match points.last_mut() {
                Some(point) if begin(point.since) == begin(day) => point.until = day,
                _ => points.push(Self { since: day, until: day, days: None }),
            }
            day += Duration::days(1);
        }
        Points { unit, points }
    }
}

/// The points of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    /// “day”, “week” or “month”.
    pub unit: &'static str,
    pub points: Vec<Period>,
}

impl Points {
    /// What each point is called.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |point: &Period| match self.unit {
            "month" => point.since.format("%B %Y").to_string(),
            "week" => format!("{} – {}", short_date(point.since), short_date(point.until)),
            _ => short_date(point.since),
        };
        self.points.iter().map(name).collect()
    }

    /// The counts of each point.
    #[must_use]
    pub fn add_up(&self, days: &[Day]) -> Vec<Counts> {
        let mut all = vec![Counts::default(); self.points.len()];
        for day in days {
            let at = self.points.partition_point(|point| point.until < day.day);
            if let Some(counts) = all.get_mut(at).filter(|_| self.points[at].since <= day.day) {
                counts.add(day.counts);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn of(asked: &Asked) -> Result<Period, &'static str> {
        Period::of(asked, (day("2021-01-01"), day("2022-09-10")), day("2026-01-01"))
    }

    #[test]
    fn old_data_ends_with_its_newest_post() {
        let period = of(&Asked { days: Some(30), ..Asked::default() }).expect("a period");
        assert_eq!((period.since, period.until, period.length()), (day("2022-08-12"), day("2022-09-10"), 30));
        assert_eq!(period.before().until, day("2022-08-11"));
        assert_eq!(of(&Asked { days: Some(31), ..Asked::default() }).expect("a period").days, Some(USUAL));
        assert!(of(&Asked { since: Some(day("2022-02-02")), until: Some(day("2022-01-01")), days: None }).is_err());
        assert_eq!(of(&Asked { since: Some(day("2022-09-10")), ..Asked::default() }).expect("a day").shown(), "10 September 2022");
    }

    #[test]
    fn a_chart_has_no_gaps_and_loses_nothing() {
        for (since, unit, points) in [("2022-09-01", "day", 10), ("2022-06-06", "week", 14), ("2020-10-15", "month", 24)] {
            let period = Period { since: day(since), until: day("2022-09-10"), days: None };
            let chart = period.points();
            assert_eq!((chart.unit, chart.points.len(), chart.names().len()), (unit, points, points));
            let one = |text| Day { day: day(text), counts: Counts { posts: 2, negative: 1, positive: 0 } };
            let counts = chart.add_up(&[one(since), one("2022-09-04"), one("2022-09-10"), one("2022-09-11")]);
            assert_eq!(counts.iter().map(|counts| counts.posts).sum::<i64>(), 6, "what lies outside is left out");
            assert_eq!((counts[0].posts, counts[points - 1].negative > 0), (2, true));
        }
    }
}

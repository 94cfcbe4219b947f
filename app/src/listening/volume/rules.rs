//! The period that is looked at, and the days, weeks or months in which it is drawn.

use std::ops::Range;

use chrono::{Datelike, Duration, Months, NaiveDate};

use super::{SentimentCounts, VolumeDay};
use crate::kernel::clock::{long_date, month_and_year, short_date};

/// Points of a chart at most: days are added up into weeks, weeks into months beyond it.
const POINTS: i64 = 62;

/// The lengths that are offered, in days, with what they are called.
pub const LENGTHS: &[(i64, &str)] = &[(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")];
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
pub struct AskedPeriod {
    pub days: Option<i64>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Period {
    /// The period that was asked for, of what was heard from `first` to `last`. Lengths end today, or with the newest mention
    /// where that is older.
    ///
    /// # Errors
    /// What is wrong with the dates.
    pub fn of(asked: &AskedPeriod, (first, last): (NaiveDate, NaiveDate), today: NaiveDate) -> Result<Self, &'static str> {
        if asked.since.is_some() || asked.until.is_some() {
            let (since, until) = (asked.since.unwrap_or(first), asked.until.unwrap_or(last.max(first)));
            if since > until {
                return Err("The first day is after the last day. Swap the two.");
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

    /// The same days, so many days earlier.
    #[must_use]
    pub fn earlier(&self, days: i64) -> Self {
        Self { since: self.since - Duration::days(days), until: self.until - Duration::days(days), days: None }
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

    /// The points of a chart over it, without gaps. Mentions cover `first` to `last`.
    #[must_use]
    pub fn points(&self, (first, last): (NaiveDate, NaiveDate)) -> ChartPoints {
        let (unit, begin): (_, fn(NaiveDate) -> NaiveDate) = if self.length() <= POINTS {
            ("day", |day| day)
        } else if self.length() / 7 <= POINTS {
            ("week", |day| day - Duration::days(i64::from(day.weekday().num_days_from_monday())))
        } else {
            ("month", |day| day.with_day(1).unwrap_or(day))
        };
        let end = |day: NaiveDate| match unit {
            "day" => day,
            "week" => begin(day) + Duration::days(6),
            _ => begin(day) + Months::new(1) - Duration::days(1),
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
        let heard: Vec<i64> = points.iter().map(|point| ((point.until.min(last) - point.since.max(first)).num_days() + 1).max(0)).collect();
        let whole = |at: usize| heard[at] == (end(points[at].since) - begin(points[at].since)).num_days() + 1;
        let from = (0..points.len()).find(|at| whole(*at)).unwrap_or(0);
        let to = (from..points.len()).rfind(|at| whole(*at)).map_or(from, |at| at + 1);
        let drawn = if to - from > 1 { from..to } else { 0..points.len() };
        ChartPoints { unit, points, heard, drawn }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartPoints {
    /// “day”, “week” or “month”.
    pub unit: &'static str,
    pub points: Vec<Period>,
    /// Days of each point that are covered by data.
    heard: Vec<i64>,
    /// Points with a line: days, weeks and months with data for every day. A partial one would look like a fall or a rise.
    pub drawn: Range<usize>,
}

impl ChartPoints {
    /// The name of each point: with the year where the points span several, and with the covered days where it has no line.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let years = self.points.first().map(|point| point.since.year()) != self.points.last().map(|point| point.until.year());
        let year = |day: NaiveDate| if years { format!(" {}", day.year()) } else { String::new() };
        let day = |day: NaiveDate| short_date(day, day);
        let name = |(at, point): (usize, &Period)| {
            let name = match self.unit {
                "month" => month_and_year(point.since),
                "week" if point.since != point.until => {
                    format!("{} – {}{}", day(point.since), day(point.until), year(point.until))
                }
                _ => format!("{}{}", day(point.since), year(point.since)),
            };
            match self.heard[at] {
                _ if self.drawn.contains(&at) => name,
                0 => format!("{name}, no data"),
                1 => format!("{name}, 1 day"),
                days => format!("{name}, {days} days"),
            }
        };
        self.points.iter().enumerate().map(name).collect()
    }

    /// Says which points have a line, where not all do.
    #[must_use]
    pub fn not_drawn(&self) -> Option<String> {
        let (first, last) = (self.points.get(self.drawn.start)?, self.points.get(self.drawn.end.checked_sub(1)?)?);
        let drawn = Period { since: first.since, until: last.until, days: None };
        (self.drawn.len() < self.points.len()).then(|| format!("Lines show whole {}s only: {}.", self.unit, drawn.shown()))
    }

    /// The counts of each point.
    #[must_use]
    pub fn add_up(&self, days: &[VolumeDay]) -> Vec<SentimentCounts> {
        let mut all = vec![SentimentCounts::default(); self.points.len()];
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

    fn of(asked: &AskedPeriod) -> Result<Period, &'static str> {
        Period::of(asked, (day("2021-01-01"), day("2022-09-10")), day("2026-01-01"))
    }

    #[test]
    fn old_data_ends_with_its_newest_mention() {
        let period = of(&AskedPeriod { days: Some(30), ..AskedPeriod::default() }).expect("a period");
        assert_eq!((period.since, period.until, period.length()), (day("2022-08-12"), day("2022-09-10"), 30));
        assert_eq!(period.before().until, day("2022-08-11"));
        assert_eq!(of(&AskedPeriod { days: Some(31), ..AskedPeriod::default() }).expect("a period").days, Some(USUAL));
        assert!(of(&AskedPeriod { since: Some(day("2022-02-02")), until: Some(day("2022-01-01")), days: None }).is_err());
        assert_eq!(
            of(&AskedPeriod { since: Some(day("2022-09-10")), ..AskedPeriod::default() }).expect("a day").shown(),
            "10 September 2022"
        );
    }

    #[test]
    fn a_chart_has_no_gaps_and_loses_nothing() {
        for (since, unit, points) in [("2022-09-01", "day", 10), ("2022-06-06", "week", 14), ("2020-10-15", "month", 24)] {
            let period = Period { since: day(since), until: day("2022-09-10"), days: None };
            let chart = period.points((day("2020-01-01"), day("2022-09-10")));
            assert_eq!((chart.unit, chart.points.len(), chart.names().len()), (unit, points, points));
            let one = |text| VolumeDay { day: day(text), counts: SentimentCounts { mentions: 2, negative: 1, positive: 0 } };
            let counts = chart.add_up(&[one(since), one("2022-09-04"), one("2022-09-10"), one("2022-09-11")]);
            assert_eq!(counts.iter().map(|counts| counts.mentions).sum::<i64>(), 6, "what lies outside is left out");
            assert_eq!((counts[0].mentions, counts[points - 1].negative > 0), (2, true));
        }
    }

    #[test]
    fn a_line_goes_through_whole_weeks_only() {
        let period = Period { since: day("2022-06-03"), until: day("2022-08-31"), days: Some(90) };
        let chart = period.points((day("2022-01-01"), day("2022-08-31")));
        let names = chart.names();
        assert_eq!((names.len(), chart.drawn.clone()), (14, 1..13));
        assert_eq!((names[0].as_str(), names[1].as_str()), ("3 Jun – 5 Jun, 3 days", "6 Jun – 12 Jun"));
        assert_eq!(chart.not_drawn().as_deref(), Some("Lines show whole weeks only: 6 June 2022 to 28 August 2022."));
        let sunday = Period { since: day("2022-06-06"), until: day("2022-08-28"), days: None };
        let chart = sunday.points((day("2022-01-01"), day("2022-08-28")));
        assert_eq!((chart.drawn.clone(), chart.not_drawn()), (0..12, None));
        let monday = Period { until: day("2022-08-29"), ..period };
        let chart = monday.points((day("2022-06-15"), day("2022-08-29")));
        let names = chart.names();
        assert_eq!(
            (names[0].as_str(), names[2].as_str(), names[13].as_str()),
            ("3 Jun – 5 Jun, no data", "13 Jun – 19 Jun, 5 days", "29 Aug, 1 day")
        );
        assert_eq!(chart.drawn, 3..13, "no line before the first mention");
        assert_eq!(monday.points((day("2022-06-15"), day("2022-06-16"))).drawn, 0..14, "where nothing is whole all is drawn");
    }

    #[test]
    fn points_of_several_years_say_which() {
        let of = |since, until| Period { since: day(since), until: day(until), days: None }.points((day(since), day(until)));
        let names = of("2021-08-23", "2022-08-21").names();
        assert_eq!((names[0].as_str(), names[51].as_str()), ("23 Aug – 29 Aug 2021", "15 Aug – 21 Aug 2022"));
        assert_eq!(names[18], "27 Dec – 2 Jan 2022");
        assert_eq!(of("2021-12-31", "2022-01-01").names(), ["31 Dec 2021", "1 Jan 2022"]);
        assert_eq!(of("2021-01-15", "2022-12-31").drawn, 1..24, "January is not covered as a whole");
    }
}

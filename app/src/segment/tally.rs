//! What the posts of a voice add up to, day by day, and where it stood at the end of each month.

use chrono::{Datelike, Months, NaiveDate, NaiveTime};

use super::rules::{self, Evidence};
use super::{Segment, Settings};
use crate::clock::Time;
use crate::mention::Sentiment;

/// The posts of one voice, one after the other and in any order.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    days: Vec<Day>,
    first_at: Option<Time>,
    last_at: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    day: NaiveDate,
    /// Posts on sensitive subjects, which count for nothing else.
    left_out: u32,
    /// What the voice said in nearly the same words that day before.
    repeated: u32,
    posts: u32,
    negative: u32,
    positive: u32,
    disputed: u32,
}

impl Day {
    fn all(&self) -> i64 {
        i64::from(self.posts) + i64::from(self.left_out) + i64::from(self.repeated)
    }
}

/// A step from one segment to another, as the posts up to the end of a month showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The first day of that month.
    pub month: NaiveDate,
    pub before: Option<Segment>,
    pub after: Option<Segment>,
}

impl Tally {
    /// One more post. `disputed`: vendor and own reading contradict each other; `repeats`: it was said that day before.
    pub fn hear(&mut self, at: Time, reading: Sentiment, disputed: bool, sensitive: bool, repeats: bool) {
        let day = at.date_naive();
        // Posts come mostly in the order of time, so that the day is the last one.
        let place = self.days.iter().rposition(|known| known.day == day).unwrap_or_else(|| {
            self.days.push(Day { day, left_out: 0, repeated: 0, posts: 0, negative: 0, positive: 0, disputed: 0 });
            self.days.len() - 1
        });
        let found = &mut self.days[place];
        if sensitive {
            found.left_out += 1;
            return;
        }
        if repeats {
            found.repeated += 1;
            return;
        }
        found.posts += 1;
        found.negative += u32::from(reading == Sentiment::Negative);
        found.positive += u32::from(reading == Sentiment::Positive);
        found.disputed += u32::from(disputed);
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = self.last_at.max(Some(at));
    }

    /// How many posts it has heard.
    #[must_use]
    pub fn posts(&self) -> i64 {
        self.days.iter().map(Day::all).sum()
    }

    /// Its days, with how many posts each.
    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, i64)> {
        self.days.iter().map(|day| (day.day, day.all()))
    }

    /// Most posts of one day.
    #[must_use]
    pub fn busiest_day(&self) -> i64 {
        self.days().map(|(_, posts)| posts).max().unwrap_or(0)
    }

    /// What an assessment goes by: the posts of the window that ends with `until`.
    #[must_use]
    pub fn evidence(&self, settings: &Settings, until: NaiveDate) -> Evidence {
        let since = settings.since(until);
        let (mut found, mut first, mut last) = (Evidence::default(), None, None);
        for day in self.days.iter().filter(|day| day.day <= until && since.is_none_or(|since| day.day >= since)) {
            found.left_out += i64::from(day.left_out);
            found.repeated += i64::from(day.repeated);
            if day.posts == 0 {
                continue;
            }
            found.posts += i64::from(day.posts);
            found.negative += i64::from(day.negative);
            found.positive += i64::from(day.positive);
            found.disputed += i64::from(day.disputed);
            found.days += 1;
            first = Some(first.map_or(day.day, |first: NaiveDate| first.min(day.day)));
            last = last.max(Some(day.day));
        }
        found.first_at = first.map(|day| moment(day, self.first_at));
        found.last_at = last.map(|day| moment(day, self.last_at));
        found
    }

    /// The steps that the voice took from month to month, up to the day until which was listened.
    #[must_use]
    pub fn steps(&self, settings: &Settings, until: NaiveDate) -> Vec<Step> {
        let mut steps = Vec::new();
        let (Some(first), true) = (self.first_at, self.posts() >= settings.posts_needed) else { return steps };
        let (mut month, mut before) = (first_of(first.date_naive()), None);
        while month <= until {
            let next = month + Months::new(1);
            let end = next.pred_opt().map_or(until, |end| end.min(until));
            let after = rules::side(&self.evidence(settings, end), settings);
            if after != before {
                steps.push(Step { month, before, after });
                before = after;
            }
            month = next;
        }
        steps
    }
}

/// The first day of a day's month.
#[must_use]
pub fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The exact moment where it is on that day, else noon.
fn moment(day: NaiveDate, known: Option<Time>) -> Time {
    known.filter(|at| at.date_naive() == day).unwrap_or_else(|| day.and_time(NaiveTime::MIN).and_utc() + chrono::Duration::hours(12))
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn at(month: u32, day: u32) -> Time {
        Utc.with_ymd_and_hms(2022, month, day, 9, 0, 0).single().expect("a moment")
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        at(month, day).date_naive()
    }

    fn heard(posts: &[(u32, u32, Sentiment)]) -> Tally {
        let mut tally = Tally::default();
        for (month, day, reading) in posts {
            tally.hear(at(*month, *day), *reading, false, false, false);
        }
        tally
    }

    const BAD: Sentiment = Sentiment::Negative;
    const GOOD: Sentiment = Sentiment::Positive;

    #[test]
    fn a_ranter_in_march_is_a_raver_since_may() {
        let tally = heard(&[(3, 1, BAD), (3, 9, BAD), (3, 20, BAD), (5, 2, GOOD), (5, 9, GOOD), (5, 20, GOOD), (5, 28, GOOD)]);
        let settings = Settings { window_days: 61, ..Settings::default() };
        let step = |month, before, after| Step { month: day(month, 1), before, after };
        assert_eq!(
            tally.steps(&settings, day(6, 3)),
            [step(3, None, Some(Segment::Ranter)), step(5, Some(Segment::Ranter), Some(Segment::Raver))]
        );
        let later = tally.steps(&settings, day(9, 30));
        assert_eq!(later.last(), Some(&step(7, Some(Segment::Raver), None)), "who falls silent leaves");
        let all = tally.steps(&Settings { window_days: 0, ..settings }, day(9, 30));
        assert_eq!(all.last(), Some(&step(5, Some(Segment::Ranter), None)), "four of seven are no clear side");
        assert_eq!(heard(&[(3, 1, BAD), (3, 9, BAD)]).steps(&settings, day(9, 30)), []);
    }

    #[test]
    fn evidence_ends_where_it_is_asked_to() {
        let mut tally = heard(&[(3, 1, BAD), (3, 9, GOOD), (5, 20, BAD)]);
        tally.hear(at(3, 9), BAD, true, true, false);
        tally.hear(at(3, 9), GOOD, false, false, true);
        let settings = Settings { window_days: 30, ..Settings::default() };
        let march = tally.evidence(&settings, day(3, 31));
        assert_eq!((march.posts, march.negative, march.positive, march.left_out, march.repeated, march.days), (1, 0, 1, 1, 1, 1));
        assert_eq!(march.last_at.map(|at| at.date_naive()), Some(day(3, 9)));
        let may = tally.evidence(&settings, day(5, 31));
        assert_eq!((may.posts, may.last_at), (1, Some(at(5, 20))));
        assert_eq!((tally.posts(), tally.busiest_day()), (5, 3));
    }
}

//! What the posts of a voice add up to, day by day, and where it stood at the end of each month.

use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::rules::{self, Evidence};
use super::{Segment, Settings};
use crate::author::habits::{Habits, POSTS_NEEDED};
use crate::clock::Time;
use crate::mention::Sentiment;

/// The posts of one voice, one after the other and in any order.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    days: Vec<Day>,
    /// The minute of each post, counted from 1970.
    minutes: Vec<u32>,
    /// What each post says: copies of one post have one number. Posts on sensitive subjects are left out.
    said: Vec<u32>,
    first_at: Option<Time>,
    last_at: Option<Time>,
}

/// What is known of a post besides its time and its reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saying {
    /// Vendor and own reading contradict each other.
    pub disputed: bool,
    /// On a sensitive subject: it counts for nothing but its day.
    pub sensitive: bool,
    /// The voice said it that day before, in nearly the same words.
    pub repeats: bool,
    /// The same number for all copies of one post.
    pub said: u32,
}

impl Saying {
    /// Takes the number of the post, or of the one that it repeats. Of a voice's posts, two get one by accident in one of a
    /// thousand voices that wrote three thousand.
    #[must_use]
    pub fn of(self, post: Uuid) -> Self {
        Self { said: post.as_u128() as u32, ..self }
    }
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
    /// One more post.
    pub fn hear(&mut self, at: Time, reading: Sentiment, saying: Saying) {
        let Saying { disputed, sensitive, repeats, said } = saying;
        let day = at.date_naive();
        self.minutes.push(u32::try_from(at.timestamp() / 60).unwrap_or(0));
        if !sensitive {
            self.said.push(said);
        }
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

    /// What the posts add up to beyond the voice's counts, which are `counted`: how much they repeat and how fast they came. Nothing is
    /// added up for few posts.
    #[must_use]
    pub fn habits(&self, counted: Habits) -> Habits {
        let mut found = Habits { copies: 0, busiest_day: 0, busiest_hour: 0, busiest_minute: 0, ..counted };
        if counted.posts < POSTS_NEEDED {
            return found;
        }
        let (mut minutes, mut said) = (self.minutes.clone(), self.said.clone());
        minutes.sort_unstable();
        said.sort_unstable();
        said.dedup();
        found.copies = count(self.said.len() - said.len());
        found.busiest_day = self.days().map(|(_, posts)| posts).max().unwrap_or(0);
        found.busiest_hour = most_within(&minutes, 60);
        found.busiest_minute = most_within(&minutes, 1);
        found
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

/// The most of these minutes, which are in order, that lie within so many.
fn most_within(minutes: &[u32], within: u32) -> i64 {
    let (mut most, mut first) = (0, 0);
    for (place, minute) in minutes.iter().enumerate() {
        while minute - minutes[first] >= within {
            first += 1;
        }
        most = most.max(place + 1 - first);
    }
    count(most)
}

fn count(posts: usize) -> i64 {
    i64::try_from(posts).unwrap_or(i64::MAX)
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
            tally.hear(at(*month, *day), *reading, Saying::default());
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
        tally.hear(at(3, 9), BAD, Saying { disputed: true, sensitive: true, ..Saying::default() });
        tally.hear(at(3, 9), GOOD, Saying { repeats: true, ..Saying::default() });
        let settings = Settings { window_days: 30, ..Settings::default() };
        let march = tally.evidence(&settings, day(3, 31));
        assert_eq!((march.posts, march.negative, march.positive, march.left_out, march.repeated, march.days), (1, 0, 1, 1, 1, 1));
        assert_eq!(march.last_at.map(|at| at.date_naive()), Some(day(3, 9)));
        let may = tally.evidence(&settings, day(5, 31));
        assert_eq!((may.posts, may.last_at), (1, Some(at(5, 20))));
        assert_eq!(tally.posts(), 5);
    }

    #[test]
    fn habits_are_the_same_in_whatever_order_posts_come() {
        let minutes = [0, 0, 0, 30, 59, 60, 89, 24 * 60, 24 * 60 + 1];
        let said = [1, 2, 1, 1, 3, 4, 5, 1, 9];
        let counted = Habits { posts: 9, links: 4, ..Habits::default() };
        let heard = |order: &mut dyn Iterator<Item = usize>| {
            let mut tally = Tally::default();
            for place in order {
                let saying = Saying { said: said[place], sensitive: place == 8, ..Saying::default() };
                tally.hear(at(3, 1) + chrono::Duration::minutes(minutes[place]), BAD, saying);
            }
            tally.habits(counted)
        };
        let found = Habits { copies: 3, busiest_day: 7, busiest_hour: 5, busiest_minute: 3, ..counted };
        assert_eq!(heard(&mut (0..9)), found);
        assert_eq!(heard(&mut (0..9).rev()), found);
        assert_eq!(heard(&mut [4, 0, 8, 2, 6, 1, 7, 3, 5].into_iter()), found);
        let few = Habits { posts: 4, ..counted };
        assert_eq!(heard(&mut (0..4)).copies, 2);
        assert_eq!(Tally::default().habits(few), few, "of four posts nothing is added up");
    }
}

//! Tallies of an author's mentions per day, and its segment at the end of each month.

use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::rules::{self, SegmentEvidence};
use super::{Segment, SegmentSettings};
use crate::kernel::clock::Time;
use crate::listening::author::habits::{MIN_MENTIONS, PostingHabits};
use crate::listening::mention::Sentiment;

/// The mentions of one author, one after the other and in any order.
#[derive(Clone, Debug, Default)]
pub struct AuthorTally {
    days: Vec<TalliedDay>,
    /// The minute of each mention, counted from 1970.
    minutes: Vec<u32>,
    /// What each mention says: copies of one mention have one number. Mentions on sensitive subjects are left out.
    texts: Vec<u32>,
    first_at: Option<Time>,
    last_at: Option<Time>,
}

/// What is known of a mention besides its time and its reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct TalliedMention {
    /// Vendor and own reading contradict each other.
    pub disputed: bool,
    /// On a sensitive subject: it counts for nothing but its day.
    pub sensitive: bool,
    /// The author said it that day before, in nearly the same words.
    pub repeats: bool,
    /// The same number for all copies of one mention.
    pub text: u32,
}

impl TalliedMention {
    /// Takes the number of the mention, or of the one that it repeats. Of an author's mentions, two get one by accident in one of a
    /// thousand authors that wrote three thousand.
    #[must_use]
    pub fn of(self, mention: Uuid) -> Self {
        Self { text: mention.as_u128() as u32, ..self }
    }
}

#[derive(Clone, Copy, Debug)]
struct TalliedDay {
    day: NaiveDate,
    /// Mentions on sensitive subjects, which count for nothing else.
    sensitive: u32,
    /// What the author said in nearly the same words that day before.
    repeated: u32,
    mentions: u32,
    negative: u32,
    positive: u32,
    disputed: u32,
}

impl TalliedDay {
    fn all(&self) -> i64 {
        i64::from(self.mentions) + i64::from(self.sensitive) + i64::from(self.repeated)
    }
}

/// A step from one segment to another, as the mentions up to the end of a month showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentStep {
    /// The first day of that month.
    pub month: NaiveDate,
    pub before: Option<Segment>,
    pub after: Option<Segment>,
}

impl AuthorTally {
    /// One more mention.
    pub fn add(&mut self, at: Time, reading: Sentiment, saying: TalliedMention) {
        let TalliedMention { disputed, sensitive, repeats, text } = saying;
        let day = at.date_naive();
        self.minutes.push(u32::try_from(at.timestamp() / 60).unwrap_or(0));
        if !sensitive {
            self.texts.push(text);
        }
        // Mentions mostly arrive in order, so the day is usually the last one.
        let place = self.days.iter().rposition(|known| known.day == day).unwrap_or_else(|| {
            self.days.push(TalliedDay { day, sensitive: 0, repeated: 0, mentions: 0, negative: 0, positive: 0, disputed: 0 });
            self.days.len() - 1
        });
        let found = &mut self.days[place];
        if sensitive {
            found.sensitive += 1;
            return;
        }
        if repeats {
            found.repeated += 1;
            return;
        }
        found.mentions += 1;
        found.negative += u32::from(reading == Sentiment::Negative);
        found.positive += u32::from(reading == Sentiment::Positive);
        found.disputed += u32::from(disputed);
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = self.last_at.max(Some(at));
    }

    /// How many mentions it counts.
    #[must_use]
    pub fn mentions(&self) -> i64 {
        self.days.iter().map(TalliedDay::all).sum()
    }

    /// Its days, with how many mentions each.
    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, i64)> {
        self.days.iter().map(|day| (day.day, day.all()))
    }

    /// What the mentions add up to beyond the author's counts, which are `counted`: how much they repeat and how fast they came. Nothing is
    /// added up for few mentions.
    #[must_use]
    pub fn habits(&self, counted: PostingHabits) -> PostingHabits {
        let mut found = PostingHabits { copies: 0, busiest_day: 0, busiest_hour: 0, busiest_minute: 0, ..counted };
        if counted.mentions < MIN_MENTIONS {
            return found;
        }
        let (mut minutes, mut texts) = (self.minutes.clone(), self.texts.clone());
        minutes.sort_unstable();
        texts.sort_unstable();
        texts.dedup();
        found.copies = count(self.texts.len() - texts.len());
        found.busiest_day = self.days().map(|(_, mentions)| mentions).max().unwrap_or(0);
        found.busiest_hour = most_within(&minutes, 60);
        found.busiest_minute = most_within(&minutes, 1);
        found
    }

    /// The evidence: mentions of the window that ends with `until`.
    #[must_use]
    pub fn evidence(&self, settings: &SegmentSettings, until: NaiveDate) -> SegmentEvidence {
        let since = settings.since(until);
        let (mut found, mut first, mut last) = (SegmentEvidence::default(), None, None);
        for day in self.days.iter().filter(|day| day.day <= until && since.is_none_or(|since| day.day >= since)) {
            found.sensitive += i64::from(day.sensitive);
            found.repeated += i64::from(day.repeated);
            if day.mentions == 0 {
                continue;
            }
            found.mentions += i64::from(day.mentions);
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

    /// The steps that the author took from month to month, up to the day until which was listened.
    #[must_use]
    pub fn steps(&self, settings: &SegmentSettings, until: NaiveDate) -> Vec<SegmentStep> {
        let mut steps = Vec::new();
        let (Some(first), true) = (self.first_at, self.mentions() >= settings.mentions_needed) else { return steps };
        let (mut month, mut before) = (first_of(first.date_naive()), None);
        while month <= until {
            let next = month + Months::new(1);
            let end = next.pred_opt().map_or(until, |end| end.min(until));
            let after = rules::side(&self.evidence(settings, end), settings);
            if after != before {
                steps.push(SegmentStep { month, before, after });
                before = after;
            }
            month = next;
        }
        steps
    }
}

/// The maximum number of these sorted minutes within a span.
fn most_within(minutes: &[u32], within: u32) -> i64 {
    let (mut limit, mut first) = (0, 0);
    for (place, minute) in minutes.iter().enumerate() {
        while minute - minutes[first] >= within {
            first += 1;
        }
        limit = limit.max(place + 1 - first);
    }
    count(limit)
}

fn count(mentions: usize) -> i64 {
    i64::try_from(mentions).unwrap_or(i64::MAX)
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

    fn heard(mentions: &[(u32, u32, Sentiment)]) -> AuthorTally {
        let mut tally = AuthorTally::default();
        for (month, day, reading) in mentions {
            tally.add(at(*month, *day), *reading, TalliedMention::default());
        }
        tally
    }

    const BAD: Sentiment = Sentiment::Negative;
    const GOOD: Sentiment = Sentiment::Positive;

    #[test]
    fn a_ranter_in_march_is_a_raver_since_may() {
        let tally = heard(&[(3, 1, BAD), (3, 9, BAD), (3, 20, BAD), (5, 2, GOOD), (5, 9, GOOD), (5, 20, GOOD), (5, 28, GOOD)]);
        let settings = SegmentSettings { window_days: 61, ..SegmentSettings::default() };
        let step = |month, before, after| SegmentStep { month: day(month, 1), before, after };
        assert_eq!(
            tally.steps(&settings, day(6, 3)),
            [step(3, None, Some(Segment::Ranter)), step(5, Some(Segment::Ranter), Some(Segment::Raver))]
        );
        let later = tally.steps(&settings, day(9, 30));
        assert_eq!(later.last(), Some(&step(7, Some(Segment::Raver), None)), "who falls silent leaves");
        let all = tally.steps(&SegmentSettings { window_days: 0, ..settings }, day(9, 30));
        assert_eq!(all.last(), Some(&step(5, Some(Segment::Ranter), None)), "four of seven are no clear side");
        assert_eq!(heard(&[(3, 1, BAD), (3, 9, BAD)]).steps(&settings, day(9, 30)), []);
    }

    #[test]
    fn evidence_ends_where_it_is_asked_to() {
        let mut tally = heard(&[(3, 1, BAD), (3, 9, GOOD), (5, 20, BAD)]);
        tally.add(at(3, 9), BAD, TalliedMention { disputed: true, sensitive: true, ..TalliedMention::default() });
        tally.add(at(3, 9), GOOD, TalliedMention { repeats: true, ..TalliedMention::default() });
        let settings = SegmentSettings { window_days: 30, ..SegmentSettings::default() };
        let march = tally.evidence(&settings, day(3, 31));
        assert_eq!((march.mentions, march.negative, march.positive, march.sensitive, march.repeated, march.days), (1, 0, 1, 1, 1, 1));
        assert_eq!(march.last_at.map(|at| at.date_naive()), Some(day(3, 9)));
        let may = tally.evidence(&settings, day(5, 31));
        assert_eq!((may.mentions, may.last_at), (1, Some(at(5, 20))));
        assert_eq!(tally.mentions(), 5);
    }

    #[test]
    fn habits_are_the_same_in_whatever_order_mentions_come() {
        let minutes = [0, 0, 0, 30, 59, 60, 89, 24 * 60, 24 * 60 + 1];
        let texts = [1, 2, 1, 1, 3, 4, 5, 1, 9];
        let counted = PostingHabits { mentions: 9, links: 4, ..PostingHabits::default() };
        let heard = |order: &mut dyn Iterator<Item = usize>| {
            let mut tally = AuthorTally::default();
            for place in order {
                let saying = TalliedMention { text: texts[place], sensitive: place == 8, ..TalliedMention::default() };
                tally.add(at(3, 1) + chrono::Duration::minutes(minutes[place]), BAD, saying);
            }
            tally.habits(counted)
        };
        let found = PostingHabits { copies: 3, busiest_day: 7, busiest_hour: 5, busiest_minute: 3, ..counted };
        assert_eq!(heard(&mut (0..9)), found);
        assert_eq!(heard(&mut (0..9).rev()), found);
        assert_eq!(heard(&mut [4, 0, 8, 2, 6, 1, 7, 3, 5].into_iter()), found);
        let few = PostingHabits { mentions: 4, ..counted };
        assert_eq!(heard(&mut (0..4)).copies, 2);
        assert_eq!(AuthorTally::default().habits(few), few, "of four mentions nothing is added up");
    }
}

//! How often each topic is spoken of, and what rises: the last seven days against the four weeks before, counted back from
//! the newest post, so that an export of last year shows what rose then.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};

use super::store;
use super::{Topic, rules};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{ProgramId, TopicId};
use crate::volume::{self, Counts};

/// Weeks of the small chart beside a topic.
pub const WEEKS: usize = 13;

/// The days that are compared, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub before: NaiveDate,
    pub since: NaiveDate,
    pub until: NaiveDate,
}

impl Span {
    /// The seven days that end with `until`, and the four weeks before.
    #[must_use]
    pub fn ending(until: NaiveDate) -> Self {
        let since = until - Duration::days(rules::NOW_DAYS - 1);
        Self { before: since - Duration::days(rules::BEFORE_DAYS), since, until }
    }

    /// The day before the seven days begin.
    #[must_use]
    pub fn until_before(self) -> NaiveDate {
        self.since - Duration::days(1)
    }
}

/// One topic in numbers.
#[derive(Clone, Debug)]
pub struct Line {
    pub topic: Topic,
    /// All its posts.
    pub all: Counts,
    /// Posts of the last seven days, and of the four weeks before.
    pub now: Counts,
    pub before: Counts,
    /// Posts of each of the last weeks, oldest first.
    pub weeks: Vec<i64>,
    /// How sure it is that it rises: Dunning's G², 0 where it does not.
    pub rise: f64,
}

/// All topics of a program in numbers.
#[derive(Clone, Debug)]
pub struct Trend {
    /// None: nothing was heard yet.
    pub span: Option<Span>,
    pub lines: Vec<Line>,
    /// Posts of the last seven days, of the four weeks before, and all.
    pub posts_now: i64,
    pub posts_before: i64,
    pub posts: i64,
}

impl Trend {
    /// Topics that rise, the surest first.
    #[must_use]
    pub fn rising(&self) -> Vec<&Line> {
        let mut found: Vec<&Line> = self.lines.iter().filter(|line| line.rise >= rules::SURE && line.topic.is_active()).collect();
        found.sort_by(|a, b| b.rise.total_cmp(&a.rise));
        found
    }
}

/// Reads the numbers of a program's topics from the roll-ups.
///
/// # Errors
/// What the database says.
pub async fn of(tx: &mut Tx, program: ProgramId) -> Result<Trend> {
    let topics = store::list(tx, program).await?;
    let days = volume::store::list_days(tx, program, None, None).await?;
    let Some(last) = days.last() else {
        let lines = topics.into_iter().map(|topic| line(topic, WEEKS)).collect();
        return Ok(Trend { span: None, lines, posts_now: 0, posts_before: 0, posts: 0 });
    };
    let span = Span::ending(last.day);
    let posts =
        |from: NaiveDate, to: NaiveDate| days.iter().filter(|day| (from..=to).contains(&day.day)).map(|day| day.counts.posts).sum::<i64>();
    let (posts_now, posts_before) = (posts(span.since, span.until), posts(span.before, span.until_before()));
    let mut lines: HashMap<TopicId, Line> = topics.iter().cloned().map(|topic| (topic.id, line(topic, WEEKS))).collect();
    for (topic, count) in store::list_totals(tx, program, days[0].day, span.until).await? {
        if let Some(line) = lines.get_mut(&topic) {
            line.all = count;
        }
    }
    let weeks = i64::try_from(WEEKS).unwrap_or(0);
    for day in store::list_days(tx, program, span.until - Duration::days(7 * weeks - 1)).await? {
        let Some(line) = lines.get_mut(&day.topic_id) else { continue };
        let back = usize::try_from((span.until - day.day).num_days() / 7).unwrap_or(0);
        if let Some(week) = WEEKS.checked_sub(back + 1).and_then(|at| line.weeks.get_mut(at)) {
            *week += day.counts.posts;
        }
        let count = match day.day {
            day if day >= span.since => &mut line.now,
            day if day >= span.before => &mut line.before,
            _ => continue,
        };
        count.posts += day.counts.posts;
        count.negative += day.counts.negative;
        count.positive += day.counts.positive;
    }
    let lines = topics
        .iter()
        .filter_map(|topic| lines.remove(&topic.id))
        .map(|line| Line { rise: rules::rise(line.now.posts, posts_now, line.before.posts, posts_before), ..line })
        .collect();
    Ok(Trend { span: Some(span), lines, posts_now, posts_before, posts: days.iter().map(|day| day.counts.posts).sum() })
}

fn line(topic: Topic, weeks: usize) -> Line {
    Line { topic, all: Counts::default(), now: Counts::default(), before: Counts::default(), weeks: vec![0; weeks], rise: 0.0 }
}

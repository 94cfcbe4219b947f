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
/// Weeks that are now, and where those end with which they are compared: `Span` in weeks.
const NOW: usize = (rules::NOW_DAYS / 7) as usize;
const BEFORE: usize = NOW + (rules::BEFORE_DAYS / 7) as usize;

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
#[derive(Clone, Debug, Default)]
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
    let span = volume::store::span(tx, program).await?;
    let Some((first, last)) = span else { return Ok(Trend { lines: lines(tx, program).await?, ..Trend::default() }) };
    let mut trend = read(tx, program, last, WEEKS).await?;
    let totals: HashMap<TopicId, Counts> = store::list_totals(tx, program, first, last).await?.into_iter().collect();
    for line in &mut trend.lines {
        line.all = totals.get(&line.topic.id).copied().unwrap_or_default();
    }
    trend.posts = volume::store::total(tx, program, None, None).await?.posts;
    Ok(trend)
}

/// What rises, where it is known on which day the newest post was written. Only the weeks that are compared are read: neither all posts
/// are counted nor those of the weeks before.
///
/// # Errors
/// What the database says.
pub async fn ending(tx: &mut Tx, program: ProgramId, last: NaiveDate) -> Result<Trend> {
    read(tx, program, last, BEFORE).await
}

async fn read(tx: &mut Tx, program: ProgramId, last: NaiveDate, weeks: usize) -> Result<Trend> {
    let mut lines = lines(tx, program).await?;
    let heard = volume::store::list_weeks(tx, program, last, weeks).await?;
    let posts = |weeks: &[Counts]| weeks.iter().map(|count| count.posts).sum::<i64>();
    let (posts_now, posts_before) = (posts(&heard[..NOW]), posts(&heard[NOW..BEFORE]));
    let places: HashMap<TopicId, usize> = lines.iter().enumerate().map(|(at, line)| (line.topic.id, at)).collect();
    for (topic, back, counts) in store::list_weeks(tx, program, last, weeks).await? {
        let Some(line) = places.get(&topic).and_then(|at| lines.get_mut(*at)) else { continue };
        if let Some(week) = WEEKS.checked_sub(back + 1).and_then(|at| line.weeks.get_mut(at)) {
            *week = counts.posts;
        }
        match back {
            0..NOW => line.now.add(counts),
            NOW..BEFORE => line.before.add(counts),
            _ => (),
        }
    }
    for line in &mut lines {
        line.rise = rules::rise(line.now.posts, posts_now, line.before.posts, posts_before);
    }
    Ok(Trend { span: Some(Span::ending(last)), lines, posts_now, posts_before, posts: 0 })
}

async fn lines(tx: &mut Tx, program: ProgramId) -> Result<Vec<Line>> {
    Ok(store::list(tx, program).await?.into_iter().map(line).collect())
}

fn line(topic: Topic) -> Line {
    Line { topic, all: Counts::default(), now: Counts::default(), before: Counts::default(), weeks: vec![0; WEEKS], rise: 0.0 }
}

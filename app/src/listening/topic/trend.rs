//! How often each topic is spoken of, and what rises: the last seven days against the four weeks before, counted back from
//! the newest mention, so that an export of last year shows what rose then.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};

use super::store;
use super::{Topic, rules};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{ProgramId, TopicId};
use crate::listening::author::AuthorKind;
use crate::listening::volume::{self, SentimentCounts};

/// Weeks of the small chart beside a topic.
pub const WEEKS: usize = 13;
/// Weeks that are now, and where those end with which they are compared: `TrendSpan` in weeks.
const NOW: usize = (rules::NOW_DAYS / 7) as usize;
const BEFORE: usize = NOW + (rules::BEFORE_DAYS / 7) as usize;

/// The days that are compared, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrendSpan {
    pub before: NaiveDate,
    pub since: NaiveDate,
    pub until: NaiveDate,
}

impl TrendSpan {
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

#[derive(Clone, Debug)]
pub struct TopicTrendLine {
    pub topic: Topic,
    /// All its mentions.
    pub all: SentimentCounts,
    /// Mentions of the last seven days, and of the four weeks before.
    pub now: SentimentCounts,
    pub before: SentimentCounts,
    /// Mentions of each of the last weeks, oldest first.
    pub weeks: Vec<i64>,
    /// How sure it is that it rises: Dunning's G², 0 where it does not.
    pub rise: f64,
}

/// All topics of a program in numbers.
#[derive(Clone, Debug, Default)]
pub struct TopicTrends {
    /// None without mentions.
    pub span: Option<TrendSpan>,
    pub lines: Vec<TopicTrendLine>,
    /// Mentions of the last seven days, of the four weeks before, and all.
    pub mentions_now: i64,
    pub mentions_before: i64,
    pub mentions: i64,
}

impl TopicTrends {
    /// Topics that rise, the surest first.
    #[must_use]
    pub fn rising(&self) -> Vec<&TopicTrendLine> {
        let mut found: Vec<&TopicTrendLine> =
            self.lines.iter().filter(|line| line.rise >= rules::SIGNIFICANCE && line.topic.is_active()).collect();
        found.sort_by(|a, b| b.rise.total_cmp(&a.rise));
        found
    }
}

/// Reads the numbers of a program's topics from the roll-ups.
///
/// # Errors
/// What the database says.
pub async fn of(tx: &mut Tx, program: ProgramId) -> Result<TopicTrends> {
    let span = volume::store::span(tx, program).await?;
    let Some((first, last)) = span else { return Ok(TopicTrends { lines: lines(tx, program).await?, ..TopicTrends::default() }) };
    let mut trend = read(tx, program, None, last, WEEKS).await?;
    let totals: HashMap<TopicId, SentimentCounts> = store::list_totals(tx, program, first, last).await?.into_iter().collect();
    for line in &mut trend.lines {
        line.all = totals.get(&line.topic.id).copied().unwrap_or_default();
    }
    trend.mentions = volume::store::total(tx, program, None, None).await?.mentions;
    Ok(trend)
}

/// What rises among mentions by authors of one kind or of any, where it is known on which day the newest mention was written. Only the weeks that are compared are read: neither all mentions
/// are counted nor those of the weeks before.
///
/// # Errors
/// What the database says.
pub async fn ending(tx: &mut Tx, program: ProgramId, kind: Option<AuthorKind>, last: NaiveDate) -> Result<TopicTrends> {
    read(tx, program, kind, last, BEFORE).await
}

async fn read(tx: &mut Tx, program: ProgramId, kind: Option<AuthorKind>, last: NaiveDate, weeks: usize) -> Result<TopicTrends> {
    let mut lines = lines(tx, program).await?;
    let heard = volume::store::list_weeks(tx, program, last, weeks).await?;
    let spoken = store::list_weeks(tx, program, last, weeks).await?.into_iter().map(|(topic, back, counts)| ((topic, back), counts));
    let (heard, spoken) = volume::kinds::weeks(tx, program, kind, (heard, spoken.collect()), last).await?;
    let mentions = |weeks: &[SentimentCounts]| weeks.iter().map(|count| count.mentions).sum::<i64>();
    let (mentions_now, mentions_before) = (mentions(&heard[..NOW]), mentions(&heard[NOW..BEFORE]));
    let places: HashMap<TopicId, usize> = lines.iter().enumerate().map(|(at, line)| (line.topic.id, at)).collect();
    for ((topic, back), counts) in spoken {
        let Some(line) = places.get(&topic).and_then(|at| lines.get_mut(*at)) else { continue };
        if let Some(week) = WEEKS.checked_sub(back + 1).and_then(|at| line.weeks.get_mut(at)) {
            *week = counts.mentions;
        }
        match back {
            0..NOW => line.now.add(counts),
            NOW..BEFORE => line.before.add(counts),
            _ => (),
        }
    }
    for line in &mut lines {
        line.rise = rules::rise(line.now.mentions, mentions_now, line.before.mentions, mentions_before);
    }
    Ok(TopicTrends { span: Some(TrendSpan::ending(last)), lines, mentions_now, mentions_before, mentions: 0 })
}

async fn lines(tx: &mut Tx, program: ProgramId) -> Result<Vec<TopicTrendLine>> {
    Ok(store::list(tx, program).await?.into_iter().map(line).collect())
}

fn line(topic: Topic) -> TopicTrendLine {
    TopicTrendLine {
        topic,
        all: SentimentCounts::default(),
        now: SentimentCounts::default(),
        before: SentimentCounts::default(),
        weeks: vec![0; WEEKS],
        rise: 0.0,
    }
}

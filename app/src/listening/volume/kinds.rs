//! Mentions by the kind of their authors. Only those by authors that are not customers are counted apart, since they are few: customers are what
//! is left of all.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use chrono::NaiveDate;

use super::store::{self, kinds};
use super::{Dimension, KindDimension, KindSlice, SentimentCounts, VolumeDay};
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId, TopicId};
use crate::listening::author::AuthorKind;

/// Changes of counts that are not written yet, and by whom the mentions are: only those of authors that are not customers will be.
#[derive(Debug, Default)]
pub struct KindTally(HashMap<AuthorId, Vec<(KindDimension, NaiveDate, String, SentimentCounts)>>);

impl KindTally {
    /// Mentions of an author come, go or are read otherwise.
    pub fn count(&mut self, author: AuthorId, dimension: KindDimension, day: NaiveDate, value: String, change: SentimentCounts) {
        self.0.entry(author).or_default().push((dimension, day, value, change));
    }

    /// Writes what is counted of authors by the kinds that they are now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn apply(mut self, tx: &mut Tx, program: ProgramId) -> Result<()> {
        let authors: Vec<AuthorId> = self.0.keys().copied().collect();
        let mut slices: BTreeMap<KindSlice, SentimentCounts> = BTreeMap::new();
        for (author, kind) in kinds::list_excluded_kinds(tx, &authors).await? {
            for (dimension, day, value, change) in self.0.remove(&author).into_iter().flatten() {
                slices.entry(KindSlice { kind, dimension, day, value }).or_default().add(change);
            }
        }
        write(tx, program, slices).await
    }
}

/// Mentions move with their authors from one kind to another.
///
/// # Errors
/// What the database says.
pub async fn move_authors(tx: &mut Tx, program: ProgramId, moves: &[(AuthorId, AuthorKind, AuthorKind)]) -> Result<()> {
    let moved: HashMap<AuthorId, [(AuthorKind, i64); 2]> =
        moves.iter().filter(|(_, from, to)| from != to).map(|(author, from, to)| (*author, [(*from, -1), (*to, 1)])).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let mut slices: BTreeMap<KindSlice, SentimentCounts> = BTreeMap::new();
    for (author, dimension, day, value, counts) in kinds::list_author_slices(tx, &moved.keys().copied().collect::<Vec<_>>()).await? {
        for (kind, by) in moved[&author].into_iter().filter(|(kind, _)| *kind != AuthorKind::Customer) {
            let change = if by < 0 { -counts } else { counts };
            slices.entry(KindSlice { kind, dimension, day, value: value.clone() }).or_default().add(change);
        }
    }
    write(tx, program, slices).await
}

/// Writes changes; of authors that are customers, nothing.
pub(in crate::listening) async fn write(tx: &mut Tx, program: ProgramId, slices: BTreeMap<KindSlice, SentimentCounts>) -> Result<()> {
    let is_change =
        |(slice, change): &(KindSlice, SentimentCounts)| slice.kind != AuthorKind::Customer && *change != SentimentCounts::default();
    kinds::add_kind_slices(tx, program, &slices.into_iter().filter(is_change).collect::<Vec<_>>()).await
}

/// What is left of all where others are taken away, in the order of all.
fn without<T: Eq + Hash>(
    all: Vec<(T, SentimentCounts)>,
    others: impl IntoIterator<Item = (T, SentimentCounts)>,
) -> Vec<(T, SentimentCounts)> {
    let others: HashMap<T, SentimentCounts> = others.into_iter().collect();
    let left = all.into_iter().map(|(value, mut counts)| {
        if let Some(others) = others.get(&value) {
            counts.add(-*others);
        }
        (value, counts)
    });
    left.filter(|(_, counts)| counts.mentions > 0).collect()
}

/// Whose slices are read: none where all mentions are wanted; those of all that are not customers where customers are wanted.
#[allow(clippy::option_option)]
const fn others(kind: Option<AuthorKind>) -> Option<Option<AuthorKind>> {
    match kind {
        None => None,
        Some(AuthorKind::Customer) => Some(None),
        Some(kind) => Some(Some(kind)),
    }
}

/// What is wanted of all and of some: the rest for customers, some for another kind.
fn chosen<T: Eq + Hash>(
    kind: Option<AuthorKind>,
    all: Vec<(T, SentimentCounts)>,
    some: Vec<(T, SentimentCounts)>,
) -> Vec<(T, SentimentCounts)> {
    if kind == Some(AuthorKind::Customer) { without(all, some) } else { some }
}

const fn is_customers_or_all(kind: Option<AuthorKind>) -> bool {
    matches!(kind, None | Some(AuthorKind::Customer))
}

/// The days of a period, of all mentions or of one value, by authors of one kind or of any.
///
/// # Errors
/// What the database says.
pub async fn days(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    by: Option<(Dimension, &str)>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Vec<VolumeDay>> {
    let all = match by.filter(|_| is_customers_or_all(kind)) {
        Some((dimension, value)) => store::list_days_of(tx, program, dimension, value, since, until).await?,
        None if is_customers_or_all(kind) => store::list_days(tx, program, since, until).await?,
        None => Vec::new(),
    };
    let Some(others) = others(kind) else { return Ok(all) };
    let slice = by.map_or((KindDimension::All, ""), |(dimension, value)| (dimension.into(), value));
    let some = kinds::list_kind_days(tx, program, others, slice, since, until).await?;
    let pairs = |days: Vec<VolumeDay>| days.into_iter().map(|VolumeDay { day, counts }| (day, counts)).collect();
    Ok(chosen(kind, pairs(all), pairs(some)).into_iter().map(|(day, counts)| VolumeDay { day, counts }).collect())
}

/// All mentions from one day to another, or those of one value, by authors of one kind or of any.
///
/// # Errors
/// What the database says.
pub async fn total(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    by: Option<(Dimension, &str)>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<SentimentCounts> {
    if kind.is_none() && by.is_none() {
        return store::total(tx, program, since, until).await;
    }
    let mut total = SentimentCounts::default();
    days(tx, program, kind, by, since, until).await?.into_iter().for_each(|day| total.add(day.counts));
    Ok(total)
}

/// Of the mentions about a topic, or about none where it is empty, those by authors of one kind or of any.
///
/// # Errors
/// What the database says.
pub async fn total_about(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    topic: &str,
    mut all: SentimentCounts,
    (since, until): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<SentimentCounts> {
    let Some(others) = others(kind) else { return Ok(all) };
    let mut some = SentimentCounts::default();
    let days = kinds::list_kind_days(tx, program, others, (KindDimension::Topic, topic), since, until).await?;
    days.into_iter().for_each(|day| some.add(day.counts));
    all.add(-some);
    Ok(if is_customers_or_all(kind) { all } else { some })
}

/// The mentions of a period by each of these dimensions, by authors of one kind or of any: each value with its counts, the most frequent first.
///
/// # Errors
/// What the database says.
pub async fn values(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    dimensions: &[Dimension],
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<BTreeMap<Dimension, Vec<(String, SentimentCounts)>>> {
    let mut all = store::list_values(tx, program, dimensions, since, until).await?;
    let Some(others) = others(kind) else { return Ok(all) };
    for (dimension, values) in &mut all {
        let some = kinds::list_kind_values(tx, program, others, (*dimension).into(), since, until).await?;
        *values = chosen(kind, std::mem::take(values), some);
        values.sort_by(|(one, a), (other, b)| b.mentions.cmp(&a.mentions).then_with(|| one.cmp(other)));
    }
    Ok(all)
}

/// Mentions of a period by topic, and about none, by authors of one kind or of any; `all` is what is counted of all authors.
///
/// # Errors
/// What the database says.
pub async fn topics(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    all: (Vec<(TopicId, SentimentCounts)>, SentimentCounts),
    (since, until): (NaiveDate, NaiveDate),
) -> Result<(Vec<(TopicId, SentimentCounts)>, SentimentCounts)> {
    let Some(others) = others(kind) else { return Ok(all) };
    let mut some = kinds::list_kind_values(tx, program, others, KindDimension::Topic, Some(since), Some(until)).await?;
    let none = some.iter().position(|(topic, _)| topic.is_empty()).map(|at| some.swap_remove(at).1).unwrap_or_default();
    let some = some.into_iter().filter_map(|(topic, counts)| Some((topic.parse().ok()?, counts))).collect();
    let (all, mut all_none) = all;
    all_none.add(-none);
    Ok((chosen(kind, all, some), if is_customers_or_all(kind) { all_none } else { none }))
}

/// Mentions of each of the weeks that end with a day, the last week first, in all and about each topic.
pub type Weeks = (Vec<SentimentCounts>, Vec<((TopicId, usize), SentimentCounts)>);

/// Mentions of weeks by authors of one kind or of any; `all` is what is counted of all authors.
///
/// # Errors
/// What the database says.
pub async fn weeks(tx: &mut Tx, program: ProgramId, kind: Option<AuthorKind>, all: Weeks, until: NaiveDate) -> Result<Weeks> {
    let Some(others) = others(kind) else { return Ok(all) };
    let (all_heard, all_topics) = all;
    let weeks = all_heard.len();
    let since = until - chrono::Duration::days(7 * i64::try_from(weeks).unwrap_or(0) - 1);
    let back = |day: NaiveDate| usize::try_from((until - day).num_days() / 7).ok().filter(|week| *week < weeks);
    let mut heard = vec![SentimentCounts::default(); weeks];
    for day in kinds::list_kind_days(tx, program, others, (KindDimension::All, ""), Some(since), Some(until)).await? {
        if let Some(week) = back(day.day).and_then(|week| heard.get_mut(week)) {
            week.add(day.counts);
        }
    }
    let mut topics: HashMap<(TopicId, usize), SentimentCounts> = HashMap::new();
    for (topic, day, counts) in kinds::list_kind_topic_days(tx, program, others, since, until).await? {
        if let (Ok(topic), Some(week)) = (topic.parse(), back(day)) {
            topics.entry((topic, week)).or_default().add(counts);
        }
    }
    if is_customers_or_all(kind) {
        for (week, all) in heard.iter_mut().zip(all_heard) {
            let others = std::mem::replace(week, all);
            week.add(-others);
        }
    }
    Ok((heard, chosen(kind, all_topics, topics.into_iter().collect())))
}

/// How many mentions of a period are by authors of each kind, customers first; kinds without any are left out. `total` are all mentions.
///
/// # Errors
/// What the database says.
pub async fn counts(tx: &mut Tx, program: ProgramId, total: i64, (since, until): (NaiveDate, NaiveDate)) -> Result<Vec<(AuthorKind, i64)>> {
    let others: HashMap<AuthorKind, i64> = kinds::list_kinds(tx, program, since, until).await?.into_iter().collect();
    let customers = total - others.values().sum::<i64>();
    let count = |kind: &AuthorKind| if *kind == AuthorKind::Customer { customers } else { others.get(kind).copied().unwrap_or(0) };
    Ok(AuthorKind::ALL.iter().map(|kind| (*kind, count(kind))).filter(|(_, mentions)| *mentions > 0).collect())
}

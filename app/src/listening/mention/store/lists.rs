//! Mentions as a person searches for them, and how many there are.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use crate::db::{Filter, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, ImportRunId, MentionId, ProgramId, TopicId};
use crate::listening::author::AuthorKind;
use crate::listening::mention::{Mention, Sentiment, place};
use crate::listening::search::{self, Facet, SearchQuery};
use crate::listening::volume::{self, Dimension, SentimentCounts};
use crate::program::Segment;

/// Upper bound for counting mentions where no roll-up has the number.
const MAX_COUNTED: i64 = 10_000;

/// The same where words were searched for.
const MAX_COUNTED_BY_WORDS: i64 = 1_000;

/// The parameter value for an unknown language or country.
pub const UNKNOWN: &str = "unknown";

/// What a person looks for in the list of mentions.
#[derive(Clone, Debug, Default)]
pub struct MentionSearch {
    pub program: Option<ProgramId>,
    pub author: Option<AuthorId>,
    pub run: Option<ImportRunId>,
    /// Mentions of one repeated mention: its first one and the copies.
    pub repeated: Option<uuid::Uuid>,
    /// Words, phrases, what must not occur, authors (see `search::query`).
    pub text: String,
    pub reading: Option<Sentiment>,
    /// Only mentions that count for their authors: those on sensitive subjects are left out.
    pub counting: bool,
    pub about: Option<TopicFilter>,
    pub network: String,
    /// The counted form, such as “en”, or “unknown”.
    pub language: String,
    /// In any case, or “unknown”.
    pub country: String,
    /// Mentions by authors currently in this segment.
    pub segment: Option<Segment>,
    /// Mentions by authors of this kind.
    pub kind: Option<AuthorKind>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// Mentions of one topic, or of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicFilter {
    Topic(TopicId),
    Nothing,
}

/// A mention and who wrote it, for lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedMention {
    #[sqlx(flatten)]
    pub mention: Mention,
    pub handle: String,
}

impl MentionSearch {
    /// How far its result is counted; 0 where it is counted to the end.
    #[must_use]
    pub fn counted(&self) -> i64 {
        match self.rolled_up().map(|_| ()).or(self.counted_by_topic().map(|_| ())) {
            Some(()) => 0,
            None if self.text.trim().is_empty() => MAX_COUNTED,
            None => MAX_COUNTED_BY_WORDS,
        }
    }

    /// Its words, networks, languages and countries.
    ///
    /// # Errors
    /// `Invalid` on `q` with what to type instead.
    fn query(&self) -> Result<SearchQuery> {
        let mut query = search::parse(&self.text).map_err(|why| Error::field("q", why))?;
        let known = |value: &str| if value == UNKNOWN { String::new() } else { value.to_owned() };
        if !self.network.is_empty() {
            query.and(Facet::Network, &self.network);
        }
        if !self.language.is_empty() {
            query.and(Facet::Language, &crate::listening::sentiment::rules::language(&known(&self.language)));
        }
        if !self.country.is_empty() {
            query.and(Facet::Country, &volume::country(Some(&known(&self.country))));
        }
        Ok(query)
    }

    /// The conditions on the mentions themselves.
    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        if self.about == Some(TopicFilter::Nothing) {
            filter.and("NOT EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id)", []);
        }
        if let Some(id) = self.author {
            filter.and("m.author_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.run {
            filter.and("m.run_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.repeated {
            filter.and("(m.no IN (SELECT p.no FROM repeated_mention p WHERE p.first_id = ?) OR m.id = ?)", [id.into(), id.into()]);
        }
        if let Some(reading) = self.reading {
            filter.and("m.reading = ?", [reading.as_str().into()]);
        }
        if self.counting {
            filter.and("m.sensitive = FALSE", []);
        }
        if let Some(segment) = self.segment {
            filter.and(
                "EXISTS (SELECT 1 FROM assessment z WHERE z.author_id = m.author_id AND z.superseded_at IS NULL AND z.segment = ?)",
                [segment.as_str().into()],
            );
        }
        if let Some(kind) = self.kind {
            filter.and("a.kind = ?", [kind.as_str().into()]);
        }
        filter
    }

    /// The roll-up of topics that knows its count: a topic's, or that of mentions about none.
    fn counted_by_topic(&self) -> Option<(ProgramId, TopicFilter)> {
        let about = self.about?;
        let rest = Self { about: None, ..self.clone() };
        let (program, by) = rest.rolled_up()?;
        by.is_none().then_some((program, about))
    }

    /// The roll-up that knows its count: all days, or one dimension's.
    fn rolled_up(&self) -> Option<(ProgramId, Option<(Dimension, String)>)> {
        let known = |value: &str| if value == UNKNOWN { String::new() } else { value.to_owned() };
        let mut by = Vec::new();
        if !self.network.is_empty() {
            by.push((Dimension::Network, self.network.clone()));
        }
        if !self.language.is_empty() {
            by.push((Dimension::Language, crate::listening::sentiment::rules::language(&known(&self.language))));
        }
        if !self.country.is_empty() {
            by.push((Dimension::Country, volume::country(Some(&known(&self.country)))));
        }
        by.extend(self.segment.map(|segment| (Dimension::Segment, segment.as_str().to_owned())));
        let plain = self.about.is_none()
            && self.author.is_none()
            && self.run.is_none()
            && self.repeated.is_none()
            && !self.counting
            && self.text.trim().is_empty()
            && by.len() <= 1;
        let counted = match self.reading {
            None => true,
            Some(reading) => self.segment.is_none() && matches!(reading, Sentiment::Negative | Sentiment::Positive),
        };
        self.program.filter(|_| plain && counted).map(|program| (program, by.pop()))
    }
}

/// What a search reads: tables, how they are joined, and the column by which mentions are in order.
struct SearchPlan {
    from: &'static str,
    filter: Filter,
    order: &'static str,
    /// Whether to sort by day first, as a topic's mentions are indexed.
    by_day: bool,
}

/// Decides where a search begins: at the words that it wants, else at the mentions in the order of time. Words are looked up mention by
/// mention where an author or an import has few.
async fn plan(tx: &mut Tx, search: &MentionSearch) -> Result<SearchPlan> {
    let query = search.query()?;
    let mut filter = search.filter();
    let few = search.author.is_some() || search.run.is_some() || search.repeated.is_some();
    let (no, words) = if tx.is_postgres() { ("s.no", "m.no = s.no") } else { ("s.rowid", "m.no = s.rowid") };
    let by_words = !query.is_empty() && !few;
    let mut by_day = false;
    if by_words {
        filter.and(words, []).and("a.id = m.author_id", []);
        search::store::find(tx, &mut filter, &query);
    } else {
        filter.and("a.id = m.author_id", []);
        if !query.is_empty() {
            search::store::find_mention(tx, &mut filter, &query);
        }
    }
    if let Some(program) = search.program {
        let (from, to) = place::between(crate::program::store::number(tx, program).await?, search.since, search.until);
        let between = match (by_words, tx.is_postgres()) {
            (true, true) => "s.no BETWEEN ? AND ?",
            (true, false) => "s.rowid BETWEEN ? AND ?",
            (false, _) => "m.no BETWEEN ? AND ?",
        };
        filter.and(between, [from.into(), to.into()]);
    }
    if let Some(TopicFilter::Topic(topic)) = search.about {
        if by_words || few {
            filter.and("EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id AND t.topic_id = ?)", [topic.0.into()]);
        } else {
            by_day = true;
            filter.and("m.id = t.mention_id AND t.topic_id = ?", [topic.0.into()]);
            if let Some(day) = search.since {
                filter.and("t.day >= ?", [day.into()]);
            }
            if let Some(day) = search.until {
                filter.and("t.day <= ?", [day.into()]);
            }
        }
    }
    // CROSS JOIN keeps SQLite from beginning at a table that is in no order.
    let from = match (by_words, by_day) {
        (true, _) => "mention_search s CROSS JOIN mention m CROSS JOIN author a",
        (false, true) => "mention_topic t CROSS JOIN mention m CROSS JOIN author a",
        (false, false) => "mention m CROSS JOIN author a",
    };
    Ok(SearchPlan { from, filter, order: if by_words { no } else { "m.no" }, by_day })
}

/// Mentions as searched for, by time.
///
/// # Errors
/// `Invalid` on `q` where the words cannot be searched for.
pub async fn list(tx: &mut Tx, search: &MentionSearch, limit: i64, skip: i64) -> Result<Vec<ListedMention>> {
    let SearchPlan { from, filter, order, by_day } = plan(tx, search).await?;
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let way = if search.oldest_first { "ASC" } else { "DESC" };
    let day = if by_day { format!("t.day {way}, ") } else { String::new() };
    let statement = format!(
        "SELECT m.*, a.handle FROM {from}{} ORDER BY {day}{order} {way} LIMIT ${limit_place} OFFSET ${offset_place}",
        filter.clause()
    );
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// The ids of all mentions as searched for, in the order of `list`.
///
/// # Errors
/// As `list`.
pub async fn list_ids(tx: &mut Tx, search: &MentionSearch) -> Result<Vec<MentionId>> {
    let SearchPlan { from, filter, order, by_day } = plan(tx, search).await?;
    let way = if search.oldest_first { "ASC" } else { "DESC" };
    let day = if by_day { format!("t.day {way}, ") } else { String::new() };
    let statement = format!("SELECT m.id FROM {from}{} ORDER BY {day}{order} {way}", filter.clause());
    tx.list_values(AssertSqlSafe(statement), filter.values()).await
}

/// Mentions by their ids, in the order of these; those that are gone are left out.
pub async fn list_some(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<ListedMention>> {
    const SELECT: &str = "SELECT m.*, a.handle FROM mention m JOIN author a ON a.id = m.author_id WHERE m.id IN ({})";
    let found: Vec<ListedMention> = tx.list_in(SELECT, &[], ids).await?;
    let mut found: HashMap<MentionId, ListedMention> = found.into_iter().map(|listed| (listed.mention.id, listed)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The newest mention of each of these authors: one index seek each, however much they wrote.
pub async fn list_last(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<ListedMention>> {
    tx.list_in(
        "SELECT m.*, a.handle FROM author a
             JOIN mention m ON m.author_id = a.id AND m.no = (SELECT MAX(x.no) FROM mention x WHERE x.author_id = a.id)
         WHERE a.id IN ({})",
        &[],
        authors,
    )
    .await
}

/// The newest mentions of each of these authors.
pub async fn list_newest(tx: &mut Tx, authors: &[AuthorId], limit: i64) -> Result<Vec<ListedMention>> {
    tx.list_in(
        "SELECT * FROM (
             SELECT m.*, a.handle, ROW_NUMBER() OVER (PARTITION BY m.author_id ORDER BY m.no DESC) AS place, $1 AS most
             FROM mention m JOIN author a ON a.id = m.author_id WHERE m.author_id IN ({})
         ) newest WHERE place <= most ORDER BY no DESC",
        &[limit.into()],
        authors,
    )
    .await
}

/// How many mentions a search finds: exactly where a roll-up knows, else one more than `MentionSearch::counted` at most.
///
/// # Errors
/// As `list`.
pub async fn count(tx: &mut Tx, search: &MentionSearch) -> Result<i64> {
    if let Some((program, about)) = search.counted_by_topic() {
        let counts = total_about(tx, program, about, search).await?;
        return Ok(match search.reading {
            None => counts.mentions,
            Some(Sentiment::Negative) => counts.negative,
            Some(_) => counts.positive,
        });
    }
    if let Some((program, by)) = search.rolled_up() {
        let by = by.as_ref().map(|(dimension, value)| (*dimension, value.as_str()));
        let counts = volume::kinds::total(tx, program, search.kind, by, search.since, search.until).await?;
        return Ok(match search.reading {
            None => counts.mentions,
            Some(Sentiment::Negative) => counts.negative,
            Some(_) => counts.positive,
        });
    }
    let SearchPlan { from, filter, .. } = plan(tx, search).await?;
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from}{} LIMIT {}) found", filter.clause(), search.counted() + 1);
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// The mentions of a topic, or about none, in the days of a search.
async fn total_about(tx: &mut Tx, program: ProgramId, about: TopicFilter, search: &MentionSearch) -> Result<SentimentCounts> {
    let mut filter = Filter::new();
    filter.and("program_id = ?", [program.0.into()]);
    let table = match about {
        TopicFilter::Nothing => "topicless_day",
        TopicFilter::Topic(id) => {
            filter.and("topic_id = ?", [id.0.into()]);
            "topic_day"
        }
    };
    if let Some(day) = search.since {
        filter.and("day >= ?", [day.into()]);
    }
    if let Some(day) = search.until {
        filter.and("day <= ?", [day.into()]);
    }
    let statement = format!(
        "SELECT CAST(COALESCE(SUM(mentions), 0) AS BIGINT) AS mentions, CAST(COALESCE(SUM(negative), 0) AS BIGINT) AS negative,
             CAST(COALESCE(SUM(positive), 0) AS BIGINT) AS positive FROM {table}{}",
        filter.clause()
    );
    let all = tx.one(AssertSqlSafe(statement), filter.values()).await?;
    let topic = if let TopicFilter::Topic(id) = about { id.to_string() } else { String::new() };
    volume::kinds::total_about(tx, program, search.kind, &topic, all, (search.since, search.until)).await
}

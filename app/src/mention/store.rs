//! The table `mention`.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{LanguageFrom, Mention, Sentiment, place};
use crate::clock::Time;
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::{Error, Result};
use crate::ids::{AuthorId, ImportRunId, MentionId, ProgramId, TopicId};
use crate::program::Segment;
use crate::search::{self, Facet, Query};
use crate::volume::{self, Counts, Dimension};
use crate::{bind_all, rows_in, run_in, sql};

/// The tables written here. A post goes with its author.
pub const TABLES: &[Table] = &[Table {
    name: "mention",
    people: &[(Subject::Author, "author_id")],
    personal: &[("text", Erase::Row), ("url", Erase::Row), ("external_id", Erase::Row), ("dedupe_key", Erase::Row)],
    columns: &[
        "id",
        "author_id",
        "run_id",
        "line",
        "program_id",
        "at",
        "day",
        "language",
        "country",
        "vendor_sentiment",
        "sentiment",
        "score",
        "reading",
        "sensitive",
        "reach",
        "engagement",
        "no",
        "network",
        "language_from",
    ],
}];

/// How far posts are counted where no roll-up knows: beyond, a number tells its reader nothing more.
const COUNTED: i64 = 10_000;
/// The same where words were searched for.
const COUNTED_WORDS: i64 = 1_000;

/// What a person looks for in the list of posts.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub program: Option<ProgramId>,
    pub author: Option<AuthorId>,
    pub run: Option<ImportRunId>,
    /// Posts of one shout: its first one and the copies.
    pub shout: Option<uuid::Uuid>,
    /// Words, phrases, what must not occur, voices (see `search::query`).
    pub text: String,
    pub reading: Option<Sentiment>,
    /// Only posts that count for their voices: those on sensitive subjects are left out.
    pub counting: bool,
    pub about: Option<About>,
    pub network: String,
    /// As it is counted: “en”; “unknown” where nobody says.
    pub language: String,
    /// In any letters; “unknown” where nobody says.
    pub country: String,
    /// Posts of voices that stand in this segment now.
    pub segment: Option<Segment>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// Posts of one topic, or of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Topic(TopicId),
    Nothing,
}

/// A post and who wrote it, for lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub mention: Mention,
    pub handle: String,
}

/// A post that an import met again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Known {
    pub id: MentionId,
    pub run_id: Option<ImportRunId>,
    pub line: i64,
    pub dedupe_key: String,
    pub author_id: AuthorId,
    pub at: Time,
    pub day: NaiveDate,
    pub network: String,
    pub language: Option<String>,
    pub language_from: Option<LanguageFrom>,
    pub country: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub score: f64,
    pub reading: Sentiment,
    pub sensitive: bool,
    /// A person's correction, which outranks vendor and own reading.
    pub corrected: Option<Sentiment>,
    pub reach: Option<i64>,
    pub engagement: Option<i64>,
}

impl From<&Mention> for Known {
    /// A post that nobody has corrected yet.
    fn from(post: &Mention) -> Self {
        Self {
            id: post.id,
            run_id: post.run_id,
            line: post.line,
            dedupe_key: post.dedupe_key.clone(),
            author_id: post.author_id,
            at: post.at,
            day: post.day,
            network: post.network.clone(),
            language: post.language.clone(),
            language_from: post.language_from,
            country: post.country.clone(),
            vendor_sentiment: post.vendor_sentiment.clone(),
            sentiment: post.sentiment,
            score: post.score,
            reading: post.reading,
            sensitive: post.sensitive,
            corrected: None,
            reach: post.reach,
            engagement: post.engagement,
        }
    }
}

/// A post that is read again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Again {
    pub id: MentionId,
    pub author_id: AuthorId,
    pub text: String,
    pub at: Time,
    pub day: NaiveDate,
    pub network: String,
    pub language: Option<String>,
    pub country: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub score: f64,
    pub reading: Sentiment,
    pub sensitive: bool,
    pub corrected: Option<Sentiment>,
}

/// What an assessment needs of a post.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Brief {
    pub author_id: AuthorId,
    pub at: Time,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub reading: Sentiment,
    pub sensitive: bool,
    /// The voice said it that day before, in nearly the same words.
    pub repeats: bool,
    /// The id of the post, or of the one that it repeats.
    pub said: uuid::Uuid,
}

/// The word that stands for “nobody says”, where a language or a country is asked for.
pub const UNKNOWN: &str = "unknown";

impl Search {
    /// How far its result is counted; 0 where it is counted to the end.
    #[must_use]
    pub fn counted(&self) -> i64 {
        match self.rolled_up().map(|_| ()).or(self.told_by_topic().map(|_| ())) {
            Some(()) => 0,
            None if self.text.trim().is_empty() => COUNTED,
            None => COUNTED_WORDS,
        }
    }

    /// Its words, networks, languages and countries.
    ///
    /// # Errors
    /// `Invalid` on `q` with what to type instead.
    fn query(&self) -> Result<Query> {
        let mut query = search::parse(&self.text).map_err(|why| Error::field("q", why))?;
        let known = |value: &str| if value == UNKNOWN { String::new() } else { value.to_owned() };
        if !self.network.is_empty() {
            query.and(Facet::Network, &self.network);
        }
        if !self.language.is_empty() {
            query.and(Facet::Language, &crate::sentiment::rules::language(&known(&self.language)));
        }
        if !self.country.is_empty() {
            query.and(Facet::Country, &volume::country(Some(&known(&self.country))));
        }
        Ok(query)
    }

    /// The conditions on the posts themselves.
    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        if self.about == Some(About::Nothing) {
            filter.and("NOT EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id)", []);
        }
        if let Some(id) = self.author {
            filter.and("m.author_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.run {
            filter.and("m.run_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.shout {
            filter.and("(m.no IN (SELECT p.no FROM shout_post p WHERE p.shout_id = ?) OR m.id = ?)", [id.into(), id.into()]);
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
        filter
    }

    /// The roll-up of topics that knows its count: a topic's, or that of posts about none.
    fn told_by_topic(&self) -> Option<(ProgramId, About)> {
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
            by.push((Dimension::Language, crate::sentiment::rules::language(&known(&self.language))));
        }
        if !self.country.is_empty() {
            by.push((Dimension::Country, volume::country(Some(&known(&self.country)))));
        }
        by.extend(self.segment.map(|segment| (Dimension::Segment, segment.as_str().to_owned())));
        let plain = self.about.is_none()
            && self.author.is_none()
            && self.run.is_none()
            && self.shout.is_none()
            && !self.counting
            && self.text.trim().is_empty()
            && by.len() <= 1;
        let told = match self.reading {
            None => true,
            Some(reading) => self.segment.is_none() && matches!(reading, Sentiment::Negative | Sentiment::Positive),
        };
        self.program.filter(|_| plain && told).map(|program| (program, by.pop()))
    }
}

/// What a search reads: tables, how they are joined, and the column by which posts are in order.
struct Plan {
    from: &'static str,
    filter: Filter,
    order: &'static str,
    /// What comes before the order: a topic's posts stand by their days.
    by_day: bool,
}

/// Decides where a search begins: at the words that it wants, else at the posts in the order of time. Words are looked up post by
/// post where a voice or an import has few.
async fn plan(tx: &mut Tx, search: &Search) -> Result<Plan> {
    let query = search.query()?;
    let mut filter = search.filter();
    let few = search.author.is_some() || search.run.is_some() || search.shout.is_some();
    let (no, words) = if tx.is_postgres() { ("s.no", "m.no = s.no") } else { ("s.rowid", "m.no = s.rowid") };
    let by_words = !query.is_empty() && !few;
    let mut by_day = false;
    if by_words {
        filter.and(words, []).and("a.id = m.author_id", []);
        search::store::find(tx, &mut filter, &query);
    } else {
        filter.and("a.id = m.author_id", []);
        if !query.is_empty() {
            search::store::find_post(tx, &mut filter, &query);
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
    if let Some(About::Topic(topic)) = search.about {
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
    Ok(Plan { from, filter, order: if by_words { no } else { "m.no" }, by_day })
}

/// Adds posts, none of whose keys is there already. A post whose place was taken gets another one, which is written to it;
/// `number` is the program's.
///
/// # Errors
/// `Conflict` where millions of posts were written in the rest of one day.
pub async fn create(tx: &mut Tx, number: i64, mentions: &mut [&mut Mention]) -> Result<()> {
    let mut left: Vec<usize> = (0..mentions.len()).collect();
    for tries in 0..TRIES {
        let batch: Vec<&Mention> = left.iter().map(|at| &*mentions[*at]).collect();
        let there = insert(tx, &batch).await?;
        left.retain(|at| !there.contains(&mentions[*at].id));
        if left.is_empty() {
            return Ok(());
        }
        for at in &left {
            mentions[*at].no = place::another(number, mentions[*at].at, tries);
        }
    }
    Err(Error::conflict("Millions of posts carry the same time, more than there is room for. Does the export give real times?"))
}

/// Other places that are tried for a post before it is given up.
const TRIES: u32 = 64;

/// Adds those posts whose places are free. Gives their ids.
async fn insert(tx: &mut Tx, mentions: &[&Mention]) -> Result<HashSet<MentionId>> {
    let added = bulk::write(
        tx,
        "INSERT INTO mention (id, author_id, run_id, line, dedupe_key, program_id, external_id, url, text, at, day, language, country,
             vendor_sentiment, sentiment, score, reading, sensitive, reach, engagement, no, network, language_from)
         {} ON CONFLICT (no) DO NOTHING",
        mentions,
        |m| {
            [
                m.id.into(),
                m.author_id.into(),
                m.run_id.into(),
                m.line.into(),
                (&m.dedupe_key).into(),
                m.program_id.into(),
                (&m.external_id).into(),
                (&m.url).into(),
                (&m.text).into(),
                m.at.into(),
                m.day.into(),
                (&m.language).into(),
                (&m.country).into(),
                (&m.vendor_sentiment).into(),
                m.sentiment.into(),
                m.score.into(),
                m.reading.into(),
                m.sensitive.into(),
                m.reach.into(),
                m.engagement.into(),
                m.no.into(),
                (&m.network).into(),
                m.language_from.into(),
            ]
        },
    )
    .await?;
    let ids: Vec<MentionId> = mentions.iter().map(|mention| mention.id).collect();
    let there = if usize::try_from(added) == Ok(ids.len()) { ids } else { list_there(tx, &ids).await? };
    Ok(there.into_iter().collect())
}

/// Those of these ids that are there.
async fn list_there(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<MentionId>> {
    Ok(rows_in!(tx, query_scalar, ids, "SELECT id FROM mention WHERE id IN ({})", []))
}

/// The posts that are there already under these keys.
pub async fn list_known(tx: &mut Tx, program: ProgramId, keys: &[&str]) -> Result<Vec<Known>> {
    Ok(rows_in!(
        tx,
        query_as,
        keys,
        "SELECT id, run_id, line, dedupe_key, author_id, at, day, network, language, language_from, country, vendor_sentiment, sentiment,
             score, reading, sensitive, reach, engagement, (SELECT k.sentiment FROM correction k WHERE k.mention_id = mention.id) AS corrected
         FROM mention WHERE program_id = $1 AND dedupe_key IN ({})",
        [program]
    ))
}

/// Fills in what a post lacked: language, country, the vendor's value; and brings its counts up to date.
pub async fn update(tx: &mut Tx, known: &Known) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "UPDATE mention SET language = $2, country = $3, vendor_sentiment = $4, reading = $5, reach = $6, engagement = $7,
             language_from = $8, sentiment = $9, score = $10
         WHERE id = $1"
    )
    .bind(known.id)
    .bind(&known.language)
    .bind(&known.country)
    .bind(&known.vendor_sentiment)
    .bind(known.reading)
    .bind(known.reach)
    .bind(known.engagement)
    .bind(known.language_from)
    .bind(known.sentiment)
    .bind(known.score)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// The posts that an import created at these lines of its file.
pub async fn list_at(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<Vec<(i64, MentionId)>> {
    Ok(rows_in!(tx, query_as, lines, "SELECT line, id FROM mention WHERE run_id = $1 AND line IN ({})", [run]))
}

/// The lines at which an import created posts, after one of them and in their order.
pub async fn list_lines(tx: &mut Tx, run: ImportRunId, after: i64, most: i64) -> Result<Vec<i64>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT line FROM mention WHERE run_id = $1 AND line > $2 ORDER BY line LIMIT $3")
        .bind(run)
        .bind(after)
        .bind(most)
        .fetch_all(c)
        .await)?)
}

/// One post.
pub async fn find(tx: &mut Tx, id: MentionId) -> Result<Option<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM mention WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// Posts as searched for, by time.
///
/// # Errors
/// `Invalid` on `q` where the words cannot be searched for.
pub async fn list(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Listed>> {
    let Plan { from, filter, order, by_day } = plan(tx, search).await?;
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let way = if search.oldest_first { "ASC" } else { "DESC" };
    let day = if by_day { format!("t.day {way}, ") } else { String::new() };
    let statement =
        format!("SELECT m.*, a.handle FROM {from}{} ORDER BY {day}{order} {way} LIMIT ${limit} OFFSET ${offset}", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).bind(most).bind(skip).fetch_all(c).await)?)
}

/// The ids of all posts as searched for, in the order of `list`.
///
/// # Errors
/// As `list`.
pub async fn list_ids(tx: &mut Tx, search: &Search) -> Result<Vec<MentionId>> {
    let Plan { from, filter, order, by_day } = plan(tx, search).await?;
    let way = if search.oldest_first { "ASC" } else { "DESC" };
    let day = if by_day { format!("t.day {way}, ") } else { String::new() };
    let statement = format!("SELECT m.id FROM {from}{} ORDER BY {day}{order} {way}", filter.clause());
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_all(c).await)?)
}

/// Posts by their ids, in the order of these; those that are gone are left out.
pub async fn list_some(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<Listed>> {
    const SELECT: &str = "SELECT m.*, a.handle FROM mention m JOIN author a ON a.id = m.author_id WHERE m.id IN ({})";
    let found: Vec<Listed> = rows_in!(tx, query_as, ids, SELECT, []);
    let mut found: HashMap<MentionId, Listed> = found.into_iter().map(|listed| (listed.mention.id, listed)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The newest posts of each of these voices.
pub async fn list_newest(tx: &mut Tx, authors: &[AuthorId], most: i64) -> Result<Vec<Listed>> {
    Ok(rows_in!(
        tx,
        query_as,
        authors,
        "SELECT * FROM (
             SELECT m.*, a.handle, ROW_NUMBER() OVER (PARTITION BY m.author_id ORDER BY m.no DESC) AS place, $1 AS most
             FROM mention m JOIN author a ON a.id = m.author_id WHERE m.author_id IN ({})
         ) newest WHERE place <= most ORDER BY no DESC",
        [most]
    ))
}

/// How many posts a search finds: exactly where a roll-up knows, else one more than `Search::counted` at most.
///
/// # Errors
/// As `list`.
pub async fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    if let Some((program, about)) = search.told_by_topic() {
        let counts = total_about(tx, program, about, search).await?;
        return Ok(match search.reading {
            None => counts.posts,
            Some(Sentiment::Negative) => counts.negative,
            Some(_) => counts.positive,
        });
    }
    if let Some((program, by)) = search.rolled_up() {
        let counts = match by {
            None => volume::store::total(tx, program, search.since, search.until).await?,
            Some((dimension, value)) => volume::store::total_of(tx, program, dimension, &value, search.since, search.until).await?,
        };
        return Ok(match search.reading {
            None => counts.posts,
            Some(Sentiment::Negative) => counts.negative,
            Some(_) => counts.positive,
        });
    }
    let Plan { from, filter, .. } = plan(tx, search).await?;
    let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from}{} LIMIT {}) found", filter.clause(), search.counted() + 1);
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// The posts of a topic, or about none, in the days of a search.
async fn total_about(tx: &mut Tx, program: ProgramId, about: About, search: &Search) -> Result<Counts> {
    let mut filter = Filter::new();
    filter.and("program_id = ?", [program.0.into()]);
    let table = match about {
        About::Nothing => "topicless_day",
        About::Topic(id) => {
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
        "SELECT CAST(COALESCE(SUM(posts), 0) AS BIGINT) AS posts, CAST(COALESCE(SUM(negative), 0) AS BIGINT) AS negative,
             CAST(COALESCE(SUM(positive), 0) AS BIGINT) AS positive FROM {table}{}",
        filter.clause()
    );
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// Posts of some voices, in the order of voice and time, for assessing them.
pub async fn list_briefs(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<Brief>> {
    Ok(rows_in!(
        tx,
        query_as,
        authors,
        "SELECT m.author_id, m.at, m.vendor_sentiment, m.sentiment, m.reading, m.sensitive, COALESCE(p.repeats, FALSE) AS repeats,
             COALESCE(p.shout_id, m.id) AS said
         FROM mention m LEFT JOIN shout_post p ON p.no = m.no WHERE m.author_id IN ({}) ORDER BY m.author_id, m.no",
        []
    ))
}

/// Posts of a program in the order of their ids, after one of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<MentionId>, most: i64) -> Result<Vec<Again>> {
    Ok(sql!(tx, |c| {
        sqlx::query_as(
        "SELECT m.id, m.author_id, m.text, m.at, m.day, m.network, m.language, m.country, m.vendor_sentiment, m.sentiment, m.score, m.reading, m.sensitive,
             (SELECT k.sentiment FROM correction k WHERE k.mention_id = m.id) AS corrected
         FROM mention m WHERE m.program_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3"
    )
    .bind(program)
    .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
    .bind(most)
    .fetch_all(c)
    .await
    })?)
}

/// Notes how posts are read now: (post, own reading, its score, how it counts) each.
pub async fn update_readings(tx: &mut Tx, readings: &[(MentionId, Sentiment, f64, Sentiment)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE mention SET sentiment = d.column2, score = d.column3, reading = d.column4 FROM ({}) AS d WHERE mention.id = d.column1",
        readings,
        |(id, sentiment, score, reading)| [(*id).into(), (*sentiment).into(), (*score).into(), (*reading).into()],
    )
    .await?;
    Ok(())
}

/// The time of the program's newest post: the end of what was listened to.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<Time>> {
    let (from, to) = place::between(crate::program::store::number(tx, program).await?, None, None);
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT at FROM mention WHERE no BETWEEN $1 AND $2 ORDER BY no DESC LIMIT 1")
        .bind(from)
        .bind(to)
        .fetch_optional(c)
        .await)?)
}

/// What a post is found by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub no: i64,
    pub text: String,
    pub network: String,
    pub handle_key: String,
    pub language: Option<String>,
    pub country: Option<String>,
}

/// What these posts are found by.
pub async fn list_found(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<Found>> {
    Ok(rows_in!(
        tx,
        query_as,
        ids,
        "SELECT m.no, m.text, m.network, a.handle_key, m.language, m.country FROM mention m JOIN author a ON a.id = m.author_id WHERE m.id IN ({})",
        []
    ))
}

/// What posts are found by, in the order of their places from one to another.
pub async fn list_found_between(tx: &mut Tx, from: i64, to: i64, most: i64) -> Result<Vec<Found>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT m.no, m.text, m.network, a.handle_key, m.language, m.country FROM mention m CROSS JOIN author a
         WHERE a.id = m.author_id AND m.no BETWEEN $1 AND $2 ORDER BY m.no LIMIT $3"
    )
    .bind(from)
    .bind(to)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Takes up to `most` of an import's posts for good and gives them back, for the roll-ups.
pub async fn delete_of_run(tx: &mut Tx, run: ImportRunId, most: i64) -> Result<Vec<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as("DELETE FROM mention WHERE id IN (SELECT id FROM mention WHERE run_id = $1 LIMIT $2) RETURNING *")
        .bind(run)
        .bind(most)
        .fetch_all(c)
        .await)?)
}

/// Up to `most` posts of a voice.
pub async fn list_some_of_author(tx: &mut Tx, author: AuthorId, most: i64) -> Result<Vec<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM mention WHERE author_id = $1 LIMIT $2").bind(author).bind(most).fetch_all(c).await)?)
}

/// Deletes posts, with what was said and done about them.
pub async fn delete(tx: &mut Tx, ids: &[MentionId]) -> Result<()> {
    run_in!(tx, ids, "DELETE FROM mention WHERE id IN ({})", []);
    Ok(())
}

/// Takes up to `most` posts that were imported before `before` for good and gives them back.
pub async fn delete_imported_before(tx: &mut Tx, program: ProgramId, before: Time, most: i64) -> Result<Vec<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "DELETE FROM mention WHERE id IN (
             SELECT m.id FROM import_run r JOIN mention m ON m.run_id = r.id WHERE r.program_id = $1 AND r.created_at < $2 LIMIT $3
         ) RETURNING *"
    )
    .bind(program)
    .bind(before)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Takes the posts with these ids of their network for good and gives them back.
pub async fn delete_named(tx: &mut Tx, program: ProgramId, ids: &[String]) -> Result<Vec<Mention>> {
    Ok(rows_in!(tx, query_as, ids, "DELETE FROM mention WHERE program_id = $1 AND external_id IN ({}) RETURNING *", [program]))
}

/// Every post of these voices.
pub async fn list_of_authors(tx: &mut Tx, voices: &[AuthorId]) -> Result<Vec<Mention>> {
    Ok(rows_in!(tx, query_as, voices, "SELECT * FROM mention WHERE author_id IN ({})", []))
}

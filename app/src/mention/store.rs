//! The tables `mention` and `mention_day`.

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::{Mention, Sentiment};
use crate::clock::Time;
use crate::db::{Erase, Filter, Subject, Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ImportRunId, MentionId, ProgramId};
use crate::{affected, bind_all, rows_in, sql};

/// The tables written here. A post goes with its author.
pub const TABLES: &[Table] = &[
    Table {
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
        ],
    },
    Table::plain("mention_day", &["program_id", "day", "posts", "negative", "positive"]),
];

const COLUMNS: usize = 20;

/// What a person looks for in the list of posts.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub program: Option<ProgramId>,
    pub author: Option<AuthorId>,
    pub run: Option<ImportRunId>,
    pub text: String,
    pub reading: Option<Sentiment>,
    pub language: String,
    pub country: String,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// A post and who wrote it, for lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub mention: Mention,
    pub network: String,
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
    pub day: NaiveDate,
    pub language: Option<String>,
    pub country: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub reading: Sentiment,
    pub sensitive: bool,
    /// A person's correction, which outranks vendor and own reading.
    pub corrected: Option<Sentiment>,
    pub reach: Option<i64>,
    pub engagement: Option<i64>,
}

/// A post that is read again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Again {
    pub id: MentionId,
    pub author_id: AuthorId,
    pub text: String,
    pub at: Time,
    pub day: NaiveDate,
    pub language: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub score: f64,
    pub reading: Sentiment,
    pub sensitive: bool,
    pub corrected: Option<Sentiment>,
}

/// What one day's posts add to (or take from) the roll-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Day {
    pub day: NaiveDate,
    pub posts: i64,
    pub negative: i64,
    pub positive: i64,
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
}

impl Search {
    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        if let Some(id) = self.program {
            filter.and("m.program_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.author {
            filter.and("m.author_id = ?", [id.0.into()]);
        }
        if let Some(id) = self.run {
            filter.and("m.run_id = ?", [id.0.into()]);
        }
        if let Some(reading) = self.reading {
            filter.and("m.reading = ?", [reading.as_str().into()]);
        }
        if !self.language.trim().is_empty() {
            filter.and("lower(m.language) = ?", [self.language.trim().to_lowercase().into()]);
        }
        if !self.country.trim().is_empty() {
            filter.and("lower(m.country) = ?", [self.country.trim().to_lowercase().into()]);
        }
        if let Some(day) = self.since {
            filter.and("m.day >= ?", [day.into()]);
        }
        if let Some(day) = self.until {
            filter.and("m.day <= ?", [day.into()]);
        }
        if !self.text.trim().is_empty() {
            filter.contains(&["m.text", "a.handle"], self.text.trim());
        }
        filter
    }

    /// Whether nothing but the program is asked for.
    fn is_everything(&self) -> bool {
        self.program.is_some() && self.filter().values().len() == 1
    }
}

/// Adds posts, none of whose keys is there already.
pub async fn create(tx: &mut Tx, mentions: &[&Mention]) -> Result<()> {
    for part in bulk::parts(mentions) {
        let statement = format!(
            "INSERT INTO mention (id, author_id, run_id, line, dedupe_key, program_id, external_id, url, text, at, day, language, country,
                 vendor_sentiment, sentiment, score, reading, sensitive, reach, engagement)
             VALUES {}",
            bulk::places(part.len(), COLUMNS)
        );
        let statement = bulk::statement(tx, statement);
        sql!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for m in part {
                query = query.bind(m.id).bind(m.author_id).bind(m.run_id).bind(m.line).bind(&m.dedupe_key).bind(m.program_id);
                query = query.bind(&m.external_id).bind(&m.url).bind(&m.text).bind(m.at).bind(m.day).bind(&m.language).bind(&m.country);
                query = query.bind(&m.vendor_sentiment).bind(m.sentiment).bind(m.score).bind(m.reading).bind(m.sensitive);
                query = query.bind(m.reach).bind(m.engagement);
            }
            query.execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The posts that are there already under these keys.
pub async fn list_known(tx: &mut Tx, program: ProgramId, keys: &[&str]) -> Result<Vec<Known>> {
    Ok(rows_in!(
        tx,
        query_as,
        keys,
        "SELECT id, run_id, line, dedupe_key, author_id, day, language, country, vendor_sentiment, sentiment, reading, sensitive,
             reach, engagement, (SELECT k.sentiment FROM correction k WHERE k.mention_id = mention.id) AS corrected
         FROM mention WHERE program_id = $1 AND dedupe_key IN ({})",
        [program]
    ))
}

/// Fills in what a post lacked: language, country, the vendor's value; and brings its counts up to date.
pub async fn update(tx: &mut Tx, known: &Known) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "UPDATE mention SET language = $2, country = $3, vendor_sentiment = $4, reading = $5, reach = $6, engagement = $7 WHERE id = $1"
    )
    .bind(known.id)
    .bind(&known.language)
    .bind(&known.country)
    .bind(&known.vendor_sentiment)
    .bind(known.reading)
    .bind(known.reach)
    .bind(known.engagement)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// One post.
pub async fn find(tx: &mut Tx, id: MentionId) -> Result<Option<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM mention WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// Posts as searched for, by time.
pub async fn list(tx: &mut Tx, search: &Search, most: i64, skip: i64) -> Result<Vec<Listed>> {
    let filter = search.filter();
    let (limit, offset) = (filter.next(), filter.next() + 1);
    let order = if search.oldest_first { "ASC" } else { "DESC" };
    let statement = format!(
        "SELECT m.*, a.network, a.handle FROM mention m JOIN author a ON a.id = m.author_id{} ORDER BY m.at {order}, m.id {order}
         LIMIT ${limit} OFFSET ${offset}",
        filter.clause()
    );
    Ok(sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(statement.clone())), filter.values()).bind(most).bind(skip).fetch_all(c).await)?)
}

/// The newest posts of each of these voices.
pub async fn list_newest(tx: &mut Tx, authors: &[AuthorId], most: i64) -> Result<Vec<Listed>> {
    Ok(rows_in!(
        tx,
        query_as,
        authors,
        "SELECT * FROM (
             SELECT m.*, a.network, a.handle, ROW_NUMBER() OVER (PARTITION BY m.author_id ORDER BY m.at DESC, m.id DESC) AS place, $1 AS most
             FROM mention m JOIN author a ON a.id = m.author_id WHERE m.author_id IN ({})
         ) newest WHERE place <= most ORDER BY at DESC, id DESC",
        [most]
    ))
}

/// How many posts a search finds.
pub async fn count(tx: &mut Tx, search: &Search) -> Result<i64> {
    let filter = search.filter();
    let statement = if search.is_everything() {
        "SELECT CAST(COALESCE(SUM(posts), 0) AS BIGINT) FROM mention_day m WHERE m.program_id = $1".to_owned()
    } else if search.text.trim().is_empty() {
        format!("SELECT COUNT(*) FROM mention m{}", filter.clause())
    } else {
        format!("SELECT COUNT(*) FROM mention m JOIN author a ON a.id = m.author_id{}", filter.clause())
    };
    Ok(sql!(tx, |c| bind_all!(sqlx::query_scalar(AssertSqlSafe(statement.clone())), filter.values()).fetch_one(c).await)?)
}

/// Posts of some voices, in the order of voice and time, for assessing them.
pub async fn list_briefs(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<Brief>> {
    Ok(rows_in!(
        tx,
        query_as,
        authors,
        "SELECT author_id, at, vendor_sentiment, sentiment, reading, sensitive FROM mention WHERE author_id IN ({}) ORDER BY author_id, at",
        []
    ))
}

/// Posts of a program in the order of their ids, after one of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<MentionId>, most: i64) -> Result<Vec<Again>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT m.id, m.author_id, m.text, m.at, m.day, m.language, m.vendor_sentiment, m.sentiment, m.score, m.reading, m.sensitive,
             (SELECT k.sentiment FROM correction k WHERE k.mention_id = m.id) AS corrected
         FROM mention m WHERE m.program_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3"
    )
    .bind(program)
    .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Notes how posts are read now: (post, own reading, its score, how it counts) each.
pub async fn update_readings(tx: &mut Tx, readings: &[(MentionId, Sentiment, f64, Sentiment)]) -> Result<()> {
    for part in bulk::parts(readings) {
        let statement = bulk::statement(
            tx,
            format!(
                "UPDATE mention SET sentiment = d.column2, score = d.column3, reading = d.column4 FROM (VALUES {}) AS d WHERE mention.id = d.column1",
                bulk::places(part.len(), 4)
            ),
        );
        sql!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for (id, sentiment, score, reading) in part {
                query = query.bind(*id).bind(*sentiment).bind(*score).bind(*reading);
            }
            query.execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The voices that an import touched.
pub async fn list_authors_of_run(tx: &mut Tx, run: ImportRunId) -> Result<Vec<AuthorId>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT DISTINCT author_id FROM mention WHERE run_id = $1").bind(run).fetch_all(c).await)?)
}

/// The time of the program's newest post: the end of what was listened to.
pub async fn newest(tx: &mut Tx, program: ProgramId) -> Result<Option<Time>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT at FROM mention WHERE program_id = $1 ORDER BY at DESC LIMIT 1")
        .bind(program)
        .fetch_optional(c)
        .await)?)
}

/// Days of listening, oldest first.
pub async fn list_days(tx: &mut Tx, program: ProgramId) -> Result<Vec<Day>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT day, posts, negative, positive FROM mention_day WHERE program_id = $1 AND posts > 0 ORDER BY day"
    )
    .bind(program)
    .fetch_all(c)
    .await)?)
}

/// What one voice's posts add to the roll-up of days.
pub async fn list_days_of_author(tx: &mut Tx, author: AuthorId) -> Result<Vec<(ProgramId, Day)>> {
    let rows: Vec<(ProgramId, NaiveDate, i64, i64, i64)> = sql!(tx, |c| {
        sqlx::query_as(
        "SELECT program_id, day, COUNT(*), COUNT(CASE reading WHEN 'negative' THEN 1 END), COUNT(CASE reading WHEN 'positive' THEN 1 END)
         FROM mention WHERE author_id = $1 GROUP BY program_id, day"
    )
    .bind(author)
    .fetch_all(c)
    .await
    })?;
    Ok(rows.into_iter().map(|(program, day, posts, negative, positive)| (program, Day { day, posts, negative, positive })).collect())
}

/// Adds to the roll-up of days; a day may lose as well as gain.
pub async fn add_days(tx: &mut Tx, program: ProgramId, days: &[Day]) -> Result<()> {
    for part in bulk::parts(days) {
        let statement = bulk::statement(
            tx,
            format!(
                "INSERT INTO mention_day (program_id, day, posts, negative, positive) VALUES {}
             ON CONFLICT (program_id, day) DO UPDATE SET posts = mention_day.posts + excluded.posts,
                 negative = mention_day.negative + excluded.negative, positive = mention_day.positive + excluded.positive",
                bulk::places(part.len(), 5)
            ),
        );
        sql!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for day in part {
                query = query.bind(program).bind(day.day).bind(day.posts).bind(day.negative).bind(day.positive);
            }
            query.execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Takes up to `most` of an import's posts for good and gives them back, for the roll-ups.
pub async fn delete_of_run(tx: &mut Tx, run: ImportRunId, most: i64) -> Result<Vec<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as("DELETE FROM mention WHERE id IN (SELECT id FROM mention WHERE run_id = $1 LIMIT $2) RETURNING *")
        .bind(run)
        .bind(most)
        .fetch_all(c)
        .await)?)
}

/// Deletes everything a voice wrote, as an objection asks. Gives how many posts went.
pub async fn delete_of_author(tx: &mut Tx, author: AuthorId) -> Result<u64> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM mention WHERE author_id = $1").bind(author).execute(c).await)?)
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

/// Counts the program's days anew.
pub async fn rebuild_days(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    sql!(tx, |c| sqlx::query("DELETE FROM mention_day WHERE program_id = $1").bind(program).execute(c).await.map(|_| ()))?;
    Ok(affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO mention_day (program_id, day, posts, negative, positive)
         SELECT program_id, day, COUNT(*), SUM(CASE reading WHEN 'negative' THEN 1 ELSE 0 END), SUM(CASE reading WHEN 'positive' THEN 1 ELSE 0 END)
         FROM mention WHERE program_id = $1 GROUP BY program_id, day"
    )
    .bind(program)
    .execute(c)
    .await
    })?)
}

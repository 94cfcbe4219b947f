//! The tables `topic`, `mention_topic`, `topic_day` and `topicless_day`.

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::Topic;
use crate::db::{Cell, Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId, TopicId};
use crate::listening::mention::{Sentiment, place};
use crate::listening::volume::{self, SentimentCounts};

/// The tables written here. The topics of a mention are deleted with it.
pub const TABLES: &[Table] = &[
    Table::plain(
        "topic",
        &[
            "id",
            "program_id",
            "name",
            "tag",
            "phrases",
            "excludes",
            "pattern",
            "unit",
            "revision",
            "created_at",
            "retired_at",
            "deleted_at",
        ],
    ),
    Table::plain("mention_topic", &["mention_id", "topic_id", "day"]),
    Table::plain("topic_day", &["program_id", "topic_id", "day", "mentions", "negative", "positive"]),
    Table::plain("topicless_day", &["program_id", "day", "mentions", "negative", "positive"]),
];

const SELECT: &str = "SELECT id, program_id, name, tag, phrases, excludes, pattern, unit, revision, created_at, retired_at FROM topic WHERE deleted_at IS NULL";

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TopicDay {
    pub topic_id: TopicId,
    pub day: NaiveDate,
    #[sqlx(flatten)]
    pub counts: SentimentCounts,
}

/// A mention that is read for topics again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MentionToTag {
    pub id: MentionId,
    pub author_id: AuthorId,
    pub day: NaiveDate,
    pub text: String,
}

pub async fn find(tx: &mut Tx, id: TopicId) -> Result<Option<Topic>> {
    let statement = format!("{SELECT} AND id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// A program's topics by name, the retired ones too.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Topic>> {
    let statement = format!("{SELECT} AND program_id = $1 ORDER BY lower(name), id");
    tx.list(AssertSqlSafe(statement), &[program.into()]).await
}

/// Says of a program's topics whether they are still the same: another value, other topics.
pub async fn stamp(tx: &mut Tx, program: ProgramId) -> Result<(i64, i64)> {
    tx.one("SELECT COUNT(*), CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM topic WHERE program_id = $1", &[program.into()]).await
}

/// Adds a topic. Says whether it was added: a second topic under one tag is not.
pub async fn create(tx: &mut Tx, topic: &Topic) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO topic (id, program_id, name, tag, phrases, excludes, pattern, unit, revision, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (program_id, tag) DO NOTHING",
            &[
                topic.id.into(),
                topic.program_id.into(),
                topic.name.as_str().into(),
                topic.tag.as_str().into(),
                topic.phrases.as_str().into(),
                topic.excludes.as_str().into(),
                topic.pattern.as_str().into(),
                topic.unit.as_str().into(),
                topic.revision.into(),
                topic.created_at.into(),
                topic.retired_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Changes a topic, if nobody else did since `topic.revision` was read; says whether. The tag stays: notes and heard items carry it.
pub async fn update(tx: &mut Tx, topic: &Topic) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE topic SET name = $3, phrases = $4, excludes = $5, pattern = $6, unit = $7, retired_at = $8, revision = revision + 1
         WHERE id = $1 AND revision = $2 AND deleted_at IS NULL",
            &[
                topic.id.into(),
                topic.revision.into(),
                topic.name.as_str().into(),
                topic.phrases.as_str().into(),
                topic.excludes.as_str().into(),
                topic.pattern.as_str().into(),
                topic.unit.as_str().into(),
                topic.retired_at.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// How many sessions are about a topic.
pub async fn count_sessions(tx: &mut Tx, id: TopicId) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM session WHERE topic_id = $1", &[id.into()]).await
}

/// Takes a topic out of every list; its tag is free again. `sweep` ends it.
pub async fn delete(tx: &mut Tx, id: TopicId, now: Time) -> Result<()> {
    tx.run(
        "UPDATE topic SET deleted_at = $2, tag = $3, revision = revision + 1 WHERE id = $1",
        &[id.into(), now.into(), format!("deleted {id}").into()],
    )
    .await?;
    Ok(())
}

/// Ends the topics that were deleted before `until`, once no mention is about them any more.
pub async fn sweep(tx: &mut Tx, program: ProgramId, until: Time) -> Result<()> {
    for statement in [
        "DELETE FROM topic_day WHERE topic_id IN (SELECT id FROM topic WHERE program_id = $1 AND deleted_at <= $2)",
        "DELETE FROM topic WHERE program_id = $1 AND deleted_at <= $2 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.topic_id = topic.id)",
    ] {
        tx.run(statement, &[program.into(), until.into()]).await?;
    }
    volume::store::kinds::sweep_kinds(tx, program).await
}

/// Notes what mentions are about.
pub async fn tag(tx: &mut Tx, rows: &[(MentionId, TopicId, NaiveDate)]) -> Result<()> {
    bulk::write(tx, "INSERT INTO mention_topic (mention_id, topic_id, day) {} ON CONFLICT DO NOTHING", rows, |(mention, topic, day)| {
        [(*mention).into(), (*topic).into(), (*day).into()]
    })
    .await?;
    Ok(())
}

/// Takes mentions out of topics, each out of its own.
pub async fn untag(tx: &mut Tx, rows: &[(MentionId, TopicId)]) -> Result<()> {
    bulk::write(tx, "DELETE FROM mention_topic WHERE (mention_id, topic_id) IN ({})", rows, |(mention, topic)| {
        [(*mention).into(), (*topic).into()]
    })
    .await?;
    Ok(())
}

/// What these mentions are about: (mention, topic) each.
pub async fn list_tags(tx: &mut Tx, mentions: &[MentionId]) -> Result<Vec<(MentionId, TopicId)>> {
    tx.list_in("SELECT mention_id, topic_id FROM mention_topic WHERE mention_id IN ({}) ORDER BY mention_id, topic_id", &[], mentions).await
}

/// Forgets what these mentions were about. Ask `list_tags` before.
pub async fn delete_tags(tx: &mut Tx, mentions: &[MentionId]) -> Result<()> {
    tx.run_in("DELETE FROM mention_topic WHERE mention_id IN ({})", &[], mentions).await?;
    Ok(())
}

/// Adds to the roll-ups; a day may lose as well as gain. No topic: mentions about none.
pub async fn add_days(tx: &mut Tx, program: ProgramId, days: &[(Option<TopicId>, NaiveDate, SentimentCounts)]) -> Result<()> {
    let (of_topics, of_none): (Vec<_>, Vec<_>) = days.iter().copied().partition(|(topic, ..)| topic.is_some());
    bulk::write(
        tx,
        "INSERT INTO topic_day (program_id, topic_id, day, mentions, negative, positive) {}
         ON CONFLICT (topic_id, day) DO UPDATE SET mentions = topic_day.mentions + excluded.mentions,
             negative = topic_day.negative + excluded.negative, positive = topic_day.positive + excluded.positive",
        &of_topics,
        |(topic, day, count)| {
            [program.into(), (*topic).into(), (*day).into(), count.mentions.into(), count.negative.into(), count.positive.into()]
        },
    )
    .await?;
    bulk::write(
        tx,
        "INSERT INTO topicless_day (program_id, day, mentions, negative, positive) {}
         ON CONFLICT (program_id, day) DO UPDATE SET mentions = topicless_day.mentions + excluded.mentions,
             negative = topicless_day.negative + excluded.negative, positive = topicless_day.positive + excluded.positive",
        &of_none,
        |(_, day, count)| [program.into(), (*day).into(), count.mentions.into(), count.negative.into(), count.positive.into()],
    )
    .await?;
    Ok(())
}

/// How often each topic is spoken of from one day to another, both included; topics that are not are left out.
pub async fn list_totals(tx: &mut Tx, program: ProgramId, from: NaiveDate, to: NaiveDate) -> Result<Vec<(TopicId, SentimentCounts)>> {
    let rows: Vec<(TopicId, i64, i64, i64)> = tx
        .list(
            "SELECT topic_id, CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM topic_day WHERE program_id = $1 AND day BETWEEN $2 AND $3 GROUP BY topic_id HAVING SUM(mentions) > 0",
            &[program.into(), from.into(), to.into()],
        )
        .await?;
    Ok(rows.into_iter().map(|(topic, mentions, negative, positive)| (topic, SentimentCounts { mentions, negative, positive })).collect())
}

/// How many mentions from one day to another are about none of the topics.
pub async fn count_topicless(tx: &mut Tx, program: ProgramId, from: NaiveDate, to: NaiveDate) -> Result<SentimentCounts> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(mentions), 0) AS BIGINT) AS mentions, CAST(COALESCE(SUM(negative), 0) AS BIGINT) AS negative,
             CAST(COALESCE(SUM(positive), 0) AS BIGINT) AS positive
         FROM topicless_day WHERE program_id = $1 AND day BETWEEN $2 AND $3",
        &[program.into(), from.into(), to.into()],
    )
    .await
}

/// How often each topic is spoken of in the weeks that end with a day, by how many weeks back that is.
pub async fn list_weeks(tx: &mut Tx, program: ProgramId, until: NaiveDate, weeks: usize) -> Result<Vec<(TopicId, usize, SentimentCounts)>> {
    let (week, begins) = volume::store::week(2, until, weeks);
    let statement = format!(
        "SELECT topic_id, CAST(week AS BIGINT), CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM (SELECT topic_id, {week}, mentions, negative, positive FROM topic_day WHERE program_id = $1 AND day <= $2 AND day >= ${}) d
         GROUP BY topic_id, week",
        2 + weeks
    );
    let mut values = vec![program.into(), until.into()];
    values.extend(begins.into_iter().map(Cell::from));
    let rows: Vec<(TopicId, i64, i64, i64, i64)> = tx.list(AssertSqlSafe(statement), &values).await?;
    let counted = |(topic, week, mentions, negative, positive)| {
        Some((topic, usize::try_from(week).ok()?, SentimentCounts { mentions, negative, positive }))
    };
    Ok(rows.into_iter().filter_map(counted).collect())
}

/// The days of one topic, oldest first.
pub async fn list_days_of(tx: &mut Tx, topic: TopicId) -> Result<Vec<TopicDay>> {
    tx.list(
        "SELECT topic_id, day, mentions, negative, positive FROM topic_day WHERE topic_id = $1 AND mentions > 0 ORDER BY day",
        &[topic.into()],
    )
    .await
}

/// What these authors write about: the topics of the newest `mentions` mentions of each, the most frequent first.
pub async fn list_of_authors(tx: &mut Tx, authors: &[AuthorId], mentions: i64) -> Result<Vec<(AuthorId, TopicId, i64)>> {
    tx.list_in(
        "SELECT a.id, t.topic_id, COUNT(*) FROM author a
             JOIN mention m ON m.author_id = a.id
                 AND m.no IN (SELECT x.no FROM mention x WHERE x.author_id = a.id ORDER BY x.no DESC LIMIT $1)
             JOIN mention_topic t ON t.mention_id = m.id
         WHERE a.id IN ({}) GROUP BY a.id, t.topic_id ORDER BY COUNT(*) DESC, t.topic_id",
        &[mentions.into()],
        authors,
    )
    .await
}

/// How many authors speak of each of these topics since a day.
pub async fn count_authors(tx: &mut Tx, topics: &[TopicId], since: NaiveDate) -> Result<Vec<(TopicId, i64)>> {
    tx.list_in(
        "SELECT t.topic_id, COUNT(DISTINCT m.author_id) FROM mention_topic t JOIN mention m ON m.id = t.mention_id
         WHERE t.day >= $1 AND t.topic_id IN ({}) GROUP BY t.topic_id",
        &[since.into()],
        topics,
    )
    .await
}

/// The newest mentions of a program, for trying a topic on them: (text, what they are about now or nothing) each.
pub async fn list_newest(
    tx: &mut Tx,
    program: ProgramId,
    topic: Option<TopicId>,
    limit: i64,
) -> Result<Vec<(MentionId, NaiveDate, String, bool)>> {
    let (from, to) = place::between(crate::program::store::number(tx, program).await?, None, None);
    tx.list(
        "SELECT m.id, m.day, m.text, EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id AND t.topic_id = $1)
         FROM mention m WHERE m.no BETWEEN $2 AND $3 ORDER BY m.no DESC LIMIT $4",
        &[topic.map_or(Uuid::nil(), |id| id.0).into(), from.into(), to.into(), limit.into()],
    )
    .await
}

/// Mentions of a program in the order of their ids, after one of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<MentionId>, limit: i64) -> Result<Vec<MentionToTag>> {
    tx.list(
        "SELECT id, author_id, day, text FROM mention WHERE program_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[program.into(), after.map_or(Uuid::nil(), |id| id.0).into(), limit.into()],
    )
    .await
}

/// Holds those of these mentions that are still there until the end of the transaction, and says how each counts.
pub async fn lock(tx: &mut Tx, mentions: &[MentionId]) -> Result<Vec<(MentionId, Sentiment)>> {
    let statement = if tx.is_postgres() {
        "SELECT id, reading FROM mention WHERE id IN ({}) FOR UPDATE"
    } else {
        "SELECT id, reading FROM mention WHERE id IN ({})"
    };
    tx.list_in(statement, &[], mentions).await
}

/// Recounts the roll-ups of topics. Returns the number of days, and how many of them changed.
pub async fn rebuild_days(tx: &mut Tx, program: ProgramId) -> Result<(u64, u64)> {
    const NEGATIVE: &str = "SUM(CASE m.reading WHEN 'negative' THEN 1 ELSE 0 END)";
    const POSITIVE: &str = "SUM(CASE m.reading WHEN 'positive' THEN 1 ELSE 0 END)";
    let of_topics = format!(
        "SELECT m.program_id, t.topic_id, t.day, COUNT(*) AS mentions, {NEGATIVE} AS negative, {POSITIVE} AS positive
         FROM mention_topic t JOIN mention m ON m.id = t.mention_id WHERE m.program_id = $1 GROUP BY m.program_id, t.topic_id, t.day"
    );
    let of_none = format!(
        "SELECT m.program_id, m.day, COUNT(*) AS mentions, {NEGATIVE} AS negative, {POSITIVE} AS positive FROM mention m
         WHERE m.program_id = $1 AND NOT EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id) GROUP BY m.program_id, m.day"
    );
    let (mut days, mut mended) = (0, 0);
    for (table, columns, counted) in [
        ("topic_day", "program_id, topic_id, day, mentions, negative, positive", of_topics),
        ("topicless_day", "program_id, day, mentions, negative, positive", of_none),
    ] {
        // A day whose count is missing, wrong or too much shows on at least one side.
        let kept = format!("SELECT {columns} FROM {table} WHERE program_id = $1 AND mentions <> 0");
        let statement = format!(
            "SELECT (SELECT COUNT(*) FROM (SELECT * FROM ({counted}) x EXCEPT {kept}) a)
                  + (SELECT COUNT(*) FROM ({kept}) b WHERE NOT EXISTS (SELECT 1 FROM ({counted}) c WHERE c.day = b.day{}))",
            if table == "topic_day" { " AND c.topic_id = b.topic_id" } else { "" }
        );
        let invalid: i64 = tx.value(AssertSqlSafe(statement), &[program.into()]).await?;
        mended += u64::try_from(invalid).unwrap_or(0);
        let clear = format!("DELETE FROM {table} WHERE program_id = $1");
        tx.run(AssertSqlSafe(clear), &[program.into()]).await?;
        let fill = format!("INSERT INTO {table} ({columns}) {counted}");
        days += tx.run(AssertSqlSafe(fill), &[program.into()]).await?;
    }
    Ok((days, mended))
}

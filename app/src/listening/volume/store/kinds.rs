//! The table `mention_kind_slice`: mentions by authors that are not customers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::columns::{COUNTS, FIRST, LAST};
use crate::db::{Cell, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId, TopicId};
use crate::listening::author::AuthorKind;
use crate::listening::sentiment::rules::language;
use crate::listening::volume::{KindDimension, KindSlice, SentimentCounts, VolumeDay, country};

/// Authors whose mentions are counted anew at once.
const AUTHORS_AT_ONCE: usize = 256;

/// What the mentions of some authors add up to: by whom, on which day, by what, its value, the counts.
pub type AuthorSlices = Vec<(AuthorId, KindDimension, NaiveDate, String, SentimentCounts)>;

/// Adds to the slices of kinds. A slice may occur once only.
pub async fn add_kind_slices(tx: &mut Tx, program: ProgramId, slices: &[(KindSlice, SentimentCounts)]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO mention_kind_slice (program_id, kind, dimension, day, value, mentions, negative, positive) {}
         ON CONFLICT (program_id, dimension, kind, day, value) DO UPDATE SET mentions = mention_kind_slice.mentions + excluded.mentions,
             negative = mention_kind_slice.negative + excluded.negative, positive = mention_kind_slice.positive + excluded.positive",
        slices,
        |(slice, counts)| {
            [
                program.into(),
                slice.kind.into(),
                slice.dimension.into(),
                slice.day.into(),
                (&slice.value).into(),
                counts.mentions.into(),
                counts.negative.into(),
                counts.positive.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// The conditions on slices of a program in a period, of one kind or of all that are not customers, and what to bind.
fn period(
    program: ProgramId,
    kind: Option<AuthorKind>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> (&'static str, [Cell<'static>; 4]) {
    let values = [program.into(), since.unwrap_or(FIRST).into(), until.unwrap_or(LAST).into(), kind.map_or("", AuthorKind::as_str).into()];
    ("program_id = $1 AND day >= $2 AND day <= $3 AND ($4 = '' OR kind = $4)", values)
}

/// The days of a period of one value, by authors of one kind, or of all that are not customers.
pub async fn list_kind_days(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    (dimension, value): (KindDimension, &str),
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Vec<VolumeDay>> {
    let (period, values) = period(program, kind, since, until);
    let statement = format!(
        "SELECT day, CAST(SUM(mentions) AS BIGINT) AS mentions, CAST(SUM(negative) AS BIGINT) AS negative,
             CAST(SUM(positive) AS BIGINT) AS positive
         FROM mention_kind_slice WHERE {period} AND dimension = $5 AND value = $6 GROUP BY day HAVING SUM(mentions) > 0 ORDER BY day"
    );
    let values: Vec<Cell<'_>> = values.into_iter().chain([dimension.into(), value.into()]).collect();
    tx.list(AssertSqlSafe(statement), &values).await
}

/// The mentions of a period by each value of a dimension, by authors of one kind, or of all that are not customers.
pub async fn list_kind_values(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    dimension: KindDimension,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Vec<(String, SentimentCounts)>> {
    let (period, values) = period(program, kind, since, until);
    let statement = format!(
        "SELECT value, CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM mention_kind_slice WHERE {period} AND dimension = $5 GROUP BY value HAVING SUM(mentions) > 0
         ORDER BY SUM(mentions) DESC, value"
    );
    let values: Vec<Cell<'_>> = values.into_iter().chain([dimension.into()]).collect();
    let rows: Vec<(String, i64, i64, i64)> = tx.list(AssertSqlSafe(statement), &values).await?;
    Ok(rows.into_iter().map(|(value, mentions, negative, positive)| (value, SentimentCounts { mentions, negative, positive })).collect())
}

/// The days of a period of each topic, by authors of one kind, or of all that are not customers.
pub async fn list_kind_topic_days(
    tx: &mut Tx,
    program: ProgramId,
    kind: Option<AuthorKind>,
    since: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<(String, NaiveDate, SentimentCounts)>> {
    let (period, values) = period(program, kind, Some(since), Some(until));
    let statement = format!(
        "SELECT value, day, CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM mention_kind_slice WHERE {period} AND dimension = 'topic' GROUP BY value, day HAVING SUM(mentions) > 0"
    );
    let rows: Vec<(String, NaiveDate, i64, i64, i64)> = tx.list(AssertSqlSafe(statement), &values).await?;
    Ok(rows
        .into_iter()
        .map(|(value, day, mentions, negative, positive)| (value, day, SentimentCounts { mentions, negative, positive }))
        .collect())
}

/// The mentions of a period by each kind that is not a customer.
pub async fn list_kinds(tx: &mut Tx, program: ProgramId, since: NaiveDate, until: NaiveDate) -> Result<Vec<(AuthorKind, i64)>> {
    let (period, values) = period(program, None, Some(since), Some(until));
    let statement = format!(
        "SELECT kind, CAST(SUM(mentions) AS BIGINT) FROM mention_kind_slice WHERE {period} AND dimension = 'all'
         GROUP BY kind HAVING SUM(mentions) > 0"
    );
    tx.list(AssertSqlSafe(statement), &values).await
}

/// All slices of kinds, for comparing them with a recount.
#[cfg(test)]
pub async fn list_kind_slices(tx: &mut Tx, program: ProgramId) -> Result<Vec<(String, String, NaiveDate, String, i64, i64, i64)>> {
    tx.list(
        "SELECT kind, dimension, day, value, mentions, negative, positive FROM mention_kind_slice
         WHERE program_id = $1 AND (mentions <> 0 OR negative <> 0 OR positive <> 0) ORDER BY kind, dimension, day, value",
        &[program.into()],
    )
    .await
}

/// The kinds of those of these authors that are not customers.
pub async fn list_excluded_kinds(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<(AuthorId, AuthorKind)>> {
    tx.list_in("SELECT id, kind FROM author WHERE kind <> 'customer' AND id IN ({})", &[], authors).await
}

/// Counts the mentions of these authors.
pub async fn list_author_slices(tx: &mut Tx, authors: &[AuthorId]) -> Result<AuthorSlices> {
    type Row = (AuthorId, NaiveDate, Option<String>, i64, i64, i64);
    const FACETS: &[(KindDimension, &str, &str)] = &[
        (KindDimension::All, "NULL", ""),
        (KindDimension::Network, "m.network", ""),
        (KindDimension::Language, "m.language", ""),
        (KindDimension::Country, "m.country", ""),
        (
            KindDimension::Segment,
            "s.segment",
            "JOIN assessment s ON s.author_id = m.author_id AND s.superseded_at IS NULL AND s.segment IS NOT NULL",
        ),
        (KindDimension::Topic, "NULL", ""),
    ];
    let mut found = AuthorSlices::new();
    for (dimension, column, join) in FACETS {
        let topicless = match dimension {
            KindDimension::Topic => "AND NOT EXISTS (SELECT 1 FROM mention_topic t WHERE t.mention_id = m.id)",
            _ => "",
        };
        let statement = format!(
            "SELECT m.author_id, m.day, CAST({column} AS TEXT), {COUNTS} FROM mention m {join} WHERE m.author_id IN ({{}}) {topicless}
             GROUP BY m.author_id, m.day{}",
            if *column == "NULL" { String::new() } else { format!(", {column}") }
        );
        let rows: Vec<Row> = tx.list_in(&statement, &[], authors).await?;
        found.extend(rows.into_iter().map(|(author, day, value, mentions, negative, positive)| {
            let value = match dimension {
                KindDimension::Language => language(value.as_deref().unwrap_or_default()),
                KindDimension::Country => country(value.as_deref()),
                _ => value.unwrap_or_default(),
            };
            let counts = match dimension {
                KindDimension::Segment => SentimentCounts { mentions, ..SentimentCounts::default() },
                _ => SentimentCounts { mentions, negative, positive },
            };
            (author, *dimension, day, value, counts)
        }));
    }
    let statement = format!(
        "SELECT m.author_id, m.day, t.topic_id, {COUNTS} FROM mention m JOIN mention_topic t ON t.mention_id = m.id
         WHERE m.author_id IN ({{}}) GROUP BY m.author_id, m.day, t.topic_id"
    );
    let topics: Vec<(AuthorId, NaiveDate, TopicId, i64, i64, i64)> = tx.list_in(&statement, &[], authors).await?;
    found.extend(topics.into_iter().map(|(author, day, topic, mentions, negative, positive)| {
        (author, KindDimension::Topic, day, topic.to_string(), SentimentCounts { mentions, negative, positive })
    }));
    Ok(found)
}

/// Recounts the mentions of a program's authors that are not customers.
pub async fn rebuild_kinds(tx: &mut Tx, program: ProgramId) -> Result<()> {
    tx.run("DELETE FROM mention_kind_slice WHERE program_id = $1", &[program.into()]).await?;
    let excluded: Vec<(AuthorId, AuthorKind)> =
        tx.list("SELECT id, kind FROM author WHERE program_id = $1 AND kind <> 'customer' ORDER BY id", &[program.into()]).await?;
    for part in excluded.chunks(AUTHORS_AT_ONCE) {
        let kinds: BTreeMap<AuthorId, AuthorKind> = part.iter().copied().collect();
        let mut slices: BTreeMap<KindSlice, SentimentCounts> = BTreeMap::new();
        for (author, dimension, day, value, counts) in list_author_slices(tx, &kinds.keys().copied().collect::<Vec<_>>()).await? {
            slices.entry(KindSlice { kind: kinds[&author], dimension, day, value }).or_default().add(counts);
        }
        add_kind_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Removes slices of which nothing is left.
pub async fn sweep_kinds(tx: &mut Tx, program: ProgramId) -> Result<()> {
    const GONE: &str = "DELETE FROM mention_kind_slice WHERE program_id = $1 AND mentions = 0 AND negative = 0 AND positive = 0";
    tx.run(GONE, &[program.into()]).await?;
    Ok(())
}

//! The tables `mention_day`, `mention_slice` and, in `kinds`, `mention_kind_slice`.

mod columns;
pub mod kinds;

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use sqlx::AssertSqlSafe;

use self::columns::{COUNTS, FIRST, LAST};
use super::{Dimension, SentimentCounts, VolumeDay, VolumeSlice, country};
use crate::db::{Cell, Table, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::sentiment::rules::language;

pub const TABLES: &[Table] = &[
    Table::plain("mention_day", &["program_id", "day", "mentions", "negative", "positive"]),
    Table::plain("mention_slice", &["program_id", "dimension", "day", "value", "mentions", "negative", "positive"]),
    Table::plain("mention_kind_slice", &["program_id", "kind", "dimension", "day", "value", "mentions", "negative", "positive"]),
];

/// Days of listening from one day to another, both included, oldest first.
pub async fn list_days(tx: &mut Tx, program: ProgramId, since: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Vec<VolumeDay>> {
    tx.list(
        "SELECT day, mentions, negative, positive FROM mention_day WHERE program_id = $1 AND mentions > 0 AND day >= $2 AND day <= $3 ORDER BY day",
        &[program.into(), since.unwrap_or(FIRST).into(), until.unwrap_or(LAST).into()],
    )
    .await
}

/// The first and the last day of listening.
pub async fn span(tx: &mut Tx, program: ProgramId) -> Result<Option<(NaiveDate, NaiveDate)>> {
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) =
        tx.one("SELECT MIN(day), MAX(day) FROM mention_day WHERE program_id = $1 AND mentions > 0", &[program.into()]).await?;
    Ok(first.zip(last))
}

/// All mentions from one day to another.
pub async fn total(tx: &mut Tx, program: ProgramId, since: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<SentimentCounts> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(mentions), 0) AS BIGINT) AS mentions, CAST(COALESCE(SUM(negative), 0) AS BIGINT) AS negative,
             CAST(COALESCE(SUM(positive), 0) AS BIGINT) AS positive
         FROM mention_day WHERE program_id = $1 AND day >= $2 AND day <= $3",
        &[program.into(), since.unwrap_or(FIRST).into(), until.unwrap_or(LAST).into()],
    )
    .await
}

/// The mentions of a period by each of these dimensions: each value with its counts, the most frequent first.
pub async fn list_values(
    tx: &mut Tx,
    program: ProgramId,
    dimensions: &[Dimension],
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<BTreeMap<Dimension, Vec<(String, SentimentCounts)>>> {
    let rows: Vec<(Dimension, String, i64, i64, i64)> = tx
        .list_in(
            "SELECT dimension, value, CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM mention_slice WHERE program_id = $1 AND day >= $2 AND day <= $3 AND dimension IN ({}) GROUP BY dimension, value
         HAVING SUM(mentions) > 0 ORDER BY SUM(mentions) DESC, value",
            &[program.into(), since.unwrap_or(FIRST).into(), until.unwrap_or(LAST).into()],
            dimensions,
        )
        .await?;
    let mut values: BTreeMap<Dimension, Vec<(String, SentimentCounts)>> =
        dimensions.iter().map(|dimension| (*dimension, Vec::new())).collect();
    for (dimension, value, mentions, negative, positive) in rows {
        values.entry(dimension).or_default().push((value, SentimentCounts { mentions, negative, positive }));
    }
    Ok(values)
}

/// All mentions of each of the weeks that end with a day, the last week first.
pub async fn list_weeks(tx: &mut Tx, program: ProgramId, until: NaiveDate, weeks: usize) -> Result<Vec<SentimentCounts>> {
    let (week, begins) = week(2, until, weeks);
    let statement = format!(
        "SELECT CAST(week AS BIGINT), CAST(SUM(mentions) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)
         FROM (SELECT {week}, mentions, negative, positive FROM mention_day WHERE program_id = $1 AND day <= $2 AND day >= ${}) d GROUP BY week",
        2 + weeks
    );
    let mut values = vec![program.into(), until.into()];
    values.extend(begins.into_iter().map(Cell::from));
    let rows: Vec<(i64, i64, i64, i64)> = tx.list(AssertSqlSafe(statement), &values).await?;
    let mut found = vec![SentimentCounts::default(); weeks];
    for (week, mentions, negative, positive) in rows {
        if let Some(count) = usize::try_from(week).ok().and_then(|week| found.get_mut(week)) {
            *count = SentimentCounts { mentions, negative, positive };
        }
    }
    Ok(found)
}

/// SQL for how many weeks a `day` lies before the week that ends with `until`, and the days to bind behind the number `before`: on which
/// each of so many weeks begins, the last week first. Older days are no case of it.
#[must_use]
pub fn week(before: usize, until: NaiveDate, weeks: usize) -> (String, Vec<NaiveDate>) {
    let cases: String = (0..weeks).map(|back| format!(" WHEN day >= ${} THEN {back}", before + 1 + back)).collect();
    let begins = (0..weeks).map(|back| until - Duration::days(7 * i64::try_from(back).unwrap_or(0) + 6));
    (format!("CASE{cases} END AS week"), begins.collect())
}

/// The days of a period of one value.
pub async fn list_days_of(
    tx: &mut Tx,
    program: ProgramId,
    dimension: Dimension,
    value: &str,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Vec<VolumeDay>> {
    tx.list(
        "SELECT day, mentions, negative, positive FROM mention_slice
         WHERE program_id = $1 AND dimension = $2 AND day >= $3 AND day <= $4 AND value = $5 AND mentions > 0 ORDER BY day",
        &[program.into(), dimension.into(), since.unwrap_or(FIRST).into(), until.unwrap_or(LAST).into(), value.into()],
    )
    .await
}

/// Adds to the days; a day may lose as well as gain.
pub async fn add_days(tx: &mut Tx, program: ProgramId, days: &[(NaiveDate, SentimentCounts)]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO mention_day (program_id, day, mentions, negative, positive) {}
         ON CONFLICT (program_id, day) DO UPDATE SET mentions = mention_day.mentions + excluded.mentions,
             negative = mention_day.negative + excluded.negative, positive = mention_day.positive + excluded.positive",
        days,
        |(day, counts)| [program.into(), (*day).into(), counts.mentions.into(), counts.negative.into(), counts.positive.into()],
    )
    .await?;
    Ok(())
}

/// Adds to the slices. A slice may occur once only.
pub async fn add_slices(tx: &mut Tx, program: ProgramId, slices: &[(VolumeSlice, SentimentCounts)]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO mention_slice (program_id, dimension, day, value, mentions, negative, positive) {}
         ON CONFLICT (program_id, dimension, day, value) DO UPDATE SET mentions = mention_slice.mentions + excluded.mentions,
             negative = mention_slice.negative + excluded.negative, positive = mention_slice.positive + excluded.positive",
        slices,
        |(slice, counts)| {
            [
                program.into(),
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

/// The current segments of these authors; unclassified ones are left out.
pub async fn list_segments(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<(AuthorId, String)>> {
    tx.list_in(
        "SELECT author_id, segment FROM assessment WHERE superseded_at IS NULL AND segment IS NOT NULL AND author_id IN ({})",
        &[],
        authors,
    )
    .await
}

/// Recounts the program's days, slices and slices of kinds from its mentions. Returns the number of days.
pub async fn rebuild(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    for statement in ["DELETE FROM mention_day WHERE program_id = $1", "DELETE FROM mention_slice WHERE program_id = $1"] {
        tx.run(statement, &[program.into()]).await?;
    }
    let statement = format!(
        "INSERT INTO mention_day (program_id, day, mentions, negative, positive)
         SELECT m.program_id, m.day, {COUNTS} FROM mention m WHERE m.program_id = $1 GROUP BY m.program_id, m.day"
    );
    let days = tx.run(AssertSqlSafe(statement), &[program.into()]).await?;
    let from = [
        (Dimension::Network, "m.network", ""),
        (Dimension::Language, "m.language", ""),
        (Dimension::Country, "m.country", ""),
        (
            Dimension::Segment,
            "s.segment",
            "JOIN assessment s ON s.author_id = m.author_id AND s.superseded_at IS NULL AND s.segment IS NOT NULL",
        ),
    ];
    for (dimension, column, join) in from {
        let statement = format!("SELECT m.day, {column}, {COUNTS} FROM mention m {join} WHERE m.program_id = $1 GROUP BY m.day, {column}");
        let rows: Vec<(NaiveDate, Option<String>, i64, i64, i64)> = tx.list(AssertSqlSafe(statement), &[program.into()]).await?;
        let mut slices: BTreeMap<VolumeSlice, SentimentCounts> = BTreeMap::new();
        for (day, value, mentions, negative, positive) in rows {
            let value = match dimension {
                Dimension::Network | Dimension::Segment => value.unwrap_or_default(),
                Dimension::Language => language(value.as_deref().unwrap_or_default()),
                Dimension::Country => country(value.as_deref()),
            };
            let counts = match dimension {
                Dimension::Segment => SentimentCounts { mentions, ..SentimentCounts::default() },
                _ => SentimentCounts { mentions, negative, positive },
            };
            slices.entry(VolumeSlice { dimension, day, value }).or_default().add(counts);
        }
        add_slices(tx, program, &slices.into_iter().collect::<Vec<_>>()).await?;
    }
    kinds::rebuild_kinds(tx, program).await?;
    Ok(days)
}

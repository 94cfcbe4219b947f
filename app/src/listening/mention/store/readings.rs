//! What is read of mentions after they were imported: for their sentiment, for assessing their authors, for the index of words.

use crate::db::{Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId};
use crate::listening::mention::Sentiment;
use chrono::NaiveDate;

/// A mention that is read again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MentionToRead {
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

/// What an assessment needs of a mention.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MentionBrief {
    pub author_id: AuthorId,
    pub at: Time,
    pub vendor_sentiment: Option<String>,
    pub sentiment: Sentiment,
    pub reading: Sentiment,
    pub sensitive: bool,
    /// The author said it that day before, in nearly the same words.
    pub repeats: bool,
    /// The id of the mention, or of the one that it repeats.
    pub original: uuid::Uuid,
}

/// What a mention is found by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IndexedMention {
    pub no: i64,
    pub text: String,
    pub network: String,
    pub handle_key: String,
    pub language: Option<String>,
    pub country: Option<String>,
}

/// Mentions of some authors, in the order of author and time, for assessing them.
pub async fn list_briefs(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<MentionBrief>> {
    tx.list_in(
        "SELECT m.author_id, m.at, m.vendor_sentiment, m.sentiment, m.reading, m.sensitive, COALESCE(p.repeats, FALSE) AS repeats,
             COALESCE(p.first_id, m.id) AS original
         FROM mention m LEFT JOIN repeated_mention p ON p.no = m.no WHERE m.author_id IN ({}) ORDER BY m.author_id, m.no",
        &[],
        authors,
    )
    .await
}

/// Mentions of a program in the order of their ids, after one of them.
pub async fn list_after(tx: &mut Tx, program: ProgramId, after: Option<MentionId>, limit: i64) -> Result<Vec<MentionToRead>> {
    tx.list(
        "SELECT m.id, m.author_id, m.text, m.at, m.day, m.network, m.language, m.country, m.vendor_sentiment, m.sentiment, m.score, m.reading, m.sensitive,
             (SELECT k.sentiment FROM correction k WHERE k.mention_id = m.id) AS corrected
         FROM mention m WHERE m.program_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3",
        &[program.into(), after.map_or(uuid::Uuid::nil(), |id| id.0).into(), limit.into()],
    )
    .await
}

/// Notes how mentions are read now: (mention, own reading, its score, how it counts) each.
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

/// What these mentions are found by.
pub async fn list_found(tx: &mut Tx, ids: &[MentionId]) -> Result<Vec<IndexedMention>> {
    tx.list_in(
        "SELECT m.no, m.text, m.network, a.handle_key, m.language, m.country FROM mention m JOIN author a ON a.id = m.author_id WHERE m.id IN ({})",
        &[],
        ids,
    )
    .await
}

/// What mentions are found by, in the order of their places from one to another.
pub async fn list_found_between(tx: &mut Tx, from: i64, to: i64, limit: i64) -> Result<Vec<IndexedMention>> {
    tx.list(
        "SELECT m.no, m.text, m.network, a.handle_key, m.language, m.country FROM mention m CROSS JOIN author a
         WHERE a.id = m.author_id AND m.no BETWEEN $1 AND $2 ORDER BY m.no LIMIT $3",
        &[from.into(), to.into(), limit.into()],
    )
    .await
}

//! The tables `sentiment_model` and `correction`.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::linear::Linear;
use super::{ModelVersion, Sentiment};
use crate::db::{Cell, DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ModelId, ProgramId};

/// The tables written here. A correction is deleted with its mention. A model contains sums over hashed words, no texts and no names.
pub const TABLES: &[Table] = &[
    Table::plain(
        "sentiment_model",
        &[
            "id",
            "program_id",
            "version",
            "trained_at",
            "trained_by",
            "labels",
            "corrections",
            "figures",
            "weights",
            "on_since",
            "off_since",
        ],
    ),
    Table {
        name: "correction",
        people: &[(DataSubject::Author, "author_id")],
        personal: &[("reason", Erase::Row)],
        columns: &["mention_id", "author_id", "sentiment", "by_account", "at"],
    },
];

const SELECT: &str =
    "SELECT id, program_id, version, trained_at, trained_by, labels, corrections, figures, on_since, off_since FROM sentiment_model";

/// A person's word on one mention.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Correction {
    pub mention_id: MentionId,
    pub author_id: AuthorId,
    pub sentiment: Sentiment,
    pub reason: Option<String>,
    pub by_account: Option<Uuid>,
    pub at: Time,
}

/// A mention with what a vendor or a person says about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LabelledMention {
    pub author_id: AuthorId,
    pub text: String,
    pub language: Option<String>,
    pub vendor_sentiment: Option<String>,
    pub corrected: Option<Sentiment>,
}

/// Keeps a model. Its version is the program's next.
pub async fn create(tx: &mut Tx, version: &ModelVersion, weights: &[u8]) -> Result<()> {
    tx.run(
        "INSERT INTO sentiment_model (id, program_id, version, trained_at, trained_by, labels, corrections, figures, weights, on_since, off_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            version.id.into(), version.program_id.into(), version.version.into(), version.trained_at.into(),
            version.trained_by.into(), version.labels.into(), version.corrections.into(),
            Cell::json(&version.figures)?, weights.into(), version.on_since.into(), version.off_since.into(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ModelId) -> Result<Option<ModelVersion>> {
    let statement = format!("{SELECT} WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// A program's versions, newest first.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<ModelVersion>> {
    let statement = format!("{SELECT} WHERE program_id = $1 ORDER BY version DESC");
    tx.list(AssertSqlSafe(statement), &[program.into()]).await
}

/// The version that reads new mentions, if one does.
pub async fn find_on(tx: &mut Tx, program: ProgramId) -> Result<Option<ModelVersion>> {
    let statement = format!("{SELECT} WHERE program_id = $1 AND on_since IS NOT NULL AND off_since IS NULL ORDER BY on_since DESC LIMIT 1");
    tx.find(AssertSqlSafe(statement), &[program.into()]).await
}

/// A version, ready to read.
///
/// # Errors
/// `NotFound`; `Conflict` where an older program kept it.
pub async fn load(tx: &mut Tx, id: ModelId) -> Result<Linear> {
    let weights: Option<Vec<u8>> = tx.find_value("SELECT weights FROM sentiment_model WHERE id = $1", &[id.into()]).await?;
    Linear::from_bytes(&weights.ok_or(crate::kernel::error::Error::NotFound)?)
}

/// The model that reads a program's new mentions. None: VADER does, also where the model cannot be read any more.
pub async fn load_on(tx: &mut Tx, program: ProgramId) -> Result<Option<Linear>> {
    let Some(version) = find_on(tx, program).await? else { return Ok(None) };
    match load(tx, version.id).await {
        Ok(model) => Ok(Some(model)),
        Err(error @ crate::kernel::error::Error::Conflict(_)) => {
            tracing::warn!(model = %version.id, %error, "VADER reads instead of a model");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Switches a version on, and whichever was on off.
pub async fn switch_on(tx: &mut Tx, version: &ModelVersion, now: Time) -> Result<()> {
    switch_off(tx, version.program_id, now).await?;
    tx.run("UPDATE sentiment_model SET on_since = $2, off_since = NULL WHERE id = $1", &[version.id.into(), now.into()]).await?;
    Ok(())
}

/// Switches off whichever version is on. Says whether one was.
pub async fn switch_off(tx: &mut Tx, program: ProgramId, now: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE sentiment_model SET off_since = $2 WHERE program_id = $1 AND on_since IS NOT NULL AND off_since IS NULL",
            &[program.into(), now.into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Labelled mentions: first the corrected ones, then the newest.
pub async fn list_labelled(tx: &mut Tx, program: ProgramId, limit: i64) -> Result<Vec<LabelledMention>> {
    tx.list(
        "SELECT m.author_id, m.text, m.language, m.vendor_sentiment, k.sentiment AS corrected
         FROM mention m LEFT JOIN correction k ON k.mention_id = m.id
         WHERE m.program_id = $1 AND (m.vendor_sentiment IS NOT NULL OR k.mention_id IS NOT NULL)
         ORDER BY CASE WHEN k.mention_id IS NULL THEN 1 ELSE 0 END, m.at DESC, m.id LIMIT $2",
        &[program.into(), limit.into()],
    )
    .await
}

/// What a person said about a mention.
pub async fn find_correction(tx: &mut Tx, mention: MentionId) -> Result<Option<Correction>> {
    tx.find("SELECT mention_id, author_id, sentiment, reason, by_account, at FROM correction WHERE mention_id = $1", &[mention.into()])
        .await
}

/// Keeps what a person says about a mention, in the place of what was said before.
pub async fn correct(tx: &mut Tx, correction: &Correction) -> Result<()> {
    tx.run(
        "INSERT INTO correction (mention_id, author_id, sentiment, reason, by_account, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (mention_id) DO UPDATE SET sentiment = excluded.sentiment, reason = excluded.reason,
             by_account = excluded.by_account, at = excluded.at",
        &[
            correction.mention_id.into(),
            correction.author_id.into(),
            correction.sentiment.into(),
            correction.reason.as_deref().into(),
            correction.by_account.into(),
            correction.at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes a person's word on a mention back. Says whether there was one.
pub async fn delete_correction(tx: &mut Tx, mention: MentionId) -> Result<bool> {
    Ok(tx.run("DELETE FROM correction WHERE mention_id = $1", &[mention.into()]).await? > 0)
}

/// How many mentions of a program people corrected, and how many mentions have a vendor's value.
pub async fn count_labels(tx: &mut Tx, program: ProgramId) -> Result<(i64, i64)> {
    tx.one(
        "SELECT (SELECT COUNT(*) FROM correction k JOIN mention m ON m.id = k.mention_id WHERE m.program_id = $1),
                (SELECT COUNT(*) FROM mention WHERE program_id = $1 AND vendor_sentiment IS NOT NULL)",
        &[program.into()],
    )
    .await
}

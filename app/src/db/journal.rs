//! The journal: append-only, numbered in commit order, chained by hashes.
//!
//! `activity` says who did what, when, to what. The chain covers `SHA-256(salt ‖ payload)`, while salt and payload live in
//! `activity_payload`: erasing a person deletes those rows, and verification then says "erased", not "broken".
//! The number comes from `activity_head`, locked as the last statement before commit, so no reader can skip a late commit.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use super::Tx;
use super::table::Table;
use crate::clock::Time;
use crate::error::Result;
use crate::secret::hex;
use crate::sql;

/// The tables written here.
pub const TABLES: &[Table] = &[
    Table::plain("activity_head", &["id", "seq", "hash"]),
    Table::plain(
        "activity",
        &[
            "seq",
            "at",
            "actor_kind",
            "actor_id",
            "verb",
            "subject_kind",
            "subject_id",
            "session_id",
            "panel_day_id",
            "payload_hash",
            "prev_hash",
            "hash",
        ],
    ),
    Table::plain("activity_payload", &["seq", "salt", "payload"]),
];

/// What an act leaves behind.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Time,
    /// "account", "link" or "system".
    pub actor_kind: &'static str,
    pub actor_id: Option<Uuid>,
    /// Past tense: "published".
    pub verb: &'static str,
    /// The room: "response".
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    /// Set where everybody with that session open should hear of it.
    pub session_id: Option<Uuid>,
    pub panel_day_id: Option<Uuid>,
    /// Before and after, reasons, texts.
    pub payload: Json,
}

/// A line of the journal as read back.
#[derive(Clone, Debug, FromRow)]
pub struct Line {
    pub seq: i64,
    pub at: Time,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub verb: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub session_id: Option<Uuid>,
    pub payload: Option<String>,
}

/// What a check of the chain found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Lines whose payload matches its hash.
    pub intact: i64,
    /// Lines whose payload was erased with its person.
    pub erased: i64,
    /// The first line that does not fit the chain.
    pub broken_at: Option<i64>,
}

/// Appends in order and gives the newest number. Called by `Tx::commit` alone.
pub(super) async fn append(tx: &mut Tx, entries: Vec<Entry>) -> Result<i64> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let (last, mut prev): (i64, String) =
        sql!(tx, |c| sqlx::query_as("UPDATE activity_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash")
            .bind(count)
            .fetch_one(c)
            .await)?;
    let mut seq = last - count;
    for entry in entries {
        seq += 1;
        let salt = hex(&rand::random::<[u8; 16]>());
        let payload = entry.payload.to_string();
        let payload_hash = digest(&[salt.as_bytes(), payload.as_bytes()]);
        let hash = line_hash(seq, &entry_words(&entry), &payload_hash, &prev);
        sql!(tx, |c| {
            sqlx::query(
            "INSERT INTO activity (seq, at, actor_kind, actor_id, verb, subject_kind, subject_id, session_id, panel_day_id, payload_hash, prev_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        )
        .bind(seq)
        .bind(entry.at)
        .bind(entry.actor_kind)
        .bind(entry.actor_id)
        .bind(entry.verb)
        .bind(entry.subject_kind)
        .bind(entry.subject_id)
        .bind(entry.session_id)
        .bind(entry.panel_day_id)
        .bind(&payload_hash)
        .bind(&prev)
        .bind(&hash)
        .execute(c)
        .await
        .map(|_| ())
        })?;
        sql!(tx, |c| sqlx::query("INSERT INTO activity_payload (seq, salt, payload) VALUES ($1, $2, $3)")
            .bind(seq)
            .bind(&salt)
            .bind(&payload)
            .execute(c)
            .await
            .map(|_| ()))?;
        prev = hash;
    }
    sql!(tx, |c| sqlx::query("UPDATE activity_head SET hash = $1 WHERE id = 1").bind(&prev).execute(c).await.map(|_| ()))?;
    Ok(seq)
}

/// Lines after `seq` of one session's live feed, oldest first, at most `most`.
pub async fn list_session(tx: &mut Tx, session: Uuid, after: i64, most: i64) -> Result<Vec<Line>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.verb, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM activity a LEFT JOIN activity_payload p ON p.seq = a.seq
         WHERE a.session_id = $1 AND a.seq > $2 ORDER BY a.seq LIMIT $3"
    )
    .bind(session)
    .bind(after)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Everything that happened to one thing, newest first.
pub async fn list_subject(tx: &mut Tx, subject: Uuid, most: i64) -> Result<Vec<Line>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.verb, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM activity a LEFT JOIN activity_payload p ON p.seq = a.seq
         WHERE a.subject_id = $1 ORDER BY a.seq DESC LIMIT $2"
    )
    .bind(subject)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// The newest lines of all, newest first.
pub async fn list_newest(tx: &mut Tx, most: i64) -> Result<Vec<Line>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.verb, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM activity a LEFT JOIN activity_payload p ON p.seq = a.seq
         ORDER BY a.seq DESC LIMIT $1"
    )
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// The newest number in the journal.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT seq FROM activity_head WHERE id = 1").fetch_one(c).await)?)
}

/// Deletes salt and payload of every line about a thing, or done by it. The chain stays.
pub async fn erase(tx: &mut Tx, subject: Uuid) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "DELETE FROM activity_payload WHERE seq IN (SELECT seq FROM activity WHERE subject_id = $1 OR actor_id = $1)"
    )
    .bind(subject)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Walks the whole chain.
pub async fn verify(tx: &mut Tx) -> Result<Verified> {
    #[derive(FromRow)]
    struct Row {
        seq: i64,
        at: Time,
        actor_kind: String,
        actor_id: Option<Uuid>,
        verb: String,
        subject_kind: String,
        subject_id: Uuid,
        payload_hash: String,
        prev_hash: String,
        hash: String,
        salt: Option<String>,
        payload: Option<String>,
    }
    let mut found = Verified::default();
    let (mut after, mut prev) = (0_i64, String::new());
    loop {
        let rows: Vec<Row> = sql!(tx, |c| {
            sqlx::query_as(
            "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.verb, a.subject_kind, a.subject_id, a.payload_hash, a.prev_hash, a.hash, p.salt, p.payload
             FROM activity a LEFT JOIN activity_payload p ON p.seq = a.seq WHERE a.seq > $1 ORDER BY a.seq LIMIT 1000"
        )
        .bind(after)
        .fetch_all(c)
        .await
        })?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = last.seq;
        for row in rows {
            let words = words(row.at, &row.actor_kind, row.actor_id, &row.verb, &row.subject_kind, row.subject_id);
            let fits = row.prev_hash == prev && row.hash == line_hash(row.seq, &words, &row.payload_hash, &prev);
            let payload_fits = match (&row.salt, &row.payload) {
                (Some(salt), Some(payload)) => digest(&[salt.as_bytes(), payload.as_bytes()]) == row.payload_hash,
                _ => true,
            };
            if !fits || !payload_fits {
                found.broken_at = Some(row.seq);
                return Ok(found);
            }
            if row.payload.is_some() {
                found.intact += 1
            } else {
                found.erased += 1
            }
            prev = row.hash;
        }
    }
}

fn entry_words(entry: &Entry) -> String {
    words(entry.at, entry.actor_kind, entry.actor_id, entry.verb, entry.subject_kind, entry.subject_id)
}

fn words(at: Time, actor_kind: &str, actor_id: Option<Uuid>, verb: &str, subject_kind: &str, subject_id: Uuid) -> String {
    let actor = actor_id.map(|id| id.to_string()).unwrap_or_default();
    format!("{}\n{actor_kind}\n{actor}\n{verb}\n{subject_kind}\n{subject_id}", at.timestamp_micros())
}

fn line_hash(seq: i64, words: &str, payload_hash: &str, prev: &str) -> String {
    digest(&[seq.to_string().as_bytes(), b"\n", words.as_bytes(), b"\n", payload_hash.as_bytes(), b"\n", prev.as_bytes()])
}

fn digest(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    hex(&sha.finalize())
}

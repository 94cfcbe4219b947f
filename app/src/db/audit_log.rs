//! The audit log: append-only, numbered in commit order, chained by hashes.
//!
//! `audit_log` says who did what, when, to what. The chain covers `SHA-256(salt ‖ payload)`, while salt and payload live in
//! `audit_log_payload`: erasing a person deletes those rows, and the line that says "erased" names them. Lines are hashed with the server's key,
//! which is not in the database, and carry digests of the rows that they published (see `cover`); `verify` checks all of it.
//! The number comes from `audit_log_head`, locked as the last statement before commit, so no reader can skip a late commit.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::cover::{self, COVERED};
use super::record::AuditRecord;
use super::table::Table;
use super::{Cell, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::secret::{Secret, hex};

/// The format of lines that are hashed with the server's key. Format 1 was hashed without.
pub(super) const KEYED: i64 = 2;

pub const TABLES: &[Table] = &[
    Table::plain("audit_log_head", &["id", "seq", "hash", "mac", "sealed_seq"]),
    Table::plain(
        "audit_log",
        &[
            "seq",
            "at",
            "actor_kind",
            "actor_id",
            "action",
            "subject_kind",
            "subject_id",
            "session_id",
            "panel_day_id",
            "payload_hash",
            "prev_hash",
            "hash",
            "format",
            "covers",
        ],
    ),
    Table::plain("audit_log_payload", &["seq", "salt", "payload"]),
];

/// A line of the audit log as read back.
#[derive(Clone, Debug, FromRow)]
pub struct AuditLine {
    pub seq: i64,
    pub at: Time,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub session_id: Option<Uuid>,
    pub payload: Option<String>,
}

/// Where the audit log ends: its newest number and hash. Kept elsewhere, it shows later that nothing before it was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct AuditHead {
    pub seq: i64,
    pub hash: String,
}

impl std::fmt::Display for AuditHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl std::str::FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parsed = text.trim().split_once(':').and_then(|(seq, hash)| Some(Self { seq: seq.parse().ok()?, hash: hash.to_owned() }));
        parsed.ok_or_else(|| format!("“{text}” is not a number and a hash, as in 812:q3v9…"))
    }
}

/// Appends in order and gives the newest number. Called by `Tx::commit` alone.
pub(super) async fn append(tx: &mut Tx, entries: Vec<AuditRecord>) -> Result<i64> {
    // What the lines vouch for is read before the head is locked: from there on everybody else waits.
    let mut lines = Vec::with_capacity(entries.len());
    let mut covers = std::mem::take(&mut tx.covers);
    for entry in entries {
        covers.rows.extend(cover::written(tx, &entry).await?);
        lines.push((entry, std::mem::take(&mut covers)));
    }
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let (last, mut prev, sealed): (i64, String, i64) =
        tx.one("UPDATE audit_log_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash, sealed_seq", &[count.into()]).await?;
    let mut seq = last - count;
    let mut hashed = Vec::with_capacity(lines.len());
    for (entry, covers) in lines {
        seq += 1;
        let salt = hex(&rand::random::<[u8; 16]>());
        let payload = entry.payload.to_string();
        let covers =
            (!covers.is_empty()).then(|| serde_json::to_string(&covers)).transpose().map_err(|e| Error::Internal(e.to_string()))?;
        let payload_hash = digest(&[salt.as_bytes(), payload.as_bytes()]);
        let hash = keyed_hash(tx.secret(), &words(seq, &entry), covers.as_deref(), &payload_hash, &prev);
        let before = std::mem::replace(&mut prev, hash.clone());
        hashed.push(Hashed { seq, entry, salt, payload, covers, payload_hash, prev: before, hash });
    }
    bulk::write(
        tx,
        "INSERT INTO audit_log (seq, at, actor_kind, actor_id, action, subject_kind, subject_id, session_id, panel_day_id, covers, payload_hash, prev_hash, hash, format) {}",
        &hashed,
        |line| {
            let entry = &line.entry;
            [
                line.seq.into(),
                entry.at.into(),
                entry.actor_kind.into(),
                entry.actor_id.into(),
                entry.action.into(),
                entry.subject_kind.into(),
                entry.subject_id.into(),
                entry.session_id.into(),
                entry.panel_day_id.into(),
                (&line.covers).into(),
                (&line.payload_hash).into(),
                (&line.prev).into(),
                (&line.hash).into(),
                KEYED.into(),
            ]
        },
    )
    .await?;
    bulk::write(tx, "INSERT INTO audit_log_payload (seq, salt, payload) {}", &hashed, |line| {
        [line.seq.into(), (&line.salt).into(), (&line.payload).into()]
    })
    .await?;
    set_head(tx, &AuditHead { seq, hash: prev }, sealed).await?;
    Ok(seq)
}

/// A line as it is written.
struct Hashed {
    seq: i64,
    entry: AuditRecord,
    salt: String,
    payload: String,
    covers: Option<String>,
    payload_hash: String,
    prev: String,
    hash: String,
}

async fn set_head(tx: &mut Tx, head: &AuditHead, sealed: i64) -> Result<()> {
    let mac = head_mac(tx.secret(), head, sealed);
    tx.run(
        "UPDATE audit_log_head SET seq = $1, hash = $2, sealed_seq = $3, mac = $4 WHERE id = 1",
        &[head.seq.into(), head.hash.as_str().into(), sealed.into(), mac.as_str().into()],
    )
    .await?;
    Ok(())
}

/// Puts the log under this server's key as it is found: the lines so far (of an earlier version, or of a server whose key is lost) are
/// vouched for by their order, and every row that the log covers gets a digest.
pub(super) async fn seal(tx: &mut Tx) -> Result<()> {
    let head = head(tx).await?;
    let mac: String = tx.value("SELECT mac FROM audit_log_head WHERE id = 1", &[]).await?;
    if mac.is_empty() {
        set_head(tx, &head, head.seq).await?;
        cover_all(tx).await?;
        let missing: Vec<i64> = tx
            .list_values(
                "SELECT a.seq FROM audit_log a WHERE NOT EXISTS (SELECT 1 FROM audit_log_payload p WHERE p.seq = a.seq) ORDER BY a.seq",
                &[],
            )
            .await?;
        tx.covers.add_erased(&missing.into_iter().collect());
        if !tx.covers.is_empty() {
            tx.record(sealed_entry());
        }
    }
    Ok(())
}

/// As `seal`, over a log that another key made.
pub(super) async fn seal_again(tx: &mut Tx) -> Result<()> {
    tx.run("UPDATE audit_log_head SET mac = '' WHERE id = 1", &[]).await?;
    seal(tx).await
}

/// Keeps a digest of every row that the log covers, for the next line.
pub(crate) async fn cover_all(tx: &mut Tx) -> Result<()> {
    for covered in COVERED {
        let rows = cover::stored(tx, covered, "1 = 1", &[]).await?;
        tx.covers.rows.extend(rows);
    }
    Ok(())
}

/// Keeps new digests of the rows of one table in which a column has this value, for the next line: erasing changed them.
pub(crate) async fn cover(tx: &mut Tx, table: &str, condition: &str, values: &[Cell<'_>]) -> Result<()> {
    for covered in COVERED.iter().filter(|covered| covered.table == table) {
        let rows = cover::stored(tx, covered, condition, values).await?;
        tx.covers.rows.extend(rows);
    }
    Ok(())
}

fn sealed_entry() -> AuditRecord {
    AuditRecord {
        at: crate::kernel::clock::now(),
        actor_kind: "system",
        actor_id: None,
        action: "sealed",
        subject_kind: "account",
        subject_id: Uuid::nil(),
        session_id: None,
        panel_day_id: None,
        payload: Json::Null,
    }
}

/// Lines after `seq` of one session's live feed, oldest first, at most `limit`.
pub async fn list_session(tx: &mut Tx, session: Uuid, after: i64, limit: i64) -> Result<Vec<AuditLine>> {
    tx.list(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM audit_log a LEFT JOIN audit_log_payload p ON p.seq = a.seq
         WHERE a.session_id = $1 AND a.seq > $2 ORDER BY a.seq LIMIT $3",
        &[session.into(), after.into(), limit.into()],
    )
    .await
}

/// Everything that happened to one thing, newest first.
pub async fn list_subject(tx: &mut Tx, subject: Uuid, limit: i64) -> Result<Vec<AuditLine>> {
    tx.list(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM audit_log a LEFT JOIN audit_log_payload p ON p.seq = a.seq
         WHERE a.subject_id = $1 ORDER BY a.seq DESC LIMIT $2",
        &[subject.into(), limit.into()],
    )
    .await
}

/// The newest lines of all, newest first.
pub async fn list_newest(tx: &mut Tx, limit: i64) -> Result<Vec<AuditLine>> {
    tx.list(
        "SELECT a.seq, a.at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.session_id, p.payload
         FROM audit_log a LEFT JOIN audit_log_payload p ON p.seq = a.seq
         ORDER BY a.seq DESC LIMIT $1",
        &[limit.into()],
    )
    .await
}

/// The newest number in the audit log.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    tx.value("SELECT seq FROM audit_log_head WHERE id = 1", &[]).await
}

/// Where the audit log ends.
pub async fn head(tx: &mut Tx) -> Result<AuditHead> {
    let (seq, hash) = tx.one("SELECT seq, hash FROM audit_log_head WHERE id = 1", &[]).await?;
    Ok(AuditHead { seq, hash })
}

/// Lines about a thing, or written by it, whose payload is still there; at most `limit`, oldest first. Lines that say "erased" stay.
pub(crate) async fn list_payloads(tx: &mut Tx, subject: Uuid, limit: i64) -> Result<Vec<i64>> {
    tx.list_values(
        "SELECT p.seq FROM audit_log_payload p
         JOIN (SELECT seq, action FROM audit_log WHERE subject_id = $1 UNION SELECT seq, action FROM audit_log WHERE actor_id = $1) a ON a.seq = p.seq
         WHERE a.action <> 'erased' ORDER BY p.seq LIMIT $2",
        &[subject.into(), limit.into()],
    )
    .await
}

/// Lines that say who owns an item without an account, and what that owner did by a link, as `list_payloads` does.
pub(crate) async fn list_payloads_of_guest(tx: &mut Tx, item: Uuid, limit: i64) -> Result<Vec<i64>> {
    tx.list_values(
        "SELECT p.seq FROM audit_log_payload p JOIN audit_log a ON a.seq = p.seq
         WHERE (a.subject_id = $1 AND a.action = 'assigned') OR (a.actor_id = $1 AND a.actor_kind = 'link') ORDER BY p.seq LIMIT $2",
        &[item.into(), limit.into()],
    )
    .await
}

/// As `list_payloads`, about the things that a query with $1 gives the ids of.
pub(crate) async fn list_payloads_about(tx: &mut Tx, ids: &str, of: Uuid, limit: i64) -> Result<Vec<i64>> {
    let statement = format!(
        "SELECT p.seq FROM audit_log_payload p JOIN audit_log a ON a.seq = p.seq
         WHERE a.subject_id IN ({ids}) AND a.action <> 'erased' ORDER BY p.seq LIMIT $2"
    );
    tx.list_values(AssertSqlSafe(statement), &[of.into(), limit.into()]).await
}

/// Gives the payloads after line `after` to `each`, at most `limit`; gives the last line that it came to, if there was any.
pub(crate) async fn each_payload(tx: &mut Tx, after: i64, limit: i64, mut each: impl FnMut(i64, &str)) -> Result<Option<i64>> {
    let rows: Vec<(i64, String)> =
        tx.list("SELECT seq, payload FROM audit_log_payload WHERE seq > $1 ORDER BY seq LIMIT $2", &[after.into(), limit.into()]).await?;
    rows.iter().for_each(|(seq, payload)| each(*seq, payload));
    Ok(rows.last().map(|(seq, _)| *seq))
}

/// Deletes salt and payload of these lines. The chain stays, and the next line of this transaction says which were erased.
pub(crate) async fn erase(tx: &mut Tx, lines: &[i64]) -> Result<()> {
    let there: Vec<i64> = tx.list_values_in("SELECT seq FROM audit_log_payload WHERE seq IN ({})", &[], lines).await?;
    tx.run_in("DELETE FROM audit_log_payload WHERE seq IN ({})", &[], &there).await?;
    tx.covers.add_erased(&there.into_iter().collect());
    Ok(())
}

/// What the hash of a line covers, besides its payload, what it vouches for and the line before.
fn words(seq: i64, entry: &AuditRecord) -> String {
    line_words(&LineWords {
        seq,
        at: entry.at,
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_id: entry.subject_id,
        session_id: entry.session_id,
        panel_day_id: entry.panel_day_id,
    })
}

pub(super) struct LineWords<'a> {
    pub seq: i64,
    pub at: Time,
    pub actor_kind: &'a str,
    pub actor_id: Option<Uuid>,
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: Uuid,
    pub session_id: Option<Uuid>,
    pub panel_day_id: Option<Uuid>,
}

pub(super) fn line_words(line: &LineWords<'_>) -> String {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let LineWords { seq, at, actor_kind, actor_id, action, subject_kind, subject_id, session_id, panel_day_id } = line;
    let (at, actor, session, day) = (at.timestamp_micros(), id(*actor_id), id(*session_id), id(*panel_day_id));
    format!("{seq}\n{at}\n{actor_kind}\n{actor}\n{action}\n{subject_kind}\n{subject_id}\n{session}\n{day}")
}

/// The hash of a line of format 2.
pub(super) fn keyed_hash(secret: &Secret, words: &str, covers: Option<&str>, payload_hash: &str, prev: &str) -> String {
    let covers = digest(&[covers.unwrap_or_default().as_bytes()]);
    secret.derive("audit line", format!("{words}\n{covers}\n{payload_hash}\n{prev}").as_bytes())
}

/// The hash of a line of format 1, from before there was a key: session and day were not covered.
pub(super) fn plain_hash(line: &LineWords<'_>, payload_hash: &str, prev: &str) -> String {
    let actor = line.actor_id.map(|id| id.to_string()).unwrap_or_default();
    let LineWords { seq, at, actor_kind, action, subject_kind, subject_id, .. } = line;
    let at = at.timestamp_micros();
    let text = format!("{seq}\n{at}\n{actor_kind}\n{actor}\n{action}\n{subject_kind}\n{subject_id}\n{payload_hash}\n{prev}");
    digest(&[text.as_bytes()])
}

/// What the head's mark has to be.
pub(super) fn head_mac(secret: &Secret, head: &AuditHead, sealed: i64) -> String {
    secret.derive("audit head", format!("{head}\n{sealed}").as_bytes())
}

pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    hex(&sha.finalize())
}

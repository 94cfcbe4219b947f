//! The table `erasure`, and the questions that erasing asks of all tables: who belongs together, where is a word.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::rules;
use crate::clock::Time;
use crate::db::{Subject, Table, Tx, Value};
use crate::error::Result;
use crate::ids::{ErasureId, MentionId, PanelDayId, PanelistId};
use crate::{affected, bind_all, sql};

/// The tables written here.
pub const TABLES: &[Table] = &[Table::plain("erasure", &["id", "subject_kind", "subject_id", "at"])];

/// One row of one person.
pub type Part = (Subject, Uuid);

/// Where a mail address (lower case) is somebody's own.
const BY_EMAIL: &[(Subject, &str)] = &[
    (Subject::Customer, "SELECT id FROM customer WHERE lower(email) = $1"),
    (Subject::Invitation, "SELECT id FROM invitation WHERE lower(email) = $1"),
    (Subject::Panelist, "SELECT id FROM panelist WHERE lower(email) = $1"),
    (Subject::Account, "SELECT id FROM account WHERE lower(email) = $1"),
    (Subject::Nominator, "SELECT id FROM nominator WHERE lower(email) = $1"),
];

/// From one row of a person to the next ones.
const STEPS: &[(Subject, Subject, &str)] = &[
    (
        Subject::Author,
        Subject::Author,
        "SELECT CASE WHEN one_id = $1 THEN other_id ELSE one_id END FROM claim WHERE state = 'confirmed' AND (one_id = $1 OR other_id = $1)",
    ),
    (Subject::Author, Subject::Candidate, "SELECT id FROM candidate WHERE author_id = $1"),
    (Subject::Author, Subject::Panelist, "SELECT id FROM panelist WHERE author_id = $1"),
    (Subject::Customer, Subject::Candidate, "SELECT id FROM candidate WHERE customer_id = $1"),
    (Subject::Customer, Subject::Panelist, "SELECT id FROM panelist WHERE customer_id = $1"),
    (Subject::Candidate, Subject::Author, "SELECT author_id FROM candidate WHERE id = $1 AND author_id IS NOT NULL"),
    (Subject::Candidate, Subject::Customer, "SELECT customer_id FROM candidate WHERE id = $1 AND customer_id IS NOT NULL"),
    (Subject::Candidate, Subject::Invitation, "SELECT id FROM invitation WHERE candidate_id = $1"),
    (Subject::Invitation, Subject::Candidate, "SELECT candidate_id FROM invitation WHERE id = $1"),
    (Subject::Invitation, Subject::Panelist, "SELECT id FROM panelist WHERE invitation_id = $1"),
    (Subject::Panelist, Subject::Invitation, "SELECT invitation_id FROM panelist WHERE id = $1"),
    (Subject::Panelist, Subject::Author, "SELECT author_id FROM panelist WHERE id = $1 AND author_id IS NOT NULL"),
    (Subject::Panelist, Subject::Customer, "SELECT customer_id FROM panelist WHERE id = $1 AND customer_id IS NOT NULL"),
];

/// Where a person's names, addresses and handles are: (whose, what, query).
const WORDS: &[(Subject, Word, &str)] = &[
    (Subject::Author, Word::Handle, "SELECT handle FROM author WHERE id = $1"),
    (Subject::Author, Word::Name, "SELECT COALESCE(name, '') FROM author WHERE id = $1"),
    (Subject::Customer, Word::Name, "SELECT name FROM customer WHERE id = $1"),
    (Subject::Customer, Word::Email, "SELECT COALESCE(email, '') FROM customer WHERE id = $1"),
    (Subject::Candidate, Word::Name, "SELECT name FROM candidate WHERE id = $1"),
    (Subject::Invitation, Word::Email, "SELECT COALESCE(email, '') FROM invitation WHERE id = $1"),
    (Subject::Panelist, Word::Name, "SELECT name FROM panelist WHERE id = $1"),
    (Subject::Panelist, Word::Email, "SELECT email FROM panelist WHERE id = $1"),
    (Subject::Account, Word::Name, "SELECT name FROM account WHERE id = $1"),
    (Subject::Account, Word::Email, "SELECT email FROM account WHERE id = $1"),
    (Subject::Nominator, Word::Email, "SELECT email FROM nominator WHERE id = $1"),
];

/// What a word says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Name,
    Email,
    Handle,
}

/// Rows whose own address this is.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for (subject, query) in BY_EMAIL {
        let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar(*query).bind(email).fetch_all(c).await)?;
        found.extend(ids.into_iter().map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Voices with this handle (lower case, without @), on any network.
pub async fn find_by_handle(tx: &mut Tx, handle: &str) -> Result<Vec<Part>> {
    let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar("SELECT id FROM author WHERE handle_key = $1 OR lower(handle) = $1")
        .bind(handle)
        .fetch_all(c)
        .await)?;
    Ok(ids.into_iter().map(|id| (Subject::Author, id)).collect())
}

/// The network of a voice, and the key under which its handle is one voice.
pub async fn find_handle(tx: &mut Tx, author: Uuid) -> Result<Option<(String, String)>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT network, handle_key FROM author WHERE id = $1").bind(author).fetch_optional(c).await)?)
}

/// Which kind of person an id is.
pub async fn find_by_id(tx: &mut Tx, id: Uuid) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for subject in Subject::ALL {
        let query = format!("SELECT id FROM {} WHERE id = $1", subject.as_str());
        let known: Option<Uuid> = sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(query.clone())).bind(id).fetch_optional(c).await)?;
        found.extend(known.map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Everything that belongs to the same person as `parts`, following confirmed links of voices, candidates, invitations, seats
/// and shared addresses.
pub async fn together(tx: &mut Tx, parts: Vec<Part>) -> Result<BTreeSet<Part>> {
    let mut found = BTreeSet::new();
    let mut waiting = parts;
    while let Some((subject, id)) = waiting.pop() {
        if !found.insert((subject, id)) {
            continue;
        }
        for (_, to, query) in STEPS.iter().filter(|(from, ..)| *from == subject) {
            let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar(*query).bind(id).fetch_all(c).await)?;
            waiting.extend(ids.into_iter().map(|id| (*to, id)));
        }
        for (word, text) in words(tx, (subject, id)).await? {
            if word == Word::Email && !text.is_empty() {
                waiting.extend(find_by_email(tx, &text.to_lowercase()).await?);
            }
        }
    }
    Ok(found)
}

/// The names, addresses and handles of one row.
pub(super) async fn words(tx: &mut Tx, part: Part) -> Result<Vec<(Word, String)>> {
    let mut found = Vec::new();
    for (_, word, query) in WORDS.iter().filter(|(subject, ..)| *subject == part.0) {
        let texts: Vec<String> = sql!(tx, |c| sqlx::query_scalar(*query).bind(part.1).fetch_all(c).await)?;
        found.extend(texts.into_iter().map(|text| (*word, text)));
    }
    Ok(found)
}

/// Replaces the traces in every text of `table` that others may have written; gives how many rows changed. A table in which there is
/// none is read once.
pub async fn scrub(tx: &mut Tx, table: &Table, traces: &[String]) -> Result<u64> {
    let columns: Vec<(String, bool, String)> = crate::db::row::texts(tx, table.name)
        .await?
        .into_iter()
        .filter(|(column, _)| !is_fixed(column))
        .map(|(column, is_json)| {
            let as_text = if is_json && tx.is_postgres() { format!("{column}::text") } else { column.clone() };
            (column, is_json, as_text)
        })
        .collect();
    if columns.is_empty() || traces.is_empty() {
        return Ok(0);
    }
    let (anywhere, patterns) = anywhere(columns.iter().map(|(.., as_text)| as_text.as_str()), traces);
    let there = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE {anywhere})", table.name);
    if !sql!(tx, |c| bind_all!(sqlx::query_scalar::<_, bool>(AssertSqlSafe(there.clone())), &patterns).fetch_one(c).await)? {
        return Ok(0);
    }
    let mut changed = 0;
    for (column, is_json, as_text) in columns {
        for trace in traces {
            let pattern = pattern(trace);
            let select = format!("SELECT DISTINCT {as_text} FROM {} WHERE lower({as_text}) LIKE $1 ESCAPE '\\'", table.name);
            let texts: Vec<String> = sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(select.clone())).bind(&pattern).fetch_all(c).await)?;
            let cast = if is_json && tx.is_postgres() { "$1::jsonb" } else { "$1" };
            let update = format!("UPDATE {} SET {column} = {cast} WHERE {as_text} = $2", table.name);
            for text in texts {
                let Some(clean) = rules::scrub(&text, traces) else { continue };
                changed += affected!(tx, |c| sqlx::query(AssertSqlSafe(update.clone())).bind(&clean).bind(&text).execute(c).await)?;
            }
        }
    }
    Ok(changed)
}

/// What a post holds in which somebody may be named.
#[derive(sqlx::FromRow)]
struct Naming {
    id: MentionId,
    text: String,
    url: Option<String>,
    external_id: Option<String>,
    dedupe_key: String,
}

/// Replaces the traces in posts of others; gives which changed. Posts come by the million: they are read once, whatever is found.
pub async fn scrub_posts(tx: &mut Tx, traces: &[String]) -> Result<Vec<MentionId>> {
    if traces.is_empty() {
        return Ok(Vec::new());
    }
    let (anywhere, patterns) = anywhere(["text", "url", "external_id", "dedupe_key"], traces);
    let select = format!("SELECT id, text, url, external_id, dedupe_key FROM mention WHERE {anywhere}");
    let found: Vec<Naming> = sql!(tx, |c| bind_all!(sqlx::query_as(AssertSqlSafe(select.clone())), &patterns).fetch_all(c).await)?;
    let mut changed = Vec::new();
    for Naming { id, text, url, external_id, dedupe_key } in found {
        let clean = |text: &String| rules::scrub(text, traces);
        let cleaned = [clean(&text), url.as_ref().and_then(clean), external_id.as_ref().and_then(clean), clean(&dedupe_key)];
        if cleaned.iter().all(Option::is_none) {
            continue;
        }
        let [new_text, new_url, new_external_id, new_key] = cleaned;
        sql!(tx, |c| sqlx::query("UPDATE mention SET text = $2, url = $3, external_id = $4, dedupe_key = $5 WHERE id = $1")
            .bind(id)
            .bind(new_text.unwrap_or(text))
            .bind(new_url.or(url))
            .bind(new_external_id.or(external_id))
            .bind(new_key.unwrap_or(dedupe_key))
            .execute(c)
            .await
            .map(|_| ()))?;
        changed.push(id);
    }
    Ok(changed)
}

/// The condition that one of the traces may stand in one of the columns, and its values.
fn anywhere<'c>(columns: impl IntoIterator<Item = &'c str>, traces: &[String]) -> (String, Vec<Value>) {
    let conditions: Vec<String> = columns
        .into_iter()
        .flat_map(|column| (1..=traces.len()).map(move |place| format!("lower({column}) LIKE ${place} ESCAPE '\\'")))
        .collect();
    (conditions.join(" OR "), traces.iter().map(|trace| Value::Text(pattern(trace))).collect())
}

/// Columns in which nobody writes about somebody else: a namesake's name and address are their own, hashes and states ours.
fn is_fixed(column: &str) -> bool {
    matches!(column, "name" | "email" | "handle" | "handle_key" | "recipient" | "recipient_name" | "state" | "kind" | "idempotency_key")
        || column.ends_with("hash")
}

/// Finds at least every text with the trace in it. SQLite's `lower` knows ASCII alone, so any other character matches all.
fn pattern(trace: &str) -> String {
    let escaped: String = trace
        .chars()
        .flat_map(|c| match c {
            '%' | '_' | '\\' => vec!['\\', c],
            c if c.is_ascii() => vec![c],
            _ => vec!['_'],
        })
        .collect();
    format!("%{escaped}%")
}

/// Deletes the journal's payloads that hold a trace.
pub async fn scrub_journal(tx: &mut Tx, traces: &[String]) -> Result<()> {
    for trace in traces {
        let pattern = pattern(trace);
        let found: Vec<(i64, String)> =
            sql!(tx, |c| sqlx::query_as("SELECT seq, payload FROM activity_payload WHERE lower(payload) LIKE $1 ESCAPE '\\'")
                .bind(&pattern)
                .fetch_all(c)
                .await)?;
        for (seq, payload) in found {
            if rules::scrub(&payload, traces).is_some() {
                sql!(tx, |c| sqlx::query("DELETE FROM activity_payload WHERE seq = $1").bind(seq).execute(c).await.map(|_| ()))?;
            }
        }
    }
    Ok(())
}

/// Ends a person's links and logins, takes their mail out of the queue, frees a seat that was not used, closes an account.
pub async fn end(tx: &mut Tx, now: Time, part: Part) -> Result<()> {
    let statements = [
        "UPDATE login SET revoked_at = $2 WHERE revoked_at IS NULL AND link_id IN (SELECT id FROM access_link WHERE subject_id = $1)",
        "UPDATE access_link SET revoked_at = $2 WHERE subject_id = $1 AND revoked_at IS NULL",
        "UPDATE outbox SET state = 'failed', error = 'erased', due_at = $2 WHERE subject_id = $1 AND state = 'queued'",
        "UPDATE panelist SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL AND attendance IS NULL",
        "UPDATE account SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL",
    ];
    for statement in statements {
        sql!(tx, |c| sqlx::query(statement).bind(part.1).bind(now).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// The panel day of a panelist who holds a seat there.
pub async fn find_seat(tx: &mut Tx, id: PanelistId) -> Result<Option<PanelDayId>> {
    Ok(sql!(tx, |c| sqlx::query_scalar(
        "SELECT panel_day_id FROM panelist WHERE id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL"
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Remembers, by id alone, that a row was erased.
pub async fn create(tx: &mut Tx, now: Time, part: Part) -> Result<()> {
    sql!(tx, |c| sqlx::query("INSERT INTO erasure (id, subject_kind, subject_id, at) VALUES ($1, $2, $3, $4)")
        .bind(ErasureId::new())
        .bind(part.0.as_str())
        .bind(part.1)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Everything that was ever erased, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Part>> {
    let rows: Vec<(String, Uuid)> =
        sql!(tx, |c| sqlx::query_as("SELECT subject_kind, subject_id FROM erasure ORDER BY at, id").fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(word, id)| Some((Subject::from_word(&word)?, id))).collect())
}

//! The table `outbox`.

use uuid::Uuid;

use super::{Mail, State, Template, rules};
use crate::clock::Time;
use crate::db::{Erase, Subject, Table, Tx};
use crate::error::Result;
use crate::ids::OutboxId;
use crate::sql;

/// The tables written here. Mail to a person goes with the person: it is addressed through `subject_id`.
pub const TABLES: &[Table] = &[Table {
    name: "outbox",
    people: &[
        (Subject::Panelist, "subject_id"),
        (Subject::Invitation, "subject_id"),
        (Subject::Account, "subject_id"),
        (Subject::Nominator, "subject_id"),
    ],
    personal: &[("recipient", Erase::Text("")), ("recipient_name", Erase::Text("")), ("params", Erase::Text("{}"))],
    columns: &[
        "id",
        "idempotency_key",
        "template",
        "link_id",
        "subject_id",
        "state",
        "attempts",
        "due_at",
        "lease_until",
        "created_at",
        "sent_at",
        "error",
    ],
}];

const SELECT: &str = "SELECT id, template, recipient, recipient_name, params, link_id, subject_id, state, attempts, due_at, created_at, sent_at, error FROM outbox";

/// Adds a mail; a second one under the same key is not added. Says whether it was.
pub async fn create(tx: &mut Tx, mail: &Mail, idempotency_key: &str) -> Result<bool> {
    let added = crate::affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO outbox (id, idempotency_key, template, recipient, recipient_name, params, link_id, subject_id, state, attempts, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (idempotency_key) DO NOTHING"
    )
    .bind(mail.id)
    .bind(idempotency_key)
    .bind(mail.template)
    .bind(&mail.recipient)
    .bind(&mail.recipient_name)
    .bind(sqlx::types::Json(&mail.params))
    .bind(mail.link_id)
    .bind(mail.subject_id)
    .bind(mail.state)
    .bind(mail.attempts)
    .bind(mail.due_at)
    .bind(mail.created_at)
    .execute(c)
    .await
    })?;
    Ok(added == 1)
}

/// One mail.
pub async fn find(tx: &mut Tx, id: OutboxId) -> Result<Option<Mail>> {
    let statement = format!("{SELECT} WHERE id = $1");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(id).fetch_optional(c).await)?)
}

/// The newest mails, newest first.
pub async fn list(tx: &mut Tx, most: i64) -> Result<Vec<Mail>> {
    let statement = format!("{SELECT} ORDER BY created_at DESC, id DESC LIMIT $1");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(most).fetch_all(c).await)?)
}

/// Mails to one thing (a panelist, an account, an invitation), newest first.
pub async fn list_for(tx: &mut Tx, subject: Uuid) -> Result<Vec<Mail>> {
    let statement = format!("{SELECT} WHERE subject_id = $1 ORDER BY created_at DESC, id DESC");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(subject).fetch_all(c).await)?)
}

/// Whether a mail is due and nobody is sending it.
pub async fn is_due(tx: &mut Tx, now: Time) -> Result<bool> {
    let due: Option<i64> = sql!(tx, |c| {
        sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM outbox WHERE state = 'queued' AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1"
    )
    .bind(now)
    .fetch_optional(c)
    .await
    })?;
    Ok(due.is_some())
}

/// Takes up to `most` due mails for this process: their lease runs until `now` plus `LEASE_SECONDS`.
pub async fn lease(tx: &mut Tx, now: Time, most: i64) -> Result<Vec<Mail>> {
    let until = now + chrono::Duration::seconds(rules::LEASE_SECONDS);
    let skip = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let statement = format!(
        "UPDATE outbox SET lease_until = $2 WHERE id IN (
             SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
             ORDER BY due_at, id LIMIT $3 {skip})
         RETURNING id, template, recipient, recipient_name, params, link_id, subject_id, state, attempts, due_at, created_at, sent_at, error"
    );
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(now).bind(until).bind(most).fetch_all(c).await)?)
}

/// Records how a sending ended.
pub async fn update(tx: &mut Tx, mail: &Mail) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "UPDATE outbox SET state = $2, attempts = $3, due_at = $4, sent_at = $5, error = $6, lease_until = NULL WHERE id = $1"
    )
    .bind(mail.id)
    .bind(mail.state)
    .bind(mail.attempts)
    .bind(mail.due_at)
    .bind(mail.sent_at)
    .bind(&mail.error)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// How many mails stand in each state: (queued, sent, failed, bounced).
pub async fn count(tx: &mut Tx) -> Result<Vec<(State, i64)>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT state, COUNT(*) FROM outbox GROUP BY state").fetch_all(c).await)?)
}

/// When mails of a kind to an address were written since then.
pub async fn list_times(tx: &mut Tx, template: Template, recipient: &str, since: Time) -> Result<Vec<Time>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT created_at FROM outbox WHERE recipient = $1 AND template = $2 AND created_at > $3")
        .bind(recipient)
        .bind(template)
        .bind(since)
        .fetch_all(c)
        .await)?)
}

//! The table `outbox`.

use uuid::Uuid;

use sqlx::AssertSqlSafe;

use super::{EmailState, EmailTemplate, OutboxEmail, OutboxLine};
use crate::db::{Cell, DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::failure::Failure;
use crate::kernel::ids::OutboxId;

/// The tables written here. Email to a person goes with the person: it is addressed through `subject_id`.
pub const TABLES: &[Table] = &[Table {
    name: "outbox",
    people: &[
        (DataSubject::Panelist, "subject_id"),
        (DataSubject::Invitation, "subject_id"),
        (DataSubject::Account, "subject_id"),
        (DataSubject::Nominator, "subject_id"),
        (DataSubject::Recipient, "id"),
    ],
    personal: &[
        ("recipient", Erase::Text("")),
        ("recipient_name", Erase::Text("")),
        ("params", Erase::Text("{}")),
        // A mail server names the address that it refuses.
        ("error", Erase::Null),
        ("error_args", Erase::Null),
    ],
    columns: &[
        "id",
        "idempotency_key",
        "template",
        "link_id",
        "subject_id",
        "state",
        "revision",
        "attempts",
        "due_at",
        "created_at",
        "sending_at",
        "sent_at",
    ],
}];

const COLUMNS: &str = "id, template, recipient, recipient_name, params, link_id, subject_id, state, revision, attempts, due_at, created_at, sending_at, sent_at, error, error_args";

/// What lists show.
const LINE: &str = "id, template, recipient, recipient_name, state, attempts, created_at, sent_at, error, error_args";

/// Adds an email; a second one under the same key is not added. Says whether it was.
pub async fn create(tx: &mut Tx, email: &OutboxEmail, idempotency_key: &str) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO outbox (id, idempotency_key, template, recipient, recipient_name, params, link_id, subject_id, state, attempts, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (idempotency_key) DO NOTHING",
        &[
            email.id.into(), idempotency_key.into(), email.template.into(), email.recipient.as_str().into(),
            email.recipient_name.as_str().into(), Cell::json(&email.params)?, email.link_id.into(),
            email.subject_id.into(), email.state.into(), email.attempts.into(), email.due_at.into(),
            email.created_at.into(),
        ],
    )
    .await?;
    Ok(added == 1)
}

pub async fn find(tx: &mut Tx, id: OutboxId) -> Result<Option<OutboxEmail>> {
    let statement = format!("SELECT {COLUMNS} FROM outbox WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// The newest emails, newest first.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<OutboxEmail>> {
    let statement = format!("SELECT {COLUMNS} FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1");
    tx.list(AssertSqlSafe(statement), &[limit.into()]).await
}

/// Emails to one thing (a panelist, an account, an invitation), newest first.
pub async fn list_for(tx: &mut Tx, subject: Uuid) -> Result<Vec<OutboxEmail>> {
    let statement = format!("SELECT {COLUMNS} FROM outbox WHERE subject_id = $1 ORDER BY created_at DESC, id DESC");
    tx.list(AssertSqlSafe(statement), &[subject.into()]).await
}

/// What the list of emails is filtered and sorted by.
#[derive(Clone, Debug, Default)]
pub struct OutboxSearch {
    /// Part of a name or an address.
    pub text: Option<String>,
    pub state: Option<EmailState>,
    pub template: Option<EmailTemplate>,
    /// "to", "attempts" or "queued", with a minus before it for the other way round; the newest first where there is none.
    pub sort: Option<String>,
}

impl OutboxSearch {
    fn filter(&self, tx: &Tx) -> Filter {
        let mut filter = Filter::new();
        if let Some(text) = &self.text {
            filter.contains(tx, &["recipient", "recipient_name"], text);
        }
        if let Some(state) = self.state {
            filter.and("state = ?", [state.as_str().into()]);
        }
        if let Some(template) = self.template {
            filter.and("template = ?", [template.as_str().into()]);
        }
        filter
    }

    fn order(&self) -> &'static str {
        match self.sort.as_deref() {
            Some("to") => "lower(recipient_name), lower(recipient), id",
            Some("-to") => "lower(recipient_name) DESC, lower(recipient) DESC, id DESC",
            Some("attempts") => "attempts, id",
            Some("-attempts") => "attempts DESC, id DESC",
            Some("queued") => "created_at, id",
            _ => "created_at DESC, id DESC",
        }
    }
}

/// A page of the emails that match.
pub async fn list_lines(tx: &mut Tx, search: &OutboxSearch, limit: i64, skip: i64) -> Result<Vec<OutboxLine>> {
    let filter = search.filter(tx);
    let next = filter.next();
    let statement = format!("SELECT {LINE} FROM outbox{} ORDER BY {} LIMIT ${next} OFFSET ${}", filter.clause(), search.order(), next + 1);
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many emails match.
pub async fn count_lines(tx: &mut Tx, search: &OutboxSearch) -> Result<i64> {
    let filter = search.filter(tx);
    let statement = format!("SELECT COUNT(*) FROM outbox{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

/// The newest email of a kind to one thing, without its text.
pub async fn find_newest(tx: &mut Tx, template: EmailTemplate, subject: Uuid) -> Result<Option<OutboxLine>> {
    let statement = format!("SELECT {LINE} FROM outbox WHERE subject_id = $1 AND template = $2 ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.find(AssertSqlSafe(statement), &[subject.into(), template.into()]).await
}

/// The next emails that are due, oldest first.
pub async fn list_due(tx: &mut Tx, now: Time, limit: i64) -> Result<Vec<OutboxEmail>> {
    let statement = format!("SELECT {COLUMNS} FROM outbox WHERE state = 'queued' AND due_at <= $1 ORDER BY due_at, id LIMIT $2");
    tx.list(AssertSqlSafe(statement), &[now.into(), limit.into()]).await
}

/// Stores the delivery status of an email, under the next revision.
pub async fn update(tx: &mut Tx, email: &mut OutboxEmail) -> Result<()> {
    email.revision += 1;
    tx.run(
        "UPDATE outbox SET state = $2, revision = $3, attempts = $4, due_at = $5, sending_at = $6, sent_at = $7, error = $8, error_args = $9 WHERE id = $1",
        &[
            email.id.into(),
            email.state.into(),
            email.revision.into(),
            email.attempts.into(),
            email.due_at.into(),
            email.sending_at.into(),
            email.sent_at.into(),
            email.error.as_ref().map(Failure::code).into(),
            Cell::optional_json(email.error.as_ref().and_then(Failure::args).as_ref())?,
        ],
    )
    .await?;
    Ok(())
}

/// How many emails are in each state; empty states are missing.
pub async fn count(tx: &mut Tx) -> Result<Vec<(EmailState, i64)>> {
    tx.list("SELECT state, COUNT(*) FROM outbox GROUP BY state", &[]).await
}

/// Deletes recipient and content of emails sent before `sent`, and of failed ones created before `failed`. Kind and times are kept. Returns how many.
pub async fn blank(tx: &mut Tx, sent: Time, failed: Time) -> Result<u64> {
    tx.run(
        "UPDATE outbox SET recipient = '', recipient_name = '', params = '{}', link_id = NULL, error = NULL, error_args = NULL
         WHERE recipient <> '' AND ((state = 'sent' AND sent_at < $1) OR (state IN ('failed', 'bounced', 'in_doubt', 'unsubscribed') AND created_at < $2))",
        &[sent.into(), failed.into()],
    )
    .await
}

/// When emails of a kind to an address were written since then.
pub async fn list_times(tx: &mut Tx, template: EmailTemplate, recipient: &str, since: Time) -> Result<Vec<Time>> {
    tx.list_values(
        "SELECT created_at FROM outbox WHERE recipient = $1 AND template = $2 AND created_at > $3",
        &[recipient.into(), template.into(), since.into()],
    )
    .await
}

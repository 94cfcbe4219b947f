//! The tables `webhook` and `webhook_delivery`.

use sqlx::AssertSqlSafe;

use super::{Webhook, WebhookDelivery, WebhookEvent};
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{DeliveryId, ProgramId, WebhookId};

/// The tables written here. Deliveries contain no personal data.
pub const TABLES: &[Table] = &[
    Table::plain(
        "webhook",
        &[
            "id",
            "program_id",
            "name",
            "url",
            "shape",
            "events",
            "version",
            "revision",
            "created_at",
            "created_by",
            "looked_at",
            "paused_at",
            "paused_why",
            "failing_since",
        ],
    ),
    Table::plain(
        "webhook_delivery",
        &["id", "webhook_id", "event", "event_key", "text", "path", "items", "at", "state", "attempts", "due_at", "ended_at", "error"],
    ),
];

const COLUMNS: &str = "id, webhook_id, event, text, path, items, at, state, attempts, due_at, ended_at, error";

pub async fn find(tx: &mut Tx, id: WebhookId) -> Result<Option<Webhook>> {
    tx.find("SELECT * FROM webhook WHERE id = $1", &[id.into()]).await
}

/// A program's webhooks, by name.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Webhook>> {
    tx.list("SELECT * FROM webhook WHERE program_id = $1 ORDER BY lower(name), id", &[program.into()]).await
}

/// Webhooks of all programs that are not paused.
pub async fn list_running(tx: &mut Tx) -> Result<Vec<Webhook>> {
    tx.list("SELECT * FROM webhook WHERE paused_at IS NULL ORDER BY id", &[]).await
}

/// How many were paused by us because nothing could be delivered.
pub async fn count_lost(tx: &mut Tx) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM webhook WHERE paused_why IS NOT NULL", &[]).await
}

pub async fn create(tx: &mut Tx, webhook: &Webhook) -> Result<()> {
    tx.run(
        "INSERT INTO webhook (id, program_id, name, url, shape, events, version, created_at, created_by, looked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            webhook.id.into(),
            webhook.program_id.into(),
            webhook.name.as_str().into(),
            webhook.url.as_str().into(),
            webhook.shape.into(),
            webhook.events.as_str().into(),
            webhook.version.into(),
            webhook.created_at.into(),
            webhook.created_by.into(),
            webhook.looked_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Saves what a person may change, if no one else did since `webhook.revision` was read; says whether.
pub async fn update(tx: &mut Tx, webhook: &Webhook) -> Result<bool> {
    let changed = tx.run(
        "UPDATE webhook SET name = $2, url = $3, shape = $4, events = $5, version = $6, revision = revision + 1 WHERE id = $1 AND revision = $7",
        &[
            webhook.id.into(),
            webhook.name.as_str().into(),
            webhook.url.as_str().into(),
            webhook.shape.into(),
            webhook.events.as_str().into(),
            webhook.version.into(),
            webhook.revision.into(),
        ],
    )
    .await?;
    Ok(changed == 1)
}

/// Pauses a webhook; `why` if it was paused automatically. False if it is already paused.
pub async fn pause(tx: &mut Tx, id: WebhookId, now: Time, why: Option<&str>) -> Result<bool> {
    let changed = tx
        .run("UPDATE webhook SET paused_at = $2, paused_why = $3 WHERE id = $1 AND paused_at IS NULL", &[id.into(), now.into(), why.into()])
        .await?;
    Ok(changed == 1)
}

/// Tells a tool again, from now on. False if it is not paused.
pub async fn resume(tx: &mut Tx, id: WebhookId, now: Time) -> Result<bool> {
    let changed = tx.run(
        "UPDATE webhook SET paused_at = NULL, paused_why = NULL, failing_since = NULL, looked_at = $2 WHERE id = $1 AND paused_at IS NOT NULL",
        &[id.into(), now.into()],
    )
    .await?;
    Ok(changed == 1)
}

/// Records a failure. Returns since when deliveries fail; none if the webhook was deleted.
pub async fn fail(tx: &mut Tx, id: WebhookId, now: Time) -> Result<Option<Time>> {
    tx.find_value(
        "UPDATE webhook SET failing_since = COALESCE(failing_since, $2) WHERE id = $1 RETURNING failing_since",
        &[id.into(), now.into()],
    )
    .await
}

/// Removes a webhook with its deliveries; false if it was not there.
pub async fn delete(tx: &mut Tx, id: WebhookId) -> Result<bool> {
    Ok(tx.run("DELETE FROM webhook WHERE id = $1", &[id.into()]).await? == 1)
}

/// Moves the time of the last check on; false if another process was quicker.
pub async fn mark_checked(tx: &mut Tx, id: WebhookId, before: Time, now: Time) -> Result<bool> {
    let changed =
        tx.run("UPDATE webhook SET looked_at = $3 WHERE id = $1 AND looked_at = $2", &[id.into(), before.into(), now.into()]).await?;
    Ok(changed == 1)
}

/// Notes that something could be delivered again.
pub async fn recover(tx: &mut Tx, id: WebhookId) -> Result<()> {
    tx.run("UPDATE webhook SET failing_since = NULL WHERE id = $1", &[id.into()]).await?;
    Ok(())
}

/// Adds a delivery; false where the same was added before.
pub async fn add(tx: &mut Tx, delivery: &WebhookDelivery, key: &str) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO webhook_delivery (id, webhook_id, event, event_key, text, path, items, at, state, attempts, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (webhook_id, event_key) DO NOTHING",
            &[
                delivery.id.into(),
                delivery.webhook_id.into(),
                delivery.event.into(),
                key.into(),
                delivery.text.as_str().into(),
                delivery.path.as_str().into(),
                delivery.items.into(),
                delivery.at.into(),
                delivery.state.into(),
                delivery.attempts.into(),
                delivery.due_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// A webhook's newest deliveries.
pub async fn list_deliveries(tx: &mut Tx, id: WebhookId, limit: i64) -> Result<Vec<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE webhook_id = $1 ORDER BY at DESC, id DESC LIMIT $2");
    tx.list(AssertSqlSafe(statement), &[id.into(), limit.into()]).await
}

pub async fn find_delivery(tx: &mut Tx, id: DeliveryId) -> Result<Option<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// A webhook's deliveries that wait, the longest due first.
pub async fn list_waiting(tx: &mut Tx, id: WebhookId) -> Result<Vec<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE webhook_id = $1 AND state = 'waiting' ORDER BY due_at, id");
    tx.list(AssertSqlSafe(statement), &[id.into()]).await
}

/// Records how a sending ended.
pub async fn record_attempt(tx: &mut Tx, delivery: &WebhookDelivery) -> Result<()> {
    tx.run(
        "UPDATE webhook_delivery SET state = $2, attempts = $3, due_at = $4, ended_at = $5, error = $6 WHERE id = $1",
        &[
            delivery.id.into(),
            delivery.state.into(),
            delivery.attempts.into(),
            delivery.due_at.into(),
            delivery.ended_at.into(),
            delivery.error.as_deref().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Deletes deliveries before `before`. Returns how many.
pub async fn purge(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run("DELETE FROM webhook_delivery WHERE at < $1", &[before.into()]).await
}

/// The running webhooks of a program that want this event.
pub async fn list_subscribed(tx: &mut Tx, program: ProgramId, event: WebhookEvent) -> Result<Vec<Webhook>> {
    let mut found = list(tx, program).await?;
    found.retain(|webhook| webhook.paused_at.is_none() && webhook.wants(event));
    Ok(found)
}

//! The tables `webhook` and `webhook_delivery`.

use sqlx::AssertSqlSafe;

use super::{Webhook, WebhookDelivery, WebhookEvent};
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{DeliveryId, ProgramId, WebhookId};
use crate::{affected, sql};

/// The tables written here. What is delivered names nobody.
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

/// One webhook.
pub async fn find(tx: &mut Tx, id: WebhookId) -> Result<Option<Webhook>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM webhook WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// A program's webhooks, by name.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Webhook>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM webhook WHERE program_id = $1 ORDER BY lower(name), id")
        .bind(program)
        .fetch_all(c)
        .await)?)
}

/// Webhooks of all programs that are not paused.
pub async fn list_running(tx: &mut Tx) -> Result<Vec<Webhook>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM webhook WHERE paused_at IS NULL ORDER BY id").fetch_all(c).await)?)
}

/// How many were paused by us because nothing could be delivered.
pub async fn count_lost(tx: &mut Tx) -> Result<i64> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT COUNT(*) FROM webhook WHERE paused_why IS NOT NULL").fetch_one(c).await)?)
}

/// Adds a webhook.
pub async fn create(tx: &mut Tx, webhook: &Webhook) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO webhook (id, program_id, name, url, shape, events, version, created_at, created_by, looked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(webhook.id)
    .bind(webhook.program_id)
    .bind(&webhook.name)
    .bind(&webhook.url)
    .bind(webhook.shape)
    .bind(&webhook.events)
    .bind(webhook.version)
    .bind(webhook.created_at)
    .bind(webhook.created_by)
    .bind(webhook.looked_at)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Saves what a person may change.
pub async fn update(tx: &mut Tx, webhook: &Webhook) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE webhook SET name = $2, url = $3, shape = $4, events = $5, version = $6 WHERE id = $1")
        .bind(webhook.id)
        .bind(&webhook.name)
        .bind(&webhook.url)
        .bind(webhook.shape)
        .bind(&webhook.events)
        .bind(webhook.version)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Stops telling a tool; `why` where nobody did it. False if it is paused already.
pub async fn pause(tx: &mut Tx, id: WebhookId, now: Time, why: Option<&str>) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query("UPDATE webhook SET paused_at = $2, paused_why = $3 WHERE id = $1 AND paused_at IS NULL")
        .bind(id)
        .bind(now)
        .bind(why)
        .execute(c)
        .await)?;
    Ok(changed == 1)
}

/// Tells a tool again, from now on. False if it is not paused.
pub async fn resume(tx: &mut Tx, id: WebhookId, now: Time) -> Result<bool> {
    let changed = affected!(tx, |c| {
        sqlx::query(
        "UPDATE webhook SET paused_at = NULL, paused_why = NULL, failing_since = NULL, looked_at = $2 WHERE id = $1 AND paused_at IS NOT NULL"
    )
    .bind(id)
    .bind(now)
    .execute(c)
    .await
    })?;
    Ok(changed == 1)
}

/// Notes that something could not be delivered. Gives since when nothing can; none where the webhook is gone.
pub async fn fail(tx: &mut Tx, id: WebhookId, now: Time) -> Result<Option<Time>> {
    Ok(sql!(tx, |c| sqlx::query_scalar(
        "UPDATE webhook SET failing_since = COALESCE(failing_since, $2) WHERE id = $1 RETURNING failing_since"
    )
    .bind(id)
    .bind(now)
    .fetch_optional(c)
    .await)?)
}

/// Removes a webhook with its deliveries; false if it was not there.
pub async fn delete(tx: &mut Tx, id: WebhookId) -> Result<bool> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM webhook WHERE id = $1").bind(id).execute(c).await)? == 1)
}

/// Looks on from where somebody looked before; false where another process was quicker.
pub async fn mark_checked(tx: &mut Tx, id: WebhookId, before: Time, now: Time) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query("UPDATE webhook SET looked_at = $3 WHERE id = $1 AND looked_at = $2")
        .bind(id)
        .bind(before)
        .bind(now)
        .execute(c)
        .await)?;
    Ok(changed == 1)
}

/// Notes that something could be delivered again.
pub async fn recover(tx: &mut Tx, id: WebhookId) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE webhook SET failing_since = NULL WHERE id = $1").bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Adds a delivery; false where the same was added before.
pub async fn add(tx: &mut Tx, delivery: &WebhookDelivery, key: &str) -> Result<bool> {
    let added = affected!(tx, |c| sqlx::query(
        "INSERT INTO webhook_delivery (id, webhook_id, event, event_key, text, path, items, at, state, attempts, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (webhook_id, event_key) DO NOTHING"
    )
    .bind(delivery.id)
    .bind(delivery.webhook_id)
    .bind(delivery.event)
    .bind(key)
    .bind(&delivery.text)
    .bind(&delivery.path)
    .bind(delivery.items)
    .bind(delivery.at)
    .bind(delivery.state)
    .bind(delivery.attempts)
    .bind(delivery.due_at)
    .execute(c)
    .await)?;
    Ok(added == 1)
}

/// A webhook's newest deliveries.
pub async fn list_deliveries(tx: &mut Tx, id: WebhookId, most: i64) -> Result<Vec<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE webhook_id = $1 ORDER BY at DESC, id DESC LIMIT $2");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(id).bind(most).fetch_all(c).await)?)
}

/// One delivery.
pub async fn find_delivery(tx: &mut Tx, id: DeliveryId) -> Result<Option<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE id = $1");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(id).fetch_optional(c).await)?)
}

/// A webhook's deliveries that wait, the longest due first.
pub async fn list_waiting(tx: &mut Tx, id: WebhookId) -> Result<Vec<WebhookDelivery>> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_delivery WHERE webhook_id = $1 AND state = 'waiting' ORDER BY due_at, id");
    Ok(sql!(tx, |c| sqlx::query_as(AssertSqlSafe(statement.clone())).bind(id).fetch_all(c).await)?)
}

/// Records how a sending ended.
pub async fn record_attempt(tx: &mut Tx, delivery: &WebhookDelivery) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "UPDATE webhook_delivery SET state = $2, attempts = $3, due_at = $4, ended_at = $5, error = $6 WHERE id = $1"
    )
    .bind(delivery.id)
    .bind(delivery.state)
    .bind(delivery.attempts)
    .bind(delivery.due_at)
    .bind(delivery.ended_at)
    .bind(&delivery.error)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Deletes deliveries of before. Gives how many.
pub async fn purge(tx: &mut Tx, before: Time) -> Result<u64> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM webhook_delivery WHERE at < $1").bind(before).execute(c).await)?)
}

/// The running webhooks of a program that want this event.
pub async fn list_subscribed(tx: &mut Tx, program: ProgramId, event: WebhookEvent) -> Result<Vec<Webhook>> {
    let mut found = list(tx, program).await?;
    found.retain(|webhook| webhook.paused_at.is_none() && webhook.wants(event));
    Ok(found)
}

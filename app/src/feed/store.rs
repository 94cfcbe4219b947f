//! The tables `feed` and `feed_delivery`.

use super::Feed;
use crate::clock::Time;
use crate::db::{Table, Tx};
use crate::error::Result;
use crate::ids::{FeedId, ImportRunId};
use crate::{affected, sql};

/// The tables written here.
pub const TABLES: &[Table] = &[
    Table::plain(
        "feed",
        &[
            "id",
            "program_id",
            "name",
            "version",
            "created_at",
            "created_by",
            "closed_at",
            "received",
            "received_at",
            "refused",
            "refused_at",
            "refused_why",
        ],
    ),
    Table::plain("feed_delivery", &["feed_id", "delivery_id", "run_id", "received_at"]),
];

/// One feed.
pub async fn find(tx: &mut Tx, id: FeedId) -> Result<Option<Feed>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM feed WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// All feeds, open ones first, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Feed>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM feed ORDER BY closed_at IS NOT NULL, lower(name), id").fetch_all(c).await)?)
}

/// Adds a feed.
pub async fn create(tx: &mut Tx, feed: &Feed) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO feed (id, program_id, name, version, created_at, created_by, received, refused) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)"
    )
    .bind(feed.id)
    .bind(feed.program_id)
    .bind(&feed.name)
    .bind(feed.version)
    .bind(feed.created_at)
    .bind(feed.created_by)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Makes the secret a new one. Says whether the feed is open.
pub async fn renew(tx: &mut Tx, id: FeedId) -> Result<bool> {
    let changed = affected!(tx, |c| {
        sqlx::query("UPDATE feed SET version = version + 1 WHERE id = $1 AND closed_at IS NULL").bind(id).execute(c).await
    })?;
    Ok(changed == 1)
}

/// Closes a feed for good. Says whether it was open.
pub async fn close(tx: &mut Tx, id: FeedId, now: Time) -> Result<bool> {
    let changed = affected!(tx, |c| {
        sqlx::query("UPDATE feed SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL").bind(id).bind(now).execute(c).await
    })?;
    Ok(changed == 1)
}

/// Notes that a delivery was refused, and why.
pub async fn refuse(tx: &mut Tx, id: FeedId, now: Time, why: &str) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE feed SET refused = refused + 1, refused_at = $2, refused_why = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(why)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The import that a delivery became, if it came before.
pub async fn find_delivery(tx: &mut Tx, feed: FeedId, delivery: &str) -> Result<Option<ImportRunId>> {
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT run_id FROM feed_delivery WHERE feed_id = $1 AND delivery_id = $2")
        .bind(feed)
        .bind(delivery)
        .fetch_optional(c)
        .await)?)
}

/// Notes a delivery and the import that it becomes. Says whether it is the first with this id.
pub async fn deliver(tx: &mut Tx, feed: FeedId, delivery: &str, run: ImportRunId, now: Time) -> Result<bool> {
    let added = affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO feed_delivery (feed_id, delivery_id, run_id, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (feed_id, delivery_id) DO NOTHING",
    )
    .bind(feed)
    .bind(delivery)
    .bind(run)
    .bind(now)
    .execute(c)
    .await
    })?;
    if added == 1 {
        sql!(tx, |c| {
            sqlx::query("UPDATE feed SET received = received + 1, received_at = $2 WHERE id = $1")
                .bind(feed)
                .bind(now)
                .execute(c)
                .await
                .map(|_| ())
        })?;
    }
    Ok(added == 1)
}

/// Forgets deliveries that are too old to be sent again. Gives how many.
pub async fn forget(tx: &mut Tx, before: Time) -> Result<u64> {
    Ok(affected!(tx, |c| sqlx::query("DELETE FROM feed_delivery WHERE received_at < $1").bind(before).execute(c).await)?)
}

//! The table `access_link`.

use uuid::Uuid;

use super::{Link, Purpose};
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::LinkId;
use crate::sql;

/// The tables written here.
pub const TABLES: &[Table] = &[Table::plain(
    "access_link",
    &["id", "purpose", "subject_id", "version", "token_hash", "created_at", "expires_at", "revoked_at", "opened_at", "opened_by"],
)];

const COLUMNS: &str = "SELECT id, purpose, subject_id, version, created_at, expires_at, revoked_at, opened_at, opened_by FROM access_link";

/// The link with this fingerprint.
pub async fn find_by_hash(tx: &mut Tx, token_hash: &str) -> Result<Option<Link>> {
    let statement = select("WHERE token_hash = $1");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(token_hash).fetch_optional(c).await)?)
}

/// The link with this id.
pub async fn find(tx: &mut Tx, id: LinkId) -> Result<Option<Link>> {
    let statement = select("WHERE id = $1");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(id).fetch_optional(c).await)?)
}

/// The newest link of a purpose for a thing that has not been revoked.
pub async fn find_current(tx: &mut Tx, purpose: Purpose, subject: Uuid) -> Result<Option<Link>> {
    let statement = select("WHERE subject_id = $1 AND purpose = $2 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1");
    Ok(sql!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(statement.clone())).bind(subject).bind(purpose).fetch_optional(c).await)?)
}

/// Stores a new link and its fingerprint.
pub async fn create(tx: &mut Tx, link: &Link, token_hash: &str) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO access_link (id, purpose, subject_id, version, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(link.id)
    .bind(link.purpose)
    .bind(link.subject_id)
    .bind(link.version)
    .bind(token_hash)
    .bind(link.created_at)
    .bind(link.expires_at)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Marks the first time a link was followed.
pub async fn open(tx: &mut Tx, id: LinkId, now: Time) -> Result<()> {
    open_in(tx, id, now, None).await
}

/// Marks the first time a link was followed, and in which browser.
pub async fn open_in(tx: &mut Tx, id: LinkId, now: Time, browser: Option<&str>) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE access_link SET opened_at = $2, opened_by = $3 WHERE id = $1 AND opened_at IS NULL")
        .bind(id)
        .bind(now)
        .bind(browser)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Whether a link of a purpose for a thing was followed and has not been revoked since, also one that has expired.
pub async fn is_followed(tx: &mut Tx, purpose: Purpose, subject: Uuid) -> Result<bool> {
    let found: Option<i64> = sql!(tx, |c| {
        sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM access_link WHERE subject_id = $1 AND purpose = $2 AND opened_at IS NOT NULL AND revoked_at IS NULL LIMIT 1"
    )
    .bind(subject)
    .bind(purpose)
    .fetch_optional(c)
    .await
    })?;
    Ok(found.is_some())
}

/// Revokes every link of a purpose for a thing.
pub async fn revoke(tx: &mut Tx, purpose: Purpose, subject: Uuid, now: Time) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE access_link SET revoked_at = $3 WHERE purpose = $1 AND subject_id = $2 AND revoked_at IS NULL")
        .bind(purpose)
        .bind(subject)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Deletes links that expired or were revoked before and that nothing names any more: no invitation, report, email or signed-in device. Gives how many.
pub async fn purge_links(tx: &mut Tx, before: Time) -> Result<u64> {
    Ok(crate::affected!(tx, |c| sqlx::query(
        "DELETE FROM access_link WHERE (expires_at < $1 OR revoked_at < $1)
             AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM report_copy r WHERE r.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM signed_in_device l WHERE l.link_id = access_link.id)"
    )
    .bind(before)
    .execute(c)
    .await)?)
}

fn select(clause: &str) -> String {
    format!("{COLUMNS} {clause}")
}

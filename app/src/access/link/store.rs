//! The table `access_link`.

use uuid::Uuid;

use sqlx::AssertSqlSafe;

use super::{Link, Purpose};
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::LinkId;

pub const TABLES: &[Table] = &[Table::plain(
    "access_link",
    &["id", "purpose", "subject_id", "version", "token_hash", "created_at", "expires_at", "revoked_at", "opened_at", "opened_by"],
)];

const COLUMNS: &str = "SELECT id, purpose, subject_id, version, created_at, expires_at, revoked_at, opened_at, opened_by FROM access_link";

pub async fn find_by_hash(tx: &mut Tx, token_hash: &str) -> Result<Option<Link>> {
    let statement = select("WHERE token_hash = $1");
    tx.find(AssertSqlSafe(statement), &[token_hash.into()]).await
}

pub async fn find(tx: &mut Tx, id: LinkId) -> Result<Option<Link>> {
    let statement = select("WHERE id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// The newest link of a purpose for a thing that has not been revoked.
pub async fn find_current(tx: &mut Tx, purpose: Purpose, subject: Uuid) -> Result<Option<Link>> {
    let statement = select("WHERE subject_id = $1 AND purpose = $2 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.find(AssertSqlSafe(statement), &[subject.into(), purpose.into()]).await
}

pub async fn create(tx: &mut Tx, link: &Link, token_hash: &str) -> Result<()> {
    tx.run(
        "INSERT INTO access_link (id, purpose, subject_id, version, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            link.id.into(), link.purpose.into(), link.subject_id.into(), link.version.into(), token_hash.into(),
            link.created_at.into(), link.expires_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Marks the first time a link was followed.
pub async fn open(tx: &mut Tx, id: LinkId, now: Time) -> Result<()> {
    open_in(tx, id, now, None).await
}

/// Marks the first time a link was followed, and in which browser.
pub async fn open_in(tx: &mut Tx, id: LinkId, now: Time, browser: Option<&str>) -> Result<()> {
    tx.run(
        "UPDATE access_link SET opened_at = $2, opened_by = $3 WHERE id = $1 AND opened_at IS NULL",
        &[id.into(), now.into(), browser.into()],
    )
    .await?;
    Ok(())
}

/// Whether a link of a purpose for a thing was followed and has not been revoked since, also one that has expired.
pub async fn is_followed(tx: &mut Tx, purpose: Purpose, subject: Uuid) -> Result<bool> {
    let found: Option<i64> = tx.find_value(
        "SELECT CAST(1 AS BIGINT) FROM access_link WHERE subject_id = $1 AND purpose = $2 AND opened_at IS NOT NULL AND revoked_at IS NULL LIMIT 1",
        &[subject.into(), purpose.into()],
    )
    .await?;
    Ok(found.is_some())
}

/// Revokes every link of a purpose for a thing.
pub async fn revoke(tx: &mut Tx, purpose: Purpose, subject: Uuid, now: Time) -> Result<()> {
    tx.run(
        "UPDATE access_link SET revoked_at = $3 WHERE purpose = $1 AND subject_id = $2 AND revoked_at IS NULL",
        &[purpose.into(), subject.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Deletes links that expired or were revoked before `before` and that no invitation, report, email or signed-in device uses. Returns how many.
pub async fn purge_links(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM access_link WHERE (expires_at < $1 OR revoked_at < $1)
             AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM report_copy r WHERE r.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.link_id = access_link.id)
             AND NOT EXISTS (SELECT 1 FROM signed_in_device l WHERE l.link_id = access_link.id)",
        &[before.into()],
    )
    .await
}

fn select(clause: &str) -> String {
    format!("{COLUMNS} {clause}")
}

//! The tables `response`, `response_version` and `delivery`.

use sqlx::AssertSqlSafe;

use super::{CommitmentDelivery, ResponseVersion};
use crate::db::{DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, HeardId, ProgramId, ResponseId, VersionId};

pub const TABLES: &[Table] = &[
    Table::plain("response", &["id", "heard_id", "created_at"]),
    Table {
        name: "response_version",
        people: &[
            (DataSubject::Account, "drafted_by"),
            // Drafted by an owner with a link.
            (DataSubject::Owner, "CASE WHEN drafted_by IS NULL THEN heard_id END"),
        ],
        personal: &[("drafted_as", Erase::Text("Former colleague"))],
        columns: &[
            "id",
            "response_id",
            "heard_id",
            "number",
            "kind",
            "text",
            "link",
            "decline_reason",
            "owner",
            "due",
            "change_reason",
            "revision",
            "drafted_by",
            "drafted_at",
            "submitted_at",
            "returned_at",
            "return_reason",
            "published_by",
            "published_at",
        ],
    },
    Table::plain("delivery", &["response_id", "evidence", "revision", "claimed_by", "claimed_at", "confirmed_by", "confirmed_at"]),
];

const SELECT: &str = "SELECT v.id, v.response_id, r.heard_id, v.number, v.kind, v.text, v.link, v.decline_reason, v.owner, v.due, v.change_reason, v.revision,
    v.drafted_by, v.drafted_as, v.drafted_at, v.submitted_at, v.returned_at, v.return_reason, v.published_by, v.published_at
    FROM response_version v JOIN response r ON r.id = v.response_id";

pub async fn find(tx: &mut Tx, id: VersionId) -> Result<Option<ResponseVersion>> {
    let statement = format!("{SELECT} WHERE v.id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// Every version of every response to an item, oldest first.
pub async fn list(tx: &mut Tx, heard: HeardId) -> Result<Vec<ResponseVersion>> {
    let statement = format!("{SELECT} WHERE r.heard_id = $1 ORDER BY r.created_at, r.id, v.number");
    tx.list(AssertSqlSafe(statement), &[heard.into()]).await
}

/// Every version of a program's responses, oldest first within each item.
pub async fn list_program(tx: &mut Tx, program: ProgramId) -> Result<Vec<ResponseVersion>> {
    let statement = format!(
        "{SELECT} JOIN heard_item h ON h.id = r.heard_id WHERE h.program_id = $1 ORDER BY r.heard_id, r.created_at, r.id, v.number"
    );
    tx.list(AssertSqlSafe(statement), &[program.into()]).await
}

/// The newest published version that answers an item.
pub async fn find_current(tx: &mut Tx, heard: HeardId) -> Result<Option<ResponseVersion>> {
    let statement = format!(
        "{SELECT} WHERE r.heard_id = $1 AND v.published_at IS NOT NULL ORDER BY v.published_at DESC, v.number DESC, v.id DESC LIMIT 1"
    );
    tx.find(AssertSqlSafe(statement), &[heard.into()]).await
}

/// The version of an item that is being drafted or reviewed.
pub async fn find_unpublished(tx: &mut Tx, heard: HeardId) -> Result<Option<ResponseVersion>> {
    let statement = format!("{SELECT} WHERE r.heard_id = $1 AND v.published_at IS NULL ORDER BY v.drafted_at DESC, v.id DESC LIMIT 1");
    tx.find(AssertSqlSafe(statement), &[heard.into()]).await
}

/// Adds a response without versions.
pub async fn create(tx: &mut Tx, id: ResponseId, heard: HeardId, now: Time) -> Result<()> {
    tx.run("INSERT INTO response (id, heard_id, created_at) VALUES ($1, $2, $3)", &[id.into(), heard.into(), now.into()]).await?;
    Ok(())
}

/// Adds a draft. False when the item has a version that is not published yet, or the response one with this number: a concurrent request won.
pub async fn create_version(tx: &mut Tx, version: &ResponseVersion) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO response_version (id, response_id, heard_id, number, kind, text, link, decline_reason, owner, due, change_reason, revision, drafted_by, drafted_as,
             drafted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
        &[
            version.id.into(), version.response_id.into(), version.heard_id.into(), version.number.into(),
            version.kind.into(), version.text.as_str().into(), version.link.as_deref().into(),
            version.decline_reason.into(), version.owner.as_deref().into(), version.due.into(),
            version.change_reason.as_deref().into(), version.revision.into(), version.drafted_by.into(),
            version.drafted_as.as_str().into(), version.drafted_at.into(),
        ],
    )
    .await?;
    Ok(added == 1)
}

/// Saves an unpublished version, unless someone else saved since `version.revision` was read. Says whether it did.
pub async fn update(tx: &mut Tx, version: &ResponseVersion) -> Result<bool> {
    let saved = tx
        .run(
            "UPDATE response_version SET kind = $3, text = $4, link = $5, decline_reason = $6, owner = $7, due = $8, change_reason = $9,
             drafted_by = $10, drafted_as = $11, submitted_at = $12, returned_at = $13, return_reason = $14, revision = revision + 1
         WHERE id = $1 AND revision = $2 AND published_at IS NULL",
            &[
                version.id.into(),
                version.revision.into(),
                version.kind.into(),
                version.text.as_str().into(),
                version.link.as_deref().into(),
                version.decline_reason.into(),
                version.owner.as_deref().into(),
                version.due.into(),
                version.change_reason.as_deref().into(),
                version.drafted_by.into(),
                version.drafted_as.as_str().into(),
                version.submitted_at.into(),
                version.returned_at.into(),
                version.return_reason.as_deref().into(),
            ],
        )
        .await?;
    Ok(saved == 1)
}

/// Publishes a version exactly as it was reviewed. False when it has changed since, or is published already.
pub async fn publish(tx: &mut Tx, id: VersionId, revision: i64, by: Option<AccountId>, now: Time) -> Result<bool> {
    let published = tx
        .run(
            "UPDATE response_version SET published_at = $3, published_by = $4, revision = revision + 1
         WHERE id = $1 AND revision = $2 AND published_at IS NULL AND submitted_at IS NOT NULL",
            &[id.into(), revision.into(), now.into(), by.into()],
        )
        .await?;
    Ok(published == 1)
}

/// The delivery of a response's promise, if one was claimed.
pub async fn find_delivery(tx: &mut Tx, response: ResponseId) -> Result<Option<CommitmentDelivery>> {
    tx.find(
        "SELECT response_id, evidence, revision, claimed_by, claimed_at, confirmed_by, confirmed_at FROM delivery WHERE response_id = $1",
        &[response.into()],
    )
    .await
}

/// The deliveries of a program's promises.
pub async fn list_deliveries(tx: &mut Tx, program: ProgramId) -> Result<Vec<CommitmentDelivery>> {
    tx.list(
        "SELECT d.response_id, d.evidence, d.revision, d.claimed_by, d.claimed_at, d.confirmed_by, d.confirmed_at
         FROM delivery d JOIN response r ON r.id = d.response_id JOIN heard_item h ON h.id = r.heard_id WHERE h.program_id = $1",
        &[program.into()],
    )
    .await
}

/// Adds the first evidence. False when there is some already.
pub async fn claim(tx: &mut Tx, delivery: &CommitmentDelivery) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO delivery (response_id, evidence, revision, claimed_by, claimed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (response_id) DO NOTHING",
            &[
                delivery.response_id.into(),
                delivery.evidence.as_str().into(),
                delivery.revision.into(),
                delivery.claimed_by.into(),
                delivery.claimed_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Replaces evidence of revision `seen` by other evidence. False when it was confirmed or replaced since.
pub async fn replace_claim(tx: &mut Tx, delivery: &CommitmentDelivery, seen: i64) -> Result<bool> {
    let replaced = tx
        .run(
            "UPDATE delivery SET evidence = $3, claimed_by = $4, claimed_at = $5, revision = revision + 1
         WHERE response_id = $1 AND revision = $2 AND confirmed_at IS NULL",
            &[
                delivery.response_id.into(),
                seen.into(),
                delivery.evidence.as_str().into(),
                delivery.claimed_by.into(),
                delivery.claimed_at.into(),
            ],
        )
        .await?;
    Ok(replaced == 1)
}

/// Confirms the evidence of revision `seen`. False when there is none, it was replaced or confirmed since, or `by` showed it.
pub async fn confirm(tx: &mut Tx, response: ResponseId, seen: i64, by: Option<AccountId>, now: Time) -> Result<bool> {
    let confirmed = tx
        .run(
            "UPDATE delivery SET confirmed_by = $3, confirmed_at = $4, revision = revision + 1
         WHERE response_id = $1 AND revision = $2 AND confirmed_at IS NULL AND claimed_by IS DISTINCT FROM $3",
            &[response.into(), seen.into(), by.into(), now.into()],
        )
        .await?;
    Ok(confirmed == 1)
}

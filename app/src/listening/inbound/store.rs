//! The tables `inbound_integration` and `inbound_delivery`.

use super::InboundIntegration;
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{ImportRunId, InboundIntegrationId};

pub const TABLES: &[Table] = &[
    Table::plain(
        "inbound_integration",
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
    Table::plain("inbound_delivery", &["integration_id", "delivery_id", "run_id", "received_at"]),
];

pub async fn find(tx: &mut Tx, id: InboundIntegrationId) -> Result<Option<InboundIntegration>> {
    tx.find("SELECT * FROM inbound_integration WHERE id = $1", &[id.into()]).await
}

/// All integrations, open ones first, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<InboundIntegration>> {
    tx.list("SELECT * FROM inbound_integration ORDER BY closed_at IS NOT NULL, lower(name), id", &[]).await
}

pub async fn create(tx: &mut Tx, integration: &InboundIntegration) -> Result<()> {
    tx.run(
        "INSERT INTO inbound_integration (id, program_id, name, version, created_at, created_by, received, refused) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
        &[
            integration.id.into(), integration.program_id.into(), integration.name.as_str().into(),
            integration.version.into(), integration.created_at.into(), integration.created_by.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Makes the secret a new one. Says whether the integration is open.
pub async fn renew(tx: &mut Tx, id: InboundIntegrationId) -> Result<bool> {
    let changed = tx.run("UPDATE inbound_integration SET version = version + 1 WHERE id = $1 AND closed_at IS NULL", &[id.into()]).await?;
    Ok(changed == 1)
}

/// Closes an integration for good. Says whether it was open.
pub async fn close(tx: &mut Tx, id: InboundIntegrationId, now: Time) -> Result<bool> {
    let changed =
        tx.run("UPDATE inbound_integration SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", &[id.into(), now.into()]).await?;
    Ok(changed == 1)
}

/// Notes that a delivery was refused, and why.
pub async fn refuse(tx: &mut Tx, id: InboundIntegrationId, now: Time, why: &str) -> Result<()> {
    tx.run(
        "UPDATE inbound_integration SET refused = refused + 1, refused_at = $2, refused_why = $3 WHERE id = $1",
        &[id.into(), now.into(), why.into()],
    )
    .await?;
    Ok(())
}

/// The import that a delivery became, if it came before.
pub async fn find_delivery(tx: &mut Tx, integration: InboundIntegrationId, delivery: &str) -> Result<Option<ImportRunId>> {
    tx.find_value(
        "SELECT run_id FROM inbound_delivery WHERE integration_id = $1 AND delivery_id = $2",
        &[integration.into(), delivery.into()],
    )
    .await
}

/// Notes a delivery and the import that it becomes. Says whether it is the first with this id.
pub async fn deliver(tx: &mut Tx, integration: InboundIntegrationId, delivery: &str, run: ImportRunId, now: Time) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO inbound_delivery (integration_id, delivery_id, run_id, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (integration_id, delivery_id) DO NOTHING",
        &[integration.into(), delivery.into(), run.into(), now.into()],
    )
    .await?;
    if added == 1 {
        tx.run("UPDATE inbound_integration SET received = received + 1, received_at = $2 WHERE id = $1", &[integration.into(), now.into()])
            .await?;
    }
    Ok(added == 1)
}

/// Deletes delivery ids received before a time. Returns how many.
pub async fn purge_deliveries(tx: &mut Tx, before: Time) -> Result<u64> {
    tx.run("DELETE FROM inbound_delivery WHERE received_at < $1", &[before.into()]).await
}

//! The tables `erasure` and `erasure_plan`, and the queries of an erasure over all tables.

mod naming;
mod person;

use sqlx::types::Json;
use uuid::Uuid;

use super::UncertainTrace;
use crate::db::{Cell, DataSubject, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{ErasureId, ErasurePlanId, PanelDayId, PanelistId};
pub use naming::{NamingPost, NamingText, list_named, list_naming_mentions, list_unsure, replace_mentions, replace_named};
pub(super) use person::{IdentifyingWord, have_same_name, words};
pub use person::{find_by_email, find_by_handle, find_by_id, find_by_name, find_handle, together};

pub const TABLES: &[Table] = &[
    Table::plain("erasure", &["id", "subject_kind", "subject_id", "at"]),
    Table::plain("erasure_plan", &["id", "parts", "asked_by", "asked_at", "ended_at", "unsure"]),
];

pub type PersonRow = (DataSubject, Uuid);

/// Ends a person's links and signed-in devices, takes their email out of the queue, and closes an account.
pub async fn end_links(tx: &mut Tx, now: Time, part: PersonRow) -> Result<()> {
    const LINKS: [&str; 2] = [
        "UPDATE signed_in_device SET revoked_at = $2 WHERE revoked_at IS NULL AND link_id IN (SELECT id FROM access_link WHERE subject_id = $1)",
        "UPDATE access_link SET revoked_at = $2 WHERE subject_id = $1 AND revoked_at IS NULL",
    ];
    // No reason is stored: erasing deletes it with the recipient.
    const QUEUED_EMAILS: &str = "UPDATE outbox SET state = 'failed', due_at = $2 WHERE subject_id = $1 AND state = 'queued'";
    let own: &[&str] = match part.0 {
        DataSubject::Recipient => &["UPDATE outbox SET state = 'failed', due_at = $2 WHERE id = $1 AND state = 'queued'"],
        DataSubject::Nominated => &[],
        DataSubject::Account => &[QUEUED_EMAILS, "UPDATE account SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL"],
        _ => &[QUEUED_EMAILS],
    };
    for statement in LINKS.iter().chain(own) {
        tx.run(*statement, &[part.1.into(), now.into()]).await?;
    }
    Ok(())
}

/// Frees a seat that was not used.
pub async fn leave_seat(tx: &mut Tx, now: Time, panelist: PanelistId) -> Result<()> {
    const LEAVE: &str = "UPDATE panelist SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL AND attendance IS NULL";
    tx.run(LEAVE, &[panelist.into(), now.into()]).await?;
    Ok(())
}

/// Whether these accounts hold the last open administrator's.
pub async fn are_last_administrators(tx: &mut Tx, accounts: &[Uuid]) -> Result<bool> {
    let open: Vec<Uuid> = tx.list_values("SELECT id FROM account WHERE role = 'administrator' AND closed_at IS NULL", &[]).await?;
    Ok(open.iter().any(|id| accounts.contains(id)) && open.iter().all(|id| accounts.contains(id)))
}

/// The panel day of a panelist who holds a seat there.
pub async fn find_seat(tx: &mut Tx, id: PanelistId) -> Result<Option<PanelDayId>> {
    tx.find_value("SELECT panel_day_id FROM panelist WHERE id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL", &[id.into()]).await
}

/// Remembers, by id alone, that a row was erased.
pub async fn create(tx: &mut Tx, now: Time, part: PersonRow) -> Result<()> {
    tx.run(
        "INSERT INTO erasure (id, subject_kind, subject_id, at) VALUES ($1, $2, $3, $4)",
        &[ErasureId::new().into(), part.0.as_str().into(), part.1.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Everything that was ever erased, and when, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<(PersonRow, Time)>> {
    let rows: Vec<(String, Uuid, Time)> = tx.list("SELECT subject_kind, subject_id, at FROM erasure ORDER BY at, id", &[]).await?;
    Ok(rows.into_iter().filter_map(|(word, id, at)| Some(((DataSubject::from_word(&word)?, id), at))).collect())
}

/// Since when an item has its owner.
pub async fn find_owned_at(tx: &mut Tx, item: Uuid) -> Result<Option<Time>> {
    let found: Option<Option<Time>> = tx.find_value("SELECT owned_at FROM heard_item WHERE id = $1", &[item.into()]).await?;
    Ok(found.flatten())
}

/// Keeps an erasure to be carried out.
pub async fn create_plan(tx: &mut Tx, now: Time, by: Option<Uuid>, parts: &[PersonRow]) -> Result<ErasurePlanId> {
    let id = ErasurePlanId::new();
    tx.run(
        "INSERT INTO erasure_plan (id, parts, asked_by, asked_at, unsure) VALUES ($1, $2, $3, $4, $5)",
        &[id.into(), Cell::json(parts)?, by.into(), now.into(), serde_json::json!([]).into()],
    )
    .await?;
    Ok(id)
}

/// The rows that an erasure is about, unless it has ended.
pub async fn find_plan(tx: &mut Tx, id: ErasurePlanId) -> Result<Option<Vec<PersonRow>>> {
    let parts: Option<Json<Vec<PersonRow>>> =
        tx.find_value("SELECT parts FROM erasure_plan WHERE id = $1 AND ended_at IS NULL", &[id.into()]).await?;
    Ok(parts.map(|parts| parts.0))
}

/// Records how an erasure ended.
pub async fn end_plan(tx: &mut Tx, id: ErasurePlanId, now: Time, unsure: &[UncertainTrace]) -> Result<()> {
    tx.run("UPDATE erasure_plan SET ended_at = $2, unsure = $3 WHERE id = $1", &[id.into(), now.into(), Cell::json(unsure)?]).await?;
    Ok(())
}

/// How many erasures are still to be carried out, and the rows that those since `since` were unsure of.
pub async fn list_left(tx: &mut Tx, since: Time) -> Result<(i64, Vec<UncertainTrace>)> {
    let waiting = tx.value("SELECT COUNT(*) FROM erasure_plan WHERE ended_at IS NULL", &[]).await?;
    let unsure: Vec<Json<Vec<UncertainTrace>>> =
        tx.list_values("SELECT unsure FROM erasure_plan WHERE ended_at >= $1 ORDER BY ended_at", &[since.into()]).await?;
    Ok((waiting, unsure.into_iter().flat_map(|unsure| unsure.0).collect()))
}

/// Rows that the tests of erasing need as they are.
#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::kernel::clock::now;
    use crate::kernel::ids::{HeardId, ProgramId};

    /// Changes something behind the acts' back.
    pub async fn change(tx: &mut Tx, statement: &'static str) {
        tx.run(statement, &[]).await.map(drop).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// The texts that a query finds.
    pub async fn texts(tx: &mut Tx, query: &'static str) -> Vec<String> {
        tx.list_values(query, &[]).await.expect(query)
    }

    /// A customer of the one program.
    pub async fn customer(tx: &mut Tx, name: &str, email: &str) -> Uuid {
        let id = Uuid::now_v7();
        tx.run(
            "INSERT INTO customer (id, program_id, external_ref, name, email, products, owns_products, consents_to_contact, created_at)
             SELECT $1, id, 'c1', $2, $3, '', $4, $4, $5 FROM program",
            &[id.into(), name.into(), email.into(), true.into(), now().into()],
        )
        .await
        .map(drop)
        .expect("a customer");
        id
    }

    /// A heard item, open, with these words.
    pub async fn open_item(tx: &mut Tx, program: ProgramId, day: PanelDayId, number: i64, text: &str) -> HeardId {
        let id = HeardId::new();
        tx.run(
            "INSERT INTO heard_item (id, program_id, panel_day_id, number, text, opened_at, revision, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $6)",
            &[id.into(), program.into(), day.into(), number.into(), text.into(), now().into()],
        )
        .await
        .map(drop)
        .expect("an item");
        id
    }
}

//! The table `candidate`.

use sqlx::AssertSqlSafe;

use super::{Candidate, CandidateIdentity};
use crate::db::{Cell, DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{CandidateId, PanelDayId};
use crate::program::Segment;

/// The tables written here. A candidate shares the id of the panelist they may become.
pub const TABLES: &[Table] = &[Table {
    name: "candidate",
    people: &[(DataSubject::Candidate, "id"), (DataSubject::Author, "author_id"), (DataSubject::Customer, "customer_id")],
    personal: &[
        ("author_id", Erase::Null),
        ("customer_id", Erase::Null),
        ("name", Erase::Text("Erased")),
        ("reasons", Erase::Text("[]")),
        ("remark", Erase::Text("")),
        ("removed_reason", Erase::Null),
    ],
    columns: &["id", "panel_day_id", "segment", "added_by", "added_at", "removed_at"],
}];

/// A candidate, removed or not.
pub async fn find(tx: &mut Tx, id: CandidateId) -> Result<Option<Candidate>> {
    tx.find("SELECT * FROM candidate WHERE id = $1", &[id.into()]).await
}

/// The shortlist of a day with the removed candidates, in the order of adding.
pub async fn list(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Candidate>> {
    tx.list("SELECT * FROM candidate WHERE panel_day_id = $1 ORDER BY added_at, id", &[day.into()]).await
}

pub async fn count(tx: &mut Tx, day: PanelDayId) -> Result<Vec<(Segment, i64)>> {
    tx.list("SELECT segment, COUNT(*) FROM candidate WHERE panel_day_id = $1 AND removed_at IS NULL GROUP BY segment", &[day.into()]).await
}

pub async fn count_days(tx: &mut Tx) -> Result<Vec<(PanelDayId, i64)>> {
    tx.list("SELECT panel_day_id, COUNT(*) FROM candidate WHERE removed_at IS NULL GROUP BY panel_day_id", &[]).await
}

/// The candidate of this person on that day, removed or not.
pub async fn find_who(tx: &mut Tx, day: PanelDayId, who: CandidateIdentity) -> Result<Option<Candidate>> {
    let (column, id) = match who {
        CandidateIdentity::Author(id) => ("author_id", id.0),
        CandidateIdentity::Customer(id) => ("customer_id", id.0),
    };
    let statement = format!("SELECT * FROM candidate WHERE panel_day_id = $1 AND {column} = $2");
    tx.find(AssertSqlSafe(statement), &[day.into(), id.into()]).await
}

/// False if the same person is or was on that day's list.
pub async fn create(tx: &mut Tx, candidate: &Candidate) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO candidate (id, panel_day_id, author_id, customer_id, name, segment, reasons, remark, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            &[
                candidate.id.into(),
                candidate.panel_day_id.into(),
                candidate.author_id.into(),
                candidate.customer_id.into(),
                candidate.name.as_str().into(),
                candidate.segment.into(),
                Cell::json(&candidate.reasons)?,
                candidate.remark.as_str().into(),
                candidate.added_by.into(),
                candidate.added_at.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Restores a removed candidate with today's reasons. False if they are on the list.
pub async fn restore(tx: &mut Tx, candidate: &Candidate) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE candidate SET name = $2, segment = $3, reasons = $4, remark = $5, added_by = $6, added_at = $7,
             removed_at = NULL, removed_reason = NULL
         WHERE id = $1 AND removed_at IS NOT NULL",
            &[
                candidate.id.into(),
                candidate.name.as_str().into(),
                candidate.segment.into(),
                Cell::json(&candidate.reasons)?,
                candidate.remark.as_str().into(),
                candidate.added_by.into(),
                candidate.added_at.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// False if the candidate is removed already.
pub async fn remove(tx: &mut Tx, id: CandidateId, now: Time, reason: &str) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE candidate SET removed_at = $2, removed_reason = $3 WHERE id = $1 AND removed_at IS NULL",
            &[id.into(), now.into(), reason.into()],
        )
        .await?;
    Ok(changed == 1)
}

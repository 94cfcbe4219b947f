//! The tables `assessment`, `segment_count` and `segment_setting`, and the ranking over the first.

mod counts;
mod ranking;

use serde_json::json;

use super::{Assessment, SegmentOrigin, SegmentSettings};
use crate::db::{Cell, DataSubject, Erase, Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AssessmentId, AuthorId, CustomerId, ProgramId};

pub use self::counts::{SegmentCountChange, SegmentPlace, change, count_segments, recount, uncount};
pub use self::ranking::{MAX_COUNTED, SegmentFilter, SegmentOrder, SegmentSearch, count, find_score, rank};

/// The tables written here. An assessment is deleted with its author or customer.
pub const TABLES: &[Table] = &[
    Table {
        name: "assessment",
        people: &[(DataSubject::Author, "author_id"), (DataSubject::Customer, "customer_id")],
        personal: &[("reasons", Erase::Row)],
        columns: &[
            "id",
            "program_id",
            "author_id",
            "customer_id",
            "segment",
            "score",
            "confidence",
            "origin",
            "by_account",
            "at",
            "superseded_at",
        ],
    },
    Table::plain("segment_count", &["program_id", "segment", "people"]),
    Table::plain("segment_setting", &["program_id", "settings", "revision", "changed_by", "changed_at"]),
];

/// Whom an assessment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssessedParty {
    Author(AuthorId),
    Customer(CustomerId),
}

/// The assessments in force of some authors.
pub async fn list_current(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<Assessment>> {
    current(tx, "author_id", authors.iter().map(|id| id.0).collect()).await
}

/// The assessments in force of some customers.
pub async fn list_current_customers(tx: &mut Tx, customers: &[CustomerId]) -> Result<Vec<Assessment>> {
    current(tx, "customer_id", customers.iter().map(|id| id.0).collect()).await
}

/// An author's assessment in force.
pub async fn find_author(tx: &mut Tx, id: AuthorId) -> Result<Option<Assessment>> {
    Ok(list_current(tx, &[id]).await?.pop())
}

/// A customer's assessment in force.
pub async fn find_customer(tx: &mut Tx, id: CustomerId) -> Result<Option<Assessment>> {
    Ok(list_current_customers(tx, &[id]).await?.pop())
}

async fn current(tx: &mut Tx, column: &'static str, ids: Vec<uuid::Uuid>) -> Result<Vec<Assessment>> {
    let statement = format!("SELECT * FROM assessment WHERE superseded_at IS NULL AND {column} IN ({{}})");
    tx.list_in(&statement, &[], &ids).await
}

/// All assessments of one author or customer, newest first.
pub async fn list_history(tx: &mut Tx, who: AssessedParty) -> Result<Vec<Assessment>> {
    let (statement, id) = match who {
        AssessedParty::Author(id) => ("SELECT * FROM assessment WHERE author_id = $1 ORDER BY at DESC, id DESC", id.0),
        AssessedParty::Customer(id) => ("SELECT * FROM assessment WHERE customer_id = $1 ORDER BY at DESC, id DESC", id.0),
    };
    tx.list(statement, &[id.into()]).await
}

/// Puts new assessments in force; those they replace are kept and dated. `replaced` are the ids of the latter.
pub async fn create(tx: &mut Tx, assessments: &[Assessment], replaced: &[AssessmentId], now: Time) -> Result<()> {
    tx.run_in("UPDATE assessment SET superseded_at = $1 WHERE id IN ({})", &[now.into()], replaced).await?;
    bulk::write(
        tx,
        "INSERT INTO assessment (id, program_id, author_id, customer_id, segment, score, confidence, reasons, origin, by_account, at) {}",
        assessments,
        |a| {
            [
                a.id.into(),
                a.program_id.into(),
                a.author_id.into(),
                a.customer_id.into(),
                a.segment.into(),
                a.score.into(),
                a.confidence.into(),
                json!(a.reasons).into(),
                a.origin.into(),
                a.by_account.into(),
                a.at.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Notes how what is said weighs now, which follows from its evidence and the settings: (assessment, score, confidence) each.
pub async fn weigh(tx: &mut Tx, weighed: &[(AssessmentId, f64, f64)]) -> Result<()> {
    bulk::write(
        tx,
        "UPDATE assessment SET score = d.column2, confidence = d.column3 FROM ({}) d WHERE assessment.id = d.column1",
        weighed,
        |(id, score, confidence)| [(*id).into(), (*score).into(), (*confidence).into()],
    )
    .await?;
    Ok(())
}

/// Whether an assessment by a person is in force.
#[must_use]
pub fn is_overruled(assessment: &Assessment) -> bool {
    assessment.origin == SegmentOrigin::Overruled && assessment.superseded_at.is_none()
}

/// Deletes all assessments of authors or customers that an undone import had brought.
pub async fn delete(tx: &mut Tx, who: &[AssessedParty]) -> Result<()> {
    uncount(tx, who).await?;
    for (column, ids) in columns(who) {
        tx.run_in(&format!("DELETE FROM assessment WHERE {column} IN ({{}})"), &[], &ids).await?;
    }
    Ok(())
}

/// Authors and customers, each with the column that names them.
fn columns(who: &[AssessedParty]) -> [(&'static str, Vec<uuid::Uuid>); 2] {
    let (mut authors, mut customers) = (Vec::new(), Vec::new());
    for one in who {
        match one {
            AssessedParty::Author(id) => authors.push(id.0),
            AssessedParty::Customer(id) => customers.push(id.0),
        }
    }
    [("author_id", authors), ("customer_id", customers)]
}

/// A program's settings as they are kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SavedSettings {
    #[sqlx(json)]
    pub settings: SegmentSettings,
    pub revision: i64,
    pub changed_by: Option<uuid::Uuid>,
    pub changed_at: Time,
}

/// The settings of a program, if they were changed.
pub async fn find_settings(tx: &mut Tx, program: ProgramId) -> Result<Option<SavedSettings>> {
    tx.find("SELECT settings, revision, changed_by, changed_at FROM segment_setting WHERE program_id = $1", &[program.into()]).await
}

pub async fn settings(tx: &mut Tx, program: ProgramId) -> Result<SegmentSettings> {
    Ok(find_settings(tx, program).await?.map_or_else(SegmentSettings::default, |kept| kept.settings))
}

/// Saves settings. False if `revision` is stale.
pub async fn save_settings(tx: &mut Tx, program: ProgramId, kept: &SavedSettings) -> Result<bool> {
    let changed = tx.run(
        "INSERT INTO segment_setting (program_id, settings, revision, changed_by, changed_at) VALUES ($1, $2, $3 + 1, $4, $5)
         ON CONFLICT (program_id) DO UPDATE SET settings = excluded.settings, revision = excluded.revision, changed_by = excluded.changed_by,
             changed_at = excluded.changed_at WHERE segment_setting.revision = $3",
        &[
            program.into(), Cell::json(&kept.settings)?, kept.revision.into(), kept.changed_by.into(),
            kept.changed_at.into(),
        ],
    )
    .await?;
    Ok(changed == 1)
}

//! One import: its state, how its rows ended, and what was odd about them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::failure::Failure;
use crate::kernel::ids::{ImportRunId, ProgramId};
use crate::listening::import::field::ImportKind;
use crate::listening::import::mapping::columns::ColumnMapping;
use crate::listening::import::row_reason::RowReason;

text_enum! {
    pub enum ImportState {
        Mapping = "mapping", "needs column mapping";
        Queued = "queued", "queued";
        Running = "running", "running";
        Finished = "finished", "finished";
        Failed = "failed", "failed";
        Cancelled = "cancelled", "cancelled";
        Undoing = "undoing", "being undone";
        Undone = "undone", "undone";
        Discarded = "discarded", "discarded";
    }
}

text_enum! {
    #[derive(Default)]
    pub enum RowOutcome {
        #[default]
        Created = "created", "created";
        Updated = "updated", "updated";
        Duplicate = "duplicate", "duplicate";
        Excluded = "excluded", "excluded";
        Rejected = "rejected", "rejected";
    }
}

/// How many rows ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub duplicate: i64,
    pub excluded: i64,
    pub rejected: i64,
}

impl ImportCounts {
    pub fn add(&mut self, outcome: RowOutcome) {
        self.rows += 1;
        *self.of(outcome) += 1;
    }

    fn of(&mut self, outcome: RowOutcome) -> &mut i64 {
        match outcome {
            RowOutcome::Created => &mut self.created,
            RowOutcome::Updated => &mut self.updated,
            RowOutcome::Duplicate => &mut self.duplicate,
            RowOutcome::Excluded => &mut self.excluded,
            RowOutcome::Rejected => &mut self.rejected,
        }
    }

    /// Adds up two.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.created += other.created;
        self.updated += other.updated;
        self.duplicate += other.duplicate;
        self.excluded += other.excluded;
        self.rejected += other.rejected;
    }
}

/// What was odd about rows that were imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportNotes {
    /// Rows in another encoding than the file, read as windows-1252.
    pub recoded: i64,
    /// Damaged IDs: such mentions are recognised by link, or by author, time and text.
    pub damaged_ids: i64,
    /// Texts with characters that were damaged before the export.
    pub mojibake: i64,
}

impl ImportNotes {
    /// Adds what was noticed in other rows.
    pub fn merge(&mut self, other: &Self) {
        self.recoded += other.recoded;
        self.damaged_ids += other.damaged_ids;
        self.mojibake += other.mojibake;
    }
}

/// A run has finished or failed.
#[cfg(feature = "store")]
pub struct ImportEnded {
    pub at: Time,
    pub run: ImportRun,
}

#[cfg(feature = "store")]
impl crate::db::Event for ImportEnded {}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct ImportRun {
    pub id: ImportRunId,
    pub program_id: ProgramId,
    pub kind: ImportKind,
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_hash: String,
    pub bytes: i64,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub mapping: ColumnMapping,
    pub state: ImportState,
    pub row_count: i64,
    pub created: i64,
    pub updated: i64,
    pub duplicate: i64,
    pub excluded: i64,
    pub rejected: i64,
    /// What went wrong, fit to be shown.
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "crate::kernel::failure::StoredFailure"))]
    pub error: Option<Failure>,
    pub by_account: Option<Uuid>,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
    pub undone_at: Option<Time>,
    pub recoded: i64,
    pub damaged_ids: i64,
    pub mojibake: i64,
    /// Whether its file is in the spool: an import of the command line reads it where it is, and what was discarded is gone.
    pub file_kept: bool,
}

impl ImportRun {
    #[must_use]
    pub fn counts(&self) -> ImportCounts {
        ImportCounts {
            rows: self.row_count,
            created: self.created,
            updated: self.updated,
            duplicate: self.duplicate,
            excluded: self.excluded,
            rejected: self.rejected,
        }
    }

    /// What was odd about the run's rows.
    #[must_use]
    pub fn notes(&self) -> ImportNotes {
        ImportNotes { recoded: self.recoded, damaged_ids: self.damaged_ids, mojibake: self.mojibake }
    }
}

/// A row that was skipped or that updated something, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SkippedRow {
    pub line: i64,
    pub outcome: RowOutcome,
    /// The column at fault, where it is one.
    pub column_name: Option<String>,
    /// None of a row that simply became a mention or a customer.
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "super::row_reason::StoredReason"))]
    pub reason: Option<RowReason>,
    /// The import and line that the row repeats.
    pub repeats_run: Option<ImportRunId>,
    pub repeats_line: Option<i64>,
}

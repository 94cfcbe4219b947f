//! Import: a listening export or a customer roster becomes mentions and authors, or customers.
//!
//! Imports read CSV in any encoding, workbooks and JSON, packed or not. Vendors are recognised by their headers. For other files the columns are
//! guessed and shown with sample rows; a person's mapping is saved for the next file with the same columns. Rows stream through in
//! batches of one short transaction each, so a run can be watched, cancelled, continued after a crash and undone. Every row ends as created,
//! updated, duplicate, excluded or rejected, and the five add up to the rows of the file.
//!
//! The steps of a file: `intake` (it arrives), `reading` (bytes become records), `mapping` (what the columns hold), `batch` (records become
//! mentions, authors and customers), `outcome` (how each row ended).

pub mod field;
pub mod row_reason;
pub mod run;

#[cfg(feature = "store")]
pub mod intake;
pub mod reading;
pub mod mapping;
#[cfg(feature = "store")]
pub mod batch;
#[cfg(feature = "store")]
pub mod outcome;

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod import_file;
#[cfg(feature = "store")]
pub mod store;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod island;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;

#[cfg(all(test, feature = "store"))]
mod tests;

pub use field::{ImportField, ImportKind};
pub use mapping::columns::ColumnMapping;
pub use row_reason::RowReason;
#[cfg(feature = "store")]
pub use run::ImportEnded;
pub use run::{ImportCounts, ImportNotes, ImportRun, ImportState, RowOutcome, SkippedRow};

//! Import: a listening export or a customer roster becomes mentions and authors, or customers.
//!
//! Any export is taken: CSV in any encoding, packed or not, workbooks, JSON. Vendors are known by their headers; for
//! other files the meaning of columns is guessed, shown with sample rows and can be overridden, and what a person said is
//! remembered for the next file with the same columns. Rows stream through in batches of one short transaction each, so a run can be watched, cancelled,
//! resumed after a crash and undone. Every row ends as created, updated, duplicate, excluded or rejected, and the five
//! add up to the rows of the file.
//!
//! A file goes this way: `intake` (it arrives), `reading` (its bytes become records), `mapping` (what its columns hold), `batch` (records
//! become mentions, authors and customers), `outcome` (how each row ended).

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

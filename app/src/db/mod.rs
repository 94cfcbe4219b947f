//! The database: SQLite by default, PostgreSQL where several processes share the work, one SQL text for both.
//!
//! Ask for lists, not row by row: a query to SQLite is a trip to another thread and back, some 0.1 ms on two cores.
//!
//! Every change is made in a unit of work, `db.write(|tx, _| Box::pin(…))` (see `unit`). Stores take `&mut Tx` and run their statements with
//! its functions (see `sql`). What an act records goes into the audit log as the last thing before commit, so that its order is commit order
//! (see `audit_log`).

mod begin;
pub mod bulk;
mod checkpoint;
pub mod backup;
mod connect;
mod cell;
pub(crate) mod cover;
pub mod epoch;
mod event;
pub mod fresh;
mod filter;
mod hold;
pub mod audit_log;
pub mod audit_search;
mod maintenance;
mod migrate;
mod older;
mod open;
pub mod private;
mod record;
pub(crate) mod row;
pub mod setting;
mod sql;
pub mod table;
pub mod unit;
pub mod verify;
mod watch;

pub use cell::Cell;
pub use connect::{Db, Tx, conn};
pub use event::{Event, Subscription, Wiring};
pub use filter::Filter;
pub use hold::Hold;
pub use record::AuditRecord;
pub use sql::Row;
pub use table::{DataSubject, Erase, Table};
pub use unit::{UnitScope, Work};

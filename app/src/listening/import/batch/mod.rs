//! Records become mentions, authors and customers, batch after batch, each in one short transaction.

pub(super) mod analyze;
pub(super) mod batch_writer;
pub(super) mod known_mention;
mod reader;
pub(super) mod roster_rows;
pub mod row;
mod saver;
#[cfg(test)]
mod tests;
pub mod undo;
pub mod work;

use crate::access::account::Actor;

const IMPORT: Actor = Actor::System("import");

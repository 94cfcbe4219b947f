//! Export and erasure of a person's data, across all contexts.
//!
//! One human being is several rows: an author or two, a customer, a candidate, a panelist, perhaps an account; guests who own a heard item and
//! people who were nominated have no row of their own, and are found all the same (`find`). Erasing follows what every table declares about its
//! personal columns, ends links and signed-in devices, then looks for the name, address and handle in whatever others wrote (`rules`), and lists what it is
//! unsure of. The audit log keeps its chain and says "erased". What was erased is remembered by id alone, so that a restored backup can be erased again.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod files;
#[cfg(feature = "store")]
pub mod find;
#[cfg(feature = "store")]
mod folded_text;
#[cfg(feature = "store")]
mod named;
#[cfg(feature = "store")]
pub mod restore;
#[cfg(feature = "store")]
pub mod rules;
#[cfg(feature = "store")]
mod steps;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row by someone else that may still name an erased person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UncertainTrace {
    /// "note".
    pub what: String,
    pub id: Uuid,
    /// The page on which it can be read.
    pub href: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErasureOutcome {
    /// Rows that were this person.
    pub parts: usize,
    /// Rows in which others had named them.
    pub mentions_elsewhere: u64,
    /// Rows that may still name them, to be checked by a person.
    pub unsure: Vec<UncertainTrace>,
}

//! Topics: what the program listens for and what its sessions are about, such as "customer service".
//!
//! A topic has a name, a short tag that notes and heard items carry, and phrases, one a line, by which posts are
//! recognised. Sessions point to a topic; the overview counts posts by it.

#[cfg(feature = "store")]
pub mod act;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::clock::Time;
use crate::ids::{ProgramId, TopicId};

/// One topic of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Topic {
    pub id: TopicId,
    pub program_id: ProgramId,
    pub name: String,
    /// Lower-case letters, digits and dashes; unique in the program.
    pub tag: String,
    /// One phrase a line.
    pub phrases: String,
    pub created_at: Time,
}

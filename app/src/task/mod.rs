//! Tasks: what is done in the background for a whole program, from its first post or voice to the last.
//!
//! A task is a row with a lease. Its worker goes on batch by batch and notes in each one's transaction how far it has come, so
//! that a worker that was cut off is continued by the next one. Who asks again lets it begin anew: whoever was at work
//! finds that out when it notes its progress, and drops that batch.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod store;

use uuid::Uuid;

use crate::clock::Time;
use crate::ids::ProgramId;

text_enum! {
    /// What is to be done.
    pub enum Kind {
        Train = "train", "training";
        Reread = "reread", "reading again";
        Topics = "topics", "reading for topics";
        Segments = "segments", "assessing";
    }
}

/// Something to do.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Task {
    pub program_id: ProgramId,
    pub kind: Kind,
    pub asked_at: Time,
    /// The last post or voice that was done.
    pub after_id: Option<Uuid>,
    /// Posts or voices that were done.
    pub done: i64,
    pub changed: i64,
    /// Why it failed; it is tried again when somebody asks for it.
    pub error: Option<String>,
}

//! Topics: subjects of mentions and of sessions, such as "customer service".
//!
//! A topic has a name, a short tag for notes and heard items, phrases that match mentions, phrases that exclude them, and optionally a
//! regular expression. New mentions are matched on import, existing ones in the background after a change. Counts are kept per day, also
//! for mentions without a topic.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub(crate) mod mentions;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "store")]
pub mod matcher;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod tail;
#[cfg(feature = "store")]
pub mod tally;
#[cfg(feature = "store")]
pub mod trend;
#[cfg(feature = "store")]
pub mod work;

#[cfg(all(test, feature = "store"))]
mod tests;

use crate::kernel::clock::Time;
use crate::kernel::ids::{ProgramId, TopicId};

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Topic {
    pub id: TopicId,
    pub program_id: ProgramId,
    pub name: String,
    /// Lower-case letters, digits and dashes; unique in the program.
    pub tag: String,
    /// What makes a mention one of this topic: one phrase a line.
    pub phrases: String,
    /// What keeps a mention out, whatever else it says: one phrase a line.
    pub excludes: String,
    /// A regular expression that makes a mention one of this topic, where phrases do not reach; or nothing.
    pub pattern: String,
    /// The business unit that looks after it, or nothing.
    pub unit: String,
    pub revision: i64,
    pub created_at: Time,
    /// Since when new mentions are no longer read for it. What was found before stays.
    pub retired_at: Option<Time>,
}

impl Topic {
    /// Whether mentions are read for it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.retired_at.is_none()
    }
}

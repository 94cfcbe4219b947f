//! A session: one slot of a panel day, with a topic, a room, a moderator and company participants.
//!
//! Its state is not stored but follows from the clock (`rules::state`): planned, live from ten minutes before the start,
//! notes open until 72 hours after the end, then locked. Locking early and unlocking late are acts; unlocking needs a reason.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod list;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, PanelDayId, SessionId, TopicId};

text_enum! {
    pub enum SessionState {
        Planned = "planned", "Planned";
        Live = "live", "Live";
        NotesOpen = "notes_open", "Notes open";
        Locked = "locked", "Locked";
    }
}

impl SessionState {
    /// Whether notes may be taken and corrected.
    #[must_use]
    pub const fn takes_notes(self) -> bool {
        matches!(self, Self::Live | Self::NotesOpen)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Session {
    pub id: SessionId,
    pub panel_day_id: PanelDayId,
    pub title: String,
    pub topic_id: Option<TopicId>,
    pub room: String,
    pub moderator_id: Option<AccountId>,
    pub starts_at: Time,
    pub ends_at: Time,
    /// Company participants, one per line: "Ada Okafor, Support".
    pub company: String,
    pub locked_at: Option<Time>,
    pub unlocked_at: Option<Time>,
    pub unlock_reason: Option<String>,
    pub revision: i64,
}

impl Session {
    /// When its notes were last locked or unlocked by hand. Lock and unlock forms carry it, to notice a change in between.
    #[must_use]
    pub fn lock_changed_at(&self) -> Option<Time> {
        self.locked_at.max(self.unlocked_at)
    }
}

/// A session with what else a conflict depends on.
#[derive(Clone, Copy, Debug)]
pub struct SessionSlot<'a> {
    pub session: &'a Session,
    /// The place of its day.
    pub place: &'a str,
    /// The moderator's name, for the message.
    pub moderator: &'a str,
}

text_enum! {
    /// What two sessions at the same time both need.
    pub enum Clash {
        Room = "room", "room";
        Moderator = "moderator", "moderator";
        Panelist = "panelist", "panelist";
    }
}

/// A conflict: two sessions that cannot both happen as planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    pub one: SessionId,
    pub other: SessionId,
    pub what: Clash,
    /// The room's or person's name.
    pub who: String,
}

/// The sessions of a day as panelists see them, on the page and in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    pub title: String,
    pub day: NaiveDate,
    pub place: String,
    pub zone: Tz,
    /// In the order of time.
    pub sessions: Vec<Session>,
}

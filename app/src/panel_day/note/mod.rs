//! Notes: what is said in a session, one line each, with speaker and kind.
//!
//! Moderators type while they watch the room, so a note is one line with a small grammar (`rules::parse`), the same in the
//! browser and on the server. The browser makes the id: sending a note twice saves it once, so that a lost connection only
//! delays it. `seq` is the order of arrival in its session. Correcting keeps the earlier text; withdrawing keeps the note.

#[cfg(feature = "store")]
pub mod act;
pub mod balance;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
mod capture;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
mod clicks;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod island;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
mod panels;
pub mod queue;
pub mod rules;
pub mod speaker;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod state;
#[cfg(feature = "store")]
pub mod store;

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Time;
#[cfg(feature = "store")]
use crate::kernel::ids::PanelDayId;
use crate::kernel::ids::{AccountId, NoteId, PanelistId, SessionId};
pub use speaker::Speaker;

text_enum! {
    pub enum NoteKind {
        Observation = "observation", "observation";
        Quote = "quote", "quote";
        Idea = "idea", "idea";
        Question = "question", "question";
        ParkingLot = "parking_lot", "parking lot";
    }
}

/// Asked when notes arrive after they closed: the number of the day's newest final report, which does not have them.
#[cfg(feature = "store")]
pub struct LateNotes {
    pub day: PanelDayId,
    pub final_report: std::sync::OnceLock<i64>,
}

#[cfg(feature = "store")]
impl crate::db::Event for LateNotes {}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Note {
    pub id: NoteId,
    pub session_id: SessionId,
    /// Order of arrival within the session, from 1.
    pub seq: i64,
    pub panelist_id: Option<PanelistId>,
    /// The name of the panelist or company participant; empty without a speaker.
    pub speaker: String,
    pub kind: NoteKind,
    pub text: String,
    pub topic: Option<String>,
    /// When it was typed.
    pub at: Time,
    /// When it arrived here.
    pub saved_at: Time,
    pub by_account: Option<AccountId>,
    /// 1 when new; every correction adds one.
    pub revision: i64,
    pub withdrawn_at: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct NoteRevision {
    pub revision: i64,
    pub panelist_id: Option<PanelistId>,
    pub kind: NoteKind,
    pub text: String,
    pub topic: Option<String>,
    pub at: Time,
    pub by_account: Option<AccountId>,
}

/// The part of a note that a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteWording {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panelist: Option<PanelistId>,
    #[serde(default)]
    pub speaker: String,
    pub kind: NoteKind,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// A note as the browser keeps and sends it. `at` is in milliseconds since 1970, by the browser's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDraft {
    pub id: NoteId,
    pub at: i64,
    #[serde(flatten)]
    pub wording: NoteWording,
}

/// A note as open pages receive it, and as the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireNote {
    pub id: NoteId,
    pub seq: i64,
    pub at: i64,
    pub revision: i64,
    #[serde(default)]
    pub withdrawn: bool,
    #[serde(flatten)]
    pub wording: NoteWording,
}

/// The result of one request, in the order of its notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteReceipt {
    pub saved: Vec<WireNote>,
    /// (note, why).
    pub refused: Vec<(NoteId, String)>,
}

/// The notes of a session, and the place in the audit log from which to follow changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteSheet {
    pub cursor: i64,
    pub locked: bool,
    pub notes: Vec<WireNote>,
}

impl Note {
    #[must_use]
    pub fn wire(&self) -> WireNote {
        WireNote {
            id: self.id,
            seq: self.seq,
            at: self.at.timestamp_millis(),
            revision: self.revision,
            withdrawn: self.withdrawn_at.is_some(),
            wording: self.wording(),
        }
    }

    #[must_use]
    pub fn wording(&self) -> NoteWording {
        NoteWording {
            panelist: self.panelist_id,
            speaker: self.speaker.clone(),
            kind: self.kind,
            text: self.text.clone(),
            topic: self.topic.clone(),
        }
    }
}

impl NoteWording {
    /// Whether the speaker belongs to the company.
    #[must_use]
    pub fn by_company(&self) -> bool {
        self.panelist.is_none() && !self.speaker.is_empty()
    }
}

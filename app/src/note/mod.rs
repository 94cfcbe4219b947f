//! Notes: what is said in a session, one line at a time, by whom, in which spirit.
//!
//! A moderator types with eyes on people, so a note is one line with a small grammar (`rules::parse`), the same in the
//! browser and on the server. The browser makes the id: sending a note again is the same note, and a lost connection only
//! means waiting. `seq` is the order of arrival in its session. Correcting keeps the earlier text; withdrawing keeps the note.

#[cfg(feature = "store")]
pub mod act;
pub mod balance;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod island;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
pub mod queue;
pub mod rules;
pub mod seat;
#[cfg(feature = "store")]
pub mod store;

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::ids::{AccountId, NoteId, PanelistId, SessionId};
pub use seat::Seat;

text_enum! {
    /// In which spirit something was said.
    pub enum Kind {
        Observation = "observation", "observation";
        Quote = "quote", "quote";
        Idea = "idea", "idea";
        Question = "question", "question";
        ParkingLot = "parking_lot", "parking lot";
    }
}

/// One thing captured in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Note {
    pub id: NoteId,
    pub session_id: SessionId,
    /// Order of arrival within the session, from 1.
    pub seq: i64,
    pub panelist_id: Option<PanelistId>,
    /// The panelist's name, or who spoke for the company; empty where nobody in particular was named.
    pub speaker: String,
    pub kind: Kind,
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

/// An earlier text of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Revision {
    pub revision: i64,
    pub panelist_id: Option<PanelistId>,
    pub kind: Kind,
    pub text: String,
    pub topic: Option<String>,
    pub at: Time,
    pub by_account: Option<AccountId>,
}

/// What somebody said, before it has a place in the session: the part of a note that a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panelist: Option<PanelistId>,
    #[serde(default)]
    pub speaker: String,
    pub kind: Kind,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// A note as the browser keeps and sends it. `at` is in milliseconds since 1970, by the browser's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub id: NoteId,
    pub at: i64,
    #[serde(flatten)]
    pub said: Said,
}

/// A note as it travels to open screens, and as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    pub id: NoteId,
    pub seq: i64,
    pub at: i64,
    pub revision: i64,
    #[serde(default)]
    pub withdrawn: bool,
    #[serde(flatten)]
    pub said: Said,
}

/// What became of the notes of one request, in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub saved: Vec<Wire>,
    /// (note, why): they can never be saved as they are.
    pub refused: Vec<(NoteId, String)>,
}

/// A session's notes as they stand, and the place in the journal from which to listen on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub cursor: i64,
    pub locked: bool,
    pub notes: Vec<Wire>,
}

impl Note {
    /// The note as it travels.
    #[must_use]
    pub fn wire(&self) -> Wire {
        Wire {
            id: self.id,
            seq: self.seq,
            at: self.at.timestamp_millis(),
            revision: self.revision,
            withdrawn: self.withdrawn_at.is_some(),
            said: self.said(),
        }
    }

    /// The part that a person decided.
    #[must_use]
    pub fn said(&self) -> Said {
        Said {
            panelist: self.panelist_id,
            speaker: self.speaker.clone(),
            kind: self.kind,
            text: self.text.clone(),
            topic: self.topic.clone(),
        }
    }
}

impl Said {
    /// Whether the company spoke, rather than the panel or nobody in particular.
    #[must_use]
    pub fn by_company(&self) -> bool {
        self.panelist.is_none() && !self.speaker.is_empty()
    }
}

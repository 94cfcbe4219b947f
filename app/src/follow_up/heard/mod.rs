//! Heard items: "We heard: …", in the panel's words, with the notes they come from and the panelists who said it.
//!
//! An item is drafted from notes, opened, given an owner, and answered (see `response`). Items that say the same are
//! merged: the survivor takes over the notes, so that people are counted once. Nothing is deleted: a withdrawn item says
//! why, a merged one points to its survivor, and reopening is an event.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod assignment;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "store")]
pub mod handover;
#[cfg(feature = "ssr")]
mod history;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
mod recipient;
#[cfg(feature = "store")]
pub mod reopening;
#[cfg(feature = "store")]
pub(crate) mod returned;
pub mod rules;
#[cfg(feature = "ssr")]
mod sources;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, HeardEventId, HeardId, IdAtRevision, NoteId, PanelDayId, PanelistId, ProgramId, SessionId, VersionId};
use crate::panel_day::note::NoteKind;
use crate::program::Segment;

text_enum! {
    /// The state of the item itself. What became of it is `response::FollowUpStatus`.
    pub enum HeardState {
        Draft = "draft", "draft";
        Open = "open", "open";
        Merged = "merged", "merged";
        Withdrawn = "withdrawn", "withdrawn";
    }
}

/// An item was reopened: its answer was not good enough.
#[cfg(feature = "store")]
pub struct ItemReopened {
    pub at: Time,
    pub program: ProgramId,
    pub item: HeardId,
    pub number: i64,
}

#[cfg(feature = "store")]
impl crate::db::Event for ItemReopened {}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Heard {
    pub id: HeardId,
    pub program_id: ProgramId,
    pub panel_day_id: PanelDayId,
    /// Counted within the program, from 1.
    pub number: i64,
    pub text: String,
    pub topic: Option<String>,
    /// The owner's account; none where the owner answers by a link.
    pub owner_account: Option<AccountId>,
    pub owner_name: Option<String>,
    pub owner_email: Option<String>,
    pub owner_unit: Option<String>,
    pub owned_at: Option<Time>,
    pub opened_at: Option<Time>,
    pub merged_into: Option<HeardId>,
    pub merged_at: Option<Time>,
    pub withdrawn_at: Option<Time>,
    pub withdrawn_reason: Option<String>,
    /// When its first answer was published. From then on it is neither merged nor withdrawn.
    pub answered_at: Option<Time>,
    /// Counts changes of what a reader sees, so that nobody decides on what has changed since.
    pub revision: i64,
    pub created_by: Option<AccountId>,
    pub created_at: Time,
}

impl Heard {
    /// Derived from what happened to it.
    #[must_use]
    pub fn state(&self) -> HeardState {
        if self.merged_into.is_some() {
            HeardState::Merged
        } else if self.withdrawn_at.is_some() {
            HeardState::Withdrawn
        } else if self.opened_at.is_some() {
            HeardState::Open
        } else {
            HeardState::Draft
        }
    }

    /// The item as it was read here.
    #[must_use]
    pub fn seen(&self) -> IdAtRevision<HeardId> {
        IdAtRevision { id: self.id, revision: self.revision }
    }

    /// The owner as shown: name and unit.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        let name = self.owner_name.as_deref()?;
        Some(match self.owner_unit.as_deref() {
            Some(unit) if !unit.is_empty() => format!("{name}, {unit}"),
            _ => name.to_owned(),
        })
    }
}

/// A note of an item, as the item's page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SourceNote {
    pub note_id: NoteId,
    pub session_id: SessionId,
    pub session_title: String,
    pub panelist_id: Option<PanelistId>,
    /// The panelist's name, or the company's participant.
    pub speaker: String,
    pub segment: Option<Segment>,
    pub kind: NoteKind,
    pub topic: Option<String>,
    pub text: String,
    pub at: Time,
}

text_enum! {
    /// What happened to an item after it was opened.
    pub enum HeardEventKind {
        Reopened = "reopened", "reopened";
    }
}

text_enum! {
    /// Who was notified by email that an item was reopened.
    pub enum Notified {
        Owner = "owner", "the owner";
        Publisher = "publisher", "who published the answer";
        Nobody = "nobody", "nobody";
    }
}

/// Something that happened to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct HeardEvent {
    pub id: HeardEventId,
    pub heard_id: HeardId,
    pub kind: HeardEventKind,
    /// Set where a panelist's answer did it.
    pub panelist_id: Option<PanelistId>,
    pub by_account: Option<AccountId>,
    /// What was said; empty where nothing was, or where it was erased.
    pub reason: String,
    pub at: Time,
    /// The published version that was not good enough; not known of the oldest events.
    pub version_id: Option<VersionId>,
    /// Who was notified; not known of the oldest events.
    pub notified: Option<Notified>,
    /// Their account, where they have one.
    pub notified_account: Option<AccountId>,
}

/// The notes and supporters of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Support {
    pub notes: i64,
    pub supporters: i64,
    pub ranters: i64,
    pub ravers: i64,
    pub apathetics: i64,
}

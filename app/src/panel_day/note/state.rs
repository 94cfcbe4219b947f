//! What moves on the screen of live notes, shared by the view and by what talks to the server.

use leptos::prelude::*;

use super::queue::{NoteQueue, UnsentByOthers};
use super::{NoteSheet, NoteWording, WireNote};
use crate::kernel::ids::{AccountId, SessionId};

/// Why nothing can be sent at the moment, although the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The sign-in has ended.
    SignIn,
    /// Locked, closed, or not for this person: the server's words.
    Refused(String),
}

/// Everything that moves on the screen. Copied freely: it holds handles only.
#[derive(Clone, Copy)]
pub struct Live {
    pub session: SessionId,
    /// Who is signed in, and types.
    pub me: AccountId,
    pub my_name: RwSignal<String>,
    /// Notes of others that wait in this browser.
    pub of_others: RwSignal<Vec<UnsentByOthers>>,
    /// Saved notes by `seq`, withdrawn ones included.
    pub notes: RwSignal<Vec<WireNote>>,
    pub queue: RwSignal<NoteQueue>,
    pub connected: RwSignal<bool>,
    pub trouble: RwSignal<Option<Trouble>>,
    pub locked: RwSignal<bool>,
    /// How many others have the session open.
    pub others: RwSignal<usize>,
    /// False once the browser would not keep a note over a reload.
    pub keeps: RwSignal<bool>,
}

impl Live {
    pub fn new(session: SessionId, me: AccountId, my_name: String, sheet: NoteSheet) -> Self {
        Self {
            session,
            me,
            my_name: RwSignal::new(my_name),
            of_others: RwSignal::new(Vec::new()),
            notes: RwSignal::new(sheet.notes),
            queue: RwSignal::new(NoteQueue::default()),
            connected: RwSignal::new(true),
            trouble: RwSignal::new(None),
            locked: RwSignal::new(sheet.locked),
            others: RwSignal::new(0),
            keeps: RwSignal::new(true),
        }
    }

    /// Everything that was said, saved or on its way, with when it was typed.
    pub fn wordings(self) -> Vec<(i64, NoteWording)> {
        let saved = self.notes.get().into_iter().filter(|note| !note.withdrawn).map(|note| (note.at, note.wording));
        let waiting = self.queue.get().all().iter().map(|waiting| (waiting.draft.at, waiting.draft.wording.clone())).collect::<Vec<_>>();
        saved.chain(waiting).collect()
    }

    /// (class, words) of the status pill.
    pub fn status(self) -> (&'static str, String) {
        let (waiting, refused) = self.queue.with(|queue| (queue.waiting(), queue.refused()));
        match (self.trouble.get(), waiting, refused) {
            (Some(Trouble::SignIn), 0, _) => ("state bad", "Your login has ended".into()),
            (Some(Trouble::SignIn), n, _) => ("state bad", format!("{n} waiting: your login has ended")),
            (Some(Trouble::Refused(_)), n, _) if n > 0 => ("state bad", format!("{n} kept here, not taken")),
            (_, 0, n) if n > 0 => ("state bad", format!("{n} not saved")),
            (_, n, _) if n > 0 => ("state warn", format!("{n} waiting")),
            _ if !self.connected.get() => ("state warn", "Reconnecting".into()),
            _ => ("state good", "All notes safe".into()),
        }
    }
}

//! The signals of live notes, shared by the views and by the code that talks to the server.

use leptos::prelude::*;

use super::queue::{NoteQueue, UnsentByOthers};
use super::{NoteSheet, NoteWording, WireNote};
use crate::kernel::ids::{AccountId, SessionId};

/// Why notes cannot be sent although the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    SignIn,
    /// Locked, closed, or not for this person: the server's words.
    Refused(String),
}

/// The signals. Cheap to copy: it holds handles only.
#[derive(Clone, Copy)]
pub struct Live {
    pub session: SessionId,
    /// Who is signed in, and types.
    pub me: AccountId,
    pub my_name: RwSignal<String>,
    /// Unsent notes of other accounts in this browser.
    pub of_others: RwSignal<Vec<UnsentByOthers>>,
    /// Saved notes by `seq`, withdrawn ones included.
    pub notes: RwSignal<Vec<WireNote>>,
    pub queue: RwSignal<NoteQueue>,
    pub connected: RwSignal<bool>,
    pub trouble: RwSignal<Option<Trouble>>,
    pub locked: RwSignal<bool>,
    /// How many others have the session open.
    pub others: RwSignal<usize>,
    /// False if the browser cannot store notes.
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

    /// All words, saved or not sent yet, with when they were typed.
    pub fn wordings(self) -> Vec<(i64, NoteWording)> {
        let saved = self.notes.get().into_iter().filter(|note| !note.withdrawn).map(|note| (note.at, note.wording));
        let waiting = self.queue.get().all().iter().map(|waiting| (waiting.draft.at, waiting.draft.wording.clone())).collect::<Vec<_>>();
        saved.chain(waiting).collect()
    }

    /// (class, words) of the status pill.
    pub fn status(self) -> (&'static str, String) {
        let (waiting, refused) = self.queue.with(|queue| (queue.waiting(), queue.refused()));
        match (self.trouble.get(), waiting, refused) {
            (Some(Trouble::SignIn), 0, _) => ("state bad", "Signed out".into()),
            (Some(Trouble::SignIn), n, _) => ("state bad", format!("Signed out, {} not sent", notes(n))),
            (Some(Trouble::Refused(_)), n, _) if n > 0 => ("state bad", format!("{} not sent", notes(n))),
            (_, 0, n) if n > 0 => ("state bad", format!("{} refused", notes(n))),
            (_, n, _) if n > 0 => ("state warn", format!("{} not sent yet", notes(n))),
            _ if !self.connected.get() => ("state warn", "Reconnecting…".into()),
            _ if self.notes.with(Vec::is_empty) => ("state", "No notes yet".into()),
            _ => ("state good", "All notes saved".into()),
        }
    }
}

fn notes(count: usize) -> String {
    if count == 1 { "1 note".to_owned() } else { format!("{count} notes") }
}

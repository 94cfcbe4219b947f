//! Unsent notes in a browser: sent in order and once, however often the connection breaks.
//!
//! A note leaves the queue when the server confirms it. A refused note stays visible until it is discarded.

use serde::{Deserialize, Serialize};

use super::{NoteDraft, NoteReceipt};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, NoteId};

const MAX_NOTES_IN_REQUEST: usize = 50;

/// A note as a browser stores and sends it: with the account that typed it, so that no other account sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampedDraft {
    /// None in what an earlier version kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// The name of that account, to say who has to sign in. Stored, not sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by_name: String,
    #[serde(flatten)]
    pub draft: NoteDraft,
}

/// Unsent notes of another account in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentByOthers {
    /// None where an earlier version did not store the account.
    pub by: Option<AccountId>,
    pub name: String,
    pub count: usize,
}

/// Splits stored notes into those of the signed-in account and counts of others.
#[must_use]
pub fn split_by_account(kept: Vec<StampedDraft>, me: AccountId) -> (Vec<NoteDraft>, Vec<UnsentByOthers>) {
    let (mut mine, mut others) = (Vec::new(), Vec::<UnsentByOthers>::new());
    for StampedDraft { by, by_name, draft } in kept {
        if by == Some(me) {
            mine.push(draft);
            continue;
        }
        match others.iter_mut().find(|other| other.by == by) {
            Some(other) => other.count += 1,
            None => others.push(UnsentByOthers { by, name: by_name, count: 1 }),
        }
    }
    others.sort_by(|one, other| one.name.cmp(&other.name));
    (mine, others)
}

/// The drafts, if all of them were typed by the signed-in account.
///
/// # Errors
/// `Conflict` when another account typed one of them.
pub fn own(notes: Vec<StampedDraft>, signed_in: Option<AccountId>) -> Result<Vec<NoteDraft>> {
    if notes.iter().any(|note| note.by.is_some() && note.by != signed_in) {
        return Err(Error::conflict(
            "Someone else is signed in on this device. These notes are sent when the person who typed them signs in here again.",
        ));
    }
    Ok(notes.into_iter().map(|note| note.draft).collect())
}

/// A note that is not saved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingNote {
    pub draft: NoteDraft,
    /// Why it can never be saved as it is.
    pub refused: Option<String>,
}

/// The unsaved notes of one session, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteQueue(Vec<WaitingNote>);

impl NoteQueue {
    /// Adds a note, unless it is here already. Its place follows from when it was typed.
    pub fn add(&mut self, draft: NoteDraft) {
        if self.0.iter().any(|waiting| waiting.draft.id == draft.id) {
            return;
        }
        let place = self.0.partition_point(|waiting| (waiting.draft.at, waiting.draft.id) <= (draft.at, draft.id));
        self.0.insert(place, WaitingNote { draft, refused: None });
    }

    /// What to send next; empty when nothing can be sent.
    #[must_use]
    pub fn batch(&self) -> Vec<NoteDraft> {
        self.0.iter().filter(|waiting| waiting.refused.is_none()).take(MAX_NOTES_IN_REQUEST).map(|waiting| waiting.draft.clone()).collect()
    }

    /// Applies the receipt of a batch and returns the ids that are saved now.
    pub fn record_receipt(&mut self, receipt: &NoteReceipt) -> Vec<NoteId> {
        for (id, why) in &receipt.refused {
            if let Some(waiting) = self.0.iter_mut().find(|waiting| waiting.draft.id == *id) {
                waiting.refused = Some(why.clone());
            }
        }
        receipt.saved.iter().map(|wire| wire.id).filter(|id| self.remove(*id)).collect()
    }

    /// Removes a saved or discarded note. Returns whether it was in the queue.
    pub fn remove(&mut self, id: NoteId) -> bool {
        let before = self.0.len();
        self.0.retain(|waiting| waiting.draft.id != id);
        self.0.len() < before
    }

    /// Every note that is not safe, in order.
    #[must_use]
    pub fn all(&self) -> &[WaitingNote] {
        &self.0
    }

    /// How many wait to be sent.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.iter().filter(|waiting| waiting.refused.is_none()).count()
    }

    /// How many were refused for good.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.0.len() - self.waiting()
    }
}

/// Milliseconds to wait after failure number `failures` (from 1): doubling from half a second to ten seconds, between half
/// and all of it by `luck` (0 to 1), so that a room full of tablets does not come back in the same instant.
#[must_use]
pub fn pause(failures: u32, luck: f64) -> u32 {
    let limit = (500_u32 << failures.saturating_sub(1).min(5)).min(10_000);
    limit / 2 + (f64::from(limit / 2) * luck.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::super::{NoteKind, NoteWording};
    use super::*;

    fn draft(at: i64) -> NoteDraft {
        let wording = NoteWording { panelist: None, speaker: String::new(), kind: NoteKind::Idea, text: at.to_string(), topic: None };
        NoteDraft { id: NoteId::new(), at, wording }
    }

    fn saved(draft: &NoteDraft) -> super::super::WireNote {
        super::super::WireNote { id: draft.id, seq: 1, at: draft.at, revision: 1, withdrawn: false, wording: draft.wording.clone() }
    }

    #[test]
    fn notes_leave_in_the_order_they_were_typed() {
        let mut queue = NoteQueue::default();
        let (first, second) = (draft(1), draft(2));
        queue.add(second.clone());
        queue.add(first.clone());
        queue.add(second.clone());
        assert_eq!(queue.batch(), [first, second]);
    }

    #[test]
    fn only_what_is_confirmed_leaves() {
        let mut queue = NoteQueue::default();
        let drafts: Vec<NoteDraft> = (0..120).map(draft).collect();
        drafts.iter().for_each(|draft| queue.add(draft.clone()));
        assert_eq!(queue.batch().len(), MAX_NOTES_IN_REQUEST);
        let receipt = NoteReceipt { saved: vec![saved(&drafts[1])], refused: vec![(drafts[0].id, "too long".into())] };
        assert_eq!(queue.record_receipt(&receipt), [drafts[1].id]);
        assert_eq!((queue.waiting(), queue.refused()), (118, 1));
        assert_eq!(queue.batch()[0], drafts[2], "a refused note does not stand in the way");
        assert!(queue.record_receipt(&receipt).is_empty(), "a second confirmation changes nothing");
    }

    #[test]
    fn notes_of_another_person_wait_for_that_person() {
        let (ada, rosa) = (AccountId::new(), AccountId::new());
        let stamped = |by: Option<AccountId>, name: &str, at| StampedDraft { by, by_name: name.into(), draft: draft(at) };
        let mine = stamped(Some(ada), "Ada Okafor", 2);
        let kept = vec![stamped(Some(rosa), "Rosa Duarte", 1), mine.clone(), stamped(None, "", 3), stamped(Some(rosa), "Rosa Duarte", 4)];
        let (drafts, others) = split_by_account(kept.clone(), ada);
        assert_eq!(drafts, std::slice::from_ref(&mine.draft));
        let others: Vec<_> = others.into_iter().map(|other| (other.by, other.name, other.count)).collect();
        assert_eq!(others, [(None, String::new(), 1), (Some(rosa), "Rosa Duarte".into(), 2)]);

        assert_eq!(own(vec![mine.clone()], Some(ada)).expect("one's own"), std::slice::from_ref(&mine.draft));
        for signed_in in [Some(rosa), None] {
            assert!(matches!(own(kept.clone(), signed_in), Err(Error::Conflict(_))));
        }
        assert!(own(vec![stamped(None, "", 3)], Some(ada)).is_ok(), "a tool that says nothing about who types speaks for its account");
        let text = serde_json::to_string(&mine).expect("JSON");
        assert_eq!(serde_json::from_str::<StampedDraft>(&text).expect("read"), mine);
        let older: StampedDraft =
            serde_json::from_str(&serde_json::to_string(&mine.draft).expect("JSON")).expect("what an earlier version kept");
        assert_eq!((older.by, older.draft), (None, mine.draft));
    }

    #[test]
    fn pauses_grow_to_ten_seconds_and_differ() {
        assert_eq!((pause(1, 0.0), pause(1, 1.0)), (250, 500));
        assert_eq!((pause(9, 0.0), pause(99, 1.0)), (5_000, 10_000));
        assert!(pause(3, 0.2) < pause(3, 0.8));
    }
}

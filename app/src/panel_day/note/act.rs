//! Taking, correcting and withdrawing notes.
//!
//! Each act first locks the session's row: notes are numbered in sequence, and locking the notes never races a note. The audit line
//! carries the note itself, which is how it reaches other screens.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::json;

use super::rules::{NoteHours, NoteRefusal};
use super::{LateNotes, Note, NoteDraft, NoteReceipt, NoteSheet, NoteWording, Speaker, rules, speaker, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::{Tx, audit_log};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{IdAtRevision, NoteId, PanelDayId, PanelistId, SessionId};
use crate::panel_day::session::rules::{EARLY_MINUTES, is_locked_by_hand, notes_close_at, state};
use crate::panel_day::session::{Session, SessionState};
use crate::recruiting::panelist::{self, Attendance};
use crate::{panel_day::session, program, program::day};

/// The session, if the actor may do `permission` in it. Moderators reach the days on which they moderate.
///
/// # Errors
/// `SignIn` or `Forbidden` by the table of permissions; `NotFound` for a session that does not exist or is out of reach.
pub async fn reach(tx: &mut Tx, actor: &Actor, permission: Permission, id: SessionId) -> Result<Session> {
    actor.may(permission)?;
    let session = session::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, permission, session.panel_day_id).await?;
    Ok(session)
}

/// The speakers of a session: the seated panelists of the day, and the company.
pub async fn speakers(tx: &mut Tx, session: &Session) -> Result<Vec<Speaker>> {
    let day = day::store::find(tx, session.panel_day_id).await?.ok_or(Error::NotFound)?;
    let organisation = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?.charter.organisation;
    let panelists = panelist::store::list_seated(tx, day.id).await?;
    let absent: Vec<_> =
        panelists.iter().filter(|panelist| panelist.attendance == Some(Attendance::NoShow)).map(|panelist| Some(panelist.id)).collect();
    let people: Vec<_> = panelists.into_iter().map(|panelist| (panelist.id, panelist.name, panelist.initials)).collect();
    let mut speakers = speaker::speakers(&people, &session.company, &organisation);
    for speaker in &mut speakers {
        speaker.absent = absent.contains(&speaker.panelist);
    }
    Ok(speakers)
}

/// The notes of a session and the cursor to follow from. The cursor is read first: a note saved in between arrives twice rather than never.
pub async fn load(tx: &mut Tx, session: &Session, now: Time) -> Result<NoteSheet> {
    let cursor = audit_log::newest(tx).await?;
    let notes = store::list(tx, session.id).await?;
    Ok(NoteSheet { cursor, locked: state(session, now) == SessionState::Locked, notes: notes.iter().map(Note::wire).collect() })
}

/// Takes one note. The same id again is the same note.
///
/// # Errors
/// `Conflict` while the notes are closed; `Invalid` for an empty note.
pub async fn take(tx: &mut Tx, actor: &Actor, now: Time, session: SessionId, draft: NoteDraft) -> Result<Note> {
    let held = lock_session(tx, actor, now, Permission::TakeNotes, session).await?;
    Ok(take_one(tx, actor, now, &held, draft).await??)
}

/// Takes several notes in the order given, as a browser sends them after it was offline. Each is saved or refused for itself. Notes that
/// only have to wait (the session is locked, or has not begun) are in neither list: the browser keeps them.
///
/// # Errors
/// `Conflict` when all of them have to wait; `Invalid` for more than `rules::MAX_NOTES_AT_ONCE`.
pub async fn take_many(tx: &mut Tx, actor: &Actor, now: Time, session: SessionId, drafts: Vec<NoteDraft>) -> Result<NoteReceipt> {
    let held = lock_session(tx, actor, now, Permission::TakeNotes, session).await?;
    if drafts.len() > rules::MAX_NOTES_AT_ONCE {
        return Err(Error::field("notes", format!("Too many notes at once. Send at most {}.", rules::MAX_NOTES_AT_ONCE)));
    }
    let mut receipt = NoteReceipt::default();
    let mut waits = None;
    for draft in drafts {
        let id = draft.id;
        match take_one(tx, actor, now, &held, draft).await {
            Ok(Ok(note)) => receipt.saved.push(note.wire()),
            Ok(Err(refusal)) if refusal.may_pass() => waits = Some(refusal),
            Ok(Err(refusal)) => receipt.refused.push((id, refusal.to_string())),
            Err(invalid @ Error::Invalid(_)) => receipt.refused.push((id, invalid.message())),
            Err(error) => return Err(error),
        }
    }
    match waits {
        Some(refusal) if receipt.saved.is_empty() && receipt.refused.is_empty() => Err(refusal.into()),
        _ => Ok(receipt),
    }
}

async fn take_one(tx: &mut Tx, actor: &Actor, now: Time, held: &LockedSession, draft: NoteDraft) -> Result<Result<Note, NoteRefusal>> {
    let session = &held.session;
    if let Some(note) = store::find(tx, draft.id).await? {
        return if note.session_id == session.id { Ok(Ok(note)) } else { Err(Error::field("id", "This note belongs to another session.")) };
    }
    let typed = rules::typed_at(draft.at, now);
    if let Err(refusal) = rules::accepts(&held.hours, typed, now) {
        return Ok(Err(refusal));
    }
    let wording = held.names.check(&draft.wording)?;
    let note = Note {
        id: draft.id,
        session_id: session.id,
        seq: store::next_seq(tx, session.id).await?,
        panelist_id: wording.panelist,
        speaker: wording.speaker,
        kind: wording.kind,
        text: wording.text,
        topic: wording.topic,
        at: typed,
        saved_at: now,
        by_account: actor.account(),
        revision: 1,
        withdrawn_at: None,
    };
    if !store::create(tx, &note).await? {
        return Err(Error::field("id", "This note belongs to another session."));
    }
    record(tx, actor, now, "noted", session, &note);
    Ok(Ok(note))
}

/// A correction, and the revision that it was read at.
#[derive(Clone, Debug)]
pub struct CorrectNote {
    pub id: NoteId,
    pub revision: i64,
    pub wording: NoteWording,
}

/// Corrects a note; the earlier text is kept.
///
/// # Errors
/// `Conflict` with both texts when it was corrected in between; `Conflict` when the notes are closed.
pub async fn correct(tx: &mut Tx, actor: &Actor, now: Time, cmd: CorrectNote) -> Result<Note> {
    actor.may(Permission::TakeNotes)?;
    let session = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?.session_id;
    let held = lock_session(tx, actor, now, Permission::TakeNotes, session).await?;
    let note = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    rules::accepts(&held.hours, now, now)?;
    if note.withdrawn_at.is_some() {
        return Err(Error::conflict("This note has been withdrawn. To keep the text, add it as a new note."));
    }
    let wording = held.names.check(&cmd.wording)?;
    if note.revision != cmd.revision {
        return Err(rules::correction_conflict(&note.wording(), &wording));
    }
    if wording == note.wording() {
        return Ok(note);
    }
    if !store::update(tx, &note, &wording, actor.account(), now).await? {
        return Err(rules::correction_conflict(&note.wording(), &wording));
    }
    let note = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    record(tx, actor, now, "corrected", &held.session, &note);
    Ok(note)
}

/// Withdraws a note as it was read. It stays in the audit log and is left out everywhere else. Withdrawing twice changes nothing.
///
/// # Errors
/// `Conflict` when the session is locked, or when the note was corrected in between.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<NoteId>) -> Result<()> {
    actor.may(Permission::TakeNotes)?;
    let session = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?.session_id;
    let held = lock_session(tx, actor, now, Permission::TakeNotes, session).await?;
    rules::accepts(&held.hours, now, now)?;
    let note = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
    if note.revision != seen.revision {
        return Err(Error::conflict("Someone else has corrected this note. Read the new text before you withdraw it."));
    }
    if store::withdraw(tx, seen.id, now).await? {
        let note = store::find(tx, seen.id).await?.ok_or(Error::NotFound)?;
        record(tx, actor, now, "withdrew", &held.session, &note);
    }
    Ok(())
}

/// A session whose row is locked until the transaction ends, its note hours and its speakers.
struct LockedSession {
    session: Session,
    hours: NoteHours,
    names: SpeakerNames,
}

async fn lock_session(tx: &mut Tx, actor: &Actor, now: Time, permission: Permission, id: SessionId) -> Result<LockedSession> {
    let session = reach(tx, actor, permission, id).await?;
    let names = SpeakerNames::of(tx, session.panel_day_id).await?;
    let session = session::store::lock_row(tx, session.id).await?.ok_or(Error::NotFound)?;
    let closes = notes_close_at(&session);
    let hours = NoteHours {
        opens: session.starts_at - chrono::Duration::minutes(EARLY_MINUTES),
        closes,
        locked_by_hand: is_locked_by_hand(&session),
        reported: if now < closes { None } else { final_report(tx, session.panel_day_id).await? },
    };
    Ok(LockedSession { session, hours, names })
}

/// The number of the newest final report of a day, asked of the context that makes reports.
async fn final_report(tx: &mut Tx, day: PanelDayId) -> Result<Option<i64>> {
    let question = LateNotes { day, final_report: OnceLock::new() };
    tx.emit(&question).await?;
    Ok(question.final_report.get().copied())
}

fn record(tx: &mut Tx, actor: &Actor, now: Time, action: &'static str, session: &Session, note: &Note) {
    audit(actor, now, action, ResourceType::Note, note.id)
        .in_session(session.id)
        .on_day(session.panel_day_id)
        .with(json!(note.wire()))
        .record(tx);
}

/// The panelists of a day by id. Withdrawn ones are included: they may have spoken before.
struct SpeakerNames(HashMap<PanelistId, String>);

impl SpeakerNames {
    async fn of(tx: &mut Tx, day: PanelDayId) -> Result<Self> {
        let panelists = panelist::store::list(tx, day).await?;
        Ok(Self(panelists.into_iter().map(|panelist| (panelist.id, panelist.name)).collect()))
    }

    /// Checks the words. The speaker's name is taken from the database, never from the browser.
    fn check(&self, wording: &NoteWording) -> Result<NoteWording> {
        let mut wording = rules::check(wording)?;
        if let Some(panelist) = wording.panelist {
            wording.speaker = self
                .0
                .get(&panelist)
                .cloned()
                .ok_or_else(|| Error::field("speaker", "This speaker is not part of this panel day. Choose another speaker."))?;
        }
        Ok(wording)
    }
}

#[cfg(test)]
mod tests;

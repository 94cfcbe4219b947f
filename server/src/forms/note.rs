//! Forms of `/sessions/{id}/live` (a note without JavaScript) and `/sessions/{id}` (correct, withdraw, lock).

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::clock::Time;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{IdAtRevision, NoteId, SessionId};
use app::panel_day::note::act::{self, CorrectNote};
use app::panel_day::note::{NoteDraft, NoteKind, NoteWording, rules, speaker, store};
use app::panel_day::session;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// A note without JavaScript.
pub const LIVE: FormPage = FormPage {
    path: "/sessions/{id}/live",
    acts: &[("take", Permission::TakeNotes)],
    handle: FormHandler::Unit(|tx, request| Box::pin(live(tx, request))),
};

/// The notes of a session: correct, withdraw, lock.
pub const SESSION: FormPage = FormPage {
    path: "/sessions/{id}",
    acts: &[
        ("correct", Permission::TakeNotes),
        ("withdraw", Permission::TakeNotes),
        ("lock", Permission::LockNotes),
        ("unlock", Permission::LockNotes),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(session(tx, request))),
};

async fn live(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: SessionId = request.id("id")?;
    let session = act::reach(tx, &request.actor, Permission::TakeNotes, id).await?;
    let speakers = act::speakers(tx, &session).await?;
    let wording = rules::capture(&request.text("line"), &speakers, None)?;
    let draft = NoteDraft { id: request.fields.parse("id")?, at: request.now.timestamp_millis(), wording };
    act::take(tx, &request.actor, request.now, id, draft).await?;
    Ok(redirect(format!("/sessions/{id}/live#line")))
}

async fn session(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: SessionId = request.id("id")?;
    let here = format!("/sessions/{id}");
    match request.act() {
        "correct" => {
            let note: NoteId = request.key()?;
            let wording = corrected(tx, request, id, note).await?;
            act::correct(tx, &request.actor, request.now, CorrectNote { id: note, revision: request.fields.parse("revision")?, wording })
                .await?;
            Ok(redirect(format!("{here}#note-{note}")).with_message("Correction saved. The earlier text is kept."))
        }
        "withdraw" => {
            let seen = IdAtRevision { id: request.key()?, revision: request.fields.parse("revision")? };
            act::withdraw(tx, &request.actor, request.now, seen).await?;
            Ok(redirect(here).with_message("Note withdrawn. You can still read it under “Withdrawn notes”."))
        }
        "lock" => {
            session::act::lock(tx, &request.actor, request.now, id, seen(request)).await?;
            Ok(redirect(here).with_message("Notes locked."))
        }
        "unlock" => {
            session::act::unlock(tx, &request.actor, request.now, id, seen(request), &request.text("reason")).await?;
            Ok(redirect(here).with_message("Notes unlocked."))
        }
        _ => Err(Error::NotFound),
    }
}

/// When the notes were last locked or unlocked, as the page showed it.
fn seen(request: &FormRequest) -> Option<Time> {
    request.fields.maybe("seen").ok().flatten().and_then(Time::from_timestamp_micros)
}

/// The corrected words. The speaker is given as initials, as "" for none, or as "=" for the one so far.
async fn corrected(tx: &mut Tx, request: &FormRequest, id: SessionId, note: NoteId) -> Result<NoteWording> {
    let session = act::reach(tx, &request.actor, Permission::TakeNotes, id).await?;
    let note = store::find(tx, note).await?.filter(|note| note.session_id == id).ok_or(Error::NotFound)?;
    let kind: NoteKind = request.fields.parse("kind")?;
    let (panelist, speaker) = match request.fields.text("speaker") {
        "" => (None, String::new()),
        "=" => (note.panelist_id, note.speaker),
        initials => {
            let speakers = act::speakers(tx, &session).await?;
            let speaker = speaker::find(&speakers, initials)
                .ok_or_else(|| Error::field("speaker", "This speaker is not part of this panel day. Choose another speaker."))?;
            (speaker.panelist, speaker.name.clone())
        }
    };
    let topic = Some(request.text("topic")).filter(|topic| !topic.trim().is_empty());
    Ok(NoteWording { panelist, speaker, kind, text: request.text("text"), topic })
}

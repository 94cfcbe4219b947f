//! Forms of `/sessions/{id}/live` (a note without JavaScript) and `/sessions/{id}` (correct, withdraw, lock).

use app::account::Verb;
use app::clock::Time;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{NoteId, SessionId};
use app::note::act::{self, Correct};
use app::note::{Draft, Kind, Said, rules, seat, store};
use app::session;

use super::{Done, FormPage, Handle, Post, done};

/// One line, as typed.
pub const LIVE: FormPage =
    FormPage { path: "/sessions/{id}/live", acts: &[("take", Verb::TakeNotes)], handle: Handle::Unit(|tx, post| Box::pin(live(tx, post))) };

/// A session's notes after they were taken.
pub const SESSION: FormPage = FormPage {
    path: "/sessions/{id}",
    acts: &[("correct", Verb::TakeNotes), ("withdraw", Verb::TakeNotes), ("lock", Verb::LockNotes), ("unlock", Verb::LockNotes)],
    handle: Handle::Unit(|tx, post| Box::pin(session(tx, post))),
};

async fn live(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: SessionId = post.id("id")?;
    let session = act::reach(tx, &post.actor, Verb::TakeNotes, id).await?;
    let seats = act::seats(tx, &session).await?;
    let said = rules::capture(&post.text("line"), &seats, None)?;
    let draft = Draft { id: post.fields.parse("id")?, at: post.now.timestamp_millis(), said };
    act::take(tx, &post.actor, post.now, id, draft).await?;
    Ok(done(format!("/sessions/{id}/live#line")))
}

async fn session(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: SessionId = post.id("id")?;
    let here = format!("/sessions/{id}");
    match post.act() {
        "correct" => {
            let note: NoteId = post.key()?;
            let said = corrected(tx, post, id, note).await?;
            act::correct(tx, &post.actor, post.now, Correct { id: note, revision: post.fields.parse("revision")?, said }).await?;
            Ok(done(format!("{here}#note-{note}")).saying("The correction is saved; the earlier text is kept."))
        }
        "withdraw" => {
            act::withdraw(tx, &post.actor, post.now, post.key()?).await?;
            Ok(done(here).saying("The note is withdrawn. It stays readable under “withdrawn”."))
        }
        "lock" => {
            session::act::lock(tx, &post.actor, post.now, id, seen(post)).await?;
            Ok(done(here).saying("The notes are locked."))
        }
        "unlock" => {
            session::act::unlock(tx, &post.actor, post.now, id, seen(post), &post.text("reason")).await?;
            Ok(done(here).saying("The notes are open again for 72 hours."))
        }
        _ => Err(Error::NotFound),
    }
}

/// When the notes were last locked or unlocked, as the page showed it.
fn seen(post: &Post) -> Option<Time> {
    post.fields.maybe("seen").ok().flatten().and_then(Time::from_timestamp_micros)
}

/// What the form says was said. The speaker comes as initials, as nobody, or as "=": whoever it was.
async fn corrected(tx: &mut Tx, post: &Post, id: SessionId, note: NoteId) -> Result<Said> {
    let session = act::reach(tx, &post.actor, Verb::TakeNotes, id).await?;
    let note = store::find(tx, note).await?.filter(|note| note.session_id == id).ok_or(Error::NotFound)?;
    let kind: Kind = post.fields.parse("kind")?;
    let (panelist, speaker) = match post.fields.text("speaker") {
        "" => (None, String::new()),
        "=" => (note.panelist_id, note.speaker),
        initials => {
            let seats = act::seats(tx, &session).await?;
            let seat = seat::find(&seats, initials).ok_or_else(|| Error::field("speaker", "This speaker is not on this panel day."))?;
            (seat.panelist, seat.name.clone())
        }
    };
    let topic = Some(post.text("topic")).filter(|topic| !topic.trim().is_empty());
    Ok(Said { panelist, speaker, kind, text: post.text("text"), topic })
}

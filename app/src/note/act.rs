//! Taking notes, correcting and withdrawing them.
//!
//! Each act first holds the session's row: notes are numbered one after the other, and a lock never races a note. What is
//! recorded carries the note itself, which is how it reaches other screens.

use std::collections::HashMap;

use serde_json::json;

use super::rules::{Hours, Refusal};
use super::{Draft, Note, Receipt, Said, Seat, Sheet, rules, seat, store};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::{Tx, journal};
use crate::error::{Error, Result};
use crate::ids::{NoteId, PanelDayId, PanelistId, SessionId};
use crate::session::rules::{EARLY_MINUTES, is_locked_by_hand, notes_close_at, state};
use crate::session::{Session, State};
use crate::{panel_day, panelist, program, report, session};

/// A session that this actor may do `verb` in; a moderator reaches the days on which they moderate.
///
/// # Errors
/// `SignIn` or `Forbidden` by the table of permissions; `NotFound` for a session that is not there or out of reach.
pub async fn reach(tx: &mut Tx, actor: &Actor, verb: Verb, id: SessionId) -> Result<Session> {
    actor.may(verb)?;
    let session = session::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, verb, session.panel_day_id).await?;
    Ok(session)
}

/// Who may be named as a speaker in a session: the day's panelists who have a seat, and the company.
pub async fn seats(tx: &mut Tx, session: &Session) -> Result<Vec<Seat>> {
    let day = panel_day::store::find(tx, session.panel_day_id).await?.ok_or(Error::NotFound)?;
    let organisation = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?.organisation;
    let panelists = panelist::store::list_seated(tx, day.id).await?;
    let people: Vec<_> = panelists.into_iter().map(|panelist| (panelist.id, panelist.name, panelist.initials)).collect();
    Ok(seat::seats(&people, &session.company, &organisation))
}

/// A session's notes and where to listen on. The place is read first: what is saved in between arrives twice rather than never.
pub async fn sheet(tx: &mut Tx, session: &Session, now: Time) -> Result<Sheet> {
    let cursor = journal::newest(tx).await?;
    let notes = store::list(tx, session.id).await?;
    Ok(Sheet { cursor, locked: state(session, now) == State::Locked, notes: notes.iter().map(Note::wire).collect() })
}

/// Takes one note. The same id again is the same note.
///
/// # Errors
/// `Conflict` while the session takes no notes; `Invalid` for a note without words.
pub async fn take(tx: &mut Tx, actor: &Actor, now: Time, session: SessionId, draft: Draft) -> Result<Note> {
    let held = hold(tx, actor, now, Verb::TakeNotes, session).await?;
    Ok(take_one(tx, actor, now, &held, draft).await??)
}

/// Takes several notes in the order given, as a browser sends them after it was offline. Each is saved or refused for itself. Notes that
/// only have to wait (the session is locked, or has not begun) are in neither list: the browser keeps them.
///
/// # Errors
/// `Conflict` when all of them have to wait; `Invalid` for more than `rules::MOST_AT_ONCE`.
pub async fn take_many(tx: &mut Tx, actor: &Actor, now: Time, session: SessionId, drafts: Vec<Draft>) -> Result<Receipt> {
    let held = hold(tx, actor, now, Verb::TakeNotes, session).await?;
    if drafts.len() > rules::MOST_AT_ONCE {
        return Err(Error::field("notes", format!("At most {} notes at once, please.", rules::MOST_AT_ONCE)));
    }
    let mut receipt = Receipt::default();
    let mut waits = None;
    for draft in drafts {
        let id = draft.id;
        match take_one(tx, actor, now, &held, draft).await {
            Ok(Ok(note)) => receipt.saved.push(note.wire()),
            Ok(Err(refusal)) if refusal.may_pass() => waits = Some(refusal),
            Ok(Err(refusal)) => receipt.refused.push((id, refusal.to_string())),
            Err(wrong @ Error::Invalid(_)) => receipt.refused.push((id, wrong.message())),
            Err(error) => return Err(error),
        }
    }
    match waits {
        Some(refusal) if receipt.saved.is_empty() && receipt.refused.is_empty() => Err(refusal.into()),
        _ => Ok(receipt),
    }
}

async fn take_one(tx: &mut Tx, actor: &Actor, now: Time, held: &Held, draft: Draft) -> Result<Result<Note, Refusal>> {
    let session = &held.session;
    if let Some(note) = store::find(tx, draft.id).await? {
        return if note.session_id == session.id { Ok(Ok(note)) } else { Err(Error::field("id", "This note belongs to another session.")) };
    }
    let typed = rules::typed_at(draft.at, now);
    if let Err(refusal) = rules::accepts(&held.hours, typed, now) {
        return Ok(Err(refusal));
    }
    let said = held.names.check(&draft.said)?;
    let note = Note {
        id: draft.id,
        session_id: session.id,
        seq: store::next_seq(tx, session.id).await?,
        panelist_id: said.panelist,
        speaker: said.speaker,
        kind: said.kind,
        text: said.text,
        topic: said.topic,
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

/// New words for a note, over the revision that their writer saw.
#[derive(Clone, Debug)]
pub struct Correct {
    pub id: NoteId,
    pub revision: i64,
    pub said: Said,
}

/// Corrects a note; the earlier text is kept.
///
/// # Errors
/// `Conflict` with both texts when somebody corrected it in between, or when the session is locked.
pub async fn correct(tx: &mut Tx, actor: &Actor, now: Time, cmd: Correct) -> Result<Note> {
    actor.may(Verb::TakeNotes)?;
    let session = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?.session_id;
    let held = hold(tx, actor, now, Verb::TakeNotes, session).await?;
    let note = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    rules::accepts(&held.hours, now, now)?;
    if note.withdrawn_at.is_some() {
        return Err(Error::conflict("This note was withdrawn. Its text is still here; take it as a new note if it should stand."));
    }
    let said = held.names.check(&cmd.said)?;
    if note.revision != cmd.revision {
        return Err(rules::collision(&note.said(), &said));
    }
    if said == note.said() {
        return Ok(note);
    }
    if !store::update(tx, &note, &said, actor.account(), now).await? {
        return Err(rules::collision(&note.said(), &said));
    }
    let note = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    record(tx, actor, now, "corrected", &held.session, &note);
    Ok(note)
}

/// Takes a note back. It stays in the journal and out of everything else. Twice is the same as once.
///
/// # Errors
/// `Conflict` when the session is locked.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, id: NoteId) -> Result<()> {
    actor.may(Verb::TakeNotes)?;
    let session = store::find(tx, id).await?.ok_or(Error::NotFound)?.session_id;
    let held = hold(tx, actor, now, Verb::TakeNotes, session).await?;
    rules::accepts(&held.hours, now, now)?;
    if store::withdraw(tx, id, now).await? {
        let note = store::find(tx, id).await?.ok_or(Error::NotFound)?;
        record(tx, actor, now, "withdrew", &held.session, &note);
    }
    Ok(())
}

/// A session whose row is locked until the transaction ends, when it takes notes, and who may speak in it.
struct Held {
    session: Session,
    hours: Hours,
    names: Names,
}

async fn hold(tx: &mut Tx, actor: &Actor, now: Time, verb: Verb, id: SessionId) -> Result<Held> {
    let session = reach(tx, actor, verb, id).await?;
    let names = Names::of(tx, session.panel_day_id).await?;
    let session = session::store::hold(tx, session.id).await?.ok_or(Error::NotFound)?;
    let closes = notes_close_at(&session);
    let hours = Hours {
        opens: session.starts_at - chrono::Duration::minutes(EARLY_MINUTES),
        closes,
        locked_by_hand: is_locked_by_hand(&session),
        reported: if now < closes { None } else { report::store::newest_number(tx, session.panel_day_id).await? },
    };
    Ok(Held { session, hours, names })
}

fn record(tx: &mut Tx, actor: &Actor, now: Time, verb: &'static str, session: &Session, note: &Note) {
    did(actor, now, verb, Thing::Note, note.id).in_session(session.id).on_day(session.panel_day_id).with(json!(note.wire())).record(tx);
}

/// Everybody who said yes to a day, by id: also who has left since may have spoken before.
struct Names(HashMap<PanelistId, String>);

impl Names {
    async fn of(tx: &mut Tx, day: PanelDayId) -> Result<Self> {
        let panelists = panelist::store::list(tx, day).await?;
        Ok(Self(panelists.into_iter().map(|panelist| (panelist.id, panelist.name)).collect()))
    }

    /// Words that can be saved, spoken by somebody of this day; the name comes from here, never from the browser.
    fn check(&self, said: &Said) -> Result<Said> {
        let mut said = rules::check(said)?;
        if let Some(panelist) = said.panelist {
            said.speaker =
                self.0.get(&panelist).cloned().ok_or_else(|| Error::field("speaker", "This speaker is not on this panel day."))?;
        }
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::Kind;
    use super::*;
    use crate::account::Role;
    use crate::clock;
    use crate::db::Db;
    use crate::testing::{each_db, fixture};

    /// A session that runs now, moderated by Mo; Olga moderates another day.
    struct Room {
        session: SessionId,
        mo: Actor,
        olga: Actor,
        ana: PanelistId,
        now: Time,
    }

    async fn room(tx: &mut Tx) -> Room {
        let now = clock::now();
        let asked = now - Duration::days(30);
        let program = fixture::program(tx, asked).await;
        let mo = fixture::account(tx, "Mo", Role::Moderator, asked).await;
        let olga = fixture::account(tx, "Olga", Role::Moderator, asked).await;
        let ranters = fixture::day(tx, asked, program, now.date_naive(), 15).await;
        let another = fixture::day(tx, asked, program, now.date_naive(), 15).await;
        let session = fixture::session(tx, now, ranters, Some(mo.id)).await;
        fixture::session(tx, now, another, Some(olga.id)).await;
        let ana = fixture::panelist(tx, asked, ranters, "Ana Reyes", panelist::QuotePermission::None).await;
        Room { session, mo: fixture::actor(&mo), olga: fixture::actor(&olga), ana, now }
    }

    fn draft(room: &Room, text: &str) -> Draft {
        let said = Said { panelist: Some(room.ana), speaker: String::new(), kind: Kind::Quote, text: text.into(), topic: None };
        Draft { id: NoteId::new(), at: room.now.timestamp_millis(), said }
    }

    async fn texts(tx: &mut Tx, room: &Room) -> Vec<(i64, String)> {
        store::list(tx, room.session).await.expect("notes").into_iter().map(|note| (note.seq, note.text)).collect()
    }

    #[tokio::test]
    async fn the_same_note_sent_twice_is_one_note() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let draft = draft(&room, "I was sold a warranty");
            let first = take(&mut tx, &room.mo, room.now, room.session, draft.clone()).await.expect("taken");
            assert_eq!((first.seq, first.speaker.as_str()), (1, "Ana Reyes"));
            let again = Draft { said: Said { text: "another text".into(), ..draft.said.clone() }, ..draft };
            let second = take(&mut tx, &room.mo, room.now, room.session, again).await.expect("known");
            assert_eq!(first, second);
            tx.commit().await.expect("commit");
            let mut tx = db.read().await.expect("tx");
            let lines = journal::list_session(&mut tx, room.session.0, 0, 10).await.expect("lines");
            assert_eq!(lines.iter().map(|line| line.verb.as_str()).collect::<Vec<_>>(), ["noted"]);
        })
        .await;
    }

    #[tokio::test]
    async fn notes_that_waited_are_saved_in_order_and_a_bad_one_stops_nobody() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let mut drafts = vec![draft(&room, "one"), draft(&room, "  "), draft(&room, "two"), draft(&room, "three")];
            drafts[3].said.panelist = Some(PanelistId::new());
            let receipt = take_many(&mut tx, &room.mo, room.now, room.session, drafts.clone()).await.expect("taken");
            assert_eq!(receipt.saved.iter().map(|wire| wire.seq).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(receipt.refused.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [drafts[1].id, drafts[3].id]);
            assert_eq!(texts(&mut tx, &room).await, [(1, "one".to_owned()), (2, "two".to_owned())]);
        })
        .await;
    }

    #[tokio::test]
    async fn notes_of_two_moderators_at_once_are_numbered_without_gaps() {
        each_db(|db: Db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            tx.commit().await.expect("commit");
            let writes = (0..8).map(|n| {
                let (db, mo, draft, session, now) =
                    (db.clone(), room.mo.clone(), draft(&room, &format!("note {n}")), room.session, room.now);
                tokio::spawn(async move {
                    let mut tx = db.begin().await.expect("tx");
                    take(&mut tx, &mo, now, session, draft).await.expect("taken");
                    tx.commit().await.expect("commit");
                })
            });
            for write in writes.collect::<Vec<_>>() {
                write.await.expect("written");
            }
            let mut tx = db.read().await.expect("tx");
            let numbers: Vec<i64> = texts(&mut tx, &room).await.into_iter().map(|(seq, _)| seq).collect();
            assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
        })
        .await;
    }

    #[tokio::test]
    async fn a_moderator_of_another_day_finds_nothing() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let note = take(&mut tx, &room.mo, room.now, room.session, draft(&room, "slow")).await.expect("taken");
            let (now, olga) = (room.now, &room.olga);
            assert!(matches!(take(&mut tx, olga, now, room.session, draft(&room, "x")).await, Err(Error::NotFound)));
            let cmd = Correct { id: note.id, revision: 1, said: note.said() };
            assert!(matches!(correct(&mut tx, olga, now, cmd).await, Err(Error::NotFound)));
            assert!(matches!(withdraw(&mut tx, olga, now, note.id).await, Err(Error::NotFound)));
            assert!(matches!(session::act::lock(&mut tx, olga, now, room.session, None).await, Err(Error::NotFound)));
            assert!(matches!(reach(&mut tx, olga, Verb::SeeNotes, room.session).await, Err(Error::NotFound)));
            assert!(matches!(take(&mut tx, &Actor::Nobody, now, room.session, draft(&room, "x")).await, Err(Error::SignIn)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_locked_session_takes_no_notes_until_it_is_unlocked_with_a_reason() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let (mo, now) = (&room.mo, room.now);
            let note = take(&mut tx, mo, now, room.session, draft(&room, "slow")).await.expect("taken");
            session::act::lock(&mut tx, mo, now, room.session, None).await.expect("locked");
            let later = now + Duration::minutes(1);
            assert!(matches!(take(&mut tx, mo, later, room.session, draft(&room, "late")).await, Err(Error::Conflict(_))));
            assert!(matches!(withdraw(&mut tx, mo, later, note.id).await, Err(Error::Conflict(_))));
            let unlock = async |tx: &mut Tx, reason: &str, seen| session::act::unlock(tx, mo, later, room.session, seen, reason).await;
            assert!(matches!(unlock(&mut tx, " ", Some(now)).await, Err(Error::Invalid(_))));
            assert!(matches!(unlock(&mut tx, "two notes came late", None).await, Err(Error::Conflict(_))), "locked since it was read");
            unlock(&mut tx, "two notes came late", Some(now)).await.expect("unlocked");
            take(&mut tx, mo, later, room.session, draft(&room, "late")).await.expect("taken");
            // Who pressed "lock" on a page from before the unlocking is asked once more.
            assert!(matches!(session::act::lock(&mut tx, mo, later, room.session, Some(now)).await, Err(Error::Conflict(_))));
            // At the very moment of an unlocking, a lock still counts.
            session::act::lock(&mut tx, mo, later, room.session, Some(later)).await.expect("locked");
            assert!(matches!(take(&mut tx, mo, later, room.session, draft(&room, "later")).await, Err(Error::Conflict(_))));
        })
        .await;
    }

    #[tokio::test]
    async fn a_note_that_waited_past_the_closing_time_is_taken_for_a_week_and_one_that_is_refused_stops_no_other() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let late = room.now + Duration::hours(100);
            let in_time = draft(&room, "typed in time");
            let typed_late = Draft { at: late.timestamp_millis(), ..draft(&room, "typed too late") };
            let drafts = vec![typed_late.clone(), in_time.clone()];
            let receipt = take_many(&mut tx, &room.mo, late, room.session, drafts).await.expect("a receipt");
            assert_eq!(receipt.saved.iter().map(|wire| wire.id).collect::<Vec<_>>(), [in_time.id]);
            assert_eq!(receipt.refused.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [typed_late.id]);
            assert!(receipt.refused[0].1.contains("unlock the notes with a reason"), "{}", receipt.refused[0].1);
            let much_later = room.now + Duration::hours(72 + 24 * rules::LATE_DAYS + 2);
            let lied = draft(&room, "dated back");
            assert!(matches!(take(&mut tx, &room.mo, much_later, room.session, lied).await, Err(Error::Conflict(_))));
        })
        .await;
    }

    #[tokio::test]
    async fn a_lock_by_hand_outlives_the_closing_time() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            session::act::lock(&mut tx, &room.mo, room.now, room.session, None).await.expect("locked");
            let late = room.now + Duration::hours(100);
            let notes = vec![draft(&room, "one"), draft(&room, "two")];
            assert!(matches!(take_many(&mut tx, &room.mo, late, room.session, notes).await, Err(Error::Conflict(_))));
            assert!(texts(&mut tx, &room).await.is_empty());
        })
        .await;
    }

    #[tokio::test]
    async fn notes_that_only_have_to_wait_are_neither_saved_nor_refused() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            // The answer to this one was lost, so that the browser sends it again.
            let known = draft(&room, "saved before the lock");
            take(&mut tx, &room.mo, room.now, room.session, known.clone()).await.expect("taken");
            session::act::lock(&mut tx, &room.mo, room.now, room.session, None).await.expect("locked");
            let notes = vec![known.clone(), draft(&room, "waits for the unlocking")];
            let receipt = take_many(&mut tx, &room.mo, room.now, room.session, notes).await.expect("a receipt");
            assert_eq!(receipt.saved.iter().map(|wire| wire.id).collect::<Vec<_>>(), [known.id]);
            assert!(receipt.refused.is_empty());
        })
        .await;
    }

    #[tokio::test]
    async fn a_lock_and_a_note_at_once_end_in_one_order() {
        each_db(|db: Db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            tx.commit().await.expect("commit");
            let (now, session) = (room.now, room.session);
            for round in 0..10 {
                let note = {
                    let (db, mo, draft) = (db.clone(), room.mo.clone(), draft(&room, &format!("note {round}")));
                    tokio::spawn(async move {
                        let (mo, draft) = (&mo, &draft);
                        db.write(|tx, _| Box::pin(take_many(tx, mo, now, session, vec![draft.clone()]))).await
                    })
                };
                let lock = {
                    let (db, mo) = (db.clone(), room.mo.clone());
                    tokio::spawn(async move {
                        let mo = &mo;
                        db.write(|tx, _| {
                            Box::pin(async move {
                                let seen = session::store::find(tx, session).await?.and_then(|session| session.lock_changed_at());
                                session::act::lock(tx, mo, now, session, seen).await
                            })
                        })
                        .await
                    })
                };
                let (note, lock) = (note.await.expect("ended"), lock.await.expect("ended"));
                lock.expect("locked");
                let lines = journal::list_session(&mut db.read().await.expect("tx"), session.0, 0, 100).await.expect("lines");
                let last = |verb: &str| lines.iter().rfind(|line| line.verb == verb).map(|line| line.seq);
                match note {
                    Ok(receipt) => {
                        assert_eq!(receipt.saved.len(), 1);
                        assert!(last("noted") < last("locked"), "round {round}: saved after the lock");
                    }
                    Err(Error::Conflict(_)) => {}
                    Err(error) => panic!("{error}"),
                }
                let mo = &room.mo;
                db.write(|tx, _| Box::pin(session::act::unlock(tx, mo, now, session, Some(now), "the next round")))
                    .await
                    .expect("unlocked");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_correction_keeps_the_earlier_text_and_a_second_one_over_it_is_shown_both() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let (mo, now) = (&room.mo, room.now);
            let note = take(&mut tx, mo, now, room.session, draft(&room, "I was sold a warrenty")).await.expect("taken");
            let say = |text: &str| Said { text: text.into(), ..note.said() };
            let cmd = Correct { id: note.id, revision: 1, said: say("I was sold a warranty") };
            assert_eq!(correct(&mut tx, mo, now, cmd.clone()).await.expect("corrected").revision, 2);
            let late = Correct { said: say("I got sold a warranty"), ..cmd };
            let Err(Error::Conflict(words)) = correct(&mut tx, mo, now, late).await else { panic!("a conflict") };
            assert!(words.contains("“I was sold a warranty”") && words.contains("“I got sold a warranty”"), "{words}");
            let earlier = store::list_revisions(&mut tx, room.session).await.expect("revisions");
            assert!(earlier.iter().all(|(of, _)| *of == note.id));
            assert_eq!(earlier.iter().map(|(_, revision)| revision.text.as_str()).collect::<Vec<_>>(), ["I was sold a warrenty"]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_withdrawn_note_leaves_the_list_and_stays_readable() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let note = take(&mut tx, &room.mo, room.now, room.session, draft(&room, "slow")).await.expect("taken");
            withdraw(&mut tx, &room.mo, room.now, note.id).await.expect("withdrawn");
            withdraw(&mut tx, &room.mo, room.now, note.id).await.expect("still withdrawn");
            let look = store::Look { search: "SLOW".into(), ..Default::default() };
            assert!(store::search(&mut tx, room.session, &look).await.expect("notes").is_empty());
            let look = store::Look { withdrawn: true, ..look };
            assert_eq!(store::search(&mut tx, room.session, &look).await.expect("notes").len(), 1);
            let again = Draft { id: note.id, ..draft(&room, "slow") };
            assert!(take(&mut tx, &room.mo, room.now, room.session, again).await.expect("known").withdrawn_at.is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn notes_are_found_by_word_kind_and_speaker() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let room = room(&mut tx).await;
            let mut drafts = vec![draft(&room, "100% slow"), draft(&room, "quick")];
            drafts.push(Draft {
                said: Said {
                    panelist: None,
                    speaker: "Dell".into(),
                    kind: Kind::Idea,
                    text: "we look into it".into(),
                    topic: Some("chat".into()),
                },
                ..draft(&room, "")
            });
            take_many(&mut tx, &room.mo, room.now, room.session, drafts).await.expect("taken");
            for (look, expected) in [
                (store::Look { search: "100%".into(), ..Default::default() }, vec![1]),
                (store::Look { search: "reyes".into(), ..Default::default() }, vec![1, 2]),
                (store::Look { search: "chat".into(), ..Default::default() }, vec![3]),
                (store::Look { kind: Some(Kind::Quote), ..Default::default() }, vec![1, 2]),
                (store::Look { panelist: Some(room.ana), ..Default::default() }, vec![1, 2]),
                (store::Look { company: true, ..Default::default() }, vec![3]),
            ] {
                let found = store::search(&mut tx, room.session, &look).await.expect("notes");
                assert_eq!(found.iter().map(|note| note.seq).collect::<Vec<_>>(), expected, "{look:?}");
            }
            assert_eq!(store::list_touched(&mut tx, room.ana).await.expect("ids").len(), 2);
        })
        .await;
    }
}

//! Unit tests of `act`.

use chrono::Duration;

use super::super::NoteKind;
use super::*;
use crate::access::account::Role;
use crate::db::Db;
use crate::kernel::clock;
use crate::testing::{each_db, fixture};

/// A session that runs now, moderated by Mo; Olga moderates another day.
struct TestSession {
    session: SessionId,
    mo: Actor,
    olga: Actor,
    ana: PanelistId,
    now: Time,
}

async fn room(tx: &mut Tx) -> TestSession {
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
    TestSession { session, mo: fixture::actor(&mo), olga: fixture::actor(&olga), ana, now }
}

fn draft(room: &TestSession, text: &str) -> NoteDraft {
    let wording = NoteWording { panelist: Some(room.ana), speaker: String::new(), kind: NoteKind::Quote, text: text.into(), topic: None };
    NoteDraft { id: NoteId::new(), at: room.now.timestamp_millis(), wording }
}

async fn texts(tx: &mut Tx, room: &TestSession) -> Vec<(i64, String)> {
    store::list(tx, room.session).await.expect("notes").into_iter().map(|note| (note.seq, note.text)).collect()
}

fn read(note: &Note) -> IdAtRevision<NoteId> {
    IdAtRevision { id: note.id, revision: note.revision }
}

#[tokio::test]
async fn the_same_note_sent_twice_is_one_note() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let room = room(&mut tx).await;
        let draft = draft(&room, "I was sold a warranty");
        let first = take(&mut tx, &room.mo, room.now, room.session, draft.clone()).await.expect("taken");
        assert_eq!((first.seq, first.speaker.as_str()), (1, "Ana Reyes"));
        let again = NoteDraft { wording: NoteWording { text: "another text".into(), ..draft.wording.clone() }, ..draft };
        let second = take(&mut tx, &room.mo, room.now, room.session, again).await.expect("known");
        assert_eq!(first, second);
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let lines = audit_log::list_session(&mut tx, room.session.0, 0, 10).await.expect("lines");
        assert_eq!(lines.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(), ["noted"]);
    })
    .await;
}

#[tokio::test]
async fn notes_that_waited_are_saved_in_order_and_a_bad_one_stops_nobody() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let room = room(&mut tx).await;
        let mut drafts = vec![draft(&room, "one"), draft(&room, "  "), draft(&room, "two"), draft(&room, "three")];
        drafts[3].wording.panelist = Some(PanelistId::new());
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
            let (db, mo, draft, session, now) = (db.clone(), room.mo.clone(), draft(&room, &format!("note {n}")), room.session, room.now);
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
        let cmd = CorrectNote { id: note.id, revision: 1, wording: note.wording() };
        assert!(matches!(correct(&mut tx, olga, now, cmd).await, Err(Error::NotFound)));
        assert!(matches!(withdraw(&mut tx, olga, now, read(&note)).await, Err(Error::NotFound)));
        assert!(matches!(session::act::lock(&mut tx, olga, now, room.session, None).await, Err(Error::NotFound)));
        assert!(matches!(reach(&mut tx, olga, Permission::SeeNotes, room.session).await, Err(Error::NotFound)));
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
        assert!(matches!(withdraw(&mut tx, mo, later, read(&note)).await, Err(Error::Conflict(_))));
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
        let typed_late = NoteDraft { at: late.timestamp_millis(), ..draft(&room, "typed too late") };
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
            let lines = audit_log::list_session(&mut db.read().await.expect("tx"), session.0, 0, 100).await.expect("lines");
            let last = |action: &str| lines.iter().rfind(|line| line.action == action).map(|line| line.seq);
            match note {
                Ok(receipt) => {
                    assert_eq!(receipt.saved.len(), 1);
                    assert!(last("noted") < last("locked"), "round {round}: saved after the lock");
                }
                Err(Error::Conflict(_)) => {}
                Err(error) => panic!("{error}"),
            }
            let mo = &room.mo;
            db.write(|tx, _| Box::pin(session::act::unlock(tx, mo, now, session, Some(now), "the next round"))).await.expect("unlocked");
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
        let say = |text: &str| NoteWording { text: text.into(), ..note.wording() };
        let cmd = CorrectNote { id: note.id, revision: 1, wording: say("I was sold a warranty") };
        assert_eq!(correct(&mut tx, mo, now, cmd.clone()).await.expect("corrected").revision, 2);
        let late = CorrectNote { wording: say("I got sold a warranty"), ..cmd };
        let Err(Error::Conflict(words)) = correct(&mut tx, mo, now, late).await else { panic!("a conflict") };
        assert!(words.contains("“I was sold a warranty”") && words.contains("“I got sold a warranty”"), "{words}");
        let earlier = store::list_revisions(&mut tx, room.session).await.expect("revisions");
        assert!(earlier.iter().all(|(of, _)| *of == note.id));
        assert_eq!(earlier.iter().map(|(_, revision)| revision.text.as_str()).collect::<Vec<_>>(), ["I was sold a warrenty"]);
        let unread = withdraw(&mut tx, mo, now, read(&note)).await.expect_err("it says something else now");
        assert!(unread.message().contains("has corrected this note"), "{unread}");
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_note_leaves_the_list_and_stays_readable() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let room = room(&mut tx).await;
        let note = take(&mut tx, &room.mo, room.now, room.session, draft(&room, "slow")).await.expect("taken");
        withdraw(&mut tx, &room.mo, room.now, read(&note)).await.expect("withdrawn");
        withdraw(&mut tx, &room.mo, room.now, read(&note)).await.expect("still withdrawn");
        let wanted = store::NoteSearch { search: "SLOW".into(), ..Default::default() };
        assert!(store::search(&mut tx, room.session, &wanted).await.expect("notes").is_empty());
        let wanted = store::NoteSearch { withdrawn: true, ..wanted };
        assert_eq!(store::search(&mut tx, room.session, &wanted).await.expect("notes").len(), 1);
        let again = NoteDraft { id: note.id, ..draft(&room, "slow") };
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
        drafts.push(NoteDraft {
            wording: NoteWording {
                panelist: None,
                speaker: "Dell".into(),
                kind: NoteKind::Idea,
                text: "we look into it".into(),
                topic: Some("chat".into()),
            },
            ..draft(&room, "")
        });
        take_many(&mut tx, &room.mo, room.now, room.session, drafts).await.expect("taken");
        for (wanted, expected) in [
            (store::NoteSearch { search: "100%".into(), ..Default::default() }, vec![1]),
            (store::NoteSearch { search: "reyes".into(), ..Default::default() }, vec![1, 2]),
            (store::NoteSearch { search: "chat".into(), ..Default::default() }, vec![3]),
            (store::NoteSearch { kind: Some(NoteKind::Quote), ..Default::default() }, vec![1, 2]),
            (store::NoteSearch { panelist: Some(room.ana), ..Default::default() }, vec![1, 2]),
            (store::NoteSearch { company: true, ..Default::default() }, vec![3]),
        ] {
            let found = store::search(&mut tx, room.session, &wanted).await.expect("notes");
            assert_eq!(found.iter().map(|note| note.seq).collect::<Vec<_>>(), expected, "{wanted:?}");
        }
        assert_eq!(store::list_panelist(&mut tx, room.ana).await.expect("notes").len(), 2);
    })
    .await;
}

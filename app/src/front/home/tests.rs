//! Who finds what on the start page: within the reader's scope, and nothing twice.

use chrono::Duration;
use chrono_tz::America::Chicago;

use super::to_do::{HomePage, read};
use crate::access::account::act::{Profile, add};
use crate::access::account::{Account, Actor, Role};
use crate::db::{Db, Tx};
use crate::follow_up::heard::{self, assignment};
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::response::{self, ResponseKind};
use crate::kernel::clock::{local_day, now};
use crate::kernel::ids::{HeardId, NoteId, SessionId};
use crate::panel_day::note::{self, NoteDraft, NoteKind, NoteWording};
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, actor, heard_item, response_draft, staff};

async fn noted(tx: &mut Tx, session: SessionId, text: &str) -> NoteId {
    let wording = NoteWording { panelist: None, speaker: "Company".into(), kind: NoteKind::Observation, text: text.into(), topic: None };
    let draft = NoteDraft { id: NoteId::new(), at: now().timestamp_millis(), wording };
    note::act::take(tx, &SYSTEM, now(), session, draft).await.expect("a note").id
}

async fn today(db: &Db, reader: &Account) -> HomePage {
    read(&mut db.read().await.expect("tx"), &actor(reader), now()).await.expect("a page")
}

#[tokio::test]
async fn a_moderator_groups_the_notes_of_their_own_days_and_counts_no_others() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let mel = fixture::account(&mut tx, "Mel Dorn", Role::Moderator, now()).await;
        let program = fixture::program(&mut tx, now()).await;
        let own = fixture::day(&mut tx, now(), program, local_day(now(), Chicago), 15).await;
        let other = fixture::day(&mut tx, now(), program, local_day(now(), Chicago), 12).await;
        let session = fixture::session(&mut tx, now(), own, Some(mel.id)).await;
        let elsewhere = fixture::session(&mut tx, now(), other, None).await;
        noted(&mut tx, session, "The fan screams").await;
        noted(&mut tx, elsewhere, "The hinge broke").await;
        noted(&mut tx, elsewhere, "Nobody answered").await;
        tx.commit().await.expect("commit");
        let page = today(&db, &mel).await;
        let groups: Vec<_> =
            page.to_dos.iter().filter(|to_do| to_do.action == "Group notes").map(|to_do| (to_do.count, to_do.href.clone())).collect();
        assert_eq!(groups, [(1, format!("/days/{own}/heard"))]);
        assert_eq!((page.loop_counts.notes, page.loop_counts.sessions, page.loop_counts.seats), (1, 1, 15));
    })
    .await;
}

#[tokio::test]
async fn a_responder_finds_the_answer_that_was_returned() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let profile = Profile { email: "rosa@example.com".into(), name: "Rosa Diaz".into(), role: Role::Responder, unit: "Support".into() };
        let rosa = add(&mut tx, &SYSTEM, now(), profile).await.expect("a responder");
        let other = Profile { email: "olu@example.com".into(), name: "Olu Stone".into(), role: Role::Responder, unit: "Stores".into() };
        let olu = add(&mut tx, &SYSTEM, now(), other).await.expect("a responder");
        let program = fixture::program(&mut tx, now()).await;
        let day = fixture::day(&mut tx, now(), program, local_day(now(), Chicago), 15).await;
        let session = fixture::session(&mut tx, now(), day, None).await;
        let note = noted(&mut tx, session, "The fan screams").await;
        let id = item(
            &mut tx,
            heard::act::DraftItem { panel_day: day, text: "The fan screams.".into(), topic: String::new(), notes: vec![note] },
        )
        .await;
        let seen = heard_item(&mut tx, id).await.seen();
        assignment::assign(&mut tx, &staff(), now(), seen, assignment::ItemOwner::Account(rosa.id), "").await.expect("assigned");
        let content = ResponseContent {
            kind: ResponseKind::Commit,
            text: "We replace the fan.".into(),
            link: String::new(),
            decline_reason: None,
            owner: "Head of support".into(),
            due: Some(now().date_naive() + Duration::days(30)),
            change_reason: String::new(),
        };
        let version = response_draft(&mut tx, &actor(&rosa), now(), id, content).await.expect("a draft");
        response::act::submit_for_review(&mut tx, &actor(&rosa), now(), version.seen()).await.expect("submitted");
        let read = response::store::find(&mut tx, version.id).await.expect("read").expect("a version");
        response::act::return_to_draft(&mut tx, &staff(), now(), read.seen(), "Say by when.").await.expect("returned");
        tx.commit().await.expect("commit");
        let revise = |page: &HomePage| {
            page.to_dos.iter().filter(|to_do| to_do.action == "Revise").map(|to_do| to_do.href.clone()).collect::<Vec<_>>()
        };
        assert_eq!(revise(&today(&db, &rosa).await), [format!("/heard/{id}?tab=answer")]);
        assert_eq!(revise(&today(&db, &olu).await), Vec::<String>::new(), "another unit's");
    })
    .await;
}

async fn item(tx: &mut Tx, cmd: heard::act::DraftItem) -> HeardId {
    let by: Actor = staff();
    let item = heard::act::draft(tx, &by, now(), cmd).await.expect("an item");
    heard::act::open(tx, &by, now(), item.seen()).await.expect("open").id
}

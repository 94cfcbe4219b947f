//! Who finds what on the start page: within the reader's scope, and nothing twice.

use chrono::{Duration, NaiveDate, NaiveTime};
use chrono_tz::America::Chicago;

use super::on_the_day::OnTheDay;
use super::to_do::{HomePage, read};
use crate::access::account::act::{Profile, add};
use crate::access::account::{Account, Actor, Role};
use crate::db::{Db, Tx};
use crate::follow_up::heard::{self, assignment};
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::response::{self, ResponseKind};
use crate::kernel::clock::{Time, at_wall, local_day, now};
use crate::kernel::ids::{HeardId, NoteId, SessionId};
use crate::panel_day::note::{self, NoteDraft, NoteKind, NoteWording};
use crate::recruiting::panelist::QuotePermission;
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

#[tokio::test]
async fn on_a_panel_day_the_page_leads_to_check_in_from_midnight_and_to_the_next_session() {
    each_db(|db| async move {
        let on = NaiveDate::from_ymd_opt(2030, 6, 15).expect("a day");
        let at = |hour, minute| at_wall(on, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"), Chicago).expect("a moment");
        let mut tx = db.begin().await.expect("tx");
        let sam = fixture::account(&mut tx, "Sam Reyes", Role::Staff, now()).await;
        let ray = fixture::account(&mut tx, "Ray Ortiz", Role::Viewer, now()).await;
        let program = fixture::program(&mut tx, now()).await;
        let day = fixture::day(&mut tx, now(), program, on, 15).await;
        let first = fixture::session(&mut tx, at(12, 0), day, None).await;
        let second = fixture::session(&mut tx, at(15, 0), day, None).await;
        fixture::panelist(&mut tx, now(), day, "Zoe Kim", QuotePermission::None).await;
        tx.commit().await.expect("commit");
        let card = async |reader: &Account, moment: Time| {
            let today = read(&mut db.read().await.expect("tx"), &actor(reader), moment).await.expect("a page");
            OnTheDay::of(&today, &actor(reader), moment)
        };
        let seen = |card: Option<OnTheDay>| {
            card.map(|card| (card.live, card.leads(), card.lines.into_iter().map(|line| (line.action, line.href)).collect::<Vec<_>>()))
        };
        let check_in = ("Check in people", format!("/days/{day}/people"));
        assert_eq!(seen(card(&sam, at(0, 0) - Duration::minutes(1)).await), None, "the day before");
        let morning = (false, true, vec![("Open session", format!("/sessions/{first}")), check_in.clone()]);
        assert_eq!(seen(card(&sam, at(0, 1)).await), Some(morning), "people arrive");
        let live = (true, true, vec![("Open notes", format!("/sessions/{first}/live")), check_in.clone()]);
        assert_eq!(seen(card(&sam, at(12, 0)).await), Some(live));
        let between = (false, true, vec![("Open session", format!("/sessions/{second}")), check_in]);
        assert_eq!(seen(card(&sam, at(13, 30)).await), Some(between));
        let reader = (false, false, vec![("Open session", format!("/sessions/{second}"))]);
        assert_eq!(seen(card(&ray, at(13, 30)).await), Some(reader), "a viewer checks nobody in");
        assert_eq!(seen(card(&sam, at(16, 0)).await), None, "after the last session");
    })
    .await;
}

async fn item(tx: &mut Tx, cmd: heard::act::DraftItem) -> HeardId {
    let by: Actor = staff();
    let item = heard::act::draft(tx, &by, now(), cmd).await.expect("an item");
    heard::act::open(tx, &by, now(), item.seen()).await.expect("open").id
}

//! Webhooks on both databases: who may, what is told and once only, what time makes late, and when a tool is given up.

use chrono::Duration;

use super::act::{DeliveryRefusal, WebhookForm, add, change, pause, record_attempt, remove, renew, resume, test};
use super::{Webhook, WebhookDeliveryState, WebhookEvent, WebhookFormat, rules, store, work};
use crate::access::account::{self, Actor, Role};
use crate::access::job::{self, JobKind};
use crate::casework::triage;
use crate::db::{Db, Tx};
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::{heard, response};
use crate::kernel::clock::now;
use crate::kernel::ids::{AccountId, IdAtRevision, MentionId, NoteId, ProgramId, WebhookId};
use crate::kernel::networks::AllowedNetworks;
use crate::listening::mention;
use crate::panel_day::note;
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, staff};

fn form(events: &[WebhookEvent]) -> WebhookForm {
    WebhookForm {
        name: "Support channel".into(),
        url: "https://hooks.example.com/T1/secret".into(),
        shape: WebhookFormat::Chat,
        events: events.to_vec(),
        networks: AllowedNetworks::default(),
    }
}

async fn all(tx: &mut Tx, id: WebhookId) -> Vec<super::WebhookDelivery> {
    store::list_deliveries(tx, id, 99).await.expect("deliveries")
}

async fn one(tx: &mut Tx, id: WebhookId) -> Webhook {
    store::find(tx, id).await.expect("read").expect("a webhook")
}

/// A program that heard one complaint.
async fn complaint(db: &Db) -> (ProgramId, MentionId) {
    let text = "Datetime,Tweet Id,Text,Username,sentiment\n2022-03-20 10:00:00+00:00,15700000001,The hinge broke again,zoe_k,negative\n";
    let program = fixture::import(db, text, fixture::dell()).await.0;
    let mut tx = db.read().await.expect("tx");
    (program, mention::store::list(&mut tx, &mention::store::MentionSearch::default(), 9, 0).await.expect("mentions")[0].mention.id)
}

/// A program with one item whose answer promises something within ten days.
async fn promised(tx: &mut Tx) -> ProgramId {
    let program = fixture::program(tx, now()).await;
    let day = fixture::day(tx, now(), program, now().date_naive(), 15).await;
    let session = fixture::session(tx, now(), day, None).await;
    let message = note::NoteWording {
        panelist: None,
        speaker: "Company".into(),
        kind: note::NoteKind::Observation,
        text: "Nobody in support can see the chat history.".into(),
        topic: None,
    };
    let draft = note::NoteDraft { id: NoteId::new(), at: now().timestamp_millis(), wording: message };
    let note = note::act::take(tx, &SYSTEM, now(), session, draft).await.expect("a note").id;
    let cmd = heard::act::DraftItem { panel_day: day, text: "Support cannot see my chat.".into(), topic: String::new(), notes: vec![note] };
    let item = heard::act::draft(tx, &SYSTEM, now(), cmd).await.expect("an item");
    heard::act::open(tx, &SYSTEM, now(), item.seen()).await.expect("open");
    let content = ResponseContent {
        kind: response::ResponseKind::Commit,
        text: "Support will see the whole chat history by then.".into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support".into(),
        due: Some(now().date_naive() + Duration::days(10)),
        change_reason: String::new(),
    };
    let version = fixture::response_draft(tx, &SYSTEM, now(), item.id, content).await.expect("a draft");
    fixture::published(tx, &SYSTEM, now(), &version).await;
    program
}

#[tokio::test]
async fn staff_add_change_pause_and_remove_webhooks_and_others_may_not() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let viewer = Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() };
        assert!(add(&mut tx, &viewer, now(), program, form(&[WebhookEvent::Late])).await.is_err_and(|error| error.status() == 403));
        let nothing = WebhookForm { url: "https://10.0.0.1/".into(), ..form(&[WebhookEvent::Test]) };
        let refused = add(&mut tx, &staff(), now(), program, nothing).await.expect_err("refused").message();
        assert!(refused.contains("not on the public internet") && refused.contains("at least one event"), "both at once: {refused}");
        let id = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Late])).await.expect("added");
        let seen = |revision| IdAtRevision { id, revision };
        change(&mut tx, &staff(), now(), seen(1), form(&[WebhookEvent::Routed, WebhookEvent::Late])).await.expect("changed");
        let stale = change(&mut tx, &staff(), now(), seen(1), form(&[WebhookEvent::Late])).await.expect_err("somebody else was faster");
        assert!(stale.message().contains("Someone else has changed this webhook"), "{stale}");
        assert!(renew(&mut tx, &staff(), now(), seen(1)).await.is_err_and(|error| error.status() == 409));
        assert!(remove(&mut tx, &staff(), now(), seen(1)).await.is_err_and(|error| error.status() == 409));
        assert_eq!(one(&mut tx, id).await.events, "triage.late triage.routed");
        let before = one(&mut tx, id).await;
        let before = super::act::key(&tx, &before).shown();
        renew(&mut tx, &staff(), now(), seen(2)).await.expect("a new secret");
        let after = one(&mut tx, id).await;
        assert_ne!(super::act::key(&tx, &after).shown(), before);

        pause(&mut tx, &staff(), now(), id).await.expect("paused");
        assert!(pause(&mut tx, &staff(), now(), id).await.is_err_and(|error| error.status() == 409));
        assert!(test(&mut tx, &staff(), now(), id).await.is_err_and(|error| error.status() == 409));
        resume(&mut tx, &staff(), now(), id).await.expect("on again");
        test(&mut tx, &staff(), now(), id).await.expect("a test");
        assert_eq!(all(&mut tx, id).await.len(), 1);
        remove(&mut tx, &staff(), now(), seen(3)).await.expect("removed");
        assert!(all(&mut tx, id).await.is_empty());
        assert!(remove(&mut tx, &staff(), now(), seen(3)).await.is_err_and(|error| error.status() == 404));
    })
    .await;
}

#[tokio::test]
async fn what_happens_is_told_to_those_who_want_to_hear_it_and_names_nobody() {
    each_db(|db| async move {
        let (program, mention) = complaint(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let routed = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Routed])).await.expect("added");
        let imports = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Imported, WebhookEvent::Failed])).await.expect("added");
        let profile = account::act::Profile {
            email: "rosa@example.com".into(),
            name: "Rosa Diaz".into(),
            role: Role::Responder,
            unit: "Support".into(),
        };
        account::act::add(&mut tx, &SYSTEM, now(), profile).await.expect("an account");
        triage::act::add_to_queue(&mut tx, &staff(), now(), mention).await.expect("added to the queue");
        let seen = triage::act::SeenCase { mention, revision: 1 };
        triage::act::route(&mut tx, &staff(), now(), seen, "Support", "Ask zoe_k").await.expect("routed");
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let reported = all(&mut tx, routed).await;
        assert_eq!((reported.len(), reported[0].text.as_str()), (1, "A case was routed to Support."));
        let body = rules::body(&reported[0], WebhookFormat::Standard, "CAP Days", "https://cap.example");
        assert_eq!(body["type"], "triage.routed");
        assert_eq!(body["data"]["url"], format!("https://cap.example/listen/triage/{mention}"));
        assert!(!body.to_string().contains("zoe") && !body.to_string().contains("hinge"), "{body}");
        assert!(all(&mut tx, imports).await.is_empty());
        drop(tx);
        complaint(&db).await;
        let reported = all(&mut db.read().await.expect("tx"), imports).await;
        assert_eq!(
            (reported.len(), reported[0].event, reported[0].text.as_str()),
            (1, WebhookEvent::Imported, "Import finished: 0 new of 1 rows.")
        );
    })
    .await;
}

#[tokio::test]
async fn what_becomes_late_is_told_once() {
    each_db(|db| async move {
        let (program, mention) = complaint(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let id = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Late, WebhookEvent::Overdue])).await.expect("added");
        triage::act::add_to_queue(&mut tx, &staff(), now(), mention).await.expect("added to the queue");
        tx.commit().await.expect("commit");
        work::notify_overdue(&db, now() + Duration::hours(2)).await.expect("looked");
        assert!(all(&mut db.read().await.expect("tx"), id).await.is_empty(), "not late yet");
        for hours in [25, 26, 27] {
            work::notify_overdue(&db, now() + Duration::hours(hours)).await.expect("looked");
        }
        let reported = all(&mut db.read().await.expect("tx"), id).await;
        assert_eq!(reported.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["1 more case is overdue (1 in total)."]);
        work::notify_overdue(&db, now() + Duration::days(rules::KEPT_DAYS + 2)).await.expect("looked");
        assert!(all(&mut db.read().await.expect("tx"), id).await.is_empty(), "forgotten after a month");
    })
    .await;
}

#[tokio::test]
async fn an_overdue_promise_is_told_once() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let program = promised(&mut tx).await;
        let id = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Overdue])).await.expect("added");
        tx.commit().await.expect("commit");
        work::notify_overdue(&db, now() + Duration::days(1)).await.expect("looked");
        assert!(all(&mut db.read().await.expect("tx"), id).await.is_empty(), "it is not due yet");
        for days in [12, 13] {
            work::notify_overdue(&db, now() + Duration::days(days)).await.expect("looked");
        }
        let reported = all(&mut db.read().await.expect("tx"), id).await;
        assert_eq!(reported.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["1 more commitment is overdue (1 in total)."]);
    })
    .await;
}

#[tokio::test]
async fn a_tool_is_told_of_its_own_program_alone() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let program = promised(&mut tx).await;
        let other = fixture::program(&mut tx, now()).await;
        let mut own = Vec::new();
        for name in ["Support channel", "Board channel"] {
            let form = WebhookForm { name: name.into(), ..form(&[WebhookEvent::Overdue]) };
            own.push(add(&mut tx, &staff(), now(), program, form).await.expect("added"));
        }
        let foreign = add(&mut tx, &staff(), now(), other, form(&[WebhookEvent::Overdue])).await.expect("added");
        tx.commit().await.expect("commit");
        work::notify_overdue(&db, now() + Duration::days(12)).await.expect("looked");
        let mut tx = db.read().await.expect("tx");
        for id in own {
            let reported = all(&mut tx, id).await;
            assert_eq!(reported.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["1 more commitment is overdue (1 in total)."]);
        }
        assert!(all(&mut tx, foreign).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_delivery_is_tried_again_given_up_and_a_lost_tool_paused() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let id = add(&mut tx, &staff(), now(), program, form(&[WebhookEvent::Late])).await.expect("added");
        test(&mut tx, &staff(), now(), id).await.expect("a test");
        let down = || Err(DeliveryRefusal { for_good: false, why: "The receiver answered 503.".into() });
        let mut at = now();
        for attempt in 1..=rules::MAX_ATTEMPTS {
            let due = store::list_waiting(&mut tx, id).await.expect("deliveries");
            assert_eq!((due.len(), due[0].due_at <= at), (1, true), "attempt {attempt}");
            let again = record_attempt(&mut tx, at, &due[0], down()).await.expect("settled");
            at += rules::wait_after(attempt);
            assert_eq!(again, (attempt < rules::MAX_ATTEMPTS).then_some(at), "attempt {attempt}");
        }
        let ended = all(&mut tx, id).await.remove(0);
        assert_eq!((ended.state, ended.attempts), (WebhookDeliveryState::GivenUp, rules::MAX_ATTEMPTS));
        assert!(one(&mut tx, id).await.paused_at.is_none(), "an hour is not for good");

        let later = at + Duration::days(rules::MAX_FAILING_DAYS);
        test(&mut tx, &staff(), later, id).await.expect("a test");
        let again = store::list_waiting(&mut tx, id).await.expect("deliveries").remove(0);
        record_attempt(&mut tx, later, &again, down()).await.expect("settled");
        let lost = one(&mut tx, id).await;
        assert_eq!((lost.paused_at, lost.paused_why.as_deref()), (Some(later), Some("The receiver answered 503.")));
        assert_eq!(store::count_lost(&mut tx).await.expect("a count"), 1);
        resume(&mut tx, &staff(), later, id).await.expect("on again");
        let again = store::list_waiting(&mut tx, id).await.expect("deliveries").remove(0);
        let job = job::store::find_unfinished(&mut tx, JobKind::Webhook, &again.id.to_string()).await.expect("read").expect("a job");
        assert_eq!((job.lane, job.run_at), (id.to_string(), again.due_at), "what waited is sent as well");
        record_attempt(&mut tx, later, &again, Ok(())).await.expect("settled");
        assert_eq!((all(&mut tx, id).await[0].state, one(&mut tx, id).await.failing_since), (WebhookDeliveryState::Delivered, None));
    })
    .await;
}

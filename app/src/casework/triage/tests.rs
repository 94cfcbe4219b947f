//! Triage on both databases: from queue to answer, permissions, conflicts, suggestions.

use chrono::Duration;

use super::act::{SeenCase, add_to_queue, answer, find, hand_over, list_holders, no_action, reopen, route, set_clock, take};
use super::rules::{AnswerTimes, OFFERED_DAYS};
use super::store::{CaseFilter, CaseSearch, count, count_offered, list, list_answered, list_offered, list_steps};
use super::{CaseState, CaseStepKind, store};
use crate::access::account::{self, Account, Actor, Role};
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::ids::{AccountId, MentionId, ProgramId};
use crate::listening::{import, mention};
use crate::privacy::erasure;
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, account, actor};

/// Three complaints of this week, one of last month, one on a sensitive subject, praise, and a shop's.
const HEARD: &str = "Datetime,Tweet Id,Text,Username,sentiment\n\
    2022-03-20 10:00:00+00:00,15700000001,The hinge broke again and support hung up,zoe_k,negative\n\
    2022-03-19 10:00:00+00:00,15700000002,My parcel has been lost for a week,MaxO,negative\n\
    2022-03-18 10:00:00+00:00,15700000003,The fan screams like a kettle,ada,negative\n\
    2022-02-01 10:00:00+00:00,15700000004,The old one was bad too,ada,negative\n\
    2022-03-19 11:00:00+00:00,15700000005,The screen gives me migraine and my doctor agrees: depression is next,ada,negative\n\
    2022-03-19 12:00:00+00:00,15700000006,I love how quiet the new one is,MaxO,positive\n";

struct TriageDesk {
    program: ProgramId,
    sam: Account,
    tom: Account,
    rosa: Account,
}

async fn desk(db: &Db) -> TriageDesk {
    let program = fixture::import(db, HEARD, fixture::dell()).await.0;
    let mut tx = db.begin().await.expect("tx");
    let sam = account(&mut tx, "Sam Field", Role::Staff, now()).await;
    let tom = account(&mut tx, "Tom Li", Role::Staff, now()).await;
    let profile =
        account::act::Profile { email: "rosa@example.com".into(), name: "Rosa Diaz".into(), role: Role::Responder, unit: "Support".into() };
    let rosa = account::act::add(&mut tx, &SYSTEM, now(), profile).await.expect("an account");
    tx.commit().await.expect("commit");
    TriageDesk { program, sam, tom, rosa }
}

async fn offered(tx: &mut Tx, program: ProgramId) -> Vec<(MentionId, String)> {
    let newest = mention::store::newest(tx, program).await.expect("read").expect("mentions").date_naive();
    let days = (newest - Duration::days(OFFERED_DAYS - 1), newest);
    let found = list_offered(tx, program, days, 9, 0).await.expect("mentions");
    assert_eq!(count_offered(tx, program, days).await.expect("a count"), i64::try_from(found.len()).expect("few"));
    found.into_iter().map(|listed| (listed.mention.id, listed.handle)).collect()
}

fn seen(mention: MentionId, revision: i64) -> SeenCase {
    SeenCase { mention, revision }
}

async fn state(tx: &mut Tx, id: MentionId) -> (CaseState, i64) {
    let case = store::find(tx, id).await.expect("read").expect("a case");
    (case.state, case.revision)
}

fn all(program: ProgramId, which: CaseFilter) -> CaseSearch {
    CaseSearch { program, which, unit: None }
}

#[tokio::test]
async fn a_program_sets_its_own_clock_and_clocks_that_run_are_not_changed() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let (sam, rosa) = (actor(&desk.sam), actor(&desk.rosa));
        let began = now();
        let mut tx = db.begin().await.expect("tx");
        let waiting = offered(&mut tx, desk.program).await;
        add_to_queue(&mut tx, &sam, began, waiting[0].0).await.expect("added to the queue");
        assert!(set_clock(&mut tx, &rosa, began, desk.program, 24, "2").await.is_err_and(|error| error.status() == 403));
        assert!(set_clock(&mut tx, &sam, began, desk.program, 24, "169").await.is_err_and(|error| error.status() == 422));
        assert_eq!(set_clock(&mut tx, &sam, began, desk.program, 24, "2").await.expect("set"), 2);
        assert!(set_clock(&mut tx, &sam, began, desk.program, 24, "3").await.is_err_and(|error| error.status() == 409), "two at once");
        add_to_queue(&mut tx, &sam, began, waiting[1].0).await.expect("added to the queue");
        let due = |case: super::Case| case.due_at - began;
        let first = store::find(&mut tx, waiting[0].0).await.expect("read").expect("a case");
        assert_eq!(due(first), Duration::hours(24), "its clock ran already");
        let second = store::find(&mut tx, waiting[1].0).await.expect("read").expect("a case");
        assert_eq!(due(second), Duration::hours(2));
        let late = |at: Time| all(desk.program, CaseFilter::Late(at));
        assert_eq!(count(&mut tx, &late(began + Duration::hours(3))).await.expect("a count"), 1);
        assert_eq!(count(&mut tx, &late(began + Duration::hours(25))).await.expect("a count"), 2);
        take(&mut tx, &sam, began, seen(waiting[1].0, 1)).await.expect("taken");
        answer(&mut tx, &sam, began + Duration::hours(3), seen(waiting[1].0, 2), "https://x.com/a/1", None).await.expect("answered");
        let lately = all(desk.program, CaseFilter::Answered(began - Duration::days(1)));
        assert_eq!(
            AnswerTimes::of(&list_answered(&mut tx, &lately).await.expect("times")).in_time,
            0,
            "three hours are too long for a clock of two"
        );
        reopen(&mut tx, &sam, began + Duration::hours(4), seen(waiting[1].0, 3), "Wrong link").await.expect("open again");
        let again = store::find(&mut tx, waiting[1].0).await.expect("read").expect("a case");
        assert_eq!(due(again), Duration::hours(6), "two hours from then");
    })
    .await;
}

/// Every hand that it went through is in its history.
async fn check_steps(tx: &mut Tx, id: MentionId) {
    let kinds: Vec<CaseStepKind> = list_steps(tx, id).await.expect("steps").into_iter().map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [
            CaseStepKind::AddedToQueue,
            CaseStepKind::Taken,
            CaseStepKind::HandedOver,
            CaseStepKind::Routed,
            CaseStepKind::Taken,
            CaseStepKind::Answered
        ]
    );
}

/// Counts and lists the one case that was answered in time.
async fn check_answered(tx: &mut Tx, program: ProgramId, answer: &str) {
    let lately = all(program, CaseFilter::Answered(now() - Duration::days(30)));
    let pace = AnswerTimes::of(&list_answered(tx, &lately).await.expect("times"));
    assert_eq!((pace.answers, pace.in_time), (1, 1));
    assert_eq!(pace.opened.map(|spread| spread.median), Some(Duration::hours(6)));
    assert_eq!(pace.taken.map(|spread| spread.ninetieth), Some(Duration::hours(4)), "from the first taking");
    assert_eq!(count(tx, &lately).await.expect("a count"), 1, "the number and the list behind it");
    let closed = list(tx, &all(program, CaseFilter::Closed), 9, 0).await.expect("a list");
    assert_eq!(closed[0].case.answer_url.as_deref(), Some(answer));
    assert_eq!(count(tx, &all(program, CaseFilter::Late(now()))).await.expect("a count"), 0, "what is closed is not late");
}

#[tokio::test]
async fn a_mention_goes_from_hand_to_hand_until_it_is_answered() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let (sam, rosa) = (actor(&desk.sam), actor(&desk.rosa));
        let began: Time = now() - Duration::hours(30);
        let mut tx = db.begin().await.expect("tx");
        let waiting = offered(&mut tx, desk.program).await;
        assert_eq!(waiting.iter().map(|(_, who)| who.as_str()).collect::<Vec<_>>(), ["zoe_k", "MaxO", "ada"], "of this week, newest first");
        let id = waiting[0].0;
        add_to_queue(&mut tx, &sam, began, id).await.expect("added to the queue");
        assert!(add_to_queue(&mut tx, &sam, began, id).await.is_err_and(|error| error.status() == 409));
        assert_eq!(offered(&mut tx, desk.program).await.len(), 2, "what has a case is not offered");
        assert_eq!(count(&mut tx, &all(desk.program, CaseFilter::In(CaseState::New))).await.expect("a count"), 1);
        assert_eq!(
            count(&mut tx, &all(desk.program, CaseFilter::Late(now()))).await.expect("a count"),
            1,
            "its clock ran out six hours ago"
        );
        assert_eq!(count(&mut tx, &all(desk.program, CaseFilter::Late(began))).await.expect("a count"), 0);

        take(&mut tx, &sam, began + Duration::hours(2), seen(id, 1)).await.expect("taken");
        let tom = Some(desk.tom.id);
        hand_over(&mut tx, &sam, began + Duration::hours(3), seen(id, 2), tom, "She called twice.").await.expect("handed over");
        let handed_over = hand_over(&mut tx, &sam, now(), seen(id, 3), Some(desk.rosa.id), "").await;
        assert!(handed_over.is_err_and(|error| error.status() == 422), "Rosa's unit has not got it");
        assert!(find(&mut tx, &rosa, id).await.is_err_and(|error| error.status() == 404), "nor does she see it");
        assert!(route(&mut tx, &sam, now(), seen(id, 3), "Legal", "").await.is_err_and(|error| error.status() == 422));
        route(&mut tx, &actor(&desk.tom), began + Duration::hours(4), seen(id, 3), "Support", "A hinge").await.expect("routed");
        let case = find(&mut tx, &rosa, id).await.expect("now she sees it");
        assert_eq!((case.state, case.taken_by, case.revision), (CaseState::Routed, None, 4));
        let holders = list_holders(&mut tx, &case).await.expect("accounts");
        assert_eq!(holders.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>(), ["Rosa Diaz", "Sam Field", "Tom Li"]);
        take(&mut tx, &rosa, began + Duration::hours(5), seen(id, 4)).await.expect("taken by the unit");
        let bad = answer(&mut tx, &rosa, now(), seen(id, 5), "done", None).await;
        assert!(bad.is_err_and(|error| error.message().contains("https://")));
        let link = "https://x.com/DellCares/status/1";
        answer(&mut tx, &rosa, now(), seen(id, 5), link, Some(began + Duration::hours(6))).await.expect("answered");
        assert_eq!(state(&mut tx, id).await, (CaseState::Answered, 6));

        check_steps(&mut tx, id).await;
        check_answered(&mut tx, desk.program, link).await;

        assert!(take(&mut tx, &sam, now(), seen(id, 6)).await.is_err_and(|error| error.message().contains("Reopen it first")));
        reopen(&mut tx, &rosa, now(), seen(id, 6), "The link is of another mention.").await.expect("opened again");
        let case = store::find(&mut tx, id).await.expect("read").expect("a case");
        assert_eq!((case.state, case.taken_by, case.answered_at), (CaseState::Routed, Some(desk.rosa.id), None));
        assert!(!case.is_late(now()), "its clock begins anew");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_take_a_mention_at_once_one_is_told() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let (sam, tom) = (actor(&desk.sam), actor(&desk.tom));
        let mut tx = db.begin().await.expect("tx");
        let waiting = offered(&mut tx, desk.program).await;
        let (first, second) = (waiting[0].0, waiting[1].0);
        take(&mut tx, &sam, now(), seen(first, 0)).await.expect("taken without being put up");
        assert_eq!(state(&mut tx, first).await, (CaseState::Taken, 1));
        let late = take(&mut tx, &tom, now(), seen(first, 0)).await;
        assert!(late.is_err_and(|error| error.status() == 409 && error.message().contains("omeone else")));
        let late = take(&mut tx, &tom, now(), seen(first, 1)).await;
        assert!(late.is_err_and(|error| error.message().contains("Sam Field has this mention")));

        let silent = no_action(&mut tx, &tom, now(), seen(second, 0), " ").await;
        assert!(silent.is_err_and(|error| error.status() == 422));
        no_action(&mut tx, &tom, now(), seen(second, 0), "He has his parcel.").await.expect("closed");
        assert_eq!(state(&mut tx, second).await, (CaseState::NoAction, 1));
        let again = no_action(&mut tx, &tom, now(), seen(second, 0), "He has his parcel.").await;
        assert!(again.is_err_and(|error| error.status() == 409), "the second click");
        assert_eq!(offered(&mut tx, desk.program).await.len(), 1);
        assert_eq!(count(&mut tx, &all(desk.program, CaseFilter::Of(desk.sam.id))).await.expect("a count"), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_is_refused() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let (rosa, viewer) =
            (actor(&desk.rosa), Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() });
        let mut tx = db.begin().await.expect("tx");
        let id = offered(&mut tx, desk.program).await[0].0;
        assert!(add_to_queue(&mut tx, &rosa, now(), id).await.is_err_and(|error| error.status() == 403));
        assert!(take(&mut tx, &rosa, now(), seen(id, 0)).await.is_err_and(|error| error.status() == 404), "her unit has not got it");
        assert!(no_action(&mut tx, &rosa, now(), seen(id, 0), "Not ours").await.is_err_and(|error| error.status() == 404));
        add_to_queue(&mut tx, &actor(&desk.sam), now(), id).await.expect("added to the queue");
        assert!(take(&mut tx, &viewer, now(), seen(id, 1)).await.is_err_and(|error| error.status() == 403));
        assert!(find(&mut tx, &viewer, id).await.is_ok(), "a viewer reads");
        assert!(find(&mut tx, &Actor::Nobody, id).await.is_err_and(|error| error.status() == 401));
        let of_unit = CaseSearch { unit: Some("Support".into()), ..all(desk.program, CaseFilter::In(CaseState::New)) };
        assert_eq!(count(&mut tx, &of_unit).await.expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_case_goes_with_its_mention_and_with_its_author() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let sam = actor(&desk.sam);
        let mut tx = db.begin().await.expect("tx");
        let waiting = offered(&mut tx, desk.program).await;
        for (id, _) in &waiting {
            add_to_queue(&mut tx, &sam, now(), *id).await.expect("added to the queue");
        }
        let zoe = erasure::find::find(&mut tx, "zoe_k").await.expect("Zoe");
        erasure::act::erase(&mut tx, &SYSTEM, now(), &zoe).await.expect("erased");
        tx.commit().await.expect("commit");
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(count(&mut tx, &all(desk.program, CaseFilter::In(CaseState::New))).await.expect("a count"), 2);
        let run = import::store::list(&mut tx, desk.program, "", None, 1, 0).await.expect("runs").remove(0).id;
        import::act::undo(&mut tx, &SYSTEM, now(), run).await.expect("undoing");
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        assert_eq!(count(&mut tx, &all(desk.program, CaseFilter::In(CaseState::New))).await.expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_case_of_a_colleague_who_leaves_stays_with_a_unit_that_has_others() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let id = offered(&mut tx, desk.program).await[0].0;
        let profile = |name: &str, email: &str, unit: &str| account::act::Profile {
            email: email.into(),
            name: name.into(),
            role: Role::Responder,
            unit: unit.into(),
        };
        account::act::add(&mut tx, &SYSTEM, now(), profile("Ben Ott", "ben@example.com", "Support")).await.expect("a colleague");
        add_to_queue(&mut tx, &actor(&desk.sam), now(), id).await.expect("queued");
        route(&mut tx, &actor(&desk.sam), now(), seen(id, 1), "Support", "").await.expect("routed");
        take(&mut tx, &actor(&desk.rosa), now(), seen(id, 2)).await.expect("taken");
        let moves = account::act::ChangeAccount {
            id: desk.rosa.id,
            revision: desk.rosa.revision,
            profile: profile("Rosa Diaz", "", "Stores"),
            unit_change: account::UnitChange::Moves,
        };
        account::act::change(&mut tx, &SYSTEM, now(), moves).await.expect("moved");
        let case = store::find(&mut tx, id).await.expect("read").expect("a case");
        assert_eq!((case.unit.as_deref(), case.taken_by, case.state), (Some("Support"), None, CaseState::Routed));
        let kinds: Vec<_> = list_steps(&mut tx, id).await.expect("steps").into_iter().map(|step| step.kind).collect();
        assert!(!kinds.contains(&CaseStepKind::Returned), "it is with its unit, not with the team: {kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| **kind == CaseStepKind::Routed).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn cases_follow_a_renamed_unit_and_return_when_its_last_responder_leaves() {
    each_db(|db| async move {
        let desk = desk(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let id = offered(&mut tx, desk.program).await[0].0;
        add_to_queue(&mut tx, &actor(&desk.sam), now(), id).await.expect("queued");
        route(&mut tx, &actor(&desk.sam), now(), seen(id, 1), "Support", "").await.expect("routed");
        take(&mut tx, &actor(&desk.rosa), now(), seen(id, 2)).await.expect("taken");
        let profile = |role, unit: &str| account::act::Profile { email: String::new(), name: "Rosa Diaz".into(), role, unit: unit.into() };
        let change = |revision, profile, unit_change| account::act::ChangeAccount { id: desk.rosa.id, revision, profile, unit_change };
        let renamed = change(1, profile(Role::Responder, "Care"), account::UnitChange::Renamed);
        account::act::change(&mut tx, &SYSTEM, now(), renamed).await.expect("renamed");
        let rosa = account::store::find(&mut tx, desk.rosa.id).await.expect("read").expect("Rosa");
        let case = find(&mut tx, &actor(&rosa), id).await.expect("still hers");
        assert_eq!((case.unit.as_deref(), case.taken_by, case.state), (Some("Care"), Some(rosa.id), CaseState::Routed));
        let moved = change(rosa.revision, profile(Role::Responder, "Stores"), account::UnitChange::Moves);
        account::act::change(&mut tx, &SYSTEM, now(), moved).await.expect("moved");
        let case = store::find(&mut tx, id).await.expect("read").expect("a case");
        assert_eq!((case.unit, case.taken_by, case.state), (None, None, CaseState::New), "the team has it again");
        let kinds: Vec<_> = list_steps(&mut tx, id).await.expect("steps").into_iter().map(|step| step.kind).collect();
        assert!(kinds.contains(&CaseStepKind::Returned), "{kinds:?}");
    })
    .await;
}

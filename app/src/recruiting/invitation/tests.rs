//! From a shortlist to seats, on both databases: who gets one, who waits, who moves up.

use chrono::{Duration, NaiveDate};

use super::answer::{AcceptanceOutcome, accept, decline};
use super::{InvitationState, act, rules, store};
use crate::access::account::{Actor, Role};
use crate::access::link::Purpose;
use crate::access::outbox::{self, EmailTemplate};
use crate::db::{Db, Tx};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::Error;
use crate::kernel::ids::{AccountId, CandidateId, InvitationId, LinkId, PanelDayId, PanelistId};
use crate::panel_day::check_in;
use crate::privacy::erasure;
use crate::program::day;
use crate::recruiting::candidate;
use crate::recruiting::panelist::rules::Acceptance;
use crate::recruiting::panelist::{self, Attendance, PanelistState, QuotePermission};
use crate::testing::each_db;
use crate::testing::fixture::{self, invitee, staff, yes};

/// Noon in Texas, a month before the panel day.
fn may() -> Time {
    "2010-05-15T17:00:00Z".parse().expect("a time")
}

/// A ranters' day with so many seats.
async fn day(tx: &mut Tx, capacity: i64) -> PanelDayId {
    let program = fixture::program(tx, may()).await;
    fixture::day(tx, may(), program, on(15), capacity).await
}

/// A day of June.
fn on(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2010, 6, day).expect("a date")
}

/// Invitations to a day with so many seats, sent by hand to each of these names.
async fn invited(db: &Db, capacity: i64, names: &[&str]) -> (PanelDayId, Vec<InvitationId>) {
    let mut tx = db.begin().await.expect("a transaction");
    let day = day(&mut tx, capacity).await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(fixture::invited(&mut tx, may(), day, name).await);
    }
    tx.commit().await.expect("a commit");
    (day, ids)
}

async fn say_yes(db: &Db, id: InvitationId, name: &str, at: Time) -> AcceptanceOutcome {
    let mut tx = db.begin().await.expect("a transaction");
    let outcome = accept(&mut tx, &invitee(id), at, id, yes(name, QuotePermission::Anonymous)).await.expect("a yes");
    tx.commit().await.expect("a commit");
    outcome
}

async fn state(db: &Db, id: InvitationId) -> InvitationState {
    store::find(&mut db.read().await.expect("a transaction"), id).await.expect("a read").expect("an invitation").state
}

#[tokio::test]
async fn of_two_who_accept_the_last_seat_one_waits() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn"]).await;
        let (one, other) = tokio::join!(say_yes(&db, ids[0], "Carla Diaz", may()), say_yes(&db, ids[1], "Chris Dunn", may()));
        assert_ne!(one, other);
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(panelist::store::count_seated(&mut tx, day).await.expect("a count"), 1);
        let initials: Vec<String> = panelist::store::list(&mut tx, day).await.expect("a list").into_iter().map(|p| p.initials).collect();
        assert_ne!(initials[0], initials[1]);
    })
    .await;
}

#[tokio::test]
async fn a_waitlisted_panelist_moves_up_when_a_seat_frees() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn", "Dana Moss"]).await;
        for (minutes, (id, name)) in (0..).zip([(ids[0], "Carla Diaz"), (ids[2], "Dana Moss"), (ids[1], "Chris Dunn")]) {
            say_yes(&db, id, name, may() + Duration::minutes(minutes)).await;
        }
        let mut tx = db.begin().await.expect("a transaction");
        let leave = panelist::act::WithdrawPanelist { panelist: PanelistId(ids[0].0), reason: String::new() };
        let refused = panelist::act::withdraw(&mut tx, &staff(), may(), leave.clone()).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "staff say why");
        let leave = panelist::act::WithdrawPanelist { reason: "Called: broke a leg".into(), ..leave };
        panelist::act::withdraw(&mut tx, &staff(), may(), leave.clone()).await.expect("a withdrawal");
        panelist::act::withdraw(&mut tx, &staff(), may(), leave).await.expect("the same again");
        tx.commit().await.expect("a commit");

        assert_eq!(state(&db, ids[0]).await, InvitationState::Withdrawn);
        assert_eq!(state(&db, ids[2]).await, InvitationState::Promoted);
        assert_eq!(state(&db, ids[1]).await, InvitationState::Waitlisted);
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(panelist::store::count_seated(&mut tx, day).await.expect("a count"), 1);
        let emails = outbox::store::list_for(&mut tx, ids[2].0).await.expect("emails");
        let templates: Vec<EmailTemplate> = emails.iter().map(|email| email.template).collect();
        assert!(templates.contains(&EmailTemplate::Waitlisted) && templates.contains(&EmailTemplate::Seated), "{templates:?}");
    })
    .await;
}

#[tokio::test]
async fn the_seat_of_a_panelist_who_is_erased_goes_to_whoever_waits() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn"]).await;
        say_yes(&db, ids[0], "Carla Diaz", may()).await;
        say_yes(&db, ids[1], "Chris Dunn", may()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let person = erasure::find::find_panelist(&mut tx, PanelistId(ids[0].0)).await.expect("a person");
        erasure::act::erase(&mut tx, &Actor::System("test"), may(), &person).await.expect("erased");
        tx.commit().await.expect("a commit");
        assert_eq!(state(&db, ids[1]).await, InvitationState::Promoted);
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(panelist::store::count_seated(&mut tx, day).await.expect("a count"), 1);
    })
    .await;
}

#[tokio::test]
async fn more_seats_go_to_those_who_wait() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn"]).await;
        say_yes(&db, ids[0], "Carla Diaz", may()).await;
        say_yes(&db, ids[1], "Chris Dunn", may()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let change = day::act::UpdatePanelDay { id: day, revision: 1, plan: fixture::plan(on(15), 2), notify: false };
        day::act::update(&mut tx, &staff(), may(), change).await.expect("more seats");
        let fewer = day::act::UpdatePanelDay { id: day, revision: 2, plan: fixture::plan(on(15), 1), notify: false };
        assert!(matches!(day::act::update(&mut tx, &staff(), may(), fewer).await, Err(Error::Invalid(_))));
        tx.commit().await.expect("a commit");
        assert_eq!(state(&db, ids[1]).await, InvitationState::Promoted);
    })
    .await;
}

#[tokio::test]
async fn answers_are_safe_to_repeat_and_change_until_the_last_day() {
    each_db(|db| async move {
        let (_, ids) = invited(&db, 2, &["Carla Diaz", "Chris Dunn"]).await;
        let mut tx = db.begin().await.expect("a transaction");
        let (carla, chris) = (ids[0], ids[1]);
        assert!(matches!(decline(&mut tx, &invitee(chris), may(), carla, "").await, Err(Error::NotFound)), "somebody else's invitation");
        decline(&mut tx, &invitee(carla), may(), carla, "On holiday").await.expect("a no");
        decline(&mut tx, &invitee(carla), may(), carla, "").await.expect("the same no");
        for _ in 0..2 {
            let outcome = accept(&mut tx, &invitee(carla), may(), carla, yes("Carla Diaz", QuotePermission::Anonymous))
                .await
                .expect("a yes after all");
            assert_eq!(outcome, AcceptanceOutcome::Seated);
        }
        assert!(matches!(decline(&mut tx, &invitee(carla), may(), carla, "").await, Err(Error::Conflict(_))));
        let twin = Acceptance { email: "carla.diaz@example.com".into(), ..yes("Chris Dunn", QuotePermission::Anonymous) };
        assert!(matches!(accept(&mut tx, &invitee(chris), may(), chris, twin).await, Err(Error::Invalid(_))), "one address, one seat");
        let late = may() + Duration::days(rules::ANSWER_DAYS);
        assert!(matches!(
            accept(&mut tx, &invitee(chris), late, chris, yes("Chris Dunn", QuotePermission::Anonymous)).await,
            Err(Error::Gone(_))
        ));
        act::expire(&mut tx, late).await.expect("the clock");
        tx.commit().await.expect("a commit");
        assert_eq!(state(&db, chris).await, InvitationState::Expired);
        assert_eq!(state(&db, carla).await, InvitationState::Accepted);
    })
    .await;
}

#[tokio::test]
async fn a_text_goes_only_as_a_person_reviewed_it() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("a transaction");
        let day = day(&mut tx, 15).await;
        let candidate = fixture::listed(&mut tx, may(), day, "Carla Diaz").await;
        let id = act::draft(&mut tx, &staff(), may(), candidate).await.expect("a draft");
        assert_eq!(act::draft_all(&mut tx, &staff(), may(), day).await.expect("drafts").count, 0, "one draft each");
        assert!(matches!(act::send(&mut tx, &staff(), may(), id).await, Err(Error::Conflict(_))));
        assert!(matches!(act::review(&mut tx, &Actor::System("job"), may(), id, 1).await, Err(Error::Forbidden)));
        let text = rules::InvitationText {
            channel: super::InvitationChannel::Email,
            email: "Carla@Example.com".into(),
            subject: "Come to Round Rock".into(),
            body: "Hello Carla, we would like to hear it from you.".into(),
        };
        act::edit(&mut tx, &staff(), may(), act::EditInvitation { id, revision: 1, text: text.clone() }).await.expect("a change");
        assert!(matches!(
            act::edit(&mut tx, &staff(), may(), act::EditInvitation { id, revision: 1, text }).await,
            Err(Error::Conflict(_))
        ));
        assert!(matches!(act::review(&mut tx, &staff(), may(), id, 1).await, Err(Error::Conflict(_))), "not the text that was read");
        sent_once(&mut tx, id).await;
        tx.commit().await.expect("a commit");
    })
    .await;
}

/// Reviews, sends twice, and finds one email.
async fn sent_once(tx: &mut Tx, id: InvitationId) {
    // The reviewer is an account that exists nowhere else in this test, so the column must not be a foreign key.
    act::review(tx, &staff(), may(), id, 2).await.expect("a review");
    act::send(tx, &staff(), may(), id).await.expect("a sending");
    act::send(tx, &staff(), may(), id).await.expect("a double click");
    let emails = outbox::store::list_for(tx, id.0).await.expect("emails");
    assert_eq!(emails.iter().map(|email| email.recipient.as_str()).collect::<Vec<_>>(), ["carla@example.com"]);
    assert!(emails[0].link_id.is_some());
    let message = act::message(tx, &staff(), id, "https://panel.example.com").await.expect("a message");
    assert!(message.contains("https://panel.example.com/l/"), "{message}");
    assert!(matches!(
        candidate::act::remove_from_shortlist(tx, &staff(), may(), CandidateId(id.0), "Too many").await,
        Err(Error::Conflict(_))
    ));
    act::withdraw(tx, &staff(), may(), id, "Wrong person").await.expect("a recall");
    let refused = accept(tx, &invitee(id), may(), id, yes("Carla Diaz", QuotePermission::Anonymous)).await;
    assert!(matches!(refused, Err(Error::Gone(_))), "{refused:?}");
}

#[tokio::test]
async fn attendance_is_recorded_and_taken_back() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn"]).await;
        say_yes(&db, ids[0], "Carla Diaz", may()).await;
        say_yes(&db, ids[1], "Chris Dunn", may()).await;
        let (carla, chris) = (PanelistId(ids[0].0), PanelistId(ids[1].0));
        let mut tx = db.begin().await.expect("a transaction");
        let now = clock::now();
        for _ in 0..2 {
            check_in::record(&mut tx, &staff(), now, carla, Some(Attendance::CheckedIn)).await.expect("a check-in");
        }
        assert!(matches!(check_in::record(&mut tx, &staff(), now, chris, Some(Attendance::CheckedIn)).await, Err(Error::Conflict(_))));
        let stranger = Actor::Account { id: AccountId::new(), role: Role::Moderator, unit: None, name: "Mo".into() };
        assert!(matches!(check_in::record(&mut tx, &stranger, now, carla, None).await, Err(Error::NotFound)));
        assert_eq!(came(&mut tx, day).await, 1);
        check_in::record(&mut tx, &staff(), now, carla, None).await.expect("taken back");
        assert_eq!(came(&mut tx, day).await, 0);
        tx.commit().await.expect("a commit");
    })
    .await;
}

/// How many people of a day are checked in.
async fn came(tx: &mut Tx, day: PanelDayId) -> usize {
    panelist::store::list(tx, day).await.expect("a list").iter().filter(|panelist| panelist.state() == PanelistState::CheckedIn).count()
}

/// Who of a day has been asked whether they can still come, and has not answered.
async fn owes(tx: &mut Tx, day: PanelDayId, now: Time) -> Vec<bool> {
    let people = panelist::store::list(tx, day).await.expect("a list");
    let day = day::store::find(tx, day).await.expect("a read").expect("a day");
    people.iter().map(|person| panelist::rules::owes_reconfirmation(person, &day, now)).collect()
}

#[tokio::test]
async fn a_day_that_moves_gives_invitees_as_much_time_as_a_new_invitation() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 2, &["Carla Diaz", "Chris Dunn", "Dana Moss"]).await;
        say_yes(&db, ids[0], "Carla Diaz", may()).await;
        let mut tx = db.begin().await.expect("a transaction");
        decline(&mut tx, &invitee(ids[1]), may(), ids[1], "").await.expect("a no");
        let seated = store::find(&mut tx, ids[0]).await.expect("a read").expect("an invitation").expires_at;
        // Three weeks later, neither Chris nor Dana could answer the new day in time.
        let june = may() + Duration::days(20);
        let moved = day::act::UpdatePanelDay { id: day, revision: 1, plan: fixture::plan(on(29), 2), notify: true };
        day::act::update(&mut tx, &staff(), june, moved).await.expect("moved");
        let day = day::store::find(&mut tx, day).await.expect("a read").expect("a day");
        for (id, until) in [(ids[0], seated), (ids[1], Some(rules::answer_by(&day, june))), (ids[2], Some(rules::answer_by(&day, june)))] {
            assert_eq!(store::find(&mut tx, id).await.expect("a read").expect("an invitation").expires_at, until);
        }
        let late = may() + Duration::days(22);
        accept(&mut tx, &invitee(ids[1]), late, ids[1], yes("Chris Dunn", QuotePermission::None)).await.expect("a no becomes a yes");
        // One that had expired before the move stays closed.
        let moved = day::act::UpdatePanelDay { id: day.id, revision: 2, plan: fixture::plan(on(30), 2), notify: true };
        day::act::update(&mut tx, &staff(), rules::answer_by(&day, june), moved).await.expect("moved again");
        let dana = store::find(&mut tx, ids[2]).await.expect("a read").expect("an invitation");
        assert_eq!(rules::state(&dana, rules::answer_by(&day, june)), InvitationState::Expired);
    })
    .await;
}

#[tokio::test]
async fn when_a_day_moves_everybody_gets_one_email_and_people_with_a_seat_are_asked_again() {
    each_db(|db| async move {
        let (day, ids) = invited(&db, 1, &["Carla Diaz", "Chris Dunn", "Dana Moss"]).await;
        say_yes(&db, ids[0], "Carla Diaz", may()).await;
        say_yes(&db, ids[1], "Chris Dunn", may() + Duration::minutes(1)).await;
        let mut tx = db.begin().await.expect("a transaction");
        let moved = |revision, to, notify| day::act::UpdatePanelDay { id: day, revision, plan: fixture::plan(on(to), 1), notify };
        let refused = day::act::update(&mut tx, &staff(), may(), moved(1, 22, false)).await;
        assert!(matches!(&refused, Err(Error::Invalid(mistakes)) if mistakes[0].0 == "notify"), "{refused:?}");
        drop(tx);

        let mut tx = db.begin().await.expect("a transaction");
        day::act::update(&mut tx, &staff(), may(), moved(1, 22, true)).await.expect("moved");
        tx.commit().await.expect("a commit");
        let mut tx = db.begin().await.expect("a transaction");
        for (id, role) in [(ids[0], Some("seated")), (ids[1], Some("waiting")), (ids[2], None)] {
            let emails = outbox::store::list_for(&mut tx, id.0).await.expect("emails");
            let told: Vec<_> = emails.iter().filter(|email| email.template == EmailTemplate::DayMoved).collect();
            // Dana was invited by a message that staff copied.
            assert_eq!(
                told.iter().map(|email| email.params["role"].as_str()).collect::<Vec<_>>(),
                role.map(Some).into_iter().collect::<Vec<_>>()
            );
            assert!(told.iter().all(|email| email.params["before_date"] == "2010-06-15" && email.params["date"] == "2010-06-22"));
        }
        assert_eq!(owes(&mut tx, day, may()).await, [true, false]);
        assert_eq!(owes(&mut tx, day, may() + Duration::days(60)).await, [false, false], "once the day is over, nobody is asked");

        let carla = PanelistId(ids[0].0);
        let own = |id: PanelistId| Actor::Link { id: LinkId::new(), purpose: Purpose::Portal, subject: id.0 };
        let stranger = panelist::moved_day::reconfirm(&mut tx, &own(PanelistId(ids[1].0)), may(), carla, 2).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "somebody else's seat");
        let waits = panelist::moved_day::reconfirm(&mut tx, &staff(), may(), PanelistId(ids[1].0), 2).await;
        assert!(matches!(waits, Err(Error::Conflict(_))), "{waits:?}");
        let before = panelist::moved_day::reconfirm(&mut tx, &own(carla), may(), carla, 1).await;
        assert!(
            matches!(&before, Err(error @ Error::Conflict(_)) if error.message().contains("was changed")),
            "a page of the former date: {before:?}"
        );
        let late = panelist::moved_day::reconfirm(&mut tx, &own(carla), may() + Duration::days(60), carla, 2).await;
        assert!(matches!(&late, Err(error @ Error::Conflict(_)) if error.message().contains("is over")), "{late:?}");
        for _ in 0..2 {
            panelist::moved_day::reconfirm(&mut tx, &own(carla), may(), carla, 2).await.expect("can come");
        }
        assert_eq!(owes(&mut tx, day, may()).await, [false, false]);

        // What says nothing about date and place is no move; the next move asks again.
        let mut plan = fixture::plan(on(22), 1);
        plan.title = "Day of the ranters".into();
        let renamed = day::act::UpdatePanelDay { id: day, revision: 2, plan, notify: false };
        day::act::update(&mut tx, &staff(), may(), renamed).await.expect("renamed");
        day::act::update(&mut tx, &staff(), may(), moved(3, 23, true)).await.expect("moved again");
        assert_eq!(owes(&mut tx, day, may()).await, [true, false]);
        let emails = outbox::store::list_for(&mut tx, ids[0].0).await.expect("emails");
        assert_eq!(emails.iter().filter(|email| email.template == EmailTemplate::DayMoved).count(), 2);
    })
    .await;
}

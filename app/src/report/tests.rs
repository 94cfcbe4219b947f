//! From a day's notes to what its panelists answer, on both databases.

use chrono::{Duration, NaiveDate, NaiveTime};

use super::act::{self, Answer, Freeze};
use super::gather::gather;
use super::{AnswerKind, Delivery, Edition, Effect, QuoteChoices, Reader, Standing, store};
use crate::account::Actor;
use crate::clock::Time;
use crate::db::{Db, Tx, journal};
use crate::erasure;
use crate::error::Error;
use crate::heard::act::Owner;
use crate::ids::{HeardId, LinkId, NoteId, PanelDayId, PanelistId, ReportId, VersionId};
use crate::link::{self, Purpose};
use crate::note::{self, Said};
use crate::outbox::act::Outcome;
use crate::outbox::{self, State, Template};
use crate::panelist::{self, Attendance, QuotePermission};
use crate::response::rules::Content;
use crate::response::{self, DeclineReason};
use crate::session;
use crate::testing::each_db;
use crate::testing::fixture::{self, staff};
use crate::{heard, secret};

fn at(text: &str) -> Time {
    text.parse().expect("a time")
}

/// Before the day, on it, and after it.
fn may() -> Time {
    at("2010-05-15T17:00:00Z")
}

fn noon() -> Time {
    at("2010-06-15T17:00:00Z")
}

fn july() -> Time {
    at("2010-07-07T15:00:00Z")
}

fn door(id: PanelistId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Door, subject: id.0 }
}

/// A held day: Ada and Ben came, Cleo did not. Ada and Ben said that support sells, Ada alone that lids should be green.
struct Held {
    day: PanelDayId,
    ada: PanelistId,
    ben: PanelistId,
    cleo: PanelistId,
    upsell: HeardId,
    lids: HeardId,
}

async fn held(db: &Db) -> Held {
    let mut tx = db.begin().await.expect("a transaction");
    let program = fixture::program(&mut tx, may()).await;
    let day = fixture::day(&mut tx, may(), program, noon().date_naive(), 15).await;
    let ada = fixture::panelist(&mut tx, may(), day, "Ada Okafor", QuotePermission::Named).await;
    let ben = fixture::panelist(&mut tx, may(), day, "Ben Ruiz", QuotePermission::None).await;
    let cleo = fixture::panelist(&mut tx, may(), day, "Cleo Tan", QuotePermission::None).await;
    for (who, came) in [(ada, Attendance::CheckedIn), (ben, Attendance::CheckedIn), (cleo, Attendance::NoShow)] {
        panelist::act::attend(&mut tx, &staff(), noon(), who, Some(came)).await.expect("attendance");
    }
    let plan = session::rules::Plan {
        title: "Support".into(),
        topic: None,
        room: "1".into(),
        moderator: None,
        starts: NaiveTime::from_hms_opt(9, 0, 0),
        ends: NaiveTime::from_hms_opt(15, 0, 0),
        company: String::new(),
    };
    let session = session::act::create(&mut tx, &staff(), may(), session::act::Create { day, plan }).await.expect("a session");
    let say = async |tx: &mut Tx, who: PanelistId, kind: note::Kind, text: &str| {
        let said = Said { panelist: Some(who), speaker: String::new(), kind, text: text.into(), topic: None };
        let draft = note::Draft { id: NoteId::new(), said, at: noon().timestamp_millis() };
        note::act::take(tx, &staff(), noon(), session, draft).await.expect("a note").id
    };
    let one = say(&mut tx, ada, note::Kind::Quote, "They tried to sell me memory while my disk was dying").await;
    let two = say(&mut tx, ben, note::Kind::Quote, "I only wanted my screen fixed").await;
    let three = say(&mut tx, ada, note::Kind::Idea, "Lids in green").await;
    let upsell = item(&mut tx, day, "Offended by upsell while trying to get support.", vec![one, two]).await;
    let lids = item(&mut tx, day, "I want the lid in green.", vec![three]).await;
    tx.commit().await.expect("a commit");
    Held { day, ada, ben, cleo, upsell, lids }
}

async fn item(tx: &mut Tx, day: PanelDayId, text: &str, notes: Vec<NoteId>) -> HeardId {
    let draft = heard::act::Draft { panel_day: day, text: text.into(), topic: "Support".into(), notes };
    let item = heard::act::draft(tx, &staff(), noon(), draft).await.expect("an item");
    let item = heard::act::open(tx, &staff(), noon(), item.seen()).await.expect("an open item");
    let owner = Owner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: "Support".into() };
    heard::act::assign(tx, &staff(), noon(), item.seen(), owner, "").await.expect("an owner");
    item.id
}

/// Publishes the next words about an item.
async fn publish(db: &Db, item: HeardId, now: Time, content: Content) -> VersionId {
    let mut tx = db.begin().await.expect("a transaction");
    let owner = Actor::Link { id: LinkId::new(), purpose: Purpose::Response, subject: item.0 };
    let version = fixture::response_draft(&mut tx, &owner, now, item, content).await.expect("a draft");
    fixture::published(&mut tx, &staff(), now, &version).await;
    tx.commit().await.expect("a commit");
    version.id
}

fn promise(due: &str, change_reason: &str) -> Content {
    Content {
        kind: response::Kind::Commit,
        text: "We are increasing audits of support agents.".into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support quality".into(),
        due: due.parse().ok(),
        change_reason: change_reason.into(),
    }
}

fn refusal() -> Content {
    Content {
        kind: response::Kind::Declined,
        text: "We will not make green lids.".into(),
        decline_reason: Some(DeclineReason::Cost),
        due: None,
        ..promise("", "")
    }
}

async fn freeze(db: &Db, day: PanelDayId, now: Time) -> ReportId {
    let mut tx = db.begin().await.expect("a transaction");
    let number = store::find_newest(&mut tx, day).await.expect("a read").map_or(1, |newest| newest.number + 1);
    let id = act::freeze(&mut tx, &staff(), now, day, number).await.expect("a report");
    tx.commit().await.expect("a commit");
    id
}

async fn send(db: &Db, report: ReportId, now: Time) -> usize {
    let mut tx = db.begin().await.expect("a transaction");
    let queued = act::send(&mut tx, &staff(), now, report).await.expect("sent");
    tx.commit().await.expect("a commit");
    queued
}

async fn say(db: &Db, who: PanelistId, number: i64, version: VersionId, answer: AnswerKind, remark: &str) -> Result<Effect, Error> {
    say_at(db, july(), who, number, version, answer, remark).await
}

async fn say_at(
    db: &Db,
    now: Time,
    who: PanelistId,
    number: i64,
    version: VersionId,
    answer: AnswerKind,
    remark: &str,
) -> Result<Effect, Error> {
    let (door, cmd) = (&door(who), &Answer { number, version, answer, remark: remark.into() });
    db.write(|tx, _| Box::pin(act::answer(tx, door, now, cmd.clone()))).await
}

async fn unsubscribe(db: &Db, who: PanelistId) {
    let mut tx = db.begin().await.expect("a transaction");
    let link = link::act::current(&mut tx, july(), Purpose::Unsubscribe, who.0).await.expect("a link");
    let token = link::act::token(tx.secret(), &link);
    act::unsubscribe(&mut tx, july(), &token).await.expect("unsubscribed");
    tx.commit().await.expect("a commit");
}

/// Sends every queued mail; those to `lost` bounce.
async fn deliver(db: &Db, lost: Option<PanelistId>) {
    let mut tx = db.begin().await.expect("a transaction");
    for mail in outbox::store::list_due(&mut tx, july(), 10).await.expect("mails") {
        let bounces = lost.is_some_and(|lost| mail.subject_id == Some(lost.0));
        let outcome = if bounces { Outcome::Bounced("550 no such user".into()) } else { Outcome::Sent };
        outbox::act::settle(&mut tx, july(), &mail, outcome).await.expect("settled");
    }
    tx.commit().await.expect("a commit");
}

/// The newest line of the audit log with this verb.
async fn line(db: &Db, verb: &str) -> i64 {
    let lines = journal::list_newest(&mut db.read().await.expect("a transaction"), 500).await.expect("lines");
    lines.iter().find(|line| line.verb == verb).map_or(0, |line| line.seq)
}

async fn copy_of(db: &Db, who: PanelistId, number: i64) -> Edition {
    let mut tx = db.read().await.expect("a transaction");
    act::own_copy(&mut tx, &door(who), number).await.expect("a copy").0
}

async fn deliveries(db: &Db, report: ReportId) -> Vec<(String, Delivery)> {
    let mut tx = db.read().await.expect("a transaction");
    let copies = store::list_copies(&mut tx, report).await.expect("copies");
    copies.iter().map(|copy| (copy.name.clone(), copy.delivery())).collect()
}

async fn mails(db: &Db, template: Template) -> Vec<outbox::Mail> {
    let mut tx = db.read().await.expect("a transaction");
    outbox::store::list(&mut tx, 100).await.expect("mails").into_iter().filter(|mail| mail.template == template).collect()
}

#[tokio::test]
async fn a_report_reaches_those_who_came_and_starts_with_what_they_raised() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        publish(&db, held.lids, july(), refusal()).await;
        let report = freeze(&db, held.day, july()).await;

        assert_eq!(send(&db, report, july()).await, 2);
        assert_eq!(send(&db, report, july()).await, 0, "sending again reaches nobody twice");
        let queued = mails(&db, Template::Report).await;
        assert_eq!(queued.len(), 2);
        assert!(!queued.iter().any(|mail| mail.subject_id == Some(held.cleo.0)), "Cleo did not come");

        let adas = copy_of(&db, held.ada, 1).await;
        assert_eq!(adas.yours.iter().map(|item| item.heard_id).collect::<Vec<_>>(), [held.upsell, held.lids]);
        let bens = copy_of(&db, held.ben, 1).await;
        assert_eq!((bens.yours.len(), bens.others.len()), (1, 1));
        let words: Vec<_> = bens.yours[0].quotes.iter().map(|quote| (quote.text.as_str(), quote.by.as_deref())).collect();
        assert_eq!(
            words,
            [("I only wanted my screen fixed", Some("you")), ("They tried to sell me memory while my disk was dying", Some("Ada Okafor"))]
        );
        assert!(adas.yours[0].quotes.iter().all(|quote| quote.text != "I only wanted my screen fixed"), "Ben gave no permission");
        assert_eq!(adas.yours[0].panelists, Some(2));
        assert_eq!(adas.yours[1].replies[0].reason.as_deref(), Some("it costs too much"));
    })
    .await;
}

#[tokio::test]
async fn a_frozen_report_never_changes_and_the_next_one_says_what_moved() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), promise("2010-08-31", "")).await;
        let first = freeze(&db, held.day, july()).await;
        publish(&db, held.upsell, at("2010-08-20T15:00:00Z"), promise("2010-09-30", "the audit firm starts later")).await;
        publish(&db, held.lids, at("2010-08-21T15:00:00Z"), refusal()).await;
        let second = freeze(&db, held.day, at("2010-09-03T15:00:00Z")).await;

        let mut tx = db.read().await.expect("a transaction");
        let before = store::find(&mut tx, first).await.expect("a read").expect("the first");
        assert_eq!(before.document.items[0].replies[0].due, NaiveDate::from_ymd_opt(2010, 8, 31));
        assert_eq!(before.hash, secret::fingerprint(&super::rules::canonical(&before.document)));
        let after = store::find(&mut tx, second).await.expect("a read").expect("the second").document;
        assert_eq!((after.number, after.previous.as_ref().map(|previous| previous.number)), (2, Some(1)));
        assert_eq!(after.items[0].change.as_deref(), Some("The date moved from 31 Aug to 30 Sep: the audit firm starts later."));
        assert_eq!(after.items[1].change.as_deref(), Some("It has an answer now."));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_freeze_at_once_one_is_told() {
    each_db(|db| async move {
        let held = held(&db).await;
        let freeze = async || {
            let mut tx = db.begin().await.expect("a transaction");
            act::freeze(&mut tx, &staff(), july(), held.day, 1).await?;
            tx.commit().await
        };
        let (one, other) = tokio::join!(freeze(), freeze());
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let reports = store::list(&mut db.read().await.expect("a transaction"), Some(held.day)).await.expect("reports");
        assert_eq!(reports.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn still_broken_reopens_the_item_once_and_its_owner_hears_why() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july() - Duration::days(1), promise("2010-07-06", "")).await;
        let report = freeze(&db, held.day, july()).await;
        assert!(matches!(say(&db, held.ben, 1, version, AnswerKind::Yes, "").await, Err(Error::NotFound)), "it was not sent yet");
        send(&db, report, july()).await;

        say(&db, held.ada, 1, version, AnswerKind::Partly, "").await.expect("an answer");
        assert!(mails(&db, Template::Reopened).await.is_empty());
        say(&db, held.ben, 1, version, AnswerKind::StillBroken, "It happened again on Monday").await.expect("an answer");
        say(&db, held.ben, 1, version, AnswerKind::StillBroken, "As I said").await.expect("the same answer again");

        let told = mails(&db, Template::Reopened).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].recipient, "olu.stone@example.com");
        assert_eq!(told[0].params["reason"], "It happened again on Monday");
        let travelled = deliveries(&db, report).await;
        assert_eq!(travelled[0], ("Ada Okafor".to_owned(), Delivery::Answered));
        assert_eq!(travelled[2], ("Cleo Tan".to_owned(), Delivery::NotSent));

        let next = freeze(&db, held.day, july() + Duration::days(30)).await;
        let mut tx = db.read().await.expect("a transaction");
        let document = store::find(&mut tx, next).await.expect("a read").expect("a report").document;
        assert_eq!(document.items[0].standing(), Standing::Reopened);
        let counts = store::count_answers(&mut tx, report).await.expect("counts");
        assert!(counts.contains(&(held.upsell, AnswerKind::StillBroken, Effect::Reopened, 1)), "{counts:?}");
        assert!(counts.contains(&(held.upsell, AnswerKind::Partly, Effect::Recorded, 1)), "{counts:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reply_can_be_answered_only_by_those_who_got_it() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let stranger = say(&db, PanelistId::new(), 1, version, AnswerKind::Yes, "").await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        let unknown = say(&db, held.ada, 1, VersionId::new(), AnswerKind::Yes, "").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
        let mut tx = db.read().await.expect("a transaction");
        let staffs = act::own_copy(&mut tx, &staff(), 1).await;
        assert!(matches!(staffs, Err(Error::Forbidden)));
    })
    .await;
}

#[tokio::test]
async fn a_bounced_copy_is_sent_again_to_the_address_of_today() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let early = act::resend(&mut tx, &staff(), july(), report, held.ada).await;
        let words = "The copy for Ada Okafor cannot be sent again. It is marked as: queued.";
        assert!(matches!(&early, Err(Error::Conflict(said)) if said == words), "{early:?}");
        drop(tx);
        deliver(&db, Some(held.ada)).await;
        assert_eq!(deliveries(&db, report).await[0].1, Delivery::Bounced);
        assert_eq!(deliveries(&db, report).await[1].1, Delivery::Sent);

        let mut tx = db.begin().await.expect("a transaction");
        act::resend(&mut tx, &staff(), july(), report, held.ada).await.expect("sent again");
        tx.commit().await.expect("a commit");
        assert_eq!(deliveries(&db, report).await[0].1, Delivery::Queued);
        let queued = mails(&db, Template::Report).await.into_iter().filter(|mail| mail.state == State::Queued).count();
        assert_eq!(queued, 1);
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_opened_when_its_report_is_read_and_not_when_its_link_is_followed() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        deliver(&db, None).await;
        let mut tx = db.begin().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        let link = copy.link_id.expect("a link");
        link::store::open(&mut tx, link, july()).await.expect("followed");
        assert_eq!(act::page_behind(&mut tx, link).await.expect("a page"), "/portal/reports/1");
        assert_eq!(act::page_behind(&mut tx, LinkId::new()).await.expect("a page"), "/portal");
        tx.commit().await.expect("a commit");
        assert_eq!(deliveries(&db, report).await[0].1, Delivery::Sent);

        let august = at("2010-08-07T15:00:00Z");
        for (now, first) in [(august, true), (august + Duration::days(3), false)] {
            let mut tx = db.begin().await.expect("a transaction");
            let (_, unopened) = act::own_copy(&mut tx, &door(held.ada), 1).await.expect("her copy");
            assert_eq!(unopened, first, "an opening is recorded once");
            act::open(&mut tx, &door(held.ada), now, 1).await.expect("opened");
            tx.commit().await.expect("a commit");
        }
        assert_eq!(deliveries(&db, report).await[0].1, Delivery::Opened);
        let mut tx = db.read().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        assert_eq!(copy.opened_at, Some(august), "the first time counts, and it is the time of opening");
        assert!(matches!(act::open(&mut tx, &door(held.ada), august, 2).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn before_its_day_a_promise_is_disputed_and_not_reopened() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let broken = AnswerKind::StillBroken;
        for remark in ["September is too late", "September is too late"] {
            assert_eq!(say(&db, held.ada, 1, version, broken, remark).await.expect("an answer"), Effect::TooSoon);
        }
        assert!(mails(&db, Template::Reopened).await.is_empty());
        let told = mails(&db, Template::TooSoon).await;
        assert_eq!(told.iter().map(|mail| &mail.params["reason"]).collect::<Vec<_>>(), ["September is too late"]);
        let disputed = store::list_disputed(&mut db.read().await.expect("a transaction")).await.expect("items");
        assert_eq!(disputed, [held.upsell]);

        let october = at("2010-10-01T15:00:00Z");
        let said = say_at(&db, october, held.ada, 1, version, broken, "and it is October").await.expect("an answer");
        assert_eq!(said, Effect::Reopened);
        assert_eq!(mails(&db, Template::Reopened).await.len(), 1);
        assert_eq!(say_at(&db, october, held.ben, 1, version, broken, "").await.expect("an answer"), Effect::AlreadyOpen);
        assert_eq!(mails(&db, Template::Reopened).await.len(), 1, "one reopening is enough");
        let disputed = store::list_disputed(&mut db.read().await.expect("a transaction")).await.expect("items");
        assert!(disputed.is_empty(), "it is open again");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_raised_is_not_reopened_by_one_tap() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.lids, july(), refusal()).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let broken = AnswerKind::StillBroken;
        assert_eq!(say(&db, held.ben, 1, version, broken, "I want one too").await.expect("an answer"), Effect::MeToo);
        let mut tx = db.read().await.expect("a transaction");
        assert!(heard::store::list_events(&mut tx, held.lids).await.expect("events").is_empty());
        assert_eq!(store::list_disputed(&mut tx).await.expect("items"), [held.lids]);
        drop(tx);
        assert_eq!(say(&db, held.ada, 1, version, broken, "").await.expect("an answer"), Effect::Reopened);
    })
    .await;
}

#[tokio::test]
async fn an_old_report_never_reopens_a_newer_answer() {
    each_db(|db| async move {
        let held = held(&db).await;
        let old = publish(&db, held.upsell, july(), promise("2010-07-08", "")).await;
        let first = freeze(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let new = publish(&db, held.upsell, july() + Duration::days(5), promise("2010-07-13", "the firm was ill")).await;
        let august = at("2010-08-07T15:00:00Z");
        let second = freeze(&db, held.day, august).await;
        send(&db, second, august).await;
        let broken = AnswerKind::StillBroken;
        assert_eq!(say_at(&db, august, held.ada, 1, old, broken, "no").await.expect("an answer"), Effect::Outdated);
        assert_eq!(say_at(&db, august, held.ada, 1, old, AnswerKind::Yes, "").await.expect("an answer"), Effect::Outdated);
        let events = heard::store::list_events(&mut db.read().await.expect("a transaction"), held.upsell).await.expect("events");
        assert!(events.is_empty());
        assert_eq!(say_at(&db, august, held.ada, 2, new, broken, "no").await.expect("an answer"), Effect::Reopened);
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_in_the_report_in_which_it_was_given() {
    each_db(|db| async move {
        let held = held(&db).await;
        // The same reply is in both reports.
        let version = publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        let first = freeze(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let second = freeze(&db, held.day, july() + Duration::days(1)).await;
        send(&db, second, july() + Duration::days(1)).await;
        let later = july() + Duration::days(2);
        for answer in [AnswerKind::Partly, AnswerKind::Yes] {
            say_at(&db, later, held.ada, 2, version, answer, "").await.expect("an answer");
        }
        assert_eq!(deliveries(&db, first).await[0].1, Delivery::Queued);
        assert_eq!(deliveries(&db, second).await[0].1, Delivery::Answered);
        let mut tx = db.read().await.expect("a transaction");
        assert!(store::count_answers(&mut tx, first).await.expect("counts").is_empty());
        let counts = store::count_answers(&mut tx, second).await.expect("counts");
        assert_eq!(counts, [(held.upsell, AnswerKind::Yes, Effect::Recorded, 1)]);
        assert_eq!(store::find_copy(&mut tx, second, held.ada).await.expect("a read").expect("a copy").answers, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_over_several_days_is_told_by_its_survivor() {
    each_db(|db| async move {
        let held = held(&db).await;
        let mut tx = db.begin().await.expect("a transaction");
        let program = heard::store::find(&mut tx, held.upsell).await.expect("a read").expect("an item").program_id;
        let mut last = held.lids;
        for name in ["Dora Lind", "Emil Sand"] {
            let day = fixture::day(&mut tx, may(), program, noon().date_naive(), 15).await;
            let who = fixture::panelist(&mut tx, may(), day, name, QuotePermission::None).await;
            let session = fixture::session(&mut tx, noon(), day, None).await;
            let said = Said { panelist: Some(who), speaker: String::new(), kind: note::Kind::Idea, text: "Green".into(), topic: None };
            let draft = note::Draft { id: NoteId::new(), said, at: noon().timestamp_millis() };
            let note = note::act::take(&mut tx, &staff(), noon(), session, draft).await.expect("a note").id;
            let next = item(&mut tx, day, &format!("Green lids, says {name}."), vec![note]).await;
            let (merged, into) = (fixture::heard_item(&mut tx, last).await.seen(), fixture::heard_item(&mut tx, next).await.seen());
            heard::act::merge(&mut tx, &staff(), july(), merged, into).await.expect("merged");
            last = next;
        }
        let gathered = gather(&mut tx, july(), held.day, &QuoteChoices::default()).await.expect("gathered");
        let items: Vec<_> = gathered.document.items.iter().map(|item| item.heard_id).collect();
        assert_eq!(items, [held.upsell, last]);
        assert!(gathered.raised_by(held.ada).iter().any(|raised| raised.heard_id == last), "Ada raised it first");
    })
    .await;
}

#[tokio::test]
async fn the_preview_is_the_report_with_the_quotes_that_were_chosen() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        let preview = async |quotes: &QuoteChoices| {
            gather(&mut db.read().await.expect("a transaction"), july(), held.day, quotes).await.expect("a preview")
        };
        let plain = preview(&QuoteChoices::default()).await;
        let [quote] = plain.quotes.as_slice() else { panic!("Ben gave no permission") };
        assert_eq!(quote.by.as_deref(), Some("Ada Okafor"));

        let reworded =
            QuoteChoices { reworded: [(quote.note, "They tried to sell me memory.".to_owned())].into(), ..QuoteChoices::default() };
        let left_out = QuoteChoices { left_out: [quote.note].into(), ..QuoteChoices::default() };
        for (number, quotes) in (1..).zip([QuoteChoices::default(), reworded, left_out]) {
            let read = preview(&quotes).await;
            let cmd = Freeze { day: held.day, number, seen: Some(read.mark()), quotes };
            let id = act::freeze_ahead(&db, &staff(), july(), &cmd).await.expect("frozen");
            let mut tx = db.read().await.expect("a transaction");
            let report = store::find(&mut tx, id).await.expect("a read").expect("a report");
            let copies = store::list_copies(&mut tx, id).await.expect("copies");
            assert_eq!(report.document, read.document, "report {number}");
            let whole = super::rules::assemble(&report.document, Reader::Staff, &[], &store::words(&copies).consented);
            assert_eq!(whole, read.edition(), "report {number}");
            let shown: Vec<_> = whole.others[0].quotes.iter().map(|quote| quote.text.as_str()).collect();
            assert_eq!(
                shown,
                [&["They tried to sell me memory while my disk was dying"][..], &["They tried to sell me memory."], &[]]
                    [usize::try_from(number - 1).expect("small")]
            );
        }
        let note = note::store::find(&mut db.read().await.expect("a transaction"), quote.note).await.expect("a read").expect("a note");
        assert_eq!(note.text, "They tried to sell me memory while my disk was dying", "the note keeps what was said");

        let empty = QuoteChoices { reworded: [(quote.note, " ".to_owned())].into(), ..QuoteChoices::default() };
        let cmd = Freeze { day: held.day, number: 4, seen: None, quotes: empty };
        assert!(matches!(act::freeze_ahead(&db, &staff(), july(), &cmd).await, Err(Error::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn a_report_that_changed_since_it_was_read_is_not_frozen() {
    each_db(|db| async move {
        let held = held(&db).await;
        let mark =
            gather(&mut db.read().await.expect("a transaction"), july(), held.day, &QuoteChoices::default()).await.expect("read").mark();
        publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        let cmd = Freeze { day: held.day, number: 1, seen: Some(mark), quotes: QuoteChoices::default() };
        let refused = act::freeze_ahead(&db, &staff(), july(), &cmd).await;
        assert!(matches!(&refused, Err(Error::Conflict(words)) if words.contains("has changed since you read it")), "{refused:?}");
        assert!(store::list(&mut db.read().await.expect("a transaction"), Some(held.day)).await.expect("reports").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_report_and_what_it_is_made_of_at_once_end_in_one_order() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july() - Duration::days(1), promise("2010-07-06", "")).await;
        let first = freeze(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let frozen = {
            let db = db.clone();
            tokio::spawn(async move {
                let cmd = Freeze { day: held.day, number: 2, seen: None, quotes: QuoteChoices::default() };
                act::freeze_ahead(&db, &staff(), july(), &cmd).await
            })
        };
        let said = {
            let db = db.clone();
            tokio::spawn(async move { say(&db, held.ada, 1, version, AnswerKind::StillBroken, "again").await })
        };
        let item = fixture::heard_item(&mut db.read().await.expect("a transaction"), held.lids).await.seen();
        let worded = {
            let db = db.clone();
            tokio::spawn(async move {
                let cmd = heard::act::Word { item, text: "Lids in green, please.".into(), topic: String::new() };
                let (cmd, staff) = (&cmd, &staff());
                db.write(|tx, _| Box::pin(heard::act::word(tx, staff, july(), cmd.clone()))).await
            })
        };
        let id = frozen.await.expect("ended").expect("frozen");
        assert_eq!(said.await.expect("ended").expect("answered"), Effect::Reopened);
        worded.await.expect("ended").expect("worded");
        let document = store::find(&mut db.read().await.expect("a transaction"), id).await.expect("a read").expect("a report").document;
        let at = line(&db, "froze").await;
        assert_eq!(document.items[0].reopened, line(&db, "reopened").await < at);
        assert_eq!(document.items[1].text == "Lids in green, please.", line(&db, "reworded").await < at);
    })
    .await;
}

#[tokio::test]
async fn what_happens_elsewhere_does_not_build_a_report_anew() {
    each_db(|db| async move {
        let held = held(&db).await;
        let read = gather(&mut db.read().await.expect("a transaction"), july(), held.day, &QuoteChoices::default()).await.expect("read");
        let mut tx = db.begin().await.expect("a transaction");
        let other = fixture::program(&mut tx, may()).await;
        let elsewhere = fixture::day(&mut tx, may(), other, noon().date_naive(), 15).await;
        tx.commit().await.expect("a commit");
        let since = journal::newest(&mut db.read().await.expect("a transaction")).await.expect("a line");
        let changed = async |after| {
            store::has_changed_since(&mut db.read().await.expect("a transaction"), read.program, after).await.expect("a read")
        };
        let mut tx = db.begin().await.expect("a transaction");
        fixture::session(&mut tx, noon(), elsewhere, None).await;
        fixture::panelist(&mut tx, may(), elsewhere, "Finn Roe", QuotePermission::None).await;
        tx.commit().await.expect("a commit");
        assert!(changed(read.read_at).await, "a program was started, which is nobody's day: it may matter");
        assert!(!changed(since).await, "somebody said yes to another program's day");
        publish(&db, held.upsell, july(), promise("2010-09-30", "")).await;
        assert!(changed(since).await);
    })
    .await;
}

#[tokio::test]
async fn as_many_are_announced_as_get_a_mail() {
    each_db(|db| async move {
        let held = held(&db).await;
        unsubscribe(&db, held.ada).await;
        let report = freeze(&db, held.day, july()).await;
        let announced = async |report| {
            let copies = store::list_copies(&mut db.read().await.expect("a transaction"), report).await.expect("copies");
            copies.iter().filter(|copy| copy.will_get()).count()
        };
        assert_eq!(announced(report).await, 1, "Ada wants no mail, Cleo did not come");
        assert_eq!(send(&db, report, july()).await, 1);
        assert_eq!(announced(report).await, 0);
        let mut tx = db.begin().await.expect("a transaction");
        let never = act::resend(&mut tx, &staff(), july(), report, held.ada).await;
        assert!(matches!(&never, Err(Error::Conflict(words)) if words.contains("unsubscribed from reports by email")), "{never:?}");
        drop(tx);

        deliver(&db, Some(held.ben)).await;
        unsubscribe(&db, held.ben).await;
        let mut tx = db.begin().await.expect("a transaction");
        let bounced = store::find_copy(&mut tx, report, held.ben).await.expect("a read").expect("a copy");
        assert!(bounced.delivery() == Delivery::Bounced && !act::may_resend(&bounced));
        assert!(matches!(act::resend(&mut tx, &staff(), july(), report, held.ben).await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_erased_gets_no_mail_and_no_buttons() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = freeze(&db, held.day, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let ada = erasure::act::find_panelist(&mut tx, held.ada).await.expect("a person");
        erasure::act::erase(&mut tx, &fixture::SYSTEM, july(), &ada).await.expect("erased");
        tx.commit().await.expect("a commit");
        assert_eq!(send(&db, report, july()).await, 1, "Ben alone");
        let mut tx = db.begin().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        assert!(copy.is_erased() && !copy.will_get() && !act::may_resend(&copy));
        let again = act::resend(&mut tx, &staff(), july(), report, held.ada).await;
        assert!(matches!(&again, Err(Error::Conflict(words)) if words.contains("data was erased")), "{again:?}");
        let came = panelist::act::attend(&mut tx, &staff(), july(), held.ada, Some(Attendance::NoShow)).await;
        assert!(matches!(came, Err(Error::Conflict(_))), "{came:?}");
    })
    .await;
}

#[tokio::test]
async fn a_late_note_is_refused_once_a_report_of_its_day_is_final() {
    each_db(|db| async move {
        let held = held(&db).await;
        let mut tx = db.begin().await.expect("a transaction");
        let session = session::store::list(&mut tx, held.day).await.expect("sessions")[0].id;
        let late = at("2010-06-20T15:00:00Z");
        let note = |text: &str| {
            let said = Said { panelist: None, speaker: String::new(), kind: note::Kind::Idea, text: text.into(), topic: None };
            note::Draft { id: NoteId::new(), said, at: noon().timestamp_millis() }
        };
        note::act::take(&mut tx, &staff(), late, session, note("waited on a tablet")).await.expect("taken");
        act::freeze(&mut tx, &staff(), late, held.day, 1).await.expect("frozen");
        let refused = note::act::take(&mut tx, &staff(), late, session, note("waited as well")).await;
        assert!(matches!(&refused, Err(Error::Conflict(words)) if words.contains("report 1 of this day is final")), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn who_wants_no_mail_gets_none_until_they_want_it_again() {
    each_db(|db| async move {
        let held = held(&db).await;
        let first = freeze(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let link = link::store::find_current(&mut tx, Purpose::Unsubscribe, held.ada.0).await.expect("a read").expect("a link");
        let token = link::act::token(tx.secret(), &link);
        act::unsubscribe(&mut tx, july(), &token).await.expect("unsubscribed");
        act::unsubscribe(&mut tx, july(), &token).await.expect("twice is once");
        // "Send again" after the first one failed does not reach her either.
        for mail in outbox::store::list_due(&mut tx, july(), 10).await.expect("mails") {
            outbox::act::settle(&mut tx, july(), &mail, Outcome::Failed("refused".into())).await.expect("settled");
        }
        let again = act::resend(&mut tx, &staff(), july(), first, held.ada).await;
        assert!(again.is_err_and(|error| error.message().contains("unsubscribed from reports by email")));
        // Nor when the link that she used has expired, and another would be made for the next report.
        assert!(act::is_unsubscribed(&mut tx, held.ada).await.expect("read"));
        link::act::create(&mut tx, july() + Duration::days(800), Purpose::Unsubscribe, held.ada.0).await.expect("a link");
        assert!(act::is_unsubscribed(&mut tx, held.ada).await.expect("read"));
        tx.commit().await.expect("a commit");
        let second = freeze(&db, held.day, july() + Duration::days(1)).await;
        assert_eq!(send(&db, second, july() + Duration::days(1)).await, 1);
        let mut tx = db.begin().await.expect("a transaction");
        act::subscribe(&mut tx, &door(held.ada), july()).await.expect("subscribed");
        tx.commit().await.expect("a commit");
        assert_eq!(send(&db, second, july() + Duration::days(1)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_shared_can_be_taken_back_and_names_nobody_without_consent() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = freeze(&db, held.day, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let slug = act::share(&mut tx, &staff(), july(), report).await.expect("shared");
        assert_eq!(act::share(&mut tx, &staff(), july(), report).await.expect("shared already"), slug);
        let shared = act::shared(&mut tx, &slug).await.expect("an edition");
        let text = format!("{shared:?}");
        assert!(text.contains("sell me memory") && !text.contains("screen fixed") && !text.contains("Ben"));
        assert!(shared.others.iter().all(|item| item.panelists.is_none()), "two people are too few to be counted in public");
        act::unshare(&mut tx, &staff(), july(), report).await.expect("taken back");
        assert!(matches!(act::shared(&mut tx, &slug).await, Err(Error::NotFound)));
        let again = act::share(&mut tx, &staff(), july(), report).await.expect("shared again");
        assert_ne!(again, slug, "an address that was taken back stays dead");
    })
    .await;
}

//! From a day's notes to what its panelists answer, on both databases.

use chrono::{Duration, NaiveDate, NaiveTime};

use super::act::{self, Answer};
use super::{AnswerKind, Delivery, Edition, Standing, store};
use crate::account::Actor;
use crate::clock::Time;
use crate::db::{Db, Tx};
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

async fn say(db: &Db, who: PanelistId, number: i64, version: VersionId, answer: AnswerKind, remark: &str) -> Result<(), Error> {
    let mut tx = db.begin().await.expect("a transaction");
    act::answer(&mut tx, &door(who), july(), Answer { number, version, answer, remark: remark.into() }).await?;
    tx.commit().await
}

async fn copy_of(db: &Db, who: PanelistId, number: i64) -> Edition {
    let mut tx = db.read().await.expect("a transaction");
    act::own_copy(&mut tx, &door(who), number).await.expect("a copy").1
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
        let version = publish(&db, held.upsell, july() - Duration::days(1), promise("2010-09-30", "")).await;
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
        let (counts, day) = (store::count_answers(&mut tx, held.day).await.expect("counts"), held.upsell);
        assert!(counts.contains(&(day, AnswerKind::StillBroken, 1)) && counts.contains(&(day, AnswerKind::Partly, 1)));
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
        assert!(matches!(early, Err(Error::Conflict(_))), "it is on its way");
        for mail in outbox::store::list_due(&mut tx, july(), 10).await.expect("mails") {
            let outcome = if mail.subject_id == Some(held.ada.0) { Outcome::Bounced("550 no such user".into()) } else { Outcome::Sent };
            outbox::act::settle(&mut tx, july(), &mail, outcome).await.expect("settled");
        }
        tx.commit().await.expect("a commit");
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
async fn following_its_own_link_opens_a_copy() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = freeze(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        link::store::open(&mut tx, copy.link_id.expect("a link"), july()).await.expect("opened");
        tx.commit().await.expect("a commit");
        assert_eq!(deliveries(&db, report).await[0].1, Delivery::Opened);
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
        assert!(again.is_err_and(|error| error.message().contains("wants no reports by mail")));
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

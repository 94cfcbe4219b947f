//! From a day's notes to what its panelists answer, on both databases.

mod answering;
mod sending;
mod finalising;

use chrono::{Duration, NaiveDate, NaiveTime};

use super::act::{self, FinaliseReport};
use super::collect::collect;
use super::reader::{self, AnswerReply};
use super::{AnswerEffect, AnswerKind, DeliveryStatus, QuoteChoices, ReplyStatus, ReportEdition, store};
use crate::access::account::Actor;
use crate::access::link::{self, Purpose};
use crate::access::outbox::act::SendOutcome;
use crate::access::outbox::{self, EmailState, EmailTemplate};
use crate::coded;
use crate::db::{Db, Tx, audit_log};
use crate::follow_up::heard;
use crate::follow_up::heard::assignment::ItemOwner;
use crate::follow_up::response::rules::ResponseContent;
use crate::follow_up::response::{self, DeclineReason};
use crate::kernel::clock::Time;
use crate::kernel::error::Error;
use crate::kernel::ids::{HeardId, LinkId, NoteId, PanelDayId, PanelistId, ReportId, VersionId};
use crate::kernel::secret;
use crate::panel_day::note::{self, NoteWording};
use crate::panel_day::{check_in, session};
use crate::privacy::erasure;
use crate::recruiting::panelist::{Attendance, QuotePermission};
use crate::testing::each_db;
use crate::testing::fixture::{self, staff};

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

fn portal(id: PanelistId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Portal, subject: id.0 }
}

/// A held day: Ada and Ben came, Cleo did not. Ada and Ben said that support sells, Ada alone that lids should be green.
struct HeldDay {
    day: PanelDayId,
    ada: PanelistId,
    ben: PanelistId,
    cleo: PanelistId,
    upsell: HeardId,
    lids: HeardId,
}

async fn held(db: &Db) -> HeldDay {
    let mut tx = db.begin().await.expect("a transaction");
    let program = fixture::program(&mut tx, may()).await;
    let day = fixture::day(&mut tx, may(), program, noon().date_naive(), 15).await;
    let ada = fixture::panelist(&mut tx, may(), day, "Ada Okafor", QuotePermission::Named).await;
    let ben = fixture::panelist(&mut tx, may(), day, "Ben Ruiz", QuotePermission::None).await;
    let cleo = fixture::panelist(&mut tx, may(), day, "Cleo Tan", QuotePermission::None).await;
    for (who, came) in [(ada, Attendance::CheckedIn), (ben, Attendance::CheckedIn), (cleo, Attendance::NoShow)] {
        check_in::record(&mut tx, &staff(), noon(), who, Some(came)).await.expect("attendance");
    }
    let plan = session::rules::SessionPlan {
        title: "Support".into(),
        topic: None,
        room: "1".into(),
        moderator: None,
        starts: NaiveTime::from_hms_opt(9, 0, 0),
        ends: NaiveTime::from_hms_opt(15, 0, 0),
        company: String::new(),
    };
    let session = session::act::create(&mut tx, &staff(), may(), session::act::CreateSession { day, plan }).await.expect("a session");
    let say = async |tx: &mut Tx, who: PanelistId, kind: note::NoteKind, text: &str| {
        let wording = NoteWording { panelist: Some(who), speaker: String::new(), kind, text: text.into(), topic: None };
        let draft = note::NoteDraft { id: NoteId::new(), wording, at: noon().timestamp_millis() };
        note::act::take(tx, &staff(), noon(), session, draft).await.expect("a note").id
    };
    let one = say(&mut tx, ada, note::NoteKind::Quote, "They tried to sell me memory while my disk was dying").await;
    let two = say(&mut tx, ben, note::NoteKind::Quote, "I only wanted my screen fixed").await;
    let three = say(&mut tx, ada, note::NoteKind::Idea, "Lids in green").await;
    let upsell = item(&mut tx, day, "Offended by upsell while trying to get support.", vec![one, two]).await;
    let lids = item(&mut tx, day, "I want the lid in green.", vec![three]).await;
    tx.commit().await.expect("a commit");
    HeldDay { day, ada, ben, cleo, upsell, lids }
}

async fn item(tx: &mut Tx, day: PanelDayId, text: &str, notes: Vec<NoteId>) -> HeardId {
    let draft = heard::act::DraftItem { panel_day: day, text: text.into(), topic: "Support".into(), notes };
    let item = heard::act::draft(tx, &staff(), noon(), draft).await.expect("an item");
    let item = heard::act::open(tx, &staff(), noon(), item.seen()).await.expect("an open item");
    let owner = ItemOwner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: "Support".into() };
    heard::assignment::assign(tx, &staff(), noon(), item.seen(), owner, "").await.expect("an owner");
    item.id
}

/// Publishes the next words about an item.
async fn publish(db: &Db, item: HeardId, now: Time, content: ResponseContent) -> VersionId {
    let mut tx = db.begin().await.expect("a transaction");
    let owner = Actor::Link { id: LinkId::new(), purpose: Purpose::Response, subject: item.0 };
    let version = fixture::response_draft(&mut tx, &owner, now, item, content).await.expect("a draft");
    fixture::published(&mut tx, &staff(), now, &version).await;
    tx.commit().await.expect("a commit");
    version.id
}

fn commitment(due: &str, change_reason: &str) -> ResponseContent {
    ResponseContent {
        kind: response::ResponseKind::Commit,
        text: "We are increasing audits of support agents.".into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support quality".into(),
        due: due.parse().ok(),
        change_reason: change_reason.into(),
    }
}

fn refusal() -> ResponseContent {
    ResponseContent {
        kind: response::ResponseKind::Declined,
        text: "We will not make green lids.".into(),
        decline_reason: Some(DeclineReason::Cost),
        due: None,
        ..commitment("", "")
    }
}

async fn finalise(db: &Db, day: PanelDayId, now: Time) -> ReportId {
    let mut tx = db.begin().await.expect("a transaction");
    let number = store::find_newest(&mut tx, day).await.expect("a read").map_or(1, |newest| newest.number + 1);
    let id = act::finalise(&mut tx, &staff(), now, day, number).await.expect("a report");
    tx.commit().await.expect("a commit");
    id
}

async fn send(db: &Db, report: ReportId, now: Time) -> usize {
    let mut tx = db.begin().await.expect("a transaction");
    let queued = act::send(&mut tx, &staff(), now, report).await.expect("sent");
    tx.commit().await.expect("a commit");
    queued
}

async fn say(db: &Db, who: PanelistId, number: i64, version: VersionId, answer: AnswerKind, remark: &str) -> Result<AnswerEffect, Error> {
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
) -> Result<AnswerEffect, Error> {
    let (reader, cmd) = (&portal(who), &AnswerReply { number, version, answer, remark: remark.into() });
    db.write(|tx, _| Box::pin(reader::answer(tx, reader, now, cmd.clone()))).await
}

async fn unsubscribe(db: &Db, who: PanelistId) {
    let mut tx = db.begin().await.expect("a transaction");
    let link = link::act::current(&mut tx, july(), Purpose::Unsubscribe, who.0).await.expect("a link");
    let token = link::act::token(tx.secret(), &link);
    reader::unsubscribe(&mut tx, july(), &token).await.expect("unsubscribed");
    tx.commit().await.expect("a commit");
}

/// Sends every queued email; those to `lost` bounce.
async fn deliver(db: &Db, lost: Option<PanelistId>) {
    let mut tx = db.begin().await.expect("a transaction");
    for email in outbox::store::list_due(&mut tx, july(), 10).await.expect("emails") {
        let bounces = lost.is_some_and(|lost| email.subject_id == Some(lost.0));
        let outcome =
            if bounces { SendOutcome::Bounced(coded!("failure-mail-bounced", reply = "550 no such user")) } else { SendOutcome::Sent };
        outbox::act::record_outcome(&mut tx, july(), &email, outcome).await.expect("settled");
    }
    tx.commit().await.expect("a commit");
}

/// The newest line of the audit log with this action.
async fn line(db: &Db, action: &str) -> i64 {
    let lines = audit_log::list_newest(&mut db.read().await.expect("a transaction"), 500).await.expect("lines");
    lines.iter().find(|line| line.action == action).map_or(0, |line| line.seq)
}

async fn copy_of(db: &Db, who: PanelistId, number: i64) -> ReportEdition {
    let mut tx = db.read().await.expect("a transaction");
    reader::own_copy(&mut tx, &portal(who), number).await.expect("a copy").0
}

async fn deliveries(db: &Db, report: ReportId) -> Vec<(String, DeliveryStatus)> {
    let mut tx = db.read().await.expect("a transaction");
    let copies = store::list_copies(&mut tx, report).await.expect("copies");
    copies.iter().map(|copy| (copy.name.clone(), copy.delivery())).collect()
}

async fn emails(db: &Db, template: EmailTemplate) -> Vec<outbox::OutboxEmail> {
    let mut tx = db.read().await.expect("a transaction");
    outbox::store::list(&mut tx, 100).await.expect("emails").into_iter().filter(|email| email.template == template).collect()
}

#[tokio::test]
async fn a_report_reaches_those_who_came_and_starts_with_what_they_raised() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        publish(&db, held.lids, july(), refusal()).await;
        let report = finalise(&db, held.day, july()).await;

        assert_eq!(send(&db, report, july()).await, 2);
        assert_eq!(send(&db, report, july()).await, 0, "sending again reaches nobody twice");
        let queued = emails(&db, EmailTemplate::Report).await;
        assert_eq!(queued.len(), 2);
        assert!(!queued.iter().any(|email| email.subject_id == Some(held.cleo.0)), "Cleo did not come");

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
        assert_eq!(adas.yours[0].supporters, Some(2));
        assert_eq!(adas.yours[1].replies[0].reason.as_deref(), Some("too expensive"));
    })
    .await;
}

#[tokio::test]
async fn a_final_report_never_changes_and_the_next_one_says_what_moved() {
    each_db(|db| async move {
        let held = held(&db).await;
        publish(&db, held.upsell, july(), commitment("2010-08-31", "")).await;
        let first = finalise(&db, held.day, july()).await;
        publish(&db, held.upsell, at("2010-08-20T15:00:00Z"), commitment("2010-09-30", "the audit firm starts later")).await;
        publish(&db, held.lids, at("2010-08-21T15:00:00Z"), refusal()).await;
        let second = finalise(&db, held.day, at("2010-09-03T15:00:00Z")).await;

        let mut tx = db.read().await.expect("a transaction");
        let before = store::find(&mut tx, first).await.expect("a read").expect("the first");
        assert_eq!(before.document.items[0].replies[0].due, NaiveDate::from_ymd_opt(2010, 8, 31));
        assert_eq!(before.hash, secret::fingerprint(&super::rules::canonical(&before.document)));
        let after = store::find(&mut tx, second).await.expect("a read").expect("the second").document;
        assert_eq!((after.number, after.previous.as_ref().map(|previous| previous.number)), (2, Some(1)));
        assert_eq!(after.items[0].change.as_deref(), Some("The date moved from 31 Aug to 30 Sep: the audit firm starts later."));
        assert_eq!(after.items[1].change.as_deref(), Some("It now has an answer."));
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
            let wording =
                NoteWording { panelist: Some(who), speaker: String::new(), kind: note::NoteKind::Idea, text: "Green".into(), topic: None };
            let draft = note::NoteDraft { id: NoteId::new(), wording, at: noon().timestamp_millis() };
            let note = note::act::take(&mut tx, &staff(), noon(), session, draft).await.expect("a note").id;
            let next = item(&mut tx, day, &format!("Green lids, says {name}."), vec![note]).await;
            let (merged, into) = (fixture::heard_item(&mut tx, last).await.seen(), fixture::heard_item(&mut tx, next).await.seen());
            heard::act::merge(&mut tx, &staff(), july(), merged, into).await.expect("merged");
            last = next;
        }
        let collected = collect(&mut tx, july(), held.day, &QuoteChoices::default()).await.expect("collected");
        let items: Vec<_> = collected.document.items.iter().map(|item| item.heard_id).collect();
        assert_eq!(items, [held.upsell, last]);
        assert!(collected.raised_by(held.ada).iter().any(|raised| raised.heard_id == last), "Ada raised it first");
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
            let wording =
                NoteWording { panelist: None, speaker: String::new(), kind: note::NoteKind::Idea, text: text.into(), topic: None };
            note::NoteDraft { id: NoteId::new(), wording, at: noon().timestamp_millis() }
        };
        note::act::take(&mut tx, &staff(), late, session, note("waited on a tablet")).await.expect("taken");
        act::finalise(&mut tx, &staff(), late, held.day, 1).await.expect("finalised");
        let refused = note::act::take(&mut tx, &staff(), late, session, note("waited as well")).await;
        assert!(matches!(&refused, Err(Error::Conflict(words)) if words.contains("report 1 is final without it")), "{refused:?}");
    })
    .await;
}

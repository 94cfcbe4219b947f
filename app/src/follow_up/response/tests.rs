//! Items and their answers with two people at once: what each of them read decides, and no rule between rows is ever broken. On both databases.

mod handover;
mod races;
mod revisions;

use chrono::{Duration, NaiveTime};

use super::act::{
    ConfirmDelivery, DeliverCommitment, DraftResponse, PublishVersion, confirm, deliver, draft, publish, return_to_draft, submit_for_review,
};
use super::rules::ResponseContent;
use super::{FollowUpStatus, ResponseKind, ResponseVersion, store};
use crate::access::account::{self, Account, Actor, Role};
use crate::access::link::Purpose;
use crate::access::outbox::{self, EmailTemplate};
use crate::db::verify::verify;
use crate::db::{Db, Tx};
use crate::follow_up::board;
use crate::follow_up::heard::act::{RewordItem, attach, detach, merge, open, reword, withdraw};
use crate::follow_up::heard::assignment::{ItemOwner, assign};
use crate::follow_up::heard::reopening::{Reopening, reopen, reopen_seen};
use crate::follow_up::heard::{self, HeardState, Notified};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, LinkId, NoteId, PanelDayId, PanelistId, SessionId};
use crate::panel_day::note::{self, NoteWording};
use crate::recruiting::panelist::QuotePermission;
use crate::testing::fixture::{self, actor, heard_item, published, response_draft};
use crate::testing::{at_once, each_db};

/// How often each pair is run.
const ROUNDS: usize = 50;

/// Two colleagues, a day, and a session to take notes in.
struct Team {
    ada: Account,
    bo: Account,
    day: PanelDayId,
    session: SessionId,
}

async fn team(db: &Db) -> Team {
    let mut tx = db.begin().await.expect("tx");
    let ada = fixture::account(&mut tx, "Ada Okafor", Role::Staff, now()).await;
    let bo = fixture::account(&mut tx, "Bo Lindqvist", Role::Staff, now()).await;
    let program = fixture::program(&mut tx, now()).await;
    let day = fixture::day(&mut tx, now(), program, now().date_naive(), 15).await;
    let session = fixture::session(&mut tx, now(), day, None).await;
    tx.commit().await.expect("commit");
    Team { ada, bo, day, session }
}

impl Team {
    async fn note(&self, tx: &mut Tx, text: &str) -> NoteId {
        let stated =
            NoteWording { panelist: None, speaker: "Company".into(), kind: note::NoteKind::ParkingLot, text: text.into(), topic: None };
        let draft = note::NoteDraft { id: NoteId::new(), at: now().timestamp_millis(), wording: stated };
        note::act::take(tx, &actor(&self.ada), now(), self.session, draft).await.expect("a note").id
    }

    /// An open item.
    async fn item(&self, db: &Db, text: &str) -> HeardId {
        let mut tx = db.begin().await.expect("tx");
        let notes = vec![self.note(&mut tx, text).await];
        let cmd = heard::act::DraftItem { panel_day: self.day, text: text.into(), topic: String::new(), notes };
        let item = heard::act::draft(&mut tx, &actor(&self.ada), now(), cmd).await.expect("an item");
        let item = open(&mut tx, &actor(&self.ada), now(), item.seen()).await.expect("open");
        tx.commit().await.expect("commit");
        item.id
    }

    /// An item with a response in review.
    async fn reviewed(&self, db: &Db, text: &str) -> (HeardId, ResponseVersion) {
        let item = self.item(db, text).await;
        let mut tx = db.begin().await.expect("tx");
        let version = response_draft(&mut tx, &actor(&self.ada), now(), item, commitment(60)).await.expect("a draft");
        submit_for_review(&mut tx, &actor(&self.ada), now(), version.seen()).await.expect("submitted");
        tx.commit().await.expect("commit");
        (item, read_version(db, &version).await)
    }

    /// An item with a published promise, due in so many days.
    async fn committed(&self, db: &Db, days: i64, at: Time) -> (HeardId, ResponseVersion) {
        let item = self.item(db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let version = response_draft(&mut tx, &actor(&self.ada), at, item, commitment_from(at, days)).await.expect("a draft");
        published(&mut tx, &actor(&self.ada), at, &version).await;
        tx.commit().await.expect("commit");
        (item, read_version(db, &version).await)
    }
}

async fn read_version(db: &Db, version: &ResponseVersion) -> ResponseVersion {
    store::find(&mut db.read().await.expect("tx"), version.id).await.expect("read").expect("a version")
}

async fn read_item(db: &Db, id: HeardId) -> heard::Heard {
    heard_item(&mut db.read().await.expect("tx"), id).await
}

fn commitment(days: i64) -> ResponseContent {
    commitment_from(now(), days)
}

fn commitment_from(at: Time, days: i64) -> ResponseContent {
    ResponseContent {
        kind: ResponseKind::Commit,
        text: "Support will see the whole chat.".into(),
        link: String::new(),
        decline_reason: None,
        owner: "Head of support".into(),
        due: Some(at.date_naive() + Duration::days(days)),
        change_reason: "The panel asked for more.".into(),
    }
}

/// The audit log is whole after all that.
async fn is_whole(db: &Db) {
    let found = verify(&mut db.read().await.expect("tx"), &[]).await.expect("walked");
    assert!(found.is_whole(), "{found:?}");
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Conflict(words)) => words.into(),
        other => panic!("expected a conflict, got {other:?}"),
    }
}

#[tokio::test]
async fn an_answer_is_reopened_once_with_one_email() {
    each_db(|db| async move {
        let team = team(&db).await;
        for round in 0..ROUNDS {
            let (id, _) = team.committed(&db, 30, now()).await;
            let panelist = |name: &str| {
                let (db, day, name) = (db.clone(), team.day, format!("{name} {round}"));
                async move {
                    let mut tx = db.begin().await.expect("tx");
                    let panelist = fixture::panelist(&mut tx, now(), day, &name, QuotePermission::None).await;
                    tx.commit().await.expect("commit");
                    panelist
                }
            };
            let ada = if round == 0 { Some(panelist("Pia Reyes").await) } else { None };
            let again = |who: Option<PanelistId>| {
                let db = db.clone();
                let who = who.map_or_else(|| actor(&team.bo), by_portal);
                async move { db.write(|tx, _| Box::pin(reopen(tx, &who, now(), id, ""))).await }
            };
            let (one, two) = at_once(again(ada), again(ada)).await;
            let outcomes = [one.expect("done"), two.expect("done")];
            let done = outcomes.iter().filter(|outcome| matches!(outcome, Reopening::Reopened(..))).count();
            assert_eq!(done, 1, "{outcomes:?}");
            let mut tx = db.read().await.expect("tx");
            assert_eq!(heard::store::list_events(&mut tx, id).await.expect("read").len(), 1);
            let emails = outbox::store::list_for(&mut tx, team.ada.id.0).await.expect("read");
            assert_eq!(emails.iter().filter(|email| email.template == EmailTemplate::Reopened).count(), round + 1, "one email each");
        }
        is_whole(&db).await;
    })
    .await;
}

fn by_portal(panelist: PanelistId) -> Actor {
    Actor::Link { id: LinkId::new(), purpose: Purpose::Portal, subject: panelist.0 }
}

#[tokio::test]
async fn an_item_that_was_merged_on_and_on_is_found_where_it_ended() {
    each_db(|db| async move {
        let team = team(&db).await;
        let ada = actor(&team.ada);
        let mut ids = Vec::new();
        for name in ["one", "two", "three", "four"] {
            ids.push(team.item(&db, &format!("This is item {name}.")).await);
        }
        let mut tx = db.begin().await.expect("tx");
        for pair in ids.windows(2) {
            let (from, into) = (heard_item(&mut tx, pair[0]).await.seen(), heard_item(&mut tx, pair[1]).await.seen());
            merge(&mut tx, &ada, now(), from, into).await.expect("merged");
        }
        for id in &ids {
            assert_eq!(heard::store::find_survivor(&mut tx, *id).await.expect("read").expect("an end").id, ids[3]);
        }
        let merged = heard::store::list_merged(&mut tx, ids[3]).await.expect("read");
        assert_eq!(merged.iter().map(|item| item.id).collect::<Vec<_>>(), ids[..3], "all that it took in, however they came");
        assert_eq!(heard::store::count_support_of(&mut tx, ids[3]).await.expect("read").notes, 4);
        assert!(heard::store::find_survivor(&mut tx, HeardId::new()).await.expect("read").is_none());

        let last = team.note(&mut tx, "Another").await;
        let cmd = heard::act::DraftItem { panel_day: team.day, text: "Another one".into(), topic: String::new(), notes: vec![last] };
        let draft = heard::act::draft(&mut tx, &ada, now(), cmd).await.expect("an item");
        let into = heard_item(&mut tx, ids[0]).await.seen();
        assert!(refused(merge(&mut tx, &ada, now(), draft.seen(), into).await).contains("This is item four."), "says where it ended");
        let living = heard_item(&mut tx, ids[3]).await.seen();
        assert!(
            refused(merge(&mut tx, &ada, now(), living, draft.seen()).await).contains("still a draft"),
            "nothing leaves the board by merging"
        );
    })
    .await;
}

#[tokio::test]
async fn a_note_leads_to_living_items_alone() {
    each_db(|db| async move {
        let team = team(&db).await;
        let ada = actor(&team.ada);
        let id = team.item(&db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let source = heard::store::list_sources(&mut tx, id).await.expect("read").remove(0);
        assert_eq!(source.kind.label(), "parking lot", "a label, not the stored word");
        assert_eq!(heard::store::list_of_note(&mut tx, source.note_id).await.expect("read").len(), 1);
        let seen = heard_item(&mut tx, id).await.seen();
        withdraw(&mut tx, &ada, now(), seen, "Said twice.").await.expect("withdrawn");
        assert!(heard::store::list_of_note(&mut tx, source.note_id).await.expect("read").is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_is_told_that_an_answer_did_not_hold_is_the_owner_else_the_publisher_else_nobody() {
    each_db(|db| async move {
        let team = team(&db).await;
        let bo = actor(&team.bo);
        let again = async |id: HeardId| {
            let mut tx = db.begin().await.expect("tx");
            let done = reopen(&mut tx, &bo, now() + Duration::seconds(1), id, "").await.expect("reopened");
            let event = heard::store::list_events(&mut tx, id).await.expect("read").remove(0);
            tx.commit().await.expect("commit");
            let Reopening::Reopened(notified, name) = done else { panic!("it was not open again yet") };
            assert_eq!(event.notified, Some(notified), "the page can say so later");
            (notified, name)
        };
        let (no_owner, _) = team.committed(&db, 30, now()).await;
        assert_eq!(again(no_owner).await, (Notified::Publisher, Some("Ada Okafor".into())));

        let (guest, _) = team.committed(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let owner = ItemOwner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: String::new() };
        let seen = heard_item(&mut tx, guest).await.seen();
        assign(&mut tx, &bo, now(), seen, owner, "").await.expect("assigned");
        tx.commit().await.expect("commit");
        assert_eq!(again(guest).await, (Notified::Owner, Some("Olu Stone".into())));

        let (left, _) = team.committed(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let admin = fixture::account(&mut tx, "Mara Duarte", Role::Administrator, now()).await;
        account::act::close(&mut tx, &actor(&admin), now(), team.ada.id, team.ada.revision).await.expect("closed");
        tx.commit().await.expect("commit");
        assert_eq!(again(left).await, (Notified::Nobody, None), "a closed account is emailed nothing");
    })
    .await;
}

#[tokio::test]
async fn overdue_and_open_again_are_both_counted() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        // Noon in Texas: its date is that of UTC too, summer and winter.
        let noon = now().date_naive().and_time(NaiveTime::from_hms_opt(18, 0, 0).expect("a time")).and_utc();
        let then = noon - Duration::days(40);
        let (id, version) = team.committed(&db, 10, then).await;
        let (kept, commitment) = team.committed(&db, 10, then).await;
        let mut tx = db.begin().await.expect("tx");
        reopen(&mut tx, &bo, then + Duration::days(1), id, "").await.expect("reopened");
        let shown = DeliverCommitment { heard: kept, commitment: commitment.id, seen: None, evidence: "Release 4.2".into() };
        deliver(&mut tx, &ada, then + Duration::days(13), shown).await.expect("shown");
        confirm(&mut tx, &bo, noon, ConfirmDelivery { heard: kept, commitment: commitment.id, seen: 1 }).await.expect("confirmed");
        let lines = board::list(&mut tx, &ada, noon).await.expect("a board");
        let line = lines.iter().find(|line| line.item.id == id).expect("on it");
        assert!(line.is(FollowUpStatus::Overdue) && line.is(FollowUpStatus::Reopened) && line.days_late(noon) == Some(30), "{line:?}");
        assert_eq!(line.owner().as_deref(), Some("Head of support"), "an item without an owner shows who keeps its promise");
        let tally = board::tally(&lines);
        assert_eq!((tally.overdue, tally.reopened, tally.confirmed, tally.commitments, tally.answered), (1, 1, 1, 2, 1));
        let line = lines.iter().find(|line| line.item.id == kept).expect("on it");
        assert_eq!(line.delivered_words().as_deref(), Some("delivered, 3 days late"));
        assert_eq!(version.kind, ResponseKind::Commit);
    })
    .await;
}

#[tokio::test]
async fn who_drafted_a_returned_answer_is_told_why_until_it_is_submitted_again() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let (id, version) = team.reviewed(&db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let told = return_to_draft(&mut tx, &bo, now(), version.seen(), "Say by when.").await.expect("returned");
        assert_eq!(told.as_deref(), Some("Ada Okafor"));
        let email = outbox::store::list_for(&mut tx, team.ada.id.0).await.expect("email").remove(0);
        assert_eq!((email.template, email.params["reason"].as_str()), (EmailTemplate::Returned, Some("Say by when.")));
        assert_eq!(email.params["path"].as_str(), Some(format!("/heard/{id}?tab=answer").as_str()));
        tx.commit().await.expect("commit");

        let line = |lines: Vec<board::FollowUpRow>| lines.into_iter().find(|line| line.item.id == id).expect("on the board");
        let mut tx = db.begin().await.expect("tx");
        assert!(line(board::list(&mut tx, &ada, now()).await.expect("a board")).is_returned());
        let draft = store::find(&mut tx, version.id).await.expect("read").expect("a version");
        assert_eq!(draft.return_reason.as_deref(), Some("Say by when."));
        submit_for_review(&mut tx, &ada, now(), draft.seen()).await.expect("submitted again");
        assert!(!line(board::list(&mut tx, &ada, now()).await.expect("a board")).is_returned());

        let again = store::find(&mut tx, version.id).await.expect("read").expect("a version");
        assert_eq!(return_to_draft(&mut tx, &ada, now(), again.seen(), "My own mistake.").await.expect("returned"), None, "she knows");
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn a_guest_whose_answer_was_returned_gets_a_link_and_the_reason() {
    each_db(|db| async move {
        let team = team(&db).await;
        let id = team.item(&db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let owner = ItemOwner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: String::new() };
        let seen = heard_item(&mut tx, id).await.seen();
        assign(&mut tx, &actor(&team.bo), now(), seen, owner, "").await.expect("assigned");
        let guest = Actor::Link { id: LinkId::new(), purpose: Purpose::Response, subject: id.0 };
        let version = response_draft(&mut tx, &guest, now(), id, commitment(30)).await.expect("a draft");
        submit_for_review(&mut tx, &guest, now(), version.seen()).await.expect("submitted");
        let read = store::find(&mut tx, version.id).await.expect("read").expect("a version");
        let told = return_to_draft(&mut tx, &actor(&team.bo), now(), read.seen(), "Say by when.").await.expect("returned");
        assert_eq!(told.as_deref(), Some("Olu Stone"));
        let email = outbox::store::list_for(&mut tx, id.0)
            .await
            .expect("email")
            .into_iter()
            .find(|email| email.template == EmailTemplate::Returned);
        let email = email.expect("an email");
        assert!(email.link_id.is_some() && email.recipient == "olu.stone@example.com", "{email:?}");
        tx.commit().await.expect("commit");
    })
    .await;
}

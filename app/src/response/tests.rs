//! Items and their answers with two people at once: what each of them read decides, and no rule between rows is ever broken. On both databases.

use chrono::Duration;

use super::act::{Confirm, Deliver, Draft, Publish, confirm, deliver, draft, publish, send_back, submit};
use super::rules::Content;
use super::{Kind, Standing, Version, board, store};
use crate::account::{self, Account, Actor, Role};
use crate::clock::{Time, now};
use crate::db::verify::verify;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::heard::act::{Owner, Reopening, Word, assign, attach, detach, merge, open, reopen, reopen_seen, withdraw, word};
use crate::heard::{self, Notified, State};
use crate::ids::{HeardId, NoteId, PanelDayId, PanelistId, SessionId};
use crate::link::Purpose;
use crate::note::{self, Said};
use crate::outbox::{self, Template};
use crate::panelist::QuotePermission;
use crate::testing::fixture::{self, actor, heard_item, published, response_draft};
use crate::testing::{at_once, each_db};

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
        let said = Said { panelist: None, speaker: "Company".into(), kind: note::Kind::ParkingLot, text: text.into(), topic: None };
        let draft = note::Draft { id: NoteId::new(), at: now().timestamp_millis(), said };
        note::act::take(tx, &actor(&self.ada), now(), self.session, draft).await.expect("a note").id
    }

    /// An open item.
    async fn item(&self, db: &Db, text: &str) -> HeardId {
        let mut tx = db.begin().await.expect("tx");
        let notes = vec![self.note(&mut tx, text).await];
        let cmd = heard::act::Draft { panel_day: self.day, text: text.into(), topic: String::new(), notes };
        let item = heard::act::draft(&mut tx, &actor(&self.ada), now(), cmd).await.expect("an item");
        let item = open(&mut tx, &actor(&self.ada), now(), item.seen()).await.expect("open");
        tx.commit().await.expect("commit");
        item.id
    }

    /// An item with a response in review.
    async fn reviewed(&self, db: &Db, text: &str) -> (HeardId, Version) {
        let item = self.item(db, text).await;
        let mut tx = db.begin().await.expect("tx");
        let version = response_draft(&mut tx, &actor(&self.ada), now(), item, promise(60)).await.expect("a draft");
        submit(&mut tx, &actor(&self.ada), now(), version.seen()).await.expect("handed in");
        tx.commit().await.expect("commit");
        (item, read_version(db, &version).await)
    }

    /// An item with a published promise, due in so many days.
    async fn promised(&self, db: &Db, days: i64, at: Time) -> (HeardId, Version) {
        let item = self.item(db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let version = response_draft(&mut tx, &actor(&self.ada), at, item, promise_from(at, days)).await.expect("a draft");
        published(&mut tx, &actor(&self.ada), at, &version).await;
        tx.commit().await.expect("commit");
        (item, read_version(db, &version).await)
    }
}

async fn read_version(db: &Db, version: &Version) -> Version {
    store::find(&mut db.read().await.expect("tx"), version.id).await.expect("read").expect("a version")
}

async fn read_item(db: &Db, id: HeardId) -> heard::Heard {
    heard_item(&mut db.read().await.expect("tx"), id).await
}

fn promise(days: i64) -> Content {
    promise_from(now(), days)
}

fn promise_from(at: Time, days: i64) -> Content {
    Content {
        kind: Kind::Commit,
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
    let found = verify(&mut db.read().await.expect("tx"), None).await.expect("walked");
    assert!(found.is_whole(), "{found:?}");
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Conflict(words)) => words,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

/// How often each pair is run.
const ROUNDS: usize = 50;

#[tokio::test]
async fn two_first_drafts_make_one_response() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let id = team.item(&db, "Support cannot see my chat.").await;
            let item = read_item(&db, id).await.seen();
            let save = |who: &Account| {
                let (db, who) = (db.clone(), actor(who));
                async move { db.write(|tx, _| Box::pin(draft(tx, &who, now(), Draft { item, version: None, content: promise(30) }))).await }
            };
            let (one, two) = at_once(save(&team.ada), save(&team.bo)).await;
            let (kept, lost) = if one.is_ok() { (one, two) } else { (two, one) };
            assert!(kept.is_ok() && refused(lost).contains("Support will see the whole chat."), "the other one is shown what was saved");
            let versions = store::list(&mut db.read().await.expect("tx"), id).await.expect("read");
            assert_eq!(versions.len(), 1);
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_draft_and_what_is_answered_and_gone() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (item, version) = team.reviewed(&db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let response = crate::ids::ResponseId::new();
        store::create(&mut tx, response, item, now()).await.expect("a response");
        let second = Version { id: crate::ids::VersionId::new(), response_id: response, ..version.clone() };
        assert!(!store::create_version(&mut tx, &second).await.expect("asked"), "one draft an item, whoever forgets to look");
        drop(tx);

        let (item, _) = team.promised(&db, 30, now()).await;
        let answered = read_item(&db, item).await;
        assert!(answered.answered_at.is_some());
        let gone = heard::Heard { withdrawn_at: Some(now()), ..answered.clone() };
        let mut tx = db.begin().await.expect("tx");
        assert!(heard::store::update(&mut tx, &gone).await.is_err(), "an answered item is not withdrawn");
        drop(tx);
        let mut tx = db.begin().await.expect("tx");
        let itself = heard::Heard { merged_into: Some(item), answered_at: None, ..answered };
        assert!(heard::store::update(&mut tx, &itself).await.is_err(), "nothing is merged into itself");
    })
    .await;
}

#[tokio::test]
async fn merges_at_the_same_time_never_make_a_circle() {
    each_db(|db| async move {
        let team = team(&db).await;
        for round in 0..ROUNDS {
            let mut ids = Vec::new();
            for name in ["a", "b", "c"] {
                ids.push(team.item(&db, &format!("Item {name} of round {round}")).await);
            }
            let (a, b, c) = (read_item(&db, ids[0]).await.seen(), read_item(&db, ids[1]).await.seen(), read_item(&db, ids[2]).await.seen());
            let join = |from, into| {
                let (db, who) = (db.clone(), actor(&team.ada));
                async move { db.write(|tx, _| Box::pin(merge(tx, &who, now(), from, into))).await }
            };
            // Two that would close a circle of two, and a third that would make one of three.
            let third = tokio::spawn(join(b, c));
            let fourth = tokio::spawn(join(c, a));
            let (one, two) = at_once(join(a, b), join(b, a)).await;
            let (third, fourth) = (third.await.expect("ended"), fourth.await.expect("ended"));
            for outcome in [one, two, third, fourth] {
                assert!(matches!(outcome, Ok(()) | Err(Error::Conflict(_))), "{outcome:?}");
            }
            let mut tx = db.read().await.expect("tx");
            for id in &ids {
                let end = heard::store::find_survivor(&mut tx, *id).await.expect("read").expect("every item ends in a living one");
                assert_eq!(end.state(), State::Open);
            }
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn a_published_promise_never_belongs_to_an_item_that_is_withdrawn_or_merged() {
    each_db(|db| async move {
        let team = team(&db).await;
        let other = team.item(&db, "Nobody calls back.").await;
        for round in 0..ROUNDS {
            let (id, version) = team.reviewed(&db, "Support cannot see my chat.").await;
            let item = read_item(&db, id).await.seen();
            let into = read_item(&db, other).await.seen();
            let publishing = {
                let (db, who, cmd) = (db.clone(), actor(&team.ada), Publish { version: version.seen(), item: item.revision });
                async move { db.write(|tx, _| Box::pin(publish(tx, &who, now(), cmd))).await }
            };
            let ending = {
                let (db, who) = (db.clone(), actor(&team.bo));
                async move {
                    match round % 2 {
                        0 => db.write(|tx, _| Box::pin(withdraw(tx, &who, now(), item, "Said twice."))).await,
                        _ => db.write(|tx, _| Box::pin(merge(tx, &who, now(), item, into))).await,
                    }
                }
            };
            let (published, ended) = at_once(publishing, ending).await;
            assert!(published.is_ok() != ended.is_ok(), "one of the two: {published:?}, {ended:?}");
            let promised = store::find_current(&mut db.read().await.expect("tx"), id).await.expect("read").is_some();
            assert_eq!(promised, read_item(&db, id).await.state() == State::Open);
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_reopened_once_with_one_mail() {
    each_db(|db| async move {
        let team = team(&db).await;
        for round in 0..ROUNDS {
            let (id, _) = team.promised(&db, 30, now()).await;
            let door = |name: &str| {
                let (db, day, name) = (db.clone(), team.day, format!("{name} {round}"));
                async move {
                    let mut tx = db.begin().await.expect("tx");
                    let panelist = fixture::panelist(&mut tx, now(), day, &name, QuotePermission::None).await;
                    tx.commit().await.expect("commit");
                    panelist
                }
            };
            let ada = if round == 0 { Some(door("Pia Reyes").await) } else { None };
            let again = |who: Option<PanelistId>| {
                let db = db.clone();
                let who = who.map_or_else(|| actor(&team.bo), by_door);
                async move { db.write(|tx, _| Box::pin(reopen(tx, &who, now(), id, ""))).await }
            };
            let (one, two) = at_once(again(ada), again(ada)).await;
            let outcomes = [one.expect("done"), two.expect("done")];
            let done = outcomes.iter().filter(|outcome| matches!(outcome, Reopening::Reopened(..))).count();
            assert_eq!(done, 1, "{outcomes:?}");
            let mut tx = db.read().await.expect("tx");
            assert_eq!(heard::store::list_events(&mut tx, id).await.expect("read").len(), 1);
            let mails = outbox::store::list_for(&mut tx, team.ada.id.0).await.expect("read");
            assert_eq!(mails.iter().filter(|mail| mail.template == Template::Reopened).count(), round + 1, "one mail each");
        }
        is_whole(&db).await;
    })
    .await;
}

fn by_door(panelist: PanelistId) -> Actor {
    Actor::Link { id: crate::ids::LinkId::new(), purpose: Purpose::Door, subject: panelist.0 }
}

#[tokio::test]
async fn what_is_published_is_what_the_reviewer_read_also_while_it_is_changed() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let (id, version) = team.reviewed(&db, "Support cannot see my chat.").await;
            let item = read_item(&db, id).await.seen();
            let publishing = {
                let (db, who, cmd) = (db.clone(), actor(&team.bo), Publish { version: version.seen(), item: item.revision });
                async move { db.write(|tx, _| Box::pin(publish(tx, &who, now(), cmd))).await }
            };
            let changing = {
                let (db, who) = (db.clone(), actor(&team.ada));
                let content = Content { text: "Support will see the last hour.".into(), ..promise(30) };
                let cmd = Draft { item, version: Some(version.seen()), content };
                async move { db.write(|tx, _| Box::pin(draft(tx, &who, now(), cmd.clone()))).await }
            };
            let (published, changed) = at_once(publishing, changing).await;
            assert!(published.is_ok() != changed.is_ok(), "one of the two: {published:?}, {changed:?}");
            let now_there = read_version(&db, &version).await;
            assert_eq!(now_there.published_at.is_some(), now_there.text == version.text, "{now_there:?}");
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn two_items_drafted_at_once_get_two_numbers() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let mut tx = db.begin().await.expect("tx");
            let note = team.note(&mut tx, "I typed it all twice.").await;
            tx.commit().await.expect("commit");
            let write = |who: &Account| {
                let (db, who) = (db.clone(), actor(who));
                let cmd =
                    heard::act::Draft { panel_day: team.day, text: "I type it all twice.".into(), topic: String::new(), notes: vec![note] };
                async move { db.write(|tx, _| Box::pin(heard::act::draft(tx, &who, now(), cmd.clone()))).await }
            };
            let (one, two) = at_once(write(&team.ada), write(&team.bo)).await;
            let (one, two) = (one.expect("drafted"), two.expect("drafted"));
            assert_eq!(one.number.abs_diff(two.number), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn evidence_that_was_replaced_is_not_confirmed_unread() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let (heard, promise) = team.promised(&db, 30, now()).await;
            let show = |seen, evidence: &str| Deliver { heard, promise: promise.id, seen, evidence: evidence.into() };
            let ada = actor(&team.ada);
            db.write(|tx, _| Box::pin(deliver(tx, &ada, now(), show(None, "Release 4.2")))).await.expect("shown");
            let replacing = {
                let (db, who, cmd) = (db.clone(), actor(&team.ada), show(Some(1), "Release 4.3, a week later"));
                async move { db.write(|tx, _| Box::pin(deliver(tx, &who, now(), cmd.clone()))).await }
            };
            let confirming = {
                let (db, who, cmd) = (db.clone(), actor(&team.bo), Confirm { heard, promise: promise.id, seen: 1 });
                async move { db.write(|tx, _| Box::pin(confirm(tx, &who, now(), cmd))).await }
            };
            let (replaced, confirmed) = at_once(replacing, confirming).await;
            assert!(replaced.is_ok() != confirmed.is_ok(), "one of the two: {replaced:?}, {confirmed:?}");
            let delivery =
                store::find_delivery(&mut db.read().await.expect("tx"), promise.response_id).await.expect("read").expect("evidence");
            assert_eq!(delivery.confirmed_at.is_some(), delivery.evidence == "Release 4.2", "{delivery:?}");
            assert_ne!(delivery.confirmed_by, delivery.claimed_by, "by somebody else, or not yet");
            if let Err(error) = confirmed {
                assert!(error.message().contains("Release 4.3"), "the new evidence is shown: {error}");
            }
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_confirms_their_own_evidence_in_a_second_tab() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let (heard, promise) = team.promised(&db, 30, now()).await;
        let show = |seen, evidence: &str| Deliver { heard, promise: promise.id, seen, evidence: evidence.into() };
        let mut tx = db.begin().await.expect("tx");
        deliver(&mut tx, &ada, now(), show(None, "Release 4.2")).await.expect("shown");
        let blind = deliver(&mut tx, &bo, now(), show(None, "A press release")).await;
        assert!(refused(blind).contains("Release 4.2"), "what was shown meanwhile is read first");
        deliver(&mut tx, &bo, now(), show(Some(1), "A press release")).await.expect("replaced");
        // Bo's other tab still shows Ada's evidence, and the button.
        let stale = confirm(&mut tx, &bo, now(), Confirm { heard, promise: promise.id, seen: 1 }).await;
        assert!(refused(stale).contains("A press release"));
        let own = confirm(&mut tx, &bo, now(), Confirm { heard, promise: promise.id, seen: 2 }).await;
        assert!(refused(own).contains("yourself"));
        assert!(
            !store::confirm(&mut tx, promise.response_id, 2, Some(team.bo.id), now()).await.expect("asked"),
            "nor does the store let them"
        );
        confirm(&mut tx, &ada, now(), Confirm { heard, promise: promise.id, seen: 2 }).await.expect("confirmed");
        let again = confirm(&mut tx, &ada, now(), Confirm { heard, promise: promise.id, seen: 3 }).await;
        assert!(refused(again).contains("already confirmed"));
    })
    .await;
}

#[tokio::test]
async fn a_promise_is_confirmed_by_those_who_read_its_newest_version() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let (heard, first) = team.promised(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let shown = Deliver { heard, promise: first.id, seen: None, evidence: "Release 4.2".into() };
        deliver(&mut tx, &ada, now(), shown.clone()).await.expect("shown");
        let second = Content { text: "Support will see the chat of the last week.".into(), ..promise(40) };
        let second = response_draft(&mut tx, &ada, now(), heard, second).await.expect("a draft");
        published(&mut tx, &ada, now(), &second).await;
        let stale = confirm(&mut tx, &bo, now(), Confirm { heard, promise: first.id, seen: 1 }).await;
        assert!(refused(stale).contains("the chat of the last week"));
        let stale = deliver(&mut tx, &bo, now(), Deliver { seen: Some(1), ..shown }).await;
        assert!(refused(stale).contains("the chat of the last week"));
        confirm(&mut tx, &bo, now(), Confirm { heard, promise: second.id, seen: 1 }).await.expect("confirmed");
    })
    .await;
}

#[tokio::test]
async fn every_command_on_an_item_is_refused_once_the_item_has_changed() {
    each_db(|db| async move {
        let team = team(&db).await;
        let ada = actor(&team.ada);
        let id = team.item(&db, "Support cannot see my chat.").await;
        let other = team.item(&db, "Nobody calls back.").await;
        let mut tx = db.begin().await.expect("tx");
        let old = heard_item(&mut tx, id).await.seen();
        let into = heard_item(&mut tx, other).await.seen();
        let more = team.note(&mut tx, "I typed it all twice.").await;
        attach(&mut tx, &ada, now(), id, &[more]).await.expect("attached");
        let words = Word { item: heard_item(&mut tx, id).await.seen(), text: "Support never sees my chat.".into(), topic: "chat".into() };
        let item = word(&mut tx, &ada, now(), words).await;
        assert!(item.is_ok(), "{item:?}");

        let new = "Support never sees my chat.";
        let text = || "Something else".to_owned();
        assert!(refused(word(&mut tx, &ada, now(), Word { item: old, text: text(), topic: String::new() }).await).contains(new));
        assert!(refused(detach(&mut tx, &ada, now(), old, more).await).contains(new));
        assert!(refused(merge(&mut tx, &ada, now(), old, into).await).contains(new));
        assert!(refused(merge(&mut tx, &ada, now(), into, old).await).contains(new), "into an item that was reworded, too");
        assert!(refused(withdraw(&mut tx, &ada, now(), old, "Said twice").await).contains(new));
        assert!(refused(assign(&mut tx, &ada, now(), old, Owner::Account(team.bo.id), "").await).contains(new));
        let drafted = draft(&mut tx, &ada, now(), Draft { item: old, version: None, content: promise(30) }).await;
        assert!(refused(drafted).contains(new));

        // Each of them changes what a reader sees, and so does each of these.
        let seen = |item: &heard::Heard| item.seen();
        let mut last = heard_item(&mut tx, id).await;
        detach(&mut tx, &ada, now(), seen(&last), more).await.expect("taken off");
        let next = heard_item(&mut tx, id).await;
        assert!(next.revision > last.revision);
        last = next;
        assign(&mut tx, &ada, now(), seen(&last), Owner::Account(team.bo.id), "").await.expect("assigned");
        last = heard_item(&mut tx, id).await;
        merge(&mut tx, &ada, now(), into, seen(&last)).await.expect("merged");
        let survivor = heard_item(&mut tx, id).await;
        assert!(survivor.revision > last.revision, "it has other notes now");
        let version = response_draft(&mut tx, &ada, now(), id, promise(30)).await.expect("a draft");
        published(&mut tx, &ada, now(), &version).await;
        let answered = heard_item(&mut tx, id).await;
        assert!(answered.revision > survivor.revision);
        assert!(refused(reopen_seen(&mut tx, &ada, now(), survivor.seen(), "No").await).contains(new));
        reopen_seen(&mut tx, &ada, now() + Duration::seconds(1), answered.seen(), "No").await.expect("reopened");
        assert!(heard_item(&mut tx, id).await.revision > answered.revision);
    })
    .await;
}

#[tokio::test]
async fn opening_is_refused_for_words_that_were_not_read_and_a_double_click_opens_once() {
    each_db(|db| async move {
        let team = team(&db).await;
        let ada = actor(&team.ada);
        let mut tx = db.begin().await.expect("tx");
        let notes = vec![team.note(&mut tx, "I typed it all twice.").await];
        let cmd = heard::act::Draft { panel_day: team.day, text: "I type it all twice.".into(), topic: String::new(), notes };
        let first = heard::act::draft(&mut tx, &ada, now(), cmd).await.expect("an item").seen();
        let words = Word { item: first, text: "I type everything three times.".into(), topic: String::new() };
        word(&mut tx, &ada, now(), words).await.expect("reworded");
        assert!(refused(open(&mut tx, &ada, now(), first).await).contains("three times"));
        let read = heard_item(&mut tx, first.id).await.seen();
        open(&mut tx, &ada, now(), read).await.expect("open");
        assert!(open(&mut tx, &ada, now(), read).await.is_ok(), "the second click finds it done");
    })
    .await;
}

#[tokio::test]
async fn every_command_on_a_response_is_refused_once_it_has_changed() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let id = team.item(&db, "Support cannot see my chat.").await;
        let mut tx = db.begin().await.expect("tx");
        let first = response_draft(&mut tx, &ada, now(), id, promise(30)).await.expect("a draft");
        let other = Content { text: "Support will see the last hour.".into(), ..promise(30) };
        let second = response_draft(&mut tx, &bo, now(), id, other).await.expect("changed");
        let item = heard_item(&mut tx, id).await;
        let new = "the last hour";
        assert!(refused(submit(&mut tx, &ada, now(), first.seen()).await).contains(new));
        let typed = Draft { item: item.seen(), version: Some(first.seen()), content: promise(50) };
        assert!(refused(draft(&mut tx, &ada, now(), typed).await).contains(new));
        submit(&mut tx, &ada, now(), second.seen()).await.expect("handed in");
        assert!(submit(&mut tx, &ada, now(), second.seen()).await.is_ok(), "a double click hands in once");
        let read = store::find(&mut tx, first.id).await.expect("read").expect("a version");
        assert!(read.revision > second.revision);
        assert!(refused(send_back(&mut tx, &bo, now(), second.seen(), "No date").await).contains(new));
        assert!(refused(publish(&mut tx, &bo, now(), Publish { version: second.seen(), item: item.revision }).await).contains(new));

        // Words of the item that the reviewer did not read.
        word(&mut tx, &ada, now(), Word { item: item.seen(), text: "Support never sees my chat.".into(), topic: String::new() })
            .await
            .expect("reworded");
        let stale = publish(&mut tx, &bo, now(), Publish { version: read.seen(), item: item.revision }).await;
        assert!(refused(stale).contains("never sees"));
        let item = heard_item(&mut tx, id).await;
        publish(&mut tx, &bo, now(), Publish { version: read.seen(), item: item.revision }).await.expect("published");
        let now_published = store::find(&mut tx, first.id).await.expect("read").expect("a version");
        assert!(now_published.revision > read.revision);
    })
    .await;
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
        assert_eq!(heard::store::weigh_item(&mut tx, ids[3]).await.expect("read").notes, 4);
        assert!(heard::store::find_survivor(&mut tx, HeardId::new()).await.expect("read").is_none());

        let last = team.note(&mut tx, "Another").await;
        let cmd = heard::act::Draft { panel_day: team.day, text: "Another one".into(), topic: String::new(), notes: vec![last] };
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
        let (no_owner, _) = team.promised(&db, 30, now()).await;
        assert_eq!(again(no_owner).await, (Notified::Publisher, Some("Ada Okafor".into())));

        let (guest, _) = team.promised(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let owner = Owner::Guest { name: "Olu Stone".into(), email: "olu.stone@example.com".into(), unit: String::new() };
        let seen = heard_item(&mut tx, guest).await.seen();
        assign(&mut tx, &bo, now(), seen, owner, "").await.expect("assigned");
        tx.commit().await.expect("commit");
        assert_eq!(again(guest).await, (Notified::Owner, Some("Olu Stone".into())));

        let (left, _) = team.promised(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let admin = fixture::account(&mut tx, "Mara Duarte", Role::Administrator, now()).await;
        account::act::close(&mut tx, &actor(&admin), now(), team.ada.id, team.ada.revision).await.expect("closed");
        tx.commit().await.expect("commit");
        assert_eq!(again(left).await, (Notified::Nobody, None), "a closed account is mailed nothing");
    })
    .await;
}

#[tokio::test]
async fn overdue_and_open_again_are_both_counted() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let then = now() - Duration::days(40);
        let (id, version) = team.promised(&db, 10, then).await;
        let (kept, promise) = team.promised(&db, 10, then).await;
        let mut tx = db.begin().await.expect("tx");
        reopen(&mut tx, &bo, then + Duration::days(1), id, "").await.expect("reopened");
        let shown = Deliver { heard: kept, promise: promise.id, seen: None, evidence: "Release 4.2".into() };
        deliver(&mut tx, &ada, then + Duration::days(13), shown).await.expect("shown");
        confirm(&mut tx, &bo, now(), Confirm { heard: kept, promise: promise.id, seen: 1 }).await.expect("confirmed");
        let lines = board::list(&mut tx, &ada, now()).await.expect("a board");
        let line = lines.iter().find(|line| line.item.id == id).expect("on it");
        assert!(line.is(Standing::Overdue) && line.is(Standing::Reopened) && line.days_late(now()) == Some(30), "{line:?}");
        assert_eq!(line.owner().as_deref(), Some("Head of support"), "an item without an owner shows who keeps its promise");
        let tally = board::tally(&lines);
        assert_eq!((tally.overdue, tally.reopened, tally.kept, tally.promises, tally.answered), (1, 1, 1, 2, 1));
        let line = lines.iter().find(|line| line.item.id == kept).expect("on it");
        assert_eq!(line.kept().as_deref(), Some("kept, 3 days late"));
        assert_eq!(version.kind, Kind::Commit);
    })
    .await;
}

//! Commands that carry the revision that was read.

use super::*;

#[tokio::test]
async fn evidence_that_was_replaced_is_not_confirmed_unread() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let (heard, commitment) = team.committed(&db, 30, now()).await;
            let show = |seen, evidence: &str| DeliverCommitment { heard, commitment: commitment.id, seen, evidence: evidence.into() };
            let ada = actor(&team.ada);
            db.write(|tx, _| Box::pin(deliver(tx, &ada, now(), show(None, "Release 4.2")))).await.expect("shown");
            let replacing = {
                let (db, who, cmd) = (db.clone(), actor(&team.ada), show(Some(1), "Release 4.3, a week later"));
                async move { db.write(|tx, _| Box::pin(deliver(tx, &who, now(), cmd.clone()))).await }
            };
            let confirming = {
                let (db, who, cmd) = (db.clone(), actor(&team.bo), ConfirmDelivery { heard, commitment: commitment.id, seen: 1 });
                async move { db.write(|tx, _| Box::pin(confirm(tx, &who, now(), cmd))).await }
            };
            let (replaced, confirmed) = at_once(replacing, confirming).await;
            assert!(replaced.is_ok() != confirmed.is_ok(), "one of the two: {replaced:?}, {confirmed:?}");
            let delivery =
                store::find_delivery(&mut db.read().await.expect("tx"), commitment.response_id).await.expect("read").expect("evidence");
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
        let (heard, commitment) = team.committed(&db, 30, now()).await;
        let show = |seen, evidence: &str| DeliverCommitment { heard, commitment: commitment.id, seen, evidence: evidence.into() };
        let mut tx = db.begin().await.expect("tx");
        deliver(&mut tx, &ada, now(), show(None, "Release 4.2")).await.expect("shown");
        let blind = deliver(&mut tx, &bo, now(), show(None, "A press release")).await;
        assert!(refused(blind).contains("Release 4.2"), "what was shown meanwhile is read first");
        deliver(&mut tx, &bo, now(), show(Some(1), "A press release")).await.expect("replaced");
        // Bo's other tab still shows Ada's evidence, and the button.
        let stale = confirm(&mut tx, &bo, now(), ConfirmDelivery { heard, commitment: commitment.id, seen: 1 }).await;
        assert!(refused(stale).contains("A press release"));
        let own = confirm(&mut tx, &bo, now(), ConfirmDelivery { heard, commitment: commitment.id, seen: 2 }).await;
        assert!(refused(own).contains("yourself"));
        assert!(
            !store::confirm(&mut tx, commitment.response_id, 2, Some(team.bo.id), now()).await.expect("asked"),
            "nor does the store let them"
        );
        confirm(&mut tx, &ada, now(), ConfirmDelivery { heard, commitment: commitment.id, seen: 2 }).await.expect("confirmed");
        let again = confirm(&mut tx, &ada, now(), ConfirmDelivery { heard, commitment: commitment.id, seen: 3 }).await;
        assert!(refused(again).contains("already confirmed"));
    })
    .await;
}

#[tokio::test]
async fn a_promise_is_confirmed_by_those_who_read_its_newest_version() {
    each_db(|db| async move {
        let team = team(&db).await;
        let (ada, bo) = (actor(&team.ada), actor(&team.bo));
        let (heard, first) = team.committed(&db, 30, now()).await;
        let mut tx = db.begin().await.expect("tx");
        let shown = DeliverCommitment { heard, commitment: first.id, seen: None, evidence: "Release 4.2".into() };
        deliver(&mut tx, &ada, now(), shown.clone()).await.expect("shown");
        let second = ResponseContent { text: "Support will see the chat of the last week.".into(), ..commitment(40) };
        let second = response_draft(&mut tx, &ada, now(), heard, second).await.expect("a draft");
        published(&mut tx, &ada, now(), &second).await;
        let stale = confirm(&mut tx, &bo, now(), ConfirmDelivery { heard, commitment: first.id, seen: 1 }).await;
        assert!(refused(stale).contains("the chat of the last week"));
        let stale = deliver(&mut tx, &bo, now(), DeliverCommitment { seen: Some(1), ..shown }).await;
        assert!(refused(stale).contains("the chat of the last week"));
        confirm(&mut tx, &bo, now(), ConfirmDelivery { heard, commitment: second.id, seen: 1 }).await.expect("confirmed");
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
        let words =
            RewordItem { item: heard_item(&mut tx, id).await.seen(), text: "Support never sees my chat.".into(), topic: "chat".into() };
        let item = reword(&mut tx, &ada, now(), words).await;
        assert!(item.is_ok(), "{item:?}");

        let new = "Support never sees my chat.";
        let text = || "Something else".to_owned();
        assert!(refused(reword(&mut tx, &ada, now(), RewordItem { item: old, text: text(), topic: String::new() }).await).contains(new));
        assert!(refused(detach(&mut tx, &ada, now(), old, more).await).contains(new));
        assert!(refused(merge(&mut tx, &ada, now(), old, into).await).contains(new));
        assert!(refused(merge(&mut tx, &ada, now(), into, old).await).contains(new), "into an item that was reworded, too");
        assert!(refused(withdraw(&mut tx, &ada, now(), old, "Said twice").await).contains(new));
        assert!(refused(assign(&mut tx, &ada, now(), old, ItemOwner::Account(team.bo.id), "").await).contains(new));
        let drafted = draft(&mut tx, &ada, now(), DraftResponse { item: old, version: None, content: commitment(30) }).await;
        assert!(refused(drafted).contains(new));

        // Each of them changes what a reader sees, and so does each of these.
        let seen = |item: &heard::Heard| item.seen();
        let mut last = heard_item(&mut tx, id).await;
        detach(&mut tx, &ada, now(), seen(&last), more).await.expect("taken off");
        let next = heard_item(&mut tx, id).await;
        assert!(next.revision > last.revision);
        last = next;
        assign(&mut tx, &ada, now(), seen(&last), ItemOwner::Account(team.bo.id), "").await.expect("assigned");
        last = heard_item(&mut tx, id).await;
        merge(&mut tx, &ada, now(), into, seen(&last)).await.expect("merged");
        let survivor = heard_item(&mut tx, id).await;
        assert!(survivor.revision > last.revision, "it has other notes now");
        let version = response_draft(&mut tx, &ada, now(), id, commitment(30)).await.expect("a draft");
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
        let cmd = heard::act::DraftItem { panel_day: team.day, text: "I type it all twice.".into(), topic: String::new(), notes };
        let first = heard::act::draft(&mut tx, &ada, now(), cmd).await.expect("an item").seen();
        let words = RewordItem { item: first, text: "I type everything three times.".into(), topic: String::new() };
        reword(&mut tx, &ada, now(), words).await.expect("reworded");
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
        let first = response_draft(&mut tx, &ada, now(), id, commitment(30)).await.expect("a draft");
        let other = ResponseContent { text: "Support will see the last hour.".into(), ..commitment(30) };
        let second = response_draft(&mut tx, &bo, now(), id, other).await.expect("changed");
        let item = heard_item(&mut tx, id).await;
        let new = "the last hour";
        assert!(refused(submit_for_review(&mut tx, &ada, now(), first.seen()).await).contains(new));
        let typed = DraftResponse { item: item.seen(), version: Some(first.seen()), content: commitment(50) };
        assert!(refused(draft(&mut tx, &ada, now(), typed).await).contains(new));
        submit_for_review(&mut tx, &ada, now(), second.seen()).await.expect("submitted");
        assert!(submit_for_review(&mut tx, &ada, now(), second.seen()).await.is_ok(), "a double click hands in once");
        let read = store::find(&mut tx, first.id).await.expect("read").expect("a version");
        assert!(read.revision > second.revision);
        assert!(refused(return_to_draft(&mut tx, &bo, now(), second.seen(), "No date").await).contains(new));
        assert!(refused(publish(&mut tx, &bo, now(), PublishVersion { version: second.seen(), item: item.revision }).await).contains(new));

        // Words of the item that the reviewer did not read.
        reword(&mut tx, &ada, now(), RewordItem { item: item.seen(), text: "Support never sees my chat.".into(), topic: String::new() })
            .await
            .expect("reworded");
        let stale = publish(&mut tx, &bo, now(), PublishVersion { version: read.seen(), item: item.revision }).await;
        assert!(refused(stale).contains("never sees"));
        let item = heard_item(&mut tx, id).await;
        publish(&mut tx, &bo, now(), PublishVersion { version: read.seen(), item: item.revision }).await.expect("published");
        let now_published = store::find(&mut tx, first.id).await.expect("read").expect("a version");
        assert!(now_published.revision > read.revision);
    })
    .await;
}

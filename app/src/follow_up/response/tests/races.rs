//! What several people do with one item or response at the same time.

use super::*;
use crate::kernel::ids::{ResponseId, VersionId};

#[tokio::test]
async fn two_first_drafts_make_one_response() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let id = team.item(&db, "Support cannot see my chat.").await;
            let item = read_item(&db, id).await.seen();
            let save = |who: &Account| {
                let (db, who) = (db.clone(), actor(who));
                async move {
                    db.write(|tx, _| Box::pin(draft(tx, &who, now(), DraftResponse { item, version: None, content: commitment(30) }))).await
                }
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
        let response = ResponseId::new();
        store::create(&mut tx, response, item, now()).await.expect("a response");
        let second = ResponseVersion { id: VersionId::new(), response_id: response, ..version.clone() };
        assert!(!store::create_version(&mut tx, &second).await.expect("asked"), "one draft an item, whoever forgets to look");
        drop(tx);

        let (item, _) = team.committed(&db, 30, now()).await;
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
                assert_eq!(end.state(), HeardState::Open);
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
                let (db, who, cmd) = (db.clone(), actor(&team.ada), PublishVersion { version: version.seen(), item: item.revision });
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
            let committed = store::find_current(&mut db.read().await.expect("tx"), id).await.expect("read").is_some();
            assert_eq!(committed, read_item(&db, id).await.state() == HeardState::Open);
        }
        is_whole(&db).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_published_is_what_the_reviewer_read_also_while_it_is_changed() {
    each_db(|db| async move {
        let team = team(&db).await;
        for _ in 0..ROUNDS {
            let (id, version) = team.reviewed(&db, "Support cannot see my chat.").await;
            let item = read_item(&db, id).await.seen();
            let publishing = {
                let (db, who, cmd) = (db.clone(), actor(&team.bo), PublishVersion { version: version.seen(), item: item.revision });
                async move { db.write(|tx, _| Box::pin(publish(tx, &who, now(), cmd))).await }
            };
            let changing = {
                let (db, who) = (db.clone(), actor(&team.ada));
                let content = ResponseContent { text: "Support will see the last hour.".into(), ..commitment(30) };
                let cmd = DraftResponse { item, version: Some(version.seen()), content };
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
                let cmd = heard::act::DraftItem {
                    panel_day: team.day,
                    text: "I type it all twice.".into(),
                    topic: String::new(),
                    notes: vec![note],
                };
                async move { db.write(|tx, _| Box::pin(heard::act::draft(tx, &who, now(), cmd.clone()))).await }
            };
            let (one, two) = at_once(write(&team.ada), write(&team.bo)).await;
            let (one, two) = (one.expect("drafted"), two.expect("drafted"));
            assert_eq!(one.number.abs_diff(two.number), 1);
        }
    })
    .await;
}

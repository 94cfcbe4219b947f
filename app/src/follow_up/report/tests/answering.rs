//! What a panelist's answers to replies do.

use super::*;

#[tokio::test]
async fn still_broken_reopens_the_item_once_and_its_owner_hears_why() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july() - Duration::days(1), commitment("2010-07-06", "")).await;
        let report = finalise(&db, held.day, july()).await;
        assert!(matches!(say(&db, held.ben, 1, version, AnswerKind::Yes, "").await, Err(Error::NotFound)), "it was not sent yet");
        send(&db, report, july()).await;

        say(&db, held.ada, 1, version, AnswerKind::Partly, "").await.expect("an answer");
        assert!(emails(&db, EmailTemplate::Reopened).await.is_empty());
        say(&db, held.ben, 1, version, AnswerKind::StillBroken, "It happened again on Monday").await.expect("an answer");
        say(&db, held.ben, 1, version, AnswerKind::StillBroken, "As I said").await.expect("the same answer again");

        let reported = emails(&db, EmailTemplate::Reopened).await;
        assert_eq!(reported.len(), 1);
        assert_eq!(reported[0].recipient, "olu.stone@example.com");
        assert_eq!(reported[0].params["reason"], "It happened again on Monday");
        let delivered = deliveries(&db, report).await;
        assert_eq!(delivered[0], ("Ada Okafor".to_owned(), DeliveryStatus::Answered));
        assert_eq!(delivered[2], ("Cleo Tan".to_owned(), DeliveryStatus::NotSent));

        let next = finalise(&db, held.day, july() + Duration::days(30)).await;
        let mut tx = db.read().await.expect("a transaction");
        let document = store::find(&mut tx, next).await.expect("a read").expect("a report").document;
        assert_eq!(document.items[0].status(), ReplyStatus::Reopened);
        let counts = store::count_answers(&mut tx, report).await.expect("counts");
        assert!(counts.contains(&(held.upsell, AnswerKind::StillBroken, AnswerEffect::Reopened, 1)), "{counts:?}");
        assert!(counts.contains(&(held.upsell, AnswerKind::Partly, AnswerEffect::Recorded, 1)), "{counts:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reply_can_be_answered_only_by_those_who_got_it() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        let report = finalise(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let stranger = say(&db, PanelistId::new(), 1, version, AnswerKind::Yes, "").await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        let unknown = say(&db, held.ada, 1, VersionId::new(), AnswerKind::Yes, "").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
        let mut tx = db.read().await.expect("a transaction");
        let staffs = reader::own_copy(&mut tx, &staff(), 1).await;
        assert!(matches!(staffs, Err(Error::Forbidden)));
    })
    .await;
}

#[tokio::test]
async fn before_its_day_a_promise_is_disputed_and_not_reopened() {
    each_db(|db| async move {
        let held = held(&db).await;
        let version = publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        let report = finalise(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let broken = AnswerKind::StillBroken;
        for remark in ["September is too late", "September is too late"] {
            assert_eq!(say(&db, held.ada, 1, version, broken, remark).await.expect("an answer"), AnswerEffect::TooSoon);
        }
        assert!(emails(&db, EmailTemplate::Reopened).await.is_empty());
        let reported = emails(&db, EmailTemplate::TooSoon).await;
        assert_eq!(reported.iter().map(|email| &email.params["reason"]).collect::<Vec<_>>(), ["September is too late"]);
        let disputed = store::list_disputed(&mut db.read().await.expect("a transaction")).await.expect("items");
        assert_eq!(disputed, [held.upsell]);

        let october = at("2010-10-01T15:00:00Z");
        let stated = say_at(&db, october, held.ada, 1, version, broken, "and it is October").await.expect("an answer");
        assert_eq!(stated, AnswerEffect::Reopened);
        assert_eq!(emails(&db, EmailTemplate::Reopened).await.len(), 1);
        assert_eq!(say_at(&db, october, held.ben, 1, version, broken, "").await.expect("an answer"), AnswerEffect::AlreadyOpen);
        assert_eq!(emails(&db, EmailTemplate::Reopened).await.len(), 1, "one reopening is enough");
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
        let report = finalise(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let broken = AnswerKind::StillBroken;
        assert_eq!(say(&db, held.ben, 1, version, broken, "I want one too").await.expect("an answer"), AnswerEffect::MeToo);
        let mut tx = db.read().await.expect("a transaction");
        assert!(heard::store::list_events(&mut tx, held.lids).await.expect("events").is_empty());
        assert_eq!(store::list_disputed(&mut tx).await.expect("items"), [held.lids]);
        drop(tx);
        assert_eq!(say(&db, held.ada, 1, version, broken, "").await.expect("an answer"), AnswerEffect::Reopened);
    })
    .await;
}

#[tokio::test]
async fn an_old_report_never_reopens_a_newer_answer() {
    each_db(|db| async move {
        let held = held(&db).await;
        let old = publish(&db, held.upsell, july(), commitment("2010-07-08", "")).await;
        let first = finalise(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let new = publish(&db, held.upsell, july() + Duration::days(5), commitment("2010-07-13", "the firm was ill")).await;
        let august = at("2010-08-07T15:00:00Z");
        let second = finalise(&db, held.day, august).await;
        send(&db, second, august).await;
        let broken = AnswerKind::StillBroken;
        assert_eq!(say_at(&db, august, held.ada, 1, old, broken, "no").await.expect("an answer"), AnswerEffect::Outdated);
        assert_eq!(say_at(&db, august, held.ada, 1, old, AnswerKind::Yes, "").await.expect("an answer"), AnswerEffect::Outdated);
        let events = heard::store::list_events(&mut db.read().await.expect("a transaction"), held.upsell).await.expect("events");
        assert!(events.is_empty());
        assert_eq!(say_at(&db, august, held.ada, 2, new, broken, "no").await.expect("an answer"), AnswerEffect::Reopened);
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_in_the_report_in_which_it_was_given() {
    each_db(|db| async move {
        let held = held(&db).await;
        // The same reply is in both reports.
        let version = publish(&db, held.upsell, july(), commitment("2010-09-30", "")).await;
        let first = finalise(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let second = finalise(&db, held.day, july() + Duration::days(1)).await;
        send(&db, second, july() + Duration::days(1)).await;
        let later = july() + Duration::days(2);
        for answer in [AnswerKind::Partly, AnswerKind::Yes] {
            say_at(&db, later, held.ada, 2, version, answer, "").await.expect("an answer");
        }
        assert_eq!(deliveries(&db, first).await[0].1, DeliveryStatus::Queued);
        assert_eq!(deliveries(&db, second).await[0].1, DeliveryStatus::Answered);
        let mut tx = db.read().await.expect("a transaction");
        assert!(store::count_answers(&mut tx, first).await.expect("counts").is_empty());
        let counts = store::count_answers(&mut tx, second).await.expect("counts");
        assert_eq!(counts, [(held.upsell, AnswerKind::Yes, AnswerEffect::Recorded, 1)]);
        assert_eq!(store::find_copy(&mut tx, second, held.ada).await.expect("a read").expect("a copy").answers, 1);
    })
    .await;
}

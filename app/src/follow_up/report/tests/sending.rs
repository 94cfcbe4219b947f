//! Whom a report reaches by email, and how it is shared.

use super::*;

#[tokio::test]
async fn a_bounced_copy_is_sent_again_to_the_address_of_today() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = finalise(&db, held.day, july()).await;
        send(&db, report, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let early = act::resend(&mut tx, &staff(), july(), report, held.ada).await;
        let words = "The copy for Ada Okafor cannot be sent again. Its delivery status is “queued”.";
        assert!(matches!(&early, Err(Error::Conflict(stated)) if stated == words), "{early:?}");
        drop(tx);
        deliver(&db, Some(held.ada)).await;
        assert_eq!(deliveries(&db, report).await[0].1, DeliveryStatus::Bounced);
        assert_eq!(deliveries(&db, report).await[1].1, DeliveryStatus::Sent);

        let mut tx = db.begin().await.expect("a transaction");
        act::resend(&mut tx, &staff(), july(), report, held.ada).await.expect("sent again");
        tx.commit().await.expect("a commit");
        assert_eq!(deliveries(&db, report).await[0].1, DeliveryStatus::Queued);
        let queued = emails(&db, EmailTemplate::Report).await.into_iter().filter(|email| email.state == EmailState::Queued).count();
        assert_eq!(queued, 1);
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_opened_when_its_report_is_read_and_not_when_its_link_is_followed() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = finalise(&db, held.day, july()).await;
        send(&db, report, july()).await;
        deliver(&db, None).await;
        let mut tx = db.begin().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        let link = copy.link_id.expect("a link");
        link::store::open(&mut tx, link, july()).await.expect("followed");
        assert_eq!(reader::page_behind(&mut tx, link).await.expect("a page"), "/portal/reports/1");
        assert_eq!(reader::page_behind(&mut tx, LinkId::new()).await.expect("a page"), "/portal");
        tx.commit().await.expect("a commit");
        assert_eq!(deliveries(&db, report).await[0].1, DeliveryStatus::Sent);

        let august = at("2010-08-07T15:00:00Z");
        for (now, first) in [(august, true), (august + Duration::days(3), false)] {
            let mut tx = db.begin().await.expect("a transaction");
            let (_, unopened) = reader::own_copy(&mut tx, &portal(held.ada), 1).await.expect("her copy");
            assert_eq!(unopened, first, "an opening is recorded once");
            reader::open(&mut tx, &portal(held.ada), now, 1).await.expect("opened");
            tx.commit().await.expect("a commit");
        }
        assert_eq!(deliveries(&db, report).await[0].1, DeliveryStatus::Opened);
        let mut tx = db.read().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        assert_eq!(copy.opened_at, Some(august), "the first time counts, and it is the time of opening");
        assert!(matches!(reader::open(&mut tx, &portal(held.ada), august, 2).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn as_many_are_announced_as_get_an_email() {
    each_db(|db| async move {
        let held = held(&db).await;
        unsubscribe(&db, held.ada).await;
        let report = finalise(&db, held.day, july()).await;
        let announced = async |report| {
            let copies = store::list_copies(&mut db.read().await.expect("a transaction"), report).await.expect("copies");
            copies.iter().filter(|copy| copy.will_get()).count()
        };
        assert_eq!(announced(report).await, 1, "Ada wants no email, Cleo did not come");
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
        assert!(bounced.delivery() == DeliveryStatus::Bounced && !act::may_resend(&bounced));
        let why = bounced.email_error.expect("why").to_string();
        assert_eq!(why, "This address does not accept email. It said: 550 no such user");
        assert!(matches!(act::resend(&mut tx, &staff(), july(), report, held.ben).await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_erased_gets_no_email_and_no_buttons() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = finalise(&db, held.day, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let ada = erasure::find::find_panelist(&mut tx, held.ada).await.expect("a person");
        erasure::act::erase(&mut tx, &fixture::SYSTEM, july(), &ada).await.expect("erased");
        tx.commit().await.expect("a commit");
        assert_eq!(send(&db, report, july()).await, 1, "Ben alone");
        let mut tx = db.begin().await.expect("a transaction");
        let copy = store::find_copy(&mut tx, report, held.ada).await.expect("a read").expect("a copy");
        assert!(copy.is_erased() && !copy.will_get() && !act::may_resend(&copy));
        let again = act::resend(&mut tx, &staff(), july(), report, held.ada).await;
        assert!(matches!(&again, Err(Error::Conflict(words)) if words.contains("data was erased")), "{again:?}");
        let came = check_in::record(&mut tx, &staff(), july(), held.ada, Some(Attendance::NoShow)).await;
        assert!(matches!(came, Err(Error::Conflict(_))), "{came:?}");
    })
    .await;
}

#[tokio::test]
async fn who_unsubscribed_gets_no_email_until_they_want_it_again() {
    each_db(|db| async move {
        let held = held(&db).await;
        let first = finalise(&db, held.day, july()).await;
        send(&db, first, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let link = link::store::find_current(&mut tx, Purpose::Unsubscribe, held.ada.0).await.expect("a read").expect("a link");
        let token = link::act::token(tx.secret(), &link);
        reader::unsubscribe(&mut tx, july(), &token).await.expect("unsubscribed");
        reader::unsubscribe(&mut tx, july(), &token).await.expect("twice is once");
        // "Send again" after the first one failed does not reach her either.
        for email in outbox::store::list_due(&mut tx, july(), 10).await.expect("emails") {
            outbox::act::record_outcome(&mut tx, july(), &email, SendOutcome::Failed("refused".into())).await.expect("settled");
        }
        let again = act::resend(&mut tx, &staff(), july(), first, held.ada).await;
        assert!(again.is_err_and(|error| error.message().contains("unsubscribed from reports by email")));
        // Nor when the link that she used has expired, and another would be made for the next report.
        assert!(reader::is_unsubscribed(&mut tx, held.ada).await.expect("read"));
        link::act::create(&mut tx, july() + Duration::days(800), Purpose::Unsubscribe, held.ada.0).await.expect("a link");
        assert!(reader::is_unsubscribed(&mut tx, held.ada).await.expect("read"));
        tx.commit().await.expect("a commit");
        let second = finalise(&db, held.day, july() + Duration::days(1)).await;
        assert_eq!(send(&db, second, july() + Duration::days(1)).await, 1);
        let mut tx = db.begin().await.expect("a transaction");
        reader::subscribe(&mut tx, &portal(held.ada), july()).await.expect("subscribed");
        tx.commit().await.expect("a commit");
        assert_eq!(send(&db, second, july() + Duration::days(1)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_shared_can_be_taken_back_and_names_nobody_without_consent() {
    each_db(|db| async move {
        let held = held(&db).await;
        let report = finalise(&db, held.day, july()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let slug = act::share(&mut tx, &staff(), july(), report).await.expect("shared");
        assert_eq!(act::share(&mut tx, &staff(), july(), report).await.expect("shared already"), slug);
        let shared = act::shared(&mut tx, &slug).await.expect("an edition");
        let text = format!("{shared:?}");
        assert!(text.contains("sell me memory") && !text.contains("screen fixed") && !text.contains("Ben"));
        assert!(shared.others.iter().all(|item| item.supporters.is_none()), "two people are too few to be counted in public");
        act::unshare(&mut tx, &staff(), july(), report).await.expect("taken back");
        assert!(matches!(act::shared(&mut tx, &slug).await, Err(Error::NotFound)));
        let again = act::share(&mut tx, &staff(), july(), report).await.expect("shared again");
        assert_ne!(again, slug, "an address that was taken back stays dead");
    })
    .await;
}

//! Unit tests of `act`.

use chrono::Duration;
use uuid::Uuid;

use super::*;
use crate::access::account::code::{AskCode, ask_for_code, check_code, code_digits, wait_to_try};
use crate::kernel::clock::now;
use crate::kernel::ids::CodeId;
use crate::testing::{at_once, each_db};

const SYSTEM: Actor = Actor::System("test");

async fn ada(tx: &mut Tx) -> Account {
    let cmd = Profile { email: "ada@example.com".into(), name: "Ada Okafor".into(), role: Role::Administrator, unit: String::new() };
    add(tx, &SYSTEM, now(), cmd).await.expect("Ada")
}

#[tokio::test]
async fn a_device_opens_until_it_is_revoked() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let cookie = sign_in(&mut tx, now(), ada.id, "Firefox on a laptop").await.expect("signed in");
        let (actor, device) = recognise(&mut tx, now(), &cookie).await.expect("recognised");
        assert_eq!((actor.account(), device), (Some(ada.id), None), "nothing to remember within the hour");
        let later = now() + Duration::hours(2);
        let device = recognise(&mut tx, later, &cookie).await.expect("recognised").1.expect("a use to remember");
        used(&mut tx, later, device).await.expect("remembered");
        assert_eq!(recognise(&mut tx, later, &cookie).await.expect("recognised").1, None);
        sign_out_device(&mut tx, &actor, now(), device).await.expect("ended");
        assert_eq!(recognise(&mut tx, now(), &cookie).await.expect("read").0, Actor::Nobody);
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_link_works_once_and_for_twenty_minutes() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let link = link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link");
        let token = link::act::token(tx.secret(), &link);
        let (phone, other) = (Browser { device: "phone", mark: Some("one") }, Browser { device: "scanner", mark: Some("two") });
        let bare = Browser { device: "script", mark: None };
        let late = now() + Duration::minutes(21);
        assert!(matches!(enter(&mut tx, late, &token, phone).await, Err(Error::Gone(_))));
        enter(&mut tx, now(), &token, phone).await.expect("opens");
        enter(&mut tx, now(), &token, phone).await.expect("a second press in the same browser");
        for stranger in [other, bare] {
            let Err(Error::Gone(why)) = enter(&mut tx, now(), &token, stranger).await else { panic!("used") };
            assert!(why.contains("already used"), "{why}");
        }
        let later = now() + Duration::minutes(3);
        assert!(matches!(enter(&mut tx, later, &token, phone).await, Err(Error::Gone(_))), "not for long");
        assert!(matches!(enter(&mut tx, now(), "made-up", phone).await, Err(Error::NotFound)));
        let (first, second) = (
            link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link"),
            link::act::create(&mut tx, now(), Purpose::SignIn, ada.id.0).await.expect("a link"),
        );
        let (first, second) = (link::act::token(tx.secret(), &first), link::act::token(tx.secret(), &second));
        enter(&mut tx, now(), &second, phone).await.expect("the newer one");
        let Err(Error::Gone(why)) = enter(&mut tx, now(), &first, phone).await else { panic!("superseded") };
        assert!(why.contains("a newer one"), "{why}");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_for_five_tries() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let subject = Uuid::now_v7();
        let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
        ask_for_code(&mut tx, now(), ask.clone()).await.expect("asked");
        for _ in 0..5 {
            assert!(check_code(&mut tx, now(), "leave", subject, "nonsense").await.is_err());
        }
        let queued = outbox::store::list_for(&mut tx, subject).await.expect("email").remove(0);
        let id: CodeId = serde_json::from_value(queued.params["code"].clone()).expect("an id");
        let digits = code_digits(&tx, id);
        assert!(check_code(&mut tx, now(), "leave", subject, &digits).await.is_err(), "the sixth try is too late even with the right code");
        ask_for_code(&mut tx, now(), ask).await.expect("asked again");
        let newest = outbox::store::list_for(&mut tx, subject).await.expect("email").remove(0);
        let id: CodeId = serde_json::from_value(newest.params["code"].clone()).expect("an id");
        let digits = code_digits(&tx, id);
        check_code(&mut tx, now(), "leave", subject, &digits).await.expect("right code, first try");
        assert!(check_code(&mut tx, now(), "leave", subject, &digits).await.is_err(), "used up");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let cmd = Profile { email: ada.email.clone(), name: ada.name.clone(), role: Role::Viewer, unit: String::new() };
        assert!(matches!(change(&mut tx, &SYSTEM, now(), ada.id, 1, cmd).await, Err(Error::Conflict(_))));
        assert!(matches!(close(&mut tx, &SYSTEM, now(), ada.id, 1).await, Err(Error::Conflict(_))));
    })
    .await;
}

async fn administrators(db: &crate::db::Db) -> usize {
    let accounts = store::list(&mut db.read().await.expect("tx")).await.expect("accounts");
    accounts.iter().filter(|account| account.role == Role::Administrator && account.closed_at.is_none()).count()
}

#[tokio::test]
async fn two_administrators_who_demote_or_close_each_other_leave_one() {
    each_db(|db| async move {
        for round in 0..50 {
            let mut tx = db.begin().await.expect("tx");
            let mut pair = Vec::new();
            for name in ["Ada Okafor", "Rosa Duarte"] {
                let email = format!("{}{round}@example.com", &name[..3]);
                let cmd = Profile { email, name: name.into(), role: Role::Administrator, unit: String::new() };
                pair.push(add(&mut tx, &SYSTEM, now(), cmd).await.expect("an administrator"));
            }
            tx.commit().await.expect("commit");
            let act = |by: &Account, on: &Account, closes: bool| {
                let (db, on) = (db.clone(), on.clone());
                let by = Actor::Account { id: by.id, role: by.role, unit: None, name: by.name.clone() };
                async move {
                    let (by, on) = (&by, &on);
                    db.write(|tx, _| {
                        Box::pin(async move {
                            if closes {
                                return close(tx, by, now(), on.id, on.revision).await.map(|_| ());
                            }
                            let cmd = Profile { email: String::new(), name: on.name.clone(), role: Role::Viewer, unit: String::new() };
                            change(tx, by, now(), on.id, on.revision, cmd).await
                        })
                    })
                    .await
                }
            };
            let (one, other) = at_once(act(&pair[0], &pair[1], round % 2 == 0), act(&pair[1], &pair[0], round % 3 == 0)).await;
            assert!(one.is_ok() != other.is_ok(), "round {round}: {one:?} {other:?}");
            assert_eq!(administrators(&db).await, 1, "round {round}");
            // The next round begins with nobody left over.
            let left = store::list(&mut db.read().await.expect("tx")).await.expect("accounts");
            let left = left.into_iter().find(|a| a.role == Role::Administrator && a.closed_at.is_none()).expect("one");
            let (id, revision) = (left.id, left.revision);
            db.write(|tx, _| Box::pin(async move { store::close(tx, id, revision, now()).await.map(|_| ()) })).await.expect("closed");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_never_opens_a_closed_account_again() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        ada(&mut tx).await;
        let cmd = Profile { email: "rosa@example.com".into(), name: "Rosa Duarte".into(), role: Role::Staff, unit: String::new() };
        let rosa = add(&mut tx, &SYSTEM, now(), cmd.clone()).await.expect("an account");
        tx.commit().await.expect("commit");
        let changed = db.write(|tx, _| Box::pin(change(tx, &SYSTEM, now(), rosa.id, rosa.revision, cmd.clone())));
        let closed = db.write(|tx, _| Box::pin(close(tx, &SYSTEM, now(), rosa.id, rosa.revision)));
        let (changed, closed) = at_once(changed, closed).await;
        assert!(changed.is_ok() != closed.is_ok(), "one was faster: {changed:?} {closed:?}");

        let mut tx = db.begin().await.expect("tx");
        let read = store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa");
        if read.closed_at.is_none() {
            close(&mut tx, &SYSTEM, now(), rosa.id, read.revision).await.expect("closed");
        }
        let read = store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa");
        for revision in [rosa.revision, read.revision] {
            let late = change(&mut tx, &SYSTEM, now(), rosa.id, revision, cmd.clone()).await;
            assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        }
        assert!(!store::update(&mut tx, &Account { closed_at: None, ..read.clone() }).await.expect("asked"), "not in the store either");
        assert_eq!(store::find(&mut tx, rosa.id).await.expect("read").expect("Rosa").closed_at, read.closed_at);
    })
    .await;
}

#[tokio::test]
async fn a_device_ends_when_nobody_uses_it() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let link = link::act::create(&mut tx, now(), Purpose::Portal, Uuid::now_v7()).await.expect("a link");
        let start = now();
        let device = sign_in(&mut tx, start, ada.id, "laptop").await.expect("signed in");
        let by_link = visit(&mut tx, start, &link, "phone").await.expect("a visit");
        for (cookie, idle) in [(&device, Duration::days(3)), (&by_link, Duration::hours(12))] {
            let last = start + idle - Duration::minutes(1);
            let (actor, used_again) = recognise(&mut tx, last, cookie).await.expect("recognised");
            assert_ne!(actor, Actor::Nobody, "in use until then");
            assert_eq!(recognise(&mut tx, start + idle, cookie).await.expect("read").0, Actor::Nobody, "idle for {idle}");
            used(&mut tx, last, used_again.expect("a use to remember")).await.expect("remembered");
            assert_ne!(recognise(&mut tx, last + idle - Duration::minutes(1), cookie).await.expect("read").0, Actor::Nobody);
        }
        assert_eq!(recognise(&mut tx, start + Duration::minutes(4), &by_link).await.expect("read").1, None, "not at each request");
    })
    .await;
}

#[tokio::test]
async fn codes_and_tries_are_counted_by_person_over_the_hour() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let (subject, start) = (Uuid::now_v7(), now());
        let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
        let other = AskCode { purpose: "download", subject: Uuid::now_v7(), ..ask.clone() };
        for minute in 0..5 {
            ask_for_code(&mut tx, start + Duration::minutes(minute), ask.clone()).await.expect("asked");
        }
        let soon = start + Duration::minutes(10);
        for ask in [ask.clone(), AskCode { purpose: "download", ..ask.clone() }, other] {
            let Err(Error::Wait(why)) = ask_for_code(&mut tx, soon, ask).await else { panic!("one mailbox, five codes an hour") };
            assert!(why.contains("in 50 minutes"), "{why}");
        }
        assert_eq!(outbox::store::list_for(&mut tx, subject).await.expect("email").len(), 5);
        ask_for_code(&mut tx, start + Duration::minutes(61), ask).await.expect("an hour later");
    })
    .await;
}

#[tokio::test]
async fn guessing_ends_after_ten_tries_however_many_codes_there_are() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let (subject, start) = (Uuid::now_v7(), now());
        let ask = AskCode { purpose: "leave", subject, recipient: "pia@example.com", recipient_name: "Pia" };
        for _ in 0..2 {
            ask_for_code(&mut tx, start, ask.clone()).await.expect("asked");
            for _ in 0..5 {
                assert!(check_code(&mut tx, start, "leave", subject, "nonsense").await.is_err());
            }
        }
        assert!(matches!(ask_for_code(&mut tx, start, ask.clone()).await, Err(Error::Wait(_))), "no new code to guess at");
        let Err(Error::Invalid(why)) = check_code(&mut tx, start, "leave", subject, "000000").await else { panic!("no more tries") };
        assert!(why[0].1.contains("Try again in 60 minutes"), "{why:?}");
        ask_for_code(&mut tx, start + Duration::minutes(61), ask).await.expect("an hour later");
        assert_eq!(
            wait_to_try(&[(start, 6), (start + Duration::minutes(20), 4)], start + Duration::minutes(30)),
            Some(Duration::minutes(30))
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_devices_and_is_not_set_over_another() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let mut cookies = Vec::new();
        for device in ["laptop", "stolen"] {
            cookies.push(sign_in(&mut tx, now(), ada.id, device).await.expect("signed in"));
        }
        let (actor, _) = recognise(&mut tx, now(), &cookies[0]).await.expect("recognised");
        let new = |checked: Option<&str>, hash: &str| NewPassword {
            checked: checked.map(str::to_owned),
            hash: hash.into(),
            cookie: Some(cookies[0].clone()),
        };
        set_password(&mut tx, &actor, now(), &new(None, "first")).await.expect("saved");
        assert_eq!(recognise(&mut tx, now(), &cookies[0]).await.expect("read").0, actor, "this one stays");
        assert_eq!(recognise(&mut tx, now(), &cookies[1]).await.expect("read").0, Actor::Nobody);
        let late = set_password(&mut tx, &actor, now(), &new(None, "second")).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "it was checked against an older one");
        set_password(&mut tx, &actor, now(), &new(Some("first"), "second")).await.expect("saved");
    })
    .await;
}

#[tokio::test]
async fn signing_out_is_recorded_as_signing_in_is() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let cookie = sign_in(&mut tx, now(), ada.id, "laptop").await.expect("signed in");
        sign_out(&mut tx, now(), &cookie).await.expect("signed out");
        sign_out(&mut tx, now(), &cookie).await.expect("twice is once");
        assert_eq!(recognise(&mut tx, now(), &cookie).await.expect("read").0, Actor::Nobody);
        tx.commit().await.expect("commit");
        let lines = crate::db::audit_log::list_subject(&mut db.read().await.expect("tx"), ada.id.0, 9).await.expect("lines");
        assert_eq!(lines.iter().filter(|line| line.action == "signed out").count(), 1, "{lines:?}");
    })
    .await;
}

#[tokio::test]
async fn one_mailbox_gets_five_sign_in_links_an_hour_and_nobody_learns_of_it() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        for _ in 0..9 {
            ask_for_link(&mut tx, now(), "ADA@example.com", Some("/heard")).await.expect("the same answer each time");
        }
        assert_eq!(outbox::store::list_for(&mut tx, ada.id.0).await.expect("email").len(), 5);
        ask_for_link(&mut tx, now() + Duration::minutes(61), &ada.email, None).await.expect("asked");
        assert_eq!(outbox::store::list_for(&mut tx, ada.id.0).await.expect("email").len(), 6);
    })
    .await;
}

#[test]
fn an_unknown_address_takes_the_same_path_and_says_no() {
    let hash = hash_password("a long enough password").expect("hashed");
    assert!(verify_password("a long enough password", Some(&hash)));
    assert!(!verify_password("another password", Some(&hash)));
    assert!(!verify_password("anything", None));
}

#[tokio::test]
async fn an_operator_makes_a_link_for_an_open_account_alone() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let (account, link) = make_link(&mut tx, &SYSTEM, now(), " ADA@example.com").await.expect("a link");
        assert_eq!((account.id, link.purpose, link.expires_at - link.created_at), (ada.id, Purpose::SignIn, Duration::minutes(20)));
        let token = link::act::token(tx.secret(), &link);
        let phone = Browser { device: "phone", mark: Some("one") };
        enter(&mut tx, now(), &token, phone).await.expect("signed in");
        assert!(matches!(enter(&mut tx, now(), &token, Browser { device: "other", mark: None }).await, Err(Error::Gone(_))), "once");

        let vera = Actor::Account { id: ada.id, role: Role::Staff, unit: None, name: "Vera".into() };
        assert!(matches!(make_link(&mut tx, &vera, now(), "ada@example.com").await, Err(Error::Forbidden)));
        assert!(matches!(make_link(&mut tx, &SYSTEM, now(), "nobody@example.com").await, Err(Error::Missing(_))));
        assert!(matches!(make_link(&mut tx, &SYSTEM, now(), "no address").await, Err(Error::Invalid(_))));
        let bo = Profile { email: "bo@example.com".into(), name: "Bo".into(), role: Role::Viewer, unit: String::new() };
        let bo = add(&mut tx, &SYSTEM, now(), bo).await.expect("Bo");
        close(&mut tx, &SYSTEM, now(), bo.id, bo.revision).await.expect("closed");
        let Err(Error::Conflict(why)) = make_link(&mut tx, &SYSTEM, now(), "bo@example.com").await else { panic!("a closed account") };
        assert!(why.contains("is closed"), "{why}");
        tx.commit().await.expect("commit");
        let recorded: i64 = db
            .read()
            .await
            .expect("tx")
            .value("SELECT COUNT(*) FROM audit_log WHERE action = 'made a sign-in link' AND subject_id = $1", &[ada.id.into()])
            .await
            .expect("read");
        assert_eq!(recorded, 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_person_is_told_of_their_account_by_email() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let ada = ada(&mut tx).await;
        let actor = Actor::Account { id: ada.id, role: ada.role, unit: None, name: ada.name };
        let rosa = Profile { email: "rosa@example.com".into(), name: "Rosa Duarte".into(), role: Role::Responder, unit: "Support".into() };
        let rosa = add_and_notify(&mut tx, &actor, now(), rosa).await.expect("Rosa");
        let queued = outbox::store::list_due(&mut tx, now() + Duration::minutes(1), 10).await.expect("read");
        let [email] = queued.as_slice() else { panic!("{queued:?}") };
        assert_eq!(
            (email.template, email.recipient.as_str(), email.subject_id),
            (EmailTemplate::AccountAdded, "rosa@example.com", Some(rosa.id.0))
        );
        assert_eq!((email.params["role"].as_str(), email.params["by"].as_str()), (Some("responder"), Some("Ada Okafor")));
        tx.commit().await.expect("commit");
    })
    .await;
}

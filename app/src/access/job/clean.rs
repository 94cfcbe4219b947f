//! Deleting what is no longer needed, after the times in `rules::KEPT`.

use chrono::Duration;

use super::{rules, store};
use crate::access::{account, link, outbox};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::Result;

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub devices: u64,
    pub codes: u64,
    pub emails: u64,
    pub links: u64,
    pub jobs: u64,
}

/// Deletes what is older than its time.
///
/// # Errors
/// Database errors.
pub async fn clean(tx: &mut Tx, now: Time) -> Result<Cleaned> {
    let before = |days| now - Duration::days(days);
    Ok(Cleaned {
        devices: account::store::purge_devices(tx, before(rules::DEVICES_KEPT_DAYS)).await?,
        codes: account::store::purge_codes(tx, before(rules::CODES_KEPT_DAYS)).await?,
        emails: outbox::store::blank(tx, before(rules::SENT_EMAIL_KEPT_DAYS), before(rules::FAILED_EMAIL_KEPT_DAYS)).await?,
        links: link::store::purge_links(tx, before(rules::LINKS_KEPT_DAYS)).await?,
        jobs: store::purge_jobs(tx, before(rules::FINISHED_KEPT_DAYS)).await?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::access::account::Actor;
    use crate::access::account::store::{CodeRow, NewDevice};
    use crate::access::link::Purpose;
    use crate::access::outbox::act::QueueEmail;
    use crate::access::outbox::{EmailState, EmailTemplate};
    use crate::db::Db;
    use crate::kernel::clock::now;
    use crate::kernel::ids::{CodeId, LinkId, OutboxId};
    use crate::testing::each_db;

    const SYSTEM: Actor = Actor::System("test");

    async fn sent(tx: &mut Tx, at: Time, state: EmailState, link: Option<LinkId>) -> OutboxId {
        let cmd = QueueEmail {
            template: EmailTemplate::SignIn,
            recipient: "ada@example.com".into(),
            recipient_name: "Ada Okafor".into(),
            params: json!({ "path": "/me" }),
            link,
            subject: None,
            key: Uuid::new_v4().to_string(),
        };
        let id = outbox::act::queue(tx, at, cmd).await.expect("queued").expect("a new one");
        let mut email = outbox::store::find(tx, id).await.expect("read").expect("an email");
        (email.state, email.sent_at, email.error) =
            (state, (state == EmailState::Sent).then_some(at), Some(crate::kernel::message::Message::from("550 ada@example.com").into()));
        outbox::store::update(tx, &mut email).await.expect("updated");
        id
    }

    async fn cleaned(db: &Db, at: Time) -> Cleaned {
        let mut tx = db.begin().await.expect("tx");
        let cleaned = clean(&mut tx, at).await.expect("cleaned");
        tx.commit().await.expect("commit");
        cleaned
    }

    #[tokio::test]
    async fn recipients_and_contents_of_old_emails_go_and_that_they_were_sent_stays() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            let delivered = sent(&mut tx, at, EmailState::Sent, None).await;
            let failed = sent(&mut tx, at, EmailState::Failed, None).await;
            let queued = sent(&mut tx, at, EmailState::Queued, None).await;
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(179)).await.emails, 0);
            assert_eq!(cleaned(&db, at + Duration::days(181)).await.emails, 1);
            assert_eq!(cleaned(&db, at + Duration::days(366)).await.emails, 1);
            assert_eq!(cleaned(&db, at + Duration::days(9999)).await.emails, 0, "one that waits is never blanked, and no other twice");
            let mut tx = db.begin().await.expect("tx");
            for (id, recipient, params) in
                [(delivered, "", json!({})), (failed, "", json!({})), (queued, "ada@example.com", json!({ "path": "/me" }))]
            {
                let email = outbox::store::find(&mut tx, id).await.expect("read").expect("it is kept");
                assert_eq!((email.recipient.as_str(), email.params, email.error.is_none()), (recipient, params, recipient.is_empty()));
            }
            let revision = outbox::store::find(&mut tx, failed).await.expect("read").expect("it is kept").revision;
            let again = outbox::act::retry(&mut tx, &SYSTEM, at, failed, revision).await;
            assert!(again.is_err_and(|error| error.message() == outbox::DELETED));
        })
        .await;
    }

    #[tokio::test]
    async fn devices_go_thirty_days_after_they_ended() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            for (token_hash, days) in [("expired", 1), ("signed out", 60), ("good", 60)] {
                let device = NewDevice { account: None, link: None, token_hash, expires_at: at + Duration::days(days), device: "Firefox" };
                account::store::create_device(&mut tx, at, &device).await.expect("a signed-in device");
            }
            account::store::revoke_token(&mut tx, "signed out", at + Duration::days(1)).await.expect("signed out");
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(31)).await, Cleaned::default());
            let later = at + Duration::days(31) + Duration::seconds(1);
            assert_eq!(cleaned(&db, later).await, Cleaned { devices: 2, ..Cleaned::default() });
            let mut tx = db.read().await.expect("tx");
            assert!(account::store::find_device(&mut tx, "good", later).await.expect("read").is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn codes_go_a_day_after_they_expired() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
            for (subject, expires_at) in [(old, at), (new, at + Duration::minutes(10))] {
                let code = CodeRow { id: CodeId::new(), code_hash: "hash".into(), expires_at, tries: 0 };
                account::store::create_code(&mut tx, at, "password", subject, &code).await.expect("a code");
            }
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(1)).await, Cleaned::default());
            assert_eq!(cleaned(&db, at + Duration::days(1) + Duration::seconds(1)).await, Cleaned { codes: 1, ..Cleaned::default() });
            let mut tx = db.begin().await.expect("tx");
            assert!(account::store::try_code(&mut tx, "password", old).await.expect("read").is_none());
            assert!(account::store::try_code(&mut tx, "password", new).await.expect("read").is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn links_go_ninety_days_after_they_ended_once_nothing_names_them() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            let mut made = Vec::new();
            for purpose in [Purpose::SignIn, Purpose::SignIn, Purpose::Portal, Purpose::Portal] {
                made.push(link::act::create(&mut tx, at, purpose, Uuid::now_v7()).await.expect("a link"));
            }
            let [expired, named, revoked, open] = &made[..] else { unreachable!("four were made") };
            sent(&mut tx, at, EmailState::Sent, Some(named.id)).await;
            link::store::revoke(&mut tx, revoked.purpose, revoked.subject_id, at).await.expect("revoked");
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(90)).await, Cleaned::default(), "that one expired twenty minutes later");
            assert_eq!(cleaned(&db, at + Duration::days(91)).await, Cleaned { links: 2, ..Cleaned::default() });
            let mut tx = db.read().await.expect("tx");
            for (link, kept) in [(expired, false), (named, true), (revoked, false), (open, true)] {
                assert_eq!(link::store::find(&mut tx, link.id).await.expect("read").is_some(), kept);
            }
            drop(tx);
            let later = cleaned(&db, at + Duration::days(181)).await;
            assert_eq!((later.emails, later.links), (1, 1), "with the email's contents it goes");
        })
        .await;
    }
}

//! Deleting what is no longer needed, after the times in `rules::KEPT`.

use chrono::Duration;

use super::{rules, store};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::{account, link, outbox};

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub logins: u64,
    pub codes: u64,
    pub mails: u64,
    pub links: u64,
    pub jobs: u64,
}

/// Deletes what is older than its time.
///
/// # Errors
/// What the database says.
pub async fn clean(tx: &mut Tx, now: Time) -> Result<Cleaned> {
    let before = |days| now - Duration::days(days);
    Ok(Cleaned {
        logins: account::store::forget_logins(tx, before(rules::LOGINS_KEPT_DAYS)).await?,
        codes: account::store::forget_codes(tx, before(rules::CODES_KEPT_DAYS)).await?,
        mails: outbox::store::blank(tx, before(rules::SENT_MAIL_KEPT_DAYS), before(rules::FAILED_MAIL_KEPT_DAYS)).await?,
        links: link::store::forget(tx, before(rules::LINKS_KEPT_DAYS)).await?,
        jobs: store::forget(tx, before(rules::FINISHED_KEPT_DAYS)).await?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::account::Actor;
    use crate::clock::now;
    use crate::db::Db;
    use crate::ids::OutboxId;
    use crate::link::Purpose;
    use crate::outbox::act::Queue;
    use crate::outbox::{State, Template};
    use crate::testing::each_db;

    const SYSTEM: Actor = Actor::System("test");

    async fn sent(tx: &mut Tx, at: Time, state: State, link: Option<crate::ids::LinkId>) -> OutboxId {
        let cmd = Queue {
            template: Template::SignIn,
            recipient: "ada@example.com".into(),
            recipient_name: "Ada Okafor".into(),
            params: json!({ "path": "/me" }),
            link,
            subject: None,
            key: Uuid::new_v4().to_string(),
        };
        let id = outbox::act::queue(tx, at, cmd).await.expect("queued").expect("a new one");
        let mut mail = outbox::store::find(tx, id).await.expect("read").expect("a mail");
        (mail.state, mail.sent_at, mail.error) = (state, (state == State::Sent).then_some(at), Some("550 ada@example.com".into()));
        outbox::store::update(tx, &mut mail).await.expect("updated");
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
            let delivered = sent(&mut tx, at, State::Sent, None).await;
            let failed = sent(&mut tx, at, State::Failed, None).await;
            let queued = sent(&mut tx, at, State::Queued, None).await;
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(179)).await.mails, 0);
            assert_eq!(cleaned(&db, at + Duration::days(181)).await.mails, 1);
            assert_eq!(cleaned(&db, at + Duration::days(366)).await.mails, 1);
            assert_eq!(cleaned(&db, at + Duration::days(9999)).await.mails, 0, "one that waits is never blanked, and no other twice");
            let mut tx = db.begin().await.expect("tx");
            for (id, recipient, params) in
                [(delivered, "", json!({})), (failed, "", json!({})), (queued, "ada@example.com", json!({ "path": "/me" }))]
            {
                let mail = outbox::store::find(&mut tx, id).await.expect("read").expect("it is kept");
                assert_eq!((mail.recipient.as_str(), mail.params, mail.error.is_none()), (recipient, params, recipient.is_empty()));
            }
            let revision = outbox::store::find(&mut tx, failed).await.expect("read").expect("it is kept").revision;
            let again = outbox::act::retry(&mut tx, &SYSTEM, at, failed, revision).await;
            assert!(matches!(again, Err(crate::error::Error::Conflict(_))), "there is nobody left to send it to");
        })
        .await;
    }

    #[tokio::test]
    async fn links_go_once_they_have_ended_and_nothing_names_them() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            let (free, named) = (Uuid::now_v7(), Uuid::now_v7());
            let mut ids = Vec::new();
            for subject in [free, named] {
                let link = link::Link {
                    id: crate::ids::LinkId::new(),
                    purpose: Purpose::SignIn,
                    subject_id: subject,
                    version: 1,
                    created_at: at,
                    expires_at: at + Duration::minutes(20),
                    revoked_at: None,
                    opened_at: None,
                    opened_by: None,
                };
                link::store::create(&mut tx, &link, &subject.to_string()).await.expect("created");
                ids.push(link.id);
            }
            sent(&mut tx, at, State::Sent, Some(ids[1])).await;
            tx.commit().await.expect("commit");
            assert_eq!(cleaned(&db, at + Duration::days(90)).await.links, 0, "it expired twenty minutes later");
            assert_eq!(cleaned(&db, at + Duration::days(91)).await.links, 1);
            let mut tx = db.read().await.expect("tx");
            assert!(link::store::find(&mut tx, ids[0]).await.expect("read").is_none());
            assert!(link::store::find(&mut tx, ids[1]).await.expect("read").is_some(), "an email names it");
            drop(tx);
            let later = cleaned(&db, at + Duration::days(181)).await;
            assert_eq!((later.mails, later.links), (1, 1), "with the email's contents it goes");
        })
        .await;
    }
}

//! The list of emails on both databases, and who may decide what becomes of one.

use serde_json::json;

use super::act::{QueueEmail, SendOutcome, confirm, queue, record_outcome, retry};
use super::store::{OutboxSearch, count, count_lines, list_lines};
use super::{DELETED, EmailState, EmailTemplate, OutboxEmail, store};
use crate::access::account::{Actor, Role};
use crate::db::Tx;
use crate::kernel::clock::now;
use crate::kernel::ids::{AccountId, OutboxId};
use crate::testing::each_db;
use crate::testing::fixture::staff;

async fn email(tx: &mut Tx, name: &str, template: EmailTemplate) -> OutboxEmail {
    let cmd = QueueEmail {
        template,
        recipient: format!("{}@example.com", name.to_lowercase()),
        recipient_name: name.into(),
        params: json!({ "text": "not for lists" }),
        link: None,
        subject: None,
        key: OutboxId::new().to_string(),
    };
    let id = queue(tx, now(), cmd).await.expect("queued").expect("new");
    store::find(tx, id).await.expect("read").expect("an email")
}

#[tokio::test]
async fn every_email_that_is_counted_is_in_the_list_however_many_there_are() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let old = email(&mut tx, "Zoe", EmailTemplate::Report).await;
        record_outcome(&mut tx, now(), &old, SendOutcome::Bounced("550 no such user".into())).await.expect("settled");
        for _ in 0..2_100 {
            email(&mut tx, "Ada", EmailTemplate::Invitation).await;
        }
        let counts = count(&mut tx).await.expect("counts");
        for state in EmailState::ALL {
            let search = OutboxSearch { state: Some(*state), ..OutboxSearch::default() };
            let counted = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, n)| *n);
            assert_eq!(count_lines(&mut tx, &search).await.expect("count"), counted, "{state}");
            let listed = list_lines(&mut tx, &search, i64::MAX, 0).await.expect("a list").len();
            assert_eq!(i64::try_from(listed).expect("few"), counted, "{state}");
        }
        let bounced = OutboxSearch { state: Some(EmailState::Bounced), ..OutboxSearch::default() };
        assert_eq!(list_lines(&mut tx, &bounced, 50, 0).await.expect("a list")[0].recipient_name, "Zoe", "older than 2,100 others");
        let found = OutboxSearch { text: Some("ZOE@exam".into()), template: Some(EmailTemplate::Report), ..OutboxSearch::default() };
        assert_eq!(count_lines(&mut tx, &found).await.expect("count"), 1);
        let last = OutboxSearch { sort: Some("-to".into()), ..OutboxSearch::default() };
        assert_eq!(list_lines(&mut tx, &last, 1, 0).await.expect("a list")[0].recipient_name, "Zoe");
        assert_eq!(list_lines(&mut tx, &OutboxSearch::default(), 50, 2_100).await.expect("the last page").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_is_in_doubt_is_confirmed_and_only_as_it_was_read() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let queued = email(&mut tx, "Ada", EmailTemplate::Invitation).await;
        let viewer = Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() };
        assert!(confirm(&mut tx, &staff(), now(), queued.id, queued.revision).await.is_err_and(|error| error.status() == 409), "it waits");
        let begun = super::act::begin(&mut tx, now(), &queued).await.expect("begun").expect("queued");
        assert!(
            retry(&mut tx, &staff(), now(), begun.id, begun.revision).await.is_err_and(|error| error.status() == 409),
            "it is on its way"
        );
        record_outcome(&mut tx, now(), &begun, SendOutcome::InDoubt("no answer".into())).await.expect("settled");
        assert!(confirm(&mut tx, &viewer, now(), begun.id, begun.revision + 1).await.is_err_and(|error| error.status() == 403));
        let stale = confirm(&mut tx, &staff(), now(), begun.id, begun.revision).await;
        assert!(stale.is_err_and(|error| error.message().contains("may have been sent")), "the page was read before");
        confirm(&mut tx, &staff(), now(), begun.id, begun.revision + 1).await.expect("confirmed");
        let sent = store::find(&mut tx, begun.id).await.expect("read").expect("an email");
        assert_eq!((sent.state, sent.sent_at), (EmailState::Sent, begun.sending_at));
        assert!(confirm(&mut tx, &staff(), now(), sent.id, sent.revision).await.is_err_and(|error| error.status() == 409));
        tx.commit().await.expect("commit");
    })
    .await;
}

#[tokio::test]
async fn an_email_whose_recipient_and_contents_were_deleted_is_not_sent_again() {
    each_db(|db| async move {
        let mut tx = db.begin().await.expect("tx");
        let cmd = QueueEmail {
            template: EmailTemplate::Invitation,
            recipient: String::new(),
            recipient_name: String::new(),
            params: json!({}),
            link: None,
            subject: None,
            key: "erased".into(),
        };
        let id = queue(&mut tx, now(), cmd).await.expect("queued").expect("new");
        let erased = store::find(&mut tx, id).await.expect("read").expect("an email");
        record_outcome(&mut tx, now(), &erased, SendOutcome::Failed("erased".into())).await.expect("settled");
        let again = retry(&mut tx, &staff(), now(), id, 1).await;
        assert!(again.is_err_and(|error| error.message() == DELETED));
    })
    .await;
}

//! The outbox through the router: what may have been sent, and the buttons that decide.

use app::access::account::Role;
use app::access::job::clean::clean;
use app::access::outbox::act::{QueueEmail, SendOutcome, begin, queue, record_outcome};
use app::access::outbox::{DELETED, EmailState, EmailTemplate, store};
use app::db::audit_log;
use app::kernel::clock::now;
use app::kernel::ids::OutboxId;
use app::testing::each_db;
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;

use crate::test_app::{TestApp, submit};

/// An email that may have been sent, and its revision.
async fn in_doubt(app: &TestApp, name: &str) -> (OutboxId, String) {
    let mut tx = app.db.begin().await.expect("tx");
    let cmd = QueueEmail {
        template: EmailTemplate::Nominate,
        recipient: format!("{}@example.com", name.to_lowercase()),
        recipient_name: name.into(),
        params: json!({}),
        link: None,
        subject: None,
        key: OutboxId::new().to_string(),
    };
    let id = queue(&mut tx, now(), cmd).await.expect("queued").expect("new");
    let queued = store::find(&mut tx, id).await.expect("read").expect("an email");
    let begun = begin(&mut tx, now(), &queued).await.expect("begun").expect("queued");
    record_outcome(&mut tx, now(), &begun, SendOutcome::InDoubt("The connection ended.".into())).await.expect("settled");
    tx.commit().await.expect("commit");
    (id, (begun.revision + 1).to_string())
}

async fn state(app: &TestApp, id: OutboxId) -> EmailState {
    store::find(&mut app.db.read().await.expect("tx"), id).await.expect("read").expect("an email").state
}

#[tokio::test]
async fn what_may_have_been_sent_is_shown_and_waits_for_a_persons_word() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let (ada, read) = in_doubt(&app, "Ada").await;
        let (ben, _) = in_doubt(&app, "Ben").await;
        let staff = app.signed_in(Role::Staff).await;
        let start = staff.get("/").await;
        start.assert_text_contains("failed or unconfirmed emails");
        let list = staff.get("/outbox?state=in_doubt&q=ADA").await;
        list.assert_text_contains("may have been sent");
        assert!(list.text().contains(&ada.to_string()) && !list.text().contains(&ben.to_string()), "filtered");
        let csv = staff.get("/outbox.csv?state=in_doubt&q=ben").await.text();
        assert!(csv.contains("ben@example.com") && !csv.contains("ada@example.com"), "{csv}");
        let page = staff.get(&format!("/outbox/{ada}")).await;
        page.assert_text_contains("Mark as delivered");
        page.assert_text_contains("Send again");
        page.assert_text_contains("it could arrive twice");

        let at = format!("/outbox/{ada}");
        submit(&staff, &at, &[("act", "confirm")]).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
        submit(&staff, &at, &[("act", "confirm"), ("revision", &read)]).await.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(state(&app, ada).await, EmailState::Sent);
        let late = submit(&staff, &at, &[("act", "retry"), ("revision", &read)]).await;
        late.assert_status(StatusCode::CONFLICT);
        late.assert_text_contains("The status of this email has changed");
        assert_eq!(state(&app, ada).await, EmailState::Sent);

        let (at, read) = (format!("/outbox/{ben}"), "2");
        let viewer = app.signed_in(Role::Viewer).await;
        submit(&viewer, &at, &[("act", "retry"), ("revision", read)]).await.assert_status(StatusCode::FORBIDDEN);
        submit(&staff, &at, &[("act", "retry"), ("revision", read)]).await.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(state(&app, ben).await, EmailState::Queued);
        submit(&staff, &at, &[("act", "retry"), ("revision", read)]).await.assert_status(StatusCode::CONFLICT);

        let mut tx = app.db.read().await.expect("tx");
        for (email, action) in [(ada, "confirmed that it arrived"), (ben, "sent again")] {
            let lines = audit_log::list_subject(&mut tx, email.0, 9).await.expect("lines");
            assert_eq!(lines.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(), [action]);
        }
    })
    .await;
}

#[tokio::test]
async fn an_email_whose_contents_were_deleted_says_so_and_offers_no_button_that_cannot_work() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let (id, read) = in_doubt(&app, "Ada").await;
        let mut tx = app.db.begin().await.expect("tx");
        clean(&mut tx, now() + Duration::days(366)).await.expect("cleaned");
        tx.commit().await.expect("commit");
        let staff = app.signed_in(Role::Staff).await;
        staff.get("/outbox").await.assert_text_contains("Recipient and content deleted");
        let at = format!("/outbox/{id}");
        let page = staff.get(&at).await.text();
        assert!(page.contains(DELETED) && page.contains("Mark as delivered"), "{page}");
        assert!(!page.contains("Send again") && !page.contains("<iframe"), "{page}");
        let again = submit(&staff, &at, &[("act", "retry"), ("revision", &read)]).await;
        again.assert_status(StatusCode::CONFLICT);
        again.assert_text_contains(DELETED);
    })
    .await;
}

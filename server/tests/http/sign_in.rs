//! Signing in, and what is refused without it.

use app::access::account::Role;
use app::kernel::clock::now;
use app::testing::each_db;

use crate::test_app::{TestApp, location, submit};

#[tokio::test]
async fn a_stranger_is_sent_to_the_sign_in_page_and_back() {
    each_db(|db| async move {
        let browser = TestApp::over(db).browser();
        let response = browser.get("/accounts?closed=1").await;
        assert_eq!(response.status_code(), 303);
        assert_eq!(location(&response), "/sign-in?to=/accounts%3Fclosed%3D1");
        let page = browser.get("/sign-in").await;
        page.assert_status_ok();
        assert!(page.text().contains("Email me a sign-in link"));
        assert!(!page.text().contains("<script"), "a page without islands ships no script");
    })
    .await;
}

#[tokio::test]
async fn a_password_signs_in_and_a_wrong_one_keeps_what_was_typed() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ada = app.account_with_password(Role::Administrator, "a long enough password").await;

        let browser = app.browser();
        let invalid = submit(&browser, "/sign-in", &[("act", "password"), ("email", &ada.email), ("password", "guess guess guess")]).await;
        assert_eq!(invalid.status_code(), 422);
        assert!(invalid.text().contains(&ada.email), "the address is still there");
        assert!(!invalid.text().contains("guess guess"), "the password is not");

        let right = submit(
            &browser,
            "/sign-in",
            &[("act", "password"), ("email", &ada.email), ("password", "a long enough password"), ("to", "/accounts")],
        )
        .await;
        assert_eq!(right.status_code(), 303);
        assert_eq!(location(&right), "/accounts");
        browser.get("/accounts").await.assert_status_ok();
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_refused_comes_back_as_it_was() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let browser = app.signed_in(Role::Administrator).await;
        let fields = [("act", "add"), ("name", "Rosa Duarte"), ("email", "rosa at example"), ("role", "responder"), ("unit", "")];
        let refused = submit(&browser, "/accounts", &fields).await;
        assert_eq!(refused.status_code(), 422);
        let text = refused.text();
        assert!(text.contains("Rosa Duarte") && text.contains("rosa at example"));
        assert!(
            text.contains("is not an email address") && text.contains("Enter the business unit this responder answers for"),
            "both mistakes at once"
        );

        let fixed = [("act", "add"), ("name", "Rosa Duarte"), ("email", "rosa@example.com"), ("role", "responder"), ("unit", "Support")];
        assert_eq!(submit(&browser, "/accounts", &fixed).await.status_code(), 303);
        let page = browser.get("/accounts").await.text();
        assert!(page.contains("Account created for Rosa Duarte"));
        assert!(!browser.get("/accounts").await.text().contains("Account created for"), "a message is shown once");
    })
    .await;
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    each_db(|db| async move {
        let browser = TestApp::over(db).signed_in(Role::Administrator).await;
        let response = browser.post("/accounts").add_header("sec-fetch-site", "cross-site").form(&[("act", "add")]).await;
        assert_eq!(response.status_code(), 403);
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_server_nobody_is_promised_an_email() {
    each_db(|db| async move {
        let app = TestApp::over(db).without_mail_server();
        let admin = app.signed_in(Role::Administrator).await;
        let browser = app.browser();
        let page = browser.get("/sign-in").await.text();
        assert!(page.contains("weheard user link") && !page.contains("Email me a sign-in link"), "{page}");
        let asked = submit(&browser, "/sign-in", &[("act", "link"), ("email", "administrator@example.com")]).await;
        assert_eq!(asked.status_code(), 409);
        assert!(asked.text().contains("cannot email you a link"), "{}", asked.text());

        let rosa = [("act", "add"), ("name", "Rosa Duarte"), ("email", "rosa@example.com"), ("role", "staff"), ("unit", "")];
        let added = submit(&admin, "/accounts", &rosa).await;
        let page = admin.get(&location(&added)).await.text();
        assert!(page.contains("weheard user link rosa@example.com"), "{page}");
        let mut tx = app.db.read().await.expect("tx");
        let emails: i64 = tx.value("SELECT COUNT(*) FROM outbox", &[]).await.expect("read");
        assert_eq!(emails, 0, "nothing waits for a server that there is none of");
    })
    .await;
}

#[tokio::test]
async fn a_new_person_reads_what_their_account_is_and_where_to_sign_in() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let admin = app.signed_in(Role::Administrator).await;
        let rosa = [("act", "add"), ("name", "Rosa Duarte"), ("email", "rosa@example.com"), ("role", "responder"), ("unit", "Support")];
        let added = submit(&admin, "/accounts", &rosa).await;
        assert!(admin.get(&location(&added)).await.text().contains("We emailed them where to sign in"));
        let mut tx = app.db.read().await.expect("tx");
        let queued = app::access::outbox::store::list_due(&mut tx, now() + chrono::Duration::minutes(1), 10).await.expect("read");
        let [queued] = queued.as_slice() else { panic!("{queued:?}") };
        let email =
            server::email::compose(&mut tx, now(), "https://cap.example", queued, server::email::Links::Live).await.expect("an email");
        let words = email.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Administrator Example added an account for you on Weheard. Your role is responder."), "{}", email.text);
        assert!(email.text.contains("https://cap.example/sign-in") && email.text.contains("Dear Rosa Duarte,"), "{}", email.text);
    })
    .await;
}

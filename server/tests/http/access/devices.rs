//! Signed-in devices, cookies, passwords and codes.

use super::*;

#[tokio::test]
async fn a_device_forgets_a_visitor_and_signing_out_ends_their_visits_too() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ids = invited(&app.db, &[("Ada Okafor", None)]).await;
        let tablet = opened(&app, ids[0]).await;
        let page = tablet.get("/invitation").await.text();
        assert!(page.contains("Not your device?") && page.contains("action=\"/forget-device\""), "{page}");
        let left = tablet.post("/forget-device").await;
        assert_eq!(location(&left), "/device-forgotten");
        assert!(cookies(&left).iter().any(|cookie| cookie.starts_with("weheard_invite=;")), "{:?}", cookies(&left));
        assert!(tablet.get("/device-forgotten").await.text().contains("Access removed from this device"));
        assert_eq!(tablet.get("/invitation").await.status_code(), 410);

        // Also a copy of the cookie opens nothing more once staff sign out on the device.
        let path = link_to(&app.db, Purpose::Invite, ids[0].0).await;
        let mut tablet = app.signed_in(Role::Staff).await;
        let entered = submit(&tablet, &path, &[("act", "continue")]).await;
        let copy = cookies(&entered).into_iter().find(|cookie| cookie.starts_with("weheard_invite=")).expect("a visit");
        let copy = copy.split(['=', ';']).nth(1).unwrap_or_default().to_owned();
        tablet.add_cookie(cookie::Cookie::new("weheard_unsent", "3"));
        let left = tablet.post("/sign-out").await;
        assert_eq!(location(&left), "/sign-in");
        assert!(cookies(&left).iter().any(|cookie| cookie.starts_with("weheard_invite=;")), "{:?}", cookies(&left));
        assert!(tablet.get("/sign-in").await.text().contains("3 notes typed on this device have not been sent"));
        let mut other = app.browser();
        other.add_cookie(cookie::Cookie::new("weheard_invite", copy));
        assert_eq!(other.get("/invitation").await.status_code(), 410);
    })
    .await;
}

#[tokio::test]
async fn over_https_cookies_are_of_this_host_alone() {
    each_db(|db| async move {
        let app = TestApp::reached_at(db, "https://cap.example.com");
        let ids = invited(&app.db, &[("Ada Okafor", None)]).await;
        let path = link_to(&app.db, Purpose::Invite, ids[0].0).await;
        let mut browser = app.browser();
        browser.add_cookie(cookie::Cookie::new("weheard_invite", "of-an-older-version"));
        let looked = browser.get(&path).await;
        looked.assert_status_ok();
        assert!(cookies(&looked).iter().any(|cookie| cookie.starts_with("weheard_invite=;")), "the old name is cleared");
        let entered = browser.post(&path).form(&[("act", "continue")]).await;
        let set = cookies(&entered);
        let visit = set.iter().find(|cookie| cookie.starts_with("__Host-weheard_invite=")).unwrap_or_else(|| panic!("{set:?}"));
        assert!(
            visit.contains("Secure") && visit.contains("HttpOnly") && visit.contains("SameSite=Lax") && visit.contains("Path=/"),
            "{visit}"
        );
        browser.get("/invitation").await.assert_status_ok();
    })
    .await;
}

#[tokio::test]
async fn a_new_password_asks_for_the_current_one_and_ends_other_devices() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let (browser, other) = (app.signed_in(Role::Staff).await, app.signed_in(Role::Staff).await);
        let set = |current: &'static str, password: &'static str| [("act", "password"), ("current", current), ("password", password)];
        assert!(!browser.get("/me").await.text().contains("Current password"));
        assert_eq!(submit(&browser, "/me", &set("", "the first password")).await.status_code(), 303);
        assert_eq!(other.get("/me").await.status_code(), 303, "signed out");
        assert!(browser.get("/me").await.text().contains("Current password"));
        for invalid in ["", "not the password"] {
            let refused = submit(&browser, "/me", &set(invalid, "the second password")).await;
            assert_eq!(refused.status_code(), 422);
            assert!(refused.text().contains("This password is wrong. Enter your current password"));
        }
        assert_eq!(submit(&browser, "/me", &set("the first password", "the second password")).await.status_code(), 303);

        // Whoever has forgotten it shows that the mailbox is theirs.
        assert_eq!(submit(&browser, "/me", &[("act", "forgot")]).await.status_code(), 303);
        let email = emails(&app.db, EmailTemplate::Code).await.remove(0);
        let id = email.params["code"].as_str().and_then(|id| id.parse().ok()).expect("a code's id");
        let code = app::access::account::code::code_digits(&app.db.read().await.expect("tx"), id);
        let invalid = if code == "000000" { "000001" } else { "000000" };
        let by_code = |code| [("act", "password"), ("code", code), ("password", "the third password")];
        assert_eq!(submit(&browser, "/me", &by_code(invalid)).await.status_code(), 422);
        assert_eq!(submit(&browser, "/me", &by_code(&code)).await.status_code(), 303);
        assert_eq!(submit(&browser, "/me", &by_code(&code)).await.status_code(), 422, "used up");
    })
    .await;
}

#[tokio::test]
async fn codes_cannot_be_asked_for_without_end() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let mut tx = app.db.begin().await.expect("tx");
        let ada = fixture::panelist(&mut tx, now(), day.day, "Ada Okafor", QuotePermission::None).await;
        tx.commit().await.expect("commit");
        let browser = app.browser();
        follow(&browser, &link_to(&app.db, Purpose::Portal, ada.0).await).await;
        for (attempt, what) in ["leave", "permission", "download", "leave", "permission", "download", "leave"].into_iter().enumerate() {
            let asked = submit(&browser, "/portal/you", &[("act", "ask"), ("key", what)]).await;
            assert_eq!(asked.status_code().as_u16(), if attempt < 5 { 303 } else { 429 }, "{attempt}");
            assert!(attempt < 5 || asked.text().contains("Request another one in"), "{}", asked.text());
        }
        assert_eq!(emails(&app.db, EmailTemplate::Code).await.len(), 5);
        let statuses = async |count: usize| {
            let mut last = String::new();
            for _ in 0..count {
                last = submit(&browser, "/portal/you", &[("act", "leave"), ("code", "nonsense"), ("reason", "")]).await.text();
                submit(&browser, "/portal/you", &[("act", "download"), ("code", "nonsense")]).await;
            }
            last
        };
        // The newest code of each kind has five tries; the person has ten.
        assert!(statuses(6).await.contains("codes in the last hour"));
    })
    .await;
}

#[tokio::test]
async fn an_account_is_changed_as_it_was_read_or_not_at_all() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let browser = app.signed_in(Role::Administrator).await;
        let rosa = app.account(Role::Staff).await;
        let key = rosa.id.to_string();
        let change = |name: &'static str, revision: &'static str| {
            [("act", "change"), ("key", key.as_str()), ("name", name), ("role", "staff"), ("unit", ""), ("revision", revision)]
        };
        assert_eq!(submit(&browser, "/accounts", &change("Rosa\r\nBcc: x@example.com", "1")).await.status_code(), 303);
        let page = browser.get("/accounts").await.text();
        assert!(page.contains("Rosa Bcc: x@example.com"), "a name is one line: {page}");
        let late = submit(&browser, "/accounts", &change("Rosa Other", "1")).await;
        assert_eq!(late.status_code(), 409);
        assert!(
            late.text().contains("Someone else has changed this account") && late.text().contains("Rosa Other"),
            "what was typed is kept"
        );
        assert_eq!(submit(&browser, "/accounts", &[("act", "close"), ("key", &key), ("revision", "1")]).await.status_code(), 409);
        assert_eq!(submit(&browser, "/accounts", &[("act", "close"), ("key", &key), ("revision", "2")]).await.status_code(), 303);
        assert_eq!(submit(&browser, "/accounts", &change("Rosa Again", "3")).await.status_code(), 409);
        let account = app::access::account::store::find(&mut app.db.read().await.expect("tx"), rosa.id).await.expect("read").expect("Rosa");
        assert!(account.closed_at.is_some(), "still closed");
    })
    .await;
}

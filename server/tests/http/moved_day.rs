//! A panel day that moves: what its form says, and what the panelist's page asks.

use app::access::account::Role;
use app::access::link::Purpose;
use app::kernel::clock::now;
use app::program::day::act::{UpdatePanelDay, update};
use app::recruiting::panelist::QuotePermission;
use app::testing::{each_db, fixture};
use chrono::Duration;

use crate::test_app::{SYSTEM, TestApp, follow, link_to, submit};

#[tokio::test]
async fn the_form_names_people_whom_no_email_reaches() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let mut tx = app.db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let day = fixture::day(&mut tx, now(), program, (now() + Duration::days(40)).date_naive(), 3).await;
        fixture::invited(&mut tx, now(), day, "Dana Moss").await;
        tx.commit().await.expect("commit");
        let page = staff.get(&format!("/days/{day}")).await.text();
        assert!(page.contains("One person was invited by a message that you copied. If the day moves, write to them yourself."), "{page}");
        assert!(!page.contains("Email them if the date"), "nobody gets an email");
    })
    .await;
}

#[tokio::test]
async fn a_page_with_the_former_date_does_not_confirm_the_new_one() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let staff = app.signed_in(Role::Staff).await;
        let on = (now() + Duration::days(40)).date_naive();
        let mut tx = app.db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let day = fixture::day(&mut tx, now(), program, on, 3).await;
        let carla = fixture::panelist(&mut tx, now(), day, "Carla Diaz", QuotePermission::None).await;
        for (revision, later) in [(1, 7), (2, 14)] {
            let plan = fixture::plan(on + Duration::days(later), 3);
            update(&mut tx, &SYSTEM, now(), UpdatePanelDay { id: day, revision, plan, notify: true }).await.expect("moved");
        }
        tx.commit().await.expect("commit");
        let browser = app.browser();
        follow(&browser, &link_to(&app.db, Purpose::Portal, carla.0).await).await;
        assert!(browser.get("/portal").await.text().contains("name=\"revision\" value=\"3\""));
        let people = format!("/days/{day}/people");
        assert!(staff.get(&people).await.text().contains("name=\"revision\" value=\"3\""));
        let former = submit(&browser, "/portal", &[("act", "reconfirm"), ("revision", "2")]).await;
        assert_eq!(former.status_code(), 409);
        assert!(former.text().contains("was changed after you opened the page"), "{}", former.text());
        let id = carla.to_string();
        let former = submit(&staff, &people, &[("act", "reconfirm"), ("key", id.as_str()), ("revision", "1")]).await;
        assert_eq!(former.status_code(), 409);
        assert_eq!(submit(&browser, "/portal", &[("act", "reconfirm"), ("revision", "3")]).await.status_code(), 303);
    })
    .await;
}

//! Triage through the router: two tabs, a refusal that is read, and a unit that sees its own mentions alone.

use app::access::account::Role;
use app::db::Db;
use app::kernel::ids::MentionId;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::mention::store::{MentionSearch, list};
use app::testing::{each_db, fixture};

use crate::test_app::{SYSTEM, TestApp, location, submit};

/// Two complaints, the newest first.
async fn complaints(db: &Db) -> (MentionId, MentionId) {
    let text = "Datetime,Tweet Id,Text,Username,sentiment\n\
        2022-03-20 10:00:00+00:00,15700000001,The hinge broke again and support hung up,zoe_k,negative\n\
        2022-03-19 10:00:00+00:00,15700000002,My parcel has been lost for a week,MaxO,negative\n";
    let path = std::env::temp_dir().join(format!("weheard-triage-http-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, text).expect("a file");
    import_file(db, &SYSTEM, &path, ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() })
        .await
        .expect("imported");
    std::fs::remove_file(path).expect("removed");
    let mut tx = db.read().await.expect("tx");
    let found = list(&mut tx, &MentionSearch::default(), 9, 0).await.expect("mentions");
    (found[0].mention.id, found[1].mention.id)
}

#[tokio::test]
async fn the_second_of_two_tabs_is_told_what_happened() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (mention, _) = complaints(&db).await;
        let browser = app.signed_in(Role::Staff).await;
        let list = browser.get("/listen/triage").await.text();
        assert!(list.contains("The hinge broke again") && list.contains("Suggested mentions"), "{list}");
        let (key, case) = (mention.to_string(), format!("/listen/triage/{mention}"));
        let take = [("act", "take"), ("key", key.as_str()), ("revision", "0")];
        let taken = submit(&browser, "/listen/triage", &take).await;
        assert_eq!((taken.status_code().as_u16(), location(&taken)), (303, case.clone()));
        let again = submit(&browser, "/listen/triage", &take).await;
        assert_eq!(again.status_code(), 409);
        assert!(again.text().contains("omeone else"), "the mention has left the list, and the page says why nothing was done");

        let silent = submit(&browser, &case, &[("act", "no_action"), ("revision", "1"), ("reason", "")]).await;
        assert_eq!(silent.status_code(), 422);
        assert!(silent.text().contains("Enter the reason."));
        let ahead = [("act", "answer"), ("revision", "1"), ("link", "https://example.com/1"), ("at", "2999-01-01T10:00")];
        let ahead = submit(&browser, &case, &ahead).await;
        assert!(ahead.status_code() == 422 && ahead.text().contains("https://example.com/1"), "what was typed is kept");
        let answered = submit(&browser, &case, &[("act", "answer"), ("revision", "1"), ("link", "https://example.com/1")]).await;
        assert_eq!(answered.status_code(), 303);
        let page = browser.get(&format!("/mentions/{mention}")).await.text();
        assert!(page.contains("answered") && page.contains(&case), "the mention says so");
        let closed = browser.get("/triage.csv?tab=closed").await.text();
        assert!(closed.contains("https://example.com/1") && closed.contains("zoe_k"), "{closed}");
    })
    .await;
}

#[tokio::test]
async fn the_clock_is_set_on_the_page_and_said_everywhere() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (mention, _) = complaints(&db).await;
        let staff = app.signed_in(Role::Staff).await;
        let program = app::program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id.to_string();
        let clock = |hours: &'static str| {
            [("act", "clock"), ("program", program.as_str()), ("seen", "24"), ("hours", hours)].map(|(a, b)| (a, b.to_owned()))
        };
        let send = async |hours: &'static str| {
            let fields = clock(hours);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            submit(&staff, "/listen/triage", &fields).await
        };
        let invalid = send("1000").await;
        assert!(invalid.status_code() == 422 && invalid.text().contains("a whole number of hours from 1 to 168"));
        assert_eq!(send("6").await.status_code(), 303);
        assert!(staff.get("/listen/triage").await.text().contains("Time to answer: 6 hours"));
        assert!(staff.get("/listen").await.text().contains("open for more than 6 hours"));
        assert_eq!(submit(&staff, &format!("/mentions/{mention}"), &[("act", "add_to_queue")]).await.status_code(), 303);
        assert!(staff.get(&format!("/listen/triage/{mention}")).await.text().contains("Answer within 6 h"), "the message says it");
        let viewer = app.signed_in(Role::Viewer).await;
        assert!(!viewer.get("/listen/triage").await.text().contains("Save time to answer"));
    })
    .await;
}

#[tokio::test]
async fn a_unit_sees_what_was_routed_to_it_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (mention, other) = complaints(&db).await;
        let responder = app.signed_in(Role::Responder).await;
        let staff = app.signed_in(Role::Staff).await;
        for id in [mention, other] {
            assert_eq!(submit(&staff, &format!("/mentions/{id}"), &[("act", "add_to_queue")]).await.status_code(), 303);
        }
        let route = [("act", "route"), ("revision", "1"), ("unit", "Support")];
        assert_eq!(submit(&staff, &format!("/listen/triage/{mention}"), &route).await.status_code(), 303);
        let list = responder.get("/listen/triage").await.text();
        assert!(list.contains("The hinge broke again") && !list.contains("My parcel"), "{list}");
        assert_eq!(responder.get(&format!("/listen/triage/{mention}")).await.status_code(), 200);
        assert_eq!(responder.get(&format!("/listen/triage/{other}")).await.status_code(), 404);
        let csv = responder.get("/triage.csv?tab=new").await.text();
        assert!(!csv.contains("My parcel"), "{csv}");
        let take = [("act", "take"), ("revision", "1")];
        assert_eq!(submit(&responder, &format!("/listen/triage/{other}"), &take).await.status_code(), 404);
        let take = [("act", "take"), ("revision", "2")];
        assert_eq!(submit(&responder, &format!("/listen/triage/{mention}"), &take).await.status_code(), 303);
        let viewer = app.signed_in(Role::Viewer).await;
        let read = viewer.get(&format!("/listen/triage/{mention}")).await.text();
        assert!(read.contains("Responder Example") && !read.contains("Close with answer"), "a viewer reads");
    })
    .await;
}

#[tokio::test]
async fn times_are_those_of_the_programs_place() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (mention, _) = complaints(&db).await;
        let staff = app.signed_in(Role::Staff).await;
        assert_eq!(submit(&staff, &format!("/mentions/{mention}"), &[("act", "add_to_queue")]).await.status_code(), 303);
        let case = format!("/listen/triage/{mention}");
        assert!(staff.get(&case).await.text().contains(" UTC"), "without a panel day");
        let mut tx = db.begin().await.expect("tx");
        let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
        let on = app::kernel::clock::now().date_naive() + chrono::Duration::days(30);
        fixture::day(&mut tx, app::kernel::clock::now(), program, on, 15).await;
        tx.commit().await.expect("commit");
        let page = staff.get(&case).await.text();
        assert!(page.contains(" CST") || page.contains(" CDT"), "{page}");
        assert!(!page.contains(" UTC") && page.contains("Local time in Chicago"), "{page}");
    })
    .await;
}

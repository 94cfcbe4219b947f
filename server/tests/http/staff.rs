//! Staff pages: what they say before something is done, and where they lead.

use app::access::account::{Role, UnitChange};
use app::follow_up::heard::assignment::{ItemOwner, assign};
use app::follow_up::heard::store;
use app::kernel::clock::now;
use app::panel_day::session;
use app::testing::each_db;

use crate::test_app::{SYSTEM, TestApp, submit};

#[tokio::test]
async fn the_audit_log_is_filtered_saved_and_verified_by_staff_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let staff = app.signed_in(Role::Staff).await;
        let page = staff.get("/audit-log").await.text();
        assert!(page.contains("Not verified yet.") && page.contains("drafted"), "{page}");
        let filtered = staff.get(&format!("/audit-log?thing=heard&id={}", place.item)).await.text();
        assert!(filtered.contains("drafted") && !filtered.contains("noted"), "{filtered}");
        assert!(staff.get("/audit-log?q=nothing-of-this-name").await.text().contains("No matching entries"));
        // Found by what is shown, and by what is stored.
        for words in ["to%20the%20board", "opened"] {
            let csv = staff.get(&format!("/audit-log.csv?q={words}")).await.text();
            assert!(csv.lines().count() == 2 && csv.contains(",published to the board,heard item,"), "{csv}");
        }
        assert_eq!(staff.get("/audit-log.csv?since=someday").await.status_code(), 409);

        assert_eq!(submit(&staff, "/audit-log", &[("act", "verify")]).await.status_code(), 303);
        let verified = staff.get("/audit-log").await.text();
        assert!(verified.contains("Last verified on ") && verified.contains(": intact.") && !verified.contains("since then"), "{verified}");

        for role in [Role::Moderator, Role::Responder, Role::Viewer] {
            let browser = app.signed_in(role).await;
            assert_eq!(browser.get("/audit-log").await.status_code(), 403, "{role}");
            assert_eq!(browser.get("/audit-log.csv").await.status_code(), 403, "{role}");
            assert_eq!(submit(&browser, "/audit-log", &[("act", "verify")]).await.status_code(), 403, "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn accounts_say_what_a_change_of_unit_touches() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let responder = app.account(Role::Responder).await;
        let mut tx = db.begin().await.expect("tx");
        let seen = store::find(&mut tx, place.item).await.expect("read").expect("an item").seen();
        assign(&mut tx, &SYSTEM, now(), seen, ItemOwner::Account(responder.id), "").await.expect("assigned");
        tx.commit().await.expect("commit");
        let browser = app.signed_in(Role::Administrator).await;
        let page = browser.get(&format!("/accounts?edit={}", responder.id)).await.text();
        let unit = responder.unit.clone().expect("a unit");
        assert!(page.contains(&format!("{} owns 1 item.", responder.name)), "{page}");
        assert!(page.contains(&format!("{unit} has 1 item, 0 open triage cases and 1 responder.")), "{page}");
        assert!(page.contains(&format!("{unit} has no other responder")), "closing says what it does");

        let (key, revision) = (responder.id.to_string(), responder.revision.to_string());
        let fields = [
            ("act", "change"),
            ("key", key.as_str()),
            ("revision", revision.as_str()),
            ("name", responder.name.as_str()),
            ("role", "responder"),
            ("unit", "Care"),
            ("unit_change", UnitChange::Renamed.as_str()),
        ];
        assert_eq!(submit(&browser, "/accounts", &fields).await.status_code(), 303);
        let item = store::find(&mut db.read().await.expect("tx"), place.item).await.expect("read").expect("an item");
        assert_eq!(item.owner_unit.as_deref(), Some("Care"));
    })
    .await;
}

#[tokio::test]
async fn every_page_of_a_day_has_its_tabs_and_the_way_up() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let staff = app.signed_in(Role::Staff).await;
        let day = place.day;
        for end in ["", "/shortlist", "/invitations", "/people", "/heard", "/report"] {
            let page = staff.get(&format!("/days/{day}{end}")).await.text();
            for tab in ["Shortlist", "Invitations", "Timetable", "People", "Heard items", "Report"] {
                assert!(page.contains(&format!(">{tab}")), "{tab} on “{end}”");
            }
            assert!(page.contains("aria-label=\"Breadcrumb\"") && page.contains("/programs/"), "“{end}”");
        }
        for (path, above) in [
            (format!("/sessions/{}", place.session), format!("href=\"/days/{day}\"")),
            (format!("/sessions/{}/live", place.session), format!("href=\"/sessions/{}\"", place.session)),
            (format!("/heard/{}", place.item), format!("href=\"/heard?day={day}\"")),
        ] {
            let page = staff.get(&path).await.text();
            let crumbs = page.split("aria-label=\"Breadcrumb\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
            assert!(crumbs.contains(&above) && crumbs.contains("aria-current=\"page\""), "{path}: {crumbs}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_preview_says_that_it_is_one() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let page = app.signed_in(Role::Staff).await.get(&format!("/days/{}/report", place.day)).await.text();
        assert!(page.contains("Preview of report 1") && page.contains("This report is not final."), "{page}");
        assert!(!page.contains("This report no longer changes"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn notes_that_are_locked_or_only_read_offer_no_taking() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let path = format!("/sessions/{}", place.session);
        let (staff, viewer) = (app.signed_in(Role::Staff).await, app.signed_in(Role::Viewer).await);
        assert!(staff.get(&path).await.text().contains("Take notes"));
        let read = viewer.get(&path).await.text();
        assert!(!read.contains("Take notes") && read.contains("Follow live notes"), "{read}");
        let mut tx = db.begin().await.expect("tx");
        session::act::lock(&mut tx, &SYSTEM, now(), place.session, None).await.expect("locked");
        tx.commit().await.expect("commit");
        let locked = staff.get(&path).await.text();
        assert!(!locked.contains("Take notes") && !locked.contains("72 hours"), "{locked}");
        assert!(locked.contains("The notes are then open until"), "{locked}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_in_review_is_not_withdrawn_unsaid() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let place = app.day(None).await;
        let staff = app.signed_in(Role::Staff).await;
        let path = format!("/heard/{}", place.item);
        let shown = format!("{path}?tab=answer");
        let draft = staff.get(&shown).await.text();
        assert!(draft.contains("Save draft") && !draft.contains("Withdraw from review"), "{draft}");
        let fields = [
            ("act", "draft"),
            ("version", ""),
            ("revision", ""),
            ("item_revision", "2"),
            ("kind", "question"),
            ("text", "Which chat was it?"),
            ("then", "submit"),
        ];
        let saved = submit(&staff, &path, &fields).await;
        assert_eq!(saved.status_code(), 303, "{}", saved.text());
        let page = staff.get(&shown).await.text();
        assert!(page.contains("Withdraw from review and save as draft") && page.contains("This answer is in review."), "{page}");
        assert!(!page.contains(">Save draft<"), "{page}");
    })
    .await;
}

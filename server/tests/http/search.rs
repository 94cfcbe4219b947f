//! The search over everything, within each reader's scope, and the start page of a new system.

use app::access::account::Role;
use app::kernel::clock::now;
use app::listening::author;
use app::recruiting::panelist::QuotePermission;
use app::testing::{each_db, fixture};

use crate::test_app::TestApp;

const HINGE: &str =
    "Datetime,Tweet Id,Text,Username,sentiment\n2022-03-20 10:00:00+00:00,15700000001,The hinge broke again,zoe_k,negative\n";

#[tokio::test]
async fn a_search_finds_what_its_reader_may_see() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (program, _) = fixture::import(&db, HINGE, fixture::dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let day = fixture::day(&mut tx, now(), program, now().date_naive() + chrono::Duration::days(30), 15).await;
        fixture::panelist(&mut tx, now(), day, "Hinge", QuotePermission::Named).await;
        tx.commit().await.expect("commit");
        let person = format!("/days/{day}/people?q=Hinge");
        for (role, sees_mention, sees_person) in
            [(Role::Staff, true, true), (Role::Viewer, true, false), (Role::Responder, false, false), (Role::Moderator, false, false)]
        {
            let browser = app.signed_in(role).await;
            let page = browser.get("/search?q=hinge").await.text();
            assert_eq!(page.contains("The hinge broke again"), sees_mention, "{role}: {page}");
            assert_eq!(page.contains(&person), sees_person, "{role}: {page}");
            for odd in ["%22", "-", "%25", ""] {
                assert_eq!(browser.get(&format!("/search?q={odd}")).await.status_code(), 200, "{odd}");
            }
        }
    })
    .await;
}

/// The words of a page: its texts without tags, their attributes and styles.
fn words(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_page_names_a_network_as_people_write_it() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let mut options = fixture::dell();
        options.layout.network = Some("youtube".into());
        let export =
            "Date,Post Id,Text,Author\n2022-03-20 10:00:00,15700000001,The hinge of my laptop broke again and nobody helps,zoe_k\n";
        let (program, _) = fixture::import(&db, export, options).await;
        let mut tx = db.read().await.expect("tx");
        let author = author::store::find_by_handle(&mut tx, program, "youtube", "zoe_k").await.expect("read").expect("an author");
        drop(tx);
        let administrator = app.signed_in(Role::Administrator).await;
        let pages = [
            "/mentions".to_owned(),
            "/authors?kind=all&mentions=1".to_owned(),
            format!("/authors/{}", author.id),
            "/search?q=hinge".to_owned(),
            "/opt-outs?network=youtube&handle=zoe_k".to_owned(),
            "/listen/triage".to_owned(),
            "/listen".to_owned(),
        ];
        for page in &pages {
            let words = words(&administrator.get(page).await.text());
            assert!(words.contains("YouTube"), "{page} names no network: {words}");
            assert!(!words.contains("youtube"), "{page} shows the stored word: {words}");
        }
    })
    .await;
}

/// The page without the marks that are left between its texts.
fn visible(page: &str) -> String {
    page.replace("<!>", "")
}

#[tokio::test]
async fn a_new_system_leads_from_one_step_to_the_next() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let staff = app.signed_in(Role::Staff).await;
        let page = visible(&staff.get("/").await.text());
        assert!(page.contains(">Create program</a>") && !page.contains(">Import mentions</a>"), "{page}");
        assert!(!page.contains("caught up") && !page.contains("0 mentions"), "nothing to count yet: {page}");
        fixture::import(&db, HINGE, fixture::dell()).await;
        let page = visible(&staff.get("/").await.text());
        assert!(page.contains("Create program · done") && page.contains(">Plan panel day</a>"), "{page}");
        let moderator = visible(&app.signed_in(Role::Moderator).await.get("/").await.text());
        assert!(moderator.contains("You’re all caught up") && !moderator.contains("Getting started"), "{moderator}");
    })
    .await;
}

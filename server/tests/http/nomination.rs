//! Nominations through the router: a link for company addresses, a nomination from a phone, a decision, and the email about it.

use app::access::account::Role;
use app::access::link::{self, Purpose};
use app::access::outbox::{self, EmailTemplate};
use app::db::Db;
use app::kernel::clock::now;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::mention::store::{MentionSearch, list};
use app::testing::each_db;
use app::{casework::nomination, program};
use axum_test::TestServer;
use server::email::Links;
use server::email::compose;

use crate::test_app::{SYSTEM, TestApp, location, submit};

const HEARD: &str = "Datetime,Tweet Id,Text,Username,sentiment,Link\n\
    2022-03-20 10:00:00+00:00,15700000001,The hinge broke again,zoe_k,negative,https://twitter.com/zoe_k/status/15700000001\n";

/// One mention, and staff who let people at dell.example nominate.
async fn open(app: &TestApp) -> (TestServer, String) {
    let path = std::env::temp_dir().join(format!("weheard-nomination-http-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, HEARD).expect("a file");
    import_file(&app.db, &SYSTEM, &path, ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() })
        .await
        .expect("imported");
    std::fs::remove_file(path).expect("removed");
    let staff = app.signed_in(Role::Staff).await;
    let program = program::store::list(&mut app.db.read().await.expect("tx")).await.expect("programs")[0].id.to_string();
    let fields = [("act", "open"), ("program", &program), ("revision", "0"), ("domains", "@dell.example")];
    assert_eq!(submit(&staff, "/listen/nominations", &fields).await.status_code(), 303);
    (staff, program)
}

/// Somebody who asked for a link and followed it.
async fn colleague(app: &TestApp, email: &str) -> TestServer {
    let browser = app.browser();
    assert_eq!(submit(&browser, "/nominate", &[("act", "ask"), ("email", email)]).await.status_code(), 303);
    let mut tx = app.db.begin().await.expect("tx");
    let who = nomination::store::resolve_nominator(&mut tx, email, now()).await.expect("known");
    let found = link::store::find_current(&mut tx, Purpose::Nominate, who.id.0).await.expect("read").expect("a link");
    let path = link::act::path(tx.secret(), &found);
    drop(tx);
    let welcome = browser.get(&path).await.text();
    assert!(welcome.contains("Nominate a post or a person") && welcome.contains("Continue"), "looking changes nothing");
    let entered = submit(&browser, &path, &[("act", "continue")]).await;
    assert_eq!((entered.status_code().as_u16(), location(&entered).as_str()), (303, "/nominate/mine"));
    browser
}

#[tokio::test]
async fn who_has_no_company_address_is_told_and_closed_nominations_say_so() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let browser = app.browser();
        assert!(browser.get("/nominate").await.text().contains("Nominations are closed"));
        assert_eq!(submit(&browser, "/nominate", &[("act", "ask"), ("email", "ada@dell.example")]).await.status_code(), 409);
        open(&app).await;
        let invalid = submit(&browser, "/nominate", &[("act", "ask"), ("email", "ada@mail.example")]).await;
        assert_eq!(invalid.status_code(), 422);
        let text = invalid.text();
        assert!(text.contains("Email addresses at mail.example can’t be used here") && text.contains("ada@mail.example"), "{text}");
        assert_eq!(submit(&browser, "/nominate", &[("act", "other"), ("email", "ada@dell.example")]).await.status_code(), 404);
        let foreign = browser.post("/nominate").add_header("sec-fetch-site", "cross-site").form(&[("act", "ask")]).await;
        assert_eq!(foreign.status_code(), 403);
        assert_eq!(browser.get("/nominate/mine").await.status_code(), 410, "only by a link");
    })
    .await;
}

#[tokio::test]
async fn a_nomination_is_made_from_a_phone_accepted_and_its_maker_is_told() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (staff, program) = open(&app).await;
        let browser = colleague(&app, "ada@dell.example").await;
        let empty = submit(&browser, "/nominate/mine", &[("act", "post"), ("program", &program), ("why", "Again and again")]).await;
        assert!(empty.status_code() == 422 && empty.text().contains("Again and again"), "what was typed is kept");
        let link = "https://x.com/zoe_k/status/15700000001?s=20";
        let good = [("act", "post"), ("program", program.as_str()), ("link", link), ("why", "Again and again")];
        assert_eq!(submit(&browser, "/nominate/mine", &good).await.status_code(), 303);
        let mine = browser.get("/nominate/mine").await.text();
        assert!(mine.contains("The hinge broke again") && mine.contains("We will review it"), "{mine}");

        let page = staff.get("/listen/nominations").await.text();
        assert!(page.contains("The hinge broke again") && page.contains("ada@dell.example"), "{page}");
        assert!(staff.get("/").await.text().contains("nomination to decide"));
        let csv = staff.get("/nominations.csv").await.text();
        assert!(csv.contains("ada@dell.example") && csv.contains("Again and again"), "{csv}");
        let mut tx = db.read().await.expect("tx");
        let programs = program::store::list(&mut tx).await.expect("programs");
        let id =
            nomination::store::list(&mut tx, programs[0].id, nomination::NominationState::New, 9, 0).await.expect("one")[0].id.to_string();
        drop(tx);
        let decline = [("act", "decline"), ("key", id.as_str()), ("revision", "1"), ("reason", "")];
        let silent = submit(&staff, "/listen/nominations", &decline).await;
        assert!(silent.status_code() == 422 && silent.text().contains("Enter the reason."));
        let accept = [("act", "accept"), ("key", id.as_str()), ("revision", "1"), ("known", "")];
        assert_eq!(submit(&staff, "/listen/nominations", &accept).await.status_code(), 303);
        let again = submit(&staff, "/listen/nominations", &accept).await;
        assert!(
            again.status_code() == 409 && again.text().contains("Someone else has changed this nomination"),
            "the second of two tabs is told"
        );
        assert!(browser.get("/nominate/mine").await.text().contains("We are working on it."));

        let mut tx = db.read().await.expect("tx");
        let mention = list(&mut tx, &MentionSearch::default(), 9, 0).await.expect("mentions")[0].mention.id;
        drop(tx);
        let case = format!("/listen/triage/{mention}");
        assert_eq!(submit(&staff, &case, &[("act", "take"), ("revision", "1")]).await.status_code(), 303);
        let answer = [("act", "answer"), ("revision", "2"), ("link", "https://x.com/DellCares/status/9")];
        assert_eq!(submit(&staff, &case, &answer).await.status_code(), 303);
        assert!(browser.get("/nominate/mine").await.text().contains("https://x.com/DellCares/status/9"));

        assert_told_twice(&db).await;
    })
    .await;
}

/// The nominator got an email when it was accepted, and one when it was answered.
async fn assert_told_twice(db: &Db) {
    let mut tx = db.read().await.expect("tx");
    let mut emails = outbox::store::list(&mut tx, 9).await.expect("email");
    emails.retain(|queued| queued.template == EmailTemplate::Nomination);
    assert_eq!(emails.len(), 2);
    let email = compose(&mut tx, now(), "https://cap.example", &emails[0], Links::Live).await.expect("an email");
    assert_eq!(email.subject, "Your nomination has an answer");
    assert!(email.text.contains("The hinge broke again") && email.text.contains("https://x.com/DellCares/status/9"), "{}", email.text);
    assert!(email.text.contains("https://cap.example/l/"), "with the way back");
    let first = compose(&mut tx, now(), "https://cap.example", &emails[1], Links::Hidden).await.expect("an email");
    assert!(first.html.contains("we email you when it has an answer.") && first.text.contains("https://cap.example/l/…"), "{}", first.text);
}

//! Links, cookies and forms in the hands of others: who was meant, where one is led, how often one may ask, and how one leaves.

mod devices;

use app::access::account::Role;
use app::access::link::Purpose;
use app::access::outbox::{self, EmailTemplate};
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::InvitationId;
use app::recruiting::invitation::rules::InvitationText;
use app::recruiting::invitation::{self, InvitationChannel};
use app::recruiting::panelist::{self, QuotePermission};
use app::testing::each_db;
use app::testing::fixture;
use axum_test::{TestResponse, TestServer};
use chrono::Duration;

use crate::test_app::{TestApp, follow, link_to, location, submit, whom};

/// What a response sets: `name=value; …` each.
fn cookies(response: &TestResponse) -> Vec<String> {
    response.iter_headers_by_name("set-cookie").map(|value| value.to_str().expect("text").to_owned()).collect()
}

/// A day a month from now with an invitation to each of these people: by email where there is an address, by hand otherwise.
async fn invited(db: &Db, people: &[(&str, Option<&str>)]) -> Vec<InvitationId> {
    let mut tx = db.begin().await.expect("tx");
    let program = fixture::program(&mut tx, now()).await;
    let day = fixture::day(&mut tx, now(), program, (now() + Duration::days(30)).date_naive(), 15).await;
    let mut ids = Vec::new();
    for (name, email) in people {
        let candidate = fixture::listed(&mut tx, now(), day, name).await;
        let id = invitation::act::draft(&mut tx, &fixture::staff(), now(), candidate).await.expect("a draft");
        if let Some(email) = email {
            let text = InvitationText {
                channel: InvitationChannel::Email,
                email: (*email).into(),
                subject: "Come".into(),
                body: "We would like to listen.".into(),
            };
            invitation::act::edit(&mut tx, &fixture::staff(), now(), invitation::act::EditInvitation { id, revision: 1, text })
                .await
                .expect("edited");
        }
        let revision = invitation::store::find(&mut tx, id).await.expect("read").expect("an invitation").revision;
        invitation::store::review(&mut tx, id, revision, app::kernel::ids::AccountId::new(), now()).await.expect("a review");
        invitation::act::send(&mut tx, &fixture::staff(), now(), id).await.expect("sent");
        ids.push(id);
    }
    tx.commit().await.expect("commit");
    ids
}

async fn opened(app: &TestApp, id: InvitationId) -> TestServer {
    let browser = app.browser();
    assert_eq!(follow(&browser, &link_to(&app.db, Purpose::Invite, id.0).await).await, "/invitation");
    browser
}

fn yes<'a>(name: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [("act", "accept"), ("name", name), ("email", email), ("consent", "yes"), ("quotes", "none")]
}

async fn seats(db: &Db, id: InvitationId) -> Option<String> {
    let found = panelist::store::find(&mut db.read().await.expect("tx"), app::kernel::ids::PanelistId(id.0)).await.expect("read");
    found.map(|panelist| panelist.email)
}

async fn emails(db: &Db, template: EmailTemplate) -> Vec<outbox::OutboxEmail> {
    let emails = outbox::store::list(&mut db.read().await.expect("tx"), 99).await.expect("emails");
    emails.into_iter().filter(|queued| queued.template == template).collect()
}

async fn email_link(db: &Db, queued: &outbox::OutboxEmail) -> String {
    let mut tx = db.read().await.expect("tx");
    let link = app::access::link::store::find(&mut tx, queued.link_id.expect("a link")).await.expect("read").expect("a link");
    app::access::link::act::path(tx.secret(), &link)
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ada = app.account_with_password(Role::Administrator, "a long enough password").await;
        for (to, leads) in [
            ("/\t/elsewhere.example", "/"),
            ("/\n/elsewhere.example", "/"),
            ("//elsewhere.example", "/"),
            ("/\\elsewhere.example", "/"),
            ("https://elsewhere.example/", "/"),
            ("/.//elsewhere.example", "/"),
            ("/sessions?q=a", "/sessions?q=a"),
        ] {
            let fields = [("act", "password"), ("email", &*ada.email), ("password", "a long enough password"), ("to", to)];
            let response = submit(&app.browser(), "/sign-in", &fields).await;
            assert_eq!((response.status_code().as_u16(), location(&response).as_str()), (303, leads), "{to:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_wish_where_to_go_survives_a_link_by_email_and_a_second_press_is_the_first() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ada = app.account(Role::Administrator).await;
        let browser = app.browser();
        let page = browser.get("/sign-in?to=/accounts").await.text();
        assert_eq!(page.matches("name=\"to\" value=\"/accounts\"").count(), 2, "both ways of signing in keep it: {page}");
        for to in ["/accounts", "/\t/elsewhere.example"] {
            submit(&browser, "/sign-in", &[("act", "link"), ("email", &ada.email), ("to", to)]).await;
        }
        let mut asked = emails(&app.db, EmailTemplate::SignIn).await;
        asked.sort_by_key(|queued| queued.id);
        assert_eq!((asked[0].params["to"].as_str(), asked[1].params["to"].as_str()), (Some("/accounts"), None));
        let email = {
            let mut tx = app.db.read().await.expect("tx");
            server::email::compose(&mut tx, now(), "https://cap.example", &asked[0], server::email::Links::Live).await
        };
        let (path, older) = (email_link(&app.db, &asked[0]).await, email_link(&app.db, &asked[1]).await);
        let text = format!("{:?}", email.expect("an email"));
        assert!(text.contains(&format!("https://cap.example{path}?to=%2Faccounts")), "{text}");

        let shown = browser.get(&format!("{path}?to=/accounts")).await.text();
        assert!(shown.contains("name=\"to\" value=\"/accounts\""), "{shown}");
        let press = [("act", "continue"), ("to", "/accounts")];
        for _ in 0..2 {
            let entered = submit(&browser, &path, &press).await;
            assert_eq!((entered.status_code().as_u16(), location(&entered).as_str()), (303, "/accounts"));
        }
        browser.get("/accounts").await.assert_status_ok();

        // Somebody else finds it used, and a form for a new one that still knows where to go.
        let stranger = app.browser();
        for used in [&path, &older] {
            let page = stranger.get(&format!("{used}?to=/accounts")).await;
            assert_eq!(page.status_code(), 410);
            let text = page.text();
            assert!(
                text.contains("action=\"/sign-in\"") && text.contains("value=\"/accounts\"") && text.contains("We can email you a new one"),
                "{text}"
            );
            let pressed = submit(&stranger, used, &press).await;
            assert_eq!(pressed.status_code(), 410);
        }
        assert!(stranger.get(&path).await.text().contains("This sign-in link was already used"));
        assert!(stranger.get(&older).await.text().contains("signed in with a newer one"));
        assert_eq!(submit(&browser, &older, &press).await.status_code(), 303, "who is signed in by it already goes on");
    })
    .await;
}

#[tokio::test]
async fn a_form_says_for_whom_it_is() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ids = invited(&app.db, &[("Ada Okafor", Some("ada@example.com")), ("Ben Moss", Some("ben@example.com"))]).await;
        let browser = opened(&app, ids[0]).await;
        let ada = whom(&browser.get("/invitation").await.text()).expect("whom the page is for");
        assert_eq!(ada, ids[0].to_string());
        follow(&browser, &link_to(&app.db, Purpose::Invite, ids[1].0).await).await;
        let mut fields = yes("Ada Okafor", "ada@example.com").to_vec();
        fields.push(("for", &ada));
        let decline = [("act", "decline"), ("reason", ""), ("for", ada.as_str())];
        let bare = yes("Ada Okafor", "ada@example.com");
        for form in [&fields[..], &decline[..], &bare[..]] {
            let refused = browser.post("/invitation").form(&form).await;
            assert_eq!(refused.status_code(), 409, "{form:?}");
            let text = refused.text();
            assert!(
                text.contains("This page was for another invitation, so nothing was saved. Open the link to your invitation again."),
                "{text}"
            );
            assert!(!text.contains("Ada Okafor"), "what was typed for one is not put into the form of the other: {text}");
        }
        for id in &ids {
            assert_eq!(seats(&app.db, *id).await, None);
            let state = invitation::store::find(&mut app.db.read().await.expect("tx"), *id).await.expect("read").expect("one").state;
            assert_eq!(state, invitation::InvitationState::Sent);
        }
        assert_eq!(submit(&browser, "/invitation", &yes("Ben Moss", "ben@example.com")).await.status_code(), 303);
        assert_eq!(seats(&app.db, ids[1]).await.as_deref(), Some("ben@example.com"));
    })
    .await;
}

#[tokio::test]
async fn an_items_draft_and_a_portals_form_are_for_one_link_alone() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let (one, other) = (app.day(None).await, app.day(None).await);
        let browser = app.browser();
        follow(&browser, &link_to(&app.db, Purpose::Response, one.item.0).await).await;
        let first = whom(&browser.get("/item").await.text()).expect("whom the page is for");
        follow(&browser, &link_to(&app.db, Purpose::Response, other.item.0).await).await;
        let draft = [("act", "draft"), ("kind", "question"), ("text", "Which chat do you mean?"), ("for", first.as_str())];
        let refused = browser.post("/item").form(&draft).await;
        assert_eq!(refused.status_code(), 409);
        assert!(refused.text().contains("This page was for another item") && !refused.text().contains("Which chat do you mean?"));
        for item in [one.item, other.item] {
            let drafts = app::follow_up::response::store::list(&mut app.db.read().await.expect("tx"), item).await.expect("read");
            assert!(drafts.is_empty(), "nothing is saved for either");
        }

        let mut tx = app.db.begin().await.expect("tx");
        let mut people = Vec::new();
        for name in ["Ada Okafor", "Ben Moss"] {
            people.push(fixture::panelist(&mut tx, now(), one.day, name, QuotePermission::None).await);
        }
        tx.commit().await.expect("commit");
        follow(&browser, &link_to(&app.db, Purpose::Portal, people[0].0).await).await;
        let ada = whom(&browser.get("/portal/you").await.text()).expect("whom the page is for");
        follow(&browser, &link_to(&app.db, Purpose::Portal, people[1].0).await).await;
        let ask = [("act", "ask"), ("key", "leave"), ("for", ada.as_str())];
        assert_eq!(browser.post("/portal/you").form(&ask).await.status_code(), 409);
        assert!(emails(&app.db, EmailTemplate::Code).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_forwarded_invitation_takes_a_seat_only_when_the_invited_person_says_so() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ids = invited(&app.db, &[("Pia Berg", Some("pia@example.com")), ("Carla Diaz", None)]).await;
        let max = opened(&app, ids[0]).await;
        let page = max.get("/invitation").await.text();
        assert!(page.contains("p…@example.com") && !page.contains("pia@example.com"), "the invited address is not shown: {page}");
        assert_eq!(submit(&max, "/invitation", &yes("Max Moser", "max@example.com")).await.status_code(), 303);
        assert_eq!(seats(&app.db, ids[0]).await, None);
        let asked = emails(&app.db, EmailTemplate::Confirm).await;
        assert_eq!((asked.len(), asked[0].recipient.as_str()), (1, "pia@example.com"));
        let staff = app.signed_in(Role::Staff).await;
        let shown = staff.get(&format!("/invitations/{}", ids[0])).await.text();
        assert!(shown.contains("Accepted from another address, not confirmed yet") && shown.contains("max@example.com"), "{shown}");

        // A second answer takes the place of the first, and its email counts no more.
        assert_eq!(submit(&max, "/invitation", &yes("Max Moser", "max.moser@example.com")).await.status_code(), 303);
        let old = email_link(&app.db, &asked[0]).await;
        assert_eq!(app.browser().get(&old).await.status_code(), 410);
        let newest =
            emails(&app.db, EmailTemplate::Confirm).await.into_iter().find(|queued| queued.id != asked[0].id).expect("a second email");
        let link = email_link(&app.db, &newest).await;
        let pia = app.browser();
        assert!(pia.get(&link).await.text().contains("Max Moser (m…@example.com) accepted"));
        assert_eq!(seats(&app.db, ids[0]).await, None, "looking changes nothing");
        assert_eq!(follow(&pia, &link).await, "/invitation");
        assert_eq!(seats(&app.db, ids[0]).await.as_deref(), Some("max.moser@example.com"));
        assert!(!pia.get("/invitation").await.text().contains("max.moser@"), "the address is masked");
        let day = invitation::store::find(&mut app.db.read().await.expect("tx"), ids[0]).await.expect("read").expect("one").panel_day_id;
        assert!(staff.get(&format!("/days/{day}/people")).await.text().contains("Accepted from a different address"));

        // By hand nobody knew an address: the typed one is asked. An empty one is the invited one.
        let carla = opened(&app, ids[1]).await;
        for attempt in 0..6 {
            let email = format!("carla{attempt}@example.com");
            let status = submit(&carla, "/invitation", &yes("Carla Diaz", &email)).await.status_code().as_u16();
            assert_eq!(status, if attempt < 5 { 303 } else { 429 }, "a link does not fill other people's mailboxes");
        }
        assert!(emails(&app.db, EmailTemplate::Confirm).await.iter().any(|queued| queued.recipient == "carla4@example.com"));
        assert_eq!(submit(&carla, "/invitation", &[("act", "decline"), ("reason", "")]).await.status_code(), 303);
        assert!(invitation::store::find_waiting_answer(&mut app.db.read().await.expect("tx"), ids[1]).await.expect("read").is_none());
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_an_address_is_from_the_invited_one() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let ids = invited(&app.db, &[("Pia Berg", Some("Pia@Example.com"))]).await;
        let pia = opened(&app, ids[0]).await;
        assert_eq!(submit(&pia, "/invitation", &yes("Pia Berg", "")).await.status_code(), 303);
        assert_eq!(seats(&app.db, ids[0]).await.as_deref(), Some("pia@example.com"));
        assert!(emails(&app.db, EmailTemplate::Confirm).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_from_our_own_address_is_taken_behind_a_proxy() {
    each_db(|db| async move {
        let app = TestApp::reached_at(db, "https://cap.example.com");
        let browser = app.browser();
        let mention = |origin: &'static str| {
            browser
                .post("/sign-in")
                .add_header("host", "10.0.0.7:3000")
                .add_header("origin", origin)
                .form(&[("act", "link"), ("email", "a@b.com")])
        };
        assert_eq!(mention("https://cap.example.com").await.status_code(), 303);
        assert_eq!(mention("https://elsewhere.example").await.status_code(), 403);
        assert_eq!(mention("http://cap.example.com").await.status_code(), 403, "another scheme is another origin");
    })
    .await;
}

#[tokio::test]
async fn an_asset_is_asked_for_again_before_it_is_used_again() {
    each_db(|db| async move {
        let site = std::env::temp_dir().join(format!("weheard-assets-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(site.join("pkg")).expect("a folder");
        std::fs::write(site.join("pkg/weheard_bg.wasm"), b"one").expect("written");
        let app = TestApp::over(db).with_site(&site);
        let browser = app.browser();
        let first = browser.get("/pkg/weheard_bg.wasm").await;
        assert_eq!(first.header("cache-control"), "no-cache");
        let tag = first.header("etag");
        let again = browser.get("/pkg/weheard_bg.wasm").add_header("if-none-match", tag.clone()).await;
        assert_eq!(again.status_code(), 304);
        std::fs::write(site.join("pkg/weheard_bg.wasm"), b"two two").expect("written");
        let newer = browser.get("/pkg/weheard_bg.wasm").add_header("if-none-match", tag).await;
        assert_eq!((newer.status_code().as_u16(), newer.as_bytes().as_ref()), (200, &b"two two"[..]));
        std::fs::remove_dir_all(site).expect("removed");
    })
    .await;
}

#[tokio::test]
async fn a_note_is_taken_only_from_the_person_who_typed_it() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let day = app.day(None).await;
        let (ada, rosa) = (app.account(Role::Staff).await, app.account(Role::Administrator).await);
        let staff = app.signed_in(Role::Staff).await;
        let path = format!("/sessions/{}/notes", day.session);
        let note = |by: Option<app::kernel::ids::AccountId>, text: &str| {
            let mut note = serde_json::json!({
                "id": app::kernel::ids::NoteId::new(), "at": now().timestamp_millis(), "kind": "observation", "text": text,
            });
            if let Some(by) = by {
                note["by"] = serde_json::json!(by);
            }
            note
        };
        let mixed = serde_json::json!([note(Some(ada.id), "typed by Ada"), note(Some(rosa.id), "typed by Rosa")]);
        let refused = staff.post(&path).json(&mixed).await;
        assert_eq!(refused.status_code(), 409);
        assert!(refused.text().contains("when the person who typed them signs in"), "{}", refused.text());
        assert!(!staff.get(&path).await.text().contains("typed by"), "nothing is saved in another name");
        let own = serde_json::json!([note(Some(ada.id), "typed by Ada"), note(None, "by a tool")]);
        staff.post(&path).json(&own).await.assert_status_ok();
        let sheet = staff.get(&path).await.text();
        assert!(sheet.contains("typed by Ada") && sheet.contains("by a tool"), "{sheet}");
    })
    .await;
}

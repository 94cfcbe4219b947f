//! Links, cookies and forms in the hands of others: who was meant, where one is led, how often one may ask, and how one leaves.

use app::account::Role;
use app::clock::now;
use app::db::Db;
use app::ids::InvitationId;
use app::invitation::rules::Text;
use app::invitation::{self, Channel};
use app::link::Purpose;
use app::outbox::{self, Template};
use app::panelist::{self, QuotePermission};
use app::testing::each_db;
use app::testing::fixture;
use axum_test::{TestResponse, TestServer};
use chrono::Duration;

use crate::house::{House, follow, link_to, location, submit, whom};

/// What a response sets: `name=value; …` each.
fn cookies(response: &TestResponse) -> Vec<String> {
    response.iter_headers_by_name("set-cookie").map(|value| value.to_str().expect("text").to_owned()).collect()
}

/// A day a month from now with an invitation to each of these people: by mail where there is an address, by hand otherwise.
async fn invited(db: &Db, people: &[(&str, Option<&str>)]) -> Vec<InvitationId> {
    let mut tx = db.begin().await.expect("tx");
    let program = fixture::program(&mut tx, now()).await;
    let day = fixture::day(&mut tx, now(), program, (now() + Duration::days(30)).date_naive(), 15).await;
    let mut ids = Vec::new();
    for (name, email) in people {
        let candidate = fixture::listed(&mut tx, now(), day, name).await;
        let id = invitation::act::draft(&mut tx, &fixture::staff(), now(), candidate).await.expect("a draft");
        if let Some(email) = email {
            let text =
                Text { channel: Channel::Mail, email: (*email).into(), subject: "Come".into(), body: "We would like to listen.".into() };
            invitation::act::edit(&mut tx, &fixture::staff(), now(), invitation::act::Edit { id, revision: 1, text })
                .await
                .expect("edited");
        }
        let revision = invitation::store::find(&mut tx, id).await.expect("read").expect("an invitation").revision;
        invitation::store::review(&mut tx, id, revision, app::ids::AccountId::new(), now()).await.expect("a review");
        invitation::act::send(&mut tx, &fixture::staff(), now(), id).await.expect("sent");
        ids.push(id);
    }
    tx.commit().await.expect("commit");
    ids
}

async fn opened(house: &House, id: InvitationId) -> TestServer {
    let browser = house.browser();
    assert_eq!(follow(&browser, &link_to(&house.db, Purpose::Invite, id.0).await).await, "/invitation");
    browser
}

fn yes<'a>(name: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [("act", "accept"), ("name", name), ("email", email), ("consent", "yes"), ("quotes", "none")]
}

async fn seats(db: &Db, id: InvitationId) -> Option<String> {
    let found = panelist::store::find(&mut db.read().await.expect("tx"), app::ids::PanelistId(id.0)).await.expect("read");
    found.map(|panelist| panelist.email)
}

async fn mails(db: &Db, template: Template) -> Vec<outbox::Mail> {
    let mails = outbox::store::list(&mut db.read().await.expect("tx"), 99).await.expect("mails");
    mails.into_iter().filter(|mail| mail.template == template).collect()
}

async fn mail_link(db: &Db, mail: &outbox::Mail) -> String {
    let mut tx = db.read().await.expect("tx");
    let link = app::link::store::find(&mut tx, mail.link_id.expect("a link")).await.expect("read").expect("a link");
    app::link::act::path(tx.secret(), &link)
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    each_db(|db| async move {
        let house = House::over(db);
        let ada = house.account_with_password(Role::Administrator, "a long enough password").await;
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
            let response = submit(&house.browser(), "/sign-in", &fields).await;
            assert_eq!((response.status_code().as_u16(), location(&response).as_str()), (303, leads), "{to:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_wish_where_to_go_survives_a_link_by_mail_and_a_second_press_is_the_first() {
    each_db(|db| async move {
        let house = House::over(db);
        let ada = house.account(Role::Administrator).await;
        let browser = house.browser();
        let page = browser.get("/sign-in?to=/accounts").await.text();
        assert_eq!(page.matches("name=\"to\" value=\"/accounts\"").count(), 2, "both ways of signing in keep it: {page}");
        for to in ["/accounts", "/\t/elsewhere.example"] {
            submit(&browser, "/sign-in", &[("act", "link"), ("email", &ada.email), ("to", to)]).await;
        }
        let mut asked = mails(&house.db, Template::SignIn).await;
        asked.sort_by_key(|mail| mail.id);
        assert_eq!((asked[0].params["to"].as_str(), asked[1].params["to"].as_str()), (Some("/accounts"), None));
        let letter = {
            let mut tx = house.db.read().await.expect("tx");
            server::mail::templates::compose(&mut tx, now(), "https://cap.example", &asked[0], server::mail::templates::Links::Live).await
        };
        let (path, older) = (mail_link(&house.db, &asked[0]).await, mail_link(&house.db, &asked[1]).await);
        let text = format!("{:?}", letter.expect("a letter"));
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
        let stranger = house.browser();
        for used in [&path, &older] {
            let page = stranger.get(&format!("{used}?to=/accounts")).await;
            assert_eq!(page.status_code(), 410);
            let text = page.text();
            assert!(
                text.contains("action=\"/sign-in\"") && text.contains("value=\"/accounts\"") && text.contains("We can mail you a new one"),
                "{text}"
            );
            let pressed = submit(&stranger, used, &press).await;
            assert_eq!(pressed.status_code(), 410);
        }
        assert!(stranger.get(&path).await.text().contains("This link was used already"));
        assert!(stranger.get(&older).await.text().contains("signed in with another link"));
        assert_eq!(submit(&browser, &older, &press).await.status_code(), 303, "who is signed in by it already goes on");
    })
    .await;
}

#[tokio::test]
async fn a_form_says_for_whom_it_is() {
    each_db(|db| async move {
        let house = House::over(db);
        let ids = invited(&house.db, &[("Ada Okafor", Some("ada@example.com")), ("Ben Moss", Some("ben@example.com"))]).await;
        let browser = opened(&house, ids[0]).await;
        let ada = whom(&browser.get("/invitation").await.text()).expect("whom the page is for");
        assert_eq!(ada, ids[0].to_string());
        follow(&browser, &link_to(&house.db, Purpose::Invite, ids[1].0).await).await;
        let mut fields = yes("Ada Okafor", "ada@example.com").to_vec();
        fields.push(("for", &ada));
        let decline = [("act", "decline"), ("reason", ""), ("for", ada.as_str())];
        let bare = yes("Ada Okafor", "ada@example.com");
        for form in [&fields[..], &decline[..], &bare[..]] {
            let refused = browser.post("/invitation").form(&form).await;
            assert_eq!(refused.status_code(), 409, "{form:?}");
            let text = refused.text();
            assert!(text.contains("This page was for another invitation. Follow its link again."), "{text}");
            assert!(!text.contains("Ada Okafor"), "what was typed for one is not put into the form of the other: {text}");
        }
        for id in &ids {
            assert_eq!(seats(&house.db, *id).await, None);
            let state = invitation::store::find(&mut house.db.read().await.expect("tx"), *id).await.expect("read").expect("one").state;
            assert_eq!(state, invitation::State::Sent);
        }
        assert_eq!(submit(&browser, "/invitation", &yes("Ben Moss", "ben@example.com")).await.status_code(), 303);
        assert_eq!(seats(&house.db, ids[1]).await.as_deref(), Some("ben@example.com"));
    })
    .await;
}

#[tokio::test]
async fn an_items_draft_and_a_portals_form_are_for_one_link_alone() {
    each_db(|db| async move {
        let house = House::over(db);
        let (one, other) = (house.day(None).await, house.day(None).await);
        let browser = house.browser();
        follow(&browser, &link_to(&house.db, Purpose::Response, one.item.0).await).await;
        let first = whom(&browser.get("/item").await.text()).expect("whom the page is for");
        follow(&browser, &link_to(&house.db, Purpose::Response, other.item.0).await).await;
        let draft = [("act", "draft"), ("kind", "question"), ("text", "Which chat do you mean?"), ("for", first.as_str())];
        let refused = browser.post("/item").form(&draft).await;
        assert_eq!(refused.status_code(), 409);
        assert!(refused.text().contains("This page was for another item") && !refused.text().contains("Which chat do you mean?"));
        for item in [one.item, other.item] {
            let drafts = app::response::store::list(&mut house.db.read().await.expect("tx"), item).await.expect("read");
            assert!(drafts.is_empty(), "nothing is saved for either");
        }

        let mut tx = house.db.begin().await.expect("tx");
        let mut people = Vec::new();
        for name in ["Ada Okafor", "Ben Moss"] {
            people.push(fixture::panelist(&mut tx, now(), one.day, name, QuotePermission::None).await);
        }
        tx.commit().await.expect("commit");
        follow(&browser, &link_to(&house.db, Purpose::Door, people[0].0).await).await;
        let ada = whom(&browser.get("/portal/you").await.text()).expect("whom the page is for");
        follow(&browser, &link_to(&house.db, Purpose::Door, people[1].0).await).await;
        let ask = [("act", "ask"), ("key", "leave"), ("for", ada.as_str())];
        assert_eq!(browser.post("/portal/you").form(&ask).await.status_code(), 409);
        assert!(mails(&house.db, Template::Code).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_forwarded_invitation_takes_a_seat_only_when_the_invited_person_says_so() {
    each_db(|db| async move {
        let house = House::over(db);
        let ids = invited(&house.db, &[("Pia Berg", Some("pia@example.com")), ("Carla Diaz", None)]).await;
        let max = opened(&house, ids[0]).await;
        let page = max.get("/invitation").await.text();
        assert!(page.contains("p…@example.com") && !page.contains("pia@example.com"), "the invited address is not shown: {page}");
        assert_eq!(submit(&max, "/invitation", &yes("Max Moser", "max@example.com")).await.status_code(), 303);
        assert_eq!(seats(&house.db, ids[0]).await, None);
        let asked = mails(&house.db, Template::Confirm).await;
        assert_eq!((asked.len(), asked[0].recipient.as_str()), (1, "pia@example.com"));
        let staff = house.signed_in(Role::Staff).await;
        let shown = staff.get(&format!("/invitations/{}", ids[0])).await.text();
        assert!(shown.contains("Answered from another address") && shown.contains("max@example.com"), "{shown}");

        // A second answer takes the place of the first, and its mail counts no more.
        assert_eq!(submit(&max, "/invitation", &yes("Max Moser", "max.moser@example.com")).await.status_code(), 303);
        let old = mail_link(&house.db, &asked[0]).await;
        assert_eq!(house.browser().get(&old).await.status_code(), 410);
        let newest = mails(&house.db, Template::Confirm).await.into_iter().find(|mail| mail.id != asked[0].id).expect("a second mail");
        let link = mail_link(&house.db, &newest).await;
        let pia = house.browser();
        assert!(pia.get(&link).await.text().contains("Max Moser (m…@example.com) said yes"));
        assert_eq!(seats(&house.db, ids[0]).await, None, "looking changes nothing");
        assert_eq!(follow(&pia, &link).await, "/invitation");
        assert_eq!(seats(&house.db, ids[0]).await.as_deref(), Some("max.moser@example.com"));
        assert!(!pia.get("/invitation").await.text().contains("max.moser@"), "the address is masked");
        let day = invitation::store::find(&mut house.db.read().await.expect("tx"), ids[0]).await.expect("read").expect("one").panel_day_id;
        assert!(staff.get(&format!("/days/{day}/people")).await.text().contains("Answered from another address"));

        // By hand nobody knew an address: the typed one is asked. An empty one is the invited one.
        let carla = opened(&house, ids[1]).await;
        for attempt in 0..6 {
            let email = format!("carla{attempt}@example.com");
            let status = submit(&carla, "/invitation", &yes("Carla Diaz", &email)).await.status_code().as_u16();
            assert_eq!(status, if attempt < 5 { 303 } else { 429 }, "a link does not fill other people's mailboxes");
        }
        assert!(mails(&house.db, Template::Confirm).await.iter().any(|mail| mail.recipient == "carla4@example.com"));
        assert_eq!(submit(&carla, "/invitation", &[("act", "decline"), ("reason", "")]).await.status_code(), 303);
        assert!(invitation::store::find_waiting_answer(&mut house.db.read().await.expect("tx"), ids[1]).await.expect("read").is_none());
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_an_address_is_from_the_invited_one() {
    each_db(|db| async move {
        let house = House::over(db);
        let ids = invited(&house.db, &[("Pia Berg", Some("Pia@Example.com"))]).await;
        let pia = opened(&house, ids[0]).await;
        assert_eq!(submit(&pia, "/invitation", &yes("Pia Berg", "")).await.status_code(), 303);
        assert_eq!(seats(&house.db, ids[0]).await.as_deref(), Some("pia@example.com"));
        assert!(mails(&house.db, Template::Confirm).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_device_forgets_a_visitor_and_signing_out_ends_their_visits_too() {
    each_db(|db| async move {
        let house = House::over(db);
        let ids = invited(&house.db, &[("Ada Okafor", None)]).await;
        let tablet = opened(&house, ids[0]).await;
        let page = tablet.get("/invitation").await.text();
        assert!(page.contains("This is not my device") && page.contains("action=\"/forget\""), "{page}");
        let left = tablet.post("/forget").await;
        assert_eq!(location(&left), "/forgotten");
        assert!(cookies(&left).iter().any(|cookie| cookie.starts_with("weheard_invite=;")), "{:?}", cookies(&left));
        assert!(tablet.get("/forgotten").await.text().contains("This device has forgotten you"));
        assert_eq!(tablet.get("/invitation").await.status_code(), 410);

        // Also a copy of the cookie opens nothing more once staff sign out on the device.
        let path = link_to(&house.db, Purpose::Invite, ids[0].0).await;
        let mut tablet = house.signed_in(Role::Staff).await;
        let entered = submit(&tablet, &path, &[("act", "continue")]).await;
        let copy = cookies(&entered).into_iter().find(|cookie| cookie.starts_with("weheard_invite=")).expect("a visit");
        let copy = copy.split(['=', ';']).nth(1).unwrap_or_default().to_owned();
        tablet.add_cookie(cookie::Cookie::new("weheard_unsent", "3"));
        let left = tablet.post("/sign-out").await;
        assert_eq!(location(&left), "/sign-in");
        assert!(cookies(&left).iter().any(|cookie| cookie.starts_with("weheard_invite=;")), "{:?}", cookies(&left));
        assert!(tablet.get("/sign-in").await.text().contains("3 notes that were typed on this device are not sent yet"));
        let mut other = house.browser();
        other.add_cookie(cookie::Cookie::new("weheard_invite", copy));
        assert_eq!(other.get("/invitation").await.status_code(), 410);
    })
    .await;
}

#[tokio::test]
async fn over_https_cookies_are_of_this_host_alone() {
    each_db(|db| async move {
        let house = House::reached_at(db, "https://cap.example.com");
        let ids = invited(&house.db, &[("Ada Okafor", None)]).await;
        let path = link_to(&house.db, Purpose::Invite, ids[0].0).await;
        let mut browser = house.browser();
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
async fn a_form_from_our_own_address_is_taken_behind_a_proxy() {
    each_db(|db| async move {
        let house = House::reached_at(db, "https://cap.example.com");
        let browser = house.browser();
        let post = |origin: &'static str| {
            browser
                .post("/sign-in")
                .add_header("host", "10.0.0.7:3000")
                .add_header("origin", origin)
                .form(&[("act", "link"), ("email", "a@b.com")])
        };
        assert_eq!(post("https://cap.example.com").await.status_code(), 303);
        assert_eq!(post("https://elsewhere.example").await.status_code(), 403);
        assert_eq!(post("http://cap.example.com").await.status_code(), 403, "another scheme is another origin");
    })
    .await;
}

#[tokio::test]
async fn an_asset_is_asked_for_again_before_it_is_used_again() {
    each_db(|db| async move {
        let site = std::env::temp_dir().join(format!("weheard-assets-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(site.join("pkg")).expect("a folder");
        std::fs::write(site.join("pkg/weheard_bg.wasm"), b"one").expect("written");
        let house = House::over(db).with_site(&site);
        let browser = house.browser();
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
async fn a_new_password_asks_for_the_current_one_and_ends_other_logins() {
    each_db(|db| async move {
        let house = House::over(db);
        let (browser, other) = (house.signed_in(Role::Staff).await, house.signed_in(Role::Staff).await);
        let set = |current: &'static str, password: &'static str| [("act", "password"), ("current", current), ("password", password)];
        assert!(!browser.get("/me").await.text().contains("Current password"));
        assert_eq!(submit(&browser, "/me", &set("", "the first password")).await.status_code(), 303);
        assert_eq!(other.get("/me").await.status_code(), 303, "signed out");
        assert!(browser.get("/me").await.text().contains("Current password"));
        for wrong in ["", "not the password"] {
            let refused = submit(&browser, "/me", &set(wrong, "the second password")).await;
            assert_eq!(refused.status_code(), 422);
            assert!(refused.text().contains("This is not your current password"));
        }
        assert_eq!(submit(&browser, "/me", &set("the first password", "the second password")).await.status_code(), 303);

        // Whoever has forgotten it shows that the mailbox is theirs.
        assert_eq!(submit(&browser, "/me", &[("act", "forgot")]).await.status_code(), 303);
        let mail = mails(&house.db, Template::Code).await.remove(0);
        let id = mail.params["code"].as_str().and_then(|id| id.parse().ok()).expect("a code's id");
        let code = app::account::act::code_digits(&house.db.read().await.expect("tx"), id);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let by_code = |code| [("act", "password"), ("code", code), ("password", "the third password")];
        assert_eq!(submit(&browser, "/me", &by_code(wrong)).await.status_code(), 422);
        assert_eq!(submit(&browser, "/me", &by_code(&code)).await.status_code(), 303);
        assert_eq!(submit(&browser, "/me", &by_code(&code)).await.status_code(), 422, "used up");
    })
    .await;
}

#[tokio::test]
async fn codes_cannot_be_asked_for_without_end() {
    each_db(|db| async move {
        let house = House::over(db);
        let day = house.day(None).await;
        let mut tx = house.db.begin().await.expect("tx");
        let ada = fixture::panelist(&mut tx, now(), day.day, "Ada Okafor", QuotePermission::None).await;
        tx.commit().await.expect("commit");
        let browser = house.browser();
        follow(&browser, &link_to(&house.db, Purpose::Door, ada.0).await).await;
        for (attempt, what) in ["leave", "permission", "download", "leave", "permission", "download", "leave"].into_iter().enumerate() {
            let asked = submit(&browser, "/portal/you", &[("act", "ask"), ("key", what)]).await;
            assert_eq!(asked.status_code().as_u16(), if attempt < 5 { 303 } else { 429 }, "{attempt}");
            assert!(attempt < 5 || asked.text().contains("You can ask for another one in"), "{}", asked.text());
        }
        assert_eq!(mails(&house.db, Template::Code).await.len(), 5);
        let statuses = async |count: usize| {
            let mut last = String::new();
            for _ in 0..count {
                last = submit(&browser, "/portal/you", &[("act", "leave"), ("code", "nonsense"), ("reason", "")]).await.text();
                submit(&browser, "/portal/you", &[("act", "download"), ("code", "nonsense")]).await;
            }
            last
        };
        // The newest code of each kind has five tries; the person has ten.
        assert!(statuses(6).await.contains("codes typed within an hour"));
    })
    .await;
}

#[tokio::test]
async fn an_account_is_changed_as_it_was_read_or_not_at_all() {
    each_db(|db| async move {
        let house = House::over(db);
        let browser = house.signed_in(Role::Administrator).await;
        let rosa = house.account(Role::Staff).await;
        let key = rosa.id.to_string();
        let change = |name: &'static str, revision: &'static str| {
            [("act", "change"), ("key", key.as_str()), ("name", name), ("role", "staff"), ("unit", ""), ("revision", revision)]
        };
        assert_eq!(submit(&browser, "/accounts", &change("Rosa\r\nBcc: x@example.com", "1")).await.status_code(), 303);
        let page = browser.get("/accounts").await.text();
        assert!(page.contains("Rosa Bcc: x@example.com"), "a name is one line: {page}");
        let late = submit(&browser, "/accounts", &change("Rosa Other", "1")).await;
        assert_eq!(late.status_code(), 409);
        assert!(late.text().contains("Somebody else changed this account") && late.text().contains("Rosa Other"), "what was typed is kept");
        assert_eq!(submit(&browser, "/accounts", &[("act", "close"), ("key", &key), ("revision", "1")]).await.status_code(), 409);
        assert_eq!(submit(&browser, "/accounts", &[("act", "close"), ("key", &key), ("revision", "2")]).await.status_code(), 303);
        assert_eq!(submit(&browser, "/accounts", &change("Rosa Again", "3")).await.status_code(), 409);
        let account = app::account::store::find(&mut house.db.read().await.expect("tx"), rosa.id).await.expect("read").expect("Rosa");
        assert!(account.closed_at.is_some(), "still closed");
    })
    .await;
}

#[tokio::test]
async fn a_note_is_taken_only_from_the_person_who_typed_it() {
    each_db(|db| async move {
        let house = House::over(db);
        let day = house.day(None).await;
        let (ada, rosa) = (house.account(Role::Staff).await, house.account(Role::Administrator).await);
        let staff = house.signed_in(Role::Staff).await;
        let path = format!("/sessions/{}/notes", day.session);
        let note = |by: Option<app::ids::AccountId>, text: &str| {
            let mut note = serde_json::json!({
                "id": app::ids::NoteId::new(), "at": now().timestamp_millis(), "kind": "observation", "text": text,
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

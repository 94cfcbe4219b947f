//! Webhooks through the router and against a tool that lives in the test: what arrives, how it is signed, what a refusal does.

use std::sync::{Arc, Mutex};

use app::access::account::Role;
use app::access::job::JobKind;
use app::db::Db;
use app::front::webhook::{Webhook, WebhookDeliveryState, act, store};
use app::kernel::clock::now;
use app::kernel::networks::AllowedNetworks;
use app::kernel::webhook_signature::SignatureHeaders;
use app::testing::each_db;
use app::testing::fixture;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use server::jobs::Runner;
use server::jobs::kind::{BackgroundJob, Context};
use server::jobs::webhook::CallWebhook;
use server::webhook_sender::WebhookSender;

use crate::test_app::{TestApp, submit};

type Taken = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A tool on this machine that keeps what it is told and answers as it is asked to.
async fn tool(answers: StatusCode) -> (String, Taken) {
    let taken = Taken::default();
    let kept = taken.clone();
    let app = axum::Router::new().route(
        "/room",
        post(move |headers: HeaderMap, body: Bytes| async move {
            kept.lock().expect("no test panicked before").push((headers, body));
            answers
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/room", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, taken)
}

/// This machine, where the tools of tests are.
const HERE: &str = "127.0.0.0/8,::1";

fn sender(db: &Db, networks: &str) -> WebhookSender {
    WebhookSender::new(db.clone(), "https://cap.example", AllowedNetworks::parse(networks).expect("networks")).expect("a sender")
}

/// Sends what is due, one after the other; tools in these networks may be called.
async fn send_due(db: &Db, networks: &str) {
    let sender = sender(db, networks);
    loop {
        let (db_of_job, job) = (db.clone(), CallWebhook(sender.clone()));
        let ended =
            app::access::job::work::one(db, JobKind::Webhook, |held| async move { job.run(Context { db: db_of_job, held }).await }).await;
        match ended.expect("read") {
            None => break,
            Some(ended) => assert!(ended.error.is_none(), "{:?}", ended.error),
        }
    }
}

/// Adds a webhook by its form; gives it as it is stored.
async fn add(app: &TestApp, url: &str, shape: &str) -> Webhook {
    let mut tx = app.db.begin().await.expect("tx");
    let programs = app::program::store::list(&mut tx).await.expect("programs");
    let program = match programs.first() {
        Some(program) => program.id,
        None => fixture::program(&mut tx, now()).await,
    };
    tx.commit().await.expect("commit");
    let staff = app.signed_in(Role::Staff).await;
    let id = program.to_string();
    let fields =
        [("act", "add"), ("program", id.as_str()), ("name", "Support channel"), ("url", url), ("shape", shape), ("triage.late", "yes")];
    let added = submit(&staff, "/webhooks", &fields).await;
    assert_eq!(added.status_code(), 303, "{}", added.text());
    let mut found = store::list(&mut app.db.read().await.expect("tx"), program).await.expect("webhooks");
    found.retain(|webhook| webhook.url == url);
    found.remove(0)
}

async fn test(app: &TestApp, webhook: &Webhook) {
    let staff = app.signed_in(Role::Staff).await;
    let key = webhook.id.to_string();
    assert_eq!(submit(&staff, "/webhooks", &[("act", "test"), ("key", &key)]).await.status_code(), 303);
}

async fn newest(db: &Db, webhook: &Webhook) -> app::front::webhook::WebhookDelivery {
    store::list_deliveries(&mut db.read().await.expect("tx"), webhook.id, 9).await.expect("deliveries").remove(0)
}

#[tokio::test]
async fn a_tool_checks_what_it_is_told_with_the_secret_that_the_page_shows() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (url, taken) = tool(StatusCode::NO_CONTENT).await;
        let webhook = add(&app, &url, "standard").await;
        let chat = add(&app, &url.replace("127.0.0.1", "localhost"), "chat").await;
        test(&app, &webhook).await;
        test(&app, &chat).await;
        send_due(&db, HERE).await;
        assert_eq!(newest(&db, &webhook).await.state, WebhookDeliveryState::Delivered);
        assert_eq!(newest(&db, &chat).await.error, None);

        let reported = taken.lock().expect("no panic").clone();
        assert_eq!(reported.len(), 2);
        let signed = |headers: &HeaderMap| headers.contains_key("webhook-signature");
        let (headers, body) = reported.iter().find(|(headers, _)| signed(headers)).expect("one is signed");
        let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let given = SignatureHeaders { id: get("webhook-id"), timestamp: get("webhook-timestamp"), signature: get("webhook-signature") };
        let secret = act::key(&db.read().await.expect("tx"), &webhook);
        secret.check(given, body, now()).expect("the signature fits");
        assert!(secret.check(given, b"{}", now()).is_err(), "and fits nothing else");
        let stated: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!((stated["type"].as_str(), stated["data"]["url"].as_str()), (Some("test"), Some("https://cap.example/webhooks")));

        let (_, body) = reported.iter().find(|(headers, _)| !signed(headers)).expect("one is chat");
        let stated: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(stated.as_object().expect("an object").len(), 1);
        assert!(
            stated["text"]
                .as_str()
                .is_some_and(|text| text.contains("This is a test message.") && text.ends_with("https://cap.example/webhooks"))
        );

        let page = app.signed_in(Role::Staff).await.get("/webhooks").await.text();
        assert!(page.contains(&secret.shown()) && page.contains("delivered"), "{page}");
        send_due(&db, HERE).await;
        assert_eq!(taken.lock().expect("no panic").len(), 2, "told once");
    })
    .await;
}

#[tokio::test]
async fn a_tool_that_fails_is_asked_again_and_one_that_is_gone_is_paused() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (down, asked) = tool(StatusCode::SERVICE_UNAVAILABLE).await;
        let webhook = add(&app, &down, "chat").await;
        test(&app, &webhook).await;
        send_due(&db, HERE).await;
        let waiting = newest(&db, &webhook).await;
        assert_eq!(
            (waiting.state, waiting.attempts, waiting.error.as_deref()),
            (WebhookDeliveryState::Waiting, 1, Some("The receiver answered 503."))
        );
        assert!(waiting.due_at > now(), "later");
        send_due(&db, HERE).await;
        assert_eq!(asked.lock().expect("no panic").len(), 1);
        let page = app.signed_in(Role::Staff).await.get("/webhooks").await.text();
        assert!(page.contains("failing") && page.contains("The receiver answered 503."), "{page}");

        let (gone, _) = tool(StatusCode::GONE).await;
        let webhook = add(&app, &gone, "chat").await;
        test(&app, &webhook).await;
        send_due(&db, HERE).await;
        assert_eq!(newest(&db, &webhook).await.state, WebhookDeliveryState::GivenUp);
        let staff = app.signed_in(Role::Staff).await;
        assert!(staff.get("/webhooks").await.text().contains("this address no longer exists"));
        assert!(staff.get("/").await.text().contains("webhook paused after errors"), "the start page says so");
        let key = webhook.id.to_string();
        assert_eq!(submit(&staff, "/webhooks", &[("act", "test"), ("key", &key)]).await.status_code(), 409, "not while it is paused");
        assert_eq!(submit(&staff, "/webhooks", &[("act", "resume"), ("key", &key)]).await.status_code(), 303);
        assert_eq!(submit(&staff, "/webhooks", &[("act", "remove"), ("key", &key), ("revision", "1")]).await.status_code(), 303);
        assert_eq!(submit(&staff, "/webhooks", &[("act", "pause"), ("key", &key)]).await.status_code(), 404);
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_the_server_knock_inside_its_network() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let (url, taken) = tool(StatusCode::OK).await;
        let webhook = add(&app, &url, "chat").await;
        test(&app, &webhook).await;
        send_due(&db, "10.0.0.0/8").await;
        let refused = newest(&db, &webhook).await;
        assert!(refused.error.is_some_and(|why| why.contains("not on the public internet")), "the address is looked at when it is called");
        assert!(taken.lock().expect("no panic").is_empty());

        // A redirect into the network is not followed, and a number in other clothes is still that number.
        let (moved, _) = tool(StatusCode::TEMPORARY_REDIRECT).await;
        let webhook = add(&app, &moved, "chat").await;
        test(&app, &webhook).await;
        send_due(&db, HERE).await;
        assert!(newest(&db, &webhook).await.error.is_some_and(|why| why.contains("it has moved")));
        for disguised in ["https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/", "https://localhost/"] {
            let mut tx = db.begin().await.expect("tx");
            let inside = Webhook { url: disguised.into(), ..webhook.clone() };
            store::update(&mut tx, &inside).await.expect("changed behind the form");
            tx.commit().await.expect("commit");
            test(&app, &webhook).await;
            send_due(&db, "10.0.0.0/8").await;
            let why = newest(&db, &webhook).await.error.expect("refused");
            assert!(why.contains("not on the public internet"), "{disguised}: {why}");
            assert!(!why.contains(disguised), "the address is a secret");
        }

        let staff = app.signed_in(Role::Staff).await;
        let program = webhook.program_id.to_string();
        let bad = [("act", "add"), ("program", program.as_str()), ("name", "Mine"), ("url", "ftp://a.example"), ("shape", "chat")];
        let bad = submit(&staff, "/webhooks", &bad).await;
        assert_eq!(bad.status_code(), 422);
        let text = bad.text();
        assert!(
            text.contains("Enter a full web address") && text.contains("at least one event") && text.contains("ftp://a.example"),
            "{text}"
        );
        assert_eq!(app.signed_in(Role::Moderator).await.get("/webhooks").await.status_code(), 403);
    })
    .await;
}

#[tokio::test]
async fn a_tool_that_does_not_answer_delays_no_other() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        // It takes connections and never answers.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let stuck = add(&app, &format!("http://{}/room", silent.local_addr().expect("an address")), "chat").await;
        let (url, taken) = tool(StatusCode::NO_CONTENT).await;
        let quick = add(&app, &url, "chat").await;
        for webhook in [&stuck, &stuck, &stuck, &quick, &quick] {
            test(&app, webhook).await;
        }
        let running = Runner::new(db.clone()).with(CallWebhook(sender(&db, HERE))).start(tokio_util::sync::CancellationToken::new());
        let delivered = tokio::time::timeout(std::time::Duration::from_secs(60), async {
            while !store::list_waiting(&mut db.read().await.expect("tx"), quick.id).await.expect("deliveries").is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        delivered.await.expect("the quick one is told");
        assert_eq!(taken.lock().expect("no panic").len(), 2);
        let waiting = store::list_waiting(&mut db.read().await.expect("tx"), stuck.id).await.expect("deliveries");
        assert_eq!(waiting.len(), 3, "while the other has not answered its first one");
        assert!(waiting.iter().all(|delivery| delivery.attempts == 0));
        running.end(std::time::Duration::from_millis(10)).await;
    })
    .await;
}

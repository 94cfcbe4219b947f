//! Tools that push: signed, fresh, once, and read as every import is.

use app::access::account::{Actor, Role};
use app::db::Db;
use app::kernel::clock::{Time, now};
use app::kernel::ids::InboundIntegrationId;
use app::kernel::webhook_signature::SigningKey;
use app::listening::import::batch::work::work;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::inbound::{act, store};
use app::listening::mention::store::{MentionSearch, count};
use app::privacy::opt_out;
use app::program;
use app::testing::{each_db, fixture};
use axum_test::{TestResponse, TestServer};
use chrono::Duration;
use serde_json::{Value, json};

use crate::test_app::{SYSTEM, TestApp, submit};

/// A connected tool, and what it needs to push.
struct Tool {
    integration: InboundIntegrationId,
    key: SigningKey,
    browser: TestServer,
}

impl Tool {
    async fn connect(app: &TestApp) -> Self {
        let mut tx = app.db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let integration = act::open(&mut tx, &SYSTEM, now(), program, "Listener").await.expect("an integration");
        let found = store::find(&mut tx, integration).await.expect("read").expect("the integration");
        let key = act::key(&tx, &found);
        tx.commit().await.expect("commit");
        Self { integration, key, browser: app.browser() }
    }

    async fn push(&self, id: &str, at: Time, body: &str) -> TestResponse {
        self.send(id, at, &self.key.sign(id, at, body.as_bytes()), body).await
    }

    async fn send(&self, id: &str, at: Time, signature: &str, body: &str) -> TestResponse {
        self.send_to("/inbound/mentions", id, at, signature, body).await
    }

    async fn send_to(&self, path: &str, id: &str, at: Time, signature: &str, body: &str) -> TestResponse {
        let request = self.browser.post(&format!("{path}?feed={}", self.integration)).text(body.to_owned());
        request
            .add_header("webhook-id", id)
            .add_header("webhook-timestamp", at.timestamp().to_string())
            .add_header("webhook-signature", signature)
            .await
    }
}

fn mentions(numbers: std::ops::Range<i64>) -> String {
    let mention = |number: i64| {
        json!({ "id": (7_000_000 + number).to_string(), "date": "2026-01-31T10:00:00Z", "author": format!("voice_{number}"),
            "text": format!("The hinge of laptop number {number} broke again"), "language": "en" })
    };
    json!({ "mentions": numbers.map(mention).collect::<Vec<Value>>() }).to_string()
}

async fn all(db: &Db) -> i64 {
    while work(db, &std::env::temp_dir()).await.expect("worked") {}
    let mut tx = db.read().await.expect("tx");
    let program = program::store::list(&mut tx).await.expect("programs")[0].id;
    count(&mut tx, &MentionSearch { program: Some(program), ..MentionSearch::default() }).await.expect("a count")
}

#[tokio::test]
async fn a_delivery_is_taken_once_and_becomes_an_import() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let tool = Tool::connect(&app).await;
        let at = now();
        let first = tool.push("d1", at, &mentions(0..5)).await;
        assert_eq!(first.status_code(), 202);
        let run = first.json::<Value>()["import"].clone();
        let again = tool.push("d1", at, &mentions(0..5)).await;
        assert_eq!((again.status_code().as_u16(), again.json::<Value>()), (200, json!({ "import": run, "again": true })));
        assert_eq!(tool.push("d2", at, &mentions(3..8)).await.status_code(), 202);
        assert_eq!(all(&db).await, 8, "what two deliveries share is there once");

        // One object a line, and a single object, are as good as a list.
        let line = r#"{"id":"1","date":"2026-02-01","author":"ada","text":"A single word about the dock"}"#;
        assert_eq!(tool.push("d3", at, line).await.status_code(), 202);
        assert_eq!(all(&db).await, 9);

        // At the address that tools were given by the release before.
        let line = r#"{"id":"2","date":"2026-02-01","author":"ada","text":"Another word about the dock"}"#;
        let signature = tool.key.sign("d4", at, line.as_bytes());
        assert_eq!(tool.send_to("/hooks/mentions", "d4", at, &signature, line).await.status_code(), 202);
        assert_eq!(all(&db).await, 10);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_signed_old_or_no_list_of_posts_is_refused_and_counted() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let tool = Tool::connect(&app).await;
        let (at, body) = (now(), mentions(0..2));
        let signed = tool.key.sign("d1", at, body.as_bytes());
        assert_eq!(tool.send("d1", at, "", &body).await.status_code(), 401);
        assert_eq!(tool.send("d2", at, &signed, &body).await.status_code(), 401, "a signature holds for its delivery only");
        assert_eq!(tool.send("d1", at, &signed, &mentions(0..3)).await.status_code(), 401, "and for its mentions");
        let old = tool.push("d1", at - Duration::minutes(6), &body).await;
        assert_eq!(old.status_code(), 401);
        assert!(old.json::<Value>()["error"].as_str().is_some_and(|why| why.contains("6 minutes old")), "{}", old.text());
        assert_eq!(tool.push("d1", at, "<html>Sorry</html>").await.status_code(), 422);
        assert_eq!(tool.push("d1", at, "[]").await.status_code(), 422);
        assert_eq!(tool.push("d1", at, r#"[{"nothing":"known"},{"nothing":"at all"}]"#).await.status_code(), 422);
        let nobody = tool.browser.post("/inbound/mentions?feed=01890a5d-ac96-774b-bcce-b302099a8057").text("[]").await;
        assert_eq!(nobody.status_code(), 404);
        assert_eq!(tool.browser.post("/inbound/mentions").text("[]").await.status_code(), 404);

        let staff = app.signed_in(Role::Staff).await;
        let page = staff.get("/inbound").await.text();
        assert!(page.contains("7 deliveries rejected") && page.contains(&tool.key.shown()), "{page}");
        assert_eq!(submit(&staff, "/inbound", &[("act", "renew"), ("key", &tool.integration.to_string())]).await.status_code(), 303);
        assert_eq!(tool.push("d1", at, &body).await.status_code(), 401, "the old secret is worthless");
        assert_eq!(submit(&staff, "/inbound", &[("act", "close"), ("key", &tool.integration.to_string())]).await.status_code(), 303);
        assert_eq!(tool.push("d1", at, &body).await.status_code(), 404);
        assert_eq!(all(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_author_who_opted_out_is_kept_out_of_inbound_integrations_too() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let tool = Tool::connect(&app).await;
        assert_eq!(tool.push("d1", now(), &mentions(0..2)).await.status_code(), 202);
        assert_eq!(all(&db).await, 2);
        let mut tx = db.read().await.expect("tx");
        let network = app::listening::mention::store::list(&mut tx, &MentionSearch::default(), 1, 0)
            .await
            .expect("mentions")
            .remove(0)
            .mention
            .network;
        drop(tx);
        let mut tx = db.begin().await.expect("tx");
        opt_out::act::opt_out(&mut tx, &SYSTEM, now(), &network, "voice_0").await.expect("an opt-out");
        tx.commit().await.expect("commit");
        assert_eq!(all(&db).await, 1);
        assert_eq!(tool.push("d2", now(), &mentions(0..2)).await.status_code(), 202);
        assert_eq!(all(&db).await, 1, "the opt-out holds for what is pushed");
        let file = std::env::temp_dir().join(format!("weheard-hook-{}.json", tool.integration));
        std::fs::write(&file, mentions(0..2).trim_start_matches("{\"mentions\":").trim_end_matches('}')).expect("a file");
        import_file(&db, &Actor::System("test"), &file, ImportOptions::default()).await.expect("imported");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(all(&db).await, 1, "and for files");
    })
    .await;
}

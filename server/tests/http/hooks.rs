//! Tools that push: signed, fresh, once, and through the same door as every import.

use app::account::{Actor, Role};
use app::clock::{Time, now};
use app::db::Db;
use app::feed::sign::Key;
use app::feed::{act, store};
use app::ids::FeedId;
use app::import::act::{Options, import_file};
use app::import::work::work;
use app::mention::store::{Search, count};
use app::testing::{each_db, fixture};
use app::{program, retention};
use axum_test::{TestResponse, TestServer};
use chrono::Duration;
use serde_json::{Value, json};

use crate::house::{House, SYSTEM, submit};

/// A connected tool, and what it needs to push.
struct Tool {
    feed: FeedId,
    key: Key,
    browser: TestServer,
}

impl Tool {
    async fn connect(house: &House) -> Self {
        let mut tx = house.db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        let feed = act::open(&mut tx, &SYSTEM, now(), program, "Listener").await.expect("a feed");
        let found = store::find(&mut tx, feed).await.expect("read").expect("the feed");
        let key = act::key(&tx, &found);
        tx.commit().await.expect("commit");
        Self { feed, key, browser: house.browser() }
    }

    async fn push(&self, id: &str, at: Time, body: &str) -> TestResponse {
        self.send(id, at, &self.key.sign(id, at, body.as_bytes()), body).await
    }

    async fn send(&self, id: &str, at: Time, signature: &str, body: &str) -> TestResponse {
        let request = self.browser.post(&format!("/hooks/mentions?feed={}", self.feed)).text(body.to_owned());
        request
            .add_header("webhook-id", id)
            .add_header("webhook-timestamp", at.timestamp().to_string())
            .add_header("webhook-signature", signature)
            .await
    }
}

fn posts(numbers: std::ops::Range<i64>) -> String {
    let post = |number: i64| {
        json!({ "id": (7_000_000 + number).to_string(), "date": "2026-01-31T10:00:00Z", "author": format!("voice_{number}"),
            "text": format!("The hinge of laptop number {number} broke again"), "language": "en" })
    };
    json!({ "mentions": numbers.map(post).collect::<Vec<Value>>() }).to_string()
}

async fn all(db: &Db) -> i64 {
    while work(db, &std::env::temp_dir()).await.expect("worked") {}
    let mut tx = db.read().await.expect("tx");
    let program = program::store::list(&mut tx).await.expect("programs")[0].id;
    count(&mut tx, &Search { program: Some(program), ..Search::default() }).await.expect("a count")
}

#[tokio::test]
async fn a_delivery_is_taken_once_and_becomes_an_import() {
    each_db(|db| async move {
        let house = House::over(db.clone());
        let tool = Tool::connect(&house).await;
        let at = now();
        let first = tool.push("d1", at, &posts(0..5)).await;
        assert_eq!(first.status_code(), 202);
        let run = first.json::<Value>()["import"].clone();
        let again = tool.push("d1", at, &posts(0..5)).await;
        assert_eq!((again.status_code().as_u16(), again.json::<Value>()), (200, json!({ "import": run, "again": true })));
        assert_eq!(tool.push("d2", at, &posts(3..8)).await.status_code(), 202);
        assert_eq!(all(&db).await, 8, "what two deliveries share is there once");

        // One object a line, and a single object, are as good as a list.
        let line = r#"{"id":"1","date":"2026-02-01","author":"ada","text":"A single word about the dock"}"#;
        assert_eq!(tool.push("d3", at, line).await.status_code(), 202);
        assert_eq!(all(&db).await, 9);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_signed_old_or_no_list_of_posts_is_refused_and_counted() {
    each_db(|db| async move {
        let house = House::over(db.clone());
        let tool = Tool::connect(&house).await;
        let (at, body) = (now(), posts(0..2));
        let signed = tool.key.sign("d1", at, body.as_bytes());
        assert_eq!(tool.send("d1", at, "", &body).await.status_code(), 401);
        assert_eq!(tool.send("d2", at, &signed, &body).await.status_code(), 401, "a signature holds for its delivery only");
        assert_eq!(tool.send("d1", at, &signed, &posts(0..3)).await.status_code(), 401, "and for its posts");
        let old = tool.push("d1", at - Duration::minutes(6), &body).await;
        assert_eq!(old.status_code(), 401);
        assert!(old.json::<Value>()["error"].as_str().is_some_and(|why| why.contains("6 minutes old")), "{}", old.text());
        assert_eq!(tool.push("d1", at, "<html>Sorry</html>").await.status_code(), 422);
        assert_eq!(tool.push("d1", at, "[]").await.status_code(), 422);
        assert_eq!(tool.push("d1", at, r#"[{"nothing":"known"},{"nothing":"at all"}]"#).await.status_code(), 422);
        let nobody = tool.browser.post("/hooks/mentions?feed=01890a5d-ac96-774b-bcce-b302099a8057").text("[]").await;
        assert_eq!(nobody.status_code(), 404);
        assert_eq!(tool.browser.post("/hooks/mentions").text("[]").await.status_code(), 404);

        let staff = house.signed_in(Role::Staff).await;
        let page = staff.get("/feeds").await.text();
        assert!(page.contains("7 deliveries were refused") && page.contains(&tool.key.shown()), "{page}");
        assert_eq!(submit(&staff, "/feeds", &[("act", "renew"), ("key", &tool.feed.to_string())]).await.status_code(), 303);
        assert_eq!(tool.push("d1", at, &body).await.status_code(), 401, "the old secret is worthless");
        assert_eq!(submit(&staff, "/feeds", &[("act", "close"), ("key", &tool.feed.to_string())]).await.status_code(), 303);
        assert_eq!(tool.push("d1", at, &body).await.status_code(), 404);
        assert_eq!(all(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_voice_that_objected_is_not_heard_through_a_feed_either() {
    each_db(|db| async move {
        let house = House::over(db.clone());
        let tool = Tool::connect(&house).await;
        assert_eq!(tool.push("d1", now(), &posts(0..2)).await.status_code(), 202);
        assert_eq!(all(&db).await, 2);
        let mut tx = db.read().await.expect("tx");
        let network = app::mention::store::list(&mut tx, &Search::default(), 1, 0).await.expect("posts").remove(0).mention.network;
        drop(tx);
        let mut tx = db.begin().await.expect("tx");
        retention::act::object(&mut tx, &SYSTEM, now(), &network, "voice_0").await.expect("an objection");
        tx.commit().await.expect("commit");
        assert_eq!(all(&db).await, 1);
        assert_eq!(tool.push("d2", now(), &posts(0..2)).await.status_code(), 202);
        assert_eq!(all(&db).await, 1, "the objection holds for what is pushed");
        let file = std::env::temp_dir().join(format!("weheard-hook-{}.json", tool.feed));
        std::fs::write(&file, posts(0..2).trim_start_matches("{\"mentions\":").trim_end_matches('}')).expect("a file");
        import_file(&db, &Actor::System("test"), &file, Options::default()).await.expect("imported");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(all(&db).await, 1, "and for files");
    })
    .await;
}

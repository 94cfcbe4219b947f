//! Small versions of what `make faults` does at length: the database goes away, many want the last seat.

use app::access::account::Role;
use app::testing::each_db;
use serde_json::json;

use crate::test_app::TestApp;

#[tokio::test]
async fn a_database_that_is_gone_is_said_with_a_time_to_come_back() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let staff = app.signed_in(Role::Staff).await;
        let day = app.day(None).await;
        let notes = format!("/sessions/{}/notes", day.session);
        staff.get(&notes).await.assert_status_ok();
        db.close().await;
        let note = json!([{ "id": uuid::Uuid::now_v7(), "at": 0, "kind": "quote", "text": "Who decides?", "speaker": "" }]);
        for answer in [staff.get(&notes).await, staff.get("/heard").await, staff.post(&notes).json(&note).await] {
            assert_eq!(answer.status_code(), 503, "{}", answer.text());
            assert_eq!(answer.header("retry-after"), "2");
        }
    })
    .await;
}

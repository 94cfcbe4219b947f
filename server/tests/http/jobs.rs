//! The page of jobs, as an administrator uses it.

use app::access::account::Role;
use app::access::job::act::{JobRequest, enqueue, lease, record_outcome};
use app::access::job::rules::JobTerms;
use app::access::job::{Job, JobKind, JobState, store};
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::error::Error;
use app::testing::each_db;

use crate::test_app::{SYSTEM, TestApp, submit};

const TOPICS: JobTerms = JobTerms::of(JobKind::Topics);

async fn ask(db: &Db, key: &str) {
    let mut tx = db.begin().await.expect("tx");
    enqueue(&mut tx, &SYSTEM, now(), JobRequest::new(JobKind::Topics, key)).await.expect("asked");
    tx.commit().await.expect("commit");
}

async fn job(db: &Db, key: &str) -> Job {
    store::find_unfinished(&mut db.read().await.expect("tx"), JobKind::Topics, key).await.expect("read").expect("a job")
}

#[tokio::test]
async fn an_administrator_sees_what_failed_and_why_and_retries_or_cancels_it() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let admin = app.signed_in(Role::Administrator).await;
        let empty = admin.get("/jobs").await.text();
        assert!(empty.contains("No jobs") && empty.contains("Data retention"));

        ask(&db, "dell").await;
        let held = lease(&db, &TOPICS, now()).await.expect("leased").expect("a job");
        let mut tx = db.begin().await.expect("tx");
        record_outcome(&mut tx, &TOPICS, &held, now(), Err(&Error::conflict("This pattern is too large."))).await.expect("settled");
        tx.commit().await.expect("commit");
        let listed = admin.get("/jobs").await.text();
        assert!(listed.contains("Failed jobs") && listed.contains("This pattern is too large.") && listed.contains("Retry"), "{listed}");
        assert!(!admin.get("/jobs?state=waiting").await.text().contains("This pattern is too large."));

        let id = held.job.id.to_string();
        assert_eq!(submit(&admin, "/jobs", &[("act", "retry"), ("key", &id)]).await.status_code(), 303);
        assert_eq!(job(&db, "dell").await.state, JobState::Waiting);
        let running = lease(&db, &TOPICS, now()).await.expect("leased").expect("it runs again");
        let page = admin.get("/jobs").await.text();
        assert!(page.contains("Running jobs") && page.contains("Cancel"));
        assert_eq!(submit(&admin, "/jobs", &[("act", "retry"), ("key", &id)]).await.status_code(), 409, "it is running");
        assert_eq!(submit(&admin, "/jobs", &[("act", "cancel"), ("key", &id)]).await.status_code(), 303);
        assert!(job(&db, "dell").await.cancel_asked_at.is_some());
        assert!(admin.get("/jobs").await.text().contains("cancelling"));
        drop(running);

        let staff = app.signed_in(Role::Staff).await;
        assert_eq!(staff.get("/jobs").await.status_code(), 403);
        assert_eq!(submit(&staff, "/jobs", &[("act", "cancel"), ("key", &id)]).await.status_code(), 403);
        assert!(!staff.get("/outbox").await.text().contains("href=\"/jobs\""), "and it is not in their menu");
    })
    .await;
}

//! Jobs that come back at their time.

use super::*;

#[tokio::test]
async fn what_recurs_is_entered_once_and_waits_for_its_next_time() {
    each_db(|db| async move {
        let (at, terms) = (now(), JobTerms::of(JobKind::Retention));
        for _ in 0..2 {
            db.write(|tx, _| Box::pin(act::schedule(tx, at, &[JobKind::Retention]))).await.expect("entered");
        }
        let held = act::lease(&db, &terms, at).await.expect("leased").expect("at once after the first start");
        assert!(act::lease(&db, &terms, at).await.expect("looked").is_none());
        let mut tx = db.begin().await.expect("tx");
        act::record_outcome(&mut tx, &terms, &held, at, Ok(JobOutcome::Finished)).await.expect("settled");
        tx.commit().await.expect("committed");
        assert!(act::lease(&db, &terms, at + Duration::minutes(59)).await.expect("looked").is_none());
        let next = act::lease(&db, &terms, at + Duration::minutes(61)).await.expect("leased").expect("an hour later");
        assert_eq!((next.job.id, next.job.attempts), (held.job.id, 1));
    })
    .await;
}

#[tokio::test]
async fn what_recurs_and_is_cancelled_after_its_worker_died_runs_at_its_next_time() {
    each_db(|db| async move {
        let (at, admin, terms) = (now(), someone(Role::Administrator), JobTerms::of(JobKind::Retention));
        db.write(|tx, _| Box::pin(act::schedule(tx, at, &[JobKind::Retention]))).await.expect("entered");
        let dead = act::lease(&db, &terms, at).await.expect("leased").expect("a job").job.id;
        let later = at + Duration::seconds(LEASE_SECONDS + 1);
        db.write(|tx, _| Box::pin(act::cancel(tx, &admin, later, dead))).await.expect("cancelled");
        assert!(act::lease(&db, &terms, later + Duration::minutes(59)).await.expect("looked").is_none());
        let next = act::lease(&db, &terms, later + Duration::minutes(60)).await.expect("leased").expect("an hour later");
        assert_eq!((next.job.id, next.job.attempts), (dead, 1));
    })
    .await;
}

#[tokio::test]
async fn what_recurs_and_was_cancelled_runs_again_after_the_next_start() {
    each_db(|db| async move {
        let (at, terms) = (now(), JobTerms::of(JobKind::Retention));
        db.write(|tx, _| Box::pin(act::schedule(tx, at, &[JobKind::Retention]))).await.expect("entered");
        let id = store::list(&mut db.read().await.expect("tx"), JobState::Waiting, 1).await.expect("listed").remove(0).id;
        assert!(db.write(|tx, _| Box::pin(store::cancel(tx, id, at))).await.expect("cancelled"));
        db.write(|tx, _| Box::pin(act::schedule(tx, at, &[JobKind::Retention]))).await.expect("entered");
        assert_eq!(act::lease(&db, &terms, at).await.expect("leased").expect("a job").job.id, id);
    })
    .await;
}

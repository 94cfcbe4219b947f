//! Jobs on both databases: who gets one, who loses it, and what becomes of it.

mod recurring;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use serde_json::json;

use super::act::{self, JobRequest};
use super::rules::{JobTerms, LEASE_SECONDS};
use super::{Job, JobKind, JobLease, JobOutcome, JobState, store, work};
use crate::access::account::{Actor, Role};
use crate::db::Db;
use crate::kernel::clock::{Time, now};
use crate::kernel::error::Error;
use crate::kernel::ids::AccountId;
use crate::testing::each_db;

const SYSTEM: Actor = Actor::System("test");
const TOPICS: JobTerms = JobTerms::of(JobKind::Topics);

async fn ask(db: &Db, at: Time, ask: JobRequest) {
    let mut tx = db.begin().await.expect("tx");
    act::enqueue(&mut tx, &SYSTEM, at, ask).await.expect("asked");
    tx.commit().await.expect("committed");
}

async fn anew(db: &Db, at: Time, ask: JobRequest) {
    let mut tx = db.begin().await.expect("tx");
    act::restart(&mut tx, &SYSTEM, at, ask).await.expect("asked");
    tx.commit().await.expect("committed");
}

async fn take(db: &Db, at: Time) -> Option<JobLease> {
    act::lease(db, &TOPICS, at).await.expect("leased")
}

async fn job(db: &Db, key: &str) -> Job {
    store::find_unfinished(&mut db.read().await.expect("tx"), JobKind::Topics, key).await.expect("read").expect("a job")
}

/// One batch of work: how far it came is saved, if it may be.
async fn batch(db: &Db, held: &mut JobLease, at: Time) -> bool {
    held.job.done += 10;
    held.set_position(&held.job.done.clone());
    let mut tx = db.begin().await.expect("tx");
    crate::db::setting::update(&mut tx, "batch", &held.job.done.to_string()).await.expect("written");
    let on = act::progress(&mut tx, held, at).await.expect("noted");
    if on {
        tx.commit().await.expect("committed");
    }
    on
}

async fn written(db: &Db) -> Option<String> {
    crate::db::setting::find(&mut db.read().await.expect("tx"), "batch").await.expect("read")
}

fn someone(role: Role) -> Actor {
    Actor::Account { id: AccountId::new(), role, unit: None, name: "Ada".into() }
}

#[tokio::test]
async fn asking_twice_is_one_job_and_asking_again_after_its_end_is_another() {
    each_db(|db| async move {
        let at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell").with(json!({ "first": true }))).await;
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell").with(json!({ "first": false }))).await;
        ask(&db, at, JobRequest::new(JobKind::Topics, "hp")).await;
        let first = take(&db, at).await.expect("a job");
        assert_eq!((first.job.key.as_str(), &first.job.payload), ("dell", &json!({ "first": true })));
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        assert_eq!(take(&db, at).await.expect("a job").job.key, "hp");
        assert!(take(&db, at).await.is_none(), "a job that runs is not taken again");
        let mut tx = db.begin().await.expect("tx");
        assert!(act::finish(&mut tx, &first, at).await.expect("finished"));
        tx.commit().await.expect("committed");
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        assert_eq!(take(&db, at).await.expect("a job").job.key, "dell");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_asked_for_anew_while_it_runs_begins_anew_and_the_old_batch_is_dropped() {
    each_db(|db| async move {
        let at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        let mut old = take(&db, at).await.expect("a job");
        assert!(batch(&db, &mut old, at).await);
        anew(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        assert!(!batch(&db, &mut old, at).await, "the old worker may not go on");
        assert!(old.is_stopping());
        assert_eq!(written(&db).await.as_deref(), Some("10"));
        let new = take(&db, at).await.expect("it begins anew");
        assert_eq!((new.job.done, new.position::<i64>()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_dead_workers_job_goes_on_with_the_next_one_after_its_lease() {
    each_db(|db| async move {
        let at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        let mut dead = take(&db, at).await.expect("a job");
        assert!(batch(&db, &mut dead, at).await);
        let later = at + Duration::seconds(LEASE_SECONDS + 1);
        assert!(take(&db, later - Duration::seconds(2)).await.is_none(), "not while its lease runs");
        let mut next = take(&db, later).await.expect("it is taken over");
        assert_eq!((next.job.done, next.position::<i64>(), next.job.attempts), (10, 10, 2));
        assert!(!batch(&db, &mut dead, later).await, "the first one was only slow, but it lost the job");
        assert!(!act::heartbeat(&db, &dead, later).await.expect("asked"));
        assert_eq!(written(&db).await.as_deref(), Some("10"));
        assert!(batch(&db, &mut next, later).await);
        assert_eq!(written(&db).await.as_deref(), Some("20"));
    })
    .await;
}

#[tokio::test]
async fn a_sign_of_life_holds_a_job_on() {
    each_db(|db| async move {
        let at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        let held = take(&db, at).await.expect("a job");
        let later = at + Duration::seconds(LEASE_SECONDS - 1);
        assert!(act::heartbeat(&db, &held, later).await.expect("held on"));
        assert!(take(&db, at + Duration::seconds(LEASE_SECONDS + 1)).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn cancelling_stops_a_job_between_two_batches() {
    each_db(|db| async move {
        let (at, admin, staff) = (now(), someone(Role::Administrator), someone(Role::Staff));
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        let mut held = take(&db, at).await.expect("a job");
        assert!(batch(&db, &mut held, at).await);
        let id = held.job.id;
        let why = db.write(|tx, _| Box::pin(act::cancel(tx, &staff, at, id))).await;
        assert!(matches!(why, Err(Error::Forbidden)));
        db.write(|tx, _| Box::pin(act::cancel(tx, &admin, at, id))).await.expect("cancelled");
        assert_eq!(job(&db, "dell").await.state, JobState::Running, "until its worker stops");
        assert!(!batch(&db, &mut held, at).await);
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(
            act::record_outcome(&mut tx, &TOPICS, &held, at, Ok(JobOutcome::Stopped)).await.expect("settled"),
            Some(JobState::Cancelled)
        );
        tx.commit().await.expect("committed");
        assert_eq!(written(&db).await.as_deref(), Some("10"));
        assert!(take(&db, at + Duration::days(1)).await.is_none());
        let again = db.write(|tx, _| Box::pin(act::cancel(tx, &admin, at, id))).await;
        assert!(matches!(again, Err(Error::Conflict(_))));

        db.write(|tx, _| Box::pin(act::retry(tx, &admin, at, id))).await.expect("goes on");
        assert_eq!(take(&db, at).await.expect("a job").position::<i64>(), 10, "from where it stopped");
    })
    .await;
}

#[tokio::test]
async fn cancelling_ends_a_job_that_waits_or_whose_worker_is_dead_at_once() {
    each_db(|db| async move {
        let (at, admin) = (now(), someone(Role::Administrator));
        for key in ["waits", "dead"] {
            ask(&db, at, JobRequest::new(JobKind::Topics, key)).await;
        }
        assert_eq!(take(&db, at).await.expect("a job").job.key, "waits");
        let later = at + Duration::seconds(LEASE_SECONDS + 1);
        for key in ["waits", "dead"] {
            let id = job(&db, key).await.id;
            db.write(|tx, _| Box::pin(act::cancel(tx, &admin, later, id))).await.expect("cancelled");
            assert_eq!(job(&db, key).await.state, JobState::Cancelled);
        }
        assert!(take(&db, later).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn several_processes_never_take_one_job_twice() {
    each_db(|db| async move {
        let at = now();
        for number in 0..40 {
            ask(&db, at, JobRequest::new(JobKind::Topics, number)).await;
        }
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut taken = Vec::new();
                    // None is found too where others are taking what was looked at.
                    let mut idle = 0;
                    while idle < 5 {
                        match take(&db, at).await {
                            Some(held) => taken.push(held.job.key),
                            None => idle += 1,
                        }
                    }
                    taken
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.expect("ended"));
        }
        while let Some(left) = take(&db, at).await {
            all.push(left.job.key);
        }
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 40);
        assert_eq!(all.len(), 40, "each of them once");
    })
    .await;
}

#[tokio::test]
async fn jobs_of_one_lane_take_turns_and_delay_no_other() {
    each_db(|db| async move {
        let at = now();
        for number in 0..3 {
            ask(&db, at + Duration::seconds(number), JobRequest::new(JobKind::Topics, format!("slow {number}")).in_lane("slow.example"))
                .await;
        }
        ask(&db, at + Duration::seconds(10), JobRequest::new(JobKind::Topics, "other").in_lane("other.example")).await;
        let later = at + Duration::seconds(20);
        assert_eq!(take(&db, later).await.expect("a job").job.key, "slow 0");
        assert_eq!(take(&db, later).await.expect("a job").job.key, "other");
        assert!(take(&db, later).await.is_none(), "the lane is busy");
        let two = JobTerms { per_lane: 2, ..TOPICS };
        assert_eq!(act::lease(&db, &two, later).await.expect("leased").expect("a job").job.key, "slow 1");
    })
    .await;
}

#[tokio::test]
async fn workers_that_ask_at_the_same_moment_take_no_more_of_a_lane_than_it_has_room_for() {
    each_db(|db| async move {
        let at = now();
        for round in 0..10 {
            let lane = format!("{round}.example");
            for number in 0..8 {
                ask(&db, at, JobRequest::new(JobKind::Topics, format!("{number} of {round}")).in_lane(&lane)).await;
            }
            let workers: Vec<_> = (0..8)
                .map(|_| {
                    tokio::spawn({
                        let db = db.clone();
                        async move { take(&db, at).await }
                    })
                })
                .collect();
            let mut taken = 0;
            for worker in workers {
                taken += usize::from(worker.await.expect("ended").is_some());
            }
            assert_eq!(taken, 1, "{lane}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_later_and_in_the_end_waits_for_an_administrator() {
    each_db(|db| async move {
        let (at, terms, tried) = (now(), JobTerms { max_attempts: 2, ..TOPICS }, Arc::new(AtomicUsize::new(0)));
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        let mut states = Vec::new();
        let mut ahead = at;
        for _ in 0..2 {
            let held = act::lease(&db, &terms, ahead).await.expect("leased").expect("a job");
            let tried = tried.clone();
            let ended = work::carry_out(&db, &terms, &held, async move {
                tried.fetch_add(1, Ordering::Relaxed);
                panic!("no such topic")
            })
            .await
            .expect("recorded");
            states.push(ended.state);
            ahead += Duration::hours(2);
        }
        assert_eq!((states, tried.load(Ordering::Relaxed)), (vec![Some(JobState::Waiting), Some(JobState::Failed)], 2));
        let failed = job(&db, "dell").await;
        assert_eq!(failed.error.map(|why| why.to_string()).as_deref(), Some("Internal error: The job crashed: no such topic"));
        assert!(act::lease(&db, &terms, ahead).await.expect("looked").is_none());

        let (admin, staff) = (someone(Role::Administrator), someone(Role::Staff));
        let staff = db.write(|tx, _| Box::pin(act::retry(tx, &staff, ahead, failed.id))).await;
        assert!(matches!(staff, Err(Error::Forbidden)));
        db.write(|tx, _| Box::pin(act::retry(tx, &admin, ahead, failed.id))).await.expect("retried");
        let again = act::lease(&db, &terms, ahead).await.expect("leased").expect("it runs again");
        assert_eq!((again.job.attempts, again.job.error), (1, None));
        let running = db.write(|tx, _| Box::pin(act::retry(tx, &admin, ahead, failed.id))).await;
        assert!(matches!(running, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    each_db(|db| async move {
        let terms = JobTerms { max_attempts: 2, ..TOPICS };
        let mut at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        for _ in 0..2 {
            assert!(act::lease(&db, &terms, at).await.expect("leased").is_some());
            at += Duration::seconds(LEASE_SECONDS + 1);
        }
        let held = act::lease(&db, &terms, at).await.expect("leased").expect("once more");
        let ended = work::carry_out(&db, &terms, &held, async { panic!("it would kill this one too") }).await.expect("recorded");
        assert_eq!(ended.state, Some(JobState::Failed));
        assert_eq!(
            job(&db, "dell").await.error.map(|why| why.to_string()).as_deref(),
            Some("Internal error: The worker stopped unexpectedly 2 times.")
        );
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_gets_on_is_not_given_up_however_often_it_dies() {
    each_db(|db| async move {
        let terms = JobTerms { max_attempts: 2, ..TOPICS };
        let mut at = now();
        ask(&db, at, JobRequest::new(JobKind::Topics, "dell")).await;
        for _ in 0..5 {
            let mut held = act::lease(&db, &terms, at).await.expect("leased").expect("a job");
            assert!(batch(&db, &mut held, at).await);
            at += Duration::seconds(LEASE_SECONDS + 1);
        }
        assert_eq!(job(&db, "dell").await.done, 50);
    })
    .await;
}

#[tokio::test]
async fn work_that_takes_too_long_is_stopped_and_counts_as_failed() {
    each_db(|db| async move {
        let terms = JobTerms { timeout: std::time::Duration::from_millis(20), ..TOPICS };
        ask(&db, now(), JobRequest::new(JobKind::Topics, "dell")).await;
        let held = act::lease(&db, &terms, now()).await.expect("leased").expect("a job");
        let ended = work::carry_out(&db, &terms, &held, std::future::pending()).await.expect("recorded");
        assert_eq!(ended.state, Some(JobState::Waiting));
        assert!(job(&db, "dell").await.error.expect("why").to_string().contains("the limit for this job"));
    })
    .await;
}

#[tokio::test]
async fn finished_and_cancelled_jobs_are_forgotten_after_their_time_and_failed_ones_are_not() {
    each_db(|db| async move {
        let (at, admin) = (now(), someone(Role::Administrator));
        for key in ["finished", "cancelled", "failed", "waiting"] {
            ask(&db, at, JobRequest::new(JobKind::Topics, key)).await;
        }
        for end in [Ok(JobOutcome::Finished), Err(Error::conflict("No."))] {
            let held = take(&db, at).await.expect("a job");
            let mut tx = db.begin().await.expect("tx");
            act::record_outcome(&mut tx, &TOPICS, &held, at, end.as_ref().copied()).await.expect("settled");
            tx.commit().await.expect("committed");
        }
        let cancelled = store::list(&mut db.read().await.expect("tx"), JobState::Waiting, 1).await.expect("listed").remove(0).id;
        db.write(|tx, _| Box::pin(act::cancel(tx, &admin, at, cancelled))).await.expect("cancelled");
        let gone = db.write(|tx, _| Box::pin(store::purge_jobs(tx, at + Duration::seconds(1)))).await.expect("forgotten");
        let counts = store::count(&mut db.read().await.expect("tx")).await.expect("counted");
        assert_eq!(gone, 2);
        assert_eq!(counts, [(JobKind::Topics, JobState::Failed, 1), (JobKind::Topics, JobState::Waiting, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_is_neither_cancelled_nor_retried_as_a_job() {
    each_db(|db| async move {
        let (at, admin, terms) = (now(), someone(Role::Administrator), JobTerms::of(JobKind::Email));
        ask(&db, at, JobRequest::new(JobKind::Email, "an email")).await;
        let held = act::lease(&db, &terms, at).await.expect("leased").expect("a job");
        let id = held.job.id;
        let cancelled = db.write(|tx, _| Box::pin(act::cancel(tx, &admin, at, id))).await;
        assert!(matches!(cancelled, Err(Error::Conflict(_))), "the email would wait for ever");
        let mut tx = db.begin().await.expect("tx");
        act::record_outcome(&mut tx, &terms, &held, at, Err(&Error::conflict("No."))).await.expect("settled");
        tx.commit().await.expect("committed");
        let retried = db.write(|tx, _| Box::pin(act::retry(tx, &admin, at, id))).await;
        assert!(matches!(retried, Err(Error::Conflict(_))), "the email has failed, and its page sends it again");
    })
    .await;
}

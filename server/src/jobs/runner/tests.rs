//! Unit tests of `runner`.

use std::sync::atomic::AtomicUsize;

use app::testing::each_db;

use super::*;

/// Panics the first time, and counts its attempts.
struct Clumsy(Arc<AtomicUsize>);

impl BackgroundJob for Clumsy {
    const KIND: JobKind = JobKind::Topics;

    async fn run(&self, _: Context) -> Result<JobOutcome> {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "not yet");
        Ok(JobOutcome::Finished)
    }
}

/// Never ends by itself.
struct Endless;

impl BackgroundJob for Endless {
    const KIND: JobKind = JobKind::Training;

    async fn run(&self, _: Context) -> Result<JobOutcome> {
        std::future::pending().await
    }
}

/// Goes on batch by batch until it is asked to stop.
struct Batches;

impl BackgroundJob for Batches {
    const KIND: JobKind = JobKind::Reread;

    async fn run(&self, context: Context) -> Result<JobOutcome> {
        while !context.held.is_stopping() {
            sleep(Duration::from_millis(5)).await;
        }
        Ok(JobOutcome::Stopped)
    }
}

async fn ask(db: &Db, kind: JobKind) {
    let mut tx = db.begin().await.expect("tx");
    act::enqueue(&mut tx, &Actor::System("test"), now(), JobRequest::new(kind, "dell")).await.expect("asked");
    tx.commit().await.expect("commit");
}

async fn find(db: &Db, kind: JobKind) -> Option<Job> {
    store::find_unfinished(&mut db.read().await.expect("tx"), kind, "dell").await.expect("read")
}

/// Waits until `done` says so.
async fn until<F: Future<Output = bool>>(done: impl Fn() -> F) {
    let waited = timeout(Duration::from_secs(60), async {
        while !done().await {
            sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it happens");
}

#[tokio::test]
async fn a_job_that_panics_is_counted_and_tried_again_and_the_others_go_on() {
    each_db(|db| async move {
        let tried = Arc::new(AtomicUsize::new(0));
        let running = Runner::new(db.clone()).with(Clumsy(tried.clone())).with(Endless).start(CancellationToken::new());
        ask(&db, JobKind::Training).await;
        ask(&db, JobKind::Topics).await;
        until(|| async { find(&db, JobKind::Topics).await.is_some_and(|job| job.error.is_some()) }).await;
        let job = find(&db, JobKind::Topics).await.expect("it waits");
        assert!(job.error.expect("why").to_string().contains("The job crashed: not yet"));
        assert_eq!(running.vitals().failures(), BTreeMap::from([(JobKind::Topics, 1)]));
        // Its pause is over.
        let mut tx = db.begin().await.expect("tx");
        assert!(store::retry(&mut tx, job.id, now()).await.expect("hurried"));
        tx.commit().await.expect("commit");
        until(|| async { tried.load(Ordering::Relaxed) == 2 }).await;
        assert_eq!(find(&db, JobKind::Training).await.expect("a job").state, JobState::Running, "beside the one that never ends");
        assert!(!running.end(Duration::from_millis(50)).await);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_waits_for_batches_and_gives_the_rest_back() {
    each_db(|db| async move {
        let stop = CancellationToken::new();
        let running = Runner::new(db.clone()).with(Batches).with(Endless).start(stop.clone());
        for kind in [JobKind::Reread, JobKind::Training] {
            ask(&db, kind).await;
            until(|| async { find(&db, kind).await.is_some_and(|job| job.state == JobState::Running) }).await;
        }
        assert!(running.vitals().last_beat().is_some());
        assert!(!running.end(Duration::from_millis(200)).await, "one of them has not ended");
        for kind in [JobKind::Reread, JobKind::Training] {
            let job = find(&db, kind).await.expect("a job");
            assert_eq!(
                (job.state, job.attempts, job.lease_until, job.error),
                (JobState::Waiting, 0, None, None),
                "the next start takes it at once"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_loop_that_dies_begins_again() {
    let (stop, begun) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
    let (ends, counts) = (stop.clone(), begun.clone());
    supervised("a loop", stop, Duration::ZERO, move || {
        let (ends, counts) = (ends.clone(), counts.clone());
        async move {
            match counts.fetch_add(1, Ordering::Relaxed) {
                0 => panic!("once"),
                1 => {}
                _ => ends.cancel(),
            }
        }
    })
    .await;
    assert_eq!(begun.load(Ordering::Relaxed), 3);
}

#[test]
fn a_database_that_is_away_is_asked_less_and_less_often() {
    let mut trouble = FailureBackoff::default();
    let pauses: Vec<u64> = (0..8).map(|_| trouble.goes_on(&Error::Busy).as_secs()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
    trouble.over();
    assert_eq!(trouble.goes_on(&Error::Busy).as_secs(), 1);
}

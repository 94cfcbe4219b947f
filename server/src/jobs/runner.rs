//! The loop that takes jobs and runs them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::access::account::Actor;
use app::access::job::act::JobRequest;
use app::access::job::rules::JobTerms;
use app::access::job::{Job, JobKind, JobLease, JobOutcome, JobState, act, store, work};
use app::db::Db;
use app::kernel::clock::{Time, now};
use app::kernel::error::{Error, Result};
use futures::future::BoxFuture;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::kind::{BackgroundJob, Context};

/// Between two looks for what is due, if nothing wakes the loop.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Between two looks at least, however often something wakes it.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(200);
/// The longest pause while the database does not answer.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// Before a loop that died begins again.
const RESTART_DELAY: Duration = Duration::from_secs(1);
/// For giving jobs back after the server's last deadline.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// Signs of life and counts of one process's loop.
#[derive(Default)]
pub struct Vitals {
    /// When the loop last looked, in microseconds since 1970; 0 before it has.
    beat: AtomicI64,
    failures: Mutex<BTreeMap<JobKind, u64>>,
}

impl Vitals {
    /// When the loop last looked for work.
    #[must_use]
    pub fn last_beat(&self) -> Option<Time> {
        Time::from_timestamp_micros(self.beat.load(Ordering::Relaxed)).filter(|beat| beat.timestamp() > 0)
    }

    /// Attempts that failed since this process started, by kind.
    #[must_use]
    pub fn failures(&self) -> BTreeMap<JobKind, u64> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes a sign of life.
    pub fn beat(&self, at: Time) {
        self.beat.store(at.timestamp_micros(), Ordering::Relaxed);
    }

    fn fail(&self, kind: JobKind) {
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default() += 1;
    }
}

/// A kind of job whose type is forgotten.
trait AnyJob: Send + Sync {
    fn run(self: Arc<Self>, context: Context) -> BoxFuture<'static, Result<JobOutcome>>;
    fn give_up<'a>(&'a self, db: &'a Db, job: &'a Job, why: &'a Error) -> BoxFuture<'a, Result<()>>;
}

impl<J: BackgroundJob> AnyJob for J {
    fn run(self: Arc<Self>, context: Context) -> BoxFuture<'static, Result<JobOutcome>> {
        Box::pin(async move { BackgroundJob::run(&*self, context).await })
    }

    fn give_up<'a>(&'a self, db: &'a Db, job: &'a Job, why: &'a Error) -> BoxFuture<'a, Result<()>> {
        Box::pin(BackgroundJob::give_up(self, db, job, why))
    }
}

/// One kind of job, with its slots.
struct RegisteredJob {
    terms: JobTerms,
    slots: Arc<Semaphore>,
    job: Arc<dyn AnyJob>,
}

/// The kinds of job that a process runs.
pub struct Runner {
    db: Db,
    entries: Vec<RegisteredJob>,
}

impl Runner {
    /// No kinds yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, entries: Vec::new() }
    }

    #[must_use]
    pub fn with<J: BackgroundJob>(mut self, job: J) -> Self {
        let terms = JobTerms { kind: J::KIND, max_attempts: J::MAX_ATTEMPTS, per_lane: J::PER_LANE, timeout: J::TIMEOUT };
        self.entries.push(RegisteredJob { terms, slots: Arc::new(Semaphore::new(J::SLOTS)), job: Arc::new(job) });
        self
    }

    /// Starts the loop. It takes nothing more once `stop` is cancelled.
    #[must_use]
    pub fn start(self, stop: CancellationToken) -> Running {
        let shared = Arc::new(Shared {
            db: self.db,
            entries: self.entries,
            vitals: Arc::default(),
            running: TaskTracker::new(),
            freed: Notify::new(),
            stop,
            abort: CancellationToken::new(),
        });
        let (looping, stop) = (shared.clone(), shared.stop.clone());
        shared.running.spawn(supervised("the job loop", stop, RESTART_DELAY, move || look_on(looping.clone())));
        Running(shared)
    }
}

struct Shared {
    db: Db,
    entries: Vec<RegisteredJob>,
    vitals: Arc<Vitals>,
    running: TaskTracker,
    /// A slot is free again.
    freed: Notify,
    stop: CancellationToken,
    /// What runs is dropped and given back.
    abort: CancellationToken,
}

pub struct Running(Arc<Shared>);

impl Running {
    /// Signs of life and counts.
    #[must_use]
    pub fn vitals(&self) -> Arc<Vitals> {
        self.0.vitals.clone()
    }

    /// Waits for what runs, at most `patience`, and gives back what has not ended by then. Says whether everything had.
    pub async fn end(self, deadline: Duration) -> bool {
        let Shared { stop, running, abort, .. } = &*self.0;
        stop.cancel();
        running.close();
        if timeout(deadline, running.wait()).await.is_ok() {
            return true;
        }
        abort.cancel();
        let _ = timeout(RELEASE_TIMEOUT, running.wait()).await;
        false
    }
}

/// Runs `work` until `stop`; begins it again if it ends before, with or without a panic.
pub(super) async fn supervised<F>(name: &'static str, stop: CancellationToken, pause: Duration, work: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    while !stop.is_cancelled() {
        let ended = tokio::spawn(work()).await;
        if stop.is_cancelled() {
            return;
        }
        let panicked = ended.is_err_and(|error| error.is_panic());
        tracing::error!(panicked, "{name} has ended and begins again");
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Looks for what is due until it is time to stop.
async fn look_on(shared: Arc<Shared>) {
    let mut commits = shared.db.watch_commits();
    let mut trouble = FailureBackoff::default();
    while !shared.stop.is_cancelled() {
        let began = Instant::now();
        shared.vitals.beat(now());
        let pause = match poll(&shared, &mut trouble.scheduled).await {
            Ok(()) => {
                trouble.over();
                POLL_INTERVAL
            }
            Err(error) => trouble.goes_on(&error),
        };
        let woken = async {
            tokio::select! {
                () = shared.freed.notified() => {}
                Ok(()) = commits.changed() => {}
            }
            sleep_until(began + MIN_POLL_INTERVAL).await;
        };
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = sleep(pause) => {}
            () = woken, if trouble.failures == 0 => {}
        }
    }
}

/// Takes what is due for as long as there are slots.
async fn poll(shared: &Arc<Shared>, scheduled: &mut bool) -> Result<()> {
    if !*scheduled {
        let kinds: Vec<JobKind> = shared.entries.iter().map(|entry| entry.terms.kind).collect();
        let mut tx = shared.db.begin().await?;
        act::schedule(&mut tx, now(), &kinds).await?;
        if kinds.contains(&JobKind::Indexing) {
            // After another version has written mentions.
            act::enqueue(&mut tx, &Actor::System("clock"), now(), JobRequest::new(JobKind::Indexing, "")).await?;
        }
        tx.commit().await?;
        *scheduled = true;
    }
    let due = store::list_due_kinds(&mut shared.db.read().await?, now()).await?;
    for (place, entry) in shared.entries.iter().enumerate().filter(|(_, entry)| due.contains(&entry.terms.kind)) {
        while let Ok(slot) = entry.slots.clone().try_acquire_owned() {
            let Some(held) = act::lease(&shared.db, &entry.terms, now()).await? else { break };
            shared.running.spawn(run(shared.clone(), place, held, slot));
        }
    }
    Ok(())
}

/// Runs one job to its end, or gives it back when there is no more time.
async fn run(shared: Arc<Shared>, place: usize, held: JobLease, slot: OwnedSemaphorePermit) {
    let RegisteredJob { terms, job, .. } = &shared.entries[place];
    let working = work::carry_out(&shared.db, terms, &held, job.clone().run(Context { db: shared.db.clone(), held: held.clone() }));
    let ended = {
        tokio::pin!(working);
        let mut asked_to_stop = false;
        loop {
            tokio::select! {
                ended = &mut working => break Some(ended),
                () = shared.stop.cancelled(), if !asked_to_stop => {
                    held.stop();
                    asked_to_stop = true;
                }
                () = shared.abort.cancelled() => break None,
            }
        }
    };
    let (kind, attempt) = (terms.kind.as_str(), held.job.attempts);
    match ended {
        Some(Ok(work::Ended { error: Some(error), state })) => {
            shared.vitals.fail(terms.kind);
            let given_up = state == Some(JobState::Failed);
            tracing::warn!(kind, key = held.job.key, attempt, given_up, %error, "a job failed");
            if given_up && let Err(error) = job.give_up(&shared.db, &held.job, &error).await {
                tracing::warn!(kind, key = held.job.key, %error, "what follows from giving up a job could not be done");
            }
        }
        Some(Ok(_)) => {}
        Some(Err(error)) => {
            shared.vitals.fail(terms.kind);
            tracing::warn!(kind, key = held.job.key, attempt, %error, "how a job ended could not be recorded; it goes on when its lease has ended");
        }
        None => {
            if let Err(error) = work::give_back(&shared.db, terms, &held).await {
                tracing::warn!(kind, key = held.job.key, %error, "a job could not be given back; it goes on when its lease has ended");
            }
        }
    }
    drop(slot);
    shared.freed.notify_one();
}

/// A database that does not answer: said once, and looked for less and less often.
#[derive(Default)]
struct FailureBackoff {
    failures: u32,
    scheduled: bool,
}

impl FailureBackoff {
    fn goes_on(&mut self, error: &Error) -> Duration {
        if self.failures == 0 {
            tracing::warn!(%error, "jobs cannot be looked for; trying again");
        }
        self.failures = self.failures.saturating_add(1);
        (POLL_INTERVAL * 2_u32.pow(self.failures.min(6) - 1)).min(MAX_PAUSE)
    }

    fn over(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "jobs are looked for again");
        }
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests;

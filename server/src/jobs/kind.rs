//! What every kind of job has: how often it is tried, how many run at once, and its work.

use std::future::Future;
use std::time::Duration;

use app::access::job::rules::MAX_ATTEMPTS;
use app::access::job::{Job, JobKind, JobLease, JobOutcome};
use app::db::Db;
use app::kernel::error::{Error, Result};

/// What the work of a job is given.
pub struct Context {
    pub db: Db,
    /// The job in hand: what it is about, how far it has come, and whether it should stop after its batch.
    pub held: JobLease,
}

pub trait BackgroundJob: Send + Sync + 'static {
    const KIND: JobKind;
    /// Attempts that get nowhere before it waits for a person.
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    /// How many run at once in this process.
    const SLOTS: usize = 1;
    /// How many of one lane run at once, in all processes together.
    const PER_LANE: i64 = 1;
    /// Work that takes longer is stopped, and counts as failed.
    const TIMEOUT: Duration = Duration::from_secs(3600);

    /// Does the work of one job. It may be cut off at any `await` where the job is lost or the server ends, and is begun again from the
    /// position that was saved last; so each batch saves its progress in its own transaction.
    fn run(&self, context: Context) -> impl Future<Output = Result<JobOutcome>> + Send;

    /// Does what is to be done when the job was given up, if there is anything: it waits for a person now.
    fn give_up(&self, _db: &Db, _job: &Job, _why: &Error) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

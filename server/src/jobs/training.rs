//! Trains the sentiment model of a program. It takes about half a minute, on all cores.

use std::time::Duration;

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::sentiment;

use super::kind::{BackgroundJob, Context};

pub struct TrainingJob;

impl BackgroundJob for TrainingJob {
    const KIND: JobKind = JobKind::Training;
    const MAX_ATTEMPTS: i64 = 3;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        sentiment::work::train(&db, held).await
    }
}

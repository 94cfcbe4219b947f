//! Indexes mentions of an earlier version. Asked for at each start; it finds nothing to do at most of them.

use app::access::account::Actor;
use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::privacy::retention;

use super::kind::{BackgroundJob, Context};

pub struct IndexingJob;

impl BackgroundJob for IndexingJob {
    const KIND: JobKind = JobKind::Indexing;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        retention::act::catch_up(&db, &Actor::System("listening")).await?;
        Ok(JobOutcome::Finished)
    }
}

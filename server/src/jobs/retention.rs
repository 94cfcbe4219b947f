//! Deletes mentions, rows and nominations that are older than their program keeps them.

use app::access::account::Actor;
use app::access::job::{JobKind, JobOutcome};
use app::kernel::clock::now;
use app::kernel::error::Result;
use app::privacy::retention;

use super::kind::{BackgroundJob, Context};

pub struct RetentionJob;

impl BackgroundJob for RetentionJob {
    const KIND: JobKind = JobKind::Retention;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        retention::act::purge(&db, &Actor::System("retention"), now()).await?;
        Ok(JobOutcome::Finished)
    }
}

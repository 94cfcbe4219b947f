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

    async fn run(&self, Context { db, mut held }: Context) -> Result<JobOutcome> {
        retention::act::purge(&db, &Actor::System("retention"), now(), Some(&mut held)).await?;
        Ok(if held.is_stopping() { JobOutcome::Stopped } else { JobOutcome::Finished })
    }
}

//! Tells webhooks of mentions that have become late for an answer, and of commitments that have become overdue.

use app::access::job::{JobKind, JobOutcome};
use app::front::webhook;
use app::kernel::clock::now;
use app::kernel::error::Result;

use super::kind::{BackgroundJob, Context};

pub struct OverdueJob;

impl BackgroundJob for OverdueJob {
    const KIND: JobKind = JobKind::Overdue;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        webhook::work::notify_overdue(&db, now()).await?;
        Ok(JobOutcome::Finished)
    }
}

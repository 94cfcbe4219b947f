//! Finds programs whose last day moved on, so that mentions have become too old for the window, and asks for their assessment.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::clock::now;
use app::kernel::error::Result;
use app::listening::segment;

use super::kind::{BackgroundJob, Context};

pub struct AgeingJob;

impl BackgroundJob for AgeingJob {
    const KIND: JobKind = JobKind::Ageing;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        segment::act::keep_up(&db, now()).await?;
        Ok(JobOutcome::Finished)
    }
}

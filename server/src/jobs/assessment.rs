//! Assesses all authors and customers of a program again.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::segment;

use super::kind::{BackgroundJob, Context};

pub struct AssessmentJob;

impl BackgroundJob for AssessmentJob {
    const KIND: JobKind = JobKind::Assessment;

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        segment::work::run(&db, held).await
    }
}

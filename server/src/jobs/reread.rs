//! Reads the sentiment of a program's mentions again, after a model was switched on or off.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::sentiment;

use super::kind::{BackgroundJob, Context};

pub struct RereadJob;

impl BackgroundJob for RereadJob {
    const KIND: JobKind = JobKind::Reread;

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        sentiment::work::reread(&db, held).await
    }
}

//! Reads a program's mentions for topics again.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::topic;

use super::kind::{BackgroundJob, Context};

pub struct TopicJob;

impl BackgroundJob for TopicJob {
    const KIND: JobKind = JobKind::Topics;

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        topic::work::run(&db, held).await
    }
}

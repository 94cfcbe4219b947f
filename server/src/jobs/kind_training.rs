//! Learns from people's decisions who is a customer, for one program. It takes milliseconds.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::author;

use super::kind::{BackgroundJob, Context};

pub struct KindTrainingJob;

impl BackgroundJob for KindTrainingJob {
    const KIND: JobKind = JobKind::KindTraining;

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        author::work::run(&db, held).await
    }
}

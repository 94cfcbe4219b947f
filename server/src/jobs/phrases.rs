//! Counts phrases where mentions have been added.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::phrase;

use super::kind::{BackgroundJob, Context};

pub struct PhraseJob;

impl BackgroundJob for PhraseJob {
    const KIND: JobKind = JobKind::Phrases;

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        phrase::work::run(&db, held).await
    }
}

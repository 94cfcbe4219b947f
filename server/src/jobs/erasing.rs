//! Erases people whose erasure was asked for on a page.

use std::path::PathBuf;

use app::access::account::Actor;
use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::{Error, Result};
use app::privacy::erasure;

use super::kind::{BackgroundJob, Context};

pub struct ErasureJob {
    /// Where uploads wait.
    pub spool: PathBuf,
}

impl BackgroundJob for ErasureJob {
    const KIND: JobKind = JobKind::Erasure;

    /// It saves no position: what was erased is not found again.
    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        let plan = held.job.key.parse().map_err(|_| Error::Internal(format!("“{}” is no erasure", held.job.key)))?;
        erasure::act::work(&db, &self.spool, &Actor::System("erasure"), plan).await?;
        Ok(JobOutcome::Finished)
    }
}

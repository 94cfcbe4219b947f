//! Deletes what is no longer needed, each after its time (`app::access::job::rules::KEPT`): signed-in devices, codes, links, contents of email, finished jobs;
//! files of uploads that nobody went on with; deliveries that were taken.

use std::path::PathBuf;

use app::access::job::{JobKind, JobOutcome, clean};
use app::kernel::clock::now;
use app::kernel::error::Result;
use app::listening::{import, inbound};

use super::kind::{BackgroundJob, Context};

pub struct CleaningJob {
    pub spool: PathBuf,
}

impl BackgroundJob for CleaningJob {
    const KIND: JobKind = JobKind::Cleaning;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        let at = now();
        import::intake::spool::purge_files(&db, &self.spool, at).await?;
        let mut tx = db.begin().await?;
        inbound::act::purge_deliveries(&mut tx, at).await?;
        let cleaned = clean::clean(&mut tx, at).await?;
        tx.commit().await?;
        if cleaned != clean::Cleaned::default() {
            tracing::info!(?cleaned, "deleted what was older than its time");
        }
        Ok(JobOutcome::Finished)
    }
}

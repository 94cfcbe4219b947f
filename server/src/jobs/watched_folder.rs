//! Takes files from the watched folder.

use std::path::PathBuf;

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::Result;
use app::listening::import;

use super::kind::{BackgroundJob, Context};

pub struct WatchedFolderJob {
    pub folder: PathBuf,
    pub spool: PathBuf,
}

impl BackgroundJob for WatchedFolderJob {
    const KIND: JobKind = JobKind::WatchedFolder;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        import::intake::watched_folder::take(&db, &self.folder, &self.spool).await?;
        Ok(JobOutcome::Finished)
    }
}

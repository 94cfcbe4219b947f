//! Imports a file that was uploaded, pushed or found, and undoes imports.

use std::path::PathBuf;
use std::time::Duration;

use app::access::job::{Job, JobKind, JobOutcome};
use app::db::Db;
use app::kernel::error::{Error, Result};
use app::listening::import;

use super::kind::{BackgroundJob, Context};

pub struct ImportJob {
    pub spool: PathBuf,
}

impl BackgroundJob for ImportJob {
    const KIND: JobKind = JobKind::Import;
    /// A year of mentions takes minutes; this is for a disk that hangs.
    const TIMEOUT: Duration = Duration::from_secs(12 * 3600);

    async fn run(&self, Context { db, held }: Context) -> Result<JobOutcome> {
        import::batch::work::run(&db, held, &self.spool).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        import::batch::work::give_up(db, job, why).await
    }
}

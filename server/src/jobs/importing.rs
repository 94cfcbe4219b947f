//! Imports a file that was uploaded, pushed or found, and undoes imports.

use std::path::PathBuf;
use std::time::Duration;

use app::db::Db;
use app::error::{Error, Result};
use app::import;
use app::job::{Job, Kind, Outcome};

use super::{BackgroundJob, Context};

pub struct Importing {
    pub spool: PathBuf,
}

impl BackgroundJob for Importing {
    const KIND: Kind = Kind::Import;
    /// A year of posts takes minutes; this is for a disk that hangs.
    const TIMEOUT: Duration = Duration::from_secs(12 * 3600);

    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        import::work::run(&db, held, &self.spool).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        import::work::give_up(db, job, why).await
    }
}

//! Takes files from the watched folder.

use std::path::PathBuf;

use app::error::Result;
use app::import;
use app::job::{Kind, Outcome};

use super::{BackgroundJob, Context};

pub struct WatchedFolder {
    pub folder: PathBuf,
    pub spool: PathBuf,
}

impl BackgroundJob for WatchedFolder {
    const KIND: Kind = Kind::WatchedFolder;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        import::inbox::take(&db, &self.folder, &self.spool).await?;
        Ok(Outcome::Finished)
    }
}

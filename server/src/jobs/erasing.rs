//! Erases people whose erasure was asked for on a page.

use std::path::PathBuf;

use app::account::Actor;
use app::erasure;
use app::error::{Error, Result};
use app::job::{Kind, Outcome};

use super::{BackgroundJob, Context};

pub struct Erasing {
    /// Where uploads wait.
    pub spool: PathBuf,
}

impl BackgroundJob for Erasing {
    const KIND: Kind = Kind::Erasure;

    /// It saves no position: what was erased is not found again.
    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        let plan = held.job.key.parse().map_err(|_| Error::Internal(format!("“{}” is no erasure", held.job.key)))?;
        erasure::act::work(&db, &self.spool, &Actor::System("erasure"), plan).await?;
        Ok(Outcome::Finished)
    }
}

//! Deletes what is no longer needed: files of uploads that nobody went on with, deliveries that were taken, finished jobs.

use std::path::PathBuf;

use app::clock::now;
use app::error::Result;
use app::job::{Kind, Outcome, rules, store};
use app::{feed, import};
use chrono::Duration;

use super::{BackgroundJob, Context};

pub struct Cleaning {
    pub spool: PathBuf,
}

impl BackgroundJob for Cleaning {
    const KIND: Kind = Kind::Cleaning;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        let at = now();
        import::work::forget_files(&db, &self.spool, at).await?;
        let mut tx = db.begin().await?;
        feed::act::forget(&mut tx, at).await?;
        store::forget(&mut tx, at - Duration::days(rules::FINISHED_KEPT_DAYS)).await?;
        tx.commit().await?;
        Ok(Outcome::Finished)
    }
}

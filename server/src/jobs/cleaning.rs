//! Deletes what is no longer needed, each after its time (`app::job::rules::KEPT`): logins, codes, links, contents of email, finished jobs;
//! files of uploads that nobody went on with; deliveries that were taken.

use std::path::PathBuf;

use app::clock::now;
use app::error::Result;
use app::job::{Kind, Outcome, clean};
use app::{feed, import};

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
        let cleaned = clean::clean(&mut tx, at).await?;
        tx.commit().await?;
        if cleaned != clean::Cleaned::default() {
            tracing::info!(?cleaned, "deleted what was older than its time");
        }
        Ok(Outcome::Finished)
    }
}

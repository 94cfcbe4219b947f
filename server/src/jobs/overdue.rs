//! Tells webhooks of posts that have become late for an answer, and of commitments that have become overdue.

use app::clock::now;
use app::error::Result;
use app::job::{Kind, Outcome};
use app::webhook;

use super::{BackgroundJob, Context};

pub struct Overdue;

impl BackgroundJob for Overdue {
    const KIND: Kind = Kind::Overdue;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        webhook::work::look(&db, now()).await?;
        Ok(Outcome::Finished)
    }
}

//! Counts phrases where posts have been added.

use app::error::Result;
use app::job::{Kind, Outcome};
use app::phrase;

use super::{BackgroundJob, Context};

pub struct Phrases;

impl BackgroundJob for Phrases {
    const KIND: Kind = Kind::Phrases;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        phrase::work::work(&db).await?;
        Ok(Outcome::Finished)
    }
}

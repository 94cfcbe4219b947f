//! Deletes posts, rows and nominations that are older than their program keeps them.

use app::account::Actor;
use app::clock::now;
use app::error::Result;
use app::job::{Kind, Outcome};
use app::retention;

use super::{BackgroundJob, Context};

pub struct Retention;

impl BackgroundJob for Retention {
    const KIND: Kind = Kind::Retention;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        retention::act::purge(&db, &Actor::System("retention"), now()).await?;
        Ok(Outcome::Finished)
    }
}

//! Indexes posts of an earlier version. Asked for at each start; it finds nothing to do at most of them.

use app::account::Actor;
use app::error::Result;
use app::job::{Kind, Outcome};
use app::retention;

use super::{BackgroundJob, Context};

pub struct Indexing;

impl BackgroundJob for Indexing {
    const KIND: Kind = Kind::Indexing;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        retention::act::catch_up(&db, &Actor::System("listening")).await?;
        Ok(Outcome::Finished)
    }
}

//! Reads the sentiment of a program's posts again, after a model was switched on or off.

use app::error::Result;
use app::job::{Kind, Outcome};
use app::sentiment;

use super::{BackgroundJob, Context};

pub struct Reread;

impl BackgroundJob for Reread {
    const KIND: Kind = Kind::Reread;

    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        sentiment::work::reread(&db, held).await
    }
}

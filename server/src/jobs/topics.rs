//! Reads a program's posts for topics again.

use app::error::Result;
use app::job::{Kind, Outcome};
use app::topic;

use super::{BackgroundJob, Context};

pub struct Topics;

impl BackgroundJob for Topics {
    const KIND: Kind = Kind::Topics;

    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        topic::work::run(&db, held).await
    }
}

//! Trains the sentiment model of a program. It takes about half a minute, on all cores.

use std::time::Duration;

use app::error::Result;
use app::job::{Kind, Outcome};
use app::sentiment;

use super::{BackgroundJob, Context};

pub struct Training;

impl BackgroundJob for Training {
    const KIND: Kind = Kind::Training;
    const MAX_ATTEMPTS: i64 = 3;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        sentiment::work::train(&db, held).await
    }
}

//! Finds programs whose last day moved on, so that posts have become too old for the window, and asks for their assessment.

use app::clock::now;
use app::error::Result;
use app::job::{Kind, Outcome};
use app::segment;

use super::{BackgroundJob, Context};

pub struct Ageing;

impl BackgroundJob for Ageing {
    const KIND: Kind = Kind::Ageing;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        segment::act::keep_up(&db, now()).await?;
        Ok(Outcome::Finished)
    }
}

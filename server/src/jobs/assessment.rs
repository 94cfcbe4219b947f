//! Assesses all authors and customers of a program again.

use app::error::Result;
use app::job::{Kind, Outcome};
use app::segment;

use super::{BackgroundJob, Context};

pub struct Assessment;

impl BackgroundJob for Assessment {
    const KIND: Kind = Kind::Assessment;

    async fn run(&self, Context { db, held }: Context) -> Result<Outcome> {
        segment::work::run(&db, held).await
    }
}

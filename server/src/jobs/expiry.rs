//! Expires invitations that nobody answered in time.

use app::clock::now;
use app::error::Result;
use app::invitation;
use app::job::{Kind, Outcome};

use super::{BackgroundJob, Context};

pub struct Expiry;

impl BackgroundJob for Expiry {
    const KIND: Kind = Kind::Expiry;

    async fn run(&self, Context { db, .. }: Context) -> Result<Outcome> {
        let at = now();
        db.write(|tx, _| Box::pin(invitation::act::expire(tx, at))).await?;
        Ok(Outcome::Finished)
    }
}

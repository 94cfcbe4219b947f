//! Calling webhooks: one job for each delivery. Deliveries to one webhook take turns, and a slow one delays no other.

use std::time::Duration;

use app::error::{Error, Result};
use app::job::{Kind, Outcome};

use super::{BackgroundJob, Context};
use crate::webhooks::Sender;

/// Tells a tool what happened.
pub struct CallWebhook(pub Sender);

impl BackgroundJob for CallWebhook {
    const KIND: Kind = Kind::Webhook;
    /// A delivery has its own rules for when it is given up (`webhook::rules`): the job is not to end before.
    const MAX_ATTEMPTS: i64 = 100;
    const SLOTS: usize = 8;
    const TIMEOUT: Duration = Duration::from_secs(120);

    async fn run(&self, context: Context) -> Result<Outcome> {
        let delivery = context.held.job.key.parse().map_err(|_| Error::NotFound)?;
        let again = self.0.deliver(delivery).await?;
        Ok(again.map_or(Outcome::Finished, Outcome::Later))
    }
}

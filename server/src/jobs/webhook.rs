//! Calling webhooks: one job for each delivery. Deliveries to one webhook take turns, and a slow one delays no other.

use std::time::Duration;

use app::access::job::{JobKind, JobOutcome};
use app::kernel::error::{Error, Result};

use super::kind::{BackgroundJob, Context};
use crate::webhook_sender::WebhookSender;

/// Tells a tool what happened.
pub struct CallWebhook(pub WebhookSender);

impl BackgroundJob for CallWebhook {
    const KIND: JobKind = JobKind::Webhook;
    /// A delivery has its own rules for when it is given up (`webhook::rules`): the job is not to end before.
    const MAX_ATTEMPTS: i64 = 100;
    const SLOTS: usize = 8;
    const TIMEOUT: Duration = Duration::from_secs(120);

    async fn run(&self, context: Context) -> Result<JobOutcome> {
        let delivery = context.held.job.key.parse().map_err(|_| Error::NotFound)?;
        let again = self.0.deliver(delivery).await?;
        Ok(again.map_or(JobOutcome::Finished, JobOutcome::Later))
    }
}

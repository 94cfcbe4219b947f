//! Expires invitations that nobody answered in time.

use app::access::job::{JobKind, JobOutcome};
use app::kernel::clock::now;
use app::kernel::error::Result;
use app::recruiting::invitation;

use super::kind::{BackgroundJob, Context};

pub struct ExpiryJob;

impl BackgroundJob for ExpiryJob {
    const KIND: JobKind = JobKind::Expiry;

    async fn run(&self, Context { db, .. }: Context) -> Result<JobOutcome> {
        let at = now();
        db.write(|tx, _| Box::pin(invitation::act::expire(tx, at))).await?;
        Ok(JobOutcome::Finished)
    }
}

//! Sending email: one job for each email. Links and codes that somebody waits for have connections of their own.

use std::sync::Arc;
use std::time::Duration;

use app::access::job::{Job, JobKind, JobOutcome};
use app::access::outbox::{self, act};
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::error::{Error, Result};

use super::kind::{BackgroundJob, Context};
use crate::email::{SmtpClient, sender};

/// Longer than a mail server may take for all its answers.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// An email has its own rules for when it is given up (`outbox::rules`): the job is not to end before.
const MAX_ATTEMPTS: i64 = 100;

/// The mail server that email is sent by, and where our pages are.
#[derive(Clone)]
pub struct EmailSender {
    client: Arc<SmtpClient>,
    base_url: Arc<str>,
}

impl EmailSender {
    #[must_use]
    pub fn new(client: SmtpClient, base_url: &str) -> Self {
        Self { client: Arc::new(client), base_url: base_url.into() }
    }

    async fn send(&self, context: Context) -> Result<JobOutcome> {
        let email = context.held.job.key.parse().map_err(|_| Error::NotFound)?;
        let again = sender::deliver(&context.db, &self.client, &self.base_url, email).await?;
        Ok(again.map_or(JobOutcome::Finished, JobOutcome::Later))
    }

    /// An email whose job was given up does not wait for it.
    async fn fail(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        let id = job.key.parse().map_err(|_| Error::NotFound)?;
        let Some(email) = outbox::store::find(&mut db.read().await?, id).await? else { return Ok(()) };
        if email.state != outbox::EmailState::Queued {
            return Ok(());
        }
        let outcome = act::SendOutcome::Failed(why.into());
        db.write(|tx, _| Box::pin(act::record_outcome(tx, now(), &email, outcome.clone()))).await
    }
}

/// Invitations, reports and what else is sent to people who do not wait for it.
pub struct SendEmail(pub EmailSender);

impl BackgroundJob for SendEmail {
    const KIND: JobKind = JobKind::Email;
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    /// Mail servers dislike more connections from one sender.
    const SLOTS: usize = 6;
    /// To recipients of one domain.
    const PER_LANE: i64 = 3;
    const TIMEOUT: Duration = TIMEOUT;

    async fn run(&self, context: Context) -> Result<JobOutcome> {
        self.0.send(context).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        self.0.fail(db, job, why).await
    }
}

/// Links to sign in and codes.
pub struct SendAccessEmail(pub EmailSender);

impl BackgroundJob for SendAccessEmail {
    const KIND: JobKind = JobKind::AccessEmail;
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    const SLOTS: usize = 2;
    const PER_LANE: i64 = 2;
    const TIMEOUT: Duration = TIMEOUT;

    async fn run(&self, context: Context) -> Result<JobOutcome> {
        self.0.send(context).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        self.0.fail(db, job, why).await
    }
}

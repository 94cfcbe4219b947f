//! Sending email: one job for each mail. Links and codes that somebody waits for have connections of their own.

use std::sync::Arc;
use std::time::Duration;

use app::clock::now;
use app::db::Db;
use app::error::{Error, Result};
use app::job::{Job, Kind, Outcome};
use app::outbox::{self, act};

use super::{BackgroundJob, Context};
use crate::mail::{Post, sender};

/// Longer than a mail server may take for all its answers.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// A mail has its own rules for when it is given up (`outbox::rules`): the job is not to end before.
const MAX_ATTEMPTS: i64 = 100;

/// The mail server that mail is sent by, and where our pages are.
#[derive(Clone)]
pub struct Mailer {
    post: Arc<Post>,
    base_url: Arc<str>,
}

impl Mailer {
    #[must_use]
    pub fn new(post: Post, base_url: &str) -> Self {
        Self { post: Arc::new(post), base_url: base_url.into() }
    }

    async fn send(&self, context: Context) -> Result<Outcome> {
        let mail = context.held.job.key.parse().map_err(|_| Error::NotFound)?;
        let again = sender::deliver(&context.db, &self.post, &self.base_url, mail).await?;
        Ok(again.map_or(Outcome::Finished, Outcome::Later))
    }

    /// A mail whose job was given up does not wait for it.
    async fn fail(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        let id = job.key.parse().map_err(|_| Error::NotFound)?;
        let Some(mail) = outbox::store::find(&mut db.read().await?, id).await? else { return Ok(()) };
        if mail.state != outbox::State::Queued {
            return Ok(());
        }
        let outcome = act::Outcome::Failed(why.message());
        db.write(|tx, _| Box::pin(act::settle(tx, now(), &mail, outcome.clone()))).await
    }
}

/// Invitations, reports and what else is sent to people who do not wait for it.
pub struct SendMail(pub Mailer);

impl BackgroundJob for SendMail {
    const KIND: Kind = Kind::Mail;
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    /// Mail servers dislike more connections from one sender.
    const SLOTS: usize = 6;
    /// To recipients of one domain.
    const PER_LANE: i64 = 3;
    const TIMEOUT: Duration = TIMEOUT;

    async fn run(&self, context: Context) -> Result<Outcome> {
        self.0.send(context).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        self.0.fail(db, job, why).await
    }
}

/// Links to sign in and codes.
pub struct SendAccessMail(pub Mailer);

impl BackgroundJob for SendAccessMail {
    const KIND: Kind = Kind::AccessMail;
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    const SLOTS: usize = 2;
    const PER_LANE: i64 = 2;
    const TIMEOUT: Duration = TIMEOUT;

    async fn run(&self, context: Context) -> Result<Outcome> {
        self.0.send(context).await
    }

    async fn give_up(&self, db: &Db, job: &Job, why: &Error) -> Result<()> {
        self.0.fail(db, job, why).await
    }
}

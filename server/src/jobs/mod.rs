//! Background jobs: one file for each kind, behind one trait, and one supervised loop that runs them.
//!
//! A job is a row (see `app::job`). The loop takes what is due, of each kind no more at once than it has slots, so that a slow kind
//! delays no other. A job that panics or fails is tried again later; one whose worker died goes on with the next worker. When the
//! server stops, batches that run are finished, and what is left is given back for the next start.

mod ageing;
mod assessment;
mod cleaning;
mod erasing;
mod expiry;
mod importing;
mod indexing;
mod loops;
pub mod mail;
mod overdue;
mod phrases;
mod reread;
mod retention;
mod runner;
mod topics;
mod training;
mod watched_folder;
pub mod webhook;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::db::Db;
use app::error::{Error, Result};
use app::job::rules::MAX_ATTEMPTS;
use app::job::{Held, Job, Kind, Outcome};
use tokio_util::sync::CancellationToken;

use crate::limits::Limits;
use crate::mail::Post;
use crate::settings::Settings;
use crate::webhooks::Sender;
use loops::Loops;
pub use runner::{Runner, Running, Vitals};

/// What the work of a job is given.
pub struct Context {
    pub db: Db,
    /// The job in hand: what it is about, how far it has come, and whether it should stop after its batch.
    pub held: Held,
}

/// One kind of job.
pub trait BackgroundJob: Send + Sync + 'static {
    const KIND: Kind;
    /// Attempts that get nowhere before it waits for a person.
    const MAX_ATTEMPTS: i64 = MAX_ATTEMPTS;
    /// How many run at once in this process.
    const SLOTS: usize = 1;
    /// How many of one lane run at once, in all processes together.
    const PER_LANE: i64 = 1;
    /// Work that takes longer is stopped, and counts as failed.
    const TIMEOUT: Duration = Duration::from_secs(3600);

    /// Does the work of one job. It may be cut off at any `await` where the job is lost or the server ends, and is begun again from the
    /// position that was saved last; so each batch saves its progress in its own transaction.
    fn run(&self, context: Context) -> impl Future<Output = Result<Outcome>> + Send;

    /// Does what is to be done when the job was given up, if there is anything: it waits for a person now.
    fn give_up(&self, _db: &Db, _job: &Job, _why: &Error) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// Everything that runs beside the requests.
pub struct Jobs {
    loops: Loops,
    running: Running,
}

impl Jobs {
    /// Starts all of them.
    ///
    /// # Errors
    /// `Invalid` for a mail server's address that is not understood.
    pub fn start(db: &Db, settings: &Settings, spool: &Path, limits: Option<Arc<Limits>>, stop: &CancellationToken) -> Result<Self> {
        let mut runner = Runner::new(db.clone())
            .with(importing::Importing { spool: spool.to_owned() })
            .with(training::Training)
            .with(reread::Reread)
            .with(topics::Topics)
            .with(assessment::Assessment)
            .with(ageing::Ageing)
            .with(phrases::Phrases)
            .with(overdue::Overdue)
            .with(expiry::Expiry)
            .with(retention::Retention)
            .with(cleaning::Cleaning { spool: spool.to_owned() })
            .with(erasing::Erasing { spool: spool.to_owned() })
            .with(indexing::Indexing)
            .with(webhook::CallWebhook(Sender::new(db.clone(), &settings.base_url, settings.webhook_networks.clone())?));
        if let Some(folder) = settings.watch_folder.clone() {
            runner = runner.with(watched_folder::WatchedFolder { folder, spool: spool.to_owned() });
        }
        match settings.smtp.as_deref() {
            Some(url) => {
                let mailer = mail::Mailer::new(Post::open(url, &settings.mail_from)?, &settings.base_url);
                runner = runner.with(mail::SendMail(mailer.clone())).with(mail::SendAccessMail(mailer));
            }
            None => tracing::info!("no mail server is set: mail stays queued and can be read under Outbox"),
        }
        Ok(Self { loops: Loops::start(db, limits, stop), running: runner.start(stop.clone()) })
    }

    /// Signs of life and counts of the loop.
    #[must_use]
    pub fn vitals(&self) -> Arc<Vitals> {
        self.running.vitals()
    }

    /// Waits for what runs, at most `timeout`, and gives back what has not ended by then. Says whether everything had.
    pub async fn end(self, timeout: Duration) -> bool {
        let (loops, jobs) = tokio::join!(self.loops.end(timeout), self.running.end(timeout));
        loops && jobs
    }
}

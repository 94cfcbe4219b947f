//! Background jobs: one file for each kind, behind one trait, and one supervised loop that runs them.
//!
//! A job is a row (see `app::access::job`). The loop takes what is due, of each kind no more at once than it has slots, so that a slow kind
//! delays no other. A job that panics or fails is tried again later; one whose worker died goes on with the next worker. When the
//! server stops, batches that run are finished, and what is left is given back for the next start.

mod ageing;
mod assessment;
mod cleaning;
mod erasing;
mod expiry;
mod importing;
mod indexing;
pub mod kind;
mod kind_training;
mod loops;
pub mod email;
mod overdue;
mod phrases;
mod reread;
mod retention;
mod runner;
mod topics;
mod training;
mod watched_folder;
pub mod webhook;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::db::Db;
use app::kernel::error::Result;
use tokio_util::sync::CancellationToken;

use crate::email::SmtpClient;
use crate::limits::RateLimits;
use crate::settings::Settings;
use crate::webhook_sender::WebhookSender;
use loops::Loops;
pub use runner::{Runner, Running, Vitals};

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
    pub fn start(db: &Db, settings: &Settings, spool: &Path, limits: Option<Arc<RateLimits>>, stop: &CancellationToken) -> Result<Self> {
        let mut runner = Runner::new(db.clone())
            .with(importing::ImportJob { spool: spool.to_owned() })
            .with(training::TrainingJob)
            .with(reread::RereadJob)
            .with(topics::TopicJob)
            .with(assessment::AssessmentJob)
            .with(kind_training::KindTrainingJob)
            .with(ageing::AgeingJob)
            .with(phrases::PhraseJob)
            .with(overdue::OverdueJob)
            .with(expiry::ExpiryJob)
            .with(retention::RetentionJob)
            .with(cleaning::CleaningJob { spool: spool.to_owned() })
            .with(erasing::ErasureJob { spool: spool.to_owned() })
            .with(indexing::IndexingJob)
            .with(webhook::CallWebhook(WebhookSender::new(db.clone(), &settings.base_url, settings.webhook_networks.clone())?));
        if let Some(folder) = settings.watch_folder.clone() {
            runner = runner.with(watched_folder::WatchedFolderJob { folder, spool: spool.to_owned() });
        }
        match settings.smtp.as_deref() {
            Some(url) => {
                let mailer = email::EmailSender::new(SmtpClient::open(url, &settings.email_from)?, &settings.base_url);
                runner = runner.with(email::SendEmail(mailer.clone())).with(email::SendAccessEmail(mailer));
            }
            None => tracing::info!("no mail server is set: email stays queued and can be read under Outbox"),
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

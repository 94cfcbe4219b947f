//! Jobs: everything that is done in the background, as rows of one table.
//!
//! An act asks for a job in the transaction that makes it necessary (`act::enqueue`). A worker takes it under a lease, renews the lease
//! while it works, and notes its progress in the transaction of each batch; a job whose worker died goes on with the next one. What
//! fails is tried again later and later, and after some attempts it waits for a person. The server's loop runs them (`server/src/jobs`).

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod clean;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "store")]
pub mod work;

#[cfg(feature = "store")]
use std::sync::Arc;
#[cfg(feature = "store")]
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value as Json;
use uuid::Uuid;

use crate::kernel::clock::Time;
#[cfg(feature = "store")]
use crate::kernel::error::{Error, Result};
use crate::kernel::failure::Failure;
use crate::kernel::ids::{JobId, ProgramId};

text_enum! {
    /// What a job does. The server has one file for each.
    pub enum JobKind {
        Email = "email", "Sending email";
        AccessEmail = "access_mail", "Sending sign-in links and codes";
        Webhook = "webhook", "Calling webhooks";
        Import = "import", "Importing a file";
        WatchedFolder = "watched_folder", "Checking the watched folder";
        Training = "training", "Training the sentiment model";
        Reread = "reread", "Updating the sentiment of mentions";
        Topics = "topics", "Matching mentions to topics";
        Assessment = "assessment", "Reassessing authors";
        KindTraining = "kind_training", "Learning who is a customer";
        Ageing = "ageing", "Checking for outdated assessments";
        Phrases = "phrases", "Counting phrases";
        Overdue = "overdue", "Checking for overdue cases and commitments";
        Expiry = "expiry", "Expiring invitations";
        Retention = "retention", "Deleting data past its retention period";
        Cleaning = "cleaning", "Deleting old sign-ins, links and emails";
        Erasure = "erasure", "Erasing a person’s data";
        Indexing = "indexing", "Updating the search index";
    }
}

impl JobKind {
    /// Whether it delivers something that has a state and a page of its own: that is stopped and sent again there.
    #[must_use]
    pub const fn is_delivery(self) -> bool {
        matches!(self, Self::Email | Self::AccessEmail | Self::Webhook)
    }
}

text_enum! {
    /// Where a job is in its life.
    pub enum JobState {
        Waiting = "waiting", "waiting";
        Running = "running", "running";
        Failed = "failed", "failed";
        Cancelled = "cancelled", "cancelled";
        Finished = "finished", "finished";
    }
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    /// What it is about within its kind: a program, an import, an email. Empty where there is only one.
    pub key: String,
    /// Jobs of one lane take turns. Empty: no turns.
    pub lane: String,
    pub program_id: Option<ProgramId>,
    /// What the worker needs to know: ids and switches, never a name or an address.
    #[cfg_attr(feature = "store", sqlx(json))]
    pub payload: Json,
    /// Where the next worker goes on; none at the beginning.
    #[cfg_attr(feature = "store", sqlx(json(nullable)))]
    pub position: Option<Json>,
    pub state: JobState,
    /// Not before this.
    pub run_at: Time,
    pub lease_until: Option<Time>,
    pub worker: Option<Uuid>,
    /// Attempts since it was asked for or last got on.
    pub attempts: i64,
    /// Items that are done, and how many there are where that is known.
    pub done: i64,
    pub total: Option<i64>,
    pub note: Option<String>,
    /// Why the last attempt failed.
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "crate::kernel::failure::StoredFailure"))]
    pub error: Option<Failure>,
    pub asked_by: Option<Uuid>,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub cancel_asked_at: Option<Time>,
}

impl Job {
    /// Whether it waits or runs.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, JobState::Waiting | JobState::Running)
    }

    /// Why the last attempt failed, for everybody: what went wrong inside is for administrators, on their page of jobs.
    #[must_use]
    pub fn reason(&self) -> String {
        match &self.error {
            Some(error) if !error.is_internal() => error.to_string(),
            _ => "Something went wrong on our side. An administrator can see the details under “Jobs” and retry it.".into(),
        }
    }
}

/// How work ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    Finished,
    /// It stopped half-way because it was asked to, or because the job is no longer this worker's. The next worker goes on.
    Stopped,
    /// It is to be tried again at this time, by the work's own rules; `error` in the row says nothing then.
    Later(Time),
}

/// A job in the hands of the worker that leased it.
#[cfg(feature = "store")]
#[derive(Clone, Debug)]
pub struct JobLease {
    pub job: Job,
    worker: Uuid,
    stop: Arc<AtomicBool>,
    /// The work has ended the job itself, in the transaction of its last batch.
    finished: Arc<AtomicBool>,
}

#[cfg(feature = "store")]
impl JobLease {
    fn new(job: Job, worker: Uuid) -> Self {
        Self { job, worker, stop: Arc::default(), finished: Arc::default() }
    }

    /// Whether the work should end after its batch: it was cancelled, the job was taken by another, or the server stops.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks the work to end after its batch.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// The program that the job belongs to.
    ///
    /// # Errors
    /// `NotFound` for a job that belongs to none.
    pub fn program(&self) -> Result<ProgramId> {
        self.job.program_id.ok_or(Error::NotFound)
    }

    /// Where an earlier worker came to; the default at the beginning.
    #[must_use]
    pub fn position<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        let at = self.job.position.as_ref().and_then(|position| position.get("at")).cloned();
        at.and_then(|at| serde_json::from_value(at).ok()).unwrap_or_default()
    }

    /// Sets where the next worker goes on; saved by `act::progress`.
    pub fn set_position(&mut self, position: &impl serde::Serialize) {
        // An object, since SQLite would take a bare number for one of its own.
        self.job.position = serde_json::to_value(position).ok().map(|at| serde_json::json!({ "at": at }));
    }
}

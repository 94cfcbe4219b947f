//! Forms of `/jobs`: retrying and cancelling what is done in the background.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{ImportRunId, JobId};
use app::import;
use app::job::{self, Kind};

use super::{Done, FormPage, Handle, Post, done};

/// The list of jobs.
pub const LIST: FormPage = FormPage {
    path: "/jobs",
    acts: &[("retry", Verb::RunJobs), ("cancel", Verb::RunJobs)],
    handle: Handle::Unit(|tx, post| Box::pin(list(tx, post))),
};

async fn list(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: JobId = post.key()?;
    let job = job::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    // An import has a state of its own, which changes with its job's; one that is being undone has no way back.
    let run = match (job.kind, job.key.parse::<ImportRunId>()) {
        (Kind::Import, Ok(run)) => import::store::find(tx, run).await?.filter(|run| run.state != import::State::Undoing),
        _ => None,
    };
    let (actor, now) = (&post.actor, post.now);
    let said = match (post.act(), run) {
        ("retry", Some(run)) if run.state == import::State::Failed || run.state == import::State::Cancelled => {
            import::act::retry(tx, actor, now, run.id).await?;
            "The import goes on."
        }
        ("retry", _) => {
            job::act::retry(tx, actor, now, id).await?;
            "The job runs as soon as a worker is free."
        }
        ("cancel", Some(run)) => {
            import::act::cancel(tx, actor, now, run.id).await?;
            "The import is cancelled. What it brought so far stays, and can be undone."
        }
        ("cancel", None) => {
            job::act::cancel(tx, actor, now, id).await?;
            "The job is cancelled. If it is running, it ends after its present batch."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done("/jobs").saying(said))
}

//! Forms of `/jobs`: retrying and cancelling what is done in the background.

use app::access::account::Permission;
use app::access::job::{self, JobKind};
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{ImportRunId, JobId};
use app::listening::import;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

pub const LIST: FormPage = FormPage {
    path: "/jobs",
    acts: &[("retry", Permission::RunJobs), ("cancel", Permission::RunJobs)],
    handle: FormHandler::Unit(|tx, request| Box::pin(list(tx, request))),
};

async fn list(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: JobId = request.key()?;
    let job = job::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    // An import has a state of its own, which changes with its job's; one that is being undone has no way back.
    let run = match (job.kind, job.key.parse::<ImportRunId>()) {
        (JobKind::Import, Ok(run)) => import::store::find(tx, run).await?.filter(|run| run.state != import::ImportState::Undoing),
        _ => None,
    };
    let (actor, now) = (&request.actor, request.now);
    let message = match (request.act(), run) {
        ("retry", Some(run)) if run.state == import::ImportState::Failed || run.state == import::ImportState::Cancelled => {
            import::act::retry(tx, actor, now, run.id).await?;
            "Import continued."
        }
        ("retry", _) => {
            job::act::retry(tx, actor, now, id).await?;
            "Job queued. It starts as soon as a worker is free."
        }
        ("cancel", Some(run)) => {
            import::act::cancel(tx, actor, now, run.id).await?;
            "Import cancelled. The rows imported so far are kept; you can undo them on the import’s page."
        }
        ("cancel", None) => {
            job::act::cancel(tx, actor, now, id).await?;
            "Job cancelled. If it is running, it stops after the current batch."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect("/jobs").with_message(message))
}

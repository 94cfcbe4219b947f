//! The spool: the files of runs until they are imported, and how long they are kept.

use std::path::{Path, PathBuf};

use chrono::Duration;

use crate::db::{Db, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::ImportRunId;
use crate::listening::import::{ImportRun, ImportState, store};
use crate::program;

/// How long a file without a run is kept in the spool, such as an interrupted upload.
const LEFTOVER_HOURS: i64 = 24;

/// Where the file of a run is spooled.
#[must_use]
pub fn spooled(spool: &Path, run: &ImportRun) -> PathBuf {
    spool.join(format!("{}.csv", run.id))
}

/// Removes files from the spool that nobody needs any more: of runs that ended, of runs that nobody went on with for as long as their
/// program keeps source rows, and after a day those that belong to no run. Gives how many. Of files that are not named as ours it knows nothing.
///
/// # Errors
/// What the database says.
pub async fn purge_files(db: &Db, spool: &Path, now: Time) -> Result<u64> {
    let mut gone = 0;
    let Ok(mut files) = tokio::fs::read_dir(spool).await else { return Ok(0) };
    while let Ok(Some(file)) = files.next_entry().await {
        let name = file.file_name();
        let Some(found) = name.to_str().and_then(SpooledFile::named) else { continue };
        let Ok(written) = file.metadata().await.and_then(|about| about.modified()) else { continue };
        let is_leftover = Time::from(written) < now - Duration::hours(LEFTOVER_HOURS);
        let forgotten = match found {
            SpooledFile::Upload => is_leftover,
            SpooledFile::Run(id) => match store::find(&mut db.read().await?, id).await? {
                Some(run) => is_forgotten(db, &run, now).await?,
                None => is_leftover,
            },
        };
        if forgotten {
            gone += u64::from(tokio::fs::remove_file(file.path()).await.is_ok());
        }
    }
    Ok(gone)
}

/// Whose a file in the spool is, by its name.
enum SpooledFile {
    /// Half an upload, or one that was not looked at yet.
    Upload,
    Run(ImportRunId),
}

impl SpooledFile {
    fn named(name: &str) -> Option<Self> {
        let id = |text: &str| text.parse::<ImportRunId>().ok();
        match name.strip_prefix("upload-") {
            Some(rest) => id(rest).map(|_| Self::Upload),
            None => id(name.split_once('.').map_or(name, |(stem, _)| stem)).map(Self::Run),
        }
    }
}

/// Whether nobody needs a run's file any more. A run that waited for too long is discarded with it.
async fn is_forgotten(db: &Db, run: &ImportRun, now: Time) -> Result<bool> {
    let is_old = match program::store::find(&mut db.read().await?, run.program_id).await? {
        Some(program) => run.created_at < now - Duration::days(program.charter.source_row_days),
        None => true,
    };
    match run.state {
        ImportState::Finished | ImportState::Undone | ImportState::Discarded => Ok(true),
        ImportState::Queued | ImportState::Running | ImportState::Undoing => Ok(false),
        ImportState::Mapping | ImportState::Cancelled | ImportState::Failed if is_old => {
            db.write(|tx, _| Box::pin(give_up_file(tx, run.id))).await
        }
        ImportState::Mapping | ImportState::Cancelled | ImportState::Failed => Ok(false),
    }
}

/// Records that a run has no file from here on. False where somebody went on with the run meanwhile: then it needs its file.
async fn give_up_file(tx: &mut Tx, id: ImportRunId) -> Result<bool> {
    let waits = store::find(tx, id)
        .await?
        .is_some_and(|run| matches!(run.state, ImportState::Mapping | ImportState::Cancelled | ImportState::Failed));
    if waits {
        store::move_on(tx, id, &[ImportState::Mapping], ImportState::Discarded).await?;
        store::mark_file_deleted(tx, id).await?;
    }
    Ok(waits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;
    use crate::testing::fixture::{SYSTEM, dell, import, newest_import};
    use crate::testing::{change, each_db};

    const FILE: &str = "Datetime,Tweet Id,Text,Username\n2022-09-01 10:00:00+00:00,15700000000,I hate this terrible support,zoe_k\n";

    #[tokio::test]
    async fn a_file_is_kept_for_a_run_that_somebody_went_on_with_since_it_was_looked_at() {
        each_db(|db| async move {
            import(&db, FILE, dell()).await;
            change(&db, "UPDATE import_run SET state = 'failed', file_kept = (1 = 1)").await;
            let seen = newest_import(&mut db.read().await.expect("tx")).await;
            db.write(|tx, _| Box::pin(crate::listening::import::act::retry(tx, &SYSTEM, now(), seen.id))).await.expect("it goes on");
            assert!(!is_forgotten(&db, &seen, now() + Duration::days(400)).await.expect("looked"));
            let after = newest_import(&mut db.read().await.expect("tx")).await;
            assert_eq!((after.state, after.file_kept), (ImportState::Queued, true));
        })
        .await;
    }
}

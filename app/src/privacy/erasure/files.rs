//! Uploads that wait to be imported: rows in them may name a person who is erased. They are reported, so that the import can be cancelled.

use std::path::Path;

use super::UncertainTrace;
use super::rules::Traces;
use crate::db::Db;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ImportRunId;
use crate::listening::import;
use crate::listening::import::ColumnMapping;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::source;

/// Files in the folder of uploads that name the person, with how many of their rows do.
///
/// # Errors
/// What the database says.
pub(super) async fn search(db: &Db, spool: &Path, traces: &Traces) -> Result<Vec<UncertainTrace>> {
    let mut found = Vec::new();
    let Ok(mut files) = tokio::fs::read_dir(spool).await else { return Ok(found) };
    while let Ok(Some(file)) = files.next_entry().await {
        let name = file.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".csv")?.parse::<ImportRunId>().ok()) else { continue };
        let Some(run) = import::store::find(&mut db.read().await?, id).await? else { continue };
        let (path, traces) = (file.path(), traces.clone());
        let rows = tokio::task::spawn_blocking(move || count(&path, &run.mapping, &traces))
            .await
            .map_err(|error| Error::Internal(error.to_string()))?;
        if rows != Some(0) {
            let rows = rows.map_or_else(|| "unreadable".to_owned(), |rows| format!("{rows} rows of"));
            found.push(UncertainTrace {
                what: format!("{rows} uploaded file {}", run.file_name),
                id: id.0,
                href: format!("/imports/{id}"),
            });
        }
    }
    Ok(found)
}

/// Rows that name the person; none where the file cannot be read to its end, so that nobody can tell.
fn count(path: &Path, mapping: &ColumnMapping, traces: &Traces) -> Option<usize> {
    let (mut rows, mut record, mut count) = (source::rows(path, mapping).ok()?, Record::default(), 0);
    while rows.next(&mut record).ok()? {
        count += usize::from(record.cells().any(|cell| traces.finds(cell)));
    }
    Some(count)
}

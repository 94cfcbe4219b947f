//! The tables `import_run`, `import_row` and `import_preset`.

mod analyze;

use sqlx::AssertSqlSafe;
use sqlx::types::Json;

pub use self::analyze::{analyze_tables, analyze_when_grown};
use super::{ColumnMapping, ImportCounts, ImportKind, ImportNotes, ImportRun, ImportState, RowOutcome, RowReason, SkippedRow};
use crate::db::{Cell, Filter, Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::failure::Failure;
use crate::kernel::ids::{AuthorId, CustomerId, ImportRunId, ProgramId};
use crate::listening::import::mapping::saved_mappings::SavedMapping;

pub const TABLES: &[Table] = &[
    Table::plain(
        "import_run",
        &[
            "id",
            "program_id",
            "kind",
            "file_name",
            "file_hash",
            "bytes",
            "mapping",
            "state",
            "row_count",
            "created",
            "updated",
            "duplicate",
            "excluded",
            "rejected",
            "error",
            "error_args",
            "by_account",
            "created_at",
            "started_at",
            "finished_at",
            "undone_at",
            "recoded",
            "damaged_ids",
            "mojibake",
            "file_kept",
        ],
    ),
    Table::plain("import_row", &["run_id", "line", "outcome", "reason", "reason_args", "column_name", "repeats_run", "repeats_line"]),
    Table::plain("import_preset", &["program_id", "headers_hash", "mapping", "by_account", "saved_at"]),
];

/// Rows with the same reason.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct SkipReason {
    pub outcome: RowOutcome,
    pub column_name: Option<String>,
    /// In JSON the sentence under `reason`, then its `code` and `args`.
    #[serde(flatten, serialize_with = "reason_in_json")]
    #[sqlx(flatten, try_from = "super::row_reason::StoredReason")]
    pub reason: RowReason,
    /// How many.
    pub found: i64,
    /// The first of them.
    pub line: i64,
}

/// The sentence, as scripts know it, with the code behind it.
fn reason_in_json<S: serde::Serializer>(reason: &RowReason, to: S) -> std::result::Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct ReasonInJson<'a> {
        reason: String,
        #[serde(flatten)]
        code: &'a RowReason,
    }
    serde::Serialize::serialize(&ReasonInJson { reason: reason.to_string(), code: reason }, to)
}

pub async fn create(tx: &mut Tx, run: &ImportRun) -> Result<()> {
    tx.run(
        "INSERT INTO import_run (id, program_id, kind, file_name, file_hash, bytes, mapping, state, row_count, created, updated, duplicate,
             excluded, rejected, by_account, created_at, file_kept)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, 0, $9, $10, $11)",
        &[
            run.id.into(),
            run.program_id.into(),
            run.kind.into(),
            run.file_name.as_str().into(),
            run.file_hash.as_str().into(),
            run.bytes.into(),
            Cell::json(&run.mapping)?,
            run.state.into(),
            run.by_account.into(),
            run.created_at.into(),
            run.file_kept.into(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ImportRunId) -> Result<Option<ImportRun>> {
    tx.find("SELECT * FROM import_run WHERE id = $1", &[id.into()]).await
}

/// An earlier finished import of the same file.
pub async fn find_same(tx: &mut Tx, program: ProgramId, hash: &str, but: ImportRunId) -> Result<Option<ImportRun>> {
    tx.find(
        "SELECT * FROM import_run WHERE program_id = $1 AND file_hash = $2 AND id <> $3 AND state = 'finished'
         ORDER BY created_at DESC, id DESC LIMIT 1",
        &[program.into(), hash.into(), but.into()],
    )
    .await
}

/// A run of the same file that a command began and that has not ended.
pub async fn find_begun(tx: &mut Tx, program: ProgramId, hash: &str) -> Result<Option<ImportRun>> {
    tx.find(
        "SELECT * FROM import_run WHERE program_id = $1 AND file_hash = $2 AND state = 'running' ORDER BY created_at DESC, id DESC LIMIT 1",
        &[program.into(), hash.into()],
    )
    .await
}

/// A program's runs, newest first.
pub async fn list(
    tx: &mut Tx,
    program: ProgramId,
    text: &str,
    state: Option<ImportState>,
    limit: i64,
    skip: i64,
) -> Result<Vec<ImportRun>> {
    let filter = filter(tx, program, text, state);
    let (limit_place, offset_place) = (filter.next(), filter.next() + 1);
    let statement = format!(
        "SELECT * FROM import_run{} ORDER BY created_at DESC, id DESC LIMIT ${limit_place} OFFSET ${offset_place}",
        filter.clause()
    );
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into(), skip.into()])).await
}

/// How many runs a search finds.
pub async fn count(tx: &mut Tx, program: ProgramId, text: &str, state: Option<ImportState>) -> Result<i64> {
    let filter = filter(tx, program, text, state);
    let statement = format!("SELECT COUNT(*) FROM import_run{}", filter.clause());
    tx.value(AssertSqlSafe(statement), filter.values()).await
}

fn filter(tx: &Tx, program: ProgramId, text: &str, state: Option<ImportState>) -> Filter {
    let mut filter = Filter::new();
    filter.and("program_id = ?", [program.0.into()]);
    if !text.trim().is_empty() {
        filter.contains(tx, &["file_name"], text);
    }
    if let Some(state) = state {
        filter.and("state = ?", [state.as_str().into()]);
    }
    filter
}

/// Changes how a run's file is read; only before it starts. False if it has started.
pub async fn update_mapping(tx: &mut Tx, id: ImportRunId, kind: ImportKind, mapping: &ColumnMapping) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE import_run SET kind = $2, mapping = $3 WHERE id = $1 AND state = 'mapping'",
            &[id.into(), kind.into(), Cell::json(mapping)?],
        )
        .await?;
    Ok(changed == 1)
}

/// Changes a run's state from one of `from` to `to`. False if it has another state.
pub async fn move_on(tx: &mut Tx, id: ImportRunId, from: &[ImportState], to: ImportState) -> Result<bool> {
    let mut filter = Filter::new();
    filter.and("id = ?", [id.0.into()]).any("state", from.iter().map(|state| state.as_str().into()));
    let place = filter.next();
    let statement = format!("UPDATE import_run SET state = ${place}{}", filter.clause());
    let moved = tx.run(AssertSqlSafe(statement), &filter.with([to.into()])).await?;
    Ok(moved == 1)
}

/// Whether an import of this program waits, runs or is being undone.
pub async fn is_working(tx: &mut Tx, program: ProgramId) -> Result<bool> {
    tx.value(
        "SELECT EXISTS (SELECT 1 FROM import_run WHERE program_id = $1 AND state IN ('queued', 'running', 'undoing'))",
        &[program.into()],
    )
    .await
}

/// Starts or continues a run. None if it has ended or needs its column mapping.
pub async fn begin(tx: &mut Tx, id: ImportRunId, now: Time) -> Result<Option<ImportRun>> {
    tx.find(
        "UPDATE import_run SET state = CASE WHEN state = 'queued' THEN 'running' ELSE state END, started_at = COALESCE(started_at, $2)
         WHERE id = $1 AND state IN ('queued', 'running', 'undoing') RETURNING *",
        &[id.into(), now.into()],
    )
    .await
}

/// Adds a batch's counts. False if the run was cancelled meanwhile: then nothing may be committed.
pub async fn progress(tx: &mut Tx, id: ImportRunId, counts: &ImportCounts, notes: &ImportNotes) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE import_run SET row_count = row_count + $2, created = created + $3, updated = updated + $4, duplicate = duplicate + $5,
             excluded = excluded + $6, rejected = rejected + $7, recoded = recoded + $8, damaged_ids = damaged_ids + $9,
             mojibake = mojibake + $10 WHERE id = $1 AND state = 'running'",
            &[
                id.into(),
                counts.rows.into(),
                counts.created.into(),
                counts.updated.into(),
                counts.duplicate.into(),
                counts.excluded.into(),
                counts.rejected.into(),
                notes.recoded.into(),
                notes.damaged_ids.into(),
                notes.mojibake.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Ends a run: finished, or failed with what went wrong, fit to be shown.
pub async fn finish(tx: &mut Tx, id: ImportRunId, now: Time, error: Option<&Failure>) -> Result<bool> {
    let state = if error.is_some() { ImportState::Failed } else { ImportState::Finished };
    let changed = tx
        .run(
            "UPDATE import_run SET state = $2, error = $3, error_args = $5, finished_at = $4 WHERE id = $1 AND state = 'running'",
            &[
                id.into(),
                state.into(),
                error.map(Failure::code).into(),
                now.into(),
                Cell::optional_json(error.and_then(Failure::args).as_ref())?,
            ],
        )
        .await?;
    Ok(changed == 1)
}

pub async fn undone(tx: &mut Tx, id: ImportRunId, now: Time) -> Result<()> {
    tx.run("UPDATE import_run SET state = 'undone', undone_at = $2 WHERE id = $1 AND state = 'undoing'", &[id.into(), now.into()]).await?;
    Ok(())
}

/// Notes that a run's file is no longer in the spool.
pub async fn mark_file_deleted(tx: &mut Tx, id: ImportRunId) -> Result<()> {
    tx.run("UPDATE import_run SET file_kept = $2 WHERE id = $1", &[id.into(), false.into()]).await?;
    Ok(())
}

/// The authors of mentions that an import created or updated.
pub async fn list_authors(tx: &mut Tx, run: ImportRunId) -> Result<Vec<AuthorId>> {
    tx.list_values(
        "SELECT author_id FROM mention WHERE run_id = $1
         UNION SELECT m.author_id FROM import_row r JOIN mention m ON m.run_id = r.repeats_run AND m.line = r.repeats_line
               WHERE r.run_id = $1 AND r.outcome = 'updated'",
        &[run.into()],
    )
    .await
}

/// The customers that an import created or updated.
pub async fn list_customers(tx: &mut Tx, run: ImportRunId) -> Result<Vec<CustomerId>> {
    tx.list_values(
        "SELECT id FROM customer WHERE run_id = $1
         UNION SELECT k.id FROM import_row r JOIN customer k ON k.run_id = r.repeats_run AND k.line = r.repeats_line
               WHERE r.run_id = $1 AND r.outcome = 'updated'",
        &[run.into()],
    )
    .await
}

/// Saves skipped and updated rows, each once.
pub async fn create_rows(tx: &mut Tx, run: ImportRunId, rows: &[SkippedRow]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO import_row (run_id, line, outcome, reason, reason_args, column_name, repeats_run, repeats_line) {}
         ON CONFLICT (run_id, line) DO NOTHING",
        rows,
        |row| {
            let (reason, args) = row.reason.as_ref().map(RowReason::stored).unwrap_or_default();
            [
                run.into(),
                row.line.into(),
                row.outcome.into(),
                reason.into(),
                args.into(),
                (&row.column_name).into(),
                row.repeats_run.into(),
                row.repeats_line.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

/// Skipped and updated rows after a line, by line. All outcomes if none is named.
pub async fn list_rows(tx: &mut Tx, run: ImportRunId, outcomes: &[RowOutcome], after: i64, limit: i64) -> Result<Vec<SkippedRow>> {
    let mut filter = Filter::new();
    filter.and("run_id = ? AND line > ?", [run.0.into(), after.into()]);
    if !outcomes.is_empty() {
        filter.any("outcome", outcomes.iter().map(|outcome| outcome.as_str().into()));
    }
    let limit_place = filter.next();
    let statement = format!("SELECT * FROM import_row{} ORDER BY line LIMIT ${limit_place}", filter.clause());
    tx.list(AssertSqlSafe(statement), &filter.with([limit.into()])).await
}

/// Skipped and updated rows by their lines.
pub async fn list_rows_at(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<Vec<SkippedRow>> {
    tx.list_in("SELECT * FROM import_row WHERE run_id = $1 AND line IN ({})", &[run.into()], lines).await
}

/// Reasons with the number of their rows, most first.
pub async fn count_reasons(tx: &mut Tx, run: ImportRunId) -> Result<Vec<SkipReason>> {
    tx.list(
        "SELECT outcome, column_name, reason, reason_args, COUNT(*) AS found, MIN(line) AS line FROM import_row WHERE run_id = $1
             GROUP BY outcome, column_name, reason, reason_args ORDER BY COUNT(*) DESC, MIN(line) LIMIT 30",
        &[run.into()],
    )
    .await
}

/// How many rows of other imports repeat rows of this one.
pub async fn count_repeated(tx: &mut Tx, run: ImportRunId) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM import_row WHERE repeats_run = $1 AND run_id <> $1", &[run.into()]).await
}

/// Rows of other imports, or further down in the same one, that repeat rows of this one: by import and line.
pub async fn list_repeating(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<Vec<(ImportRunId, i64)>> {
    tx.list_in("SELECT run_id, line FROM import_row WHERE repeats_run = $1 AND repeats_line IN ({})", &[run.into()], lines).await
}

/// How many authors or customers of a run are on a shortlist.
pub async fn count_candidates(tx: &mut Tx, run: ImportRunId) -> Result<i64> {
    tx.value(
        "SELECT COUNT(*) FROM candidate c WHERE c.removed_at IS NULL
             AND (EXISTS (SELECT 1 FROM mention m WHERE m.author_id = c.author_id AND m.run_id = $1)
                  OR EXISTS (SELECT 1 FROM customer k WHERE k.id = c.customer_id AND k.run_id = $1))",
        &[run.into()],
    )
    .await
}

/// Saves the mapping for files with these columns.
pub async fn save_preset(
    tx: &mut Tx,
    program: ProgramId,
    hash: &str,
    saved: &SavedMapping,
    by: Option<uuid::Uuid>,
    now: Time,
) -> Result<()> {
    tx.run(
        "INSERT INTO import_preset (program_id, headers_hash, mapping, by_account, saved_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (program_id, headers_hash) DO UPDATE SET mapping = excluded.mapping, by_account = excluded.by_account,
             saved_at = excluded.saved_at",
        &[program.into(), hash.into(), Cell::json(saved)?, by.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The saved mapping for files with these columns.
pub async fn find_preset(tx: &mut Tx, program: ProgramId, hash: &str) -> Result<Option<SavedMapping>> {
    let found: Option<Json<SavedMapping>> = tx
        .find_value("SELECT mapping FROM import_preset WHERE program_id = $1 AND headers_hash = $2", &[program.into(), hash.into()])
        .await?;
    Ok(found.map(|found| found.0))
}

#[cfg(test)]
mod tests;

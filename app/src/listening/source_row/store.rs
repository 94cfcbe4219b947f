//! The table `source_row_block`.

use std::collections::{HashMap, HashSet};

use super::SourceRowBlock;
use crate::db::{Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{ImportRunId, ProgramId};

/// The tables written here. Rows name people that no id points to: `delete_where` finds them by what they say.
pub const TABLES: &[Table] = &[Table::plain("source_row_block", &["run_id", "first_line", "last_line", "held", "packed"])];

/// Blocks read or deleted at once.
const BLOCKS: i64 = 256;

pub async fn create(tx: &mut Tx, run: ImportRunId, blocks: &[SourceRowBlock]) -> Result<()> {
    bulk::write(tx, "INSERT INTO source_row_block (run_id, first_line, last_line, held, packed) {}", blocks, |block| {
        [run.into(), block.first_line.into(), block.last_line.into(), block.held.into(), block.packed.as_slice().into()]
    })
    .await?;
    Ok(())
}

/// The block with a line, if it is kept.
async fn find(tx: &mut Tx, run: ImportRunId, line: i64) -> Result<Option<SourceRowBlock>> {
    let found: Option<SourceRowBlock> = tx.find(
        "SELECT first_line, last_line, held, packed FROM source_row_block WHERE run_id = $1 AND first_line <= $2 ORDER BY first_line DESC LIMIT 1",
        &[run.into(), line.into()],
    )
    .await?;
    Ok(found.filter(|block| block.last_line >= line))
}

/// Whether anything of a run is kept.
pub async fn is_kept(tx: &mut Tx, run: ImportRunId) -> Result<bool> {
    tx.value("SELECT EXISTS (SELECT 1 FROM source_row_block WHERE run_id = $1)", &[run.into()]).await
}

/// The blocks with these lines of a run; lines that are no longer kept have none.
async fn blocks(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<Vec<SourceRowBlock>> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let mut blocks: Vec<SourceRowBlock> = Vec::new();
    for line in lines {
        if blocks.last().is_none_or(|last| last.last_line < line) {
            blocks.extend(find(tx, run, line).await?);
        }
    }
    Ok(blocks)
}

/// Rows of a run by line, including neighbours in the same blocks. Expired and damaged rows are left out.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<HashMap<i64, String>> {
    let mut found = HashMap::with_capacity(lines.len());
    for block in blocks(tx, run, lines).await? {
        match block.unpack() {
            Ok(rows) => found.extend(rows),
            Err(error) => {
                tracing::warn!(%run, line = block.first_line, %error, "rows of an import are damaged, and shown as kept no longer")
            }
        }
    }
    Ok(found)
}

/// Forgets rows of a run by their lines.
pub async fn delete_lines(tx: &mut Tx, run: ImportRunId, lines: &[i64]) -> Result<()> {
    if lines.is_empty() || !is_kept(tx, run).await? {
        return Ok(());
    }
    let gone: HashSet<i64> = lines.iter().copied().collect();
    for block in blocks(tx, run, lines).await? {
        replace(tx, run, block, |(line, _)| gone.contains(line)).await?;
    }
    Ok(())
}

/// Where a block is: its run and its first line.
pub type SourceRowPlace = (ImportRunId, i64);

/// Blocks after `after` with a row that says something, of those that are read at once; and where to go on, if there are more.
pub async fn list_where(
    tx: &mut Tx,
    after: Option<SourceRowPlace>,
    says: impl Fn(&str) -> bool,
) -> Result<(Vec<SourceRowPlace>, Option<SourceRowPlace>)> {
    #[derive(sqlx::FromRow)]
    struct Of {
        run_id: ImportRunId,
        #[sqlx(flatten)]
        block: SourceRowBlock,
    }
    let after = after.unwrap_or((ImportRunId(uuid::Uuid::nil()), i64::MIN));
    let blocks: Vec<Of> = tx
        .list(
            "SELECT run_id, first_line, last_line, held, packed FROM source_row_block WHERE (run_id, first_line) > ($1, $2)
         ORDER BY run_id, first_line LIMIT $3",
            &[after.0.into(), after.1.into(), BLOCKS.into()],
        )
        .await?;
    let next = blocks.last().map(|last| (last.run_id, last.block.first_line));
    let mut found = Vec::new();
    for Of { run_id, block } in blocks {
        let (first, held) = (block.first_line, block.held);
        if block.without(|(_, text)| says(text))?.is_none_or(|left| left.held != held) {
            found.push((run_id, first));
        }
    }
    Ok((found, next))
}

/// Forgets the rows of some blocks that say something.
pub async fn delete_where(tx: &mut Tx, places: &[SourceRowPlace], says: impl Fn(&str) -> bool) -> Result<()> {
    for &(run, first) in places {
        let block: Option<SourceRowBlock> = tx
            .find(
                "SELECT first_line, last_line, held, packed FROM source_row_block WHERE run_id = $1 AND first_line = $2",
                &[run.into(), first.into()],
            )
            .await?;
        if let Some(block) = block {
            replace(tx, run, block, |(_, text)| says(text)).await?;
        }
    }
    Ok(())
}

/// Writes a block without some of its rows.
async fn replace(tx: &mut Tx, run: ImportRunId, block: SourceRowBlock, goes: impl Fn(&super::SourceRow) -> bool) -> Result<()> {
    let (first, held) = (block.first_line, block.held);
    let left = block.without(goes)?;
    if left.as_ref().is_some_and(|left| left.held == held) {
        return Ok(());
    }
    tx.run("DELETE FROM source_row_block WHERE run_id = $1 AND first_line = $2", &[run.into(), first.into()]).await?;
    create(tx, run, left.as_slice()).await
}

/// Deletes some rows of a run. Returns how many; 0 when none is left.
pub async fn delete_some(tx: &mut Tx, run: ImportRunId) -> Result<i64> {
    let held: Vec<i64> = tx
        .list_values(
            "DELETE FROM source_row_block WHERE run_id = $1
             AND first_line IN (SELECT first_line FROM source_row_block WHERE run_id = $1 ORDER BY first_line LIMIT $2)
         RETURNING held",
            &[run.into(), BLOCKS.into()],
        )
        .await?;
    Ok(held.iter().sum())
}

/// A run of before `before` of which rows are kept.
pub async fn find_old(tx: &mut Tx, program: ProgramId, before: Time) -> Result<Option<ImportRunId>> {
    tx.find_value(
        "SELECT r.id FROM import_run r WHERE r.program_id = $1 AND r.created_at < $2
             AND EXISTS (SELECT 1 FROM source_row_block b WHERE b.run_id = r.id) LIMIT 1",
        &[program.into(), before.into()],
    )
    .await
}

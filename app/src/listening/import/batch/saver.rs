//! Saves batches in transactions: long ones while no other writer waits, short ones otherwise.

use std::collections::{BTreeSet, HashSet};
use std::time::Instant;

use tokio::sync::mpsc;

use crate::access::job::{self, JobLease};
use crate::db::{Db, epoch};
use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::kernel::ids::CustomerId;
use crate::listening::customer;
use crate::listening::import::batch::batch_writer::BatchWriter;
use crate::listening::import::batch::reader::{BATCH, ImportBatch};
use crate::listening::import::batch::roster_rows;
use crate::listening::import::{ImportCounts, ImportKind, ImportNotes, ImportRun, SkippedRow, store};
use crate::listening::source_row::{self, SourceRowBlock};
use crate::program;

/// Rows that are saved without asking who waits, where nobody has waited for a while: the more, the less there is to do for each. On PostgreSQL,
/// where others may wait for rows that this run has written, fewer.
pub(super) const MAX_ROWS_AT_ONCE: usize = 2048;

const MAX_ROWS_AT_ONCE_ON_POSTGRES: usize = 512;

/// Rows of one transaction for which nobody waits: the more, the less is written twice, since each author's place in each index is a page of
/// its own. At a million mentions, 8,192 rows in a transaction wrote 18 KB for each row of 1.3 KB, and 32,768 rows 7 KB. On PostgreSQL, where
/// its end takes longer, fewer.
const MAX_ROWS_IN_A_TRANSACTION: usize = 32_768;

const MAX_ROWS_IN_A_TRANSACTION_ON_POSTGRES: usize = 8192;

/// How long such a transaction goes on, however few rows it has: far less than the lease of a job. On PostgreSQL others write meanwhile.
const MAX_TRANSACTION_SECONDS: f64 = 5.0;

const MAX_TRANSACTION_SECONDS_ON_POSTGRES: f64 = 1.0;

/// Rows that are saved before it is asked for the first time whether the tables have grown much.
const MIN_ROWS_ANALYZED: usize = 2000;

/// For how long an import makes room after somebody has waited.
const MAKES_ROOM_SECONDS: u64 = 10;

/// How much a transaction takes in: little where somebody has waited to write lately.
#[derive(Default)]
struct CommitPace {
    awaited: Option<Instant>,
}

impl CommitPace {
    /// Rows between two looks at who waits, rows of a transaction, and its seconds.
    fn limits(&self, postgres: bool) -> (usize, usize, f64) {
        match self.awaited.is_some_and(|awaited| awaited.elapsed().as_secs() <= MAKES_ROOM_SECONDS) {
            true => (BATCH, BATCH, MAX_TRANSACTION_SECONDS_ON_POSTGRES),
            false if postgres => (MAX_ROWS_AT_ONCE_ON_POSTGRES, MAX_ROWS_IN_A_TRANSACTION_ON_POSTGRES, MAX_TRANSACTION_SECONDS_ON_POSTGRES),
            false => (MAX_ROWS_AT_ONCE, MAX_ROWS_IN_A_TRANSACTION, MAX_TRANSACTION_SECONDS),
        }
    }
}

/// A file on its way into the database.
pub(super) struct BatchSaver<'a> {
    db: &'a Db,
    run: &'a ImportRun,
    pub writer: BatchWriter,
    pub batches: mpsc::Receiver<ImportBatch>,
    pace: CommitPace,
    /// The privacy epoch of the last transaction: where it has moved, what is remembered of authors may be wrong.
    epoch: Option<i64>,
    pub customers: BTreeSet<CustomerId>,
    pub saved: usize,
    /// How many rows are saved when the tables are looked at again.
    analyzed_at: usize,
}

impl<'a> BatchSaver<'a> {
    pub fn new(db: &'a Db, run: &'a ImportRun, writer: BatchWriter, batches: mpsc::Receiver<ImportBatch>) -> Self {
        Self {
            db,
            run,
            writer,
            batches,
            pace: CommitPace::default(),
            epoch: None,
            customers: BTreeSet::new(),
            saved: 0,
            analyzed_at: MIN_ROWS_ANALYZED,
        }
    }

    /// Saves one transaction after the other to the end of the file. False where the run was cancelled, taken by another worker, or the
    /// server stops: what came before stays.
    pub async fn save(&mut self, held: &mut JobLease) -> Result<bool> {
        while let Some(batch) = self.batches.recv().await {
            if !self.save_together(batch, held).await? || held.is_stopping() {
                return Ok(false);
            }
            if self.saved >= self.analyzed_at {
                self.analyzed_at = self.saved * 2;
                let mut tx = self.db.begin_bulk().await?;
                store::analyze_when_grown(&mut tx, i64::try_from(self.saved).unwrap_or(i64::MAX)).await?;
                tx.commit().await?;
            }
        }
        Ok(true)
    }

    /// Saves a batch and as many of those behind it as go together, in one transaction. False where the run is no longer this worker's:
    /// then nothing of it was saved.
    pub async fn save_together(&mut self, batch: ImportBatch, held: &mut JobLease) -> Result<bool> {
        let mut tx = self.db.begin_bulk().await?;
        let epoch = epoch::current(&mut tx).await?;
        program::store::lock_listening(&mut tx, self.run.program_id).await?;
        if self.epoch.replace(epoch).is_some_and(|before| before != epoch) {
            self.writer.clear(&mut tx).await?;
        }
        let (mut counts, mut out, mut notes, mut source_rows) = (ImportCounts::default(), Vec::new(), ImportNotes::default(), Vec::new());
        let (mut next, mut rows) = (Some(batch), 0);
        let (at_once, together, seconds) = self.pace.limits(tx.is_postgres());
        let began = Instant::now();
        while let Some(mut batch) = next {
            while batch.len() < at_once
                && let Ok(more) = self.batches.try_recv()
            {
                batch.merge(more);
            }
            rows += batch.len();
            notes.merge(&batch.notes);
            batch.out.iter().for_each(|row: &SkippedRow| counts.add(row.outcome));
            out.extend(batch.out);
            let (added, left) = if self.run.kind == ImportKind::Mentions {
                self.writer.mentions(&mut tx, batch.mentions).await?
            } else {
                let people = roster_rows::decide(&mut tx, self.run, batch.people, now()).await?;
                self.customers.extend(people.touched());
                customer::store::create(&mut tx, &people.changed.into_values().collect::<Vec<_>>()).await?;
                (people.counts, people.out)
            };
            counts.merge(&added);
            out.extend(left);
            source_rows.extend(drop_opted_out(batch.source_rows, &self.writer.take_opted_out_lines())?);
            next = if self.db.has_waiting_writers(&mut tx).await? {
                self.pace.awaited = Some(Instant::now());
                None
            } else if rows < together && out.len() < MAX_ROWS_AT_ONCE && began.elapsed().as_secs_f64() < seconds {
                // Rows that are left out wait in memory, as they came.
                self.batches.try_recv().ok()
            } else {
                None
            };
        }
        self.writer.count(&mut tx).await?;
        store::create_rows(&mut tx, self.run.id, &out).await?;
        source_row::store::create(&mut tx, self.run.id, &source_rows).await?;
        held.job.done += counts.rows;
        if !store::progress(&mut tx, self.run.id, &counts, &notes).await? || !job::act::progress(&mut tx, held, now()).await? {
            return Ok(false);
        }
        tx.commit().await?;
        self.saved += rows;
        Ok(true)
    }
}

/// Blocks without the lines of authors that have objected.
fn drop_opted_out(blocks: Vec<SourceRowBlock>, opted_out: &[i64]) -> Result<Vec<SourceRowBlock>> {
    if opted_out.is_empty() {
        return Ok(blocks);
    }
    let opted_out: HashSet<i64> = opted_out.iter().copied().collect();
    let left: Result<Vec<Option<SourceRowBlock>>> =
        blocks.into_iter().map(|block| block.without(|(line, _)| opted_out.contains(line))).collect();
    Ok(left?.into_iter().flatten().collect())
}

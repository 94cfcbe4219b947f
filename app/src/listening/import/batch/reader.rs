//! The thread that reads a file and analyzes its rows, batch by batch.

use std::path::Path;

use tokio::sync::mpsc;

use crate::kernel::clock::now;
use crate::kernel::error::Result;
use crate::listening::import::batch::analyze::{AnalyzedMention, MentionAnalyzer};
use crate::listening::import::batch::row::{ParsedCustomer, RowReader, skipped_row};
use crate::listening::import::reading::cell::cut;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::{container, source};
use crate::listening::import::{ColumnMapping, ImportKind, ImportNotes, SkippedRow};
use crate::listening::source_row::{SourceRow, SourceRowBlock};

/// Rows that the reading thread hands over at once, and that make one transaction where somebody waits to write: some ten milliseconds,
/// so that a note is not held up.
pub(super) const BATCH: usize = 64;

/// Characters of a source row that are kept.
const MAX_SOURCE_ROW_CHARS: usize = 20_000;

/// Rows as the reading thread hands them over.
#[derive(Default)]
pub(super) struct ImportBatch {
    pub mentions: Vec<AnalyzedMention>,
    pub people: Vec<ParsedCustomer>,
    pub out: Vec<SkippedRow>,
    pub notes: ImportNotes,
    /// All of them as they stood, packed.
    pub source_rows: Vec<SourceRowBlock>,
}

impl ImportBatch {
    pub fn len(&self) -> usize {
        self.mentions.len() + self.people.len() + self.out.len()
    }

    pub fn merge(&mut self, other: Self) {
        self.mentions.extend(other.mentions);
        self.people.extend(other.people);
        self.out.extend(other.out);
        self.source_rows.extend(other.source_rows);
        self.notes.merge(&other.notes);
    }
}

/// Reads and analyzes, on its own thread. Stops when nobody takes the batches any more.
pub(super) fn read(
    path: &Path,
    mapping: &ColumnMapping,
    kind: ImportKind,
    skip: i64,
    mut analyzer: MentionAnalyzer,
    sender: &mpsc::Sender<ImportBatch>,
) -> Result<()> {
    let mut records = source::rows(path, mapping)?;
    let reader = RowReader::new(mapping, now());
    let (mut record, mut batch, mut seen) = (Record::default(), ImportBatch::default(), 0);
    let mut rows: Vec<SourceRow> = Vec::with_capacity(BATCH);
    while records.next(&mut record).map_err(|error| container::unreadable(path, &error))? {
        seen += 1;
        if seen <= skip {
            continue;
        }
        let refused = match kind {
            ImportKind::Mentions => reader.mention(&record).map(|mention| {
                batch.notes.damaged_ids += i64::from(mention.damaged_id);
                batch.notes.mojibake += i64::from(mention.mojibake);
                batch.mentions.push(analyzer.analyze(mention));
            }),
            ImportKind::Customers => reader.person(&record).map(|person| batch.people.push(person)),
        };
        batch.notes.recoded += i64::from(record.recoded);
        if let Err(refused) = refused {
            batch.out.push(skipped_row(&record, refused));
        }
        rows.push((record.line, cut(&record.original(), MAX_SOURCE_ROW_CHARS)));
        if batch.len() >= BATCH {
            batch.source_rows.extend(SourceRowBlock::pack(&rows)?);
            rows.clear();
            if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Ok(());
            }
        }
    }
    if batch.len() > 0 {
        batch.source_rows.extend(SourceRowBlock::pack(&rows)?);
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

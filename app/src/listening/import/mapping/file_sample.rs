//! The first records of a file: with the separator that fits best, of the sheet or the list that has rows.

use std::path::Path;

use encoding_rs::Encoding;

use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::listening::import::field::ImportKind;
use crate::listening::import::mapping::columns::ColumnMapping;
use crate::listening::import::mapping::{guess, preset};
use crate::listening::import::reading::chat_lines::{self, CHAT};
use crate::listening::import::reading::container::{self, invalid, unreadable};
use crate::listening::import::reading::json::JsonObjects;
use crate::listening::import::reading::json_lists;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::sheet::{self, WorkbookRows};
use crate::listening::import::reading::source::{self, FileRows};

/// Delimiters that exports use; the first of equals wins.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// Lists of an object of JSON that are looked at, the longest first.
const MAX_LISTS: usize = 6;

/// The first records of a file, with the columns' names where they do not stand among them.
pub(super) struct FileSample {
    pub delimiter: char,
    pub sheet: Option<String>,
    /// The sheets or lists of which one is read; empty where there is nothing to choose.
    pub parts: Vec<String>,
    pub keys: Option<Vec<String>>,
    pub records: Vec<Vec<String>>,
}

pub(super) fn best_delimiter(path: &Path, encoding: &'static Encoding) -> Result<FileSample> {
    if source::is_chat(path, encoding)? {
        return chat(path, encoding);
    }
    let mut best: Option<(usize, FileSample)> = None;
    for delimiter in DELIMITERS {
        let records = first(&mut source::delimited(path, encoding, delimiter)?, path)?;
        let width = guess::width(&records);
        let regular = records.iter().filter(|record| record.len() == width).count();
        // A vendor's header says more than regular rows do.
        let known = preset::find(&records).map_or(0, |(_, found)| 2000 * found.seen / found.of);
        let score = if width < 2 { 0 } else { known + regular * 1000 / records.len().max(1) + width.min(50) };
        if best.as_ref().is_none_or(|(top, _)| score > *top) {
            best = Some((score, FileSample { delimiter, sheet: None, parts: Vec::new(), keys: None, records }));
        }
    }
    match best {
        Some((1.., sample)) => Ok(sample),
        _ => Err(invalid("No columns were found in this file. Export it as CSV, with one row per line and commas between cells.")),
    }
}

pub(super) fn chat(path: &Path, encoding: &'static Encoding) -> Result<FileSample> {
    let keys = Some(chat_lines::COLUMNS.map(str::to_owned).into());
    Ok(FileSample { delimiter: CHAT, sheet: None, parts: Vec::new(), keys, records: first(&mut source::chat(path, encoding)?, path)? })
}

/// The sheet whose columns lack the least of what a mention or a customer needs, the first of equals: a cover sheet or a summary lacks most.
pub(super) fn best_sheet(path: &Path, now: Time) -> Result<FileSample> {
    let names = sheet::names(container::workbook(path)?).map_err(|error| container::broken(&error))?;
    let mut best: Option<((bool, usize), FileSample)> = None;
    for name in names.iter().take(20) {
        let mut rows = FileRows::Sheet(WorkbookRows::open(container::workbook(path)?, Some(name)));
        let records = first(&mut rows, path).map_err(|error| invalid(&error.message()))?;
        let known = preset::find(&records).is_some();
        if !known && guess::width(&records) < 2 {
            continue;
        }
        let rank = (!known, lacks(&records, now));
        if best.as_ref().is_none_or(|(lowest, _)| rank < *lowest) {
            best = Some((rank, FileSample { delimiter: ',', sheet: Some(name.clone()), parts: Vec::new(), keys: None, records }));
        }
    }
    best.map(|(_, sample)| FileSample { parts: names, ..sample })
        .ok_or_else(|| invalid("No sheet of this workbook has columns with rows. Check the export and try again."))
}

/// How much of what a row needs these records lack, whatever they are.
fn lacks(records: &[Vec<String>], now: Time) -> usize {
    let Some(at) = guess::find_header(records, now) else { return usize::MAX };
    let (headers, rows) = (&records[at], &records[at + 1..]);
    let missing = |kind| ColumnMapping { columns: guess::guess(kind, headers, rows, now), ..ColumnMapping::default() }.missing(kind).len();
    missing(ImportKind::Mentions).min(missing(ImportKind::Customers))
}

/// The objects of a file; of a file with several lists those of the one that lacks the least of what a row needs, the longest of equals: users may
/// be listed beside what they wrote.
pub(super) fn objects(path: &Path, now: Time) -> Result<FileSample> {
    let (parts, lists) = json_lists::all(container::text(path)?).map_err(|error| unreadable(path, &error))?;
    let Some(longest) = lists.first() else { return Ok(FileSample { parts, ..objects_of(path, None)? }) };
    let lacking = |sample: &FileSample| {
        let headers = sample.keys.as_deref().unwrap_or_default();
        let kind = guess::guess_kind(headers, &sample.records, now);
        ColumnMapping { columns: guess::guess(kind, headers, &sample.records, now), ..ColumnMapping::default() }.missing(kind).len()
    };
    let mut best: Option<(usize, FileSample)> = None;
    for list in lists.iter().take(MAX_LISTS) {
        // A list of objects that have one key alone is none of mentions.
        let Ok(sample) = objects_of(path, Some(list.clone())) else { continue };
        let lacks = lacking(&sample);
        if best.as_ref().is_none_or(|(lowest, _)| lacks < *lowest) {
            best = Some((lacks, sample));
        }
        if lacks == 0 {
            break;
        }
    }
    match best {
        Some((_, sample)) => Ok(FileSample { parts, ..sample }),
        None => objects_of(path, Some(longest.clone())),
    }
}

pub(super) fn objects_of(path: &Path, list: Option<String>) -> Result<FileSample> {
    let limit = guess::SAMPLE_ROWS + guess::HEADER_WITHIN;
    let (keys, records) = JsonObjects::sample(container::text(path)?, limit, list.as_deref()).map_err(|error| unreadable(path, &error))?;
    if keys.len() < 2 {
        return Err(invalid("This JSON file does not have one object per mention. Export one object per line, or CSV."));
    }
    Ok(FileSample { delimiter: ',', sheet: list, parts: Vec::new(), keys: Some(keys), records })
}

pub(super) fn first(rows: &mut FileRows, path: &Path) -> Result<Vec<Vec<String>>> {
    let (mut record, mut records) = (Record::default(), Vec::new());
    while records.len() < guess::SAMPLE_ROWS + guess::HEADER_WITHIN && rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        records.push(record.cells().map(str::to_owned).collect());
    }
    Ok(records)
}

//! The rows of a workbook (.xlsx), streamed cell by cell: a sheet of 200 columns takes no more memory than one of ten.
//!
//! A thread of its own reads, since a reader borrows its workbook; it also means that a file that makes the reader panic
//! costs that file only. The workbook's shared texts are in memory while it is read, so their size is limited.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::vec::IntoIter;

use calamine::{DataRef, Reader, SheetVisible, Xlsx};
use zip::ZipArchive;

use crate::kernel::clock::plain_time;
use crate::listening::import::reading::container::{Book, Capped, MAX_UNPACKED_BYTES, bomb};
use crate::listening::import::reading::record::{MAX_COLUMNS, Record};
use crate::listening::import::reading::records::MAX_RECORD_BYTES;

/// Texts that a workbook shares between cells lie in memory: at most this many bytes of them.
const MAX_SHARED_STRING_BYTES: u64 = 256 << 20;
/// Rows that the reading thread hands over at once, and roughly how many bytes.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 1 << 20;

pub struct WorkbookRows {
    batches: Receiver<io::Result<Option<Vec<Record>>>>,
    batch: IntoIter<Record>,
    ended: bool,
}

impl WorkbookRows {
    /// Begins to read a sheet; the first where none is named.
    pub(crate) fn open(book: Box<dyn Book>, name: Option<&str>) -> Self {
        let (sender, batches) = sync_channel(2);
        let name = name.map(str::to_owned);
        std::thread::spawn(move || {
            let end = read(book, name.as_deref(), &sender);
            let _ = sender.send(end.map(|()| None));
        });
        Self { batches, batch: Vec::new().into_iter(), ended: false }
    }

    /// The next row that is not empty. False at the end.
    ///
    /// # Errors
    /// Where the workbook is damaged or too large.
    pub(crate) fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            if let Some(row) = self.batch.next() {
                *record = row;
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            match self.batches.recv() {
                Ok(Ok(Some(rows))) => self.batch = rows.into_iter(),
                Ok(Ok(None)) => self.ended = true,
                Ok(Err(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                Err(_) => {
                    self.ended = true;
                    return Err(damaged("it is not a valid workbook"));
                }
            }
        }
    }
}

/// The workbook's sheets that can be seen, in order.
///
/// # Errors
/// Where it is damaged.
pub(crate) fn names(book: Box<dyn Book>) -> io::Result<Vec<String>> {
    let names = std::thread::spawn(move || {
        let book = Xlsx::new(book).map_err(damaged)?;
        let seen = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
        Ok(book.sheets_metadata().iter().filter(seen).map(|sheet| sheet.name.clone()).collect())
    });
    names.join().unwrap_or_else(|_| Err(damaged("it is not a valid workbook")))
}

fn damaged(why: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("the workbook is damaged ({why})"))
}

/// Unpacks everything once without keeping it, so that what is read afterwards is known to be of a sound size.
///
/// # Errors
/// For a bomb, for one cell of more than a megabyte, for too many shared texts, for what is encrypted or damaged.
pub(crate) fn check(book: Box<dyn Book>) -> io::Result<()> {
    let mut zip = ZipArchive::new(book).map_err(damaged)?;
    let mut total = 0_u64;
    let mut chunk = vec![0; 1 << 16];
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(damaged)?;
        let packed = entry.compressed_size();
        let shared = entry.name().is_ok_and(|name| name.to_lowercase().ends_with("sharedstrings.xml"));
        let markup = entry.name().is_ok_and(|name| name.to_lowercase().ends_with(".xml"));
        let mut entry = Capped::new(entry, packed);
        let (mut bytes, mut run) = (0_u64, 0);
        loop {
            let count = entry.read(&mut chunk)?;
            if count == 0 {
                break;
            }
            bytes += count as u64;
            total += count as u64;
            if total > MAX_UNPACKED_BYTES {
                return Err(bomb(MAX_UNPACKED_BYTES));
            }
            if shared && bytes > MAX_SHARED_STRING_BYTES {
                return Err(io::Error::other(format!("its texts have more than {} MB; save it as CSV", MAX_SHARED_STRING_BYTES >> 20)));
            }
            // Whatever stands between two marks of markup is held in memory as one piece.
            for (place, part) in chunk[..count].split(|byte| *byte == b'<').enumerate() {
                run = if place == 0 { run + part.len() } else { part.len() };
                if markup && run > MAX_RECORD_BYTES {
                    return Err(io::Error::other("one of its cells has more than 1 MB"));
                }
            }
        }
    }
    Ok(())
}

/// Reads a sheet from beginning to end, or until nobody takes the rows any more.
fn read(book: Box<dyn Book>, name: Option<&str>, sender: &SyncSender<io::Result<Option<Vec<Record>>>>) -> io::Result<()> {
    let mut book = book;
    let has_links = has_links(&mut book);
    let mut book = Xlsx::new(book).map_err(damaged)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => book.sheet_names().first().cloned().ok_or_else(|| damaged("it has no sheet"))?,
    };
    let links = if has_links { links(&mut book, &name) } else { HashMap::new() };
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let (mut rows, mut bytes, mut row, mut number) = (Vec::new(), 0, Record::default(), None);
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (line, column) = cell.get_position();
        let text = text(cell.get_value());
        if number != Some(line) {
            number = Some(line);
            // Rows are numbered upwards, even where a damaged sheet does not.
            let next = (i64::from(line) + 1).max(row.line + 1);
            let done = std::mem::replace(&mut row, Record { line: next, ..Record::default() });
            bytes += keep(done, &mut rows);
            if (rows.len() >= BATCH || bytes > BATCH_BYTES) && sender.send(Ok(Some(std::mem::take(&mut rows)))).is_err() {
                return Ok(());
            }
            bytes = if rows.is_empty() { 0 } else { bytes };
        }
        // Excel allows 16,384 columns; one more than we read tells that there are too many.
        let column = (column as usize).min(MAX_COLUMNS);
        // Cells come in order; one that comes late or twice is none.
        if column >= row.len() && !text.is_empty() {
            while row.len() < column {
                row.push("");
            }
            row.push(&text);
            if let Some(link) = links.get(&(line, column)) {
                row.links.push((column, link.clone()));
            }
        }
    }
    keep(row, &mut rows);
    let _ = sender.send(Ok(Some(rows)));
    Ok(())
}

/// Whether any sheet has cells that lead somewhere: they stand behind all rows, so that looking for them reads a sheet twice.
fn has_links(book: &mut Box<dyn Book>) -> bool {
    let Ok(mut zip) = ZipArchive::new(book) else { return false };
    (0..zip.len()).any(|at| {
        let Ok(entry) = zip.by_index(at) else { return false };
        let mut text = Vec::new();
        let is_list = entry.name().is_ok_and(|name| name.contains("worksheets/_rels/"));
        is_list && entry.take(1 << 20).read_to_end(&mut text).is_ok() && memchr::memmem::find(&text, b"/hyperlink").is_some()
    })
}

/// Where cells of a sheet lead, by row and column. What cannot be read is none.
fn links(book: &mut Xlsx<Box<dyn Book>>, name: &str) -> HashMap<(u32, usize), String> {
    let found = book.hyperlinks_by_sheet_name(name).unwrap_or_default().into_iter();
    let single = found.filter(|link| link.range.start == link.range.end);
    let leads = single.filter_map(|link| Some(((link.range.start.0, link.range.start.1 as usize), link.target?)));
    leads.filter(|(_, target)| target.starts_with("http://") || target.starts_with("https://")).collect()
}

/// Keeps a row that is not empty. Gives its bytes.
fn keep(row: Record, rows: &mut Vec<Record>) -> usize {
    let bytes = row.own.len();
    if bytes > 0 {
        rows.push(row);
    }
    bytes
}

/// A cell as a person would type it. Formulas are their results.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(at) if at.as_f64() < 1.0 => clock(at.as_f64()),
        // Half a second on, so that a fraction that is not quite 38 seconds is not 37.
        DataRef::DateTime(at) => at
            .as_datetime()
            .and_then(|at| at.checked_add_signed(chrono::Duration::milliseconds(500)))
            .map_or_else(|| float(at.as_f64()), plain_time),
    }
}

/// A time of day, as a fraction of a day.
fn clock(day: f64) -> String {
    let seconds = (day.max(0.0) * 86_400.0).round() as u32;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A number. Spreadsheets keep 15 digits: a longer one has lost its last, and is shown so that nobody takes it for an id.
fn float(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    if number.abs() >= 1e15 { format!("{number:E}").replace('E', "E+") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_they_were_typed() {
        assert_eq!(float(12_599.0), "12599");
        assert_eq!(float(0.5), "0.5");
        assert_eq!(float(1_561_430_846_413_873_152.0), "1.5614308464138732E+18");
        assert!(crate::listening::import::reading::cell::is_damaged_id(&float(5.70306e17)));
        assert_eq!(clock(0.75), "18:00:00");
    }
}

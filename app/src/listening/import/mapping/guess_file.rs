//! Guesses how a file is to be read from its first records, and reads on where they leave the order of dates open.

use std::path::Path;

use encoding_rs::Encoding;

use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::listening::import::field::{ImportField, ImportKind};
use crate::listening::import::mapping::columns::{ColumnMapping, MappingOrigin, ReadingOptions};
use crate::listening::import::mapping::confidence::confidences;
use crate::listening::import::mapping::date_order::{self, DateEvidence};
use crate::listening::import::mapping::{guess, layout_network, own_files, preset, roster, score_scale, survey_scale};
use crate::listening::import::reading::chat_lines::{self, CHAT};
use crate::listening::import::reading::container::{self, Content, invalid, unreadable};
use crate::listening::import::reading::json::JsonObjects;
use crate::listening::import::reading::json_lists;
use crate::listening::import::reading::record::{MAX_COLUMNS, Record};
use crate::listening::import::reading::sheet::{self, WorkbookRows};
use crate::listening::import::reading::source::{self, FileInspection, FileRows};

/// Files up to this size are counted beforehand: a second or two.
const MAX_COUNTED_BYTES: i64 = 256 << 20;

/// Delimiters that exports use; the first of equals wins.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// The first records of a file, with the columns' names where they do not stand among them.
struct FileSample {
    delimiter: char,
    sheet: Option<String>,
    keys: Option<Vec<String>>,
    records: Vec<Vec<String>>,
}

/// Guesses everything about the file: sheet, delimiter, header, what it holds, its columns, how its dates are written.
///
/// # Errors
/// `Invalid` on the field `file` where no columns can be told apart.
pub fn guess(path: &Path, inspection: &FileInspection, kind: Option<ImportKind>, now: Time) -> Result<(ImportKind, ColumnMapping)> {
    guess_from_sample(path, inspection, kind, false, now)
}

/// As `guess`, with the rows counted where that does not take long, so that progress can be shown against a whole.
///
/// # Errors
/// As `guess`.
pub fn guess_and_count(
    path: &Path,
    inspection: &FileInspection,
    kind: Option<ImportKind>,
    now: Time,
) -> Result<(ImportKind, ColumnMapping)> {
    guess_from_sample(path, inspection, kind, inspection.bytes <= MAX_COUNTED_BYTES, now)
}

fn guess_from_sample(
    path: &Path,
    inspection: &FileInspection,
    kind: Option<ImportKind>,
    count: bool,
    now: Time,
) -> Result<(ImportKind, ColumnMapping)> {
    let sample = match inspection.content {
        Content::Text => best_delimiter(path, inspection.encoding)?,
        Content::Workbook => best_sheet(path, now)?,
        Content::Json => objects(path)?,
    };
    let header = header_span(&sample, find_header(&sample.records, now), now);
    let (kind, mut mapping, evidence) = with_header(inspection.encoding, header, sample, kind, now)?;
    read_on(path, &mut mapping, &evidence, count, now)?;
    Ok((kind, mapping))
}

fn best_delimiter(path: &Path, encoding: &'static Encoding) -> Result<FileSample> {
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
            best = Some((score, FileSample { delimiter, sheet: None, keys: None, records }));
        }
    }
    match best {
        Some((1.., sample)) => Ok(sample),
        _ => Err(invalid("No columns were found in this file. Export it as CSV, with one row per line and commas between cells.")),
    }
}

fn chat(path: &Path, encoding: &'static Encoding) -> Result<FileSample> {
    let keys = Some(chat_lines::COLUMNS.map(str::to_owned).into());
    Ok(FileSample { delimiter: CHAT, sheet: None, keys, records: first(&mut source::chat(path, encoding)?, path)? })
}

/// The sheet whose columns lack the least of what a mention or a customer needs, the first of equals: a cover sheet or a summary lacks most.
fn best_sheet(path: &Path, now: Time) -> Result<FileSample> {
    let names = sheet::names(container::workbook(path)?).map_err(|error| container::broken(&error))?;
    let mut best: Option<((bool, usize), FileSample)> = None;
    for name in names.into_iter().take(20) {
        let mut rows = FileRows::Sheet(WorkbookRows::open(container::workbook(path)?, Some(&name)));
        let records = first(&mut rows, path).map_err(|error| invalid(&error.message()))?;
        let known = preset::find(&records).is_some();
        if !known && guess::width(&records) < 2 {
            continue;
        }
        let rank = (!known, lacks(&records, now));
        if best.as_ref().is_none_or(|(lowest, _)| rank < *lowest) {
            best = Some((rank, FileSample { delimiter: ',', sheet: Some(name), keys: None, records }));
        }
    }
    best.map(|(_, sample)| sample)
        .ok_or_else(|| invalid("No sheet of this workbook has columns with rows. Check the export and try again."))
}

/// How much of what a row needs these records lack, whatever they are.
fn lacks(records: &[Vec<String>], now: Time) -> usize {
    let Some(at) = guess::find_header(records, now) else { return usize::MAX };
    let (headers, rows) = (&records[at], &records[at + 1..]);
    let missing = |kind| ColumnMapping { columns: guess::guess(kind, headers, rows, now), ..ColumnMapping::default() }.missing(kind).len();
    missing(ImportKind::Mentions).min(missing(ImportKind::Customers))
}

fn objects(path: &Path) -> Result<FileSample> {
    let list = json_lists::longest(container::text(path)?).map_err(|error| unreadable(path, &error))?;
    objects_of(path, list)
}

fn objects_of(path: &Path, list: Option<String>) -> Result<FileSample> {
    let limit = guess::SAMPLE_ROWS + guess::HEADER_WITHIN;
    let (keys, records) = JsonObjects::sample(container::text(path)?, limit, list.as_deref()).map_err(|error| unreadable(path, &error))?;
    if keys.len() < 2 {
        return Err(invalid("This JSON file does not have one object per mention. Export one object per line, or CSV."));
    }
    Ok(FileSample { delimiter: ',', sheet: list, keys: Some(keys), records })
}

/// The first records.
fn first(rows: &mut FileRows, path: &Path) -> Result<Vec<Vec<String>>> {
    let (mut record, mut records) = (Record::default(), Vec::new());
    while records.len() < guess::SAMPLE_ROWS + guess::HEADER_WITHIN && rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        records.push(record.cells().map(str::to_owned).collect());
    }
    Ok(records)
}

/// Guesses columns again after a person said what encoding, delimiter or header line is right.
///
/// # Errors
/// `Invalid` for an encoding that there is not.
pub fn guess_again(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    reguess(path, before, options, |_| options.header.checked_sub(1), now)
}

/// As `guess_again`; with the header guessed where another sheet or list is read than before.
///
/// # Errors
/// As `guess_sheet`.
pub fn guess_as_told(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    let again = if options.sheet == before.sheet { guess_again } else { guess_sheet };
    again(path, before, options, now)
}

/// What of a file a person may have to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileParts {
    /// The sheets of a workbook, or the lists within an object of JSON, of which one is read; none where there is nothing to choose.
    pub names: Vec<String>,
    /// Whether it is a text of rows, which has an encoding and a separator.
    pub is_text: bool,
}

/// The parts of a file.
///
/// # Errors
/// `Invalid` for a damaged file.
pub fn parts(path: &Path) -> Result<FileParts> {
    let content = container::content(path)?;
    let names = match content {
        Content::Text => Vec::new(),
        Content::Workbook => sheet::names(container::workbook(path)?).map_err(|error| container::broken(&error))?,
        Content::Json => json_lists::all(container::text(path)?).map_err(|error| unreadable(path, &error))?,
    };
    Ok(FileParts { names, is_text: matches!(content, Content::Text) })
}

/// As `guess_again`, with the header guessed: for another sheet of a workbook, or another list of JSON.
///
/// # Errors
/// `Invalid` where there is no such sheet, or where it has no columns.
pub fn guess_sheet(path: &Path, before: &ColumnMapping, options: &ReadingOptions, now: Time) -> Result<ColumnMapping> {
    reguess(path, before, options, |records| find_header(records, now), now)
}

fn reguess(
    path: &Path,
    before: &ColumnMapping,
    options: &ReadingOptions,
    header: impl Fn(&[Vec<String>]) -> Option<usize>,
    now: Time,
) -> Result<ColumnMapping> {
    let encoding = source::label(&options.encoding)?;
    let sample = match container::content(path)? {
        Content::Text if options.delimiter == CHAT => chat(path, encoding)?,
        Content::Text => {
            let records = first(&mut source::delimited(path, encoding, options.delimiter)?, path)?;
            FileSample { delimiter: options.delimiter, sheet: None, keys: None, records }
        }
        Content::Json => objects_of(path, options.sheet.clone())?,
        Content::Workbook => {
            let mut rows = FileRows::Sheet(WorkbookRows::open(container::workbook(path)?, options.sheet.as_deref()));
            FileSample { delimiter: ',', sheet: options.sheet.clone(), keys: None, records: first(&mut rows, path)? }
        }
    };
    let header = header_span(&sample, header(&sample.records), now);
    let (_, mut mapping, evidence) = with_header(encoding, header, sample, Some(options.kind), now)?;
    // The file's name, or a person, may have told the network.
    if mapping.network.is_none() && before.network.is_some() {
        (mapping.network, mapping.network_from) = (before.network.clone(), before.network_from);
    }
    read_on(path, &mut mapping, &evidence, false, now)?;
    Ok(mapping)
}

/// Where the header is: a vendor's names, else what reads as names.
fn find_header(records: &[Vec<String>], now: Time) -> Option<usize> {
    preset::find(records).map(|(at, _)| at).or_else(|| guess::find_header(records, now))
}

/// The first and the last record of the header of which one record is known. Where that is the last of several, as a mapping keeps it, the
/// names stand above it. None where the names do not stand among the records.
fn header_span(sample: &FileSample, at: Option<usize>, now: Time) -> Option<(usize, usize)> {
    let at = at.filter(|_| sample.keys.is_none())?;
    let end = |first: usize| guess::header_end(&sample.records, first, now);
    let first = (1..=2).rev().filter_map(|back| at.checked_sub(back)).find(|first| end(*first) == at).unwrap_or(at);
    Some((first, end(first)))
}

/// What the first rows say of the columns, and the evidence of their dates.
fn with_header(
    encoding: &'static Encoding,
    header: Option<(usize, usize)>,
    sample: FileSample,
    kind: Option<ImportKind>,
    now: Time,
) -> Result<(ImportKind, ColumnMapping, DateEvidence)> {
    let FileSample { delimiter, sheet, keys, mut records } = sample;
    let mut rows = records.split_off(header.map_or(0, |(_, end)| end + 1).min(records.len()));
    let headers: Vec<String> = match (keys, header) {
        (Some(keys), _) => keys,
        (None, Some((at, _))) => guess::header_names(records.get(at..).unwrap_or_default()),
        (None, None) => (1..=guess::width(&rows)).map(|number| format!("Column {number}")).collect(),
    };
    if headers.len() > MAX_COLUMNS {
        return Err(invalid("This file has more than 2,000 columns, the maximum. Export fewer columns."));
    }
    if own_files::is_ours(&headers) {
        rows.iter_mut().flatten().for_each(|cell| *cell = export::unguarded(cell).to_owned());
    }
    let found = preset::find(std::slice::from_ref(&headers)).map(|(_, found)| found).filter(|_| kind != Some(ImportKind::Customers));
    let (said, mut kind_from) = (kind, if kind.is_some() { MappingOrigin::User } else { MappingOrigin::Guessed });
    let kind = said.unwrap_or_else(|| if found.is_some() { ImportKind::Mentions } else { guess::guess_kind(&headers, &rows, now) });
    if said.is_none() && found.is_none() && !own_files::is_ours(&headers) {
        let of = |kind| ColumnMapping { columns: guess::guess(kind, &headers, &rows, now), ..ColumnMapping::default() };
        kind_from = roster::doubt(&of(ImportKind::Mentions), &of(ImportKind::Customers), &rows);
    }
    let mut columns = guess::guess(kind, &headers, &rows, now);
    if let Some(found) = found {
        found.preset.assign(&headers, &mut columns);
    }
    if kind == ImportKind::Customers {
        roster::keep_extras(&headers, &rows, &mut columns);
    }
    // What we say about a row is none of its cells.
    let cells = own_files::columns(&headers);
    columns.iter_mut().enumerate().filter(|(place, _)| !cells.contains(place)).for_each(|(_, held)| *held = None);
    let mut mapping = ColumnMapping {
        encoding: encoding.name().to_owned(),
        delimiter,
        header: header.map(|(_, end)| end),
        network: if delimiter == CHAT { Some("whatsapp") } else { layout_network::of(&headers, sheet.as_deref()) }.map(str::to_owned),
        confidence: confidences(kind, &headers, &rows, &columns, found, now),
        headers,
        columns,
        preset: found,
        sheet,
        kind_from,
        ..ColumnMapping::default()
    };
    mapping.scale = score_scale::find(&mapping, &rows);
    if kind == ImportKind::Mentions && mapping.network.is_none() && !layout_network::rows_tell(&mapping, &rows) {
        mapping.network_from = MappingOrigin::Open;
    }
    if kind == ImportKind::Customers {
        survey_scale::find(&mut mapping, &rows);
    }
    // What stands above the names may say the zone, and so may what survey tools write below them.
    let names = header.map_or(0, |(at, _)| at);
    let around: Vec<Vec<String>> = records.iter().enumerate().filter(|(at, _)| *at != names).map(|(_, record)| record.clone()).collect();
    date_order::zone(&mut mapping, &around, &rows);
    let mut evidence = DateEvidence::default();
    for row in &rows {
        see(&mapping, row, &mut evidence, now);
    }
    (mapping.day_first, mapping.order_from) = evidence.verdict();
    mapping.short_zones = evidence.short_zones();
    Ok((kind, mapping, evidence))
}

fn see(mapping: &ColumnMapping, row: &[String], evidence: &mut DateEvidence, now: Time) {
    let dated = |held: &Option<ImportField>| held.is_some_and(ImportField::is_date);
    for (cell, _) in row.iter().zip(&mapping.columns).filter(|(_, held)| dated(held)) {
        evidence.see(cell, now);
    }
}

/// What the first rows do not tell, from one reading of all of them: how many there are, if that is asked for, and which number of a date is
/// the day, until a row says so. What the first rows contradict each other about, no further row decides.
fn read_on(path: &Path, mapping: &mut ColumnMapping, first_rows: &DateEvidence, count: bool, now: Time) -> Result<()> {
    let is_open = !first_rows.is_decided() && mapping.order_from != MappingOrigin::File;
    if !is_open && !count {
        return Ok(());
    }
    let (mut rows, mut record) = (source::rows(path, mapping)?, Record::default());
    let (mut evidence, mut total) = (DateEvidence::default(), 0);
    while rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        total += 1;
        if is_open && !evidence.is_decided() {
            let row: Vec<String> = record.cells().map(str::to_owned).collect();
            see(mapping, &row, &mut evidence, now);
            if evidence.is_decided() && !count {
                break;
            }
        }
    }
    if is_open {
        (mapping.day_first, mapping.order_from) = evidence.verdict();
    }
    mapping.total = count.then_some(total);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    #[test]
    fn dates_that_contradict_each_other_stay_a_guess() {
        let path = std::env::temp_dir().join(format!("weheard-guess-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, "Date,Author,Text\n13/4/2022,zoe,The fan is loud again\n4/13/2022,max,The hinge broke\n").expect("a file");
        let (_, mapping) = guess(&path, &source::inspect(&path).expect("text"), None, now()).expect("columns");
        std::fs::remove_file(path).expect("removed");
        assert_eq!((mapping.day_first, mapping.order_from), (true, MappingOrigin::Guessed));
    }

    #[test]
    fn a_header_of_several_rows_stays_whole_when_it_is_read_again() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/survey-three-headers.csv");
        let inspection = source::inspect(&path).expect("text");
        let (kind, mapping) = guess(&path, &inspection, None, now()).expect("columns");
        let again = guess_again(&path, &mapping, &ReadingOptions::of(kind, &mapping), now()).expect("columns");
        assert_eq!((again.header, &again.headers, &again.columns), (Some(2), &mapping.headers, &mapping.columns));
        let named = ColumnMapping { network: Some("telegram".into()), ..mapping };
        let from_first = ReadingOptions { header: 1, ..ReadingOptions::of(kind, &named) };
        assert_eq!(
            guess_again(&path, &named, &from_first, now()).expect("columns").headers,
            again.headers,
            "its first row means all of it"
        );
    }

    #[test]
    fn one_reading_counts_the_rows_and_finds_the_order_of_dates() {
        let path = std::env::temp_dir().join(format!("weheard-guess-{}.csv", uuid::Uuid::new_v4()));
        let open = "4/5/2022,zoe,The fan is loud again\n".repeat(700);
        std::fs::write(&path, format!("Date,Author,Text\n{open}4/13/2022,max,The hinge broke\n{open}")).expect("a file");
        let inspection = source::inspect(&path).expect("text");
        let (_, counted) = guess_and_count(&path, &inspection, None, now()).expect("columns");
        let (_, mapping) = guess(&path, &inspection, None, now()).expect("columns");
        std::fs::remove_file(path).expect("removed");
        assert_eq!((counted.day_first, counted.order_from, counted.total), (false, MappingOrigin::File, Some(1401)));
        assert_eq!((mapping.day_first, mapping.order_from, mapping.total), (false, MappingOrigin::File, None));
    }
}

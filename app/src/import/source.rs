//! The file itself: what it is, in which encoding, what its columns hold, and its rows as a stream.
//!
//! One pass over the whole file gives its hash; unpacked, it shows its encoding. Only its beginning is kept for guessing.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};

use super::act::Reread;
use super::encoding::{Utf8, wide};
use super::json::Objects;
use super::open::{self, Bytes, Content};
use super::order::{Evidence, Origin};
use super::record::MAX_COLUMNS;
use super::records::{Record, Records};
use super::sheet::{self, Sheet};
use super::{Field, Kind, Mapping, own, preset, rules};
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::export;
use crate::secret::hex;

/// Delimiters that exports use; the first of equals wins.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
/// How much of a file that is not UTF-8 is shown to the detector of encodings.
const DETECT: usize = 4 << 20;

/// What a look at the whole file shows.
#[derive(Clone, Debug)]
pub struct Look {
    /// SHA-256, hexadecimal.
    pub hash: String,
    pub bytes: i64,
    pub encoding: &'static Encoding,
    content: Content,
}

/// Reads the file once: its hash, its size, its encoding.
///
/// # Errors
/// `Invalid` on the field `file` for what holds no rows: empty, a web page, a picture, a bomb.
pub fn look(path: &Path) -> Result<Look> {
    let (hash, bytes) = fingerprint(path)?;
    let content = open::content(path)?;
    let encoding = if content == Content::Workbook {
        sheet::check(open::workbook(path)?).map_err(|error| open::broken(&error))?;
        encoding_rs::UTF_8
    } else {
        letters(path)?
    };
    Ok(Look { hash, bytes, encoding, content })
}

fn fingerprint(path: &Path) -> Result<(String, i64)> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let (mut sha, mut bytes, mut chunk) = (Sha256::new(), 0_i64, vec![0; 1 << 18]);
    loop {
        let count = file.read(&mut chunk).map_err(|error| unreadable(path, &error))?;
        if count == 0 {
            return Ok((hex(&sha.finalize()), bytes));
        }
        sha.update(&chunk[..count]);
        bytes += i64::try_from(count).unwrap_or(0);
    }
}

/// The encoding of a text, from all of it.
fn letters(path: &Path) -> Result<&'static Encoding> {
    let mut text = open::text(path)?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut shown, mut utf8, mut head, mut chunk) = (0, Utf8::default(), Vec::new(), vec![0; 1 << 18]);
    loop {
        let count = text.read(&mut chunk).map_err(|error| open::broken(&error))?;
        if count == 0 {
            break;
        }
        let part = &chunk[..count];
        if head.is_empty() {
            head.extend_from_slice(part);
            if let Some((encoding, _)) = Encoding::for_bom(&head).filter(|(encoding, _)| *encoding != encoding_rs::UTF_8) {
                refuse(&head)?;
                return Ok(encoding);
            }
        }
        utf8.check(part);
        if shown < DETECT && (!utf8.spotless() || shown == 0) {
            detector.feed(part, false);
            shown += count;
        }
    }
    refuse(&head)?;
    detector.feed(&[], true);
    let encoding = match wide(&head) {
        Some(encoding) => encoding,
        None if utf8.holds() => encoding_rs::UTF_8,
        None => detector.guess(None, Utf8Detection::Allow),
    };
    let nul = head.iter().filter(|byte| **byte == 0).count();
    if nul * 20 > head.len() && wide(&head).is_none() {
        return Err(wrong("This file is not text. Please export it as CSV."));
    }
    Ok(encoding)
}

/// Says what the file is where it holds no rows.
fn refuse(head: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(&head[..head.len().min(2048)]);
    let start = text.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if start.is_empty() {
        return Err(wrong("The file is empty. Please check the export and try again."));
    }
    const PAGE: &str =
        "This is a web page, not an export. The vendor's page may have asked for a sign-in: please download the export again.";
    for (sign, message) in [
        ("<!doctype html", PAGE),
        ("<html", PAGE),
        ("<head", PAGE),
        ("<body", PAGE),
        ("<?xml", "This is XML. Please export as CSV."),
        ("%pdf", "This is a PDF. Please export as CSV."),
        ("{\\rtf", "This is a text document. Please export as CSV."),
        ("pk\u{3}\u{4}", "This file is packed twice. Please unpack it once and import what is in it."),
    ] {
        if start.starts_with(sign) {
            return Err(wrong(message));
        }
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(wrong(
            "This is an old Excel file (.xls), or one with a password. Please save it as .xlsx without a password, or as CSV.",
        ));
    }
    let binary: [&[u8]; 5] = [b"\x1F\x8B", b"\x89PNG", b"\xFF\xD8\xFF", b"SQLite format 3", b"Rar!"];
    if binary.iter().any(|sign| head.starts_with(sign)) {
        return Err(wrong("This file is not text. Please export it as CSV."));
    }
    Ok(())
}

/// The first records of a file, with the columns' names where they do not stand among them.
struct Sample {
    delimiter: char,
    sheet: Option<String>,
    keys: Option<Vec<String>>,
    records: Vec<Vec<String>>,
}

/// Guesses everything about the file: sheet, delimiter, header, what it holds, its columns, how its dates are written.
///
/// # Errors
/// `Invalid` on the field `file` where no columns can be told apart.
pub fn guess(path: &Path, look: &Look, kind: Option<Kind>, now: Time) -> Result<(Kind, Mapping)> {
    let sample = match look.content {
        Content::Text => best_delimiter(path, look.encoding)?,
        Content::Workbook => best_sheet(path)?,
        Content::Json => objects(path)?,
    };
    let header = match &sample.keys {
        Some(_) => None,
        None => preset::find(&sample.records).map(|(at, _)| at).or_else(|| rules::find_header(&sample.records, now)),
    };
    let (kind, mut mapping) = with_header(look.encoding, header, sample, kind, now)?;
    settle_dates(path, &mut mapping, now)?;
    Ok((kind, mapping))
}

fn best_delimiter(path: &Path, encoding: &'static Encoding) -> Result<Sample> {
    let mut best: Option<(usize, Sample)> = None;
    for delimiter in DELIMITERS {
        let records = first(&mut delimited(path, encoding, delimiter)?, path)?;
        let width = rules::width(&records);
        let regular = records.iter().filter(|record| record.len() == width).count();
        // A vendor's header says more than regular rows do.
        let known = preset::find(&records).map_or(0, |(_, found)| 2000 * found.seen / found.of);
        let score = if width < 2 { 0 } else { known + regular * 1000 / records.len().max(1) + width.min(50) };
        if best.as_ref().is_none_or(|(top, _)| score > *top) {
            best = Some((score, Sample { delimiter, sheet: None, keys: None, records }));
        }
    }
    match best {
        Some((1.., sample)) => Ok(sample),
        _ => Err(wrong("No columns can be told apart in this file. It should be CSV, with one row a line and a comma between cells.")),
    }
}

/// The first sheet that has a vendor's header, else the first with columns: a cover sheet has none.
fn best_sheet(path: &Path) -> Result<Sample> {
    let names = sheet::names(open::workbook(path)?).map_err(|error| open::broken(&error))?;
    let mut fallback = None;
    for name in names.into_iter().take(20) {
        let mut rows = Rows::Sheet(Sheet::open(open::workbook(path)?, Some(&name)));
        let records = first(&mut rows, path).map_err(|error| wrong(&error.message()))?;
        let known = preset::find(&records).is_some();
        if !known && (rules::width(&records) < 2 || fallback.is_some()) {
            continue;
        }
        let sample = Sample { delimiter: ',', sheet: Some(name), keys: None, records };
        if known {
            return Ok(sample);
        }
        fallback = Some(sample);
    }
    fallback.ok_or_else(|| wrong("No sheet of this workbook has columns with rows below them."))
}

fn objects(path: &Path) -> Result<Sample> {
    let (keys, records) =
        Objects::sample(open::text(path)?, rules::SAMPLE + rules::HEADER_WITHIN).map_err(|error| unreadable(path, &error))?;
    if keys.len() < 2 {
        return Err(wrong("This is JSON, but not one object for each post. Please export one object a line, or as CSV."));
    }
    Ok(Sample { delimiter: ',', sheet: None, keys: Some(keys), records })
}

/// The first records.
fn first(rows: &mut Rows, path: &Path) -> Result<Vec<Vec<String>>> {
    let (mut record, mut records) = (Record::default(), Vec::new());
    while records.len() < rules::SAMPLE + rules::HEADER_WITHIN && rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        records.push(record.cells().map(str::to_owned).collect());
    }
    Ok(records)
}

/// Guesses columns again after a person said what encoding, delimiter or header line is right.
///
/// # Errors
/// `Invalid` for an encoding that there is not.
pub fn guess_again(path: &Path, before: &Mapping, said: &Reread, now: Time) -> Result<Mapping> {
    let encoding = label(&said.encoding)?;
    let sample = match open::content(path)? {
        Content::Text => {
            let records = first(&mut delimited(path, encoding, said.delimiter)?, path)?;
            Sample { delimiter: said.delimiter, sheet: None, keys: None, records }
        }
        Content::Json => objects(path)?,
        Content::Workbook => {
            let mut rows = Rows::Sheet(Sheet::open(open::workbook(path)?, before.sheet.as_deref()));
            Sample { delimiter: ',', sheet: before.sheet.clone(), keys: None, records: first(&mut rows, path)? }
        }
    };
    let header = said.header.checked_sub(1).filter(|_| sample.keys.is_none());
    let mut mapping = with_header(encoding, header, sample, Some(said.kind), now)?.1;
    settle_dates(path, &mut mapping, now)?;
    Ok(mapping)
}

fn with_header(
    encoding: &'static Encoding,
    header: Option<usize>,
    sample: Sample,
    kind: Option<Kind>,
    now: Time,
) -> Result<(Kind, Mapping)> {
    let Sample { delimiter, sheet, keys, mut records } = sample;
    let mut rows = records.split_off(header.map_or(0, |at| at + 1).min(records.len()));
    let headers: Vec<String> = match (keys, header) {
        (Some(keys), _) => keys,
        (None, Some(at)) => records.get(at).map(|names| names.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default(),
        (None, None) => (1..=rules::width(&rows)).map(|number| format!("Column {number}")).collect(),
    };
    if headers.len() > MAX_COLUMNS {
        return Err(wrong("This file has more than 2,000 columns, the most that can be read. Please export fewer columns."));
    }
    if own::is_ours(&headers) {
        rows.iter_mut().flatten().for_each(|cell| *cell = export::unguarded(cell).to_owned());
    }
    let found = preset::find(std::slice::from_ref(&headers)).map(|(_, found)| found).filter(|_| kind != Some(Kind::Customers));
    let kind = kind.unwrap_or_else(|| if found.is_some() { Kind::Mentions } else { rules::guess_kind(&headers, &rows, now) });
    let mut columns = rules::guess(kind, &headers, &rows, now);
    if let Some(found) = found {
        found.preset.assign(&headers, &mut columns);
    }
    // What we say about a row is none of its cells.
    let cells = own::columns(&headers);
    columns.iter_mut().enumerate().filter(|(place, _)| !cells.contains(place)).for_each(|(_, held)| *held = None);
    let mut mapping =
        Mapping { encoding: encoding.name().to_owned(), delimiter, header, headers, columns, preset: found, sheet, ..Mapping::default() };
    super::order::zone(&mut mapping, &records[..records.len().saturating_sub(1)], &rows);
    let mut evidence = Evidence::default();
    for row in &rows {
        see(&mapping, row, &mut evidence, now);
    }
    (mapping.day_first, mapping.order_from) = evidence.verdict();
    Ok((kind, mapping))
}

fn see(mapping: &Mapping, row: &[String], evidence: &mut Evidence, now: Time) {
    let dated = |held: &Option<Field>| matches!(held, Some(Field::At | Field::LastContact | Field::SurveyAt));
    for (cell, _) in row.iter().zip(&mapping.columns).filter(|(_, held)| dated(held)) {
        evidence.see(cell, now);
    }
}

/// Where the first rows leave open which number is the day, reads on until a row says so.
fn settle_dates(path: &Path, mapping: &mut Mapping, now: Time) -> Result<()> {
    if mapping.order_from != Origin::Open && mapping.order_from != Origin::Guessed {
        return Ok(());
    }
    let (mut rows, mut record, mut evidence) = (rows(path, mapping)?, Record::default(), Evidence::default());
    while rows.next(&mut record).map_err(|error| unreadable(path, &error))? {
        let row: Vec<String> = record.cells().map(str::to_owned).collect();
        see(mapping, &row, &mut evidence, now);
        if evidence.is_decided() {
            break;
        }
    }
    (mapping.day_first, mapping.order_from) = evidence.verdict();
    Ok(())
}

/// Files up to this size are counted beforehand, so that progress can be shown against a whole: a second or two.
const COUNTED: i64 = 256 << 20;

/// How many rows the file has; none where counting would take long.
///
/// # Errors
/// As `rows`.
pub fn count(path: &Path, mapping: &Mapping, bytes: i64) -> Result<Option<i64>> {
    if bytes > COUNTED {
        return Ok(None);
    }
    let (mut records, mut record, mut count) = (rows(path, mapping)?, Record::default(), 0);
    while records.next(&mut record).map_err(|error| unreadable(path, &error))? {
        count += 1;
    }
    Ok(Some(count))
}

/// The rows of an open file, whatever it is.
pub enum Rows {
    Text(Records<Bytes>),
    Sheet(Sheet),
    Objects(Objects),
}

impl Rows {
    /// The next row. False at the end.
    ///
    /// # Errors
    /// What the file or what unpacks it says.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        match self {
            Self::Text(rows) => rows.next(record),
            Self::Sheet(rows) => rows.next(record),
            Self::Objects(rows) => rows.next(record),
        }
    }
}

/// Opens the file at its first data row, as the mapping says.
///
/// # Errors
/// `Unavailable` where the file is gone; `Invalid` for an encoding that there is not.
pub fn rows(path: &Path, mapping: &Mapping) -> Result<Rows> {
    let mut rows = match open::content(path)? {
        Content::Text => delimited(path, label(&mapping.encoding)?, mapping.delimiter)?,
        Content::Workbook => Rows::Sheet(Sheet::open(open::workbook(path)?, mapping.sheet.as_deref())),
        Content::Json => Rows::Objects(Objects::new(open::text(path)?, &mapping.headers)),
    };
    let mut record = Record::default();
    for _ in 0..mapping.header.map_or(0, |at| at + 1) {
        rows.next(&mut record).map_err(|error| unreadable(path, &error))?;
    }
    Ok(rows)
}

fn delimited(path: &Path, encoding: &'static Encoding, delimiter: char) -> Result<Rows> {
    let mut text = open::text(path)?;
    let bytes: Bytes = if encoding == encoding_rs::UTF_8 {
        // Read as it is, so that a row in another encoding is seen.
        let mut start = Vec::new();
        text.by_ref().take(3).read_to_end(&mut start).map_err(|error| unreadable(path, &error))?;
        if start == b"\xEF\xBB\xBF" {
            start.clear();
        }
        Box::new(io::Cursor::new(start).chain(text))
    } else {
        let text = BufReader::with_capacity(1 << 18, text);
        Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(text))
    };
    Ok(Rows::Text(Records::new(bytes, delimiter)))
}

fn label(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| Error::field("encoding", format!("There is no encoding “{name}”.")))
}

/// What a failing read means to a person.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Error {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Error::Unavailable(format!("The file “{name}” cannot be read: {error}."))
}

fn wrong(message: &str) -> Error {
    Error::field("file", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file<T>(bytes: &[u8], test: impl FnOnce(&Path) -> T) -> T {
        let path = std::env::temp_dir().join(format!("weheard-source-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, bytes).expect("a temporary file");
        let result = test(&path);
        let _ = std::fs::remove_file(path);
        result
    }

    fn first_text(bytes: &[u8]) -> (String, String) {
        with_file(bytes, |path| {
            let now = crate::clock::now();
            let (_, mapping) = guess(path, &look(path).expect("text"), None, now).expect("columns");
            let mut record = Record::default();
            rows(path, &mapping).expect("rows").next(&mut record).expect("reads");
            let place = mapping.places(Field::Text).first().copied().unwrap_or(99);
            (mapping.encoding.clone(), record.cell(place).to_owned())
        })
    }

    const CSV: &str =
        "Date,Author,Text\n2022-08-21,zoe,Größer und schöner als alles zuvor\n2022-08-22,max,Überhaupt nicht gut gelöst worden\n";

    #[test]
    fn any_encoding_is_read() {
        let text = "Größer und schöner als alles zuvor";
        assert_eq!(first_text(CSV.as_bytes()), ("UTF-8".into(), text.into()));
        assert_eq!(first_text(&[b"\xEF\xBB\xBF", CSV.as_bytes()].concat()).1, text);
        let (cp1252, _, _) = encoding_rs::WINDOWS_1252.encode(CSV);
        assert_eq!(first_text(&cp1252), ("windows-1252".into(), text.into()));
        let utf16: Vec<u8> = CSV.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(first_text(&utf16).1, text);
        assert_eq!(first_text(&[b"\xFF\xFE", utf16.as_slice()].concat()), ("UTF-16LE".into(), text.into()));
    }

    #[test]
    fn what_is_no_export_is_named() {
        let why = |bytes: &[u8]| {
            with_file(bytes, |path| {
                look(path).and_then(|look| guess(path, &look, None, crate::clock::now())).expect_err("no export").message()
            })
        };
        assert!(why(b"").contains("empty"));
        assert!(why(b"  \n\n").contains("empty"));
        assert!(why(b"<!DOCTYPE html><html><body>Sign in</body></html>").contains("web page"));
        assert!(why(b"PK\x03\x04xxxxxxxx").contains("damaged"));
        assert!(why(b"{\"a\": 1}").contains("JSON"));
        assert!(why(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("old Excel"));
        assert!(why(b"\x1F\x8B\x08\x00broken").contains("cannot be"));
        assert!(why(&[7, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]).contains("not text"));
        assert!(why(b"just one line of words").contains("No columns"));
    }
}

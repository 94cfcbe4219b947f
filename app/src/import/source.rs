//! The file itself: what it is, in which encoding, and its records as a stream.
//!
//! One pass over the whole file gives its hash and proves whether it is UTF-8; only its beginning is kept for guessing.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use sha2::{Digest, Sha256};

use super::records::{Record, Records};
use super::{Kind, Mapping, dates, rules};
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::secret::hex;

/// Delimiters that exports use; the first of equals wins.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
/// How much of a file that is not UTF-8 is shown to the detector of encodings.
const DETECT: usize = 4 << 20;

/// The records of an open file.
pub type Stream = Records<DecodeReaderBytes<BufReader<File>, Vec<u8>>>;

/// What a look at the whole file shows.
#[derive(Clone, Debug)]
pub struct Look {
    /// SHA-256, hexadecimal.
    pub hash: String,
    pub bytes: i64,
    pub encoding: &'static Encoding,
}

/// Reads the file once: its hash, its size, its encoding.
///
/// # Errors
/// `Invalid` on the field `file` for what is no delimited text: empty, a web page, a spreadsheet, binary.
pub fn look(path: &Path) -> Result<Look> {
    let mut file = open(path)?;
    let (mut sha, mut bytes) = (Sha256::new(), 0_i64);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut shown = 0;
    let mut utf8 = Utf8::default();
    let mut head = Vec::new();
    let mut chunk = vec![0; 1 << 18];
    loop {
        let count = file.read(&mut chunk).map_err(|error| unreadable(path, &error))?;
        if count == 0 {
            break;
        }
        let part = &chunk[..count];
        sha.update(part);
        bytes += i64::try_from(count).unwrap_or(0);
        if head.len() < 1 << 16 {
            head.extend_from_slice(part);
        }
        utf8.check(part);
        if shown < DETECT && (!utf8.holds || shown == 0) {
            detector.feed(part, false);
            shown += count;
        }
    }
    refuse(&head)?;
    detector.feed(&[], true);
    let encoding = match Encoding::for_bom(&head) {
        Some((encoding, _)) => encoding,
        None => wide(&head).unwrap_or_else(|| if utf8.holds { encoding_rs::UTF_8 } else { detector.guess(None, Utf8Detection::Allow) }),
    };
    let nul = head.iter().filter(|byte| **byte == 0).count();
    if nul * 20 > head.len() && wide(&head).is_none() && !matches!(encoding.name(), "UTF-16LE" | "UTF-16BE") {
        return Err(wrong("This file is not text. Please export it as CSV."));
    }
    Ok(Look { hash: hex(&sha.finalize()), bytes, encoding })
}

/// UTF-8 over the borders of chunks.
struct Utf8 {
    holds: bool,
    carried: Vec<u8>,
}

impl Default for Utf8 {
    fn default() -> Self {
        Self { holds: true, carried: Vec::new() }
    }
}

impl Utf8 {
    fn check(&mut self, part: &[u8]) {
        if !self.holds {
            return;
        }
        let joined;
        let bytes = if self.carried.is_empty() {
            part
        } else {
            joined = [self.carried.as_slice(), part].concat();
            &joined
        };
        let valid = Encoding::utf8_valid_up_to(bytes);
        let rest = bytes[valid..].to_vec();
        // A character cut by the end of the chunk has at most three bytes of it.
        self.holds = rest.len() < 4;
        self.carried = rest;
    }
}

/// UTF-16 without a byte order mark: every other byte of Western text is zero.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let sample = &head[..head.len().min(4096)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if half > 8 && odd * 2 > half && even * 8 < half => Some(encoding_rs::UTF_16LE),
        (even, odd) if half > 8 && even * 2 > half && odd * 8 < half => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Says what the file is where it is no delimited text.
fn refuse(head: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(&head[..head.len().min(2048)]);
    let start = text.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if start.is_empty() {
        return Err(wrong("The file is empty. Please check the export and try again."));
    }
    for (sign, message) in [
        (
            "<!doctype html",
            "This is a web page, not an export. The vendor's page may have asked for a sign-in: please download the export again.",
        ),
        ("<html", "This is a web page, not an export. The vendor's page may have asked for a sign-in: please download the export again."),
        ("<?xml", "This is XML. Please export as CSV."),
        ("pk\u{3}\u{4}", "This is a spreadsheet (or ZIP) file. Please open it, save it as CSV in UTF-8, and upload that."),
        ("%pdf", "This is a PDF. Please export as CSV."),
        ("{", "This is JSON. Please export as CSV."),
    ] {
        if start.starts_with(sign) {
            return Err(wrong(message));
        }
    }
    let binary: [&[u8]; 4] = [b"\xD0\xCF\x11\xE0", b"\x1F\x8B", b"\x89PNG", b"SQLite format 3"];
    if binary.iter().any(|sign| head.starts_with(sign)) {
        return Err(wrong("This file is not text. Please export it as CSV."));
    }
    Ok(())
}

/// Guesses everything about the file: delimiter, header, what it holds, its columns.
///
/// # Errors
/// `Invalid` on the field `file` where no columns can be told apart.
pub fn guess(path: &Path, look: &Look, kind: Option<Kind>, now: Time) -> Result<(Kind, Mapping)> {
    let mut best: Option<(usize, char, Vec<Vec<String>>)> = None;
    for delimiter in DELIMITERS {
        let records = sample(path, look.encoding, delimiter)?;
        let width = rules::width(&records);
        let regular = records.iter().filter(|record| record.len() == width).count();
        let score = if width < 2 { 0 } else { regular * 1000 / records.len().max(1) + width.min(50) };
        if best.as_ref().is_none_or(|(top, _, _)| score > *top) {
            best = Some((score, delimiter, records));
        }
    }
    let Some((1.., delimiter, records)) = best else {
        return Err(wrong("No columns can be told apart in this file. It should be CSV, with one row a line and a comma between cells."));
    };
    let header = rules::find_header(&records, now);
    Ok(with_header(look.encoding, delimiter, header, records, kind, now))
}

/// Guesses columns again after a person said what encoding, delimiter or header line is right.
///
/// # Errors
/// `Invalid` for an encoding that there is not.
pub fn guess_again(path: &Path, encoding: &str, delimiter: char, header: Option<usize>, kind: Kind, now: Time) -> Result<Mapping> {
    let encoding = label(encoding)?;
    let records = sample(path, encoding, delimiter)?;
    Ok(with_header(encoding, delimiter, header, records, Some(kind), now).1)
}

fn with_header(
    encoding: &'static Encoding,
    delimiter: char,
    header: Option<usize>,
    mut records: Vec<Vec<String>>,
    kind: Option<Kind>,
    now: Time,
) -> (Kind, Mapping) {
    let rows = records.split_off(header.map_or(0, |at| at + 1).min(records.len()));
    let headers: Vec<String> = match header {
        Some(at) => records.get(at).map(|names| names.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default(),
        None => (1..=rules::width(&rows)).map(|number| format!("Column {number}")).collect(),
    };
    let kind = kind.unwrap_or_else(|| rules::guess_kind(&headers, &rows, now));
    let columns = rules::guess(kind, &headers, &rows, now);
    let dated: Vec<usize> = columns
        .iter()
        .enumerate()
        .filter(|(_, held)| matches!(held, Some(super::Field::At | super::Field::LastContact | super::Field::SurveyAt)))
        .map(|(place, _)| place)
        .collect();
    let dates = rows.iter().flat_map(|row| dated.iter().filter_map(|place| row.get(*place))).map(String::as_str);
    let mapping = Mapping {
        encoding: encoding.name().to_owned(),
        delimiter,
        header,
        day_first: dates::day_first(dates),
        headers,
        columns,
        total: None,
    };
    (kind, mapping)
}

/// The first records.
fn sample(path: &Path, encoding: &'static Encoding, delimiter: char) -> Result<Vec<Vec<String>>> {
    let mut records = stream(path, encoding, delimiter)?;
    let (mut record, mut sample) = (Record::default(), Vec::new());
    while sample.len() < rules::SAMPLE + rules::HEADER_WITHIN && records.next(&mut record).map_err(|e| unreadable(path, &e))? {
        sample.push(record.fields.clone());
    }
    Ok(sample)
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

/// Opens the file at its first data row, as the mapping says.
///
/// # Errors
/// `Unavailable` where the file is gone; `Invalid` for an encoding that there is not.
pub fn rows(path: &Path, mapping: &Mapping) -> Result<Stream> {
    let mut records = stream(path, label(&mapping.encoding)?, mapping.delimiter)?;
    let mut record = Record::default();
    for _ in 0..mapping.header.map_or(0, |at| at + 1) {
        records.next(&mut record).map_err(|error| unreadable(path, &error))?;
    }
    Ok(records)
}

fn stream(path: &Path, encoding: &'static Encoding, delimiter: char) -> Result<Stream> {
    let file = BufReader::with_capacity(1 << 18, open(path)?);
    let decoder = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(file);
    Ok(Records::new(decoder, delimiter))
}

fn label(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| Error::field("encoding", format!("There is no encoding “{name}”.")))
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| unreadable(path, &error))
}

/// What a failing read means to a person.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Error::Unavailable(format!("The file “{name}” cannot be read: {error}."))
}

fn wrong(message: &str) -> Error {
    Error::field("file", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Field;

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
        assert!(why(b"PK\x03\x04xxxxxxxx").contains("spreadsheet"));
        assert!(why(b"{\"a\": 1}").contains("JSON"));
        assert!(why(&[7, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]).contains("not text"));
        assert!(why(b"just one line of words").contains("No columns"));
    }
}

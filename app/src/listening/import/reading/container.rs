//! What kind of file it is, and its bytes: plain text, gzip, ZIP, a workbook, JSON. Detected by its content, not by its name.
//!
//! Nothing unpacks without limits: not beyond `MAX_UNPACKED_BYTES`, and not beyond `RATIO` times the packed size, as only a bomb does.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use crate::coded;
use crate::kernel::error::{Error, Result};

/// No export is packed tighter than this: text shrinks to a tenth, a sheet to a fortieth.
const RATIO: u64 = 200;
/// So much may come out of any file, however small.
const FREE: u64 = 32 << 20;
/// What comes out of a packed file at most.
pub(crate) const MAX_UNPACKED_BYTES: u64 = 8 << 30;
/// A workbook within a ZIP is unpacked in memory; a larger one is to be unpacked before.
const MAX_INNER_BYTES: u64 = 64 << 20;
/// How much of the beginning tells what a file is.
const HEAD: usize = 1 << 16;

/// Bytes as a stream that a thread may own.
pub type Bytes = Box<dyn Read + Send>;

/// A workbook's bytes.
pub(crate) trait Book: Read + Seek + Send {}
impl<T: Read + Seek + Send> Book for T {}

/// What a file holds once it is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text,
    Json,
    Workbook,
}

/// How it is packed.
#[derive(Debug)]
enum Shape {
    Plain,
    Gzip,
    /// A file within a ZIP: where its bytes begin, how many there are, whether they are deflated, and its name.
    Member {
        start: u64,
        packed: u64,
        deflated: bool,
        workbook: bool,
    },
    Workbook,
}

/// What the file holds, and whether it has to be unpacked.
///
/// # Errors
/// `Invalid` on the field `file` for a ZIP that holds nothing or too much, and for what cannot be unpacked.
pub(crate) fn inspect(path: &Path) -> Result<(Content, bool)> {
    let shape = shape(path)?;
    let content = match shape {
        Shape::Workbook | Shape::Member { workbook: true, .. } => Content::Workbook,
        _ if is_json(&head(bytes_of(path, &shape)?)?) => Content::Json,
        _ => Content::Text,
    };
    Ok((content, !matches!(shape, Shape::Plain)))
}

/// What the file holds.
///
/// # Errors
/// As `look`.
pub(crate) fn content(path: &Path) -> Result<Content> {
    Ok(inspect(path)?.0)
}

/// The file's text, unpacked.
///
/// # Errors
/// As `look`.
pub(crate) fn text(path: &Path) -> Result<Bytes> {
    bytes_of(path, &shape(path)?)
}

/// The workbook, unpacked where it lies in a ZIP.
///
/// # Errors
/// As `look`.
pub(crate) fn workbook(path: &Path) -> Result<Box<dyn Book>> {
    let shape = shape(path)?;
    if !matches!(shape, Shape::Member { .. }) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, file(path)?)));
    }
    let mut inner = Vec::new();
    bytes_of(path, &shape)?.take(MAX_INNER_BYTES + 1).read_to_end(&mut inner).map_err(|error| broken(&error))?;
    if inner.len() as u64 > MAX_INNER_BYTES {
        let limit = MAX_INNER_BYTES >> 20;
        return Err(invalid(&format!("The workbook in this ZIP is larger than {limit} MB. Unpack the ZIP and import the workbook.")));
    }
    Ok(Box::new(io::Cursor::new(inner)))
}

/// The first bytes of a stream.
fn head(bytes: Bytes) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(HEAD as u64).read_to_end(&mut head).map_err(|error| broken(&error))?;
    Ok(head)
}

fn file(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| unreadable(path, &error))
}

fn shape(path: &Path) -> Result<Shape> {
    let mut start = [0; 4];
    let read = file(path)?.read(&mut start).map_err(|error| unreadable(path, &error))?;
    match &start[..read] {
        [0x1f, 0x8b, ..] => Ok(Shape::Gzip),
        b"PK\x03\x04" | b"PK\x05\x06" => member(path),
        _ => Ok(Shape::Plain),
    }
}

/// The one file in a ZIP that can be imported.
fn member(path: &Path) -> Result<Shape> {
    let damaged = || Error::field("file", coded!("failure-zip-damaged"));
    let mut zip = ZipArchive::new(BufReader::new(file(path)?)).map_err(|_| damaged())?;
    if zip.file_names().any(|name| matches!(name, Ok(name) if name.starts_with("xl/"))) {
        return Ok(Shape::Workbook);
    }
    let mut fit: Vec<(usize, String)> = Vec::new();
    let mut all: Vec<String> = Vec::new();
    for (at, name) in zip.file_names().enumerate() {
        let name = name.map(|name| name.into_owned()).unwrap_or_default();
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX/") {
            continue;
        }
        let lower = last.to_lowercase();
        if [".csv", ".tsv", ".txt", ".tab", ".json", ".ndjson", ".jsonl", ".xlsx"].iter().any(|ending| lower.ends_with(ending)) {
            fit.push((at, last.to_owned()));
        }
        all.push(last.to_owned());
    }
    let list = |names: &[String]| names.iter().take(6).cloned().collect::<Vec<_>>().join(", ") + if names.len() > 6 { ", …" } else { "" };
    let (at, name) = match fit.as_slice() {
        [one] => one,
        [] if all.is_empty() => return Err(invalid("This ZIP is empty. Check the export and try again.")),
        [] => {
            let held = list(&all);
            return Err(invalid(&format!("This ZIP has no file that can be imported (CSV, JSON or .xlsx). It has: {held}.")));
        }
        many => {
            let held = list(&many.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
            let count = many.len();
            return Err(invalid(&format!(
                "This ZIP has {count} files that can be imported: {held}. Unpack the ZIP and import them one by one."
            )));
        }
    };
    let entry = zip.by_index_raw(*at).map_err(|_| damaged())?;
    if entry.encrypted() {
        return Err(invalid("This ZIP has a password. Unpack it and import the file inside."));
    }
    let deflated = match entry.compression() {
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        other => {
            return Err(invalid(&format!(
                "This ZIP uses a compression that is not supported ({other}). Unpack it and import the file inside."
            )));
        }
    };
    let workbook = name.to_lowercase().ends_with(".xlsx");
    let start = entry.data_start().ok_or_else(damaged)?;
    Ok(Shape::Member { start, packed: entry.compressed_size(), deflated, workbook })
}

fn bytes_of(path: &Path, shape: &Shape) -> Result<Bytes> {
    let mut file = file(path)?;
    let packed = file.metadata().map(|about| about.len()).unwrap_or(0);
    Ok(match shape {
        Shape::Plain | Shape::Workbook => Box::new(file),
        Shape::Gzip => Box::new(Capped::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)), packed)),
        Shape::Member { start, packed, deflated, .. } => {
            file.seek(SeekFrom::Start(*start)).map_err(|error| unreadable(path, &error))?;
            let inner = BufReader::with_capacity(1 << 16, file).take(*packed);
            if *deflated { Box::new(Capped::new(DeflateDecoder::new(inner), *packed)) } else { Box::new(inner) }
        }
    })
}

/// Lets so much through as an honest file can hold, then fails and says so.
pub(crate) struct Capped<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R> Capped<R> {
    /// Around what unpacks `packed` bytes.
    pub(crate) fn new(inner: R, packed: u64) -> Self {
        let limit = packed.saturating_mul(RATIO).clamp(FREE, MAX_UNPACKED_BYTES);
        Self { inner, left: limit, limit }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| bomb(self.limit))?;
        Ok(count)
    }
}

/// It unpacks to more than it may.
pub(crate) fn bomb(limit: u64) -> io::Error {
    io::Error::other(format!("it unpacks to more than {} MB, which is far too much for its size", limit >> 20))
}

/// What cannot be unpacked, in words.
pub(crate) fn broken(error: &io::Error) -> Error {
    Error::field("file", coded!("failure-file-broken", detail = error.to_string()))
}

/// Whether text begins as JSON does: an object, or a list of objects.
fn is_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let mut signs = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (signs.next(), signs.next()) {
        (Some(b'['), Some(b'{')) => true,
        (Some(b'{'), Some(b'"')) => head.contains(&b':'),
        _ => false,
    }
}

pub(crate) fn invalid(message: &str) -> Error {
    Error::field("file", message)
}

/// What a failing read means to a person.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Error::Unavailable(coded!("failure-file-unreadable", file = name, detail = error.to_string()))
}

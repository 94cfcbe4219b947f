//! The file itself: what it is, in which encoding, and its rows as a stream.
//!
//! One pass over the whole file gives its hash and its encoding. A packed one is read as it is for its hash, and unpacked for its encoding.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};

use crate::kernel::error::{Error, Result};
use crate::kernel::secret::hex;
use crate::listening::import::mapping::columns::ColumnMapping;
use crate::listening::import::reading::chat_lines::{self, CHAT, ChatLines};
use crate::listening::import::reading::container::{self, Bytes, Content, invalid, unreadable};
use crate::listening::import::reading::encoding::{MacRoman, Utf8, wide};
use crate::listening::import::reading::json::JsonObjects;
use crate::listening::import::reading::record::Record;
use crate::listening::import::reading::records::Records;
use crate::listening::import::reading::sheet::{self, WorkbookRows};

/// How much of a file that is not UTF-8 is shown to the detector of encodings.
const MAX_DETECTED_BYTES: usize = 4 << 20;

/// How much of a file is read at once.
const CHUNK: usize = 1 << 18;

/// What a look at the whole file shows.
#[derive(Clone, Debug)]
pub struct FileInspection {
    /// SHA-256, hexadecimal.
    pub hash: String,
    pub bytes: i64,
    pub encoding: &'static Encoding,
    pub(crate) content: Content,
}

/// Reads the file once: its hash, its size, its encoding.
///
/// # Errors
/// `Invalid` on the field `file` for what holds no rows: empty, a web page, a picture, a bomb.
pub fn inspect(path: &Path) -> Result<FileInspection> {
    let (content, is_packed) = container::inspect(path)?;
    let mut encoding = encoding_rs::UTF_8;
    let (hash, bytes) = if content == Content::Workbook {
        sheet::check(container::workbook(path)?).map_err(|error| container::broken(&error))?;
        fingerprint(path)?
    } else if is_packed {
        encoding = letters(&mut container::text(path)?)?;
        fingerprint(path)?
    } else {
        let mut text = Fingerprinted::new(container::text(path)?);
        encoding = letters(&mut text)?;
        text.finish().map_err(|error| unreadable(path, &error))?
    };
    Ok(FileInspection { hash, bytes, encoding, content })
}

fn fingerprint(path: &Path) -> Result<(String, i64)> {
    let unreadable = |error: io::Error| unreadable(path, &error);
    Fingerprinted::new(File::open(path).map_err(unreadable)?).finish().map_err(unreadable)
}

/// Takes the SHA-256 and the size of what is read through it.
struct Fingerprinted<R> {
    inner: R,
    sha: Sha256,
    bytes: i64,
}

impl<R: Read> Fingerprinted<R> {
    fn new(inner: R) -> Self {
        Self { inner, sha: Sha256::new(), bytes: 0 }
    }

    /// Reads what is left; gives the hash in hexadecimal and the size in bytes.
    fn finish(mut self) -> io::Result<(String, i64)> {
        let mut chunk = vec![0; CHUNK];
        while self.read(&mut chunk)? > 0 {}
        Ok((hex(&self.sha.finalize()), self.bytes))
    }
}

impl<R: Read> Read for Fingerprinted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sha.update(&buffer[..count]);
        self.bytes += i64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

/// The encoding of a text, from all of it.
fn letters(text: &mut impl Read) -> Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut shown, mut utf8, mut mac, mut head, mut chunk) = (0, Utf8::default(), MacRoman::default(), Vec::new(), vec![0; CHUNK]);
    loop {
        let count = text.read(&mut chunk).map_err(|error| container::broken(&error))?;
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
        mac.check(part);
        if shown < MAX_DETECTED_BYTES && (!utf8.spotless() || shown == 0) {
            detector.feed(part, false);
            shown += count;
        }
    }
    refuse(&head)?;
    detector.feed(&[], true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    let encoding = match wide(&head) {
        Some(encoding) => encoding,
        None if utf8.holds() => encoding_rs::UTF_8,
        None if mac.holds(guess) => encoding_rs::MACINTOSH,
        None => guess,
    };
    let nul = head.iter().filter(|byte| **byte == 0).count();
    if nul * 20 > head.len() && wide(&head).is_none() {
        return Err(invalid("This file is not text. Export it as CSV."));
    }
    Ok(encoding)
}

/// Says what the file is where it holds no rows.
fn refuse(head: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(&head[..head.len().min(2048)]);
    let start = text.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if start.is_empty() {
        return Err(invalid("This file is empty. Check the export and try again."));
    }
    const PAGE: &str = "This is a web page, not an export. Sign in to your vendor’s site and download the export again.";
    for (sign, message) in [
        ("<!doctype html", PAGE),
        ("<html", PAGE),
        ("<head", PAGE),
        ("<body", PAGE),
        ("<?xml", "This is an XML file. Export as CSV."),
        ("%pdf", "This is a PDF. Export as CSV."),
        ("{\\rtf", "This is a text document. Export as CSV."),
        ("pk\u{3}\u{4}", "This file is packed twice. Unpack it and import the file inside."),
    ] {
        if start.starts_with(sign) {
            return Err(invalid(message));
        }
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(invalid("This is an old Excel file (.xls) or has a password. Save it as .xlsx without a password, or as CSV."));
    }
    let binary: [&[u8]; 5] = [b"\x1F\x8B", b"\x89PNG", b"\xFF\xD8\xFF", b"SQLite format 3", b"Rar!"];
    if binary.iter().any(|sign| head.starts_with(sign)) {
        return Err(invalid("This file is not text. Export it as CSV."));
    }
    Ok(())
}

/// The rows of an open file, whatever it is.
pub enum FileRows {
    Text(Records<Bytes>),
    Sheet(WorkbookRows),
    Objects(JsonObjects),
    Chat(ChatLines),
}

impl FileRows {
    /// The next row. False at the end.
    ///
    /// # Errors
    /// What the file or what unpacks it says.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        match self {
            Self::Text(rows) => rows.next(record),
            Self::Sheet(rows) => rows.next(record),
            Self::Objects(rows) => rows.next(record),
            Self::Chat(rows) => rows.next(record),
        }
    }
}

/// Opens the file at its first data row, as the mapping says.
///
/// # Errors
/// `Unavailable` where the file is gone; `Invalid` for an encoding that there is not.
pub fn rows(path: &Path, mapping: &ColumnMapping) -> Result<FileRows> {
    let mut rows = match container::content(path)? {
        Content::Text if mapping.delimiter == CHAT => chat(path, label(&mapping.encoding)?)?,
        Content::Text => delimited(path, label(&mapping.encoding)?, mapping.delimiter)?,
        Content::Workbook => FileRows::Sheet(WorkbookRows::open(container::workbook(path)?, mapping.sheet.as_deref())),
        Content::Json => FileRows::Objects(JsonObjects::new(container::text(path)?, &mapping.headers, mapping.sheet.as_deref())),
    };
    let mut record = Record::default();
    for _ in 0..mapping.header.map_or(0, |at| at + 1) {
        rows.next(&mut record).map_err(|error| unreadable(path, &error))?;
    }
    Ok(rows)
}

/// The text of a file of rows, unpacked and in UTF-8, whatever it was written in.
///
/// # Errors
/// As `inspect`; `Invalid` on the field `file` for a workbook and for JSON.
pub(crate) fn text(path: &Path) -> Result<Bytes> {
    let found = inspect(path)?;
    if found.content != Content::Text {
        return Err(invalid("This is no CSV or TSV file. Save it as CSV."));
    }
    Ok(Box::new(DecodeReaderBytesBuilder::new().encoding(Some(found.encoding)).bom_override(true).build(container::text(path)?)))
}

pub(crate) fn delimited(path: &Path, encoding: &'static Encoding, delimiter: char) -> Result<FileRows> {
    let mut text = container::text(path)?;
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
    Ok(FileRows::Text(Records::new(bytes, delimiter)))
}

/// The messages of a chat that was exported as lines.
pub(crate) fn chat(path: &Path, encoding: &'static Encoding) -> Result<FileRows> {
    let text = BufReader::with_capacity(1 << 18, container::text(path)?);
    Ok(FileRows::Chat(ChatLines::new(Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(text)))))
}

/// Whether a text is such a chat, by its beginning.
pub(crate) fn is_chat(path: &Path, encoding: &'static Encoding) -> Result<bool> {
    let mut beginning = Vec::new();
    container::text(path)?.take(CHUNK as u64).read_to_end(&mut beginning).map_err(|error| unreadable(path, &error))?;
    let (text, ..) = encoding.decode(&beginning);
    Ok(chat_lines::is_chat(&text))
}

pub(crate) fn label(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| Error::field("encoding", format!("“{name}” is not an encoding we know. Choose one from the list.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;
    use crate::listening::import::ImportField;
    use crate::listening::import::mapping::guess_file::guess;

    fn with_file<T>(bytes: &[u8], test: impl FnOnce(&Path) -> T) -> T {
        let path = std::env::temp_dir().join(format!("weheard-source-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, bytes).expect("a temporary file");
        let result = test(&path);
        let _ = std::fs::remove_file(path);
        result
    }

    fn first_text(bytes: &[u8]) -> (String, String) {
        with_file(bytes, |path| {
            let (_, mapping) = guess(path, &inspect(path).expect("text"), None, now()).expect("columns");
            let mut record = Record::default();
            rows(path, &mapping).expect("rows").next(&mut record).expect("reads");
            let place = mapping.places(ImportField::Text).first().copied().unwrap_or(99);
            (mapping.encoding.clone(), record.cell(place).to_owned())
        })
    }

    const CSV: &str =
        "Date,Author,Text\n2022-08-21,zoe,Größer und schöner als alles zuvor\n2022-08-22,max,Überhaupt nicht gut gelöst worden\n";

    /// Also of a file whose encoding is known from its first bytes, and which is not read to its end for that.
    #[test]
    fn the_hash_is_that_of_the_whole_file() {
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(CSV.repeat(9000).encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [CSV.as_bytes(), CSV.repeat(9000).as_bytes(), &wide] {
            let inspection = with_file(bytes, |path| inspect(path).expect("text"));
            assert_eq!((inspection.hash, inspection.bytes), (hex(&Sha256::digest(bytes)), i64::try_from(bytes.len()).expect("a size")));
        }
    }

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
    fn letters_of_other_languages_are_no_mac_roman() {
        let head = "Date,Author,Text\n2022-08-21,zoe,";
        for (encoding, text) in [
            (encoding_rs::SHIFT_JIS, "バッテリーがすぐに切れてしまい仕事になりません"),
            (encoding_rs::EUC_KR, "배터리가 너무 빨리 닳아서 하루도 쓰지 못합니다"),
            (encoding_rs::GBK, "电池很快就没电了，根本没法工作，客服也不回复"),
            (encoding_rs::WINDOWS_1250, "Bateria nie wytrzymuje nawet trzech godzin i we wrześniu zgłosiłem to już trzy razy"),
            (encoding_rs::MACINTOSH, "La charnière a cassé après six mois déjà et je suis déçu"),
            (encoding_rs::MACINTOSH, "Der Lüfter stört und läuft ständig und größer"),
        ] {
            let (bytes, ..) = encoding.encode(text);
            let file = [head.as_bytes(), &bytes, b"\n"].concat();
            assert_eq!(first_text(&file).1, text, "{}", encoding.name());
        }
    }

    #[test]
    fn what_is_no_export_is_named() {
        let why = |bytes: &[u8]| {
            with_file(bytes, |path| {
                inspect(path).and_then(|inspection| guess(path, &inspection, None, now())).expect_err("no export").message()
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

//! A file with labels that people gave, on which our own reading is measured: its columns by name, and its rows.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::kernel::error::{Error, Result};
use crate::listening::import::reading::source;

/// An open labelled file, read up to its header row.
pub(crate) struct LabelledFile {
    path: PathBuf,
    headers: StringRecord,
    rows: csv::Reader<Box<dyn Read>>,
}

impl LabelledFile {
    /// Opens a file with commas or tabs, in any encoding, packed or not.
    ///
    /// # Errors
    /// `Invalid` on `file` for what is no such file: a web page, a workbook, a file that cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let (mut text, mut first) = (BufReader::new(source::text(path)?), String::new());
        text.read_line(&mut first).map_err(|error| unreadable(path, &error))?;
        let delimiter = if first.matches('\t').count() > first.matches(',').count() { b'\t' } else { b',' };
        let whole: Box<dyn Read> = Box::new(Cursor::new(first).chain(text));
        let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(whole);
        let headers = rows.headers().map_err(|error| unreadable(path, &error))?.clone();
        Ok(Self { path: path.to_owned(), headers, rows })
    }

    /// The place of the column `name`; `field` is where a person gave the name.
    ///
    /// # Errors
    /// `Invalid` with the columns that there are.
    pub(crate) fn column(&self, field: &str, name: &str) -> Result<usize> {
        self.headers.iter().position(|header| header.trim() == name.trim()).ok_or_else(|| {
            let known = self.headers.iter().filter(|header| !header.is_empty()).collect::<Vec<_>>().join(", ");
            Error::field(field, format!("The file has no column “{name}”. It has: {known}."))
        })
    }

    /// The rows below the header. Each may be `Invalid` on `file`.
    pub(crate) fn rows(&mut self) -> impl Iterator<Item = Result<StringRecord>> {
        let path = self.path.clone();
        self.rows.records().map(move |row| row.map_err(|error| unreadable(&path, &error)))
    }
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::field("file", format!("{} cannot be read: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8], column: &str) -> Result<Vec<String>> {
        let path = std::env::temp_dir().join(format!("weheard-labelled-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, bytes).expect("written");
        let read = LabelledFile::open(&path).and_then(|mut file| {
            let at = file.column("text", column)?;
            file.rows().map(|row| Ok(row?.get(at).unwrap_or_default().to_owned())).collect()
        });
        std::fs::remove_file(path).expect("removed");
        read
    }

    #[test]
    fn labels_are_read_with_commas_or_tabs_in_any_encoding() {
        let text = "Text,Mood\n\"Größer, schöner\",positive\nÜberhaupt nicht gut gelöst,negative\n";
        let expected = ["Größer, schöner", "Überhaupt nicht gut gelöst"];
        assert_eq!(cells(text.as_bytes(), "Text").expect("UTF-8"), expected);
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(cells(&latin, "Text").expect("Windows-1252"), expected);
        let tabs = "Text\tMood\nGrößer, schöner\tpositive\n".encode_utf16().flat_map(u16::to_le_bytes);
        assert_eq!(cells(&[0xFF, 0xFE].into_iter().chain(tabs).collect::<Vec<_>>(), "Text").expect("UTF-16"), ["Größer, schöner"]);
    }

    #[test]
    fn what_is_no_labelled_file_is_named() {
        let why = |bytes: &[u8]| cells(bytes, "Text").expect_err("refused").message();
        assert!(why(b"<!DOCTYPE html><html><body>Please sign in</body></html>").contains("web page"));
        assert!(why(b"[{\"Text\": \"a\"}]").contains("Save it as CSV"));
        assert!(why(b"").contains("empty"));
        assert!(why(b"Words,Mood\na,b\n").contains("no column “Text”. It has: Words, Mood"));
    }
}

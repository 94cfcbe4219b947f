//! Records of a delimited file, one at a time, from a stream of UTF-8 of any length.
//!
//! Stricter and kinder than a plain CSV reader where real exports need it: it knows on which line a record began, and a
//! quotation mark that is never closed costs its own line only, not the rest of the file.

use std::io::{self, Read};

/// A record longer than this has lost its closing quotation mark.
const LONGEST: usize = 1 << 20;
const CHUNK: usize = 1 << 16;

/// One record. Reused from call to call.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line on which it began, from 1.
    pub line: i64,
    pub fields: Vec<String>,
    /// The record as it stood in the file.
    pub raw: String,
    /// A quotation mark was opened and never closed: only the first line was taken.
    pub half: bool,
}

impl Record {
    /// A cell, trimmed; empty where the record is too short.
    #[must_use]
    pub fn cell(&self, place: usize) -> &str {
        self.fields.get(place).map_or("", |cell| cell.trim())
    }
}

/// Reads records.
pub struct Records<R> {
    source: R,
    delimiter: u8,
    buffer: Vec<u8>,
    start: usize,
    line: i64,
    ended: bool,
}

enum Scan {
    /// The record ends before this position; its line end is included.
    Done(usize),
    More,
    Unclosed,
}

impl<R: Read> Records<R> {
    /// From a source of UTF-8. The delimiter is one ASCII character.
    pub fn new(source: R, delimiter: char) -> Self {
        Self { source, delimiter: u8::try_from(delimiter).unwrap_or(b','), buffer: Vec::new(), start: 0, line: 1, ended: false }
    }

    /// The next record that is not an empty line. False at the end.
    ///
    /// # Errors
    /// What the source says.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            if self.start == self.buffer.len() && !self.fill()? {
                return Ok(false);
            }
            let end = match self.scan(record) {
                Scan::Done(end) => end,
                Scan::More => {
                    self.fill()?;
                    continue;
                }
                Scan::Unclosed => {
                    let rest = &self.buffer[self.start..];
                    let end = rest.iter().position(|byte| *byte == b'\n').map_or(self.buffer.len(), |at| self.start + at + 1);
                    record.half = true;
                    end
                }
            };
            let taken = &self.buffer[self.start..end];
            let breaks = taken.iter().filter(|byte| **byte == b'\n').count().max(usize::from(taken.ends_with(b"\r")));
            let text = String::from_utf8_lossy(taken);
            let text = text.trim_end_matches(['\r', '\n']);
            record.line = self.line;
            record.raw.clear();
            record.raw.push_str(text);
            let blank = text.is_empty();
            self.line += i64::try_from(breaks).unwrap_or(0);
            self.start = end;
            if !blank {
                return Ok(true);
            }
        }
    }

    /// Reads more. False when there is nothing left unread and nothing in the buffer.
    fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let old = self.buffer.len();
        self.buffer.resize(old + CHUNK.max(old), 0);
        let mut read = 0;
        while !self.ended && old + read < self.buffer.len() {
            match self.source.read(&mut self.buffer[old + read..]) {
                Ok(0) => self.ended = true,
                Ok(count) => read += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(old + read);
        Ok(!self.buffer.is_empty())
    }

    /// Parses the record at `start` into `record.fields`.
    fn scan(&self, record: &mut Record) -> Scan {
        let bytes = &self.buffer;
        let mut at = self.start;
        let mut count = 0;
        record.half = false;
        loop {
            if record.fields.len() == count {
                record.fields.push(String::new());
            }
            let field = &mut record.fields[count];
            field.clear();
            count += 1;
            if bytes.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"').map(|ahead| at + ahead) else {
                        let unclosed = self.ended || bytes.len() - self.start > LONGEST;
                        return if unclosed { Scan::Unclosed } else { Scan::More };
                    };
                    push(field, &bytes[at..quote]);
                    at = quote + 1;
                    match bytes.get(at) {
                        Some(b'"') => {
                            field.push('"');
                            at += 1;
                        }
                        None if !self.ended => return Scan::More,
                        _ => break,
                    }
                }
            }
            let rest = bytes[at..].iter().position(|byte| *byte == self.delimiter || matches!(byte, b'\n' | b'\r'));
            let Some(end) = rest.map(|ahead| at + ahead) else {
                if !self.ended {
                    return Scan::More;
                }
                push(field, &bytes[at..]);
                record.fields.truncate(count);
                return Scan::Done(bytes.len());
            };
            push(field, &bytes[at..end]);
            at = end + 1;
            if bytes[end] == self.delimiter {
                continue;
            }
            if bytes[end] == b'\r' {
                match bytes.get(at) {
                    Some(b'\n') => at += 1,
                    None if !self.ended => return Scan::More,
                    _ => {}
                }
            }
            record.fields.truncate(count);
            return Scan::Done(at);
        }
    }
}

/// Adds text, without NUL characters: no database takes them, and they mean nothing.
fn push(field: &mut String, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\0') { field.extend(text.chars().filter(|c| *c != '\0')) } else { field.push_str(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, Vec<String>, bool)> {
        let mut records = Records::new(text.as_bytes(), ',');
        let (mut record, mut all) = (Record::default(), Vec::new());
        while records.next(&mut record).expect("memory reads") {
            all.push((record.line, record.fields.clone(), record.half));
        }
        all
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        read(text).into_iter().map(|(_, fields, _)| fields).collect()
    }

    #[test]
    fn quotes_commas_and_line_breaks_are_kept() {
        assert_eq!(fields("a,\"b,\"\"c\"\"\nd\",e\r\nf,,\n"), [vec!["a", "b,\"c\"\nd", "e"], vec!["f", "", ""]]);
    }

    #[test]
    fn a_record_knows_its_line() {
        let lines: Vec<i64> = read("h\n\n\"a\nb\"\nc\n\nd").into_iter().map(|(line, _, _)| line).collect();
        assert_eq!(lines, [1, 3, 5, 7]);
    }

    #[test]
    fn an_unclosed_quote_costs_its_own_line_only() {
        let all = read("a,b\n1,\"half a row\n2,x\n3,y\n");
        assert_eq!(all.len(), 4);
        assert!(all[1].2 && !all[2].2);
        assert_eq!(all[3].1, ["3", "y"]);
    }

    #[test]
    fn nul_characters_are_dropped() {
        assert_eq!(fields("a\0b,\"c\0\"\n"), [["ab", "c"]]);
    }

    #[test]
    fn records_longer_than_a_chunk_arrive_whole() {
        let long = "é".repeat(100_000);
        assert_eq!(fields(&format!("a,\"{long}\"\nb,c"))[0][1], long);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a-zé \",\n\r]{0,12}", 2..5), 1..8)) {
            let mut text = String::new();
            for row in &rows {
                let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            proptest::prop_assert_eq!(fields(&text), rows);
        }

        #[test]
        fn no_input_hangs_or_panics(text in "[a,\"\n\r\0é]{0,60}") {
            let _ = read(&text);
        }
    }
}

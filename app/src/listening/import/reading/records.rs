//! Records of a delimited file, one at a time, from a stream of bytes of any length.
//!
//! Stricter and kinder than a plain CSV reader where real exports need it: it knows on which line a record began, a
//! quotation mark that is never closed costs its own line only, a line without an end does not fill the memory, and bytes
//! that are no UTF-8 are read as windows-1252, row by row.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr3};

use crate::listening::import::reading::encoding::push_mixed;
use crate::listening::import::reading::record::{Record, Span, place};

/// A quoted cell longer than this has lost its closing quotation mark; a line longer than this has lost its end.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// A record longer than this is cut: even 200 columns of long mentions are shorter.
const ENDLESS: usize = 8 << 20;
const CHUNK: usize = 1 << 16;
/// How much of a line without an end is kept for showing.
const SHOWN: usize = 1 << 14;

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
    /// From a source of bytes, mostly UTF-8. The delimiter is one ASCII character.
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
            record.begin(self.line);
            let waiting = &self.buffer[self.start..];
            let length = match scan(waiting, self.delimiter, self.ended, &mut record.cells) {
                Scan::Done(length) => length,
                Scan::More if waiting.len() > ENDLESS => {
                    self.skip_endless(record)?;
                    return Ok(true);
                }
                Scan::More => {
                    self.fill()?;
                    continue;
                }
                Scan::Unclosed => {
                    record.half = true;
                    memchr(b'\n', waiting).map_or(waiting.len(), |at| at + 1)
                }
            };
            let taken = &waiting[..length];
            let breaks = memchr_iter(b'\n', taken).count().max(usize::from(taken.ends_with(b"\r")));
            let bare = &taken[..taken.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1)];
            let blank = bare.is_empty();
            take(bare, self.delimiter, record);
            self.line += i64::try_from(breaks).unwrap_or(0);
            self.start += length;
            if !blank {
                return Ok(true);
            }
        }
    }

    /// Takes the beginning of a line that has no end, and reads on to where it ends after all.
    fn skip_endless(&mut self, record: &mut Record) -> io::Result<()> {
        record.begin(self.line);
        record.half = true;
        record.recoded = push_mixed(&self.buffer[self.start..self.start + SHOWN], &mut record.original);
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[self.start..]) {
                self.start += at + 1;
                self.line += 1;
                return Ok(());
            }
            self.start = self.buffer.len();
            if !self.fill()? {
                return Ok(());
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
                Err(error) => {
                    self.buffer.truncate(old + read);
                    return Err(error);
                }
            }
        }
        self.buffer.truncate(old + read);
        Ok(!self.buffer.is_empty())
    }
}

/// Finds the end of the record that `bytes` begin with, and its cells. Cells that have to be unquoted keep their
/// quotation marks and are marked as `own`.
fn scan(bytes: &[u8], delimiter: u8, ended: bool, cells: &mut Vec<Span>) -> Scan {
    cells.clear();
    let mut at = 0;
    // Some programs write \" for a quotation mark: known by the first that a letter follows.
    let mut escapes = false;
    loop {
        let begin = at;
        let mut span = None;
        // ="…" is how some keep a spreadsheet from reading a number.
        let opening = begin + usize::from(bytes[begin..].starts_with(b"=\""));
        if bytes.get(opening) == Some(&b'"') {
            at = opening + 1;
            let mut doubled = false;
            loop {
                let Some(quote) = memchr(b'"', &bytes[at..]).map(|ahead| at + ahead) else {
                    return if ended || bytes.len() - begin > MAX_RECORD_BYTES { Scan::Unclosed } else { Scan::More };
                };
                at = quote + 1;
                let is_escaped = quote > opening + 1 && bytes[quote - 1] == b'\\';
                match bytes.get(at) {
                    Some(next) if is_escaped && (escapes || next.is_ascii_alphanumeric()) => {
                        escapes = true;
                        doubled = true;
                    }
                    Some(b'"') => {
                        doubled = true;
                        at += 1;
                    }
                    None if !ended => return Scan::More,
                    _ => break,
                }
            }
            if !doubled {
                span = Some(Span { start: opening + 1, end: at - 1, own: false });
            }
        }
        let closed = at;
        let Some(end) = memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map(|ahead| at + ahead) else {
            if !ended {
                return Scan::More;
            }
            place(cells, cell(begin, closed, bytes.len(), span));
            return Scan::Done(bytes.len());
        };
        place(cells, cell(begin, closed, end, span));
        at = end + 1;
        if bytes[end] == delimiter {
            continue;
        }
        if bytes[end] == b'\r' {
            match bytes.get(at) {
                Some(b'\n') => at += 1,
                None if !ended => return Scan::More,
                _ => {}
            }
        }
        return Scan::Done(at);
    }
}

/// The place of a cell: what stands between its quotation marks if nothing follows them, else all of it.
fn cell(begin: usize, closed: usize, end: usize, quoted: Option<Span>) -> Span {
    match quoted {
        Some(span) if closed == end => span,
        _ => Span { start: begin, end, own: closed > begin },
    }
}

/// Copies a record's text, and unquotes the cells that need it.
fn take(bare: &[u8], delimiter: u8, record: &mut Record) {
    match std::str::from_utf8(bare) {
        Ok(text) if memchr(0, bare).is_none() => record.original.push_str(text),
        _ => {
            record.recoded = push_mixed(bare, &mut record.original);
            record.original.retain(|c| c != '\0');
            // The cells lie elsewhere now.
            scan(record.original.as_bytes(), delimiter, true, &mut record.cells);
        }
    }
    if record.half {
        record.cells.clear();
        return;
    }
    for span in record.cells.iter_mut().filter(|span| span.own) {
        let start = record.own.len();
        unquote(record.original.get(span.start..span.end).unwrap_or(""), &mut record.own);
        *span = Span { start, end: record.own.len(), own: true };
    }
    record.read_links();
}

/// Adds a cell without its quotation marks; what follows the closing one belongs to it.
fn unquote(cell: &str, own: &mut String) {
    let mut rest = cell.strip_prefix('"').or_else(|| cell.strip_prefix("=\"")).unwrap_or(cell);
    while let Some((before, after)) = rest.split_once('"') {
        if let Some(before) = before.strip_suffix('\\').filter(|_| !after.is_empty() && !after.starts_with('"')) {
            own.push_str(before);
            own.push('"');
            rest = after;
            continue;
        }
        own.push_str(before);
        let Some(more) = after.strip_prefix('"') else {
            own.push_str(after);
            return;
        };
        own.push('"');
        rest = more;
    }
    own.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, Vec<String>, bool)> {
        let mut records = Records::new(text.as_bytes(), ',');
        let (mut record, mut all) = (Record::default(), Vec::new());
        while records.next(&mut record).expect("memory reads") {
            all.push((record.line, record.cells().map(str::to_owned).collect(), record.half));
        }
        all
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        read(text).into_iter().map(|(_, fields, _)| fields).collect()
    }

    #[test]
    fn marks_that_other_programs_write_are_understood() {
        let cells = |text: &str| read(text).remove(0).1;
        assert_eq!(cells("a,\"she said \\\"never, again\\\", and left\",b\n"), ["a", "she said \"never, again\", and left", "b"]);
        assert_eq!(cells("=\"0012\",=\"loud, again\",c\n"), ["0012", "loud, again", "c"]);
        assert_eq!(cells("\"C:\\\",b\n"), ["C:\\", "b"], "a backslash alone is a letter");
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
    fn rows_in_another_encoding_are_read_row_by_row() {
        let mut records = Records::new(&b"a,gr\xfc\xdfe\n\"gr\xc3\xbc\xc3\x9fe\",b\n"[..], ',');
        let mut record = Record::default();
        assert!(records.next(&mut record).expect("reads"));
        assert_eq!((record.cell(1), record.recoded), ("grüße", true));
        assert!(records.next(&mut record).expect("reads"));
        assert_eq!((record.cell(0), record.recoded), ("grüße", false));
    }

    #[test]
    fn a_line_without_an_end_costs_itself_only() {
        let text = format!("a,b\n{}\nc,d\n", "x".repeat(ENDLESS * 3));
        let all = read(&text);
        assert_eq!(all.iter().map(|(line, _, half)| (*line, *half)).collect::<Vec<_>>(), [(1, false), (2, true), (3, false)]);
    }

    #[test]
    fn letters_behind_a_closing_mark_are_kept() {
        assert_eq!(fields("\"a\"b,\"c\"\"d\"\n"), [["ab", "c\"d"]]);
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

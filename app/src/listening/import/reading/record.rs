//! One record of a file, whatever the file is: its line, its cells, and how it stood there.
//!
//! Reused from row to row: the text is copied once, cells are places in it. Only cells that had to be unquoted, and cells of
//! files that are no text, have letters of their own.

use std::borrow::Cow;

use crate::listening::import::reading::hyperlink;

/// Columns of a file at most, whatever kind of file it is: more than any export has. Of a record with more cells one more is kept, which tells
/// that there were too many.
pub const MAX_COLUMNS: usize = 2_000;

/// One record. Reused from call to call.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line on which it began, from 1; in a sheet its row.
    pub line: i64,
    /// A quotation mark was opened and never closed, or the line has no end: only its beginning was taken.
    pub half: bool,
    /// It has bytes that are no UTF-8, in a file of UTF-8; they were read as windows-1252.
    pub recoded: bool,
    /// The record as it is in a text file.
    pub(crate) original: String,
    /// Letters of cells that do not stand in `original` as they are.
    pub(crate) own: String,
    pub(crate) cells: Vec<Span>,
    /// Where cells lead that are links, by their places.
    pub(crate) links: Vec<(usize, String)>,
}

/// Where a cell lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    /// In `own` instead of in `original`.
    pub own: bool,
}

/// Adds a cell to those of a record, as far as they are kept.
pub(crate) fn place(cells: &mut Vec<Span>, cell: Span) {
    if cells.len() <= MAX_COLUMNS {
        cells.push(cell);
    }
}

impl Record {
    /// A record of these cells, as a spreadsheet has them.
    pub fn of<'c>(line: i64, cells: impl IntoIterator<Item = &'c str>) -> Self {
        let mut record = Self { line, ..Self::default() };
        cells.into_iter().for_each(|cell| record.push(cell));
        record
    }

    /// Empties it for the next record.
    pub(crate) fn begin(&mut self, line: i64) {
        self.line = line;
        self.half = false;
        self.recoded = false;
        self.original.clear();
        self.own.clear();
        self.cells.clear();
        self.links.clear();
    }

    /// Where a cell leads, if it is a link.
    #[must_use]
    pub fn link(&self, place: usize) -> Option<&str> {
        self.links.iter().find(|(at, _)| *at == place).map(|(_, link)| link.as_str())
    }

    /// Reads formulas of links as what they show, and keeps where they lead.
    pub(crate) fn read_links(&mut self) {
        for place in 0..self.cells.len() {
            if self.text(self.cells[place]).trim_start().starts_with('=')
                && let Some((shown, link)) = hyperlink::formula(self.text(self.cells[place]))
            {
                let start = self.own.len();
                self.own.push_str(&shown);
                self.cells[place] = Span { start, end: self.own.len(), own: true };
                self.links.push((place, link));
            }
        }
    }

    /// Adds a cell, without NUL characters: no database takes them, and they mean nothing.
    pub(crate) fn push(&mut self, cell: &str) {
        let start = self.own.len();
        self.own.extend(cell.split('\0'));
        place(&mut self.cells, Span { start, end: self.own.len(), own: true });
    }

    /// How many cells it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A cell, trimmed; empty where the record is too short.
    #[must_use]
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", |span| self.text(*span).trim())
    }

    /// All cells as they stand, untrimmed.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|span| self.text(*span))
    }

    fn text(&self, span: Span) -> &str {
        let from = if span.own { &self.own } else { &self.original };
        from.get(span.start..span.end).unwrap_or("")
    }

    /// The record as it is in the file; as a line of CSV where the file is no text.
    #[must_use]
    pub fn original(&self) -> Cow<'_, str> {
        if !self.original.is_empty() || self.cells.is_empty() {
            return Cow::Borrowed(&self.original);
        }
        let cells: Vec<String> = self
            .cells()
            .map(|cell| if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() })
            .collect();
        Cow::Owned(cells.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_sheet_is_shown_as_csv() {
        let record = Record::of(3, ["a", " b, \"c\" ", "nul\0l"]);
        assert_eq!(record.original(), "a,\" b, \"\"c\"\" \",null");
        assert_eq!((record.cell(1), record.cell(9), record.len()), ("b, \"c\"", "", 3));
    }
}

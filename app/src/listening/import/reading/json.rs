//! Objects in JSON, one after another: one a line (NDJSON), in a list, or in a list within an object (`{"messages": […]}`). Their keys are the
//! columns, nested ones with dots.
//!
//! An object that is no JSON costs itself only; a line that is cut off costs its own line. Half a surrogate pair, as tools write that cut
//! a text in the middle of an emoji, becomes U+FFFD.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use serde_json::Value;

use crate::listening::import::reading::container::Bytes;
use crate::listening::import::reading::json_lists as lists;
use crate::listening::import::reading::record::{MAX_COLUMNS, Record};

/// Lists that hold the one object that the object around is about.
const WRAPPERS: [&str; 2] = ["data", "media"];

/// An object larger than this is none.
const MAX_OBJECT_BYTES: usize = 8 << 20;

pub struct JsonObjects {
    bytes: io::Bytes<BufReader<Bytes>>,
    places: HashMap<String, usize>,
    line: i64,
    /// The number of the last object: its line, or one more than the last where several stand in a line.
    number: i64,
    /// One object a line: known once the first one ended.
    by_line: Option<bool>,
    in_list: bool,
    /// The keys that lead to the list, where it is within an object and has not been reached yet.
    path: Option<Vec<String>>,
    /// Whether only the objects of a list within an object are read, so that its end is the end.
    is_inner: bool,
    ended: bool,
}

/// One object as it stands, or what stands in its place.
struct Piece {
    line: i64,
    text: Vec<u8>,
    whole: bool,
}

impl JsonObjects {
    /// Reads objects whose cells are those of `keys`, in that order; those of the list `list` within an object (`data.items`), if one is
    /// named.
    pub(crate) fn new(bytes: Bytes, keys: &[String], list: Option<&str>) -> Self {
        let places = keys.iter().enumerate().map(|(place, key)| (key.clone(), place)).collect();
        Self {
            bytes: BufReader::with_capacity(1 << 16, bytes).bytes(),
            places,
            line: 1,
            number: 0,
            by_line: None,
            in_list: false,
            path: list.map(|path| path.split('.').map(str::to_owned).collect()),
            is_inner: list.is_some(),
            ended: false,
        }
    }

    /// The next object as a record. False at the end.
    ///
    /// # Errors
    /// What the source says.
    pub(crate) fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        let Some(piece) = self.piece()? else { return Ok(false) };
        self.number = piece.line.max(self.number + 1);
        record.begin(self.number);
        match cells(&piece) {
            Some((found, mended)) => {
                record.recoded = mended;
                let mut row = vec![""; self.places.len()];
                for (key, value) in &found {
                    if let Some(place) = self.places.get(key) {
                        row[*place] = value;
                    }
                }
                row.iter().for_each(|cell| record.push(cell));
                record.original.extend(std::str::from_utf8(&piece.text).unwrap_or("").split('\0'));
            }
            None => {
                record.half = true;
                record.original = String::from_utf8_lossy(&piece.text).chars().filter(|c| *c != '\0').take(2_000).collect();
            }
        }
        Ok(true)
    }

    /// The keys of the first objects, in order of appearance, and their cells.
    ///
    /// # Errors
    /// What the source says.
    pub(crate) fn sample(bytes: Bytes, limit: usize, list: Option<&str>) -> io::Result<(Vec<String>, Vec<Vec<String>>)> {
        let mut objects = Self::new(bytes, &[], list);
        let (mut keys, mut found): (Vec<String>, Vec<HashMap<String, String>>) = (Vec::new(), Vec::new());
        while found.len() < limit {
            let Some(piece) = objects.piece()? else { break };
            let Some((cells, _)) = cells(&piece) else { continue };
            for (key, _) in &cells {
                if keys.len() <= MAX_COLUMNS && !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
            found.push(cells.into_iter().collect());
        }
        let rows = found.iter().map(|cells| keys.iter().map(|key| cells.get(key).cloned().unwrap_or_default()).collect()).collect();
        Ok((keys, rows))
    }

    /// The next object's text. Only brackets and strings are looked at.
    fn piece(&mut self) -> io::Result<Option<Piece>> {
        if let Some(path) = self.path.take() {
            self.ended = !lists::reach(&mut self.bytes, &path, &mut self.line)?;
            self.in_list = true;
        }
        if self.ended {
            return Ok(None);
        }
        let mut piece = Piece { line: self.line, text: Vec::new(), whole: false };
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        while let Some(byte) = self.bytes.next().transpose()? {
            self.line += i64::from(byte == b'\n');
            if piece.text.is_empty() {
                // Between objects.
                match byte {
                    b'[' => self.in_list = true,
                    b']' if self.is_inner => {
                        self.ended = true;
                        return Ok(None);
                    }
                    b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | 0xef | 0xbb | 0xbf => {}
                    _ => {
                        piece.line = self.line;
                        piece.text.push(byte);
                        depth = u32::from(byte == b'{');
                    }
                }
                continue;
            }
            let broken = byte == b'\n' && (depth == 0 || quoted || self.by_line == Some(true));
            if broken || piece.text.len() > MAX_OBJECT_BYTES {
                return Ok(Some(piece));
            }
            piece.text.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' if !quoted => depth += 1,
                b'}' if !quoted && depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        piece.whole = true;
                        let one_line = piece.line == self.line && !self.in_list;
                        self.by_line.get_or_insert(one_line);
                        return Ok(Some(piece));
                    }
                }
                _ => {}
            }
        }
        Ok((!piece.text.is_empty()).then_some(piece))
    }
}

/// An object's cells with their keys, and whether letters had to be replaced; none for what is no object.
fn cells(piece: &Piece) -> Option<(Vec<(String, String)>, bool)> {
    if !piece.whole {
        return None;
    }
    let text = without_halves(&piece.text);
    let mended = matches!(text, Cow::Owned(_));
    cells_of(&text).map(|cells| (cells, mended))
}

/// The cells of an object's text with their keys; none for what is no object.
pub(crate) fn cells_of(text: &[u8]) -> Option<Vec<(String, String)>> {
    let Value::Object(object) = serde_json::from_slice(text).ok()? else { return None };
    let mut cells = Vec::new();
    for (key, value) in &object {
        flatten(key.clone(), value, &mut cells);
    }
    Some(cells)
}

/// JSON in which every escaped surrogate is one of a pair; a half one becomes `\ufffd`.
fn without_halves(text: &[u8]) -> Cow<'_, [u8]> {
    /// The code of the escape `\uXXXX` at a place.
    fn code(text: &[u8], at: usize) -> Option<u32> {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
        at += found;
        match code(text, at) {
            Some(0xd800..=0xdbff) if matches!(code(text, at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.get_or_insert_with(|| text.to_vec())[at..at + 6].copy_from_slice(b"\\ufffd");
                at += 6;
            }
            // Whatever is escaped, the character behind the backslash is part of it.
            _ => at += 2,
        }
        if at >= text.len() {
            break;
        }
    }
    mended.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn flatten(key: String, value: &Value, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Null => cells.push((key, String::new())),
        Value::String(text) => cells.push((key, text.clone())),
        Value::Number(number) => cells.push((key, number.to_string())),
        Value::Bool(yes) => cells.push((key, yes.to_string())),
        // Archives of networks wrap each object in a list of its own.
        Value::Array(values) if values.len() == 1 && values[0].is_object() && WRAPPERS.iter().any(|name| key.ends_with(name)) => {
            flatten(key, &values[0], cells);
        }
        Value::Array(values) => cells.push((key, parts(values).unwrap_or_else(|| words(values)))),
        Value::Object(object) => {
            for (inner, value) in object {
                flatten(format!("{key}.{inner}"), value, cells);
            }
        }
    }
}

/// A text in parts, as chats write formatted ones: `["Look at ", {"type": "link", "text": "https://…"}, "!"]`.
fn parts(values: &[Value]) -> Option<String> {
    let part = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => object.get("text").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    values.iter().any(Value::is_object).then(|| values.iter().map(part).collect::<Option<String>>()).flatten()
}

fn words(values: &[Value]) -> String {
    let words: Vec<String> = values.iter().filter(|value| !value.is_object() && !value.is_array()).map(word).collect();
    words.join("; ")
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, bool, Vec<String>)> {
        let bytes = || -> Bytes { Box::new(io::Cursor::new(text.as_bytes().to_vec())) };
        let list = lists::all(bytes()).expect("memory reads").1.into_iter().next();
        let (keys, _) = JsonObjects::sample(bytes(), 90, list.as_deref()).expect("memory reads");
        let (mut objects, mut record, mut all) = (JsonObjects::new(bytes(), &keys, list.as_deref()), Record::default(), Vec::new());
        while objects.next(&mut record).expect("memory reads") {
            all.push((record.line, record.half, record.cells().map(str::to_owned).collect()));
        }
        all
    }

    fn row(line: i64, cells: &[&str]) -> (i64, bool, Vec<String>) {
        (line, false, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn one_object_a_line_or_a_list_of_them() {
        let rows = [row(1, &["1", "x{\"}", "zoe"]), row(2, &["2", "", "max"])];
        assert_eq!(read("{\"id\":1,\"t\":\"x{\\\"}\",\"u\":{\"name\":\"zoe\"}}\n{\"id\":2,\"u\":{\"name\":\"max\"}}\n"), rows);
        assert_eq!(read("[{\"id\":1,\"t\":\"x{\\\"}\",\"u\":{\"name\":\"zoe\"}},\n{\"id\":2,\"t\":null,\"u\":{\"name\":\"max\"}}]"), rows);
        assert_eq!(read("[{\"a\":1},{\"a\":2}]"), [row(1, &["1"]), row(2, &["2"])]);
        assert_eq!(read("[\n {\n  \"a\": [1, \"b\"]\n }\n]"), [row(2, &["1; b"])]);
    }

    #[test]
    fn a_list_within_an_object_is_read() {
        let chat = "{\"people\":[{\"n\":1}],\n\"messages\":[\n{\"a\":\"x]\"},\n{\"a\":[\"b \",{\"type\":\"link\",\"text\":\"c\"}]}],\"title\":\"[t]\"}";
        assert_eq!(read(chat), [row(3, &["x]"]), row(4, &["b c"])]);
        assert_eq!(read("{\"data\":{\"items\":[{\"a\":1},{\"a\":2}]}}"), [row(1, &["1"]), row(2, &["2"])]);
        assert_eq!(read("{\"a\":1,\"tags\":[{\"t\":2},{\"t\":3}]}\n{\"a\":2,\"tags\":[]}\n").len(), 2, "one object a line");
    }

    #[test]
    fn an_object_in_a_list_of_its_own_is_part_of_the_object_around() {
        let archive =
            "{\"comments_v2\":[{\"t\":1,\"data\":[{\"comment\":{\"text\":\"x\"}}]},{\"t\":2,\"data\":[{\"comment\":{\"text\":\"y\"}}]}]}";
        assert_eq!(read(archive), [row(1, &["x", "1"]), row(2, &["y", "2"])]);
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        assert_eq!(
            read("{\"a\":\"x\\ud83d\"}\n{\"a\":\"\\ude21y \\ud83d\\ude21 \\\\ud83d\"}"),
            [row(1, &["x\u{fffd}"]), row(2, &["\u{fffd}y 😡 \\ud83d"])]
        );
    }

    #[test]
    fn a_broken_line_costs_itself_only() {
        let all = read("{\"a\":1}\n{\"a\":\"half\n{\"a\":{\"b\":\nnonsense\n{\"a\":3}\n{\"a\":");
        let halves: Vec<(i64, bool)> = all.iter().map(|(line, half, _)| (*line, *half)).collect();
        assert_eq!(halves, [(1, false), (2, true), (3, true), (4, true), (5, false), (6, true)]);
    }

    proptest::proptest! {
        #[test]
        fn no_input_hangs_or_panics(text in "[\\[\\]{}\",:a1\\\\\n é]{0,80}") {
            let _ = read(&text);
        }
    }
}

//! Lists within an object of JSON: which one is the longest, and where it begins. Read as a stream, since a chat of years is one object.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use crate::listening::import::reading::container::Bytes;

/// An object with a list of fewer objects than this may be one of several that stand in the file.
const MIN_OBJECTS: u64 = 2;

/// Follows JSON byte by byte: the keys of the objects around, as far as no list is between them.
#[derive(Default)]
struct Walk {
    /// What is open: an object, or a list.
    open: Vec<Open>,
    quoted: bool,
    escaped: bool,
    word: Vec<u8>,
    /// The last string, which is a key if a colon follows it.
    last: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum JsonKind {
    Object,
    List,
}

struct Open {
    kind: JsonKind,
    /// The key under which it lies.
    key: Option<String>,
    /// The key of the value that comes next within it.
    next: Option<String>,
}

/// What a byte began.
enum Begun {
    Object,
    List,
    Nothing,
}

impl Walk {
    fn step(&mut self, byte: u8) -> Begun {
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.quoted = false;
                    self.last = Some(String::from_utf8_lossy(&self.word).into_owned());
                    return Begun::Nothing;
                }
                _ => {}
            }
            if self.word.len() < 200 {
                self.word.push(byte);
            }
            return Begun::Nothing;
        }
        match byte {
            b'"' => {
                self.quoted = true;
                self.word.clear();
            }
            b':' => {
                let key = self.last.take();
                if let Some(open) = self.open.last_mut() {
                    open.next = key;
                }
            }
            b'{' | b'[' => {
                let key = self.open.last_mut().and_then(|open| open.next.take());
                let kind = if byte == b'{' { JsonKind::Object } else { JsonKind::List };
                self.open.push(Open { kind, key, next: None });
                return if kind == JsonKind::Object { Begun::Object } else { Begun::List };
            }
            b'}' | b']' => {
                self.open.pop();
            }
            _ => {}
        }
        Begun::Nothing
    }

    /// The keys that lead to the list that is open now: all around it are objects. None where a list is within a list.
    fn path(&self) -> Option<Vec<&str>> {
        let (list, around) = self.open.split_last()?;
        let plain = list.kind == JsonKind::List && !around.is_empty() && around.iter().all(|open| open.kind == JsonKind::Object);
        plain.then(|| self.open[1..].iter().map(|open| open.key.as_deref().unwrap_or("")).collect())
    }
}

/// All lists of objects within the one object that the whole text is: their keys, joined by dots; and those of several objects, the longest
/// first. None where the text is something else, such as one object a line.
///
/// # Errors
/// What the source says.
pub(crate) fn all(bytes: Bytes) -> io::Result<(Vec<String>, Vec<String>)> {
    let lists = count(bytes)?;
    let mut long: Vec<(&String, u64)> =
        lists.iter().map(|(path, count)| (path, *count)).filter(|(_, count)| *count >= MIN_OBJECTS).collect();
    // Of equals the last one, as ever.
    long.reverse();
    long.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let long = long.into_iter().map(|(path, _)| path.clone()).collect();
    Ok((lists.into_keys().collect(), long))
}

/// How many objects each list has. Nothing where the text is something else than one object.
fn count(bytes: Bytes) -> io::Result<BTreeMap<String, u64>> {
    let (mut walk, mut counts) = (Walk::default(), BTreeMap::<String, u64>::new());
    let mut ended = false;
    for byte in BufReader::with_capacity(1 << 16, bytes).bytes() {
        let byte = byte?;
        if walk.open.is_empty() && !walk.quoted {
            match byte {
                b'{' if !ended => {}
                b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => continue,
                // A list, a second object, or no JSON.
                _ => return Ok(BTreeMap::new()),
            }
        }
        if let Begun::Object = walk.step(byte)
            && let Some((object, around)) = walk.open.split_last()
            && object.key.is_none()
        {
            let is_list = around.last().is_some_and(|open| open.kind == JsonKind::List);
            let within = around.len() > 1 && around[..around.len() - 1].iter().all(|open| open.kind == JsonKind::Object);
            if is_list && within {
                let path = around[1..].iter().map(|open| open.key.as_deref().unwrap_or("")).collect::<Vec<_>>().join(".");
                *counts.entry(path).or_default() += 1;
            }
        }
        ended |= walk.open.is_empty() && !walk.quoted;
    }
    Ok(counts)
}

/// Reads on to where the list with these keys begins. False where there is none.
///
/// # Errors
/// What the source says.
pub(crate) fn reach(bytes: &mut impl Iterator<Item = io::Result<u8>>, path: &[String], line: &mut i64) -> io::Result<bool> {
    let mut walk = Walk::default();
    for byte in bytes {
        let byte = byte?;
        *line += i64::from(byte == b'\n');
        if let Begun::List = walk.step(byte)
            && walk.path().is_some_and(|found| found.iter().eq(path.iter()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

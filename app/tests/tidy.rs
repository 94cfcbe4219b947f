//! The house rules that a machine can keep: where SQL lives, which way rooms import, what every file tells its reader.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// One source file: its path from the root of the project, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Lines with their numbers, up to the unit tests, which may do as they like.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]").map(|(at, line)| (at + 1, line))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Every Rust file of the three crates.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["src", "app/src", "server/src"] {
        collect(&Path::new(ROOT).join(folder), folder, &mut found);
    }
    assert!(found.len() > 20, "only {} source files found: does the walk still work?", found.len());
    found
}

fn collect(folder: &Path, shown: &str, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        let shown = format!("{shown}/{name}");
        if path.is_dir() {
            collect(&path, &shown, found);
        } else if name.ends_with(".rs") {
            found.push(Source { text: fs::read_to_string(&path).expect("a source file"), path: shown });
        }
    }
}

/// Fails with all breaches at once, each where it is.
fn assert_none(rule: &str, breaches: &[String]) {
    let list = breaches.iter().fold(String::new(), |mut list, breach| {
        let _ = write!(list, "\n  {breach}");
        list
    });
    assert!(breaches.is_empty(), "{rule}{list}");
}

#[test]
fn every_file_begins_with_its_story() {
    let breaches: Vec<_> = sources().into_iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path).collect();
    assert_none("These files do not begin with `//!`, saying what they are for:", &breaches);
}

#[test]
fn sql_is_written_in_stores_only() {
    let may =
        |source: &Source| source.name() == "store.rs" || source.path.starts_with("app/src/db/") || source.path == "app/src/testing/mod.rs";
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !may(source)) {
        for (number, line) in source.lines() {
            if ["sqlx::query", "query_as(", "query_scalar(", "sql!(", "affected!(", "rows_in!(", "run_in!("]
                .iter()
                .any(|word| line.contains(word))
            {
                breaches.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("SQL belongs into a room's store.rs (or db/):", &breaches);
}

/// The rooms in the order in which `lib.rs` lists them, from the first door on.
fn rooms() -> Vec<String> {
    let table_of_contents = fs::read_to_string(format!("{ROOT}/app/src/lib.rs")).expect("app/src/lib.rs");
    let lines = table_of_contents.lines().skip_while(|line| !line.starts_with("// Doors"));
    lines.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(str::to_owned).collect()
}

/// The rooms that a line of code names.
fn mentioned<'a>(line: &'a str, rooms: &'a [String]) -> impl Iterator<Item = (usize, &'a String)> {
    let code = line.split("//").next().unwrap_or_default();
    rooms.iter().enumerate().filter(move |(_, room)| {
        let (path, braces) = (format!("crate::{room}"), code.contains("use crate::{"));
        let named = |word: &str| {
            code.match_indices(word).any(|(at, _)| {
                let inside = |c: char| c.is_alphanumeric() || c == '_';
                !code[at + word.len()..].starts_with(inside) && !code[..at].ends_with(inside)
            })
        };
        named(&path) || (braces && named(room))
    })
}

#[test]
fn a_room_knows_only_the_rooms_above_it() {
    let rooms = rooms();
    assert!(rooms.len() > 4, "only these rooms were found in app/src/lib.rs: {rooms:?}");
    let mut breaches = Vec::new();
    for source in sources() {
        let Some((room, "mod.rs" | "rules.rs" | "store.rs")) = source.path.strip_prefix("app/src/").and_then(|path| path.split_once('/'))
        else {
            continue;
        };
        let Some(own) = rooms.iter().position(|name| name == room) else { continue };
        for (number, line) in source.lines() {
            for (_, other) in mentioned(line, &rooms).filter(|(place, _)| *place > own) {
                breaches.push(format!("{}:{number}: {room} comes before {other}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none("mod, rules and store import only rooms above their own in app/src/lib.rs; acts and views may meet any:", &breaches);
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled apart, so that this file is not its own breach.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
    let mut breaches = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if line.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part)) {
                breaches.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert_none("Finish it, or file an issue:", &breaches);
}

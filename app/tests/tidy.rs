//! The house rules that a machine can keep: where SQL lives, which way contexts import, what every file tells its reader.

use std::collections::BTreeSet;
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
        self.text
            .lines()
            .enumerate()
            .take_while(|(_, line)| !line.starts_with("#[cfg(test)]") && !line.starts_with("#[cfg(all(test"))
            .map(|(at, line)| (at + 1, line))
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
    let may = |source: &Source| source.name() == "store.rs" || source.path.contains("/store/") || source.path.starts_with("app/src/db/");
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

/// The contexts in the order in which `lib.rs` lists them; `db` and `ui` stand beside the kernel, on which all of them stand.
fn contexts() -> Vec<String> {
    let table_of_contents = fs::read_to_string(format!("{ROOT}/app/src/lib.rs")).expect("app/src/lib.rs");
    let lines = table_of_contents.lines().skip_while(|line| !line.starts_with("// The loop."));
    lines.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).filter(|name| *name != "testing").map(str::to_owned).collect()
}

/// How far down the list a part of `app` is; the foundation comes before the first context.
fn place(contexts: &[String], part: &str) -> usize {
    contexts.iter().position(|context| context == part).map_or(0, |at| at + 1)
}

/// A file's text up to its unit tests, without comments.
fn code(source: &Source) -> String {
    source.lines().map(|(_, line)| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path that a file names from the root of its crate: those of `use`, with groups taken apart, and those in between.
fn paths(module: &[String], code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for part in code.split(';') {
        let Some(at) = part.rfind("use ").filter(|at| part[..*at].ends_with(['\n', ' ', ')']) || *at == 0) else { continue };
        expand(&[], part[at + 4..].trim(), &mut found);
    }
    for root in ["crate::", "super::"] {
        for (at, _) in code.match_indices(root) {
            if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
                let end = code[at..].find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').map_or(code.len(), |end| at + end);
                found.push(code[at..end].split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect());
            }
        }
    }
    found.into_iter().filter_map(|path| from_root(module, &path)).collect()
}

/// Takes `a::{b, c::{d}}` apart.
fn expand(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let (head, group) = tree.split_once('{').map_or((tree, None), |(head, rest)| (head, rest.rfind('}').map(|end| &rest[..end])));
    let mut path = before.to_vec();
    path.extend(head.split("::").map(|name| name.trim().split(' ').next().unwrap_or_default().to_owned()).filter(|name| !name.is_empty()));
    let Some(group) = group else { return found.push(path) };
    let (mut depth, mut from) = (0, 0);
    for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = group[from..at].trim();
                from = (at + 1).min(group.len());
                if !part.is_empty() {
                    expand(&path, part, found);
                }
            }
            _ => {}
        }
    }
}

/// A path as it is from the root of the crate; none for paths into other crates, and into the file's own children.
fn from_root(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let mut whole = match path.first().map(String::as_str) {
        Some("crate") => Vec::new(),
        Some("super") => module[..module.len().checked_sub(up)?].to_vec(),
        _ => return None,
    };
    whole.extend(path.iter().skip(up.max(1)).filter(|name| *name != "self").cloned());
    Some(whole)
}

/// The module that a file of `root` is: `heard/mod.rs` is `[heard]`.
fn module(root: &str, source: &Source) -> Option<Vec<String>> {
    let path = source.path.strip_prefix(root)?.strip_suffix(".rs")?;
    Some(path.split('/').filter(|name| !matches!(*name, "mod" | "lib" | "main")).map(str::to_owned).collect())
}

fn is_test(source: &Source) -> bool {
    source.name() == "tests.rs"
        || source.path.contains("/tests/")
        || source.path.starts_with("app/src/testing/")
        || source.path.ends_with("/import/interrupted.rs")
}

#[test]
fn contexts_import_only_from_those_above() {
    let contexts = contexts();
    assert!(contexts.len() > 4, "only these contexts were found in app/src/lib.rs: {contexts:?}");
    let (mut breaches, mut arrows) = (Vec::new(), 0);
    for source in sources().iter().filter(|source| !is_test(source)) {
        let Some(module) = module("app/src/", source) else { continue };
        let Some(own) = module.first() else { continue };
        for path in paths(&module, &code(source)) {
            let Some(other) = path.first().filter(|other| *other != own) else { continue };
            arrows += 1;
            if place(&contexts, other) > place(&contexts, own) {
                breaches.push(format!("{}: {}", source.path, path.join("::")));
            }
        }
    }
    assert!(arrows > 1000, "only {arrows} imports between contexts were found: does the reading still work?");
    breaches.dedup();
    assert_none("A context imports only from those above it in app/src/lib.rs; say what happened as an event instead:", &breaches);
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    for root in ["app/src/", "server/src/"] {
        let all = sources();
        let files: Vec<(Vec<String>, &Source)> =
            all.iter().filter(|source| !is_test(source)).filter_map(|source| Some((module(root, source)?, source))).collect();
        let of = |path: &[String]| (1..=path.len()).rev().find_map(|to| files.iter().position(|(module, _)| module[..] == path[..to]));
        let imports: Vec<BTreeSet<usize>> = files
            .iter()
            .enumerate()
            .map(|(at, (module, source))| paths(module, &code(source)).iter().filter_map(|path| of(path)).filter(|to| *to != at).collect())
            .collect();
        // Whoever imports nothing that is left is no part of a circle, and is taken away, until nobody is.
        let mut left: BTreeSet<usize> = (0..files.len()).collect();
        loop {
            let free: Vec<usize> = left
                .iter()
                .copied()
                .filter(|at| {
                    imports[*at].is_disjoint(&left) || imports.iter().enumerate().all(|(by, to)| !left.contains(&by) || !to.contains(at))
                })
                .collect();
            if free.is_empty() {
                break;
            }
            left.retain(|at| !free.contains(at));
        }
        let breaches: Vec<String> = left
            .iter()
            .map(|at| {
                let to: Vec<&str> = imports[*at].intersection(&left).map(|to| files[*to].1.path.as_str()).collect();
                format!("{} imports {}", files[*at].1.path, to.join(", "))
            })
            .collect();
        assert_none("These files import each other in a circle:", &breaches);
    }
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

//! Files and functions are short enough to be read at once.

use super::{SourceFile, assert_none, is_test, sources, sources_in};

#[test]
fn no_file_is_too_long_to_read_at_once() {
    const MAX_LINES: usize = 400;
    let long = |source: &SourceFile| {
        Some((source.text.lines().count(), &source.path))
            .filter(|(lines, _)| *lines > MAX_LINES)
            .map(|(lines, path)| format!("{path}: {lines}"))
    };
    let breaches: Vec<String> = sources().iter().filter_map(long).collect();
    assert_none("Past 400 lines a second idea wants a file of its own:", &breaches);
}

/// Functions that are longer still, by file and name. The list may only shrink.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("app/src/casework/triage/case.rs", "case"),
    ("app/src/listening/import/batch/batch_writer.rs", "people"),
    ("app/src/listening/import/batch/row.rs", "mention"),
    ("app/src/listening/import/import_file.rs", "import_file"),
    ("app/src/listening/import/mapping/guess.rs", "guess"),
    ("app/src/listening/import/mapping/guess_file.rs", "with_header"),
    ("app/src/listening/import/mapping/values.rs", "values_fit"),
    ("app/src/listening/import/page.rs", "import"),
    ("app/src/listening/segment/act.rs", "assess_met"),
    ("app/src/recruiting/draw/pool.rs", "pose"),
];

/// The name of the function that begins on a line.
fn function_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let first = words.find(|word| !matches!(*word, "pub" | "pub(crate)" | "pub(super)" | "const" | "async" | "unsafe"))?;
    if first == "fn" { words.next()?.split(['(', '<']).next() } else { None }
}

/// Names and lengths of functions with a body: rustfmt puts the brace that closes one below the beginning of its first line.
fn function_lengths<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<(&'a str, usize)> {
    let (mut open, mut found): (Vec<(&str, usize, usize)>, _) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        let indent = line.len() - line.trim_start().len();
        if let Some(name) = function_name(line) {
            open.push((name, number, indent));
        }
        let ends = line.ends_with(['}', ';']);
        if let Some((name, from, _)) = open.pop_if(|(_, _, opened)| ends && *opened == indent)
            && line.ends_with('}')
        {
            found.push((name, number - from + 1));
        }
    }
    found
}

#[test]
fn the_length_of_a_function_is_counted_from_its_name_to_its_brace() {
    let text = "\
pub(crate) async fn outer(
    a: &str,
) -> usize {
    const fn inner<T>() -> usize {
        1
    }
    inner::<u8>()
}
trait Named {
    fn name(&self) -> &str;
    fn other(
        &self,
    ) -> &str;
    fn one_line(&self) {}
}
fn last() {
    if true {
    }
}
";
    let lines = text.lines().enumerate();
    assert_eq!(function_lengths(lines), [("inner", 3), ("outer", 8), ("one_line", 1), ("last", 4)]);
}

#[test]
fn no_function_is_too_long_to_read_at_once() {
    const MAX_LINES: usize = 60;
    let (mut long, mut count) = (Vec::new(), 0);
    for source in sources_in(&["src", "app/src", "server/src", "server/bench/src"]).iter().filter(|source| !is_test(source)) {
        for (name, lines) in function_lengths(source.lines()) {
            count += 1;
            if lines > MAX_LINES {
                long.push((source.path.clone(), name.to_owned(), lines));
            }
        }
    }
    assert!(count > 3000, "only {count} functions were found: does the reading still work?");
    let is_known = |path: &str, name: &str| LONG_FUNCTIONS.contains(&(path, name));
    let breaches: Vec<String> =
        long.iter().filter(|(path, name, _)| !is_known(path, name)).map(|(path, name, lines)| format!("{path}: {name}, {lines}")).collect();
    assert_none("Past 60 lines a second idea wants a function of its own:", &breaches);
    let is_long = |(path, name): &&(&str, &str)| long.iter().any(|(long_path, long_name, _)| long_path == path && long_name == name);
    let mended: Vec<String> = LONG_FUNCTIONS.iter().filter(|known| !is_long(known)).map(|(path, name)| format!("{path}: {name}")).collect();
    assert_none("These are short now: take them off the list `LONG_FUNCTIONS`.", &mended);
}

//! Files and functions are short enough to be read at once.

use super::{SourceFile, assert_none, sources, sources_in};

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
    let folders = ["src", "app/src", "app/tests", "server/src", "server/tests", "server/bench/src"];
    for source in &sources_in(&folders) {
        for (name, lines) in function_lengths(source.text.lines().enumerate()) {
            count += 1;
            if lines > MAX_LINES {
                long.push(format!("{}: {name}, {lines}", source.path));
            }
        }
    }
    assert!(count > 3000, "only {count} functions were found: does the reading still work?");
    assert_none("Past 60 lines a second idea wants a function of its own:", &long);
}

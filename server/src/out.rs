//! What commands print: results on standard output, everything else on standard error.

use std::io::{self, Write};

use serde::Serialize;

/// One line of result. A reader that has gone away (`weheard … | head`) is not an error.
pub fn line(text: impl AsRef<str>) {
    put(io::stdout().lock(), text.as_ref());
}

/// A result for scripts: one JSON object on one line.
pub fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        line(text);
    }
}

/// A word to the person at the terminal, which no script reads.
pub fn aside(text: impl AsRef<str>) {
    put(io::stderr().lock(), text.as_ref());
}

fn put(mut to: impl Write, text: &str) {
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

//! What commands print: results on standard output, everything else on standard error.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

/// One line of result. A reader that has gone away (`weheard … | head`) is not an error.
pub fn line(text: impl AsRef<str>) {
    put(io::stdout().lock(), text.as_ref());
}

/// Keys of the release before, by those that replaced them. Scripts find both for one release; remove this with the next.
const FORMER_KEYS: &[(&str, &str)] =
    &[("excluded", "set_aside"), ("authors", "voices"), ("mentions", "posts"), ("source_rows", "raw_rows"), ("skipped", "left_out")];

/// A result for scripts: one JSON object on one line.
pub fn json(value: &impl Serialize) {
    if let Ok(mut value) = serde_json::to_value(value) {
        add_former_keys(&mut value);
        line(value.to_string());
    }
}

fn add_former_keys(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_former_keys),
        Value::Object(fields) => {
            fields.values_mut().for_each(add_former_keys);
            for (today, former) in FORMER_KEYS {
                if let Some(number @ Value::Number(_)) = fields.get(*today).cloned() {
                    fields.entry(*former).or_insert(number);
                }
            }
        }
        _ => {}
    }
}

/// A word to the person at the terminal, which no script reads.
pub fn note(text: impl AsRef<str>) {
    put(io::stderr().lock(), text.as_ref());
}

fn put(mut to: impl Write, text: &str) {
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scripts_find_counts_under_the_keys_of_the_release_before() {
        let mut counts = json!({"would": {"rows": 3, "excluded": 1}, "authors": 2, "mentions": [{"id": "a"}]});
        add_former_keys(&mut counts);
        assert_eq!(
            counts,
            json!({"would": {"rows": 3, "excluded": 1, "set_aside": 1}, "authors": 2, "voices": 2, "mentions": [{"id": "a"}]})
        );
        let mut figures = json!({"mentions": 9, "skipped": 1, "vader": {"classes": [{"mentions": 4}]}, "source_rows": 7});
        add_former_keys(&mut figures);
        assert_eq!((&figures["posts"], &figures["left_out"], &figures["raw_rows"]), (&json!(9), &json!(1), &json!(7)));
        assert_eq!(figures["vader"]["classes"][0], json!({"mentions": 4, "posts": 4}));
    }
}

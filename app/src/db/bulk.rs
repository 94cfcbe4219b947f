//! Many rows in one statement, the same text on both databases.

use super::Tx;

/// Rows in one statement. SQLite allows 32,766 values in a statement, PostgreSQL 65,535; the widest table here has
/// under 24 columns. Larger statements gain nothing measurable.
const ROWS: usize = 512;

/// Rows in parts for one statement each. All parts but those at the end have 512 rows, and those have 256, 128 and so on: a
/// statement of ten thousand places takes longer to parse than to run, and of ten sizes each is parsed once.
pub fn parts<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = 1 << rest.len().min(ROWS).checked_ilog2()?;
        let (part, after) = rest.split_at(size);
        rest = after;
        Some(part)
    })
}

/// `($1, $2), ($3, $4)` for so many rows of so many columns. Without rows: nothing.
#[must_use]
pub fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                text.push_str(", ");
            }
            text.push('$');
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// The statement as its database takes many values best. SQLite looks a numbered place up by walking a list of all of them,
/// so that ten thousand values cost a fifth of a second; places without numbers it counts along. A statement whose
/// places are not numbered through, each once and in order, stays as it is: it means the same, and is slower.
#[must_use]
pub fn statement(tx: &Tx, text: String) -> String {
    if tx.is_postgres() { text } else { without_numbers(&text).unwrap_or(text) }
}

fn without_numbers(text: &str) -> Option<String> {
    let mut parts = text.split('$');
    let mut plain = String::with_capacity(text.len());
    plain.push_str(parts.next()?);
    for (number, part) in (1_usize..).zip(parts) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if part[..digits].parse() != Ok(number) {
            return None;
        }
        plain.push('?');
        plain.push_str(&part[digits..]);
    }
    Some(plain)
}

/// A statement with `{}` where its keys go, for so many keys behind `before` other values.
#[must_use]
pub fn of_keys(tx: &Tx, text: &str, before: usize, keys: usize) -> String {
    statement(tx, text.replace("{}", &list(before + 1, keys)))
}

/// `$3, $4, $5`: the places of a list of `count` values that starts at number `first`.
#[must_use]
pub fn list(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(places(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(places(0, 3), "");
        assert_eq!(list(2, 3), "$2, $3, $4");
    }

    #[test]
    fn parts_have_few_sizes_and_leave_nothing_out() {
        let rows: Vec<usize> = (0..1301).collect();
        let sizes: Vec<usize> = parts(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [512, 512, 256, 16, 4, 1]);
        assert_eq!(parts(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(parts::<u8>(&[]).count(), 0);
    }

    #[test]
    fn numbers_go_only_where_they_say_nothing() {
        let plain = |text: &str| without_numbers(text);
        assert_eq!(plain("a = $1 AND b IN ($2, $3)").as_deref(), Some("a = ? AND b IN (?, ?)"));
        assert_eq!(plain("SELECT 1").as_deref(), Some("SELECT 1"));
        assert_eq!(plain("b IN ($2, $3) AND a = $1"), None);
        assert_eq!(plain("a = $1 OR b = $1"), None);
    }
}

//! Many rows in one statement, the same text on both databases.

/// Rows in one statement. SQLite allows 32,766 values in a statement, PostgreSQL 65,535; the widest table here has
/// under 24 columns. Larger statements gain nothing measurable.
pub const ROWS: usize = 500;

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
}

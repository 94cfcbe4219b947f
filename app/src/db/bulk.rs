//! Many rows in one statement, the same text on both databases.

use super::Tx;

/// Rows in one statement. SQLite allows 32,766 values in a statement, PostgreSQL 65,535; the widest table here has
/// under 24 columns. Larger statements gain nothing measurable.
pub const ROWS: usize = 512;

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

/// `($1, $2), ($3, $4)` for so many rows of so many columns; without rows, nothing. SQLite gets `(?,?),(?,?)`: it looks a numbered
/// place up by walking a list of all of them, so that ten thousand values cost a fifth of a second, and counts the others along.
#[must_use]
pub fn places(tx: &Tx, rows: usize, columns: usize) -> String {
    if tx.is_postgres() {
        let row = |row: usize| format!("({})", numbered(row * columns + 1, columns));
        return (0..rows).map(row).collect::<Vec<_>>().join(",");
    }
    vec![format!("({})", plain(columns)); rows].join(",")
}

/// A statement with `{}` where its keys go, for so many keys behind `before` other values.
#[must_use]
pub fn of_keys(tx: &Tx, text: &str, before: usize, keys: usize) -> String {
    match without_numbers(text, before) {
        Some(text) if !tx.is_postgres() => text.replace("{}", &plain(keys)),
        _ => text.replace("{}", &numbered(before + 1, keys)),
    }
}

/// The statement with `?` for its places, if those are numbered through, each once and in order, and the keys come behind them: then
/// it means the same.
fn without_numbers(text: &str, before: usize) -> Option<String> {
    let mut parts = text.split('$');
    let mut plain = String::with_capacity(text.len());
    plain.push_str(parts.next()?);
    let mut places = 0;
    for part in parts {
        places += 1;
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if part[..digits].parse() != Ok(places) || plain.contains("{}") {
            return None;
        }
        plain.push('?');
        plain.push_str(&part[digits..]);
    }
    (places == before).then_some(plain)
}

/// `$3,$4,$5`: the places of a list of `count` values that starts at number `first`.
fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",")
}

/// `?,?,?`.
fn plain(count: usize) -> String {
    vec!["?"; count].join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_written_as_each_database_takes_them() {
        crate::testing::each_db(|db| async move {
            let tx = db.read().await.expect("tx");
            let (rows, keys) = (places(&tx, 2, 3), of_keys(&tx, "a = $1 AND b IN ({})", 1, 2));
            let expected = match tx.is_postgres() {
                true => ["($1,$2,$3),($4,$5,$6)", "a = $1 AND b IN ($2,$3)"],
                false => ["(?,?,?),(?,?,?)", "a = ? AND b IN (?,?)"],
            };
            assert_eq!([rows, keys], expected);
            // Places without numbers would mean others here.
            for (text, numbered) in [
                ("b IN ({}) AND a = $1", "b IN ($2,$3) AND a = $1"),
                ("a = $1 AND c = $1 AND b IN ({})", "a = $1 AND c = $1 AND b IN ($2,$3)"),
            ] {
                assert_eq!(of_keys(&tx, text, 1, 2), numbered);
            }
        })
        .await;
    }

    #[test]
    fn parts_have_few_sizes_and_leave_nothing_out() {
        let rows: Vec<usize> = (0..1301).collect();
        let sizes: Vec<usize> = parts(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [512, 512, 256, 16, 4, 1]);
        assert_eq!(parts(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(parts::<u8>(&[]).count(), 0);
    }
}

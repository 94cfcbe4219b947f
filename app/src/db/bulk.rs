//! Many rows in one statement, the same text on both databases.
//!
//! SQLite is given a place for every value; PostgreSQL, which plans a statement the longer the more places it has, an array for
//! every column.

use std::borrow::Cow;
use std::mem::discriminant;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use super::cell::{self, Cell, Column};
use super::{Tx, conn};
use crate::kernel::error::Result;

/// Values in one statement at most. SQLite allows 32,766, and keeps what it has prepared for each size. They have no numbers (`?`, not `$7`): SQLite
/// finds a number by walking a list of all of them, which took four fifths of an import with ten thousand values in a statement.
const VALUES: usize = 8192;
/// Rows in one statement at most. Larger statements gain nothing measurable.
const ROWS: usize = 4096;
/// Keys in one statement at most.
pub(super) const KEYS: usize = 512;

/// Runs a statement for many rows, some thousand at once: `INSERT INTO topic_day (topic_id, day, mentions) {}`, or `UPDATE mention SET
/// score = d.column2 FROM ({}) d WHERE mention.id = d.column1`. The rows take the place of `{}`. Gives how many rows it affected.
///
/// # Errors
/// What the database says; `Internal` where a column holds cells of different kinds. Some of the rows may be there then: drop the transaction.
pub async fn write<'a, T, const N: usize>(
    tx: &mut Tx,
    statement: &str,
    rows: &'a [T],
    cells: impl Fn(&'a T) -> [Cell<'a>; N],
) -> Result<u64> {
    let mut affected = 0;
    match &mut tx.conn {
        conn::Conn::Sqlite(t) => {
            let statement = in_one_go(statement);
            let Some(first) = rows.first() else { return Ok(0) };
            let kinds = cells(first).map(|cell| discriminant(&cell));
            let bound = |part: &'a [T]| {
                let text = statement.replace("{}", &format!("VALUES {}", vec![format!("({})", places(N)); part.len()].join(",")));
                let mut values = SqliteArguments::default();
                for (cell, kind) in part.iter().flat_map(&cells).zip(kinds.iter().cycle()) {
                    if discriminant(&cell) != *kind {
                        return Err(cell::mixed());
                    }
                    cell.add_to(&mut values)?;
                }
                Ok(sqlx::query_with(AssertSqlSafe(text), values))
            };
            let mut parts = parts(rows, N);
            let mut next = parts.next().map(bound);
            while let Some(query) = next {
                // While SQLite's thread works on one part, this one makes the next ready.
                let query = query?;
                let (done, after) = tokio::join!(query.execute(&mut **t), async { parts.next().map(bound) });
                affected += done?.rows_affected();
                next = after;
            }
        }
        conn::Conn::Postgres(t) => {
            let text = statement.replace("{}", &unnested(N));
            for part in rows.chunks(ROWS) {
                let mut values = PgArguments::default();
                for column in columns(part, &cells)? {
                    column.add_to(&mut values)?;
                }
                affected += sqlx::query_with(AssertSqlSafe(text.as_str()), values).execute(&mut **t).await?.rows_affected();
            }
        }
    }
    Ok(affected)
}

/// For SQLite: a row that breaks a constraint ends an INSERT at that row. To undo the rows before it, SQLite would copy every page that
/// it changes, which takes longer than the rows; here the whole transaction is dropped.
fn in_one_go(statement: &str) -> Cow<'_, str> {
    match statement.strip_prefix("INSERT INTO") {
        Some(rest) => format!("INSERT OR FAIL INTO{rest}").into(),
        None => statement.into(),
    }
}

/// The rows turned on their side.
fn columns<'a, T, const N: usize>(rows: &'a [T], cells: impl Fn(&'a T) -> [Cell<'a>; N]) -> Result<Vec<Column>> {
    let mut rows: Vec<_> = rows.iter().map(|row| cells(row).into_iter()).collect();
    (0..N).map(|_| Column::of(rows.iter_mut().filter_map(Iterator::next))).collect()
}

/// Rows in parts for one statement each. All parts but those at the end have the same size, and those have half of it, a quarter and
/// so on: a statement of ten thousand places takes longer to parse than to run, and of few sizes each is parsed once.
fn parts<T>(rows: &[T], columns: usize) -> impl Iterator<Item = &[T]> {
    let limit = (VALUES / columns.max(1)).clamp(1, ROWS);
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = 1 << rest.len().min(limit).checked_ilog2()?;
        let (part, after) = rest.split_at(size);
        rest = after;
        Some(part)
    })
}

/// As many rows as the arrays are long, their columns named as SQLite names those of `VALUES`.
fn unnested(columns: usize) -> String {
    let names = (1..=columns).map(|column| format!("column{column}")).collect::<Vec<_>>().join(",");
    format!("SELECT * FROM UNNEST({}) AS d({names})", numbered(1, columns))
}

/// A statement with `IN ({})` where its keys go, for so many keys behind `before` other values. PostgreSQL gets an array, and looks each key up
/// in an index; given a subquery, it may read the whole table. SQLite gets a place for each, without
/// numbers where it can: it looks a numbered place up by walking a list of all of them, and counts the others along.
pub(super) fn of_keys(tx: &Tx, text: &str, before: usize, keys: usize) -> String {
    if tx.is_postgres() {
        return text.replace("IN ({})", &format!("= ANY(${})", before + 1));
    }
    match without_numbers(text, before) {
        Some(text) => text.replace("{}", &places(keys)),
        None => text.replace("{}", &numbered(before + 1, keys)),
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
fn places(count: usize) -> String {
    vec!["?"; count].join(",")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::clock::now;
    use crate::kernel::error::Error;

    #[tokio::test]
    async fn keys_stand_as_each_database_takes_them() {
        crate::testing::each_db(|db| async move {
            let tx = db.read().await.expect("tx");
            for (text, sqlite, postgres) in [
                ("a = $1 AND b IN ({})", "a = ? AND b IN (?,?)", "a = $1 AND b = ANY($2)"),
                // Places without numbers would mean others here.
                ("b IN ({}) AND a = $1", "b IN ($2,$3) AND a = $1", "b = ANY($2) AND a = $1"),
                ("a = $1 AND c = $1 AND b IN ({})", "a = $1 AND c = $1 AND b IN ($2,$3)", "a = $1 AND c = $1 AND b = ANY($2)"),
            ] {
                assert_eq!(of_keys(&tx, text, 1, 2), if tx.is_postgres() { postgres } else { sqlite });
            }
        })
        .await;
    }

    #[tokio::test]
    async fn values_of_every_kind_arrive_and_so_does_nothing() {
        crate::testing::each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let (json, bytes) = if tx.is_postgres() { ("JSONB", "BYTEA") } else { ("TEXT", "BLOB") };
            let table = format!("CREATE TABLE bulk_test (n BIGINT, t TEXT, f FLOAT, b BOOLEAN, i UUID, w TIMESTAMPTZ, d DATE, j {json}, y {bytes})");
            tx.run(AssertSqlSafe(table), &[]).await.map(drop).expect("a table");
            let (id, at) = (Uuid::now_v7(), now());
            let rows: Vec<i64> = (0..1301).collect();
            let half = |row: &i64| row % 2 == 0;
            let written = write(&mut tx, "INSERT INTO bulk_test (n, t, f, b, i, w, d, j, y) {}", &rows, |row| {
                [
                    (*row).into(),
                    half(row).then(|| row.to_string()).into(),
                    half(row).then_some(0.5).into(),
                    half(row).then_some(true).into(),
                    half(row).then_some(id).into(),
                    half(row).then_some(at).into(),
                    half(row).then(|| at.date_naive()).into(),
                    half(row).then(|| serde_json::json!([row])).into(),
                    half(row).then_some(&b"\0\xff"[..]).into(),
                ]
            });
            assert_eq!(written.await.expect("written"), 1301);
            let whole = "SELECT COUNT(*) FROM bulk_test WHERE t = CAST(n AS TEXT) AND f = 0.5 AND b AND i = $1 AND w = $2 AND d = $3 AND y = $4";
            let whole: i64 = tx.value(whole, &[id.into(), at.into(), at.date_naive().into(), (&b"\0\xff"[..]).into()]).await.expect("counted");
            let empty = "SELECT COUNT(*) FROM bulk_test WHERE COALESCE(t, CAST(i AS TEXT), CAST(w AS TEXT), CAST(d AS TEXT), CAST(j AS TEXT)) IS NULL AND f IS NULL AND b IS NULL AND y IS NULL";
            let empty: i64 = tx.value(empty, &[]).await.expect("counted");
            let lists: Vec<(i64, sqlx::types::Json<Vec<i64>>)> =
                tx.list("SELECT n, j FROM bulk_test WHERE j IS NOT NULL ORDER BY n DESC LIMIT 1", &[]).await.expect("read");
            assert_eq!((whole, empty), (651, 650));
            assert_eq!(lists[0].1.0, [lists[0].0]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_cell_of_another_kind_is_refused_and_not_lost() {
        crate::testing::each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let rows = ["one", "2", "three"];
            let kept = write(&mut tx, "INSERT INTO setting (key, value) {}", &rows, |row| {
                [(*row).into(), row.parse::<i64>().map_or_else(|_| Cell::from(*row), Cell::from)]
            });
            assert!(matches!(kept.await, Err(Error::Internal(why)) if why.contains("different kinds")));
        })
        .await;
    }

    #[test]
    fn parts_have_few_sizes_and_leave_nothing_out() {
        let rows: Vec<usize> = (0..1301).collect();
        let sizes = |columns| parts(&rows, columns).map(<[usize]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(23), [256, 256, 256, 256, 256, 16, 4, 1]);
        assert_eq!(sizes(2), [1024, 256, 16, 4, 1]);
        assert_eq!(parts(&rows, 23).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(parts::<u8>(&[], 5).count(), 0);
    }
}

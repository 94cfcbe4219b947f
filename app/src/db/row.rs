//! Rows of any table as JSON and back, the same text from either database: what backups and a person's export are made of.
//!
//! The database's own catalogue says what each column is. Ids are hyphenated text, times RFC 3339 in UTC, days ISO 8601,
//! JSON columns JSON, bytes
//! base64, so that a row written by SQLite is read by PostgreSQL and the other way round.

use std::future::poll_fn;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{NaiveDate, SecondsFormat};
use serde_json::{Map, Value as Json, json};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use super::sql::Bound;
use super::{Cell, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Int,
    Float,
    Bool,
    Id,
    Time,
    Day,
    Json,
    Bytes,
}

impl ColumnKind {
    /// The kind behind a declared type of SQLite or a type name of PostgreSQL's catalogue.
    fn of(declared: &str) -> Option<Self> {
        Some(match declared.to_ascii_lowercase().as_str() {
            "text" => Self::Text,
            "bigint" | "int8" => Self::Int,
            "double precision" | "float8" => Self::Float,
            "boolean" | "bool" => Self::Bool,
            "uuid" => Self::Id,
            "timestamptz" => Self::Time,
            "date" => Self::Day,
            "jsonb" => Self::Json,
            "bytea" => Self::Bytes,
            _ => return None,
        })
    }
}

/// Column names and kinds, in the table's own order.
pub(crate) async fn kinds(tx: &mut Tx, table: &str) -> Result<Vec<(String, ColumnKind)>> {
    let catalogue = if tx.is_postgres() {
        "SELECT column_name::text, udt_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
    } else {
        "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
    };
    let columns: Vec<(String, String)> = tx.list(catalogue, &[table.into()]).await?;
    if columns.is_empty() {
        return Err(Error::Internal(format!("there is no table {table}")));
    }
    columns
        .into_iter()
        .map(|(name, declared)| match ColumnKind::of(&declared) {
            Some(kind) => Ok((name, kind)),
            None => Err(Error::Internal(format!("{table}.{name} is a {declared}, which rows as JSON do not know"))),
        })
        .collect()
}

/// The columns that hold text, and whether it is JSON.
pub(crate) async fn texts(tx: &mut Tx, table: &str) -> Result<Vec<(String, bool)>> {
    let kinds = kinds(tx, table).await?;
    Ok(kinds
        .into_iter()
        .filter(|(_, kind)| matches!(kind, ColumnKind::Text | ColumnKind::Json))
        .map(|(name, kind)| (name, kind == ColumnKind::Json))
        .collect())
}

/// One row as a JSON object. A macro, because a row is another type on each database.
macro_rules! object {
    ($row:expr, $kinds:expr) => {{
        let row = $row;
        let mut object = Map::with_capacity($kinds.len());
        for (at, (name, kind)) in $kinds.iter().enumerate() {
            let cell = match kind {
                ColumnKind::Text => json!(row.try_get::<Option<String>, _>(at)?),
                ColumnKind::Int => json!(row.try_get::<Option<i64>, _>(at)?),
                ColumnKind::Float => json!(row.try_get::<Option<f64>, _>(at)?),
                ColumnKind::Bool => json!(row.try_get::<Option<bool>, _>(at)?),
                ColumnKind::Id => json!(row.try_get::<Option<Uuid>, _>(at)?),
                ColumnKind::Time => json!(row.try_get::<Option<Time>, _>(at)?.map(|t| t.to_rfc3339_opts(SecondsFormat::Micros, true))),
                ColumnKind::Day => json!(row.try_get::<Option<NaiveDate>, _>(at)?),
                ColumnKind::Json => match row.try_get::<Option<sqlx::types::Json<Json>>, _>(at) {
                    Ok(json) => json.map_or(Json::Null, |json| json.0),
                    // Broken from outside: whoever checks the row finds that it is another.
                    Err(_) => json!(row.try_get_unchecked::<Option<String>, _>(at)?),
                },
                ColumnKind::Bytes => json!(row.try_get::<Option<Vec<u8>>, _>(at)?.map(|bytes| BASE64_STANDARD.encode(bytes))),
            };
            object.insert(name.clone(), cell);
        }
        object
    }};
}

fn names(kinds: &[(String, ColumnKind)]) -> String {
    kinds.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The rows whose `column` is `id`.
pub(super) async fn list(tx: &mut Tx, table: &Table, column: &str, id: Uuid) -> Result<Vec<Json>> {
    let kinds = kinds(tx, table.name).await?;
    let mut rows = Vec::new();
    each_of(tx, table.name, &kinds, &format!("{column} = $1"), &[id.into()], |row| {
        rows.push(Json::Object(row));
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// Gives every row of a table to `each`, one at a time, so that a table may be larger than memory.
pub(crate) async fn each(tx: &mut Tx, table: &str, each: impl FnMut(Map<String, Json>) -> Result<()>) -> Result<()> {
    let kinds = kinds(tx, table).await?;
    each_of(tx, table, &kinds, "1 = 1", &[], each).await
}

/// As `each`, for some columns of the rows that fit a condition.
pub(super) async fn each_where(
    tx: &mut Tx,
    table: &str,
    columns: &[(&str, ColumnKind)],
    condition: &str,
    values: &[Cell<'_>],
    each: impl FnMut(Map<String, Json>) -> Result<()>,
) -> Result<()> {
    let kinds: Vec<(String, ColumnKind)> = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    each_of(tx, table, &kinds, condition, values, each).await
}

async fn each_of(
    tx: &mut Tx,
    table: &str,
    kinds: &[(String, ColumnKind)],
    condition: &str,
    values: &[Cell<'_>],
    mut each: impl FnMut(Map<String, Json>) -> Result<()>,
) -> Result<()> {
    let statement = format!("SELECT {} FROM {table} WHERE {condition}", names(kinds));
    match tx.bind(values)? {
        Bound::Sqlite(connection, values) => {
            let mut rows = sqlx::query_with(AssertSqlSafe(statement), values).fetch(connection);
            while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                each(object!(&row?, kinds))?;
            }
        }
        Bound::Postgres(connection, values) => {
            let mut rows = sqlx::query_with(AssertSqlSafe(statement), values).fetch(connection);
            while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                each(object!(&row?, kinds))?;
            }
        }
    }
    Ok(())
}

/// Gives the one text of every row of a query to `each`.
pub(crate) async fn each_text(tx: &mut Tx, select: &str, mut each: impl FnMut(&str)) -> Result<()> {
    match tx.bind(&[])? {
        Bound::Sqlite(connection, _) => {
            let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(select)).fetch(connection);
            while let Some(text) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                each(&text?);
            }
        }
        Bound::Postgres(connection, _) => {
            let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(select)).fetch(connection);
            while let Some(text) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                each(&text?);
            }
        }
    }
    Ok(())
}

/// Adds rows. Columns that a row lacks become NULL; columns that the table lacks are an error.
///
/// # Errors
/// `Invalid` with the column, when a value is not what the column holds.
pub(crate) async fn insert(tx: &mut Tx, table: &str, kinds: &[(String, ColumnKind)], rows: &[Map<String, Json>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for row in rows {
        if let Some(strange) = row.keys().find(|key| !kinds.iter().any(|(name, _)| name == *key)) {
            return Err(Error::conflict(format!("The backup has a column {table}.{strange} that this version of Weheard does not know.")));
        }
    }
    let width = kinds.len();
    let places: Vec<String> = (0..rows.len())
        .map(|row| format!("({})", (1..=width).map(|column| format!("${}", row * width + column)).collect::<Vec<_>>().join(", ")))
        .collect();
    let statement = format!("INSERT INTO {table} ({}) VALUES {}", names(kinds), places.join(", "));
    let mut values = Vec::with_capacity(rows.len() * width);
    for row in rows {
        for (name, kind) in kinds {
            let value = row.get(name).filter(|value| !value.is_null());
            let invalid = || Error::conflict(format!("The backup’s {table}.{name} is not a {kind:?}: it was damaged, or edited by hand."));
            values.push(match kind {
                ColumnKind::Text => Cell::from(value.map(|v| v.as_str().ok_or_else(invalid)).transpose()?),
                ColumnKind::Int => value.map(|v| v.as_i64().ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Float => value.map(|v| v.as_f64().ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Bool => value.map(|v| v.as_bool().ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Id => value.map(|v| parse::<Uuid>(v).ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Time => value.map(|v| parse::<Time>(v).ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Day => value.map(|v| parse::<NaiveDate>(v).ok_or_else(invalid)).transpose()?.into(),
                ColumnKind::Json => value.cloned().into(),
                ColumnKind::Bytes => {
                    let bytes = value.map(|v| v.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()).ok_or_else(invalid));
                    bytes.transpose()?.into()
                }
            });
        }
    }
    tx.run(AssertSqlSafe(statement), &values).await?;
    Ok(())
}

fn parse<T: std::str::FromStr>(value: &Json) -> Option<T> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde_json's feature `float_roundtrip` is for: without it, reading may be off by one bit.
    #[test]
    fn every_fraction_comes_back_to_the_last_bit() {
        let mut bits = 0x3fe1_2345_6789_abcd_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - 1.5;
            let text = json!({"a \"1.5\" b": [number, {"n": -3}], "t": "0.1"}).to_string();
            let read: Json = serde_json::from_str(&text).expect("JSON");
            assert_eq!(read["a \"1.5\" b"][0].as_f64().map(f64::to_bits), Some(number.to_bits()), "{text}");
            assert_eq!((read["a \"1.5\" b"][1]["n"].as_i64(), read["t"].as_str()), (Some(-3), Some("0.1")));
        }
        let read: Json = serde_json::from_str("[1e300, 9223372036854775807, -0.5e-7]").expect("JSON");
        assert_eq!(read.to_string(), "[1e+300,9223372036854775807,-5e-8]");
    }
}

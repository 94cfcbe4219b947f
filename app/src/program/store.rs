//! The table `program`.

use sqlx::AssertSqlSafe;

use super::{Charter, Program};
use crate::db::{Cell, Table, Tx, table};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;

const COLUMNS: [&str; 4 + Charter::FIELDS.len()] = table::joined(&["id", "revision", "created_at", "number"], Charter::FIELDS);

/// The tables written here. A charter names an office, not a private person.
pub const TABLES: &[Table] = &[Table::plain("program", &COLUMNS)];

/// Programs in one database: their numbers have ten bits in the places of mentions.
pub const MAX_PROGRAMS: i64 = 1023;

/// The first key of the advisory lock.
const LISTENING_LOCK: i64 = 0x57_48_01;

pub async fn find(tx: &mut Tx, id: ProgramId) -> Result<Option<Program>> {
    tx.find("SELECT * FROM program WHERE id = $1", &[id.into()]).await
}

/// All programs, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Program>> {
    tx.list("SELECT * FROM program ORDER BY created_at DESC, id DESC", &[]).await
}

/// The program's number, with which the places of its mentions begin.
///
/// # Errors
/// `NotFound`.
pub async fn number(tx: &mut Tx, id: ProgramId) -> Result<i64> {
    let number = tx.find_value("SELECT number FROM program WHERE id = $1", &[id.into()]).await?;
    number.ok_or(Error::NotFound)
}

/// Adds a program.
///
/// # Errors
/// `Conflict` where a database has as many programs as it holds.
pub async fn create(tx: &mut Tx, program: &Program) -> Result<()> {
    let number: i64 = tx.value("SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) + 1 FROM program", &[]).await?;
    if number > MAX_PROGRAMS {
        return Err(Error::conflict(format!("This database has {MAX_PROGRAMS} programs, the maximum. Create a second database.")));
    }
    let places: Vec<String> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    let statement = format!("INSERT INTO program ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "));
    let mut values = vec![program.id.into(), program.revision.into(), program.created_at.into(), number.into()];
    values.append(&mut charter_values(&program.charter)?);
    tx.run(AssertSqlSafe(statement), &values).await?;
    Ok(())
}

/// Saves a program over the revision that `program.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, program: &Program) -> Result<bool> {
    let changes: Vec<String> = Charter::FIELDS.iter().zip(3..).map(|(field, place)| format!("{field} = ${place}")).collect();
    let statement = format!("UPDATE program SET {}, revision = revision + 1 WHERE id = $1 AND revision = $2", changes.join(", "));
    let mut values = vec![program.id.into(), program.revision.into()];
    values.append(&mut charter_values(&program.charter)?);
    Ok(tx.run(AssertSqlSafe(statement), &values).await? == 1)
}

/// What a charter's columns hold, in the order of `Charter::FIELDS`.
fn charter_values(charter: &Charter) -> Result<Vec<Cell<'static>>> {
    let json = serde_json::to_value(charter).map_err(|error| Error::Internal(error.to_string()))?;
    let value = |field: &&str| {
        Cell::from_json(&json[*field]).ok_or_else(|| Error::Internal(format!("program.{field} is no text, whole number or yes and no")))
    };
    Charter::FIELDS.iter().map(value).collect()
}

/// Locks adding mentions and authors to a program until the transaction ends. The program's row stays unlocked. SQLite has one writer anyway.
pub async fn lock_listening(tx: &mut Tx, id: ProgramId) -> Result<()> {
    if tx.is_postgres() {
        // Two programs with the same hash only wait for each other.
        const HOLD: &str = "SELECT pg_advisory_xact_lock(CAST($1 AS INTEGER), hashtext($2))";
        tx.run(HOLD, &[LISTENING_LOCK.into(), id.to_string().into()]).await?;
    }
    Ok(())
}

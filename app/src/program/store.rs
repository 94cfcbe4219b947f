//! The table `program`.

use sqlx::AssertSqlSafe;

use super::{Charter, Program};
use crate::db::{Table, Tx, Value, table};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ProgramId;
use crate::{affected, bind_all, sql};

const COLUMNS: [&str; 4 + Charter::FIELDS.len()] = table::joined(&["id", "revision", "created_at", "number"], Charter::FIELDS);

/// The tables written here. A charter names an office, not a private person.
pub const TABLES: &[Table] = &[Table::plain("program", &COLUMNS)];

/// Programs in one database: their numbers have ten bits in the places of posts.
pub const MAX_PROGRAMS: i64 = 1023;

/// What is held of a program, among PostgreSQL's advisory locks.
const LISTENING_LOCK: i32 = 0x57_48_01;

/// One program.
pub async fn find(tx: &mut Tx, id: ProgramId) -> Result<Option<Program>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM program WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// All programs, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Program>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM program ORDER BY created_at DESC, id DESC").fetch_all(c).await)?)
}

/// The program's number, with which the places of its posts begin.
///
/// # Errors
/// `NotFound`.
pub async fn number(tx: &mut Tx, id: ProgramId) -> Result<i64> {
    let number = sql!(tx, |c| sqlx::query_scalar("SELECT number FROM program WHERE id = $1").bind(id).fetch_optional(c).await)?;
    number.ok_or(Error::NotFound)
}

/// Adds a program.
///
/// # Errors
/// `Conflict` where a database has as many programs as it holds.
pub async fn create(tx: &mut Tx, program: &Program) -> Result<()> {
    let number: i64 =
        sql!(tx, |c| sqlx::query_scalar("SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) + 1 FROM program").fetch_one(c).await)?;
    if number > MAX_PROGRAMS {
        return Err(Error::conflict(format!("One database holds {MAX_PROGRAMS} programs. Please start a second one.")));
    }
    let places: Vec<String> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    let statement = format!("INSERT INTO program ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "));
    let charter = values(&program.charter)?;
    sql!(tx, |c| {
        let query = sqlx::query(AssertSqlSafe(statement)).bind(program.id).bind(program.revision).bind(program.created_at).bind(number);
        bind_all!(query, &charter).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Saves a program over the revision that `program.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, program: &Program) -> Result<bool> {
    let changes: Vec<String> = Charter::FIELDS.iter().zip(3..).map(|(field, place)| format!("{field} = ${place}")).collect();
    let statement = format!("UPDATE program SET {}, revision = revision + 1 WHERE id = $1 AND revision = $2", changes.join(", "));
    let charter = values(&program.charter)?;
    let changed = affected!(tx, |c| {
        bind_all!(sqlx::query(AssertSqlSafe(statement)).bind(program.id).bind(program.revision), &charter).execute(c).await
    })?;
    Ok(changed == 1)
}

/// What a charter's columns hold, in the order of `Charter::FIELDS`.
fn values(charter: &Charter) -> Result<Vec<Value>> {
    let json = serde_json::to_value(charter).map_err(|error| Error::Internal(error.to_string()))?;
    let value = |field: &&str| {
        Value::from_json(&json[*field]).ok_or_else(|| Error::Internal(format!("program.{field} is no text, whole number or yes and no")))
    };
    Charter::FIELDS.iter().map(value).collect()
}

/// Holds the program's listening until the transaction ends: who adds posts and authors looks first which are there, and
/// nobody may add some in between. Its row is left alone, so that nobody else who locks that waits. SQLite has one writer anyway.
pub async fn lock_listening(tx: &mut Tx, id: ProgramId) -> Result<()> {
    if tx.is_postgres() {
        // The first key says what is held, the second of which program; two programs that share one only take turns.
        const HOLD: &str = "SELECT pg_advisory_xact_lock($1, hashtext($2))";
        sql!(tx, |c| sqlx::query(HOLD).bind(LISTENING_LOCK).bind(id.to_string()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

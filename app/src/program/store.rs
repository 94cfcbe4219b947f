//! The table `program`.

use super::Program;
use crate::db::{Table, Tx};
use crate::error::{Error, Result};
use crate::ids::ProgramId;
use crate::{affected, sql};

/// The tables written here. A charter names an office, not a private person.
pub const TABLES: &[Table] = &[Table::plain(
    "program",
    &[
        "id",
        "name",
        "organisation",
        "market",
        "language",
        "purpose",
        "sponsor",
        "rules_of_listening",
        "term",
        "benefits",
        "disclosed_costs",
        "lawful_basis",
        "notice",
        "raw_days",
        "mention_months",
        "own_handles",
        "brands",
        "revision",
        "created_at",
        "number",
    ],
)];

/// Programs in one database: their numbers have ten bits in the places of posts.
pub const MOST: i64 = 1023;

/// What is held of a program, among PostgreSQL's advisory locks.
const LISTENING: i32 = 0x57_48_01;

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
    if number > MOST {
        return Err(Error::conflict(format!("One database holds {MOST} programs. Please start a second one.")));
    }
    sql!(tx, |c| sqlx::query(
        "INSERT INTO program (id, name, organisation, market, language, purpose, sponsor, rules_of_listening, term, benefits,
             disclosed_costs, lawful_basis, notice, raw_days, mention_months, own_handles, brands, revision, created_at, number)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    )
    .bind(program.id)
    .bind(&program.name)
    .bind(&program.organisation)
    .bind(&program.market)
    .bind(&program.language)
    .bind(&program.purpose)
    .bind(&program.sponsor)
    .bind(&program.rules_of_listening)
    .bind(&program.term)
    .bind(&program.benefits)
    .bind(&program.disclosed_costs)
    .bind(&program.lawful_basis)
    .bind(&program.notice)
    .bind(program.raw_days)
    .bind(program.mention_months)
    .bind(&program.own_handles)
    .bind(&program.brands)
    .bind(program.revision)
    .bind(program.created_at)
    .bind(number)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Saves a program over the revision that `program.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, program: &Program) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE program SET name = $3, organisation = $4, market = $5, language = $6, purpose = $7, sponsor = $8,
             rules_of_listening = $9, term = $10, benefits = $11, disclosed_costs = $12, lawful_basis = $13, notice = $14,
             raw_days = $15, mention_months = $16, own_handles = $17, brands = $18, revision = revision + 1
         WHERE id = $1 AND revision = $2"
    )
    .bind(program.id)
    .bind(program.revision)
    .bind(&program.name)
    .bind(&program.organisation)
    .bind(&program.market)
    .bind(&program.language)
    .bind(&program.purpose)
    .bind(&program.sponsor)
    .bind(&program.rules_of_listening)
    .bind(&program.term)
    .bind(&program.benefits)
    .bind(&program.disclosed_costs)
    .bind(&program.lawful_basis)
    .bind(&program.notice)
    .bind(program.raw_days)
    .bind(program.mention_months)
    .bind(&program.own_handles)
    .bind(&program.brands)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

/// Holds the program's listening until the transaction ends: who adds posts and voices looks first which are there, and
/// nobody may add some in between. Its row is left alone, so that nobody else who locks that waits. SQLite has one writer anyway.
pub async fn hold(tx: &mut Tx, id: ProgramId) -> Result<()> {
    if tx.is_postgres() {
        // The first key says what is held, the second of which program; two programs that share one only take turns.
        const HOLD: &str = "SELECT pg_advisory_xact_lock($1, hashtext($2))";
        sql!(tx, |c| sqlx::query(HOLD).bind(LISTENING).bind(id.to_string()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

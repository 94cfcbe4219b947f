//! What is too old, and roll-ups counted from the posts themselves.

use sqlx::AssertSqlSafe;

use crate::author::store::Change;
use crate::clock::Time;
use crate::db::{Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, ProgramId};
use crate::mention::Mention;
use crate::{affected, sql};

/// Empties the raw rows of imports before `before`; line, outcome and reason stay. Gives how many held text.
pub async fn empty_raw(tx: &mut Tx, program: ProgramId, before: Time) -> Result<u64> {
    Ok(affected!(tx, |c| sqlx::query(
        "UPDATE import_row SET raw = '' WHERE raw <> '' AND run_id IN (SELECT id FROM import_run WHERE program_id = $1 AND created_at < $2)"
    )
    .bind(program)
    .bind(before)
    .execute(c)
    .await)?)
}

/// Takes up to `most` posts from before `before` for good, oldest first, and gives them back.
pub async fn delete_before(tx: &mut Tx, program: ProgramId, before: Time, most: i64) -> Result<Vec<Mention>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "DELETE FROM mention WHERE id IN (SELECT id FROM mention WHERE program_id = $1 AND at < $2 ORDER BY at LIMIT $3) RETURNING *"
    )
    .bind(program)
    .bind(before)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Takes the posts with these ids of their network for good and gives them back.
pub async fn delete_named(tx: &mut Tx, program: ProgramId, ids: &[String]) -> Result<Vec<Mention>> {
    let mut gone = Vec::new();
    for part in bulk::parts(ids) {
        let statement = format!("DELETE FROM mention WHERE program_id = $1 AND external_id IN ({}) RETURNING *", bulk::list(2, part.len()));
        let statement = bulk::statement(tx, statement);
        let rows: Vec<Mention> = sql!(tx, |c| {
            let mut query = sqlx::query_as(AssertSqlSafe(statement.clone())).bind(program);
            for id in part {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        gone.extend(rows);
    }
    Ok(gone)
}

/// The program's voices after `after`, in the order of their ids.
pub async fn list_voices(tx: &mut Tx, program: ProgramId, after: Option<AuthorId>, most: i64) -> Result<Vec<AuthorId>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    Ok(sql!(tx, |c| sqlx::query_scalar("SELECT id FROM author WHERE program_id = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(program)
        .bind(after)
        .bind(most)
        .fetch_all(c)
        .await)?)
}

/// Every post of these voices.
pub async fn list_posts(tx: &mut Tx, voices: &[AuthorId]) -> Result<Vec<Mention>> {
    let mut found = Vec::new();
    for part in bulk::parts(voices) {
        let statement = bulk::statement(tx, format!("SELECT * FROM mention WHERE author_id IN ({})", bulk::list(1, part.len())));
        let rows: Vec<Mention> = sql!(tx, |c| {
            let mut query = sqlx::query_as(AssertSqlSafe(statement.clone()));
            for id in part {
                query = query.bind(*id);
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Sets a voice's counts. Gives whether they were others.
pub async fn set_counts(tx: &mut Tx, counts: &Change) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE author SET posts = $2, negative = $3, positive = $4, links = $5, promotional = $6
         WHERE id = $1 AND (posts <> $2 OR negative <> $3 OR positive <> $4 OR links <> $5 OR promotional <> $6)"
    )
    .bind(counts.id)
    .bind(counts.posts)
    .bind(counts.negative)
    .bind(counts.positive)
    .bind(counts.links)
    .bind(counts.promotional)
    .execute(c)
    .await)?;
    Ok(changed > 0)
}

/// Counts the program's days anew.
pub async fn rebuild_days(tx: &mut Tx, program: ProgramId) -> Result<u64> {
    sql!(tx, |c| sqlx::query("DELETE FROM mention_day WHERE program_id = $1").bind(program).execute(c).await.map(|_| ()))?;
    Ok(affected!(tx, |c| {
        sqlx::query(
        "INSERT INTO mention_day (program_id, day, posts, negative, positive)
         SELECT program_id, day, COUNT(*), SUM(CASE reading WHEN 'negative' THEN 1 ELSE 0 END), SUM(CASE reading WHEN 'positive' THEN 1 ELSE 0 END)
         FROM mention WHERE program_id = $1 GROUP BY program_id, day"
    )
    .bind(program)
    .execute(c)
    .await
    })?)
}

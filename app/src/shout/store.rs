//! The table `shout_post`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Copy, Shout};
use crate::db::{Table, Tx, bulk};
use crate::error::Result;
use crate::ids::{AuthorId, MentionId, ProgramId};
use crate::mention::place;
use crate::{program, run_in, sql};

/// The tables written here. A copy has its post's place, and goes with it.
pub const TABLES: &[Table] = &[Table::plain("shout_post", &["no", "shout_id", "repeats"])];

/// A post as the memory reads it back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lately {
    pub id: MentionId,
    pub author_id: AuthorId,
    pub day: NaiveDate,
    pub text: String,
    pub shout_id: Option<Uuid>,
}

/// The program's newest posts, newest first.
pub async fn list_lately(tx: &mut Tx, program: ProgramId, most: i64) -> Result<Vec<Lately>> {
    let (from, to) = place::between(program::store::number(tx, program).await?, None, None);
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT m.id, m.author_id, m.day, m.text, p.shout_id FROM mention m LEFT JOIN shout_post p ON p.no = m.no
         WHERE m.no BETWEEN $1 AND $2 ORDER BY m.no DESC LIMIT $3"
    )
    .bind(from)
    .bind(to)
    .bind(most)
    .fetch_all(c)
    .await)?)
}

/// Notes which posts, by their places, are copies.
pub async fn create(tx: &mut Tx, copies: &[(i64, Copy)]) -> Result<()> {
    bulk::write(tx, "INSERT INTO shout_post (no, shout_id, repeats) {}", copies, |(no, copy)| {
        [(*no).into(), copy.shout_id.into(), copy.repeats.into()]
    })
    .await?;
    Ok(())
}

/// Forgets that posts which are gone were copies.
pub async fn delete(tx: &mut Tx, places: &[i64]) -> Result<()> {
    run_in!(tx, places, "DELETE FROM shout_post WHERE no IN ({})", []);
    Ok(())
}

/// The shout that a post belongs to, as its first post or as a copy.
pub async fn find_of(tx: &mut Tx, mention: MentionId) -> Result<Option<Shout>> {
    let shout: Option<Uuid> = sql!(tx, |c| {
        sqlx::query_scalar("SELECT shout_id FROM shout_post WHERE no = (SELECT no FROM mention WHERE id = $1) OR shout_id = $1 LIMIT 1")
            .bind(mention)
            .fetch_optional(c)
            .await
    })?;
    match shout {
        Some(shout) => Ok(describe(tx, &[shout]).await?.pop()),
        None => Ok(None),
    }
}

/// The loudest shouts with copies between two days, those with most copies first.
pub async fn list(tx: &mut Tx, program: ProgramId, since: NaiveDate, until: NaiveDate, most: i64) -> Result<Vec<Shout>> {
    let (from, to) = place::between(program::store::number(tx, program).await?, Some(since), Some(until));
    let loudest: Vec<(Uuid, i64)> = sql!(tx, |c| {
        sqlx::query_as(
        "SELECT shout_id, COUNT(*) FROM shout_post WHERE no BETWEEN $1 AND $2 GROUP BY shout_id ORDER BY COUNT(*) DESC, shout_id LIMIT $3"
    )
    .bind(from)
    .bind(to)
    .bind(most)
    .fetch_all(c)
    .await
    })?;
    let ids: Vec<Uuid> = loudest.iter().map(|(id, _)| *id).collect();
    let mut found = describe(tx, &ids).await?;
    found.sort_by_key(|shout| ids.iter().position(|id| *id == shout.shout_id));
    Ok(found)
}

async fn describe(tx: &mut Tx, shouts: &[Uuid]) -> Result<Vec<Shout>> {
    Ok(crate::rows_in!(
        tx,
        query_as,
        shouts,
        "SELECT p.shout_id, COUNT(*) + COUNT(DISTINCT first.id) AS posts,
             COUNT(DISTINCT m.author_id) + COUNT(DISTINCT CASE WHEN NOT EXISTS (
                 SELECT 1 FROM shout_post q JOIN mention n ON n.no = q.no WHERE q.shout_id = p.shout_id AND n.author_id = first.author_id
             ) THEN first.author_id END) AS voices,
             COALESCE(MIN(first.day), MIN(m.day)) AS first_day, MAX(m.day) AS last_day, COALESCE(MIN(first.text), MIN(m.text)) AS text
         FROM shout_post p JOIN mention m ON m.no = p.no LEFT JOIN mention first ON first.id = p.shout_id
         WHERE p.shout_id IN ({}) GROUP BY p.shout_id",
        []
    ))
}

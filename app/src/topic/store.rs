//! The table `topic`.

use super::Topic;
use crate::db::{Table, Tx};
use crate::error::Result;
use crate::ids::{ProgramId, TopicId};
use crate::sql;

/// The tables written here.
pub const TABLES: &[Table] = &[Table::plain("topic", &["id", "program_id", "name", "tag", "phrases", "created_at"])];

/// One topic.
pub async fn find(tx: &mut Tx, id: TopicId) -> Result<Option<Topic>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT id, program_id, name, tag, phrases, created_at FROM topic WHERE id = $1")
        .bind(id)
        .fetch_optional(c)
        .await)?)
}

/// A program's topics by name.
pub async fn list(tx: &mut Tx, program: ProgramId) -> Result<Vec<Topic>> {
    Ok(sql!(tx, |c| sqlx::query_as(
        "SELECT id, program_id, name, tag, phrases, created_at FROM topic WHERE program_id = $1 ORDER BY lower(name), id"
    )
    .bind(program)
    .fetch_all(c)
    .await)?)
}

/// Adds a topic. Says whether it was added: a second topic under one tag is not.
pub async fn create(tx: &mut Tx, topic: &Topic) -> Result<bool> {
    let added = crate::affected!(tx, |c| sqlx::query(
        "INSERT INTO topic (id, program_id, name, tag, phrases, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (program_id, tag) DO NOTHING"
    )
    .bind(topic.id)
    .bind(topic.program_id)
    .bind(&topic.name)
    .bind(&topic.tag)
    .bind(&topic.phrases)
    .bind(topic.created_at)
    .execute(c)
    .await)?;
    Ok(added == 1)
}

/// Changes name and phrases. The tag stays: notes and heard items carry it.
pub async fn update(tx: &mut Tx, id: TopicId, name: &str, phrases: &str) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE topic SET name = $2, phrases = $3 WHERE id = $1")
        .bind(id)
        .bind(name)
        .bind(phrases)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

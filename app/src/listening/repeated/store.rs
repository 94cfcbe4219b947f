//! The table `repeated_mention`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{MentionCopy, RepeatedMention};
use crate::db::{Table, Tx, bulk};
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, MentionId, ProgramId};
use crate::listening::mention::{Mention, place};
use crate::program;

/// The tables written here. A copy is deleted with its mention.
pub const TABLES: &[Table] = &[Table::plain("repeated_mention", &["no", "first_id", "repeats"])];

/// A mention as the memory reads it back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecentFingerprint {
    pub id: MentionId,
    pub author_id: AuthorId,
    pub day: NaiveDate,
    pub text: String,
    pub first_id: Option<Uuid>,
}

/// The program's newest mentions, newest first.
pub async fn list_lately(tx: &mut Tx, program: ProgramId, limit: i64) -> Result<Vec<RecentFingerprint>> {
    let (from, to) = place::between(program::store::number(tx, program).await?, None, None);
    tx.list(
        "SELECT m.id, m.author_id, m.day, m.text, p.first_id FROM mention m LEFT JOIN repeated_mention p ON p.no = m.no
         WHERE m.no BETWEEN $1 AND $2 ORDER BY m.no DESC LIMIT $3",
        &[from.into(), to.into(), limit.into()],
    )
    .await
}

/// Notes which mentions, by their places, are copies.
pub async fn create(tx: &mut Tx, copies: &[(i64, MentionCopy)]) -> Result<()> {
    bulk::write(tx, "INSERT INTO repeated_mention (no, first_id, repeats) {}", copies, |(no, copy)| {
        [(*no).into(), copy.first_id.into(), copy.repeats.into()]
    })
    .await?;
    Ok(())
}

/// Forgets that mentions which are gone were copies.
pub async fn delete(tx: &mut Tx, places: &[i64]) -> Result<()> {
    tx.run_in("DELETE FROM repeated_mention WHERE no IN ({})", &[], places).await?;
    Ok(())
}

/// The authors of whom it is known that they posted the same as these mentions did: reposts tell nothing of them.
pub async fn list_sharing(tx: &mut Tx, mentions: &[Mention]) -> Result<Vec<AuthorId>> {
    let places: Vec<i64> = mentions.iter().map(|mention| mention.no).collect();
    let mut firsts: Vec<Uuid> = tx.list_values_in("SELECT DISTINCT first_id FROM repeated_mention WHERE no IN ({})", &[], &places).await?;
    firsts.extend(mentions.iter().map(|mention| mention.id.0));
    let mut authors: Vec<AuthorId> = tx
        .list_values_in(
            "SELECT DISTINCT a.id FROM repeated_mention p JOIN mention m ON m.no = p.no JOIN author a ON a.id = m.author_id
             WHERE a.syndicated > 0 AND p.first_id IN ({})",
            &[],
            &firsts,
        )
        .await?;
    const FIRST: &str = "SELECT DISTINCT a.id FROM mention m JOIN author a ON a.id = m.author_id WHERE a.syndicated > 0 AND m.id IN ({})";
    authors.extend(tx.list_values_in::<AuthorId, _>(FIRST, &[], &firsts).await?);
    authors.sort_unstable();
    authors.dedup();
    Ok(authors)
}

/// How many mentions of these authors are also posted by others, in nearly the same words; reposts (“RT …”) left out. Authors without any are
/// not among them.
pub async fn count_syndicated(tx: &mut Tx, authors: &[AuthorId]) -> Result<Vec<(AuthorId, i64)>> {
    tx.list_in(
        "SELECT m.author_id, COUNT(*) FROM mention m LEFT JOIN repeated_mention p ON p.no = m.no
         WHERE m.author_id IN ({}) AND substr(m.text, 1, 3) <> 'RT '
             AND (EXISTS (SELECT 1 FROM repeated_mention q JOIN mention o ON o.no = q.no
                     WHERE q.first_id = COALESCE(p.first_id, m.id) AND o.author_id <> m.author_id AND substr(o.text, 1, 3) <> 'RT ')
                 OR EXISTS (SELECT 1 FROM mention f WHERE f.id = p.first_id AND f.author_id <> m.author_id AND substr(f.text, 1, 3) <> 'RT '))
         GROUP BY m.author_id",
        &[],
        authors,
    )
    .await
}

/// How many other authors posted what this one posted, one more than `limit` at most.
pub async fn count_sharing(tx: &mut Tx, author: AuthorId, limit: i64) -> Result<i64> {
    tx.value(
        "SELECT COUNT(*) FROM (
             SELECT DISTINCT o.author_id FROM mention m LEFT JOIN repeated_mention p ON p.no = m.no
                 JOIN repeated_mention q ON q.first_id = COALESCE(p.first_id, m.id) JOIN mention o ON o.no = q.no
             WHERE m.author_id = $1 AND o.author_id <> $1 AND substr(m.text, 1, 3) <> 'RT ' AND substr(o.text, 1, 3) <> 'RT '
             UNION
             SELECT f.author_id FROM mention m JOIN repeated_mention p ON p.no = m.no JOIN mention f ON f.id = p.first_id
             WHERE m.author_id = $1 AND f.author_id <> $1 AND substr(m.text, 1, 3) <> 'RT ' AND substr(f.text, 1, 3) <> 'RT '
             LIMIT $2
         ) found",
        &[author.into(), (limit + 1).into()],
    )
    .await
}

/// The repeated mention that a mention belongs to, as its first mention or as a copy.
pub async fn find_of(tx: &mut Tx, mention: MentionId) -> Result<Option<RepeatedMention>> {
    let repeated: Option<Uuid> = tx
        .find_value(
            "SELECT first_id FROM repeated_mention WHERE no = (SELECT no FROM mention WHERE id = $1) OR first_id = $1 LIMIT 1",
            &[mention.into()],
        )
        .await?;
    match repeated {
        Some(repeated) => Ok(describe(tx, &[repeated]).await?.pop()),
        None => Ok(None),
    }
}

/// The largest repeated mentions with copies between two days, those with most copies first.
pub async fn list(tx: &mut Tx, program: ProgramId, since: NaiveDate, until: NaiveDate, limit: i64) -> Result<Vec<RepeatedMention>> {
    let (from, to) = place::between(program::store::number(tx, program).await?, Some(since), Some(until));
    let largest: Vec<(Uuid, i64)> = tx.list(
        "SELECT first_id, COUNT(*) FROM repeated_mention WHERE no BETWEEN $1 AND $2 GROUP BY first_id ORDER BY COUNT(*) DESC, first_id LIMIT $3",
        &[from.into(), to.into(), limit.into()],
    )
    .await?;
    let ids: Vec<Uuid> = largest.iter().map(|(id, _)| *id).collect();
    let mut found = describe(tx, &ids).await?;
    found.sort_by_key(|repeated| ids.iter().position(|id| *id == repeated.first_id));
    Ok(found)
}

async fn describe(tx: &mut Tx, found: &[Uuid]) -> Result<Vec<RepeatedMention>> {
    tx.list_in(
        "SELECT p.first_id, COUNT(*) + COUNT(DISTINCT first.id) AS mentions,
             COUNT(DISTINCT m.author_id) + COUNT(DISTINCT CASE WHEN NOT EXISTS (
                 SELECT 1 FROM repeated_mention q JOIN mention n ON n.no = q.no WHERE q.first_id = p.first_id AND n.author_id = first.author_id
             ) THEN first.author_id END) AS authors,
             COALESCE(MIN(first.day), MIN(m.day)) AS first_day, MAX(m.day) AS last_day, COALESCE(MIN(first.text), MIN(m.text)) AS text
         FROM repeated_mention p JOIN mention m ON m.no = p.no LEFT JOIN mention first ON first.id = p.first_id
         WHERE p.first_id IN ({}) GROUP BY p.first_id",
        &[],
        found,
    )
    .await
}

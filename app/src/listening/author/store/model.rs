//! What was learned from people's decisions about authors, and what it is learned from.

use crate::db::{Cell, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::author::AuthorKind;
use crate::listening::author::habits::PostingHabits;
use crate::listening::author::learning::{DecidedAuthor, KindModel};
use crate::listening::author::scorecard::{AuthorShares, AuthorSigns};

pub async fn find_model(tx: &mut Tx, program: ProgramId) -> Result<Option<KindModel>> {
    tx.find("SELECT scorecard, figures, is_used, trained_at FROM author_kind_model WHERE program_id = $1", &[program.into()]).await
}

/// Keeps what it has learned, in the place of what it had.
pub async fn save_model(tx: &mut Tx, program: ProgramId, model: &KindModel) -> Result<()> {
    tx.run(
        "INSERT INTO author_kind_model (program_id, scorecard, figures, is_used, trained_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (program_id) DO UPDATE SET scorecard = excluded.scorecard, figures = excluded.figures, is_used = excluded.is_used,
             trained_at = excluded.trained_at",
        &[program.into(), Cell::json(&model.scorecard)?, Cell::json(&model.figures)?, model.is_used.into(), model.trained_at.into()],
    )
    .await?;
    Ok(())
}

pub async fn delete_model(tx: &mut Tx, program: ProgramId) -> Result<()> {
    tx.run("DELETE FROM author_kind_model WHERE program_id = $1", &[program.into()]).await?;
    Ok(())
}

/// About how many authors a person decided that they are customers, and that they are not; those erased left out.
pub async fn count_decided(tx: &mut Tx, program: ProgramId) -> Result<(i64, i64)> {
    tx.one(
        "SELECT COUNT(CASE WHEN kind = 'customer' THEN 1 END), COUNT(CASE WHEN kind <> 'customer' THEN 1 END) FROM author
         WHERE program_id = $1 AND kind_by IS NOT NULL AND signed = mentions AND mentions > 0
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)",
        &[program.into()],
    )
    .await
}

/// An author as learning needs it.
#[derive(sqlx::FromRow)]
struct DecidedRow {
    kind: AuthorKind,
    #[sqlx(flatten)]
    habits: PostingHabits,
    #[sqlx(flatten)]
    signs: AuthorSigns,
}

/// Authors about which a person decided, the newest first. Those erased are left out, and with them all that opted out.
pub async fn list_decided(tx: &mut Tx, program: ProgramId, limit: i64) -> Result<Vec<DecidedAuthor>> {
    let rows: Vec<DecidedRow> = tx
        .list(
            "SELECT kind, mentions, negative, links, promotional, copies, busiest_day, busiest_hour, busiest_minute, signed, replies,
                 first_person, calls, hashtags, service, we, addressing, reposts, staff, own_links, syndicated FROM author
             WHERE program_id = $1 AND kind_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = author.id)
             ORDER BY id DESC LIMIT $2",
            &[program.into(), limit.into()],
        )
        .await?;
    let decided = rows.into_iter().filter_map(|row| {
        let shares = AuthorShares::of(&row.habits, &row.signs)?;
        Some(DecidedAuthor { shares, is_other: row.kind != AuthorKind::Customer })
    });
    Ok(decided.collect())
}

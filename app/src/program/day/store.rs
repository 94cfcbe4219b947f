//! The table `panel_day`.

use super::PanelDay;
use crate::db::{Table, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::{PanelDayId, ProgramId};
use crate::{affected, sql};

/// The tables written here.
pub const TABLES: &[Table] = &[Table::plain(
    "panel_day",
    &["id", "program_id", "title", "kind", "day", "time_zone", "place", "segment", "capacity", "revision", "created_at"],
)];

/// One panel day.
pub async fn find(tx: &mut Tx, id: PanelDayId) -> Result<Option<PanelDay>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM panel_day WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// All panel days of all programs, latest day first.
pub async fn list(tx: &mut Tx) -> Result<Vec<PanelDay>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM panel_day ORDER BY day DESC, id DESC").fetch_all(c).await)?)
}

/// The panel days of one program, first day first.
pub async fn list_program(tx: &mut Tx, program: ProgramId) -> Result<Vec<PanelDay>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM panel_day WHERE program_id = $1 ORDER BY day, id").bind(program).fetch_all(c).await)?)
}

/// Locks the day until the transaction ends, so that seats are given out one after the other. None if there is no such day.
pub async fn lock(tx: &mut Tx, id: PanelDayId) -> Result<Option<PanelDay>> {
    Ok(sql!(tx, |c| sqlx::query_as("UPDATE panel_day SET capacity = capacity WHERE id = $1 RETURNING *").bind(id).fetch_optional(c).await)?)
}

/// Adds a panel day.
pub async fn create(tx: &mut Tx, day: &PanelDay) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO panel_day (id, program_id, title, kind, day, time_zone, place, segment, capacity, revision, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(day.id)
    .bind(day.program_id)
    .bind(&day.title)
    .bind(day.kind)
    .bind(day.day)
    .bind(day.time_zone.name())
    .bind(&day.place)
    .bind(day.segment)
    .bind(day.capacity)
    .bind(day.revision)
    .bind(day.created_at)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Saves a day over the revision that `day.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, day: &PanelDay) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE panel_day SET title = $3, kind = $4, day = $5, time_zone = $6, place = $7, segment = $8, capacity = $9,
             revision = revision + 1
         WHERE id = $1 AND revision = $2"
    )
    .bind(day.id)
    .bind(day.revision)
    .bind(&day.title)
    .bind(day.kind)
    .bind(day.day)
    .bind(day.time_zone.name())
    .bind(&day.place)
    .bind(day.segment)
    .bind(day.capacity)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

//! The table `panel_day`.

use chrono_tz::Tz;

use super::PanelDay;
use crate::db::{Table, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::{PanelDayId, ProgramId};

pub const TABLES: &[Table] = &[Table::plain(
    "panel_day",
    &["id", "program_id", "title", "kind", "day", "time_zone", "place", "segment", "capacity", "revision", "created_at"],
)];

pub async fn find(tx: &mut Tx, id: PanelDayId) -> Result<Option<PanelDay>> {
    tx.find("SELECT * FROM panel_day WHERE id = $1", &[id.into()]).await
}

/// All panel days of all programs, latest day first.
pub async fn list(tx: &mut Tx) -> Result<Vec<PanelDay>> {
    tx.list("SELECT * FROM panel_day ORDER BY day DESC, id DESC", &[]).await
}

/// The panel days of one program, first day first.
pub async fn list_program(tx: &mut Tx, program: ProgramId) -> Result<Vec<PanelDay>> {
    tx.list("SELECT * FROM panel_day WHERE program_id = $1 ORDER BY day, id", &[program.into()]).await
}

/// Locks the day until the transaction ends, so that seats are given out one after the other. None if there is no such day.
pub async fn lock(tx: &mut Tx, id: PanelDayId) -> Result<Option<PanelDay>> {
    tx.find("UPDATE panel_day SET capacity = capacity WHERE id = $1 RETURNING *", &[id.into()]).await
}

pub async fn create(tx: &mut Tx, day: &PanelDay) -> Result<()> {
    tx.run(
        "INSERT INTO panel_day (id, program_id, title, kind, day, time_zone, place, segment, capacity, revision, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            day.id.into(),
            day.program_id.into(),
            day.title.as_str().into(),
            day.kind.into(),
            day.day.into(),
            day.time_zone.name().into(),
            day.place.as_str().into(),
            day.segment.into(),
            day.capacity.into(),
            day.revision.into(),
            day.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Saves a day over the revision that `day.revision` names, and raises it. False if somebody saved in between.
pub async fn update(tx: &mut Tx, day: &PanelDay) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE panel_day SET title = $3, kind = $4, day = $5, time_zone = $6, place = $7, segment = $8, capacity = $9,
             revision = revision + 1
         WHERE id = $1 AND revision = $2",
            &[
                day.id.into(),
                day.revision.into(),
                day.title.as_str().into(),
                day.kind.into(),
                day.day.into(),
                day.time_zone.name().into(),
                day.place.as_str().into(),
                day.segment.into(),
                day.capacity.into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// The time zone of a program: that of its latest panel day; UTC before there is one.
pub async fn find_zone(tx: &mut Tx, program: ProgramId) -> Result<Tz> {
    let name: Option<String> = tx
        .find_value("SELECT time_zone FROM panel_day WHERE program_id = $1 ORDER BY day DESC, id DESC LIMIT 1", &[program.into()])
        .await?;
    Ok(name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC))
}

//! The table `session`.

use super::Session;
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, PanelDayId, SessionId};

/// The tables written here. Company participants are named here.
pub const TABLES: &[Table] = &[Table::plain(
    "session",
    &[
        "id",
        "panel_day_id",
        "title",
        "topic_id",
        "room",
        "moderator_id",
        "starts_at",
        "ends_at",
        "company",
        "locked_at",
        "unlocked_at",
        "unlock_reason",
        "revision",
    ],
)];

pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    tx.find("SELECT * FROM session WHERE id = $1", &[id.into()]).await
}

/// Locks a session's row until the transaction ends, so that numbering and locking of notes are serial.
pub async fn lock_row(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    tx.find("UPDATE session SET revision = revision WHERE id = $1 RETURNING *", &[id.into()]).await
}

/// The sessions of a day, in the order of time and room.
pub async fn list(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Session>> {
    tx.list("SELECT * FROM session WHERE panel_day_id = $1 ORDER BY starts_at, room, id", &[day.into()]).await
}

pub async fn count_days(tx: &mut Tx) -> Result<Vec<(PanelDayId, i64)>> {
    tx.list("SELECT panel_day_id, COUNT(*) FROM session GROUP BY panel_day_id", &[]).await
}

/// All sessions within a period, on any day: what may conflict.
pub async fn list_between(tx: &mut Tx, from: Time, to: Time) -> Result<Vec<Session>> {
    tx.list("SELECT * FROM session WHERE starts_at < $2 AND ends_at > $1 ORDER BY starts_at, room, id", &[from.into(), to.into()]).await
}

/// The sessions of a moderator, soonest first.
pub async fn list_moderated(tx: &mut Tx, moderator: AccountId) -> Result<Vec<Session>> {
    tx.list("SELECT * FROM session WHERE moderator_id = $1 ORDER BY starts_at, id", &[moderator.into()]).await
}

/// Whether an account moderates a session on this day: the scope "day".
pub async fn moderates(tx: &mut Tx, account: AccountId, day: PanelDayId) -> Result<bool> {
    let sessions: i64 =
        tx.value("SELECT COUNT(*) FROM session WHERE moderator_id = $1 AND panel_day_id = $2", &[account.into(), day.into()]).await?;
    Ok(sessions > 0)
}

pub async fn create(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.run(
        "INSERT INTO session (id, panel_day_id, title, topic_id, room, moderator_id, starts_at, ends_at, company, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            session.id.into(),
            session.panel_day_id.into(),
            session.title.as_str().into(),
            session.topic_id.into(),
            session.room.as_str().into(),
            session.moderator_id.into(),
            session.starts_at.into(),
            session.ends_at.into(),
            session.company.as_str().into(),
            session.revision.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Saves a session over the revision that `session.revision` names, and raises it. False if it changed in between.
/// Locks are not saved here: see `lock` and `unlock`.
pub async fn update(tx: &mut Tx, session: &Session) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE session SET title = $3, topic_id = $4, room = $5, moderator_id = $6, starts_at = $7, ends_at = $8, company = $9,
             revision = revision + 1
         WHERE id = $1 AND revision = $2",
            &[
                session.id.into(),
                session.revision.into(),
                session.title.as_str().into(),
                session.topic_id.into(),
                session.room.as_str().into(),
                session.moderator_id.into(),
                session.starts_at.into(),
                session.ends_at.into(),
                session.company.as_str().into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Removes a session without notes. False if it has notes or does not exist.
pub async fn delete(tx: &mut Tx, id: SessionId) -> Result<bool> {
    let deleted = tx
        .run("DELETE FROM session WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM note WHERE note.session_id = session.id)", &[id.into()])
        .await?;
    Ok(deleted == 1)
}

/// Changes the times of a session when its day moves.
pub async fn reschedule(tx: &mut Tx, id: SessionId, starts_at: Time, ends_at: Time) -> Result<()> {
    tx.run(
        "UPDATE session SET starts_at = $2, ends_at = $3, revision = revision + 1 WHERE id = $1",
        &[id.into(), starts_at.into(), ends_at.into()],
    )
    .await?;
    Ok(())
}

pub async fn lock(tx: &mut Tx, id: SessionId, now: Time) -> Result<()> {
    tx.run("UPDATE session SET locked_at = $2 WHERE id = $1", &[id.into(), now.into()]).await?;
    Ok(())
}

/// Opens the notes again, which ends a lock.
pub async fn unlock(tx: &mut Tx, id: SessionId, now: Time, reason: &str) -> Result<()> {
    tx.run(
        "UPDATE session SET locked_at = NULL, unlocked_at = $2, unlock_reason = $3 WHERE id = $1",
        &[id.into(), now.into(), reason.into()],
    )
    .await?;
    Ok(())
}

//! The table `session`.

use super::Session;
use crate::db::{Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, PanelDayId, SessionId};
use crate::{affected, sql};

/// The tables written here. The company people named here speak for the company.
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

/// One session.
pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM session WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// Locks a session's row until the transaction ends: notes get their numbers, and locking takes effect, one after the other.
pub async fn lock_row(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    Ok(sql!(tx, |c| sqlx::query_as("UPDATE session SET revision = revision WHERE id = $1 RETURNING *").bind(id).fetch_optional(c).await)?)
}

/// The sessions of a day, in the order of time and room.
pub async fn list(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Session>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM session WHERE panel_day_id = $1 ORDER BY starts_at, room, id")
        .bind(day)
        .fetch_all(c)
        .await)?)
}

/// How many sessions every day has that has any.
pub async fn count_days(tx: &mut Tx) -> Result<Vec<(PanelDayId, i64)>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT panel_day_id, COUNT(*) FROM session GROUP BY panel_day_id").fetch_all(c).await)?)
}

/// All sessions that touch the time between two moments, on any day: what a room or a moderator may clash with.
pub async fn list_between(tx: &mut Tx, from: Time, to: Time) -> Result<Vec<Session>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM session WHERE starts_at < $2 AND ends_at > $1 ORDER BY starts_at, room, id")
        .bind(from)
        .bind(to)
        .fetch_all(c)
        .await)?)
}

/// The sessions that somebody moderates, soonest first.
pub async fn list_moderated(tx: &mut Tx, moderator: AccountId) -> Result<Vec<Session>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT * FROM session WHERE moderator_id = $1 ORDER BY starts_at, id")
        .bind(moderator)
        .fetch_all(c)
        .await)?)
}

/// Whether somebody moderates a session on this day: what the scope "day" means.
pub async fn moderates(tx: &mut Tx, account: AccountId, day: PanelDayId) -> Result<bool> {
    let sessions: i64 = sql!(tx, |c| sqlx::query_scalar("SELECT COUNT(*) FROM session WHERE moderator_id = $1 AND panel_day_id = $2")
        .bind(account)
        .bind(day)
        .fetch_one(c)
        .await)?;
    Ok(sessions > 0)
}

/// Adds a session.
pub async fn create(tx: &mut Tx, session: &Session) -> Result<()> {
    sql!(tx, |c| sqlx::query(
        "INSERT INTO session (id, panel_day_id, title, topic_id, room, moderator_id, starts_at, ends_at, company, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(session.id)
    .bind(session.panel_day_id)
    .bind(&session.title)
    .bind(session.topic_id)
    .bind(&session.room)
    .bind(session.moderator_id)
    .bind(session.starts_at)
    .bind(session.ends_at)
    .bind(&session.company)
    .bind(session.revision)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Saves a session over the revision that `session.revision` names, and raises it. False if somebody saved in between.
/// Locks are not saved here: see `lock` and `unlock`.
pub async fn update(tx: &mut Tx, session: &Session) -> Result<bool> {
    let changed = affected!(tx, |c| sqlx::query(
        "UPDATE session SET title = $3, topic_id = $4, room = $5, moderator_id = $6, starts_at = $7, ends_at = $8, company = $9,
             revision = revision + 1
         WHERE id = $1 AND revision = $2"
    )
    .bind(session.id)
    .bind(session.revision)
    .bind(&session.title)
    .bind(session.topic_id)
    .bind(&session.room)
    .bind(session.moderator_id)
    .bind(session.starts_at)
    .bind(session.ends_at)
    .bind(&session.company)
    .execute(c)
    .await)?;
    Ok(changed == 1)
}

/// Removes a session in which nothing has been noted. False if it is gone or has notes.
pub async fn delete(tx: &mut Tx, id: SessionId) -> Result<bool> {
    let deleted = affected!(tx, |c| sqlx::query(
        "DELETE FROM session WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM note WHERE note.session_id = session.id)"
    )
    .bind(id)
    .execute(c)
    .await)?;
    Ok(deleted == 1)
}

/// Gives a session other times, as when its day moves.
pub async fn reschedule(tx: &mut Tx, id: SessionId, starts_at: Time, ends_at: Time) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE session SET starts_at = $2, ends_at = $3, revision = revision + 1 WHERE id = $1")
        .bind(id)
        .bind(starts_at)
        .bind(ends_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Locks the notes by hand.
pub async fn lock(tx: &mut Tx, id: SessionId, now: Time) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE session SET locked_at = $2 WHERE id = $1").bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Opens the notes again, which ends a lock.
pub async fn unlock(tx: &mut Tx, id: SessionId, now: Time, reason: &str) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE session SET locked_at = NULL, unlocked_at = $2, unlock_reason = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(reason)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

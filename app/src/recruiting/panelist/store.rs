//! The table `panelist`.

use super::{Attendance, Panelist, QuotePermission};
use crate::db::{DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AuthorId, HeardId, PanelDayId, PanelistId};

/// The tables written here. Erasing a panelist keeps the seat without a person, so that counts stay true.
pub const TABLES: &[Table] = &[Table {
    name: "panelist",
    people: &[(DataSubject::Panelist, "id")],
    personal: &[
        ("author_id", Erase::Null),
        ("customer_id", Erase::Null),
        ("name", Erase::Text("Erased")),
        ("initials", Erase::Text("—")),
        ("email", Erase::Text("")),
    ],
    columns: &[
        "id",
        "panel_day_id",
        "invitation_id",
        "segment",
        "contact_consent_at",
        "quote_permission",
        "seated_at",
        "withdrawn_at",
        "attendance",
        "attendance_at",
        "accepted_at",
        "reconfirm_asked_at",
        "reconfirmed_at",
    ],
}];

pub async fn find(tx: &mut Tx, id: PanelistId) -> Result<Option<Panelist>> {
    tx.find("SELECT * FROM panelist WHERE id = $1", &[id.into()]).await
}

/// All panelists of a day by name, withdrawn ones included.
pub async fn list(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Panelist>> {
    tx.list("SELECT * FROM panelist WHERE panel_day_id = $1 ORDER BY lower(name), id", &[day.into()]).await
}

/// Panelists with a seat, by name: the speakers of a session.
pub async fn list_seated(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Panelist>> {
    tx.list(
        "SELECT * FROM panelist WHERE panel_day_id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL ORDER BY lower(name), id",
        &[day.into()],
    )
    .await
}

/// The panelists whose notes support a heard item, first speaker first.
pub async fn list_raised(tx: &mut Tx, item: HeardId) -> Result<Vec<Panelist>> {
    tx.list(
        "SELECT p.* FROM panelist p JOIN (
             SELECT n.panelist_id, MIN(n.at) AS first_at FROM note n JOIN heard_note hn ON hn.note_id = n.id
             WHERE hn.heard_id = $1 AND n.withdrawn_at IS NULL AND n.panelist_id IS NOT NULL GROUP BY n.panelist_id
         ) raised ON raised.panelist_id = p.id ORDER BY raised.first_at, p.id",
        &[item.into()],
    )
    .await
}

/// The seats, on any day, of the person behind an author.
pub async fn list_of_author(tx: &mut Tx, author: AuthorId) -> Result<Vec<Panelist>> {
    tx.list("SELECT * FROM panelist WHERE author_id = $1 ORDER BY accepted_at, id", &[author.into()]).await
}

pub async fn count_seated(tx: &mut Tx, day: PanelDayId) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM panelist WHERE panel_day_id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL", &[day.into()])
        .await
}

/// Counts of every day with panelists: (day, seated, waiting, checked in).
pub async fn count_days(tx: &mut Tx) -> Result<Vec<(PanelDayId, i64, i64, i64)>> {
    tx.list(
        "SELECT panel_day_id,
             CAST(SUM(CASE WHEN seated_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN seated_at IS NULL THEN 1 ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN attendance = 'checked_in' THEN 1 ELSE 0 END) AS BIGINT)
         FROM panelist WHERE withdrawn_at IS NULL GROUP BY panel_day_id",
        &[],
    )
    .await
}

/// People with a seat on this day and on another: (other day, name). The same address is the same person.
pub async fn list_shared(tx: &mut Tx, day: PanelDayId) -> Result<Vec<(PanelDayId, String)>> {
    tx.list(
        "SELECT other.panel_day_id, mine.name FROM panelist mine
         JOIN panelist other ON other.email = mine.email AND other.panel_day_id <> mine.panel_day_id
         WHERE mine.panel_day_id = $1 AND mine.email <> ''
             AND mine.seated_at IS NOT NULL AND mine.withdrawn_at IS NULL
             AND other.seated_at IS NOT NULL AND other.withdrawn_at IS NULL
         ORDER BY lower(mine.name), mine.id",
        &[day.into()],
    )
    .await
}

/// The first person on the waitlist.
pub async fn find_longest_waiting(tx: &mut Tx, day: PanelDayId) -> Result<Option<Panelist>> {
    tx.find(
        "SELECT * FROM panelist WHERE panel_day_id = $1 AND seated_at IS NULL AND withdrawn_at IS NULL ORDER BY accepted_at, id LIMIT 1",
        &[day.into()],
    )
    .await
}

pub async fn create(tx: &mut Tx, panelist: &Panelist) -> Result<()> {
    tx.run(
        "INSERT INTO panelist (id, panel_day_id, invitation_id, author_id, customer_id, name, initials, email, segment,
             contact_consent_at, quote_permission, seated_at, accepted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            panelist.id.into(),
            panelist.panel_day_id.into(),
            panelist.invitation_id.into(),
            panelist.author_id.into(),
            panelist.customer_id.into(),
            panelist.name.as_str().into(),
            panelist.initials.as_str().into(),
            panelist.email.as_str().into(),
            panelist.segment.into(),
            panelist.contact_consent_at.into(),
            panelist.quote_permission.into(),
            panelist.seated_at.into(),
            panelist.accepted_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Gives a panelist on the waitlist a seat. False if they have one or have withdrawn.
pub async fn seat(tx: &mut Tx, id: PanelistId, now: Time) -> Result<bool> {
    let changed = tx
        .run("UPDATE panelist SET seated_at = $2 WHERE id = $1 AND seated_at IS NULL AND withdrawn_at IS NULL", &[id.into(), now.into()])
        .await?;
    Ok(changed == 1)
}

/// False if the panelist has withdrawn already.
pub async fn withdraw(tx: &mut Tx, id: PanelistId, now: Time) -> Result<bool> {
    let changed = tx.run("UPDATE panelist SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", &[id.into(), now.into()]).await?;
    Ok(changed == 1)
}

/// Records or undoes attendance. False if nothing changed.
pub async fn attend(tx: &mut Tx, id: PanelistId, attendance: Option<Attendance>, now: Time) -> Result<bool> {
    let at = attendance.map(|_| now);
    let was = attendance.map_or("", Attendance::as_str);
    let changed = tx.run(
        "UPDATE panelist SET attendance = $2, attendance_at = $3 WHERE id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL AND COALESCE(attendance, '') <> $4",
        &[id.into(), attendance.into(), at.into(), was.into()],
    )
    .await?;
    Ok(changed == 1)
}

/// False if nothing changed.
pub async fn permit_quotes(tx: &mut Tx, id: PanelistId, permission: QuotePermission) -> Result<bool> {
    let changed = tx
        .run("UPDATE panelist SET quote_permission = $2 WHERE id = $1 AND quote_permission <> $2", &[id.into(), permission.into()])
        .await?;
    Ok(changed == 1)
}

/// Asks a seated panelist whether they can still come. What they said to an earlier move counts no more.
pub async fn ask_to_reconfirm(tx: &mut Tx, id: PanelistId, now: Time) -> Result<()> {
    tx.run("UPDATE panelist SET reconfirm_asked_at = $2, reconfirmed_at = NULL WHERE id = $1", &[id.into(), now.into()]).await?;
    Ok(())
}

/// False if the panelist has no seat, or was not asked.
pub async fn reconfirm(tx: &mut Tx, id: PanelistId, now: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE panelist SET reconfirmed_at = $2
             WHERE id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL AND reconfirm_asked_at IS NOT NULL",
            &[id.into(), now.into()],
        )
        .await?;
    Ok(changed == 1)
}

//! The tables `heard_item`, `heard_note` and `heard_event`.

use sqlx::AssertSqlSafe;

use super::{Heard, HeardEvent, SourceNote, Support};
use crate::db::{DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, HeardId, NoteId, PanelDayId, PanelistId, ProgramId};

/// The tables written here. An item is worded by moderators and names nobody; its owner is a colleague.
pub const TABLES: &[Table] = &[
    Table {
        name: "heard_item",
        people: &[(DataSubject::Account, "owner_account"), (DataSubject::Owner, "id")],
        personal: &[("owner_name", Erase::Text("Former colleague")), ("owner_email", Erase::Null)],
        columns: &[
            "id",
            "program_id",
            "panel_day_id",
            "number",
            "text",
            "topic",
            "owner_account",
            "owner_unit",
            "owned_at",
            "opened_at",
            "merged_into",
            "merged_at",
            "withdrawn_at",
            "withdrawn_reason",
            "answered_at",
            "revision",
            "created_by",
            "created_at",
        ],
    },
    Table::plain("heard_note", &["heard_id", "note_id"]),
    Table {
        name: "heard_event",
        people: &[(DataSubject::Panelist, "panelist_id")],
        personal: &[("reason", Erase::Text(""))],
        columns: &["id", "heard_id", "kind", "panelist_id", "by_account", "at", "version_id", "notified", "notified_account"],
    },
];

const SELECT: &str =
    "SELECT h.id, h.program_id, h.panel_day_id, h.number, h.text, h.topic, h.owner_account, h.owner_name, h.owner_email, h.owner_unit,
    h.owned_at, h.opened_at, h.merged_into, h.merged_at, h.withdrawn_at, h.withdrawn_reason, h.answered_at, h.revision,
    h.created_by, h.created_at FROM heard_item h";

pub async fn find(tx: &mut Tx, id: HeardId) -> Result<Option<Heard>> {
    let statement = format!("{SELECT} WHERE h.id = $1");
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// Items that a filter on `h` (the item) selects, by number.
async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<Heard>> {
    let statement = format!("{SELECT}{} ORDER BY h.number, h.id", filter.clause());
    tx.list(AssertSqlSafe(statement), filter.values()).await
}

/// A program's open items: those that were neither merged nor withdrawn, and are no drafts any more.
pub async fn list_open(tx: &mut Tx, program: ProgramId) -> Result<Vec<Heard>> {
    let mut filter = Filter::new();
    filter.and("h.program_id = ?", [program.0.into()]);
    filter.and("h.merged_into IS NULL AND h.withdrawn_at IS NULL AND h.opened_at IS NOT NULL", []);
    list(tx, &filter).await
}

/// A program's drafts, by number.
pub async fn list_drafts(tx: &mut Tx, program: ProgramId) -> Result<Vec<Heard>> {
    let mut filter = Filter::new();
    filter.and("h.program_id = ?", [program.0.into()]);
    filter.and("h.merged_into IS NULL AND h.withdrawn_at IS NULL AND h.opened_at IS NULL", []);
    list(tx, &filter).await
}

/// The items of another item's program that were neither merged nor withdrawn, without that item.
pub async fn list_others(tx: &mut Tx, item: &Heard) -> Result<Vec<Heard>> {
    let mut filter = Filter::new();
    filter.and("h.program_id = ? AND h.id <> ?", [item.program_id.0.into(), item.id.0.into()]);
    filter.and("h.merged_into IS NULL AND h.withdrawn_at IS NULL", []);
    list(tx, &filter).await
}

/// A day's items, merged and withdrawn ones too.
pub async fn list_day(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Heard>> {
    let mut filter = Filter::new();
    filter.and("h.panel_day_id = ?", [day.0.into()]);
    list(tx, &filter).await
}

/// What a day's items have become: each of them, or what it was merged into, over any number of merges and into whichever day; by number.
pub async fn list_survivors(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Heard>> {
    let statement = format!(
        "WITH RECURSIVE chain (id) AS (
             SELECT id FROM heard_item WHERE panel_day_id = $1
             UNION SELECT m.merged_into FROM heard_item m JOIN chain c ON c.id = m.id WHERE m.merged_into IS NOT NULL)
         {SELECT} JOIN chain ON chain.id = h.id WHERE h.merged_into IS NULL ORDER BY h.number, h.id"
    );
    tx.list(AssertSqlSafe(statement), &[day.into()]).await
}

/// The item that an item was merged into, over any number of merges; the item itself where it was not merged. None where there is no such item.
pub async fn find_survivor(tx: &mut Tx, id: HeardId) -> Result<Option<Heard>> {
    let statement = format!(
        "WITH RECURSIVE way (at_id, next_id) AS (
             SELECT id, merged_into FROM heard_item WHERE id = $1
             UNION
             SELECT m.id, m.merged_into FROM way JOIN heard_item m ON m.id = way.next_id)
         {SELECT} JOIN way ON way.at_id = h.id WHERE h.merged_into IS NULL"
    );
    tx.find(AssertSqlSafe(statement), &[id.into()]).await
}

/// Items that were merged into this one, directly or through others, by number.
pub async fn list_merged(tx: &mut Tx, survivor: HeardId) -> Result<Vec<Heard>> {
    let statement = format!(
        "WITH RECURSIVE merged (merged_id) AS (
             SELECT id FROM heard_item WHERE merged_into = $1
             UNION
             SELECT m.id FROM merged JOIN heard_item m ON m.merged_into = merged.merged_id)
         {SELECT} JOIN merged ON merged.merged_id = h.id ORDER BY h.number, h.id"
    );
    tx.list(AssertSqlSafe(statement), &[survivor.into()]).await
}

/// The items of an account or of a unit that were neither merged nor withdrawn, in all programs, by number.
pub async fn list_owned(tx: &mut Tx, account: AccountId, unit: Option<&str>) -> Result<Vec<Heard>> {
    let mut filter = Filter::new();
    filter.and("(h.owner_account = ? OR h.owner_unit = ?)", [account.0.into(), unit.map(str::to_owned).into()]);
    filter.and("h.merged_into IS NULL AND h.withdrawn_at IS NULL", []);
    list(tx, &filter).await
}

/// How many items were neither merged nor withdrawn, by the account and the unit that own them. Guests who own an item have no account.
pub async fn count_owned(tx: &mut Tx) -> Result<Vec<(Option<AccountId>, Option<String>, i64)>> {
    tx.list(
        "SELECT owner_account, owner_unit, COUNT(*) FROM heard_item
         WHERE merged_into IS NULL AND withdrawn_at IS NULL AND (owner_account IS NOT NULL OR owner_unit IS NOT NULL)
         GROUP BY owner_account, owner_unit",
        &[],
    )
    .await
}

/// Adds an item under the program's next number, which it gives. Units take turns, so two at once get two numbers.
pub async fn create(tx: &mut Tx, item: &Heard) -> Result<i64> {
    tx.value(
        "INSERT INTO heard_item (id, program_id, panel_day_id, number, text, topic, revision, created_by, created_at)
         SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, 1, $6, $7 FROM heard_item WHERE program_id = $2
         RETURNING number",
        &[
            item.id.into(),
            item.program_id.into(),
            item.panel_day_id.into(),
            item.text.as_str().into(),
            item.topic.as_deref().into(),
            item.created_by.into(),
            item.created_at.into(),
        ],
    )
    .await
}

/// Saves text, topic, owner and state, unless someone else saved since `item.revision` was read. Says whether it did.
pub async fn update(tx: &mut Tx, item: &Heard) -> Result<bool> {
    let saved = tx.run(
        "UPDATE heard_item SET text = $3, topic = $4, owner_account = $5, owner_name = $6, owner_email = $7, owner_unit = $8, owned_at = $9,
             opened_at = $10, merged_into = $11, merged_at = $12, withdrawn_at = $13, withdrawn_reason = $14, revision = revision + 1
         WHERE id = $1 AND revision = $2",
        &[
            item.id.into(), item.revision.into(), item.text.as_str().into(), item.topic.as_deref().into(),
            item.owner_account.into(), item.owner_name.as_deref().into(), item.owner_email.as_deref().into(),
            item.owner_unit.as_deref().into(), item.owned_at.into(), item.opened_at.into(), item.merged_into.into(),
            item.merged_at.into(), item.withdrawn_at.into(), item.withdrawn_reason.as_deref().into(),
        ],
    )
    .await?;
    Ok(saved == 1)
}

/// Counts a change of what belongs to an item (its notes, the status of its answer), unless someone else changed it since `revision` was read and it
/// has not ended. Says whether it did.
pub async fn touch(tx: &mut Tx, id: HeardId, revision: i64) -> Result<bool> {
    let touched = tx.run(
        "UPDATE heard_item SET revision = revision + 1 WHERE id = $1 AND revision = $2 AND merged_into IS NULL AND withdrawn_at IS NULL",
        &[id.into(), revision.into()],
    )
    .await?;
    Ok(touched == 1)
}

/// Records that an open item is answered in public, under the same conditions as `touch`.
pub async fn answer(tx: &mut Tx, id: HeardId, revision: i64, now: Time) -> Result<bool> {
    let answered = tx
        .run(
            "UPDATE heard_item SET answered_at = COALESCE(answered_at, $3), revision = revision + 1
         WHERE id = $1 AND revision = $2 AND opened_at IS NOT NULL AND merged_into IS NULL AND withdrawn_at IS NULL",
            &[id.into(), revision.into(), now.into()],
        )
        .await?;
    Ok(answered == 1)
}

/// Adds notes to an item; a note that is there already is left as it is.
pub async fn attach(tx: &mut Tx, item: HeardId, notes: &[NoteId]) -> Result<()> {
    let statement = "INSERT INTO heard_note (heard_id, note_id) SELECT $1, n.id FROM note n WHERE n.id IN ({}) ON CONFLICT (heard_id, note_id) DO NOTHING";
    tx.run_in(statement, &[item.into()], notes).await?;
    Ok(())
}

pub async fn detach(tx: &mut Tx, item: HeardId, note: NoteId) -> Result<bool> {
    let gone = tx.run("DELETE FROM heard_note WHERE heard_id = $1 AND note_id = $2", &[item.into(), note.into()]).await?;
    Ok(gone == 1)
}

/// Gives the survivor all notes of a merged item. The merged one keeps its own, so that the merge can be understood later.
pub async fn inherit(tx: &mut Tx, survivor: HeardId, merged: HeardId) -> Result<()> {
    tx.run(
        "INSERT INTO heard_note (heard_id, note_id) SELECT $1, note_id FROM heard_note WHERE heard_id = $2 ON CONFLICT (heard_id, note_id) DO NOTHING",
        &[survivor.into(), merged.into()],
    )
    .await?;
    Ok(())
}

const SOURCE: &str =
    "SELECT n.id AS note_id, n.session_id, s.title AS session_title, n.panelist_id, COALESCE(p.name, n.speaker) AS speaker, p.segment,
    n.kind, n.topic, n.text, n.at FROM note n JOIN session s ON s.id = n.session_id LEFT JOIN panelist p ON p.id = n.panelist_id";

/// The notes of an item, in the order they were said. Withdrawn notes do not count.
pub async fn list_sources(tx: &mut Tx, item: HeardId) -> Result<Vec<SourceNote>> {
    let statement =
        format!("{SOURCE} JOIN heard_note hn ON hn.note_id = n.id WHERE hn.heard_id = $1 AND n.withdrawn_at IS NULL ORDER BY n.at, n.id");
    tx.list(AssertSqlSafe(statement), &[item.into()]).await
}

/// The notes of several items, in the order they were said. Withdrawn notes do not count.
pub async fn list_sources_of(tx: &mut Tx, items: &[HeardId]) -> Result<Vec<(HeardId, SourceNote)>> {
    #[derive(sqlx::FromRow)]
    struct ItemSource {
        heard_id: HeardId,
        #[sqlx(flatten)]
        source: SourceNote,
    }
    let statement = SOURCE.replacen("SELECT ", "SELECT hn.heard_id, ", 1)
        + " JOIN heard_note hn ON hn.note_id = n.id WHERE n.withdrawn_at IS NULL AND hn.heard_id IN ({})";
    let mut rows: Vec<ItemSource> = tx.list_in(&statement, &[], items).await?;
    rows.sort_by_key(|row| (row.source.at, row.source.note_id));
    Ok(rows.into_iter().map(|row| (row.heard_id, row.source)).collect())
}

/// Notes of a day that are in no item (merged and withdrawn ones do not count), in the order they were said.
pub async fn list_unused_notes(tx: &mut Tx, day: PanelDayId) -> Result<Vec<SourceNote>> {
    let statement = format!(
        "{SOURCE} WHERE s.panel_day_id = $1 AND n.withdrawn_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM heard_note hn JOIN heard_item h ON h.id = hn.heard_id
             WHERE hn.note_id = n.id AND h.withdrawn_at IS NULL AND h.merged_into IS NULL)
         ORDER BY n.at, n.id"
    );
    tx.list(AssertSqlSafe(statement), &[day.into()]).await
}

/// Of each day: its notes, and how many of them are in no item.
pub async fn count_notes(tx: &mut Tx) -> Result<Vec<(PanelDayId, i64, i64)>> {
    tx.list(
        "SELECT s.panel_day_id, COUNT(*), COUNT(*) - COUNT(used.note_id)
         FROM note n JOIN session s ON s.id = n.session_id
         LEFT JOIN (SELECT DISTINCT hn.note_id FROM heard_note hn JOIN heard_item h ON h.id = hn.heard_id
             WHERE h.withdrawn_at IS NULL AND h.merged_into IS NULL) used ON used.note_id = n.id
         WHERE n.withdrawn_at IS NULL GROUP BY s.panel_day_id",
        &[],
    )
    .await
}

/// The panel day of each of these notes that is there and not withdrawn.
pub async fn list_note_days(tx: &mut Tx, notes: &[NoteId]) -> Result<Vec<(NoteId, PanelDayId)>> {
    let statement =
        "SELECT n.id, s.panel_day_id FROM note n JOIN session s ON s.id = n.session_id WHERE n.withdrawn_at IS NULL AND n.id IN ({})";
    tx.list_in(statement, &[], notes).await
}

/// Items with this note that were neither merged nor withdrawn.
pub async fn list_of_note(tx: &mut Tx, note: NoteId) -> Result<Vec<Heard>> {
    let statement = format!(
        "{SELECT} JOIN heard_note hn ON hn.heard_id = h.id WHERE hn.note_id = $1 AND h.merged_into IS NULL AND h.withdrawn_at IS NULL
         ORDER BY h.number, h.id"
    );
    tx.list(AssertSqlSafe(statement), &[note.into()]).await
}

const SUPPORT: &str = "COUNT(*) AS notes, COUNT(DISTINCT n.panelist_id) AS supporters,
    COUNT(DISTINCT CASE WHEN p.segment = 'ranter' THEN p.id END) AS ranters,
    COUNT(DISTINCT CASE WHEN p.segment = 'raver' THEN p.id END) AS ravers,
    COUNT(DISTINCT CASE WHEN p.segment = 'apathetic' THEN p.id END) AS apathetics
    FROM heard_note hn JOIN heard_item h ON h.id = hn.heard_id JOIN note n ON n.id = hn.note_id LEFT JOIN panelist p ON p.id = n.panelist_id";

/// Notes and supporters of each item of a program, by item. Items without notes are left out.
pub async fn count_support(tx: &mut Tx, program: ProgramId) -> Result<Vec<(HeardId, Support)>> {
    #[derive(sqlx::FromRow)]
    struct SupportRow {
        heard_id: HeardId,
        #[sqlx(flatten)]
        support: Support,
    }
    let statement = format!("SELECT hn.heard_id, {SUPPORT} WHERE h.program_id = $1 AND n.withdrawn_at IS NULL GROUP BY hn.heard_id");
    let rows: Vec<SupportRow> = tx.list(AssertSqlSafe(statement), &[program.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.heard_id, row.support)).collect())
}

/// Notes and supporters of one item.
pub async fn count_support_of(tx: &mut Tx, item: HeardId) -> Result<Support> {
    let statement = format!("SELECT {SUPPORT} WHERE hn.heard_id = $1 AND n.withdrawn_at IS NULL");
    tx.one(AssertSqlSafe(statement), &[item.into()]).await
}

/// Whether a panelist said any of an item's notes.
pub async fn raised(tx: &mut Tx, item: HeardId, panelist: PanelistId) -> Result<bool> {
    let count: i64 = tx.value(
        "SELECT COUNT(*) FROM heard_note hn JOIN note n ON n.id = hn.note_id WHERE hn.heard_id = $1 AND n.panelist_id = $2 AND n.withdrawn_at IS NULL",
        &[item.into(), panelist.into()],
    )
    .await?;
    Ok(count > 0)
}

/// Adds an event. False when that version was reopened already.
pub async fn create_event(tx: &mut Tx, event: &HeardEvent) -> Result<bool> {
    let added = tx
        .run(
            "INSERT INTO heard_event (id, heard_id, kind, panelist_id, by_account, reason, at, version_id, notified, notified_account)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (version_id) WHERE kind = 'reopened' DO NOTHING",
            &[
                event.id.into(),
                event.heard_id.into(),
                event.kind.into(),
                event.panelist_id.into(),
                event.by_account.into(),
                event.reason.as_str().into(),
                event.at.into(),
                event.version_id.into(),
                event.notified.into(),
                event.notified_account.into(),
            ],
        )
        .await?;
    Ok(added == 1)
}

/// What happened to an item, oldest first.
pub async fn list_events(tx: &mut Tx, item: HeardId) -> Result<Vec<HeardEvent>> {
    tx.list(
        "SELECT id, heard_id, kind, panelist_id, by_account, reason, at, version_id, notified, notified_account
         FROM heard_event WHERE heard_id = $1 ORDER BY at, id",
        &[item.into()],
    )
    .await
}

/// When an item was last reopened.
pub async fn find_reopened(tx: &mut Tx, item: HeardId) -> Result<Option<Time>> {
    tx.value("SELECT MAX(at) FROM heard_event WHERE heard_id = $1 AND kind = 'reopened'", &[item.into()]).await
}

/// When each item of a program was last reopened.
pub async fn list_reopened(tx: &mut Tx, program: ProgramId) -> Result<Vec<(HeardId, Time)>> {
    tx.list(
        "SELECT e.heard_id, MAX(e.at) FROM heard_event e JOIN heard_item h ON h.id = e.heard_id
         WHERE h.program_id = $1 AND e.kind = 'reopened' GROUP BY e.heard_id",
        &[program.into()],
    )
    .await
}

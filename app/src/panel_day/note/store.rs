//! The tables `note` and `note_revision`.

use sqlx::AssertSqlSafe;

use super::{Note, NoteKind, NoteRevision, NoteWording};
use crate::db::{DataSubject, Erase, Filter, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, NoteId, PanelDayId, PanelistId, SessionId};

/// The tables written here. Of an erased panelist's notes only the fact remains that something was said.
pub const TABLES: &[Table] = &[
    Table {
        name: "note",
        people: &[(DataSubject::Panelist, "panelist_id")],
        personal: &[("speaker", Erase::Text("")), ("text", Erase::Text("(erased)"))],
        columns: &["id", "session_id", "seq", "panelist_id", "kind", "topic", "at", "saved_at", "by_account", "revision", "withdrawn_at"],
    },
    Table {
        name: "note_revision",
        people: &[(DataSubject::Panelist, "panelist_id")],
        personal: &[("text", Erase::Text("(erased)"))],
        columns: &["note_id", "revision", "panelist_id", "kind", "topic", "at", "by_account"],
    },
];

/// Filters of a session's notes. The default is every note that is not withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteSearch {
    /// Words in the text, the topic or the speaker's name.
    pub search: String,
    pub kind: Option<NoteKind>,
    pub panelist: Option<PanelistId>,
    /// Only notes of the company.
    pub company: bool,
    pub withdrawn: bool,
}

pub async fn find(tx: &mut Tx, id: NoteId) -> Result<Option<Note>> {
    tx.find("SELECT * FROM note WHERE id = $1", &[id.into()]).await
}

/// The notes of a session in the order of their arrival, withdrawn ones included.
pub async fn list(tx: &mut Tx, session: SessionId) -> Result<Vec<Note>> {
    tx.list("SELECT * FROM note WHERE session_id = $1 ORDER BY seq", &[session.into()]).await
}

/// The notes of a session that match, in the order of their arrival.
pub async fn search(tx: &mut Tx, session: SessionId, wanted: &NoteSearch) -> Result<Vec<Note>> {
    let mut filter = Filter::new();
    filter.and("session_id = ?", [session.0.into()]);
    if !wanted.search.trim().is_empty() {
        filter.contains(tx, &["text", "topic", "speaker"], &wanted.search);
    }
    if let Some(kind) = wanted.kind {
        filter.and("kind = ?", [kind.as_str().into()]);
    }
    if let Some(panelist) = wanted.panelist {
        filter.and("panelist_id = ?", [panelist.0.into()]);
    }
    if wanted.company {
        filter.and("panelist_id IS NULL AND speaker <> ''", []);
    }
    filter.and(if wanted.withdrawn { "withdrawn_at IS NOT NULL" } else { "withdrawn_at IS NULL" }, []);
    let statement = format!("SELECT * FROM note{} ORDER BY seq", filter.clause());
    tx.list(AssertSqlSafe(statement), filter.values()).await
}

/// The notes of a panel day by session, without withdrawn ones: the sources of heard items.
pub async fn list_day(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Note>> {
    tx.list(
        "SELECT n.* FROM note n JOIN session s ON s.id = n.session_id
         WHERE s.panel_day_id = $1 AND n.withdrawn_at IS NULL ORDER BY s.starts_at, s.id, n.seq",
        &[day.into()],
    )
    .await
}

/// The notes of one panelist, oldest first.
pub async fn list_panelist(tx: &mut Tx, panelist: PanelistId) -> Result<Vec<Note>> {
    tx.list("SELECT * FROM note WHERE panelist_id = $1 AND withdrawn_at IS NULL ORDER BY at, id", &[panelist.into()]).await
}

/// Notes per session of a day, without withdrawn ones.
pub async fn count_day(tx: &mut Tx, day: PanelDayId) -> Result<Vec<(SessionId, i64)>> {
    tx.list(
        "SELECT n.session_id, COUNT(*) FROM note n JOIN session s ON s.id = n.session_id
         WHERE s.panel_day_id = $1 AND n.withdrawn_at IS NULL GROUP BY n.session_id",
        &[day.into()],
    )
    .await
}

/// The number of the next note of a session. Valid only while the session's row is locked (`session::store::lock_row`).
pub async fn next_seq(tx: &mut Tx, session: SessionId) -> Result<i64> {
    tx.value("SELECT COALESCE(MAX(seq), 0) + 1 FROM note WHERE session_id = $1", &[session.into()]).await
}

/// False if a note with this id exists.
pub async fn create(tx: &mut Tx, note: &Note) -> Result<bool> {
    let created = tx
        .run(
            "INSERT INTO note (id, session_id, seq, panelist_id, speaker, kind, text, topic, at, saved_at, by_account, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
            &[
                note.id.into(),
                note.session_id.into(),
                note.seq.into(),
                note.panelist_id.into(),
                note.speaker.as_str().into(),
                note.kind.into(),
                note.text.as_str().into(),
                note.topic.as_deref().into(),
                note.at.into(),
                note.saved_at.into(),
                note.by_account.into(),
                note.revision.into(),
            ],
        )
        .await?;
    Ok(created == 1)
}

/// Replaces the words of the revision that `was` has, and keeps the old ones. False if it changed in between.
pub async fn update(tx: &mut Tx, was: &Note, wording: &NoteWording, by: Option<AccountId>, now: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE note SET panelist_id = $3, speaker = $4, kind = $5, text = $6, topic = $7, by_account = $8, saved_at = $9,
             revision = revision + 1
         WHERE id = $1 AND revision = $2 AND withdrawn_at IS NULL",
            &[
                was.id.into(),
                was.revision.into(),
                wording.panelist.into(),
                wording.speaker.as_str().into(),
                wording.kind.into(),
                wording.text.as_str().into(),
                wording.topic.as_deref().into(),
                by.into(),
                now.into(),
            ],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO note_revision (note_id, revision, panelist_id, kind, text, topic, at, by_account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            was.id.into(), was.revision.into(), was.panelist_id.into(), was.kind.into(), was.text.as_str().into(),
            was.topic.as_deref().into(), was.saved_at.into(), was.by_account.into(),
        ],
    )
    .await?;
    Ok(true)
}

/// The earlier texts of a session's notes, oldest first, each with its note.
pub async fn list_revisions(tx: &mut Tx, session: SessionId) -> Result<Vec<(NoteId, NoteRevision)>> {
    #[derive(sqlx::FromRow)]
    struct NoteRow {
        note_id: NoteId,
        #[sqlx(flatten)]
        revision: NoteRevision,
    }
    let rows: Vec<NoteRow> = tx
        .list(
            "SELECT r.note_id, r.revision, r.panelist_id, r.kind, r.text, r.topic, r.at, r.by_account
         FROM note_revision r JOIN note n ON n.id = r.note_id WHERE n.session_id = $1 ORDER BY r.note_id, r.revision",
            &[session.into()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.note_id, row.revision)).collect())
}

/// Withdraws a note and keeps its text. False if it is withdrawn already.
pub async fn withdraw(tx: &mut Tx, id: NoteId, now: Time) -> Result<bool> {
    let changed = tx.run("UPDATE note SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", &[id.into(), now.into()]).await?;
    Ok(changed == 1)
}

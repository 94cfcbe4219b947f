//! Rows that the audit log vouches for: published texts, evidence, final reports, notes and answers.
//!
//! The line that says "published" carries a keyed digest of the row as it was stored, so that a row altered behind the program's back no longer
//! fits the newest digest of it. Erasing gives the rows that it changes new digests, in the line that says "erased".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::record::AuditRecord;
use super::row::ColumnKind;
use super::{Cell, Tx, row};
use crate::kernel::error::Result;

/// One kind of row, or of a part of a row that is written at one time.
pub(crate) struct CoveredTable {
    /// What the digests of these rows are called. It is hashed with them, so it stays when the table is renamed.
    pub name: &'static str,
    pub table: &'static str,
    /// The columns that identify a row.
    key: &'static [&'static str],
    columns: &'static [(&'static str, ColumnKind)],
    /// Which rows there have to be digests of.
    which: &'static str,
    /// Lines about this kind of thing, with one of these actions (any, where there is none), carry the digests of the rows that they wrote.
    subject_kind: &'static str,
    actions: &'static [&'static str],
    /// The rows that a line wrote: $1 is its subject, and the column, if there is one, holds its time.
    wrote: &'static str,
    written_at: Option<&'static str>,
}

pub(crate) const COVERED: &[CoveredTable] = &[
    CoveredTable {
        name: "note",
        table: "note",
        key: &["id"],
        columns: &[
            ("id", ColumnKind::Id),
            ("session_id", ColumnKind::Id),
            ("seq", ColumnKind::Int),
            ("panelist_id", ColumnKind::Id),
            ("speaker", ColumnKind::Text),
            ("kind", ColumnKind::Text),
            ("text", ColumnKind::Text),
            ("topic", ColumnKind::Text),
            ("at", ColumnKind::Time),
            ("by_account", ColumnKind::Id),
            ("revision", ColumnKind::Int),
            ("withdrawn_at", ColumnKind::Time),
        ],
        which: "1 = 1",
        subject_kind: "note",
        actions: &[],
        wrote: "id = $1",
        written_at: None,
    },
    CoveredTable {
        name: "note_revision",
        table: "note_revision",
        key: &["note_id", "revision"],
        columns: &[
            ("note_id", ColumnKind::Id),
            ("revision", ColumnKind::Int),
            ("panelist_id", ColumnKind::Id),
            ("kind", ColumnKind::Text),
            ("text", ColumnKind::Text),
            ("topic", ColumnKind::Text),
            ("at", ColumnKind::Time),
            ("by_account", ColumnKind::Id),
        ],
        which: "1 = 1",
        subject_kind: "note",
        actions: &[],
        wrote: "note_id = $1 AND revision = (SELECT n.revision - 1 FROM note n WHERE n.id = $1)",
        written_at: None,
    },
    CoveredTable {
        name: "response_version",
        table: "response_version",
        key: &["id"],
        columns: &[
            ("id", ColumnKind::Id),
            ("response_id", ColumnKind::Id),
            ("number", ColumnKind::Int),
            ("kind", ColumnKind::Text),
            ("text", ColumnKind::Text),
            ("link", ColumnKind::Text),
            ("decline_reason", ColumnKind::Text),
            ("owner", ColumnKind::Text),
            ("due", ColumnKind::Day),
            ("change_reason", ColumnKind::Text),
            ("published_by", ColumnKind::Id),
            ("published_at", ColumnKind::Time),
        ],
        which: "published_at IS NOT NULL",
        subject_kind: "response",
        actions: &["published"],
        wrote: "response_id = $1",
        written_at: Some("published_at"),
    },
    CoveredTable {
        name: "delivery",
        table: "delivery",
        key: &["response_id"],
        columns: &[
            ("response_id", ColumnKind::Id),
            ("evidence", ColumnKind::Text),
            ("claimed_by", ColumnKind::Id),
            ("claimed_at", ColumnKind::Time),
        ],
        which: "1 = 1",
        subject_kind: "response",
        actions: &["delivered"],
        wrote: "response_id = $1",
        written_at: Some("claimed_at"),
    },
    CoveredTable {
        name: "delivery_confirmed",
        table: "delivery",
        key: &["response_id"],
        columns: &[("response_id", ColumnKind::Id), ("confirmed_by", ColumnKind::Id), ("confirmed_at", ColumnKind::Time)],
        which: "confirmed_at IS NOT NULL",
        subject_kind: "response",
        actions: &["confirmed"],
        wrote: "response_id = $1",
        written_at: Some("confirmed_at"),
    },
    CoveredTable {
        name: "report",
        table: "report",
        key: &["id"],
        columns: &[
            ("id", ColumnKind::Id),
            ("panel_day_id", ColumnKind::Id),
            ("number", ColumnKind::Int),
            ("document", ColumnKind::Json),
            ("hash", ColumnKind::Text),
            ("finalised_by", ColumnKind::Id),
            ("finalised_at", ColumnKind::Time),
        ],
        which: "1 = 1",
        subject_kind: "report",
        actions: &["finalised", "froze"],
        wrote: "id = $1",
        written_at: Some("finalised_at"),
    },
    CoveredTable {
        name: "answer",
        table: "answer",
        key: &["id"],
        columns: &[
            ("id", ColumnKind::Id),
            ("panelist_id", ColumnKind::Id),
            ("heard_id", ColumnKind::Id),
            ("version_id", ColumnKind::Id),
            ("answer", ColumnKind::Text),
            ("effect", ColumnKind::Text),
            ("remark", ColumnKind::Text),
            ("at", ColumnKind::Time),
        ],
        which: "1 = 1",
        subject_kind: "heard",
        actions: &["answered"],
        wrote: "heard_id = $1",
        written_at: Some("at"),
    },
];

/// Columns that had another name when the first digests were made. Digests go on with that name, so that a migration which renames a column leaves
/// an audit log as whole as it was: (name of the row, column today, name that is hashed).
const RENAMED: &[(&str, &str, &str)] = &[("report", "finalised_by", "frozen_by"), ("report", "finalised_at", "frozen_at")];

/// Digests by row ("note/018f…").
pub(crate) type Digests = BTreeMap<String, String>;

/// What a line vouches for besides itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Covers {
    /// Rows as they are stored after it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: Digests,
    /// Lines whose payload was erased with it: first and last of each run of numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<(i64, i64)>,
}

impl Covers {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.erased.is_empty()
    }

    /// Adds the numbers of lines whose payload was erased.
    pub(super) fn add_erased(&mut self, lines: &BTreeSet<i64>) {
        for &line in lines {
            match self.erased.last_mut() {
                Some((_, last)) if *last + 1 == line => *last = line,
                _ => self.erased.push((line, line)),
            }
        }
    }
}

/// The rows that an act wrote, by the line that it leaves.
pub(super) async fn written(tx: &mut Tx, entry: &AuditRecord) -> Result<Digests> {
    let mut found = Digests::new();
    for covered in COVERED.iter().filter(|covered| covered.subject_kind == entry.subject_kind) {
        if covered.actions.is_empty() || covered.actions.contains(&entry.action) {
            let (mut condition, mut values) = (covered.wrote.to_owned(), vec![Cell::from(entry.subject_id)]);
            if let Some(column) = covered.written_at {
                condition.push_str(&format!(" AND {column} = $2"));
                values.push(entry.at.into());
            }
            found.extend(stored(tx, covered, &condition, &values).await?);
        }
    }
    Ok(found)
}

/// The rows that fit a condition, as far as there has to be a digest of them.
pub(super) async fn stored(tx: &mut Tx, covered: &CoveredTable, condition: &str, values: &[Cell<'_>]) -> Result<Digests> {
    let condition = format!("({condition}) AND {}", covered.which);
    let mut rows = Vec::new();
    row::each_where(tx, covered.table, covered.columns, &condition, values, |row| {
        rows.push(row);
        Ok(())
    })
    .await?;
    let digest = |row: Map<String, Json>| {
        let key = covered.key_of(&row);
        let row = row.into_iter().map(|(column, cell)| (covered.hashed_name(column), cell)).collect();
        (key, tx.secret().derive("audited row", format!("{}\n{}", covered.name, Json::Object(row)).as_bytes()))
    };
    Ok(rows.into_iter().map(digest).collect())
}

impl CoveredTable {
    fn hashed_name(&self, column: String) -> String {
        let renamed = RENAMED.iter().find(|(row, today, _)| *row == self.name && *today == column);
        renamed.map_or(column, |(_, _, hashed)| (*hashed).to_owned())
    }

    fn key_of(&self, row: &Map<String, Json>) -> String {
        self.key.iter().fold(self.name.to_owned(), |key, column| match &row[*column] {
            Json::String(text) => format!("{key}/{text}"),
            other => format!("{key}/{other}"),
        })
    }
}

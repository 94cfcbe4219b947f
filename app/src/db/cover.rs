//! Rows that the audit log vouches for: published texts, evidence, final reports, notes and answers.
//!
//! The line that says "published" carries a keyed digest of the row as it was stored, so that a row altered behind the program's back no longer
//! fits the newest digest of it. Erasing gives the rows that it changes new digests, in the line that says "erased".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::journal::Entry;
use super::row::Kind;
use super::{Tx, Value, row};
use crate::error::Result;

/// One kind of row, or of a part of a row that is written at one time.
pub(crate) struct Covered {
    /// What the digests of these rows are called.
    pub name: &'static str,
    pub table: &'static str,
    /// What tells one row from the other.
    key: &'static [&'static str],
    columns: &'static [(&'static str, Kind)],
    /// Which rows there have to be digests of.
    which: &'static str,
    /// Lines about this kind of thing, with one of these verbs (any, where there is none), carry the digests of the rows that they wrote.
    subject_kind: &'static str,
    verbs: &'static [&'static str],
    /// The rows that a line wrote: $1 is its subject, and the column, if there is one, holds its time.
    wrote: &'static str,
    written_at: Option<&'static str>,
}

pub(crate) const COVERED: &[Covered] = &[
    Covered {
        name: "note",
        table: "note",
        key: &["id"],
        columns: &[
            ("id", Kind::Id),
            ("session_id", Kind::Id),
            ("seq", Kind::Int),
            ("panelist_id", Kind::Id),
            ("speaker", Kind::Text),
            ("kind", Kind::Text),
            ("text", Kind::Text),
            ("topic", Kind::Text),
            ("at", Kind::Time),
            ("by_account", Kind::Id),
            ("revision", Kind::Int),
            ("withdrawn_at", Kind::Time),
        ],
        which: "1 = 1",
        subject_kind: "note",
        verbs: &[],
        wrote: "id = $1",
        written_at: None,
    },
    Covered {
        name: "note_revision",
        table: "note_revision",
        key: &["note_id", "revision"],
        columns: &[
            ("note_id", Kind::Id),
            ("revision", Kind::Int),
            ("panelist_id", Kind::Id),
            ("kind", Kind::Text),
            ("text", Kind::Text),
            ("topic", Kind::Text),
            ("at", Kind::Time),
            ("by_account", Kind::Id),
        ],
        which: "1 = 1",
        subject_kind: "note",
        verbs: &[],
        wrote: "note_id = $1 AND revision = (SELECT n.revision - 1 FROM note n WHERE n.id = $1)",
        written_at: None,
    },
    Covered {
        name: "response_version",
        table: "response_version",
        key: &["id"],
        columns: &[
            ("id", Kind::Id),
            ("response_id", Kind::Id),
            ("number", Kind::Int),
            ("kind", Kind::Text),
            ("text", Kind::Text),
            ("link", Kind::Text),
            ("decline_reason", Kind::Text),
            ("owner", Kind::Text),
            ("due", Kind::Day),
            ("change_reason", Kind::Text),
            ("published_by", Kind::Id),
            ("published_at", Kind::Time),
        ],
        which: "published_at IS NOT NULL",
        subject_kind: "response",
        verbs: &["published"],
        wrote: "response_id = $1",
        written_at: Some("published_at"),
    },
    Covered {
        name: "delivery",
        table: "delivery",
        key: &["response_id"],
        columns: &[("response_id", Kind::Id), ("evidence", Kind::Text), ("claimed_by", Kind::Id), ("claimed_at", Kind::Time)],
        which: "1 = 1",
        subject_kind: "response",
        verbs: &["delivered"],
        wrote: "response_id = $1",
        written_at: Some("claimed_at"),
    },
    Covered {
        name: "delivery_confirmed",
        table: "delivery",
        key: &["response_id"],
        columns: &[("response_id", Kind::Id), ("confirmed_by", Kind::Id), ("confirmed_at", Kind::Time)],
        which: "confirmed_at IS NOT NULL",
        subject_kind: "response",
        verbs: &["confirmed"],
        wrote: "response_id = $1",
        written_at: Some("confirmed_at"),
    },
    Covered {
        name: "report",
        table: "report",
        key: &["id"],
        columns: &[
            ("id", Kind::Id),
            ("panel_day_id", Kind::Id),
            ("number", Kind::Int),
            ("document", Kind::Json),
            ("hash", Kind::Text),
            ("frozen_by", Kind::Id),
            ("frozen_at", Kind::Time),
        ],
        which: "1 = 1",
        subject_kind: "report",
        verbs: &["froze"],
        wrote: "id = $1",
        written_at: Some("frozen_at"),
    },
    Covered {
        name: "answer",
        table: "answer",
        key: &["id"],
        columns: &[
            ("id", Kind::Id),
            ("panelist_id", Kind::Id),
            ("heard_id", Kind::Id),
            ("version_id", Kind::Id),
            ("answer", Kind::Text),
            ("effect", Kind::Text),
            ("remark", Kind::Text),
            ("at", Kind::Time),
        ],
        which: "1 = 1",
        subject_kind: "heard",
        verbs: &["answered"],
        wrote: "heard_id = $1",
        written_at: Some("at"),
    },
];

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
pub(super) async fn written(tx: &mut Tx, entry: &Entry) -> Result<Digests> {
    let mut found = Digests::new();
    for covered in COVERED.iter().filter(|covered| covered.subject_kind == entry.subject_kind) {
        if covered.verbs.is_empty() || covered.verbs.contains(&entry.verb) {
            let (mut condition, mut values) = (covered.wrote.to_owned(), vec![Value::Id(entry.subject_id)]);
            if let Some(column) = covered.written_at {
                condition.push_str(&format!(" AND {column} = $2"));
                values.push(Value::Time(entry.at));
            }
            found.extend(stored(tx, covered, &condition, &values).await?);
        }
    }
    Ok(found)
}

/// The rows that fit a condition, as far as there has to be a digest of them.
pub(super) async fn stored(tx: &mut Tx, covered: &Covered, condition: &str, values: &[Value]) -> Result<Digests> {
    let condition = format!("({condition}) AND {}", covered.which);
    let mut rows = Vec::new();
    row::each_where(tx, covered.table, covered.columns, &condition, values, |row| {
        rows.push(row);
        Ok(())
    })
    .await?;
    let digest = |row: Map<String, Json>| {
        let key = covered.key_of(&row);
        (key, tx.secret().derive("audited row", format!("{}\n{}", covered.name, Json::Object(row)).as_bytes()))
    };
    Ok(rows.into_iter().map(digest).collect())
}

impl Covered {
    fn key_of(&self, row: &Map<String, Json>) -> String {
        self.key.iter().fold(self.name.to_owned(), |key, column| match &row[*column] {
            Json::String(text) => format!("{key}/{text}"),
            other => format!("{key}/{other}"),
        })
    }
}

//! What every table holds about people. Each store declares its tables here's way; a test fails on an undeclared column.
//! Erasing, exporting a person and backing up all read this one declaration.

use serde_json::Value as Json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::Tx;
use crate::error::Result;
use crate::sql;

/// Whose data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Author,
    Customer,
    Panelist,
    Account,
}

impl Subject {
    /// Every kind of person.
    pub const ALL: &'static [Self] = &[Self::Author, Self::Customer, Self::Panelist, Self::Account];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Customer => "customer",
            Self::Panelist => "panelist",
            Self::Account => "account",
        }
    }
}

/// What erasing does to a personal column.
#[derive(Clone, Copy, Debug)]
pub enum Erase {
    /// Set to NULL.
    Null,
    /// Replaced by this text.
    Text(&'static str),
    /// Replaced by "erased-" and the row's id, where the column is unique.
    Unique,
    /// The whole row goes.
    Row,
}

/// One table's declaration. `columns` are those that say nothing about a person.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// Which column points to whose person.
    pub people: &'static [(Subject, &'static str)],
    pub personal: &'static [(&'static str, Erase)],
    pub columns: &'static [&'static str],
}

impl Table {
    /// A table without personal data.
    #[must_use]
    pub const fn plain(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, people: &[], personal: &[], columns }
    }

    /// Erases one person's data in this table.
    pub(crate) async fn erase(&self, tx: &mut Tx, subject: Subject, id: Uuid) -> Result<()> {
        for (_, column) in self.people.iter().filter(|(kind, _)| *kind == subject) {
            let statement = if self.personal.iter().any(|(_, erase)| matches!(erase, Erase::Row)) {
                format!("DELETE FROM {} WHERE {column} = $1", self.name)
            } else {
                let changes: Vec<String> = self
                    .personal
                    .iter()
                    .map(|(personal, erase)| match erase {
                        Erase::Null => format!("{personal} = NULL"),
                        Erase::Text(text) => format!("{personal} = '{text}'"),
                        Erase::Unique => format!("{personal} = 'erased-{id}'"),
                        Erase::Row => unreachable_row(),
                    })
                    .collect();
                if changes.is_empty() {
                    continue;
                }
                format!("UPDATE {} SET {} WHERE {column} = $1", self.name, changes.join(", "))
            };
            sql!(tx, |c| sqlx::query(AssertSqlSafe(statement.clone())).bind(id).execute(c).await.map(|_| ()))?;
        }
        Ok(())
    }

    /// One person's rows of this table, as JSON objects.
    pub(crate) async fn export(&self, tx: &mut Tx, subject: Subject, id: Uuid) -> Result<Vec<Json>> {
        let mut rows = Vec::new();
        for (_, column) in self.people.iter().filter(|(kind, _)| *kind == subject) {
            rows.extend(self.json_rows(tx, &format!("WHERE {column} = $1"), Some(id)).await?);
        }
        Ok(rows)
    }

    /// All columns, personal ones last.
    pub fn all_columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().copied().chain(self.personal.iter().map(|(name, _)| *name))
    }

    /// Rows as JSON. Ids are hexadecimal text, times RFC 3339, on both databases alike.
    async fn json_rows(&self, tx: &mut Tx, clause: &str, id: Option<Uuid>) -> Result<Vec<Json>> {
        let statement = if tx.is_postgres() {
            format!("SELECT to_jsonb(t)::text FROM {} t {clause}", self.name)
        } else {
            let pairs: Vec<String> = self
                .all_columns()
                .map(|column| format!("'{column}', CASE typeof({column}) WHEN 'blob' THEN lower(hex({column})) ELSE {column} END"))
                .collect();
            format!("SELECT json_object({}) FROM {} {clause}", pairs.join(", "), self.name)
        };
        let texts: Vec<String> = sql!(tx, |c| {
            let query = sqlx::query_scalar(AssertSqlSafe(statement.clone()));
            match id {
                Some(id) => query.bind(id).fetch_all(c).await,
                None => query.fetch_all(c).await,
            }
        })?;
        texts.iter().map(|text| serde_json::from_str(text).map_err(|e| crate::error::Error::Internal(e.to_string()))).collect()
    }
}

fn unreachable_row() -> String {
    unreachable!("a table with a Row column is deleted from, never updated")
}

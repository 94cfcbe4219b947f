//! What every table holds about people. Each store declares its tables; a test fails on an undeclared column.
//! Erasing, exporting a person and backing up all read this one declaration.

use serde_json::Value as Json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Tx, row};
use crate::kernel::error::Result;

/// Whose data it is. One human being may be several of these: `erasure` finds all that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSubject {
    Author,
    Customer,
    Candidate,
    Invitation,
    Panelist,
    Account,
    /// Somebody who nominates by a company address, without an account.
    Nominator,
    /// Who answers for a heard item without an account; the id is the item's.
    Owner,
    /// Who got an email about something that is nobody's own, such as a heard item; the id is the email's.
    Recipient,
    /// Who was nominated by name; the id is the nomination's.
    Nominated,
}

impl DataSubject {
    /// Every kind of person.
    pub const ALL: &'static [Self] = &[
        Self::Author,
        Self::Customer,
        Self::Candidate,
        Self::Invitation,
        Self::Panelist,
        Self::Account,
        Self::Nominator,
        Self::Owner,
        Self::Recipient,
        Self::Nominated,
    ];

    /// Whose id is that of their own row, and of nothing else: everything that happened to that id happened to them.
    #[must_use]
    pub const fn is_own_row(self) -> bool {
        !matches!(self, Self::Owner | Self::Recipient | Self::Nominated)
    }

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Customer => "customer",
            Self::Candidate => "candidate",
            Self::Invitation => "invitation",
            Self::Panelist => "panelist",
            Self::Account => "account",
            Self::Nominator => "nominator",
            Self::Owner => "owner",
            Self::Recipient => "recipient",
            Self::Nominated => "nominated",
        }
    }

    /// The subject a stored word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|subject| subject.as_str() == word)
    }
}

/// What erasing does to a personal column.
#[derive(Clone, Copy, Debug)]
pub enum Erase {
    /// Set to NULL.
    Null,
    /// Replaced by this text.
    Text(&'static str),
    /// Replaced by "erased-" and the person's id, where the column is unique.
    Unique,
    /// The whole row goes.
    Row,
}

/// Two lists of columns as one. `N` is how many they are together.
#[must_use]
pub const fn joined<const N: usize>(first: &[&'static str], second: &[&'static str]) -> [&'static str; N] {
    assert!(first.len() + second.len() == N);
    let mut all = [""; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}

/// One table's declaration. `people` has a column, or an expression over columns, that is a person's id. `columns` are those that say nothing about a person.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// Which column points to whose person.
    pub people: &'static [(DataSubject, &'static str)],
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
    pub(crate) async fn erase(&self, tx: &mut Tx, subject: DataSubject, id: Uuid) -> Result<()> {
        let whole_row = self.personal.iter().any(|(_, erase)| matches!(erase, Erase::Row));
        let changes: Vec<String> = self
            .personal
            .iter()
            .filter_map(|(personal, erase)| match erase {
                Erase::Null => Some(format!("{personal} = NULL")),
                Erase::Text(text) => Some(format!("{personal} = '{text}'")),
                Erase::Unique => Some(format!("{personal} = 'erased-{id}'")),
                Erase::Row => None,
            })
            .collect();
        for column in self.columns_of(subject) {
            let statement = if whole_row {
                format!("DELETE FROM {} WHERE {column} = $1", self.name)
            } else if changes.is_empty() {
                continue;
            } else {
                format!("UPDATE {} SET {} WHERE {column} = $1", self.name, changes.join(", "))
            };
            tx.run(AssertSqlSafe(statement), &[id.into()]).await?;
        }
        Ok(())
    }

    /// The queries for the ids of one person's rows in this table ($1 is the person); none where the table has no `id`.
    pub(crate) fn ids_of(&self, subject: DataSubject) -> Vec<String> {
        if self.all_columns().any(|column| column == "id") {
            self.columns_of(subject).map(|column| format!("SELECT id FROM {} WHERE {column} = $1", self.name)).collect()
        } else {
            Vec::new()
        }
    }

    /// The conditions for one person's rows in this table; $1 is the person.
    pub(crate) fn conditions(&self, subject: DataSubject) -> impl Iterator<Item = String> {
        self.columns_of(subject).map(|column| format!("{column} = $1"))
    }

    /// One person's rows of this table, as JSON objects.
    pub(crate) async fn export(&self, tx: &mut Tx, subject: DataSubject, id: Uuid) -> Result<Vec<Json>> {
        let mut rows = Vec::new();
        for column in self.columns_of(subject) {
            rows.extend(row::list(tx, self, column, id).await?);
        }
        Ok(rows)
    }

    /// All columns, personal ones last.
    pub fn all_columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().copied().chain(self.personal.iter().map(|(name, _)| *name))
    }

    fn columns_of(&self, subject: DataSubject) -> impl Iterator<Item = &'static str> {
        self.people.iter().filter(move |(kind, _)| *kind == subject).map(|(_, column)| *column)
    }
}

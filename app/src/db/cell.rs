//! Values that go into statements, the same on either database.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value as Tree;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};

/// A value of a statement, or of a row. `None` is NULL; a column holds one kind in all rows, on either database.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Int(Option<i64>),
    Float(Option<f64>),
    Bool(Option<bool>),
    Id(Option<Uuid>),
    Time(Option<Time>),
    Day(Option<NaiveDate>),
    Json(Option<Tree>),
    Bytes(Option<Cow<'a, [u8]>>),
}

macro_rules! cells {
    ($($from:ty => $variant:ident),+) => {$(
        impl<'a> From<$from> for Cell<'a> {
            fn from(value: $from) -> Self {
                Self::$variant(Some(value.into()))
            }
        }

        impl<'a> From<Option<$from>> for Cell<'a> {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )+};
}
cells!(&'a str => Text, &'a String => Text, String => Text, Cow<'a, str> => Text, i64 => Int, f64 => Float, bool => Bool, Uuid => Id, Time => Time, NaiveDate => Day, Tree => Json, &'a [u8] => Bytes, Vec<u8> => Bytes);

impl<'a> From<&'a Option<String>> for Cell<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_deref().into()
    }
}

/// All values of one column, as PostgreSQL takes them.
#[derive(Clone, Debug)]
pub enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
    Id(Vec<Option<Uuid>>),
    Time(Vec<Option<Time>>),
    Day(Vec<Option<NaiveDate>>),
    Json(Vec<Option<Tree>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    /// The column of these cells.
    ///
    /// # Errors
    /// `Internal` for a cell of another kind than the first: it could only be lost.
    pub fn of<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> Result<Self> {
        macro_rules! all {
            ($variant:ident, $first:expr, $rest:expr, |$value:ident| $owned:expr) => {{
                let rest = $rest.map(|cell| match cell {
                    Cell::$variant(value) => Ok(value),
                    _ => Err(mixed()),
                });
                let all: Result<_> = std::iter::once(Ok($first)).chain(rest).map(|value| Ok(value?.map(|$value| $owned))).collect();
                Ok(Self::$variant(all?))
            }};
        }
        let mut cells = cells.into_iter();
        match cells.next() {
            None => Ok(Self::Text(Vec::new())),
            Some(Cell::Text(first)) => all!(Text, first, cells, |value| value.into_owned()),
            Some(Cell::Int(first)) => all!(Int, first, cells, |value| value),
            Some(Cell::Float(first)) => all!(Float, first, cells, |value| value),
            Some(Cell::Bool(first)) => all!(Bool, first, cells, |value| value),
            Some(Cell::Id(first)) => all!(Id, first, cells, |value| value),
            Some(Cell::Time(first)) => all!(Time, first, cells, |value| value),
            Some(Cell::Day(first)) => all!(Day, first, cells, |value| value),
            Some(Cell::Json(first)) => all!(Json, first, cells, |value| value),
            Some(Cell::Bytes(first)) => all!(Bytes, first, cells, |value| value.into_owned()),
        }
    }
}

pub(super) fn mixed() -> Error {
    Error::Internal("a column of rows that are written together holds cells of different kinds".into())
}

/// Adds what a variant holds to the arguments of a statement.
macro_rules! add {
    ($of:ident, $value:expr, $arguments:expr) => {
        match $value {
            $of::Text(value) => $arguments.add(value),
            $of::Int(value) => $arguments.add(value),
            $of::Float(value) => $arguments.add(value),
            $of::Bool(value) => $arguments.add(value),
            $of::Id(value) => $arguments.add(value),
            $of::Time(value) => $arguments.add(value),
            $of::Day(value) => $arguments.add(value),
            $of::Json(value) => $arguments.add(value),
            $of::Bytes(value) => $arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)
    };
}

impl Cell<'_> {
    /// A value as JSON.
    ///
    /// # Errors
    /// `Internal` for a value that JSON does not have, such as a map whose keys are no texts.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self> {
        let tree = serde_json::to_value(value).map_err(|error| Error::Internal(format!("a value that is no JSON: {error}")))?;
        Ok(Self::Json(Some(tree)))
    }

    /// The same, of a value that may be missing.
    ///
    /// # Errors
    /// As `json`.
    pub fn optional_json(value: Option<&impl Serialize>) -> Result<Self> {
        value.map_or(Ok(Self::Json(None)), |value| Self::json(value))
    }

    /// A text, a whole number, or yes and no; none for anything else.
    #[must_use]
    pub fn from_json(json: &Tree) -> Option<Self> {
        match json {
            Tree::String(text) => Some(text.clone().into()),
            Tree::Number(number) => number.as_i64().map(Into::into),
            Tree::Bool(yes) => Some((*yes).into()),
            _ => None,
        }
    }

    /// The same, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Text(value) => Cell::Text(value.map(|value| value.into_owned().into())),
            Self::Int(value) => Cell::Int(value),
            Self::Float(value) => Cell::Float(value),
            Self::Bool(value) => Cell::Bool(value),
            Self::Id(value) => Cell::Id(value),
            Self::Time(value) => Cell::Time(value),
            Self::Day(value) => Cell::Day(value),
            Self::Json(value) => Cell::Json(value),
            Self::Bytes(value) => Cell::Bytes(value.map(|value| value.into_owned().into())),
        }
    }

    pub(super) fn add_to(self, arguments: &mut SqliteArguments) -> Result<(), sqlx::Error> {
        add!(Cell, self, arguments)
    }

    pub(super) fn add_to_postgres(self, arguments: &mut PgArguments) -> Result<(), sqlx::Error> {
        add!(Cell, self, arguments)
    }
}

impl Column {
    pub(super) fn add_to(self, arguments: &mut PgArguments) -> Result<(), sqlx::Error> {
        add!(Column, self, arguments)
    }
}

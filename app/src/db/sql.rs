//! How a store runs a statement: functions on `Tx`, over a statement and its values, the same on either database.
//!
//! `tx.find("SELECT * FROM account WHERE id = $1", &[id.into()]).await` gives a row or none. A row is whatever derives `sqlx::FromRow`, or a
//! tuple; `value`, `find_value` and `list_values` are for one column. A value of a kind that its column does not hold is an error on either
//! database, as is a column that is read as another kind.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, SqlSafeStr, SqlStr};

use super::Tx;
use super::bulk::{KEYS, of_keys};
use super::cell::{Cell, Column};
use super::conn::Conn;
use crate::kernel::error::Result;

/// A row of either database.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A transaction's connection with the values for its next statement. For what the functions below do not have: scripts, and rows that come
/// one at a time.
pub(super) enum Bound<'t> {
    Sqlite(&'t mut sqlx::SqliteConnection, SqliteArguments),
    Postgres(&'t mut sqlx::PgConnection, PgArguments),
}

impl Bound<'_> {
    async fn execute(self, statement: SqlStr) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(connection, values) => sqlx::query_with(statement, values).execute(connection).await?.rows_affected(),
            Self::Postgres(connection, values) => sqlx::query_with(statement, values).execute(connection).await?.rows_affected(),
        })
    }

    async fn list<T: Row>(self, statement: SqlStr) -> Result<Vec<T>> {
        Ok(match self {
            Self::Sqlite(connection, values) => sqlx::query_as_with(statement, values).fetch_all(connection).await?,
            Self::Postgres(connection, values) => sqlx::query_as_with(statement, values).fetch_all(connection).await?,
        })
    }

    async fn find<T: Row>(self, statement: SqlStr) -> Result<Option<T>> {
        Ok(match self {
            Self::Sqlite(connection, values) => sqlx::query_as_with(statement, values).fetch_optional(connection).await?,
            Self::Postgres(connection, values) => sqlx::query_as_with(statement, values).fetch_optional(connection).await?,
        })
    }
}

impl Tx {
    /// Changes rows; gives how many.
    ///
    /// # Errors
    /// What the database says, as all functions here; a constraint that breaks is a conflict.
    pub async fn run(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<u64> {
        self.bind(values)?.execute(statement.into_sql_str()).await
    }

    /// The first row, or none.
    pub async fn find<T: Row>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<Option<T>> {
        self.bind(values)?.find(statement.into_sql_str()).await
    }

    /// The row that there always is: of a count, of what a statement returns.
    pub async fn one<T: Row>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<T> {
        Ok(self.find(statement, values).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    pub async fn list<T: Row>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<Vec<T>> {
        self.bind(values)?.list(statement.into_sql_str()).await
    }

    /// The one value of the row that there always is.
    pub async fn value<T>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<T>
    where
        (T,): Row,
    {
        self.one(statement, values).await.map(|(value,)| value)
    }

    /// The one value of the first row, or none where there is no row.
    pub async fn find_value<T>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<Option<T>>
    where
        (T,): Row,
    {
        Ok(self.find(statement, values).await?.map(|(value,)| value))
    }

    /// The one value of every row.
    pub async fn list_values<T>(&mut self, statement: impl SqlSafeStr, values: &[Cell<'_>]) -> Result<Vec<T>>
    where
        (T,): Row,
    {
        Ok(self.list(statement, values).await?.into_iter().map(|(value,)| value).collect())
    }

    /// Changes rows of many keys, some hundred in one statement; gives how many. The keys take the place of `{}`, as in `list_in`.
    pub async fn run_in<'k, K>(&mut self, statement: &str, values: &[Cell<'_>], keys: &[K]) -> Result<u64>
    where
        K: Clone + Into<Cell<'k>>,
    {
        let mut changed = 0;
        for part in keys.chunks(KEYS) {
            let (statement, bound) = self.bind_keys(statement, values, part)?;
            changed += bound.execute(statement).await?;
        }
        Ok(changed)
    }

    /// Rows for many keys, some hundred in one statement: `tx.list_in("… WHERE a = $1 AND id IN ({})", &[a.into()], &ids)`. The keys take the
    /// place of `{}` in `IN ({})`; their numbers come after those of the values.
    pub async fn list_in<'k, T: Row, K>(&mut self, statement: &str, values: &[Cell<'_>], keys: &[K]) -> Result<Vec<T>>
    where
        K: Clone + Into<Cell<'k>>,
    {
        let mut found = Vec::new();
        for part in keys.chunks(KEYS) {
            let (statement, bound) = self.bind_keys(statement, values, part)?;
            found.append(&mut bound.list(statement).await?);
        }
        Ok(found)
    }

    /// As `list_in`, for one column.
    pub async fn list_values_in<'k, T, K>(&mut self, statement: &str, values: &[Cell<'_>], keys: &[K]) -> Result<Vec<T>>
    where
        (T,): Row,
        K: Clone + Into<Cell<'k>>,
    {
        Ok(self.list_in(statement, values, keys).await?.into_iter().map(|(value,)| value).collect())
    }

    /// What runs the next statement, with these values.
    pub(super) fn bind(&mut self, values: &[Cell<'_>]) -> Result<Bound<'_>> {
        Ok(match &mut self.conn {
            Conn::Sqlite(tx) => {
                let mut arguments = SqliteArguments::default();
                values.iter().try_for_each(|value| value.clone().add_to(&mut arguments))?;
                Bound::Sqlite(tx, arguments)
            }
            Conn::Postgres(tx) => {
                let mut arguments = PgArguments::default();
                values.iter().try_for_each(|value| value.clone().add_to_postgres(&mut arguments))?;
                Bound::Postgres(tx, arguments)
            }
        })
    }

    /// The statement for these keys: an array of them on PostgreSQL, a place for each on SQLite. Places that are left over repeat the last
    /// key, which a list may: few sizes of statement, and each is prepared once.
    fn bind_keys<'k, K>(&mut self, statement: &str, values: &[Cell<'_>], keys: &[K]) -> Result<(SqlStr, Bound<'_>)>
    where
        K: Clone + Into<Cell<'k>>,
    {
        let places = keys.len().next_power_of_two();
        let statement = AssertSqlSafe(of_keys(self, statement, values.len(), places)).into_sql_str();
        let mut bound = self.bind(values)?;
        let cells = keys.iter().map(|key| key.clone().into());
        match &mut bound {
            Bound::Sqlite(_, arguments) => {
                let last = keys.last().map(|key| key.clone().into());
                let padding = last.into_iter().flat_map(|last: Cell<'_>| std::iter::repeat_n(last, places - keys.len()));
                cells.chain(padding).try_for_each(|key| key.add_to(arguments))?;
            }
            Bound::Postgres(_, arguments) => Column::of(cells)?.add_to(arguments)?,
        }
        Ok((statement, bound))
    }
}

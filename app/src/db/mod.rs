//! The database: SQLite by default, PostgreSQL where several processes share the work, one SQL text for both.
//!
//! `sql!` pastes the same query for either. Stores take `&mut Tx`; acts own the transaction. What an act records goes
//! into the journal as the last thing before commit, so that journal order is commit order (see `journal`).

pub mod bulk;
pub mod backup;
mod connect;
mod filter;
pub mod journal;
mod migrate;
pub(crate) mod row;
pub mod setting;
pub mod table;
mod watch;

pub use connect::{Db, Tx, conn};
pub use filter::{Filter, Value};
pub use table::{Erase, Subject, Table};

/// Runs one query on whichever database the transaction belongs to:
/// `sql!(tx, |c| sqlx::query_as("… $1 …").bind(id).fetch_optional(c).await)`.
///
/// Map what differs between databases (`rows_affected`) inside the expression.
#[macro_export]
macro_rules! sql {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.conn {
            $crate::db::conn::Conn::Sqlite(t) => {
                let $c = &mut **t;
                $body
            }
            $crate::db::conn::Conn::Postgres(t) => {
                let $c = &mut **t;
                $body
            }
        }
    };
}

/// Binds a list of `Value`s to a query, in order.
#[macro_export]
macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value.clone() {
                $crate::db::Value::Text(v) => query.bind(v),
                $crate::db::Value::Int(v) => query.bind(v),
                $crate::db::Value::Float(v) => query.bind(v),
                $crate::db::Value::Id(v) => query.bind(v),
                $crate::db::Value::Time(v) => query.bind(v),
                $crate::db::Value::Day(v) => query.bind(v),
                $crate::db::Value::Bool(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Executes and gives the number of rows affected, on either database.
#[macro_export]
macro_rules! affected {
    ($tx:expr, |$c:ident| $body:expr) => {
        $crate::sql!($tx, |$c| $body.map(|done| done.rows_affected()))
    };
}

//! How a store runs a statement on either database: macros that paste one query for both.

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

/// The statement for each part of many keys, with every key bound: what `rows_in!` and `run_in!` share.
#[doc(hidden)]
#[macro_export]
macro_rules! each_part {
    ($tx:expr, $query:ident, $keys:expr, $statement:expr, [$($first:expr),*], |$bound:ident, $c:ident| $run:expr, |$done:ident| $take:expr) => {
        for part in $keys.chunks($crate::db::bulk::KEYS) {
            const BEFORE: usize = <[&str]>::len(&[$(stringify!($first)),*]);
            let places = part.len().next_power_of_two();
            let statement = $crate::db::bulk::of_keys($tx, $statement, BEFORE, places);
            let $done = match &mut $tx.conn {
                $crate::db::conn::Conn::Sqlite(t) => {
                    let $c = &mut **t;
                    let mut $bound = sqlx::$query(sqlx::AssertSqlSafe(statement))$(.bind($first))*;
                    // Places that are left over repeat the last key, which a list may: few sizes of statement, and one question each.
                    for key in part.iter().chain(std::iter::repeat_n(&part[part.len() - 1], places - part.len())) {
                        $bound = $bound.bind(key.to_owned());
                    }
                    $run
                }
                $crate::db::conn::Conn::Postgres(t) => {
                    let $c = &mut **t;
                    let $bound = sqlx::$query(sqlx::AssertSqlSafe(statement))$(.bind($first))*;
                    let keys = $crate::db::bulk::Column::of(part.iter().map(|key| key.to_owned().into()))?;
                    let $bound = $crate::bind_variant!(Column, $bound, keys);
                    $run
                }
            }?;
            $take;
        }
    };
}

/// Rows for many keys, some hundred in one statement: `rows_in!(tx, query_as, ids, "… WHERE a = $1 AND id IN ({})", [a])`. The keys
/// take the place of `{}`, after the values of the list.
#[macro_export]
macro_rules! rows_in {
    ($tx:expr, $query:ident, $keys:expr, $statement:expr, [$($first:expr),*]) => {{
        let mut found = Vec::new();
        $crate::each_part!($tx, $query, $keys, $statement, [$($first),*], |query, c| query.fetch_all(c).await, |rows| found.append(&mut { rows }));
        found
    }};
}

/// As `rows_in!`, for statements that change; gives the number of rows affected.
#[macro_export]
macro_rules! run_in {
    ($tx:expr, $keys:expr, $statement:expr, [$($first:expr),*]) => {{
        let mut affected = 0;
        $crate::each_part!(
            $tx, query, $keys, $statement, [$($first),*],
            |query, c| query.execute(c).await.map(|done| done.rows_affected()),
            |rows| affected += rows
        );
        affected
    }};
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

//! Every table of the house, parents before children: what backups copy, erasing walks and exports read.

use crate::db::{Table, journal};

/// Each room's tables, in an order in which rows can be added without pointing at a row that is not there yet.
const ROOMS: &[&[Table]] = &[
    crate::account::store::TABLES,
    crate::link::store::TABLES,
    journal::TABLES,
    crate::outbox::store::TABLES,
    crate::erasure::store::TABLES,
    crate::program::store::TABLES,
    crate::panel_day::store::TABLES,
    crate::panelist::store::TABLES,
    crate::session::store::TABLES,
];

/// All tables, parents first.
#[must_use]
pub fn tables() -> Vec<&'static Table> {
    ROOMS.iter().flat_map(|room| room.iter()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::db::row;
    use crate::sql;
    use crate::testing::each_db;

    #[tokio::test]
    async fn every_column_is_declared_once_and_parents_come_first() {
        each_db(|db| async move {
            let mut tx = db.read().await.expect("tx");
            if tx.is_postgres() {
                return;
            }
            let exist: BTreeSet<String> = sql!(tx, |c| sqlx::query_scalar(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
            .fetch_all(c)
            .await)
            .expect("tables")
            .into_iter()
            .collect();
            let declared: BTreeSet<String> = tables().iter().map(|table| table.name.to_owned()).collect();
            assert_eq!(declared.len(), tables().len(), "a table is declared twice");
            assert_eq!(declared, exist);

            let mut above = BTreeSet::new();
            for table in tables() {
                let columns: BTreeSet<String> =
                    row::kinds(&mut tx, table.name).await.expect("columns").into_iter().map(|(name, _)| name).collect();
                assert_eq!(table.all_columns().map(str::to_owned).collect::<BTreeSet<_>>(), columns, "{}", table.name);
                assert_eq!(table.all_columns().count(), columns.len(), "{} declares a column twice", table.name);
                let parents: Vec<String> =
                    sql!(tx, |c| sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_list($1)").bind(table.name).fetch_all(c).await)
                        .expect("foreign keys");
                for parent in parents.iter().filter(|parent| *parent != table.name) {
                    assert!(above.contains(parent), "{} points to {parent}, which comes later", table.name);
                }
                above.insert(table.name.to_owned());
            }
        })
        .await;
    }
}

//! Backups of earlier releases. The database goes back to the schema that the backup was taken at, takes its rows there, under the names that
//! tables and columns had then, and comes forward again by the migrations that an upgrade would have run.
//!
//! All of it is part of the restore's transaction, since both databases can undo changes of their schema. Which migrations ran is known before
//! and stays true after, so sqlx's table of them is left alone.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::sql::Bound;
use super::{Table, Tx, migrate};
use crate::kernel::error::Result;

/// Makes every table anew, empty, as it was at `schema`, and gives their names. `tables` are those of today, parents first; what
/// they hold goes. Tables of others are not touched.
pub(super) async fn go_back(tx: &mut Tx, tables: &[&Table], schema: i64) -> Result<BTreeSet<String>> {
    let database = migrate::database(tx);
    let made = migrate::names_made(database);
    let children_first = tables.iter().rev().map(|table| table.name);
    for table in children_first.chain(made.tables.iter().map(String::as_str)) {
        run(tx, format!("DROP TABLE IF EXISTS {table}{}", if tx.is_postgres() { " CASCADE" } else { "" })).await?;
    }
    // Only PostgreSQL has functions, and indexes that call them, which went with their tables.
    for function in &made.functions {
        run(tx, format!("DROP FUNCTION IF EXISTS {function}")).await?;
    }
    for text in migrate::texts(database, 0, schema) {
        run(tx, text).await?;
    }
    let there: BTreeSet<String> = tables_there(tx).await?.intersection(&made.tables).cloned().collect();
    for table in &there {
        // The few rows that migrations begin with: the backup has them too. No key leads to them.
        run(tx, format!("DELETE FROM {table}")).await?;
    }
    Ok(there)
}

/// Runs the migrations after `schema`.
pub(super) async fn come_forward(tx: &mut Tx, schema: i64) -> Result<()> {
    if tx.is_postgres() {
        // A table with keys that are still to be looked at cannot be altered.
        run(tx, "SET CONSTRAINTS ALL IMMEDIATE").await?;
    }
    for text in migrate::texts(migrate::database(tx), schema, i64::MAX) {
        run(tx, text).await?;
    }
    if tx.is_postgres() {
        run(tx, "SET CONSTRAINTS ALL DEFERRED").await?;
    }
    Ok(())
}

async fn run(tx: &mut Tx, text: impl Into<String>) -> Result<()> {
    let script = sqlx::raw_sql(AssertSqlSafe(text.into()));
    match tx.bind(&[])? {
        Bound::Sqlite(connection, _) => script.execute(connection).await.map(|_| ())?,
        Bound::Postgres(connection, _) => script.execute(connection).await.map(|_| ())?,
    }
    Ok(())
}

async fn tables_there(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let catalogue = if tx.is_postgres() {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    };
    let names: Vec<String> = tx.list_values(catalogue, &[]).await?;
    Ok(names.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{BufReader, Read};

    use flate2::read::GzDecoder;

    use super::*;
    use crate::access::account::Actor;
    use crate::db::backup::{self, Summary};
    use crate::db::verify::verify;
    use crate::db::{Db, row};
    use crate::front::wiring::WIRING;
    use crate::kernel::clock::now;
    use crate::kernel::error::Error;
    use crate::privacy::erasure::restore::{self, KeptOut};
    use crate::testing::each_db;

    /// A small demo whose report was sent, with an opt-out and an erasure and a row in nearly every table, under the tests' key. Made by the
    /// last release with schema 101.
    const SCHEMA_101: &[u8] = include_bytes!("../../tests/backups/schema-101.backup");

    /// Roll-ups, which restoring counts anew.
    const WRITTEN_ANEW: &[&str] = &["mention_day", "mention_kind_slice", "mention_slice", "mention_topic", "topic_day", "topicless_day"];

    fn unpacked() -> Vec<u8> {
        let mut bytes = Vec::new();
        GzDecoder::new(SCHEMA_101).read_to_end(&mut bytes).expect("a packed backup");
        bytes
    }

    async fn counts(tx: &mut Tx) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for table in WIRING.tables() {
            let mut count = 0;
            row::each(tx, table.name, |_| {
                count += 1;
                Ok(())
            })
            .await
            .expect("rows");
            counts.insert(table.name.to_owned(), count);
        }
        counts
    }

    /// Every table, column and index, as one text each.
    async fn schema(db: &Db) -> Vec<String> {
        let mut tx = db.read().await.expect("tx");
        let catalogue = if tx.is_postgres() {
            "SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable, column_default) AS line FROM information_schema.columns
             WHERE table_schema = current_schema()
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
             UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid <> 0 ORDER BY line"
        } else {
            "SELECT name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1"
        };
        tx.list_values(catalogue, &[]).await.expect("a catalogue")
    }

    #[tokio::test]
    async fn a_backup_of_an_earlier_release_restores_into_this_one() {
        each_db(|db| async move {
            let (fresh, file) = (schema(&db).await, unpacked());
            let mut tx = db.begin().await.expect("tx");
            let restored =
                restore::restore(&mut tx, &Actor::System("test"), now(), KeptOut::default(), false, BufReader::new(file.as_slice())).await;
            let (summary, erased) = restored.expect("restored");
            tx.commit().await.expect("commit");
            assert_eq!(schema(&db).await, fresh, "the schema is that of a database that was never older");

            let mut tx = db.read().await.expect("tx");
            let verified = verify(&mut tx, None).await.expect("verified");
            assert!(verified.is_whole(), "{verified:?}");

            let last = file.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().expect("lines");
            let in_file: Summary = serde_json::from_slice(last).expect("a summary");
            assert_eq!(summary.sha256, in_file.sha256);
            let mut before = in_file.rows;
            // Restoring erases once more whoever was erased, two authors among them.
            let again = u64::try_from(erased.parts).expect("a count");
            for (name, more) in [("activity", again), ("activity_payload", again), ("erasure", again), ("objection", 2)] {
                *before.get_mut(name).expect("a table of then") += more;
            }
            let mut after = counts(&mut tx).await;
            for name in WRITTEN_ANEW {
                before.remove(*name);
                after.remove(*name);
            }
            // Tables that have other names now are found by how many rows they have.
            let both: Vec<String> = before.keys().filter(|name| after.contains_key(*name)).cloned().collect();
            for name in both {
                assert_eq!(before.remove(&name), after.remove(&name), "{name}");
            }
            // What did not exist then is empty.
            let sorted = |rows: BTreeMap<String, u64>| {
                let mut counts: Vec<u64> = rows.into_values().filter(|rows| *rows > 0).collect();
                counts.sort_unstable();
                counts
            };
            assert_eq!(sorted(before.clone()), sorted(after.clone()), "{before:?} became {after:?}");
            drop(tx);

            let mut again = Vec::new();
            backup::write(&mut db.read().await.expect("tx"), now(), &WIRING.tables(), &mut again).await.expect("a backup of this release");
            let mut tx = db.begin().await.expect("tx");
            backup::read(&mut tx, &WIRING.tables(), false, again.as_slice()).await.expect("restored once more");
            tx.commit().await.expect("commit");

            let mut tx = db.begin().await.expect("tx");
            backup::read(&mut tx, &WIRING.tables(), false, file.as_slice()).await.expect("restored over what is there");
            tx.commit().await.expect("commit");
            assert_eq!(schema(&db).await, fresh);
        })
        .await;
    }

    #[tokio::test]
    async fn half_an_older_backup_changes_nothing() {
        each_db(|db| async move {
            let (fresh, mut file) = (schema(&db).await, unpacked());
            file.truncate(file.len() / 2);
            let mut tx = db.begin().await.expect("tx");
            let refused = backup::read(&mut tx, &WIRING.tables(), false, file.as_slice()).await;
            assert!(matches!(&refused, Err(Error::Conflict(_))), "{refused:?}");
            drop(tx);
            assert_eq!(schema(&db).await, fresh);
        })
        .await;
    }

    #[test]
    fn what_migrations_made_is_known_by_name() {
        for database in ["sqlite", "postgres"] {
            let made = migrate::names_made(database);
            assert!(WIRING.tables().iter().all(|table| made.tables.contains(table.name)));
            assert_eq!(made.functions.contains("folded"), database == "postgres");
        }
        assert!(migrate::names_made("sqlite").tables.contains("mention_search"));
    }
}

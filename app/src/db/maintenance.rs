//! Upkeep of the open database: how full its pools are, emptying its log, rewriting its files, closing it.

use sqlx::AssertSqlSafe;

use super::checkpoint::WalCheckpointer;
use super::connect::{DatabaseKind, Db};
use super::table::Table;
use crate::kernel::error::Result;

impl Db {
    /// Each pool of connections: its name, how many are open, and how many of these are idle.
    #[must_use]
    pub fn pools(&self) -> Vec<(&'static str, u32, usize)> {
        match &self.kind {
            DatabaseKind::Sqlite { writer, readers, .. } => {
                vec![("writer", writer.size(), writer.num_idle()), ("readers", readers.size(), readers.num_idle())]
            }
            DatabaseKind::Postgres(pool) => vec![("all", pool.size(), pool.num_idle())],
        }
    }

    /// Empties SQLite's log, so that nothing of what was erased is left in it. Somebody who reads for long keeps it from that: then the log is
    /// emptied when the last connection closes, and a warning says so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn clear_log(&self) -> Result<()> {
        const ATTEMPTS: u32 = 50;
        let DatabaseKind::Sqlite { checkpointer: Some(checkpointer), .. } = &self.kind else { return Ok(()) };
        for _ in 0..ATTEMPTS {
            let mut connection = checkpointer.connection.acquire().await?;
            // Whoever writes is not to wait for whoever reads.
            sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await?;
            let cleared = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
            sqlx::query("PRAGMA busy_timeout = 20000").execute(&mut *connection).await?;
            drop(connection);
            let (busy, ..): (i64, i64, i64) = cleared?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(WalCheckpointer::INTERVAL).await;
        }
        tracing::warn!("the database's log still has what was erased, since somebody reads from it; stopping the server empties it");
        Ok(())
    }

    /// Writes these tables anew, so that nothing of what was erased is left in their files. Everybody else waits.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rewrite(&self, tables: &[&Table]) -> Result<()> {
        match &self.kind {
            DatabaseKind::Sqlite { writer, .. } => {
                sqlx::query("VACUUM").execute(writer).await?;
                self.clear_log().await
            }
            DatabaseKind::Postgres(pool) => {
                for table in tables {
                    sqlx::query(AssertSqlSafe(format!("VACUUM FULL {}", table.name))).execute(pool).await?;
                }
                Ok(())
            }
        }
    }

    /// Closes all connections, after what runs has finished.
    pub async fn close(&self) {
        match &self.kind {
            DatabaseKind::Sqlite { writer, readers, checkpointer, .. } => {
                if let Some(checkpointer) = checkpointer {
                    checkpointer.connection.close().await;
                }
                readers.close().await;
                writer.close().await;
            }
            DatabaseKind::Postgres(pool) => pool.close().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::db::{Db, setting};
    use crate::testing::each_db;

    /// What the table takes in its files, in bytes; on SQLite, what the whole database takes, in pages.
    async fn size(db: &Db) -> i64 {
        let mut tx = db.read().await.expect("tx");
        let asked = if tx.is_postgres() { "SELECT pg_total_relation_size('setting')" } else { "PRAGMA page_count" };
        tx.value(asked, &[]).await.expect("a size")
    }

    #[tokio::test]
    async fn a_rewrite_takes_what_was_deleted_out_of_the_files_and_keeps_the_rest() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            for number in 0..40 {
                // Nothing that PostgreSQL could compress.
                let text: String = (0..600).map(|_| Uuid::new_v4().to_string()).collect();
                setting::update(&mut tx, &format!("secret {number}"), &text).await.expect("saved");
            }
            setting::update(&mut tx, "kept", "still here").await.expect("saved");
            tx.commit().await.expect("commit");
            let full = size(&db).await;
            let mut tx = db.begin().await.expect("tx");
            tx.run("DELETE FROM setting WHERE key LIKE 'secret %'", &[]).await.expect("deleted");
            tx.commit().await.expect("commit");
            assert!(size(&db).await >= full, "deleting alone leaves the files as they are");

            db.rewrite(&db.tables()).await.expect("rewritten");
            let left = size(&db).await;
            assert!(left < full, "{left} of {full}");
            let kept = setting::find(&mut db.read().await.expect("tx"), "kept").await.expect("read");
            assert_eq!(kept.as_deref(), Some("still here"));
        })
        .await;
    }
}

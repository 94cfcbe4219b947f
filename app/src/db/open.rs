//! Opening the database, and bringing its schema up to date.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Semaphore, watch};

use super::checkpoint::WalCheckpointer;
use super::connect::{DatabaseKind, Db};
use super::event::Wiring;
use super::{audit_log, migrate};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold;
use crate::kernel::secret::Secret;

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` (for tests; one connection) or `postgres://…`, and brings the schema up to date.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be reached or opened; the message says which and why.
    pub async fn open(url: &str, secret: Secret, wiring: &'static Wiring) -> Result<Self> {
        let db = Self::connect(url, secret, wiring).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens the database as it is, without touching the schema.
    ///
    /// # Errors
    /// `Unavailable`, as for `open`.
    pub async fn connect(url: &str, secret: Secret, wiring: &'static Wiring) -> Result<Self> {
        let kind = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await?
        } else if url.starts_with("sqlite:") {
            open_sqlite(url).await?
        } else {
            return Err(Error::unavailable(format!("“{url}” is not a database address. Use sqlite:PATH or postgres://USER@HOST/NAME.")));
        };
        Ok(Self {
            kind,
            secret: Arc::new(secret),
            wiring,
            newest_commit: Arc::new(watch::Sender::new(0)),
            waiting: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
        })
    }

    /// Creates what the migrations in `migrations/` describe.
    ///
    /// # Errors
    /// `Unavailable` with the migration's own message.
    pub async fn migrate(&self) -> Result<()> {
        let failed = |e: sqlx::migrate::MigrateError| Error::unavailable(format!("The database could not be brought up to date: {e}"));
        let keyed = self.has_keyed_log().await?;
        match &self.kind {
            DatabaseKind::Sqlite { writer, .. } => migrate::migrator("sqlite").run(writer).await.map_err(failed)?,
            DatabaseKind::Postgres(pool) => migrate::migrator("postgres").run(pool).await.map_err(failed)?,
        }
        if !keyed {
            // Once, and never again: else whoever removes the key's marks would have them made anew over what they changed.
            let mut tx = self.begin().await?;
            audit_log::seal(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether something was made with a server's key here: then it opens with that key only. A database that was never used says no.
    ///
    /// # Errors
    /// Database errors.
    pub async fn needs_its_key(&self) -> Result<bool> {
        Ok(self.has_keyed_log().await? && audit_log::newest(&mut self.read().await?).await? > 0)
    }

    /// Works with this key from now on, and puts the audit log under it, whichever key made it: the one before is lost.
    ///
    /// # Errors
    /// Database errors.
    pub async fn adopt_key(mut self, key: Secret) -> Result<Self> {
        self.secret = Arc::new(key);
        let mut tx = self.begin().await?;
        audit_log::seal_again(&mut tx).await?;
        tx.commit().await?;
        Ok(self)
    }

    /// Whether the audit log was hashed with the server's key before the migrations that are to run.
    async fn has_keyed_log(&self) -> Result<bool> {
        const ASK: &str = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = $1";
        let found: sqlx::Result<i64> = match &self.kind {
            DatabaseKind::Sqlite { writer, .. } => sqlx::query_scalar(ASK).bind(migrate::AUDIT_LOG_KEY).fetch_one(writer).await,
            DatabaseKind::Postgres(pool) => sqlx::query_scalar(ASK).bind(migrate::AUDIT_LOG_KEY).fetch_one(pool).await,
        };
        match found {
            Ok(count) => Ok(count > 0),
            // There is no such table: no migration ever ran.
            Err(sqlx::Error::Database(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

async fn open_postgres(url: &str) -> Result<DatabaseKind> {
    let options = PgConnectOptions::from_str(url).map_err(|e| unreachable_database(url, &e))?;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await
        .map_err(|e| unreachable_database(url, &e))?;
    Ok(DatabaseKind::Postgres(pool))
}

async fn open_sqlite(url: &str) -> Result<DatabaseKind> {
    let options = sqlite_options(url)?;
    let file = (!url.contains(":memory:")).then(|| options.get_filename().to_owned());
    if let Some(file) = &file {
        super::private::close_database(file).map_err(|e| unreachable_database(url, &sqlx::Error::Io(e)))?;
    }
    // What is written goes to the log whether it is remembered or not: more than this makes no import quicker.
    let writing = options.clone().pragma("cache_size", "-32768");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        // A file does not hang up: asking each time whether it is still there would double every page's wait.
        .test_before_acquire(false)
        .connect_with(writing)
        .await
        .map_err(|e| unreachable_database(url, &e))?;
    let in_memory = file.is_none();
    let checkpointer = (!in_memory).then(|| WalCheckpointer::start(options.clone(), writer.clone()));
    let readers = if in_memory {
        writer.clone()
    } else {
        SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(20))
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(|e| unreachable_database(url, &e))?
    };
    Ok(DatabaseKind::Sqlite { writer, readers, relaxed: Arc::default(), checkpointer, file })
}

fn sqlite_options(url: &str) -> Result<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str(url)
        .map_err(|e| unreachable_database(url, &e))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was saved is on the disk: see `Safety`.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Of a new database; one that is there keeps its own. An import writes a third less often to the log than with 4,096 bytes.
        .page_size(8192)
        .busy_timeout(Duration::from_secs(20))
        .pragma("secure_delete", "on")
        .pragma("cache_size", "-65536")
        // The checkpointer's work; a commit does it only where a reader has kept the checkpointer from it for long.
        .pragma("wal_autocheckpoint", "40000")
        .pragma("temp_store", "memory")
        .collation(fold::COLLATION, fold::compare)
        .statement_cache_capacity(256)
        // So many rows wait for their reader; with fewer, two threads take turns over every longer list.
        .row_buffer_size(4096)
        .optimize_on_close(true, None))
}

/// A password in the address is never repeated.
fn unreachable_database(url: &str, error: &sqlx::Error) -> Error {
    let shown = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    };
    Error::unavailable(format!("The database {shown} cannot be opened: {error}"))
}

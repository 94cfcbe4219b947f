//! Connections and transactions.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::audit_log;
use super::begin::{Safety, WriterWaitGuard, begin, begin_writing};
use super::checkpoint::WalCheckpointer;
use super::cover::Covers;
use super::event::Wiring;
use super::record::AuditRecord;
use crate::kernel::error::{Error, Result};
use crate::kernel::secret::Secret;

/// How long a unit waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(20);

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(super) kind: DatabaseKind,
    pub(super) secret: Arc<Secret>,
    pub(super) wiring: &'static Wiring,
    /// The audit log's newest number that this process knows of: what live pages wait on.
    pub(super) newest_commit: Arc<watch::Sender<i64>>,
    /// Who of this process waits for SQLite's one writer.
    pub(super) waiting: Arc<AtomicUsize>,
    /// Whose turn it is among this process's units of work. On SQLite its one writer decides.
    pub(super) turn: Arc<Semaphore>,
}

#[derive(Clone)]
pub(super) enum DatabaseKind {
    /// SQLite has one writer; readers never wait for it (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// Whether the writer's commits may still be on their way to the disk.
        relaxed: Arc<AtomicBool>,
        /// Told of every commit, except in memory.
        checkpointer: Option<WalCheckpointer>,
        /// None in memory.
        file: Option<PathBuf>,
    },
    Postgres(PgPool),
}

/// What the functions of `sql` match on.
pub mod conn {
    use super::{Postgres, Sqlite, Transaction};

    /// A transaction on one of the two databases.
    pub enum Conn {
        Sqlite(Transaction<'static, Sqlite>),
        Postgres(Transaction<'static, Postgres>),
    }
}

/// A transaction. Dropping it without `commit` undoes everything.
pub struct Tx {
    pub(crate) conn: conn::Conn,
    entries: Vec<AuditRecord>,
    /// What the next line of the audit log vouches for besides itself.
    pub(super) covers: Covers,
    secret: Arc<Secret>,
    pub(super) wiring: &'static Wiring,
    newest_commit: Arc<watch::Sender<i64>>,
    committed: Option<Arc<watch::Sender<()>>>,
    /// Given back when the transaction has ended.
    turn: Option<OwnedSemaphorePermit>,
}

impl Db {
    /// A transaction for reading. On SQLite it never waits for a writer.
    pub async fn read(&self) -> Result<Tx> {
        let conn = match &self.kind {
            DatabaseKind::Sqlite { readers, .. } => conn::Conn::Sqlite(begin(readers, "BEGIN").await?),
            DatabaseKind::Postgres(pool) => conn::Conn::Postgres(pool.begin().await?),
        };
        Ok(self.tx(conn))
    }

    /// A transaction for reading everything as it was at one moment.
    pub async fn snapshot(&self) -> Result<Tx> {
        match &self.kind {
            DatabaseKind::Sqlite { .. } => self.read().await,
            DatabaseKind::Postgres(pool) => {
                Ok(self.tx(conn::Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)))
            }
        }
    }

    /// A transaction for much at once: the batches of imports, purges and rebuilds, which lock what they change and keep what they have read
    /// from one to the next, so that they cannot be repeated. Whatever checks and then writes is a unit of work (`write`). On SQLite
    /// it takes the one write lock at once (`BEGIN IMMEDIATE`); on PostgreSQL it is READ COMMITTED.
    ///
    /// # Errors
    /// `Unavailable` when the database is too busy, `Unreachable` when it is not there.
    pub async fn begin(&self) -> Result<Tx> {
        self.begin_as(Safety::Saved).await
    }

    /// As `begin`, for what can be done again: the batches of an import, assessments, counts. Should the power fail, SQLite may have lost
    /// the last of them, and the work goes on from the one before.
    ///
    /// # Errors
    /// As `begin`.
    pub async fn begin_bulk(&self) -> Result<Tx> {
        self.begin_as(Safety::Repeatable).await
    }

    async fn begin_as(&self, safety: Safety) -> Result<Tx> {
        let conn = match &self.kind {
            DatabaseKind::Sqlite { writer, relaxed, .. } => {
                let _guard = WriterWaitGuard::begin(&self.waiting);
                conn::Conn::Sqlite(begin_writing(writer, relaxed, safety).await?)
            }
            DatabaseKind::Postgres(pool) => conn::Conn::Postgres(pool.begin().await?),
        };
        Ok(self.tx(conn))
    }

    /// The transaction of a unit of work (`write`).
    pub(super) async fn begin_unit(&self) -> Result<Tx> {
        match &self.kind {
            DatabaseKind::Sqlite { .. } => self.begin().await,
            DatabaseKind::Postgres(pool) => {
                // In here units wait without a connection, so that they leave the others to those who read.
                let turn = tokio::time::timeout(TURN_TIMEOUT, self.turn.clone().acquire_owned()).await.map_err(|_| Error::busy())?;
                // `LOCK TABLE` comes first, since a transaction sees the database as it is at its first statement that reads.
                const BEGIN: &str =
                    "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = '20s'; LOCK TABLE unit_turn IN EXCLUSIVE MODE";
                let conn = conn::Conn::Postgres(pool.begin_with(BEGIN).await?);
                Ok(Tx { turn: turn.ok(), ..self.tx(conn) })
            }
        }
    }

    /// Whether somebody waits until this transaction ends: who writes much commits then, and goes on behind them. On SQLite that is
    /// everybody of this process who wants to write; on PostgreSQL any session that waits for a lock of the transaction, in any process. It
    /// takes PostgreSQL a fraction of a millisecond: to be asked every few hundred rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_waiting_writers(&self, tx: &mut Tx) -> Result<bool> {
        const AWAITED: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))";
        match &mut tx.conn {
            conn::Conn::Sqlite(_) => Ok(self.waiting.load(Ordering::Relaxed) > 0),
            conn::Conn::Postgres(tx) => Ok(sqlx::query_scalar(AWAITED).fetch_one(&mut **tx).await?),
        }
    }

    fn tx(&self, conn: conn::Conn) -> Tx {
        let committed = match &self.kind {
            DatabaseKind::Sqlite { checkpointer, .. } => checkpointer.as_ref().map(|checkpointer| checkpointer.committed.clone()),
            DatabaseKind::Postgres(_) => None,
        };
        Tx {
            conn,
            entries: Vec::new(),
            covers: Covers::default(),
            secret: self.secret.clone(),
            wiring: self.wiring,
            newest_commit: self.newest_commit.clone(),
            committed,
            turn: None,
        }
    }

    /// The server's secret, from which links are derived.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Wakes whenever something was committed to the audit log.
    #[must_use]
    pub fn watch_commits(&self) -> watch::Receiver<i64> {
        self.newest_commit.subscribe()
    }

    /// Tells this process of a commit made by another (PostgreSQL's `NOTIFY`, or the slow poll).
    pub fn notify_commit(&self, seq: i64) {
        self.newest_commit.send_if_modified(|newest| {
            let newer = seq > *newest;
            *newest = seq.max(*newest);
            newer
        });
    }

    /// The PostgreSQL pool, for `LISTEN`; none on SQLite, where this process is the only one.
    #[must_use]
    pub fn postgres(&self) -> Option<&PgPool> {
        match &self.kind {
            DatabaseKind::Postgres(pool) => Some(pool),
            DatabaseKind::Sqlite { .. } => None,
        }
    }

    /// SQLite's file; none in memory and on PostgreSQL.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.kind {
            DatabaseKind::Sqlite { file, .. } => file.as_deref(),
            DatabaseKind::Postgres(_) => None,
        }
    }
}

impl Tx {
    /// Whether this is PostgreSQL, for the few places where a dialect pays.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.conn, conn::Conn::Postgres(_))
    }

    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Keeps an entry for the audit log. It is written when the transaction commits.
    pub fn record(&mut self, entry: AuditRecord) {
        self.entries.push(entry);
    }

    /// Writes the audit log and commits.
    ///
    /// # Errors
    /// Whatever the database says; nothing was saved then.
    pub async fn commit(mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() && !self.covers.is_empty() {
            return Err(Error::Internal("something was erased from the audit log, and no line says so".into()));
        }
        let newest = if entries.is_empty() { None } else { Some(audit_log::append(&mut self, entries).await?) };
        if let (Some(seq), conn::Conn::Postgres(tx)) = (newest, &mut self.conn) {
            sqlx::query("SELECT pg_notify('weheard', $1)").bind(seq.to_string()).execute(&mut **tx).await?;
        }
        match self.conn {
            conn::Conn::Sqlite(tx) => tx.commit().await?,
            conn::Conn::Postgres(tx) => tx.commit().await?,
        }
        drop(self.turn.take());
        if let Some(committed) = self.committed {
            committed.send_replace(());
        }
        if let Some(seq) = newest {
            self.newest_commit.send_if_modified(|known| {
                let newer = seq > *known;
                *known = seq.max(*known);
                newer
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

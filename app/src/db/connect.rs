//! Connections and transactions.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::cover::Covers;
use super::journal::{self, Entry};
use super::migrate;
use super::table::Table;
use super::unit::TURN_TIMEOUT;
use crate::error::{Error, Result};
use crate::fold;
use crate::secret::Secret;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    kind: Kind,
    secret: Arc<Secret>,
    /// The journal's newest number that this process knows of: what live pages wait on.
    heard: Arc<watch::Sender<i64>>,
    /// Who of this process waits for SQLite's one writer.
    waiting: Arc<AtomicUsize>,
    /// Whose turn it is among this process's units of work. On SQLite its one writer decides.
    turn: Arc<Semaphore>,
}

/// One who waits to write, until this is dropped.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Clone)]
enum Kind {
    /// SQLite has one writer; readers never wait for it (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// Whether the writer's commits may still be on their way to the disk.
        relaxed: Arc<AtomicBool>,
        /// Told of every commit, except in memory.
        keeper: Option<Keeper>,
        /// None in memory.
        file: Option<PathBuf>,
    },
    Postgres(PgPool),
}

/// Copies what was committed from SQLite's log into its file, beside readers and writer: else every few hundredth commit does so
/// itself, and whoever is next waits for the disk. Ends with the last one who could tell it of a commit.
#[derive(Clone)]
struct Keeper {
    committed: Arc<watch::Sender<()>>,
    connection: SqlitePool,
}

impl Keeper {
    /// Between two looks at the log.
    const PAUSE: Duration = Duration::from_millis(100);
    /// Pages from which on the log is to begin anew: else it grows for as long as somebody writes.
    const LONG: i64 = if cfg!(test) { 100 } else { 24_000 };

    /// Opens its connection at the first commit.
    fn start(options: SqliteConnectOptions, writer: SqlitePool) -> Self {
        let connection = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_lazy_with(options);
        let (committed, mut told) = watch::channel(());
        let pool = connection.clone();
        tokio::spawn(async move {
            while told.changed().await.is_ok() {
                if let Err(error) = Self::copy(&pool, &writer).await {
                    tracing::debug!(%error, "the log was not copied into the file");
                }
                tokio::time::sleep(Self::PAUSE).await;
            }
        });
        Self { committed: Arc::new(committed), connection }
    }

    /// Copies what it can without making anybody wait. Where the log has become long, it copies what was written meanwhile and then takes
    /// the writer's turn for the rest, which is little: the next one who writes begins the log anew.
    async fn copy(connection: &SqlitePool, writer: &SqlitePool) -> sqlx::Result<()> {
        const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as(COPY).fetch_one(connection).await?;
        if pages >= Self::LONG {
            sqlx::query(COPY).execute(connection).await?;
            let _turn = writer.acquire().await?;
            sqlx::query(COPY).execute(connection).await?;
        }
        Ok(())
    }
}

/// What `sql!` matches on.
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
    entries: Vec<Entry>,
    /// What the next line of the audit log vouches for besides itself.
    pub(super) covers: Covers,
    secret: Arc<Secret>,
    heard: Arc<watch::Sender<i64>>,
    committed: Option<Arc<watch::Sender<()>>>,
    /// Given back when the transaction has ended.
    turn: Option<OwnedSemaphorePermit>,
}

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` (for tests; one connection) or `postgres://…`, and brings the schema up to date.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be reached or opened; the message says which and why.
    pub async fn open(url: &str, secret: Secret) -> Result<Self> {
        let db = Self::connect(url, secret).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens the database as it is, without touching the schema.
    ///
    /// # Errors
    /// `Unavailable`, as for `open`.
    pub async fn connect(url: &str, secret: Secret) -> Result<Self> {
        let kind = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url).map_err(|e| unreachable_database(url, &e))?;
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await
                .map_err(|e| unreachable_database(url, &e))?;
            Kind::Postgres(pool)
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)
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
                // The keeper's work; a commit does it only where a reader has kept the keeper from it for long.
                .pragma("wal_autocheckpoint", "40000")
                .pragma("temp_store", "memory")
                .collation(fold::COLLATION, fold::compare)
                .statement_cache_capacity(256)
                // So many rows wait for their reader; with fewer, two threads take turns over every longer list.
                .row_buffer_size(4096)
                .optimize_on_close(true, None);
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
            let keeper = (!in_memory).then(|| Keeper::start(options.clone(), writer.clone()));
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
            Kind::Sqlite { writer, readers, relaxed: Arc::default(), keeper, file }
        } else {
            return Err(Error::Unavailable(format!("“{url}” is not a database address. Use sqlite:PATH or postgres://USER@HOST/NAME.")));
        };
        Ok(Self {
            kind,
            secret: Arc::new(secret),
            heard: Arc::new(watch::Sender::new(0)),
            waiting: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
        })
    }

    /// A transaction for reading. On SQLite it never waits for a writer.
    pub async fn read(&self) -> Result<Tx> {
        let conn = match &self.kind {
            Kind::Sqlite { readers, .. } => conn::Conn::Sqlite(begin(readers, "BEGIN").await?),
            Kind::Postgres(pool) => conn::Conn::Postgres(pool.begin().await?),
        };
        Ok(self.tx(conn))
    }

    /// A transaction for reading everything as it was at one moment.
    pub async fn snapshot(&self) -> Result<Tx> {
        match &self.kind {
            Kind::Sqlite { .. } => self.read().await,
            Kind::Postgres(pool) => {
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
            Kind::Sqlite { writer, relaxed, .. } => {
                let _waits = Waits::begin(&self.waiting);
                conn::Conn::Sqlite(begin_writing(writer, relaxed, safety).await?)
            }
            Kind::Postgres(pool) => conn::Conn::Postgres(pool.begin().await?),
        };
        Ok(self.tx(conn))
    }

    /// The transaction of a unit of work (`write`).
    pub(super) async fn begin_unit(&self) -> Result<Tx> {
        match &self.kind {
            Kind::Sqlite { .. } => self.begin().await,
            Kind::Postgres(pool) => {
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
    /// everybody of this process who wants to write; on PostgreSQL whoever waits for a lock that the transaction holds, in any process. It
    /// takes PostgreSQL a fraction of a millisecond: to be asked every few hundred rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_awaited(&self, tx: &mut Tx) -> Result<bool> {
        const AWAITED: &str = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))";
        match &mut tx.conn {
            conn::Conn::Sqlite(_) => Ok(self.waiting.load(Ordering::Relaxed) > 0),
            conn::Conn::Postgres(tx) => Ok(sqlx::query_scalar(AWAITED).fetch_one(&mut **tx).await?),
        }
    }

    fn tx(&self, conn: conn::Conn) -> Tx {
        let committed = match &self.kind {
            Kind::Sqlite { keeper, .. } => keeper.as_ref().map(|keeper| keeper.committed.clone()),
            Kind::Postgres(_) => None,
        };
        Tx {
            conn,
            entries: Vec::new(),
            covers: Covers::default(),
            secret: self.secret.clone(),
            heard: self.heard.clone(),
            committed,
            turn: None,
        }
    }

    /// The server's secret, from which links are derived.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Wakes whenever something was committed to the journal.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<i64> {
        self.heard.subscribe()
    }

    /// Tells this process of a commit made by another (PostgreSQL's `NOTIFY`, or the slow poll).
    pub fn heard(&self, seq: i64) {
        self.heard.send_if_modified(|newest| {
            let newer = seq > *newest;
            *newest = seq.max(*newest);
            newer
        });
    }

    /// The PostgreSQL pool, for `LISTEN`; none on SQLite, where this process is the only one.
    #[must_use]
    pub fn postgres(&self) -> Option<&PgPool> {
        match &self.kind {
            Kind::Postgres(pool) => Some(pool),
            Kind::Sqlite { .. } => None,
        }
    }

    /// SQLite's file; none in memory and on PostgreSQL.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Sqlite { file, .. } => file.as_deref(),
            Kind::Postgres(_) => None,
        }
    }

    /// Each pool of connections: its name, how many are open, and how many of these are idle.
    #[must_use]
    pub fn pools(&self) -> Vec<(&'static str, u32, usize)> {
        match &self.kind {
            Kind::Sqlite { writer, readers, .. } => {
                vec![("writer", writer.size(), writer.num_idle()), ("readers", readers.size(), readers.num_idle())]
            }
            Kind::Postgres(pool) => vec![("all", pool.size(), pool.num_idle())],
        }
    }

    /// Creates what the migrations in `migrations/` describe.
    ///
    /// # Errors
    /// `Unavailable` with the migration's own message.
    pub async fn migrate(&self) -> Result<()> {
        let failed = |e: sqlx::migrate::MigrateError| Error::Unavailable(format!("The database could not be brought up to date: {e}"));
        let keyed = self.has_keyed_log().await?;
        match &self.kind {
            Kind::Sqlite { writer, .. } => migrate::migrator("sqlite").run(writer).await.map_err(failed)?,
            Kind::Postgres(pool) => migrate::migrator("postgres").run(pool).await.map_err(failed)?,
        }
        if !keyed {
            // Once, and never again: else whoever removes the key's marks would have them made anew over what they changed.
            let mut tx = self.begin().await?;
            journal::seal(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether the audit log was hashed with the server's key before the migrations that are to run.
    async fn has_keyed_log(&self) -> Result<bool> {
        const ASK: &str = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = $1";
        let found: sqlx::Result<i64> = match &self.kind {
            Kind::Sqlite { writer, .. } => sqlx::query_scalar(ASK).bind(migrate::AUDIT_LOG_KEY).fetch_one(writer).await,
            Kind::Postgres(pool) => sqlx::query_scalar(ASK).bind(migrate::AUDIT_LOG_KEY).fetch_one(pool).await,
        };
        match found {
            Ok(count) => Ok(count > 0),
            // There is no such table: no migration ever ran.
            Err(sqlx::Error::Database(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Empties SQLite's log, so that nothing of what was erased is left in it. Somebody who reads for long keeps it from that: then the log is
    /// emptied when the last connection closes, and a warning says so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn clear_log(&self) -> Result<()> {
        const ATTEMPTS: u32 = 50;
        let Kind::Sqlite { keeper: Some(keeper), .. } = &self.kind else { return Ok(()) };
        for _ in 0..ATTEMPTS {
            let mut connection = keeper.connection.acquire().await?;
            // Whoever writes is not to wait for whoever reads.
            sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await?;
            let cleared = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
            sqlx::query("PRAGMA busy_timeout = 20000").execute(&mut *connection).await?;
            drop(connection);
            let (busy, ..): (i64, i64, i64) = cleared?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(Keeper::PAUSE).await;
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
            Kind::Sqlite { writer, .. } => {
                sqlx::query("VACUUM").execute(writer).await?;
                self.clear_log().await
            }
            Kind::Postgres(pool) => {
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
            Kind::Sqlite { writer, readers, keeper, .. } => {
                if let Some(keeper) = keeper {
                    keeper.connection.close().await;
                }
                readers.close().await;
                writer.close().await;
            }
            Kind::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Whether this is PostgreSQL, for the few places where a dialect pays.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.conn, conn::Conn::Postgres(_))
    }

    /// The server's secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Keeps an entry for the journal. It is written when the transaction commits.
    pub fn record(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Writes the journal and commits.
    ///
    /// # Errors
    /// Whatever the database says; nothing was saved then.
    pub async fn commit(mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() && !self.covers.is_empty() {
            return Err(Error::Internal("something was erased from the audit log, and no line says so".into()));
        }
        let newest = if entries.is_empty() { None } else { Some(journal::append(&mut self, entries).await?) };
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
            self.heard.send_if_modified(|known| {
                let newer = seq > *known;
                *known = seq.max(*known);
                newer
            });
        }
        Ok(())
    }
}

/// How sure it is that what was committed survives a loss of power. On PostgreSQL it always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Safety {
    /// It is on the disk: what people type. Costs a wait for the disk for each commit.
    Saved,
    /// It is on its way to the disk, where it arrives with the next commit that is `Saved`.
    Repeatable,
}

/// Begins to write on SQLite. How safe a commit is can only be said between transactions, and the writer is one connection, so it is said by
/// whoever has it, where the one before said something else.
async fn begin_writing(pool: &SqlitePool, relaxed: &AtomicBool, safety: Safety) -> Result<Transaction<'static, Sqlite>> {
    let mut writer = pool.acquire().await?;
    match (safety, relaxed.load(Ordering::Acquire)) {
        (Safety::Saved, true) => {
            sqlx::query("PRAGMA synchronous = FULL").execute(&mut *writer).await?;
            relaxed.store(false, Ordering::Release);
        }
        (Safety::Repeatable, false) => {
            // Said first: who is stopped in between leaves it to the next one to make sure.
            relaxed.store(true, Ordering::Release);
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *writer).await?;
        }
        _ => {}
    }
    match Transaction::begin(writer, Some("BEGIN IMMEDIATE".into_sql_str())).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            pool.acquire().await?.close().await?;
            begin(pool, "BEGIN IMMEDIATE").await
        }
        other => Ok(other?),
    }
}

/// Begins a transaction. When a disk is full, SQLite ends the transaction by itself, and sqlx goes on to count it as open: such a
/// connection would refuse every transaction until the process ends, so it is closed, and the pool opens another.
async fn begin(pool: &SqlitePool, how: &'static str) -> Result<Transaction<'static, Sqlite>> {
    // While the disk stays full, others break the connection that came after: once is not enough.
    for _ in 0..MAX_BROKEN {
        match pool.begin_with(how).await {
            Err(sqlx::Error::InvalidSavePointStatement) => pool.acquire().await?.close().await?,
            other => return Ok(other?),
        }
    }
    Err(Error::Unavailable("The disk is full, so this could not be saved. Please free some space and try again.".into()))
}

/// Broken connections that are closed before somebody is told that the disk is full.
const MAX_BROKEN: usize = 5;

/// A password in the address is never repeated.
fn unreachable_database(url: &str, error: &sqlx::Error) -> Error {
    let shown = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    };
    Error::Unavailable(format!("The database {shown} cannot be opened: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[tokio::test]
    async fn a_disk_that_was_full_is_forgotten_once_there_is_space() {
        let path = std::env::temp_dir().join(format!("weheard-full-{}.db", uuid::Uuid::new_v4()));
        let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random()).await.expect("a database");
        let most = |pages: &'static str| {
            let db = db.clone();
            async move {
                let mut tx = db.begin().await.expect("a transaction");
                crate::sql!(tx, |c| sqlx::query(pages).execute(c).await.map(|_| ())).expect("a limit");
                tx.commit().await.expect("a commit");
            }
        };
        let fill = |db: Db| async move {
            let mut tx = db.begin().await?;
            for key in ["a", "b", "c"] {
                let value = "x".repeat(500_000);
                crate::db::setting::update(&mut tx, key, &value).await?;
            }
            tx.commit().await
        };
        // SQLite's own limit stands for the disk's: it fails in the same way.
        most("PRAGMA max_page_count = 1").await;
        assert!(matches!(fill(db.clone()).await, Err(Error::Unavailable(why)) if why.contains("disk is full")));
        assert!(matches!(fill(db.clone()).await, Err(Error::Unavailable(_)) | Ok(())), "and it goes on to say so, or has space again");
        most("PRAGMA max_page_count = 1000000").await;
        fill(db.clone()).await.expect("saved, once there is space");
        db.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }

    #[tokio::test]
    async fn what_people_type_is_on_the_disk_when_it_is_saved_and_an_import_may_be_quicker() {
        let path = std::env::temp_dir().join(format!("weheard-safe-{}.db", uuid::Uuid::new_v4()));
        let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random()).await.expect("a database");
        async fn level(mut tx: Tx) -> i64 {
            let level = crate::sql!(tx, |c| sqlx::query_scalar("PRAGMA synchronous").fetch_one(c).await).expect("a level");
            tx.commit().await.expect("commit");
            level
        }
        const FULL: i64 = 2;
        const NORMAL: i64 = 1;
        for _ in 0..2 {
            assert_eq!(level(db.begin_unit().await.expect("a unit")).await, FULL);
            assert_eq!(level(db.begin_bulk().await.expect("a batch")).await, NORMAL);
            assert_eq!(level(db.begin_bulk().await.expect("a batch")).await, NORMAL);
            assert_eq!(level(db.begin().await.expect("a transaction")).await, FULL);
            // One that is dropped leaves it as it was.
            drop(db.begin_bulk().await.expect("a batch"));
        }
        db.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }

    #[tokio::test]
    async fn the_log_begins_anew_while_somebody_writes_without_a_pause() {
        let path = std::env::temp_dir().join(format!("weheard-log-{}.db", uuid::Uuid::new_v4()));
        let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random()).await.expect("a database");
        let log = format!("{}-wal", path.display());
        // How often the log began anew stands in its head.
        let begun = || {
            let mut head = [0; 16];
            std::fs::File::open(&log).and_then(|mut file| file.read_exact(&mut head)).ok().map(|()| head)
        };
        let writing = async {
            let (first, mut round) = (begun(), 0);
            while begun() == first {
                let mut tx = db.begin().await.expect("a transaction");
                for key in 0..20 {
                    let value = format!("{round}").repeat(10_000);
                    crate::db::setting::update(&mut tx, &key.to_string(), &value).await.expect("written");
                }
                tx.commit().await.expect("a commit");
                round += 1;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), writing).await.expect("it begins anew");
        let pages = std::fs::metadata(&log).expect("a log").len() / 8192;
        assert!(pages < 20_000, "{pages} pages: a commit has done it, not the keeper");
        db.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
}

//! Copies SQLite's log into its file, so that no commit waits for it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::sync::watch;

/// Copies what was committed from SQLite's log into its file, beside readers and writer: else every few hundredth commit does so
/// itself, and the next writer waits for the disk. Ends when the last sender of commits is dropped.
#[derive(Clone)]
pub(super) struct WalCheckpointer {
    pub(super) committed: Arc<watch::Sender<()>>,
    pub(super) connection: SqlitePool,
}

impl WalCheckpointer {
    /// Between two looks at the log.
    pub(super) const INTERVAL: Duration = Duration::from_millis(100);
    /// Pages from which on the log is to begin anew: else it grows for as long as somebody writes.
    const MAX_LOG_PAGES: i64 = if cfg!(test) { 100 } else { 24_000 };

    /// Opens its connection at the first commit.
    pub(super) fn start(options: SqliteConnectOptions, writer: SqlitePool) -> Self {
        let connection = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_lazy_with(options);
        let (committed, mut commits) = watch::channel(());
        let pool = connection.clone();
        tokio::spawn(async move {
            while commits.changed().await.is_ok() {
                if let Err(error) = Self::copy(&pool, &writer).await {
                    tracing::debug!(%error, "the log was not copied into the file");
                }
                tokio::time::sleep(Self::INTERVAL).await;
            }
        });
        Self { committed: Arc::new(committed), connection }
    }

    /// Copies what it can without making anybody wait. Where the log has become long, it copies what was written meanwhile and then takes
    /// the writer's turn for the rest, which is little: the next one who writes begins the log anew.
    async fn copy(connection: &SqlitePool, writer: &SqlitePool) -> sqlx::Result<()> {
        const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as(COPY).fetch_one(connection).await?;
        if pages >= Self::MAX_LOG_PAGES {
            sqlx::query(COPY).execute(connection).await?;
            let _turn = writer.acquire().await?;
            sqlx::query(COPY).execute(connection).await?;
        }
        Ok(())
    }
}

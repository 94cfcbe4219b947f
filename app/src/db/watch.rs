//! What a running process asks of its database besides queries: is it well, and what have other processes written?

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::{Db, audit_log, migrate};
use crate::kernel::error::{Error, Result};

/// How often the audit log is looked at, whether or not anybody said that something is new.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// The longest pause while the database does not answer.
const MAX_PAUSE: Duration = Duration::from_secs(30);

impl Db {
    /// Hears of commits by other processes, for ever: at once through PostgreSQL's `NOTIFY`, within two seconds otherwise
    /// (a command line beside a server on SQLite, a notification that was lost).
    pub async fn follow(&self) {
        let mut listener = match self.postgres() {
            Some(pool) => PgListener::connect_with(pool).await.ok(),
            None => None,
        };
        if let Some(listener) = &mut listener
            && let Err(error) = listener.listen("weheard").await
        {
            tracing::warn!(%error, "other processes are heard of slowly: LISTEN failed");
        }
        let mut pause = POLL_INTERVAL;
        loop {
            match &mut listener {
                Some(listener) => {
                    if let Ok(Ok(hint)) = tokio::time::timeout(POLL_INTERVAL, listener.recv()).await
                        && let Ok(seq) = hint.payload().parse()
                    {
                        self.notify_commit(seq);
                        continue;
                    }
                }
                None => tokio::time::sleep(POLL_INTERVAL).await,
            }
            match self.newest().await {
                Ok(seq) => {
                    self.notify_commit(seq);
                    pause = POLL_INTERVAL;
                }
                Err(error) => {
                    // Said once, and asked less and less often.
                    if pause == POLL_INTERVAL {
                        tracing::warn!(%error, "the audit log cannot be read; trying again");
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    async fn newest(&self) -> Result<i64> {
        audit_log::newest(&mut self.read().await?).await
    }

    /// Whether the database answers and has the schema of this program.
    ///
    /// # Errors
    /// `Unavailable` with what is the matter.
    pub async fn check(&self) -> Result<()> {
        let mut tx = self.read().await?;
        let schema: i64 = tx.value("SELECT MAX(version) FROM _sqlx_migrations", &[]).await?;
        let newest = migrate::newest_for(migrate::database(&tx));
        if schema == newest {
            Ok(())
        } else {
            Err(Error::unavailable(format!("The database is at schema {schema}, this program at {newest}. Run `weheard migrate`.")))
        }
    }
}

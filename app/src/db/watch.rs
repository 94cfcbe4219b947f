//! What a running process asks of its database besides queries: is it well, and what have other processes written?

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::{Db, journal, migrate};
use crate::error::{Error, Result};
use crate::sql;

/// How often the journal is looked at, whether or not anybody said that something is new.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The longest pause while the database does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

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
        let mut pause = LOOK_EVERY;
        loop {
            match &mut listener {
                Some(listener) => {
                    if let Ok(Ok(hint)) = tokio::time::timeout(LOOK_EVERY, listener.recv()).await
                        && let Ok(seq) = hint.payload().parse()
                    {
                        self.heard(seq);
                        continue;
                    }
                }
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
            match self.newest().await {
                Ok(seq) => {
                    self.heard(seq);
                    pause = LOOK_EVERY;
                }
                Err(error) => {
                    // Said once, and asked less and less often.
                    if pause == LOOK_EVERY {
                        tracing::warn!(%error, "the journal cannot be read; trying again");
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn newest(&self) -> Result<i64> {
        journal::newest(&mut self.read().await?).await
    }

    /// Whether the database answers and has the schema of this program.
    ///
    /// # Errors
    /// `Unavailable` with what is the matter.
    pub async fn check(&self) -> Result<()> {
        let mut tx = self.read().await?;
        let schema: i64 = sql!(tx, |c| sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(c).await)?;
        let newest = migrate::newest_for(migrate::database(&tx));
        if schema == newest {
            Ok(())
        } else {
            Err(Error::Unavailable(format!("The database is at schema {schema}, this program at {newest}. Run `weheard migrate`.")))
        }
    }
}

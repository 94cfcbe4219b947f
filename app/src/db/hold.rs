//! Servers and commands that replace the whole database keep out of each other's way.
//!
//! On PostgreSQL a hold ends with its session, which the network or an administrator may cut off. A command asks before it commits (`check`).
//! A server does not ask: one whose session was cut off goes on, and no longer keeps a restore away.

use std::fs::{File, TryLockError};
use std::path::Path;

use sqlx::{Connection as _, PgConnection};

use super::Db;
use crate::kernel::error::{Error, Result};

/// The number of PostgreSQL's lock, in each database: the letters of the name.
const NUMBER: i64 = 0x0077_6568_6561_7264;

/// A hold on the database, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Hold {
    lock: Lock,
}

#[derive(Debug)]
enum Lock {
    /// Of SQLite: a file beside the database's, since closing the database's own would end SQLite's locks on it.
    File { _file: File },
    /// Of PostgreSQL: the session, apart from the pool, which could not be closed before it comes back.
    Session(PgConnection),
    /// A database in memory is nobody else's.
    None,
}

impl Hold {
    /// Asks whether it still keeps others away.
    ///
    /// # Errors
    /// `Unavailable` where the session that had it was cut off.
    pub async fn check(&mut self) -> Result<()> {
        let Lock::Session(connection) = &mut self.lock else { return Ok(()) };
        connection.ping().await.map_err(|error| {
            Error::unavailable(format!(
                "The connection that kept servers away from this database was lost ({error}), so nothing was changed. Make sure that no \
                 server runs on it, then try again."
            ))
        })
    }
}

impl Db {
    /// Says that a server works on this database; several may.
    ///
    /// # Errors
    /// `Conflict` while the whole database is replaced.
    pub async fn hold_for_server(&self) -> Result<Hold> {
        let busy = || Error::conflict("This database is being replaced by a backup. Start the server when that has ended.");
        self.hold(true).await?.ok_or_else(busy)
    }

    /// Keeps servers away.
    ///
    /// # Errors
    /// `Conflict` while a server runs.
    pub async fn hold_alone(&self) -> Result<Hold> {
        let busy = || Error::conflict("A server is running on this database. Stop it, then try again.");
        self.hold(false).await?.ok_or_else(busy)
    }

    async fn hold(&self, shared: bool) -> Result<Option<Hold>> {
        let lock = if let Some(pool) = self.postgres() {
            let mut connection = pool.acquire().await?.detach();
            let ask = if shared { "SELECT pg_try_advisory_lock_shared($1)" } else { "SELECT pg_try_advisory_lock($1)" };
            let held: bool = sqlx::query_scalar(ask).bind(NUMBER).fetch_one(&mut connection).await?;
            held.then_some(Lock::Session(connection))
        } else if let Some(path) = self.file() {
            lock_file(path, shared)?.map(|file| Lock::File { _file: file })
        } else {
            Some(Lock::None)
        };
        Ok(lock.map(|lock| Hold { lock }))
    }
}

fn lock_file(database: &Path, shared: bool) -> Result<Option<File>> {
    let mut path = database.as_os_str().to_owned();
    path.push("-lock");
    let failed = |error: std::io::Error| Error::unavailable(format!("{} cannot be locked: {error}", path.display()));
    let file = super::private::create(Path::new(&path)).map_err(failed)?;
    let locked = if shared { file.try_lock_shared() } else { file.try_lock() };
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_db;

    #[tokio::test]
    async fn nobody_replaces_a_database_on_which_a_server_works() {
        each_db(|db| async move {
            let (one, two) = (db.hold_for_server().await.expect("a server"), db.hold_for_server().await.expect("another"));
            assert!(matches!(db.hold_alone().await, Err(Error::Conflict(_))));
            drop((one, two));
            if db.postgres().is_none() {
                let alone = db.hold_alone().await.expect("alone");
                assert!(matches!(db.hold_for_server().await, Err(Error::Conflict(_))));
                drop(alone);
                db.hold_for_server().await.expect("a server again");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_hold_whose_session_was_cut_off_says_so() {
        each_db(|db| async move {
            let mut alone = db.hold_alone().await.expect("alone");
            alone.check().await.expect("held");
            let Some(pool) = db.postgres() else { return };
            let cut = "SELECT pg_terminate_backend(pid, 20000) FROM pg_locks JOIN pg_database d ON d.oid = database
                       WHERE locktype = 'advisory' AND datname = current_database()";
            assert!(sqlx::query_scalar::<_, bool>(cut).fetch_one(pool).await.expect("cut off"));
            assert!(matches!(alone.check().await, Err(Error::Unavailable(why)) if why.contains("nothing was changed")));
        })
        .await;
    }

    #[tokio::test]
    async fn a_database_can_be_closed_by_whoever_holds_it() {
        each_db(|db| async move {
            let _hold = db.hold_alone().await.expect("alone");
            tokio::time::timeout(std::time::Duration::from_secs(20), db.close()).await.expect("it closes");
        })
        .await;
    }
}

//! How a transaction begins on SQLite: who waits for its one writer, how safe a commit is, and what a full disk breaks.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sqlx::{SqlSafeStr, Sqlite, SqlitePool, Transaction};

use crate::kernel::error::{Error, Result};

/// Broken connections that are closed before the caller gets an error about a full disk.
const MAX_BROKEN: usize = 5;

/// One who waits to write, until this is dropped.
pub(super) struct WriterWaitGuard<'a>(&'a AtomicUsize);

impl<'a> WriterWaitGuard<'a> {
    pub(super) fn begin(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for WriterWaitGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How sure it is that what was committed survives a loss of power. On PostgreSQL it always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safety {
    /// It is on the disk: what people type. Costs a wait for the disk for each commit.
    Saved,
    /// It is on its way to the disk, where it arrives with the next commit that is `Saved`.
    Repeatable,
}

/// Begins to write on SQLite. How safe a commit is can only be said between transactions, and the writer is one connection, so it is said by
/// whoever has it, where the one before said something else.
pub(super) async fn begin_writing(pool: &SqlitePool, relaxed: &AtomicBool, safety: Safety) -> Result<Transaction<'static, Sqlite>> {
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
pub(super) async fn begin(pool: &SqlitePool, how: &'static str) -> Result<Transaction<'static, Sqlite>> {
    // While the disk stays full, others break the connection that came after: once is not enough.
    for _ in 0..MAX_BROKEN {
        match pool.begin_with(how).await {
            Err(sqlx::Error::InvalidSavePointStatement) => pool.acquire().await?.close().await?,
            other => return Ok(other?),
        }
    }
    Err(Error::Unavailable("The disk is full, so this could not be saved. Free some space, then try again.".into()))
}

//! Where the steps of an erasure are made: each in a transaction of its own, or all in the caller's.

use crate::db::unit::{UnitScope, Work};
use crate::db::{Db, Table, Tx};
use crate::kernel::error::Result;

/// Where the steps of an erasure are made.
pub(super) enum ErasureSteps<'a> {
    /// Each in a transaction of its own: nobody waits for more than one of them.
    Short(&'a Db),
    /// All of them in the caller's.
    Within(&'a mut Tx),
}

impl ErasureSteps<'_> {
    pub(super) fn tables(&self) -> Vec<&'static Table> {
        match self {
            Self::Short(db) => db.tables(),
            Self::Within(tx) => tx.tables(),
        }
    }

    /// As one unit of work: for what checks before it writes.
    pub(super) async fn decide<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> Fn(&'t mut Tx, UnitScope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => db.write(work).await,
            Self::Within(tx) => work(tx, UnitScope::default()).await,
        }
    }

    pub(super) async fn write<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx, UnitScope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => {
                let mut tx = db.begin().await?;
                let done = work(&mut tx, UnitScope::default()).await?;
                tx.commit().await?;
                Ok(done)
            }
            Self::Within(tx) => work(tx, UnitScope::default()).await,
        }
    }

    pub(super) async fn read<'env, T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx, UnitScope<'t, 'env>) -> Work<'t, T>,
    {
        match self {
            Self::Short(db) => work(&mut db.read().await?, UnitScope::default()).await,
            Self::Within(tx) => work(tx, UnitScope::default()).await,
        }
    }
}

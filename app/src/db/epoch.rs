//! The privacy epoch: a number that grows whenever an author opts out, is erased, or is deleted with their last mention.
//!
//! Work that remembers authors from one transaction to the next, as an import does, asks for the epoch at the start of each transaction. Where it
//! has grown, what is remembered may be wrong: the work forgets it and asks for opt-outs again.

use super::Tx;
use super::table::Table;
use crate::kernel::error::Result;

pub const TABLES: &[Table] = &[Table::plain("privacy_epoch", &["id", "epoch"])];

/// The epoch. It stays as it is until this transaction ends: an opt-out waits for that, and then finds everything that was committed.
/// Ask for it before anything else in the transaction, so that two transactions never wait for each other.
pub async fn current(tx: &mut Tx) -> Result<i64> {
    // SQLite has one writer, which keeps the epoch as it is without a lock of its own.
    let ask = if tx.is_postgres() {
        "SELECT epoch FROM privacy_epoch WHERE id = 1 FOR SHARE"
    } else {
        "SELECT epoch FROM privacy_epoch WHERE id = 1"
    };
    tx.value(ask, &[]).await
}

/// Raises the epoch: before anything else in a transaction that keeps an opt-out, or that erases or deletes authors.
pub async fn raise(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        // The table, and not its row: a unit sees the database as it is at its first statement, and `LOCK TABLE` is none. After waiting for a
        // row it would still see what was there before, and miss what the other transaction brought.
        tx.run("LOCK TABLE privacy_epoch IN EXCLUSIVE MODE", &[]).await.map(drop)?;
    }
    tx.run("UPDATE privacy_epoch SET epoch = epoch + 1 WHERE id = 1", &[]).await?;
    Ok(())
}

/// Raises the epoch above one that was known before, in a database that was replaced.
pub async fn raise_above(tx: &mut Tx, known: i64) -> Result<()> {
    const RAISE: &str = "UPDATE privacy_epoch SET epoch = CASE WHEN epoch > $1 THEN epoch ELSE $1 END + 1 WHERE id = 1";
    tx.run(RAISE, &[known.into()]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;
    use crate::listening::import::import_file::ImportOptions;
    use crate::privacy::{erasure, opt_out, retention};
    use crate::testing::fixture::SYSTEM;
    use crate::testing::{each_db, fixture};

    #[tokio::test]
    async fn an_opt_out_an_erasure_and_a_removal_each_raise_the_epoch() {
        each_db(|db| async move {
            let export = "Datetime,Tweet Id,Text,Username\n2022-03-01 10:00:00+00:00,1,It died again,zoe_k\n2022-03-02 10:00:00+00:00,2,I love it,max_o\n";
            let (program, _) = fixture::import(&db, export, ImportOptions::default()).await;
            let epoch = async || current(&mut db.begin().await.expect("tx")).await.expect("an epoch");
            let mut before = epoch().await;
            let mut grew = async |what: &str| {
                let after = epoch().await;
                assert!(after > before, "{what}");
                before = after;
            };
            db.write(|tx, _| Box::pin(opt_out::act::opt_out(tx, &SYSTEM, now(), "x", "nobody_yet"))).await.expect("an opt-out");
            grew("an opt-out").await;
            db.write(|tx, _| {
                Box::pin(async move {
                    let zoe = erasure::find::find(tx, "zoe_k").await?;
                    erasure::act::erase(tx, &SYSTEM, now(), &zoe).await
                })
            })
            .await
            .expect("erased");
            grew("an erasure").await;
            retention::act::remove(&db, &SYSTEM, now(), program, &["2".to_owned()]).await.expect("removed");
            grew("a removal").await;
            retention::act::purge(&db, &SYSTEM, now() + chrono::Duration::days(4000), None).await.expect("purged");
            grew("a purge").await;
        })
        .await;
    }
}

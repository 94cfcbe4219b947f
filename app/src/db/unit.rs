//! One unit of work: the only way in which an act changes something.
//!
//! A unit checks and then writes, and nobody comes in between. On PostgreSQL it is SERIALIZABLE, and begins again where another one got in
//! its way; on SQLite it has the one writer. So its closure may run more than once: it asks nobody outside of the database, and whatever
//! takes long (a password's hash, an upload, a report's drawing) is made ready before it begins.
//!
//! Units take turns, inside of a process and among processes (`LOCK TABLE unit_turn`). Each writes to the head of the audit log anyway, so
//! that of two at once one would have to begin again: 1,000 notes by 20 people who write at once took 6 s with turns and 10 s without, where
//! 148 of them were given up after eight attempts (two cores under load, PostgreSQL 15, 2026-11-29).

use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use super::connect::{Db, Tx};
use crate::kernel::error::{Error, Result};

/// How often a unit begins anew before somebody is asked to try again.
const MAX_ATTEMPTS: u32 = 8;
/// The first pause between two attempts; it doubles, and up to as much again is added by chance.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// What a unit does, boxed: `Box::pin(async move { … })`, or `Box::pin(act(tx, …))`.
pub type Work<'t, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

/// Lets a unit's future borrow what surrounds its closure: `'env` outlives `'t` wherever this type can be named. An async closure would say
/// it without, but whether its future is `Send` is not known yet where it borrows anything.
pub type UnitScope<'t, 'env> = PhantomData<&'t &'env ()>;

impl Db {
    /// Does `work` as one unit and commits it. What `work` refuses is undone.
    ///
    /// `db.write(|tx, _| Box::pin(act::confirm(tx, actor, now, id))).await`, or with several steps
    /// `db.write(|tx, _| Box::pin(async move { … Ok(value) })).await`.
    ///
    /// `work` is repeated where another transaction got in its way, and once where the connection broke before it was to be committed:
    /// nothing was written then. A connection that breaks while it commits is not tried again, since nobody knows what was saved.
    ///
    /// # Errors
    /// What `work` says; `Busy` where others were in the way each time; `Unavailable` where the database cannot be reached.
    pub async fn write<'env, T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> Fn(&'t mut Tx, UnitScope<'t, 'env>) -> Work<'t, T>,
    {
        let (mut attempt, mut reconnected) = (1, false);
        loop {
            let outcome = self.attempt(&work).await;
            match outcome {
                Err((Error::Busy, _)) if attempt < MAX_ATTEMPTS => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                Err((Error::Unreachable(why), false)) if !reconnected => {
                    tracing::debug!(why, "the database hung up before anything was written: once more");
                    reconnected = true;
                }
                Err((error, _)) => return Err(error),
                Ok(done) => return Ok(done),
            }
        }
    }

    /// One attempt. An error comes with whether the commit had begun.
    async fn attempt<'env, T, F>(&self, work: &F) -> Result<T, (Error, bool)>
    where
        F: for<'t> Fn(&'t mut Tx, UnitScope<'t, 'env>) -> Work<'t, T>,
    {
        let mut tx = self.begin_unit().await.map_err(|error| (error, false))?;
        let done = work(&mut tx, PhantomData).await.map_err(|error| (error, false))?;
        tx.commit().await.map_err(|error| (error, true))?;
        Ok(done)
    }
}

/// The pause after the `attempt`-th attempt.
fn pause(attempt: u32) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.pow(attempt.min(6) - 1);
    let chance = uuid::Uuid::new_v4().as_u128() % longest.as_micros().max(1);
    longest + Duration::from_micros(u64::try_from(chance).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::testing::each_db;

    async fn read(tx: &mut Tx, key: &str) -> Result<i64> {
        Ok(crate::db::setting::find(tx, key).await?.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    #[tokio::test]
    async fn two_units_that_check_and_then_write_never_pass_each_other() {
        each_db(|db| async move {
            // Write skew: each reads both and writes its own. At most one of them may find that both are zero.
            for round in 0..10 {
                let (left, right) = (format!("left{round}"), format!("right{round}"));
                let claim = |own: String, other: String| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        let (own, other) = (&own, &other);
                        db.write(|tx, _| {
                            Box::pin(async move {
                                if read(tx, own).await? + read(tx, other).await? == 0 {
                                    tokio::time::sleep(Duration::from_millis(2)).await;
                                    crate::db::setting::update(tx, own, "1").await?;
                                }
                                Ok(())
                            })
                        })
                        .await
                    })
                };
                let (one, two) = (claim(left.clone(), right.clone()), claim(right.clone(), left.clone()));
                one.await.expect("ended").expect("done");
                two.await.expect("ended").expect("done");
                let mut tx = db.read().await.expect("tx");
                assert_eq!(read(&mut tx, &left).await.expect("left") + read(&mut tx, &right).await.expect("right"), 1);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_unit_that_is_always_in_somebodys_way_ends_with_words() {
        each_db(|db| async move {
            let tries = AtomicU32::new(0);
            let outcome = db
                .write(|_, _| {
                    tries.fetch_add(1, Ordering::Relaxed);
                    Box::pin(async { Err::<(), _>(Error::Busy) })
                })
                .await;
            assert!(matches!(outcome, Err(Error::Busy)));
            assert_eq!(tries.load(Ordering::Relaxed), MAX_ATTEMPTS);
        })
        .await;
    }

    #[tokio::test]
    async fn a_connection_that_broke_before_the_commit_is_tried_once_more() {
        each_db(|db| async move {
            let tries = &AtomicU32::new(0);
            let outcome = db
                .write(|tx, _| {
                    Box::pin(async move {
                        crate::db::setting::update(tx, "tried", "1").await?;
                        match tries.fetch_add(1, Ordering::Relaxed) {
                            0 => Err(Error::Unreachable("cut".into())),
                            _ => Ok(()),
                        }
                    })
                })
                .await;
            assert!(outcome.is_ok());
            assert_eq!(tries.load(Ordering::Relaxed), 2);
        })
        .await;
    }
}

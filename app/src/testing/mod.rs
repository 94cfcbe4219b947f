//! What tests share: fresh databases, and `fixture` with the people and days that many of them need, `two_authors` with a small export.

pub mod fixture;
#[cfg(test)]
pub(crate) mod two_authors;

use std::future::Future;
use std::time::Duration;

use uuid::Uuid;

use crate::db::{Db, Tx, fresh};
use crate::front::wiring::WIRING;
use crate::kernel::export::Parts;

pub use crate::db::fresh::change;

/// Runs `test` on an empty, migrated database of each kind (`db::fresh`).
pub async fn each_db<F, T>(test: F)
where
    F: Fn(Db) -> T,
    T: Future<Output = ()>,
{
    fresh::each(&WIRING, test).await;
}

/// All parts of a file that leaves, as one text.
pub async fn whole_file(tx: &mut Tx, mut parts: impl Parts) -> String {
    let mut file = Vec::new();
    while let Some(part) = parts.next(tx).await.expect("a part") {
        file.extend(part);
    }
    String::from_utf8(file).expect("UTF-8")
}

/// The longest pause before an act of `at_once` begins, in microseconds: about as long as an act takes.
const MAX_PAUSE: u128 = 4000;

/// Does two things at the same time, each after a pause of random length.
pub async fn at_once<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    // Boxed, since an import's future is large and a test's stack is small.
    tokio::join!(Box::pin(after_a_pause(one)), Box::pin(after_a_pause(other)))
}

async fn after_a_pause<T>(act: impl Future<Output = T>) -> T {
    let chance = u64::try_from(Uuid::new_v4().as_u128() % MAX_PAUSE).unwrap_or(0);
    tokio::time::sleep(Duration::from_micros(chance)).await;
    act.await
}

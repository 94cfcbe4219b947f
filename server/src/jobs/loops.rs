//! What has a loop of its own: hearing of other processes, and forgetting addresses that have been quiet.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::db::Db;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::runner::supervised;
use crate::limits::RateLimits;

/// Before a loop that died begins again.
const RESTART_DELAY: Duration = Duration::from_secs(1);
/// Between two looks for addresses that have been quiet.
const PURGE_INTERVAL: Duration = Duration::from_secs(600);

/// The running loops.
pub struct Loops(JoinSet<()>);

impl Loops {
    /// Starts all of them.
    #[must_use]
    pub fn start(db: &Db, limits: Option<Arc<RateLimits>>, stop: &CancellationToken) -> Self {
        let mut loops = Self(JoinSet::new());
        let db = db.clone();
        loops.add("hearing of other processes", stop, move || {
            let db = db.clone();
            async move { db.follow().await }
        });
        if let Some(limits) = limits {
            loops.add("forgetting quiet addresses", stop, move || purge_quiet_addresses(limits.clone()));
        }
        loops
    }

    fn add<F>(&mut self, name: &'static str, stop: &CancellationToken, work: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let asked = stop.clone();
        self.0.spawn(supervised(name, stop.clone(), RESTART_DELAY, move || {
            let work = asked.clone().run_until_cancelled_owned(work());
            async move {
                work.await;
            }
        }));
    }

    /// Waits for all loops to end, at most `timeout`; says whether they did.
    pub async fn end(mut self, timeout: Duration) -> bool {
        let ended = tokio::time::timeout(timeout, async { while self.0.join_next().await.is_some() {} }).await.is_ok();
        self.0.abort_all();
        ended
    }
}

async fn purge_quiet_addresses(limits: Arc<RateLimits>) {
    loop {
        tokio::time::sleep(PURGE_INTERVAL).await;
        limits.tidy();
    }
}

//! What has a loop of its own: hearing of other processes.

use std::time::Duration;

use app::db::Db;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::runner::supervised;

/// Before a loop that died begins again.
const PAUSE_AFTER_DEATH: Duration = Duration::from_secs(1);

/// The running loops.
pub struct Loops(JoinSet<()>);

impl Loops {
    /// Starts all of them.
    #[must_use]
    pub fn start(db: &Db, stop: &CancellationToken) -> Self {
        let mut loops = JoinSet::new();
        let (follower, asked) = (db.clone(), stop.clone());
        loops.spawn(supervised("hearing of other processes", stop.clone(), PAUSE_AFTER_DEATH, move || {
            let (follower, asked) = (follower.clone(), asked.clone());
            async move {
                tokio::select! {
                    () = asked.cancelled() => {}
                    () = follower.follow() => {}
                }
            }
        }));
        Self(loops)
    }

    /// Waits for all loops to end, at most `timeout`; says whether they did.
    pub async fn end(mut self, timeout: Duration) -> bool {
        let ended = tokio::time::timeout(timeout, async { while self.0.join_next().await.is_some() {} }).await.is_ok();
        self.0.abort_all();
        ended
    }
}

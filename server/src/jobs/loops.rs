//! What has a loop of its own: sending email, calling webhooks, hearing of other processes.

use std::future::Future;
use std::time::Duration;

use app::db::Db;
use app::error::Result;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::runner::supervised;
use crate::mail::{Post, sender};
use crate::settings::Settings;
use crate::webhooks::Sender;

/// Before a loop that died begins again.
const PAUSE_AFTER_DEATH: Duration = Duration::from_secs(1);

/// The running loops.
pub struct Loops(JoinSet<()>);

impl Loops {
    /// Starts all of them.
    ///
    /// # Errors
    /// `Invalid` for a mail server's address that is not understood.
    pub fn start(db: &Db, settings: &Settings, stop: &CancellationToken) -> Result<Self> {
        let post = settings.smtp.as_deref().map(|url| Post::open(url, &settings.mail_from)).transpose()?;
        let mut loops = JoinSet::new();
        loops.spawn(sender::run(db.clone(), post, settings.base_url.clone(), stop.clone()));
        let told = Sender { db: db.clone(), base_url: settings.base_url.clone(), networks: settings.webhook_networks.clone() };
        loops.spawn(every("webhooks", Duration::from_secs(2), stop.clone(), move || tell(told.clone())));
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
        Ok(Self(loops))
    }

    /// Waits for all loops to end, at most `timeout`; says whether they did.
    pub async fn end(mut self, timeout: Duration) -> bool {
        let ended = tokio::time::timeout(timeout, async { while self.0.join_next().await.is_some() {} }).await.is_ok();
        self.0.abort_all();
        ended
    }
}

/// What tools are to be told.
async fn tell(sender: Sender) -> Result<()> {
    sender.send_due().await
}

/// Calls `work` again and again, `pause` apart, until it is time to stop. A failure is logged and tried again.
async fn every<F, Fut>(name: &'static str, pause: Duration, stop: CancellationToken, work: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<()>>,
{
    while !stop.is_cancelled() {
        if let Err(error) = work().await {
            tracing::warn!(%error, job = name, "a job failed and is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

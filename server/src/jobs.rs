//! What runs beside the requests: sending mail, importing, training and reading posts again, reading them for topics, counting phrases, watching a folder, telling other tools, purging what is too old, letting old invitations expire, hearing of other processes.
//!
//! Each job ends when it is asked to, after what it holds: a letter on its way is recorded, half an import is taken up
//! again at the next start.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::account::Actor;
use app::clock::now;
use app::db::Db;
use app::error::Result;
use app::{erasure, feed, import, invitation, phrase, retention, segment, sentiment, topic};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::mail::{Post, sender};
use crate::settings::Settings;
use crate::webhooks::{self, Sender};

/// The running jobs.
pub struct Jobs(JoinSet<()>);

impl Jobs {
    /// Starts all of them.
    ///
    /// # Errors
    /// `Invalid` for a mail server's address that is not understood.
    pub fn start(db: &Db, settings: &Settings, spool: &Path, stop: &CancellationToken) -> Result<Self> {
        let post = settings.smtp.as_deref().map(|url| Post::open(url, &settings.mail_from)).transpose()?;
        let mut jobs = JoinSet::new();
        jobs.spawn(sender::run(db.clone(), post, settings.base_url.clone(), stop.clone()));
        let (follower, asked) = (db.clone(), stop.clone());
        jobs.spawn(async move {
            tokio::select! {
                () = asked.cancelled() => {}
                () = follower.follow() => {}
            }
        });
        let spool = spool.to_owned();
        let (waiting, files) = (db.clone(), spool.clone());
        jobs.spawn(every("imports", Duration::from_secs(1), stop.clone(), move || import(waiting.clone(), files.clone())));
        if let Some(folder) = settings.watch_folder.clone() {
            let (watching, spool) = (db.clone(), spool.clone());
            jobs.spawn(every("watched folder", Duration::from_secs(2), stop.clone(), move || {
                watch(watching.clone(), folder.clone(), spool.clone())
            }));
        }
        let taught = db.clone();
        jobs.spawn(every("sentiment", Duration::from_secs(2), stop.clone(), move || teach(taught.clone())));
        let voices = db.clone();
        jobs.spawn(every("segments", Duration::from_secs(2), stop.clone(), move || assess(voices.clone())));
        let growing = db.clone();
        jobs.spawn(every("segments grow old", Duration::from_secs(60), stop.clone(), move || keep_up(growing.clone())));
        let older = db.clone();
        jobs.spawn(async move {
            if let Err(error) = retention::act::catch_up(&older, &Actor::System("listening")).await {
                tracing::error!(%error, "posts of an earlier version could not be indexed; weheard listening rebuild does it");
            }
        });
        let tagged = db.clone();
        jobs.spawn(every("topics", Duration::from_secs(1), stop.clone(), move || tag(tagged.clone())));
        let listened = db.clone();
        jobs.spawn(every("phrases", Duration::from_secs(60), stop.clone(), move || listen(listened.clone())));
        let (kept, spooled) = (db.clone(), spool.clone());
        jobs.spawn(every("retention", Duration::from_secs(3600), stop.clone(), move || purge(kept.clone(), spooled.clone())));
        let (left, files) = (db.clone(), spool.clone());
        jobs.spawn(every("erasures", Duration::from_secs(2), stop.clone(), move || erase(left.clone(), files.clone())));
        let told = Sender { db: db.clone(), base_url: settings.base_url.clone(), private: settings.private_webhooks };
        jobs.spawn(every("webhooks", Duration::from_secs(2), stop.clone(), move || tell(told.clone())));
        let watched = db.clone();
        jobs.spawn(every("what is late", Duration::from_secs(60), stop.clone(), move || webhooks::look(watched.clone())));
        let (due, asked) = (db.clone(), stop.clone());
        jobs.spawn(every("invitations expire", Duration::from_secs(600), asked, move || expire(due.clone())));
        Ok(Self(jobs))
    }

    /// Waits for all jobs to end, at most `patience`; says whether they did.
    pub async fn end(mut self, patience: Duration) -> bool {
        let ended = tokio::time::timeout(patience, async { while self.0.join_next().await.is_some() {} }).await.is_ok();
        self.0.abort_all();
        ended
    }
}

/// Files that were uploaded, one after the other.
async fn import(db: Db, spool: PathBuf) -> Result<()> {
    while import::work::work(&db, &spool).await? {}
    Ok(())
}

/// Files in the watched folder.
async fn watch(db: Db, folder: PathBuf, spool: PathBuf) -> Result<()> {
    import::inbox::take(&db, &folder, &spool).await.map(|_| ())
}

/// Trainings, and posts to be read again.
async fn teach(db: Db) -> Result<()> {
    while sentiment::work::work(&db).await? {}
    Ok(())
}

/// Voices to be assessed anew.
async fn assess(db: Db) -> Result<()> {
    while segment::work::work(&db).await? {}
    Ok(())
}

/// Voices whose posts grow too old for the window while others write.
async fn keep_up(db: Db) -> Result<()> {
    segment::act::keep_up(&db, now()).await
}

/// Posts to be read for topics again.
async fn tag(db: Db) -> Result<()> {
    topic::work::work_off(&db).await
}

/// Phrases that rise, where posts have come.
async fn listen(db: Db) -> Result<()> {
    phrase::work::work(&db).await
}

/// What is older than its program's retention.
async fn purge(db: Db, spool: PathBuf) -> Result<()> {
    retention::act::purge(&db, &Actor::System("retention"), now()).await?;
    import::work::forget_files(&db, &spool, now()).await?;
    let mut tx = db.begin().await?;
    feed::act::forget(&mut tx, now()).await?;
    tx.commit().await
}

/// People whose erasure was asked for on a page.
async fn erase(db: Db, spool: PathBuf) -> Result<()> {
    erasure::act::work_off(&db, &spool, &Actor::System("erasure")).await
}

/// What tools are to be told.
async fn tell(sender: Sender) -> Result<()> {
    sender.send_due().await
}

/// Invitations that nobody answered in time.
async fn expire(db: Db) -> Result<()> {
    let mut tx = db.begin().await?;
    invitation::act::expire(&mut tx, now()).await?;
    tx.commit().await
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

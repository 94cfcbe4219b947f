//! The job that empties the outbox: lease what is due, write the letters, send them, record how it ended.

use std::time::Duration;

use app::clock::now;
use app::db::Db;
use app::error::{Error, Result};
use app::outbox::{Mail, act, store};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::post::Refused;
use super::{Letter, Post, compose};

/// Letters on their way at one time. Mail servers dislike more from one sender.
const AT_ONCE: i64 = 4;
/// How often the outbox is looked at when nothing says that it should be.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Runs until `stop`. Letters that are being sent then are finished first; the rest stays queued for the next start.
/// Without a mail server nothing is sent and everything stays queued.
pub async fn run(db: Db, post: Option<Post>, base: String, stop: CancellationToken) {
    let Some(post) = post else {
        info!("no mail server is set: mail stays queued and can be read under Outbox");
        return;
    };
    while !stop.is_cancelled() {
        match send_due(&db, &post, &base).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => warn!(%error, "the outbox cannot be read"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Sends one handful of due letters. Gives how many were tried.
///
/// # Errors
/// Whatever the database says; a letter that was not recorded as sent is tried again when its lease ends.
pub async fn send_due(db: &Db, post: &Post, base: &str) -> Result<usize> {
    if !store::is_due(&mut db.read().await?, now()).await? {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let mails = store::lease(&mut tx, now(), AT_ONCE).await?;
    tx.commit().await?;
    let tried = mails.len();
    let sent = join_all(mails.into_iter().map(|mail| async move {
        let outcome = send(db, post, base, &mail).await;
        (mail, outcome)
    }))
    .await;

    let mut tx = db.begin().await?;
    for (mail, outcome) in sent {
        match &outcome {
            Ok(()) => info!(mail = %mail.id, template = mail.template.as_str(), "sent"),
            Err(refused) => warn!(mail = %mail.id, template = mail.template.as_str(), for_good = refused.for_good, "not sent"),
        }
        act::settle(&mut tx, now(), mail, outcome.map_err(|refused| (refused.for_good, refused.why))).await?;
    }
    tx.commit().await?;
    Ok(tried)
}

async fn send(db: &Db, post: &Post, base: &str, mail: &Mail) -> Result<(), Refused> {
    let letter = write(db, base, mail).await.map_err(|error| Refused {
        // A link that has expired or an item that is gone will not come back; a busy database will.
        for_good: matches!(error, Error::NotFound | Error::Gone(_) | Error::Invalid(_)),
        why: error.message(),
    })?;
    post.send(mail, &letter).await
}

async fn write(db: &Db, base: &str, mail: &Mail) -> Result<Letter> {
    let mut tx = db.read().await?;
    compose(&mut tx, now(), base, mail, super::templates::Links::Live).await
}

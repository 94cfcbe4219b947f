//! Sending one mail: write the letter, offer it, commit that it is being sent, hand it over, record at once how that ended.

use std::time::Duration;

use app::clock::{Time, now};
use app::db::Db;
use app::error::{Error, Result};
use app::ids::OutboxId;
use app::outbox::act::{self, Outcome};
use app::outbox::rules::Verdict;
use app::outbox::{Mail, State, store};
use tracing::{info, warn};

use super::post::{Ending, Refused};
use super::{Letter, Post, compose, templates};

/// How often it is tried to record an outcome while the database does not answer: about a minute.
const MAX_RECORDINGS: u32 = 10;

/// Sends one mail that is due. Gives when it is to be tried again; none where it has ended.
///
/// Only one worker at a time may do this for a mail: one that is found in state "sending" was left by a worker that died, and is in doubt.
///
/// # Errors
/// Whatever the database says. A mail whose outcome could not be recorded is found in state "sending" by the next worker.
pub async fn deliver(db: &Db, post: &Post, base: &str, id: OutboxId) -> Result<Option<Time>> {
    let Some(mail) = store::find(&mut db.read().await?, id).await? else { return Ok(None) };
    match mail.state {
        State::Queued if mail.due_at > now() => return Ok(Some(mail.due_at)),
        State::Queued => {}
        State::Sending => {
            return record(db, &mail, Outcome::InDoubt("The program ended before the mail server's answer was recorded.".into())).await;
        }
        _ => return Ok(None),
    }
    if act::is_unwanted(&mut db.read().await?, &mail).await? {
        return record(db, &mail, Outcome::Unsubscribed).await;
    }
    let letter = match write(db, base, &mail).await {
        Ok(letter) => letter,
        // A link that has expired or an item that is gone will not come back; a busy database will.
        Err(error @ (Error::NotFound | Error::Missing(_) | Error::Gone(_) | Error::Invalid(_) | Error::Conflict(_))) => {
            return record(db, &mail, Outcome::Failed(error.message())).await;
        }
        Err(error) => return Err(error),
    };
    let handover = match post.offer(&mail, &letter).await {
        Ok(handover) => handover,
        Err(refused) => return record(db, &mail, outcome_of(refused)).await,
    };
    let at = now();
    let Some(begun) = db.write(|tx, _| Box::pin(act::begin(tx, at, &mail))).await? else {
        drop(handover);
        return next(db, id).await;
    };
    let outcome = match handover.finish().await {
        Ending::Taken => Outcome::Sent,
        Ending::Refused(refused) => outcome_of(refused),
        Ending::Silent(why) => Outcome::InDoubt(why),
    };
    record(db, &begun, outcome).await
}

fn outcome_of(refused: Refused) -> Outcome {
    match refused.verdict {
        Verdict::Later | Verdict::Full => Outcome::Later(refused.why),
        Verdict::Refused | Verdict::Unfit => Outcome::Failed(refused.why),
        Verdict::Bounced => Outcome::Bounced(refused.why),
    }
}

async fn write(db: &Db, base: &str, mail: &Mail) -> Result<Letter> {
    let mut tx = db.read().await?;
    compose(&mut tx, now(), base, mail, templates::Links::Live).await
}

/// Records how it ended, for as long as a database that does not answer may come back.
async fn record(db: &Db, mail: &Mail, outcome: Outcome) -> Result<Option<Time>> {
    match &outcome {
        Outcome::Sent => info!(mail = %mail.id, template = mail.template.as_str(), "sent"),
        Outcome::Unsubscribed => info!(mail = %mail.id, template = mail.template.as_str(), "not sent: unsubscribed"),
        Outcome::Later(_) => warn!(mail = %mail.id, template = mail.template.as_str(), "not sent yet"),
        Outcome::InDoubt(_) => warn!(mail = %mail.id, template = mail.template.as_str(), "may have been sent"),
        Outcome::Failed(_) | Outcome::Bounced(_) => warn!(mail = %mail.id, template = mail.template.as_str(), "not sent"),
    }
    let at = now();
    let mut recordings = 1;
    loop {
        match db.write(|tx, _| Box::pin(act::settle(tx, at, mail, outcome.clone()))).await {
            Err(error) if error.is_passing() && recordings < MAX_RECORDINGS => {
                tokio::time::sleep(Duration::from_millis(50 << recordings)).await;
                recordings += 1;
            }
            Err(error) => return Err(error),
            Ok(()) => return next(db, mail.id).await,
        }
    }
}

/// When a mail that is queued is due.
async fn next(db: &Db, id: OutboxId) -> Result<Option<Time>> {
    let mail = store::find(&mut db.read().await?, id).await?;
    Ok(mail.filter(|mail| mail.state == State::Queued).map(|mail| mail.due_at))
}

//! Sending one email: compose it, offer it, commit that it is being sent, hand it over, record at once how that ended.

use std::time::Duration;

use app::access::outbox::act::{self, SendOutcome};
use app::access::outbox::rules::SmtpVerdict;
use app::access::outbox::{EmailState, OutboxEmail, store};
use app::coded;
use app::db::Db;
use app::kernel::clock::{Time, now};
use app::kernel::error::{Error, Result};
use app::kernel::ids::OutboxId;
use tracing::{info, warn};

use super::smtp::{SmtpEnding, SmtpRefusal};
use super::{Email, Links, SmtpClient, compose};

/// How often it is tried to record an outcome while the database does not answer: about a minute.
const MAX_RECORDINGS: u32 = 10;

/// Sends one email that is due. Gives when it is to be tried again; none where it has ended.
///
/// Only one worker at a time may do this for an email: one that is found in state "sending" was left by a worker that died, and is in doubt.
///
/// # Errors
/// Whatever the database says. An email whose outcome could not be recorded is found in state "sending" by the next worker.
pub async fn deliver(db: &Db, client: &SmtpClient, base: &str, id: OutboxId) -> Result<Option<Time>> {
    let Some(queued) = store::find(&mut db.read().await?, id).await? else { return Ok(None) };
    match queued.state {
        EmailState::Queued if queued.due_at > now() => return Ok(Some(queued.due_at)),
        EmailState::Queued => {}
        EmailState::Sending => {
            return record(db, &queued, SendOutcome::InDoubt(coded!("failure-mail-unrecorded"))).await;
        }
        _ => return Ok(None),
    }
    if act::is_unwanted(&mut db.read().await?, &queued).await? {
        return record(db, &queued, SendOutcome::Unsubscribed).await;
    }
    let email = match write(db, base, &queued).await {
        Ok(email) => email,
        // A link that has expired or an item that is gone will not come back; a busy database will.
        Err(error @ (Error::NotFound | Error::Missing(_) | Error::Gone(_) | Error::Invalid(_) | Error::Conflict(_))) => {
            return record(db, &queued, SendOutcome::Failed((&error).into())).await;
        }
        Err(error) => return Err(error),
    };
    let handover = match client.offer(&queued, &email).await {
        Ok(handover) => handover,
        Err(refused) => return record(db, &queued, outcome_of(refused)).await,
    };
    let at = now();
    let Some(begun) = db.write(|tx, _| Box::pin(act::begin(tx, at, &queued))).await? else {
        drop(handover);
        return next(db, id).await;
    };
    let outcome = match handover.finish().await {
        SmtpEnding::Taken => SendOutcome::Sent,
        SmtpEnding::Refused(refused) => outcome_of(refused),
        SmtpEnding::Silent(why) => SendOutcome::InDoubt(why),
    };
    record(db, &begun, outcome).await
}

fn outcome_of(refused: SmtpRefusal) -> SendOutcome {
    match refused.verdict {
        SmtpVerdict::Later | SmtpVerdict::Full => SendOutcome::Later(refused.why),
        SmtpVerdict::Refused | SmtpVerdict::Unfit => SendOutcome::Failed(refused.why),
        SmtpVerdict::Bounced => SendOutcome::Bounced(refused.why),
    }
}

async fn write(db: &Db, base: &str, queued: &OutboxEmail) -> Result<Email> {
    let mut tx = db.read().await?;
    compose(&mut tx, now(), base, queued, Links::Live).await
}

/// Records how it ended, for as long as a database that does not answer may come back.
async fn record(db: &Db, queued: &OutboxEmail, outcome: SendOutcome) -> Result<Option<Time>> {
    match &outcome {
        SendOutcome::Sent => info!(queued = %queued.id, template = queued.template.as_str(), "sent"),
        SendOutcome::Unsubscribed => info!(queued = %queued.id, template = queued.template.as_str(), "not sent: unsubscribed"),
        SendOutcome::Later(_) => warn!(queued = %queued.id, template = queued.template.as_str(), "not sent yet"),
        SendOutcome::InDoubt(_) => warn!(queued = %queued.id, template = queued.template.as_str(), "may have been sent"),
        SendOutcome::Failed(_) | SendOutcome::Bounced(_) => warn!(queued = %queued.id, template = queued.template.as_str(), "not sent"),
    }
    let at = now();
    let mut recordings = 1;
    loop {
        match db.write(|tx, _| Box::pin(act::record_outcome(tx, at, queued, outcome.clone()))).await {
            Err(error) if error.is_passing() && recordings < MAX_RECORDINGS => {
                tokio::time::sleep(Duration::from_millis(50 << recordings)).await;
                recordings += 1;
            }
            Err(error) => return Err(error),
            Ok(()) => return next(db, queued.id).await,
        }
    }
}

/// When an email that is queued is due.
async fn next(db: &Db, id: OutboxId) -> Result<Option<Time>> {
    let queued = store::find(&mut db.read().await?, id).await?;
    Ok(queued.filter(|queued| queued.state == EmailState::Queued).map(|queued| queued.due_at))
}

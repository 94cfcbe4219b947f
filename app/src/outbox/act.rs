//! Queueing mail, and recording how sending it ended.

use chrono::Duration;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Mail, State, Template, rules, store};
use crate::account::{self, Actor, Verb};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{LinkId, OutboxId};

/// A mail to be queued.
#[derive(Debug)]
pub struct Queue {
    pub template: Template,
    pub recipient: String,
    pub recipient_name: String,
    pub params: Json,
    pub link: Option<LinkId>,
    /// The panelist, account or invitation that it is about.
    pub subject: Option<Uuid>,
    /// Two mails with one key are one mail.
    pub key: String,
}

/// Queues a mail in the caller's transaction. Gives its id, or none if one with that key is there already.
pub async fn queue(tx: &mut Tx, now: Time, cmd: Queue) -> Result<Option<OutboxId>> {
    let mail = Mail {
        id: OutboxId::new(),
        template: cmd.template,
        recipient: cmd.recipient,
        recipient_name: cmd.recipient_name,
        params: cmd.params,
        link_id: cmd.link,
        subject_id: cmd.subject,
        state: State::Queued,
        attempts: 0,
        due_at: now,
        created_at: now,
        sent_at: None,
        error: None,
    };
    Ok(store::create(tx, &mail, &cmd.key).await?.then_some(mail.id))
}

/// How long an address has to wait for another mail of a kind that anybody can ask for. None if it may get one now.
///
/// # Errors
/// What the database says.
pub async fn wait(tx: &mut Tx, now: Time, template: Template, recipient: &str) -> Result<Option<Duration>> {
    let times = store::list_times(tx, template, recipient, now - Duration::hours(1)).await?;
    Ok(account::rules::wait(&times, rules::ASKED_AN_HOUR, now))
}

/// Records a sending: sent, refused for good (`Err((true, why))`), or to be tried again (`Err((false, why))`).
pub async fn settle(tx: &mut Tx, now: Time, mut mail: Mail, outcome: Result<(), (bool, String)>) -> Result<()> {
    mail.attempts += 1;
    match outcome {
        Ok(()) => {
            mail.state = State::Sent;
            mail.sent_at = Some(now);
            mail.error = None;
        }
        Err((for_good, why)) => {
            mail.error = Some(why);
            if for_good {
                mail.state = State::Bounced;
            } else if mail.attempts >= rules::MOST_ATTEMPTS {
                mail.state = State::Failed;
            } else {
                mail.due_at = now + rules::wait_after(mail.attempts);
            }
        }
    }
    store::update(tx, &mail).await
}

/// Puts a failed or bounced mail back into the queue.
///
/// # Errors
/// `Forbidden` for those who may not see the outbox; `NotFound`; `Conflict` when it was sent or is waiting already.
pub async fn retry(tx: &mut Tx, actor: &Actor, now: Time, id: OutboxId) -> Result<()> {
    actor.may(Verb::SeeOutbox)?;
    let mut mail = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !matches!(mail.state, State::Failed | State::Bounced) && mail.error.is_none() {
        return Err(Error::conflict("This mail is already sent or waiting."));
    }
    mail.state = State::Queued;
    mail.attempts = 0;
    mail.due_at = now;
    store::update(tx, &mail).await
}

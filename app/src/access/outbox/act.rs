//! Queueing and sending email, and recording its delivery status.

use chrono::Duration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{DELETED, EmailState, EmailTemplate, OutboxEmail, rules, store};
use crate::access::account::{self, Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::job::act::JobRequest;
use crate::access::job::{self, JobKind};
use crate::access::link;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{LinkId, OutboxId};
use crate::kernel::message::Message;
use crate::kernel::secret::fingerprint;

/// An email to be queued.
#[derive(Debug)]
pub struct QueueEmail {
    pub template: EmailTemplate,
    pub recipient: String,
    pub recipient_name: String,
    pub params: Json,
    pub link: Option<LinkId>,
    /// The panelist, account or invitation it is about.
    pub subject: Option<Uuid>,
    pub key: String,
}

/// Queues an email in the caller's transaction. Returns its id, or none if one with that key exists.
pub async fn queue(tx: &mut Tx, now: Time, cmd: QueueEmail) -> Result<Option<OutboxId>> {
    let email = OutboxEmail {
        id: OutboxId::new(),
        template: cmd.template,
        recipient: cmd.recipient,
        recipient_name: cmd.recipient_name,
        params: cmd.params,
        link_id: cmd.link,
        subject_id: cmd.subject,
        state: EmailState::Queued,
        revision: 0,
        attempts: 0,
        due_at: now,
        created_at: now,
        sending_at: None,
        sent_at: None,
        error: None,
    };
    if !store::create(tx, &email, &cmd.key).await? {
        return Ok(None);
    }
    job::act::enqueue(tx, &Actor::System("outbox"), now, sending(&email)).await?;
    Ok(Some(email.id))
}

/// The job that sends an email. Links and codes that a person waits for do not queue behind reports, and a slow domain delays no other.
fn sending(email: &OutboxEmail) -> JobRequest {
    let kind = if email.template.is_waited_for() { JobKind::AccessEmail } else { JobKind::Email };
    let domain = email.recipient.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
    // A job names nobody, not even by the domain of a family.
    JobRequest::new(kind, email.id).in_lane(fingerprint(&domain)).at(email.due_at)
}

/// The wait until an address may get another email of a kind that anyone can request, or none.
///
/// # Errors
/// Database errors.
pub async fn wait(tx: &mut Tx, now: Time, template: EmailTemplate, recipient: &str) -> Result<Option<Duration>> {
    let times = store::list_times(tx, template, recipient, now - Duration::hours(1)).await?;
    Ok(account::rules::wait(&times, rules::MAX_REQUESTS_PER_HOUR, now))
}

/// How an attempt to send an email ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Sent,
    /// Not delivered; another attempt may succeed.
    Later(Message),
    /// Not delivered, and another attempt will not help. The address may be right.
    Failed(Message),
    /// The address does not accept email.
    Bounced(Message),
    /// The message was sent, and the server's reply is missing.
    InDoubt(Message),
    Unsubscribed,
}

/// Whether the recipient has unsubscribed from this kind of email.
///
/// # Errors
/// Database errors.
pub async fn is_unwanted(tx: &mut Tx, email: &OutboxEmail) -> Result<bool> {
    match (email.template, email.subject_id) {
        (EmailTemplate::Report, Some(panelist)) => link::act::is_unsubscribed(tx, panelist).await,
        _ => Ok(false),
    }
}

/// Records that a queued email is about to be handed over. The caller commits it before the end of the message is sent. Returns the email as it
/// is then; none where it is no longer queued or no longer wanted, and must not be sent.
///
/// # Errors
/// Database errors.
pub async fn begin(tx: &mut Tx, now: Time, email: &OutboxEmail) -> Result<Option<OutboxEmail>> {
    let Some(mut current) = store::find(tx, email.id).await? else { return Ok(None) };
    if current.state != EmailState::Queued || current.revision != email.revision {
        return Ok(None);
    }
    if is_unwanted(tx, &current).await? {
        record_outcome(tx, now, &current, SendOutcome::Unsubscribed).await?;
        return Ok(None);
    }
    current.state = EmailState::Sending;
    current.sending_at = Some(now);
    store::update(tx, &mut current).await?;
    Ok(Some(current))
}

/// Records how sending `email`, as it was read or given by `begin`, ended. Where it has moved on meanwhile, only the news that it arrived counts.
///
/// # Errors
/// Database errors.
pub async fn record_outcome(tx: &mut Tx, now: Time, email: &OutboxEmail, outcome: SendOutcome) -> Result<()> {
    let Some(mut current) = store::find(tx, email.id).await? else { return Ok(()) };
    if current.revision != email.revision {
        let late = outcome == SendOutcome::Sent && matches!(current.state, EmailState::InDoubt | EmailState::Queued | EmailState::Failed);
        if !late {
            return Ok(());
        }
    }
    current.attempts += 1;
    current.error = None;
    match outcome {
        SendOutcome::Sent => {
            current.state = EmailState::Sent;
            current.sent_at = Some(now);
        }
        SendOutcome::Later(why) if current.attempts < rules::MAX_SEND_ATTEMPTS => {
            current.state = EmailState::Queued;
            current.due_at = now + rules::wait_after(current.attempts);
            current.error = Some(why.into());
        }
        SendOutcome::Later(why) | SendOutcome::Failed(why) => (current.state, current.error) = (EmailState::Failed, Some(why.into())),
        SendOutcome::Bounced(why) => (current.state, current.error) = (EmailState::Bounced, Some(why.into())),
        SendOutcome::InDoubt(why) => (current.state, current.error) = (EmailState::InDoubt, Some(why.into())),
        SendOutcome::Unsubscribed => {
            current.state = EmailState::Unsubscribed;
            current.attempts -= 1;
        }
    }
    store::update(tx, &mut current).await
}

/// Puts an email back into the queue that failed, bounced, waits for another attempt, or may have been sent: then it may arrive twice, and
/// that is the actor's word. `revision` is the one that the actor has read.
///
/// # Errors
/// `Forbidden` for those who may not see the outbox; `NotFound`; `Conflict` when it moved on, is on its way, has been sent, or may not be
/// sent to this recipient any more.
pub async fn retry(tx: &mut Tx, actor: &Actor, now: Time, id: OutboxId, revision: i64) -> Result<()> {
    let mut email = reach(tx, actor, id, revision).await?;
    let waits = email.state == EmailState::Queued && email.error.is_some();
    if !waits && !matches!(email.state, EmailState::Failed | EmailState::Bounced | EmailState::InDoubt | EmailState::Unsubscribed) {
        return Err(Error::conflict(format!("This email cannot be changed: its status is “{}”.", email.state.label())));
    }
    if email.is_deleted() {
        return Err(Error::conflict(DELETED));
    }
    if is_unwanted(tx, &email).await? {
        return Err(Error::conflict(format!("{} has unsubscribed from reports by email.", email.recipient_name)));
    }
    let was = email.state;
    email.state = EmailState::Queued;
    email.attempts = 0;
    email.due_at = now;
    store::update(tx, &mut email).await?;
    job::act::restart(tx, actor, now, sending(&email)).await?;
    audit(actor, now, "sent again", ResourceType::Email, id).with(json!({ "template": email.template, "was": was })).record(tx);
    Ok(())
}

/// Records a person's word that an email in doubt arrived. `revision` is the one that they have read.
///
/// # Errors
/// `Forbidden` for those who may not see the outbox; `NotFound`; `Conflict` when it is not in doubt, or moved on.
pub async fn confirm(tx: &mut Tx, actor: &Actor, now: Time, id: OutboxId, revision: i64) -> Result<()> {
    let mut email = reach(tx, actor, id, revision).await?;
    if email.state != EmailState::InDoubt {
        return Err(Error::conflict(format!("This email cannot be changed: its status is “{}”.", email.state.label())));
    }
    email.state = EmailState::Sent;
    email.sent_at = email.sending_at.or(Some(now));
    email.error = None;
    store::update(tx, &mut email).await?;
    audit(actor, now, "confirmed that it arrived", ResourceType::Email, id).with(json!({ "template": email.template })).record(tx);
    Ok(())
}

async fn reach(tx: &mut Tx, actor: &Actor, id: OutboxId, revision: i64) -> Result<OutboxEmail> {
    actor.may(Permission::SeeOutbox)?;
    let email = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if email.revision == revision {
        Ok(email)
    } else {
        Err(Error::conflict(format!("The status of this email has changed to “{}”. Check it, then try again.", email.state.label())))
    }
}

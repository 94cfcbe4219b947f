//! Adding a webhook, changing, pausing and removing it, a test by hand; telling tools what happens, and recording how it ended.

use serde_json::json;
use uuid::Uuid;

use super::{Webhook, WebhookDelivery, WebhookDeliveryState, WebhookEvent, WebhookFormat, rules, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::access::job::JobKind;
use crate::access::job::act::JobRequest;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{DeliveryId, ProgramId, WebhookId};
use crate::kernel::networks::AllowedNetworks;
use crate::kernel::webhook_signature::SigningKey;
use crate::{access::job, program};

/// A webhook as a form gives it.
#[derive(Clone, Debug)]
pub struct WebhookForm {
    pub name: String,
    pub url: String,
    pub shape: WebhookFormat,
    pub events: Vec<WebhookEvent>,
    /// Networks of one's own that it may lead into, which the operator of the server says.
    pub networks: AllowedNetworks,
}

/// Adds a webhook.
///
/// # Errors
/// `Invalid`, with every mistake; `NotFound` for an unknown program.
pub async fn add(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, form: WebhookForm) -> Result<WebhookId> {
    actor.may(Permission::ConnectTools)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    let (name, url, events) = check(&form)?;
    let webhook = Webhook {
        id: WebhookId::new(),
        program_id: program,
        name,
        url,
        shape: form.shape,
        events,
        version: 1,
        created_at: now,
        created_by: actor.account().map(|id| id.0),
        looked_at: now,
        paused_at: None,
        paused_why: None,
        failing_since: None,
    };
    store::create(tx, &webhook).await?;
    audit(actor, now, "added", ResourceType::Webhook, webhook.id).with(shown(&webhook)).record(tx);
    Ok(webhook.id)
}

/// Changes a webhook. What waits goes to the new address.
///
/// # Errors
/// `Invalid`, with every mistake; `NotFound`.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId, form: WebhookForm) -> Result<Webhook> {
    let mut webhook = reach(tx, actor, id).await?;
    (webhook.name, webhook.url, webhook.events) = check(&form)?;
    webhook.shape = form.shape;
    store::update(tx, &webhook).await?;
    audit(actor, now, "changed", ResourceType::Webhook, id).with(shown(&webhook)).record(tx);
    Ok(webhook)
}

/// Makes the secret a new one; everything from now on is signed with it.
///
/// # Errors
/// `NotFound`.
pub async fn renew(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let mut webhook = reach(tx, actor, id).await?;
    webhook.version += 1;
    store::update(tx, &webhook).await?;
    audit(actor, now, "changed the secret", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// Stops telling a tool, until somebody goes on. What happens meanwhile is not told later.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is paused.
pub async fn pause(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    if !store::pause(tx, id, now, None).await? {
        return Err(Error::conflict("This webhook is paused already."));
    }
    audit(actor, now, "paused", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// Tells a paused tool again, from now on; what still waits is sent as well.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is not paused.
pub async fn resume(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    if !store::resume(tx, id, now).await? {
        return Err(Error::conflict("This webhook is not paused."));
    }
    for delivery in store::list_waiting(tx, id).await? {
        job::act::restart(tx, actor, now, sending(&delivery)).await?;
    }
    audit(actor, now, "resumed", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// Removes a webhook with all its deliveries.
///
/// # Errors
/// `NotFound`.
pub async fn remove(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    store::delete(tx, id).await?;
    audit(actor, now, "removed", ResourceType::Webhook, id).with(shown(&webhook)).record(tx);
    Ok(webhook)
}

/// Sends a test.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is paused.
pub async fn test(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    if webhook.paused_at.is_some() {
        return Err(Error::conflict("This webhook is paused. Let it go on first."));
    }
    let message =
        WebhookMessage { event: WebhookEvent::Test, text: "This is a test. It came through.".into(), path: "/webhooks".into(), items: 0 };
    queue(tx, now, &webhook, &message, &format!("test:{}", DeliveryId::new())).await?;
    audit(actor, now, "tested", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// The webhook's secret. It is derived, so that nobody can read it from the database or a backup.
#[must_use]
pub fn key(tx: &Tx, webhook: &Webhook) -> SigningKey {
    SigningKey::new(&tx.secret().derive("webhook", format!("{}.{}", webhook.id, webhook.version).as_bytes()))
}

/// What a tool is told: words with counts, and a page of ours. No name, and nothing that somebody wrote.
#[derive(Clone, Debug)]
pub struct WebhookMessage {
    pub event: WebhookEvent,
    pub text: String,
    pub path: String,
    pub items: i64,
}

/// Tells every tool of a program that wants to hear of it, in the transaction in which it happens. `thing` and `time` make it one
/// delivery, however often it is said.
///
/// # Errors
/// What the database says.
pub async fn notify(tx: &mut Tx, now: Time, program: ProgramId, message: WebhookMessage, thing: impl Into<Uuid>) -> Result<()> {
    let key = format!("{}:{}:{}", message.event.as_str(), thing.into(), now.timestamp_micros());
    for webhook in store::list_subscribed(tx, program, message.event).await? {
        queue(tx, now, &webhook, &message, &key).await?;
    }
    Ok(())
}

pub(super) async fn queue(tx: &mut Tx, now: Time, webhook: &Webhook, message: &WebhookMessage, key: &str) -> Result<()> {
    let delivery = WebhookDelivery {
        id: DeliveryId::new(),
        webhook_id: webhook.id,
        event: message.event,
        text: message.text.clone(),
        path: message.path.clone(),
        items: message.items,
        at: now,
        state: WebhookDeliveryState::Waiting,
        attempts: 0,
        due_at: now,
        ended_at: None,
        error: None,
    };
    if store::add(tx, &delivery, key).await? {
        job::act::enqueue(tx, &Actor::System("webhooks"), now, sending(&delivery)).await?;
    }
    Ok(())
}

/// The job that sends a delivery. Deliveries to one webhook take turns, in the order in which they are due: what a tool refused and is told
/// again later comes after what happened since.
fn sending(delivery: &WebhookDelivery) -> JobRequest {
    JobRequest::new(JobKind::Webhook, delivery.id).in_lane(delivery.webhook_id).at(delivery.due_at)
}

/// Why a tool did not take a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRefusal {
    /// The tool says that it is gone, or its address may not be called: no later attempt can help.
    pub for_good: bool,
    pub why: String,
}

/// Records a sending. A tool that is gone, or to which nothing could be delivered for days, is paused. Gives when it is to be tried again.
///
/// # Errors
/// What the database says.
pub async fn record_attempt(
    tx: &mut Tx,
    now: Time,
    delivery: &WebhookDelivery,
    outcome: Result<(), DeliveryRefusal>,
) -> Result<Option<Time>> {
    let mut delivery = delivery.clone();
    delivery.attempts += 1;
    let Err(refused) = outcome else {
        (delivery.state, delivery.ended_at, delivery.error) = (WebhookDeliveryState::Delivered, Some(now), None);
        store::record_attempt(tx, &delivery).await?;
        store::recover(tx, delivery.webhook_id).await?;
        return Ok(None);
    };
    if refused.for_good || delivery.attempts >= rules::MAX_ATTEMPTS {
        (delivery.state, delivery.ended_at) = (WebhookDeliveryState::GivenUp, Some(now));
    } else {
        delivery.due_at = now + rules::wait_after(delivery.attempts);
    }
    delivery.error = Some(refused.why.clone());
    store::record_attempt(tx, &delivery).await?;
    let again = (delivery.state == WebhookDeliveryState::Waiting).then_some(delivery.due_at);
    let Some(since) = store::fail(tx, delivery.webhook_id, now).await? else { return Ok(None) };
    let lost = refused.for_good || rules::is_lost(since, now);
    if lost && store::pause(tx, delivery.webhook_id, now, Some(&refused.why)).await? {
        audit(&Actor::System("webhooks"), now, "paused", ResourceType::Webhook, delivery.webhook_id)
            .with(json!({ "why": refused.why }))
            .record(tx);
    }
    Ok(again)
}

async fn reach(tx: &mut Tx, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    actor.may(Permission::ConnectTools)?;
    store::find(tx, id).await?.ok_or(Error::NotFound)
}

fn check(form: &WebhookForm) -> Result<(String, String, String)> {
    let mut errors = ValidationErrors::default();
    let name = errors.text("name", "The name", &form.name, 80);
    let url = rules::url(&mut errors, &form.url, &form.networks);
    let events: Vec<&str> = WebhookEvent::choices().filter(|event| form.events.contains(event)).map(WebhookEvent::as_str).collect();
    if events.is_empty() {
        errors.add("events", "Please choose at least one thing that it is told.");
    }
    errors.finish()?;
    Ok((name, url, events.join(" ")))
}

/// What the audit log says of it: not the address, which for a chat room is its secret.
fn shown(webhook: &Webhook) -> serde_json::Value {
    json!({ "name": webhook.name, "shape": webhook.shape, "events": webhook.events })
}

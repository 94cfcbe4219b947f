//! Adding, changing, pausing, testing and removing webhooks; queueing deliveries, and recording their outcome.

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
use crate::kernel::ids::{DeliveryId, IdAtRevision, ProgramId, WebhookId};
use crate::kernel::networks::AllowedNetworks;
use crate::kernel::webhook_signature::SigningKey;
use crate::{access::job, program};

#[derive(Clone, Debug)]
pub struct WebhookForm {
    pub name: String,
    pub url: String,
    pub shape: WebhookFormat,
    pub events: Vec<WebhookEvent>,
    /// Private networks that the server's operator allows webhooks to call.
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
        revision: 1,
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

/// Changes a webhook. Waiting deliveries use the new address.
///
/// # Errors
/// `Invalid`, with every mistake; `NotFound`; `Conflict` when someone else has changed it.
pub async fn change(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<WebhookId>, form: WebhookForm) -> Result<Webhook> {
    let mut webhook = reach_seen(tx, actor, seen).await?;
    (webhook.name, webhook.url, webhook.events) = check(&form)?;
    webhook.shape = form.shape;
    save(tx, &webhook).await?;
    audit(actor, now, "changed", ResourceType::Webhook, webhook.id).with(shown(&webhook)).record(tx);
    Ok(webhook)
}

/// Replaces the secret; later deliveries are signed with the new one.
///
/// # Errors
/// `NotFound`; `Conflict` when someone else has changed it.
pub async fn renew(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<WebhookId>) -> Result<Webhook> {
    let mut webhook = reach_seen(tx, actor, seen).await?;
    webhook.version += 1;
    save(tx, &webhook).await?;
    audit(actor, now, "changed the secret", ResourceType::Webhook, webhook.id).record(tx);
    Ok(webhook)
}

/// Pauses a webhook. Events that happen while it is paused are not sent later.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is paused.
pub async fn pause(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    if !store::pause(tx, id, now, None).await? {
        return Err(Error::conflict("This webhook is already paused."));
    }
    audit(actor, now, "paused", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// Resumes a webhook. Waiting deliveries are sent as well.
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
/// `NotFound`; `Conflict` when someone else has changed it.
pub async fn remove(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<WebhookId>) -> Result<Webhook> {
    let webhook = reach_seen(tx, actor, seen).await?;
    store::delete(tx, webhook.id).await?;
    audit(actor, now, "removed", ResourceType::Webhook, webhook.id).with(shown(&webhook)).record(tx);
    Ok(webhook)
}

/// Queues a test delivery.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is paused.
pub async fn test(tx: &mut Tx, actor: &Actor, now: Time, id: WebhookId) -> Result<Webhook> {
    let webhook = reach(tx, actor, id).await?;
    if webhook.paused_at.is_some() {
        return Err(Error::conflict("This webhook is paused. Resume it before you send a test."));
    }
    let message = WebhookMessage { event: WebhookEvent::Test, text: "This is a test message.".into(), path: "/webhooks".into(), items: 0 };
    queue(tx, now, &webhook, &message, &format!("test:{}", DeliveryId::new())).await?;
    audit(actor, now, "tested", ResourceType::Webhook, id).record(tx);
    Ok(webhook)
}

/// The webhook's secret. It is derived, so that neither database nor backup contains it.
#[must_use]
pub fn key(tx: &Tx, webhook: &Webhook) -> SigningKey {
    SigningKey::new(&tx.secret().derive("webhook", format!("{}.{}", webhook.id, webhook.version).as_bytes()))
}

/// Text with counts, and the path of a page. No personal data, no mentions.
#[derive(Clone, Debug)]
pub struct WebhookMessage {
    pub event: WebhookEvent,
    pub text: String,
    pub path: String,
    pub items: i64,
}

/// Queues a delivery for every subscribed webhook of a program, in the transaction of the event. `thing` and `now` identify it, so that
/// repeating it queues nothing twice.
///
/// # Errors
/// Database errors.
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

/// The job that sends a delivery. Deliveries to one webhook take turns, in the order in which they are due, so a retry follows newer
/// deliveries.
fn sending(delivery: &WebhookDelivery) -> JobRequest {
    JobRequest::new(JobKind::Webhook, delivery.id).in_lane(delivery.webhook_id).at(delivery.due_at)
}

/// Why a delivery failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRefusal {
    /// The receiver is gone, or its address may not be called: a retry cannot help.
    pub for_good: bool,
    pub why: String,
}

/// Records an attempt. A webhook whose receiver is gone, or that has failed for days, is paused. Returns when to retry.
///
/// # Errors
/// Database errors.
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

/// The webhook as it was read.
async fn reach_seen(tx: &mut Tx, actor: &Actor, seen: IdAtRevision<WebhookId>) -> Result<Webhook> {
    let webhook = reach(tx, actor, seen.id).await?;
    if webhook.revision == seen.revision { Ok(webhook) } else { Err(changed()) }
}

async fn save(tx: &mut Tx, webhook: &Webhook) -> Result<()> {
    if store::update(tx, webhook).await? { Ok(()) } else { Err(changed()) }
}

fn changed() -> Error {
    Error::conflict("Someone else has changed this webhook. Compare it with what you entered, then save again.")
}

fn check(form: &WebhookForm) -> Result<(String, String, String)> {
    let mut errors = ValidationErrors::default();
    let name = errors.text("name", "The name", &form.name, 80);
    let url = rules::url(&mut errors, &form.url, &form.networks);
    let events: Vec<&str> = WebhookEvent::choices().filter(|event| form.events.contains(event)).map(WebhookEvent::as_str).collect();
    if events.is_empty() {
        errors.add("events", "Choose at least one event.");
    }
    errors.finish()?;
    Ok((name, url, events.join(" ")))
}

/// What the audit log contains: not the address, which for a chat room is a secret.
fn shown(webhook: &Webhook) -> serde_json::Value {
    json!({ "name": webhook.name, "shape": webhook.shape, "events": webhook.events })
}

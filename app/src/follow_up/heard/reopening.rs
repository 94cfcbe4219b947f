//! Reopening an item whose answer was not good enough, and notifying one person of it.

use serde_json::json;

use super::act::{living, touch};
use super::recipient::{organisation, queue_email, responsible, sender};
use super::store;
use super::{Heard, HeardEvent, HeardEventKind, ItemReopened, Notified, rules};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::Purpose;
use crate::access::outbox::EmailTemplate;
use crate::db::Tx;
use crate::follow_up::response;
use crate::kernel::clock::{Time, long_date};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{HeardEventId, HeardId, IdAtRevision, PanelistId};

/// How a reopening ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reopening {
    /// The item is reopened. Says who was notified by email, with their name.
    Reopened(Notified, Option<String>),
    /// It was already reopened; no second notification was sent.
    AlreadyOpen,
}

/// Reopens an answered item as it was read. Returns who was notified by email, with their name.
///
/// # Errors
/// As `reopen`; `Conflict` when it is open again already, or was changed since it was read.
pub async fn reopen_seen(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    seen: IdAtRevision<HeardId>,
    reason: &str,
) -> Result<(Notified, Option<String>)> {
    let item = living(tx, actor, Permission::ReopenItem, seen.id).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    rules::check_unchanged(&item, seen.revision)?;
    match reopen_item(tx, actor, now, &item, reason).await? {
        Reopening::AlreadyOpen => Err(Error::conflict("This item is already reopened. Draft a new answer instead.")),
        Reopening::Reopened(notified, name) => Ok((notified, name)),
    }
}

/// Reopens an answered item. An answer is reopened once, and one person is notified by email, with the reason: the owner,
/// or who published the answer where no owner can be reached. The reason may be empty.
///
/// # Errors
/// `Invalid` for a reason that is too long; `Conflict` when nothing was answered yet; `NotFound` for a panelist of another day.
pub async fn reopen(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, reason: &str) -> Result<Reopening> {
    let item = living(tx, actor, Permission::ReopenItem, id).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.optional_lines("reason", "The reason", reason, 500);
    errors.finish()?;
    reopen_item(tx, actor, now, &item, reason).await
}

async fn reopen_item(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, reason: String) -> Result<Reopening> {
    let id = item.id;
    let Some(answer) = response::store::find_current(tx, id).await? else {
        return Err(Error::conflict("This item has no published answer, so there is nothing to reopen."));
    };
    if response::rules::is_reopened(store::find_reopened(tx, id).await?, &answer) {
        return Ok(Reopening::AlreadyOpen);
    }
    let recipient = responsible(tx, item, &answer).await?;
    let panelist = match actor {
        Actor::Link { purpose: Purpose::Portal, subject, .. } => Some(PanelistId(*subject)),
        _ => None,
    };
    let event = HeardEvent {
        id: HeardEventId::new(),
        heard_id: id,
        kind: HeardEventKind::Reopened,
        panelist_id: panelist,
        by_account: actor.account(),
        reason,
        at: now,
        version_id: Some(answer.id),
        notified: Some(recipient.as_ref().map_or(Notified::Nobody, |(notified, _)| *notified)),
        notified_account: recipient.as_ref().and_then(|(_, recipient)| recipient.account),
    };
    if !store::create_event(tx, &event).await? {
        return Ok(Reopening::AlreadyOpen);
    }
    touch(tx, item).await?;
    audit(actor, now, "reopened", ResourceType::Heard, id).on_day(item.panel_day_id).with(json!({"reason": event.reason})).record(tx);
    tx.emit(&ItemReopened { at: now, program: item.program_id, item: item.id, number: item.number }).await?;
    let Some((notified, recipient)) = recipient else { return Ok(Reopening::Reopened(Notified::Nobody, None)) };
    let params = json!({
        "organisation": organisation(tx, item).await?,
        "number": item.number,
        "text": item.text,
        "reply": answer.text,
        "by": if panelist.is_some() { "A panelist".to_owned() } else { sender(actor) },
        "reason": event.reason,
        "as": notified.as_str(),
        "path": format!("/heard/{}", item.id),
    });
    queue_email(tx, now, item, &recipient, EmailTemplate::Reopened, params, format!("reopened:{}", event.id)).await?;
    Ok(Reopening::Reopened(notified, Some(recipient.name)))
}

/// Tells the owner, or who published the answer, that a panelist finds a promise that is not due yet not enough, or too late. The promise stays as it is.
///
/// # Errors
/// `NotFound`.
pub async fn notify_too_soon(tx: &mut Tx, now: Time, id: HeardId, panelist: PanelistId, remark: &str) -> Result<()> {
    let item = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let Some(answer) = response::store::find_current(tx, id).await? else { return Ok(()) };
    let Some((_, recipient)) = responsible(tx, &item, &answer).await? else { return Ok(()) };
    let params = json!({
        "organisation": organisation(tx, &item).await?,
        "number": item.number,
        "text": item.text,
        "reply": answer.text,
        "due": answer.due.map(long_date),
        "reason": remark,
        "path": format!("/heard/{}", item.id),
    });
    let key = format!("too-soon:{id}:{panelist}:{}", now.timestamp_micros());
    queue_email(tx, now, &item, &recipient, EmailTemplate::TooSoon, params, key).await
}

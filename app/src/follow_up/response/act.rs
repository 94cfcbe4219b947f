//! The life of a response: draft → submit for review → (return) → publish → deliver → confirm.

use chrono::NaiveDate;
use serde_json::json;

use super::rules::{self, ResponseContent};
use super::{CommitmentDelivery, ResponseKind, ResponseVersion, VersionStage, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::coded;
use crate::db::Tx;
use crate::follow_up::heard::{self, Heard};
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{HeardId, IdAtRevision, ResponseId, VersionId};
use crate::program::day;

/// What was typed, and which save it is based on.
#[derive(Clone, Debug)]
pub struct DraftResponse {
    /// The item that is answered.
    pub item: IdAtRevision<HeardId>,
    /// The draft that is changed; none for the first words, or the first after publishing.
    pub version: Option<IdAtRevision<VersionId>>,
    pub content: ResponseContent,
}

/// Saves a draft: the first version of an item's response, the next one after a published version, a new response after
/// reopening, or a change to a draft. A version in review that is changed goes back to being a draft.
///
/// # Errors
/// `NotFound` outside of the actor's scope; `Invalid` as `rules::check`; `Conflict` when the item has ended, or somebody
/// else changed the item or the draft since they were read.
pub async fn draft(tx: &mut Tx, actor: &Actor, now: Time, cmd: DraftResponse) -> Result<ResponseVersion> {
    let item = heard::act::living(tx, actor, Permission::DraftResponse, cmd.item.id).await?;
    if item.state() == heard::HeardState::Draft {
        return Err(Error::conflict(coded!("error-item-draft")));
    }
    let current = store::find_current(tx, item.id).await?;
    let waiting = store::find_unpublished(tx, item.id).await?;
    let checked = rules::check(&cmd.content, today(tx, &item, now).await?, current.is_some())?;
    if waiting.as_ref().map(ResponseVersion::seen) != cmd.version {
        return Err(rules::stale_error(waiting.as_ref().or(current.as_ref())));
    }
    heard::rules::check_unchanged(&item, cmd.item.revision).map_err(|changed| match actor {
        Actor::Link { .. } => Error::conflict(coded!("error-item-changed-guest", text = &item.text)),
        _ => changed,
    })?;
    let (response_id, number) = place_of_draft(tx, item.id, waiting.as_ref(), current.as_ref()).await?;
    let version = ResponseVersion {
        id: waiting.as_ref().map_or_else(VersionId::new, |waiting| waiting.id),
        response_id,
        heard_id: item.id,
        number,
        kind: checked.kind,
        text: checked.text,
        link: checked.link,
        decline_reason: checked.decline_reason,
        owner: checked.owner,
        due: checked.due,
        change_reason: checked.change_reason,
        revision: waiting.as_ref().map_or(1, |waiting| waiting.revision + 1),
        drafted_by: actor.account(),
        drafted_as: drafter(actor, &item),
        drafted_at: now,
        submitted_at: None,
        returned_at: waiting.as_ref().and_then(|waiting| waiting.returned_at),
        return_reason: waiting.as_ref().and_then(|waiting| waiting.return_reason.clone()),
        published_by: None,
        published_at: None,
    };
    let saved = if let Some(waiting) = &waiting {
        store::update(tx, &ResponseVersion { revision: waiting.revision, ..version.clone() }).await?
    } else {
        if number == 1 {
            store::create(tx, response_id, item.id, now).await?;
        }
        store::create_version(tx, &version).await?
    };
    if !saved {
        return Err(rules::stale_error(None));
    }
    audit(actor, now, "drafted", ResourceType::Response, response_id)
        .on_day(item.panel_day_id)
        .with(json!({"heard": item.id, "version": number, "kind": version.kind, "text": version.text, "due": version.due}))
        .record(tx);
    Ok(version)
}

/// The response that a draft belongs to, and its number among the versions of it.
async fn place_of_draft(
    tx: &mut Tx,
    item: HeardId,
    waiting: Option<&ResponseVersion>,
    current: Option<&ResponseVersion>,
) -> Result<(ResponseId, i64)> {
    if let Some(waiting) = waiting {
        return Ok((waiting.response_id, waiting.number));
    }
    let Some(current) = current else { return Ok((ResponseId::new(), 1)) };
    // An answer that did not hold stays as it was given, with its delivery; the next one is a response of its own.
    let reopened = rules::is_reopened(heard::store::find_reopened(tx, item).await?, current);
    Ok(if reopened { (ResponseId::new(), 1) } else { (current.response_id, current.number + 1) })
}

/// Submits a draft for review, as it was read. Submitting twice changes nothing.
///
/// # Errors
/// `NotFound`; `Conflict` for a published version, or one that was changed since it was read.
pub async fn submit_for_review(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<VersionId>) -> Result<()> {
    let (mut version, item) = reach(tx, actor, Permission::DraftResponse, seen.id).await?;
    rules::check_unpublished(&version)?;
    // A double click: nothing happened since but the submission itself.
    if version.stage() == VersionStage::InReview && version.revision == seen.revision + 1 {
        return Ok(());
    }
    rules::check_unchanged(&version, seen.revision)?;
    if version.stage() == VersionStage::InReview {
        return Ok(());
    }
    version.submitted_at = Some(now);
    (version.returned_at, version.return_reason) = (None, None);
    save(tx, &version).await?;
    // The audit log's word for submitting, as in the lines of before: the keyed chain covers it.
    audit(actor, now, "handed in", ResourceType::Response, version.response_id)
        .on_day(item.panel_day_id)
        .with(json!({"version": version.number}))
        .record(tx);
    Ok(())
}

/// Returns a version in review to its drafter, with what is missing. Who drafted it is notified by email.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` when it is not in review, or was changed since it was read. Gives the name of who was notified.
pub async fn return_to_draft(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<VersionId>, reason: &str) -> Result<Option<String>> {
    let (mut version, item) = reach(tx, actor, Permission::PublishResponse, seen.id).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "What is missing", reason, 500);
    errors.finish()?;
    if version.stage() != VersionStage::InReview {
        return Err(Error::conflict("Only an answer in review can be returned. Reload the page to see its status."));
    }
    rules::check_unchanged(&version, seen.revision)?;
    version.submitted_at = None;
    (version.returned_at, version.return_reason) = (Some(now), Some(reason.clone()));
    save(tx, &version).await?;
    // As above: the word of the lines of before.
    audit(actor, now, "sent back", ResourceType::Response, version.response_id)
        .on_day(item.panel_day_id)
        .with(json!({"version": version.number, "reason": reason}))
        .record(tx);
    heard::returned::notify(tx, actor, now, &item, &version).await
}

/// A version to be published, beneath the item's words: both as the reviewer read them.
#[derive(Clone, Copy, Debug)]
pub struct PublishVersion {
    pub version: IdAtRevision<VersionId>,
    /// The revision of its item.
    pub item: i64,
}

/// Publishes a version exactly as the reviewer saw it. The item is marked as answered in the same unit: it can neither be merged nor withdrawn
/// from then on.
///
/// # Errors
/// `Conflict` when the version or its item changed since they were read, it is not in review, is published already, or promises a date that
/// has passed while it waited.
pub async fn publish(tx: &mut Tx, actor: &Actor, now: Time, cmd: PublishVersion) -> Result<()> {
    let (version, item) = reach(tx, actor, Permission::PublishResponse, cmd.version.id).await?;
    let stage = version.stage();
    if stage == VersionStage::Published {
        return Err(Error::conflict("This version is already published."));
    }
    rules::check_unchanged(&version, cmd.version.revision)?;
    if stage == VersionStage::Draft {
        return Err(Error::conflict("This is still a draft. Submit it for review first."));
    }
    heard::rules::check_unchanged(&item, cmd.item)?;
    let today = today(tx, &item, now).await?;
    if version.due.is_some_and(|due| due < today) {
        return Err(Error::conflict("The due date passed while this was in review. Set a later due date, then publish."));
    }
    let published = store::publish(tx, version.id, version.revision, actor.account(), now).await?;
    if !published || !heard::store::answer(tx, item.id, item.revision, now).await? {
        return Err(Error::conflict("Someone else changed this item at the same time. Reload the page and check it before you publish."));
    }
    audit(actor, now, "published", ResourceType::Response, version.response_id)
        .on_day(item.panel_day_id)
        .with(json!({
            "heard": item.id, "version": version.number, "kind": version.kind, "text": version.text,
            "owner": version.owner, "due": version.due, "reason": version.change_reason,
        }))
        .record(tx);
    Ok(())
}

/// Evidence that a commitment was delivered.
#[derive(Clone, Debug)]
pub struct DeliverCommitment {
    pub heard: HeardId,
    /// The version that was read.
    pub commitment: VersionId,
    /// The revision of the evidence that this replaces; none for the first.
    pub seen: Option<i64>,
    pub evidence: String,
}

/// Records the evidence that a commitment was delivered.
///
/// # Errors
/// `Invalid` without evidence; `Conflict` when nothing was promised, it is confirmed already, or the promise or its evidence changed since they
/// were read.
pub async fn deliver(tx: &mut Tx, actor: &Actor, now: Time, cmd: DeliverCommitment) -> Result<()> {
    let item = heard::act::living(tx, actor, Permission::RecordDelivery, cmd.heard).await?;
    let commitment = commitment(tx, cmd.heard).await?;
    let mut errors = ValidationErrors::default();
    let evidence = errors.lines("evidence", "The evidence", &cmd.evidence, 1000);
    errors.finish()?;
    rules::check_commitment(&commitment, cmd.commitment)?;
    let before = store::find_delivery(tx, commitment.response_id).await?;
    rules::check_evidence(before.as_ref(), cmd.seen)?;
    let delivery = CommitmentDelivery {
        response_id: commitment.response_id,
        evidence,
        revision: 1,
        claimed_by: actor.account(),
        claimed_at: now,
        confirmed_by: None,
        confirmed_at: None,
    };
    let saved = match cmd.seen {
        None => store::claim(tx, &delivery).await?,
        Some(seen) => store::replace_claim(tx, &delivery, seen).await?,
    };
    if !saved {
        return Err(evidence_moved_on());
    }
    audit(actor, now, "delivered", ResourceType::Response, commitment.response_id)
        .on_day(item.panel_day_id)
        .with(json!({"heard": item.id, "evidence": delivery.evidence}))
        .record(tx);
    Ok(())
}

/// A commitment and its evidence, as they were read.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmDelivery {
    pub heard: HeardId,
    pub commitment: VersionId,
    /// The revision of the evidence.
    pub seen: i64,
}

/// Confirms a delivery by the evidence that was read. It takes a second person.
///
/// # Errors
/// `Conflict` when nothing was claimed, for the claimer, when it is confirmed already, or when the promise or its evidence changed since they
/// were read.
pub async fn confirm(tx: &mut Tx, actor: &Actor, now: Time, cmd: ConfirmDelivery) -> Result<()> {
    let item = heard::act::living(tx, actor, Permission::ConfirmDelivery, cmd.heard).await?;
    let commitment = commitment(tx, cmd.heard).await?;
    let delivery = store::find_delivery(tx, commitment.response_id).await?;
    let delivery = delivery.ok_or_else(|| Error::conflict("No evidence is recorded yet. Record the delivery first."))?;
    rules::check_commitment(&commitment, cmd.commitment)?;
    rules::check_evidence(Some(&delivery), Some(cmd.seen))?;
    if delivery.claimed_by == actor.account() {
        return Err(Error::conflict("You recorded this evidence yourself. Ask a colleague to confirm it."));
    }
    if !store::confirm(tx, commitment.response_id, cmd.seen, actor.account(), now).await? {
        return Err(evidence_moved_on());
    }
    audit(actor, now, "confirmed", ResourceType::Response, commitment.response_id)
        .on_day(item.panel_day_id)
        .with(json!({"heard": item.id, "evidence": delivery.evidence}))
        .record(tx);
    Ok(())
}

fn evidence_moved_on() -> Error {
    Error::conflict("The evidence was changed at the same time. Read it again, then confirm.")
}

async fn commitment(tx: &mut Tx, heard: HeardId) -> Result<ResponseVersion> {
    let current = store::find_current(tx, heard).await?.filter(|version| version.kind == ResponseKind::Commit);
    current.ok_or_else(|| Error::conflict("This item has no published commitment, so there is nothing to deliver."))
}

async fn reach(tx: &mut Tx, actor: &Actor, permission: Permission, id: VersionId) -> Result<(ResponseVersion, Heard)> {
    actor.may(permission)?;
    let version = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let item = heard::act::living(tx, actor, permission, version.heard_id).await?;
    Ok((version, item))
}

async fn save(tx: &mut Tx, version: &ResponseVersion) -> Result<()> {
    if store::update(tx, version).await? { Ok(()) } else { Err(rules::stale_error(None)) }
}

/// Today where the panel sat: a promise is due at the end of that day there.
async fn today(tx: &mut Tx, item: &Heard, now: Time) -> Result<NaiveDate> {
    let day = day::store::find(tx, item.panel_day_id).await?.ok_or(Error::NotFound)?;
    Ok(local_day(now, day.zone()))
}

fn drafter(actor: &Actor, item: &Heard) -> String {
    match actor {
        Actor::Account { name, .. } => name.clone(),
        Actor::Link { .. } => item.owner_name.clone().unwrap_or_default(),
        Actor::System(_) | Actor::Nobody => "The program".into(),
    }
}

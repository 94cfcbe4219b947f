//! From notes to an answerable item: draft, reword, open, merge, withdraw.

use std::collections::HashMap;

use serde_json::json;

use super::store;
use super::{Heard, HeardState, rules};
use crate::access::account::{Actor, Permission, Scope};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::Purpose;
use crate::coded;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, HeardId, IdAtRevision, NoteId, PanelDayId, PanelistId};
use crate::{panel_day::session, program::day, recruiting::panelist};

/// Whether `actor` reaches an item with `permission`.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table; `NotFound` for an item outside of the actor's scope.
pub async fn reach(tx: &mut Tx, actor: &Actor, permission: Permission, id: HeardId) -> Result<Heard> {
    let scope = actor.may(permission)?;
    let item = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let reached = match (scope, actor) {
        (Scope::All, _) => true,
        (Scope::Day, Actor::Account { id: account, .. }) => session::store::moderates(tx, *account, item.panel_day_id).await?,
        (Scope::Unit, Actor::Account { id: account, unit, .. }) => is_owner(&item, *account, unit.as_deref()),
        (Scope::Own, Actor::Link { purpose: Purpose::Response, subject, .. }) => *subject == item.id.0,
        (Scope::Own, Actor::Link { purpose: Purpose::Portal, subject, .. }) => is_theirs(tx, &item, PanelistId(*subject)).await?,
        _ => false,
    };
    if reached { Ok(item) } else { Err(Error::NotFound) }
}

/// Whether an item belongs to an account, or to its business unit.
pub(crate) fn is_owner(item: &Heard, account: AccountId, unit: Option<&str>) -> bool {
    item.owner_account == Some(account) || (unit.is_some_and(|unit| !unit.is_empty()) && item.owner_unit.as_deref() == unit)
}

/// An item is a panelist's when it comes from their day, or from their own words on another.
async fn is_theirs(tx: &mut Tx, item: &Heard, panelist: PanelistId) -> Result<bool> {
    let Some(panelist) = panelist::store::find(tx, panelist).await? else { return Ok(false) };
    Ok(panelist.panel_day_id == item.panel_day_id || store::raised(tx, item.id, panelist.id).await?)
}

#[derive(Clone, Debug)]
pub struct DraftItem {
    pub panel_day: PanelDayId,
    pub text: String,
    pub topic: String,
    pub notes: Vec<NoteId>,
}

/// Drafts an item from notes of one day.
///
/// # Errors
/// `NotFound` for a day that is not the actor's; `Invalid` without a text, without notes, or with notes of another day.
pub async fn draft(tx: &mut Tx, actor: &Actor, now: Time, cmd: DraftItem) -> Result<Heard> {
    session::act::may_on_day(tx, actor, Permission::EditHeard, cmd.panel_day).await?;
    let day = day::store::find(tx, cmd.panel_day).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let text = errors.lines("text", "The wording", &cmd.text, 500);
    let topic = errors.optional("topic", "The topic", &cmd.topic, 80);
    if cmd.notes.is_empty() {
        errors.add("notes", "Select at least one note. Every item needs a source.");
    }
    errors.finish()?;
    check_notes(tx, day.id, &cmd.notes).await?;
    let mut item = Heard {
        id: HeardId::new(),
        program_id: day.program_id,
        panel_day_id: day.id,
        number: 0,
        text,
        topic: (!topic.is_empty()).then_some(topic),
        owner_account: None,
        owner_name: None,
        owner_email: None,
        owner_unit: None,
        owned_at: None,
        opened_at: None,
        merged_into: None,
        merged_at: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        answered_at: None,
        revision: 1,
        created_by: actor.account(),
        created_at: now,
    };
    item.number = store::create(tx, &item).await?;
    store::attach(tx, item.id, &cmd.notes).await?;
    audit(actor, now, "drafted", ResourceType::Heard, item.id)
        .on_day(day.id)
        .with(json!({"text": item.text, "notes": cmd.notes}))
        .record(tx);
    Ok(item)
}

async fn check_notes(tx: &mut Tx, day: PanelDayId, notes: &[NoteId]) -> Result<()> {
    let found: HashMap<NoteId, PanelDayId> = store::list_note_days(tx, notes).await?.into_iter().collect();
    if notes.iter().all(|note| found.get(note) == Some(&day)) {
        Ok(())
    } else {
        Err(Error::field("notes", "One of the notes belongs to another day or was withdrawn. Reload the page and select again."))
    }
}

/// The item that a command is about, if it has not ended.
///
/// # Errors
/// As `reach`; `Conflict` for one that has ended, with the item that it was merged into.
pub(crate) async fn living(tx: &mut Tx, actor: &Actor, permission: Permission, id: HeardId) -> Result<Heard> {
    let item = reach(tx, actor, permission, id).await?;
    if item.state() == HeardState::Merged
        && let Some(survivor) = store::find_survivor(tx, id).await?
        && reach(tx, actor, permission, survivor.id).await.is_ok()
    {
        let (number, into, text) = (item.number, survivor.number, &survivor.text);
        return Err(Error::conflict(coded!("error-item-merged-into", number = number, survivor = into, text = text)));
    }
    rules::check_alive(&item)?;
    Ok(item)
}

/// The item that a command is about, if it has not ended and is as it was read.
async fn unchanged(tx: &mut Tx, actor: &Actor, permission: Permission, seen: IdAtRevision<HeardId>) -> Result<Heard> {
    let item = living(tx, actor, permission, seen.id).await?;
    rules::check_unchanged(&item, seen.revision)?;
    Ok(item)
}

#[derive(Clone, Debug)]
pub struct RewordItem {
    pub item: IdAtRevision<HeardId>,
    pub text: String,
    pub topic: String,
}

/// Changes an item's words or topic. Reports that were finalised keep theirs.
///
/// # Errors
/// `Conflict` when someone else saved in between, or the item has ended.
pub async fn reword(tx: &mut Tx, actor: &Actor, now: Time, cmd: RewordItem) -> Result<Heard> {
    let mut item = living(tx, actor, Permission::EditHeard, cmd.item.id).await?;
    let mut errors = ValidationErrors::default();
    let text = errors.lines("text", "The wording", &cmd.text, 500);
    let topic = errors.optional("topic", "The topic", &cmd.topic, 80);
    errors.finish()?;
    rules::check_unchanged(&item, cmd.item.revision)?;
    let before = std::mem::replace(&mut item.text, text);
    item.topic = (!topic.is_empty()).then_some(topic);
    save(tx, &item).await?;
    audit(actor, now, "reworded", ResourceType::Heard, item.id)
        .on_day(item.panel_day_id)
        .with(json!({"before": before, "after": item.text}))
        .record(tx);
    Ok(item)
}

/// Adds notes of the item's day.
///
/// # Errors
/// `Invalid` for notes of another day; `Conflict` when the item has ended.
pub async fn attach(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, notes: &[NoteId]) -> Result<()> {
    let item = living(tx, actor, Permission::EditHeard, id).await?;
    check_notes(tx, item.panel_day_id, notes).await?;
    store::attach(tx, id, notes).await?;
    touch(tx, &item).await?;
    audit(actor, now, "added notes", ResourceType::Heard, id).on_day(item.panel_day_id).with(json!({"notes": notes})).record(tx);
    Ok(())
}

/// Removes a note. The last one stays: every item needs a source.
///
/// # Errors
/// `NotFound`; `Conflict` for the last note, or when the item was changed since it was read.
pub async fn detach(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<HeardId>, note: NoteId) -> Result<()> {
    let item = unchanged(tx, actor, Permission::EditHeard, seen).await?;
    let id = item.id;
    if store::list_sources(tx, id).await?.iter().all(|source| source.note_id == note) {
        return Err(Error::conflict("This is the only note of the item, so it cannot be removed. Withdraw the item instead."));
    }
    if !store::detach(tx, id, note).await? {
        return Err(Error::NotFound);
    }
    touch(tx, &item).await?;
    audit(actor, now, "removed a note", ResourceType::Heard, id).on_day(item.panel_day_id).with(json!({"note": note})).record(tx);
    Ok(())
}

/// Publishes a draft to the board: it now needs an owner and an answer. Publishing twice changes nothing.
///
/// # Errors
/// `Conflict` when the item has ended, or was changed since it was read.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<HeardId>) -> Result<Heard> {
    let mut item = living(tx, actor, Permission::EditHeard, seen.id).await?;
    if item.state() == HeardState::Open {
        return Ok(item);
    }
    rules::check_unchanged(&item, seen.revision)?;
    item.opened_at = Some(now);
    save(tx, &item).await?;
    item.revision += 1;
    audit(actor, now, "opened", ResourceType::Heard, item.id).on_day(item.panel_day_id).record(tx);
    Ok(item)
}

/// Merges an item into another of the same program, which takes over its notes. Both are as they were read, and both are marked as changed:
/// so of two merges that touch one item the second begins again from what the first left, and no circle can arise, however long.
///
/// # Errors
/// `Conflict` for an item with a published response: a promise stays where it was made, so merge the other way round; and when either item
/// has ended, or was changed since it was read.
pub async fn merge(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<HeardId>, into: IdAtRevision<HeardId>) -> Result<()> {
    let mut item = living(tx, actor, Permission::EditHeard, seen.id).await?;
    let survivor = living(tx, actor, Permission::EditHeard, into.id).await?;
    if item.id == survivor.id || item.program_id != survivor.program_id {
        return Err(Error::field("into", "Choose another item of the same program."));
    }
    if item.answered_at.is_some() {
        return Err(Error::conflict(format!(
            "Item {} has a published answer, so it cannot be merged. Merge item {} into it instead.",
            item.number, survivor.number
        )));
    }
    rules::check_survivor(&item, &survivor)?;
    rules::check_unchanged(&item, seen.revision)?;
    rules::check_unchanged(&survivor, into.revision)?;
    store::inherit(tx, survivor.id, item.id).await?;
    item.merged_into = Some(survivor.id);
    item.merged_at = Some(now);
    save(tx, &item).await?;
    touch(tx, &survivor).await?;
    audit(actor, now, "merged", ResourceType::Heard, item.id)
        .on_day(item.panel_day_id)
        .with(json!({"into": survivor.id, "text": item.text}))
        .record(tx);
    Ok(())
}

/// Withdraws an item, with the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` when a response was published, or the item was changed since it was read.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, seen: IdAtRevision<HeardId>, reason: &str) -> Result<()> {
    let mut item = living(tx, actor, Permission::EditHeard, seen.id).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 300);
    errors.finish()?;
    if item.answered_at.is_some() {
        return Err(Error::conflict(
            "This item has a published answer, so it cannot be withdrawn. Publish a new version that declines it instead.",
        ));
    }
    rules::check_unchanged(&item, seen.revision)?;
    item.withdrawn_at = Some(now);
    item.withdrawn_reason = Some(reason.clone());
    save(tx, &item).await?;
    audit(actor, now, "withdrew", ResourceType::Heard, item.id).on_day(item.panel_day_id).with(json!({"reason": reason})).record(tx);
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, item: &Heard) -> Result<()> {
    if store::update(tx, item).await? { Ok(()) } else { Err(stale_error()) }
}

/// Counts a change that is not in the item's own row.
pub(super) async fn touch(tx: &mut Tx, item: &Heard) -> Result<()> {
    if store::touch(tx, item.id, item.revision).await? { Ok(()) } else { Err(stale_error()) }
}

fn stale_error() -> Error {
    Error::conflict("Someone else changed this item at the same time. Reload the page and check it.")
}

//! From notes to an answerable item: draft, word, open, merge, withdraw, assign, reopen.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::store;
use super::{Event, EventKind, Heard, Notified, State, rules};
use crate::account::{self, Actor, Scope, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::{Time, long_date};
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AccountId, HeardEventId, HeardId, NoteId, PanelDayId, PanelistId, Seen};
use crate::link::{self, Purpose};
use crate::outbox::{self, Template};
use crate::{panel_day, panelist, program, response, session, webhook};

/// Whether `actor` reaches an item with `verb`.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table; `NotFound` for an item outside of the actor's scope.
pub async fn reach(tx: &mut Tx, actor: &Actor, verb: Verb, id: HeardId) -> Result<Heard> {
    let scope = actor.may(verb)?;
    let item = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let reached = match (scope, actor) {
        (Scope::All, _) => true,
        (Scope::Day, Actor::Account { id: account, .. }) => session::store::moderates(tx, *account, item.panel_day_id).await?,
        (Scope::Unit, Actor::Account { id: account, unit, .. }) => is_owner(&item, *account, unit.as_deref()),
        (Scope::Own, Actor::Link { purpose: Purpose::Response, subject, .. }) => *subject == item.id.0,
        (Scope::Own, Actor::Link { purpose: Purpose::Door, subject, .. }) => is_theirs(tx, &item, PanelistId(*subject)).await?,
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

/// A new item.
#[derive(Clone, Debug)]
pub struct Draft {
    pub panel_day: PanelDayId,
    pub text: String,
    pub topic: String,
    pub notes: Vec<NoteId>,
}

/// Drafts an item from notes of one day.
///
/// # Errors
/// `NotFound` for a day that is not the actor's; `Invalid` without a text, without notes, or with notes of another day.
pub async fn draft(tx: &mut Tx, actor: &Actor, now: Time, cmd: Draft) -> Result<Heard> {
    session::act::may_on_day(tx, actor, Verb::EditHeard, cmd.panel_day).await?;
    let day = panel_day::store::find(tx, cmd.panel_day).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    let text = wrong.lines("text", "What was heard", &cmd.text, 500);
    let topic = wrong.optional("topic", "The topic", &cmd.topic, 80);
    if cmd.notes.is_empty() {
        wrong.say("notes", "Choose the notes that this was heard in: an item without a source cannot be followed back.");
    }
    wrong.finish()?;
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
    did(actor, now, "drafted", Thing::Heard, item.id).on_day(day.id).with(json!({"text": item.text, "notes": cmd.notes})).record(tx);
    Ok(item)
}

async fn check_notes(tx: &mut Tx, day: PanelDayId, notes: &[NoteId]) -> Result<()> {
    let found: HashMap<NoteId, PanelDayId> = store::list_note_days(tx, notes).await?.into_iter().collect();
    if notes.iter().all(|note| found.get(note) == Some(&day)) {
        Ok(())
    } else {
        Err(Error::field("notes", "One of the notes is not from this day, or was withdrawn."))
    }
}

/// The item that a command is about, if it has not ended.
///
/// # Errors
/// As `reach`; `Conflict` for one that has ended, with the item that it was merged into.
pub(crate) async fn living(tx: &mut Tx, actor: &Actor, verb: Verb, id: HeardId) -> Result<Heard> {
    let item = reach(tx, actor, verb, id).await?;
    if item.state() == State::Merged
        && let Some(survivor) = store::find_survivor(tx, id).await?
        && reach(tx, actor, verb, survivor.id).await.is_ok()
    {
        return Err(Error::conflict(format!(
            "Item {} was merged into item {}: “{}” Please work on that one.",
            item.number, survivor.number, survivor.text
        )));
    }
    rules::check_alive(&item)?;
    Ok(item)
}

/// The item that a command is about, if it has not ended and is as it was read.
async fn unchanged(tx: &mut Tx, actor: &Actor, verb: Verb, seen: Seen<HeardId>) -> Result<Heard> {
    let item = living(tx, actor, verb, seen.id).await?;
    rules::check_unchanged(&item, seen.revision)?;
    Ok(item)
}

/// A change of wording.
#[derive(Clone, Debug)]
pub struct Word {
    pub item: Seen<HeardId>,
    pub text: String,
    pub topic: String,
}

/// Changes an item's words or topic. Reports that were frozen keep theirs.
///
/// # Errors
/// `Conflict` when somebody else saved in between, or the item has ended.
pub async fn word(tx: &mut Tx, actor: &Actor, now: Time, cmd: Word) -> Result<Heard> {
    let mut item = living(tx, actor, Verb::EditHeard, cmd.item.id).await?;
    let mut wrong = Wrong::default();
    let text = wrong.lines("text", "What was heard", &cmd.text, 500);
    let topic = wrong.optional("topic", "The topic", &cmd.topic, 80);
    wrong.finish()?;
    rules::check_unchanged(&item, cmd.item.revision)?;
    let before = std::mem::replace(&mut item.text, text);
    item.topic = (!topic.is_empty()).then_some(topic);
    save(tx, &item).await?;
    did(actor, now, "reworded", Thing::Heard, item.id)
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
    let item = living(tx, actor, Verb::EditHeard, id).await?;
    check_notes(tx, item.panel_day_id, notes).await?;
    store::attach(tx, id, notes).await?;
    touch(tx, &item).await?;
    did(actor, now, "added notes", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"notes": notes})).record(tx);
    Ok(())
}

/// Takes a note off. The last one stays: an item without a source cannot be followed back.
///
/// # Errors
/// `NotFound`; `Conflict` for the last note, or when the item was changed since it was read.
pub async fn detach(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>, note: NoteId) -> Result<()> {
    let item = unchanged(tx, actor, Verb::EditHeard, seen).await?;
    let id = item.id;
    if store::list_sources(tx, id).await?.iter().all(|source| source.note_id == note) {
        return Err(Error::conflict("This is the item's only note. Withdraw the item instead."));
    }
    if !store::detach(tx, id, note).await? {
        return Err(Error::NotFound);
    }
    touch(tx, &item).await?;
    did(actor, now, "removed a note", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"note": note})).record(tx);
    Ok(())
}

/// Opens a drafted item: from now on it waits for an owner and an answer. Opening an open item changes nothing.
///
/// # Errors
/// `Conflict` when the item has ended, or was changed since it was read.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>) -> Result<Heard> {
    let mut item = living(tx, actor, Verb::EditHeard, seen.id).await?;
    if item.state() == State::Open {
        return Ok(item);
    }
    rules::check_unchanged(&item, seen.revision)?;
    item.opened_at = Some(now);
    save(tx, &item).await?;
    item.revision += 1;
    did(actor, now, "opened", Thing::Heard, item.id).on_day(item.panel_day_id).record(tx);
    Ok(item)
}

/// Merges an item into another of the same program, which takes over its notes. Both are as they were read, and both are marked as changed:
/// so of two merges that touch one item the second begins again from what the first left, and no circle can arise, however long.
///
/// # Errors
/// `Conflict` for an item with a published response: a promise stays where it was made, so merge the other way round; and when either item
/// has ended, or was changed since it was read.
pub async fn merge(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>, into: Seen<HeardId>) -> Result<()> {
    let mut item = living(tx, actor, Verb::EditHeard, seen.id).await?;
    let survivor = living(tx, actor, Verb::EditHeard, into.id).await?;
    if item.id == survivor.id || item.program_id != survivor.program_id {
        return Err(Error::field("into", "Choose another item of the same program."));
    }
    if item.answered_at.is_some() {
        return Err(Error::conflict(format!(
            "Item {} was answered already, and a published answer stays where it was given. Merge item {} into it instead.",
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
    did(actor, now, "merged", Thing::Heard, item.id)
        .on_day(item.panel_day_id)
        .with(json!({"into": survivor.id, "text": item.text}))
        .record(tx);
    Ok(())
}

/// Withdraws an item, with the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` when a response was published, or the item was changed since it was read.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>, reason: &str) -> Result<()> {
    let mut item = living(tx, actor, Verb::EditHeard, seen.id).await?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 300);
    wrong.finish()?;
    if item.answered_at.is_some() {
        return Err(Error::conflict("This item was answered in public. It can be declined in a new version, but not withdrawn."));
    }
    rules::check_unchanged(&item, seen.revision)?;
    item.withdrawn_at = Some(now);
    item.withdrawn_reason = Some(reason.clone());
    save(tx, &item).await?;
    did(actor, now, "withdrew", Thing::Heard, item.id).on_day(item.panel_day_id).with(json!({"reason": reason})).record(tx);
    Ok(())
}

/// Who is to answer: an account, or somebody without one, by a link to this item alone.
#[derive(Clone, Debug)]
pub enum Owner {
    Account(AccountId),
    Guest { name: String, email: String, unit: String },
}

/// Gives an open item its owner and asks them, by mail, for a response. A former guest's link stops opening.
///
/// # Errors
/// `Invalid` for an unknown account or a mistyped address; `Conflict` when the item is not open, or was changed since it was read.
pub async fn assign(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>, owner: Owner, message: &str) -> Result<Heard> {
    let mut item = living(tx, actor, Verb::Assign, seen.id).await?;
    if item.state() == State::Draft {
        return Err(Error::conflict("Open the item first: a draft has nothing to answer yet."));
    }
    let mut wrong = Wrong::default();
    let message = wrong.optional_lines("message", "The message", message, 1000);
    let asked = item.clone();
    match owner {
        Owner::Account(account) => {
            let account = account::store::find(tx, account).await?.filter(|account| account.closed_at.is_none());
            let account = account.ok_or_else(|| Error::field("owner", "Please choose who answers."))?;
            item.owner_account = Some(account.id);
            item.owner_name = Some(account.name);
            item.owner_email = Some(account.email);
            item.owner_unit = account.unit;
        }
        Owner::Guest { name, email, unit } => {
            item.owner_account = None;
            item.owner_name = Some(wrong.text("name", "The name", &name, 120));
            item.owner_email = Some(wrong.email(&email));
            item.owner_unit = Some(wrong.optional("unit", "The unit", &unit, 80)).filter(|unit| !unit.is_empty());
        }
    }
    wrong.finish()?;
    rules::check_unchanged(&asked, seen.revision)?;
    item.owned_at = Some(now);
    save(tx, &item).await?;
    item.revision += 1;
    link::store::revoke(tx, Purpose::Response, item.id.0, now).await?;
    did(actor, now, "assigned", Thing::Heard, item.id)
        .on_day(item.panel_day_id)
        .with(json!({"before": asked.owner(), "after": item.owner()}))
        .record(tx);
    ask(tx, actor, now, &item, &message).await?;
    Ok(item)
}

/// Mails the owner. One without an account gets a link that opens this item and nothing else.
async fn ask(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, message: &str) -> Result<()> {
    let Some(owner) = owner(tx, item).await? else { return Ok(()) };
    let params = json!({
        "organisation": organisation(tx, item).await?,
        "number": item.number,
        "text": item.text,
        "by": sender(actor),
        "note": message,
        "path": format!("/heard/{}", item.id),
    });
    mail(tx, now, item, &owner, Template::Response, params, format!("response:{}:{}", item.id, item.revision)).await
}

/// How a reopening ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reopening {
    /// The item is open again. Says who was told by mail, with their name.
    Reopened(Notified, Option<String>),
    /// It was open again already, and nobody was told once more.
    AlreadyOpen,
}

/// Reopens an answered item that somebody read: the answer did not hold. Says who was notified by mail, with their name.
///
/// # Errors
/// As `reopen`; `Conflict` when it is open again already, or was changed since it was read.
pub async fn reopen_seen(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen<HeardId>, reason: &str) -> Result<(Notified, Option<String>)> {
    let item = living(tx, actor, Verb::Reopen, seen.id).await?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    rules::check_unchanged(&item, seen.revision)?;
    match reopen_item(tx, actor, now, &item, reason).await? {
        Reopening::AlreadyOpen => Err(Error::conflict("This item is open again already. Answer it again instead.")),
        Reopening::Reopened(notified, name) => Ok((notified, name)),
    }
}

/// Reopens an answered item: the answer did not hold. An answer is reopened once, and one person is told by mail, with the reason: the owner,
/// or who published the answer where no owner can be reached. The reason may be empty.
///
/// # Errors
/// `Invalid` for a reason that is too long; `Conflict` when nothing was answered yet; `NotFound` for a panelist of another day.
pub async fn reopen(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, reason: &str) -> Result<Reopening> {
    let item = living(tx, actor, Verb::Reopen, id).await?;
    let mut wrong = Wrong::default();
    let reason = wrong.optional_lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    reopen_item(tx, actor, now, &item, reason).await
}

async fn reopen_item(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, reason: String) -> Result<Reopening> {
    let id = item.id;
    let Some(answer) = response::store::find_current(tx, id).await? else {
        return Err(Error::conflict("Nothing was answered yet, so there is nothing to reopen."));
    };
    if response::rules::is_reopened(store::find_reopened(tx, id).await?, &answer) {
        return Ok(Reopening::AlreadyOpen);
    }
    let recipient = responsible(tx, item, &answer).await?;
    let panelist = match actor {
        Actor::Link { purpose: Purpose::Door, subject, .. } => Some(PanelistId(*subject)),
        _ => None,
    };
    let event = Event {
        id: HeardEventId::new(),
        heard_id: id,
        kind: EventKind::Reopened,
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
    did(actor, now, "reopened", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"reason": event.reason})).record(tx);
    let told = webhook::act::Said {
        event: webhook::Event::Reopened,
        text: format!("Item {} was reopened: its answer did not hold.", item.number),
        path: format!("/heard/{}", item.id),
        items: 1,
    };
    webhook::act::tell(tx, now, item.program_id, told, item.id).await?;
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
    mail(tx, now, item, &recipient, Template::Reopened, params, format!("reopened:{}", event.id)).await?;
    Ok(Reopening::Reopened(notified, Some(recipient.name)))
}

/// Tells the owner, or who published the answer, that a panelist finds a promise that is not due yet not enough, or too late. The promise stays as it is.
///
/// # Errors
/// `NotFound`.
pub async fn tell_too_soon(tx: &mut Tx, now: Time, id: HeardId, panelist: PanelistId, remark: &str) -> Result<()> {
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
    mail(tx, now, &item, &recipient, Template::TooSoon, params, key).await
}

/// Somebody who can be mailed about an item.
struct Recipient {
    /// None for an owner without an account, who gets a link to the item.
    account: Option<AccountId>,
    name: String,
    email: String,
}

/// The owner, unless there is none, or their account was closed.
async fn owner(tx: &mut Tx, item: &Heard) -> Result<Option<Recipient>> {
    if let Some(account) = item.owner_account {
        return person(tx, account).await;
    }
    let (Some(name), Some(email)) = (item.owner_name.clone(), item.owner_email.clone()) else { return Ok(None) };
    Ok(Some(Recipient { account: None, name, email }))
}

/// Who is notified about an answer: the item's owner, or who published the answer where no owner can be reached.
async fn responsible(tx: &mut Tx, item: &Heard, answer: &response::Version) -> Result<Option<(Notified, Recipient)>> {
    if let Some(owner) = owner(tx, item).await? {
        return Ok(Some((Notified::Owner, owner)));
    }
    let Some(publisher) = answer.published_by else { return Ok(None) };
    Ok(person(tx, publisher).await?.map(|publisher| (Notified::Publisher, publisher)))
}

async fn person(tx: &mut Tx, account: AccountId) -> Result<Option<Recipient>> {
    let account = account::store::find(tx, account).await?.filter(|account| account.closed_at.is_none());
    Ok(account.map(|account| Recipient { account: Some(account.id), name: account.name, email: account.email }))
}

async fn mail(
    tx: &mut Tx,
    now: Time,
    item: &Heard,
    to: &Recipient,
    template: Template,
    params: serde_json::Value,
    key: String,
) -> Result<()> {
    let link = match to.account {
        Some(_) => None,
        None => Some(link::act::current(tx, now, Purpose::Response, item.id.0).await?.id),
    };
    let subject: Uuid = to.account.map_or(item.id.0, |account| account.0);
    let (recipient, recipient_name) = (to.email.clone(), to.name.clone());
    outbox::act::queue(tx, now, outbox::act::Queue { template, recipient, recipient_name, params, link, subject: Some(subject), key })
        .await?;
    Ok(())
}

async fn organisation(tx: &mut Tx, item: &Heard) -> Result<String> {
    Ok(program::store::find(tx, item.program_id).await?.ok_or(Error::NotFound)?.organisation)
}

fn sender(actor: &Actor) -> String {
    match actor {
        Actor::Account { name, .. } => name.clone(),
        _ => "The program".into(),
    }
}

async fn save(tx: &mut Tx, item: &Heard) -> Result<()> {
    if store::update(tx, item).await? { Ok(()) } else { Err(changed()) }
}

/// Counts a change that is not in the item's own row.
async fn touch(tx: &mut Tx, item: &Heard) -> Result<()> {
    if store::touch(tx, item.id, item.revision).await? { Ok(()) } else { Err(changed()) }
}

fn changed() -> Error {
    Error::conflict("Somebody changed this item at the same moment. Please look at it again.")
}

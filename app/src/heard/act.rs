//! From notes to an answerable item: draft, word, open, merge, withdraw, assign, reopen.

use serde_json::json;
use uuid::Uuid;

use super::store;
use super::{Event, EventKind, Heard, State, rules};
use crate::account::{self, Actor, Scope, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::{Time, long_date};
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AccountId, HeardEventId, HeardId, NoteId, PanelDayId, PanelistId};
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
    let text = wrong.text("text", "What was heard", &cmd.text, 500);
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
        revision: 1,
        created_by: actor.account(),
        created_at: now,
    };
    item.number = store::create(tx, &item).await?;
    for note in &cmd.notes {
        store::attach(tx, item.id, *note).await?;
    }
    did(actor, now, "drafted", Thing::Heard, item.id).on_day(day.id).with(json!({"text": item.text, "notes": cmd.notes})).record(tx);
    Ok(item)
}

async fn check_notes(tx: &mut Tx, day: PanelDayId, notes: &[NoteId]) -> Result<()> {
    for note in notes {
        if store::find_note_day(tx, *note).await? != Some(day) {
            return Err(Error::field("notes", "One of the notes is not from this day, or was withdrawn."));
        }
    }
    Ok(())
}

/// A change of wording.
#[derive(Clone, Debug)]
pub struct Word {
    pub id: HeardId,
    /// The save that the change is based on.
    pub revision: i64,
    pub text: String,
    pub topic: String,
}

/// Changes an item's words or topic. Reports that were frozen keep theirs.
///
/// # Errors
/// `Conflict` when somebody else saved in between, or the item has ended.
pub async fn word(tx: &mut Tx, actor: &Actor, now: Time, cmd: Word) -> Result<Heard> {
    let mut item = reach(tx, actor, Verb::EditHeard, cmd.id).await?;
    rules::check_alive(&item)?;
    let mut wrong = Wrong::default();
    let before = item.text.clone();
    item.text = wrong.text("text", "What was heard", &cmd.text, 500);
    let topic = wrong.optional("topic", "The topic", &cmd.topic, 80);
    wrong.finish()?;
    item.topic = (!topic.is_empty()).then_some(topic);
    if item.revision != cmd.revision {
        return Err(Error::conflict(format!("Somebody saved this item in between. It now reads: “{before}” Your words are still below.")));
    }
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
    let item = reach(tx, actor, Verb::EditHeard, id).await?;
    rules::check_alive(&item)?;
    check_notes(tx, item.panel_day_id, notes).await?;
    for note in notes {
        store::attach(tx, id, *note).await?;
    }
    did(actor, now, "added notes", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"notes": notes})).record(tx);
    Ok(())
}

/// Takes a note off. The last one stays: an item without a source cannot be followed back.
///
/// # Errors
/// `NotFound`; `Conflict` for the last note.
pub async fn detach(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, note: NoteId) -> Result<()> {
    let item = reach(tx, actor, Verb::EditHeard, id).await?;
    rules::check_alive(&item)?;
    if store::list_sources(tx, id).await?.iter().all(|source| source.note_id == note) {
        return Err(Error::conflict("This is the item's only note. Withdraw the item instead."));
    }
    if !store::detach(tx, id, note).await? {
        return Err(Error::NotFound);
    }
    did(actor, now, "removed a note", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"note": note})).record(tx);
    Ok(())
}

/// Opens a drafted item: from now on it waits for an owner and an answer. Opening an open item changes nothing.
///
/// # Errors
/// `Conflict` when the item has ended.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId) -> Result<Heard> {
    let mut item = reach(tx, actor, Verb::EditHeard, id).await?;
    rules::check_alive(&item)?;
    if item.state() == State::Open {
        return Ok(item);
    }
    item.opened_at = Some(now);
    save(tx, &item).await?;
    did(actor, now, "opened", Thing::Heard, id).on_day(item.panel_day_id).record(tx);
    Ok(item)
}

/// Merges an item into another of the same program, which takes over its notes.
///
/// # Errors
/// `Conflict` for an item with a published response: a promise stays where it was made, so merge the other way round.
pub async fn merge(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, into: HeardId) -> Result<()> {
    let mut item = reach(tx, actor, Verb::EditHeard, id).await?;
    let survivor = reach(tx, actor, Verb::EditHeard, into).await?;
    rules::check_alive(&item)?;
    rules::check_alive(&survivor)?;
    if id == into || item.program_id != survivor.program_id {
        return Err(Error::field("into", "Choose another item of the same program."));
    }
    if response::store::has_published(tx, id).await? {
        return Err(Error::conflict(format!(
            "Item {} was answered already, and a published answer stays where it was given. Merge item {} into it instead.",
            item.number, survivor.number
        )));
    }
    store::inherit(tx, into, id).await?;
    item.merged_into = Some(into);
    item.merged_at = Some(now);
    save(tx, &item).await?;
    did(actor, now, "merged", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"into": into, "text": item.text})).record(tx);
    Ok(())
}

/// Withdraws an item, with the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` when a response was published.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, reason: &str) -> Result<()> {
    let mut item = reach(tx, actor, Verb::EditHeard, id).await?;
    rules::check_alive(&item)?;
    let mut wrong = Wrong::default();
    let reason = wrong.text("reason", "The reason", reason, 300);
    wrong.finish()?;
    if response::store::has_published(tx, id).await? {
        return Err(Error::conflict("This item was answered in public. It can be declined in a new version, but not withdrawn."));
    }
    item.withdrawn_at = Some(now);
    item.withdrawn_reason = Some(reason.clone());
    save(tx, &item).await?;
    did(actor, now, "withdrew", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"reason": reason})).record(tx);
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
/// `Invalid` for an unknown account or a mistyped address; `Conflict` when the item is not open.
pub async fn assign(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, owner: Owner, message: &str) -> Result<Heard> {
    let mut item = reach(tx, actor, Verb::Assign, id).await?;
    rules::check_alive(&item)?;
    if item.state() == State::Draft {
        return Err(Error::conflict("Open the item first: a draft has nothing to answer yet."));
    }
    let mut wrong = Wrong::default();
    let message = wrong.optional("message", "The message", message, 1000);
    let before = item.owner();
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
            item.owner_email = Some(account::rules::parse_email(&email).unwrap_or_else(|error| {
                wrong.say("email", error.message());
                String::new()
            }));
            item.owner_unit = Some(wrong.optional("unit", "The unit", &unit, 80)).filter(|unit| !unit.is_empty());
        }
    }
    wrong.finish()?;
    item.owned_at = Some(now);
    save(tx, &item).await?;
    link::store::revoke(tx, Purpose::Response, id.0, now).await?;
    did(actor, now, "assigned", Thing::Heard, id)
        .on_day(item.panel_day_id)
        .with(json!({"before": before, "after": item.owner()}))
        .record(tx);
    ask(tx, actor, now, &item, &message).await?;
    Ok(item)
}

/// Mails the owner. One without an account gets a link that opens this item and nothing else.
async fn ask(tx: &mut Tx, actor: &Actor, now: Time, item: &Heard, message: &str) -> Result<()> {
    let params = json!({
        "organisation": organisation(tx, item).await?,
        "number": item.number,
        "text": item.text,
        "by": sender(actor),
        "note": message,
        "path": format!("/heard/{}", item.id),
    });
    mail_owner(tx, now, item, Template::Response, params, &format!("response:{}:{}", item.id, now.timestamp_micros())).await
}

/// Reopens an answered item: the answer did not hold. The owner hears of it with the reason.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` when nothing was answered yet; `NotFound` for a panelist of another day.
pub async fn reopen(tx: &mut Tx, actor: &Actor, now: Time, id: HeardId, reason: &str) -> Result<()> {
    let item = reach(tx, actor, Verb::Reopen, id).await?;
    rules::check_alive(&item)?;
    let mut wrong = Wrong::default();
    let reason = wrong.text("reason", "The reason", reason, 500);
    wrong.finish()?;
    let Some(answer) = response::store::find_current(tx, id).await? else {
        return Err(Error::conflict("Nothing was answered yet, so there is nothing to reopen."));
    };
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
    };
    store::create_event(tx, &event).await?;
    did(actor, now, "reopened", Thing::Heard, id).on_day(item.panel_day_id).with(json!({"reason": event.reason})).record(tx);
    let told = webhook::act::Said {
        event: webhook::Event::Reopened,
        text: format!("Item {} was reopened: its answer did not hold.", item.number),
        path: format!("/heard/{}", item.id),
        items: 1,
    };
    webhook::act::tell(tx, now, item.program_id, told, item.id).await?;
    let params = json!({
        "organisation": organisation(tx, &item).await?,
        "number": item.number,
        "text": item.text,
        "reply": answer.text,
        "by": if panelist.is_some() { "A panelist".to_owned() } else { sender(actor) },
        "reason": event.reason,
        "path": format!("/heard/{}", item.id),
    });
    mail_owner(tx, now, &item, Template::Reopened, params, &format!("reopened:{}", event.id)).await
}

/// Tells the owner that a panelist finds a promise that is not due yet not enough, or too late. The promise stays as it is.
///
/// # Errors
/// `NotFound`.
pub async fn tell_too_soon(tx: &mut Tx, now: Time, id: HeardId, panelist: PanelistId, remark: &str) -> Result<()> {
    let item = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let Some(answer) = response::store::find_current(tx, id).await? else { return Ok(()) };
    let params = json!({
        "organisation": organisation(tx, &item).await?,
        "number": item.number,
        "text": item.text,
        "reply": answer.text,
        "due": answer.due.map(long_date),
        "reason": remark,
        "path": format!("/heard/{}", item.id),
    });
    mail_owner(tx, now, &item, Template::TooSoon, params, &format!("too-soon:{id}:{panelist}:{}", now.timestamp_micros())).await
}

async fn mail_owner(tx: &mut Tx, now: Time, item: &Heard, template: Template, params: serde_json::Value, key: &str) -> Result<()> {
    let (Some(recipient), Some(recipient_name)) = (item.owner_email.clone(), item.owner_name.clone()) else { return Ok(()) };
    let link = match item.owner_account {
        Some(_) => None,
        None => Some(link::act::current(tx, now, Purpose::Response, item.id.0).await?.id),
    };
    let subject: Option<Uuid> = item.owner_account.map(|account| account.0).or(Some(item.id.0));
    let mail = outbox::act::Queue { template, recipient, recipient_name, params, link, subject, key: key.to_owned() };
    outbox::act::queue(tx, now, mail).await?;
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
    if store::update(tx, item).await? {
        Ok(())
    } else {
        Err(Error::conflict("Somebody saved this item in between. Please look at it again."))
    }
}

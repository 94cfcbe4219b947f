//! Putting a post up, taking it, handing it over, routing it, answering it, closing it without an answer, opening it again.

use serde_json::json;

use super::{Case, Kind, State, Step, rules, store};
use crate::account::permission::row;
use crate::account::{self, Account, Actor, Scope, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AccountId, MentionId, ProgramId, TriageStepId};
use crate::{mention, nomination, program, webhook};

/// The post whose case is meant, and the revision that was seen: 0 where it had no case.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub mention: MentionId,
    pub revision: i64,
}

/// Sets how many hours a program gives itself to answer a post, over the number that was seen. It counts for posts that are put up
/// or opened again from now on: a clock that runs is not changed, so that nothing becomes late overnight.
///
/// # Errors
/// `Invalid` on `hours`; `NotFound`; `Conflict` where somebody else changed it.
pub async fn set_clock(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, seen: i64, hours: &str) -> Result<i64> {
    actor.may(Verb::EditProgram)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    program::store::hold(tx, program).await?;
    let mut wrong = Wrong::default();
    let hours = rules::hours(&mut wrong, hours);
    wrong.finish()?;
    let before = store::find_hours(tx, program).await?;
    if before != seen {
        return Err(Error::conflict(format!(
            "Somebody else set the clock to {} in the meantime. Please look again.",
            rules::in_hours(before)
        )));
    }
    store::save_hours(tx, program, hours).await?;
    did(actor, now, "set the clock of triage for", Thing::Program, program).with(json!({ "before": before, "now": hours })).record(tx);
    Ok(hours)
}

/// Who may see a case: everybody with the whole of triage, and the unit that it was routed to.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table.
pub fn unit_of(actor: &Actor, verb: Verb) -> Result<Option<String>> {
    match (actor.may(verb)?, actor) {
        (Scope::All, _) => Ok(None),
        (_, Actor::Account { unit, .. }) => Ok(Some(unit.clone().unwrap_or_default())),
        _ => Err(Error::Forbidden),
    }
}

/// The case of a post, for whoever may see it.
///
/// # Errors
/// `NotFound` also for a case that was routed elsewhere.
pub async fn find(tx: &mut Tx, actor: &Actor, id: MentionId) -> Result<Case> {
    let unit = unit_of(actor, Verb::SeeTriage)?;
    store::find(tx, id).await?.filter(|case| unit.is_none() || case.unit == unit).ok_or(Error::NotFound)
}

/// Accounts that may have this case.
pub async fn list_holders(tx: &mut Tx, case: &Case) -> Result<Vec<Account>> {
    let mut accounts = account::store::list(tx).await?;
    accounts.retain(|account| account.closed_at.is_none() && may_have(account, case));
    Ok(accounts)
}

fn may_have(account: &Account, case: &Case) -> bool {
    match row(Verb::Triage).role(account.role) {
        Some(Scope::All) => true,
        Some(_) => case.unit.is_some() && account.unit == case.unit,
        None => false,
    }
}

/// The business units that answer: those of responders.
pub async fn list_units(tx: &mut Tx) -> Result<Vec<String>> {
    let answers = |account: &Account| account.closed_at.is_none() && row(Verb::Triage).role(account.role) == Some(Scope::Unit);
    let mut units: Vec<String> = account::store::list(tx).await?.into_iter().filter(answers).filter_map(|account| account.unit).collect();
    units.sort();
    units.dedup();
    Ok(units)
}

/// Puts a post up for answering: its clock begins.
///
/// # Errors
/// `NotFound`; `Conflict` where it was put up before.
pub async fn put_up(tx: &mut Tx, actor: &Actor, now: Time, id: MentionId) -> Result<()> {
    actor.may(Verb::PutUp)?;
    let case = begin(tx, now, id).await?;
    open(tx, actor, now, case, Kind::PutUp, None).await
}

/// Takes a post, with or without a case.
///
/// # Errors
/// `NotFound`; `Conflict` where somebody has it, or it is closed.
pub async fn take(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen) -> Result<()> {
    let me = actor.account();
    if let Some(case) = fresh(tx, actor, now, seen).await? {
        return open(tx, actor, now, Case { state: State::Taken, taken_by: me, taken_at: Some(now), ..case }, Kind::Taken, None).await;
    }
    let mut case = held(tx, actor, seen).await?;
    if let Some(holder) = case.taken_by {
        let name = account::store::find(tx, holder).await?.map_or_else(|| "Somebody".to_owned(), |holder| holder.name);
        return Err(Error::conflict(format!("{name} has this post. It can be handed over.")));
    }
    if case.state == State::New {
        case.state = State::Taken;
    }
    case.taken_by = me;
    case.taken_at = case.taken_at.or(Some(now));
    keep(tx, actor, now, case, Kind::Taken, Said::default()).await
}

/// Gives an open case to another account, with a note.
///
/// # Errors
/// `Invalid` on `to` for somebody who cannot have it; `Conflict`.
pub async fn hand_over(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, to: Option<AccountId>, note: &str) -> Result<()> {
    let mut case = held(tx, actor, seen).await?;
    let mut wrong = Wrong::default();
    let note = wrong.optional_lines("note", "The note", note, 500);
    let holder = list_holders(tx, &case).await?.into_iter().find(|account| Some(account.id) == to);
    match &holder {
        None => wrong.say("to", "Please choose who takes it over: staff, or a responder of the unit that it was routed to."),
        Some(holder) if case.taken_by == Some(holder.id) => wrong.say("to", format!("{} has it already.", holder.name)),
        Some(_) => {}
    }
    wrong.finish()?;
    if case.state == State::New {
        case.state = State::Taken;
    }
    case.taken_by = to;
    case.taken_at = case.taken_at.or(Some(now));
    keep(tx, actor, now, case, Kind::HandedOver, Said { to, text: Some(note), unit: None }).await
}

/// Routes an open case to a business unit, whose responders then see it; nobody has it until one of them takes it.
///
/// # Errors
/// `Invalid` on `unit` for one without responders; `Conflict`.
pub async fn route(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, unit: &str, note: &str) -> Result<()> {
    let mut case = held(tx, actor, seen).await?;
    let mut wrong = Wrong::default();
    let note = wrong.optional_lines("note", "The note", note, 500);
    let unit = unit.trim().to_owned();
    if !list_units(tx).await?.contains(&unit) {
        wrong.say("unit", "Please choose a unit that has a responder.");
    } else if case.unit.as_deref() == Some(&unit) {
        wrong.say("unit", format!("It is with {unit} already."));
    }
    wrong.finish()?;
    case.state = State::Routed;
    case.taken_by = None;
    case.unit = Some(unit.clone());
    case.routed_at = Some(now);
    let told = webhook::act::Said {
        event: webhook::Event::Routed,
        text: format!("A post was routed to {unit}."),
        path: format!("/listen/triage/{}", case.mention_id),
        items: 1,
    };
    webhook::act::tell(tx, now, case.program_id, told, case.mention_id).await?;
    keep(tx, actor, now, case, Kind::Routed, Said { to: None, unit: Some(unit), text: Some(note) }).await
}

/// Closes a case with the link to the public answer, given at `at` or else now.
///
/// # Errors
/// `Invalid` on `link` and `at`; `Conflict`.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, link: &str, at: Option<Time>) -> Result<()> {
    let mut case = held(tx, actor, seen).await?;
    let post = mention::store::find(tx, case.mention_id).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    let link = rules::link(&mut wrong, link);
    let at = rules::answered(&mut wrong, at, post.at.min(now), now);
    wrong.finish()?;
    case.state = State::Answered;
    case.taken_by = case.taken_by.or(actor.account());
    case.taken_at = case.taken_at.or(Some(now));
    case.answered_at = Some(at);
    case.answer_url = Some(link.clone());
    case.closed_at = Some(now);
    keep(tx, actor, now, case, Kind::Answered, Said { text: Some(link), ..Said::default() }).await
}

/// Closes a case, or a post without one, without an answer.
///
/// # Errors
/// `Invalid` without a reason; `Conflict`.
pub async fn no_action(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, reason: &str) -> Result<()> {
    let fresh = fresh(tx, actor, now, seen).await?;
    let is_new = fresh.is_some();
    let mut case = match fresh {
        Some(case) => case,
        None => held(tx, actor, seen).await?,
    };
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    case.state = State::NoAction;
    case.taken_by = case.taken_by.or(actor.account());
    case.reason = Some(reason.clone());
    case.closed_at = Some(now);
    if is_new {
        open(tx, actor, now, case, Kind::NoAction, Some(reason)).await
    } else {
        keep(tx, actor, now, case, Kind::NoAction, Said { text: Some(reason), ..Said::default() }).await
    }
}

/// Opens a closed case again, with a clock that begins anew. Whoever does it has it.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` for an open one.
pub async fn reopen(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen, reason: &str) -> Result<()> {
    let mut case = reached(tx, actor, seen).await?;
    if case.state.is_open() {
        return Err(Error::conflict("This post is open already."));
    }
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    case.state = if case.unit.is_some() { State::Routed } else { State::Taken };
    case.due_at = rules::due(now, store::find_hours(tx, case.program_id).await?);
    case.taken_by = actor.account();
    case.taken_at = case.taken_at.or(Some(now));
    (case.answered_at, case.answer_url, case.reason, case.closed_at) = (None, None, None, None);
    keep(tx, actor, now, case, Kind::Reopened, Said { text: Some(reason), ..Said::default() }).await
}

/// What a step says beside who and when.
#[derive(Default)]
struct Said {
    to: Option<AccountId>,
    unit: Option<String>,
    text: Option<String>,
}

/// A case that is not kept yet.
async fn begin(tx: &mut Tx, now: Time, id: MentionId) -> Result<Case> {
    let post = mention::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    Ok(Case {
        mention_id: id,
        author_id: post.author_id,
        program_id: post.program_id,
        state: State::New,
        opened_at: now,
        due_at: rules::due(now, store::find_hours(tx, post.program_id).await?),
        taken_by: None,
        taken_at: None,
        unit: None,
        routed_at: None,
        answered_at: None,
        answer_url: None,
        reason: None,
        closed_at: None,
        revision: 1,
    })
}

/// A new case for a post that was seen without one; none where a case was seen.
async fn fresh(tx: &mut Tx, actor: &Actor, now: Time, seen: Seen) -> Result<Option<Case>> {
    if unit_of(actor, Verb::Triage)?.is_some() || seen.revision != 0 {
        return Ok(None);
    }
    begin(tx, now, seen.mention).await.map(Some)
}

/// The case that was seen, if this actor may change it and nobody else has.
async fn reached(tx: &mut Tx, actor: &Actor, seen: Seen) -> Result<Case> {
    let unit = unit_of(actor, Verb::Triage)?;
    let case = store::find(tx, seen.mention).await?.filter(|case| unit.is_none() || case.unit == unit).ok_or(Error::NotFound)?;
    if case.revision == seen.revision { Ok(case) } else { Err(moved()) }
}

/// The same, while it is open.
async fn held(tx: &mut Tx, actor: &Actor, seen: Seen) -> Result<Case> {
    let case = reached(tx, actor, seen).await?;
    if case.state.is_open() { Ok(case) } else { Err(Error::conflict("This post is closed. It can be opened again.")) }
}

fn moved() -> Error {
    Error::conflict("Somebody else did something with this post in the meantime. What stands there now is shown: please look again.")
}

async fn open(tx: &mut Tx, actor: &Actor, now: Time, case: Case, kind: Kind, text: Option<String>) -> Result<()> {
    if !store::create(tx, &case).await? {
        return Err(moved());
    }
    tell(tx, actor, now, &case, kind, Said { text, ..Said::default() }).await?;
    nomination::settle::follow(tx, now, &case).await
}

async fn keep(tx: &mut Tx, actor: &Actor, now: Time, case: Case, kind: Kind, said: Said) -> Result<()> {
    if !store::update(tx, &case).await? {
        return Err(moved());
    }
    tell(tx, actor, now, &case, kind, said).await?;
    nomination::settle::follow(tx, now, &case).await
}

/// Notes the step, and who did it in the journal.
async fn tell(tx: &mut Tx, actor: &Actor, now: Time, case: &Case, kind: Kind, said: Said) -> Result<()> {
    let step = Step {
        id: TriageStepId::new(),
        mention_id: case.mention_id,
        author_id: case.author_id,
        at: now,
        kind,
        by_account: actor.account(),
        to_account: said.to,
        unit: said.unit,
        text: said.text.filter(|text| !text.is_empty()),
    };
    store::add_step(tx, &step).await?;
    let verb = match kind {
        Kind::PutUp => "put up",
        Kind::Taken => "took",
        Kind::HandedOver => "handed over",
        Kind::Routed => "routed",
        Kind::Answered => "answered",
        Kind::NoAction => "closed",
        Kind::Reopened => "reopened",
    };
    did(actor, now, verb, Thing::Mention, case.mention_id)
        .with(json!({ "state": case.state, "to": step.to_account, "unit": step.unit, "text": step.text }))
        .record(tx);
    Ok(())
}

//! The steps of a case: added to the queue, assigned, reassigned, routed, answered, closed without answer, reopened.

use serde_json::json;

use super::{Case, CaseChanged, CaseRouted, CaseState, CaseStep, CaseStepKind, rules, store};
use crate::access::account::permission::row;
use crate::access::account::{self, Account, Actor, Permission, Scope};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, MentionId, ProgramId, TriageStepId};
use crate::{listening::mention, program};

/// The mention whose case is meant, and the revision that was seen: 0 where it had no case.
#[derive(Clone, Copy, Debug)]
pub struct SeenCase {
    pub mention: MentionId,
    pub revision: i64,
}

/// Sets how many hours a program gives itself to answer a mention, over the number that was seen. It counts for mentions that are added to the queue
/// or opened again from now on: a clock that runs is not changed, so that nothing becomes late overnight.
///
/// # Errors
/// `Invalid` on `hours`; `NotFound`; `Conflict` where somebody else changed it.
pub async fn set_clock(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId, seen: i64, hours: &str) -> Result<i64> {
    actor.may(Permission::EditProgram)?;
    program::store::find(tx, program).await?.ok_or(Error::NotFound)?;
    program::store::lock_listening(tx, program).await?;
    let mut errors = ValidationErrors::default();
    let hours = rules::hours(&mut errors, hours);
    errors.finish()?;
    let before = store::find_hours(tx, program).await?;
    if before != seen {
        return Err(Error::conflict(format!(
            "Someone else has just set the time to answer to {}. Check it, then save again.",
            rules::in_hours(before)
        )));
    }
    store::save_hours(tx, program, hours).await?;
    audit(actor, now, "set the time to answer of", ResourceType::Program, program)
        .with(json!({ "before": before, "now": hours }))
        .record(tx);
    Ok(hours)
}

/// Who may see a case: everybody with the whole of triage, and the unit that it was routed to.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table.
pub fn unit_of(actor: &Actor, permission: Permission) -> Result<Option<String>> {
    match (actor.may(permission)?, actor) {
        (Scope::All, _) => Ok(None),
        (_, Actor::Account { unit, .. }) => Ok(Some(unit.clone().unwrap_or_default())),
        _ => Err(Error::Forbidden),
    }
}

/// The case of a mention, if the actor may see it.
///
/// # Errors
/// `NotFound` also for a case that was routed elsewhere.
pub async fn find(tx: &mut Tx, actor: &Actor, id: MentionId) -> Result<Case> {
    find_within(tx, actor, Permission::SeeTriage, id).await
}

async fn find_within(tx: &mut Tx, actor: &Actor, permission: Permission, id: MentionId) -> Result<Case> {
    let unit = unit_of(actor, permission)?;
    store::find(tx, id).await?.filter(|case| is_within(case, unit.as_deref())).ok_or(Error::NotFound)
}

/// Whether a case is among those of a unit: what was routed to it; all of them without one.
fn is_within(case: &Case, unit: Option<&str>) -> bool {
    unit.is_none() || case.unit.as_deref() == unit
}

/// Whether the case is among those that this actor sees: a unit that passes a mention on no longer does.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table.
pub fn may_see(actor: &Actor, case: &Case) -> Result<bool> {
    Ok(is_within(case, unit_of(actor, Permission::SeeTriage)?.as_deref()))
}

pub async fn list_holders(tx: &mut Tx, case: &Case) -> Result<Vec<Account>> {
    let mut accounts = account::store::list(tx).await?;
    accounts.retain(|account| account.closed_at.is_none() && may_hold(account, case));
    Ok(accounts)
}

pub(super) fn may_hold(account: &Account, case: &Case) -> bool {
    match row(Permission::Triage).role(account.role) {
        Some(Scope::All) => true,
        Some(_) => case.unit.is_some() && account.unit == case.unit,
        None => false,
    }
}

/// The business units that answer: those of responders.
pub async fn list_units(tx: &mut Tx) -> Result<Vec<String>> {
    let answers = |account: &Account| account.closed_at.is_none() && row(Permission::Triage).role(account.role) == Some(Scope::Unit);
    let mut units: Vec<String> = account::store::list(tx).await?.into_iter().filter(answers).filter_map(|account| account.unit).collect();
    units.sort();
    units.dedup();
    Ok(units)
}

/// Adds a mention to the queue: its clock begins.
///
/// # Errors
/// `NotFound`; `Conflict` where it is there already.
pub async fn add_to_queue(tx: &mut Tx, actor: &Actor, now: Time, id: MentionId) -> Result<Case> {
    actor.may(Permission::AddToQueue)?;
    let case = begin(tx, now, id).await?;
    open(tx, actor, now, case, CaseStepKind::AddedToQueue, None).await
}

/// Takes a mention, with or without a case.
///
/// # Errors
/// `NotFound`; `Conflict` where it is assigned or closed.
pub async fn take(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase) -> Result<Case> {
    let me = actor.account();
    if let Some(case) = new_case(tx, actor, now, seen).await? {
        return open(
            tx,
            actor,
            now,
            Case { state: CaseState::Taken, taken_by: me, taken_at: Some(now), ..case },
            CaseStepKind::Taken,
            None,
        )
        .await;
    }
    let mut case = find_open(tx, actor, seen).await?;
    if let Some(holder) = case.taken_by {
        let name = account::store::find(tx, holder).await?.map_or_else(|| "Someone else".to_owned(), |holder| holder.name);
        return Err(Error::conflict(format!("{name} has this mention. Assign it to someone else instead.")));
    }
    if case.state == CaseState::New {
        case.state = CaseState::Taken;
    }
    case.taken_by = me;
    case.taken_at = case.taken_at.or(Some(now));
    save(tx, actor, now, case, CaseStepKind::Taken, CaseStepDetails::default()).await
}

/// Gives an open case to another account, with a note.
///
/// # Errors
/// `Invalid` on `to` for a person without the permission; `Conflict`.
pub async fn hand_over(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase, to: Option<AccountId>, note: &str) -> Result<Case> {
    let mut case = find_open(tx, actor, seen).await?;
    let mut errors = ValidationErrors::default();
    let note = errors.optional_lines("note", "The note", note, 500);
    let holder = list_holders(tx, &case).await?.into_iter().find(|account| Some(account.id) == to);
    match &holder {
        None => errors.add("to", "Choose a person: staff, or a responder of its unit."),
        Some(holder) if case.taken_by == Some(holder.id) => {
            errors.add("to", format!("The mention is already assigned to {}.", holder.name))
        }
        Some(_) => {}
    }
    errors.finish()?;
    if case.state == CaseState::New {
        case.state = CaseState::Taken;
    }
    case.taken_by = to;
    case.taken_at = case.taken_at.or(Some(now));
    save(tx, actor, now, case, CaseStepKind::HandedOver, CaseStepDetails { to, text: Some(note), unit: None }).await
}

/// Routes an open case to a business unit, whose responders then see it. It is unassigned until one of them takes it.
///
/// # Errors
/// `Invalid` on `unit` for one without responders; `Conflict`.
pub async fn route(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase, unit: &str, note: &str) -> Result<Case> {
    let mut case = find_open(tx, actor, seen).await?;
    let mut errors = ValidationErrors::default();
    let note = errors.optional_lines("note", "The note", note, 500);
    let unit = unit.trim().to_owned();
    if !list_units(tx).await?.contains(&unit) {
        errors.add("unit", "Choose a unit that has a responder.");
    } else if case.unit.as_deref() == Some(&unit) {
        errors.add("unit", format!("The mention is already with {unit}."));
    }
    errors.finish()?;
    case.state = CaseState::Routed;
    case.taken_by = None;
    case.unit = Some(unit.clone());
    case.routed_at = Some(now);
    let details = CaseStepDetails { to: None, unit: Some(unit.clone()), text: Some(note) };
    let case = save(tx, actor, now, case, CaseStepKind::Routed, details).await?;
    tx.emit(&CaseRouted { at: now, program: case.program_id, mention: case.mention_id, unit }).await?;
    Ok(case)
}

/// Closes a case with the link to the public answer, given at `at` or else now.
///
/// # Errors
/// `Invalid` on `link` and `at`; `Conflict`.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase, link: &str, at: Option<Time>) -> Result<Case> {
    let mut case = find_open(tx, actor, seen).await?;
    let mention = mention::store::find(tx, case.mention_id).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let link = rules::link(&mut errors, link);
    let at = rules::answered(&mut errors, at, mention.at.min(now), now);
    errors.finish()?;
    case.state = CaseState::Answered;
    case.taken_by = case.taken_by.or(actor.account());
    case.taken_at = case.taken_at.or(Some(now));
    case.answered_at = Some(at);
    case.answer_url = Some(link.clone());
    case.closed_at = Some(now);
    save(tx, actor, now, case, CaseStepKind::Answered, CaseStepDetails { text: Some(link), ..CaseStepDetails::default() }).await
}

/// Closes a case, or a mention without one, without an answer.
///
/// # Errors
/// `Invalid` without a reason; `Conflict`.
pub async fn no_action(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase, reason: &str) -> Result<Case> {
    let fresh = new_case(tx, actor, now, seen).await?;
    let is_new = fresh.is_some();
    let mut case = match fresh {
        Some(case) => case,
        None => find_open(tx, actor, seen).await?,
    };
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    case.state = CaseState::NoAction;
    case.taken_by = case.taken_by.or(actor.account());
    case.reason = Some(reason.clone());
    case.closed_at = Some(now);
    if is_new {
        open(tx, actor, now, case, CaseStepKind::NoAction, Some(reason)).await
    } else {
        save(tx, actor, now, case, CaseStepKind::NoAction, CaseStepDetails { text: Some(reason), ..CaseStepDetails::default() }).await
    }
}

/// Reopens a closed case with a new due time, assigned to the actor.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` for an open one.
pub async fn reopen(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase, reason: &str) -> Result<Case> {
    let mut case = find_unchanged(tx, actor, seen).await?;
    if case.state.is_open() {
        return Err(Error::conflict("This mention is already open."));
    }
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    case.state = if case.unit.is_some() { CaseState::Routed } else { CaseState::Taken };
    case.due_at = rules::due(now, store::find_hours(tx, case.program_id).await?);
    case.taken_by = actor.account();
    case.taken_at = case.taken_at.or(Some(now));
    (case.answered_at, case.answer_url, case.reason, case.closed_at) = (None, None, None, None);
    save(tx, actor, now, case, CaseStepKind::Reopened, CaseStepDetails { text: Some(reason), ..CaseStepDetails::default() }).await
}

/// What a step says beside who and when.
#[derive(Default)]
pub(super) struct CaseStepDetails {
    pub(super) to: Option<AccountId>,
    pub(super) unit: Option<String>,
    pub(super) text: Option<String>,
}

/// A case that is not kept yet.
async fn begin(tx: &mut Tx, now: Time, id: MentionId) -> Result<Case> {
    let mention = mention::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    Ok(Case {
        mention_id: id,
        author_id: mention.author_id,
        program_id: mention.program_id,
        state: CaseState::New,
        opened_at: now,
        due_at: rules::due(now, store::find_hours(tx, mention.program_id).await?),
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

/// A new case for a mention that was seen without one; none where a case was seen.
async fn new_case(tx: &mut Tx, actor: &Actor, now: Time, seen: SeenCase) -> Result<Option<Case>> {
    if unit_of(actor, Permission::Triage)?.is_some() || seen.revision != 0 {
        return Ok(None);
    }
    begin(tx, now, seen.mention).await.map(Some)
}

/// The case as it was seen, if the actor may change it and no one has changed it since.
async fn find_unchanged(tx: &mut Tx, actor: &Actor, seen: SeenCase) -> Result<Case> {
    let case = find_within(tx, actor, Permission::Triage, seen.mention).await?;
    if case.revision == seen.revision { Ok(case) } else { Err(stale_error()) }
}

/// The same, while it is open.
async fn find_open(tx: &mut Tx, actor: &Actor, seen: SeenCase) -> Result<Case> {
    let case = find_unchanged(tx, actor, seen).await?;
    if case.state.is_open() { Ok(case) } else { Err(Error::conflict("This mention is closed. Reopen it first.")) }
}

fn stale_error() -> Error {
    Error::conflict("Someone else has changed this case. Check it, then try again.")
}

async fn open(tx: &mut Tx, actor: &Actor, now: Time, case: Case, kind: CaseStepKind, text: Option<String>) -> Result<Case> {
    if !store::create(tx, &case).await? {
        return Err(stale_error());
    }
    record_step(tx, actor, now, &case, kind, CaseStepDetails { text, ..CaseStepDetails::default() }).await?;
    tx.emit(&CaseChanged { at: now, case: case.clone() }).await?;
    Ok(case)
}

pub(super) async fn save(
    tx: &mut Tx,
    actor: &Actor,
    now: Time,
    mut case: Case,
    kind: CaseStepKind,
    details: CaseStepDetails,
) -> Result<Case> {
    if !store::update(tx, &case).await? {
        return Err(stale_error());
    }
    case.revision += 1;
    record_step(tx, actor, now, &case, kind, details).await?;
    tx.emit(&CaseChanged { at: now, case: case.clone() }).await?;
    Ok(case)
}

/// Notes the step, and who did it in the audit log.
async fn record_step(tx: &mut Tx, actor: &Actor, now: Time, case: &Case, kind: CaseStepKind, details: CaseStepDetails) -> Result<()> {
    let step = CaseStep {
        id: TriageStepId::new(),
        mention_id: case.mention_id,
        author_id: case.author_id,
        at: now,
        kind,
        by_account: actor.account(),
        to_account: details.to,
        unit: details.unit,
        text: details.text.filter(|text| !text.is_empty()),
    };
    store::add_step(tx, &step).await?;
    let action = match kind {
        CaseStepKind::AddedToQueue => "queued",
        CaseStepKind::Taken => "took",
        CaseStepKind::HandedOver => "handed over",
        CaseStepKind::Routed => "routed",
        CaseStepKind::Answered => "answered",
        CaseStepKind::NoAction => "closed",
        CaseStepKind::Reopened => "reopened",
        CaseStepKind::Returned => "returned",
    };
    audit(actor, now, action, ResourceType::Mention, case.mention_id)
        .with(json!({ "state": case.state, "to": step.to_account, "unit": step.unit, "text": step.text }))
        .record(tx);
    Ok(())
}

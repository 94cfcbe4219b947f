//! Planning sessions, and locking their notes.

use serde_json::json;

use super::rules::{self, CheckedSession, SessionPlan};
use super::{Overlap, Session, SessionSlot, SessionState, store};
use crate::access::account::{self, Actor, Permission, Role, Scope};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, PanelDayId, SessionId};
use crate::listening::topic;
use crate::program::day::{self, DayChanged, PanelDay};
use crate::recruiting::panelist;

/// A new session of a day.
#[derive(Clone, Debug)]
pub struct CreateSession {
    pub day: PanelDayId,
    pub plan: SessionPlan,
}

/// A changed session, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct UpdateSession {
    pub id: SessionId,
    pub revision: i64,
    pub plan: SessionPlan,
}

/// Whether the actor may do this on this day: everywhere, or because they moderate a session of it.
///
/// # Errors
/// `SignIn`, `Forbidden`; `NotFound` for a day out of reach.
pub async fn may_on_day(tx: &mut Tx, actor: &Actor, permission: Permission, day: PanelDayId) -> Result<()> {
    let reaches = match (actor.may(permission)?, actor.account()) {
        (Scope::All, _) => true,
        (Scope::Day, Some(account)) => store::moderates(tx, account, day).await?,
        _ => false,
    };
    if reaches { Ok(()) } else { Err(Error::NotFound) }
}

/// Adds a session.
///
/// # Errors
/// `NotFound` for an unknown day; `Invalid`.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, cmd: CreateSession) -> Result<SessionId> {
    actor.may(Permission::EditSchedule)?;
    let day = day::store::find(tx, cmd.day).await?.ok_or(Error::NotFound)?;
    let plan = rules::check(&cmd.plan, day.day, day.zone())?;
    check_parts(tx, &day, &plan).await?;
    let session = session(SessionId::new(), day.id, 1, plan);
    store::create(tx, &session).await?;
    audit(actor, now, "added", ResourceType::Session, session.id).on_day(day.id).with(json!({ "after": shown(&session) })).record(tx);
    Ok(session.id)
}

/// Changes a session.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when it changed in between.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, cmd: UpdateSession) -> Result<()> {
    actor.may(Permission::EditSchedule)?;
    let before = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let day = day::store::find(tx, before.panel_day_id).await?.ok_or(Error::NotFound)?;
    let plan = rules::check(&cmd.plan, day.day, day.zone())?;
    check_parts(tx, &day, &plan).await?;
    let after = session(before.id, day.id, cmd.revision, plan);
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "This session was changed by someone else while you were editing. Your entries are below. Compare them with the timetable, then save again.",
        ));
    }
    audit(actor, now, "changed", ResourceType::Session, cmd.id)
        .on_day(day.id)
        .in_session(cmd.id)
        .with(json!({ "before": shown(&before), "after": shown(&after) }))
        .record(tx);
    Ok(())
}

/// Removes a session from the timetable.
///
/// # Errors
/// `NotFound`; `Conflict` when notes were taken in it.
pub async fn delete(tx: &mut Tx, actor: &Actor, now: Time, id: SessionId) -> Result<()> {
    actor.may(Permission::EditSchedule)?;
    let session = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::delete(tx, id).await? {
        return Err(Error::conflict("This session has notes, so it cannot be removed. You can change its title, room or time."));
    }
    audit(actor, now, "removed", ResourceType::Session, id)
        .on_day(session.panel_day_id)
        .with(json!({ "before": shown(&session) }))
        .record(tx);
    Ok(())
}

/// Locks the notes by hand: from then on not even a note that was typed in time is saved. Locking twice changes nothing. `seen` is when the
/// notes were last locked or unlocked, as the actor read it.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate; `Conflict` before the session has begun, or when the notes were unlocked
/// in between.
pub async fn lock(tx: &mut Tx, actor: &Actor, now: Time, id: SessionId, seen: Option<Time>) -> Result<()> {
    let session = in_reach(tx, actor, id).await?;
    if rules::is_locked_by_hand(&session) {
        return Ok(());
    }
    if session.lock_changed_at() != seen {
        let reason = session.unlock_reason.clone().unwrap_or_default();
        return Err(Error::conflict(format!(
            "These notes have just been unlocked, for this reason: “{reason}” Lock them again only if you still want to."
        )));
    }
    if rules::state(&session, now) == SessionState::Planned {
        return Err(Error::conflict("This session has not started yet, so there are no notes to lock."));
    }
    store::lock(tx, id, now).await?;
    audit(actor, now, "locked", ResourceType::Session, id).on_day(session.panel_day_id).in_session(id).record(tx);
    Ok(())
}

/// Opens locked notes for another 72 hours. `seen` is when they were last locked or unlocked, as the actor read it.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate; `Invalid` without a reason; `Conflict` when they are open, or were locked anew
/// in between.
pub async fn unlock(tx: &mut Tx, actor: &Actor, now: Time, id: SessionId, seen: Option<Time>, reason: &str) -> Result<()> {
    let session = in_reach(tx, actor, id).await?;
    let mut errors = ValidationErrors::default();
    let reason = errors.text("reason", "The reason", reason, 400);
    errors.finish()?;
    if rules::state(&session, now) != SessionState::Locked {
        return Err(Error::conflict("The notes of this session are open already."));
    }
    if session.lock_changed_at() != seen {
        return Err(Error::conflict("These notes have just been locked again. Check why before you unlock them."));
    }
    store::unlock(tx, id, now, &reason).await?;
    audit(actor, now, "unlocked", ResourceType::Session, id)
        .on_day(session.panel_day_id)
        .in_session(id)
        .with(json!({ "reason": reason }))
        .record(tx);
    Ok(())
}

/// Conflicts of the sessions of a day, also with other days.
pub async fn overlaps(tx: &mut Tx, day: &PanelDay) -> Result<Vec<Overlap>> {
    let mine = store::list(tx, day.id).await?;
    let (Some(from), Some(to)) = (mine.iter().map(|s| s.starts_at).min(), mine.iter().map(|s| s.ends_at).max()) else {
        return Ok(Vec::new());
    };
    let sessions = store::list_between(tx, from, to).await?;
    let days = day::store::list(tx).await?;
    let accounts = account::store::list(tx).await?;
    let shared: Vec<_> = panelist::store::list_shared(tx, day.id).await?.into_iter().map(|(other, name)| (day.id, other, name)).collect();
    let slots: Vec<SessionSlot<'_>> = sessions
        .iter()
        .map(|session| SessionSlot {
            session,
            place: days.iter().find(|day| day.id == session.panel_day_id).map_or("", |day| day.place.as_str()),
            moderator: accounts.iter().find(|account| Some(account.id) == session.moderator_id).map_or("", |account| account.name.as_str()),
        })
        .collect();
    let is_mine = |id: SessionId| mine.iter().any(|session| session.id == id);
    Ok(rules::overlaps(&slots, &shared).into_iter().filter(|overlap| is_mine(overlap.one) || is_mine(overlap.other)).collect())
}

/// Moves the sessions of a day that moved: each keeps its time on the wall.
pub(crate) async fn move_with_day(tx: &mut Tx, DayChanged { before, after, .. }: &DayChanged) -> Result<()> {
    if (before.day, before.time_zone) == (after.day, after.time_zone) {
        return Ok(());
    }
    for session in store::list(tx, before.id).await? {
        let moved = |at| day::rules::same_wall_time(at, before.zone(), after.day, after.zone());
        let (Some(starts), Some(ends)) = (moved(session.starts_at), moved(session.ends_at)) else {
            let skipped = clock::wall_time(session.starts_at, before.zone());
            return Err(Error::field(
                "day",
                format!(
                    "“{}” starts or ends at {skipped}, which does not exist on that day because the clocks change. Move the session first.",
                    session.title
                ),
            ));
        };
        store::reschedule(tx, session.id, starts, ends).await?;
    }
    Ok(())
}

async fn in_reach(tx: &mut Tx, actor: &Actor, id: SessionId) -> Result<Session> {
    actor.may(Permission::LockNotes)?;
    let session = store::lock_row(tx, id).await?.ok_or(Error::NotFound)?;
    may_on_day(tx, actor, Permission::LockNotes, session.panel_day_id).await?;
    Ok(session)
}

/// A moderator has an open account that may moderate; a topic belongs to the day's program.
async fn check_parts(tx: &mut Tx, day: &PanelDay, plan: &CheckedSession) -> Result<()> {
    let mut errors = ValidationErrors::default();
    if let Some(id) = plan.moderator
        && !may_moderate(tx, id).await?
    {
        errors.add("moderator", "This account cannot moderate. Choose an administrator, a member of the program staff or a moderator.");
    }
    if let Some(id) = plan.topic
        && topic::store::find(tx, id).await?.is_none_or(|topic| topic.program_id != day.program_id)
    {
        errors.add("topic", "This topic belongs to another program. Choose another topic.");
    }
    errors.finish()
}

async fn may_moderate(tx: &mut Tx, id: AccountId) -> Result<bool> {
    let account = account::store::find(tx, id).await?;
    Ok(account.is_some_and(|a| a.closed_at.is_none() && matches!(a.role, Role::Administrator | Role::Staff | Role::Moderator)))
}

fn session(id: SessionId, panel_day_id: PanelDayId, revision: i64, plan: CheckedSession) -> Session {
    Session {
        id,
        panel_day_id,
        title: plan.title,
        topic_id: plan.topic,
        room: plan.room,
        moderator_id: plan.moderator,
        starts_at: plan.starts_at,
        ends_at: plan.ends_at,
        company: plan.company,
        locked_at: None,
        unlocked_at: None,
        unlock_reason: None,
        revision,
    }
}

fn shown(session: &Session) -> serde_json::Value {
    json!({
        "title": session.title,
        "topic": session.topic_id,
        "room": session.room,
        "moderator": session.moderator_id,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "company": session.company,
    })
}

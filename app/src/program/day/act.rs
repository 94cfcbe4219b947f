//! Planning a day, and changing the plan.

use serde_json::json;

use super::rules::{self, CheckedPanelDay, PanelDayPlan};
use super::{DayChanged, PanelDay, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PanelDayId, ProgramId};
use crate::program;

#[derive(Clone, Debug)]
pub struct CreatePanelDay {
    pub program: ProgramId,
    pub plan: PanelDayPlan,
}

/// A changed plan, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct UpdatePanelDay {
    pub id: PanelDayId,
    pub revision: i64,
    pub plan: PanelDayPlan,
    /// Email the people concerned where the date, the place or the time zone changes. Needed where there are any.
    pub notify: bool,
}

/// Plans a day.
///
/// # Errors
/// `Invalid`, also for a date in the past without a word that it is meant; `NotFound` for an unknown program.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, cmd: CreatePanelDay) -> Result<PanelDayId> {
    actor.may(Permission::EditProgram)?;
    program::store::find(tx, cmd.program).await?.ok_or(Error::NotFound)?;
    let day = panel_day(PanelDayId::new(), cmd.program, 1, now, rules::check(&cmd.plan, None, now)?);
    store::create(tx, &day).await?;
    audit(actor, now, "planned", ResourceType::PanelDay, day.id).on_day(day.id).with(json!({ "after": shown(&day) })).record(tx);
    Ok(day.id)
}

/// Changes a plan. Sessions move with their day, new seats go to those who wait, and the people concerned are notified of a move (`DayChanged`).
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when somebody saved in between, or more seats are taken than would be left.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, cmd: UpdatePanelDay) -> Result<()> {
    actor.may(Permission::EditProgram)?;
    let before = store::lock(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let after = panel_day(before.id, before.program_id, cmd.revision, before.created_at, rules::check(&cmd.plan, Some(before.day), now)?);
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "Someone else saved this day while you were writing. Your text is below. Compare it with theirs, then save again.",
        ));
    }
    audit(actor, now, "changed", ResourceType::PanelDay, cmd.id)
        .on_day(cmd.id)
        .with(json!({ "before": shown(&before), "after": shown(&after) }))
        .record(tx);
    tx.emit(&DayChanged { actor: actor.clone(), at: now, before, after, notify: cmd.notify }).await
}

fn panel_day(id: PanelDayId, program_id: ProgramId, revision: i64, created_at: Time, plan: CheckedPanelDay) -> PanelDay {
    PanelDay {
        id,
        program_id,
        title: plan.title,
        kind: plan.kind,
        day: plan.day,
        time_zone: plan.time_zone,
        place: plan.place,
        segment: plan.segment,
        capacity: plan.capacity,
        revision,
        created_at,
    }
}

fn shown(day: &PanelDay) -> serde_json::Value {
    json!({
        "title": day.title,
        "kind": day.kind,
        "day": day.day,
        "time_zone": day.time_zone.name(),
        "place": day.place,
        "segment": day.segment,
        "capacity": day.capacity,
    })
}

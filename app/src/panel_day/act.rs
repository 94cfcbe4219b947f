//! Planning a day, and changing the plan.

use serde_json::json;

use super::rules::{self, Checked, Plan};
use super::{PanelDay, store};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{PanelDayId, ProgramId};
use crate::{panelist, program, session};

/// A new day of a program.
#[derive(Clone, Debug)]
pub struct Create {
    pub program: ProgramId,
    pub plan: Plan,
}

/// A changed plan, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct Update {
    pub id: PanelDayId,
    pub revision: i64,
    pub plan: Plan,
}

/// Plans a day.
///
/// # Errors
/// `Invalid`, also for a date in the past without a word that it is meant; `NotFound` for an unknown program.
pub async fn create(tx: &mut Tx, actor: &Actor, now: Time, cmd: Create) -> Result<PanelDayId> {
    actor.may(Verb::EditProgram)?;
    program::store::find(tx, cmd.program).await?.ok_or(Error::NotFound)?;
    let day = panel_day(PanelDayId::new(), cmd.program, 1, now, rules::check(&cmd.plan, None, now)?);
    store::create(tx, &day).await?;
    did(actor, now, "planned", Thing::PanelDay, day.id).on_day(day.id).with(json!({ "after": shown(&day) })).record(tx);
    Ok(day.id)
}

/// Changes a plan. Sessions keep their time on the wall when the day or its zone changes; new seats go to those who wait.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when somebody saved in between, or more seats are taken than would be left.
pub async fn update(tx: &mut Tx, actor: &Actor, now: Time, cmd: Update) -> Result<()> {
    actor.may(Verb::EditProgram)?;
    let before = store::lock(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let after = panel_day(before.id, before.program_id, cmd.revision, before.created_at, rules::check(&cmd.plan, Some(before.day), now)?);
    let seated = panelist::store::count_seated(tx, cmd.id).await?;
    if after.capacity < seated {
        return Err(Error::field("capacity", format!("{seated} seats are taken already. A day cannot have fewer than that.")));
    }
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "Somebody else saved this day while you were writing. Your text is below; compare it with theirs, then save again.",
        ));
    }
    if (before.day, before.time_zone) != (after.day, after.time_zone) {
        session::act::move_with_day(tx, &before, &after).await?;
    }
    did(actor, now, "changed", Thing::PanelDay, cmd.id)
        .on_day(cmd.id)
        .with(json!({ "before": shown(&before), "after": shown(&after) }))
        .record(tx);
    panelist::act::promote(tx, actor, now, &after).await
}

fn panel_day(id: PanelDayId, program_id: ProgramId, revision: i64, created_at: Time, plan: Checked) -> PanelDay {
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

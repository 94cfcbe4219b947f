//! What happens to panelists: promotion from the waitlist, withdrawal, quote permission.

use serde_json::json;

use super::{Panelist, QuotePermission, rules, store};
use crate::access::account::{Actor, Permission, Scope};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::PanelistId;
use crate::program::day::{self, DayChanged, PanelDay};
use crate::{program, recruiting::invitation};

/// A withdrawal by the panelist, or by staff on their behalf with a reason.
#[derive(Clone, Debug)]
pub struct WithdrawPanelist {
    pub panelist: PanelistId,
    pub reason: String,
}

/// Withdraws a panelist from the day. Their seat goes to the first person on the waitlist. Withdrawing twice changes nothing.
///
/// # Errors
/// `NotFound`, also for a link to somebody else; `Invalid` when staff give no reason.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, cmd: WithdrawPanelist) -> Result<()> {
    let own = may_own(actor, Permission::LeavePanel, Permission::Invite, cmd.panelist)?;
    let found = store::find(tx, cmd.panelist).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let reason = if own {
        errors.optional_lines("reason", "The reason", &cmd.reason, 400)
    } else {
        errors.text("reason", "The reason", &cmd.reason, 400)
    };
    errors.finish()?;
    let day = day::store::lock(tx, found.panel_day_id).await?.ok_or(Error::NotFound)?;
    if !store::withdraw(tx, cmd.panelist, now).await? {
        return Ok(());
    }
    invitation::store::withdraw(tx, found.invitation_id).await?;
    audit(actor, now, "withdrew", ResourceType::Panelist, cmd.panelist).on_day(day.id).with(json!({ "reason": reason })).record(tx);
    promote(tx, actor, now, &day).await
}

/// Records how a panelist may be quoted, as they say themself.
///
/// # Errors
/// `NotFound` for a link to somebody else.
pub async fn permit_quotes(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, permission: QuotePermission) -> Result<()> {
    may_own(actor, Permission::SetQuotePermission, Permission::SetQuotePermission, id)?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    not_erased(&before)?;
    if store::permit_quotes(tx, id, permission).await? {
        audit(actor, now, "set quote permission", ResourceType::Panelist, id)
            .on_day(before.panel_day_id)
            .with(json!({ "before": before.quote_permission, "after": permission }))
            .record(tx);
    }
    Ok(())
}

pub(crate) fn not_erased(panelist: &Panelist) -> Result<()> {
    if panelist.is_erased() { Err(Error::conflict("This person was erased, so nothing can be recorded about them.")) } else { Ok(()) }
}

/// Gives the seats that a day has gained to the waitlist.
pub(crate) async fn fill_changed_day(tx: &mut Tx, DayChanged { actor, at, after, .. }: &DayChanged) -> Result<()> {
    let seated = store::count_seated(tx, after.id).await?;
    if after.capacity < seated {
        return Err(Error::field("capacity", format!("{seated} seats are already taken. Enter {seated} or more.")));
    }
    promote(tx, actor, *at, after).await
}

/// Gives free seats to the waitlist in its order, with an email each. The day must be locked. After the day there are no promotions.
pub(crate) async fn promote(tx: &mut Tx, actor: &Actor, now: Time, day: &PanelDay) -> Result<()> {
    if !rules::can_still_promote(day, now) {
        return Ok(());
    }
    let mut seated = store::count_seated(tx, day.id).await?;
    while seated < day.capacity {
        let Some(next) = store::find_longest_waiting(tx, day.id).await? else { return Ok(()) };
        store::seat(tx, next.id, now).await?;
        invitation::store::promote(tx, next.invitation_id, now).await?;
        audit(actor, now, "promoted", ResourceType::Panelist, next.id).on_day(day.id).record(tx);
        notify(tx, now, &next, day, EmailTemplate::Seated, true).await?;
        seated += 1;
    }
    Ok(())
}

/// Emails a panelist about their seat or their place on the waitlist, with the link to their portal.
pub(crate) async fn notify(
    tx: &mut Tx,
    now: Time,
    panelist: &Panelist,
    day: &PanelDay,
    template: EmailTemplate,
    promoted: bool,
) -> Result<()> {
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let link = link::act::current(tx, now, Purpose::Portal, panelist.id.0).await?;
    let email = outbox::act::QueueEmail {
        template,
        recipient: panelist.email.clone(),
        recipient_name: panelist.name.clone(),
        params: json!({
            "organisation": program.charter.organisation,
            "program": program.charter.name,
            "day_title": day.title,
            "date": day.day,
            "place": day.place,
            "promoted": promoted,
        }),
        link: Some(link.id),
        subject: Some(panelist.id.0),
        key: format!("{}/{}", template.as_str(), panelist.id),
    };
    outbox::act::queue(tx, now, email).await?;
    Ok(())
}

/// Whether the actor is the panelist (true) or staff (false).
pub(super) fn may_own(actor: &Actor, as_panelist: Permission, as_staff: Permission, id: PanelistId) -> Result<bool> {
    match actor {
        Actor::Link { subject, .. } => {
            actor.may(as_panelist)?;
            if *subject == id.0 { Ok(true) } else { Err(Error::NotFound) }
        }
        _ => match actor.may(as_staff)? {
            Scope::All => Ok(false),
            _ => Err(Error::NotFound),
        },
    }
}

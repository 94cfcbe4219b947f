//! What happens to those who said yes: moving up, coming, leaving.

use serde_json::json;

use super::{Attendance, Panelist, QuotePermission, rules, store};
use crate::account::{Actor, Scope, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::{self, Time};
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::PanelistId;
use crate::link::{self, Purpose};
use crate::outbox::{self, Template};
use crate::panel_day::{self, PanelDay};
use crate::{invitation, program, session};

/// Somebody leaves: the panelist themself, or staff on their behalf, who say why.
#[derive(Clone, Debug)]
pub struct Withdraw {
    pub panelist: PanelistId,
    pub reason: String,
}

/// Takes a panelist off the day. Their seat goes to whoever has waited longest. Leaving twice changes nothing.
///
/// # Errors
/// `NotFound`, also for a link to somebody else; `Invalid` when staff give no reason.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, cmd: Withdraw) -> Result<()> {
    let own = may_own(actor, Verb::Leave, Verb::Invite, cmd.panelist)?;
    let found = store::find(tx, cmd.panelist).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    let reason = if own {
        wrong.optional_lines("reason", "The reason", &cmd.reason, 400)
    } else {
        wrong.text("reason", "The reason for withdrawing somebody", &cmd.reason, 400)
    };
    wrong.finish()?;
    let day = panel_day::store::lock(tx, found.panel_day_id).await?.ok_or(Error::NotFound)?;
    if !store::withdraw(tx, cmd.panelist, now).await? {
        return Ok(());
    }
    invitation::store::withdraw(tx, found.invitation_id).await?;
    did(actor, now, "withdrew", Thing::Panelist, cmd.panelist).on_day(day.id).with(json!({ "reason": reason })).record(tx);
    promote(tx, actor, now, &day).await
}

/// Records that somebody came or did not, or takes that back (`None`). Saying it twice changes nothing.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate; `Conflict` for somebody without a seat.
pub async fn attend(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, attendance: Option<Attendance>) -> Result<()> {
    actor.may(Verb::CheckIn)?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, Verb::CheckIn, found.panel_day_id).await?;
    not_erased(&found)?;
    if found.withdrawn_at.is_some() {
        return Err(Error::conflict(format!("{} has withdrawn.", found.name)));
    }
    if found.seated_at.is_none() {
        return Err(Error::conflict(format!(
            "{} is on the waitlist and has no seat. Raise the capacity of the day to let them in.",
            found.name
        )));
    }
    if store::attend(tx, id, attendance, now).await? {
        let verb = match attendance {
            Some(Attendance::CheckedIn) => "checked in",
            Some(Attendance::NoShow) => "marked as no show",
            None => "took back the attendance of",
        };
        did(actor, now, verb, Thing::Panelist, id).on_day(found.panel_day_id).record(tx);
    }
    Ok(())
}

/// Records how a panelist may be quoted, as they say themself.
///
/// # Errors
/// `NotFound` for a link to somebody else.
pub async fn permit_quotes(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, permission: QuotePermission) -> Result<()> {
    may_own(actor, Verb::SetQuotePermission, Verb::SetQuotePermission, id)?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    not_erased(&before)?;
    if store::permit_quotes(tx, id, permission).await? {
        did(actor, now, "set quote permission", Thing::Panelist, id)
            .on_day(before.panel_day_id)
            .with(json!({ "before": before.quote_permission, "after": permission }))
            .record(tx);
    }
    Ok(())
}

fn not_erased(panelist: &Panelist) -> Result<()> {
    if panelist.is_erased() { Err(Error::conflict("This person was erased. Nothing more is recorded about them.")) } else { Ok(()) }
}

/// Gives free seats to those who have waited longest, and mails them. The day must be locked. After the day nobody moves up.
pub(crate) async fn promote(tx: &mut Tx, actor: &Actor, now: Time, day: &PanelDay) -> Result<()> {
    if !rules::seats_matter(day, now) {
        return Ok(());
    }
    let mut seated = store::count_seated(tx, day.id).await?;
    while seated < day.capacity {
        let Some(next) = store::find_longest_waiting(tx, day.id).await? else { return Ok(()) };
        store::seat(tx, next.id, now).await?;
        invitation::store::promote(tx, next.invitation_id, now).await?;
        did(actor, now, "moved up", Thing::Panelist, next.id).on_day(day.id).record(tx);
        tell(tx, now, &next, day, Template::Seated, true).await?;
        seated += 1;
    }
    Ok(())
}

/// Mails a panelist that they have a seat, or wait for one, with the link to their portal.
pub(crate) async fn tell(tx: &mut Tx, now: Time, panelist: &Panelist, day: &PanelDay, template: Template, promoted: bool) -> Result<()> {
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let link = link::act::current(tx, now, Purpose::Door, panelist.id.0).await?;
    let mail = outbox::act::Queue {
        template,
        recipient: panelist.email.clone(),
        recipient_name: panelist.name.clone(),
        params: json!({
            "organisation": program.organisation,
            "program": program.name,
            "day_title": day.title,
            "date": clock::long_date(day.day),
            "place": day.place,
            "promoted": promoted,
        }),
        link: Some(link.id),
        subject: Some(panelist.id.0),
        key: format!("{}/{}", template.as_str(), panelist.id),
    };
    outbox::act::queue(tx, now, mail).await?;
    Ok(())
}

/// Whether the actor is the panelist (true) or staff (false).
fn may_own(actor: &Actor, as_panelist: Verb, as_staff: Verb, id: PanelistId) -> Result<bool> {
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

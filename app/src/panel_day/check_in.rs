//! Check-in of panelists, and no-shows.

use super::session;
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelistId;
use crate::recruiting::panelist::{self, Attendance};

/// Records a check-in or a no-show, or undoes either (`None`). Recording twice changes nothing.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate; `Conflict` for a person without a seat.
pub async fn record(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, attendance: Option<Attendance>) -> Result<()> {
    actor.may(Permission::CheckIn)?;
    let found = panelist::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, Permission::CheckIn, found.panel_day_id).await?;
    panelist::act::not_erased(&found)?;
    if found.withdrawn_at.is_some() {
        return Err(Error::conflict(format!("{} has withdrawn from this panel day, so attendance cannot be recorded.", found.name)));
    }
    if found.seated_at.is_none() {
        return Err(Error::conflict(format!("{} is on the waitlist and has no seat. Add a seat to the panel day first.", found.name)));
    }
    if panelist::store::attend(tx, id, attendance, now).await? {
        let action = match attendance {
            Some(Attendance::CheckedIn) => "checked in",
            Some(Attendance::NoShow) => "marked as no-show",
            None => "undid the attendance of",
        };
        audit(actor, now, action, ResourceType::Panelist, id).on_day(found.panel_day_id).record(tx);
    }
    Ok(())
}

//! Checking people in: who came, and who did not.

use super::session;
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PanelistId;
use crate::recruiting::panelist::{self, Attendance};

/// Records that somebody came or did not, or takes that back (`None`). Saying it twice changes nothing.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate; `Conflict` for somebody without a seat.
pub async fn record(tx: &mut Tx, actor: &Actor, now: Time, id: PanelistId, attendance: Option<Attendance>) -> Result<()> {
    actor.may(Permission::CheckIn)?;
    let found = panelist::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, Permission::CheckIn, found.panel_day_id).await?;
    panelist::act::not_erased(&found)?;
    if found.withdrawn_at.is_some() {
        return Err(Error::conflict(format!("{} has withdrawn.", found.name)));
    }
    if found.seated_at.is_none() {
        return Err(Error::conflict(format!(
            "{} is on the waitlist and has no seat. Raise the capacity of the day to let them in.",
            found.name
        )));
    }
    if panelist::store::attend(tx, id, attendance, now).await? {
        let action = match attendance {
            Some(Attendance::CheckedIn) => "checked in",
            Some(Attendance::NoShow) => "marked as no show",
            None => "took back the attendance of",
        };
        audit(actor, now, action, ResourceType::Panelist, id).on_day(found.panel_day_id).record(tx);
    }
    Ok(())
}

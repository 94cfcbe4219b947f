//! Putting people on the shortlist of a day, and taking them off it.

use serde_json::json;

use super::store;
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::CandidateId;
use crate::invitation;

/// Takes somebody off the shortlist. The row stays and says why; a draft of an invitation is thrown away.
/// Taking off twice changes nothing.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` when an invitation has been sent.
pub async fn unlist(tx: &mut Tx, actor: &Actor, now: Time, id: CandidateId, reason: &str) -> Result<()> {
    actor.may(Verb::Shortlist)?;
    let candidate = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut wrong = Wrong::default();
    let reason = wrong.text("reason", "The reason for taking somebody off", reason, 400);
    wrong.finish()?;
    if let Some(invitation) = invitation::store::find_candidate(tx, id).await?
        && !invitation::store::delete(tx, invitation.id).await?
    {
        return Err(Error::conflict(format!("{} has been invited. Withdraw the invitation instead.", candidate.name)));
    }
    if store::remove(tx, id, now, &reason).await? {
        did(actor, now, "unlisted", Thing::Candidate, id).on_day(candidate.panel_day_id).with(json!({ "reason": reason })).record(tx);
    }
    Ok(())
}

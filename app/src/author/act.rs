//! Setting a voice aside and bringing it back.

use serde_json::json;

use super::{Standing, store};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::AuthorId;
use crate::segment;

/// Sets a voice aside: it stays visible, and is in no ranking and on no shortlist.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason.
pub async fn set_aside(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, Standing::Aside, "set aside", reason).await
}

/// Brings back a voice that a rule or a person set aside. No rule sets it aside again.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason.
pub async fn bring_back(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, reason: &str) -> Result<()> {
    decide(tx, actor, now, id, Standing::Counted, "brought back", reason).await
}

async fn decide(tx: &mut Tx, actor: &Actor, now: Time, id: AuthorId, to: Standing, verb: &'static str, reason: &str) -> Result<()> {
    actor.may(Verb::Assess)?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    store::hold(tx, id).await?;
    let before = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let by = actor.account().map_or(uuid::Uuid::nil(), |account| account.0);
    store::set_standing(tx, id, to, &reason, by).await?;
    segment::act::stand(tx, now, before.program_id, id, before.standing, to).await?;
    did(actor, now, verb, Thing::Author, id).with(json!({ "before": before.standing, "now": to, "reason": reason })).record(tx);
    Ok(())
}

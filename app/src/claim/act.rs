//! Proposing that two voices are one person, confirming it, refusing it, and taking it back.

use serde_json::json;

use super::{Claim, Ground, State, Suggestion, store};
use crate::account::{Actor, Verb};
use crate::activity::{Thing, act::did};
use crate::author::{self, Author};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{AuthorId, ClaimId};

/// Proposes that two voices are one person.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` for one voice, for voices of two programs, and where it was proposed or
/// confirmed already.
pub async fn propose(tx: &mut Tx, actor: &Actor, now: Time, voice: AuthorId, other: AuthorId, reason: &str) -> Result<ClaimId> {
    actor.may(Verb::LinkVoices)?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    let one = author::store::find(tx, voice).await?.ok_or(Error::NotFound)?;
    let two = author::store::find(tx, other).await?.ok_or(Error::NotFound)?;
    if one.id == two.id {
        return Err(Error::conflict("This is the same voice."));
    }
    if one.program_id != two.program_id {
        return Err(Error::conflict("These voices belong to two programs. Each program listens for itself."));
    }
    if store::linked(tx, voice).await?.contains(&other) {
        return Err(Error::conflict(format!("{} and {} are linked already.", one.shown(), two.shown())));
    }
    let (first, second) = if voice < other { (voice, other) } else { (other, voice) };
    let claim = Claim {
        id: ClaimId::new(),
        program_id: one.program_id,
        one_id: first,
        other_id: second,
        reason,
        state: State::Proposed,
        proposed_by: actor.account(),
        proposed_at: now,
        decided_by: None,
        decided_at: None,
        decided_reason: None,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    };
    if !store::create(tx, &claim).await? {
        return Err(Error::conflict("This link was proposed already and waits for its second look."));
    }
    did(actor, now, "proposed", Thing::Claim, claim.id).with(json!({ "voices": [first, second], "reason": claim.reason })).record(tx);
    Ok(claim.id)
}

/// The second look: they are one person. Whoever proposed it may confirm it too.
///
/// # Errors
/// `NotFound`; `Conflict` where it waits no more.
pub async fn confirm(tx: &mut Tx, actor: &Actor, now: Time, id: ClaimId) -> Result<()> {
    actor.may(Verb::LinkVoices)?;
    let claim = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, State::Confirmed, actor.account(), now, None).await? {
        return Err(late(&claim));
    }
    let same = claim.proposed_by.is_some() && claim.proposed_by == actor.account();
    did(actor, now, "confirmed", Thing::Claim, id)
        .with(json!({ "voices": [claim.one_id, claim.other_id], "proposed by the same person": same }))
        .record(tx);
    Ok(())
}

/// The second look: they are not, or nobody can tell.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where it waits no more.
pub async fn refuse(tx: &mut Tx, actor: &Actor, now: Time, id: ClaimId, reason: &str) -> Result<()> {
    actor.may(Verb::LinkVoices)?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    let claim = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, State::Refused, actor.account(), now, Some(&reason)).await? {
        return Err(late(&claim));
    }
    did(actor, now, "refused", Thing::Claim, id).with(json!({ "voices": [claim.one_id, claim.other_id], "reason": reason })).record(tx);
    Ok(())
}

/// Takes a confirmed link back.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where it does not hold.
pub async fn unlink(tx: &mut Tx, actor: &Actor, now: Time, id: ClaimId, reason: &str) -> Result<()> {
    actor.may(Verb::LinkVoices)?;
    let mut wrong = Wrong::default();
    let reason = wrong.lines("reason", "The reason", reason, 500);
    wrong.finish()?;
    let claim = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::end(tx, id, actor.account(), now, &reason).await? {
        return Err(Error::conflict("This link does not hold any more."));
    }
    did(actor, now, "unlinked", Thing::Claim, id).with(json!({ "voices": [claim.one_id, claim.other_id], "reason": reason })).record(tx);
    Ok(())
}

fn late(claim: &Claim) -> Error {
    Error::conflict(format!("Somebody was quicker: this link is {} already.", claim.state.label()))
}

/// Voices that may be the same person, and why; those about whom something was said already are left out. Nothing follows from it.
///
/// # Errors
/// What the database says.
pub async fn suggest(tx: &mut Tx, voice: &Author) -> Result<Vec<Suggestion>> {
    let mut known: Vec<AuthorId> = store::list_of(tx, voice.id).await?.iter().map(|claim| claim.other(voice.id)).collect();
    known.extend(store::linked(tx, voice.id).await?);
    let mut grounds: Vec<(AuthorId, Ground)> = Vec::new();
    grounds.extend(store::list_same_handle(tx, voice).await?.into_iter().map(|id| (id, Ground::Handle)));
    for (id, country) in store::list_same_name(tx, voice).await? {
        if !grounds.iter().any(|(found, _)| *found == id) {
            grounds.push((id, Ground::Name { country }));
        }
    }
    grounds.retain(|(id, _)| !known.contains(id));
    let voices = author::store::list(tx, &grounds.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let of = |(id, ground)| voices.iter().find(|voice| voice.id == id).map(|voice| Suggestion { voice: voice.clone(), ground });
    Ok(grounds.into_iter().filter_map(of).collect())
}

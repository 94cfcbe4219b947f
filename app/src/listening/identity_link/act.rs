//! Proposing, confirming, rejecting and removing identity links.

use serde_json::json;

use super::{IdentityLink, IdentityLinkState, LinkGround, LinkSuggestion, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AuthorId, IdentityLinkId};
use crate::listening::author::{self, Author};

/// Proposes that two authors are one person.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` for one author, for authors of two programs, and where it was proposed or
/// confirmed already.
pub async fn propose(tx: &mut Tx, actor: &Actor, now: Time, author: AuthorId, other: AuthorId, reason: &str) -> Result<IdentityLinkId> {
    actor.may(Permission::LinkAuthors)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    let one = author::store::find(tx, author).await?.ok_or(Error::NotFound)?;
    let two = author::store::find(tx, other).await?.ok_or(Error::NotFound)?;
    if one.id == two.id {
        return Err(Error::conflict("An author cannot be linked with itself."));
    }
    if one.program_id != two.program_id {
        return Err(Error::conflict("These authors belong to different programs and cannot be linked."));
    }
    if store::linked(tx, author).await?.contains(&other) {
        return Err(Error::conflict(format!("{} and {} are already linked.", one.shown(), two.shown())));
    }
    let (first, second) = if author < other { (author, other) } else { (other, author) };
    let link = IdentityLink {
        id: IdentityLinkId::new(),
        program_id: one.program_id,
        one_id: first,
        other_id: second,
        reason,
        state: IdentityLinkState::Proposed,
        proposed_by: actor.account(),
        proposed_at: now,
        decided_by: None,
        decided_at: None,
        decided_reason: None,
        ended_by: None,
        ended_at: None,
        ended_reason: None,
    };
    if !store::create(tx, &link).await? {
        return Err(Error::conflict("This link is already proposed and needs to be reviewed."));
    }
    audit(actor, now, "proposed", ResourceType::IdentityLink, link.id)
        .with(json!({ "authors": [first, second], "reason": link.reason }))
        .record(tx);
    Ok(link.id)
}

/// The review: they are one person. The proposer may confirm it too.
///
/// # Errors
/// `NotFound`; `Conflict` where it waits no more.
pub async fn confirm(tx: &mut Tx, actor: &Actor, now: Time, id: IdentityLinkId) -> Result<()> {
    actor.may(Permission::LinkAuthors)?;
    let link = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, IdentityLinkState::Confirmed, actor.account(), now, None).await? {
        return Err(late(&link));
    }
    let same = link.proposed_by.is_some() && link.proposed_by == actor.account();
    audit(actor, now, "confirmed", ResourceType::IdentityLink, id)
        .with(json!({ "authors": [link.one_id, link.other_id], "proposed by the same person": same }))
        .record(tx);
    Ok(())
}

/// The review: they are not one person, or there is no proof.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where it waits no more.
pub async fn refuse(tx: &mut Tx, actor: &Actor, now: Time, id: IdentityLinkId, reason: &str) -> Result<()> {
    actor.may(Permission::LinkAuthors)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    let link = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, IdentityLinkState::Refused, actor.account(), now, Some(&reason)).await? {
        return Err(late(&link));
    }
    audit(actor, now, "rejected", ResourceType::IdentityLink, id)
        .with(json!({ "authors": [link.one_id, link.other_id], "reason": reason }))
        .record(tx);
    Ok(())
}

/// Removes a confirmed link.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` where it does not hold.
pub async fn unlink(tx: &mut Tx, actor: &Actor, now: Time, id: IdentityLinkId, reason: &str) -> Result<()> {
    actor.may(Permission::LinkAuthors)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.lines("reason", "The reason", reason, 500);
    errors.finish()?;
    let link = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::end(tx, id, actor.account(), now, &reason).await? {
        return Err(Error::conflict("This link was already removed."));
    }
    audit(actor, now, "removed", ResourceType::IdentityLink, id)
        .with(json!({ "authors": [link.one_id, link.other_id], "reason": reason }))
        .record(tx);
    Ok(())
}

fn late(link: &IdentityLink) -> Error {
    Error::conflict(format!("Someone else reviewed this link: it is {}.", link.state.label()))
}

/// Authors that may be the same person, and why. Authors with a link in any state are left out.
///
/// # Errors
/// What the database says.
pub async fn suggest(tx: &mut Tx, author: &Author) -> Result<Vec<LinkSuggestion>> {
    let mut known: Vec<AuthorId> = store::list_of(tx, author.id).await?.iter().map(|link| link.other(author.id)).collect();
    known.extend(store::linked(tx, author.id).await?);
    let mut grounds: Vec<(AuthorId, LinkGround)> = Vec::new();
    grounds.extend(store::list_same_handle(tx, author).await?.into_iter().map(|id| (id, LinkGround::Handle)));
    for (id, country) in store::list_same_name(tx, author).await? {
        if !grounds.iter().any(|(found, _)| *found == id) {
            grounds.push((id, LinkGround::Name { country }));
        }
    }
    grounds.retain(|(id, _)| !known.contains(id));
    let authors = author::store::list(tx, &grounds.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let of = |(id, ground)| authors.iter().find(|author| author.id == id).map(|author| LinkSuggestion { author: author.clone(), ground });
    Ok(grounds.into_iter().filter_map(of).collect())
}

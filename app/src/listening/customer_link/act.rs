//! Proposing links from handles on the roster, confirming and rejecting them.

use serde_json::json;

use super::{CustomerLink, CustomerLinkState, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::{ResourceType, act::audit};
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::CustomerLinkId;
use crate::listening::author::network_label;
use crate::listening::import::{ImportEnded, ImportState};

const ROSTER: Actor = Actor::System("roster");

/// When an import has ended: proposes links between customers and the authors that have their handles. Nothing is linked by it.
///
/// # Errors
/// What the database says.
pub async fn propose_from_roster(tx: &mut Tx, event: &ImportEnded) -> Result<()> {
    if event.run.state != ImportState::Finished {
        return Ok(());
    }
    let (program, at) = (event.run.program_id, event.at);
    let found = store::list_same_handle(tx, program).await?;
    let links: Vec<CustomerLink> = found
        .into_iter()
        .map(|same| CustomerLink {
            id: CustomerLinkId::new(),
            program_id: program,
            customer_id: same.customer_id,
            author_id: same.author_id,
            reason: format!("The roster has the handle {} of this author on {}.", same.handle, network_label(&same.network)),
            state: CustomerLinkState::Proposed,
            proposed_at: at,
            decided_by: None,
            decided_at: None,
        })
        .collect();
    store::create(tx, &links).await?;
    if !links.is_empty() {
        audit(&ROSTER, at, "proposed customer links", ResourceType::ImportRun, event.run.id)
            .with(json!({ "links": links.len() }))
            .record(tx);
    }
    Ok(())
}

/// The review: the customer and the author are one person.
///
/// # Errors
/// `NotFound`; `Conflict` where it was decided already.
pub async fn confirm(tx: &mut Tx, actor: &Actor, now: Time, id: CustomerLinkId) -> Result<()> {
    decide(tx, actor, now, id, CustomerLinkState::Confirmed).await
}

/// The review: they are two people, or there is no proof.
///
/// # Errors
/// As `confirm`.
pub async fn refuse(tx: &mut Tx, actor: &Actor, now: Time, id: CustomerLinkId) -> Result<()> {
    decide(tx, actor, now, id, CustomerLinkState::Refused).await
}

/// Removes a confirmed link. It is not proposed again.
///
/// # Errors
/// `NotFound`; `Conflict` where it is not confirmed.
pub async fn unlink(tx: &mut Tx, actor: &Actor, now: Time, id: CustomerLinkId) -> Result<()> {
    actor.may(Permission::LinkAuthors)?;
    let link = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, CustomerLinkState::Confirmed, CustomerLinkState::Refused, actor.account(), now).await? {
        return Err(Error::conflict("This link was already removed."));
    }
    audit(actor, now, "removed", ResourceType::IdentityLink, id)
        .with(json!({ "customer": link.customer_id, "author": link.author_id }))
        .record(tx);
    Ok(())
}

async fn decide(tx: &mut Tx, actor: &Actor, now: Time, id: CustomerLinkId, state: CustomerLinkState) -> Result<()> {
    actor.may(Permission::LinkAuthors)?;
    let link = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::decide(tx, id, CustomerLinkState::Proposed, state, actor.account(), now).await? {
        return Err(Error::conflict(format!("Someone else reviewed this link: it is {}.", link.state.label())));
    }
    audit(actor, now, state.label(), ResourceType::IdentityLink, id)
        .with(json!({ "customer": link.customer_id, "author": link.author_id }))
        .record(tx);
    Ok(())
}

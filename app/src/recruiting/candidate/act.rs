//! Adding people to the shortlist of a day, and removing them.

use serde_json::json;

use super::{Candidate, CandidateIdentity, rules, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::casework::nomination::AuthorRecommended;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AuthorId, CandidateId, CustomerId, PanelDayId};
use crate::listening::author::{self, AuthorKind};
use crate::listening::segment::{self, Assessment};
use crate::listening::{customer, identity_link};
use crate::program::day::{self, PanelDay};
use crate::recruiting::invitation;

/// A person for a day, and why.
#[derive(Clone, Debug)]
pub struct AddToShortlist {
    pub day: PanelDayId,
    pub who: CandidateIdentity,
    pub remark: String,
}

/// Adds an author whom a colleague nominated.
pub(crate) async fn shortlist_recommended(tx: &mut Tx, event: &AuthorRecommended) -> Result<()> {
    let cmd = AddToShortlist { day: event.day, who: CandidateIdentity::Author(event.author), remark: "Nominated by employees".into() };
    shortlist(tx, &event.actor, event.at, cmd).await.map(|_| ())
}

/// Adds a person to the shortlist of a day, with the reasons of the current assessment. Adding twice changes nothing; a removed person
/// returns with today's reasons.
///
/// # Errors
/// `NotFound` for an unknown day or person; `Conflict` for a person who is on the list with another author, is excluded, has no segment or another
/// one than the day, or has not consented to be contacted.
pub async fn shortlist(tx: &mut Tx, actor: &Actor, now: Time, cmd: AddToShortlist) -> Result<CandidateId> {
    actor.may(Permission::Shortlist)?;
    let mut errors = ValidationErrors::default();
    let remark = errors.optional("remark", "The reason", &cmd.remark, 400);
    errors.finish()?;
    let day = day::store::find(tx, cmd.day).await?.ok_or(Error::NotFound)?;
    let (name, assessment) = match cmd.who {
        CandidateIdentity::Author(id) => author(tx, &day, id).await?,
        CandidateIdentity::Customer(id) => on_roster(tx, &day, id).await?,
    };
    let before = store::find_who(tx, day.id, cmd.who).await?;
    if let Some(found) = before.as_ref().filter(|found| found.removed_at.is_none()) {
        return Ok(found.id);
    }
    if let CandidateIdentity::Author(id) = cmd.who {
        once(tx, day.id, id, &name).await?;
    }
    let candidate = Candidate {
        id: before.as_ref().map_or_else(CandidateId::new, |found| found.id),
        panel_day_id: day.id,
        author_id: if let CandidateIdentity::Author(id) = cmd.who { Some(id) } else { None },
        customer_id: if let CandidateIdentity::Customer(id) = cmd.who { Some(id) } else { None },
        segment: rules::fits(&name, assessment.as_ref().and_then(|found| found.segment), day.segment)?,
        name,
        reasons: assessment.map(|found| found.reasons).unwrap_or_default(),
        remark,
        added_by: actor.account(),
        added_at: now,
        removed_at: None,
        removed_reason: None,
    };
    let changed = if before.is_some() { store::restore(tx, &candidate).await? } else { store::create(tx, &candidate).await? };
    if changed {
        audit(actor, now, "shortlisted", ResourceType::Candidate, candidate.id)
            .on_day(day.id)
            .with(json!({ "segment": candidate.segment, "reasons": candidate.reasons, "remark": candidate.remark }))
            .record(tx);
        return Ok(candidate.id);
    }
    // Another request added the same person first.
    store::find_who(tx, day.id, cmd.who).await?.map(|found| found.id).ok_or(Error::NotFound)
}

/// Removes a person from the shortlist and deletes the draft of their invitation. The row stays, with the reason. Removing twice changes
/// nothing.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` when an invitation has been sent.
pub async fn remove_from_shortlist(tx: &mut Tx, actor: &Actor, now: Time, id: CandidateId, reason: &str) -> Result<()> {
    actor.may(Permission::Shortlist)?;
    let candidate = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.text("reason", "The reason", reason, 400);
    errors.finish()?;
    if let Some(invitation) = invitation::store::find_candidate(tx, id).await?
        && !invitation::store::delete(tx, invitation.id).await?
    {
        return Err(Error::conflict(format!("{} has already been invited. Withdraw the invitation first.", candidate.name)));
    }
    if store::remove(tx, id, now, &reason).await? {
        audit(actor, now, "removed", ResourceType::Candidate, id)
            .on_day(candidate.panel_day_id)
            .with(json!({ "reason": reason }))
            .record(tx);
    }
    Ok(())
}

/// Refuses a second author of one person.
async fn once(tx: &mut Tx, day: PanelDayId, id: AuthorId, name: &str) -> Result<()> {
    for linked in identity_link::store::linked(tx, id).await? {
        if let Some(found) = store::find_who(tx, day, CandidateIdentity::Author(linked)).await?.filter(|found| found.removed_at.is_none()) {
            return Err(Error::conflict(format!(
                "{name} and {} are the same person, who is already on this shortlist. Remove {} from the shortlist first, or reject the identity link.",
                found.name, found.name
            )));
        }
    }
    Ok(())
}

async fn author(tx: &mut Tx, day: &PanelDay, id: AuthorId) -> Result<(String, Option<Assessment>)> {
    let author = author::store::find(tx, id).await?.filter(|author| author.program_id == day.program_id).ok_or(Error::NotFound)?;
    if author.handle == author::rules::UNKNOWN {
        return Err(Error::conflict("The author of this mention is unknown, so no one can be invited."));
    }
    if author.kind != AuthorKind::Customer {
        let why = author.why().unwrap_or_else(|| author.kind.label().to_owned());
        return Err(Error::conflict(format!("{} is excluded ({why}). Include the author first, with a reason.", author.shown())));
    }
    Ok((author.shown(), segment::store::find_author(tx, id).await?))
}

async fn on_roster(tx: &mut Tx, day: &PanelDay, id: CustomerId) -> Result<(String, Option<Assessment>)> {
    let found = customer::store::find(tx, id).await?.filter(|found| found.program_id == day.program_id).ok_or(Error::NotFound)?;
    if !found.consents_to_contact {
        return Err(Error::conflict(format!("{} has not consented to be contacted, so they cannot be invited.", found.name)));
    }
    Ok((found.name.clone(), segment::store::find_customer(tx, id).await?))
}

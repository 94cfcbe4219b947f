//! The invitee's side: yes with a seat, yes with a place on the waitlist, or no.

use serde_json::json;
use uuid::Uuid;

use super::{State, rules, store};
use crate::account::{Actor, Scope, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::candidate;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{InvitationId, PanelistId};
use crate::outbox::Template;
use crate::panel_day;
use crate::panelist::rules::Yes;
use crate::panelist::{self, Panelist};

text_enum! {
    /// What a yes led to.
    pub enum Outcome {
        Seated = "seated", "You have a seat";
        Waitlisted = "waitlisted", "You are on the waitlist";
    }
}

/// Says yes. The day is locked first, so that of two who accept the last seat one gets it and the other waits.
/// Saying yes twice is saying it once; after a no, a yes still counts while the invitation is open.
///
/// # Errors
/// `NotFound` for a link to another invitation; `Invalid`; `Gone` when it has expired or was withdrawn.
pub async fn accept(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, yes: Yes) -> Result<Outcome> {
    may_answer(actor, id)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let day = panel_day::store::lock(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    match rules::state(&invitation, now) {
        State::Accepted | State::Promoted => return Ok(Outcome::Seated),
        State::Waitlisted => return Ok(Outcome::Waitlisted),
        State::Sent => {}
        State::Declined if invitation.expires_at.is_some_and(|until| now < until) => {}
        State::Declined => return Err(rules::closed(State::Expired)),
        state => return Err(rules::closed(state)),
    }
    let (name, email) = panelist::rules::check_yes(&yes)?;
    let others = panelist::store::list(tx, day.id).await?;
    if others.iter().any(|other| other.withdrawn_at.is_none() && other.email == email) {
        return Err(Error::field("email", "Somebody has said yes to this day with that address. Each person needs their own."));
    }
    let candidate = candidate::store::find(tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
    let seated = panelist::store::count_seated(tx, day.id).await? < day.capacity;
    if !store::accept(tx, id, seated, now).await? {
        return Err(rules::closed(State::Accepted));
    }
    let taken: Vec<String> = others.into_iter().map(|other| other.initials).collect();
    let panelist = Panelist {
        id: PanelistId(id.0),
        panel_day_id: day.id,
        invitation_id: id,
        author_id: candidate.author_id,
        customer_id: candidate.customer_id,
        initials: panelist::rules::initials(&name, &taken),
        name,
        email,
        segment: candidate.segment,
        contact_consent_at: now,
        quote_permission: yes.quotes,
        seated_at: seated.then_some(now),
        withdrawn_at: None,
        attendance: None,
        attendance_at: None,
        accepted_at: now,
    };
    panelist::store::create(tx, &panelist).await?;
    let (verb, template, outcome) = if seated {
        ("accepted", Template::Seated, Outcome::Seated)
    } else {
        ("accepted and waits", Template::Waitlisted, Outcome::Waitlisted)
    };
    did(actor, now, verb, Thing::Invitation, id).on_day(day.id).with(json!({ "quotes": yes.quotes })).record(tx);
    panelist::act::tell(tx, now, &panelist, &day, template, false).await?;
    Ok(outcome)
}

/// Says no. Saying it twice is saying it once.
///
/// # Errors
/// `NotFound` for a link to another invitation; `Conflict` after a yes; `Gone` when it has expired or was withdrawn.
pub async fn decline(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, reason: &str) -> Result<()> {
    may_answer(actor, id)?;
    let mut wrong = Wrong::default();
    let reason = wrong.optional("reason", "The reason", reason, 400);
    wrong.finish()?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    match rules::state(&invitation, now) {
        State::Declined => return Ok(()),
        State::Sent => {}
        state if state.said_yes() => {
            return Err(Error::conflict("You have said yes to this. To leave, open your own page from the mail that confirmed it."));
        }
        state => return Err(rules::closed(state)),
    }
    if !store::decline(tx, id, now).await? {
        return Err(rules::closed(State::Accepted));
    }
    did(actor, now, "declined", Thing::Invitation, id).on_day(invitation.panel_day_id).with(json!({ "reason": reason })).record(tx);
    Ok(())
}

fn may_answer(actor: &Actor, id: InvitationId) -> Result<()> {
    match (actor.may(Verb::AnswerInvitation)?, actor) {
        (Scope::All, _) => Ok(()),
        (_, Actor::Link { subject, .. }) if *subject == Uuid::from(id) => Ok(()),
        _ => Err(Error::NotFound),
    }
}

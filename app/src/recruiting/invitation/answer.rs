//! The invitee's side: yes with a seat, yes with a place on the waitlist, or no.

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{Invitation, InvitationState, UnconfirmedAcceptance, rules, store};
use crate::access::account::{self, Actor, Permission, Scope};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Link, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::coded;
use crate::db::Tx;
use crate::kernel::address::EmailAddress;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{InvitationId, PanelistId};
use crate::program;
use crate::program::day;
use crate::recruiting::candidate;
use crate::recruiting::panelist::rules::Acceptance;
use crate::recruiting::panelist::{self, Panelist};

text_enum! {
    /// What a yes led to.
    pub enum AcceptanceOutcome {
        Seated = "seated", "You have a seat";
        Waitlisted = "waitlisted", "You are on the waitlist";
        Unconfirmed = "unconfirmed", "Confirm your answer in the email we sent";
    }
}

/// Says yes, as whoever opened the link. From the invited address it counts at once. From another one, or where nobody knew an address,
/// an email goes out and the yes counts when the button in it is pressed: to the invited address, since the link may have been passed on,
/// or to the typed one where there is no other. An empty address means the invited one.
///
/// # Errors
/// As `accept`; `Wait` after too many emails within an hour.
pub async fn say_yes(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, mut yes: Acceptance) -> Result<AcceptanceOutcome> {
    may_answer(actor, id)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(before) = answered(&invitation, now)? {
        return Ok(before);
    }
    let invited = invitation.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()).map(String::from);
    if let (true, Some(invited)) = (yes.email.trim().is_empty(), &invited) {
        yes.email.clone_from(invited);
    }
    let (name, email) = panelist::rules::check_acceptance(&yes)?;
    if invited.as_ref() == Some(&email) {
        purge_unconfirmed(tx, id, now).await?;
        return accept(tx, actor, now, id, yes).await;
    }
    free_address(&panelist::store::list(tx, invitation.panel_day_id).await?, &email)?;
    let sent_to = invited.clone().unwrap_or_else(|| email.clone());
    may_write_again(tx, now, id, &sent_to).await?;
    purge_unconfirmed(tx, id, now).await?;
    let answer = UnconfirmedAcceptance {
        id: Uuid::now_v7(),
        invitation_id: id,
        name,
        email,
        quotes: yes.quotes,
        sent_to,
        given_at: now,
        confirmed_at: None,
    };
    store::save_answer(tx, &answer).await?;
    audit(
        actor,
        now,
        if invited.is_some() { "answered from another address" } else { "answered and has to confirm" },
        ResourceType::Invitation,
        id,
    )
    .on_day(invitation.panel_day_id)
    .record(tx);
    ask_to_confirm(tx, now, &invitation, &answer).await?;
    Ok(AcceptanceOutcome::Unconfirmed)
}

/// The button in the email was pressed: the yes counts. Pressing it again changes nothing. Gives the link of the invitation, which
/// the reader of that email may open.
///
/// # Errors
/// As `accept`; `Gone` when the invitation was answered anew.
pub async fn confirm(tx: &mut Tx, now: Time, link: &Link) -> Result<Link> {
    link::rules::check(link, now)?;
    let answer = store::find_answer(tx, link.subject_id).await?.ok_or(Error::NotFound)?;
    let id = answer.invitation_id;
    if answer.confirmed_at.is_none() {
        let invitee = Actor::Link { id: link.id, purpose: Purpose::Invite, subject: id.0 };
        let yes = Acceptance { name: answer.name, email: answer.email, consent: true, quotes: answer.quotes };
        accept(tx, &invitee, now, id, yes).await?;
        store::confirm_answer(tx, answer.id, now).await?;
        link::store::open(tx, link.id, now).await?;
    }
    link::act::current(tx, now, Purpose::Invite, id.0).await
}

/// Takes a seat, or a place on the waitlist, for somebody whose address is known to be theirs. The day is locked first, so that of two who
/// accept the last seat one gets it and the other waits. Saying yes twice is saying it once; after a no, a yes still counts while the
/// invitation is open.
///
/// # Errors
/// `NotFound` for a link to another invitation; `Invalid`; `Gone` when it has expired or was withdrawn.
pub async fn accept(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, yes: Acceptance) -> Result<AcceptanceOutcome> {
    may_answer(actor, id)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let day = day::store::lock(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(before) = answered(&invitation, now)? {
        return Ok(before);
    }
    let (name, email) = panelist::rules::check_acceptance(&yes)?;
    let others = panelist::store::list(tx, day.id).await?;
    free_address(&others, &email)?;
    let candidate = candidate::store::find(tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
    let seated = panelist::store::count_seated(tx, day.id).await? < day.capacity;
    if !store::accept(tx, id, seated, now).await? {
        return Err(rules::closed(InvitationState::Accepted));
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
        reconfirm_asked_at: None,
        reconfirmed_at: None,
    };
    panelist::store::create(tx, &panelist).await?;
    let (action, template, outcome) = if seated {
        ("accepted", EmailTemplate::Seated, AcceptanceOutcome::Seated)
    } else {
        ("accepted and waits", EmailTemplate::Waitlisted, AcceptanceOutcome::Waitlisted)
    };
    audit(actor, now, action, ResourceType::Invitation, id).on_day(day.id).with(json!({ "quotes": yes.quotes })).record(tx);
    panelist::act::notify(tx, now, &panelist, &day, template, false).await?;
    Ok(outcome)
}

/// What an earlier yes led to; none while the invitation can be answered.
fn answered(invitation: &Invitation, now: Time) -> Result<Option<AcceptanceOutcome>> {
    match rules::state(invitation, now) {
        InvitationState::Accepted | InvitationState::Promoted => Ok(Some(AcceptanceOutcome::Seated)),
        InvitationState::Waitlisted => Ok(Some(AcceptanceOutcome::Waitlisted)),
        InvitationState::Sent => Ok(None),
        InvitationState::Declined if invitation.expires_at.is_some_and(|until| now < until) => Ok(None),
        InvitationState::Declined => Err(rules::closed(InvitationState::Expired)),
        state => Err(rules::closed(state)),
    }
}

fn free_address(others: &[Panelist], email: &str) -> Result<()> {
    if others.iter().any(|other| other.withdrawn_at.is_none() && other.email == email) {
        return Err(Error::field("email", coded!("error-email-taken")));
    }
    Ok(())
}

/// A link must not become a way to fill other people's mailboxes.
async fn may_write_again(tx: &mut Tx, now: Time, id: InvitationId, to: &str) -> Result<()> {
    let emails = outbox::store::list_for(tx, id.0).await?.into_iter();
    let times: Vec<Time> = emails
        .filter(|queued| queued.template == EmailTemplate::Confirm && queued.created_at > now - Duration::hours(1))
        .map(|queued| queued.created_at)
        .collect();
    let by_invitation = account::rules::wait(&times, outbox::rules::MAX_REQUESTS_PER_HOUR, now);
    match by_invitation.max(outbox::act::wait(tx, now, EmailTemplate::Confirm, to).await?) {
        None => Ok(()),
        Some(wait) => Err(Error::Wait(coded!("error-confirm-wait", minutes = account::rules::whole_minutes(wait)))),
    }
}

/// A yes that waited counts no more, nor does its email.
async fn purge_unconfirmed(tx: &mut Tx, id: InvitationId, now: Time) -> Result<()> {
    if let Some(waiting) = store::find_waiting_answer(tx, id).await? {
        link::store::revoke(tx, Purpose::Confirm, waiting.id, now).await?;
        store::delete_answer(tx, waiting.id).await?;
    }
    Ok(())
}

async fn ask_to_confirm(tx: &mut Tx, now: Time, invitation: &Invitation, answer: &UnconfirmedAcceptance) -> Result<()> {
    let day = day::store::find(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let candidate = candidate::store::find(tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
    let link = link::act::create(tx, now, Purpose::Confirm, answer.id).await?;
    let own = answer.sent_to == answer.email;
    let queued = outbox::act::QueueEmail {
        template: EmailTemplate::Confirm,
        recipient: answer.sent_to.clone(),
        recipient_name: if own { answer.name.clone() } else { candidate.name },
        params: json!({
            "name": answer.name,
            "email": answer.email,
            "own": own,
            "organisation": program.charter.organisation,
            "program": program.charter.name,
            "day_title": day.title,
            "date": day.day,
            "place": day.place,
        }),
        link: Some(link.id),
        subject: Some(invitation.id.0),
        key: format!("confirm/{}", answer.id),
    };
    outbox::act::queue(tx, now, queued).await?;
    Ok(())
}

/// Says no. Saying it twice is saying it once.
///
/// # Errors
/// `NotFound` for a link to another invitation; `Conflict` after a yes; `Gone` when it has expired or was withdrawn.
pub async fn decline(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, reason: &str) -> Result<()> {
    may_answer(actor, id)?;
    let mut errors = ValidationErrors::default();
    let reason = errors.guest_lines("reason", None, reason, 400);
    errors.finish()?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    match rules::state(&invitation, now) {
        InvitationState::Declined => return Ok(()),
        InvitationState::Sent => {}
        state if state.said_yes() => {
            return Err(Error::conflict(coded!("error-invitation-accepted")));
        }
        state => return Err(rules::closed(state)),
    }
    if !store::decline(tx, id, now).await? {
        return Err(rules::closed(InvitationState::Accepted));
    }
    purge_unconfirmed(tx, id, now).await?;
    audit(actor, now, "declined", ResourceType::Invitation, id)
        .on_day(invitation.panel_day_id)
        .with(json!({ "reason": reason }))
        .record(tx);
    Ok(())
}

fn may_answer(actor: &Actor, id: InvitationId) -> Result<()> {
    match (actor.may(Permission::AnswerInvitation)?, actor) {
        (Scope::All, _) => Ok(()),
        (_, Actor::Link { subject, .. }) if *subject == Uuid::from(id) => Ok(()),
        _ => Err(Error::NotFound),
    }
}

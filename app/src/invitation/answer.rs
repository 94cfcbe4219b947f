//! The invitee's side: yes with a seat, yes with a place on the waitlist, or no.

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{Invitation, State, rules, store};
use crate::account::{self, Actor, Scope, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::address::Email;
use crate::candidate;
use crate::clock::{self, Time};
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{InvitationId, PanelistId};
use crate::link::{self, Link, Purpose};
use crate::outbox::{self, Template};
use crate::panel_day;
use crate::panelist::rules::Yes;
use crate::panelist::{self, Panelist, QuotePermission};
use crate::program;

text_enum! {
    /// What a yes led to.
    pub enum Outcome {
        Seated = "seated", "You have a seat";
        Waitlisted = "waitlisted", "You are on the waitlist";
        Unconfirmed = "unconfirmed", "Your answer waits for a click in a mail";
    }
}

/// A yes from an address that nobody has shown to be theirs. It takes no seat until somebody presses the button in a mail.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unconfirmed {
    pub id: Uuid,
    pub invitation_id: InvitationId,
    pub name: String,
    pub email: String,
    pub quotes: QuotePermission,
    /// The address that the mail went to: the invited one, or the typed one where none was invited.
    pub sent_to: String,
    pub given_at: Time,
    pub confirmed_at: Option<Time>,
}

/// Says yes, as whoever opened the link. From the invited address it counts at once. From another one, or where nobody knew an address,
/// a mail goes out and the yes counts when the button in it is pressed: to the invited address, since the link may have been passed on,
/// or to the typed one where there is no other. An empty address means the invited one.
///
/// # Errors
/// As `accept`; `Wait` after too many mails within an hour.
pub async fn say_yes(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, mut yes: Yes) -> Result<Outcome> {
    may_answer(actor, id)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(before) = answered(&invitation, now)? {
        return Ok(before);
    }
    let invited = invitation.email.as_deref().and_then(|email| Email::parse(email).ok()).map(String::from);
    if let (true, Some(invited)) = (yes.email.trim().is_empty(), &invited) {
        yes.email.clone_from(invited);
    }
    let (name, email) = panelist::rules::check_yes(&yes)?;
    if invited.as_ref() == Some(&email) {
        forget_waiting(tx, id, now).await?;
        return accept(tx, actor, now, id, yes).await;
    }
    free_address(&panelist::store::list(tx, invitation.panel_day_id).await?, &email)?;
    let sent_to = invited.clone().unwrap_or_else(|| email.clone());
    may_write_again(tx, now, id, &sent_to).await?;
    forget_waiting(tx, id, now).await?;
    let answer =
        Unconfirmed { id: Uuid::now_v7(), invitation_id: id, name, email, quotes: yes.quotes, sent_to, given_at: now, confirmed_at: None };
    store::save_answer(tx, &answer).await?;
    did(actor, now, if invited.is_some() { "answered from another address" } else { "answered and has to confirm" }, Thing::Invitation, id)
        .on_day(invitation.panel_day_id)
        .record(tx);
    ask_to_confirm(tx, now, &invitation, &answer).await?;
    Ok(Outcome::Unconfirmed)
}

/// Somebody pressed the button in the mail: the yes counts. Pressing it again changes nothing. Gives the link of the invitation, which
/// whoever reads that mail may open.
///
/// # Errors
/// As `accept`; `Gone` when the invitation was answered anew.
pub async fn confirm(tx: &mut Tx, now: Time, link: &Link) -> Result<Link> {
    link::rules::check(link, now)?;
    let answer = store::find_answer(tx, link.subject_id).await?.ok_or(Error::NotFound)?;
    let id = answer.invitation_id;
    if answer.confirmed_at.is_none() {
        let invitee = Actor::Link { id: link.id, purpose: Purpose::Invite, subject: id.0 };
        let yes = Yes { name: answer.name, email: answer.email, consent: true, quotes: answer.quotes };
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
pub async fn accept(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, yes: Yes) -> Result<Outcome> {
    may_answer(actor, id)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let day = panel_day::store::lock(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    let invitation = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(before) = answered(&invitation, now)? {
        return Ok(before);
    }
    let (name, email) = panelist::rules::check_yes(&yes)?;
    let others = panelist::store::list(tx, day.id).await?;
    free_address(&others, &email)?;
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

/// What an earlier yes led to; none while the invitation can be answered.
fn answered(invitation: &Invitation, now: Time) -> Result<Option<Outcome>> {
    match rules::state(invitation, now) {
        State::Accepted | State::Promoted => Ok(Some(Outcome::Seated)),
        State::Waitlisted => Ok(Some(Outcome::Waitlisted)),
        State::Sent => Ok(None),
        State::Declined if invitation.expires_at.is_some_and(|until| now < until) => Ok(None),
        State::Declined => Err(rules::closed(State::Expired)),
        state => Err(rules::closed(state)),
    }
}

fn free_address(others: &[Panelist], email: &str) -> Result<()> {
    if others.iter().any(|other| other.withdrawn_at.is_none() && other.email == email) {
        return Err(Error::field("email", "Somebody has said yes to this day with that address. Each person needs their own."));
    }
    Ok(())
}

/// A link must not become a way to fill other people's mailboxes.
async fn may_write_again(tx: &mut Tx, now: Time, id: InvitationId, to: &str) -> Result<()> {
    let mails = outbox::store::list_for(tx, id.0).await?.into_iter();
    let times: Vec<Time> = mails
        .filter(|mail| mail.template == Template::Confirm && mail.created_at > now - Duration::hours(1))
        .map(|mail| mail.created_at)
        .collect();
    let by_invitation = account::rules::wait(&times, outbox::rules::ASKED_AN_HOUR, now);
    match by_invitation.max(outbox::act::wait(tx, now, Template::Confirm, to).await?) {
        None => Ok(()),
        Some(wait) => Err(Error::Wait(format!(
            "Several mails with a link to confirm went out within an hour. You can answer again {}.",
            account::rules::in_minutes(wait)
        ))),
    }
}

/// A yes that waited counts no more, nor does its mail.
async fn forget_waiting(tx: &mut Tx, id: InvitationId, now: Time) -> Result<()> {
    if let Some(waiting) = store::find_waiting_answer(tx, id).await? {
        link::store::revoke(tx, Purpose::Confirm, waiting.id, now).await?;
        store::delete_answer(tx, waiting.id).await?;
    }
    Ok(())
}

async fn ask_to_confirm(tx: &mut Tx, now: Time, invitation: &Invitation, answer: &Unconfirmed) -> Result<()> {
    let day = panel_day::store::find(tx, invitation.panel_day_id).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let candidate = candidate::store::find(tx, invitation.candidate_id).await?.ok_or(Error::NotFound)?;
    let link = link::act::create(tx, now, Purpose::Confirm, answer.id).await?;
    let own = answer.sent_to == answer.email;
    let mail = outbox::act::Queue {
        template: Template::Confirm,
        recipient: answer.sent_to.clone(),
        recipient_name: if own { answer.name.clone() } else { candidate.name },
        params: json!({
            "name": answer.name,
            "email": answer.email,
            "own": own,
            "organisation": program.organisation,
            "program": program.name,
            "day_title": day.title,
            "date": clock::long_date(day.day),
            "place": day.place,
        }),
        link: Some(link.id),
        subject: Some(invitation.id.0),
        key: format!("confirm/{}", answer.id),
    };
    outbox::act::queue(tx, now, mail).await?;
    Ok(())
}

/// Says no. Saying it twice is saying it once.
///
/// # Errors
/// `NotFound` for a link to another invitation; `Conflict` after a yes; `Gone` when it has expired or was withdrawn.
pub async fn decline(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, reason: &str) -> Result<()> {
    may_answer(actor, id)?;
    let mut wrong = Wrong::default();
    let reason = wrong.optional_lines("reason", "The reason", reason, 400);
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
    forget_waiting(tx, id, now).await?;
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

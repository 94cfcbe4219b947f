//! Drafting, approving and sending invitations, one at a time or for a whole shortlist.

use serde_json::json;

use super::rules::{self, InvitationText};
use super::{Invitation, InvitationChannel, InvitationState, store};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::Tx;
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{AccountId, CandidateId, InvitationId, PanelDayId, PanelistId};
use crate::kernel::locale::Locale;
use crate::listening::customer;
use crate::program::day::{self, PanelDay};
use crate::program::{self, Program, branding};
use crate::recruiting::candidate::{self, Candidate};
use crate::recruiting::panelist;

/// A changed text, and the revision it was read at.
#[derive(Clone, Debug)]
pub struct EditInvitation {
    pub id: InvitationId,
    pub revision: i64,
    pub text: InvitationText,
}

/// How many invitations of a day an act changed, and which it skipped and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvitationBatch {
    pub count: i64,
    /// How many of them are messages to copy.
    pub by_hand: i64,
    /// "Carla Diaz: …".
    pub left: Vec<String>,
}

/// Drafts an invitation in the program's words: by email where the roster has an address and consent, otherwise by hand.
/// Drafting twice gives the first draft.
///
/// # Errors
/// `NotFound`; `Conflict` for a person who was removed from the shortlist.
pub async fn draft(tx: &mut Tx, actor: &Actor, now: Time, candidate: CandidateId) -> Result<InvitationId> {
    actor.may(Permission::Invite)?;
    let candidate = candidate::store::find(tx, candidate).await?.ok_or(Error::NotFound)?;
    if candidate.removed_at.is_some() {
        return Err(Error::conflict(format!("{} was removed from the shortlist. Restore them first.", candidate.name)));
    }
    let about = Drafted::of(tx, candidate.panel_day_id).await?;
    draft_one(tx, actor, now, &about, &candidate).await.map(|(id, _)| id)
}

/// Drafts the missing invitations of a shortlist.
///
/// # Errors
/// `NotFound` for an unknown day.
pub async fn draft_all(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId) -> Result<InvitationBatch> {
    actor.may(Permission::Invite)?;
    let about = Drafted::of(tx, day).await?;
    let mut done = InvitationBatch::default();
    for candidate in candidate::store::list(tx, day).await?.iter().filter(|candidate| candidate.removed_at.is_none()) {
        let (_, new) = draft_one(tx, actor, now, &about, candidate).await?;
        done.count += i64::from(new);
    }
    Ok(done)
}

/// Changes channel, address or text. An approved text needs approval again.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when it changed in between, or was sent.
pub async fn edit(tx: &mut Tx, actor: &Actor, now: Time, cmd: EditInvitation) -> Result<()> {
    actor.may(Permission::Invite)?;
    let before = store::find(tx, cmd.id).await?.ok_or(Error::NotFound)?;
    let (email, subject, body) = rules::check_text(&cmd.text)?;
    if !before.state.editable() {
        return Err(Error::conflict("This invitation has been sent, so its text cannot change."));
    }
    let after = Invitation { channel: cmd.text.channel, email, subject, body, revision: cmd.revision, ..before.clone() };
    if !store::update(tx, &after).await? {
        return Err(Error::conflict(
            "This invitation was changed by someone else while you were editing. Your text is below. Compare the two texts, then save again.",
        ));
    }
    audit(actor, now, "changed", ResourceType::Invitation, cmd.id)
        .on_day(before.panel_day_id)
        .with(json!({
            "before": { "channel": before.channel, "subject": before.subject, "body": before.body },
            "after": { "channel": after.channel, "subject": after.subject, "body": after.body },
        }))
        .record(tx);
    Ok(())
}

/// Records that a person has read this text and approves it. Approving twice changes nothing.
///
/// # Errors
/// `NotFound`; `Forbidden` for an actor without an account; `Conflict` when the text has changed since it was read.
pub async fn review(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, revision: i64) -> Result<()> {
    let by = reviewer(actor)?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let (_, program) = day_and_program(tx, found.panel_day_id).await?;
    program::rules::ready_to_invite(&program.charter)?;
    if store::review(tx, id, revision, by, now).await? {
        audit(actor, now, "approved", ResourceType::Invitation, id).on_day(found.panel_day_id).record(tx);
        return Ok(());
    }
    match found.state {
        InvitationState::Drafted => Err(Error::conflict("The text has changed since you read it. Read it again, then approve it.")),
        InvitationState::Reviewed if found.revision != revision => {
            Err(Error::conflict("The text has changed since you read it. Read it again, then approve it."))
        }
        _ => Ok(()),
    }
}

/// Approves the drafts of a day that `shown` names with the revision at which each was read. Drafts that changed since are skipped.
///
/// # Errors
/// `Forbidden` for an actor without an account; `NotFound` for an unknown day.
pub async fn review_all(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId, shown: &[(InvitationId, i64)]) -> Result<InvitationBatch> {
    let by = reviewer(actor)?;
    let (_, program) = day_and_program(tx, day).await?;
    program::rules::ready_to_invite(&program.charter)?;
    let mut done = InvitationBatch::default();
    for line in store::list(tx, day).await?.into_iter().filter(|line| line.invitation.state == InvitationState::Drafted) {
        let Some((id, revision)) = shown.iter().find(|(id, _)| *id == line.invitation.id).copied() else { continue };
        if store::review(tx, id, revision, by, now).await? {
            audit(actor, now, "approved", ResourceType::Invitation, id).on_day(day).record(tx);
            done.count += 1;
        } else {
            done.left.push(format!("{}: the text has changed since you read it", line.name));
        }
    }
    Ok(done)
}

/// Sends an approved invitation: as an email through the outbox, or as a message to copy with its link. Sending twice sends once.
/// Returns the invitation as it was before.
///
/// # Errors
/// `NotFound`; `Conflict` for a text that is not approved, or a day that is over.
pub async fn send(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId) -> Result<Invitation> {
    actor.may(Permission::Invite)?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let (day, program) = day_and_program(tx, found.panel_day_id).await?;
    match found.state {
        InvitationState::Drafted => return Err(Error::conflict("This invitation is not approved yet. Approve it before you send it.")),
        InvitationState::Reviewed => send_one(tx, actor, now, &program, &day, &found).await?,
        _ => {}
    }
    Ok(found)
}

/// Sends every approved invitation of a day.
///
/// # Errors
/// `NotFound`; `Conflict` for a day that is over.
pub async fn send_all(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId) -> Result<InvitationBatch> {
    actor.may(Permission::Invite)?;
    let (day, program) = day_and_program(tx, day).await?;
    let mut done = InvitationBatch::default();
    for line in store::list(tx, day.id).await?.into_iter().filter(|line| line.invitation.state == InvitationState::Reviewed) {
        send_one(tx, actor, now, &program, &day, &line.invitation).await?;
        done.count += 1;
        done.by_hand += i64::from(line.invitation.channel == InvitationChannel::Hand);
    }
    Ok(done)
}

/// Withdraws a sent invitation, or a person who accepted, on their behalf.
///
/// # Errors
/// `NotFound`; `Invalid` without a reason; `Conflict` for a draft, which goes with its candidate.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, now: Time, id: InvitationId, reason: &str) -> Result<()> {
    actor.may(Permission::Invite)?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if found.state.said_yes() {
        let cmd = panelist::act::WithdrawPanelist { panelist: PanelistId(id.0), reason: reason.to_owned() };
        return panelist::act::withdraw(tx, actor, now, cmd).await;
    }
    let mut errors = ValidationErrors::default();
    let reason = errors.text("reason", "The reason", reason, 400);
    errors.finish()?;
    if found.state.editable() {
        return Err(Error::conflict("This invitation has not been sent. Remove the person from the shortlist instead."));
    }
    if store::withdraw(tx, id).await? {
        link::store::revoke(tx, Purpose::Invite, id.0, now).await?;
        audit(actor, now, "withdrew", ResourceType::Invitation, id).on_day(found.panel_day_id).with(json!({ "reason": reason })).record(tx);
    }
    Ok(())
}

/// Closes the invitations whose time to answer has passed. A job calls this periodically.
pub async fn expire(tx: &mut Tx, now: Time) -> Result<()> {
    for (id, day) in store::expire(tx, now).await? {
        audit(&Actor::System("clock"), now, "expired", ResourceType::Invitation, id).on_day(day).record(tx);
    }
    Ok(())
}

/// The message to copy, with the personal link under it. `base` is the address of this server, without a slash at its end.
///
/// # Errors
/// `NotFound`, also for an invitation that has not been sent, or whose link was withdrawn.
pub async fn message(tx: &mut Tx, actor: &Actor, id: InvitationId, base: &str) -> Result<String> {
    actor.may(Permission::Invite)?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let link = link::store::find(tx, found.link_id.ok_or(Error::NotFound)?).await?.ok_or(Error::NotFound)?;
    if link.revoked_at.is_some() {
        return Err(Error::NotFound);
    }
    Ok(format!("{}\n\n{base}{}", found.body.trim_end(), link::act::path(tx.secret(), &link)))
}

/// What every draft of a day is written from.
struct Drafted {
    day: PanelDay,
    program: Program,
    /// How the organisation's emails end: thanks and signature.
    ending: String,
}

impl Drafted {
    async fn of(tx: &mut Tx, day: PanelDayId) -> Result<Self> {
        let (day, program) = day_and_program(tx, day).await?;
        let (charter, locale) = (&program.charter, Locale::of(&program.charter.language));
        let (_, ending) = branding::store::find(tx, program.id).await?.words.email_words(locale, &charter.sponsor, &charter.organisation);
        Ok(Self { day, program, ending })
    }
}

async fn draft_one(tx: &mut Tx, actor: &Actor, now: Time, about: &Drafted, candidate: &Candidate) -> Result<(InvitationId, bool)> {
    let Drafted { day, program, ending } = about;
    if let Some(found) = store::find_candidate(tx, candidate.id).await? {
        return Ok((found.id, false));
    }
    let email = match candidate.customer_id {
        Some(id) => {
            customer::store::find(tx, id).await?.filter(|customer| customer.consents_to_contact).and_then(|customer| customer.email)
        }
        None => None,
    };
    let channel = if email.is_some() { InvitationChannel::Email } else { InvitationChannel::Hand };
    let (subject, body) = rules::draft(program, day, channel, &candidate.name, candidate.segment, ending);
    let invitation = Invitation {
        id: InvitationId(candidate.id.0),
        candidate_id: candidate.id,
        panel_day_id: day.id,
        channel,
        email,
        subject,
        body,
        state: InvitationState::Drafted,
        revision: 1,
        link_id: None,
        drafted_by: actor.account(),
        drafted_at: now,
        reviewed_by: None,
        reviewed_at: None,
        sent_at: None,
        answered_at: None,
        waitlisted_at: None,
        promoted_at: None,
        expires_at: None,
    };
    let new = store::create(tx, &invitation).await?;
    if new {
        audit(actor, now, "drafted", ResourceType::Invitation, invitation.id).on_day(day.id).with(json!({ "channel": channel })).record(tx);
    }
    Ok((invitation.id, new))
}

async fn send_one(tx: &mut Tx, actor: &Actor, now: Time, program: &Program, day: &PanelDay, invitation: &Invitation) -> Result<()> {
    if !panelist::rules::can_still_promote(day, now) {
        return Err(Error::conflict(format!("{} was on {}, so no more invitations can be sent.", day.title, clock::long_date(day.day))));
    }
    let link = link::act::current(tx, now, Purpose::Invite, invitation.id.0).await?;
    let answer_by = rules::answer_by(day, now);
    if !store::send(tx, invitation.id, link.id, now, answer_by).await? {
        return Ok(());
    }
    audit(actor, now, "sent", ResourceType::Invitation, invitation.id)
        .on_day(day.id)
        .with(json!({ "channel": invitation.channel, "answer_by": answer_by }))
        .record(tx);
    if let (InvitationChannel::Email, Some(email)) = (invitation.channel, &invitation.email) {
        let name = candidate::store::find(tx, invitation.candidate_id).await?.map(|candidate| candidate.name).unwrap_or_default();
        let queued = outbox::act::QueueEmail {
            template: EmailTemplate::Invitation,
            recipient: email.clone(),
            recipient_name: name,
            params: json!({
                "subject": invitation.subject,
                "body": invitation.body,
                "organisation": program.charter.organisation,
                "program": program.charter.name,
                "answer_by": clock::local_day(answer_by, day.zone()),
            }),
            link: Some(link.id),
            subject: Some(invitation.id.0),
            key: format!("invitation/{}", invitation.id),
        };
        outbox::act::queue(tx, now, queued).await?;
    }
    Ok(())
}

async fn day_and_program(tx: &mut Tx, day: PanelDayId) -> Result<(PanelDay, Program)> {
    let day = day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    Ok((day, program))
}

/// A text for people outside is approved by a person, never by a machine.
fn reviewer(actor: &Actor) -> Result<AccountId> {
    actor.may(Permission::Invite)?;
    actor.account().ok_or(Error::Forbidden)
}

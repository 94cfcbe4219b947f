//! The tables `invitation` and `invitation_answer`. Every change of state names the states it may come from.

use uuid::Uuid;

use super::{Invitation, InvitationRow, InvitationState, UnconfirmedAcceptance};
use crate::db::{DataSubject, Erase, Table, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, CandidateId, InvitationId, LinkId, PanelDayId};

/// The tables written here. An invitation shares the id of the panelist that it may make.
pub const TABLES: &[Table] = &[INVITATION, ANSWER];

const ANSWER: Table = Table {
    name: "invitation_answer",
    people: &[(DataSubject::Invitation, "invitation_id")],
    personal: &[("name", Erase::Row), ("email", Erase::Row), ("sent_to", Erase::Row)],
    columns: &["id", "invitation_id", "quotes", "given_at", "confirmed_at"],
};

const INVITATION: Table = Table {
    name: "invitation",
    people: &[(DataSubject::Invitation, "id")],
    personal: &[("email", Erase::Null), ("subject", Erase::Text("")), ("body", Erase::Text(""))],
    columns: &[
        "id",
        "candidate_id",
        "panel_day_id",
        "channel",
        "state",
        "revision",
        "link_id",
        "drafted_by",
        "drafted_at",
        "reviewed_by",
        "reviewed_at",
        "sent_at",
        "answered_at",
        "waitlisted_at",
        "promoted_at",
        "expires_at",
    ],
};

pub async fn find(tx: &mut Tx, id: InvitationId) -> Result<Option<Invitation>> {
    tx.find("SELECT * FROM invitation WHERE id = $1", &[id.into()]).await
}

pub async fn find_candidate(tx: &mut Tx, candidate: CandidateId) -> Result<Option<Invitation>> {
    tx.find("SELECT * FROM invitation WHERE candidate_id = $1", &[candidate.into()]).await
}

/// The invitations of a day with their invitees, by name.
pub async fn list(tx: &mut Tx, day: PanelDayId) -> Result<Vec<InvitationRow>> {
    tx.list(
        "SELECT i.*, k.name, k.segment FROM invitation i JOIN candidate k ON k.id = i.candidate_id
         WHERE i.panel_day_id = $1 ORDER BY lower(k.name), i.id",
        &[day.into()],
    )
    .await
}

pub async fn count(tx: &mut Tx, day: PanelDayId) -> Result<Vec<(InvitationState, i64)>> {
    tx.list("SELECT state, COUNT(*) FROM invitation WHERE panel_day_id = $1 GROUP BY state", &[day.into()]).await
}

pub async fn count_days(tx: &mut Tx) -> Result<Vec<(PanelDayId, InvitationState, i64)>> {
    tx.list("SELECT panel_day_id, state, COUNT(*) FROM invitation GROUP BY panel_day_id, state", &[]).await
}

/// Adds a draft. False if the candidate has an invitation.
pub async fn create(tx: &mut Tx, invitation: &Invitation) -> Result<bool> {
    let added = tx.run(
        "INSERT INTO invitation (id, candidate_id, panel_day_id, channel, email, subject, body, state, revision, drafted_by, drafted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        &[
            invitation.id.into(), invitation.candidate_id.into(), invitation.panel_day_id.into(),
            invitation.channel.into(), invitation.email.as_deref().into(), invitation.subject.as_str().into(),
            invitation.body.as_str().into(), invitation.state.into(), invitation.revision.into(),
            invitation.drafted_by.into(), invitation.drafted_at.into(),
        ],
    )
    .await?;
    Ok(added == 1)
}

/// Saves a changed text over the revision it was read at; a reviewed text needs a review again. False if somebody saved in
/// between, or it was sent.
pub async fn update(tx: &mut Tx, invitation: &Invitation) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE invitation SET channel = $3, email = $4, subject = $5, body = $6, state = 'drafted', reviewed_by = NULL,
             reviewed_at = NULL, revision = revision + 1
         WHERE id = $1 AND revision = $2 AND state IN ('drafted', 'reviewed')",
            &[
                invitation.id.into(),
                invitation.revision.into(),
                invitation.channel.into(),
                invitation.email.as_deref().into(),
                invitation.subject.as_str().into(),
                invitation.body.as_str().into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Deletes a draft. False if it was sent.
pub async fn delete(tx: &mut Tx, id: InvitationId) -> Result<bool> {
    let deleted = tx.run("DELETE FROM invitation WHERE id = $1 AND state IN ('drafted', 'reviewed')", &[id.into()]).await?;
    Ok(deleted == 1)
}

/// Approves the text of this revision.
pub async fn review(tx: &mut Tx, id: InvitationId, revision: i64, by: AccountId, now: Time) -> Result<bool> {
    let changed = tx.run(
        "UPDATE invitation SET state = 'reviewed', reviewed_by = $3, reviewed_at = $4 WHERE id = $1 AND revision = $2 AND state = 'drafted'",
        &[id.into(), revision.into(), by.into(), now.into()],
    )
    .await?;
    Ok(changed == 1)
}

pub async fn send(tx: &mut Tx, id: InvitationId, link: LinkId, now: Time, expires_at: Time) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE invitation SET state = 'sent', link_id = $2, sent_at = $3, expires_at = $4 WHERE id = $1 AND state = 'reviewed'",
            &[id.into(), link.into(), now.into(), expires_at.into()],
        )
        .await?;
    Ok(changed == 1)
}

/// Changes until when an invitation can be answered, for one that was sent and is open or declined.
pub async fn set_answer_by(tx: &mut Tx, id: InvitationId, until: Time) -> Result<()> {
    tx.run("UPDATE invitation SET expires_at = $2 WHERE id = $1 AND state IN ('sent', 'declined')", &[id.into(), until.into()]).await?;
    Ok(())
}

/// Records a yes: with a seat, or on the waitlist. A no can still become a yes.
pub async fn accept(tx: &mut Tx, id: InvitationId, seated: bool, now: Time) -> Result<bool> {
    let state = if seated { InvitationState::Accepted } else { InvitationState::Waitlisted };
    let waitlisted_at = (!seated).then_some(now);
    let changed = tx
        .run(
            "UPDATE invitation SET state = $2, answered_at = $3, waitlisted_at = $4 WHERE id = $1 AND state IN ('sent', 'declined')",
            &[id.into(), state.into(), now.into(), waitlisted_at.into()],
        )
        .await?;
    Ok(changed == 1)
}

pub async fn decline(tx: &mut Tx, id: InvitationId, now: Time) -> Result<bool> {
    let changed = tx
        .run("UPDATE invitation SET state = 'declined', answered_at = $2 WHERE id = $1 AND state = 'sent'", &[id.into(), now.into()])
        .await?;
    Ok(changed == 1)
}

pub async fn promote(tx: &mut Tx, id: InvitationId, now: Time) -> Result<bool> {
    let changed = tx
        .run("UPDATE invitation SET state = 'promoted', promoted_at = $2 WHERE id = $1 AND state = 'waitlisted'", &[id.into(), now.into()])
        .await?;
    Ok(changed == 1)
}

/// Withdraws a sent or answered invitation. Drafts are deleted instead: see `delete`.
pub async fn withdraw(tx: &mut Tx, id: InvitationId) -> Result<bool> {
    let changed = tx.run(
        "UPDATE invitation SET state = 'withdrawn' WHERE id = $1 AND state IN ('sent', 'accepted', 'waitlisted', 'promoted', 'declined')",
        &[id.into()],
    )
    .await?;
    Ok(changed == 1)
}

/// Closes sent invitations whose time to answer has passed, and returns them.
pub async fn expire(tx: &mut Tx, now: Time) -> Result<Vec<(InvitationId, PanelDayId)>> {
    tx.list("UPDATE invitation SET state = 'expired' WHERE state = 'sent' AND expires_at <= $1 RETURNING id, panel_day_id", &[now.into()])
        .await
}

/// Saves an unconfirmed yes in place of an earlier one.
pub async fn save_answer(tx: &mut Tx, answer: &UnconfirmedAcceptance) -> Result<()> {
    tx.run(
        "INSERT INTO invitation_answer (id, invitation_id, name, email, quotes, sent_to, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (invitation_id) DO UPDATE SET id = excluded.id, name = excluded.name, email = excluded.email, quotes = excluded.quotes,
             sent_to = excluded.sent_to, given_at = excluded.given_at, confirmed_at = NULL",
        &[
            answer.id.into(),
            answer.invitation_id.into(),
            answer.name.as_str().into(),
            answer.email.as_str().into(),
            answer.quotes.into(),
            answer.sent_to.as_str().into(),
            answer.given_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The yes to which an email belongs, confirmed or not.
pub async fn find_answer(tx: &mut Tx, id: Uuid) -> Result<Option<UnconfirmedAcceptance>> {
    tx.find("SELECT * FROM invitation_answer WHERE id = $1", &[id.into()]).await
}

/// The unconfirmed yes to an invitation.
pub async fn find_waiting_answer(tx: &mut Tx, invitation: InvitationId) -> Result<Option<UnconfirmedAcceptance>> {
    tx.find("SELECT * FROM invitation_answer WHERE invitation_id = $1 AND confirmed_at IS NULL", &[invitation.into()]).await
}

pub async fn confirm_answer(tx: &mut Tx, id: Uuid, now: Time) -> Result<()> {
    tx.run("UPDATE invitation_answer SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL", &[id.into(), now.into()]).await?;
    Ok(())
}

pub async fn delete_answer(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.run("DELETE FROM invitation_answer WHERE id = $1", &[id.into()]).await?;
    Ok(())
}

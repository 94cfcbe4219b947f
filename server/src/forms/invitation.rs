//! Forms of invitations: those of a day, one invitation, the invitee's own page, and the panelists.

use app::access::account::{Actor, Permission};
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{InvitationId, PanelDayId};
use app::panel_day::check_in;
use app::recruiting::invitation::answer::{self, AcceptanceOutcome};
use app::recruiting::invitation::rules::InvitationText;
use app::recruiting::invitation::{InvitationChannel, act};
use app::recruiting::panelist;
use app::recruiting::panelist::rules::Acceptance;
use app::t;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Acts on many invitations of a day at once.
pub const BOARD: FormPage = FormPage {
    path: "/days/{id}/invitations",
    acts: &[("draft_all", Permission::Invite), ("review_all", Permission::Invite), ("send_all", Permission::Invite)],
    handle: FormHandler::Unit(|tx, request| Box::pin(board(tx, request))),
};

pub const ONE: FormPage = FormPage {
    path: "/invitations/{id}",
    acts: &[("edit", Permission::Invite), ("review", Permission::Invite), ("send", Permission::Invite), ("withdraw", Permission::Invite)],
    handle: FormHandler::Unit(|tx, request| Box::pin(one(tx, request))),
};

/// The invitee's answer.
pub const ANSWER: FormPage = FormPage {
    path: "/invitation",
    acts: &[("accept", Permission::AnswerInvitation), ("decline", Permission::AnswerInvitation)],
    handle: FormHandler::Unit(|tx, request| Box::pin(answer(tx, request))),
};

/// Check-in, and withdrawing on a panelist's behalf.
pub const PEOPLE: FormPage = FormPage {
    path: "/days/{id}/people",
    acts: &[("attend", Permission::CheckIn), ("reconfirm", Permission::Invite), ("withdraw", Permission::Invite)],
    handle: FormHandler::Unit(|tx, request| Box::pin(people(tx, request))),
};

async fn board(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let day: PanelDayId = request.id("id")?;
    let (actor, now) = (&request.actor, request.now);
    let (message, outcome) = match request.act() {
        "draft_all" => {
            let outcome = act::draft_all(tx, actor, now, day).await?;
            (format!("{} drafted. Read and approve them next.", invitations(outcome.count)), outcome)
        }
        "review_all" => {
            let read: Vec<(InvitationId, i64)> = request
                .fields
                .all("read")
                .filter_map(|pair| pair.split_once(':'))
                .filter_map(|(id, revision)| Some((id.parse().ok()?, revision.parse().ok()?)))
                .collect();
            let outcome = act::review_all(tx, actor, now, day, &read).await?;
            (format!("{} approved.", invitations(outcome.count)), outcome)
        }
        "send_all" => {
            let outcome = act::send_all(tx, actor, now, day).await?;
            (sent(&outcome), outcome)
        }
        _ => return Err(Error::NotFound),
    };
    let skipped = if outcome.left.is_empty() { String::new() } else { format!(" Skipped: {}.", outcome.left.join("; ")) };
    Ok(redirect(format!("/days/{day}/invitations")).with_message(format!("{message}{skipped}")))
}

fn invitations(count: i64) -> String {
    app::ui::count(count, "invitation", "invitations")
}

fn sent(outcome: &act::InvitationBatch) -> String {
    let emails = outcome.count - outcome.by_hand;
    let copies = app::ui::count(outcome.by_hand, "message is", "messages are");
    match (emails, outcome.by_hand) {
        (0, 0) => "No invitation was sent. Approve invitations before you send them.".to_owned(),
        (_, 0) => format!("{} sent by email.", invitations(emails)),
        (0, _) => format!("{copies} ready to copy."),
        _ => format!("{} sent by email. {copies} ready to copy.", invitations(emails)),
    }
}

async fn one(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: InvitationId = request.id("id")?;
    let (actor, now) = (&request.actor, request.now);
    let message = match request.act() {
        "edit" => {
            let text = InvitationText {
                channel: request.fields.parse("channel")?,
                email: request.text("email"),
                subject: request.text("subject"),
                body: request.text("body"),
            };
            act::edit(tx, actor, now, act::EditInvitation { id, revision: request.fields.parse("revision")?, text }).await?;
            "Invitation saved. Approve it before you send it."
        }
        "review" => {
            act::review(tx, actor, now, id, request.fields.parse("revision")?).await?;
            "Invitation approved. You can send it now."
        }
        "send" => match act::send(tx, actor, now, id).await?.channel {
            InvitationChannel::Hand => "The message is ready. Copy it and send it yourself.",
            _ => "Invitation sent.",
        },
        "withdraw" => {
            act::withdraw(tx, actor, now, id, &request.text("reason")).await?;
            "Invitation withdrawn."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/invitations/{id}")).with_message(message))
}

async fn answer(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let Actor::Link { subject, .. } = request.actor else { return Err(Error::NotFound) };
    let id = InvitationId(subject);
    let message = match request.act() {
        "accept" => {
            let yes = Acceptance {
                name: request.text("name"),
                email: request.text("email"),
                consent: request.fields.ticked("consent"),
                quotes: request.fields.parse("quotes")?,
            };
            match answer::say_yes(tx, &request.actor, request.now, id, yes).await? {
                AcceptanceOutcome::Seated => t!(request.locale, "invitation-done-seated"),
                AcceptanceOutcome::Waitlisted => t!(request.locale, "invitation-done-waiting"),
                AcceptanceOutcome::Unconfirmed => t!(request.locale, "invitation-done-confirm"),
            }
        }
        "decline" => {
            answer::decline(tx, &request.actor, request.now, id, &request.text("reason")).await?;
            t!(request.locale, "invitation-done-no")
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect("/invitation").with_message(message))
}

async fn people(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let day: PanelDayId = request.id("id")?;
    let id = request.key()?;
    let mut message = None;
    match request.act() {
        "attend" => check_in::record(tx, &request.actor, request.now, id, request.fields.maybe("attendance")?).await?,
        "reconfirm" => {
            panelist::moved_day::reconfirm(tx, &request.actor, request.now, id, request.fields.parse("revision")?).await?;
            message = Some("Recorded that this person can still come.");
        }
        "withdraw" => {
            let cmd = panelist::act::WithdrawPanelist { panelist: id, reason: request.text("reason") };
            panelist::act::withdraw(tx, &request.actor, request.now, cmd).await?;
            message = Some("Panelist withdrawn. A free seat goes to the first person on the waitlist.");
        }
        _ => return Err(Error::NotFound),
    }
    let here = redirect(format!("/days/{day}/people"));
    Ok(match message {
        Some(message) => here.with_message(message),
        None => here,
    })
}

//! Forms of invitations: the board of a day, one invitation, the invitee's own page, and the people who said yes.

use app::account::{Actor, Verb};
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{InvitationId, PanelDayId};
use app::invitation::answer::{self, Outcome};
use app::invitation::rules::Text;
use app::invitation::{Channel, act, store};
use app::panelist;
use app::panelist::rules::Yes;

use super::{Done, FormPage, Handle, Post, done};

/// Everything that is done to many invitations at once.
pub const BOARD: FormPage = FormPage {
    path: "/days/{id}/invitations",
    acts: &[("draft_all", Verb::Invite), ("review_all", Verb::Invite), ("send_all", Verb::Invite)],
    handle: Handle::Unit(|tx, post| Box::pin(board(tx, post))),
};

/// One invitation.
pub const ONE: FormPage = FormPage {
    path: "/invitations/{id}",
    acts: &[("edit", Verb::Invite), ("review", Verb::Invite), ("send", Verb::Invite), ("withdraw", Verb::Invite)],
    handle: Handle::Unit(|tx, post| Box::pin(one(tx, post))),
};

/// The invitee's answer.
pub const ANSWER: FormPage = FormPage {
    path: "/invitation",
    acts: &[("accept", Verb::AnswerInvitation), ("decline", Verb::AnswerInvitation)],
    handle: Handle::Unit(|tx, post| Box::pin(answer(tx, post))),
};

/// Check-in, and leaving on somebody's behalf.
pub const PEOPLE: FormPage = FormPage {
    path: "/days/{id}/people",
    acts: &[("attend", Verb::CheckIn), ("withdraw", Verb::Invite)],
    handle: Handle::Unit(|tx, post| Box::pin(people(tx, post))),
};

async fn board(tx: &mut Tx, post: &Post) -> Result<Done> {
    let day: PanelDayId = post.id("id")?;
    let (actor, now) = (&post.actor, post.now);
    let (what, outcome) = match post.act() {
        "draft_all" => ("drafted", act::draft_all(tx, actor, now, day).await?),
        "review_all" => {
            let read: Vec<(InvitationId, i64)> = post
                .fields
                .all("read")
                .filter_map(|pair| pair.split_once(':'))
                .filter_map(|(id, revision)| Some((id.parse().ok()?, revision.parse().ok()?)))
                .collect();
            ("reviewed", act::review_all(tx, actor, now, day, &read).await?)
        }
        "send_all" => ("sent; those by hand show their message to copy", act::send_all(tx, actor, now, day).await?),
        _ => return Err(Error::NotFound),
    };
    let left = if outcome.left.is_empty() { String::new() } else { format!(" Left: {}.", outcome.left.join("; ")) };
    Ok(done(format!("/days/{day}/invitations")).saying(format!("{} {what}.{left}", outcome.count)))
}

async fn one(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: InvitationId = post.id("id")?;
    let (actor, now) = (&post.actor, post.now);
    let say = match post.act() {
        "edit" => {
            let text = Text {
                channel: post.fields.parse("channel")?,
                email: post.text("email"),
                subject: post.text("subject"),
                body: post.text("body"),
            };
            act::edit(tx, actor, now, act::Edit { id, revision: post.fields.parse("revision")?, text }).await?;
            "The text is saved. Somebody has to review it before it goes."
        }
        "review" => {
            act::review(tx, actor, now, id, post.fields.parse("revision")?).await?;
            "Reviewed. It can go now."
        }
        "send" => {
            act::send(tx, actor, now, id).await?;
            match store::find(tx, id).await?.map(|invitation| invitation.channel) {
                Some(Channel::Hand) => "Ready: copy the message below and send it.",
                _ => "On its way.",
            }
        }
        "withdraw" => {
            act::withdraw(tx, actor, now, id, &post.text("reason")).await?;
            "Withdrawn."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/invitations/{id}")).saying(say))
}

async fn answer(tx: &mut Tx, post: &Post) -> Result<Done> {
    let Actor::Link { subject, .. } = post.actor else { return Err(Error::NotFound) };
    let id = InvitationId(subject);
    let say = match post.act() {
        "accept" => {
            let yes = Yes {
                name: post.text("name"),
                email: post.text("email"),
                consent: post.fields.ticked("consent"),
                quotes: post.fields.parse("quotes")?,
            };
            match answer::say_yes(tx, &post.actor, post.now, id, yes).await? {
                Outcome::Seated => "Thank you. Your seat is kept.",
                Outcome::Waitlisted => "Thank you. All seats are taken, so you are on the waitlist.",
                Outcome::Unconfirmed => "Thank you. One more step: press the button in the mail that is on its way.",
            }
        }
        "decline" => {
            answer::decline(tx, &post.actor, post.now, id, &post.text("reason")).await?;
            "Thank you for answering."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done("/invitation").saying(say))
}

async fn people(tx: &mut Tx, post: &Post) -> Result<Done> {
    let day: PanelDayId = post.id("id")?;
    let id = post.key()?;
    let mut say = None;
    match post.act() {
        "attend" => panelist::act::attend(tx, &post.actor, post.now, id, post.fields.maybe("attendance")?).await?,
        "withdraw" => {
            let cmd = panelist::act::Withdraw { panelist: id, reason: post.text("reason") };
            panelist::act::withdraw(tx, &post.actor, post.now, cmd).await?;
            say = Some("Withdrawn. A free seat goes to whoever has waited longest.");
        }
        _ => return Err(Error::NotFound),
    }
    let done = done(format!("/days/{day}/people"));
    Ok(match say {
        Some(say) => done.saying(say),
        None => done,
    })
}

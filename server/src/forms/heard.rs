//! Forms of `/heard/{id}`, `/days/{id}/heard` and `/item`: items and the responses to them.

use app::account::{Actor, Verb};
use app::db::Tx;
use app::error::{Error, Result};
use app::heard::act::{self, Draft, Owner, Word};
use app::ids::{HeardId, PanelDayId, VersionId};
use app::response;
use app::response::rules::Content;

use super::{Done, FormPage, Handle, Post, done};

/// One item: its words, owner, notes, and its response.
pub const ITEM: FormPage = FormPage {
    path: "/heard/{id}",
    acts: &[
        ("word", Verb::EditHeard),
        ("open", Verb::EditHeard),
        ("detach", Verb::EditHeard),
        ("merge", Verb::EditHeard),
        ("withdraw", Verb::EditHeard),
        ("assign", Verb::Assign),
        ("reopen", Verb::Reopen),
        ("draft", Verb::Draft),
        ("submit", Verb::Draft),
        ("send_back", Verb::Publish),
        ("publish", Verb::Publish),
        ("deliver", Verb::Deliver),
        ("confirm", Verb::ConfirmDelivery),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(item(tx, post))),
};

/// A day's notes turned into items.
pub const OF_DAY: FormPage = FormPage {
    path: "/days/{id}/heard",
    acts: &[("draft", Verb::EditHeard), ("open", Verb::EditHeard)],
    handle: Handle::Unit(|tx, post| Box::pin(of_day(tx, post))),
};

/// The owner's link.
pub const OWNED: FormPage = FormPage {
    path: "/item",
    acts: &[("draft", Verb::Draft), ("submit", Verb::Draft)],
    handle: Handle::Unit(|tx, post| Box::pin(owned(tx, post))),
};

async fn item(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: HeardId = post.id("id")?;
    let (actor, now) = (&post.actor, post.now);
    let here = done(format!("/heard/{id}"));
    Ok(match post.act() {
        "word" => {
            act::word(
                tx,
                actor,
                now,
                Word { id, revision: post.fields.parse("revision")?, text: post.text("text"), topic: post.text("topic") },
            )
            .await?;
            here.saying("The words are saved.")
        }
        "open" => {
            act::open(tx, actor, now, id).await?;
            here.saying("The item is open. Next, give it an owner.")
        }
        "detach" => {
            act::detach(tx, actor, now, id, post.key()?).await?;
            here.saying("The note was taken off.")
        }
        "merge" => {
            let into: HeardId = post.key()?;
            act::merge(tx, actor, now, id, into).await?;
            done(format!("/heard/{into}")).saying("Merged: this item now stands for both.")
        }
        "withdraw" => {
            act::withdraw(tx, actor, now, id, post.fields.text("reason")).await?;
            here.saying("The item was withdrawn.")
        }
        "assign" => {
            let item = act::assign(tx, actor, now, id, owner(post)?, post.fields.text("message")).await?;
            here.saying(format!("{} is asked for an answer.", item.owner().unwrap_or_default()))
        }
        "reopen" => {
            act::reopen(tx, actor, now, id, post.fields.text("reason")).await?;
            here.saying("The item is open again, and its owner is told.")
        }
        _ => return respond(tx, post, id, &format!("/heard/{id}")).await,
    })
}

/// What can be done with a response, from either page.
async fn respond(tx: &mut Tx, post: &Post, id: HeardId, here: &str) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    let here = done(here);
    let version = || post.fields.parse::<VersionId>("version").map_err(|_| Error::NotFound);
    Ok(match post.act() {
        "draft" => {
            let base = match (post.fields.maybe("version")?, post.fields.maybe("revision")?) {
                (Some(version), Some(revision)) => Some((version, revision)),
                _ => None,
            };
            response::act::draft(tx, actor, now, response::act::Draft { heard: id, version: base, content: content(post)? }).await?;
            here.saying("The draft is saved.")
        }
        "submit" => {
            response::act::submit(tx, actor, now, version()?).await?;
            here.saying("Handed in for review.")
        }
        "send_back" => {
            response::act::send_back(tx, actor, now, version()?, post.fields.text("reason")).await?;
            here.saying("Sent back to the drafter.")
        }
        "publish" => {
            response::act::publish(tx, actor, now, version()?, post.fields.parse("revision")?).await?;
            here.saying("Published. It goes into the next report.")
        }
        "deliver" => {
            response::act::deliver(tx, actor, now, id, post.fields.text("evidence")).await?;
            here.saying("Saved. A second person confirms it.")
        }
        "confirm" => {
            response::act::confirm(tx, actor, now, id).await?;
            here.saying("Confirmed: this promise was kept.")
        }
        _ => return Err(Error::NotFound),
    })
}

async fn of_day(tx: &mut Tx, post: &Post) -> Result<Done> {
    let day: PanelDayId = post.id("id")?;
    let here = done(format!("/days/{day}/heard"));
    Ok(match post.act() {
        "draft" => {
            let notes = post.fields.all("notes").filter_map(|id| id.parse().ok()).collect();
            let item =
                act::draft(tx, &post.actor, post.now, Draft { panel_day: day, text: post.text("text"), topic: post.text("topic"), notes })
                    .await?;
            here.saying(format!("Item {} is drafted.", item.number))
        }
        "open" => {
            let item = act::open(tx, &post.actor, post.now, post.key()?).await?;
            here.saying(format!("Item {} is open.", item.number))
        }
        _ => return Err(Error::NotFound),
    })
}

async fn owned(tx: &mut Tx, post: &Post) -> Result<Done> {
    let Actor::Link { subject, .. } = post.actor else { return Err(Error::NotFound) };
    respond(tx, post, HeardId(subject), "/item").await
}

fn owner(post: &Post) -> Result<Owner> {
    Ok(match post.fields.maybe("owner")? {
        Some(account) => Owner::Account(account),
        None => Owner::Guest { name: post.text("name"), email: post.text("email"), unit: post.text("unit") },
    })
}

fn content(post: &Post) -> Result<Content> {
    Ok(Content {
        kind: post.fields.parse("kind")?,
        text: post.text("text"),
        link: post.text("link"),
        decline_reason: post.fields.maybe("decline_reason")?,
        owner: post.text("owner"),
        due: post.fields.date("due")?,
        change_reason: post.text("change_reason"),
    })
}

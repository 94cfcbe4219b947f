//! Forms of `/heard/{id}`, `/days/{id}/heard` and `/item`: items and the responses to them.

use app::account::{Actor, Verb};
use app::db::Tx;
use app::error::{Error, Result};
use app::heard::act::{self, Draft, Owner, Word};
use app::heard::rules::notified_words;
use app::ids::{HeardId, PanelDayId, Seen, VersionId};
use app::response;
use app::response::act::{Confirm, Deliver, Publish};
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
    let seen = || Ok::<_, Error>(Seen { id, revision: revision(post, "revision")? });
    Ok(match post.act() {
        "word" => {
            act::word(tx, actor, now, Word { item: seen()?, text: post.text("text"), topic: post.text("topic") }).await?;
            here.saying("The words are saved.")
        }
        "open" => {
            act::open(tx, actor, now, seen()?).await?;
            here.saying("The item is open. Next, give it an owner.")
        }
        "detach" => {
            act::detach(tx, actor, now, seen()?, post.key()?).await?;
            here.saying("The note was taken off.")
        }
        "merge" => {
            let into = Seen { id: post.key()?, revision: revision(post, "into_revision")? };
            act::merge(tx, actor, now, seen()?, into).await?;
            done(format!("/heard/{}", into.id)).saying("Merged. This item now has the notes of both.")
        }
        "withdraw" => {
            act::withdraw(tx, actor, now, seen()?, post.fields.text("reason")).await?;
            here.saying("The item was withdrawn.")
        }
        "assign" => {
            let item = act::assign(tx, actor, now, seen()?, owner(post)?, post.fields.text("message")).await?;
            here.saying(format!("{} is asked for an answer.", item.owner().unwrap_or_default()))
        }
        "reopen" => {
            let (notified, name) = act::reopen_seen(tx, actor, now, seen()?, post.fields.text("reason")).await?;
            here.saying(format!("The item is open again. {}", notified_words(notified, name.as_deref())))
        }
        _ => return respond(tx, post, id, &format!("/heard/{id}")).await,
    })
}

/// The revision that a form was made from. A page that is older than these fields says to load it again.
fn revision(post: &Post, field: &str) -> Result<i64> {
    post.fields.parse(field).map_err(|_| Error::conflict("This page is out of date. Please load it again; what you typed is still below."))
}

/// What can be done with a response, from either page.
async fn respond(tx: &mut Tx, post: &Post, id: HeardId, here: &str) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    let here = done(here);
    let version = || {
        let id: VersionId = post.fields.parse("version").map_err(|_| Error::NotFound)?;
        Ok::<_, Error>(Seen { id, revision: revision(post, "revision")? })
    };
    let promise =
        || post.fields.parse::<VersionId>("promise").map_err(|_| Error::conflict("Nothing was promised when this page was made."));
    Ok(match post.act() {
        "draft" => {
            let base = if post.fields.text("version").is_empty() { None } else { Some(version()?) };
            let item = Seen { id, revision: revision(post, "item_revision")? };
            response::act::draft(tx, actor, now, response::act::Draft { item, version: base, content: content(post)? }).await?;
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
            response::act::publish(tx, actor, now, Publish { version: version()?, item: revision(post, "item_revision")? }).await?;
            here.saying("Published. It goes into the next report.")
        }
        "deliver" => {
            let cmd = Deliver { heard: id, promise: promise()?, seen: post.fields.maybe("revision")?, evidence: post.text("evidence") };
            response::act::deliver(tx, actor, now, cmd).await?;
            here.saying("Saved. A second person confirms it.")
        }
        "confirm" => {
            let cmd = Confirm { heard: id, promise: promise()?, seen: revision(post, "revision")? };
            response::act::confirm(tx, actor, now, cmd).await?;
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
            let seen = Seen { id: post.key()?, revision: revision(post, "revision")? };
            let item = act::open(tx, &post.actor, post.now, seen).await?;
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

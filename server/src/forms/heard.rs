//! Forms of `/heard/{id}`, `/days/{id}/heard` and `/item`: items and the responses to them.

use app::access::account::{Actor, Permission};
use app::db::Tx;
use app::follow_up::heard::act::{self, DraftItem, RewordItem};
use app::follow_up::heard::assignment::{self, ItemOwner};
use app::follow_up::heard::reopening;
use app::follow_up::heard::rules::notified_words;
use app::follow_up::response;
use app::follow_up::response::act::{ConfirmDelivery, DeliverCommitment, PublishVersion};
use app::follow_up::response::rules::ResponseContent;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{HeardId, IdAtRevision, PanelDayId, VersionId};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// One item: its words, owner, notes, and its response.
pub const ITEM: FormPage = FormPage {
    path: "/heard/{id}",
    acts: &[
        ("word", Permission::EditHeard),
        ("open", Permission::EditHeard),
        ("detach", Permission::EditHeard),
        ("merge", Permission::EditHeard),
        ("withdraw", Permission::EditHeard),
        ("assign", Permission::AssignItem),
        ("reopen", Permission::ReopenItem),
        ("draft", Permission::DraftResponse),
        ("submit", Permission::DraftResponse),
        ("return", Permission::PublishResponse),
        ("publish", Permission::PublishResponse),
        ("deliver", Permission::RecordDelivery),
        ("confirm", Permission::ConfirmDelivery),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(item(tx, request))),
};

/// A day's notes turned into items.
pub const OF_DAY: FormPage = FormPage {
    path: "/days/{id}/heard",
    acts: &[("draft", Permission::EditHeard), ("open", Permission::EditHeard)],
    handle: FormHandler::Unit(|tx, request| Box::pin(of_day(tx, request))),
};

/// The owner's link.
pub const OWNED: FormPage = FormPage {
    path: "/item",
    acts: &[("draft", Permission::DraftResponse), ("submit", Permission::DraftResponse)],
    handle: FormHandler::Unit(|tx, request| Box::pin(owned(tx, request))),
};

async fn item(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: HeardId = request.id("id")?;
    let (actor, now) = (&request.actor, request.now);
    let here = redirect(format!("/heard/{id}"));
    let seen = || Ok::<_, Error>(IdAtRevision { id, revision: revision(request, "revision")? });
    Ok(match request.act() {
        "word" => {
            act::reword(tx, actor, now, RewordItem { item: seen()?, text: request.text("text"), topic: request.text("topic") }).await?;
            here.with_message("The words are saved.")
        }
        "open" => {
            act::open(tx, actor, now, seen()?).await?;
            here.with_message("The item is open. Next, give it an owner.")
        }
        "detach" => {
            act::detach(tx, actor, now, seen()?, request.key()?).await?;
            here.with_message("The note was taken off.")
        }
        "merge" => {
            let into = IdAtRevision { id: request.key()?, revision: revision(request, "into_revision")? };
            act::merge(tx, actor, now, seen()?, into).await?;
            redirect(format!("/heard/{}", into.id)).with_message("Merged. This item now has the notes of both.")
        }
        "withdraw" => {
            act::withdraw(tx, actor, now, seen()?, request.fields.text("reason")).await?;
            here.with_message("The item was withdrawn.")
        }
        "assign" => {
            let item = assignment::assign(tx, actor, now, seen()?, owner(request)?, request.fields.text("message")).await?;
            here.with_message(format!("{} is asked for an answer.", item.owner().unwrap_or_default()))
        }
        "reopen" => {
            let (notified, name) = reopening::reopen_seen(tx, actor, now, seen()?, request.fields.text("reason")).await?;
            here.with_message(format!("The item is open again. {}", notified_words(notified, name.as_deref())))
        }
        _ => return respond(tx, request, id, &format!("/heard/{id}")).await,
    })
}

/// The revision that a form was made from. A page that is older than these fields says to load it again.
fn revision(request: &FormRequest, field: &str) -> Result<i64> {
    request
        .fields
        .parse(field)
        .map_err(|_| Error::conflict("This page is out of date. Please load it again; what you typed is still below."))
}

/// What can be done with a response, from either page.
async fn respond(tx: &mut Tx, request: &FormRequest, id: HeardId, here: &str) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    let here = redirect(here);
    let version = || {
        let id: VersionId = request.fields.parse("version").map_err(|_| Error::NotFound)?;
        Ok::<_, Error>(IdAtRevision { id, revision: revision(request, "revision")? })
    };
    let commitment =
        || request.fields.parse::<VersionId>("commitment").map_err(|_| Error::conflict("Nothing was promised when this page was made."));
    Ok(match request.act() {
        "draft" => {
            let base = if request.fields.text("version").is_empty() { None } else { Some(version()?) };
            let item = IdAtRevision { id, revision: revision(request, "item_revision")? };
            response::act::draft(tx, actor, now, response::act::DraftResponse { item, version: base, content: content(request)? }).await?;
            here.with_message("The draft is saved.")
        }
        "submit" => {
            response::act::submit_for_review(tx, actor, now, version()?).await?;
            here.with_message("Handed in for review.")
        }
        "return" => {
            response::act::return_to_draft(tx, actor, now, version()?, request.fields.text("reason")).await?;
            here.with_message("Sent back to the drafter.")
        }
        "publish" => {
            response::act::publish(tx, actor, now, PublishVersion { version: version()?, item: revision(request, "item_revision")? })
                .await?;
            here.with_message("Published. It goes into the next report.")
        }
        "deliver" => {
            let cmd = DeliverCommitment {
                heard: id,
                commitment: commitment()?,
                seen: request.fields.maybe("revision")?,
                evidence: request.text("evidence"),
            };
            response::act::deliver(tx, actor, now, cmd).await?;
            here.with_message("Saved. A second person confirms it.")
        }
        "confirm" => {
            let cmd = ConfirmDelivery { heard: id, commitment: commitment()?, seen: revision(request, "revision")? };
            response::act::confirm(tx, actor, now, cmd).await?;
            here.with_message("Confirmed: this promise was kept.")
        }
        _ => return Err(Error::NotFound),
    })
}

async fn of_day(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let day: PanelDayId = request.id("id")?;
    let here = redirect(format!("/days/{day}/heard"));
    Ok(match request.act() {
        "draft" => {
            let notes = request.fields.all("notes").filter_map(|id| id.parse().ok()).collect();
            let item = act::draft(
                tx,
                &request.actor,
                request.now,
                DraftItem { panel_day: day, text: request.text("text"), topic: request.text("topic"), notes },
            )
            .await?;
            here.with_message(format!("Item {} is drafted.", item.number))
        }
        "open" => {
            let seen = IdAtRevision { id: request.key()?, revision: revision(request, "revision")? };
            let item = act::open(tx, &request.actor, request.now, seen).await?;
            here.with_message(format!("Item {} is open.", item.number))
        }
        _ => return Err(Error::NotFound),
    })
}

async fn owned(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let Actor::Link { subject, .. } = request.actor else { return Err(Error::NotFound) };
    respond(tx, request, HeardId(subject), "/item").await
}

fn owner(request: &FormRequest) -> Result<ItemOwner> {
    Ok(match request.fields.maybe("owner")? {
        Some(account) => ItemOwner::Account(account),
        None => ItemOwner::Guest { name: request.text("name"), email: request.text("email"), unit: request.text("unit") },
    })
}

fn content(request: &FormRequest) -> Result<ResponseContent> {
    Ok(ResponseContent {
        kind: request.fields.parse("kind")?,
        text: request.text("text"),
        link: request.text("link"),
        decline_reason: request.fields.maybe("decline_reason")?,
        owner: request.text("owner"),
        due: request.fields.date("due")?,
        change_reason: request.text("change_reason"),
    })
}

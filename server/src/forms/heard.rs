//! Forms of `/heard/{id}`, `/days/{id}/heard` and `/item`: items and the responses to them.

use app::access::account::{Actor, Permission};
use app::coded;
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
use app::t;
use app::ui::encoded;
use chrono::NaiveDate;

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

/// A day's notes grouped into items.
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
    let here = |tab: &str| redirect(format!("/heard/{id}?tab={tab}"));
    let seen = || Ok::<_, Error>(IdAtRevision { id, revision: revision(request, "revision")? });
    Ok(match request.act() {
        "word" => {
            act::reword(tx, actor, now, RewordItem { item: seen()?, text: request.text("text"), topic: request.text("topic") }).await?;
            here("wording").with_message("Wording saved.")
        }
        "open" => {
            act::open(tx, actor, now, seen()?).await?;
            here("owner").with_message("Published to the board. Next, assign an owner.")
        }
        "detach" => {
            act::detach(tx, actor, now, seen()?, request.key()?).await?;
            here("sources").with_message("Note removed from the item.")
        }
        "merge" => {
            let into = IdAtRevision { id: request.key()?, revision: revision(request, "into_revision")? };
            act::merge(tx, actor, now, seen()?, into).await?;
            redirect(format!("/heard/{}?tab=sources", into.id)).with_message("Merged. This item now has the notes of both items.")
        }
        "withdraw" => {
            act::withdraw(tx, actor, now, seen()?, request.fields.text("reason")).await?;
            here("history").with_message("Item withdrawn.")
        }
        "assign" => {
            let item = assignment::assign(tx, actor, now, seen()?, owner(request)?, request.fields.text("message")).await?;
            here("answer").with_message(format!("{} was asked for an answer by email.", item.owner().unwrap_or_default()))
        }
        "reopen" => {
            let (notified, name) = reopening::reopen_seen(tx, actor, now, seen()?, request.fields.text("reason")).await?;
            here("answer").with_message(format!("Item reopened. {}", notified_words(notified, name.as_deref())))
        }
        _ => return respond(tx, request, id, &format!("/heard/{id}?tab=answer")).await,
    })
}

/// The revision that a form was made from. A page that is older than these fields says to load it again.
fn revision(request: &FormRequest, field: &str) -> Result<i64> {
    request.fields.parse(field).map_err(|_| Error::conflict(coded!("error-page-outdated")))
}

/// The version that a form was made from, as it was read.
fn version_seen(request: &FormRequest) -> Result<IdAtRevision<VersionId>> {
    let id: VersionId = request.fields.parse("version").map_err(|_| Error::NotFound)?;
    Ok(IdAtRevision { id, revision: revision(request, "revision")? })
}

/// Saves a draft, and submits it for review where that button was pressed. Gives what became of it, in words.
async fn draft(tx: &mut Tx, request: &FormRequest, id: HeardId) -> Result<String> {
    let (actor, now) = (&request.actor, request.now);
    let version = if request.fields.text("version").is_empty() { None } else { Some(version_seen(request)?) };
    let item = IdAtRevision { id, revision: revision(request, "item_revision")? };
    let cmd = response::act::DraftResponse { item, version, content: content(request)? };
    let saved = response::act::draft(tx, actor, now, cmd).await?;
    if request.fields.text("then") == "submit" {
        response::act::submit_for_review(tx, actor, now, saved.seen()).await?;
        return Ok(t!(request.locale, "draft-submitted"));
    }
    Ok(if request.fields.text("was") == "in_review" {
        t!(request.locale, "draft-saved-out-of-review")
    } else {
        t!(request.locale, "draft-saved")
    })
}

/// What can be done with a response, from either page.
async fn respond(tx: &mut Tx, request: &FormRequest, id: HeardId, here: &str) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    let here = redirect(here);
    let commitment = || {
        request
            .fields
            .parse::<VersionId>("commitment")
            .map_err(|_| Error::conflict("This item had no commitment when you opened the page. Reload it, then try again."))
    };
    Ok(match request.act() {
        "draft" => here.with_message(draft(tx, request, id).await?),
        "submit" => {
            response::act::submit_for_review(tx, actor, now, version_seen(request)?).await?;
            here.with_message(t!(request.locale, "draft-submitted"))
        }
        "return" => {
            let notified = response::act::return_to_draft(tx, actor, now, version_seen(request)?, request.fields.text("reason")).await?;
            here.with_message(match notified {
                Some(name) => format!("Returned to draft. {name} was notified by email."),
                None => "Returned to draft. No one was notified by email.".to_owned(),
            })
        }
        "publish" => {
            let cmd = PublishVersion { version: version_seen(request)?, item: revision(request, "item_revision")? };
            response::act::publish(tx, actor, now, cmd).await?;
            here.with_message("Answer published. It will be in the next report.")
        }
        "deliver" => {
            let cmd = DeliverCommitment {
                heard: id,
                commitment: commitment()?,
                seen: request.fields.maybe("revision")?,
                evidence: request.text("evidence"),
            };
            response::act::deliver(tx, actor, now, cmd).await?;
            here.with_message("Evidence saved. A second person must confirm it.")
        }
        "confirm" => {
            let cmd = ConfirmDelivery { heard: id, commitment: commitment()?, seen: revision(request, "revision")? };
            response::act::confirm(tx, actor, now, cmd).await?;
            here.with_message("Delivery confirmed.")
        }
        _ => return Err(Error::NotFound),
    })
}

async fn of_day(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let day: PanelDayId = request.id("id")?;
    let here = redirect(format!("/days/{day}/heard{}", kept_filter(request)));
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
            if request.fields.text("then") == "open" {
                act::open(tx, &request.actor, request.now, item.seen()).await?;
                return Ok(here.with_message(format!("Item {} published to the board.", item.number)));
            }
            here.with_message(format!("Item {} saved as a draft.", item.number))
        }
        "open" => {
            let seen = IdAtRevision { id: request.key()?, revision: revision(request, "revision")? };
            let item = act::open(tx, &request.actor, request.now, seen).await?;
            here.with_message(format!("Item {} published to the board.", item.number))
        }
        _ => return Err(Error::NotFound),
    })
}

/// The filter of the notes that the form was shown with, as a query.
fn kept_filter(request: &FormRequest) -> String {
    let kept =
        |name: &str| Some(request.fields.text(name)).filter(|value| !value.is_empty()).map(|value| format!("{name}={}", encoded(value)));
    let parts: Vec<String> = ["session", "hashtag"].into_iter().filter_map(kept).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
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

/// A due date as a browser's date field sends it, or nothing.
fn due(request: &FormRequest) -> Result<Option<NaiveDate>> {
    let text = request.fields.text("due").trim();
    request.fields.date("due").map_err(|_| Error::field("due", coded!("error-answer-due-format", text = text)))
}

fn content(request: &FormRequest) -> Result<ResponseContent> {
    Ok(ResponseContent {
        kind: request.fields.parse("kind")?,
        text: request.text("text"),
        link: request.text("link"),
        decline_reason: request.fields.maybe("decline_reason")?,
        owner: request.text("owner"),
        due: due(request)?,
        change_reason: request.text("change_reason"),
    })
}

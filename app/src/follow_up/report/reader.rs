//! What a panelist does with their reports: open them, answer the replies, stop and start them by email.

use std::collections::HashMap;

use serde_json::json;

use super::answer_rules::AnswerCircumstances;
use super::collect::circumstances;
use super::store;
use super::{AnswerEffect, AnswerKind, RaisedItem, ReportEdition, answer_rules};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Link, Purpose};
use crate::coded;
use crate::db::{Db, Tx};
use crate::follow_up::heard;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{LinkId, PanelistId, VersionId};

/// Characters of a comment, or of an answer to a question.
const MAX_REMARK: usize = 1000;

/// The reader's own copy of report `number`, and whether it was never opened before: then its reader calls `note_opening`.
///
/// # Errors
/// `NotFound` for a report that they have no copy of.
pub async fn own_copy(tx: &mut Tx, actor: &Actor, number: i64) -> Result<(ReportEdition, bool)> {
    actor.may(Permission::SeePortal)?;
    let panelist = own(actor)?;
    let report = store::find_numbered(tx, panelist, number).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(tx, report.id).await?;
    let unopened = copies.iter().any(|copy| copy.panelist_id == panelist && copy.opened_at.is_none());
    Ok((store::edition_for(&report, &copies, panelist), unopened))
}

/// What answering the newest reply to each item of one's own copy would do, and what one has answered so far.
///
/// # Errors
/// What the database says.
pub async fn answering(
    tx: &mut Tx,
    now: Time,
    edition: &ReportEdition,
    panelist: PanelistId,
) -> Result<(HashMap<VersionId, AnswerCircumstances>, Vec<store::ReplyAnswer>)> {
    let own: Vec<RaisedItem> =
        edition.yours.iter().map(|item| RaisedItem { heard_id: item.heard_id, quotes: Vec::new(), withheld: Vec::new() }).collect();
    let shown: Vec<_> = edition.items().filter_map(|(item, _)| Some((item.heard_id, item.replies.last()?.version_id))).collect();
    let known = circumstances(tx, now, edition.document.day.id, &own, &shown).await?;
    Ok((known, store::list_answers_by(tx, panelist).await?))
}

/// What a panelist says to a reply.
#[derive(Clone, Debug)]
pub struct AnswerReply {
    /// The report in which they read it.
    pub number: i64,
    pub version: VersionId,
    pub answer: AnswerKind,
    pub remark: String,
}

/// Records what a panelist says to a reply; a later answer to the same reply replaces it. What it does beyond that is decided by
/// `answer_rules::effect`. Gives what it did.
///
/// # Errors
/// `NotFound` for a reply that is not in a report of theirs; `Invalid` for a remark that is too long, or an answer to a question without words.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, cmd: AnswerReply) -> Result<AnswerEffect> {
    actor.may(Permission::AnswerResponse)?;
    let panelist = own(actor)?;
    let mut errors = ValidationErrors::default();
    let missing = (cmd.answer == AnswerKind::Replied).then(|| coded!("error-answer-missing"));
    let remark = errors.guest_lines("remark", missing, &cmd.remark, MAX_REMARK);
    errors.finish()?;
    let report = store::find_numbered(tx, panelist, cmd.number).await?.ok_or(Error::NotFound)?;
    let copy = store::find_copy(tx, report.id, panelist).await?.ok_or(Error::NotFound)?;
    let document = &report.document;
    let item = document.items.iter().find(|item| item.replies.iter().any(|reply| reply.version_id == cmd.version));
    let heard_id = item.ok_or(Error::NotFound)?.heard_id;
    let known = circumstances(tx, now, document.day.id, &copy.raised, &[(heard_id, cmd.version)]).await?;
    let effect = answer_rules::effect(cmd.answer, *known.get(&cmd.version).ok_or(Error::NotFound)?);
    let before = store::find_answer(tx, panelist, cmd.version).await?;
    // Who says "still broken" once more about an item that their own tap opened is told what that did.
    let said_again =
        |was: &store::ReplyAnswer| was.answer == cmd.answer && was.effect == AnswerEffect::Reopened && effect == AnswerEffect::AlreadyOpen;
    let shown = if before.as_ref().is_some_and(said_again) { AnswerEffect::Reopened } else { effect };
    let given =
        store::ReplyAnswer { panelist_id: panelist, heard_id, version_id: cmd.version, answer: cmd.answer, effect: shown, remark, at: now };
    store::answer(tx, &given).await?;
    store::answer_in(tx, report.id, &given).await?;
    store::open(tx, report.id, panelist, now).await?;
    audit(actor, now, "answered", ResourceType::Heard, heard_id)
        .on_day(document.day.id)
        .with(json!({ "answer": given.answer, "effect": shown, "remark": given.remark, "version": given.version_id }))
        .record(tx);
    match effect {
        AnswerEffect::Reopened => {
            heard::reopening::reopen(tx, actor, now, heard_id, &given.remark).await?;
        }
        AnswerEffect::TooSoon if before.is_none_or(|was| was.effect != AnswerEffect::TooSoon || was.remark != given.remark) => {
            heard::reopening::notify_too_soon(tx, now, heard_id, panelist, &given.remark).await?;
        }
        _ => {}
    }
    Ok(shown)
}

/// Records that a panelist opened their copy of a report. Only the first time changes anything.
///
/// # Errors
/// `NotFound` for a report that they have no copy of.
pub async fn open(tx: &mut Tx, actor: &Actor, now: Time, number: i64) -> Result<()> {
    actor.may(Permission::SeePortal)?;
    let panelist = own(actor)?;
    let report = store::find_numbered(tx, panelist, number).await?.ok_or(Error::NotFound)?;
    if store::open(tx, report.id, panelist, now).await? {
        audit(actor, now, "opened", ResourceType::Report, report.id)
            .on_day(report.panel_day_id)
            .with(json!({ "panelist": panelist }))
            .record(tx);
    }
    Ok(())
}

/// Records in the background that somebody opened their copy: the page does not wait for it.
pub fn note_opening(db: &Db, actor: &Actor, now: Time, number: i64) {
    let (db, actor) = (db.clone(), actor.clone());
    tokio::spawn(async move {
        if let Err(error) = db.write(|tx, _| Box::pin(open(tx, &actor, now, number))).await {
            tracing::warn!(%error, "the opening of a report was not recorded");
        }
    });
}

/// Where a panelist's link leads: to the report that it was made for, or to their page.
///
/// # Errors
/// What the database says.
pub async fn page_behind(tx: &mut Tx, link: LinkId) -> Result<String> {
    Ok(match store::find_number_behind(tx, link).await? {
        Some(number) => format!("/portal/reports/{number}"),
        None => "/portal".to_owned(),
    })
}

/// The panelist behind a portal's link.
///
/// # Errors
/// `NotFound` for everybody else.
pub fn own(actor: &Actor) -> Result<PanelistId> {
    match actor {
        Actor::Link { purpose: Purpose::Portal, subject, .. } => Ok(PanelistId(*subject)),
        _ => Err(Error::NotFound),
    }
}

/// The link that ends reports by email. It was used if it was opened.
///
/// # Errors
/// `NotFound` or `Gone` for a link that does not open.
pub async fn unsubscribe_link(tx: &mut Tx, now: Time, token: &str) -> Result<Link> {
    let link = link::act::follow(tx, now, token).await?;
    if link.purpose == Purpose::Unsubscribe { Ok(link) } else { Err(Error::NotFound) }
}

/// Ends reports by email for the holder of this link. Doing it twice changes nothing.
///
/// # Errors
/// `NotFound` or `Gone` for a link that does not open.
pub async fn unsubscribe(tx: &mut Tx, now: Time, token: &str) -> Result<()> {
    let link = unsubscribe_link(tx, now, token).await?;
    if link.opened_at.is_none() {
        link::store::open(tx, link.id, now).await?;
        let actor = Actor::Link { id: link.id, purpose: link.purpose, subject: link.subject_id };
        audit(&actor, now, "stopped reports by email", ResourceType::Panelist, link.subject_id).record(tx);
    }
    Ok(())
}

/// Whether a panelist wants no reports by email: their unsubscribe link was used.
///
/// # Errors
/// What the database says.
pub async fn is_unsubscribed(tx: &mut Tx, panelist: PanelistId) -> Result<bool> {
    link::act::is_unsubscribed(tx, panelist.0).await
}

/// Starts reports by email again, as a panelist asks for in the portal.
///
/// # Errors
/// `NotFound` for everybody but a panelist.
pub async fn subscribe(tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
    actor.may(Permission::SeePortal)?;
    let panelist = own(actor)?;
    link::store::revoke(tx, Purpose::Unsubscribe, panelist.0, now).await?;
    audit(actor, now, "wants reports by email again", ResourceType::Panelist, panelist).record(tx);
    Ok(())
}

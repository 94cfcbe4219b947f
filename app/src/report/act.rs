//! Freezing a report, sending it, sharing it, and what its readers answer.

use serde_json::json;

use super::gather::{Gathered, gather};
use super::store::{self, CopyRow, Report};
use super::{AnswerKind, Delivery, Edition, rules};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Result, Wrong};
use crate::ids::{PanelDayId, PanelistId, ReportId, VersionId};
use crate::link::{self, Link, Purpose};
use crate::outbox::{self, Template};
use crate::panelist::{self, Attendance};
use crate::{heard, secret, session};

/// A report, if the actor may see it.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate.
pub async fn find(tx: &mut Tx, actor: &Actor, id: ReportId) -> Result<Report> {
    actor.may(Verb::SeeReports)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, Verb::SeeReports, report.panel_day_id).await?;
    Ok(report)
}

/// Freezes the day's next report, which is to be `number`: what it says never changes again. Everybody with a seat gets a copy that says what they
/// raised; whether it is sent to them is decided by whether they came.
///
/// # Errors
/// `NotFound`; `Conflict` when there is nothing to report, or somebody froze the same report a moment ago.
pub async fn freeze(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId, number: i64) -> Result<ReportId> {
    actor.may(Verb::Freeze)?;
    let Gathered { document, raised } = gather(tx, now, day).await?;
    if document.items.is_empty() {
        return Err(Error::conflict("There is nothing to report yet: no heard item of this day is open."));
    }
    let id = ReportId::new();
    let hash = secret::fingerprint(&rules::canonical(&document));
    if document.number != number || !store::freeze(tx, id, &document, &hash, actor.account()).await? {
        return Err(Error::conflict(format!(
            "Report {number} of this day was frozen a moment ago. Please look at it before freezing another."
        )));
    }
    for panelist in panelist::store::list_seated(tx, day).await? {
        store::create_copy(tx, id, panelist.id, raised.get(&panelist.id).map_or(&[], Vec::as_slice)).await?;
    }
    did(actor, now, "froze", Thing::Report, id)
        .on_day(day)
        .with(json!({ "number": document.number, "items": document.items.len(), "hash": hash }))
        .record(tx);
    Ok(id)
}

/// Sends the report to everybody who came and has not got it: one mail each, with a personal link. Sending again reaches
/// only those who were not reached, so a double click sends nothing twice. Gives how many mails were queued.
///
/// # Errors
/// `NotFound`; `Conflict` when nobody is recorded as having come.
pub async fn send(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<usize> {
    actor.may(Verb::Send)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(tx, id).await?;
    if !copies.iter().any(|copy| copy.attendance == Some(Attendance::CheckedIn)) {
        return Err(Error::conflict("Nobody is checked in on this day yet, so there is nobody to send it to. Record who came first."));
    }
    store::start_sending(tx, id, now).await?;
    let mut queued = 0;
    for copy in &copies {
        if may_get(copy) && copy.outbox_id.is_none() && !copy.unsubscribed {
            queued += usize::from(queue(tx, now, &report, copy).await?);
        }
    }
    if queued > 0 {
        did(actor, now, "sent", Thing::Report, id).on_day(report.panel_day_id).with(json!({ "copies": queued })).record(tx);
    }
    Ok(queued)
}

/// Sends one copy again after it failed or bounced, to the address as it is now. A double click queues one mail.
///
/// # Errors
/// `NotFound`; `Conflict` when the copy is on its way, may have been sent or has arrived, or its reader wants no mail.
pub async fn resend(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId, panelist: PanelistId) -> Result<()> {
    actor.may(Verb::Send)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let copy = store::find_copy(tx, id, panelist).await?.ok_or(Error::NotFound)?;
    if !may_get(&copy) {
        return Err(Error::conflict(format!("{} did not come, or has left the panel, and gets no report.", copy.name)));
    }
    if copy.unsubscribed {
        return Err(Error::conflict(format!("{} wants no reports by mail. Hand them their copy as a PDF.", copy.name)));
    }
    if !matches!(copy.delivery(), Delivery::Failed | Delivery::Bounced | Delivery::NotSent | Delivery::Unsubscribed) {
        return Err(Error::conflict(format!("The copy of {} is {}.", copy.name, copy.delivery())));
    }
    store::start_sending(tx, id, now).await?;
    if queue(tx, now, &report, &copy).await? {
        did(actor, now, "sent again", Thing::Report, id).on_day(report.panel_day_id).with(json!({ "panelist": panelist })).record(tx);
    }
    Ok(())
}

/// Who came and is still on the panel.
#[must_use]
pub fn may_get(copy: &CopyRow) -> bool {
    copy.attendance == Some(Attendance::CheckedIn) && copy.withdrawn_at.is_none()
}

async fn queue(tx: &mut Tx, now: Time, report: &Report, copy: &CopyRow) -> Result<bool> {
    // Each copy has a link of its own: following it is how we know that this report was opened.
    let door = link::act::create(tx, now, Purpose::Door, copy.panelist_id.0).await?;
    let unsubscribe = link::act::current(tx, now, Purpose::Unsubscribe, copy.panelist_id.0).await?;
    let attempt = copy.outbox_id.map_or_else(String::new, |failed| format!(":after:{failed}"));
    let mail = outbox::act::Queue {
        template: Template::Report,
        recipient: copy.email.clone(),
        recipient_name: copy.name.clone(),
        params: json!({ "report": report.id, "unsubscribe": unsubscribe.id }),
        link: Some(door.id),
        subject: Some(copy.panelist_id.0),
        key: format!("report:{}:{}{attempt}", report.id, copy.panelist_id),
    };
    let Some(mail) = outbox::act::queue(tx, now, mail).await? else { return Ok(false) };
    store::send_copy(tx, copy.id, door.id, mail).await?;
    Ok(true)
}

/// Gives the share-safe version an address that cannot be guessed. Gives the slug; the same one while it is shared.
///
/// # Errors
/// `NotFound`; `Conflict` when somebody else did so in between.
pub async fn share(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<String> {
    actor.may(Verb::Send)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(slug) = report.share_slug {
        return Ok(slug);
    }
    let slug = secret::random_token();
    if !store::share(tx, id, Some(&slug)).await? {
        return Err(Error::conflict("Somebody shared this report a moment ago."));
    }
    did(actor, now, "shared", Thing::Report, id).on_day(report.panel_day_id).record(tx);
    Ok(slug)
}

/// Withdraws the address of the share-safe version. Withdrawing twice changes nothing.
///
/// # Errors
/// `NotFound`.
pub async fn unshare(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<()> {
    actor.may(Verb::Send)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if store::share(tx, id, None).await? {
        did(actor, now, "stopped sharing", Thing::Report, id).on_day(report.panel_day_id).record(tx);
    }
    Ok(())
}

/// What anybody may read under a slug.
///
/// # Errors
/// `NotFound` for a slug that we never gave, or took back.
pub async fn shared(tx: &mut Tx, slug: &str) -> Result<Edition> {
    let report = store::find_shared(tx, slug).await?.ok_or(Error::NotFound)?;
    let words = store::words(&store::list_copies(tx, report.id).await?);
    Ok(rules::share_safe(&report.document, &words.consented, &words.withheld))
}

/// The reader's own copy of report `number`, and the report.
///
/// # Errors
/// `NotFound` for a report that they have no copy of.
pub async fn own_copy(tx: &mut Tx, actor: &Actor, number: i64) -> Result<(Report, Edition)> {
    actor.may(Verb::SeePortal)?;
    let panelist = own(actor)?;
    let report = store::find_numbered(tx, panelist, number).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(tx, report.id).await?;
    let edition = store::edition_for(&report, &copies, panelist);
    Ok((report, edition))
}

/// What a panelist says to a reply.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The report in which they read it.
    pub number: i64,
    pub version: VersionId,
    pub answer: AnswerKind,
    pub remark: String,
}

/// Records what a panelist says to a reply; a later answer to the same reply replaces it. "Still broken" reopens the item,
/// once, and its owner hears of it.
///
/// # Errors
/// `NotFound` for a reply that is not in a report of theirs; `Invalid` for a remark that is too long.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, cmd: Answer) -> Result<()> {
    actor.may(Verb::Answer)?;
    let panelist = own(actor)?;
    let mut wrong = Wrong::default();
    let remark = wrong.optional_lines("remark", "The remark", &cmd.remark, 500);
    wrong.finish()?;
    let report = store::find_numbered(tx, panelist, cmd.number).await?.ok_or(Error::NotFound)?;
    let document = &report.document;
    let item = document.items.iter().find(|item| item.replies.iter().any(|reply| reply.version_id == cmd.version));
    let heard_id = item.ok_or(Error::NotFound)?.heard_id;
    let said = store::Answer { panelist_id: panelist, heard_id, version_id: cmd.version, answer: cmd.answer, remark, at: now };
    let before = store::answer(tx, &said).await?;
    store::open(tx, report.id, panelist, now).await?;
    did(actor, now, "answered", Thing::Heard, heard_id)
        .on_day(document.day.id)
        .with(json!({ "answer": said.answer, "remark": said.remark, "version": said.version_id }))
        .record(tx);
    if said.answer == AnswerKind::StillBroken && before != Some(AnswerKind::StillBroken) {
        let reason = if said.remark.is_empty() { "Still broken. No more was said." } else { &said.remark };
        heard::act::reopen(tx, actor, now, heard_id, reason).await?;
    }
    Ok(())
}

/// The panelist behind a portal's link.
///
/// # Errors
/// `NotFound` for everybody else.
pub fn own(actor: &Actor) -> Result<PanelistId> {
    match actor {
        Actor::Link { purpose: Purpose::Door, subject, .. } => Ok(PanelistId(*subject)),
        _ => Err(Error::NotFound),
    }
}

/// The link that ends reports by mail. It was used if it was opened.
///
/// # Errors
/// `NotFound` or `Gone` for a link that does not open.
pub async fn unsubscribe_link(tx: &mut Tx, now: Time, token: &str) -> Result<Link> {
    let link = link::act::follow(tx, now, token).await?;
    if link.purpose == Purpose::Unsubscribe { Ok(link) } else { Err(Error::NotFound) }
}

/// Ends reports by mail for whoever holds this link. Doing it twice changes nothing.
///
/// # Errors
/// `NotFound` or `Gone` for a link that does not open.
pub async fn unsubscribe(tx: &mut Tx, now: Time, token: &str) -> Result<()> {
    let link = unsubscribe_link(tx, now, token).await?;
    if link.opened_at.is_none() {
        link::store::open(tx, link.id, now).await?;
        let actor = Actor::Link { id: link.id, purpose: link.purpose, subject: link.subject_id };
        did(&actor, now, "stopped reports by mail", Thing::Panelist, link.subject_id).record(tx);
    }
    Ok(())
}

/// Whether a panelist wants no reports by mail: their unsubscribe link was used.
///
/// # Errors
/// What the database says.
pub async fn is_unsubscribed(tx: &mut Tx, panelist: PanelistId) -> Result<bool> {
    link::act::is_unsubscribed(tx, panelist.0).await
}

/// Starts reports by mail again, as a panelist asks for in the portal.
///
/// # Errors
/// `NotFound` for everybody but a panelist.
pub async fn subscribe(tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
    actor.may(Verb::SeePortal)?;
    let panelist = own(actor)?;
    link::store::revoke(tx, Purpose::Unsubscribe, panelist.0, now).await?;
    did(actor, now, "wants reports by mail again", Thing::Panelist, panelist).record(tx);
    Ok(())
}

//! Finalising a report, sending it and sharing it.

use serde_json::json;

use super::collect::{CollectedReport, collect};
use super::store::{self, CopyRow, Report};
use super::{DeliveryStatus, QuoteChoices, ReportEdition, rules};
use crate::access::account::{Actor, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::{self, Purpose};
use crate::access::outbox::{self, EmailTemplate};
use crate::db::{Db, Tx};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::{PanelDayId, PanelistId, ReportId};
use crate::kernel::secret;
use crate::panel_day::note::{self, LateNotes};
use crate::panel_day::session;

/// A report, if the actor may see it.
///
/// # Errors
/// `NotFound`, also for a day that the actor does not moderate.
pub async fn find(tx: &mut Tx, actor: &Actor, id: ReportId) -> Result<Report> {
    actor.may(Permission::SeeReports)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, Permission::SeeReports, report.panel_day_id).await?;
    Ok(report)
}

#[derive(Clone, Debug)]
pub struct FinaliseReport {
    pub day: PanelDayId,
    /// Which edition it is to be.
    pub number: i64,
    /// The mark of the preview that was read (`CollectedReport::mark`); none if none was.
    pub seen: Option<String>,
    pub quotes: QuoteChoices,
}

/// How often a report is rebuilt because something changed meanwhile, before it is built inside of the transaction.
const MAX_BUILDS: usize = 3;

/// Finalises the day's next report: what it says never changes again. Everybody with a seat gets a copy that says what they
/// raised; whether it is sent to them is decided by whether they came.
///
/// It is built while everybody else can write, and kept if nothing that it is made of has changed since.
///
/// # Errors
/// `NotFound`; `Invalid` for a corrected quote without words; `Conflict` when there is nothing to report, when it no longer reads as in the
/// preview, or when someone else finalised the same report a moment ago.
pub async fn finalise_ahead(db: &Db, actor: &Actor, now: Time, cmd: &FinaliseReport) -> Result<ReportId> {
    for _ in 0..MAX_BUILDS {
        let built = build(&mut db.read().await?, actor, now, cmd).await?;
        let built = &built;
        let kept = db.write(|tx, _| {
            Box::pin(async move {
                if store::has_changed_since(tx, built.collected.program, built.collected.read_at).await? {
                    return Ok(None);
                }
                save(tx, actor, built).await.map(Some)
            })
        });
        if let Some(id) = kept.await? {
            return Ok(id);
        }
    }
    db.write(|tx, _| Box::pin(finalise_here(tx, actor, now, cmd))).await
}

/// As `finalise_ahead`, built and kept inside of one unit of work, with every quote as it was said.
///
/// # Errors
/// As `finalise_ahead`.
pub async fn finalise(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId, number: i64) -> Result<ReportId> {
    finalise_here(tx, actor, now, &FinaliseReport { day, number, seen: None, quotes: QuoteChoices::default() }).await
}

async fn finalise_here(tx: &mut Tx, actor: &Actor, now: Time, cmd: &FinaliseReport) -> Result<ReportId> {
    let built = build(tx, actor, now, cmd).await?;
    save(tx, actor, &built).await
}

/// A report that is ready to be kept.
struct BuiltReport {
    collected: CollectedReport,
    hash: String,
}

async fn build(tx: &mut Tx, actor: &Actor, now: Time, cmd: &FinaliseReport) -> Result<BuiltReport> {
    actor.may(Permission::FinaliseReport)?;
    let collected = collect(tx, now, cmd.day, &check_quotes(&cmd.quotes)?).await?;
    let document = &collected.document;
    if document.items.is_empty() {
        return Err(Error::conflict("There is nothing to report yet. Publish an item of this day to the board first."));
    }
    if document.number != cmd.number {
        return Err(already_final(cmd.number));
    }
    if cmd.seen.as_ref().is_some_and(|seen| *seen != collected.mark()) {
        return Err(Error::conflict("The report has changed since you read it. Read it again below, then finalise it."));
    }
    let hash = secret::fingerprint(&rules::canonical(document));
    Ok(BuiltReport { collected, hash })
}

fn already_final(number: i64) -> Error {
    Error::conflict(format!("Report {number} of this day is already final. Read it before you finalise another."))
}

/// Corrected wordings on one line each, not empty, not longer than a note.
fn check_quotes(choices: &QuoteChoices) -> Result<QuoteChoices> {
    let mut errors = ValidationErrors::default();
    let mut checked = QuoteChoices { left_out: choices.left_out.clone(), ..QuoteChoices::default() };
    for (note, words) in choices.reworded.iter().filter(|(note, _)| !choices.left_out.contains(note)) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let field = rules::words_field(*note);
        if words.is_empty() {
            errors.add(&field, "Enter the quote, or clear its box.");
        } else {
            checked.reworded.insert(*note, errors.text(&field, "The quote", &words, note::rules::MAX_CHARS));
        }
    }
    errors.finish()?;
    Ok(checked)
}

async fn save(tx: &mut Tx, actor: &Actor, built: &BuiltReport) -> Result<ReportId> {
    let BuiltReport { collected, hash } = built;
    let document = &collected.document;
    let (id, day) = (ReportId::new(), document.day.id);
    if !store::finalise(tx, id, document, hash, actor.account()).await? {
        return Err(already_final(document.number));
    }
    for panelist in &collected.seated {
        store::create_copy(tx, id, panelist.id, collected.raised_by(panelist.id)).await?;
    }
    audit(actor, document.finalised_at, "finalised", ResourceType::Report, id)
        .on_day(day)
        .with(json!({ "number": document.number, "items": document.items.len(), "hash": hash }))
        .record(tx);
    Ok(id)
}

/// Sends the report to everybody who came and has not got it: one email each, with a personal link. Sending again reaches
/// only those who were not reached, so a double click sends nothing twice. Gives how many emails were queued.
///
/// # Errors
/// `NotFound`; `Conflict` when no one is checked in.
pub async fn send(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<usize> {
    actor.may(Permission::SendReport)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(tx, id).await?;
    if !copies.iter().any(CopyRow::may_get) {
        return Err(Error::conflict(
            "No one is checked in on this day, so the report cannot be sent. Record attendance on the day’s People page first.",
        ));
    }
    store::start_sending(tx, id, now).await?;
    let mut queued = 0;
    for copy in copies.iter().filter(|copy| copy.will_get()) {
        queued += usize::from(queue(tx, now, &report, copy).await?);
    }
    if queued > 0 {
        audit(actor, now, "sent", ResourceType::Report, id).on_day(report.panel_day_id).with(json!({ "copies": queued })).record(tx);
    }
    Ok(queued)
}

/// Sends one copy again after it failed or bounced, to the address as it is now. A double click queues one email.
///
/// # Errors
/// `NotFound`; `Conflict` when the copy is on its way, may have been sent or has arrived, or its reader wants no reports by email, has left, or
/// was erased.
pub async fn resend(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId, panelist: PanelistId) -> Result<()> {
    actor.may(Permission::SendReport)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let copy = store::find_copy(tx, id, panelist).await?.ok_or(Error::NotFound)?;
    if copy.is_erased() {
        return Err(Error::conflict("This person’s data was erased, so their copy cannot be sent again."));
    }
    if !copy.may_get() {
        return Err(Error::conflict(format!("{} did not attend or has left the panel, so the report cannot be sent to them.", copy.name)));
    }
    if copy.unsubscribed {
        return Err(Error::conflict(format!(
            "{} unsubscribed from reports by email. They can still read the report on their page.",
            copy.name
        )));
    }
    if !may_resend(&copy) {
        return Err(Error::conflict(format!(
            "The copy for {} cannot be sent again. Its delivery status is “{}”.",
            copy.name,
            copy.delivery()
        )));
    }
    store::start_sending(tx, id, now).await?;
    if queue(tx, now, &report, &copy).await? {
        audit(actor, now, "sent again", ResourceType::Report, id)
            .on_day(report.panel_day_id)
            .with(json!({ "panelist": panelist }))
            .record(tx);
    }
    Ok(())
}

/// Whether a copy can be sent to its reader once more: it did not reach them, and they can be reached.
#[must_use]
pub fn may_resend(copy: &CopyRow) -> bool {
    copy.may_get()
        && !copy.unsubscribed
        && matches!(
            copy.delivery(),
            DeliveryStatus::Failed | DeliveryStatus::Bounced | DeliveryStatus::NotSent | DeliveryStatus::Unsubscribed
        )
}

async fn queue(tx: &mut Tx, now: Time, report: &Report, copy: &CopyRow) -> Result<bool> {
    // Each copy has a link of its own: following it is how we know that this report was opened.
    let portal = link::act::create(tx, now, Purpose::Portal, copy.panelist_id.0).await?;
    let unsubscribe = link::act::current(tx, now, Purpose::Unsubscribe, copy.panelist_id.0).await?;
    let attempt = copy.outbox_id.map_or_else(String::new, |failed| format!(":after:{failed}"));
    let email = outbox::act::QueueEmail {
        template: EmailTemplate::Report,
        recipient: copy.email.clone(),
        recipient_name: copy.name.clone(),
        params: json!({ "report": report.id, "unsubscribe": unsubscribe.id }),
        link: Some(portal.id),
        subject: Some(copy.panelist_id.0),
        key: format!("report:{}:{}{attempt}", report.id, copy.panelist_id),
    };
    let Some(email) = outbox::act::queue(tx, now, email).await? else { return Ok(false) };
    store::send_copy(tx, copy.id, portal.id, email).await?;
    Ok(true)
}

/// Creates the public link, which cannot be guessed. Returns its slug; the same one while it is shared.
///
/// # Errors
/// `NotFound`; `Conflict` when someone else did so in between.
pub async fn share(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<String> {
    actor.may(Permission::SendReport)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(slug) = report.share_slug {
        return Ok(slug);
    }
    let slug = secret::random_token();
    if !store::share(tx, id, Some(&slug)).await? {
        return Err(Error::conflict("Someone else created the public link at the same time. Reload the page to see it."));
    }
    audit(actor, now, "shared", ResourceType::Report, id).on_day(report.panel_day_id).record(tx);
    Ok(slug)
}

/// Revokes the public link. Revoking twice changes nothing.
///
/// # Errors
/// `NotFound`.
pub async fn unshare(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId) -> Result<()> {
    actor.may(Permission::SendReport)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    if store::share(tx, id, None).await? {
        audit(actor, now, "stopped sharing", ResourceType::Report, id).on_day(report.panel_day_id).record(tx);
    }
    Ok(())
}

/// The public version behind a slug.
///
/// # Errors
/// `NotFound` for a slug that does not exist or was revoked.
pub async fn shared(tx: &mut Tx, slug: &str) -> Result<ReportEdition> {
    let report = store::find_shared(tx, slug).await?.ok_or(Error::NotFound)?;
    let words = store::words(&store::list_copies(tx, report.id).await?);
    Ok(report.with_audit_head(rules::public_version(&report.document, &words.consented, &words.withheld)))
}

/// Says which report notes come too late for.
pub(crate) async fn answer_late_notes(tx: &mut Tx, question: &LateNotes) -> Result<()> {
    if let Some(number) = store::newest_number(tx, question.day).await? {
        // Nobody else answers.
        let _ = question.final_report.set(number);
    }
    Ok(())
}

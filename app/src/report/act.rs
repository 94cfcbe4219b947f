//! Freezing a report, sending it, sharing it, and what its readers answer.

use std::collections::HashMap;

use serde_json::json;

use super::gather::{Gathered, circumstances, gather};
use super::rules::Circumstances;
use super::store::{self, CopyRow, Report};
use super::{AnswerKind, Delivery, Edition, Effect, QuoteChoices, Raised, rules};
use crate::account::{Actor, Verb};
use crate::activity::Thing;
use crate::activity::act::did;
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, Wrong};
use crate::ids::{LinkId, PanelDayId, PanelistId, ReportId, VersionId};
use crate::link::{self, Link, Purpose};
use crate::outbox::{self, Template};
use crate::{heard, note, secret, session};

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

/// The report that somebody wants frozen.
#[derive(Clone, Debug)]
pub struct Freeze {
    pub day: PanelDayId,
    /// Which edition it is to be.
    pub number: i64,
    /// The mark of the preview that they read (`Gathered::mark`); none where nobody read one.
    pub seen: Option<String>,
    pub quotes: QuoteChoices,
}

/// How often a report is built anew because something changed meanwhile, before it is built where nothing can.
const MAX_BUILDS: usize = 3;

/// Freezes the day's next report: what it says never changes again. Everybody with a seat gets a copy that says what they
/// raised; whether it is sent to them is decided by whether they came.
///
/// It is built while everybody else can write, and kept if nothing that it is made of has changed since.
///
/// # Errors
/// `NotFound`; `Invalid` for a corrected quote without words; `Conflict` when there is nothing to report, when it no longer reads as in the
/// preview, or when somebody froze the same report a moment ago.
pub async fn freeze_ahead(db: &Db, actor: &Actor, now: Time, cmd: &Freeze) -> Result<ReportId> {
    for _ in 0..MAX_BUILDS {
        let built = build(&mut db.read().await?, actor, now, cmd).await?;
        let built = &built;
        let kept = db.write(|tx, _| {
            Box::pin(async move {
                if store::has_changed_since(tx, built.gathered.program, built.gathered.read_at).await? {
                    return Ok(None);
                }
                keep(tx, actor, built).await.map(Some)
            })
        });
        if let Some(id) = kept.await? {
            return Ok(id);
        }
    }
    db.write(|tx, _| Box::pin(freeze_here(tx, actor, now, cmd))).await
}

/// As `freeze_ahead`, built and kept inside of one unit of work, with every quote as it was said.
///
/// # Errors
/// As `freeze_ahead`.
pub async fn freeze(tx: &mut Tx, actor: &Actor, now: Time, day: PanelDayId, number: i64) -> Result<ReportId> {
    freeze_here(tx, actor, now, &Freeze { day, number, seen: None, quotes: QuoteChoices::default() }).await
}

async fn freeze_here(tx: &mut Tx, actor: &Actor, now: Time, cmd: &Freeze) -> Result<ReportId> {
    let built = build(tx, actor, now, cmd).await?;
    keep(tx, actor, &built).await
}

/// A report that is ready to be kept.
struct Built {
    gathered: Gathered,
    hash: String,
}

async fn build(tx: &mut Tx, actor: &Actor, now: Time, cmd: &Freeze) -> Result<Built> {
    actor.may(Verb::Freeze)?;
    let gathered = gather(tx, now, cmd.day, &check_quotes(&cmd.quotes)?).await?;
    let document = &gathered.document;
    if document.items.is_empty() {
        return Err(Error::conflict("There is nothing to report yet: no heard item of this day is open."));
    }
    if document.number != cmd.number {
        return Err(frozen_already(cmd.number));
    }
    if cmd.seen.as_ref().is_some_and(|seen| *seen != gathered.mark()) {
        return Err(Error::conflict("The report has changed since you read it. Please read it again below, and then freeze it."));
    }
    let hash = secret::fingerprint(&rules::canonical(document));
    Ok(Built { gathered, hash })
}

fn frozen_already(number: i64) -> Error {
    Error::conflict(format!("Report {number} of this day is frozen already. Read it before you freeze another."))
}

/// Corrected wordings on one line each, not empty, not longer than a note.
fn check_quotes(choices: &QuoteChoices) -> Result<QuoteChoices> {
    let mut wrong = Wrong::default();
    let mut checked = QuoteChoices { left_out: choices.left_out.clone(), ..QuoteChoices::default() };
    for (note, words) in choices.reworded.iter().filter(|(note, _)| !choices.left_out.contains(note)) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        checked.reworded.insert(
            *note,
            wrong.text(&rules::words_field(*note), "The words of the quote, or leave it out", &words, note::rules::MOST_CHARS),
        );
    }
    wrong.finish()?;
    Ok(checked)
}

async fn keep(tx: &mut Tx, actor: &Actor, built: &Built) -> Result<ReportId> {
    let Built { gathered, hash } = built;
    let document = &gathered.document;
    let (id, day) = (ReportId::new(), document.day.id);
    if !store::freeze(tx, id, document, hash, actor.account()).await? {
        return Err(frozen_already(document.number));
    }
    for panelist in &gathered.seated {
        store::create_copy(tx, id, panelist.id, gathered.raised_by(panelist.id)).await?;
    }
    did(actor, document.frozen_at, "froze", Thing::Report, id)
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
    if !copies.iter().any(CopyRow::may_get) {
        return Err(Error::conflict("Nobody is checked in on this day yet, so the report cannot be sent. First record who came."));
    }
    store::start_sending(tx, id, now).await?;
    let mut queued = 0;
    for copy in copies.iter().filter(|copy| copy.will_get()) {
        queued += usize::from(queue(tx, now, &report, copy).await?);
    }
    if queued > 0 {
        did(actor, now, "sent", Thing::Report, id).on_day(report.panel_day_id).with(json!({ "copies": queued })).record(tx);
    }
    Ok(queued)
}

/// Sends one copy again after it failed or bounced, to the address as it is now. A double click queues one mail.
///
/// # Errors
/// `NotFound`; `Conflict` when the copy is on its way, may have been sent or has arrived, or its reader wants no reports by mail, has left, or
/// was erased.
pub async fn resend(tx: &mut Tx, actor: &Actor, now: Time, id: ReportId, panelist: PanelistId) -> Result<()> {
    actor.may(Verb::Send)?;
    let report = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let copy = store::find_copy(tx, id, panelist).await?.ok_or(Error::NotFound)?;
    if copy.is_erased() {
        return Err(Error::conflict("This person’s data was erased, so their copy cannot be sent again."));
    }
    if !copy.may_get() {
        return Err(Error::conflict(format!("{} did not come or has left the panel, so the report cannot be sent to them.", copy.name)));
    }
    if copy.unsubscribed {
        return Err(Error::conflict(format!(
            "{} unsubscribed from reports by email. They can still read the report on their page.",
            copy.name
        )));
    }
    if !may_resend(&copy) {
        return Err(Error::conflict(format!("The copy for {} cannot be sent again. It is marked as: {}.", copy.name, copy.delivery())));
    }
    store::start_sending(tx, id, now).await?;
    if queue(tx, now, &report, &copy).await? {
        did(actor, now, "sent again", Thing::Report, id).on_day(report.panel_day_id).with(json!({ "panelist": panelist })).record(tx);
    }
    Ok(())
}

/// Whether a copy can be sent to its reader once more: it did not reach them, and they can be reached.
#[must_use]
pub fn may_resend(copy: &CopyRow) -> bool {
    copy.may_get()
        && !copy.unsubscribed
        && matches!(copy.delivery(), Delivery::Failed | Delivery::Bounced | Delivery::NotSent | Delivery::Unsubscribed)
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
        return Err(Error::conflict("Somebody else shared this report at the same moment. Reload the page to see its address."));
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

/// The reader's own copy of report `number`, and whether it was never opened before: then its reader calls `note_opening`.
///
/// # Errors
/// `NotFound` for a report that they have no copy of.
pub async fn own_copy(tx: &mut Tx, actor: &Actor, number: i64) -> Result<(Edition, bool)> {
    actor.may(Verb::SeePortal)?;
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
    edition: &Edition,
    panelist: PanelistId,
) -> Result<(HashMap<VersionId, Circumstances>, Vec<store::Answer>)> {
    let own: Vec<Raised> =
        edition.yours.iter().map(|item| Raised { heard_id: item.heard_id, quotes: Vec::new(), withheld: Vec::new() }).collect();
    let shown: Vec<_> = edition.items().filter_map(|(item, _)| Some((item.heard_id, item.replies.last()?.version_id))).collect();
    let known = circumstances(tx, now, edition.document.day.id, &own, &shown).await?;
    Ok((known, store::list_answers_by(tx, panelist).await?))
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

/// Records what a panelist says to a reply; a later answer to the same reply replaces it. What it does beyond that is decided by
/// `rules::effect`. Gives what it did.
///
/// # Errors
/// `NotFound` for a reply that is not in a report of theirs; `Invalid` for a remark that is too long.
pub async fn answer(tx: &mut Tx, actor: &Actor, now: Time, cmd: Answer) -> Result<Effect> {
    actor.may(Verb::Answer)?;
    let panelist = own(actor)?;
    let mut wrong = Wrong::default();
    let remark = wrong.optional_lines("remark", "The remark", &cmd.remark, 500);
    wrong.finish()?;
    let report = store::find_numbered(tx, panelist, cmd.number).await?.ok_or(Error::NotFound)?;
    let copy = store::find_copy(tx, report.id, panelist).await?.ok_or(Error::NotFound)?;
    let document = &report.document;
    let item = document.items.iter().find(|item| item.replies.iter().any(|reply| reply.version_id == cmd.version));
    let heard_id = item.ok_or(Error::NotFound)?.heard_id;
    let known = circumstances(tx, now, document.day.id, &copy.raised, &[(heard_id, cmd.version)]).await?;
    let effect = rules::effect(cmd.answer, *known.get(&cmd.version).ok_or(Error::NotFound)?);
    let before = store::find_answer(tx, panelist, cmd.version).await?;
    // Who says "still broken" once more about an item that their own tap opened is told what that did.
    let said_again = |was: &store::Answer| was.answer == cmd.answer && was.effect == Effect::Reopened && effect == Effect::AlreadyOpen;
    let shown = if before.as_ref().is_some_and(said_again) { Effect::Reopened } else { effect };
    let said =
        store::Answer { panelist_id: panelist, heard_id, version_id: cmd.version, answer: cmd.answer, effect: shown, remark, at: now };
    store::answer(tx, &said).await?;
    store::answer_in(tx, report.id, &said).await?;
    store::open(tx, report.id, panelist, now).await?;
    did(actor, now, "answered", Thing::Heard, heard_id)
        .on_day(document.day.id)
        .with(json!({ "answer": said.answer, "effect": shown, "remark": said.remark, "version": said.version_id }))
        .record(tx);
    match effect {
        Effect::Reopened => {
            heard::act::reopen(tx, actor, now, heard_id, &said.remark).await?;
        }
        Effect::TooSoon if before.is_none_or(|was| was.effect != Effect::TooSoon || was.remark != said.remark) => {
            heard::act::tell_too_soon(tx, now, heard_id, panelist, &said.remark).await?;
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
    actor.may(Verb::SeePortal)?;
    let panelist = own(actor)?;
    let report = store::find_numbered(tx, panelist, number).await?.ok_or(Error::NotFound)?;
    if store::open(tx, report.id, panelist, now).await? {
        did(actor, now, "opened", Thing::Report, report.id).on_day(report.panel_day_id).with(json!({ "panelist": panelist })).record(tx);
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

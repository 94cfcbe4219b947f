//! Forms of `/days/{id}/report`, `/reports/{id}` and `/outbox/{id}`: finalising, sending, sharing, trying an email again.

use app::access::account::Permission;
use app::access::outbox;
use app::db::Tx;
use app::follow_up::report::act::{self, FinaliseReport};
use app::follow_up::report::preview::quote_choices;
use app::follow_up::report::store;
use app::kernel::error::{Error, Result};
use app::kernel::ids::ReportId;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// The next report of a day.
pub const OF_DAY: FormPage = FormPage {
    path: "/days/{id}/report",
    acts: &[("finalise", Permission::FinaliseReport)],
    handle: FormHandler::Steps(|request| Box::pin(of_day(request))),
};

pub const REPORT: FormPage = FormPage {
    path: "/reports/{id}",
    acts: &[
        ("send", Permission::SendReport),
        ("resend", Permission::SendReport),
        ("share", Permission::SendReport),
        ("unshare", Permission::SendReport),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(report(tx, request))),
};

pub const EMAIL: FormPage = FormPage {
    path: "/outbox/{id}",
    acts: &[("retry", Permission::SeeOutbox), ("confirm", Permission::SeeOutbox)],
    handle: FormHandler::Unit(|tx, request| Box::pin(email(tx, request))),
};

async fn of_day(request: &FormRequest) -> Result<FormOutcome> {
    let number: i64 = request.fields.parse("number")?;
    let cmd =
        FinaliseReport { day: request.id("id")?, number, seen: request.fields.maybe("seen")?, quotes: quote_choices(&request.fields) };
    let id = act::finalise_ahead(&request.db, &request.actor, request.now, &cmd).await?;
    Ok(redirect(format!("/reports/{id}")).with_message(format!("Report {number} is final. It has not been sent yet.")))
}

async fn report(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let wants_none = |n: usize| match n {
        0 => String::new(),
        1 => " One attendee unsubscribed from reports by email.".to_owned(),
        n => format!(" {n} attendees unsubscribed from reports by email."),
    };
    let id: ReportId = request.id("id")?;
    let (actor, now) = (&request.actor, request.now);
    let here = redirect(format!("/reports/{id}"));
    Ok(match request.act() {
        "send" => {
            let sent = match act::send(tx, actor, now, id).await? {
                0 => "No emails were queued: everyone who attended already has this report.".to_owned(),
                1 => "1 email queued.".to_owned(),
                n => format!("{n} emails queued."),
            };
            let copies = store::list_copies(tx, id).await?;
            let silent = copies.iter().filter(|copy| copy.is_silent()).count();
            here.with_message(format!("{sent}{}", wants_none(silent)))
        }
        "resend" => {
            act::resend(tx, actor, now, id, request.key()?).await?;
            here.with_message("Email queued again.")
        }
        "share" => {
            act::share(tx, actor, now, id).await?;
            here.with_message("Public link created.")
        }
        "unshare" => {
            act::unshare(tx, actor, now, id).await?;
            here.with_message("Public link revoked.")
        }
        _ => return Err(Error::NotFound),
    })
}

async fn email(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id = request.id("id")?;
    let revision = request.fields.parse("revision")?;
    let here = redirect(format!("/outbox/{id}"));
    if request.act() == "confirm" {
        outbox::act::confirm(tx, &request.actor, request.now, id, revision).await?;
        return Ok(here.with_message("Marked as delivered."));
    }
    outbox::act::retry(tx, &request.actor, request.now, id, revision).await?;
    Ok(here.with_message("Email queued again."))
}

//! Forms of `/days/{id}/report`, `/reports/{id}` and `/outbox`: freezing, sending, sharing, trying mail again.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::ReportId;
use app::outbox;
use app::report::act::{self, Freeze};
use app::report::page::quote_choices;
use app::report::store;

use super::{Done, FormPage, Handle, Post, done};

/// The next report of a day.
pub const OF_DAY: FormPage =
    FormPage { path: "/days/{id}/report", acts: &[("freeze", Verb::Freeze)], handle: Handle::Steps(|post| Box::pin(of_day(post))) };

/// One frozen report.
pub const REPORT: FormPage = FormPage {
    path: "/reports/{id}",
    acts: &[("send", Verb::Send), ("resend", Verb::Send), ("share", Verb::Send), ("unshare", Verb::Send)],
    handle: Handle::Unit(|tx, post| Box::pin(report(tx, post))),
};

/// One mail.
pub const MAIL: FormPage = FormPage {
    path: "/outbox/{id}",
    acts: &[("retry", Verb::SeeOutbox), ("confirm", Verb::SeeOutbox)],
    handle: Handle::Unit(|tx, post| Box::pin(mail(tx, post))),
};

async fn of_day(post: &Post) -> Result<Done> {
    let number: i64 = post.fields.parse("number")?;
    let cmd = Freeze { day: post.id("id")?, number, seen: post.fields.maybe("seen")?, quotes: quote_choices(&post.fields) };
    let id = act::freeze_ahead(&post.db, &post.actor, post.now, &cmd).await?;
    Ok(done(format!("/reports/{id}")).saying(format!("Report {number} is frozen. Nobody has got it yet.")))
}

async fn report(tx: &mut Tx, post: &Post) -> Result<Done> {
    let wants_none = |n: usize| match n {
        0 => String::new(),
        1 => " One person who came unsubscribed from reports by email.".to_owned(),
        n => format!(" {n} people who came unsubscribed from reports by email."),
    };
    let id: ReportId = post.id("id")?;
    let (actor, now) = (&post.actor, post.now);
    let here = done(format!("/reports/{id}"));
    Ok(match post.act() {
        "send" => {
            let sent = match act::send(tx, actor, now, id).await? {
                0 => "There is no one left to send it to.".to_owned(),
                1 => "One mail is on its way.".to_owned(),
                n => format!("{n} mails are on their way."),
            };
            let copies = store::list_copies(tx, id).await?;
            let silent = copies.iter().filter(|copy| copy.is_silent()).count();
            here.saying(format!("{sent}{}", wants_none(silent)))
        }
        "resend" => {
            act::resend(tx, actor, now, id, post.key()?).await?;
            here.saying("The copy is on its way again.")
        }
        "share" => {
            act::share(tx, actor, now, id).await?;
            here.saying("The share-safe version has an address now.")
        }
        "unshare" => {
            act::unshare(tx, actor, now, id).await?;
            here.saying("The address is taken back.")
        }
        _ => return Err(Error::NotFound),
    })
}

async fn mail(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id = post.id("id")?;
    let revision = post.fields.parse("revision")?;
    let here = done(format!("/outbox/{id}"));
    if post.act() == "confirm" {
        outbox::act::confirm(tx, &post.actor, post.now, id, revision).await?;
        return Ok(here.saying("Recorded: it arrived."));
    }
    outbox::act::retry(tx, &post.actor, post.now, id, revision).await?;
    Ok(here.saying("The mail is back in the queue."))
}

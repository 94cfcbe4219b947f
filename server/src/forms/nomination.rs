//! Forms of nominations: asking for a link, nominating, deciding.

use app::access::account::Permission;
use app::casework::nomination::act::{self, NominatePerson, NominatePost, SubmittedNomination};
use app::casework::nomination::decision::{self, SeenNomination};
use app::casework::nomination::{Nomination, NominationState};
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::t;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// What an employee nominates.
pub const MINE: FormPage = FormPage {
    path: "/nominate/mine",
    acts: &[("post", Permission::Nominate), ("person", Permission::Nominate)],
    handle: FormHandler::Unit(|tx, request| Box::pin(nominate(tx, request))),
};

/// What staff decide.
pub const LIST: FormPage = FormPage {
    path: "/listen/nominations",
    acts: &[
        ("open", Permission::DecideNominations),
        ("accept", Permission::DecideNominations),
        ("decline", Permission::DecideNominations),
        ("answer", Permission::DecideNominations),
        ("remove", Permission::DecideNominations),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(decide(tx, request))),
};

async fn nominate(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let program = request.fields.parse("program")?;
    let (actor, now) = (&request.actor, request.now);
    let taken = if request.act() == "post" {
        let cmd = NominatePost { program, link: request.text("link"), text: request.text("text"), why: request.text("why") };
        act::nominate_post(tx, actor, now, cmd).await?
    } else {
        let cmd = NominatePerson {
            program,
            who: request.text("who"),
            place: request.text("place"),
            why: request.text("why"),
            reach: request.text("reach"),
        };
        act::nominate_person(tx, actor, now, cmd).await?
    };
    let locale = request.locale;
    Ok(redirect("/nominate/mine").with_message(match taken {
        SubmittedNomination { again: true, .. } => t!(locale, "nominate-done-again"),
        SubmittedNomination { others, .. } => t!(locale, "nominate-done", others = others),
    }))
}

async fn decide(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let (actor, now) = (&request.actor, request.now);
    if request.act() == "open" {
        let program = request.fields.parse("program")?;
        let setting = act::open(tx, actor, now, program, request.fields.parse("revision")?, &request.text("domains")).await?;
        return Ok(redirect(format!("/listen/nominations?program={program}")).with_message(match setting.domains.is_empty() {
            true => "Nominations are closed.",
            false => "Saved. Nominations are open to these domains.",
        }));
    }
    let id = request.key()?;
    let here = |nomination: &Nomination| redirect(format!("/listen/nominations?program={}", nomination.program_id));
    if request.act() == "remove" {
        let removed = decision::remove(tx, actor, now, id).await?;
        return Ok(here(&removed).with_message("Nomination removed."));
    }
    let seen = SeenNomination { id, revision: request.fields.parse("revision")? };
    let nomination = match request.act() {
        "accept" => decision::accept(tx, actor, now, seen, &request.text("known"), request.fields.maybe("day")?).await?,
        "decline" => decision::decline(tx, actor, now, seen, &request.text("reason")).await?,
        "answer" => decision::answer(tx, actor, now, seen, &request.text("link")).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(here(&nomination).with_message(match nomination.state {
        NominationState::New | NominationState::Accepted => "Nomination accepted. The nominators get an email.",
        NominationState::Answered => "Answer saved. The nominators get an email.",
        NominationState::Closed => "This mention was already closed without an answer. The nominators get an email.",
        NominationState::Declined => "Nomination declined. The nominators get an email with the reason.",
    }))
}

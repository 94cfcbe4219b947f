//! Forms of nominations: asking for a link, nominating, deciding.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::nomination::act::{self, Person, Post as Heard, Taken};
use app::nomination::settle::{self, Seen};
use app::nomination::{State, store};

use super::{Done, FormPage, Handle, Post, done};

/// What an employee nominates.
pub const MINE: FormPage = FormPage {
    path: "/nominate/mine",
    acts: &[("post", Verb::Nominate), ("person", Verb::Nominate)],
    handle: Handle::Unit(|tx, post| Box::pin(nominate(tx, post))),
};

/// What staff decide.
pub const LIST: FormPage = FormPage {
    path: "/listen/nominations",
    acts: &[
        ("open", Verb::DecideNominations),
        ("accept", Verb::DecideNominations),
        ("decline", Verb::DecideNominations),
        ("answer", Verb::DecideNominations),
        ("remove", Verb::DecideNominations),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(decide(tx, post))),
};

async fn nominate(tx: &mut Tx, post: &Post) -> Result<Done> {
    let program = post.fields.parse("program")?;
    let (actor, now) = (&post.actor, post.now);
    let taken = if post.act() == "post" {
        let cmd = Heard { program, link: post.text("link"), text: post.text("text"), why: post.text("why") };
        act::nominate_post(tx, actor, now, cmd).await?
    } else {
        let cmd = Person { program, who: post.text("who"), place: post.text("place"), why: post.text("why"), reach: post.text("reach") };
        act::nominate_person(tx, actor, now, cmd).await?
    };
    Ok(done("/nominate/mine").saying(match taken {
        Taken { again: true, .. } => "You nominated this before. How it stands is below.".to_owned(),
        Taken { others: 0, .. } => "Thank you. We tell you by mail what becomes of it.".to_owned(),
        Taken { others: 1, .. } => "Thank you. One colleague heard the same; we tell you both what becomes of it.".to_owned(),
        Taken { others, .. } => format!("Thank you. {others} colleagues heard the same; we tell you all what becomes of it."),
    }))
}

async fn decide(tx: &mut Tx, post: &Post) -> Result<Done> {
    let (actor, now) = (&post.actor, post.now);
    if post.act() == "open" {
        let program = post.fields.parse("program")?;
        let setting = act::open(tx, actor, now, program, post.fields.parse("revision")?, &post.text("domains")).await?;
        return Ok(done(format!("/listen/nominations?program={program}")).saying(match setting.domains.is_empty() {
            true => "Nominations are closed.",
            false => "Saved. Nominations are open to these addresses.",
        }));
    }
    let id = post.key()?;
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let here = done(format!("/listen/nominations?program={}", found.program_id));
    if post.act() == "remove" {
        settle::remove(tx, actor, now, id).await?;
        return Ok(here.saying("The nomination is removed."));
    }
    let seen = Seen { id, revision: post.fields.parse("revision")? };
    let state = match post.act() {
        "accept" => settle::accept(tx, actor, now, seen, &post.text("known"), post.fields.maybe("day")?).await?,
        "decline" => settle::decline(tx, actor, now, seen, &post.text("reason")).await?,
        "answer" => settle::answer(tx, actor, now, seen, &post.text("link")).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(here.saying(match state {
        State::New | State::Accepted => "The nomination is accepted. Those who made it are told.",
        State::Answered => "The nomination is answered. Those who made it are told.",
        State::Closed => "The post was closed before without an answer. Those who nominated it are told.",
        State::Declined => "The nomination is declined. Those who made it read the reason.",
    }))
}

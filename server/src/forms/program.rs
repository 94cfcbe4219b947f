//! Forms of `/programs`, of the calendar `/days`, and of one day with its sessions.

use app::account::Verb;
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{PanelDayId, ProgramId};
use app::panel_day::rules::Plan;
use app::program::rules::Charter;
use app::{panel_day, program, session};

use super::{Done, FormPage, Handle, Post, done};

/// Starting a program.
pub const PROGRAMS: FormPage =
    FormPage { path: "/programs", acts: &[("create", Verb::EditProgram)], handle: Handle::Unit(|tx, post| Box::pin(programs(tx, post))) };

/// Changing a charter.
pub const PROGRAM: FormPage = FormPage {
    path: "/programs/{id}",
    acts: &[("update", Verb::EditProgram)],
    handle: Handle::Unit(|tx, post| Box::pin(change_program(tx, post))),
};

/// Planning a day.
pub const DAYS: FormPage =
    FormPage { path: "/days", acts: &[("create", Verb::EditProgram)], handle: Handle::Unit(|tx, post| Box::pin(days(tx, post))) };

/// Changing a day, and its sessions.
pub const DAY: FormPage = FormPage {
    path: "/days/{id}",
    acts: &[
        ("update", Verb::EditProgram),
        ("add_session", Verb::EditSchedule),
        ("change_session", Verb::EditSchedule),
        ("remove_session", Verb::EditSchedule),
    ],
    handle: Handle::Unit(|tx, post| Box::pin(day(tx, post))),
};

async fn programs(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id = program::act::create(tx, &post.actor, post.now, charter(post)).await?;
    Ok(done(format!("/programs/{id}")).saying("The program has started. Plan its first day next."))
}

async fn change_program(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: ProgramId = post.id("id")?;
    let cmd = program::act::Update { id, revision: post.fields.parse("revision")?, charter: charter(post) };
    program::act::update(tx, &post.actor, post.now, cmd).await?;
    Ok(done(format!("/programs/{id}")).saying("The charter is saved."))
}

async fn days(tx: &mut Tx, post: &Post) -> Result<Done> {
    let cmd = panel_day::act::Create { program: post.fields.parse("program")?, plan: plan(post)? };
    let id = panel_day::act::create(tx, &post.actor, post.now, cmd).await?;
    Ok(done(format!("/days/{id}")).saying("The day is planned."))
}

async fn day(tx: &mut Tx, post: &Post) -> Result<Done> {
    let id: PanelDayId = post.id("id")?;
    let say = match post.act() {
        "update" => {
            let cmd = panel_day::act::Update { id, revision: post.fields.parse("revision")?, plan: plan(post)? };
            panel_day::act::update(tx, &post.actor, post.now, cmd).await?;
            "The day is saved."
        }
        "add_session" => {
            session::act::create(tx, &post.actor, post.now, session::act::Create { day: id, plan: session_plan(post)? }).await?;
            "The session is on the timetable."
        }
        "change_session" => {
            let cmd = session::act::Update { id: post.key()?, revision: post.fields.parse("revision")?, plan: session_plan(post)? };
            session::act::update(tx, &post.actor, post.now, cmd).await?;
            "The session is saved."
        }
        "remove_session" => {
            session::act::delete(tx, &post.actor, post.now, post.key()?).await?;
            "The session is off the timetable."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(done(format!("/days/{id}")).saying(say))
}

fn charter(post: &Post) -> Charter {
    Charter {
        name: post.text("name"),
        organisation: post.text("organisation"),
        market: post.text("market"),
        language: post.text("language"),
        purpose: post.text("purpose"),
        sponsor: post.text("sponsor"),
        rules_of_listening: post.text("rules_of_listening"),
        term: post.text("term"),
        benefits: post.text("benefits"),
        disclosed_costs: post.text("disclosed_costs"),
        lawful_basis: post.text("lawful_basis"),
        notice: post.text("notice"),
        raw_days: number(post, "raw_days"),
        mention_months: number(post, "mention_months"),
        own_handles: post.text("own_handles"),
        brands: post.text("brands"),
    }
}

fn plan(post: &Post) -> Result<Plan> {
    Ok(Plan {
        title: post.text("title"),
        kind: post.fields.parse("kind")?,
        day: post.fields.date("day").ok().flatten(),
        time_zone: post.text("time_zone"),
        place: post.text("place"),
        segment: post.fields.maybe("segment")?,
        capacity: number(post, "capacity"),
        held: post.fields.ticked("held"),
    })
}

fn session_plan(post: &Post) -> Result<session::rules::Plan> {
    Ok(session::rules::Plan {
        title: post.text("title"),
        topic: post.fields.maybe("topic")?,
        room: post.text("room"),
        moderator: post.fields.maybe("moderator")?,
        starts: post.fields.time("starts").ok(),
        ends: post.fields.time("ends").ok(),
        company: post.text("company"),
    })
}

/// What is no number is 0, which the rules refuse together with every other mistake.
fn number(post: &Post, field: &str) -> i64 {
    post.fields.parse(field).unwrap_or(0)
}

//! Forms of `/programs`, of the calendar `/days`, and of one day with its sessions.

use app::access::account::Permission;
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::ids::{IdAtRevision, PanelDayId, ProgramId};
use app::panel_day::session;
use app::program::branding::{self, BrandingFields};
use app::program::day::rules::PanelDayPlan;
use app::program::{self, day};

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Creating a program.
pub const PROGRAMS: FormPage = FormPage {
    path: "/programs",
    acts: &[("create", Permission::EditProgram)],
    handle: FormHandler::Unit(|tx, request| Box::pin(programs(tx, request))),
};

/// Changing a charter.
pub const PROGRAM: FormPage = FormPage {
    path: "/programs/{id}",
    acts: &[("update", Permission::EditProgram)],
    handle: FormHandler::Unit(|tx, request| Box::pin(change_program(tx, request))),
};

/// Changing what guests see of the organisation. The logo is uploaded by `branding::upload`.
pub const BRANDING: FormPage = FormPage {
    path: "/programs/{id}/branding",
    acts: &[("branding", Permission::EditBranding), ("remove_logo", Permission::EditBranding)],
    handle: FormHandler::Unit(|tx, request| Box::pin(branding(tx, request))),
};

/// Planning a day.
pub const DAYS: FormPage = FormPage {
    path: "/days",
    acts: &[("create", Permission::EditProgram)],
    handle: FormHandler::Unit(|tx, request| Box::pin(days(tx, request))),
};

/// Changing a day, and its sessions.
pub const DAY: FormPage = FormPage {
    path: "/days/{id}",
    acts: &[
        ("update", Permission::EditProgram),
        ("add_session", Permission::EditSchedule),
        ("change_session", Permission::EditSchedule),
        ("remove_session", Permission::EditSchedule),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(day(tx, request))),
};

async fn programs(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id = program::act::create(tx, &request.actor, request.now, request.fields.read()?).await?;
    Ok(redirect(format!("/programs/{id}")).with_message("Program created. Import mentions next."))
}

async fn change_program(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: ProgramId = request.id("id")?;
    let cmd = program::act::UpdateProgram { id, revision: request.fields.parse("revision")?, charter: request.fields.read()? };
    program::act::update(tx, &request.actor, request.now, cmd).await?;
    Ok(redirect(format!("/programs/{id}")).with_message("Program saved."))
}

async fn branding(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let seen = IdAtRevision { id: request.id::<ProgramId>("id")?, revision: request.fields.parse("revision")? };
    let message = match request.act() {
        "branding" => {
            let mut fields: BrandingFields = request.fields.read()?;
            // The button below a colour that was refused.
            let suggested = request.text("suggested");
            if !suggested.is_empty() {
                fields.accent = suggested;
            }
            branding::act::change(tx, &request.actor, request.now, seen, &fields).await?;
            "Branding saved."
        }
        "remove_logo" => {
            branding::act::remove_logo(tx, &request.actor, request.now, seen).await?;
            "Logo removed."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/programs/{}/branding", seen.id)).with_message(message))
}

async fn days(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let cmd = day::act::CreatePanelDay { program: request.fields.parse("program")?, plan: plan(request)? };
    let id = day::act::create(tx, &request.actor, request.now, cmd).await?;
    Ok(redirect(format!("/days/{id}")).with_message("Panel day created."))
}

async fn day(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: PanelDayId = request.id("id")?;
    let message = match request.act() {
        "update" => {
            let cmd = day::act::UpdatePanelDay { id, revision: request.fields.parse("revision")?, plan: plan(request)? };
            day::act::update(tx, &request.actor, request.now, cmd).await?;
            "Panel day saved."
        }
        "add_session" => {
            session::act::create(tx, &request.actor, request.now, session::act::CreateSession { day: id, plan: session_plan(request)? })
                .await?;
            "Session added."
        }
        "change_session" => {
            let cmd = session::act::UpdateSession {
                id: request.key()?,
                revision: request.fields.parse("revision")?,
                plan: session_plan(request)?,
            };
            session::act::update(tx, &request.actor, request.now, cmd).await?;
            "Session saved."
        }
        "remove_session" => {
            session::act::delete(tx, &request.actor, request.now, request.key()?).await?;
            "Session removed."
        }
        _ => return Err(Error::NotFound),
    };
    Ok(redirect(format!("/days/{id}")).with_message(message))
}

fn plan(request: &FormRequest) -> Result<PanelDayPlan> {
    Ok(PanelDayPlan {
        title: request.text("title"),
        kind: request.fields.parse("kind")?,
        day: request.fields.date("day").ok().flatten(),
        time_zone: request.text("time_zone"),
        place: request.text("place"),
        segment: request.fields.maybe("segment")?,
        // What is no number is 0, which the rules refuse together with every other mistake.
        capacity: request.fields.parse("capacity").unwrap_or(0),
        held: request.fields.ticked("held"),
    })
}

fn session_plan(request: &FormRequest) -> Result<session::rules::SessionPlan> {
    Ok(session::rules::SessionPlan {
        title: request.text("title"),
        topic: request.fields.maybe("topic")?,
        room: request.text("room"),
        moderator: request.fields.maybe("moderator")?,
        starts: request.fields.time("starts").ok(),
        ends: request.fields.time("ends").ok(),
        company: request.text("company"),
    })
}

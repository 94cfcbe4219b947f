//! Forms of triage: the list (`/listen/triage`), a case (`/listen/triage/{id}`), and the box beside a mention.

use app::access::account::Permission;
use app::casework::triage::act::{self, SeenCase};
use app::casework::triage::{self, Case, rules};
use app::db::Tx;
use app::kernel::amount::duration;
use app::kernel::clock::{self, Time};
use app::kernel::error::{Error, Result};
use app::kernel::ids::MentionId;
use app::program::day;
use chrono::NaiveDateTime;
use chrono_tz::Tz;

use super::request::{FormHandler, FormOutcome, FormPage, FormRequest, redirect};

/// Assigning a mention, closing it with a reason, setting the time to answer.
pub const LIST: FormPage = FormPage {
    path: "/listen/triage",
    acts: &[("take", Permission::Triage), ("no_action", Permission::Triage), ("clock", Permission::EditProgram)],
    handle: FormHandler::Unit(|tx, request| Box::pin(list(tx, request))),
};

/// Everything that can be done with one mention.
pub const CASE: FormPage = FormPage {
    path: "/listen/triage/{id}",
    acts: &[
        ("take", Permission::Triage),
        ("hand_over", Permission::Triage),
        ("route", Permission::Triage),
        ("answer", Permission::Triage),
        ("no_action", Permission::Triage),
        ("reopen", Permission::Triage),
    ],
    handle: FormHandler::Unit(|tx, request| Box::pin(case(tx, request))),
};

async fn list(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    if request.act() == "clock" {
        let program = request.fields.parse("program")?;
        let hours = act::set_clock(tx, &request.actor, request.now, program, request.fields.parse("seen")?, &request.text("hours")).await?;
        let message = format!("Saved. New mentions in the queue are due after {}.", rules::in_hours(hours));
        return Ok(redirect(format!("/listen/triage?program={program}")).with_message(message));
    }
    let id: MentionId = request.key()?;
    work(tx, request, id).await.map(|(_, message)| match request.act() {
        "take" => redirect(format!("/listen/triage/{id}")).with_message(message),
        _ => request.back("/listen/triage").with_message(message),
    })
}

async fn case(tx: &mut Tx, request: &FormRequest) -> Result<FormOutcome> {
    let id: MentionId = request.id("id")?;
    let (case, message) = work(tx, request, id).await?;
    let to = if act::may_see(&request.actor, &case)? {
        format!("/listen/triage/{id}")
    } else {
        format!("/listen/triage?program={}", case.program_id)
    };
    Ok(redirect(to).with_message(message))
}

/// Does what the form asks for. Gives the case as it is now, and says what was done.
pub(super) async fn work(tx: &mut Tx, request: &FormRequest, id: MentionId) -> Result<(Case, String)> {
    let (actor, now) = (&request.actor, request.now);
    if request.act() == "add_to_queue" {
        let case = act::add_to_queue(tx, actor, now, id).await?;
        let message = format!("Added to the queue. Answer within {}.", duration(case.due_at - now));
        return Ok((case, message));
    }
    let seen = SeenCase { mention: id, revision: request.fields.parse("revision")? };
    let (case, message) = match request.act() {
        "take" => (act::take(tx, actor, now, seen).await?, "Mention assigned to you."),
        "hand_over" => {
            (act::hand_over(tx, actor, now, seen, request.fields.maybe("to")?, &request.text("note")).await?, "Mention reassigned.")
        }
        "route" => (act::route(tx, actor, now, seen, &request.text("unit"), &request.text("note")).await?, "Mention routed."),
        "answer" => {
            let case = triage::store::find(tx, id).await?.ok_or(Error::NotFound)?;
            let at = moment(&request.text("at"), day::store::find_zone(tx, case.program_id).await?)?;
            (act::answer(tx, actor, now, seen, &request.text("link"), at).await?, "Closed with answer.")
        }
        "no_action" => (act::no_action(tx, actor, now, seen, &request.text("reason")).await?, "Closed without answer."),
        "reopen" => (act::reopen(tx, actor, now, seen, &request.text("reason")).await?, "Case reopened and assigned to you."),
        _ => return Err(Error::NotFound),
    };
    Ok((case, message.to_owned()))
}

/// A moment as a browser's field sends it, by the wall clock in `zone`.
fn moment(text: &str, zone: Tz) -> Result<Option<Time>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .and_then(|at| clock::at_wall(at.date(), at.time(), zone))
        .map(Some)
        .ok_or_else(|| Error::field("at", format!("“{text}” is not a date and time. Enter it like 2010-06-15T10:30.")))
}

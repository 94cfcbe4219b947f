//! `/days` and one day: its next step, its timetable with clashes marked, its plan.

use leptos::prelude::*;

use super::form::{self, SessionFormOptions};
use super::list::{self, PanelDayCounts, PanelDayPeriod, PanelDayRow, PanelDaySearch, PanelDaySort};
use crate::access::account::{self, Actor, Permission, Role};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::kernel::clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PanelDayId, SessionId};
use crate::panel_day::session::{self, Overlap, Session};
use crate::program::day::{PanelDay, store};
use crate::program::page::{chip, url_part};
use crate::recruiting::DayAndHead;
use crate::ui::{Form, Submit, Tabs, options, param, query, refused, words};
use crate::{listening::topic, program};

/// `/days`.
pub fn days() -> impl IntoView {
    page("Panel days", Permission::SeeProgram, |cx| async move {
        let mut tx = cx.db.read().await?;
        let search = PanelDaySearch::read(query);
        let programs = program::store::list(&mut tx).await?;
        let total = store::list(&mut tx).await?.len();
        let lines = list::list(&mut tx, &search, cx.now).await?;
        let may_edit = cx.actor.scope(Permission::EditProgram).is_some();
        let count = format!("{} of {total}", lines.len());
        let none = lines.is_empty();
        let chosen = search.program.map(|id| id.to_string()).unwrap_or_default();
        let choices: Vec<_> = std::iter::once((String::new(), "All programs".to_owned()))
            .chain(programs.iter().map(|program| (program.id.to_string(), program.charter.name.clone())))
            .collect();
        let csv =
            format!("/days.csv?q={}&program={chosen}&when={}&sort={}", url_part(&search.words), search.when.as_str(), search.sort.as_str());
        let rows = lines.into_iter().map(row).collect_view();
        let new = match (may_edit, programs.is_empty()) {
            (true, false) => Some(
                view! {
                    <section id="new">
                        <details class="card pad" open=total == 0 || query("program").is_some() || refused("create")>
                            <summary>"Plan a day"</summary>
                            {form::new_day(programs, chosen.clone())}
                        </details>
                    </section>
                }
                .into_any(),
            ),
            (true, true) => Some(
                view! { <p class="notice">"A day belongs to a program. " <a href="/programs">"Start a program first."</a></p> }.into_any(),
            ),
            _ => None,
        };
        Ok(view! {
            <header class="page-head">
                <div>
                    <h1>"Panel days"</h1>
                    <p>"One date and place for one cohort."</p>
                </div>
                <div class="actions">
                    <a class="btn" href="/programs">"Programs"</a>
                    <a class="btn" href=csv>"CSV"</a>
                </div>
            </header>
            <form class="filter" role="search">
                <label class="grow">"Search" <input type="search" name="q" value=search.words.clone()/></label>
                <label>"Program" {options("program", choices, &chosen)}</label>
                <label>"When" {words("when", PanelDayPeriod::ALL, PanelDayPeriod::as_str, PanelDayPeriod::label, search.when)}</label>
                <label>"Sort" {words("sort", PanelDaySort::ALL, PanelDaySort::as_str, PanelDaySort::label, search.sort)}</label>
                <button type="submit">"Filter"</button>
                <span class="push dim">{count}</span>
            </form>
            {none.then(|| none_shown(total))}
            {(!none).then(|| table(rows))}
            {new}
        })
    })
}

/// Why no day is shown.
fn none_shown(total: usize) -> impl IntoView {
    view! {
        <section class="card empty">
            <h2>{if total == 0 { "No day is planned" } else { "No day fits that" }}</h2>
            <p>{if total == 0 { "Plan one below: a date, a place, a cohort and its seats." } else { "Try other words, or show all." }}</p>
            {(total > 0).then(|| view! { <p><a href="/days">"Show all"</a></p> })}
        </section>
    }
}

fn table(rows: impl IntoView) -> impl IntoView {
    view! {
        <section class="card">
            <table class="list">
                <thead>
                    <tr>
                        <th>"Day"</th><th>"For"</th><th class="n">"Shortlist"</th><th class="n">"Invited, no answer"</th>
                        <th class="n">"Seats taken"</th><th class="n">"Waiting"</th><th class="n">"Came"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn row(line: PanelDayRow) -> impl IntoView {
    let PanelDayRow { day, program, counts } = line;
    view! {
        <tr>
            <td>
                <a href=format!("/days/{}", day.id)>{day.title.clone()}</a>
                <small>{clock::long_date(day.day)} " · " {day.place.clone()} " · " {day.kind.label()} " · " {program}</small>
            </td>
            <td data-label="For">{chip(day.segment)}</td>
            <td data-label="Shortlist" class="n">{counts.shortlisted}</td>
            <td data-label="No answer" class="n">{counts.unanswered}</td>
            <td data-label="Seats taken" class="n">{counts.seated} " of " {day.capacity}</td>
            <td data-label="Waiting" class="n">{counts.waiting}</td>
            <td data-label="Came" class="n">{counts.came}</td>
        </tr>
    }
}

/// The head of every page of a day: where one is, what day it is, and the way to its other pages.
fn head(cx: &PageContext, day: &PanelDay, counts: PanelDayCounts, here: &str) -> impl IntoView + use<> {
    let links = [
        ("Timetable", "", Permission::SeeSchedule, Some(counts.sessions)),
        ("Shortlist", "/shortlist", Permission::Shortlist, Some(counts.shortlisted)),
        ("Invitations", "/invitations", Permission::Invite, Some(counts.unsent + counts.unanswered)),
        ("People", "/people", Permission::SeeRecruiting, Some(counts.seated + counts.waiting)),
        ("What we heard", "/heard", Permission::EditHeard, None),
        ("Report", "/report", Permission::FinaliseReport, None),
    ];
    let tabs = links
        .into_iter()
        .filter(|(_, _, permission, _)| cx.actor.scope(*permission).is_some())
        .map(|(label, end, _, count)| (format!("/days/{}{end}", day.id), label.to_owned(), count))
        .collect();
    let crumb = view! { <nav class="crumbs" aria-label="Where this is"><a href="/days">"Panel days"</a></nav> };
    view! {
        <header class="page-head">
            <div>
                {crumb}
                <h1>{day.title.clone()}</h1>
                <p>
                    {clock::long_date(day.day)} " · " {day.place.clone()} " · " {day.time_zone.to_string()} " · " {day.kind.label()} " "
                    {chip(day.segment)}
                </p>
            </div>
        </header>
        <Tabs label="This day" current=format!("/days/{}{here}", day.id) tabs=tabs/>
    }
}

/// The day of the page's path, if it is within the actor's reach for this permission.
async fn find_day(tx: &mut Tx, actor: &Actor, permission: Permission, id: Result<PanelDayId>) -> Result<PanelDay> {
    let day = store::find(tx, id?).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, permission, day.id).await?;
    Ok(day)
}

/// The day of a page of recruiting, if it is within reach, and its head.
pub fn head_for_recruiting<'a>(
    tx: &'a mut Tx,
    cx: &'a PageContext,
    id: Result<PanelDayId>,
    permission: Permission,
    here: &'static str,
) -> DayAndHead<'a> {
    Box::pin(async move {
        let day = find_day(tx, &cx.actor, permission, id).await?;
        let counts = list::counts(tx, day.id).await?;
        let head = head(cx, &day, counts, here).into_any();
        Ok((day, head))
    })
}

/// `/days/{id}`: the timetable.
pub fn day() -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("Panel day", Permission::SeeSchedule, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let day = find_day(&mut tx, &cx.actor, Permission::SeeSchedule, id).await?;
        let counts = list::counts(&mut tx, day.id).await?;
        let sessions = session::store::list(&mut tx, day.id).await?;
        let overlaps = session::act::overlaps(&mut tx, &day).await?;
        let choices = choices(&mut tx, &day, &sessions).await?;
        let may_edit = cx.actor.scope(Permission::EditSchedule).is_some();
        let editing = query("edit").and_then(|id| id.parse::<SessionId>().ok());
        let editing = sessions.iter().find(|session| Some(session.id) == editing).cloned();
        let side = may_edit.then(|| side(&day, editing.as_ref(), &choices, sessions.is_empty()));
        let (id, no_sessions) = (day.id, sessions.is_empty());
        let grid = timetable(&cx, &day, &sessions, &overlaps, &choices);
        let clashes = (!overlaps.is_empty()).then(|| clashes(&sessions, &overlaps));
        Ok(view! {
            {head(&cx, &day, counts, "")}
            {next_step(&cx, &day, counts)}
            <div class=if may_edit { "side" } else { "" }>
                <section class="stack">
                    {clashes}
                    {no_sessions.then(|| view! {
                        <section class="card empty">
                            <h2>"No session is planned"</h2>
                            <p>"A session is one slot: a topic, a room, a moderator, and company people who listen."</p>
                        </section>
                    })}
                    {(!no_sessions).then_some(grid)}
                    <p class="actions">
                        <a class="btn" href=format!("/days/{id}/agenda.ics")>"Agenda (.ics)"</a>
                        <a class="btn" href=format!("/days/{id}/sessions.csv")>"CSV"</a>
                    </p>
                </section>
                {side}
            </div>
        })
    })
}

fn side(day: &PanelDay, editing: Option<&Session>, choices: &SessionFormOptions, first: bool) -> impl IntoView + use<> {
    let title = editing.map(|session| format!("Change “{}”", session.title));
    let form = form::session(day, editing, choices);
    let day_page = format!("/days/{}", day.id);
    let away = editing.cloned().map(|session| {
        view! {
            <details class="confirm danger">
                <summary>"Take it off the timetable"</summary>
                <Form act="remove_session" key=session.id.to_string()>
                    <p>"“" {session.title} "” goes from the timetable. A session with notes stays."</p>
                    <Submit label="Take it off" danger=true/>
                </Form>
            </details>
            <p><a href=day_page>"Add another session instead"</a></p>
        }
    });
    let edit = refused("update");
    let open = first || editing.is_some() || refused("add_session");
    view! {
        <aside class="stack">
            <details class="card pad" open=open id="session">
                <summary>{title.unwrap_or_else(|| "Add a session".to_owned())}</summary>
                <div class="stack">{form} {away}</div>
            </details>
            <details class="card pad" open=edit>
                <summary>"Change the day"</summary>
                {form::change_day(day.clone())}
            </details>
        </aside>
    }
}

/// What waits to be done for this day, in one sentence with its link.
fn next_step(cx: &PageContext, day: &PanelDay, counts: PanelDayCounts) -> impl IntoView + use<> {
    let may = |permission| cx.actor.scope(permission).is_some();
    let days_left = (day.day - clock::local_day(cx.now, day.zone())).num_days();
    let step = if days_left < 0 {
        Some((format!("{} of {} came.", counts.came, counts.seated), "/people", "Attendance", Permission::SeeRecruiting))
    } else if days_left == 0 {
        Some((format!("Today. {} of {} have arrived.", counts.came, counts.seated), "/people", "Check in", Permission::CheckIn))
    } else if counts.unsent > 0 {
        Some((format!("{} invitations are written and not sent.", counts.unsent), "/invitations", "Review and send", Permission::Invite))
    } else if counts.seated + counts.unanswered < day.capacity && counts.shortlisted < day.capacity {
        let missing = day.capacity - counts.shortlisted;
        Some((format!("{missing} more on the shortlist would fill {} seats.", day.capacity), "/shortlist", "Choose", Permission::Shortlist))
    } else if counts.unanswered == 0 && counts.seated < day.capacity {
        Some(("The shortlist is waiting for invitations.".to_owned(), "/invitations", "Draft them", Permission::Invite))
    } else if counts.unanswered > 0 {
        let text = format!("{} seats taken, {} have not answered. {days_left} days to go.", counts.seated, counts.unanswered);
        Some((text, "/people", "People", Permission::SeeRecruiting))
    } else {
        None
    };
    step.filter(|(_, _, _, permission)| may(*permission)).map(|(text, end, label, _)| {
        view! { <p class="notice">{text} " " <a href=format!("/days/{}{end}", day.id)>{label}</a></p> }
    })
}

async fn choices(tx: &mut Tx, day: &PanelDay, sessions: &[Session]) -> Result<SessionFormOptions> {
    let moderators = account::store::list(tx)
        .await?
        .into_iter()
        .filter(|account| account.closed_at.is_none() && matches!(account.role, Role::Administrator | Role::Staff | Role::Moderator))
        .collect();
    let topics = topic::store::list(tx, day.program_id).await?;
    let mut rooms: Vec<String> = sessions.iter().map(|session| session.room.clone()).collect();
    rooms.sort();
    rooms.dedup();
    Ok(SessionFormOptions { moderators, topics, rooms })
}

/// Rooms across, starting times down.
fn timetable(
    cx: &PageContext,
    day: &PanelDay,
    sessions: &[Session],
    overlaps: &[Overlap],
    choices: &SessionFormOptions,
) -> impl IntoView + use<> {
    let mut times: Vec<_> = sessions.iter().map(|session| session.starts_at).collect();
    times.sort();
    times.dedup();
    let heads = choices.rooms.iter().map(|room| view! { <th scope="col">{room.clone()}</th> }).collect_view();
    let rows = times
        .into_iter()
        .map(|time| {
            let cells = choices
                .rooms
                .iter()
                .map(|room| {
                    let slots = sessions
                        .iter()
                        .filter(|session| session.starts_at == time && &session.room == room)
                        .map(|session| slot(cx, day, session, overlaps, choices))
                        .collect_view();
                    view! { <td>{slots}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{clock::wall_time(time, day.zone())}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Timetable">
            <table class="timetable">
                <thead><tr><th scope="row">"Start"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn slot(cx: &PageContext, day: &PanelDay, session: &Session, overlaps: &[Overlap], choices: &SessionFormOptions) -> impl IntoView + use<> {
    let zone = day.zone();
    let clash = overlaps.iter().any(|overlap| overlap.one == session.id || overlap.other == session.id);
    let segment = day.segment.map_or("", |segment| segment.as_str());
    let state = session::rules::state(session, cx.now);
    let shade = match state {
        session::SessionState::Live => "state live",
        session::SessionState::NotesOpen => "state warn",
        session::SessionState::Locked => "state full",
        session::SessionState::Planned => "state",
    };
    let moderator = choices.moderators.iter().find(|account| Some(account.id) == session.moderator_id).map(|account| account.name.clone());
    let topic = choices.topics.iter().find(|topic| Some(topic.id) == session.topic_id).map(|topic| topic.name.clone());
    let may_note = state.takes_notes() && cx.actor.scope(Permission::TakeNotes).is_some();
    let may_edit = cx.actor.scope(Permission::EditSchedule).is_some();
    let may_read = cx.actor.scope(Permission::SeeNotes).is_some();
    let title = session.title.clone();
    let title = if may_read {
        view! { <a href=format!("/sessions/{}", session.id)>{title}</a> }.into_any()
    } else {
        view! { <b>{title}</b> }.into_any()
    };
    let company = session.company.lines().count();
    view! {
        <div class=format!("slot {segment}") class:clash=clash>
            {title}
            <small>{clock::wall_time(session.starts_at, zone)} "–" {clock::wall_time(session.ends_at, zone)}</small>
            <small>{moderator.map_or_else(|| "no moderator yet".to_owned(), |name| format!("with {name}"))} {topic.map(|topic| format!(" · {topic}"))}</small>
            {(company > 0).then(|| view! { <small>{company} " from the company"</small> })}
            <span class=shade>{state.label()}</span>
            {clash.then(|| view! { <span class="bad-text">"Overlaps, see above"</span> })}
            {may_note.then(|| view! { <a href=format!("/sessions/{}/live", session.id)>"Take notes"</a> })}
            {may_edit.then(|| view! { <a href=format!("/days/{}?edit={}#session", day.id, session.id)>"Change"</a> })}
        </div>
    }
}

/// Every clash in words.
fn clashes(sessions: &[Session], overlaps: &[Overlap]) -> impl IntoView + use<> {
    let name = |id: SessionId| {
        sessions
            .iter()
            .find(|session| session.id == id)
            .map_or_else(|| "a session of another day".to_owned(), |session| format!("“{}”", session.title))
    };
    let lines = overlaps
        .iter()
        .map(|overlap| {
            let (one, other) = (name(overlap.one), name(overlap.other));
            view! { <li>{overlap.what.label()} " " <strong>{overlap.who.clone()}</strong> ": " {one} " and " {other} " are at the same time"</li> }
        })
        .collect_view();
    view! {
        <section class="notice warn">
            <strong>"Overlaps"</strong>
            <ul>{lines}</ul>
        </section>
    }
}

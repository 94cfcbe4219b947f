//! The timetable of a day: rooms across, time down, each session as high as it is long, conflicts marked. It is a list in the order of time
//! that a wide window draws as a grid.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::form::SessionFormOptions;
use super::grid::{DayGrid, GridArea, Slot};
use crate::access::account::Permission;
use crate::access::page::PageContext;
use crate::kernel::clock::{wall_time, zoned_time};
use crate::kernel::ids::SessionId;
use crate::panel_day::session::{self, Overlap, Session, SessionState};
use crate::program::day::PanelDay;
use crate::ui::{StateBadge, capital, count};

pub(super) fn timetable(
    cx: &PageContext,
    day: &PanelDay,
    sessions: &[Session],
    overlaps: &[Overlap],
    choices: &SessionFormOptions,
) -> impl IntoView + use<> {
    let grid = DayGrid::of(sessions, &choices.rooms);
    let mut places = Places::default();
    // What a reader sees in the grid is said in each line of the list.
    let heads = grid
        .rooms
        .iter()
        .map(|(room, area)| view! { <b class=places.class(*area) dir="auto" aria-hidden="true">{(*room).to_owned()}</b> })
        .collect_view();
    let times = grid
        .times
        .iter()
        .map(|(at, area)| view! { <span class=format!("time {}", places.class(*area)) aria-hidden="true">{wall_time(*at, day.zone())}</span> })
        .collect_view();
    let slots = grid
        .slots
        .iter()
        .map(|slot| match slot {
            Slot::Session(session, area) => slot_of(cx, day, session, places.class(*area), overlaps, choices).into_any(),
            Slot::Break(from, until, area) => {
                let when = format!("{}–{}", wall_time(*from, day.zone()), zoned_time(*until, day.zone()));
                view! { <li class=format!("break {}", places.class(*area))>"Break " <small>{when}</small></li> }.into_any()
            }
        })
        .collect_view();
    let style = places.style(grid.columns);
    view! {
        <style nonce=use_nonce()>{style}</style>
        <div class="scroll" tabindex="0" role="region" aria-label="Timetable">
            <div class="timetable">
                {heads}
                {times}
                <ol role="list">{slots}</ol>
            </div>
        </div>
    }
}

/// The places of a page's grid, as classes: the page's policy allows no style on an element.
#[derive(Default)]
struct Places(Vec<GridArea>);

impl Places {
    fn class(&mut self, area: GridArea) -> String {
        self.0.push(area);
        format!("at-{}", self.0.len())
    }

    fn style(&self, columns: usize) -> String {
        let areas: String =
            self.0.iter().enumerate().map(|(index, area)| format!(".at-{}{{grid-area:{}}}", index + 1, area.css())).collect();
        format!(".timetable{{--columns:{columns}}}{areas}")
    }
}

fn slot_of(
    cx: &PageContext,
    day: &PanelDay,
    session: &Session,
    place: String,
    overlaps: &[Overlap],
    choices: &SessionFormOptions,
) -> impl IntoView + use<> {
    let zone = day.zone();
    let clash = overlaps.iter().any(|overlap| overlap.one == session.id || overlap.other == session.id);
    let state = session::rules::state(session, cx.now);
    let tone = session::list::tone(state);
    let moderator = choices.moderators.iter().find(|account| Some(account.id) == session.moderator_id).map(|account| account.name.clone());
    let may_note = state.takes_notes() && cx.actor.scope(Permission::TakeNotes).is_some();
    let may_edit = cx.actor.scope(Permission::EditSchedule).is_some();
    let may_read = cx.actor.scope(Permission::SeeNotes).is_some();
    let (title, name) = (session.title.clone(), session.title.clone());
    let title = if may_read {
        view! { <a href=format!("/sessions/{}", session.id) dir="auto">{title}</a> }.into_any()
    } else {
        view! { <b dir="auto">{title}</b> }.into_any()
    };
    let (room, when) = (session.room.clone(), format!("{}–{}", wall_time(session.starts_at, zone), zoned_time(session.ends_at, zone)));
    view! {
        <li class=format!("slot {place}") class:clash=clash>
            {title}
            <small>{when}<span class="room" dir="auto">" · " {room}</span></small>
            <small dir="auto">{moderator.unwrap_or_else(|| "No moderator".to_owned())}</small>
            {(state != SessionState::Planned).then(|| view! { <StateBadge tone label=state.label()/> })}
            {clash.then(|| view! { <span class="bad-text">"Conflict: see above"</span> })}
            {details(session, choices)}
            <span class="row wrap">
                {may_note.then(|| view! { <a href=format!("/sessions/{}/live", session.id)>"Take notes"</a> })}
                {may_edit.then(|| view! { <a href=format!("/days/{}?edit={}#session", day.id, session.id) aria-label=format!("Edit {name}")>"Edit"</a> })}
            </span>
        </li>
    }
}

/// Topic and company participants, on demand.
fn details(session: &Session, choices: &SessionFormOptions) -> Option<impl IntoView + use<>> {
    let topic = choices.topics.iter().find(|topic| Some(topic.id) == session.topic_id).map(|topic| format!("Topic: {}", topic.name));
    let company: Vec<String> = session.company.lines().map(str::to_owned).collect();
    let people = i64::try_from(company.len()).unwrap_or(i64::MAX);
    let label = match (people, topic.is_some()) {
        (0, false) => return None,
        (0, true) => "Topic".to_owned(),
        _ => count(people, "company participant", "company participants"),
    };
    let lines = topic.into_iter().chain(company).map(|line| view! { <small dir="auto">{line}</small> }).collect_view();
    Some(view! { <details class="more"><summary>{label}</summary>{lines}</details> })
}

/// Every conflict in words.
pub(super) fn clashes(sessions: &[Session], overlaps: &[Overlap]) -> impl IntoView + use<> {
    let name = |id: SessionId| {
        sessions
            .iter()
            .find(|session| session.id == id)
            .map_or_else(|| "a session of another panel day".to_owned(), |session| format!("“{}”", session.title))
    };
    let lines = overlaps
        .iter()
        .map(|overlap| {
            let (one, other) = (name(overlap.one), name(overlap.other));
            view! { <li dir="auto">{capital(overlap.what.label())} " " <strong>{overlap.who.clone()}</strong> ": " {one} " and " {other} " overlap"</li> }
        })
        .collect_view();
    view! {
        <section class="notice bad">
            <strong>"Conflicts in the timetable"</strong>
            <ul>{lines}</ul>
        </section>
    }
}

//! The timetable of a day: rooms across, starting times down, conflicts marked.

use leptos::prelude::*;

use super::form::SessionFormOptions;
use crate::access::account::Permission;
use crate::access::page::PageContext;
use crate::kernel::clock;
use crate::kernel::ids::SessionId;
use crate::panel_day::session::{self, Overlap, Session, SessionState};
use crate::program::day::PanelDay;
use crate::ui::{StateBadge, Tone, capital, count};

pub(super) fn timetable(
    cx: &PageContext,
    day: &PanelDay,
    sessions: &[Session],
    overlaps: &[Overlap],
    choices: &SessionFormOptions,
) -> impl IntoView + use<> {
    let mut times: Vec<_> = sessions.iter().map(|session| session.starts_at).collect();
    times.sort();
    times.dedup();
    let heads = choices.rooms.iter().map(|room| view! { <th scope="col" dir="auto">{room.clone()}</th> }).collect_view();
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
                <thead><tr><th scope="col">"Start"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn slot(cx: &PageContext, day: &PanelDay, session: &Session, overlaps: &[Overlap], choices: &SessionFormOptions) -> impl IntoView + use<> {
    let zone = day.zone();
    let clash = overlaps.iter().any(|overlap| overlap.one == session.id || overlap.other == session.id);
    let state = session::rules::state(session, cx.now);
    let tone = if state == SessionState::Live { Tone::Live } else { Tone::Plain };
    let moderator = choices.moderators.iter().find(|account| Some(account.id) == session.moderator_id).map(|account| account.name.clone());
    let topic = choices.topics.iter().find(|topic| Some(topic.id) == session.topic_id).map(|topic| topic.name.clone());
    let may_note = state.takes_notes() && cx.actor.scope(Permission::TakeNotes).is_some();
    let may_edit = cx.actor.scope(Permission::EditSchedule).is_some();
    let may_read = cx.actor.scope(Permission::SeeNotes).is_some();
    let (title, name) = (session.title.clone(), session.title.clone());
    let title = if may_read {
        view! { <a href=format!("/sessions/{}", session.id) dir="auto">{title}</a> }.into_any()
    } else {
        view! { <b dir="auto">{title}</b> }.into_any()
    };
    let company = i64::try_from(session.company.lines().count()).unwrap_or(i64::MAX);
    let people = [moderator.clone(), topic, (company > 0).then(|| count(company, "company participant", "company participants"))];
    let people = people.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <div class="slot" class:clash=clash>
            {title}
            <small>{clock::wall_time(session.starts_at, zone)} "–" {clock::wall_time(session.ends_at, zone)}</small>
            {(!people.is_empty()).then(|| view! { <small dir="auto">{people}</small> })}
            {moderator.is_none().then(|| view! { <small>"No moderator"</small> })}
            {(state != SessionState::Planned).then(|| view! { <StateBadge tone label=state.label()/> })}
            {clash.then(|| view! { <span class="bad-text">"Conflict: see above"</span> })}
            <span class="row wrap">
                {may_note.then(|| view! { <a href=format!("/sessions/{}/live", session.id)>"Take notes"</a> })}
                {may_edit.then(|| view! { <a href=format!("/days/{}?edit={}#session", day.id, session.id) aria-label=format!("Edit {name}")>"Edit"</a> })}
            </span>
        </div>
    }
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

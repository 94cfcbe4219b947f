//! On a panel day, from midnight where it takes place until its last session ends: its live rooms or the next session, and check-in.

use leptos::prelude::*;

use super::to_do::HomePage;
use crate::access::account::{Actor, Permission, Scope};
use crate::kernel::clock::{Time, local_day, wall_time, zoned_time};
use crate::panel_day::day::list::PanelDayRow;
use crate::panel_day::session::{self, Session, SessionState};
use crate::program::day::PanelDay;
use crate::ui::{count, number};

/// The panel day a session belongs to, where the reader may see it.
pub(super) fn day_of<'a>(session: &Session, today: &'a HomePage) -> Option<&'a PanelDay> {
    today.days.iter().find(|line| line.day.id == session.panel_day_id).map(|line| &line.day)
}

/// One line of the card: what, more about it, its button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NowLine {
    pub title: String,
    pub about: String,
    pub action: &'static str,
    pub href: String,
    /// Its button may be the page's main one.
    urgent: bool,
}

/// What the card of the day says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OnTheDay {
    pub live: bool,
    pub lines: Vec<NowLine>,
    /// (address, title) of each timetable.
    timetables: Vec<(String, String)>,
}

impl OnTheDay {
    /// Nothing where no panel day is today, or its last session has ended.
    pub(super) fn of(today: &HomePage, actor: &Actor, now: Time) -> Option<Self> {
        let in_state = |wanted: SessionState| {
            today
                .sessions
                .iter()
                .filter(move |session| session::rules::state(session, now) == wanted)
                .filter_map(|session| Some((session, day_of(session, today)?)))
        };
        let held = |line: &&PanelDayRow| line.day.day == local_day(now, line.day.zone());
        let live: Vec<_> = in_state(SessionState::Live).collect();
        let next = in_state(SessionState::Planned)
            .filter(|(_, day)| day.day == local_day(now, day.zone()))
            .min_by_key(|(session, _)| session.starts_at);
        let days: Vec<&PanelDayRow> = today
            .days
            .iter()
            .filter(|line| live.iter().any(|(_, day)| day.id == line.day.id) || (held(line) && !is_over(line, today, now)))
            .collect();
        let mut lines: Vec<NowLine> = live.iter().map(|(session, day)| room(session, day, actor)).collect();
        lines.extend(next.filter(|_| live.is_empty()).map(|(session, day)| next_session(session, day)));
        lines.extend(days.iter().filter_map(|line| check_in(line, days.len() > 1, today, actor)));
        let timetables = days.iter().map(|line| (format!("/days/{}", line.day.id), line.day.title.clone())).collect();
        (!lines.is_empty()).then_some(Self { live: !live.is_empty(), lines, timetables })
    }

    /// Whether a button of the card is the page's main one.
    pub(super) fn leads(&self) -> bool {
        self.lines.iter().any(|line| line.urgent)
    }

    pub(super) fn card(self) -> impl IntoView {
        let main = self.lines.iter().position(|line| line.urgent);
        let rows = self
            .lines
            .into_iter()
            .enumerate()
            .map(|(index, line)| {
                let class = if main == Some(index) { "btn btn-1" } else { "btn" };
                let named = format!("{}: {}", line.action, line.title);
                view! {
                    <li class="row wrap">
                        <span><b dir="auto">{line.title}</b><small dir="auto">{line.about}</small></span>
                        <a class=class href=line.href aria-label=named>{line.action}</a>
                    </li>
                }
            })
            .collect_view();
        let links = self
            .timetables
            .into_iter()
            .map(|(to, title)| view! { <a href=to aria-label=format!("Timetable: {title}")>"Timetable"</a> })
            .collect_view();
        view! {
            <section class="card now">
                <header><h2>{if self.live { "Live now" } else { "Panel day today" }}</h2><span class="row wrap push">{links}</span></header>
                <ul class="waits">{rows}</ul>
            </section>
        }
    }
}

/// Whether every session that the reader sees of this day has ended. A day without sessions is over at midnight.
fn is_over(line: &PanelDayRow, today: &HomePage, now: Time) -> bool {
    let mut sessions = today.sessions.iter().filter(|session| session.panel_day_id == line.day.id).peekable();
    match sessions.peek() {
        Some(_) => sessions.all(|session| session.ends_at <= now),
        None => line.counts.sessions > 0,
    }
}

/// A live session, with the way to its notes.
fn room(session: &Session, day: &PanelDay, actor: &Actor) -> NowLine {
    let (action, href) = match actor.scope(Permission::TakeNotes) {
        Some(_) => ("Open notes", format!("/sessions/{}/live", session.id)),
        None => ("Open session", format!("/sessions/{}", session.id)),
    };
    let about = format!("{} · until {}", session.room, zoned_time(session.ends_at, day.zone()));
    NowLine { title: session.title.clone(), about, action, href, urgent: true }
}

/// Before the first session and between two.
fn next_session(session: &Session, day: &PanelDay) -> NowLine {
    let zone = day.zone();
    let about = format!("Next session · {} · {}–{}", session.room, wall_time(session.starts_at, zone), zoned_time(session.ends_at, zone));
    NowLine { title: session.title.clone(), about, action: "Open session", href: format!("/sessions/{}", session.id), urgent: false }
}

/// How many people are there, for readers who check them in.
fn check_in(line: &PanelDayRow, several: bool, today: &HomePage, actor: &Actor) -> Option<NowLine> {
    match actor.scope(Permission::CheckIn)? {
        Scope::Day if !today.sessions.iter().any(|session| session.panel_day_id == line.day.id) => return None,
        _ => {}
    }
    let counts = line.counts;
    let to_come = (counts.seated - counts.came).max(0);
    let about = match counts.seated {
        0 => "No seats taken".to_owned(),
        seated => format!("{} of {} checked in, {} to come", number(counts.came), count(seated, "person", "people"), number(to_come)),
    };
    let title = if several { format!("Check-in: {}", line.day.title) } else { "Check-in".to_owned() };
    Some(NowLine { title, about, action: "Check in people", href: format!("/days/{}/people", line.day.id), urgent: to_come > 0 })
}

//! The timetable of a panel day, for its guests.

use leptos::prelude::*;

use crate::kernel::clock::{Time, wall_time, zone_place};
use crate::kernel::locale::Locale;
use crate::panel_day::session::{Agenda, Session};
use crate::t;

/// When the first session begins and the last one ends.
pub(super) fn times(agenda: &Agenda) -> Option<(Time, Time)> {
    let from = agenda.sessions.iter().map(|session| session.starts_at).min()?;
    let to = agenda.sessions.iter().map(|session| session.ends_at).max()?;
    Some((from, to))
}

/// The sessions; nothing while there are none.
pub(super) fn timetable(locale: Locale, agenda: &Agenda) -> Option<impl IntoView + use<>> {
    let rows = rows(agenda);
    let zone = t!(locale, "invitation-agenda-zone", place = zone_place(agenda.zone));
    (!agenda.sessions.is_empty()).then(|| {
        view! {
            <section class="stack">
                <h2>{t!(locale, "invitation-agenda")}</h2>
                {rows}
                <small>{zone}</small>
            </section>
        }
    })
}

/// One line for each session: when, what, where.
pub(super) fn rows(agenda: &Agenda) -> impl IntoView + use<> {
    let row = |session: &Session| {
        let times = format!("{}–{}", wall_time(session.starts_at, agenda.zone), wall_time(session.ends_at, agenda.zone));
        let room = (!session.room.is_empty()).then(|| view! { <small dir="auto">{session.room.clone()}</small> });
        view! { <dt>{times}</dt><dd dir="auto">{session.title.clone()} " " {room}</dd> }
    };
    let rows = agenda.sessions.iter().map(row).collect_view();
    view! { <dl class="dl agenda-list">{rows}</dl> }
}

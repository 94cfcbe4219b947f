//! `/sessions`: the sessions of all days with their state and their notes.

use leptos::prelude::*;

use super::rules::state;
use super::{Session, SessionState, store};
use crate::access::account::{Actor, Permission, Scope};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::kernel::clock::{Time, long_date, wall_time, zoned_time};
use crate::kernel::error::Result;
use crate::kernel::export;
use crate::kernel::fold::Needle;
use crate::program::day::PanelDay;
use crate::program::shown::{program_name, program_pick};
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, Search, SegBadge, StateBadge, Th, Tone, query, skipped};
use crate::{access::account, panel_day::note, program, program::day};

/// A session as the list shows it.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub session: Session,
    pub day: PanelDay,
    pub moderator: String,
    pub notes: i64,
    pub state: SessionState,
    /// Whether the actor may open its notes.
    pub readable: bool,
}

/// What the list is filtered and sorted by; the CSV reads the same.
#[derive(Clone, Debug, Default)]
pub struct SessionQuery {
    pub search: Option<String>,
    pub program: Option<String>,
    pub day: Option<String>,
    pub state: Option<String>,
    /// "-" before the column turns the order around.
    pub sort: Option<String>,
}

impl SessionQuery {
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self { search: get("q"), program: get("program"), day: get("day"), state: get("state"), sort: get("sort") }
    }

    /// The matching lines in the chosen order; without one the latest day first.
    #[must_use]
    pub fn apply(&self, mut lines: Vec<SessionRow>) -> Vec<SessionRow> {
        if let Some(search) = &self.search {
            let needle = Needle::of(search);
            lines.retain(|line| needle.is_in([&line.session.title, &line.session.room, &line.moderator]));
        }
        if let Some(program) = &self.program {
            lines.retain(|line| line.day.program_id.to_string() == *program);
        }
        if let Some(day) = &self.day {
            lines.retain(|line| line.day.id.to_string() == *day);
        }
        if let Some(state) = &self.state {
            lines.retain(|line| line.state.as_str() == state);
        }
        let sort = self.sort.as_deref().unwrap_or_default();
        match sort.trim_start_matches('-') {
            "when" => lines.sort_by_key(|line| line.session.starts_at),
            "title" => lines.sort_by_key(|line| line.session.title.to_lowercase()),
            "notes" => lines.sort_by_key(|line| line.notes),
            _ => {}
        }
        if sort.starts_with('-') {
            lines.reverse();
        }
        lines
    }
}

/// All sessions, the latest day first.
pub async fn lines(tx: &mut Tx, actor: &Actor, now: Time) -> Result<Vec<SessionRow>> {
    let reach = actor.scope(Permission::SeeNotes);
    let names = account::store::list(tx).await?;
    let mut lines = Vec::new();
    for day in day::store::list(tx).await? {
        let sessions = store::list(tx, day.id).await?;
        let counts = note::store::count_day(tx, day.id).await?;
        let own = sessions.iter().any(|session| session.moderator_id.is_some() && session.moderator_id == actor.account());
        let readable = reach == Some(Scope::All) || (reach == Some(Scope::Day) && own);
        lines.extend(sessions.into_iter().map(|session| {
            SessionRow {
                moderator: names
                    .iter()
                    .find(|account| Some(account.id) == session.moderator_id)
                    .map(|account| account.name.clone())
                    .unwrap_or_default(),
                notes: counts.iter().find(|(id, _)| *id == session.id).map_or(0, |(_, notes)| *notes),
                state: state(&session, now),
                readable,
                day: day.clone(),
                session,
            }
        }));
    }
    Ok(lines)
}

/// `/sessions`.
pub fn sessions() -> impl IntoView {
    let choice = SessionQuery::read(query);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Sessions", Permission::SeeSchedule, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let programs = program::store::list(&mut tx).await?;
        let all = lines(&mut tx, &cx.actor, cx.now).await?;
        let total = all.len();
        let mut days: Vec<(String, String)> = Vec::new();
        for line in all.iter().filter(|line| choice.program.as_ref().is_none_or(|id| line.day.program_id.to_string() == *id)) {
            let id = line.day.id.to_string();
            if days.iter().all(|(known, _)| *known != id) {
                days.push((id, line.day.title.clone()));
            }
        }
        let states = SessionState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect();
        let found = choice.apply(all);
        let matching = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let skip = usize::try_from(skipped(matching, PER_PAGE)).unwrap_or(0);
        let found: Vec<_> = found.into_iter().skip(skip).take(usize::try_from(PER_PAGE).unwrap_or(50)).collect();
        let columns = SessionColumns {
            moderator: found.iter().any(|line| !line.moderator.is_empty()),
            notes: found.iter().any(|line| line.notes > 0),
        };
        let rows = found.into_iter().map(|line| row(columns, program_name(&programs, line.day.program_id), line)).collect_view();
        let csv = format!("/sessions.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = table(total, matching, columns, rows, csv);
        Ok(view! {
            <PageHead title="Sessions" sub="Notes open ten minutes before a session starts and stay open for three days after it ends."/>
            <FilterBar own=&["program"]>
                <Search label="Title, room or moderator"/>
                {program_pick(&programs)}
                <Pick name="day" label="Panel day" options=days/>
                <Pick name="state" label="Status" options=states/>
            </FilterBar>
            {table}
        }
        .into_any())
    })
}

/// The tone of a session's state, on every page.
#[must_use]
pub const fn tone(state: SessionState) -> Tone {
    match state {
        SessionState::Live => Tone::Live,
        SessionState::NotesOpen => Tone::Good,
        SessionState::Planned | SessionState::Locked => Tone::Plain,
    }
}

/// Columns that have a value in any row shown.
#[derive(Clone, Copy)]
struct SessionColumns {
    moderator: bool,
    notes: bool,
}

/// The sessions of this page, or an empty state.
fn table(total: usize, matching: i64, columns: SessionColumns, rows: impl IntoView + 'static, csv: String) -> AnyView {
    match (total, matching) {
        (0, _) => view! {
            <section class="card">
                <Empty title="No sessions yet" text="Add sessions in the timetable of a panel day.">
                    <a class="btn btn-1" href="/days">"Open panel days"</a>
                </Empty>
            </section>
        }
        .into_any(),
        (_, 0) => view! {
            <section class="card">
                <Empty title="No matching sessions" text="Change or clear the filters."><a class="btn" href="/sessions">"Show all sessions"</a></Empty>
            </section>
        }
        .into_any(),
        _ => view! {
            <section class="card">
                <table class="list">
                    <thead>
                        <tr>
                            <Th label="Session" sort="title"/>
                            <Th label="Panel day"/>
                            <Th label="Date" sort="when" n=true/>
                            {columns.moderator.then(|| view! { <Th label="Moderator"/> })}
                            {columns.notes.then(|| view! { <Th label="Notes" sort="notes" n=true/> })}
                            <Th label="Status"/>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
            <Pager count=matching one="session" many="sessions" csv/>
        }
        .into_any(),
    }
}

fn row(columns: SessionColumns, program: Option<String>, line: SessionRow) -> impl IntoView {
    let SessionRow { session, day, moderator, notes, state, readable } = line;
    let live = state == SessionState::Live;
    let title = if readable {
        let to = format!("/sessions/{}{}", session.id, if live { "/live" } else { "" });
        view! { <a href=to dir="auto">{session.title.clone()}</a> }.into_any()
    } else {
        view! { <bdi>{session.title.clone()}</bdi> }.into_any()
    };
    let tone = tone(state);
    let zone = day.zone();
    let when = format!("{}–{}", wall_time(session.starts_at, zone), zoned_time(session.ends_at, zone));
    let segment = day.segment.map(|segment| view! { <SegBadge class=segment.as_str() label=segment.label()/> });
    view! {
        <tr>
            <td>{title}<small dir="auto">{session.room}</small></td>
            <td data-label="Panel day"><span dir="auto">{day.title}" "{segment}</span>{program.map(|name| view! { <small dir="auto">{name}</small> })}</td>
            <td data-label="Date" class="n"><span>{long_date(day.day)}<small>{when}</small></span></td>
            {columns.moderator.then(|| view! { <td data-label="Moderator" dir="auto">{moderator}</td> })}
            {columns.notes.then(|| view! { <td class="n" data-label="Notes">{notes}</td> })}
            <td data-label="Status"><StateBadge tone label=state.label()/></td>
        </tr>
    }
}

#[must_use]
pub fn csv(lines: &[SessionRow]) -> Vec<u8> {
    let heads = ["Session", "Panel day", "Date", "Starts", "Ends", "Time zone", "Room", "Moderator", "Notes", "Status"];
    let rows = lines.iter().map(|line| {
        let zone = line.day.zone();
        [
            line.session.title.clone(),
            line.day.title.clone(),
            line.day.day.to_string(),
            wall_time(line.session.starts_at, zone),
            wall_time(line.session.ends_at, zone),
            line.day.time_zone.to_string(),
            line.session.room.clone(),
            line.moderator.clone(),
            line.notes.to_string(),
            line.state.label().to_owned(),
        ]
    });
    export::csv(&heads, rows)
}

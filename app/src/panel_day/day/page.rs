//! `/days` and the page of one day: its next step and its timetable, with the forms that change them.

use leptos::prelude::*;

use super::form::{self, SessionFormOptions};
use super::list::{self, PanelDayCounts, PanelDayPeriod, PanelDayRow, PanelDaySearch, PanelDaySort};
use super::timetable::{clashes, timetable};
use crate::access::account::{self, Actor, Permission, Role};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::kernel::clock;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PanelDayId, SessionId};
use crate::panel_day::session::{self, Session};
use crate::program::day::{self, PanelDay, store};
use crate::program::page::{chip, url_part};
use crate::program::shown::program_pick;
use crate::recruiting::panelist::moved_day::{self, PeopleConcerned};
use crate::recruiting::{DayAndHead, HeadWithActions, candidate};
use crate::ui::{
    Confirm, Crumbs, Empty, FilterBar, Form, PageForm, PageHead, Pager, Pick, RowMenu, Search, Submit, Tabs, count as count_of, param,
    query, refused,
};
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
        let chosen = search.program.map(|id| id.to_string()).unwrap_or_default();
        let pick = program_pick(&programs);
        let csv =
            format!("/days.csv?q={}&program={chosen}&when={}&sort={}", url_part(&search.words), search.when.as_str(), search.sort.as_str());
        let no_program = programs.is_empty();
        let new = (may_edit && !no_program).then(|| {
            let open = query("new").is_some() || refused("create");
            view! { <PageForm label="Plan panel day" main=true open>{form::new_day(programs, chosen)}</PageForm> }
        });
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let periods = PanelDayPeriod::ALL.iter().skip(1).map(|period| pair(period.as_str(), period.label())).collect();
        let sorts = PanelDaySort::ALL.iter().skip(1).map(|sort| pair(sort.as_str(), sort.label())).collect();
        let shown = lines.len();
        Ok(view! {
            <PageHead title="Panel days" sub="A date and a place where you listen to a group of customers.">{new}</PageHead>
            {(total > 0).then(|| view! {
                <FilterBar own=&["program", "sort"]>
                    <Search label="Title or place"/>
                    {pick}
                    <Pick name="when" label="Date" options=periods any="Any date"/>
                    <Pick name="sort" label="Sort" options=sorts any="Latest first"/>
                </FilterBar>
            })}
            {(shown == 0).then(|| none_shown(total, no_program, may_edit))}
            {(shown > 0).then(|| view! {
                <section class="card">{table(lines)}</section>
                <Pager count=i64::try_from(shown).unwrap_or(i64::MAX) one="panel day" many="panel days" per=i64::MAX csv/>
            })}
        })
    })
}

/// Why no day is shown, and what to do next.
fn none_shown(total: usize, no_program: bool, may_edit: bool) -> impl IntoView {
    let (title, text, link) = match (total, no_program, may_edit) {
        (0, true, true) => {
            ("No panel days yet", "A panel day belongs to a program. Set up the program first.", Some(("/programs", "Set up a program")))
        }
        (0, _, true) => ("No panel days yet", "Plan one: a date, a place, a customer group and a number of seats.", None),
        (0, _, false) => ("No panel days yet", "Program staff plan panel days.", None),
        _ => ("No matching panel days", "Change or clear the filters.", Some(("/days", "Show all panel days"))),
    };
    view! {
        <section class="card">
            <Empty title text>{link.map(|(to, label)| view! { <a class="btn" href=to>{label}</a> })}</Empty>
        </section>
    }
}

/// The days with their counts. A column that is 0 on every day is left out.
fn table(lines: Vec<PanelDayRow>) -> impl IntoView {
    type CountColumn = (&'static str, fn(&PanelDayRow) -> i64);
    const COLUMNS: [CountColumn; 4] = [
        ("Shortlist", |line| line.counts.shortlisted),
        ("No answer", |line| line.counts.unanswered),
        ("Waitlist", |line| line.counts.waiting),
        ("Attended", |line| line.counts.came),
    ];
    let used: Vec<CountColumn> = COLUMNS.into_iter().filter(|(_, count)| lines.iter().any(|line| count(line) > 0)).collect();
    let heads = used.iter().map(|(label, _)| view! { <th scope="col" class="n">{*label}</th> }).collect_view();
    let rows = lines
        .into_iter()
        .map(|line| {
            let cells = used.iter().map(|(label, count)| view! { <td data-label=*label class="n">{count(&line)}</td> }).collect_view();
            let PanelDayRow { day, program, counts } = line;
            view! {
                <tr>
                    <td>
                        <a href=format!("/days/{}", day.id) dir="auto">{day.title.clone()}</a>
                        <small dir="auto">{day.kind.label()} " · " {program}</small>
                    </td>
                    <td data-label="Date"><span>{clock::long_date(day.day)} <small dir="auto">{day.place.clone()}</small></span></td>
                    <td data-label="Customers">{chip(day.segment)}</td>
                    <td data-label="Seats taken" class="n">{counts.seated} " of " {day.capacity}</td>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="list">
            <thead>
                <tr>
                    <th scope="col">"Panel day"</th><th scope="col">"Date"</th><th scope="col">"Customers"</th>
                    <th scope="col" class="n">"Seats taken"</th>{heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The head of every page of a day: its title and date, the page's actions, and tabs in the order of work.
fn head(
    cx: &PageContext,
    day: &PanelDay,
    counts: PanelDayCounts,
    crumbs: Vec<(String, String)>,
    here: &str,
    actions: Option<AnyView>,
) -> impl IntoView + use<> {
    let links = [
        ("Shortlist", "/shortlist", Permission::Shortlist, counts.shortlisted),
        ("Invitations", "/invitations", Permission::Invite, counts.unsent + counts.unanswered),
        ("Timetable", "", Permission::SeeSchedule, counts.sessions),
        ("People", "/people", Permission::SeeRecruiting, counts.seated + counts.waiting),
        ("Heard items", "/heard", Permission::EditHeard, 0),
        ("Report", "/report", Permission::FinaliseReport, 0),
    ];
    let tabs = links
        .into_iter()
        .filter(|(_, _, permission, _)| cx.actor.scope(*permission).is_some())
        .map(|(label, end, _, count)| (format!("/days/{}{end}", day.id), label.to_owned(), (count > 0).then_some(count)))
        .collect();
    view! {
        <header class="page-head">
            <div>
                <Crumbs above=crumbs here=day.title.clone()/>
                <h1 dir="auto">{day.title.clone()}</h1>
                <p>
                    {clock::long_date(day.day)} " · " <bdi>{day.place.clone()}</bdi> " · " {day.time_zone.to_string()} " · " {day.kind.label()} " "
                    {chip(day.segment)}
                </p>
            </div>
            {actions.map(|actions| view! { <div class="actions">{actions}</div> })}
        </header>
        <Tabs label="This panel day" current=format!("/days/{}{here}", day.id) tabs=tabs/>
    }
}

/// The day of the page's path, if it is within the actor's reach for this permission.
async fn find_day(tx: &mut Tx, actor: &Actor, permission: Permission, id: Result<PanelDayId>) -> Result<PanelDay> {
    let day = store::find(tx, id?).await?.ok_or(Error::NotFound)?;
    session::act::may_on_day(tx, actor, permission, day.id).await?;
    Ok(day)
}

/// The day of one of its pages, if it is within reach, and the head of that page.
pub fn day_and_head<'a>(
    tx: &'a mut Tx,
    cx: &'a PageContext,
    id: Result<PanelDayId>,
    permission: Permission,
    here: &'static str,
) -> DayAndHead<'a> {
    Box::pin(async move {
        let day = find_day(tx, &cx.actor, permission, id).await?;
        let counts = list::counts(tx, day.id).await?;
        let crumbs = day::crumbs::above(tx, &day).await?;
        let (context, shown) = (cx.clone(), day.clone());
        let head = Box::new(move |actions| head(&context, &shown, counts, crumbs, here, actions).into_any());
        Ok((day, head as HeadWithActions))
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
        let editing = query("edit").filter(|_| may_edit).and_then(|id| id.parse::<SessionId>().ok());
        let editing = sessions.iter().find(|session| Some(session.id) == editing);
        let edited = editing.map(|session| edit_session(&day, session, &choices));
        let may_change = cx.actor.scope(Permission::EditProgram).is_some();
        let concerned = if may_change { Some(moved_day::people_concerned(&mut tx, cx.now, &day).await?) } else { None };
        let actions = may_edit.then(|| actions(&day, &choices, concerned.as_ref()).into_any());
        let crumbs = day::crumbs::above(&mut tx, &day).await?;
        let (id, no_sessions) = (day.id, sessions.is_empty());
        let grid = timetable(&cx, &day, &sessions, &overlaps, &choices);
        let clashes = (!overlaps.is_empty()).then(|| clashes(&sessions, &overlaps));
        Ok(view! {
            {head(&cx, &day, counts, crumbs, "", actions)}
            {next_step(&cx, &day, counts)}
            {edited}
            {clashes}
            {no_sessions.then(|| view! {
                <section class="card">
                    <Empty title="No sessions yet" text="A session is one slot of the day: a topic, a room, a moderator and the company participants."/>
                </section>
            })}
            {(!no_sessions).then(|| view! {
                {grid}
                <p class="actions">
                    <a class="btn btn-quiet" href=format!("/days/{id}/agenda.ics")>"Download calendar file"</a>
                    <a class="btn btn-quiet" href=format!("/days/{id}/sessions.csv")>"Download CSV"</a>
                </p>
            })}
        })
    })
}

/// The forms that change the day, each behind its button.
fn actions(day: &PanelDay, choices: &SessionFormOptions, concerned: Option<&PeopleConcerned>) -> impl IntoView + use<> {
    let add = form::session(day, None, choices);
    let change = concerned.map(|concerned| form::change_day(day.clone(), concerned));
    view! {
        {change.map(|change| view! { <PageForm label="Edit panel day" open=refused("update")>{change}</PageForm> })}
        <PageForm label="Add session" main=true open=refused("add_session")>{add}</PageForm>
    }
}

/// The form of the session that was chosen from the timetable.
fn edit_session(day: &PanelDay, session: &Session, choices: &SessionFormOptions) -> impl IntoView + use<> {
    let form = form::session(day, Some(session), choices);
    let (title, key, day_page) = (session.title.clone(), session.id.to_string(), format!("/days/{}", day.id));
    view! {
        <section class="card pad stack" id="session">
            <header class="row">
                <h2>"Edit “" <bdi>{title.clone()}</bdi> "”"</h2>
                <a class="btn btn-quiet push" href=day_page>"Cancel"</a>
                <RowMenu of=title>
                    <Confirm label="Remove session" danger=true>
                        <p>"This removes the session from the timetable. A session with notes cannot be removed."</p>
                        <Form act="remove_session" key><Submit label="Remove session" danger=true/></Form>
                    </Confirm>
                </RowMenu>
            </header>
            {form}
        </section>
    }
}

/// The next thing to do for this day, in one sentence with its link.
fn next_step(cx: &PageContext, day: &PanelDay, counts: PanelDayCounts) -> impl IntoView + use<> {
    let may = |permission| cx.actor.scope(permission).is_some();
    let days_left = (day.day - clock::local_day(cx.now, day.zone())).num_days();
    let to_go = if days_left == 1 { "The panel day is tomorrow.".to_owned() } else { format!("{days_left} days to go.") };
    let missing = day.capacity - counts.shortlisted;
    let step = if days_left < 0 {
        let text = format!("{} of {} panelists attended.", counts.came, counts.seated);
        Some((text, "/people", "Review attendance", Permission::SeeRecruiting))
    } else if days_left == 0 {
        Some((format!("Today: {} of {} checked in.", counts.came, counts.seated), "/people", "Check in people", Permission::CheckIn))
    } else if counts.unsent > 0 {
        let text = format!("{} not sent yet.", count_of(counts.unsent, "invitation is", "invitations are"));
        Some((text, "/invitations", "Review and send invitations", Permission::Invite))
    } else if counts.seated + counts.unanswered < day.capacity && missing > 0 {
        let text = candidate::rules::to_fill(missing);
        Some((text, "/shortlist", "Open shortlist", Permission::Shortlist))
    } else if counts.unanswered == 0 && counts.seated < day.capacity {
        Some(("Invitations for the shortlist are not drafted yet.".to_owned(), "/invitations", "Open invitations", Permission::Invite))
    } else if counts.unanswered > 0 {
        let unanswered = count_of(counts.unanswered, "invitation", "invitations");
        let text = format!("{} of {} seats taken, {unanswered} without an answer. {to_go}", counts.seated, day.capacity);
        Some((text, "/invitations?stage=sent", "See open invitations", Permission::Invite))
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

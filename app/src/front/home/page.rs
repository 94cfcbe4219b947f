//! `/`: the page.

use leptos::prelude::*;

use super::on_the_day::{OnTheDay, day_of};
use super::setup;
use super::to_do::{self, HomePage, LoopCounts, ToDo};
use crate::access::account::{Actor, Permission, Role};
use crate::access::page::nav::{self, SECTIONS};
use crate::access::page::{PageContext, page};
use crate::follow_up::response::page::signature;
use crate::kernel::amount::away;
use crate::kernel::clock::{local_day, long_date, short_date, wall_time, zoned_time};
use crate::panel_day::day::list::PanelDayRow;
use crate::panel_day::session::{self, Session, SessionState};
use crate::ui::{Empty, Help, PageHead, Progress, SegBadge, StateBadge, Tone, count, number};

/// To-dos with a button of their own; the others are listed below.
const NEXT_SHOWN: usize = 3;
/// The section that concerns a responder: the items of their unit.
const FOLLOW_UP: &str = "Follow up";
/// Commitments with their full text.
const LATE_SHOWN: usize = 5;

/// `/`.
pub fn home() -> impl IntoView {
    page("Today", Permission::SeeHome, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let mut today = to_do::read(&mut tx, &cx.actor, cx.now).await?;
        let place = match today.programs.as_slice() {
            [program] => format!("{} · ", program.charter.name),
            _ => String::new(),
        };
        let sub = format!("{place}{}", long_date(local_day(cx.now, today.zone(cx.now))));
        let ready = setup::is_done(&cx.actor, &today);
        let missing = setup::before_invitations(&cx.actor, &today);
        let on_the_day = OnTheDay::of(&today, &cx.actor, cx.now);
        let leads = on_the_day.as_ref().is_none_or(|card| !card.leads());
        let first_steps = (!ready).then(|| setup::first_steps(&today, leads));
        let to_dos = std::mem::take(&mut today.to_dos);
        // A new system has no to-dos but its first steps.
        let to_do = (ready || !to_dos.is_empty()).then(|| to_do(to_dos, ready && leads));
        let responder = cx.actor.role() == Some(Role::Responder);
        let late = commitments(&today, &cx, responder);
        let next = next_day(&today, &cx);
        let sessions = sessions(&today, &cx);
        let numbers = (ready || today.loop_counts.mentions > 0).then(|| numbers(&today.loop_counts, &cx.actor));
        let beside = next.is_some() || sessions.is_some();
        Ok(view! {
            <PageHead title="Today" sub/>
            {on_the_day.map(OnTheDay::card)}
            {first_steps}
            {missing}
            <div class=if beside { "side" } else { "" }>
                <div class="stack-l">
                    {to_do}
                    {late}
                </div>
                {beside.then(|| view! { <div class="stack-l">{sessions}{next}</div> })}
            </div>
            {numbers}
        }
        .into_any())
    })
}

/// The next things to do with their buttons, and the rest as a list. `leads`: the first button is the page's main one.
fn to_do(mut to_dos: Vec<ToDo>, leads: bool) -> impl IntoView {
    if to_dos.is_empty() {
        return view! { <section class="card"><Empty title="You’re all caught up" text="New tasks appear here."/></section> }.into_any();
    }
    let more = to_dos.split_off(to_dos.len().min(NEXT_SHOWN));
    let more = (!more.is_empty()).then(|| {
        let label = format!("{} more", number(i64::try_from(more.len()).unwrap_or(i64::MAX)));
        view! {
            <details class="more pad">
                <summary>{label}</summary>
                <ul class="waits">{more.into_iter().map(|task| line(task, false)).collect_view()}</ul>
            </details>
        }
    });
    let next = to_dos.into_iter().enumerate().map(|(index, task)| line(task, leads && index == 0)).collect_view();
    view! {
        <section class="card">
            <header><h2>"To do"</h2></header>
            <ul class="waits">{next}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn line(task: ToDo, main: bool) -> impl IntoView {
    let tone = if task.tone == Tone::Bad { "bad-text" } else { "" };
    let class = if main { "btn btn-1" } else { "btn" };
    let named = format!("{}: {} {}", task.action, number(task.count), task.words);
    view! {
        <li class="row wrap">
            <span><b class=tone>{number(task.count)}</b>" "<bdi>{task.words}</bdi></span>
            <a class=class href=task.href aria-label=named>{task.action}</a>
        </li>
    }
}

/// Overdue commitments; for a responder every item of theirs that is open.
fn commitments(today: &HomePage, cx: &PageContext, responder: bool) -> Option<impl IntoView + use<>> {
    let mut lines: Vec<_> = today.lines.iter().filter(|line| if responder { line.is_open() } else { line.overdue }).collect();
    lines.sort_by_key(|line| (line.due().is_none(), line.due(), line.item.number));
    let all = lines.len();
    let (title, href) =
        if responder { ("Your open items", "/heard?status=open") } else { ("Overdue commitments", "/heard?status=overdue") };
    (!lines.is_empty()).then(|| {
        let blocks = lines
            .into_iter()
            .take(LATE_SHOWN)
            .map(|line| {
                let program = today.programs.iter().find(|program| program.id == line.item.program_id);
                let organisation = program.map_or("", |program| program.charter.organisation.as_str());
                signature(organisation, line, cx.now, 3, format!("/heard/{}", line.item.id))
            })
            .collect_view();
        let see_all = (all > LATE_SHOWN).then(|| {
            let label = format!("See all {all}");
            view! { <a class="push" href=href>{label}</a> }
        });
        view! {
            <section class="card">
                <header><h2>{title}</h2><Help term="commitment"/>{see_all}</header>
                {blocks}
            </section>
        }
    })
}

/// The next panel day, or the last one where none is planned.
fn next_day(today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let PanelDayRow { day, counts, program } = today.next_day(cx.now).or_else(|| today.days.first())?;
    let here = local_day(cx.now, day.zone());
    let when = format!("{} · {}", if day.day >= here { "Next panel day" } else { "Last panel day" }, away(day.day, here));
    let badge = match day.segment {
        Some(segment) => view! { <SegBadge class=segment.as_str() label=segment.label()/> },
        None => view! { <SegBadge label="Mixed"/> },
    };
    let may = cx.actor.scope(Permission::SeeRecruiting).is_some();
    let seats = may.then(|| view! { <Progress label="Seats taken" done=counts.seated of=day.capacity/> });
    let unanswered = (may && counts.unanswered > 0)
        .then(|| view! { <p class="dim">{count(counts.unanswered, "invitation", "invitations")}" not answered yet"</p> });
    let program = (today.programs.len() > 1).then(|| view! { <p class="dim" dir="auto">{program.clone()}</p> });
    Some(view! {
        <section class="card pad stack">
            <small>{when}</small>
            <h2 dir="auto"><a href=format!("/days/{}", day.id)>{day.title.clone()}</a></h2>
            {program}
            <p class="row wrap">{badge}<span class="dim" dir="auto">{short_date(day.day, here)}" · "{day.place.clone()}</span></p>
            {seats}
            {unanswered}
        </section>
    })
}

/// Sessions that are not live: planned, or with open notes.
fn sessions(today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let rows = today.sessions.iter().filter_map(|session| row(session, today, cx)).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>"Sessions"</h2></header>
                <ul class="lines">{rows}</ul>
            </section>
        }
    })
}

fn row(session: &Session, today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let day = day_of(session, today)?;
    let state = session::rules::state(session, cx.now);
    if state == SessionState::Live {
        return None;
    }
    let tone = session::list::tone(state);
    let when = format!(
        "{} · {}–{} · {}",
        short_date(local_day(session.starts_at, day.zone()), local_day(cx.now, day.zone())),
        wall_time(session.starts_at, day.zone()),
        zoned_time(session.ends_at, day.zone()),
        session.room
    );
    Some(view! {
        <li>
            <a href=format!("/sessions/{}", session.id) dir="auto">{session.title.clone()}</a>
            <span class="row wrap"><small>{when}</small><StateBadge tone label=state.label()/></span>
        </li>
    })
}

/// Listen → Recruit → Run → Follow up, in numbers.
fn numbers(round: &LoopCounts, actor: &Actor) -> impl IntoView + use<> {
    let of = |segment: &str| round.segments.iter().filter(|(of, _)| of.as_str() == segment).map(|(_, count)| *count).sum::<i64>();
    let listen = [
        count(round.mentions, "mention", "mentions"),
        [
            count(of("ranter"), "ranter", "ranters"),
            count(of("raver"), "raver", "ravers"),
            count(of("apathetic"), "apathetic", "apathetics"),
        ]
        .join(" · "),
    ];
    let recruit = [
        format!("{} of {}", number(round.seated), count(round.seats, "seat", "seats")),
        match round.unanswered {
            0 => "No open invitations".to_owned(),
            open => format!("{} not answered yet", count(open, "invitation", "invitations")),
        },
    ];
    let run = [count(round.notes, "note", "notes"), format!("in {}", count(round.sessions, "session", "sessions"))];
    let tally = &round.tally;
    let (items, answered) = (count(tally.items, "item", "items"), format!("{} answered", number(tally.answered)));
    let follow_up = match tally.commitments {
        0 => [items, answered],
        commitments => [
            format!("{} of {} kept", number(tally.confirmed), count(commitments, "commitment", "commitments")),
            format!("{items}, {answered}"),
        ],
    };
    let steps = SECTIONS
        .iter()
        .zip([listen, recruit, run, follow_up])
        // Seats, sessions and notes of all units are not a responder's concern.
        .filter(|(section, _)| actor.role() != Some(Role::Responder) || section.label == FOLLOW_UP)
        .filter_map(|(section, [main, more])| {
            // Mentions and segments are counted only for readers who may see them.
            let first = nav::visible(section, actor).into_iter().find(|entry| entry.permission != Permission::SeeTriage)?;
            Some(view! {
                <li>
                    <a class="card tile" href=first.to>
                        <small>{section.label}</small>
                        <b>{main}</b>
                        <small>{more}</small>
                    </a>
                </li>
            })
        })
        .collect_view();
    view! { <ol class="loop" aria-label="Numbers">{steps}</ol> }
}

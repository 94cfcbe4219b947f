//! `/`: the page.

use leptos::prelude::*;

use super::to_do::{self, HomePage, LoopCounts, ToDo};
use crate::access::account::{Actor, Permission, Role};
use crate::access::page::nav::{self, SECTIONS};
use crate::access::page::{PageContext, page};
use crate::follow_up::response::page::signature;
use crate::kernel::clock::{local_day, long_date, short_date, wall_time, zoned_time};
use crate::panel_day::day::list::PanelDayRow;
use crate::panel_day::session::{self, Session, SessionState};
use crate::ui::{Empty, PageHead, Progress, SegBadge, StateBadge, Tone, count, number};

/// `/`.
pub fn home() -> impl IntoView {
    page("Today", Permission::SeeHome, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let today = to_do::read(&mut tx, &cx.actor, cx.now).await?;
        let place = match today.programs.as_slice() {
            [program] => format!("{} · ", program.charter.name),
            _ => String::new(),
        };
        let sub = format!("{place}{}", long_date(local_day(cx.now, today.zone(cx.now))));
        let first = first_steps(&cx.actor, &today);
        let responder = cx.actor.role() == Some(Role::Responder);
        let late = commitments(&today, &cx, responder);
        let next = next_day(&today, &cx);
        let sessions = sessions(&today, &cx);
        Ok(view! {
            <PageHead title="Today" sub/>
            {first}
            {round(&today.loop_counts, &cx.actor)}
            <div class="side">
                <div class="stack-l">
                    {to_do(today.to_dos)}
                    {late}
                </div>
                <div class="stack-l">{sessions}{next}</div>
            </div>
        }
        .into_any())
    })
}

/// What to do first, until there is a program, a day and something to listen to.
fn first_steps(actor: &Actor, today: &HomePage) -> Option<impl IntoView + use<>> {
    let started = !today.programs.is_empty();
    let heard = today.loop_counts.mentions > 0;
    let planned = !today.days.is_empty();
    let listening = SECTIONS.first().and_then(|section| nav::visible(section, actor).first().map(|entry| entry.to));
    let may = actor.scope(Permission::EditProgram).is_some();
    (may && !(started && heard && planned)).then(|| {
        let steps = [
            (
                started,
                "Start a program",
                "Its market, its sponsor and its charter: why people are invited, and how they are listened to.",
                Some("/programs"),
            ),
            (
                heard,
                "Bring what was said",
                "A listening export from any tool, as it is. Mentions become authors, authors get a segment.",
                listening,
            ),
            (
                planned,
                "Plan a panel day",
                "One date and place for one cohort: fifteen people who complain, praise, or do not care.",
                Some("/days"),
            ),
        ];
        let next = steps.iter().position(|(done, ..)| !done);
        let steps = steps
            .into_iter()
            .enumerate()
            .map(|(index, (done, title, text, to))| {
                let action =
                    (next == Some(index)).then_some(to).flatten().map(|to| view! { <p><a class="btn btn-1" href=to>{title}</a></p> });
                view! {
                    <li class:done=done>
                        <strong>{title}{done.then_some(" · done")}</strong>
                        <p class="dim">{text}</p>
                        {action}
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="card pad">
                <h2>"First steps"</h2>
                <ol class="trail steps">{steps}</ol>
            </section>
        }
    })
}

/// Listen → Recruit → Run → Follow up, in numbers.
fn round(round: &LoopCounts, actor: &Actor) -> impl IntoView + use<> {
    let of = |segment: &str| round.segments.iter().filter(|(of, _)| of.as_str() == segment).map(|(_, count)| *count).sum::<i64>();
    let listen = vec![
        count(round.mentions, "mention", "mentions"),
        format!("{} ranters · {} ravers · {} apathetics", number(of("ranter")), number(of("raver")), number(of("apathetic"))),
    ];
    let recruit = vec![
        format!("{} of {} seats", number(round.seated), number(round.seats)),
        format!("{} not answered yet", count(round.unanswered, "invitation", "invitations")),
    ];
    let run = vec![count(round.notes, "note", "notes"), format!("in {}", count(round.sessions, "session", "sessions"))];
    let kept = vec![
        format!("{} of {} kept", number(round.tally.confirmed), count(round.tally.commitments, "promise", "promises")),
        format!("{} heard, {} answered", count(round.tally.items, "item", "items"), number(round.tally.answered)),
    ];
    let steps = SECTIONS
        .iter()
        .zip([listen, recruit, run, kept])
        .filter_map(|(section, words)| {
            // Mentions and segments are counted for those who may see them.
            let first = nav::visible(section, actor).into_iter().find(|entry| entry.permission != Permission::SeeTriage)?;
            let to = first.to;
            let mut words = words.into_iter();
            let (main, more) = (words.next(), words.next());
            Some(view! {
                <li>
                    <a class="card tile" href=to>
                        <small>{section.label}</small>
                        <b>{main}</b>
                        <small>{more}</small>
                    </a>
                </li>
            })
        })
        .collect_view();
    view! { <ol class="loop" aria-label="The loop">{steps}</ol> }
}

fn to_do(to_dos: Vec<ToDo>) -> impl IntoView {
    let none = to_dos.is_empty();
    let rows = to_dos
        .into_iter()
        .map(|wait| {
            view! {
                <li>
                    <a href=wait.href>
                        <b class=format!("{}-text", if wait.tone == Tone::Plain { "plain" } else { wait.tone.class() })>{number(wait.count)}</b>
                        <span>{wait.words}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2>"What waits"</h2></header>
            {none.then(|| view! { <Empty title="Nothing waits for you" text="Promises, reviews and invitations that need somebody appear here."/> })}
            {(!none).then(|| view! { <ul class="waits">{rows}</ul> })}
        </section>
    }
}

/// The promises that are late; for a responder everything of theirs that is open.
fn commitments(today: &HomePage, cx: &PageContext, responder: bool) -> Option<impl IntoView + use<>> {
    let mut lines: Vec<_> = today.lines.iter().filter(|line| if responder { line.is_open() } else { line.overdue }).collect();
    lines.sort_by_key(|line| (line.due().is_none(), line.due(), line.item.number));
    (!lines.is_empty()).then(|| {
        let blocks = lines
            .into_iter()
            .take(5)
            .map(|line| {
                let program = today.programs.iter().find(|program| program.id == line.item.program_id);
                signature(program.map_or("", |program| program.charter.organisation.as_str()), line, cx.now, 3)
            })
            .collect_view();
        view! {
            <section class="card">
                <header><h2>{if responder { "Yours to answer" } else { "Overdue promises" }}</h2></header>
                {blocks}
            </section>
        }
    })
}

/// The next panel day, or the last one where none is planned.
fn next_day(today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let PanelDayRow { day, counts, .. } = today.next_day(cx.now).or_else(|| today.days.first())?;
    let away = (day.day - local_day(cx.now, day.zone())).num_days();
    let when = match away {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2.. => format!("in {away} days"),
        _ => format!("{} ago", count(-away, "day", "days")),
    };
    let badge = match day.segment {
        Some(segment) => view! { <SegBadge class=segment.as_str() label=segment.label()/> },
        None => view! { <SegBadge label="Mixed"/> },
    };
    let may = cx.actor.scope(Permission::SeeRecruiting).is_some();
    let seats = may.then(|| view! { <Progress label="Seats taken" done=counts.seated of=day.capacity/> });
    let unanswered = (may && counts.unanswered > 0)
        .then(|| view! { <p class="dim">{count(counts.unanswered, "invitation", "invitations")}" without an answer"</p> });
    Some(view! {
        <section class="card pad stack">
            <small>{if away >= 0 { "Next panel day" } else { "Last panel day" }}" · "{when}</small>
            <h2><a href=format!("/days/{}", day.id)>{day.title.clone()}</a></h2>
            <p class="row wrap">{badge}<span class="dim">{long_date(day.day)}" · "{day.place.clone()}</span></p>
            {seats}
            {unanswered}
        </section>
    })
}

fn sessions(today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    (!today.sessions.is_empty()).then(|| {
        let rows = today.sessions.iter().filter_map(|session| row(session, today, cx)).collect_view();
        view! {
            <section class="card">
                <header><h2>"Sessions"</h2></header>
                <ul class="lines">{rows}</ul>
            </section>
        }
    })
}

fn row(session: &Session, today: &HomePage, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let day = &today.days.iter().find(|line| line.day.id == session.panel_day_id)?.day;
    let state = session::rules::state(session, cx.now);
    let (tone, live) = match state {
        SessionState::Live => (Tone::Live, true),
        SessionState::NotesOpen => (Tone::Warn, false),
        SessionState::Planned | SessionState::Locked => (Tone::Plain, false),
    };
    let to = format!("/sessions/{}{}", session.id, if live { "/live" } else { "" });
    let when = format!(
        "{} · {}–{} · {}",
        short_date(local_day(session.starts_at, day.zone()), local_day(cx.now, day.zone())),
        wall_time(session.starts_at, day.zone()),
        zoned_time(session.ends_at, day.zone()),
        session.room
    );
    Some(view! {
        <li>
            <a href=to>{session.title.clone()}</a>
            <span class="row wrap"><small>{when}</small><StateBadge tone label=state.label()/></span>
        </li>
    })
}

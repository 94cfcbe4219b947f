//! `/jobs`: background jobs by state, with errors and retries.

use leptos::prelude::*;

use crate::access::account::Permission;
use crate::access::job::{Job, JobKind, JobState, rules, store};
use crate::access::page::{PageContext, page};
use crate::kernel::amount::rough_duration;
use crate::kernel::clock::Time;
use crate::program;
use crate::ui::{DefList, Empty, Form, PageHead, Progress, RowMenu, StateBadge, Th, Tile, Tone, capital, number, query};

/// Jobs listed in each state; the tiles count all.
const MAX_JOBS_SHOWN: i64 = 100;

const fn tone(state: JobState) -> Tone {
    match state {
        JobState::Running => Tone::Live,
        JobState::Failed => Tone::Bad,
        JobState::Finished => Tone::Good,
        JobState::Waiting | JobState::Cancelled => Tone::Plain,
    }
}

/// `/jobs`.
pub fn jobs() -> impl IntoView {
    let asked = query("state").and_then(|state| state.parse::<JobState>().ok());
    page("Jobs", Permission::RunJobs, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let counts = store::count(&mut tx).await?;
        let programs = program::store::list(&mut tx).await?;
        let of = |state: JobState| counts.iter().filter(|(_, known, _)| *known == state).map(|(.., n)| n).sum::<i64>();
        let tiles = JobState::ALL
            .iter()
            .map(|state| {
                let tone = if *state == JobState::Failed && of(*state) > 0 { Tone::Bad } else { Tone::Plain };
                view! { <Tile label=capital(state.label()) value=number(of(*state)) href=format!("/jobs?state={}", state.as_str()) tone=tone/> }
            })
            .collect_view();
        let mut lists = Vec::new();
        for state in [JobState::Failed, JobState::Running, JobState::Waiting, JobState::Cancelled, JobState::Finished] {
            if asked.is_some_and(|asked| asked != state) {
                continue;
            }
            let jobs = store::list(&mut tx, state, MAX_JOBS_SHOWN).await?;
            if jobs.is_empty() {
                continue;
            }
            let shown = i64::try_from(jobs.len()).unwrap_or(MAX_JOBS_SHOWN);
            let columns =
                JobColumns { progress: jobs.iter().any(|job| job.done > 0 || job.note.is_some()), actions: state != JobState::Finished };
            let rows = jobs
                .into_iter()
                .map(|job| {
                    let program =
                        programs.iter().find(|program| Some(program.id) == job.program_id).map(|program| program.charter.name.clone());
                    row(job, program, columns, cx.now)
                })
                .collect_view();
            lists.push(job_list(state, of(state), shown, columns, rows));
        }
        let empty = lists.is_empty().then(|| none_shown(asked));
        let kept = rules::KEPT.iter().map(|(what, days)| (*what, format!("{days} {}", if *days == 1 { "day" } else { "days" }))).collect();
        Ok(view! {
            <PageHead title="Jobs" sub="Background work. Failed jobs are retried automatically; after several attempts, retry them here."/>
            <div class="tiles">{tiles}</div>
            {empty}
            {lists.into_iter().collect_view()}
            <section class="card pad stack">
                <h2>"Data retention"</h2>
                <p class="dim">"Expired data is deleted every hour. Each program sets how long it keeps mentions and original rows."</p>
                <DefList rows=kept/>
            </section>
        })
    })
}

/// The columns of a list that have a value.
#[derive(Clone, Copy)]
struct JobColumns {
    progress: bool,
    actions: bool,
}

/// The jobs in one state: of `all`, the first `shown`.
fn job_list(state: JobState, all: i64, shown: i64, columns: JobColumns, rows: impl IntoView + 'static) -> impl IntoView {
    let heading = format!("{} jobs", capital(state.label()));
    let label = heading.clone();
    let cut = (all > shown).then(|| format!("Showing the first {} of {}.", number(shown), number(all)));
    view! {
        <section class="card" aria-label=label>
            <h2 class="pad">{heading}</h2>
            <table class="list">
                <thead><tr>
                    <Th label="Job"/>
                    <Th label="Status"/>
                    {columns.progress.then(|| view! { <Th label="Progress" n=true/> })}
                    <Th label="When"/>
                    {columns.actions.then(|| view! { <th scope="col"><span class="sr">"Actions"</span></th> })}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {cut.map(|cut| view! { <p class="pad dim">{cut}</p> })}
        </section>
    }
}

fn none_shown(asked: Option<JobState>) -> AnyView {
    match asked {
        Some(state) => view! {
            <section class="card">
                <Empty title=format!("No {} jobs", state.label())><a class="btn" href="/jobs">"Show all jobs"</a></Empty>
            </section>
        }
        .into_any(),
        None => view! {
            <section class="card">
                <Empty title="No jobs" text="Imports, emails and other background work are listed here."/>
            </section>
        }
        .into_any(),
    }
}

fn row(job: Job, program: Option<String>, columns: JobColumns, now: Time) -> impl IntoView + use<> {
    let id = job.id.to_string();
    let stopping = job.state == JobState::Running && job.cancel_asked_at.is_some();
    let state = if stopping { "cancelling".to_owned() } else { job.state.label().to_owned() };
    let link = match job.kind {
        JobKind::Import => Some(format!("/imports/{}", job.key)),
        JobKind::Email | JobKind::AccessEmail => Some(format!("/outbox/{}", job.key)),
        JobKind::Webhook => Some("/webhooks".to_owned()),
        _ => None,
    };
    let name = match link {
        Some(link) => view! { <a href=link>{job.kind.label()}</a> }.into_any(),
        None => job.kind.label().into_any(),
    };
    let progress = match (job.state, job.total) {
        (JobState::Running, Some(total)) => view! { <Progress label=job.kind.label() done=job.done.min(total) of=total/> }.into_any(),
        (_, Some(total)) if job.done > 0 => format!("{} of {}", number(job.done), number(total)).into_any(),
        (_, None) if job.done > 0 => number(job.done).into_any(),
        _ => ().into_any(),
    };
    let recurs = rules::every(job.kind).is_some();
    let retry = match job.state {
        JobState::Failed | JobState::Cancelled if !job.kind.is_delivery() => Some("Retry"),
        JobState::Waiting if recurs || job.error.is_some() => Some("Run now"),
        _ => None,
    };
    let retry = retry.map(|label| {
        let named = format!("{label}: {}", job.kind.label());
        view! { <Form act="retry" key=id.clone()><button type="submit" aria-label=named>{label}</button></Form> }
    });
    let waits_for_its_time = recurs && job.state == JobState::Waiting;
    let cancel = (job.is_open() && !stopping && !job.kind.is_delivery() && !waits_for_its_time).then(|| {
        let named = format!("Cancel: {}", job.kind.label());
        view! { <Form act="cancel" key=id><button type="submit" aria-label=named>"Cancel"</button></Form> }
    });
    let actions = (retry.is_some() || cancel.is_some()).then(|| view! { <RowMenu of=job.kind.label()>{retry}{cancel}</RowMenu> });
    let attempts = (job.attempts > 1).then(|| format!(", attempt {}", job.attempts));
    view! {
        <tr>
            <td>{name} {program.map(|program| view! { <small class="dim" dir="auto">" " {program}</small> })}</td>
            <td data-label="Status">
                <StateBadge tone=tone(job.state) label=state/> {attempts}
                {job.error.map(|error| view! { <small class="bad-text">" " {error.to_string()}</small> })}
            </td>
            {columns.progress.then(|| view! { <td data-label="Progress" class="n">{progress} {job.note.map(|note| view! { <small>{note}</small> })}</td> })}
            <td data-label="When">{when(job.state, job.run_at, job.started_at, job.ended_at, now)}</td>
            {columns.actions.then(|| view! { <td>{actions}</td> })}
        </tr>
    }
}

/// When a job runs, has started or has ended.
fn when(state: JobState, run_at: Time, started: Option<Time>, ended: Option<Time>, now: Time) -> String {
    match state {
        JobState::Waiting if run_at > now => format!("in {}", rough_duration(run_at - now)),
        JobState::Waiting => format!("due {} ago", rough_duration(now - run_at)),
        JobState::Running => started.map(|at| format!("running for {}", rough_duration(now - at))).unwrap_or_default(),
        JobState::Failed | JobState::Cancelled | JobState::Finished => {
            ended.map(|at| format!("{} ago", rough_duration(now - at))).unwrap_or_default()
        }
    }
}

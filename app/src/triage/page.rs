//! `/listen/triage`: what waits for an answer, who has it, what is late, and how long answers really take.

use chrono::{Duration, NaiveDate};
use leptos::prelude::*;

use super::act::unit_of;
use super::case::{Names, badge, clock_badge, holder, is_web, moment, names};
use super::rules::{MEASURED_DAYS, MOST_HOURS, OFFERED_DAYS, OFFERED_POSTS, Pace, Spread, in_hours, lasting};
use super::store::{self, COUNTED, Row, Search, Which};
use super::{Case, State};
use crate::account::{Actor, Verb};
use crate::author::network_label;
use crate::clock::{Time, long_date};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::ProgramId;
use crate::import::page::program_shown;
use crate::mention::store::Listed;
use crate::ui::form::ErrorSummary;
use crate::ui::{
    Cx, Empty, Field, Form, Hidden, PER_PAGE, PageHead, Pager, Submit, Tabs, Tile, Tone, beginning, count, number, page, page_number,
    queries, query, tried, with_query,
};
use crate::{author, mention, nomination};

text_enum! {
    /// What a tab shows.
    pub enum Tab {
        New = "new", "New";
        Mine = "mine", "Yours";
        Taken = "taken", "Taken";
        Routed = "routed", "Routed";
        Late = "late", "Late";
        Closed = "closed", "Closed";
        Answered = "answered", "Answered lately";
    }
}

/// Characters of a post that lists show.
const SHOWN: usize = 280;
/// Which cases of a program a reader asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub tab: Tab,
    pub search: Search,
}

/// What the query asks for, within what this reader may see. A unit begins with what was routed to it.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table.
pub fn asked(program: ProgramId, actor: &Actor, now: Time, get: impl Fn(&str) -> Option<String>) -> Result<Asked> {
    let unit = unit_of(actor, Verb::SeeTriage)?;
    let first = if unit.is_some() { Tab::Routed } else { Tab::New };
    let tab = get("tab").and_then(|word| word.parse().ok()).unwrap_or(first);
    Ok(Asked { tab, search: search(program, unit, tab, actor, now) })
}

fn search(program: ProgramId, unit: Option<String>, tab: Tab, actor: &Actor, now: Time) -> Search {
    let which = match (tab, actor.account()) {
        (Tab::New, _) | (Tab::Mine, None) => Which::In(State::New),
        (Tab::Mine, Some(account)) => Which::Of(account),
        (Tab::Taken, _) => Which::In(State::Taken),
        (Tab::Routed, _) => Which::In(State::Routed),
        (Tab::Late, _) => Which::Late(now),
        (Tab::Closed, _) => Which::Closed,
        (Tab::Answered, _) => Which::Answered(now - Duration::days(MEASURED_DAYS)),
    };
    Search { program, which, unit }
}

/// How many cases are late, as far as this reader may see them.
pub async fn count_late(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<i64> {
    let search = Search { program, which: Which::Late(now), unit: unit_of(actor, Verb::SeeTriage)? };
    store::count(tx, &search).await
}

/// The days in which posts without a case are offered; none where nothing was heard.
pub(super) async fn offered_days(tx: &mut Tx, program: ProgramId) -> Result<Option<(NaiveDate, NaiveDate)>> {
    let newest = mention::store::newest(tx, program).await?.map(|at| at.date_naive());
    Ok(newest.map(|day| (day - Duration::days(OFFERED_DAYS - 1), day)))
}

/// `/listen/triage`.
pub fn triage() -> impl IntoView {
    page("Triage", Verb::SeeTriage, |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Triage" sub="Posts that deserve an answer: who has them, and how much time is left."/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} <Empty title="There is no program yet" text="Posts belong to a program."/> }.into_any());
        };
        let Asked { tab, search: wanted } = asked(program.id, &cx.actor, cx.now, query)?;
        let of_unit = wanted.unit.clone();
        let shown: Vec<Tab> = match (&of_unit, cx.actor.scope(Verb::Triage)) {
            (Some(_), _) => vec![Tab::Routed, Tab::Mine, Tab::Late, Tab::Closed],
            (None, Some(_)) => vec![Tab::New, Tab::Mine, Tab::Taken, Tab::Routed, Tab::Late, Tab::Closed],
            (None, None) => vec![Tab::New, Tab::Taken, Tab::Routed, Tab::Late, Tab::Closed],
        };
        let mut tabs = Vec::new();
        let mut late = 0;
        for one in shown {
            let found = store::count(&mut tx, &search(program.id, of_unit.clone(), one, &cx.actor, cx.now)).await?;
            if one == Tab::Late {
                late = found;
            }
            let label = match (one, &of_unit) {
                (Tab::Routed, Some(unit)) => format!("With {unit}"),
                _ => one.label().to_owned(),
            };
            let (label, found) = if found > COUNTED { (format!("{label}, over {}", number(COUNTED)), None) } else { (label, Some(found)) };
            tabs.push((with_query("tab", one.as_str()), label, found));
        }
        if cx.actor.scope(Verb::SeeNominations).is_some() {
            let counts = nomination::store::count(&mut tx, Some(program.id)).await?;
            let new = counts.into_iter().find(|(state, _)| *state == nomination::State::New).map_or(0, |(_, count)| count);
            tabs.push((format!("/listen/nominations?program={}", program.id), "Nominated".to_owned(), Some(new)));
        }
        let lately = search(program.id, of_unit.clone(), Tab::Answered, &cx.actor, cx.now);
        let pace = Pace::of(&store::list_answered(&mut tx, &lately).await?);
        let total = store::count(&mut tx, &wanted).await?;
        let rows = store::list(&mut tx, &wanted, PER_PAGE, (page_number() - 1) * PER_PAGE).await?;
        let names = names(&mut tx).await?;
        let hours = store::find_hours(&mut tx, program.id).await?;
        let may_set = cx.actor.scope(Verb::EditProgram).is_some();
        let offered = match (tab, offered_days(&mut tx, program.id).await?) {
            (Tab::New, Some(days)) if of_unit.is_none() => {
                let found = store::list_offered(&mut tx, program.id, days, PER_PAGE, (page_number() - 1) * PER_PAGE).await?;
                Some((days, store::count_offered(&mut tx, program.id, days).await?, found))
            }
            _ => None,
        };
        drop(tx);
        let may = cx.actor.scope(Verb::Triage).is_some();
        let here = with_query("tab", if tab == Tab::Answered { Tab::Closed } else { tab }.as_str());
        let lost = lost(&rows, offered.as_ref().map(|(.., found)| found.as_slice()).unwrap_or_default());
        let csv = format!("/triage.csv{}", queries().to_query_string());
        let none = rows.is_empty();
        let pager = (tab != Tab::New || total > PER_PAGE)
            .then(|| view! { <Pager count=total one="post" many="posts" counted=COUNTED csv=csv.clone()/> });
        let cases = (!none).then(|| table(rows, tab, &names, cx.now));
        let put_up = (tab == Tab::New && !none).then(|| view! { <h2>"Put up by somebody"</h2> });
        let nothing = (none && offered.is_none()).then(|| nothing(tab, hours));
        Ok(view! {
            {head}
            {lost}
            {tiles(&pace, late, hours)}
            {may_set.then(|| clock_form(hours))}
            <Tabs label="Triage" current=here tabs/>
            <div class="stack-l">
                {(tab == Tab::Answered).then(|| view! { <p class="dim">{format!("Posts that were answered in the last {MEASURED_DAYS} days.")}</p> })}
                {nothing}
                {put_up}
                {cases}
                {pager}
                {offered.map(|(days, all, found)| offers(days, all, found, may, csv))}
            </div>
        }
        .into_any())
    })
}

/// A refusal whose post has left the list says so above it.
fn lost(rows: &[Row], offered: &[Listed]) -> Option<impl IntoView + use<>> {
    let tried = tried()?;
    let key = tried.fields.text("key").to_owned();
    let there =
        rows.iter().any(|row| row.case.mention_id.to_string() == key) || offered.iter().any(|listed| listed.mention.id.to_string() == key);
    let there = there || tried.fields.text("act") == "clock";
    (!there).then(|| view! { <ErrorSummary mistakes=tried.lines()/> })
}

/// How long a post may wait, to be set.
fn clock_form(hours: i64) -> impl IntoView {
    let open = tried().is_some_and(|tried| tried.fields.text("act") == "clock");
    view! {
        <details class="card pad" open=open>
            <summary>{format!("Clock: {}", in_hours(hours))}</summary>
            <Form act="clock" class="stack">
                <Hidden name="seen" value=hours.to_string()/>
                <Field name="hours" label="Hours until an open post is late" kind="number" value=hours.to_string()
                    hint=format!("From 1 to {MOST_HOURS}. It counts for posts that are put up from now on; clocks that run are not changed.")/>
                <Submit label="Set the clock"/>
            </Form>
        </details>
    }
}

/// What is late, and how long answers really take.
fn tiles(pace: &Pace, late: i64, hours: i64) -> impl IntoView + use<> {
    let lately = with_query("tab", Tab::Answered.as_str());
    let of = if pace.answers >= store::MEASURED {
        format!("the newest {} answers", number(store::MEASURED))
    } else {
        count(pace.answers, "answer", "answers")
    };
    let median = |spread: Option<Spread>| spread.map_or_else(|| "unknown".to_owned(), |spread| lasting(spread.median));
    let rest = |spread: Option<Spread>, of: &str| match spread {
        Some(spread) => format!("median of {of}; nine of ten within {}", lasting(spread.ninetieth)),
        None => format!("no answer in {MEASURED_DAYS} days"),
    };
    let in_time = match pace.answers {
        0 => "unknown".to_owned(),
        answers => format!("{} %", (pace.in_time * 100 + answers / 2) / answers),
    };
    let (tone, words) = match late {
        0 => (Tone::Plain, "0".to_owned()),
        late if late > COUNTED => (Tone::Bad, format!("over {}", number(COUNTED))),
        late => (Tone::Bad, number(late)),
    };
    view! {
        <div class="tiles">
            <Tile label="Late" value=words note=format!("open past their clock, {} from opening", in_hours(hours)) href=with_query("tab", Tab::Late.as_str()) tone/>
            <Tile label="Answered in time" value=in_time note=format!("of {of} in {MEASURED_DAYS} days") href=lately.clone()/>
            <Tile label="From opening to answer" value=median(pace.opened) note=rest(pace.opened, &of) href=lately.clone()/>
            <Tile label="From taking to answer" value=median(pace.taken) note=rest(pace.taken, &of) href=lately/>
        </div>
    }
}

fn nothing(tab: Tab, hours: i64) -> impl IntoView {
    let late = format!("A post that is open for more than {} stands here, the latest first.", in_hours(hours));
    let (title, text) = match tab {
        Tab::New => {
            ("Nothing waits", "Posts that somebody puts up for answering stand here, and negative posts that nobody has looked at.")
        }
        Tab::Mine => ("You have no post", "What you take, and what is handed over to you, stands here."),
        Tab::Taken => ("Nobody has a post", "A post that somebody takes stands here until it is routed or closed."),
        Tab::Routed => ("Nothing is with a unit", "Posts that are routed to a business unit stand here, the most urgent first."),
        Tab::Late => ("Nothing is late", late.as_str()),
        Tab::Closed | Tab::Answered => ("Nothing was closed yet", "Answered posts stand here with their links, others with the reason."),
    };
    view! { <Empty title text/> }
}

fn table(rows: Vec<Row>, tab: Tab, names: &Names, now: Time) -> impl IntoView + use<> {
    let closed = matches!(tab, Tab::Closed | Tab::Answered);
    let lines = rows
        .into_iter()
        .map(|row| {
            let outcome = if closed { outcome(&row.case) } else { holder(&row.case, names).into_any() };
            let when = match row.case.closed_at {
                Some(_) if closed => moment(row.case.answered_at.or(row.case.closed_at).unwrap_or(now)).into_any(),
                _ => clock_badge(&row.case, now).into_any(),
            };
            view! {
                <tr>
                    <td><a class="voice" href=format!("/listen/triage/{}", row.case.mention_id)>{beginning(&row.text, SHOWN)}</a> <small>{said_by(&row.handle, &row.network)}</small></td>
                    <td data-label="State">{badge_alone(&row.case, closed, now)}</td>
                    <td data-label=if closed { "Outcome" } else { "With" }>{outcome}</td>
                    <td data-label=if closed { "When" } else { "Clock" }>{when}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">{tab.label()}</caption>
                <thead><tr>
                    <th scope="col">"Post"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">{if closed { "Outcome" } else { "With" }}</th>
                    <th scope="col">{if closed { "When" } else { "Clock" }}</th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

/// The state without its clock, which has a column of its own.
fn badge_alone(case: &Case, closed: bool, now: Time) -> AnyView {
    if closed {
        return badge(case, now).into_any();
    }
    view! { <span class="state">{case.state.label()}</span> }.into_any()
}

fn outcome(case: &Case) -> AnyView {
    match (&case.answer_url, &case.reason) {
        (Some(url), _) if is_web(url) => {
            view! { <a href=url.clone() rel="noopener noreferrer nofollow" target="_blank">"The answer"</a> }.into_any()
        }
        (_, Some(reason)) => reason.clone().into_any(),
        _ => ().into_any(),
    }
}

/// Posts that nobody has looked at, each to be taken or left with a reason.
fn offers((since, until): (NaiveDate, NaiveDate), all: i64, found: Vec<Listed>, may: bool, csv: String) -> impl IntoView {
    let period = format!(
        "Negative posts from {} to {} that nobody has looked at, newest first; where more than {} posts were heard, of the newest of them. \
         Sensitive subjects and voices that are set aside are left out.",
        long_date(since),
        long_date(until),
        number(OFFERED_POSTS)
    );
    let none = found.is_empty();
    let lines = found.into_iter().map(|listed| offer(listed, may)).collect_view();
    view! {
        <section class="stack">
            <h2>"Not looked at"</h2>
            <p class="dim">{period}</p>
            {none.then(|| view! { <Empty title="Every negative post was looked at" text="New ones stand here after the next import."/> })}
            {(!none).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Posts that nobody has looked at"</caption>
                        <thead><tr>
                            <th scope="col">"Post"</th>
                            <th scope="col">"Date"</th>
                            <th scope="col"><span class="sr">"Acts"</span></th>
                        </tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            })}
            <Pager count=all one="post" many="posts" counted=COUNTED csv/>
        </section>
    }
}

fn offer(listed: Listed, may: bool) -> impl IntoView {
    let post = listed.mention;
    let key = post.id.to_string();
    let open = tried().is_some_and(|tried| tried.fields.text("key") == key && tried.fields.text("act") == "no_action");
    let acts = may.then(|| {
        view! {
            <div class="row offer">
                <Form act="take" key=key.clone() class="inline"><Hidden name="revision" value="0"/><Submit label="Take"/></Form>
                <details class="confirm" open=open>
                    <summary>"No action"</summary>
                    <Form act="no_action" key=key>
                        <Hidden name="revision" value="0"/>
                        <Field name="reason" label="Why there will be no answer"/>
                        <Submit label="Close without an answer"/>
                    </Form>
                </details>
            </div>
        }
    });
    view! {
        <tr>
            <td><a class="voice" href=format!("/mentions/{}", post.id)>{beginning(&post.text, SHOWN)}</a> <small>{said_by(&listed.handle, &post.network)}</small></td>
            <td data-label="Date">{long_date(post.day)}</td>
            <td>{acts}</td>
        </tr>
    }
}

fn said_by(handle: &str, network: &str) -> String {
    format!("{} · {}", author::shown(handle), network_label(network))
}

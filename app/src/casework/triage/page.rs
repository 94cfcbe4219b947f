//! `/listen/triage`: mentions that need an answer, who has them, what is late, and how long answers take.

use std::pin::Pin;

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::act::unit_of;
use super::case::{AccountNames, badge, clock_badge, holder, is_web, names};
use super::rules::{AnswerTimes, MAX_HOURS, MAX_OFFERED_MENTIONS, MEASURED_DAYS, OFFERED_DAYS, Percentiles, in_hours};
use super::store::{self, CaseFilter, CaseRow, CaseSearch, MAX_COUNTED};
use super::{Case, CaseState};
use crate::access::account::{Actor, Permission};
use crate::access::page::{PageContext, page};
use crate::casework::nomination;
use crate::db::Tx;
use crate::kernel::amount::{duration, percent, share};
use crate::kernel::clock::{Time, long_date, short_date_time};
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;
use crate::listening::author::{self, network_label};
use crate::listening::mention;
use crate::listening::mention::store::ListedMention;
use crate::program::day;
use crate::program::shown::{no_program, program_shown};
use crate::ui::form::ErrorSummary;
use crate::ui::{
    Empty, Field, Form, Hidden, PER_PAGE, PageHead, Pager, RowMenu, Submit, Tabs, Tile, Tone, beginning, count, number, page_number,
    queries, query, refused, tried, with_query,
};

text_enum! {
    pub enum TriageTab {
        New = "new", "New";
        Mine = "mine", "Yours";
        Taken = "taken", "Assigned";
        Routed = "routed", "Routed";
        Late = "late", "Late";
        Closed = "closed", "Closed";
        Answered = "answered", "Recently answered";
    }
}

/// Characters of a mention that lists show.
const MAX_EXCERPT: usize = 280;
/// Which cases of a program a reader asks for.
#[derive(Clone, Debug)]
pub struct TriageQuery {
    pub tab: TriageTab,
    pub search: CaseSearch,
}

/// What the query asks for, within what this reader may see. A unit begins with what was routed to it.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table.
pub fn read_query(program: ProgramId, actor: &Actor, now: Time, get: impl Fn(&str) -> Option<String>) -> Result<TriageQuery> {
    let unit = unit_of(actor, Permission::SeeTriage)?;
    let first = if unit.is_some() { TriageTab::Routed } else { TriageTab::New };
    let tab = get("tab").and_then(|word| word.parse().ok()).unwrap_or(first);
    Ok(TriageQuery { tab, search: search(program, unit, tab, actor, now) })
}

fn search(program: ProgramId, unit: Option<String>, tab: TriageTab, actor: &Actor, now: Time) -> CaseSearch {
    let which = match (tab, actor.account()) {
        (TriageTab::New, _) | (TriageTab::Mine, None) => CaseFilter::In(CaseState::New),
        (TriageTab::Mine, Some(account)) => CaseFilter::Of(account),
        (TriageTab::Taken, _) => CaseFilter::In(CaseState::Taken),
        (TriageTab::Routed, _) => CaseFilter::In(CaseState::Routed),
        (TriageTab::Late, _) => CaseFilter::Late(now),
        (TriageTab::Closed, _) => CaseFilter::Closed,
        (TriageTab::Answered, _) => CaseFilter::Answered(now - Duration::days(MEASURED_DAYS)),
    };
    CaseSearch { program, which, unit }
}

/// How many cases are late, as far as this reader may see them.
pub async fn count_late(tx: &mut Tx, actor: &Actor, now: Time, program: ProgramId) -> Result<i64> {
    let search = CaseSearch { program, which: CaseFilter::Late(now), unit: unit_of(actor, Permission::SeeTriage)? };
    store::count(tx, &search).await
}

/// The days in which mentions without a case are offered; none where nothing was heard.
pub(super) async fn offered_days(tx: &mut Tx, program: ProgramId) -> Result<Option<(NaiveDate, NaiveDate)>> {
    let newest = mention::store::newest(tx, program).await?.map(|at| at.date_naive());
    Ok(newest.map(|day| (day - Duration::days(OFFERED_DAYS - 1), day)))
}

/// A tile with the mentions that wait for an answer longer than they may, now and whatever the period. Empty for those who see no cases.
pub fn late_answers(cx: PageContext, program: ProgramId) -> Pin<Box<dyn Future<Output = Result<AnyView>> + Send>> {
    Box::pin(async move {
        if cx.actor.scope(Permission::SeeTriage).is_none() {
            return Ok(().into_any());
        }
        let mut tx = cx.db.read().await?;
        let late = count_late(&mut tx, &cx.actor, cx.now, program).await?;
        let hours = store::find_hours(&mut tx, program).await?;
        Ok(late_tile("Late answers", late, hours, "/listen/triage?tab=late".to_owned()).into_any())
    })
}

/// How many cases are open past their clock, with the way to them.
fn late_tile(label: &'static str, late: i64, hours: i64, href: String) -> impl IntoView {
    let value = if late > MAX_COUNTED { format!("over {}", number(MAX_COUNTED)) } else { number(late) };
    let tone = if late > 0 { Tone::Bad } else { Tone::Plain };
    let note = format!("open for more than {}", in_hours(hours));
    view! { <Tile label value note href tone/> }
}

/// `/listen/triage`.
pub fn triage() -> impl IntoView {
    page("Triage", Permission::SeeTriage, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Triage" sub="Public mentions that need an answer."/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let TriageQuery { tab, search: wanted } = read_query(program.id, &cx.actor, cx.now, query)?;
        let of_unit = wanted.unit.clone();
        let (tabs, late) = tabs(&mut tx, &cx, program.id, of_unit.as_ref()).await?;
        let lately = search(program.id, of_unit.clone(), TriageTab::Answered, &cx.actor, cx.now);
        let pace = AnswerTimes::of(&store::list_answered(&mut tx, &lately).await?);
        let total = store::count(&mut tx, &wanted).await?;
        let rows = store::list(&mut tx, &wanted, PER_PAGE, (page_number() - 1) * PER_PAGE).await?;
        let names = names(&mut tx).await?;
        let zone = day::store::find_zone(&mut tx, program.id).await?;
        let hours = store::find_hours(&mut tx, program.id).await?;
        let may_set = cx.actor.scope(Permission::EditProgram).is_some();
        let offered = match (tab, offered_days(&mut tx, program.id).await?) {
            (TriageTab::New, Some(days)) if of_unit.is_none() => {
                let found = store::list_offered(&mut tx, program.id, days, PER_PAGE, (page_number() - 1) * PER_PAGE).await?;
                Some((days, store::count_offered(&mut tx, program.id, days).await?, found))
            }
            _ => None,
        };
        drop(tx);
        let may = cx.actor.scope(Permission::Triage).is_some();
        let here = with_query("tab", if tab == TriageTab::Answered { TriageTab::Closed } else { tab }.as_str());
        let lost = lost_refusal(&rows, offered.as_ref().map(|(.., found)| found.as_slice()).unwrap_or_default());
        let csv = format!("/triage.csv{}", queries().to_query_string());
        let none = rows.is_empty();
        let pager = (tab != TriageTab::New || total > PER_PAGE)
            .then(|| view! { <Pager count=total one="mention" many="mentions" counted=MAX_COUNTED csv=csv.clone()/> });
        let cases = (!none).then(|| table(rows, tab, &names, cx.now, zone));
        let queued = (tab == TriageTab::New && !none).then(|| view! { <h2>"Added to the queue"</h2> });
        let nothing = (none && offered.is_none()).then(|| empty(tab, hours));
        Ok(view! {
            {head}
            {lost}
            {tiles(&pace, late, hours)}
            <Tabs label="Triage" current=here tabs/>
            <div class="stack-l">
                {(tab == TriageTab::Answered).then(|| view! { <p class="dim">{format!("Answered in the last {MEASURED_DAYS} days.")}</p> })}
                {nothing}
                {queued}
                {cases}
                {pager}
                {offered.map(|(days, all, found)| offers(days, all, found, may, csv))}
                {may_set.then(|| clock_form(hours))}
            </div>
        }
        .into_any())
    })
}

/// The tabs with what is in each, and how many cases are late.
async fn tabs(
    tx: &mut Tx,
    cx: &PageContext,
    program: ProgramId,
    of_unit: Option<&String>,
) -> Result<(Vec<(String, String, Option<i64>)>, i64)> {
    let shown: Vec<TriageTab> = match (of_unit, cx.actor.scope(Permission::Triage)) {
        (Some(_), _) => vec![TriageTab::Routed, TriageTab::Mine, TriageTab::Late, TriageTab::Closed],
        (None, Some(_)) => vec![TriageTab::New, TriageTab::Mine, TriageTab::Taken, TriageTab::Routed, TriageTab::Late, TriageTab::Closed],
        (None, None) => vec![TriageTab::New, TriageTab::Taken, TriageTab::Routed, TriageTab::Late, TriageTab::Closed],
    };
    let mut tabs = Vec::new();
    let mut late = 0;
    for one in shown {
        let found = store::count(tx, &search(program, of_unit.cloned(), one, &cx.actor, cx.now)).await?;
        if one == TriageTab::Late {
            late = found;
        }
        let label = match (one, of_unit) {
            (TriageTab::Routed, Some(unit)) => format!("With {unit}"),
            _ => one.label().to_owned(),
        };
        let (label, found) =
            if found > MAX_COUNTED { (format!("{label}, over {}", number(MAX_COUNTED)), None) } else { (label, Some(found)) };
        tabs.push((with_query("tab", one.as_str()), label, found));
    }
    if cx.actor.scope(Permission::SeeNominations).is_some() {
        let counts = nomination::store::count(tx, Some(program)).await?;
        let new = counts.into_iter().find(|(state, _)| *state == nomination::NominationState::New).map_or(0, |(_, count)| count);
        tabs.push((format!("/listen/nominations?program={}", program), "Nominations".to_owned(), Some(new)));
    }
    Ok((tabs, late))
}

/// The reason for a refusal, above the list where its mention is no longer listed.
fn lost_refusal(rows: &[CaseRow], offered: &[ListedMention]) -> Option<impl IntoView + use<>> {
    let tried = tried()?;
    let key = tried.fields.text("key").to_owned();
    let there =
        rows.iter().any(|row| row.case.mention_id.to_string() == key) || offered.iter().any(|listed| listed.mention.id.to_string() == key);
    let there = there || tried.fields.text("act") == "clock";
    (!there).then(|| view! { <ErrorSummary mistakes=tried.lines()/> })
}

/// The setting for how long a mention may wait.
fn clock_form(hours: i64) -> impl IntoView {
    let open = refused("clock");
    view! {
        <details class="card pad" open=open>
            <summary>{format!("Time to answer: {}", in_hours(hours))}</summary>
            <Form act="clock" class="stack">
                <Hidden name="seen" value=hours.to_string()/>
                <Field name="hours" label="Hours to answer" kind="number" value=hours.to_string()
                    hint=format!("From 1 to {MAX_HOURS}. Applies to mentions added to the queue from now on.")/>
                <Submit label="Save time to answer"/>
            </Form>
        </details>
    }
}

/// What is late, and how long answers take.
fn tiles(pace: &AnswerTimes, late: i64, hours: i64) -> impl IntoView + use<> {
    let lately = with_query("tab", TriageTab::Answered.as_str());
    let of = if pace.answers >= store::MAX_MEASURED {
        format!("the newest {} answers", number(store::MAX_MEASURED))
    } else {
        count(pace.answers, "answer", "answers")
    };
    let median = |spread: Option<Percentiles>| spread.map_or_else(|| "–".to_owned(), |spread| duration(spread.median));
    let rest = |spread: Option<Percentiles>, of: &str| match spread {
        Some(spread) => format!("median of {of}, {} within {}", percent(90), duration(spread.ninetieth)),
        None => format!("no answers in {MEASURED_DAYS} days"),
    };
    let in_time = share(pace.in_time, pace.answers).unwrap_or_else(|| "–".to_owned());
    view! {
        <div class="tiles">
            {late_tile("Late", late, hours, with_query("tab", TriageTab::Late.as_str()))}
            <Tile label="Answered in time" value=in_time note=format!("of {of} in {MEASURED_DAYS} days") href=lately.clone()/>
            <Tile label="Queue to answer" value=median(pace.opened) note=rest(pace.opened, &of) href=lately.clone()/>
            <Tile label="Assignment to answer" value=median(pace.taken) note=rest(pace.taken, &of) href=lately/>
        </div>
    }
}

fn empty(tab: TriageTab, hours: i64) -> impl IntoView {
    let late = format!("Mentions that are open for more than {} are listed here.", in_hours(hours));
    let (title, text) = match tab {
        TriageTab::New => ("No new mentions", "Open a mention and choose “Add to queue” to have it answered."),
        TriageTab::Mine => ("No mentions assigned to you", "Choose “Assign to me” on a new mention to answer it."),
        TriageTab::Taken => ("No assigned mentions", "Mentions that someone is answering are listed here."),
        TriageTab::Routed => ("No routed mentions", "Mentions routed to a business unit are listed here, most urgent first."),
        TriageTab::Late => ("No late mentions", late.as_str()),
        TriageTab::Closed | TriageTab::Answered => {
            ("No closed mentions", "Answered mentions are listed here with their answers, others with the reason.")
        }
    };
    view! { <Empty title text/> }
}

fn table(rows: Vec<CaseRow>, tab: TriageTab, names: &AccountNames, now: Time, zone: Tz) -> impl IntoView + use<> {
    let closed = matches!(tab, TriageTab::Closed | TriageTab::Answered);
    // New cases are assigned to nobody.
    let has_holder = tab != TriageTab::New;
    let lines = rows
        .into_iter()
        .map(|row| {
            let outcome = if closed { outcome(&row.case) } else { holder(&row.case, names).into_any() };
            let when = match row.case.closed_at {
                Some(_) if closed => short_date_time(row.case.answered_at.or(row.case.closed_at).unwrap_or(now), zone).into_any(),
                _ => clock_badge(&row.case, now).into_any(),
            };
            view! {
                <tr>
                    <td dir="auto"><a class="quote" href=format!("/listen/triage/{}", row.case.mention_id)>{beginning(&row.text, MAX_EXCERPT)}</a> <small>{byline(&row.handle, &row.network)}</small></td>
                    <td data-label="Status">{badge_alone(&row.case, closed, now)}</td>
                    {has_holder.then(|| view! { <td dir="auto" data-label=if closed { "Outcome" } else { "Assigned to" }>{outcome}</td> })}
                    <td data-label=if closed { "Closed" } else { "Time left" }>{when}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">{tab.label()}</caption>
                <thead><tr>
                    <th scope="col">"Mention"</th>
                    <th scope="col">"Status"</th>
                    {has_holder.then(|| view! { <th scope="col">{if closed { "Outcome" } else { "Assigned to" }}</th> })}
                    <th scope="col">{if closed { "Closed" } else { "Time left" }}</th>
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
            view! { <a href=url.clone() rel="noopener noreferrer nofollow" target="_blank">"View answer"</a> }.into_any()
        }
        (_, Some(reason)) => reason.clone().into_any(),
        _ => ().into_any(),
    }
}

/// Mentions without a case, each to be assigned or closed with a reason.
fn offers((since, until): (NaiveDate, NaiveDate), all: i64, found: Vec<ListedMention>, may: bool, csv: String) -> impl IntoView {
    let period = format!(
        "Negative mentions from {} to {} that are not in the queue, from the newest {} mentions. Sensitive subjects and excluded authors are left out.",
        long_date(since),
        long_date(until),
        number(MAX_OFFERED_MENTIONS)
    );
    let none = found.is_empty();
    let lines = found.into_iter().map(|listed| offer(listed, may)).collect_view();
    view! {
        <section class="stack">
            <h2>"Suggested mentions"</h2>
            <p class="dim">{period}</p>
            {none.then(|| view! { <Empty title="No suggestions" text="Negative mentions are suggested here after the next import."/> })}
            {(!none).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Suggested mentions"</caption>
                        <thead><tr>
                            <th scope="col">"Mention"</th>
                            <th scope="col" class="n">"Date"</th>
                            {may.then(|| view! { <th scope="col"><span class="sr">"Actions"</span></th> })}
                        </tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            })}
            <Pager count=all one="mention" many="mentions" counted=MAX_COUNTED csv/>
        </section>
    }
}

fn offer(listed: ListedMention, may: bool) -> impl IntoView {
    let mention = listed.mention;
    let key = mention.id.to_string();
    let of = byline(&listed.handle, &mention.network);
    let acts = may.then(|| {
        view! {
            <div class="row offer">
                <Form act="take" key=key.clone() class="inline"><Hidden name="revision" value="0"/><Submit label="Assign to me"/></Form>
                <RowMenu of=of>
                    <Form act="no_action" key=key>
                        <Hidden name="revision" value="0"/>
                        <Field name="reason" label="Reason"/>
                        <Submit label="Close without answer"/>
                    </Form>
                </RowMenu>
            </div>
        }
    });
    view! {
        <tr>
            <td dir="auto"><a class="quote" href=format!("/mentions/{}", mention.id)>{beginning(&mention.text, MAX_EXCERPT)}</a> <small>{byline(&listed.handle, &mention.network)}</small></td>
            <td data-label="Date" class="n">{long_date(mention.day)}</td>
            {acts.map(|acts| view! { <td>{acts}</td> })}
        </tr>
    }
}

fn byline(handle: &str, network: &str) -> String {
    format!("{} · {}", author::shown(handle), network_label(network))
}

//! `/reports`: every final report, and the days whose next report can be built.

use std::collections::HashMap;

use leptos::prelude::*;

use super::ReportState;
use super::rules::state;
use super::store::{self, CopyRow, Report};
use crate::access::account::{Actor, Permission};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::kernel::clock::{Time, local_day, long_date};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::Needle;
use crate::kernel::ids::ProgramId;
use crate::panel_day::session;
use crate::program;
use crate::program::day::{self, PanelDay};
use crate::program::shown::{program_name, program_pick};
use crate::ui::{Empty, FilterBar, PageHead, Pager, Pick, Search, StateBadge, Th, Tone, query};

/// A report as a row of the list.
#[derive(Clone, Debug)]
pub struct ReportRow {
    pub report: Report,
    pub program_id: ProgramId,
    pub copies: Vec<CopyRow>,
    pub state: ReportState,
}

impl ReportRow {
    /// How many copies got at least this far.
    #[must_use]
    pub fn count(&self, reached: impl Fn(&CopyRow) -> bool) -> i64 {
        i64::try_from(self.copies.iter().filter(|copy| reached(copy)).count()).unwrap_or(i64::MAX)
    }
}

/// What the list is filtered and sorted by; the CSV reads the same.
#[derive(Clone, Debug, Default)]
pub struct ReportQuery {
    pub search: Option<String>,
    pub program: Option<String>,
    pub state: Option<String>,
    pub sort: Option<String>,
}

impl ReportQuery {
    /// Reads it with `get`, from a page's query or a download's.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self { search: get("q"), program: get("program"), state: get("state"), sort: get("sort") }
    }

    /// The lines that match, in the order asked for; the newest first where none is.
    #[must_use]
    pub fn apply(&self, mut lines: Vec<ReportRow>) -> Vec<ReportRow> {
        if let Some(search) = &self.search {
            let needle = Needle::of(search);
            lines.retain(|line| {
                let document = &line.report.document;
                needle.is_in([&document.day.title, &document.day.place, &document.program])
            });
        }
        if let Some(program) = &self.program {
            lines.retain(|line| line.program_id.to_string() == *program);
        }
        if let Some(state) = &self.state {
            // As addresses said it before.
            let state = if state == "frozen" { ReportState::Final.as_str() } else { state };
            lines.retain(|line| line.state.as_str() == state);
        }
        let sort = self.sort.as_deref().unwrap_or_default();
        match sort.trim_start_matches('-') {
            "day" => lines.sort_by_key(|line| (line.report.document.day.date, line.report.number)),
            "items" => lines.sort_by_key(|line| line.report.document.items.len()),
            "finalised" | "frozen" => lines.sort_by_key(|line| line.report.finalised_at),
            _ => {}
        }
        if sort.starts_with('-') {
            lines.reverse();
        }
        lines
    }
}

/// Every report that the actor may see.
///
/// # Errors
/// `SignIn`, `Forbidden`.
pub async fn lines(tx: &mut Tx, actor: &Actor) -> Result<Vec<ReportRow>> {
    actor.may(Permission::SeeReports)?;
    let programs: HashMap<_, _> = day::store::list(tx).await?.into_iter().map(|day| (day.id, day.program_id)).collect();
    let mut lines = Vec::new();
    for report in store::list(tx, None).await? {
        match session::act::may_on_day(tx, actor, Permission::SeeReports, report.panel_day_id).await {
            Ok(()) => {}
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        }
        let copies = store::list_copies(tx, report.id).await?;
        let state = state(report.sending_at, copies.iter().map(CopyRow::delivery));
        let program_id = *programs.get(&report.panel_day_id).ok_or(Error::NotFound)?;
        lines.push(ReportRow { report, program_id, copies, state });
    }
    Ok(lines)
}

/// `/reports`.
pub fn reports() -> impl IntoView {
    let choice = ReportQuery::read(query);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Reports", Permission::SeeReports, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let programs = program::store::list(&mut tx).await?;
        let lines = choice.apply(lines(&mut tx, &cx.actor).await?);
        let days = if cx.actor.scope(Permission::FinaliseReport).is_some() { days_held(&mut tx, cx.now).await? } else { Vec::new() };
        let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let csv = format!("/reports.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = if lines.is_empty() {
            view! {
                <Empty title="No reports yet" text="Choose a panel day to preview its first report, then finalise and send it."/>
            }
            .into_any()
        } else {
            let sent = lines.iter().any(|line| line.state != ReportState::Final);
            let rows = lines.iter().map(|line| row(line, program_name(&programs, line.program_id), sent)).collect::<Vec<_>>();
            view! {
                <table class="list">
                    <thead><tr>
                        <Th label="Report"/>
                        <Th label="Panel day" sort="day"/>
                        <Th label="Items" sort="items" n=true/>
                        <Th label="Finalised" sort="finalised" n=true/>
                        <Th label="Status"/>
                        {sent.then(|| view! { <Th label="Opened" n=true/><Th label="Answered" n=true/> })}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count one="report" many="reports" csv/>
            }
            .into_any()
        };
        Ok(view! {
            <PageHead title="Reports" sub="What each panel day said and what became of it. Final reports do not change."/>
            <FilterBar own=&["program"]>
                <Search label="Day, place or program"/>
                {program_pick(&programs)}
                <Pick name="state" label="Status" options=ReportState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect()/>
            </FilterBar>
            <div class="side">
                <section class="card">{table}</section>
                {next(days)}
            </div>
        })
    })
}

/// Days that were held, newest first.
async fn days_held(tx: &mut Tx, now: Time) -> Result<Vec<PanelDay>> {
    let mut days = day::store::list(tx).await?;
    days.retain(|day| day.day <= local_day(now, day.zone()));
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    Ok(days)
}

fn next(days: Vec<PanelDay>) -> impl IntoView {
    let links = days
        .into_iter()
        .map(|day| view! { <li><a href=format!("/days/{}/report", day.id) dir="auto">{format!("{}, {}", day.title, long_date(day.day))}</a></li> })
        .collect::<Vec<_>>();
    (!links.is_empty())
        .then(|| view! { <section class="card pad stack"><h2>"Preview next report"</h2><ul class="plain stack">{links}</ul></section> })
}

fn row(line: &ReportRow, program: Option<String>, sent: bool) -> impl IntoView + use<> {
    let document = &line.report.document;
    let tone = if line.state == ReportState::Sent { Tone::Good } else { Tone::Plain };
    view! {
        <tr>
            <td><a href=format!("/reports/{}", line.report.id)>{format!("Report {}", line.report.number)}</a></td>
            <td data-label="Panel day">
                <span dir="auto">{document.day.title.clone()}</span>{format!(", {}", long_date(document.day.date))}
                {program.map(|name| view! { <small dir="auto">{name}</small> })}
            </td>
            <td class="n" data-label="Items">{document.items.len()}</td>
            <td data-label="Finalised" class="n">{long_date(document.finalised_on)}</td>
            <td data-label="Status"><StateBadge tone label=line.state.label()/></td>
            {sent.then(|| view! {
                <td class="n" data-label="Opened">{line.count(|copy| copy.opened_at.is_some())}</td>
                <td class="n" data-label="Answered">{line.count(|copy| copy.answers > 0)}</td>
            })}
        </tr>
    }
}

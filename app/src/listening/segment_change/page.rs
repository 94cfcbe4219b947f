//! `/listen/segment-changes`: authors that changed segment, month by month.

use leptos::prelude::*;

use super::rules::{called, month_name};
use super::store::{self, SegmentChangeSearch};
use super::{SegmentChange, SegmentChangeCount};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::csv_month;
use crate::kernel::export;
use crate::kernel::ids::ProgramId;
use crate::listening::author::list::badge;
use crate::listening::author::{network_label, shown};
use crate::listening::segment::Segment;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, FilterBar, Notice, PER_PAGE, PageHead, Pager, Pick, Tone, number, queries, query, skipped, wrong_days};

/// Segments of authors; apathetics are customers and do not change by mentions.
const STANDS: [Option<Segment>; 3] = [None, Some(Segment::Ranter), Some(Segment::Raver)];

/// What the query of the list asks for.
pub fn search(program: ProgramId, get: impl Fn(&str) -> Option<String>) -> SegmentChangeSearch {
    let stand = |name: &str| match get(name).as_deref() {
        None => None,
        Some("neither") => Some(None),
        Some(word) => word.parse().ok().map(Some),
    };
    let month = |name: &str| get(name).and_then(|text| format!("{text}-01").parse().ok());
    SegmentChangeSearch { program, before: stand("from"), after: stand("to"), since: month("since"), until: month("until") }
}

/// `/listen/segment-changes`.
pub fn segment_changes() -> impl IntoView {
    page("Segment changes", Permission::SeeListening, |cx| async move {
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/authors".to_owned(), "Authors".to_owned())];
        let sub = "Authors whose segment changed, by their mentions until the end of each month. Excluded authors are hidden.";
        let head =
            view! { <PageHead title="Segment changes" sub crumbs><a class="btn" href="/listen/segments">"Segment rules"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let wanted = search(program.id, query);
        let why = wrong_days(query, true);
        let total = store::count(&mut tx, &wanted).await?;
        let found = store::list(&mut tx, &wanted, PER_PAGE, skipped(total, PER_PAGE)).await?;
        // The table of flows shows all directions of the months that are chosen.
        let flows = store::count_flows(&mut tx, &SegmentChangeSearch { before: None, after: None, ..wanted.clone() }).await?;
        let empty = found.is_empty();
        let rows = found.into_iter().map(row).collect_view();
        let stands: Vec<(String, String)> = STANDS.iter().map(|stand| (called(*stand).to_owned(), called(*stand).to_owned())).collect();
        let csv = format!("/segment-changes.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {flow_table(&flows)}
            <FilterBar>
                <Pick name="from" label="From" options=stands.clone()/>
                <Pick name="to" label="To" options=stands/>
                <label>"Since" <input type="month" name="since" placeholder="2022-03" value=query("since").unwrap_or_default()/></label>
                <label>"Until" <input type="month" name="until" placeholder="2022-05" value=query("until").unwrap_or_default()/></label>
            </FilterBar>
            {why.map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
            {empty.then(|| view! {
                <Empty title="No segment changes" text="Authors appear here when they become a ranter or a raver, change segment or stop posting.">
                    <a class="btn" href="/listen/segment-changes">"Show all months"</a>
                </Empty>
            })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr narrow">"Segment changes by author"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Author"</th>
                                <th scope="col">"From"</th>
                                <th scope="col">"To"</th>
                                <th scope="col">"Month"</th>
                                <th scope="col" class="n">"Mentions"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <Pager count=total one="change" many="changes" csv/>
        }
        .into_any())
    })
}

/// An author that lost its segment is “neither”, not “unclassified”.
fn stand(segment: Option<Segment>) -> impl IntoView {
    match segment {
        Some(_) => badge(segment).into_any(),
        None => view! { <span class="dim">{called(None)}</span> }.into_any(),
    }
}

fn row(moved: SegmentChange) -> impl IntoView {
    view! {
        <tr>
            <td><a href=format!("/authors/{}", moved.author_id) dir="auto">{shown(&moved.handle)}</a> <small>{network_label(&moved.network)}</small></td>
            <td data-label="From">{stand(moved.before)}</td>
            <td data-label="To">{stand(moved.after)}</td>
            <td data-label="Month">{month_name(moved.month)}</td>
            <td data-label="Mentions" class="n">{number(moved.mentions)}</td>
        </tr>
    }
}

/// From (rows) to (columns); each number links to its authors, in the chosen months.
fn flow_table(flows: &[SegmentChangeCount]) -> impl IntoView + use<> {
    let months = ["since", "until"].iter().filter_map(|name| query(name).map(|month| format!("&{name}={month}"))).collect::<String>();
    let heads = STANDS.iter().map(|to| view! { <th scope="col" class="n">{format!("To {}", called(*to))}</th> }).collect_view();
    let rows = STANDS
        .iter()
        .map(|from| {
            let cells = STANDS
                .iter()
                .map(|to| {
                    let authors = flows.iter().find(|flow| (flow.before, flow.after) == (*from, *to)).map_or(0, |flow| flow.authors);
                    let cell = if from == to {
                        view! { <span class="dim" aria-label="no change">"–"</span> }.into_any()
                    } else if authors == 0 {
                        view! { <span class="dim">"0"</span> }.into_any()
                    } else {
                        let href = format!("/listen/segment-changes?from={}&to={}{months}", called(*from), called(*to));
                        view! { <a href=href>{number(authors)}</a> }.into_any()
                    };
                    view! { <td class="n" data-label=format!("To {}", called(*to))>{cell}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{format!("From {}", called(*from))}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr narrow">"Number of changes between segments"</caption>
                <thead><tr><th scope="col">"Changes"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[must_use]
pub fn csv(found: &[SegmentChange]) -> Vec<u8> {
    export::csv(
        &["Month", "Network", "Handle", "From", "To", "Mentions"],
        found.iter().map(|moved| {
            [
                csv_month(moved.month),
                moved.network.clone(),
                moved.handle.clone(),
                called(moved.before).to_owned(),
                called(moved.after).to_owned(),
                moved.mentions.to_string(),
            ]
        }),
    )
}

//! `/imports`: every import of the program, and the form that takes a new file.

use leptos::prelude::*;

use super::{ImportRun, ImportState, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::{Time, ago};
use crate::kernel::export;
use crate::listening::import::page::state_badge;
use crate::program::shown::{no_program, program_shown};
use crate::ui::form::ErrorSummary;
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, Search, number, queries, query, skipped, tried};

/// `/imports`.
pub fn imports() -> impl IntoView {
    page("Imports", Permission::Import, |cx| async move {
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Imports" sub="Listening exports and customer rosters. Every row is accounted for; every import can be undone."><a class="btn" href="/inbound">"Feeds"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let text = query("q").unwrap_or_default();
        let state: Option<ImportState> = query("state").and_then(|word| word.parse().ok());
        let total = store::count(&mut tx, program.id, &text, state).await?;
        let runs = store::list(&mut tx, program.id, &text, state, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let empty = runs.is_empty();
        let states = ImportState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect();
        let csv = format!("/imports.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {upload(&program.id.to_string(), cx.site.upload_limit)}
            <FilterBar>
                <Search label="File name"/>
                <Pick name="state" label="State" options=states/>
            </FilterBar>
            {empty.then(|| view! {
                <Empty title="No import here" text="Choose a file above. Nothing is saved before you have seen what would happen."/>
            })}
            {(!empty).then(|| table(runs, cx.now))}
            <Pager count=total one="import" many="imports" csv/>
        }
        .into_any())
    })
}

fn table(runs: Vec<ImportRun>, now: Time) -> impl IntoView {
    let rows = runs
        .into_iter()
        .map(|run| {
            view! {
                <tr>
                    <td><a href=format!("/imports/{}", run.id)>{run.file_name.clone()}</a> <small>{run.kind.label()}</small></td>
                    <td data-label="State">{state_badge(run.state)}</td>
                    <td data-label="Rows" class="n">{number(run.row_count)}</td>
                    <td data-label="Created" class="n">{number(run.created)}</td>
                    <td data-label="Updated" class="n">{number(run.updated)}</td>
                    <td data-label="Duplicate" class="n">{number(run.duplicate)}</td>
                    <td data-label="Set aside" class="n">{number(run.excluded)}</td>
                    <td data-label="Rejected" class="n">{number(run.rejected)}</td>
                    <td data-label="When">{ago(run.created_at, now)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card">
            <table class="list">
                <caption class="sr">"Imports"</caption>
                <thead>
                    <tr>
                        <th scope="col">"File"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="n">"Rows"</th>
                        <th scope="col" class="n">"Created"</th>
                        <th scope="col" class="n">"Updated"</th>
                        <th scope="col" class="n">"Duplicate"</th>
                        <th scope="col" class="n">"Set aside"</th>
                        <th scope="col" class="n">"Rejected"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The form that takes a file. It is sent to an endpoint of its own, which checks the actor before it reads the file.
fn upload(program: &str, limit: u64) -> impl IntoView + use<> {
    let refused =
        tried().filter(|tried| tried.fields.text("act") == "upload").map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
    // The program stands in the path's query, since it is asked for before the file is read.
    let action = format!("/imports?program={program}");
    let hint = format!(
        "CSV in any encoding and with any column names, Excel (.xlsx) or JSON, also as .gz or .zip; up to {} MB. A listening export or a customer roster.",
        limit / 1_000_000
    );
    view! {
        <section class="card pad" id="new">
            <form method="post" action=action enctype="multipart/form-data" class="form">
                {refused}
                <div class="field">
                    <label for="upload-file">"File to import"</label>
                    <small id="upload-file-hint">{hint}</small>
                    <input id="upload-file" type="file" name="file" accept=".csv,.tsv,.txt,.gz,.zip,.xlsx,.json,.ndjson,.jsonl,text/csv" required aria-describedby="upload-file-hint"/>
                </div>
                <button type="submit" class="btn-1">"Upload and look at it"</button>
            </form>
        </section>
    }
}

/// The same imports as CSV.
#[must_use]
pub fn csv(runs: &[ImportRun]) -> Vec<u8> {
    let heads =
        ["File", "Kind", "State", "Rows", "Created", "Updated", "Duplicate", "Set aside", "Rejected", "Uploaded", "Finished", "Error"];
    export::csv(
        &heads,
        runs.iter().map(|run| {
            [
                run.file_name.clone(),
                run.kind.label().to_owned(),
                run.state.label().to_owned(),
                run.row_count.to_string(),
                run.created.to_string(),
                run.updated.to_string(),
                run.duplicate.to_string(),
                run.excluded.to_string(),
                run.rejected.to_string(),
                run.created_at.to_rfc3339(),
                run.finished_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
                run.error.clone().unwrap_or_default(),
            ]
        }),
    )
}

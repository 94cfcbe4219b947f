//! `/imports`: the imports of a program, and the upload form.

use leptos::prelude::*;

use super::{ImportRun, ImportState, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::{Time, ago};
use crate::kernel::export;
use crate::listening::import::page::state_badge;
use crate::program::shown::{no_program, program_shown};
use crate::ui::form::ErrorSummary;
use crate::ui::{Empty, FilterBar, PER_PAGE, PageHead, Pager, Pick, Search, capital, number, queries, query, skipped, tried};

/// `/imports`.
pub fn imports() -> impl IntoView {
    page("Imports", Permission::Import, |cx| async move {
        let mut tx = cx.db.read().await?;
        let head = view! { <PageHead title="Imports" sub="Listening exports and customer rosters. You can undo any import."><a class="btn" href="/inbound">"Inbound integrations"</a></PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let text = query("q").unwrap_or_default();
        let state: Option<ImportState> = query("state").and_then(|word| word.parse().ok());
        let total = store::count(&mut tx, program.id, &text, state).await?;
        let runs = store::list(&mut tx, program.id, &text, state, PER_PAGE, skipped(total, PER_PAGE)).await?;
        let (empty, filtered) = (runs.is_empty(), !text.is_empty() || state.is_some());
        let states = ImportState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect();
        let csv = format!("/imports.csv{}", queries().to_query_string());
        Ok(view! {
            {head}
            {upload(&program.id.to_string(), cx.site.upload_limit)}
            {(!empty || filtered).then(|| view! {
                <FilterBar>
                    <Search label="File name"/>
                    <Pick name="state" label="Status" options=states/>
                </FilterBar>
            })}
            {(empty && filtered).then(|| view! { <Empty title="No matching imports" text="Change or clear the filters."/> })}
            {(empty && !filtered).then(|| view! {
                <Empty title="No imports yet" text="Upload a file above. You see a dry run before anything is saved."/>
            })}
            {(!empty).then(|| table(runs, cx.now))}
            {(!empty).then(|| view! { <Pager count=total one="import" many="imports" csv/> })}
        }
        .into_any())
    })
}

/// The counts that have a column where any import has one.
/// (heading, count) of a column.
type CountColumn = (&'static str, fn(&ImportRun) -> i64);

const COUNTS: [CountColumn; 5] = [
    ("Created", |run| run.created),
    ("Updated", |run| run.updated),
    ("Duplicate", |run| run.duplicate),
    ("Excluded", |run| run.excluded),
    ("Rejected", |run| run.rejected),
];

fn table(runs: Vec<ImportRun>, now: Time) -> impl IntoView {
    let counts: Vec<_> = COUNTS.into_iter().filter(|(_, get)| runs.iter().any(|run| get(run) > 0)).collect();
    let heads = counts.iter().map(|(label, _)| view! { <th scope="col" class="n">{*label}</th> }).collect_view();
    let rows = runs
        .into_iter()
        .map(|run| {
            let cells = counts.iter().map(|(label, get)| view! { <td data-label=*label class="n">{number(get(&run))}</td> }).collect_view();
            view! {
                <tr>
                    <td><a href=format!("/imports/{}", run.id) dir="auto">{run.file_name.clone()}</a> <small>{capital(run.kind.label())}</small></td>
                    <td data-label="Status">{state_badge(run.state)}</td>
                    <td data-label="Rows" class="n">{number(run.row_count)}</td>
                    {cells}
                    <td data-label="Uploaded">{ago(run.created_at, now)}</td>
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
                        <th scope="col">"Status"</th>
                        <th scope="col" class="n">"Rows"</th>
                        {heads}
                        <th scope="col">"Uploaded"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The upload form. Its endpoint checks the actor before it reads the file.
fn upload(program: &str, limit: u64) -> impl IntoView + use<> {
    let refused =
        tried().filter(|tried| tried.fields.text("act") == "upload").map(|tried| view! { <ErrorSummary mistakes=tried.lines()/> });
    // The query names the program, because it is needed before the body is read.
    let action = format!("/imports?program={program}");
    let hint = format!(
        "A listening export or a customer roster as CSV, Excel (.xlsx) or JSON, also as .gz or .zip, up to {} MB. Any column names work.",
        limit / 1_000_000
    );
    view! {
        <section class="card pad" id="new">
            <form method="post" action=action enctype="multipart/form-data" class="form">
                {refused}
                <div class="field">
                    <label for="upload-file">"File"</label>
                    <small id="upload-file-hint">{hint}</small>
                    <input id="upload-file" type="file" name="file" accept=".csv,.tsv,.txt,.gz,.zip,.xlsx,.json,.ndjson,.jsonl,text/csv" required aria-describedby="upload-file-hint"/>
                </div>
                <button type="submit" class="btn-1">"Upload file"</button>
            </form>
        </section>
    }
}

#[must_use]
pub fn csv(runs: &[ImportRun]) -> Vec<u8> {
    let heads =
        ["File", "Kind", "Status", "Rows", "Created", "Updated", "Duplicate", "Excluded", "Rejected", "Uploaded", "Finished", "Error"];
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
                run.error.as_ref().map(ToString::to_string).unwrap_or_default(),
            ]
        }),
    )
}

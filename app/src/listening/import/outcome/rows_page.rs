//! `/imports/{id}/rows` and `/imports/{id}/rows/{line}`: the original rows of an import, with their outcomes.

use leptos::prelude::*;

use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ImportRunId;
use crate::listening::import::outcome::rows::{self, ImportRow};
use crate::listening::import::{ImportRun, RowOutcome, store};
use crate::listening::{current_word, source_row};
use crate::program::{self, shown};
use crate::ui::{DefList, Empty, FilterBar, Notice, PER_PAGE, PageHead, Pick, beginning, number, param, query};

/// Characters of a row that the list shows.
const SHOWN: usize = 160;

/// `/imports/{id}/rows`.
pub fn list() -> impl IntoView {
    let id = param::<ImportRunId>("id");
    page("Original rows", Permission::Import, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let run = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let outcome: Option<RowOutcome> = query("outcome").and_then(|word| current_word(&word).parse().ok());
        let from: i64 = query("from").and_then(|line| line.trim().parse().ok()).unwrap_or(1).max(1);
        let mut found = rows::list(&mut tx, &cx.actor, &run, outcome, from - 1, PER_PAGE + 1).await?;
        let gone = gone(&mut tx, &run).await?;
        let crumbs = crumbs(&mut tx, &run).await?;
        drop(tx);
        let next = found.get(usize::try_from(PER_PAGE).unwrap_or(0)).map(|row| address(&run, outcome, row.ended.line));
        found.truncate(usize::try_from(PER_PAGE).unwrap_or(0));
        let options = RowOutcome::ALL.iter().map(|word| (word.as_str().to_owned(), word.label().to_owned())).collect();
        let (empty, all, first) = (found.is_empty(), address(&run, None, 1), (from > 1).then(|| address(&run, outcome, 1)));
        let has_reason = found.iter().any(|row| row.ended.reason.is_some());
        let has_mention = found.iter().any(|row| row.mention.is_some());
        let lines = found.into_iter().map(|row| line(&run, row, has_reason, has_mention)).collect_view();
        Ok(view! {
            <PageHead title="Original rows" sub="Every row of the file with its outcome." crumbs/>
            <FilterBar>
                <Pick name="outcome" label="Outcome" options/>
                <label>"From line" <input type="number" name="from" min="1" value=(from > 1).then(|| from.to_string())/></label>
            </FilterBar>
            {gone}
            {empty.then(|| view! {
                <Empty title="No matching rows" text="Clear the filters or start at an earlier line."><a class="btn" href=all>"Show all rows"</a></Empty>
            })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Rows of the file"</caption>
                        <thead><tr>
                            <th scope="col" class="n">"Line"</th><th scope="col">"Row"</th><th scope="col">"Outcome"</th>
                            {has_reason.then(|| view! { <th scope="col">"Reason"</th> })}
                            {has_mention.then(|| view! { <th scope="col">"Mention"</th> })}
                        </tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            })}
            <nav class="row wrap" aria-label="More rows">
                {first.map(|first| view! { <a class="btn" href=first>"First rows"</a> })}
                {next.map(|next| view! { <a class="btn" href=next>"Next rows"</a> })}
            </nav>
        }
        .into_any())
    })
}

/// `/imports/{id}/rows/{line}`.
pub fn one() -> impl IntoView {
    let (id, line) = (param::<ImportRunId>("id"), param::<i64>("line"));
    page("Row", Permission::Import, move |cx| async move {
        let line = line?;
        let mut tx = cx.db.read().await?;
        let run = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let row = rows::find(&mut tx, &cx.actor, &run, line).await?;
        let gone = gone(&mut tx, &run).await?;
        let of = match row.as_ref().and_then(|row| row.ended.repeats_run) {
            Some(other) if other != run.id => store::find(&mut tx, other).await?.map(|other| other.file_name),
            _ => None,
        };
        let mut crumbs = crumbs(&mut tx, &run).await?;
        drop(tx);
        crumbs.push((address(&run, None, 1), "Original rows".into()));
        let head = view! { <PageHead title=format!("Row {}", number(line)) sub=run.file_name.clone() crumbs/> };
        let Some(row) = row else {
            return Ok(view! {
                {head}
                <Empty title="This row is not stored" text="It was empty, it is above the column names, or its mention was deleted.">
                    <a class="btn" href=address(&run, None, line)>"Show the rows after it"</a>
                </Empty>
            }
            .into_any());
        };
        let repeats = row.ended.repeats_run.zip(row.ended.repeats_line).map(|(other, line)| {
            let words = match &of {
                Some(file) => format!("Repeats line {} of {file}", number(line)),
                None => format!("Repeats line {}", number(line)),
            };
            view! { <p><a href=format!("/imports/{other}/rows/{line}") dir="auto">{words}</a></p> }
        });
        let mention = row.mention.map(|mention| view! { <p><a href=format!("/mentions/{mention}")>"Mention from this row"</a></p> });
        let facts = vec![
            ("Outcome", row.ended.outcome.label().to_owned()),
            ("Column", row.ended.column_name.clone().unwrap_or_default()),
            ("Reason", row.ended.reason.as_ref().map(ToString::to_string).unwrap_or_default()),
        ];
        let text = row.original.clone();
        let cells = row.original.map(|original| cells(&run, &original));
        Ok(view! {
            {head}
            {gone}
            <section class="card pad stack"><DefList rows=facts/>{repeats}{mention}</section>
            {cells}
            {text.map(|text| view! { <section class="card pad stack"><h2>"Original row"</h2><pre dir="auto">{text}</pre></section> })}
        }
        .into_any())
    })
}

/// Where the rows of a run are listed from a line on.
fn address(run: &ImportRun, outcome: Option<RowOutcome>, from: i64) -> String {
    let outcome = outcome.map(|outcome| format!("&outcome={}", outcome.as_str())).unwrap_or_default();
    format!("/imports/{}/rows?from={from}{outcome}", run.id)
}

async fn crumbs(tx: &mut Tx, run: &ImportRun) -> Result<Vec<(String, String)>> {
    shown::crumbs(tx, run.program_id, &[("/imports", "Imports"), (&format!("/imports/{}", run.id), &run.file_name)]).await
}

/// Why the original rows are gone, where all of them are.
async fn gone(tx: &mut Tx, run: &ImportRun) -> Result<Option<AnyView>> {
    if source_row::store::is_kept(tx, run.id).await? || run.row_count == 0 {
        return Ok(None);
    }
    let days = program::store::find(tx, run.program_id).await?.ok_or(Error::NotFound)?.charter.source_row_days;
    Ok(Some(view! { <Notice>"The original content of these rows was deleted. The program keeps it for " {days} " days, or until the import is undone."</Notice> }.into_any()))
}

/// One row of the list.
fn line(run: &ImportRun, row: ImportRow, has_reason: bool, has_mention: bool) -> impl IntoView + use<> {
    let ImportRow { ended, mention, original } = row;
    let to = format!("/imports/{}/rows/{}", run.id, ended.line);
    let reason = ended.reason.as_ref().map(|reason| match &ended.column_name {
        Some(column) => format!("{column}: {reason}"),
        None => reason.to_string(),
    });
    let original = original.map(|original| beginning(&original, SHOWN));
    let became = has_mention.then(
        || view! { <td data-label="Mention">{mention.map(|mention| view! { <a href=format!("/mentions/{mention}")>"Open"</a> })}</td> },
    );
    view! {
        <tr>
            <td class="n"><a href=to>{number(ended.line)}</a></td>
            <td data-label="Row"><span class="mono" dir="auto">{original}</span></td>
            <td data-label="Outcome">{ended.outcome.label()}</td>
            {has_reason.then(|| view! { <td data-label="Reason" dir="auto">{reason}</td> })}
            {became}
        </tr>
    }
}

/// A row's cells, with what each is read as.
fn cells(run: &ImportRun, original: &str) -> impl IntoView + use<> {
    let cells = rows::cells(&run.mapping, original)
        .into_iter()
        .filter(|(_, cell)| !cell.trim().is_empty())
        .map(|(name, cell)| {
            let place = run.mapping.headers.iter().position(|header| *header == name);
            let held = place.and_then(|place| run.mapping.columns.get(place).copied().flatten());
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label="Content" dir="auto">{cell}</td>
                    <td data-label="Imported as">{held.map(|field| field.label())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr">"Cells of the row"</caption>
                <thead><tr><th scope="col">"Column"</th><th scope="col">"Content"</th><th scope="col">"Imported as"</th></tr></thead>
                <tbody>{cells}</tbody>
            </table>
        </section>
    }
}

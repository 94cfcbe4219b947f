//! How an import ended: how many rows were created, updated and left out, why, and the way back.

use leptos::prelude::*;

use crate::listening::import::mapping::reading_summary;
use crate::listening::import::store::SkipReason;
use crate::listening::import::{ImportCounts, ImportKind, ImportRun, ImportState};
use crate::ui::{Confirm, DefList, Empty, Form, Notice, Submit, Tile, Tone, count, number};

pub(crate) fn count_tiles(counts: &ImportCounts) -> impl IntoView + use<> {
    let counts = *counts;
    let tone = if counts.rejected > 0 { Tone::Warn } else { Tone::Plain };
    view! {
        <div class="tiles">
            <Tile label="Rows" value=number(counts.rows)/>
            <Tile label="Created" value=number(counts.created)/>
            <Tile label="Updated" value=number(counts.updated)/>
            <Tile label="Duplicate" value=number(counts.duplicate)/>
            <Tile label="Set aside" value=number(counts.excluded)/>
            <Tile label="Rejected" value=number(counts.rejected) tone/>
        </div>
    }
}

pub(crate) fn ended(run: &ImportRun, reasons: Vec<SkipReason>, repeated: i64) -> impl IntoView + use<> {
    let mentions = (run.kind == ImportKind::Mentions && run.state != ImportState::Undone && run.created + run.excluded > 0).then(|| {
        let href = format!("/mentions?run={}", run.id);
        view! { <p><a href=href>"The mentions that it brought"</a>", with those of authors that are set aside"</p> }
    });
    let again = (matches!(run.state, ImportState::Failed | ImportState::Cancelled) && run.file_kept)
        .then(|| view! { <Form act="retry"><Submit label="Go on with it" main=true/></Form> });
    view! {
        {ended_notice(run)}
        {count_tiles(&run.counts())}
        {mentions}
        {reading_summary::notes(run.notes())}
        {again}
        {reasons_card(run, reasons)}
        <p><a href=format!("/imports/{}/rows", run.id)>"Every row of the file, as it stood"</a></p>
        <p><a href=format!("/imports/{}/rejected.csv", run.id) download="">"Rejected rows and rows set aside, as CSV to mend and import again"</a></p>
        <p><a href=format!("/imports/{}/rows.csv", run.id) download="">"Every row that was not simply taken in, with the row that it repeats, as CSV"</a></p>
        <section class="card pad"><DefList rows=facts(run)/></section>
        {undo_form(run, repeated)}
    }
}

fn ended_notice(run: &ImportRun) -> Option<AnyView> {
    match run.state {
        ImportState::Failed => {
            let why = run.error.clone().unwrap_or_default();
            let further =
                if run.file_kept { " What was saved before is safe; it can go on from there." } else { " What was saved before is safe." };
            Some(view! { <Notice tone=Tone::Bad>"The import stopped: " {why} {further}</Notice> }.into_any())
        }
        ImportState::Cancelled => {
            let of = run
                .mapping
                .total
                .filter(|_| run.started_at.is_some())
                .map(|total| format!(" after {} of {} rows", number(run.row_count), number(total)));
            Some(view! { <Notice>"The import was cancelled" {of} ". What it had brought by then stays."</Notice> }.into_any())
        }
        ImportState::Discarded => Some(view! { <Notice>"The file was deleted before it was imported."</Notice> }.into_any()),
        ImportState::Undone => Some(view! { <Notice>"The import was undone. The numbers say what it had brought."</Notice> }.into_any()),
        _ => None,
    }
}

fn reasons_card(run: &ImportRun, reasons: Vec<SkipReason>) -> impl IntoView + use<> {
    let none = reasons.is_empty();
    let taken_in = match (run.state, run.row_count) {
        (ImportState::Finished | ImportState::Undone, _) => "Every row was taken in",
        (_, 0) => "No row was read",
        _ => "Every row up to there was taken in",
    };
    let id = run.id;
    let rows = reasons
        .into_iter()
        .map(|SkipReason { outcome, column_name, reason, found, line }| {
            view! {
                <tr>
                    <td>{reason}</td>
                    <td data-label="Column">{column_name.unwrap_or_default()}</td>
                    <td data-label="Outcome">{outcome.label()}</td>
                    <td data-label="Rows" class="n">{number(found)}</td>
                    <td data-label="First line" class="n"><a href=format!("/imports/{id}/rows/{line}")>{line}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            {none.then(|| view! { <Empty title=taken_in text="None was a duplicate, set aside or rejected."/> })}
            {(!none).then(|| view! {
                <table class="list">
                    <caption class="sr">"Rows that did not simply become new mentions or customers"</caption>
                    <thead><tr><th scope="col">"Why"</th><th scope="col">"Column"</th><th scope="col">"Outcome"</th><th scope="col" class="n">"Rows"</th><th scope="col" class="n">"First line"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
        </section>
    }
}

fn undo_form(run: &ImportRun, repeated: i64) -> Option<impl IntoView + use<>> {
    (run.started_at.is_some() && run.state != ImportState::Undone).then(|| {
        let brought = match run.kind {
            ImportKind::Mentions => {
                let repeated = match repeated {
                    0 => String::new(),
                    rows => format!(
                        " {} of other imports only repeated or filled in what this one brought: those mentions go too. Import those files again afterwards to keep them.",
                        count(rows, "row", "rows")
                    ),
                };
                format!("Every mention that it brought goes, and authors that have no other. Their assessments are made anew from what is left.{repeated}")
            }
            ImportKind::Customers => format!("All {} that it created go. Changes to others stay.", count(run.created, "customer", "customers")),
        };
        view! { <Confirm label="Undo this import" danger=true><p>{brought}</p><Form act="undo"><Submit label="Undo the import" danger=true/></Form></Confirm> }
    })
}

fn facts(run: &ImportRun) -> Vec<(&'static str, String)> {
    let vendor = run.mapping.preset.map_or("no layout known by name", |found| found.preset.label());
    vec![
        ("Laid out as", vendor.to_owned()),
        ("Time zone of dates that name none", run.mapping.time_zone.clone()),
        ("Encoding", run.mapping.encoding.clone()),
        ("SHA-256", run.file_hash.clone()),
        (
            "Took",
            run.started_at
                .zip(run.finished_at)
                .map(|(from, to)| format!("{:.1} s", (to - from).num_milliseconds() as f64 / 1000.0))
                .unwrap_or_default(),
        ),
    ]
}

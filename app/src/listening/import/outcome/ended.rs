//! How an import ended: how many rows were created, updated and skipped, why, and what to do next.

use leptos::prelude::*;

use crate::listening::import::mapping::reading_summary;
use crate::listening::import::store::SkipReason;
use crate::listening::import::{ImportCounts, ImportKind, ImportRun, ImportState};
use crate::program::Segment;
use crate::ui::{Confirm, DefList, Form, Help, Notice, Submit, Tile, Tone, count, number};

/// What the page says about an import that has ended.
pub(crate) struct EndedImport {
    pub reasons: Vec<SkipReason>,
    /// Rows of other imports that repeat rows of this one.
    pub repeated: i64,
    /// How many people the program has in each segment now.
    pub segments: Vec<(Option<Segment>, i64)>,
}

/// The counts that are not zero, after all rows and what was created.
pub(crate) fn count_tiles(counts: &ImportCounts) -> impl IntoView + use<> {
    let counts = *counts;
    let more = [
        ("Updated", counts.updated, Tone::Plain),
        ("Duplicate", counts.duplicate, Tone::Plain),
        ("Excluded", counts.excluded, Tone::Plain),
        ("Rejected", counts.rejected, Tone::Warn),
    ];
    let more = more
        .into_iter()
        .filter(|(_, rows, _)| *rows > 0)
        .map(|(label, rows, tone)| view! { <Tile label value=number(rows) tone/> })
        .collect_view();
    view! {
        <div class="tiles">
            <Tile label="Rows" value=number(counts.rows)/>
            <Tile label="Created" value=number(counts.created)/>
            {more}
        </div>
    }
}

/// The one thing to do next, for the page's head.
pub(crate) fn next_step(run: &ImportRun) -> Option<AnyView> {
    let program = run.program_id;
    match (run.state, run.kind) {
        (ImportState::Failed | ImportState::Cancelled, _) if run.file_kept => {
            Some(view! { <Form act="retry"><Submit label="Continue import" main=true/></Form> }.into_any())
        }
        (ImportState::Finished, ImportKind::Mentions) => {
            Some(view! { <a class="btn btn-1" href=format!("/authors?segment=ranter&program={program}")>"See ranters"</a> }.into_any())
        }
        (ImportState::Finished, ImportKind::Customers) => {
            Some(view! { <a class="btn btn-1" href=format!("/customers?program={program}")>"See customers"</a> }.into_any())
        }
        _ => None,
    }
}

pub(crate) fn ended(run: &ImportRun, found: EndedImport) -> impl IntoView + use<> {
    let EndedImport { reasons, repeated, segments } = found;
    let mentions = (run.kind == ImportKind::Mentions && run.state != ImportState::Undone && run.created + run.excluded > 0)
        .then(|| view! { <a href=format!("/mentions?run={}", run.id)>"Mentions from this import"</a> });
    let (rows, rejected, skipped) =
        (format!("/imports/{}/rows", run.id), format!("/imports/{}/rejected.csv", run.id), format!("/imports/{}/rows.csv", run.id));
    let has_rejected = run.rejected + run.excluded > 0;
    let has_skipped = !reasons.is_empty();
    view! {
        {ended_notice(run)}
        {(run.state == ImportState::Finished).then(|| segments_found(run, &segments))}
        {count_tiles(&run.counts())}
        <div class="row wrap">
            {mentions}
            <a href=rows>"Original rows"</a>
            <Help term="source row"/>
            {has_rejected.then(|| view! { <a href=rejected download="">"Download rejected and excluded rows (CSV)"</a> })}
            {has_skipped.then(|| view! { <a href=skipped download="">"Download skipped and duplicate rows (CSV)"</a> })}
        </div>
        {has_rejected.then(|| view! { <p class="dim">"To fix rejected rows, correct them in the CSV file and import it. Rows that were imported before are recognised."</p> })}
        {reading_summary::notes(run.notes())}
        {reasons_card(run, reasons)}
        <details class="card pad"><summary>"File details"</summary><DefList rows=facts(run)/></details>
        {undo_form(run, repeated)}
    }
}

/// Whom the program knows now, with the way to them.
fn segments_found(run: &ImportRun, segments: &[(Option<Segment>, i64)]) -> impl IntoView + use<> {
    let program = run.program_id;
    let links = Segment::ALL.iter().filter_map(|segment| {
        let people = segments.iter().find(|(of, people)| *of == Some(*segment) && *people > 0)?.1;
        let to = format!("/authors?segment={}&program={program}", segment.as_str());
        Some(view! { <a href=to>{count(people, &segment.label().to_lowercase(), segment.plural())}</a> })
    });
    let links: Vec<_> = links.collect();
    let words = if links.is_empty() {
        "No author or customer has a segment yet. An author needs several recent mentions."
    } else {
        "Your program now has"
    };
    view! { <Notice tone=if links.is_empty() { Tone::Plain } else { Tone::Good }><div class="row wrap"><span>{words}</span> {links} <Help term="segment"/></div></Notice> }
}

fn ended_notice(run: &ImportRun) -> Option<AnyView> {
    match run.state {
        ImportState::Failed => {
            let why = run.error.as_ref().map(ToString::to_string).unwrap_or_default();
            let further = if run.file_kept {
                " Rows imported before are saved. Continue the import to import the rest."
            } else {
                " Rows imported before are saved. Import the file again to import the rest."
            };
            Some(view! { <Notice tone=Tone::Bad>"The import failed: " {why} {further}</Notice> }.into_any())
        }
        ImportState::Cancelled => {
            let of = run
                .mapping
                .total
                .filter(|_| run.started_at.is_some())
                .map(|total| format!(" after {} of {} rows", number(run.row_count), number(total)));
            Some(view! { <Notice>"The import was cancelled" {of} ". Rows imported before are saved."</Notice> }.into_any())
        }
        ImportState::Discarded => Some(view! { <Notice>"The file was discarded. Nothing was imported."</Notice> }.into_any()),
        ImportState::Undone => {
            Some(view! { <Notice>"This import was undone. The numbers below show what it had imported."</Notice> }.into_any())
        }
        _ => None,
    }
}

fn reasons_card(run: &ImportRun, reasons: Vec<SkipReason>) -> impl IntoView + use<> {
    if reasons.is_empty() {
        let all = match (run.state, run.row_count) {
            (ImportState::Finished | ImportState::Undone, _) => {
                "Every row was imported. There are no duplicate, excluded or rejected rows."
            }
            (_, 0) => "No rows were read.",
            _ => "Every row read so far was imported.",
        };
        return view! { <p class="dim">{all}</p> }.into_any();
    }
    let id = run.id;
    let has_column = reasons.iter().any(|reason| reason.column_name.is_some());
    let rows = reasons
        .into_iter()
        .map(|SkipReason { outcome, column_name, reason, found, line }| {
            view! {
                <tr>
                    <td dir="auto">{reason.to_string()}</td>
                    {has_column.then(|| view! { <td data-label="Column" dir="auto">{column_name}</td> })}
                    <td data-label="Outcome">{outcome.label()}</td>
                    <td data-label="Rows" class="n">{number(found)}</td>
                    <td data-label="First line" class="n"><a href=format!("/imports/{id}/rows/{line}")>{number(line)}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <table class="list">
                <caption class="sr">"Skipped and updated rows by reason"</caption>
                <thead><tr>
                    <th scope="col">"Reason"</th>
                    {has_column.then(|| view! { <th scope="col">"Column"</th> })}
                    <th scope="col">"Outcome"</th>
                    <th scope="col" class="n">"Rows"</th>
                    <th scope="col" class="n">"First line"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn undo_form(run: &ImportRun, repeated: i64) -> Option<impl IntoView + use<>> {
    (run.started_at.is_some() && run.state != ImportState::Undone).then(|| {
        let deleted = match run.kind {
            ImportKind::Mentions => {
                let repeated = match repeated {
                    0 => String::new(),
                    rows => format!(
                        " {} of other imports only repeated or updated these mentions. To keep those, import the other files again afterwards.",
                        count(rows, "row", "rows")
                    ),
                };
                format!("This deletes every mention from this import, and authors who have no other mentions. Segments are updated.{repeated}")
            }
            ImportKind::Customers => {
                format!("This deletes {} that this import created. Updates to other customers stay.", count(run.created, "customer", "customers"))
            }
        };
        view! { <Confirm label="Undo import" danger=true><p>{deleted}</p><Form act="undo"><Submit label="Undo import" danger=true/></Form></Confirm> }
    })
}

fn facts(run: &ImportRun) -> Vec<(&'static str, String)> {
    let vendor = run.mapping.preset.map_or("Not recognised", |found| found.preset.label());
    let seconds = run.started_at.zip(run.finished_at).map(|(from, to)| (to - from).num_milliseconds() as f64 / 1000.0);
    vec![
        ("Export format", vendor.to_owned()),
        ("Time zone", run.mapping.time_zone.clone()),
        ("Encoding", run.mapping.encoding.clone()),
        ("Duration", seconds.map(|seconds| format!("{seconds:.1} s")).unwrap_or_default()),
        ("SHA-256", run.file_hash.clone()),
    ]
}

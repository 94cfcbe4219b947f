//! `/imports/{id}`: one import from its columns to its outcome: what each column holds, what would happen, how far it
//! has come, how every row ended, and the way back.

use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::island::Preview;
use super::outcome::ended::{count_tiles, ended};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::ago;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ImportRunId;
use crate::listening::import::intake::spool;
use crate::listening::import::mapping::columns::MappingOrigin;
use crate::listening::import::mapping::preview::{self, MappingPreview, PreviewRequest};
use crate::listening::import::mapping::{preview_view, reading_summary};
use crate::listening::import::outcome::dry_run::{self, DryRun};
use crate::listening::import::{ImportField, ImportKind, ImportRun, ImportState, SkippedRow, store};
use crate::ui::{Form, Notice, PageHead, Progress, Select, StateBadge, Submit, Tone, count, number, param, tried};

/// Encodings to choose from; the guess is right nearly always.
const ENCODINGS: &[&str] =
    &["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-2", "Shift_JIS", "GBK", "Big5", "EUC-KR", "windows-1251"];

/// A run's state, in colour and word.
pub(crate) fn state_badge(state: ImportState) -> impl IntoView {
    let tone = match state {
        ImportState::Finished => Tone::Good,
        ImportState::Failed => Tone::Bad,
        ImportState::Queued | ImportState::Running | ImportState::Undoing => Tone::Live,
        ImportState::Mapping => Tone::Warn,
        ImportState::Cancelled | ImportState::Undone | ImportState::Discarded => Tone::Plain,
    };
    view! { <StateBadge tone label=state.label()/> }
}

/// `/imports/{id}`.
pub fn import() -> impl IntoView {
    let id = param::<ImportRunId>("id");
    page("Import", Permission::Import, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let run = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let same = store::find_same(&mut tx, run.program_id, &run.file_hash, run.id).await?;
        let has_ended = !matches!(run.state, ImportState::Mapping | ImportState::Queued | ImportState::Running | ImportState::Undoing);
        let (reasons, repeated) = match has_ended {
            true => (store::count_reasons(&mut tx, run.id).await?, store::count_repeated(&mut tx, run.id).await?),
            false => (Vec::new(), 0),
        };
        drop(tx);
        let (mut first_rows, mut dry) = (None, None);
        if run.state == ImportState::Mapping {
            first_rows = Some(preview::read(&cx.db, &cx.actor, run.id, &cx.site.spool, PreviewRequest::of(&run)).await);
            dry = Some(dry_run::preview(&cx.db, &run, &spool::spooled(&cx.site.spool, &run)).await);
        }
        if matches!(run.state, ImportState::Queued | ImportState::Running | ImportState::Undoing) {
            // The page comes again by itself, without a script: the longer it takes, the more seldom, so that it can be read and its buttons reached.
            let lasted = run.started_at.map_or(0, |started| (cx.now - started).num_seconds());
            let seconds = HeaderValue::from((lasted / 5).clamp(2, 15));
            expect_context::<ResponseOptions>().insert_header(HeaderName::from_static("refresh"), seconds);
        }
        let sub = format!("{}, {}, uploaded {}", run.kind.label(), size(run.bytes), ago(run.created_at, cx.now));
        let head = view! {
            <PageHead title=run.file_name.clone() sub crumbs=vec![("/imports".into(), "Imports".into())]>{state_badge(run.state)}</PageHead>
        };
        let known = same.map(|same| view! {
            <Notice tone=Tone::Warn>
                "This very file was imported " {ago(same.created_at, cx.now)} ": " <a href=format!("/imports/{}", same.id)>{same.file_name.clone()}</a>
                ". Importing it again creates nothing."
            </Notice>
        });
        let body = match run.state {
            ImportState::Mapping => mapping(&run, dry, first_rows).into_any(),
            ImportState::Queued | ImportState::Running => running(&run).into_any(),
            ImportState::Undoing => view! {
                <Notice tone=Tone::Live>"What this import brought is being taken back. This page comes again by itself."</Notice>
            }
            .into_any(),
            _ => ended(&run, reasons, repeated).into_any(),
        };
        let known = (run.state == ImportState::Mapping).then_some(known).flatten();
        Ok(view! { {head} {known} {body} }.into_any())
    })
}

fn size(bytes: i64) -> String {
    match bytes {
        0..=999_999 => format!("{} kB", number((bytes + 999) / 1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// What each column holds, and what would happen.
fn mapping(run: &ImportRun, preview: Option<Result<DryRun>>, first_rows: Option<Result<MappingPreview>>) -> impl IntoView + use<> {
    let preview = match preview {
        Some(Ok(preview)) => preview,
        Some(Err(error)) => return view! { <Notice tone=Tone::Bad>{error.message()}</Notice> {discard()} }.into_any(),
        None => DryRun::default(),
    };
    let missing = run.mapping.missing(run.kind);
    let complete = missing.is_empty();
    let settled = complete && run.mapping.order_from != MappingOrigin::Open;
    let dry = if complete {
        dry_run(&preview).into_any()
    } else {
        view! { <Notice tone=Tone::Warn>"Please say below which column holds " {missing.join(" and ")} "."</Notice> }.into_any()
    };
    // It sends the columns with it, as they stand on the screen: what was changed and not saved yet counts too.
    let start = settled.then(|| {
        let what = if preview.cut { "the file".to_owned() } else { count(preview.counts.rows, "row", "rows") };
        view! { <button type="submit" form="form-map" name="then" value="start" class="btn-1">"Import " {what}</button> }
    });
    view! {
        <section class="card pad stack">
            <h2>"What would happen"</h2>
            {reading_summary::preset(run)}
            {reading_summary::date_reading_of(run)}
            {dry}
            <div class="row wrap">{start} {discard()}</div>
        </section>
        <section class="card pad stack">
            <h2>"What the columns hold"</h2>
            <section class="stack" aria-labelledby="first-rows">
                <h3 id="first-rows">"What the first rows become"</h3>
                <Preview ask=format!("/imports/{}/preview", run.id)>{first_rows.map(|first_rows| preview_view::shown(&first_rows))}</Preview>
            </section>
            {columns(run, &preview)}
        </section>
        <details class="card pad" open=tried().is_some_and(|tried| tried.fields.text("act") == "reread")>
            <summary>"The file is read wrongly?"</summary>
            {reread(run)}
        </details>
    }
    .into_any()
}

fn dry_run(preview: &DryRun) -> impl IntoView + use<> {
    let cut = preview.cut.then(
        || view! { <p class="dim">"This is what the first " {number(preview.counts.rows)} " rows would come to; the file is longer."</p> },
    );
    let unread = preview.garbled;
    let garbled = (unread > 0).then(move || view! {
        <Notice tone=Tone::Warn>{count(unread, "row has", "rows have")} " characters that cannot be read. If names look wrong, choose another encoding below."</Notice>
    });
    let left = preview.skipped.iter().take(8).map(skipped_row);
    let left = (!preview.skipped.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>"Rows that would be left out"</summary>
                <table class="list">
                    <thead><tr><th scope="col" class="n">"Line"</th><th scope="col">"Outcome"</th><th scope="col">"Column"</th><th scope="col">"Why"</th></tr></thead>
                    <tbody>{left.collect_view()}</tbody>
                </table>
            </details>
        }
    });
    view! { {count_tiles(&preview.counts)} {cut} {garbled} {reading_summary::notes(preview.notes)} {left} }
}

/// One row that is left out: its line, how it ends, the column at fault and why.
fn skipped_row(row: &SkippedRow) -> impl IntoView + use<> {
    let column = row.column_name.clone().unwrap_or_default();
    view! {
        <tr>
            <td class="n">{row.line}</td>
            <td data-label="Outcome">{row.outcome.label()}</td>
            <td data-label="Column">{column}</td>
            <td data-label="Why">{row.reason.clone()}</td>
        </tr>
    }
}

/// One line a column: its name, what stands in it, what it holds.
fn columns(run: &ImportRun, preview: &DryRun) -> impl IntoView + use<> {
    let kind = run.kind;
    let rows = run
        .mapping
        .headers
        .iter()
        .enumerate()
        .map(|(place, header)| {
            let held = run.mapping.columns.get(place).copied().flatten();
            let name = if header.is_empty() { format!("(column {})", place + 1) } else { header.clone() };
            let cells = preview.sample.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            let sample = cells.take(2).map(|cell| cell.chars().take(60).collect::<String>()).collect::<Vec<_>>().join(" · ");
            let options = ImportField::of(kind)
                .map(|field| view! { <option value=field.as_str() selected=held == Some(field)>{field.label()}</option> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{name.clone()}</th>
                    <td data-label="For example" class="dim">{sample}</td>
                    <td data-label="Holds">
                        <select name=format!("column-{place}") aria-label=format!("What the column {name} holds")>
                            <option value="">"nothing that is needed"</option>
                            {options}
                        </select>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let questions = reading_summary::date_questions(&run.mapping);
    view! {
        <Form act="map" class="wide">
            <table class="list">
                <thead><tr><th scope="col">"Column"</th><th scope="col">"For example"</th><th scope="col">"Holds"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {questions}
            <Submit label="Save the columns and look again"/>
        </Form>
    }
}

fn reread(run: &ImportRun) -> impl IntoView + use<> {
    let mut encodings: Vec<(String, String)> = ENCODINGS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    if !ENCODINGS.contains(&run.mapping.encoding.as_str()) {
        encodings.insert(0, (run.mapping.encoding.clone(), run.mapping.encoding.clone()));
    }
    const DELIMITERS: [(&str, &str); 4] = [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")];
    let between = DELIMITERS.iter().find(|(sign, _)| sign.starts_with(run.mapping.delimiter)).map_or("comma", |(_, word)| *word);
    let delimiter_options = DELIMITERS.iter().map(|(_, word)| ((*word).to_owned(), (*word).to_owned())).collect();
    let kinds = ImportKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let header = run.mapping.header.map_or(0, |at| at + 1).to_string();
    let (kind, encoding) = (run.kind.as_str(), run.mapping.encoding.clone());
    view! {
        <Form act="reread">
            <Select name="kind" label="The file is a" options=kinds value=kind/>
            <Select name="encoding" label="Encoding" options=encodings value=encoding/>
            <Select name="delimiter" label="Between cells stands a" options=delimiter_options value=between/>
            <crate::ui::Field name="header" label="The column names stand in row" value=header hint="Counting rows that are not empty, from 1; 0 if there are no names." kind="number"/>
            <Submit label="Read the file again"/>
        </Form>
    }
}

fn discard() -> impl IntoView {
    view! { <Form act="discard"><Submit label="Discard this file"/></Form> }
}

fn running(run: &ImportRun) -> impl IntoView + use<> {
    let waiting = run.state == ImportState::Queued;
    let progress = match run.mapping.total {
        Some(total) => view! { <Progress label="Importing" done=run.row_count of=total noun="rows" tone=Tone::Live/> }.into_any(),
        None => view! { <p aria-live="polite"><progress aria-label="Importing"></progress> " " {count(run.row_count, "row", "rows")} " so far"</p> }.into_any(),
    };
    view! {
        <section class="card pad stack">
            {waiting.then(|| view! { <p>"The import starts as soon as the work before it is done."</p> })}
            {progress}
            {count_tiles(&run.counts())}
            <p class="dim">"This page comes again by itself. You can leave it; the import goes on."</p>
            <Form act="cancel"><Submit label="Cancel the import"/></Form>
            <p class="dim">"What it has brought by then stays; it can go on later, or be undone."</p>
        </section>
    }
}

//! `/imports/{id}`: one import from column mapping to outcome.

use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::island::Preview;
use super::outcome::ended::{EndedImport, count_tiles, ended, next_step};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::ago;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::ImportRunId;
use crate::listening::import::intake::spool;
use crate::listening::import::mapping::preview::{self, MappingPreview, PreviewRequest};
use crate::listening::import::mapping::{form, preview_view, reading_summary};
use crate::listening::import::outcome::dry_run::{self, DryRun};
use crate::listening::import::{ImportKind, ImportRun, ImportState, SkippedRow, store};
use crate::listening::segment;
use crate::program::shown::crumbs;
use crate::ui::{
    Confirm, Field, Form, Help, Hidden, Notice, PageHead, Progress, Select, StateBadge, Submit, Tone, capital, count, number, param,
    refused,
};

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
        let working = matches!(run.state, ImportState::Queued | ImportState::Running | ImportState::Undoing);
        let found = match working || run.state == ImportState::Mapping {
            true => None,
            false => Some(EndedImport {
                reasons: store::count_reasons(&mut tx, run.id).await?,
                repeated: store::count_repeated(&mut tx, run.id).await?,
                segments: segment::store::count_segments(&mut tx, run.program_id).await?,
            }),
        };
        let crumbs = crumbs(&mut tx, run.program_id, &[("/imports", "Imports")]).await?;
        drop(tx);
        let (mut first_rows, mut dry) = (None, None);
        if run.state == ImportState::Mapping {
            first_rows = Some(preview::read(&cx.db, &cx.actor, run.id, &cx.site.spool, PreviewRequest::of(&run)).await);
            dry = Some(dry_run::preview(&cx.db, &run, &spool::spooled(&cx.site.spool, &run)).await);
        }
        if working {
            // Reloads without a script, less and less often, so that the page can be read and its buttons reached.
            let lasted = run.started_at.map_or(0, |started| (cx.now - started).num_seconds());
            let seconds = HeaderValue::from((lasted / 5).clamp(2, 15));
            expect_context::<ResponseOptions>().insert_header(HeaderName::from_static("refresh"), seconds);
        }
        let sub = format!("{}, {}, uploaded {}", capital(run.kind.label()), size(run.bytes), ago(run.created_at, cx.now));
        let primary = match &dry {
            Some(Ok(dry)) => start(&run, dry).map(IntoAny::into_any),
            _ => next_step(&run),
        };
        let head = view! {
            <PageHead title=run.file_name.clone() sub crumbs>
                {match run.state {
                    ImportState::Mapping if primary.is_some() => view! { <StateBadge label="ready to import"/> }.into_any(),
                    state => state_badge(state).into_any(),
                }}
                {primary}
            </PageHead>
        };
        let known = same.filter(|_| run.state == ImportState::Mapping).map(|same| view! {
            <Notice tone=Tone::Warn>
                "The same file was imported " {ago(same.created_at, cx.now)} ": " <a href=format!("/imports/{}", same.id) dir="auto">{same.file_name.clone()}</a>
                ". Importing it again adds nothing."
            </Notice>
        });
        let body = match (run.state, found) {
            (ImportState::Mapping, _) => mapping(&run, dry, first_rows).into_any(),
            (ImportState::Undoing, _) => view! {
                <Notice tone=Tone::Live>"This import is being undone. The page updates automatically."</Notice>
            }
            .into_any(),
            (_, Some(found)) => ended(&run, found).into_any(),
            _ => running(&run).into_any(),
        };
        Ok(view! { {head} {known} {body} }.into_any())
    })
}

fn size(bytes: i64) -> String {
    match bytes {
        0..=999_999 => format!("{} kB", number((bytes + 999) / 1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The button that starts the import; none while a column is missing. It sends the form as it is on the screen, saved or not; a question that is
/// still open is named beside its field.
fn start(run: &ImportRun, dry: &DryRun) -> Option<impl IntoView + use<>> {
    run.mapping.missing(run.kind).is_empty().then(|| {
        let what = if dry.cut { "the file".to_owned() } else { count(dry.counts.rows, "row", "rows") };
        view! { <button type="submit" form="form-map" name="then" value="start" class="btn-1">"Import " {what}</button> }
    })
}

/// What the import would do, and what each column holds.
fn mapping(run: &ImportRun, dry: Option<Result<DryRun>>, first_rows: Option<Result<MappingPreview>>) -> impl IntoView + use<> {
    let dry = match dry {
        Some(Ok(dry)) => dry,
        Some(Err(error)) => return view! { <Notice tone=Tone::Bad>{error.message()}</Notice> {discard()} }.into_any(),
        None => DryRun::default(),
    };
    let result = run.mapping.missing(run.kind).is_empty().then(|| {
        view! {
            <section class="card pad stack">
                <div class="row"><h2>"Dry run"</h2><Help term="dry run"/></div>
                {dry_run(&dry)}
            </section>
        }
    });
    view! {
        {form::kind_question(run)}
        {result}
        <section class="card pad stack">
            <h2>"Column mapping"</h2>
            {reading_summary::preset(run)}
            <section class="stack" aria-labelledby="first-rows">
                <h3 id="first-rows">"First rows"</h3>
                <Preview ask=format!("/imports/{}/preview", run.id)>{first_rows.map(|first_rows| preview_view::shown(&first_rows))}</Preview>
            </section>
            {form::columns(run, &dry.sample)}
        </section>
        <details class="card pad" open=refused("reread")>
            <summary>"Something looks wrong? Change file type"</summary>
            {reread(run)}
        </details>
        {discard()}
    }
    .into_any()
}

fn dry_run(dry: &DryRun) -> impl IntoView + use<> {
    let cut = dry.cut.then(
        || view! { <p class="dim">"The first " {number(dry.counts.rows)} " rows. The file has more, which the import reads too."</p> },
    );
    let unread = dry.garbled;
    let garbled = (unread > 0).then(move || {
        view! {
            <Notice tone=Tone::Warn>
                {count(unread, "row has", "rows have")} " unreadable characters. If names look wrong, change the encoding under “Change file type”."
            </Notice>
        }
    });
    let has_column = dry.skipped.iter().any(|row| row.column_name.is_some());
    let skipped = dry.skipped.iter().take(8).map(|row| skipped_row(row, has_column));
    let skipped = (!dry.skipped.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>"Skipped rows"</summary>
                <table class="list">
                    <caption class="sr">"The first rows that the import would skip"</caption>
                    <thead><tr>
                        <th scope="col" class="n">"Line"</th>
                        <th scope="col">"Outcome"</th>
                        {has_column.then(|| view! { <th scope="col">"Column"</th> })}
                        <th scope="col">"Reason"</th>
                    </tr></thead>
                    <tbody>{skipped.collect_view()}</tbody>
                </table>
            </details>
        }
    });
    view! { {count_tiles(&dry.counts)} {cut} {garbled} {reading_summary::notes(dry.notes)} {skipped} }
}

fn skipped_row(row: &SkippedRow, has_column: bool) -> impl IntoView + use<> {
    let column = row.column_name.clone().unwrap_or_default();
    view! {
        <tr>
            <td class="n">{number(row.line)}</td>
            <td data-label="Outcome">{row.outcome.label()}</td>
            {has_column.then(|| view! { <td data-label="Column" dir="auto">{column}</td> })}
            <td data-label="Reason" dir="auto">{row.reason.as_ref().map(ToString::to_string)}</td>
        </tr>
    }
}

fn reread(run: &ImportRun) -> impl IntoView + use<> {
    let mut encodings: Vec<(String, String)> = ENCODINGS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    if !ENCODINGS.contains(&run.mapping.encoding.as_str()) {
        encodings.insert(0, (run.mapping.encoding.clone(), run.mapping.encoding.clone()));
    }
    const DELIMITERS: [(&str, &str); 5] = [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar"), ("\u{1d}", "chat")];
    let between = DELIMITERS.iter().find(|(sign, _)| sign.starts_with(run.mapping.delimiter)).map_or("comma", |(_, word)| *word);
    let delimiter_options = DELIMITERS.iter().map(|(_, word)| ((*word).to_owned(), (*word).to_owned())).collect();
    let kinds = ImportKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let header = run.mapping.header.map_or(0, |at| at + 1).to_string();
    let (kind, encoding) = (run.kind.as_str(), run.mapping.encoding.clone());
    let sheet = run.mapping.sheet.clone().unwrap_or_default();
    let parts = &run.mapping.parts;
    let sheets = (parts.len() > 1).then(|| {
        let options = parts.iter().map(|part| (part.clone(), part.clone())).collect();
        view! { <Select name="sheet" label="Sheet or list" options value=sheet.clone() hint="The sheet of the workbook, or the list within the JSON file, that holds the rows."/> }
    });
    // Workbooks and JSON have neither encoding nor separator.
    let text = match run.mapping.is_structured {
        false => view! {
            <Select name="encoding" label="Encoding" options=encodings value=encoding/>
            <Select name="delimiter" label="Column separator" options=delimiter_options value=between/>
        }
        .into_any(),
        true => view! { <Hidden name="encoding" value=encoding/><Hidden name="delimiter" value=between/> }.into_any(),
    };
    let kept = (parts.len() < 2 && !sheet.is_empty()).then(|| view! { <Hidden name="sheet" value=sheet/> });
    view! {
        <Form act="reread">
            <Select name="kind" label="Contents" options=kinds value=kind/>
            {sheets} {kept}
            {text}
            <Field name="header" label="Row with the column names" value=header hint="Count from 1 and leave out empty rows. Enter 0 if the file has no column names." kind="number"/>
            <Submit label="Read file again"/>
        </Form>
    }
}

fn discard() -> impl IntoView {
    view! {
        <Confirm label="Discard this file">
            <p>"This deletes the uploaded file. Nothing has been imported yet."</p>
            <Form act="discard"><Submit label="Discard file" danger=true/></Form>
        </Confirm>
    }
}

fn running(run: &ImportRun) -> impl IntoView + use<> {
    let waiting = run.state == ImportState::Queued;
    let progress = match run.mapping.total {
        Some(total) => view! { <Progress label="Importing" done=run.row_count of=total noun="rows" tone=Tone::Live/> }.into_any(),
        None => view! { <p aria-live="polite"><progress aria-label="Importing"></progress> " " {count(run.row_count, "row", "rows")} " imported"</p> }.into_any(),
    };
    view! {
        <section class="card pad stack">
            {waiting.then(|| view! { <p>"The import is waiting for another job to finish."</p> })}
            {progress}
            {count_tiles(&run.counts())}
            <p class="dim">"This page updates automatically. You can leave it while the import runs."</p>
            <Confirm label="Cancel import">
                <p>"Rows that are imported already stay. You can continue the import later, or undo it."</p>
                <Form act="cancel"><Submit label="Cancel import"/></Form>
            </Confirm>
        </section>
    }
}

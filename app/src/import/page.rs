//! `/imports/{id}`: one import from its columns to its outcome: what each column holds, what would happen, how far it
//! has come, how every row ended, and the way back.

use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::dry::{self, Preview};
use super::island::Look;
use super::order::Origin;
use super::store::Reason;
use super::trial::{self, Asked, Trial};
use super::{Counts, Field, Kind, LeftOut, Run, State, look, store, told, work};
use crate::account::Verb;
use crate::clock::ago;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ImportRunId, ProgramId};
use crate::program::{self, Program};
use crate::ui::form::carry;
use crate::ui::{
    Confirm, DefList, Empty, Form, Notice, PageHead, Progress, Select, StateBadge, Submit, Tile, Tone, count, number, page, param, query,
    tried,
};

/// Encodings to choose from; the guess is right nearly always.
const ENCODINGS: &[&str] =
    &["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-2", "Shift_JIS", "GBK", "Big5", "EUC-KR", "windows-1251"];

/// The program that a page of listening shows: the one of the form that was refused, else the one named by `?program=`, else the newest.
/// Every form of the page carries it as the hidden field `program`: another one may be the newest by the time it is sent.
pub(crate) async fn program_shown(tx: &mut Tx) -> Result<Option<Program>> {
    let sent = tried().map(|tried| tried.fields.text("program").to_owned());
    let named = [sent, query("program")].into_iter().flatten().find_map(|id| id.parse::<ProgramId>().ok());
    let shown = match named {
        Some(id) => Some(program::store::find(tx, id).await?.ok_or(Error::NotFound)?),
        None => program::store::list(tx).await?.into_iter().next(),
    };
    if let Some(program) = &shown {
        carry("program", program.id.to_string());
    }
    Ok(shown)
}

/// What a page of listening shows where there is none.
pub(crate) fn no_program() -> impl IntoView {
    view! { <Empty title="There is no program yet"><a class="btn" href="/programs">"Start a program"</a></Empty> }
}

/// A run's state, in colour and word.
pub(crate) fn state_badge(state: State) -> impl IntoView {
    let tone = match state {
        State::Finished => Tone::Good,
        State::Failed => Tone::Bad,
        State::Queued | State::Running | State::Undoing => Tone::Live,
        State::Mapping => Tone::Warn,
        State::Cancelled | State::Undone | State::Discarded => Tone::Plain,
    };
    view! { <StateBadge tone label=state.label()/> }
}

/// `/imports/{id}`.
pub fn import() -> impl IntoView {
    let id = param::<ImportRunId>("id");
    page("Import", Verb::Import, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let run = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let same = store::find_same(&mut tx, run.program_id, &run.file_hash, run.id).await?;
        let has_ended = !matches!(run.state, State::Mapping | State::Queued | State::Running | State::Undoing);
        let (reasons, repeated) = match has_ended {
            true => (store::count_reasons(&mut tx, run.id).await?, store::count_repeated(&mut tx, run.id).await?),
            false => (Vec::new(), 0),
        };
        drop(tx);
        let (mut trial, mut preview) = (None, None);
        if run.state == State::Mapping {
            trial = Some(trial::read(&cx.db, &cx.actor, run.id, &cx.site.spool, Asked::of(&run)).await);
            preview = Some(dry::preview(&cx.db, &run, &work::spooled(&cx.site.spool, &run)).await);
        }
        if matches!(run.state, State::Queued | State::Running | State::Undoing) {
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
            State::Mapping => mapping(&run, preview, trial).into_any(),
            State::Queued | State::Running => running(&run).into_any(),
            State::Undoing => view! {
                <Notice tone=Tone::Live>"What this import brought is being taken back. This page comes again by itself."</Notice>
            }
            .into_any(),
            _ => ended(&run, reasons, repeated).into_any(),
        };
        let known = (run.state == State::Mapping).then_some(known).flatten();
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
fn mapping(run: &Run, preview: Option<Result<Preview>>, trial: Option<Result<Trial>>) -> impl IntoView + use<> {
    let preview = match preview {
        Some(Ok(preview)) => preview,
        Some(Err(error)) => return view! { <Notice tone=Tone::Bad>{error.message()}</Notice> {discard()} }.into_any(),
        None => Preview::default(),
    };
    let missing = run.mapping.missing(run.kind);
    let complete = missing.is_empty();
    let settled = complete && run.mapping.order_from != Origin::Open;
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
            {told::preset(run)}
            {told::dates_said(run)}
            {dry}
            <div class="row wrap">{start} {discard()}</div>
        </section>
        <section class="card pad stack">
            <h2>"What the columns hold"</h2>
            <section class="stack" aria-labelledby="first-rows">
                <h3 id="first-rows">"What the first rows become"</h3>
                <Look ask=format!("/imports/{}/look", run.id)>{trial.map(|trial| look::shown(&trial))}</Look>
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

fn dry_run(preview: &Preview) -> impl IntoView + use<> {
    let cut = preview.cut.then(
        || view! { <p class="dim">"This is what the first " {number(preview.counts.rows)} " rows would come to; the file is longer."</p> },
    );
    let unread = preview.garbled;
    let garbled = (unread > 0).then(move || view! {
        <Notice tone=Tone::Warn>{count(unread, "row has", "rows have")} " characters that cannot be read. If names look wrong, choose another encoding below."</Notice>
    });
    let left = preview.left_out.iter().take(8).map(left_out);
    let left = (!preview.left_out.is_empty()).then(|| {
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
    view! { {tiles(&preview.counts)} {cut} {garbled} {told::notes(preview.notes)} {left} }
}

/// One row that is left out: its line, how it ends, the column at fault and why.
fn left_out(row: &LeftOut) -> impl IntoView + use<> {
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

fn tiles(counts: &Counts) -> impl IntoView + use<> {
    let counts = *counts;
    let tone = if counts.rejected > 0 { Tone::Warn } else { Tone::Plain };
    view! {
        <div class="tiles">
            <Tile label="Rows" value=number(counts.rows)/>
            <Tile label="Created" value=number(counts.created)/>
            <Tile label="Updated" value=number(counts.updated)/>
            <Tile label="Duplicate" value=number(counts.duplicate)/>
            <Tile label="Set aside" value=number(counts.set_aside)/>
            <Tile label="Rejected" value=number(counts.rejected) tone/>
        </div>
    }
}

/// One line a column: its name, what stands in it, what it holds.
fn columns(run: &Run, preview: &Preview) -> impl IntoView + use<> {
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
            let options = Field::of(kind)
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
    let questions = told::date_questions(&run.mapping);
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

fn reread(run: &Run) -> impl IntoView + use<> {
    let mut encodings: Vec<(String, String)> = ENCODINGS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    if !ENCODINGS.contains(&run.mapping.encoding.as_str()) {
        encodings.insert(0, (run.mapping.encoding.clone(), run.mapping.encoding.clone()));
    }
    const DELIMITERS: [(&str, &str); 4] = [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")];
    let between = DELIMITERS.iter().find(|(sign, _)| sign.starts_with(run.mapping.delimiter)).map_or("comma", |(_, word)| *word);
    let delimiter_options = DELIMITERS.iter().map(|(_, word)| ((*word).to_owned(), (*word).to_owned())).collect();
    let kinds = Kind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
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

fn running(run: &Run) -> impl IntoView + use<> {
    let waiting = run.state == State::Queued;
    let progress = match run.mapping.total {
        Some(total) => view! { <Progress label="Importing" done=run.row_count of=total noun="rows" tone=Tone::Live/> }.into_any(),
        None => view! { <p aria-live="polite"><progress aria-label="Importing"></progress> " " {count(run.row_count, "row", "rows")} " so far"</p> }.into_any(),
    };
    view! {
        <section class="card pad stack">
            {waiting.then(|| view! { <p>"The import starts as soon as the work before it is done."</p> })}
            {progress}
            {tiles(&run.counts())}
            <p class="dim">"This page comes again by itself. You can leave it; the import goes on."</p>
            <Form act="cancel"><Submit label="Cancel the import"/></Form>
            <p class="dim">"What it has brought by then stays; it can go on later, or be undone."</p>
        </section>
    }
}

fn ended(run: &Run, reasons: Vec<Reason>, repeated: i64) -> impl IntoView + use<> {
    let posts = (run.kind == Kind::Mentions && run.state != State::Undone && run.created + run.set_aside > 0).then(|| {
        let href = format!("/mentions?run={}", run.id);
        view! { <p><a href=href>"The posts that it brought"</a>", with those of voices that are set aside"</p> }
    });
    let say = match run.state {
        State::Failed => {
            let why = run.error.clone().unwrap_or_default();
            let further =
                if run.file_kept { " What was saved before is safe; it can go on from there." } else { " What was saved before is safe." };
            Some(view! { <Notice tone=Tone::Bad>"The import stopped: " {why} {further}</Notice> }.into_any())
        }
        State::Cancelled => {
            let of = run
                .mapping
                .total
                .filter(|_| run.started_at.is_some())
                .map(|total| format!(" after {} of {} rows", number(run.row_count), number(total)));
            Some(view! { <Notice>"The import was cancelled" {of} ". What it had brought by then stays."</Notice> }.into_any())
        }
        State::Discarded => Some(view! { <Notice>"The file was deleted before it was imported."</Notice> }.into_any()),
        State::Undone => Some(view! { <Notice>"The import was undone. The numbers say what it had brought."</Notice> }.into_any()),
        _ => None,
    };
    let none = reasons.is_empty();
    let taken_in = match (run.state, run.row_count) {
        (State::Finished | State::Undone, _) => "Every row was taken in",
        (_, 0) => "No row was read",
        _ => "Every row up to there was taken in",
    };
    let id = run.id;
    let rows = reasons
        .into_iter()
        .map(|Reason { outcome, column_name, reason, found, line }| {
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
    let again = (matches!(run.state, State::Failed | State::Cancelled) && run.file_kept)
        .then(|| view! { <Form act="retry"><Submit label="Go on with it" main=true/></Form> });
    let undo = (run.started_at.is_some() && run.state != State::Undone).then(|| {
        let brought = match run.kind {
            Kind::Mentions => {
                let repeated = match repeated {
                    0 => String::new(),
                    rows => format!(
                        " {} of other imports only repeated or filled in what this one brought: those posts go too. Import those files again afterwards to keep them.",
                        count(rows, "row", "rows")
                    ),
                };
                format!("Every post that it brought goes, and voices that have no other. Their assessments are made anew from what is left.{repeated}")
            }
            Kind::Customers => format!("All {} that it created go. Changes to others stay.", count(run.created, "customer", "customers")),
        };
        view! { <Confirm label="Undo this import" danger=true><p>{brought}</p><Form act="undo"><Submit label="Undo the import" danger=true/></Form></Confirm> }
    });
    let vendor = run.mapping.preset.map_or("no layout known by name", |found| found.preset.label());
    let facts = vec![
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
    ];
    view! {
        {say}
        {tiles(&run.counts())}
        {posts}
        {told::notes(run.notes())}
        {again}
        <section class="card">
            {none.then(|| view! { <Empty title=taken_in text="None was a duplicate, set aside or rejected."/> })}
            {(!none).then(|| view! {
                <table class="list">
                    <caption class="sr">"Rows that did not simply become new posts or customers"</caption>
                    <thead><tr><th scope="col">"Why"</th><th scope="col">"Column"</th><th scope="col">"Outcome"</th><th scope="col" class="n">"Rows"</th><th scope="col" class="n">"First line"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
        </section>
        <p><a href=format!("/imports/{}/rows", run.id)>"Every row of the file, as it stood"</a></p>
        <p><a href=format!("/imports/{}/rejected.csv", run.id) download="">"Rejected rows and rows set aside, as CSV to mend and import again"</a></p>
        <p><a href=format!("/imports/{}/rows.csv", run.id) download="">"Every row that was not simply taken in, with the row that it repeats, as CSV"</a></p>
        <section class="card pad"><DefList rows=facts/></section>
        {undo}
    }
}

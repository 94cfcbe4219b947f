//! Downloads of the listening pages: posts, voices, customers, imports, and the rows that an import left out.

use std::collections::HashMap;

use app::error::{Error, Result};
use app::export::Parts;
use app::ids::{ImportRunId, ProgramId};
use app::import::rows::LeftOutFile;
use app::program::{self, Program};
use app::ui::Cx;
use app::{author, customer, import, mention, movement, nomination, segment, topic, triage};
use axum::extract::{Extension, Path, Query};
use axum::response::Response;

use super::{csv, csv_in_parts, cut, getter};
use crate::render;

/// Rows of a list in its file at most; beyond that the file says that it was cut.
const CSV_MOST: i64 = 100_000;

type Asked = Query<HashMap<String, String>>;

fn answer(name: &str, file: Result<Vec<u8>>) -> Response {
    named(file.map(|bytes| (name.to_owned(), bytes)))
}

/// A file that says by its name whether it was cut.
fn named(file: Result<(String, Vec<u8>)>) -> Response {
    file.map_or_else(|error| render::plain(&error), |(name, bytes)| csv(&name, bytes))
}

fn in_parts<P: Parts + 'static>(name: &str, cx: &Cx, file: Result<P>) -> Response {
    file.map_or_else(|error| render::plain(&error), |parts| csv_in_parts(name, cx.db.clone(), parts))
}

/// The program of a list, as its page chooses it.
async fn program_of(tx: &mut app::db::Tx, query: &HashMap<String, String>) -> Result<Program> {
    let found = match getter(query)("program").and_then(|id| id.parse::<ProgramId>().ok()) {
        Some(id) => program::store::find(tx, id).await?,
        None => program::store::list(tx).await?.into_iter().next(),
    };
    found.ok_or(Error::NotFound)
}

/// GET /mentions.csv
pub async fn mentions(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    in_parts("posts.csv", &cx, list_mentions(&cx, &query).await)
}

async fn list_mentions(cx: &Cx, query: &HashMap<String, String>) -> Result<mention::list::PostsFile> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    readable(query, false)?;
    let wanted = mention::list::search(program.id, getter(query));
    mention::list::PostsFile::of(&mut tx, program.id, &wanted).await
}

/// Refuses days that cannot be read, instead of giving more than was asked for.
fn readable(query: &HashMap<String, String>, months: bool) -> Result<()> {
    app::ui::wrong_days(getter(query), months).map_or(Ok(()), |why| Err(Error::field("since", why)))
}

/// GET /listen/topics.csv
pub async fn topics(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    answer("topics.csv", list_topics(&cx, &query).await)
}

async fn list_topics(cx: &Cx, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let trend = topic::trend::of(&mut tx, program.id).await?;
    Ok(topic::list::csv(&topic::list::chosen(trend, getter(query))))
}

/// GET /voices.csv
pub async fn voices(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    named(list_voices(&cx, &query).await)
}

async fn list_voices(cx: &Cx, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = segment::list::search(program.id, getter(query));
    segment::list::may_see(&cx.actor, &wanted)?;
    let mut found = segment::store::rank(&mut tx, &wanted, CSV_MOST + 1, 0).await?;
    Ok((cut("voices", &mut found, CSV_MOST), segment::list::csv(&found)))
}

/// GET /aside.csv
pub async fn aside(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    named(list_aside(&cx, &query).await)
}

async fn list_aside(cx: &Cx, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = author::list::search(program.id, getter(query));
    let mut found = author::store::list_aside(&mut tx, &wanted, CSV_MOST + 1, 0).await?;
    Ok((cut("set-aside", &mut found, CSV_MOST), author::list::csv(&found)))
}

/// GET /movement.csv
pub async fn movement(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    named(list_movement(&cx, &query).await)
}

async fn list_movement(cx: &Cx, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    readable(query, true)?;
    let wanted = movement::page::search(program.id, getter(query));
    let mut found = movement::store::list(&mut tx, &wanted, CSV_MOST + 1, 0).await?;
    Ok((cut("movement", &mut found, CSV_MOST), movement::page::csv(&found)))
}

/// GET /triage.csv
pub async fn triage(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    answer("triage.csv", list_triage(&cx, &query).await)
}

async fn list_triage(cx: &Cx, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = triage::page::asked(program.id, &cx.actor, cx.now, getter(query))?;
    triage::download::csv(&mut tx, &wanted, cx.now).await
}

/// GET /nominations.csv
pub async fn nominations(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    answer("nominations.csv", list_nominations(&cx, &query).await)
}

async fn list_nominations(cx: &Cx, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    nomination::list::csv(&mut tx, program.id, nomination::list::asked(getter(query))).await
}

/// GET /customers.csv
pub async fn customers(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    named(list_customers(&cx, &query).await)
}

async fn list_customers(cx: &Cx, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = customer::page::search(program.id, getter(query));
    let mut found = customer::store::list(&mut tx, &wanted, CSV_MOST + 1, 0).await?;
    Ok((cut("customers", &mut found, CSV_MOST), customer::page::csv(&found)))
}

/// GET /imports.csv
pub async fn imports(Extension(cx): Extension<Cx>, Query(query): Asked) -> Response {
    named(list_imports(&cx, &query).await)
}

async fn list_imports(cx: &Cx, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let get = getter(query);
    let state = get("state").and_then(|word| word.parse().ok());
    let mut runs = import::store::list(&mut tx, program.id, &get("q").unwrap_or_default(), state, CSV_MOST + 1, 0).await?;
    Ok((cut("imports", &mut runs, CSV_MOST), import::list::csv(&runs)))
}

/// GET /imports/{id}/rejected.csv
pub async fn rejected(Extension(cx): Extension<Cx>, Path(id): Path<ImportRunId>) -> Response {
    let file = async { LeftOutFile::of_rejected(&mut cx.db.read().await?, &cx.actor, id).await };
    in_parts("rejected-rows.csv", &cx, file.await)
}

/// GET /imports/{id}/rows.csv
pub async fn left_out(Extension(cx): Extension<Cx>, Path(id): Path<ImportRunId>) -> Response {
    let file = async { LeftOutFile::of_all(&mut cx.db.read().await?, &cx.actor, id).await };
    in_parts("rows-left-out.csv", &cx, file.await)
}

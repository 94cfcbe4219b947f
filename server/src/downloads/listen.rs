//! Downloads of the listening pages: mentions, authors, customers, imports, and the rows that an import left out.

use std::collections::HashMap;

use app::access::page::PageContext;
use app::casework::{nomination, triage};
use app::db::Tx;
use app::kernel::error::{Error, Result};
use app::kernel::export::Parts;
use app::kernel::ids::{ImportRunId, ProgramId};
use app::listening::import::outcome::rows::SkippedRowsFile;
use app::listening::{author, customer, import, mention, segment, segment_change, topic};
use app::program::{self, Program};
use app::ui::wrong_days;
use axum::extract::{Extension, Path, Query};
use axum::response::Response;

use super::{ListQuery, csv, csv_in_parts, cut, getter};
use crate::http;

/// Rows of a list in its file at most; beyond that the file says that it was cut.
const MAX_CSV_ROWS: i64 = 100_000;

fn answer(name: &str, file: Result<Vec<u8>>) -> Response {
    named(file.map(|bytes| (name.to_owned(), bytes)))
}

/// A file that says by its name whether it was cut.
fn named(file: Result<(String, Vec<u8>)>) -> Response {
    file.map_or_else(|error| http::plain(&error), |(name, bytes)| csv(&name, bytes))
}

fn in_parts<P: Parts + 'static>(name: &str, cx: &PageContext, file: Result<P>) -> Response {
    file.map_or_else(|error| http::plain(&error), |parts| csv_in_parts(name, cx.db.clone(), parts))
}

/// The program of a list, as its page chooses it.
async fn program_of(tx: &mut Tx, query: &HashMap<String, String>) -> Result<Program> {
    let found = match getter(query)("program").and_then(|id| id.parse::<ProgramId>().ok()) {
        Some(id) => program::store::find(tx, id).await?,
        None => program::store::list(tx).await?.into_iter().next(),
    };
    found.ok_or(Error::NotFound)
}

/// GET /mentions.csv
pub async fn mentions(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    in_parts("mentions.csv", &cx, list_mentions(&cx, &query).await)
}

async fn list_mentions(cx: &PageContext, query: &HashMap<String, String>) -> Result<mention::list::MentionsFile> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    readable(query, false)?;
    let wanted = mention::list::search(program.id, getter(query));
    mention::list::MentionsFile::of(&mut tx, program.id, &wanted).await
}

/// Refuses days that cannot be read, instead of giving more than was asked for.
fn readable(query: &HashMap<String, String>, months: bool) -> Result<()> {
    wrong_days(getter(query), months).map_or(Ok(()), |why| Err(Error::field("since", why)))
}

/// GET /listen/topics.csv
pub async fn topics(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    answer("topics.csv", list_topics(&cx, &query).await)
}

async fn list_topics(cx: &PageContext, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let trend = topic::trend::of(&mut tx, program.id).await?;
    Ok(topic::list::csv(&topic::list::chosen(trend, getter(query))))
}

/// GET /authors.csv
pub async fn authors(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    named(list_authors(&cx, &query).await)
}

async fn list_authors(cx: &PageContext, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = author::list::search(program.id, getter(query));
    author::list::may_see(&cx.actor, &wanted)?;
    let mut found = segment::store::rank(&mut tx, &wanted, MAX_CSV_ROWS + 1, 0).await?;
    Ok((cut("authors", &mut found, MAX_CSV_ROWS), author::list::csv(&found)))
}

/// GET /excluded.csv
pub async fn excluded(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    named(list_excluded(&cx, &query).await)
}

async fn list_excluded(cx: &PageContext, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = author::excluded::search(program.id, getter(query));
    let mut found = author::store::list_excluded(&mut tx, &wanted, MAX_CSV_ROWS + 1, 0).await?;
    Ok((cut("excluded", &mut found, MAX_CSV_ROWS), author::excluded::csv(&found)))
}

/// GET /segment-changes.csv
pub async fn segment_changes(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    named(list_segment_changes(&cx, &query).await)
}

async fn list_segment_changes(cx: &PageContext, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    readable(query, true)?;
    let wanted = segment_change::page::search(program.id, getter(query));
    let mut found = segment_change::store::list(&mut tx, &wanted, MAX_CSV_ROWS + 1, 0).await?;
    Ok((cut("segment-changes", &mut found, MAX_CSV_ROWS), segment_change::page::csv(&found)))
}

/// GET /triage.csv
pub async fn triage(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    answer("triage.csv", list_triage(&cx, &query).await)
}

async fn list_triage(cx: &PageContext, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = triage::page::read_query(program.id, &cx.actor, cx.now, getter(query))?;
    triage::download::csv(&mut tx, &wanted, cx.now).await
}

/// GET /nominations.csv
pub async fn nominations(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    answer("nominations.csv", list_nominations(&cx, &query).await)
}

async fn list_nominations(cx: &PageContext, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    nomination::list::csv(&mut tx, program.id, nomination::list::read_state(getter(query))).await
}

/// GET /customers.csv
pub async fn customers(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    named(list_customers(&cx, &query).await)
}

async fn list_customers(cx: &PageContext, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let wanted = customer::page::search(program.id, getter(query));
    let mut found = customer::store::list(&mut tx, &wanted, MAX_CSV_ROWS + 1, 0).await?;
    Ok((cut("customers", &mut found, MAX_CSV_ROWS), customer::page::csv(&found)))
}

/// GET /imports.csv
pub async fn imports(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    named(list_imports(&cx, &query).await)
}

async fn list_imports(cx: &PageContext, query: &HashMap<String, String>) -> Result<(String, Vec<u8>)> {
    let mut tx = cx.db.read().await?;
    let program = program_of(&mut tx, query).await?;
    let get = getter(query);
    let state = get("state").and_then(|word| word.parse().ok());
    let mut runs = import::store::list(&mut tx, program.id, &get("q").unwrap_or_default(), state, MAX_CSV_ROWS + 1, 0).await?;
    Ok((cut("imports", &mut runs, MAX_CSV_ROWS), import::list::csv(&runs)))
}

/// GET /imports/{id}/rejected.csv
pub async fn rejected(Extension(cx): Extension<PageContext>, Path(id): Path<ImportRunId>) -> Response {
    let file = async { SkippedRowsFile::of_rejected(&mut cx.db.read().await?, &cx.actor, id).await };
    in_parts("rejected-rows.csv", &cx, file.await)
}

/// GET /imports/{id}/rows.csv
pub async fn skipped_rows(Extension(cx): Extension<PageContext>, Path(id): Path<ImportRunId>) -> Response {
    let file = async { SkippedRowsFile::of_all(&mut cx.db.read().await?, &cx.actor, id).await };
    in_parts("rows-left-out.csv", &cx, file.await)
}

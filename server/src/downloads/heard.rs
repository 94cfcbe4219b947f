//! The board of heard items as CSV.

use std::collections::HashMap;

use app::access::page::PageContext;
use app::follow_up::board;
use app::follow_up::board::list::{self, BoardQuery};
use app::kernel::error::Result;
use axum::extract::{Extension, Query};
use axum::response::Response;

use super::{csv, getter};
use crate::http;

/// GET /heard.csv
pub async fn board(Extension(cx): Extension<PageContext>, Query(query): Query<HashMap<String, String>>) -> Response {
    rows(&cx, &query).await.map_or_else(|error| http::plain(&error), |bytes| csv("what-we-heard.csv", bytes))
}

async fn rows(cx: &PageContext, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let choice = BoardQuery::read(getter(query));
    let mut tx = cx.db.read().await?;
    let lines = board::list(&mut tx, &cx.actor, cx.now).await?;
    Ok(list::csv(&choice.apply(lines)))
}

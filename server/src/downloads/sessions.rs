//! The list of sessions as CSV.

use std::collections::HashMap;

use app::access::page::PageContext;
use app::kernel::error::Result;
use app::panel_day::session::list::{self, SessionQuery};
use axum::extract::{Extension, Query};
use axum::response::Response;

use super::{ListQuery, csv, getter};
use crate::http;

/// GET /sessions.csv
pub async fn list(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    rows(&cx, &query).await.map_or_else(|error| http::plain(&error), |bytes| csv("sessions.csv", bytes))
}

async fn rows(cx: &PageContext, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let lines = list::lines(&mut tx, &cx.actor, cx.now).await?;
    Ok(list::csv(&SessionQuery::read(getter(query)).apply(lines)))
}

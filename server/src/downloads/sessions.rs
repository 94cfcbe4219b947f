//! The list of sessions as CSV.

use std::collections::HashMap;

use app::error::Result;
use app::session::list::{self, Choice};
use app::ui::Cx;
use axum::extract::{Extension, Query};
use axum::response::Response;

use super::{csv, getter};
use crate::render;

/// GET /sessions.csv
pub async fn list(Extension(cx): Extension<Cx>, Query(query): Query<HashMap<String, String>>) -> Response {
    rows(&cx, &query).await.map_or_else(|error| render::plain(&error), |bytes| csv("sessions.csv", bytes))
}

async fn rows(cx: &Cx, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let mut tx = cx.db.read().await?;
    let lines = list::lines(&mut tx, &cx.actor, cx.now).await?;
    Ok(list::csv(&Choice::read(getter(query)).apply(lines)))
}

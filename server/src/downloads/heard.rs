//! The board of heard items as CSV.

use std::collections::HashMap;

use app::error::Result;
use app::heard::list::{self, Choice};
use app::response::board;
use app::ui::Cx;
use axum::extract::{Extension, Query};
use axum::response::Response;

use super::{csv, getter};
use crate::render;

/// GET /heard.csv
pub async fn board(Extension(cx): Extension<Cx>, Query(query): Query<HashMap<String, String>>) -> Response {
    rows(&cx, &query).await.map_or_else(|error| render::plain(&error), |bytes| csv("what-we-heard.csv", bytes))
}

async fn rows(cx: &Cx, query: &HashMap<String, String>) -> Result<Vec<u8>> {
    let given = getter(query);
    let choice = Choice { search: given("q"), standing: given("standing"), topic: given("topic"), day: given("day"), sort: given("sort") };
    let mut tx = cx.db.read().await?;
    let lines = board::list(&mut tx, &cx.actor, cx.now).await?;
    Ok(list::csv(&choice.apply(lines)))
}

//! What leaves as a file: CSV of what a list shows, and calendars.

pub mod audit;
pub mod heard;
pub mod listen;
pub mod recruit;
pub mod report;
pub mod sessions;

use std::collections::HashMap;

use app::db::Db;
use app::kernel::error::Error;
use app::kernel::export::Parts;
use axum::body::Body;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

/// The query of a list.
pub(crate) type ListQuery = Query<HashMap<String, String>>;

/// The query of a list, as its page reads it: trimmed, empty is absent.
pub fn getter(query: &HashMap<String, String>) -> impl Fn(&str) -> Option<String> + '_ {
    |name| query.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A CSV file to save.
#[must_use]
pub fn csv(name: &str, bytes: Vec<u8>) -> Response {
    file(name, "text/csv; charset=utf-8", bytes)
}

/// A CSV file that is made while it is sent. Each part is read by itself, so that a slow reader holds nothing in the database.
#[must_use]
pub fn csv_in_parts(name: &str, db: Db, parts: impl Parts + 'static) -> Response {
    let body = stream::try_unfold((db, parts), async |(db, mut parts)| {
        let part = parts.next(&mut db.read().await?).await?;
        Ok::<_, Error>(part.map(|part| (part, (db, parts))))
    });
    let mut response = csv(name, Vec::new());
    *response.body_mut() = Body::from_stream(body);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// The name of a CSV file that holds so many rows at most: where it was cut, it says so. What is too much is taken off.
pub fn cut<T>(name: &str, rows: &mut Vec<T>, limit: i64) -> String {
    let kept = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= kept {
        return format!("{name}.csv");
    }
    rows.truncate(kept);
    format!("{name}-first-{limit}.csv")
}

/// A file to save. The name is ours: letters, digits, dashes, a dot.
#[must_use]
pub fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    (headers, bytes).into_response()
}

//! What leaves as a file: CSV of what a list shows, and calendars.

pub mod heard;
pub mod listen;
pub mod recruit;
pub mod report;
pub mod sessions;

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The query of a list, as its page reads it: trimmed, empty is absent.
pub fn getter(query: &HashMap<String, String>) -> impl Fn(&str) -> Option<String> + '_ {
    |name| query.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A CSV file to save.
#[must_use]
pub fn csv(name: &str, bytes: Vec<u8>) -> Response {
    file(name, "text/csv; charset=utf-8", bytes)
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

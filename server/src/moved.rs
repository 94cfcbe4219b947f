//! Addresses of the release before, which lead to today's for one release: bookmarks, links in emails that were sent, forms of pages that are
//! still open. Remove a line when the release after the one that moved it is out.

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use crate::AppState;

/// (old, new). A parameter in braces is carried over, and so is the query string.
pub const MOVED: &[(&str, &str)] = &[
    ("/voices", "/authors"),
    ("/voices.csv", "/authors.csv"),
    ("/voices/{id}", "/authors/{id}"),
    ("/voices/{id}/links", "/authors/{id}/identity-links"),
    ("/listen/shouts", "/listen/repeated-mentions"),
    ("/listen/movement", "/listen/segment-changes"),
    ("/movement.csv", "/segment-changes.csv"),
    ("/listen/aside", "/listen/excluded"),
    ("/aside.csv", "/excluded.csv"),
    ("/listen/objections", "/opt-outs"),
    ("/feeds", "/inbound"),
    ("/imports/{id}/look", "/imports/{id}/preview"),
    ("/trail/{start}/{id}", "/evidence-trail/{start}/{id}"),
    ("/outbox/{id}/letter", "/outbox/{id}/email"),
    ("/forgotten", "/device-forgotten"),
    ("/forget", "/forget-device"),
];

/// The old addresses. 308 keeps the method and what was sent, so that a form of a page that is still open arrives.
pub(crate) fn routes() -> Router<AppState> {
    MOVED.iter().fold(Router::new(), |router, (old, new)| router.route(old, any(move |uri: Uri| async move { moved(old, new, &uri) })))
}

fn moved(old: &str, new: &str, uri: &Uri) -> Response {
    let mut to = new.to_owned();
    for (name, value) in old.split('/').zip(uri.path().split('/')).filter(|(name, _)| name.starts_with('{')) {
        to = to.replace(name, value);
    }
    if let Some(query) = uri.query() {
        to = format!("{to}?{query}");
    }
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

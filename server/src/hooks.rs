//! POST /hooks/mentions: what a connected tool pushes. The signature is the door; there is no cookie and no account.

use app::clock::now;
use app::error::Error;
use app::feed::act::{Taken, take};
use app::feed::sign::Headers;
use app::ids::FeedId;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::AppState;

/// The largest delivery, in bytes.
pub const MOST: usize = 16 * 1024 * 1024;

/// Which feed pushes.
#[derive(Debug, serde::Deserialize)]
pub struct Asked {
    feed: FeedId,
}

/// POST /hooks/mentions?feed=ID
pub async fn mentions(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = match body {
        Ok(body) => body,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return said(StatusCode::PAYLOAD_TOO_LARGE, "A delivery may be 16 MB large. Please send fewer posts at once.");
        }
        Err(_) => return said(StatusCode::BAD_REQUEST, "The delivery broke off before it was complete."),
    };
    let Ok(Query(Asked { feed })) = asked else { return refused(&Error::NotFound) };
    let signed = Headers { id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    match take(&app.db, now(), &app.site.spool, feed, signed, &body).await {
        Ok(Taken { run, again }) => {
            let status = if again { StatusCode::OK } else { StatusCode::ACCEPTED };
            (status, Json(json!({ "import": run, "again": again }))).into_response()
        }
        Err(error) => refused(&error),
    }
}

fn refused(error: &Error) -> Response {
    if let Error::Internal(detail) = error {
        tracing::error!(detail, "a delivery failed");
    }
    let status = match error {
        // Who cannot sign is not let in; what is signed and makes no sense is another matter.
        Error::Invalid(fields) if fields.iter().any(|(field, _)| field.starts_with("webhook-")) => StatusCode::UNAUTHORIZED,
        other => StatusCode::from_u16(other.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    said(status, &error.message())
}

fn said(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "error": words }))).into_response()
}

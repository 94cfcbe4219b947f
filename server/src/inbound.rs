//! POST /inbound/mentions: what a connected tool pushes. The signature says who it is; there is no cookie and no account.

use app::kernel::clock::now;
use app::kernel::error::Error;
use app::kernel::ids::InboundIntegrationId;
use app::kernel::webhook_signature::SignatureHeaders;
use app::listening::inbound::act::{ReceivedDelivery, take};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::AppState;

/// The largest delivery, in bytes.
pub const MAX_DELIVERY_BYTES: usize = 16 * 1024 * 1024;

/// Which integration pushes. Tools that were connected before say `feed`.
#[derive(Debug, serde::Deserialize)]
pub struct InboundQuery {
    #[serde(alias = "feed")]
    integration: InboundIntegrationId,
}

/// POST /inbound/mentions?integration=ID
pub async fn mentions(
    State(app): State<AppState>,
    asked: Result<Query<InboundQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return json_error(StatusCode::PAYLOAD_TOO_LARGE, "This delivery is larger than 16 MB. Send fewer mentions at once.");
        }
        Err(_) => return json_error(StatusCode::BAD_REQUEST, "The delivery broke off before it was complete."),
    };
    let Ok(Query(InboundQuery { integration })) = asked else { return refusal(&Error::NotFound) };
    let signed =
        SignatureHeaders { id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    match take(&app.db, now(), &app.site.spool, integration, signed, &body).await {
        Ok(ReceivedDelivery { run, again }) => {
            let status = if again { StatusCode::OK } else { StatusCode::ACCEPTED };
            (status, Json(json!({ "import": run, "again": again }))).into_response()
        }
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &Error) -> Response {
    if let Error::Internal(detail) = error {
        tracing::error!(detail, "a delivery failed");
    }
    let status = match error {
        // Who cannot sign is not let in; what is signed and makes no sense is another matter.
        Error::Invalid(fields) if fields.iter().any(|(field, _)| field.starts_with("webhook-")) => StatusCode::UNAUTHORIZED,
        other => StatusCode::from_u16(other.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    json_error(status, &error.message())
}

fn json_error(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "error": words }))).into_response()
}

//! What every handler needs of HTTP: the fields of a form, a redirect with a message, an error as plain text.

use app::kernel::error::{Error, Result};
use app::ui::submission::Fields;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A form's body: URL-encoded or multipart without files, up to 1 MiB.
pub struct FormBody(pub Fields);

impl<S: Send + Sync> FromRequest<S> for FormBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if !multipart {
            let form = axum::Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            return Ok(Self(Fields(form.0)));
        }
        let mut parts = axum::extract::Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let name = part.name().unwrap_or_default().to_owned();
            fields.push((name, part.text().await.map_err(IntoResponse::into_response)?));
        }
        Ok(Self(Fields(fields)))
    }
}

/// A message for the page that a response leads to.
#[derive(Clone)]
pub(crate) struct FlashMessage(pub String);

/// 303 to a page of ours, with a message for it.
pub fn see_other(to: &str, message: Option<&str>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(message) = message {
        response.extensions_mut().insert(FlashMessage(message.to_owned()));
    }
    response
}

/// An error outside of any page: a download, an endpoint. Short text, the right status.
pub fn plain(error: &Error) -> Response {
    if let Error::Internal(detail) = error {
        tracing::error!(detail, "an endpoint failed");
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    (status, headers, error.message()).into_response()
}

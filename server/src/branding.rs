//! Uploading a logo, and showing it.

use app::access::page::PageContext;
use app::kernel::error::{Error, Result, blocking};
use app::kernel::ids::{IdAtRevision, ProgramId};
use app::program::branding::rules::MAX_LOGO_FILE_BYTES;
use app::program::branding::{act, store};
use app::ui::submission::Fields;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Extension, Multipart, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::{AppState, http, logo, render};

/// What an upload may have: a file that is a little too large is refused in words, a larger one by the connection.
pub const MAX_UPLOAD_BYTES: usize = 4 * MAX_LOGO_FILE_BYTES;

/// `POST /programs/{id}/branding/logo`: sets the logo.
pub async fn upload(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    Path(program): Path<ProgramId>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let page = format!("/programs/{program}/branding");
    match receive(&cx, program, parts).await {
        Ok(()) => http::see_other(&page, Some("Logo saved.")),
        Err(error) => {
            let uri = Uri::try_from(page).unwrap_or_default();
            render::refused(app, cx, uri, Fields(vec![("act".into(), "logo".into())]), error).await
        }
    }
}

async fn receive(cx: &PageContext, id: ProgramId, parts: Result<Multipart, MultipartRejection>) -> Result<()> {
    let unsent = || Error::field("file", "No file was uploaded. Choose a PNG or SVG file.");
    let mut parts = parts.map_err(|_| unsent())?;
    let (mut revision, mut file) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(|_| logo::too_large())? {
        match part.name() {
            Some("revision") => revision = part.text().await.ok().and_then(|text| text.parse().ok()),
            Some("file") => file = Some(part.bytes().await.map_err(|_| logo::too_large())?),
            _ => {}
        }
    }
    let file = file.filter(|file| !file.is_empty()).ok_or_else(unsent)?;
    let seen = IdAtRevision {
        id,
        revision: revision.ok_or_else(|| Error::field("file", "The form is incomplete. Reload the page and try again."))?,
    };
    let prepared = &blocking(move || logo::prepare(&file)).await?;
    cx.db.write(|tx, _| Box::pin(act::set_logo(tx, &cx.actor, cx.now, seen, prepared))).await
}

/// `GET /logos/{name}`: a logo as PNG. Its name is its hash, so it can be kept for ever.
pub async fn show(Extension(cx): Extension<PageContext>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let found = async {
        let hash = name.strip_suffix(".png").ok_or(Error::NotFound)?;
        let png = store::find_logo(&mut cx.db.read().await?, hash).await?.ok_or(Error::NotFound)?;
        Ok::<_, Error>((format!("\"{hash}\""), png))
    };
    let (tag, png) = match found.await {
        Ok(found) => found,
        Err(error) => return http::plain(&error),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { png.into_response() };
    let fixed = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

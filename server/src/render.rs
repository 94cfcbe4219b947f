//! Rendering a page, for GET and for a form that was refused.

use std::sync::Arc;

use app::access::account::Actor;
use app::access::page::PageContext;
use app::front::app::{has_island, shell};
use app::kernel::error::Error;
use app::program::shown::{ShownProgram, kept_in};
use app::ui::form::{ShownTo, unfolded};
use app::ui::submission::{FailedSubmission, Fields};
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use leptos::context::provide_context;
use leptos::nonce::use_nonce;
use leptos::prelude::expect_context;
use leptos_axum::{ResponseOptions, render_app_async_with_context};

use crate::AppState;
use crate::cookies::{Cookies, FLASH};

/// GET of any page.
pub async fn get(State(app): State<AppState>, Extension(cx): Extension<PageContext>, request: Request<Body>) -> Response {
    let (had_flash, cookies) = (cx.flash.is_some(), Cookies::of(&app.site));
    let mut response = document(app, cx, None, request).await;
    if had_flash {
        cookies.clear(&mut response, FLASH);
    }
    response
}

/// The page that a refused form came from, with what was typed and why it was refused.
pub async fn refused(app: AppState, mut cx: PageContext, uri: Uri, fields: Fields, error: Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Error::Internal(detail) = &error {
        tracing::error!(detail, path = uri.path(), "a form failed");
    }
    cx.flash = None;
    let request = Request::builder().uri(uri).body(Body::empty()).unwrap_or_default();
    let response = document(app, cx, Some(Arc::new(FailedSubmission::new(fields, error))), request).await;
    // Everything is open that a mistake is folded into.
    let mut response = edited(response, unfolded).await;
    // The page may itself refuse because the thing is gone: then its own status stands. What a role may not do at all is
    // said first, whatever it was asked of.
    if response.status().is_success() || status == StatusCode::FORBIDDEN {
        *response.status_mut() = status;
    }
    response
}

/// A page as it is for the current actor, with a message, for a form that belonged to another page. Nothing of what was typed is shown.
pub async fn instead(app: AppState, mut cx: PageContext, uri: Uri, error: &Error) -> Response {
    cx.flash = Some(cx.guest().map_or_else(|| error.message(), |locale| error.for_guest(locale)));
    let request = Request::builder().uri(uri).body(Body::empty()).unwrap_or_default();
    let mut response = document(app, cx, None, request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::CONFLICT);
    }
    response
}

async fn document(app: AppState, cx: PageContext, tried: Option<Arc<FailedSubmission>>, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let options = app.options;
    let plain = !has_island(&path);
    let shown = ShownProgram::default();
    let shown_by_page = shown.clone();
    let context = move || {
        provide_context(shown_by_page.clone());
        provide_context(cx.clone());
        provide_context(cx.locale);
        provide_context(ShownTo(match &cx.actor {
            Actor::Link { subject, .. } => Some(subject.to_string()),
            _ => None,
        }));
        if let Some(tried) = &tried {
            provide_context(tried.clone());
        }
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce)) {
            expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let mut response = render_app_async_with_context(context, move || shell(options.clone(), &path))(request).await.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    match (plain, shown.get()) {
        (false, None) => response,
        (_, program) => {
            edited(response, |page| {
                let page = if plain { without_scripts(page) } else { page };
                program.map_or_else(|| page.to_owned(), |program| kept_in(program, page))
            })
            .await
        }
    }
}

/// The response with its page changed, once that is finished.
async fn edited(response: Response, edit: impl FnOnce(&str) -> String) -> Response {
    let (head, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let body = match std::str::from_utf8(&bytes) {
        Ok(page) => Body::from(edit(page)),
        Err(_) => Body::from(bytes),
    };
    Response::from_parts(head, body)
}

/// Leptos ends every page with two scripts for resources that islands may wait for. A page without islands needs none.
fn without_scripts(page: &str) -> &str {
    const END: &str = "</html>";
    page.rfind(END).map_or(page, |at| &page[..at + END.len()])
}

/// Nothing but our own; scripts and styles only with this response's nonce, or from our own files.
fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}

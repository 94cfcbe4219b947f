//! The layer that applies the limits to every request.

use std::net::{IpAddr, SocketAddr};

use app::access::page::PageContext;
use app::kernel::error::Error;
use app::ui::submission::Fields;
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::limits::came_from;
use crate::{AppState, render};

/// Refuses an address that asks too often, with the page that was asked for and a message.
pub async fn limit(State(app): State<AppState>, Extension(cx): Extension<PageContext>, request: Request, next: Next) -> Response {
    let from = peer(&app, &request);
    let Some(limits) = &app.limits else { return next.run(request).await };
    if limits.allows(request.method(), request.uri().path(), from) {
        return next.run(request).await;
    }
    let page = if request.uri().path() == "/nominate" { "/nominate" } else { "/sign-in" };
    tracing::warn!(path = request.uri().path().split('/').nth(1), "too many requests from one address");
    render::refused(app, cx, page.parse().unwrap_or_default(), Fields::default(), Error::TooMany).await
}

fn peer(app: &AppState, request: &Request) -> IpAddr {
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(from)| from.ip());
    came_from(socket, request.headers(), &app.trusted_proxies)
}

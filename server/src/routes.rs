//! Every route that is not a page, and the layers around all of them.
//!
//! Pages are listed in `app::front::app::PAGES`, forms in `forms::FORMS`, everything else in `ENDPOINTS`: three lists that the
//! test of permissions walks. What is in none of them is not routed.

use std::path::Path as FilePath;
use std::time::Duration;

use app::access::account::Permission;
use app::access::page::{PageContext, Site};
use app::front::app::PAGES;
use axum::extract::{DefaultBodyLimit, Extension, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware::from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::downloads::{listen, recruit, report};
use crate::forms::{self, FORMS};
use crate::{AppState, auth, branding, downloads, http, inbound, live, mapping_preview, metrics, moved, rate_limit, render, upload};

/// Something that is neither page nor form: a download, a feed, a live stream.
pub struct Endpoint {
    pub method: &'static str,
    pub path: &'static str,
    /// The permission it asks for; none where the handler decides (links, health).
    pub permission: Option<Permission>,
    pub route: fn() -> MethodRouter<AppState>,
}

pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint { method: "POST", path: "/sign-in", permission: None, route: || post(auth::sign_in) },
    Endpoint { method: "POST", path: "/nominate", permission: None, route: || post(auth::nominate) },
    Endpoint { method: "POST", path: "/l/{token}", permission: None, route: || post(auth::enter) },
    Endpoint { method: "POST", path: "/sign-out", permission: None, route: || post(auth::sign_out) },
    Endpoint { method: "POST", path: "/forget-device", permission: None, route: || post(auth::end_visits) },
    Endpoint { method: "GET", path: "/heard.csv", permission: Some(Permission::SeeHeard), route: || get(downloads::heard::board) },
    Endpoint { method: "POST", path: "/imports", permission: Some(Permission::Import), route: || post(upload::import) },
    Endpoint {
        method: "POST",
        path: "/inbound/mentions",
        permission: None,
        route: || post(inbound::mentions).layer(DefaultBodyLimit::max(inbound::MAX_DELIVERY_BYTES)),
    },
    // Where tools that were set up before push to; few of them follow a redirect.
    Endpoint {
        method: "POST",
        path: "/hooks/mentions",
        permission: None,
        route: || post(inbound::mentions).layer(DefaultBodyLimit::max(inbound::MAX_DELIVERY_BYTES)),
    },
    Endpoint {
        method: "POST",
        path: "/programs/{id}/branding/logo",
        permission: Some(Permission::EditBranding),
        route: || post(branding::upload).layer(DefaultBodyLimit::max(branding::MAX_UPLOAD_BYTES)),
    },
    Endpoint { method: "GET", path: "/logos/{name}", permission: None, route: || get(branding::show) },
    Endpoint { method: "GET", path: "/imports.csv", permission: Some(Permission::Import), route: || get(listen::imports) },
    Endpoint {
        method: "GET",
        path: "/imports/{id}/preview",
        permission: Some(Permission::Import),
        route: || get(mapping_preview::preview),
    },
    Endpoint { method: "GET", path: "/imports/{id}/rejected.csv", permission: Some(Permission::Import), route: || get(listen::rejected) },
    Endpoint { method: "GET", path: "/imports/{id}/rows.csv", permission: Some(Permission::Import), route: || get(listen::skipped_rows) },
    Endpoint { method: "GET", path: "/mentions.csv", permission: Some(Permission::SeeListening), route: || get(listen::mentions) },
    Endpoint { method: "GET", path: "/listen/topics.csv", permission: Some(Permission::SeeListening), route: || get(listen::topics) },
    Endpoint { method: "GET", path: "/authors.csv", permission: Some(Permission::SeeListening), route: || get(listen::authors) },
    Endpoint { method: "GET", path: "/excluded.csv", permission: Some(Permission::SeeListening), route: || get(listen::excluded) },
    Endpoint {
        method: "GET",
        path: "/segment-changes.csv",
        permission: Some(Permission::SeeListening),
        route: || get(listen::segment_changes),
    },
    Endpoint { method: "GET", path: "/triage.csv", permission: Some(Permission::SeeTriage), route: || get(listen::triage) },
    Endpoint { method: "GET", path: "/nominations.csv", permission: Some(Permission::SeeNominations), route: || get(listen::nominations) },
    Endpoint { method: "GET", path: "/customers.csv", permission: Some(Permission::SeeCustomers), route: || get(listen::customers) },
    Endpoint { method: "GET", path: "/programs.csv", permission: Some(Permission::SeeProgram), route: || get(recruit::programs) },
    Endpoint { method: "GET", path: "/days.csv", permission: Some(Permission::SeeProgram), route: || get(recruit::days) },
    Endpoint {
        method: "GET",
        path: "/days/{id}/sessions.csv",
        permission: Some(Permission::SeeSchedule),
        route: || get(recruit::sessions),
    },
    Endpoint { method: "GET", path: "/days/{id}/agenda.ics", permission: Some(Permission::SeeSchedule), route: || get(recruit::agenda) },
    Endpoint { method: "GET", path: "/portal/agenda.ics", permission: Some(Permission::SeePortal), route: || get(recruit::own_agenda) },
    Endpoint {
        method: "GET",
        path: "/days/{id}/shortlist.csv",
        permission: Some(Permission::Shortlist),
        route: || get(recruit::shortlist),
    },
    Endpoint { method: "GET", path: "/days/{id}/people.csv", permission: Some(Permission::SeeRecruiting), route: || get(recruit::people) },
    Endpoint {
        method: "GET",
        path: "/days/{id}/invitations.csv",
        permission: Some(Permission::Invite),
        route: || get(recruit::invitations),
    },
    Endpoint { method: "GET", path: "/sessions.csv", permission: Some(Permission::SeeSchedule), route: || get(downloads::sessions::list) },
    Endpoint { method: "GET", path: "/sessions/{id}/notes", permission: Some(Permission::SeeNotes), route: || get(live::sheet) },
    Endpoint { method: "POST", path: "/sessions/{id}/notes", permission: Some(Permission::TakeNotes), route: || post(live::take) },
    Endpoint { method: "GET", path: "/sessions/{id}/notes.csv", permission: Some(Permission::SeeNotes), route: || get(live::csv) },
    Endpoint { method: "GET", path: "/sessions/{id}/events", permission: Some(Permission::SeeNotes), route: || get(live::events) },
    Endpoint { method: "GET", path: "/reports.csv", permission: Some(Permission::SeeReports), route: || get(report::list) },
    Endpoint { method: "GET", path: "/reports/{id}/pdf", permission: Some(Permission::SeeReports), route: || get(report::whole) },
    Endpoint {
        method: "GET",
        path: "/reports/{id}/copies/{panelist}/pdf",
        permission: Some(Permission::SeeReports),
        route: || get(report::copy),
    },
    Endpoint { method: "GET", path: "/portal/reports/{number}/pdf", permission: Some(Permission::SeePortal), route: || get(report::own) },
    Endpoint { method: "GET", path: "/share/{slug}/pdf", permission: None, route: || get(report::shared) },
    Endpoint { method: "GET", path: "/audit-log.csv", permission: Some(Permission::SeeAuditLog), route: || get(downloads::audit::log) },
    Endpoint { method: "GET", path: "/outbox.csv", permission: Some(Permission::SeeOutbox), route: || get(report::outbox) },
    Endpoint { method: "GET", path: "/outbox/{id}/email", permission: Some(Permission::SeeOutbox), route: || get(report::email_preview) },
    Endpoint { method: "POST", path: "/unsubscribe/{token}", permission: None, route: || post(report::unsubscribe) },
];

/// Endpoints that take files: as large as the settings allow, for as long as a slow line needs.
const UPLOADS: &[&str] = &["/imports"];

/// The whole server.
pub fn router(app: AppState) -> Router {
    // Leptos wants to know whose tasks it may spawn; a second call (tests build many routers) changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let mut router = Router::new();
    for (path, _) in PAGES {
        router = router.route(path, get(render::get));
    }
    for form in FORMS {
        router = router.route(
            form.path,
            post(move |state, cx, params, uri, headers, body| forms::submitted(form, state, cx, params, uri, headers, body)),
        );
    }
    let mut uploads = Router::new();
    for endpoint in ENDPOINTS {
        let route = (endpoint.route)();
        let route = match endpoint.permission {
            Some(permission) => route.layer(middleware::from_fn(move |cx, request, next| allow(permission, cx, request, next))),
            None => route,
        };
        if endpoint.method == "POST" && UPLOADS.contains(&endpoint.path) {
            uploads = uploads.route(endpoint.path, route);
        } else {
            router = router.route(endpoint.path, route);
        }
    }
    let root = FilePath::new(app.options.site_root.as_ref()).to_owned();
    let files = ServeDir::new(root).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    let router = guarded(router.fallback(render::get), &app, DefaultBodyLimit::max(1024 * 1024), Duration::from_secs(60));
    // An upload stops at its own limit, which the handler can say in words.
    let uploads = guarded(uploads, &app, DefaultBodyLimit::disable(), Duration::from_secs(2 * 3600));
    router
        .merge(uploads)
        .merge(moved::routes())
        .merge(assets(files))
        .layer(CompressionLayer::new())
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(middleware::map_response(async |mut response: Response| {
            metrics::advise_retry(&mut response);
            response
        }))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

/// Styles, scripts, fonts. Their names stay the same from version to version, so a browser asks each time whether it has the newest (by
/// `ETag`): an old script must never meet a new page.
fn assets(files: ServeDir) -> Router<AppState> {
    ["/pkg/{*file}", "/fonts/{*file}", "/favicon.svg", "/robots.txt"]
        .into_iter()
        .fold(Router::new(), |router, path| router.route_service(path, files.clone()))
        .layer(fixed(header::CACHE_CONTROL, "no-cache"))
}

/// A form counts as our own when the browser says so, or when it comes from the address that people use: behind a proxy that address is
/// not the `Host` that arrives here.
fn own_forms(site: &Site) -> CsrfLayer {
    let origin = url::Url::parse(&site.base_url).map(|url| url.origin().ascii_serialization());
    origin.ok().and_then(|origin| CsrfLayer::new().add_trusted_origin(origin).ok()).unwrap_or_default()
}

/// The layers before every route: who asks, how much may be sent, from where, and for how long.
fn guarded(router: Router<AppState>, app: &AppState, body: DefaultBodyLimit, deadline: Duration) -> Router<AppState> {
    router
        .layer(from_fn_with_state(app.clone(), rate_limit::limit))
        .layer(from_fn_with_state(app.clone(), auth::recognise))
        .layer(body)
        .layer(own_forms(&app.site))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, deadline))
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Refuses before an endpoint reads anything.
async fn allow(permission: Permission, Extension(cx): Extension<PageContext>, request: Request, next: Next) -> Response {
    match cx.actor.may(permission) {
        Ok(_) => next.run(request).await,
        Err(error) => http::plain(&error),
    }
}

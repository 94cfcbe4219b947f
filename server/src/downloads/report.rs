//! Reports as PDF and CSV, emails as they will be read, and ending reports by email.

use app::access::outbox::{self, list as emails};
use app::access::page::PageContext;
use app::follow_up::report::list::{ReportQuery, ReportRow, lines};
use app::follow_up::report::{ReportEdition, act, reader, store};
use app::front::guest;
use app::kernel::clock::csv_time;
use app::kernel::error::{Error, Result, blocking};
use app::kernel::export;
use app::kernel::ids::{OutboxId, PanelistId, ReportId};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;

use super::{ListQuery, csv, getter};
use crate::email::Links;
use crate::{AppState, email, http, logo};

/// `GET /reports/{id}/pdf`: the whole report, for staff.
pub async fn whole(State(app): State<AppState>, Extension(cx): Extension<PageContext>, Path(id): Path<ReportId>) -> Response {
    let found = async {
        let mut tx = cx.db.read().await?;
        let report = act::find(&mut tx, &cx.actor, id).await?;
        Ok(store::edition(&report, &store::list_copies(&mut tx, id).await?))
    };
    print(app, found.await).await
}

/// `GET /reports/{id}/copies/{panelist}/pdf`: one attendee's copy, as they get it.
pub async fn copy(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    Path((id, panelist)): Path<(ReportId, PanelistId)>,
) -> Response {
    let found = async {
        let mut tx = cx.db.read().await?;
        let report = act::find(&mut tx, &cx.actor, id).await?;
        let copies = store::list_copies(&mut tx, id).await?;
        if !copies.iter().any(|copy| copy.panelist_id == panelist) {
            return Err(Error::NotFound);
        }
        Ok(store::edition_for(&report, &copies, panelist))
    };
    print(app, found.await).await
}

/// `GET /portal/reports/{number}/pdf`: one's own copy.
pub async fn own(State(app): State<AppState>, Extension(cx): Extension<PageContext>, Path(number): Path<i64>) -> Response {
    let found = async {
        let (edition, unopened) = reader::own_copy(&mut cx.db.read().await?, &cx.actor, number).await?;
        if unopened {
            reader::note_opening(&cx.db, &cx.actor, cx.now, number);
        }
        Ok(edition)
    };
    print(app, found.await).await
}

/// `GET /share/{slug}/pdf`: the share-safe version.
pub async fn shared(State(app): State<AppState>, Extension(cx): Extension<PageContext>, Path(slug): Path<String>) -> Response {
    let found = async { act::shared(&mut cx.db.read().await?, &slug).await };
    print(app, found.await).await
}

/// Shown in the browser, saved under a name that says what it is.
async fn print(app: AppState, edition: Result<ReportEdition>) -> Response {
    let printed = async {
        let edition = edition?;
        let name = format!("report-{}-{}.pdf", edition.document.day.date, edition.document.number);
        let logo = guest::logo_of_day(&mut app.db.read().await?, edition.document.day.id).await?;
        let bytes = blocking(move || {
            let logo = logo.map(|png| logo::pixels(&png)).transpose()?;
            app.pdf_renderer()?.report(&edition, logo.as_ref())
        })
        .await?;
        Ok::<_, Error>((name, bytes))
    };
    match printed.await {
        Ok((name, bytes)) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
                headers.insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Err(error) => http::plain(&error),
    }
}

/// `GET /reports.csv`: the list as it is filtered.
pub async fn list(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    let found = async { lines(&mut cx.db.read().await?, &cx.actor).await };
    match found.await {
        Ok(lines) => {
            let rows = ReportQuery::read(getter(&query)).apply(lines).into_iter().map(|line| row(&line));
            csv(
                "reports.csv",
                export::csv(&["Report", "Panel day", "Date", "Items", "Finalised", "Status", "Copies", "Opened", "Answered"], rows),
            )
        }
        Err(error) => http::plain(&error),
    }
}

fn row(line: &ReportRow) -> Vec<String> {
    let document = &line.report.document;
    vec![
        document.number.to_string(),
        document.day.title.clone(),
        document.day.date.to_string(),
        document.items.len().to_string(),
        document.finalised_on.to_string(),
        line.state.label().to_owned(),
        line.copies.len().to_string(),
        line.count(|copy| copy.opened_at.is_some()).to_string(),
        line.count(|copy| copy.answers > 0).to_string(),
    ]
}

/// `GET /outbox.csv`: the list as it is filtered.
pub async fn outbox(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    let search = emails::choice(getter(&query));
    let found = async { outbox::store::list_lines(&mut cx.db.read().await?, &search, i64::MAX, 0).await };
    match found.await {
        Ok(found) => {
            let rows = found.into_iter().map(|queued| {
                vec![
                    queued.template.label().to_owned(),
                    queued.recipient_name,
                    queued.recipient,
                    queued.state.label().to_owned(),
                    queued.attempts.to_string(),
                    csv_time(queued.created_at, Tz::UTC),
                    queued.sent_at.map(|at| csv_time(at, Tz::UTC)).unwrap_or_default(),
                    queued.error.map(|why| why.to_string()).unwrap_or_default(),
                ]
            });
            csv("outbox.csv", export::csv(&["Email", "To", "Address", "Status", "Attempts", "Queued", "Sent", "Error"], rows))
        }
        Err(error) => http::plain(&error),
    }
}

/// `GET /outbox/{id}/email`: the email as its reader sees it, links made harmless. It is framed by the email's page, and
/// may carry the inline styles that emails need, but nothing that runs or loads.
pub async fn email_preview(Extension(cx): Extension<PageContext>, Path(id): Path<OutboxId>) -> Response {
    let written = async {
        let mut tx = cx.db.read().await?;
        let row = outbox::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        email::compose(&mut tx, cx.now, &cx.site.base_url, &row, Links::Hidden).await
    };
    match written.await {
        Ok(email) => {
            let mut response = axum::response::Html(email.html).into_response();
            let policy =
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            response
        }
        Err(error) => http::plain(&error),
    }
}

/// `POST /unsubscribe/{token}`: from the page's button, or from an email program's own (RFC 8058).
pub async fn unsubscribe(Extension(cx): Extension<PageContext>, Path(token): Path<String>) -> Response {
    match cx.db.write(|tx, _| Box::pin(reader::unsubscribe(tx, cx.now, &token))).await {
        Ok(()) => http::see_other(&format!("/unsubscribe/{token}"), None),
        Err(error) => http::plain(&error),
    }
}

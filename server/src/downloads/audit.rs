//! The audit log as CSV.

use app::access::audit::list::{AuditFile, search};
use app::access::page::PageContext;
use app::kernel::error::{Error, Result};
use app::ui::wrong_days;
use axum::extract::{Extension, Query};
use axum::response::Response;

use super::{ListQuery, csv_in_parts, getter};
use crate::http;

/// GET /audit-log.csv
pub async fn log(Extension(cx): Extension<PageContext>, Query(query): ListQuery) -> Response {
    let get = getter(&query);
    match found(&cx, get).await {
        Ok(file) => csv_in_parts("audit-log.csv", cx.db.clone(), file),
        Err(error) => http::plain(&error),
    }
}

async fn found(cx: &PageContext, get: impl Fn(&str) -> Option<String>) -> Result<AuditFile> {
    if let Some(why) = wrong_days(&get, false) {
        return Err(Error::conflict(why));
    }
    let wanted = search(get);
    AuditFile::of(&mut cx.db.read().await?, &cx.actor, wanted).await
}

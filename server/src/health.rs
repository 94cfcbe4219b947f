//! Two questions from outside: does the process run (`/healthz`), and can it do its work (`/readyz`)?

use std::path::PathBuf;
use std::time::Duration;

use app::db::Db;
use app::error::Error;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;

/// Longer than this is not ready.
const PATIENCE: Duration = Duration::from_secs(3);

/// The two routes. They ask for no cookie and are outside of every limit.
pub fn routes(db: Db, folder: PathBuf, stop: CancellationToken) -> Router {
    Router::new().route("/healthz", get(|| async { answer(StatusCode::OK, "up\n") })).route(
        "/readyz",
        get(move || async move {
            let checked = tokio::time::timeout(PATIENCE, check(&db, folder, &stop)).await;
            match checked {
                Ok(Ok(())) => answer(StatusCode::OK, "ready\n"),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "not ready");
                    answer(StatusCode::SERVICE_UNAVAILABLE, &format!("{}\n", error.message()))
                }
                Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n"),
            }
        }),
    )
}

/// The database answers at our schema, the disk takes a file, and nobody has asked the process to stop.
async fn check(db: &Db, folder: PathBuf, stop: &CancellationToken) -> Result<(), Error> {
    if stop.is_cancelled() {
        return Err(Error::Unavailable("The server is stopping.".into()));
    }
    db.check().await?;
    let file = folder.join(format!(".ready-{}", std::process::id()));
    let written = match tokio::fs::write(&file, b"ready").await {
        Ok(()) => tokio::fs::remove_file(&file).await,
        Err(error) => Err(error),
    };
    written.map_err(|error| Error::Unavailable(format!("The disk cannot be written: {error}")))
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.to_owned()).into_response()
}

//! Questions from outside: does the process run (`/healthz`), can it do its work (`/readyz`), and how is it (`/metrics`)?

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::db::Db;
use app::kernel::clock::{Time, now};
use app::kernel::error::Error;
use app::kernel::secret::fingerprint;
use axum::Router;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::jobs::Vitals;
use crate::metrics::{self, Requests};

/// Longer than this is not ready.
const TIMEOUT: Duration = Duration::from_secs(3);
/// A job loop that has not looked for work for so long does not work. While the database does not answer it looks each half a minute.
const MAX_SILENCE: chrono::Duration = chrono::Duration::seconds(90);

/// What is asked about.
#[derive(Clone)]
pub struct Health {
    pub db: Db,
    /// Where the server itself writes.
    pub folder: PathBuf,
    /// Cancelled as soon as the server was asked to stop, while it goes on answering for a while.
    pub stopping: CancellationToken,
    pub jobs: Arc<Vitals>,
    pub requests: Arc<Requests>,
    /// Opens `/metrics` from other machines.
    pub metrics_token: Option<String>,
}

/// The three routes. They ask for no cookie and are outside of every limit.
pub fn routes(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { answer(StatusCode::OK, "up\n") }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    match tokio::time::timeout(TIMEOUT, health.check(now())).await {
        Ok(Ok(())) => answer(StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, &format!("{}\n", error.message()))
        }
        Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "The database is not responding.\n"),
    }
}

impl Health {
    /// The database answers at our schema, the disk takes a file, the job loop looks for work, and nobody has asked the process to stop.
    async fn check(&self, now: Time) -> Result<(), Error> {
        if self.stopping.is_cancelled() {
            return Err(Error::unavailable("The server is stopping."));
        }
        self.db.check().await?;
        if self.jobs.last_beat().is_none_or(|beat| now - beat > MAX_SILENCE) {
            return Err(Error::unavailable("The job loop is not running."));
        }
        let file = self.folder.join(format!(".ready-{}", std::process::id()));
        let written = tokio::fs::write(&file, b"ready").await;
        // Where the disk is full the file may be there, and empty.
        let removed = tokio::fs::remove_file(&file).await;
        written.and(removed).map_err(|error| Error::unavailable(format!("The disk cannot be written: {error}")))
    }

    /// Whether this request may read the metrics: from this machine itself, not through a proxy on it, or with the token.
    fn admits(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        let given =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
        // Fingerprints, so that the time of comparing says nothing about the token.
        let by_token = self.metrics_token.as_deref().zip(given).is_some_and(|(token, given)| fingerprint(token) == fingerprint(given));
        let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        by_token || (!forwarded && peer.is_some_and(|peer| peer.ip().is_loopback()))
    }
}

async fn measured(State(health): State<Health>, peer: Option<Extension<ConnectInfo<SocketAddr>>>, headers: HeaderMap) -> Response {
    if !health.admits(peer.map(|Extension(ConnectInfo(peer))| peer), &headers) {
        return answer(StatusCode::FORBIDDEN, "Metrics are available on this machine only, or with the token of --metrics-token.\n");
    }
    match tokio::time::timeout(TIMEOUT, metrics::text(&health.db, &health.jobs, &health.requests, now())).await {
        Ok(text) => ([(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
            .into_response(),
        Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "The database is not responding.\n"),
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    let mut response =
        (status, [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.to_owned())
            .into_response();
    metrics::advise_retry(&mut response);
    response
}

#[cfg(test)]
mod tests {
    use app::testing::each_db;

    use super::*;

    fn health(db: Db) -> Health {
        Health {
            db,
            folder: std::env::temp_dir(),
            stopping: CancellationToken::new(),
            jobs: Arc::default(),
            requests: Arc::default(),
            metrics_token: Some("a token of many letters".into()),
        }
    }

    #[tokio::test]
    async fn a_server_is_ready_while_its_job_loop_beats_and_nobody_asked_it_to_stop() {
        each_db(|db| async move {
            let (health, at) = (health(db.clone()), now());
            let why = |error: Result<(), Error>| error.expect_err("not ready").message();
            assert!(why(health.check(at).await).contains("job loop"), "it has not begun");
            health.jobs.beat(at);
            health.check(at + MAX_SILENCE).await.expect("ready");
            assert!(why(health.check(at + MAX_SILENCE + chrono::Duration::seconds(1)).await).contains("job loop"));
            health.stopping.cancel();
            assert!(why(health.check(at).await).contains("stopping"));
            let response = ready(State(health.clone())).await;
            assert_eq!((response.status(), response.headers().get(header::RETRY_AFTER).is_some()), (StatusCode::SERVICE_UNAVAILABLE, true));
        })
        .await;
    }

    #[tokio::test]
    async fn a_server_whose_database_is_gone_is_not_ready() {
        each_db(|db| async move {
            let health = health(db.clone());
            health.jobs.beat(now());
            db.close().await;
            assert_eq!(ready(State(health)).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        })
        .await;
    }

    #[tokio::test]
    async fn metrics_are_given_to_this_machine_or_with_the_token() {
        each_db(|db| async move {
            let health = health(db.clone());
            let with = |name: &'static str, value: &'static str| {
                let mut headers = HeaderMap::new();
                headers.insert(name, axum::http::HeaderValue::from_static(value));
                headers
            };
            let (here, away) = (SocketAddr::from(([127, 0, 0, 1], 4000)), SocketAddr::from(([10, 0, 0, 7], 4000)));
            assert!(health.admits(Some(here), &HeaderMap::new()));
            assert!(!health.admits(Some(here), &with("x-forwarded-for", "10.0.0.7")), "a proxy asks for somebody else");
            assert!(!health.admits(Some(away), &HeaderMap::new()) && !health.admits(None, &HeaderMap::new()));
            assert!(!health.admits(Some(away), &with("authorization", "Bearer another token of letters")));
            assert!(health.admits(Some(away), &with("authorization", "Bearer a token of many letters")));
            let closed = Health { metrics_token: None, ..health };
            assert!(!closed.admits(Some(away), &with("authorization", "Bearer ")));
        })
        .await;
    }
}

//! Logs: one line per request and per failure, as text or JSON, without tokens of links and names of people.
//!
//! Each request has an id, taken from `X-Request-Id` or made here, and sent back, so that a person can quote it. Paths are
//! written without the tokens in them and without queries; email addresses in messages are masked; cookies are never logged.

use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use crate::settings::LogFormat;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Starts logging to standard error. `RUST_LOG` chooses levels; by default ours are `info`, everybody else's `warn`.
pub fn start(format: LogFormat) {
    let levels = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,app=info,server=info,weheard=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(levels).with_writer(RedactedLines::new);
    // A second start, in tests, keeps the first.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Gives every request an id and a line in the log.
pub fn around(router: Router) -> Router {
    router.layer(middleware::from_fn(request))
}

async fn request(mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .filter(|id| (8..=64).contains(&id.len()) && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'))
        .cloned()
        .unwrap_or_else(|| HeaderValue::from_str(&Uuid::now_v7().simple().to_string()).unwrap_or(HeaderValue::from_static("none")));
    let method = request.method().clone();
    let path = path(request.uri().path());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    async move {
        let began = Instant::now();
        let mut response = next.run(request).await;
        let (status, ms) = (response.status().as_u16(), began.elapsed().as_secs_f64() * 1000.0);
        let ms = (ms * 10.0).round() / 10.0;
        match status {
            500.. => tracing::error!(%method, path, status, ms, "answered"),
            // Health checks and files would drown the rest.
            _ if path == "/healthz" || path == "/readyz" || path.starts_with("/pkg/") => {
                tracing::debug!(%method, path, status, ms, "answered");
            }
            _ => tracing::info!(%method, path, status, ms, "answered"),
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

/// A path without the secret in it: what follows `/l/`, `/share/` and `/feed/`, and any long token.
#[must_use]
pub fn path(path: &str) -> String {
    let mut after_prefix = false;
    path.split('/')
        .map(|part| {
            let secret = after_prefix || (part.len() >= 32 && Uuid::parse_str(part).is_err());
            after_prefix = matches!(part, "l" | "share" | "feed");
            if secret && !part.is_empty() { "…" } else { part }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Text with email addresses and tokens masked.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in
        text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ',' | ';' | '(' | ')' | '=' | '&' | '?'))
    {
        let word = piece
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ',' | ';' | '(' | ')' | '=' | '&' | '?'));
        let rest = &piece[word.len()..];
        let is_address = word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !word.contains("://"));
        if is_address {
            out.push_str("[address]");
        } else if word.contains('/') {
            out.push_str(&without_password(&path(word)));
        } else if word.len() == 43 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
            out.push('…');
        } else {
            out.push_str(word);
        }
        out.push_str(rest);
    }
    out
}

fn without_password(word: &str) -> String {
    match (word.split_once("://"), word.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) if rest.contains('@') => format!("{scheme}://…@{host}"),
        _ => word.to_owned(),
    }
}

/// Standard error. Each line is redacted as a whole, so that no field of no crate is forgotten.
struct RedactedLines(std::io::Stderr);

impl RedactedLines {
    fn new() -> Self {
        Self(std::io::stderr())
    }
}

impl std::io::Write for RedactedLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().write_all(redact(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_addresses_do_not_reach_the_log() {
        let token = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF";
        assert_eq!(path(&format!("/l/{token}")), "/l/…");
        assert_eq!(path("/share/short-slug/report.pdf"), "/share/…/report.pdf");
        assert_eq!(path("/heard/0190b6c1-7d2e-7abc-8def-0123456789ab"), "/heard/0190b6c1-7d2e-7abc-8def-0123456789ab");
        assert_eq!(redact("email to ada@example.com failed (pia@example.org)"), "email to [address] failed ([address])");
        assert_eq!(redact(&format!("token={token}&x=1")), "token=…&x=1");
        assert_eq!(redact("cannot reach postgres://weheard:hunter2@db/x"), "cannot reach postgres://…@db/x");
        assert_eq!(redact(r#"{"message":"to ada@example.com","status":200}"#), r#"{"message":"to [address]","status":200}"#);
    }
}

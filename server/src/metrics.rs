//! `/metrics` in Prometheus' text format, written by hand.
//!
//! Most of what it says is counted in the database when it is asked; the rest is one counter and one histogram. The crates `metrics` and
//! `metrics-exporter-prometheus` would bring a global recorder, a registry and a task for that. No label holds anything about a person:
//! routes are written as the router knows them, without ids.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::access::{job, outbox};
use app::db::Db;
use app::kernel::clock::{Time, now};
use app::kernel::error::Result;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::jobs::Vitals;

/// The `Retry-After` of a 503 in seconds: the database is restarted, or somebody else is writing.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");
/// Upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

static PANICS: AtomicU64 = AtomicU64::new(0);
static STARTED: LazyLock<Time> = LazyLock::new(now);

/// Counts panics from now on, in requests, jobs and anywhere else; what was done about them before is done still.
pub fn count_panics() {
    LazyLock::force(&STARTED);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
}

/// Says when to come back, where a response says that it cannot be served now.
pub fn advise_retry(response: &mut Response) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
}

/// How often each route was asked, how it answered, and how long that took.
#[derive(Default)]
pub struct Requests(Mutex<BTreeMap<(String, &'static str), Route>>);

#[derive(Default)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    /// Requests up to each bound, and beyond the last one.
    by_duration: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

impl Requests {
    fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            _ => "other",
        };
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = routes.entry((route.to_owned(), method)).or_default();
        *counted.by_status.entry(status.as_u16()).or_default() += 1;
        let seconds = took.as_secs_f64();
        counted.by_duration[BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len())] += 1;
        counted.seconds += seconds;
    }
}

/// Counts every request under its route.
pub async fn observe(State(requests): State<Arc<Requests>>, request: Request, next: Next) -> Response {
    let (began, method) = (Instant::now(), request.method().clone());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    requests.count(&route, &method, response.status(), began.elapsed());
    response
}

/// All metrics. What the database does not answer is left out.
pub async fn text(db: &Db, jobs: &Vitals, requests: &Requests, now: Time) -> String {
    let mut out = String::new();
    if let Err(error) = stored(&mut out, db, now).await {
        tracing::warn!(%error, "metrics without what the database knows");
    }
    head(&mut out, "weheard_job_failures_total", "counter", "Attempts at jobs that failed in this process.");
    for (kind, count) in jobs.failures() {
        line(&mut out, "weheard_job_failures_total", &[("kind", kind.as_str())], count as f64);
    }
    if let Some(beat) = jobs.last_beat() {
        head(&mut out, "weheard_job_loop_silence_seconds", "gauge", "Seconds since the job loop looked for work.");
        line(&mut out, "weheard_job_loop_silence_seconds", &[], seconds(now - beat));
    }
    served(&mut out, requests);
    head(&mut out, "weheard_db_pool", "gauge", "Connections to the database.");
    for (pool, open, idle) in db.pools() {
        line(&mut out, "weheard_db_pool", &[("pool", pool), ("state", "open")], f64::from(open));
        line(&mut out, "weheard_db_pool", &[("pool", pool), ("state", "idle")], idle as f64);
    }
    head(&mut out, "weheard_panics_total", "counter", "Panics in this process.");
    line(&mut out, "weheard_panics_total", &[], PANICS.load(Ordering::Relaxed) as f64);
    process(&mut out);
    out
}

/// What is counted in the database.
async fn stored(out: &mut String, db: &Db, now: Time) -> Result<()> {
    let mut tx = db.read().await?;
    let (counts, oldest) = (job::store::count(&mut tx).await?, job::store::list_oldest_due(&mut tx, now).await?);
    let emails = outbox::store::count(&mut tx).await?;
    head(out, "weheard_jobs", "gauge", "Jobs by kind and state.");
    for (kind, state, count) in counts {
        line(out, "weheard_jobs", &[("kind", kind.as_str()), ("state", state.as_str())], count as f64);
    }
    head(out, "weheard_job_oldest_waiting_seconds", "gauge", "How long the longest due job of a kind has waited for a worker.");
    for (kind, oldest) in oldest {
        line(out, "weheard_job_oldest_waiting_seconds", &[("kind", kind.as_str())], seconds(now - oldest));
    }
    head(out, "weheard_outbox", "gauge", "Emails by state.");
    for (state, count) in emails {
        line(out, "weheard_outbox", &[("state", state.as_str())], count as f64);
    }
    Ok(())
}

fn served(out: &mut String, requests: &Requests) {
    let routes = requests.0.lock().unwrap_or_else(PoisonError::into_inner);
    head(out, "weheard_http_requests_total", "counter", "Requests by route, method and status.");
    for ((route, method), counted) in &*routes {
        for (status, count) in &counted.by_status {
            let labels = [("route", route.as_str()), ("method", method), ("status", &status.to_string())];
            line(out, "weheard_http_requests_total", &labels, *count as f64);
        }
    }
    let name = "weheard_http_request_duration_seconds";
    head(out, name, "histogram", "Time until the first byte of a response.");
    for ((route, method), counted) in &*routes {
        let labels = [("route", route.as_str()), ("method", *method)];
        let mut sum = 0;
        for (place, count) in counted.by_duration.iter().enumerate() {
            sum += count;
            let bound = BOUNDS.get(place).map_or_else(|| "+Inf".to_owned(), f64::to_string);
            line(out, &format!("{name}_bucket"), &[labels[0], labels[1], ("le", &bound)], sum as f64);
        }
        line(out, &format!("{name}_sum"), &labels, counted.seconds);
        line(out, &format!("{name}_count"), &labels, sum as f64);
    }
}

/// The process itself, by the names that every exporter uses. Memory and files where the system tells.
fn process(out: &mut String) {
    head(out, "weheard_build_info", "gauge", "The version that runs.");
    line(out, "weheard_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    head(out, "process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.");
    line(out, "process_start_time_seconds", &[], STARTED.timestamp() as f64);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    if let Some(kilobytes) = resident {
        head(out, "process_resident_memory_bytes", "gauge", "Memory in use.");
        line(out, "process_resident_memory_bytes", &[], kilobytes * 1024.0);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        head(out, "process_open_fds", "gauge", "Open files and connections.");
        line(out, "process_open_fds", &[], files.count() as f64);
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: f64) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(label, value)| format!("{label}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")))
        .collect();
    let _ = if labels.is_empty() { writeln!(out, "{name} {value}") } else { writeln!(out, "{name}{{{}}} {value}", labels.join(",")) };
}

fn seconds(span: chrono::Duration) -> f64 {
    span.num_milliseconds() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use app::access::account::Actor;
    use app::access::job::JobKind;
    use app::access::job::act::{JobRequest, enqueue};
    use app::testing::each_db;

    use super::*;

    #[tokio::test]
    async fn metrics_count_jobs_requests_and_email_without_naming_anybody() {
        each_db(|db| async move {
            let at = now();
            let mut tx = db.begin().await.expect("tx");
            for (kind, waited) in [(JobKind::Topics, 90), (JobKind::Topics, 30), (JobKind::Import, 5)] {
                let key = format!("wanda{waited}@example.com");
                enqueue(&mut tx, &Actor::System("test"), at - chrono::Duration::seconds(waited), JobRequest::new(kind, key))
                    .await
                    .expect("asked");
            }
            tx.commit().await.expect("commit");
            let requests = Requests::default();
            for (status, took) in [(StatusCode::OK, 3), (StatusCode::OK, 30), (StatusCode::NOT_FOUND, 20_000)] {
                requests.count("/heard/{id}", &Method::GET, status, Duration::from_millis(took));
            }
            let text = text(&db, &Vitals::default(), &requests, at).await;
            for expected in [
                "weheard_jobs{kind=\"topics\",state=\"waiting\"} 2\n",
                "weheard_job_oldest_waiting_seconds{kind=\"topics\"} 90\n",
                "weheard_job_oldest_waiting_seconds{kind=\"import\"} 5\n",
                "weheard_http_requests_total{route=\"/heard/{id}\",method=\"GET\",status=\"200\"} 2\n",
                "weheard_http_request_duration_seconds_bucket{route=\"/heard/{id}\",method=\"GET\",le=\"0.005\"} 1\n",
                "weheard_http_request_duration_seconds_bucket{route=\"/heard/{id}\",method=\"GET\",le=\"10\"} 2\n",
                "weheard_http_request_duration_seconds_bucket{route=\"/heard/{id}\",method=\"GET\",le=\"+Inf\"} 3\n",
                "weheard_http_request_duration_seconds_count{route=\"/heard/{id}\",method=\"GET\"} 3\n",
                "# TYPE weheard_panics_total counter\n",
                "weheard_build_info{version=",
            ] {
                assert!(text.contains(expected), "{expected} is missing in\n{text}");
            }
            assert!(!text.contains("wanda"));
        })
        .await;
    }
}

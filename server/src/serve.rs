//! `weheard serve`: from settings to a listening server, and to a quiet end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::access::page::Site;
use app::kernel::error::{Error, Result};
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::jobs::Jobs;
use crate::settings::Settings;
use crate::{AppState, health, logs, metrics, open, out, router};

/// Requests and jobs get this long to finish once the server no longer takes new ones.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// `Unavailable` when the database, the port or the page assets are not there.
pub async fn serve(settings: &Settings) -> Result<()> {
    logs::start(settings.log);
    let db = open::database(settings).await?;
    let _serving = db.hold_for_server().await?;
    check_site(&settings.site)?;
    let listener = listen(SocketAddr::new(settings.bind, settings.port)).await?;
    let spool = settings.spool();
    app::db::private::create_folder(&spool)
        .map_err(|error| Error::unavailable(format!("The folder {} cannot be created: {error}", spool.display())))?;
    if let Some(folder) = &settings.watch_folder {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::unavailable(format!("The watched folder {} cannot be created: {error}", folder.display())))?;
    }
    let site = Site {
        base_url: settings.base_url.clone(),
        sends_email: settings.smtp.is_some(),
        upload_limit: settings.upload_limit,
        spool: spool.clone(),
        watched: settings.watch_folder.clone(),
        webhook_networks: settings.webhook_networks.clone(),
    };
    let mut state = AppState::new(db.clone(), site, &settings.site.to_string_lossy());
    state.trusted_proxies = settings.trusted_proxies.as_slice().into();
    metrics::count_panics();
    let (stop, stopping) = (state.stop.clone(), CancellationToken::new());
    let jobs = Jobs::start(&db, settings, &spool, state.limits.clone(), &stopping)?;
    let health = Health {
        db: db.clone(),
        folder: settings.folder(),
        stopping: stopping.clone(),
        jobs: jobs.vitals(),
        requests: Arc::default(),
        metrics_token: settings.metrics_token.clone(),
    };
    let counted = from_fn_with_state(health.requests.clone(), metrics::observe);
    let app = logs::around(router(state).merge(health::routes(health)).layer(counted));

    announce(settings, &db).await?;
    tokio::spawn(wind_down(asked_to_stop(), asked_to_stop(), settings.grace, stopping, stop.clone()));
    let served = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let drained = tokio::select! {
        result = served.into_future() => result.map(|()| true).map_err(|error| Error::unavailable(error.to_string()))?,
        () = after(&stop, SHUTDOWN_TIMEOUT) => false,
    };
    stop.cancel();
    let finished = jobs.end(SHUTDOWN_TIMEOUT).await;
    if !(drained && finished) {
        tracing::warn!(drained, finished, "stopped before everything was done; what was saved is safe");
    }
    let _ = tokio::time::timeout(Duration::from_secs(3), db.close()).await;
    tracing::info!("stopped");
    Ok(())
}

/// Binds the port, with words for the two ways in which that usually fails.
async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => "Another program uses this port. Choose another with --port or PORT.",
            std::io::ErrorKind::PermissionDenied => "Ports below 1024 need special permissions. Choose another with --port or PORT.",
            _ => "Check --bind and --port.",
        };
        Error::unavailable(format!("Weheard cannot listen on {address}: {error}. {advice}"))
    })
}

/// Pages without their styles would look broken, so that is said at once.
fn check_site(site: &Path) -> Result<()> {
    if site.join("pkg").is_dir() {
        Ok(())
    } else {
        Err(Error::unavailable(format!(
            "{} does not hold the built styles and scripts. Run `make build`, or name the folder with --site.",
            site.display()
        )))
    }
}

/// Prints the address, and the sign-in links of a demo.
async fn announce(settings: &Settings, db: &app::db::Db) -> Result<()> {
    out::line(format!("Weheard listens on http://{}", SocketAddr::new(settings.bind, settings.port)));
    if settings.is_loopback() {
        for line in open::sign_in_links(db, &settings.base_url).await? {
            out::line(line);
        }
    } else if settings.base_url.starts_with("http://") {
        tracing::warn!("base_url is http: sign-in cookies travel unencrypted unless a proxy in front speaks https");
    }
    Ok(())
}

/// Stops in two steps, so that nobody is refused while others take over: when asked, `/readyz` says so and jobs stop, while requests are
/// answered for as long as `grace`; then no more connections are taken. Who asks again does not want to wait.
async fn wind_down(
    asked: impl Future<Output = ()>,
    asked_again: impl Future<Output = ()>,
    grace: Duration,
    stopping: CancellationToken,
    stop: CancellationToken,
) {
    asked.await;
    tracing::info!(grace = grace.as_secs(), "asked to stop: finishing what runs");
    stopping.cancel();
    tokio::select! {
        () = tokio::time::sleep(grace) => {}
        () = asked_again => {}
    }
    stop.cancel();
}

/// SIGTERM or SIGINT.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

async fn after(stop: &CancellationToken, deadline: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(deadline).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_is_asked_to_stop_says_so_and_goes_on_answering_for_its_grace() {
        let (stopping, stop) = (CancellationToken::new(), CancellationToken::new());
        let (asked, again) = (CancellationToken::new(), CancellationToken::new());
        let (first, second) = (asked.clone(), again.clone());
        let long = Duration::from_secs(3600);
        let winding = wind_down(
            async move { first.cancelled().await },
            async move { second.cancelled().await },
            long,
            stopping.clone(),
            stop.clone(),
        );
        let winding = tokio::spawn(winding);
        tokio::task::yield_now().await;
        assert!(!stopping.is_cancelled());
        asked.cancel();
        stopping.cancelled().await;
        assert!(!stop.is_cancelled(), "requests are answered still");
        again.cancel();
        winding.await.expect("ended");
        assert!(stop.is_cancelled());
    }

    #[tokio::test]
    async fn without_grace_a_server_stops_at_once() {
        let (stopping, stop) = (CancellationToken::new(), CancellationToken::new());
        wind_down(async {}, std::future::pending(), Duration::ZERO, stopping.clone(), stop.clone()).await;
        assert!(stopping.is_cancelled() && stop.is_cancelled());
    }
}

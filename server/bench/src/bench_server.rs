//! A running server over the demo, in this process, and beside it a bare axum route: the ceiling for pages.

use std::net::SocketAddr;
use std::path::Path;

use app::access::account::{self, Role};
use app::access::page::Site;
use app::db::Db;
use app::kernel::clock;
use app::kernel::secret::Secret;
use axum::Router;
use axum::routing::get;
use server::AppState;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::Outcome;

/// Where everything is.
pub struct BenchServer {
    pub db: Db,
    pub at: SocketAddr,
    pub bare: SocketAddr,
    /// An administrator's cookie.
    pub cookie: String,
    serving: [AbortHandle; 2],
}

impl BenchServer {
    /// Opens the demo database and serves it on a free port.
    pub async fn open(database: &str, site: &Path) -> Outcome<Self> {
        let db = Db::open(database, Secret::random(), &app::front::wiring::WIRING).await?;
        let mut tx = db.begin().await?;
        let accounts = account::store::list(&mut tx).await?;
        let administrator = accounts.iter().find(|account| account.role == Role::Administrator).ok_or("the demo has no administrator")?;
        let token = account::act::sign_in(&mut tx, clock::now(), administrator.id, "bench").await?;
        tx.commit().await?;

        let about = Site {
            base_url: "http://127.0.0.1".into(),
            sends_email: false,
            upload_limit: 1 << 30,
            spool: std::env::temp_dir(),
            watched: None,
            webhook_networks: Default::default(),
        };
        let mut state = AppState::new(db.clone(), about, &site.display().to_string());
        state.limits = None;
        let (at, pages) = serve(server::router(state)).await?;
        let (bare, nothing) = serve(Router::new().route("/", get(|| async { "heard" }))).await?;
        Ok(Self { db, at, bare, cookie: format!("weheard_signed_in={token}"), serving: [pages, nothing] })
    }

    /// Serves no longer, and lets go of what the database remembers.
    pub async fn close(self) {
        self.serving.iter().for_each(AbortHandle::abort);
        self.db.close().await;
    }
}

async fn serve(router: Router) -> Outcome<(SocketAddr, AbortHandle)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let at = listener.local_addr()?;
    let serving = tokio::spawn(async move { axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await });
    Ok((at, serving.abort_handle()))
}

//! What every handler shares.

use std::sync::Arc;

use app::db::Db;
use app::ui::Site;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use tokio_util::sync::CancellationToken;

use crate::live::Hub;

/// The running server.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub site: Arc<Site>,
    /// Where the page assets were built to: `pkg/`, `fonts/`, what was in `public/`.
    pub options: LeptosOptions,
    /// Cancelled when the server is asked to stop: live streams end, jobs finish what they hold.
    pub stop: CancellationToken,
    /// Who has which session open.
    pub live: Hub,
    /// Turned off in tests that sign in a hundred times from one address.
    pub limit_rates: bool,
}

impl AppState {
    /// A server over `db`, with assets in `site_root`.
    #[must_use]
    pub fn new(db: Db, site: Site, site_root: &str) -> Self {
        let options = LeptosOptions::builder().output_name("weheard").site_root(site_root.to_owned()).build();
        Self { db, site: Arc::new(site), options, stop: CancellationToken::new(), live: Hub::default(), limit_rates: true }
    }
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

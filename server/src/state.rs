//! What every handler shares.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use app::db::Db;
use app::error::Result;
use app::ui::Site;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use tokio_util::sync::CancellationToken;

use crate::limits::{self, Limits};
use crate::live::Hub;
use crate::pdf::Press;

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
    press: Arc<OnceLock<Press>>,
    /// How often one address may knock; none in tests that sign in a hundred times.
    pub limits: Option<Arc<Limits>>,
    /// Proxies of one's own: what they put into `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpAddr]>,
}

impl AppState {
    /// A server over `db`, with assets in `site_root`.
    #[must_use]
    pub fn new(db: Db, site: Site, site_root: &str) -> Self {
        let options = LeptosOptions::builder().output_name("weheard").site_root(site_root.to_owned()).build();
        let stop = CancellationToken::new();
        Self {
            db,
            site: Arc::new(site),
            options,
            stop,
            live: Hub::default(),
            press: Arc::default(),
            limits: limits::for_people(),
            trusted_proxies: Arc::default(),
        }
    }

    /// What prints reports. Its fonts are read when the first report is printed.
    ///
    /// # Errors
    /// `Unavailable` when the fonts are not where the site was built to.
    pub fn press(&self) -> Result<&Press> {
        if let Some(press) = self.press.get() {
            return Ok(press);
        }
        let press = Press::open(&Path::new(self.options.site_root.as_ref()).join("fonts"))?;
        Ok(self.press.get_or_init(|| press))
    }
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

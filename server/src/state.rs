//! What every handler shares.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use app::access::page::Site;
use app::db::Db;
use app::kernel::error::Result;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use tokio_util::sync::CancellationToken;

use crate::limits::{self, RateLimits};
use crate::pdf::PdfRenderer;
use crate::presence::PresenceHub;

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
    pub live: PresenceHub,
    pdf_renderer: Arc<OnceLock<PdfRenderer>>,
    /// How often one address may try; none in tests that sign in a hundred times.
    pub limits: Option<Arc<RateLimits>>,
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
            live: PresenceHub::default(),
            pdf_renderer: Arc::default(),
            limits: limits::for_people(),
            trusted_proxies: Arc::default(),
        }
    }

    /// What prints reports. Its fonts are read when the first report is printed.
    ///
    /// # Errors
    /// `Unavailable` when the fonts are not where the site was built to.
    pub fn pdf_renderer(&self) -> Result<&PdfRenderer> {
        if let Some(pdf_renderer) = self.pdf_renderer.get() {
            return Ok(pdf_renderer);
        }
        let pdf_renderer = PdfRenderer::open(&Path::new(self.options.site_root.as_ref()).join("fonts"))?;
        Ok(self.pdf_renderer.get_or_init(|| pdf_renderer))
    }
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

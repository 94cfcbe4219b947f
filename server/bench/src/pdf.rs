//! Fifteen personal reports as PDF.

use std::path::Path;
use std::time::Instant;

use app::db::Db;
use app::follow_up::report;
use app::kernel::secret::Secret;
use server::pdf::PdfRenderer;

use crate::table::BenchTable;
use crate::{Outcome, milliseconds};

/// Prints the copies of the demo's newest report, round and round, until there are fifteen.
pub async fn bench(database: &str, site: &Path) -> Outcome<()> {
    let db = Db::open(database, Secret::random(), &app::front::wiring::WIRING).await?;
    let mut tx = db.read().await?;
    let newest = report::store::list(&mut tx, None).await?.into_iter().next().ok_or("the demo has no report")?;
    let copies = report::store::list_copies(&mut tx, newest.id).await?;
    drop(tx);
    if copies.is_empty() {
        return Err("the demo's report has no copies".into());
    }
    let opened = Instant::now();
    let pdf_renderer = PdfRenderer::open(&site.join("fonts"))?;
    let opening = opened.elapsed();
    let began = Instant::now();
    let mut bytes = 0;
    for copy in copies.iter().cycle().take(15) {
        bytes += pdf_renderer.report(&report::store::edition_for(&newest, &copies, copy.panelist_id), None)?.len();
    }
    let mut table = BenchTable::new("Fifteen personal PDFs (aim: 1 s)", &["what", "time", "each"]);
    table.row(&["fonts are read, once".into(), milliseconds(opening), String::new()]);
    table.row(&["15 reports".into(), milliseconds(began.elapsed()), format!("{:.0} KB", bytes as f64 / 15.0 / 1024.0)]);
    table.print();
    Ok(())
}

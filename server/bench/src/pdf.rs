//! Fifteen personal reports as PDF.

use std::path::Path;
use std::time::Instant;

use app::db::Db;
use app::report;
use app::secret::Secret;
use server::pdf::Press;

use crate::table::Table;
use crate::{Outcome, milliseconds};

/// Prints the copies of the demo's newest report, round and round, until there are fifteen.
pub async fn bench(database: &str, site: &Path) -> Outcome<()> {
    let db = Db::open(database, Secret::random()).await?;
    let mut tx = db.read().await?;
    let newest = report::store::list(&mut tx, None).await?.into_iter().next().ok_or("the demo has no report")?;
    let copies = report::store::list_copies(&mut tx, newest.id).await?;
    drop(tx);
    if copies.is_empty() {
        return Err("the demo's report has no copies".into());
    }
    let opened = Instant::now();
    let press = Press::open(&site.join("fonts"))?;
    let opening = opened.elapsed();
    let began = Instant::now();
    let mut bytes = 0;
    for copy in copies.iter().cycle().take(15) {
        bytes += press.report(&report::store::edition_for(&newest, &copies, copy.panelist_id))?.len();
    }
    let mut table = Table::new("Fifteen personal PDFs (aim: 1 s)", &["what", "time", "each"]);
    table.row(&["fonts are read, once".into(), milliseconds(opening), String::new()]);
    table.row(&["15 reports".into(), milliseconds(began.elapsed()), format!("{:.0} KB", bytes as f64 / 15.0 / 1024.0)]);
    table.print();
    Ok(())
}

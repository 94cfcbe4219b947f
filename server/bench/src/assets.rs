//! What a browser has to load, as sent: in brotli, beside its ceiling.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::table::BenchTable;

/// The files that a page loads, each with its ceiling in bytes of brotli. A journey holds the style sheet to the same figure (`end2end/pages.test.mjs`).
const FILES: [(&str, Option<u64>); 3] = [("weheard_bg.wasm", Some(150 * KB)), ("weheard.js", None), ("weheard.css", Some(14 * KB))];

const KB: u64 = 1024;

/// Sizes of the built assets, plain and as compressed beside them.
pub fn bench(site: &Path) -> Outcome<()> {
    let mut table = BenchTable::new("Assets as sent (a browser gets brotli)", &["file", "plain", "gzip", "brotli", "ceiling"]);
    for (name, ceiling) in FILES {
        let size = |ending: &str| fs::metadata(site.join("pkg").join(format!("{name}{ending}"))).ok().map(|file| file.len());
        let shown = |size: Option<u64>| size.map_or_else(|| "none".to_owned(), |bytes| format!("{:.1} KB", bytes as f64 / KB as f64));
        let (sent, mut limit) = (size(".br"), ceiling.map_or_else(String::new, |bytes| format!("{} KB", bytes / KB)));
        if ceiling.zip(sent).is_some_and(|(ceiling, sent)| sent > ceiling) {
            limit.push_str(" exceeded");
        }
        table.row(&[name.to_owned(), shown(size("")), shown(size(".gz")), shown(sent), limit]);
    }
    table.print();
    Ok(())
}

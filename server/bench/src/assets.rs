//! What a browser has to load, as sent.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::table::BenchTable;

/// Sizes of the built assets, plain and as compressed beside them.
pub fn bench(site: &Path) -> Outcome<()> {
    let mut table = BenchTable::new("Assets as sent (aim: wasm at most 150 KB in brotli)", &["file", "plain", "gzip", "brotli"]);
    for name in ["weheard_bg.wasm", "weheard.js", "weheard.css"] {
        let size = |ending: &str| {
            let bytes = fs::metadata(site.join("pkg").join(format!("{name}{ending}"))).map(|file| file.len());
            bytes.map_or_else(|_| "none".to_owned(), |bytes| format!("{:.1} KB", bytes as f64 / 1024.0))
        };
        table.row(&[name.to_owned(), size(""), size(".gz"), size(".br")]);
    }
    table.print();
    Ok(())
}

//! `make bench`: how fast Weheard is, each number beside a ceiling that was measured in the same run.
//!
//! Printed as tables, asserted nowhere: a slow machine is no defect. DATABASE_URL names a demo database (scripts/bench
//! makes one), WEHEARD_SITE the built assets, WEHEARD_DATA the real listening data where it is at hand.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod assets;
mod bench_server;
mod import;
mod live;
mod load;
mod meanwhile;
mod pages;
mod pdf;
mod shortlist;
mod table;
mod writer;
mod years;

use std::error::Error;
use std::path::PathBuf;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What any part of the bench may fail with: it ends the run, with the reason.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let site = PathBuf::from(std::env::var("WEHEARD_SITE").unwrap_or_else(|_| "target/site".into()));
    let database = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL names no demo database: run scripts/bench")?;
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);

    if wants("import") {
        import::bench().await?;
    }
    if wants("years") {
        years::bench(&site).await?;
    }
    if wants("shortlist") {
        shortlist::bench().await?;
    }
    if wants("pages") || wants("live") || wants("writer") || wants("meanwhile") {
        let server = bench_server::BenchServer::open(&database, &site).await?;
        if wants("pages") {
            pages::bench(&server).await?;
        }
        if wants("live") {
            live::bench(&server).await?;
        }
        if wants("writer") {
            writer::bench(&server).await?;
        }
        if wants("meanwhile") {
            meanwhile::bench(&server).await?;
        }
    }
    if wants("pdf") {
        pdf::bench(&database, &site).await?;
    }
    if wants("assets") {
        assets::bench(&site)?;
    }
    Ok(())
}

/// A time as a person reads it.
pub fn milliseconds(time: std::time::Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// A folder that goes when the bench is done with it.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A new empty folder.
    pub fn new() -> Outcome<Self> {
        let path = std::env::temp_dir().join(format!("weheard-bench-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// The address of a SQLite database in it.
    pub fn database(&self, name: &str) -> String {
        format!("sqlite:{}", self.0.join(name).display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

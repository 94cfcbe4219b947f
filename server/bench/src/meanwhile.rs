//! What a panel day notices of an import that runs beside it: pages are asked for and notes are taken, one after the other, while
//! nothing else happens and while a year of mentions comes in.

use std::time::{Duration, Instant};

use app::access::account::Actor;
use app::listening::import::import_file::{ImportOptions, import_file};

use crate::bench_server::BenchServer;
use crate::import::real_file;
use crate::live::Screen;
use crate::load::{Client, quantile, request};
use crate::table::BenchTable;
use crate::{Outcome, Scratch, milliseconds, years};

const ROWS: usize = 100_000;
const ASKED: usize = 200;
/// As somebody reads before the next click.
const PAUSE: Duration = Duration::from_millis(10);
const PAGES: &[&str] = &["/", "/heard", "/listen", "/mentions"];

pub async fn bench(server: &BenchServer) -> Outcome<()> {
    let Some(file) = real_file() else {
        println!("An import to run beside pages is resampled from a real export; WEHEARD_DATA names none.\n");
        return Ok(());
    };
    let mut table =
        BenchTable::new("While an import runs in the same process (aim: p99 50 ms)", &["meanwhile", "asked", "p50", "p99", "slowest"]);
    let mut screen = Screen::open(server).await?;
    ask(server, &mut screen, &mut table, "nothing", |asked| asked < ASKED).await?;

    let scratch = Scratch::new()?;
    let export = scratch.0.join("years.csv");
    years::resample(&file, &export, ROWS)?;
    let db = server.db.clone();
    let began = Instant::now();
    let import = tokio::spawn(async move { import_file(&db, &Actor::System("bench"), &export, ImportOptions::default()).await });
    ask(server, &mut screen, &mut table, "an import", |_| !import.is_finished()).await?;
    let summary = import.await??;
    table.print();
    println!("{} rows came in meanwhile, {:.0} a second.\n", summary.counts.rows, ROWS as f64 / began.elapsed().as_secs_f64());
    Ok(())
}

/// Asks for each page in turn and takes a note, as long as `on` says so of how often that was.
async fn ask(
    server: &BenchServer,
    screen: &mut Screen,
    table: &mut BenchTable,
    meanwhile: &str,
    on: impl Fn(usize) -> bool,
) -> Outcome<()> {
    let mut client = Client::connect(server.at).await?;
    let requests: Vec<String> = PAGES.iter().map(|path| request(server.at, path, &server.cookie)).collect();
    let (mut pages, mut notes) = (vec![Vec::new(); PAGES.len()], Vec::new());
    while on(notes.len()) {
        for (request, times) in requests.iter().zip(&mut pages) {
            let began = Instant::now();
            client.ask(request).await?;
            times.push(began.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        notes.push(screen.note(server).await?);
        tokio::time::sleep(PAUSE).await;
    }
    for (name, mut times) in PAGES.iter().copied().zip(pages).chain([("a note, to the other screen", notes)]) {
        times.sort_unstable();
        table.row(&[
            format!("{name}, beside {meanwhile}"),
            times.len().to_string(),
            milliseconds(quantile(&times, 0.5)),
            milliseconds(quantile(&times, 0.99)),
            milliseconds(times.last().copied().unwrap_or_default()),
        ]);
    }
    Ok(())
}

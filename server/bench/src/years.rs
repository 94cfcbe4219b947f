//! Years of listening: mentions resampled from a real export, imported with everything on, and what pages take afterwards.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use app::access::account::act::{Profile, add};
use app::access::account::{Actor, Role};
use app::db::Db;
use app::kernel::clock;
use app::kernel::secret::Secret;
use app::listening::import::import_file::{ImportOptions, import_file};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::bench_server::BenchServer;
use crate::import::{BenchRow, insert, open, real_file};
use crate::load::{Client, quantile, request};
use crate::table::BenchTable;
use crate::{Outcome, Scratch, milliseconds};

/// Two years of days.
const DAYS: i64 = 730;
/// Mentions of one author, as in the real export.
const MENTIONS_EACH: usize = 10;
const ASKED: usize = 20;

/// Pages over years of listening.
const PAGES: &[(&str, &str)] = &[
    ("listening", "/listen?days=90"),
    ("candidates", "/authors?segment=ranter"),
    ("search, a word", "/mentions?q=battery"),
    ("search, a phrase", "/mentions?q=%22customer+service%22+-monitor"),
    ("mentions", "/mentions"),
    ("topics", "/listen/topics"),
    ("segment changes", "/listen/segment-changes"),
];

/// Imports years of different sizes, and asks the pages of listening.
pub async fn bench(site: &Path) -> Outcome<()> {
    let Some(file) = real_file() else {
        println!("Years of listening are resampled from a real export; WEHEARD_DATA names none.\n");
        return Ok(());
    };
    let sizes = std::env::var("BENCH_ROWS").unwrap_or_else(|_| "25000 250000".into());
    let sizes: Vec<usize> = sizes.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let postgres = std::env::var("BENCH_POSTGRES_URL").ok();
    let mut imports = BenchTable::new(
        "Years imported with everything on (aims: 60,000 rows/s on SQLite and 40,000 on PostgreSQL; under 300 MB; time a row grows at most 1.5 times)",
        &["database", "mentions", "seconds", "rows/s", "of plain inserts", "of Python", "memory", "time a row"],
    );
    let mut pages = BenchTable::new(
        "Pages over them, first visit to last (aims at ten million: listening 50 ms, candidates 20 ms, search 100 ms)",
        &["database", "mentions", "page", "p50", "p99"],
    );
    let mut first: [Option<f64>; 2] = [None, None];
    for rows in sizes {
        let scratch = Scratch::new()?;
        let export = scratch.0.join("years.csv");
        resample(&file, &export, rows)?;
        let mut databases = vec![("SQLite", scratch.database("years.db"))];
        if let Some(server) = &postgres {
            databases.push(("PostgreSQL", new_database(server).await?));
        }
        for ((name, url), first) in databases.into_iter().zip(&mut first) {
            forget_peak();
            let took = import(&url, &export, rows).await?;
            let memory = peak();
            let each = took.as_secs_f64() / rows as f64;
            let grown = each / *first.get_or_insert(each);
            let (of_plain, of_python) = match name {
                "SQLite" => (Some(plain(&scratch, &url).await? * rows as f64 / took.as_secs_f64()), python(&export)),
                _ => (None, None),
            };
            let known = |text: Option<String>| text.unwrap_or_else(|| "–".into());
            imports.row(&[
                name.into(),
                rows.to_string(),
                format!("{:.1}", took.as_secs_f64()),
                format!("{:.0}", 1.0 / each),
                known(of_plain.map(|share| format!("{share:.2}"))),
                known(of_python.map(|other| format!("{:.1} times", other.as_secs_f64() / took.as_secs_f64()))),
                known(memory.map(|memory| format!("{memory} MB"))),
                format!("{grown:.2}"),
            ]);
            ask_pages(&url, site, name, rows, &mut pages).await?;
        }
    }
    imports.print();
    pages.print();
    Ok(())
}

/// Asks every page over a database again and again, and adds a line for each to the table.
async fn ask_pages(url: &str, site: &Path, name: &str, rows: usize, table: &mut BenchTable) -> Outcome<()> {
    let server = BenchServer::open(url, site).await?;
    for (page, path) in PAGES {
        let (mut client, request) = (Client::connect(server.at).await?, request(server.at, path, &server.cookie));
        let mut times = Vec::new();
        for _ in 0..ASKED {
            let asked = Instant::now();
            client.ask(&request).await?;
            times.push(asked.elapsed());
        }
        times.sort_unstable();
        let (p50, p99) = (milliseconds(quantile(&times, 0.5)), milliseconds(quantile(&times, 0.99)));
        table.row(&[name.into(), rows.to_string(), (*page).into(), p50, p99]);
    }
    server.close().await;
    Ok(())
}

/// Imports an export into a new database that has an administrator. Gives how long the import took.
async fn import(url: &str, export: &Path, rows: usize) -> Outcome<Duration> {
    let db = Db::open(url, Secret::random(), &app::front::wiring::WIRING).await?;
    let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
    let began = Instant::now();
    let summary = import_file(&db, &Actor::System("bench"), export, options).await?;
    let took = began.elapsed();
    assert_eq!(summary.counts.rows, i64::try_from(rows)?, "every row is accounted for");
    let mut tx = db.begin().await?;
    let administrator = Profile { email: "bench@example.com".into(), name: "Bench".into(), role: Role::Administrator, unit: String::new() };
    add(&mut tx, &Actor::System("bench"), clock::now(), administrator).await?;
    tx.commit().await?;
    db.close().await;
    Ok(took)
}

/// The address of an empty database on a PostgreSQL server, which goes with the server.
async fn new_database(server: &str) -> Outcome<String> {
    let name = format!("weheard_bench_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let (base, _) = server.rsplit_once('/').ok_or("BENCH_POSTGRES_URL is postgres://HOST/DATABASE")?;
    Ok(format!("{base}/{name}"))
}

/// An export of so many rows: real texts, spread over two years, by many authors.
pub fn resample(from: &Path, to: &Path, rows: usize) -> Outcome<()> {
    let mut reader = csv::Reader::from_path(from)?;
    let heads = reader.headers()?.clone();
    let place = |name: &str| heads.iter().position(|head| head == name).ok_or(format!("the export has no column {name}"));
    let (text, sentiment) = (place("Text")?, place("sentiment")?);
    let stated: Vec<(String, String)> = reader
        .records()
        .map(|record| record.map(|record| (record[text].to_owned(), record[sentiment].to_owned())))
        .collect::<Result<_, _>>()?;
    let mut writer = csv::Writer::from_path(to)?;
    writer.write_record(["Datetime", "Tweet Id", "Text", "Username", "sentiment"])?;
    let start: clock::Time = "2020-10-01T00:00:00Z".parse()?;
    let (step, authors) = (DAYS * 86_400_000 / i64::try_from(rows)?, (rows / MENTIONS_EACH).max(1));
    let mut dice = 2010_u64;
    let mut roll = |limit: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % limit
    };
    for row in 0..rows {
        let (text, sentiment) = &stated[roll(stated.len())];
        let at = start + chrono::Duration::milliseconds(step * i64::try_from(row)?);
        // Squared, so that few write much and most write little.
        let author = roll(authors) * roll(authors) / authors;
        let id = 1_300_000_000_000_000_000_u64 + row as u64 * 4096;
        writer.write_record([&at.to_rfc3339(), &id.to_string(), text, &format!("author_{author}"), sentiment])?;
    }
    Ok(writer.into_inner().map_err(|error| error.to_string())?.flush()?)
}

/// Seconds a row of inserting the same mentions plainly, measured on the first quarter of a million.
async fn plain(scratch: &Scratch, imported: &str) -> Outcome<f64> {
    let url = scratch.database("plain.db");
    Db::open(&url, Secret::random(), &app::front::wiring::WIRING).await?.close().await;
    let mut from = open(imported).await?;
    let count: i64 = sqlx::query("SELECT COUNT(*) FROM mention").fetch_one(&mut from).await?.get(0);
    let rows: Vec<BenchRow> = sqlx::query_as("SELECT * FROM mention ORDER BY no LIMIT 250000").fetch_all(&mut from).await?;
    let mut to = open(&url).await?;
    let took = insert(&mut to, &rows).await?;
    assert!(count > 0, "an import that brought nothing measures nothing");
    Ok(took.as_secs_f64() / rows.len() as f64)
}

/// The same file through vaderSentiment, pandas and SQLite, as most would write it first.
fn python(export: &Path) -> Option<Duration> {
    let python = PathBuf::from(std::env::var_os("BENCH_PYTHON")?);
    const SCRIPT: &str = "
import sys, sqlite3, pandas
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
reader = SentimentIntensityAnalyzer()
posts = pandas.read_csv(sys.argv[1], dtype=str).drop_duplicates('Tweet Id')
posts['score'] = [reader.polarity_scores(text)['compound'] for text in posts['Text'].fillna('')]
with sqlite3.connect(sys.argv[1] + '.db') as db:
    posts.to_sql('mention', db, index=False)
    posts.groupby('Username').agg(posts=('score', 'size'), mean=('score', 'mean')).to_sql('author', db)
";
    let began = Instant::now();
    let done = std::process::Command::new(python).args(["-c", SCRIPT]).arg(export).status().ok()?;
    done.success().then(|| began.elapsed())
}

/// Lets the kernel measure the peak of memory anew.
fn forget_peak() {
    if let Ok(mut file) = std::fs::File::options().write(true).open("/proc/self/clear_refs") {
        let _ = file.write_all(b"5");
    }
}

/// The peak of memory in megabytes, where the kernel tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

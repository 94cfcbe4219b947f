//! Importing a listening export, against plain batched inserts of the same rows.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::access::account::Actor;
use app::db::Db;
use app::kernel::clock::Time;
use app::kernel::secret::Secret;
use app::listening::import::import_file::{ImportOptions, import_file};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use crate::table::BenchTable;
use crate::{Outcome, Scratch};

const MADE_UP: usize = 20_000;
const BATCH: usize = 500;

/// A mention as it is stored: what the ceiling inserts.
#[derive(sqlx::FromRow)]
pub(crate) struct BenchRow {
    id: Uuid,
    author_id: Uuid,
    run_id: Option<Uuid>,
    line: i64,
    dedupe_key: String,
    program_id: Uuid,
    external_id: Option<String>,
    url: Option<String>,
    text: String,
    at: Time,
    day: chrono::NaiveDate,
    language: Option<String>,
    country: Option<String>,
    vendor_sentiment: Option<String>,
    sentiment: String,
    score: f64,
    no: i64,
    network: String,
}

/// Imports once into an empty database, then inserts the same mentions into another one as plainly as it goes.
pub async fn bench() -> Outcome<()> {
    let scratch = Scratch::new()?;
    let (file, what) = match real_file() {
        Some(file) => (file, "real export"),
        None => (made_up(&scratch)?, "made-up export"),
    };

    let imported = scratch.database("imported.db");
    let db = Db::open(&imported, Secret::random(), &app::front::wiring::WIRING).await?;
    let options = ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() };
    let began = Instant::now();
    let summary = import_file(&db, &Actor::System("bench"), &file, options).await?;
    let ours = began.elapsed();
    db.close().await;

    let plain = scratch.database("plain.db");
    Db::open(&plain, Secret::random(), &app::front::wiring::WIRING).await?.close().await;
    let mut from = open(&imported).await?;
    let rows: Vec<BenchRow> = sqlx::query_as("SELECT * FROM mention ORDER BY line").fetch_all(&mut from).await?;
    let mut to = open(&plain).await?;
    let ceiling = insert(&mut to, &rows).await?;

    let rate = |rows: f64, time: Duration| rows / time.as_secs_f64();
    let (ours_rate, ceiling_rate) = (rate(summary.counts.rows as f64, ours), rate(rows.len() as f64, ceiling));
    let mut table =
        BenchTable::new("Import into SQLite (aim: 0.4 of the ceiling)", &["what", "rows", "seconds", "rows/s", "of the ceiling"]);
    let mut row = |name: &str, rows: i64, time: Duration, rate: f64| {
        let cells = [name.to_owned(), rows.to_string(), format!("{:.2}", time.as_secs_f64()), format!("{rate:.0}")];
        table.row(&[cells.as_slice(), &[format!("{:.2}", rate / ceiling_rate)]].concat());
    };
    row("plain batched inserts of the same mentions", i64::try_from(rows.len())?, ceiling, ceiling_rate);
    row(&format!("{what}: read, checked, scored, gathered, assessed"), summary.counts.rows, ours, ours_rate);
    table.print();
    Ok(())
}

pub(crate) fn real_file() -> Option<PathBuf> {
    let data = std::env::var("WEHEARD_DATA").unwrap_or_else(|_| "../shared/data".into());
    Some(PathBuf::from(data).join("listening/dell-tweets-2022.csv")).filter(|file| file.exists())
}

/// An export that could have been: many people who posted once, few who post daily.
fn made_up(scratch: &Scratch) -> Outcome<PathBuf> {
    const SAID: [&str; 5] = [
        "The hinge of my laptop broke again and support wants me to wait three weeks",
        "Love how quiet the new one is, battery lasts all day",
        "Is there a driver for the dock that works with two screens?",
        "Third replacement charger this year. Not buying again.",
        "Repair was done at my desk in twenty minutes, thank you!",
    ];
    let mut text = String::from("id,created,user,text\n");
    for number in 0..MADE_UP {
        let author = (number * number + 7) % 4000;
        let (month, day) = (number % 9 + 1, number % 28 + 1);
        writeln!(
            text,
            "{},2022-{month:02}-{day:02} 10:{:02}:00,customer_{author},{} #{number}",
            9000 + number,
            number % 60,
            SAID[number % 5]
        )?;
    }
    let path = scratch.0.join("export.csv");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// The same settings as the server uses.
pub(crate) async fn open(url: &str) -> Outcome<SqliteConnection> {
    let options: SqliteConnectOptions = url.parse()?;
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal).foreign_keys(false);
    Ok(options.pragma("cache_size", "-65536").pragma("wal_autocheckpoint", "4000").connect().await?)
}

pub(crate) async fn insert(to: &mut SqliteConnection, rows: &[BenchRow]) -> Outcome<Duration> {
    let began = Instant::now();
    let mut tx = to.begin().await?;
    for batch in rows.chunks(BATCH) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO mention (id, author_id, run_id, line, dedupe_key, program_id, external_id, url, text, at, day, language, country,
                vendor_sentiment, sentiment, score, no, network) ",
        );
        query.push_values(batch, |mut values, row| {
            values.push_bind(row.id).push_bind(row.author_id).push_bind(row.run_id).push_bind(row.line).push_bind(&row.dedupe_key);
            values.push_bind(row.program_id).push_bind(&row.external_id).push_bind(&row.url).push_bind(&row.text).push_bind(row.at);
            values.push_bind(row.day).push_bind(&row.language).push_bind(&row.country).push_bind(&row.vendor_sentiment);
            values.push_bind(&row.sentiment).push_bind(row.score).push_bind(row.no).push_bind(&row.network);
        });
        query.build().execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(began.elapsed())
}

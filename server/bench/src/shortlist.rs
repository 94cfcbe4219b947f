//! The query behind the shortlist, at 25 thousand and at one million mentions.

use std::time::Instant;

use app::db::Db;
use app::kernel::ids::ProgramId;
use app::kernel::secret::Secret;
use app::listening::segment::store::{SegmentFilter, SegmentSearch, count, count_segments, rank};
use app::program::Segment;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use crate::load::quantile;
use crate::table::BenchTable;
use crate::{Outcome, Scratch, milliseconds};

/// Mentions per author, as in real listening data, where most people write once or twice.
const MENTIONS_EACH: i64 = 4;

/// Fills a database, then asks for the first fifty ranters as the shortlist page does.
pub async fn bench() -> Outcome<()> {
    let mut table = BenchTable::new(
        "Shortlist query on SQLite (first 50 ranters by score; with filters; their count)",
        &["mentions", "query", "p50", "p99"],
    );
    for mentions in [25_000, 1_000_000] {
        let scratch = Scratch::new()?;
        let url = scratch.database("authors.db");
        let db = Db::open(&url, Secret::random(), &app::front::wiring::WIRING).await?;
        let program = fill(&url, mentions).await?;
        let plain = SegmentSearch::of(program, SegmentFilter::In(Segment::Ranter));
        let narrow = SegmentSearch { min_mentions: 3, min_confidence: 0.5, text: "voice_1".into(), ..plain.clone() };
        for (name, search) in [("ranked", &plain), ("ranked, filtered", &narrow)] {
            let mut times = Vec::new();
            for _ in 0..60 {
                let mut tx = db.read().await?;
                let began = Instant::now();
                let found = rank(&mut tx, search, 50, 0).await?;
                times.push(began.elapsed());
                assert!(!found.is_empty(), "a query that finds nothing measures nothing");
            }
            print_row(&mut table, mentions, name, times);
        }
        let mut times = Vec::new();
        for _ in 0..20 {
            let mut tx = db.read().await?;
            let began = Instant::now();
            count(&mut tx, &plain).await?;
            times.push(began.elapsed());
        }
        print_row(&mut table, mentions, "counted", times);
        let mut times = Vec::new();
        for _ in 0..20 {
            let mut tx = db.read().await?;
            let began = Instant::now();
            count_segments(&mut tx, program).await?;
            times.push(began.elapsed());
        }
        print_row(&mut table, mentions, "segments counted", times);
        db.close().await;
    }
    table.print();
    Ok(())
}

fn print_row(table: &mut BenchTable, mentions: i64, name: &str, mut times: Vec<std::time::Duration>) {
    times.sort_unstable();
    table.row(&[mentions.to_string(), name.to_owned(), milliseconds(quantile(&times, 0.5)), milliseconds(quantile(&times, 0.99))]);
}

/// Authors, mentions and assessments, made inside the database: a million rows through a driver would take minutes.
async fn fill(url: &str, mentions: i64) -> Outcome<ProgramId> {
    let options: SqliteConnectOptions = url.parse()?;
    let mut c: SqliteConnection = options.foreign_keys(true).connect().await?;
    let program = ProgramId::new();
    sqlx::query(
        "INSERT INTO program (id, name, organisation, market, language, purpose, sponsor, rules_of_listening, term, benefits, disclosed_costs,
             lawful_basis, notice, source_row_days, mention_months, own_handles, revision, created_at)
         VALUES ($1, 'Bench', 'Bench', '', 'en', '', '', '', '', '', '', '', '', 90, 24, '', 0, '2022-01-01T00:00:00.000000+00:00')",
    )
    .bind(program)
    .execute(&mut c)
    .await?;
    for statement in [
        "INSERT INTO author (id, program_id, network, handle, handle_key, kind, mentions, negative, positive, links, promotional, first_at, last_at)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
         SELECT randomblob(16), $1, 'twitter', 'voice_' || i, 'voice_' || i, 'customer', 1 + i % 9, i % 5, i % 3, 0, 0,
             '2022-01-01T00:00:00.000000+00:00', '2022-09-01T00:00:00.000000+00:00' FROM n",
        "INSERT INTO assessment (id, program_id, author_id, segment, score, confidence, reasons, origin, at)
         SELECT randomblob(16), $1, id, CASE abs(random() % 4) WHEN 0 THEN 'ranter' WHEN 1 THEN 'raver' END, abs(random() % 1000) / 1000.0,
             abs(random() % 1000) / 1000.0, '[]', 'computed', '2022-09-01T00:00:00.000000+00:00' FROM author WHERE $2 > 0",
        "INSERT INTO mention (id, author_id, line, dedupe_key, program_id, text, at, day, sentiment, score, no, network)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
         SELECT randomblob(16), a.id, n.i, a.handle || '/' || n.i, $1, 'The hinge of my laptop broke again, said ' || a.handle,
             '2022-05-0' || n.i || 'T10:00:00.000000+00:00', '2022-05-0' || n.i, 'negative', -0.5, a.rowid * 4 + n.i, 'twitter' FROM author a, n WHERE $2 > 0",
    ] {
        sqlx::query(statement).bind(program).bind(mentions / MENTIONS_EACH).execute(&mut c).await?;
    }
    sqlx::query("ANALYZE").execute(&mut c).await?;
    Ok(program)
}

//! The five heaviest pages of the demo, found by following every link and timing what answers.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::bench_server::BenchServer;
use crate::load::{drive, quantile};
use crate::table::BenchTable;
use crate::{Outcome, load, milliseconds};

const SPAN: Duration = Duration::from_secs(3);

/// Times each page that a link leads to, then loads the five slowest at 1, 10 and 50 connections.
pub async fn bench(server: &BenchServer) -> Outcome<()> {
    let mut table = BenchTable::new(
        "Pages of the demo (aims: p50 1 ms and p99 5 ms at one connection; 3,000 requests/s and p99 30 ms at 50)",
        &["page", "connections", "requests/s", "p50", "p99", "of the ceiling", "KB"],
    );
    let mut ceilings = Vec::new();
    for connections in [1, 10, 50] {
        let load = drive(server.bare, "/", "", connections, SPAN).await?;
        ceilings.push(load.per_second);
        row(&mut table, "a bare axum route", connections, &load, load.per_second);
    }
    for path in heaviest(server).await? {
        for (connections, ceiling) in [1, 10, 50].into_iter().zip(&ceilings) {
            let load = drive(server.at, &path, &server.cookie, connections, SPAN).await?;
            row(&mut table, &kind(&path), connections, &load, *ceiling);
        }
    }
    table.print();
    Ok(())
}

fn row(table: &mut BenchTable, name: &str, connections: usize, load: &load::Load, ceiling: f64) {
    table.row(&[
        name.to_owned(),
        connections.to_string(),
        format!("{:.0}", load.per_second),
        milliseconds(load.p50),
        milliseconds(load.p99),
        format!("{:.2}", load.per_second / ceiling),
        format!("{:.1}", load.bytes as f64 / 1024.0),
    ]);
}

/// The five pages that take longest, one of each kind.
async fn heaviest(server: &BenchServer) -> Outcome<Vec<String>> {
    let mut client = load::Client::connect(server.at).await?;
    let mut queue = vec!["/".to_owned()];
    let mut seen: HashSet<String> = queue.iter().map(|path| kind(path)).collect();
    let mut timed = Vec::new();
    while let Some(path) = queue.pop() {
        let request = load::request(server.at, &path, &server.cookie);
        let mut times = Vec::new();
        for _ in 0..10 {
            let asked = Instant::now();
            client.ask(&request).await?;
            times.push(asked.elapsed());
        }
        times.sort_unstable();
        timed.push((quantile(&times, 0.5), path));
        for next in links(client.answer()) {
            if seen.insert(kind(&next)) {
                queue.push(next);
            }
        }
    }
    timed.sort_unstable();
    Ok(timed.into_iter().rev().take(5).map(|(_, path)| path).collect())
}

/// The pages of this server that an answer links to; downloads are no pages, and printed reports have a table of their own.
fn links(answer: &str) -> Vec<String> {
    let targets = answer.split("<a ").skip(1).filter_map(|tag| tag.split_once("href=\"")?.1.split_once('"').map(|(target, _)| target));
    targets
        .filter(|target| target.starts_with('/') && !target.starts_with("/pkg/"))
        .filter(|target| {
            ![".csv", ".ics", "pdf", ".json"].iter().any(|ending| target.split('?').next().is_some_and(|path| path.ends_with(ending)))
        })
        .map(|target| target.replace("&amp;", "&").split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// A path with its ids left out.
fn kind(path: &str) -> String {
    let plain = path.split('?').next().unwrap_or(path);
    let id = |part: &str| part.len() == 36 || (!part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    plain.split('/').map(|part| if id(part) { "{id}" } else { part }).collect::<Vec<_>>().join("/")
}

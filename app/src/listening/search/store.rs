//! The table `mention_search`: on SQLite an FTS5 table, on PostgreSQL a tsvector with a GIN index. It holds nothing that the
//! mentions do not hold, so backups leave it out, and it is made anew from them.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::SearchQuery;
use super::query::tsvector;
use crate::db::{Filter, Tx, bulk};
use crate::kernel::error::Result;

/// A mention's place, and what it is found by.
pub type IndexEntry = (i64, String);

/// The name of the place, which is FTS5's row id.
fn place(tx: &Tx) -> &'static str {
    if tx.is_postgres() { "no" } else { "rowid" }
}

/// Adds mentions. FTS5 gathers words in memory as long as places grow, and writes them out at every other one: so they come in order.
pub async fn create(tx: &mut Tx, entries: &mut [IndexEntry]) -> Result<()> {
    entries.sort_unstable_by_key(|(no, _)| *no);
    if tx.is_postgres() {
        let vectors: Vec<IndexEntry> = entries.iter().map(|(no, words)| (*no, tsvector(words))).collect();
        let statement = "INSERT INTO mention_search (no, words) SELECT d.column1, CAST(d.column2 AS tsvector) FROM ({}) AS d";
        bulk::write(tx, statement, &vectors, |(no, words)| [(*no).into(), words.into()]).await?;
    } else {
        let statement = "INSERT INTO mention_search (rowid, words) {}";
        bulk::write(tx, statement, entries, |(no, words)| [(*no).into(), words.into()]).await?;
    }
    Ok(())
}

pub async fn delete(tx: &mut Tx, places: &[i64]) -> Result<()> {
    let statement = format!("DELETE FROM mention_search WHERE {} IN ({{}})", place(tx));
    tx.run_in(&statement, &[], places).await?;
    Ok(())
}

/// Deletes all entries between two places, both included.
pub async fn delete_between(tx: &mut Tx, from: i64, to: i64) -> Result<u64> {
    let statement = format!("DELETE FROM mention_search WHERE {} BETWEEN $1 AND $2", place(tx));
    tx.run(AssertSqlSafe(statement), &[from.into(), to.into()]).await
}

/// Makes these mentions be all that can be found from one place to another, both included. To take a mention's words out of SQLite's file takes a
/// hundred times as long as to see that they are right already.
pub async fn replace_between(tx: &mut Tx, from: i64, to: i64, mut entries: Vec<IndexEntry>) -> Result<()> {
    if tx.is_postgres() {
        delete_between(tx, from, to).await?;
        return create(tx, &mut entries).await;
    }
    let statement = "SELECT rowid, words FROM mention_search WHERE rowid BETWEEN $1 AND $2";
    let there: Vec<IndexEntry> = tx.list(statement, &[from.into(), to.into()]).await?;
    let there: HashMap<i64, String> = there.into_iter().collect();
    let wanted: HashMap<i64, &str> = entries.iter().map(|(no, words)| (*no, words.as_str())).collect();
    let outdated: Vec<i64> = there.iter().filter(|(no, words)| wanted.get(no) != Some(&words.as_str())).map(|(no, _)| *no).collect();
    entries.retain(|(no, words)| there.get(no) != Some(words));
    delete(tx, &outdated).await?;
    create(tx, &mut entries).await
}

/// Adds to a filter over `mention_search s` that a search finds it.
pub fn find(tx: &Tx, filter: &mut Filter, query: &SearchQuery) {
    if tx.is_postgres() {
        filter.and("s.words @@ CAST(? AS tsquery)", [query.tsquery().into()]);
    } else {
        filter.and("s.words MATCH ?", [query.fts5().into()]);
    }
}

/// Adds to a filter over `mention m` that a search finds the mention, looked up mention by mention.
pub fn find_mention(tx: &Tx, filter: &mut Filter, query: &SearchQuery) {
    if tx.is_postgres() {
        filter.and("EXISTS (SELECT 1 FROM mention_search s WHERE s.no = m.no AND s.words @@ CAST(? AS tsquery))", [query.tsquery().into()]);
    } else {
        filter.and("EXISTS (SELECT 1 FROM mention_search s WHERE s.rowid = m.no AND s.words MATCH ?)", [query.fts5().into()]);
    }
}

/// Whether nothing can be found yet.
pub async fn is_empty(tx: &mut Tx) -> Result<bool> {
    let any: Option<i64> = tx.find_value("SELECT CAST(1 AS BIGINT) FROM mention_search LIMIT 1", &[]).await?;
    Ok(any.is_none())
}

/// Everything that can be found, as text in the order of its places: for tests, which compare it with the mentions.
pub async fn list(tx: &mut Tx) -> Result<Vec<IndexEntry>> {
    let statement = format!("SELECT {0}, CAST(words AS TEXT) FROM mention_search ORDER BY {0}", place(tx));
    tx.list(AssertSqlSafe(statement), &[]).await
}

//! The table `opt_out`.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::db::{Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::listening::author::{AuthorKey, rules::formerly};

/// The table written here. It contains keyed hashes of handles, no names.
pub const TABLES: &[Table] = &[Table::plain("opt_out", &["handle_hash", "at"])];

/// The keyed hash under which a handle is kept. The purpose keeps its first name, since hashes are stored.
fn handle_hash(tx: &Tx, network: &str, key: &str) -> String {
    tx.secret().derive("objection", format!("{network}\n{key}").as_bytes())
}

/// How many opt-outs are kept, and when the newest came.
pub async fn count(tx: &mut Tx) -> Result<(i64, Option<Time>)> {
    tx.one("SELECT COUNT(*), MAX(at) FROM opt_out", &[]).await
}

/// All opt-outs: their hashes, and when they came.
pub async fn list(tx: &mut Tx) -> Result<Vec<(String, Time)>> {
    tx.list("SELECT handle_hash, at FROM opt_out ORDER BY at, handle_hash", &[]).await
}

/// Keeps opt-outs, by their hashes, that another database has.
pub async fn create_hashed(tx: &mut Tx, opted_out: &BTreeMap<String, Time>) -> Result<()> {
    let opted_out: Vec<_> = opted_out.iter().collect();
    const CREATE: &str =
        "INSERT INTO opt_out (handle_hash, at) SELECT column1, column2 FROM ({}) d WHERE 1 = 1 ON CONFLICT (handle_hash) DO NOTHING";
    bulk::write(tx, CREATE, &opted_out, |(hash, at)| [(*hash).into(), (**at).into()]).await?;
    Ok(())
}

/// Keeps a handle out of every later import.
pub async fn create(tx: &mut Tx, network: &str, key: &str, now: Time) -> Result<()> {
    let hash = handle_hash(tx, network, key);
    tx.run(
        "INSERT INTO opt_out (handle_hash, at) VALUES ($1, $2) ON CONFLICT (handle_hash) DO NOTHING",
        &[hash.as_str().into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Those of these authors that opted out; one on a site, also where it opted out of what such sites were once
/// called together.
pub async fn list_opted_out(tx: &mut Tx, authors: &[AuthorKey]) -> Result<HashSet<AuthorKey>> {
    let any: Option<String> = tx.find_value("SELECT handle_hash FROM opt_out LIMIT 1", &[]).await?;
    if any.is_none() {
        return Ok(HashSet::new());
    }
    let mut authors_of: HashMap<String, Vec<&AuthorKey>> = HashMap::new();
    for author @ (network, key) in authors {
        for network in std::iter::once(network.as_str()).chain(formerly(network)) {
            authors_of.entry(handle_hash(tx, network, key)).or_default().push(author);
        }
    }
    let hashes: Vec<&str> = authors_of.keys().map(String::as_str).collect();
    let found: Vec<String> = tx.list_values_in("SELECT handle_hash FROM opt_out WHERE handle_hash IN ({})", &[], &hashes).await?;
    Ok(found.iter().filter_map(|hash| authors_of.get(hash)).flatten().map(|author| (*author).clone()).collect())
}

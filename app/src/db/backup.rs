//! A backup: every row of every table as one line of JSON, readable by either database and by `zcat | jq`.
//!
//! The first line says what it is, the last how many rows there were and their SHA-256, so that half a backup is known
//! for one. Restoring happens in one transaction: afterwards everything is there, or nothing has changed.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::audit_log::{self, AuditHead};
use super::verify::verify;
use super::{Table, Tx, migrate, older, row};
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::secret::hex;

/// The backup format that this program writes and reads.
const FORMAT: u32 = 1;
/// Values bound by one INSERT. SQLite takes at most 32,766.
const MAX_VALUES: usize = 16_000;
/// Columns that point into their own table. They are filled in when all rows are there. Names that only earlier schemas have stay in the list.
const SELF_REFERENCES: &[(&str, &str)] = &[("heard_item", "merged_into")];

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Header {
    pub weheard_backup: u32,
    /// The newest migration of the database it was taken from.
    pub schema: i64,
    pub created_at: Time,
    /// Where the audit log ends.
    #[serde(default)]
    pub head: AuditHead,
    /// Tells the server's key, without which neither the audit log nor opt-outs nor links mean anything.
    #[serde(default)]
    pub key: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Summary {
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 over all lines before this one, in hexadecimal.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
struct BackupLine {
    table: String,
    row: Map<String, Json>,
}

/// Writes every row of `tables` (parents first), as they stood at one moment.
///
/// # Errors
/// `Unavailable` when the file cannot be written.
pub async fn write(tx: &mut Tx, now: Time, tables: &[&Table], mut out: impl Write) -> Result<Summary> {
    if tx.is_postgres() {
        tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", &[]).await?;
    }
    let mut sha = Sha256::new();
    let mut put = |line: String| -> Result<()> {
        sha.update(line.as_bytes());
        sha.update(b"\n");
        out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(|e| unwritable(&e))
    };
    let header =
        Header { weheard_backup: FORMAT, schema: migrate::newest(), created_at: now, head: audit_log::head(tx).await?, key: key(tx) };
    put(encode(&header)?)?;
    let mut rows = BTreeMap::new();
    for table in tables {
        let mut count = 0_u64;
        row::each(tx, table.name, |row| {
            count += 1;
            put(encode(&BackupLine { table: table.name.to_owned(), row })?)
        })
        .await?;
        rows.insert(table.name.to_owned(), count);
    }
    let summary = Summary { rows, sha256: hex(&sha.finalize()) };
    out.write_all(encode(&summary)?.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(|e| unwritable(&e))?;
    Ok(summary)
}

/// Puts a backup in the place of whatever the tables hold. The caller has asked whether that is wanted. With `other_key` it may come from a server
/// whose key is lost: the audit log is then vouched for by its order alone, and what was derived from the lost key means nothing any more. A
/// backup of an earlier release is brought up to date (see `older`).
///
/// # Errors
/// `Conflict` when it is no backup, is damaged or cut short, or comes from a later version of the schema or another key.
pub async fn read(tx: &mut Tx, tables: &[&Table], other_key: bool, input: impl BufRead) -> Result<Summary> {
    let mut lines = input.lines();
    let first = lines.next().ok_or_else(|| damaged("it is empty"))?.map_err(|e| damaged(&e.to_string()))?;
    let header = check_header(&first)?;
    let same_key = header.key == key(tx);
    if !same_key && !other_key {
        return Err(Error::conflict(
            "This backup was taken with another key file. Put the key file that was kept with it in place (--secret-file) and restore again. \
             If that key is lost, --other-key restores without it: personal links in email that was sent stop working, and people who opted out \
             are no longer recognised.",
        ));
    }
    let is_older = header.schema < migrate::newest();
    let names = if is_older {
        older::go_back(tx, tables, header.schema).await?
    } else {
        for table in tables.iter().rev() {
            let statement = format!("DELETE FROM {}", table.name);
            tx.run(AssertSqlSafe(statement), &[]).await?;
        }
        tables.iter().map(|table| table.name.to_owned()).collect()
    };
    let mut sha = Sha256::new();
    let mut rows: BTreeMap<String, u64> = names.into_iter().map(|name| (name, 0)).collect();
    let mut waiting = Waiting::default();
    absorb(&mut sha, &first);
    let mut summary = None;
    for line in lines {
        let line = line.map_err(|e| damaged(&e.to_string()))?;
        if summary.is_some() {
            return Err(damaged("there is something after its last line"));
        }
        if let Ok(BackupLine { table, row }) = serde_json::from_str(&line) {
            absorb(&mut sha, &line);
            *rows.get_mut(&table).ok_or_else(|| damaged(&format!("it has rows for “{table}”, which is no table")))? += 1;
            waiting.add(tx, table, row).await?;
        } else {
            summary = Some(serde_json::from_str::<Summary>(&line).map_err(|_| damaged("a line is not readable"))?);
        }
    }
    waiting.flush(tx).await?;
    waiting.link(tx).await?;
    let counted = Summary { rows, sha256: hex(&sha.finalize()) };
    match summary {
        None => return Err(damaged("its last line is missing, so it was cut short")),
        Some(summary) if summary.sha256 != counted.sha256 => return Err(damaged("its checksum does not fit")),
        Some(_) => {}
    }
    if is_older {
        older::come_forward(tx, header.schema).await?;
    }
    if !same_key {
        audit_log::seal_again(tx).await?;
    } else if let Some(problem) = verify(tx, std::slice::from_ref(&header.head)).await?.problems.first() {
        return Err(damaged(&format!("its audit log does not verify. {problem}")));
    }
    Ok(counted)
}

/// Tells one key from another, and nothing else about it.
fn key(tx: &Tx) -> String {
    tx.secret().derive("backup", b"")
}

/// Whether nothing has been kept yet: no row in any table but the audit log's counter and the settings.
pub async fn is_empty(tx: &mut Tx, tables: &[&Table]) -> Result<bool> {
    for table in tables.iter().filter(|table| !matches!(table.name, "audit_log_head" | "privacy_epoch" | "setting")) {
        let statement = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {} LIMIT 1) t", table.name);
        let count: i64 = tx.value(AssertSqlSafe(statement), &[]).await?;
        if count > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rows of one table, kept until there are enough for one INSERT.
#[derive(Default)]
struct Waiting {
    table: String,
    kinds: Vec<(String, row::ColumnKind)>,
    rows: Vec<Map<String, Json>>,
    links: Vec<(&'static str, &'static str, Uuid, Uuid)>,
}

impl Waiting {
    async fn add(&mut self, tx: &mut Tx, table: String, mut row: Map<String, Json>) -> Result<()> {
        if self.table != table {
            self.flush(tx).await?;
            self.kinds = row::kinds(tx, &table).await?;
            self.table = table;
        }
        for &(name, column) in SELF_REFERENCES.iter().filter(|(name, _)| *name == self.table) {
            if let (Some(id), Some(target)) = (id(row.get("id")), id(row.get(column))) {
                self.links.push((name, column, id, target));
                row.insert(column.to_owned(), Json::Null);
            }
        }
        self.rows.push(row);
        if self.rows.len() * self.kinds.len() >= MAX_VALUES {
            self.flush(tx).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<()> {
        row::insert(tx, &self.table, &self.kinds, &self.rows).await?;
        self.rows.clear();
        Ok(())
    }

    async fn link(&mut self, tx: &mut Tx) -> Result<()> {
        for (table, column, id, target) in self.links.drain(..) {
            let statement = format!("UPDATE {table} SET {column} = $2 WHERE id = $1");
            tx.run(AssertSqlSafe(statement), &[id.into(), target.into()]).await?;
        }
        Ok(())
    }
}

fn id(value: Option<&Json>) -> Option<Uuid> {
    value?.as_str()?.parse().ok()
}

fn check_header(line: &str) -> Result<Header> {
    let header: Header = serde_json::from_str(line).map_err(|_| damaged("its first line is not that of a backup"))?;
    if header.weheard_backup != FORMAT {
        return Err(Error::conflict(format!(
            "The backup has format {}, this version of Weheard reads format {FORMAT}. Restore it with the version that made it.",
            header.weheard_backup
        )));
    }
    if header.schema > migrate::newest() {
        return Err(Error::conflict(format!(
            "The backup was taken by a later version of Weheard (its schema is {}, this version’s {}). Restore it with that version.",
            header.schema,
            migrate::newest()
        )));
    }
    Ok(header)
}

fn absorb(sha: &mut Sha256, line: &str) {
    sha.update(line.as_bytes());
    sha.update(b"\n");
}

fn encode(line: &impl Serialize) -> Result<String> {
    serde_json::to_string(line).map_err(|e| Error::Internal(e.to_string()))
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::unavailable(format!("The backup could not be written: {error}. The file is incomplete. Delete it."))
}

fn damaged(why: &str) -> Error {
    Error::conflict(format!("This backup cannot be used: {why}. Nothing was changed."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::front::wiring::WIRING;
    use crate::front::wiring::tests::{everything, fill, fill_guests};
    use crate::kernel::clock::now;
    use crate::kernel::secret::Secret;
    use crate::testing::each_db;

    async fn back_up(db: &Db, now: Time) -> (Vec<u8>, Summary) {
        let mut bytes = Vec::new();
        let summary = write(&mut db.read().await.expect("tx"), now, &WIRING.tables(), &mut bytes).await.expect("written");
        (bytes, summary)
    }

    #[tokio::test]
    async fn a_backup_of_one_database_restores_into_the_other_and_back() {
        each_db(|db| async move {
            let now = now();
            let path = std::env::temp_dir().join(format!("weheard-backup-{}.db", Uuid::now_v7()));
            let other = Db::open(&format!("sqlite:{}", path.display()), db.secret().clone(), &WIRING).await.expect("another database");
            let id = Uuid::now_v7();
            fill(&db, id).await;
            fill_guests(&db, id, Uuid::now_v7()).await;
            // Fractions of which each digit counts.
            let fractions: Vec<f64> = (1..400).map(|n| f64::from(n).sqrt().sin() / 7.0).collect();
            let text = serde_json::to_string(&fractions).expect("JSON");
            let mut tx = db.begin().await.expect("tx");
            let cast = if tx.is_postgres() { "$1::jsonb" } else { "$1" };
            let update = format!("UPDATE segment_setting SET settings = {cast}");
            tx.run(AssertSqlSafe(update), &[text.as_str().into()]).await.map(drop).expect("fractions");
            tx.commit().await.expect("commit");
            let (first, summary) = back_up(&db, now).await;
            assert!(String::from_utf8_lossy(&first).contains(&text), "as they were");
            let mut tx = other.begin().await.expect("tx");
            assert!(is_empty(&mut tx, &WIRING.tables()).await.expect("counted"));
            assert_eq!(read(&mut tx, &WIRING.tables(), false, first.as_slice()).await.expect("restored"), summary);
            assert!(!is_empty(&mut tx, &WIRING.tables()).await.expect("counted"));
            tx.commit().await.expect("commit");

            let (second, _) = back_up(&other, now).await;
            assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second));
            let before = everything(&mut db.read().await.expect("tx")).await;
            let mut tx = db.begin().await.expect("tx");
            read(&mut tx, &WIRING.tables(), false, second.as_slice()).await.expect("restored");
            assert_eq!(everything(&mut tx).await, before);
            tx.commit().await.expect("commit");
            other.close().await;
            std::fs::remove_file(path).expect("removed");
        })
        .await;
    }

    #[tokio::test]
    async fn a_backup_is_restored_with_its_key_or_knowingly_without() {
        each_db(|db| async move {
            let path = std::env::temp_dir().join(format!("weheard-backup-{}.db", Uuid::now_v7()));
            let other = Db::open(&format!("sqlite:{}", path.display()), Secret::random(), &WIRING).await.expect("another database");
            fill(&db, Uuid::now_v7()).await;
            let (backup, _) = back_up(&db, now()).await;
            let mut tx = other.begin().await.expect("tx");
            let refused = read(&mut tx, &WIRING.tables(), false, backup.as_slice()).await.expect_err("another key").to_string();
            assert!(refused.contains("--other-key"), "{refused}");
            read(&mut tx, &WIRING.tables(), true, backup.as_slice()).await.expect("restored");
            tx.commit().await.expect("commit");
            let verified = verify(&mut other.read().await.expect("tx"), &[]).await.expect("verified");
            assert!(verified.is_whole() && verified.unkeyed > 0, "{verified:?}");
            let mut tx = other.begin().await.expect("tx");
            tx.run("UPDATE note SET text = 'another' WHERE text <> ''", &[]).await.map(drop).expect("altered");
            assert!(!verify(&mut tx, &[]).await.expect("verified").is_whole(), "rows are vouched for under the new key");
            drop(tx);
            other.close().await;
            std::fs::remove_file(path).expect("removed");
        })
        .await;
    }

    #[tokio::test]
    async fn half_a_backup_changes_nothing() {
        each_db(|db| async move {
            fill(&db, Uuid::now_v7()).await;
            let before = everything(&mut db.read().await.expect("tx")).await;
            let (whole, _) = back_up(&db, now()).await;
            let text = String::from_utf8(whole).expect("text");
            let (cut, _) = text.trim_end().rsplit_once('\n').expect("lines");
            let bent = text.replacen("said", "SAID", 1);
            for bad in ["", "{}", cut, bent.as_str()] {
                let mut tx = db.begin().await.expect("tx");
                assert!(matches!(read(&mut tx, &WIRING.tables(), false, bad.as_bytes()).await, Err(Error::Conflict(_))));
            }
            assert_eq!(everything(&mut db.read().await.expect("tx")).await, before);
        })
        .await;
    }
}

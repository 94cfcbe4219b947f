//! Fresh databases for tests: each test runs on SQLite always, and on PostgreSQL where `TEST_POSTGRES_URL` names a server.
//! `fixture` has the people and days that many of them need.

pub mod fixture;

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::export::Parts;
use crate::secret::Secret;

/// All parts of a file that leaves, as one text.
pub async fn whole_file(tx: &mut Tx, mut parts: impl Parts) -> String {
    let mut file = Vec::new();
    while let Some(part) = parts.next(tx).await.expect("a part") {
        file.extend(part);
    }
    String::from_utf8(file).expect("UTF-8")
}

/// Runs `test` on an empty, migrated database of each kind. Panics when a database cannot be made: a test without its
/// database has failed, not passed.
pub async fn each_db<F, T>(test: F)
where
    F: Fn(Db) -> T,
    T: Future<Output = ()>,
{
    let path = std::env::temp_dir().join(format!("weheard-test-{}.db", Uuid::new_v4()));
    let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random()).await.expect("a fresh SQLite database");
    test(db.clone()).await;
    db.close().await;
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let name = format!("weheard_test_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server named by TEST_POSTGRES_URL");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.expect("a fresh PostgreSQL database");
    let (base, _) = server.rsplit_once('/').expect("postgres://HOST/DATABASE");
    let db = Db::open(&format!("{base}/{name}"), Secret::random()).await.expect("a migrated PostgreSQL database");
    test(db.clone()).await;
    db.close().await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await.expect("the database is dropped");
}

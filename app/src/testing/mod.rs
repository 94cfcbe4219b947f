//! Fresh databases for tests: each test runs on SQLite and on the PostgreSQL that `TEST_POSTGRES_URL` names. Only
//! `WEHEARD_TEST_SQLITE_ONLY=1` leaves PostgreSQL out; without either a test fails, since half of it would not run.
//! `fixture` has the people and days that many of them need.

pub mod fixture;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::db::{Db, Tx, migrate};
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

/// The longest pause before an act of `at_once` begins, in microseconds: about as long as an act takes.
const LONGEST_PAUSE: u128 = 4000;

/// Does two things at the same time, each after a pause of random length.
pub async fn at_once<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    // Boxed, since an import's future is large and a test's stack is small.
    tokio::join!(Box::pin(after_a_pause(one)), Box::pin(after_a_pause(other)))
}

async fn after_a_pause<T>(act: impl Future<Output = T>) -> T {
    let chance = u64::try_from(Uuid::new_v4().as_u128() % LONGEST_PAUSE).unwrap_or(0);
    tokio::time::sleep(Duration::from_micros(chance)).await;
    act.await
}

const NO_POSTGRES: &str = "This test runs on PostgreSQL too, and TEST_POSTGRES_URL names none.
Start one:   export TEST_POSTGRES_URL=$(scripts/postgres start /tmp/weheard-postgres)
Or, by name, test on SQLite alone:   export WEHEARD_TEST_SQLITE_ONLY=1";

/// Changes the database behind the program's back.
pub async fn change(db: &Db, statement: impl Into<String>) {
    // The first transaction after a full disk is still told of it.
    let mut begun = db.begin().await;
    if begun.is_err() {
        begun = db.begin().await;
    }
    let (mut tx, statement) = (begun.expect("a transaction"), statement.into());
    crate::sql!(tx, |c| sqlx::query(AssertSqlSafe(statement.clone())).execute(c).await.map(|_| ())).expect("changed");
    tx.commit().await.expect("a commit");
}

/// Runs `test` on an empty, migrated database of each kind. Panics when a database cannot be made: a test without its
/// database has failed, not passed.
pub async fn each_db<F, T>(test: F)
where
    F: Fn(Db) -> T,
    T: Future<Output = ()>,
{
    let set = |name: &str| std::env::var(name).ok();
    let server = postgres(set("TEST_POSTGRES_URL"), set("WEHEARD_TEST_SQLITE_ONLY")).unwrap_or_else(|why| panic!("{why}"));
    let path = std::env::temp_dir().join(format!("weheard-test-{}.db", Uuid::new_v4()));
    std::fs::write(&path, migrated_file().await).expect("a file in the temporary folder");
    let db = open(&format!("sqlite:{}", path.display())).await;
    test(db.clone()).await;
    db.close().await;
    remove(&path);

    let Some(server) = server else { return };
    let name = format!("weheard_test_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server named by TEST_POSTGRES_URL");
    let template = migrated_database(&mut admin, &server).await;
    ask(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let db = open(&beside(&server, &name)).await;
    test(db.clone()).await;
    db.close().await;
    ask(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// Opens a test's database. All have one key, as they are copies of one database that was migrated once.
async fn open(url: &str) -> Db {
    Db::open(url, Secret::new([7; 32])).await.expect("a fresh database")
}

fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

/// An empty SQLite database after all migrations, which take longer than most tests.
async fn migrated_file() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(|| async {
        let path = std::env::temp_dir().join(format!("weheard-test-{}.db", Uuid::new_v4()));
        open(&format!("sqlite:{}", path.display())).await.close().await;
        let file = std::fs::read(&path).expect("the file that was migrated");
        remove(&path);
        file
    })
    .await
}

/// The name of a PostgreSQL database after all migrations. It stays for the next run with the same migrations.
async fn migrated_database(admin: &mut PgConnection, server: &str) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| async {
        let name = format!("weheard_template_{}", migrate::fingerprint());
        // Another process may be about to make it too.
        ask(admin, "SELECT pg_advisory_lock(715)".to_owned()).await;
        let made = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)";
        if !sqlx::query_scalar::<_, bool>(made).bind(&name).fetch_one(&mut *admin).await.expect("whether it is there") {
            ask(admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            ask(admin, format!("CREATE DATABASE {name}")).await;
            open(&beside(server, &name)).await.close().await;
            ask(admin, format!("ALTER DATABASE {name} IS_TEMPLATE true")).await;
        }
        ask(admin, "SELECT pg_advisory_unlock(715)".to_owned()).await;
        name
    })
    .await
}

async fn ask(admin: &mut PgConnection, statement: String) {
    let done = sqlx::query(AssertSqlSafe(statement.clone())).execute(admin).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The address of another database on the same server.
fn beside(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("postgres://HOST/DATABASE");
    format!("{base}/{name}")
}

/// The PostgreSQL to test on; none where SQLite alone was asked for.
fn postgres(url: Option<String>, sqlite_only: Option<String>) -> Result<Option<String>, &'static str> {
    match (url.filter(|url| !url.is_empty()), sqlite_only.as_deref()) {
        (Some(url), _) => Ok(Some(url)),
        (None, Some("1")) => Ok(None),
        (None, _) => Err(NO_POSTGRES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgresql_is_left_out_only_by_name() {
        let set = |word: &str| Some(word.to_owned());
        assert_eq!(postgres(set("postgres://here"), None), Ok(set("postgres://here")));
        assert_eq!(postgres(None, set("1")), Ok(None));
        for sqlite_only in [None, set(""), set("0")] {
            assert_eq!(postgres(None, sqlite_only.clone()), Err(NO_POSTGRES));
            assert_eq!(postgres(set(""), sqlite_only), Err(NO_POSTGRES));
        }
    }
}

//! Fresh databases for tests: SQLite, and the PostgreSQL that `TEST_POSTGRES_URL` names. Only `WEHEARD_TEST_SQLITE_ONLY=1` leaves PostgreSQL out;
//! without either a test fails, since half of it would not run.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{Db, Wiring, migrate};
use crate::kernel::secret::Secret;

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
    tx.run(AssertSqlSafe(statement), &[]).await.map(drop).expect("changed");
    tx.commit().await.expect("a commit");
}

/// Runs `test` on an empty, migrated database of each kind. Panics when a database cannot be made: a test without its
/// database has failed, not passed.
pub async fn each<F, T>(wiring: &'static Wiring, test: F)
where
    F: Fn(Db) -> T,
    T: Future<Output = ()>,
{
    let set = |name: &str| std::env::var(name).ok();
    let server = postgres(set("TEST_POSTGRES_URL"), set("WEHEARD_TEST_SQLITE_ONLY")).unwrap_or_else(|why| panic!("{why}"));
    let path = std::env::temp_dir().join(format!("weheard-test-{}.db", Uuid::new_v4()));
    std::fs::write(&path, migrated_file(wiring).await).expect("a file in the temporary folder");
    let db = open(&format!("sqlite:{}", path.display()), wiring).await;
    test(db.clone()).await;
    db.close().await;
    remove(&path);

    let Some(server) = server else { return };
    let name = format!("weheard_test_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server named by TEST_POSTGRES_URL");
    let template = migrated_database(&mut admin, &server, wiring).await;
    ask(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let db = open(&beside(&server, &name), wiring).await;
    test(db.clone()).await;
    db.close().await;
    ask(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// Opens a test's database. All have one key, as they are copies of one database that was migrated once.
async fn open(url: &str, wiring: &'static Wiring) -> Db {
    Db::open(url, Secret::new([7; 32]), wiring).await.expect("a fresh database")
}

/// Removes a SQLite database with its log.
pub(crate) fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

/// An empty SQLite database after all migrations, which take longer than most tests.
async fn migrated_file(wiring: &'static Wiring) -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(|| async {
        let path = std::env::temp_dir().join(format!("weheard-test-{}.db", Uuid::new_v4()));
        open(&format!("sqlite:{}", path.display()), wiring).await.close().await;
        let file = std::fs::read(&path).expect("the file that was migrated");
        remove(&path);
        file
    })
    .await
}

/// The name of a PostgreSQL database after all migrations. It stays for the next run with the same migrations.
async fn migrated_database(admin: &mut PgConnection, server: &str, wiring: &'static Wiring) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| async {
        let name = format!("weheard_template_{}", migrate::fingerprint());
        // Another process may be about to make it too.
        ask(admin, "SELECT pg_advisory_lock(715)".to_owned()).await;
        let made = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)";
        if !sqlx::query_scalar::<_, bool>(made).bind(&name).fetch_one(&mut *admin).await.expect("whether it is there") {
            ask(admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            ask(admin, format!("CREATE DATABASE {name}")).await;
            open(&beside(server, &name), wiring).await.close().await;
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

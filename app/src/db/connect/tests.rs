//! Unit tests of `connect`.

use std::io::Read as _;

use super::*;
use crate::db::{fresh, setting};
use crate::front::wiring::WIRING;

#[tokio::test]
async fn a_disk_that_was_full_is_forgotten_once_there_is_space() {
    let path = std::env::temp_dir().join(format!("weheard-full-{}.db", uuid::Uuid::new_v4()));
    let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random(), &WIRING).await.expect("a database");
    let limit = |pages: &'static str| {
        let db = db.clone();
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            tx.run(pages, &[]).await.map(drop).expect("a limit");
            tx.commit().await.expect("a commit");
        }
    };
    let fill = |db: Db| async move {
        let mut tx = db.begin().await?;
        for key in ["a", "b", "c"] {
            let value = "x".repeat(500_000);
            setting::update(&mut tx, key, &value).await?;
        }
        tx.commit().await
    };
    // SQLite's own limit stands for the disk's: it fails in the same way.
    limit("PRAGMA max_page_count = 1").await;
    assert!(matches!(fill(db.clone()).await, Err(Error::Unavailable(why)) if why.contains("disk is full")));
    assert!(matches!(fill(db.clone()).await, Err(Error::Unavailable(_)) | Ok(())), "and it goes on to say so, or has space again");
    limit("PRAGMA max_page_count = 1000000").await;
    fill(db.clone()).await.expect("saved, once there is space");
    db.close().await;
    fresh::remove(&path);
}

#[tokio::test]
async fn what_people_type_is_on_the_disk_when_it_is_saved_and_an_import_may_be_quicker() {
    let path = std::env::temp_dir().join(format!("weheard-safe-{}.db", uuid::Uuid::new_v4()));
    let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random(), &WIRING).await.expect("a database");
    async fn level(mut tx: Tx) -> i64 {
        let level = tx.value("PRAGMA synchronous", &[]).await.expect("a level");
        tx.commit().await.expect("commit");
        level
    }
    const FULL: i64 = 2;
    const NORMAL: i64 = 1;
    for _ in 0..2 {
        assert_eq!(level(db.begin_unit().await.expect("a unit")).await, FULL);
        assert_eq!(level(db.begin_bulk().await.expect("a batch")).await, NORMAL);
        assert_eq!(level(db.begin_bulk().await.expect("a batch")).await, NORMAL);
        assert_eq!(level(db.begin().await.expect("a transaction")).await, FULL);
        // One that is dropped leaves it as it was.
        drop(db.begin_bulk().await.expect("a batch"));
    }
    db.close().await;
    fresh::remove(&path);
}

#[tokio::test]
async fn the_log_begins_anew_while_somebody_writes_without_a_pause() {
    let path = std::env::temp_dir().join(format!("weheard-log-{}.db", uuid::Uuid::new_v4()));
    let db = Db::open(&format!("sqlite:{}", path.display()), Secret::random(), &WIRING).await.expect("a database");
    let log = format!("{}-wal", path.display());
    // How often the log began anew stands in its head.
    let begun = || {
        let mut head = [0; 16];
        std::fs::File::open(&log).and_then(|mut file| file.read_exact(&mut head)).ok().map(|()| head)
    };
    let writing = async {
        let (first, mut round) = (begun(), 0);
        while begun() == first {
            let mut tx = db.begin().await.expect("a transaction");
            for key in 0..20 {
                let value = format!("{round}").repeat(10_000);
                setting::update(&mut tx, &key.to_string(), &value).await.expect("written");
            }
            tx.commit().await.expect("a commit");
            round += 1;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), writing).await.expect("it begins anew");
    let pages = std::fs::metadata(&log).expect("a log").len() / 8192;
    assert!(pages < 20_000, "{pages} pages: a commit has done it, not the checkpointer");
    db.close().await;
    fresh::remove(&path);
}

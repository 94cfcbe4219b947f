//! Real listening exports, where they are at hand (`WEHEARD_DATA`, default `../shared/data` beside the repository).
//! Says which of the two it did; without the data there is nothing to check.
#![cfg(feature = "store")]

use std::path::PathBuf;

use app::account::Actor;
use app::author::{self, Standing};
use app::import::act::{Options, import_file};
use app::import::{self, Counts, State};
use app::program::Segment;
use app::segment::store::{Search, Wanted};
use app::testing::each_db;

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var("WEHEARD_DATA").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        |given| {
            let given = PathBuf::from(given);
            if given.is_absolute() { given } else { PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(given) }
        },
    );
    let path = root.join("listening").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("no real data at {}: not checked", path.display());
    None
}

fn sum(counts: &Counts) -> i64 {
    counts.created + counts.updated + counts.duplicate + counts.set_aside + counts.rejected
}

#[tokio::test]
async fn every_row_of_the_dell_file_is_accounted_for_and_a_second_import_creates_nothing() {
    let Some(path) = data("dell-tweets-2022.csv") else { return };
    each_db(|db| {
        let path = path.clone();
        async move {
            let actor = Actor::System("test");
            let options = Options { organisation: Some("Dell".into()), ..Options::default() };
            let first = import_file(&db, &actor, &path, options.clone()).await.expect("imported");
            assert_eq!((first.counts.rows, sum(&first.counts)), (14_363, 14_363));
            assert!(first.counts.rejected <= 2 && first.counts.set_aside >= 50, "own accounts are set aside");
            let second = import_file(&db, &actor, &path, options).await.expect("imported again");
            assert_eq!((second.counts.rows, sum(&second.counts)), (14_363, 14_363));
            assert_eq!((second.counts.created, second.counts.updated), (0, 0));
            assert_eq!(second.counts.rejected, first.counts.rejected);

            let mut tx = db.read().await.expect("a transaction");
            let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
            for own in ["dellclients", "dell_in", "dellsmallbiz", "delltech"] {
                let voice = author::store::find_by_handle(&mut tx, program, "x", own).await.expect("read").expect(own);
                assert_eq!(voice.standing, Standing::Own, "{own}");
            }
            for segment in [Segment::Ranter, Segment::Raver] {
                let search = Search::of(program, Wanted::In(segment));
                let voices = app::segment::store::rank(&mut tx, &search, 15, 0).await.expect("a ranking");
                assert_eq!(voices.len(), 15, "{segment}");
                assert!(voices.iter().all(|voice| !voice.reasons.is_empty() && voice.posts >= 3 && voice.standing == Standing::Counted));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_row_of_the_airline_file_is_accounted_for() {
    let Some(path) = data("airline-tweets-2015.csv") else { return };
    each_db(|db| {
        let path = path.clone();
        async move {
            let done = import_file(&db, &Actor::System("test"), &path, Options::default()).await.expect("imported");
            assert_eq!((done.counts.rows, sum(&done.counts)), (14_564, 14_564));
            assert_eq!(done.counts.duplicate, 154);
        }
    })
    .await;
}

#[tokio::test]
async fn vendors_lay_out_the_same_posts_each_in_their_own_way() {
    for name in ["brandwatch.csv", "meltwater-2024.csv", "meltwater-utf16.csv", "talkwalker.csv"] {
        let Some(path) = data(&format!("vendors/{name}")) else { return };
        each_db(|db| {
            let path = path.clone();
            async move {
                let done = import_file(&db, &Actor::System("test"), &path, Options::default()).await.expect(name);
                let mut tx = db.read().await.expect("a transaction");
                let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
                let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0);
                assert_eq!(run.state, State::Finished);
                assert_eq!((done.counts.rows, sum(&done.counts)), (400, 400), "{name}");
                assert!(done.counts.created >= 380, "{name}: {done:?}");
            }
        })
        .await;
    }
}

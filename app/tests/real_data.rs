//! Real listening exports, where they are at hand (`WEHEARD_DATA`, default `../shared/data` beside the repository).
//! Says which of the two it did; without the data there is nothing to check.
#![cfg(feature = "store")]

use std::path::PathBuf;

use app::account::Actor;
use app::author::{self, Standing};
use app::import::act::{Options, import_file};
use app::import::order::Origin;
use app::import::preset::Preset;
use app::import::{self, Counts, State};
use app::mention::{self, Mention};
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

/// What a vendor's file is found to be, and what its posts say.
struct Expected {
    name: &'static str,
    preset: Preset,
    /// Lowest number of posts that have each.
    created: i64,
    reach: usize,
    engagement: usize,
}

#[tokio::test]
async fn vendors_lay_out_the_same_posts_each_in_their_own_way() {
    let vendors = [
        Expected { name: "brandwatch.csv", preset: Preset::Brandwatch, created: 380, reach: 380, engagement: 380 },
        Expected { name: "meltwater-2024.csv", preset: Preset::MeltwaterNewer, created: 380, reach: 380, engagement: 0 },
        Expected { name: "meltwater-utf16.csv", preset: Preset::MeltwaterOlder, created: 380, reach: 380, engagement: 380 },
        Expected { name: "sprinklr.xlsx", preset: Preset::Sprinklr, created: 380, reach: 380, engagement: 0 },
        Expected { name: "talkwalker.csv", preset: Preset::Talkwalker, created: 380, reach: 380, engagement: 380 },
    ];
    for expected in vendors {
        let name = expected.name;
        let Some(path) = data(&format!("vendors/{name}")) else { return };
        let expected = &expected;
        each_db(|db| {
            let path = path.clone();
            async move {
                let actor = Actor::System("test");
                let done = import_file(&db, &actor, &path, Options::default()).await.expect(name);
                let mut tx = db.read().await.expect("a transaction");
                let program = app::program::store::list(&mut tx).await.expect("programs")[0].id;
                let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0);
                assert_eq!(run.state, State::Finished);
                assert_eq!((done.counts.rows, sum(&done.counts)), (400, 400), "{name}");
                assert!(done.counts.created >= expected.created, "{name}: {done:?}");
                assert_eq!(run.mapping.preset.map(|found| found.preset), Some(expected.preset), "{name}");
                let wanted = mention::store::Search { program: Some(program), ..Default::default() };
                let posts = mention::store::list(&mut tx, &wanted, 1000, 0).await.expect("posts");
                let have = |test: &dyn Fn(&Mention) -> bool| posts.iter().filter(|post| test(&post.mention)).count();
                eprintln!(
                    "{name}: {:?}, {:?}; language {}, country {}, vendor's sentiment {}, reach {}, engagement {}; dates {:?}, zone {} {:?}",
                    done.counts,
                    done.notes,
                    have(&|post| post.language.as_deref() == Some("en")),
                    have(&|post| post.country.is_some()),
                    have(&|post| post.vendor_sentiment.is_some()),
                    have(&|post| post.reach.is_some()),
                    have(&|post| post.engagement.is_some()),
                    run.mapping.order_from,
                    run.mapping.time_zone,
                    run.mapping.zone_from,
                );
                assert!(have(&|post| post.country.is_some()) >= 380, "{name}");
                assert!(have(&|post| post.vendor_sentiment.is_some()) >= 380, "{name}");
                assert!(have(&|post| post.reach.is_some()) >= expected.reach, "{name}");
                assert!(have(&|post| post.engagement.is_some()) >= expected.engagement, "{name}");
                assert!(posts.iter().all(|post| post.network == "x" && post.mention.external_id.is_some()), "{name}");
                assert!(posts.iter().all(|post| post.mention.day.format("%Y").to_string() == "2022"), "{name}");
                assert_eq!(run.mapping.order_from, Origin::File, "{name}");
                drop(tx);

                let again = import_file(&db, &actor, &path, Options::default()).await.expect(name);
                assert_eq!((again.counts.rows, again.counts.created, again.counts.updated), (400, 0, 0), "{name}: {again:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_post_from_two_vendors_is_one_post() {
    let (Some(first), Some(second)) = (data("vendors/brandwatch.csv"), data("vendors/sprinklr.xlsx")) else { return };
    each_db(|db| {
        let (first, second) = (first.clone(), second.clone());
        async move {
            let actor = Actor::System("test");
            let one = import_file(&db, &actor, &first, Options::default()).await.expect("imported").counts;
            let two = import_file(&db, &actor, &second, Options::default()).await.expect("imported").counts;
            assert!(two.created + one.created < 450, "{one:?} {two:?}");
        }
    })
    .await;
}

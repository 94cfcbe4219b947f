//! Excluded authors on both databases: by rules as mentions are added and removed, and by a person for good.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::store::{ExcludedFilter, ExcludedSearch, count_excluded, count_kinds, find_by_handle, list_excluded};
use super::{Author, AuthorKind, act};
use crate::access::account::Actor;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::ids::ProgramId;
use crate::listening::import::ImportCounts;
use crate::listening::import::act::undo;
use crate::listening::import::import_file::import_file;
use crate::listening::import::outcome::dry_run::preview_file;
use crate::listening::{import, segment};
use crate::privacy::retention::act::rebuild;
use crate::program;
use crate::program::act::UpdateProgram;
use crate::testing::{each_db, fixture};

mod kinds;
mod signs;

const STAFF: Actor = Actor::System("test");

/// One mention: its minute in the month, its author, the author's name, its words, the vendor's word.
type ExportRow = (i64, &'static str, &'static str, String, &'static str);

fn file(rows: &[ExportRow]) -> std::path::PathBuf {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,Author Name,Sentiment\n");
    for (minute, who, name, words, reading) in rows {
        let (day, hour, left) = (minute / 1440 + 1, minute / 60 % 24, minute % 60);
        let mut id = DefaultHasher::new();
        (who, minute, words).hash(&mut id);
        let id = id.finish();
        text += &format!("2022-09-{day:02} {hour:02}:{left:02}:00,{id},\"{words}\",{who},{name},{reading}\n");
    }
    let path = std::env::temp_dir().join(format!("weheard-authors-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, text).expect("a file");
    path
}

/// A dry run and an import of the same file must agree.
async fn import(db: &Db, rows: &[ExportRow]) -> ImportCounts {
    let path = file(rows);
    let reported = preview_file(db, &STAFF, &path, fixture::dell()).await.expect("a dry run").counts;
    let run = import_file(db, &STAFF, &path, fixture::dell()).await.expect("imported");
    std::fs::remove_file(path).expect("removed");
    assert_eq!(reported, run.counts, "a dry run says what an import does");
    reported
}

async fn program(db: &Db) -> ProgramId {
    program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id
}

async fn author(db: &Db, key: &str) -> Author {
    let program = program(db).await;
    find_by_handle(&mut db.read().await.expect("tx"), program, "x", key).await.expect("read").expect("the author")
}

async fn kind(db: &Db, key: &str) -> (AuthorKind, Option<String>) {
    let author = author(db, key).await;
    let why = author.why();
    (author.kind, why)
}

/// Eight mentions each: a promoter with words, a promoter who repeats himself, a customer who repeats her complaint, and a shop.
fn mentions() -> Vec<ExportRow> {
    let mut rows = Vec::new();
    for day in 0..8 {
        let at = day * 1440;
        rows.push((
            at,
            "lapromo",
            "Lap Promo",
            format!("Only today: {day}0 % off on this deal of the week https://t.co/a{day}"),
            "positive",
        ));
        rows.push((
            at,
            "ranking",
            "Rank",
            "This week we rank the makers of laptops again, see who came first https://t.co/b".to_owned(),
            "neutral",
        ));
        rows.push((
            at,
            "zoe",
            "Zoe",
            "My laptop came back from repair broken for the third time, see https://t.co/c".to_owned(),
            "negative",
        ));
        rows.push((
            at,
            "LaptopStore_UK",
            "Laptops",
            format!("Number {day} of our shelf has arrived in the window https://t.co/d{day}"),
            "neutral",
        ));
    }
    rows
}

/// Takes back what the first import brought.
async fn undo_first(db: &Db, program: ProgramId) {
    let mut tx = db.begin().await.expect("tx");
    let runs = import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
    let first = runs.iter().min_by_key(|run| run.id).expect("the first run");
    undo(&mut tx, &STAFF, now(), first.id).await.expect("undoing");
    tx.commit().await.expect("commit");
    while import::batch::work::work(db, &std::env::temp_dir()).await.expect("worked") {}
}

/// Counts, lists and finds those who are excluded.
async fn check_excluded(db: &Db, program: ProgramId) {
    let mut tx = db.read().await.expect("tx");
    let wanted = |which| ExcludedSearch { program, which, text: String::new(), by_person: None };
    let kinds = count_kinds(&mut tx, program).await.expect("counts");
    let of = |kind: AuthorKind| kinds.iter().find(|(found, _)| *found == kind).map_or(0, |(_, count)| *count);
    assert_eq!((of(AuthorKind::Partner), of(AuthorKind::Advertiser), of(AuthorKind::Bot), of(AuthorKind::Own)), (2, 2, 1, 0));
    assert_eq!(count_excluded(&mut tx, &wanted(ExcludedFilter::Excluded)).await.expect("a count"), 5);
    let advertisers = list_excluded(&mut tx, &wanted(ExcludedFilter::Kind(AuthorKind::Advertiser)), 9, 0).await.expect("a list");
    assert_eq!(advertisers.iter().map(|author| author.handle.as_str()).collect::<Vec<_>>(), ["lapromo", "ranking"], "loudest first");
    let searched = ExcludedSearch { text: "@FAST".into(), ..wanted(ExcludedFilter::Excluded) };
    assert_eq!(list_excluded(&mut tx, &searched, 9, 0).await.expect("a list")[0].handle, "fastfingers");
}

#[tokio::test]
async fn rules_exclude_with_their_numbers_and_take_it_back_with_the_mentions() {
    each_db(|db| async move {
        let first = import(&db, &mentions()).await;
        assert_eq!((first.created, first.excluded), (32, 0), "what mentions show is known when they are here");
        let reported = |reason: &str| Some(reason.to_owned());
        assert_eq!(
            kind(&db, "lapromo").await,
            (AuthorKind::Advertiser, reported("8 of 8 mentions have a link, and 8 contain advertising words."))
        );
        assert_eq!(
            kind(&db, "ranking").await,
            (AuthorKind::Advertiser, reported("8 of 8 mentions have a link, and 7 repeat an earlier one in nearly the same words."))
        );
        assert_eq!(kind(&db, "zoe").await, (AuthorKind::Customer, None), "who complains may repeat it");
        assert_eq!(
            kind(&db, "laptopstore_uk").await,
            (AuthorKind::Partner, reported("The handle ends with the retail word “store”. 8 of 8 mentions have a link."))
        );
        let zoe = author(&db, "zoe").await;
        assert_eq!((zoe.copies, zoe.busiest_day, zoe.busiest_hour, zoe.busiest_minute), (7, 1, 1, 1));

        // More of the promoter is excluded at once; a burst makes a bot; a shop with the name is known at sight.
        let mut more: Vec<ExportRow> = (0..64)
            .map(|n| (20_000 + n / 2, "fastfingers", "F", format!("This is mention number {n} of a very long row of mentions"), "neutral"))
            .collect();
        more.push((30_000, "lapromo", "Lap Promo", "The deal of the week is here again https://t.co/z".into(), "neutral"));
        more.push((30_000, "DellLaptopDeals", "D", "A new one has come in and waits for you in the window".into(), "neutral"));
        let second = import(&db, &more).await;
        assert_eq!((second.created, second.excluded), (64, 2));
        assert_eq!(kind(&db, "fastfingers").await, (AuthorKind::Bot, reported("64 of 64 mentions were posted within one hour.")));
        assert_eq!(kind(&db, "delllaptopdeals").await.0, AuthorKind::Partner);
        assert_eq!(kind(&db, "lapromo").await.1, reported("9 of 9 mentions have a link, and 9 contain advertising words."));
        let before = author(&db, "fastfingers").await;
        assert_eq!((before.busiest_day, before.busiest_hour, before.busiest_minute), (64, 64, 2));

        // A recount changes nothing.
        let program = program(&db).await;
        let rebuilt = rebuild(&db, &Actor::System("test"), program).await.expect("rebuilt");
        assert_eq!(rebuilt.mended, 0);
        assert_eq!(author(&db, "fastfingers").await, before);

        check_excluded(&db, program).await;

        // Undoing the first import leaves the promoter one mention: nothing is said of him any more.
        undo_first(&db, program).await;
        assert_eq!(kind(&db, "lapromo").await, (AuthorKind::Customer, None));
        let left = author(&db, "lapromo").await;
        assert_eq!((left.mentions, left.copies, left.busiest_day), (1, 0, 0));
        assert_eq!(author(&db, "fastfingers").await, before);
    })
    .await;
}

#[tokio::test]
async fn what_a_person_decided_no_rule_changes() {
    each_db(|db| async move {
        import(&db, &mentions()).await;
        let (promoter, zoe) = (author(&db, "lapromo").await, author(&db, "zoe").await);
        let mut tx = db.begin().await.expect("tx");
        let staff = fixture::actor(&fixture::account(&mut tx, "Ada Bell", crate::access::account::Role::Staff, now()).await);
        act::bring_back(&mut tx, &staff, now(), promoter.id, None, "A customer who hunts bargains").await.expect("brought back");
        act::exclude(&mut tx, &staff, now(), zoe.id, None, "Works for a rival").await.expect("excluded");
        tx.commit().await.expect("commit");
        let rows = [
            (40_000, "lapromo", "Lap Promo", "And here is one more deal for this week https://t.co/y".to_owned(), "positive"),
            (40_000, "zoe", "Zoe", "It works now after all these months of waiting".to_owned(), "positive"),
        ];
        let counts = import(&db, &rows).await;
        assert_eq!((counts.created, counts.excluded), (1, 1));
        let reported = |reason: &str| Some(reason.to_owned());
        assert_eq!(kind(&db, "lapromo").await, (AuthorKind::Customer, reported("A customer who hunts bargains")));
        assert_eq!(kind(&db, "zoe").await, (AuthorKind::Unknown, reported("Works for a rival")));
        let program = program(&db).await;
        let mut tx = db.read().await.expect("tx");
        let back = ExcludedSearch { program, which: ExcludedFilter::BroughtBack, text: String::new(), by_person: None };
        assert_eq!(list_excluded(&mut tx, &back, 9, 0).await.expect("a list")[0].handle, "lapromo");
        let by_person = ExcludedSearch { which: ExcludedFilter::Excluded, by_person: Some(true), ..back };
        assert_eq!(list_excluded(&mut tx, &by_person, 9, 0).await.expect("a list")[0].handle, "zoe");
    })
    .await;
}

#[tokio::test]
async fn a_brand_named_later_is_asked_of_every_author_anew() {
    each_db(|db| async move {
        let rows = [
            (1, "AlienwareUK", "A", "Good morning to everybody who reads this on a rainy day".to_owned(), "neutral"),
            (2, "mia", "Mia", "Hello to all of you from the new desk in my room".to_owned(), "neutral"),
        ];
        assert_eq!(import(&db, &rows).await.created, 2);
        let id = program(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let revision = program::store::find(&mut tx, id).await.expect("read").expect("the program").revision;
        let charter = program::Charter { brands: "Alienware\nXPS".into(), own_handles: String::new(), ..fixture::charter() };
        program::act::update(&mut tx, &STAFF, now(), UpdateProgram { id, revision, charter }).await.expect("saved");
        tx.commit().await.expect("commit");
        while segment::work::work(&db).await.expect("worked") {}
        assert_eq!(kind(&db, "alienwareuk").await, (AuthorKind::Own, Some("The handle is a brand's name and “uk”.".into())));
        assert_eq!(kind(&db, "mia").await, (AuthorKind::Customer, None));
        let again =
            import(&db, &[(3, "AlienwareUK", "A", "Good evening to everybody who is still here with us".to_owned(), "neutral")]).await;
        assert_eq!(again.excluded, 1);
    })
    .await;
}

#[tokio::test]
async fn reach_and_followers_are_what_the_newest_export_says_and_go_with_their_mentions() {
    each_db(|db| async move {
        let import_text = async |rows: &[&str]| {
            let text = format!("Datetime,Tweet Id,Text,Username,Sentiment,Followers,Reach,Engagement\n{}\n", rows.join("\n"));
            fixture::import(&db, &text, fixture::dell()).await.1
        };
        // The newest mention is first, as in most exports.
        import_text(&[
            "2022-09-03 10:00:00,15700000103,The hinge of my laptop broke again today,zoe,negative,1200,500,7",
            "2022-09-01 10:00:00,15700000101,The hinge of my laptop broke for the first time,zoe,negative,900,300,",
            "2022-09-02 10:00:00,15700000102,The hinge of my laptop broke while I watched,mia,negative,,,",
        ])
        .await;
        let zoe = author(&db, "zoe").await;
        assert_eq!((zoe.followers, zoe.reach, zoe.engagement), (Some(1200), Some(800), Some(7)));
        assert_eq!(zoe.followers_at.map(|at| at.date_naive().to_string()).as_deref(), Some("2022-09-03"), "the newest mention is believed");
        let mia = author(&db, "mia").await;
        assert_eq!((mia.followers, mia.reach, mia.engagement), (None, None, None), "unknown where no export says it");

        // An older mention changes no followers; a newer export of a mention brings its counts up to date.
        let counts = import_text(&[
            "2022-08-01 10:00:00,15700000100,The hinge of my laptop is a little loose here,zoe,negative,100,50,1",
            "2022-09-03 10:00:00,15700000103,The hinge of my laptop broke again today,zoe,negative,1300,700,9",
            "2022-09-02 10:00:00,15700000102,The hinge of my laptop broke while I watched,mia,negative,,40,",
        ])
        .await;
        assert_eq!((counts.created, counts.updated), (1, 2));
        let zoe = author(&db, "zoe").await;
        assert_eq!((zoe.followers, zoe.reach, zoe.engagement), (Some(1200), Some(1050), Some(10)));
        assert_eq!(author(&db, "mia").await.reach, Some(40));
        let program = program(&db).await;
        assert_eq!(rebuild(&db, &STAFF, program).await.expect("rebuilt").mended, 0);

        let mut tx = db.read().await.expect("tx");
        let ranking = segment::store::SegmentSearch {
            order: segment::store::SegmentOrder::Reach,
            min_reach: 100,
            ..segment::store::SegmentSearch::of(program, segment::store::SegmentFilter::Any)
        };
        let ranked = segment::store::rank(&mut tx, &ranking, 9, 0).await.expect("a ranking");
        assert_eq!(ranked.iter().map(|one| (one.name.as_str(), one.reach)).collect::<Vec<_>>(), [("zoe", Some(1050))]);
        let all = segment::store::SegmentSearch { min_reach: 0, ..ranking };
        let ranked = segment::store::rank(&mut tx, &all, 9, 0).await.expect("a ranking");
        assert_eq!(ranked.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["zoe", "mia"]);
        drop(tx);

        undo_first(&db, program).await;
        let zoe = author(&db, "zoe").await;
        assert_eq!((zoe.mentions, zoe.reach, zoe.engagement), (1, Some(50), Some(1)));
    })
    .await;
}

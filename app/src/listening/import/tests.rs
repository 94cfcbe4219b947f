//! Imports on both databases: every row has an outcome, nothing is imported twice, and imports can be undone.

mod interrupted;
mod runs;

use std::path::{Path, PathBuf};

use super::act::{ImportStart, cancel, map_and_start, undo};
use super::intake::receive;
use crate::access::account::Actor;
use crate::access::job;
use crate::db::{Db, Tx};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{ImportRunId, ProgramId};
use crate::listening::author::{self, AuthorKind};
use crate::listening::import::batch::work;
use crate::listening::import::import_file::import_file;
use crate::listening::import::intake::spool;
use crate::listening::import::mapping::preview::PreviewRequest;
use crate::listening::import::outcome::rows::{self, SkippedRowsFile};
use crate::listening::import::{ImportCounts, ImportRun, ImportState, RowReason, store};
use crate::listening::mention::{self, store::MentionSearch};
use crate::listening::opt_out;
use crate::listening::segment::{self, SegmentOrigin, store::SegmentFilter, store::SegmentSearch};
use crate::program::{self, Segment};
use crate::testing::fixture::{self, dell, import, newest_import};
use crate::testing::{each_db, whole_file};

const STAFF: Actor = Actor::System("test");
const IMPORT: job::rules::JobTerms = job::rules::JobTerms::of(job::JobKind::Import);

/// Starts a run with its columns as they are.
async fn start(tx: &mut Tx, actor: &Actor, now: Time, id: ImportRunId) -> Result<()> {
    let run = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut answers = PreviewRequest::of(&run).answers;
    answers.network.get_or_insert_with(|| "unknown".into());
    map_and_start(tx, actor, now, id, answers).await.map(|started| assert!(matches!(started, ImportStart::Queued), "{started:?}"))
}

/// Files in a folder of their own, gone when the test ends.
struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("weheard-import-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Zoe complains, Max praises, Dell speaks for itself, and some rows are broken.
fn export() -> String {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    for day in 1..=6 {
        text += &format!(
            "2022-09-0{day} 10:00:00+00:00,1570000010{day},\"My laptop died again, I hate this terrible support\",zoe_k,negative\n"
        );
        text += &format!("2022-09-0{day} 11:00:00+00:00,1570000020{day},\"So happy with the great new monitor, love it\",MaxO,positive\n");
    }
    text += "2022-09-07 10:00:00+00:00,15700000301,We are sorry to hear that,DellCares,neutral\n";
    text += "2022-09-07 10:00:00+00:00,15700000101,My laptop died again,zoe_k,neutral\n";
    text += "2022-09-07 10:00:00+00:00,15700000302,#ERROR!,ada,neutral\n";
    text += "soon,15700000303,When will it arrive then,ada,neutral\n";
    text += "2022-09-07 10:00:00+00:00,15700000304,Robert'); DROP TABLE author;--,=cmd|' /C calc'!A0,neutral\n";
    text += "2022-09-07 10:00:00+00:00,15700000305,half\n";
    text
}

async fn program(db: &Db) -> ProgramId {
    let mut tx = db.read().await.expect("a transaction");
    program::store::list(&mut tx).await.expect("programs")[0].id
}

async fn run_of(db: &Db) -> ImportRun {
    newest_import(&mut db.read().await.expect("a transaction")).await
}

async fn mentions(db: &Db) -> i64 {
    let wanted = MentionSearch { program: Some(program(db).await), ..MentionSearch::default() };
    let mut tx = db.read().await.expect("a transaction");
    let listed = mention::store::list(&mut tx, &wanted, 1000, 0).await.expect("mentions").len();
    let counted = mention::store::count(&mut tx, &wanted).await.expect("a count");
    assert_eq!(i64::try_from(listed).expect("few"), counted, "the roll-up of days agrees with the mentions");
    counted
}

#[tokio::test]
async fn every_row_ends_somewhere_and_a_second_import_creates_nothing() {
    each_db(|db| async move {
        let folder = Folder::new();
        let path = folder.file("export.csv", export());
        let first = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!(first, ImportCounts { rows: 18, created: 12, updated: 0, duplicate: 1, excluded: 1, rejected: 4 });
        let second = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!(second, ImportCounts { rows: 18, created: 0, updated: 0, duplicate: 14, excluded: 0, rejected: 4 });
        assert_eq!(mentions(&db).await, 13);

        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let own = author::store::find_by_handle(&mut tx, program, "x", "dellcares").await.expect("read").expect("the own account");
        assert_eq!(own.kind, AuthorKind::Own);
        for (segment, name) in [(Segment::Ranter, "@zoe_k"), (Segment::Raver, "@MaxO")] {
            let wanted = SegmentSearch::of(program, SegmentFilter::In(segment));
            let ranked = segment::store::rank(&mut tx, &wanted, 15, 0).await.expect("a ranking");
            assert_eq!(ranked.iter().map(segment::RankedAuthor::shown).collect::<Vec<_>>(), [name]);
            assert!(ranked[0].reasons[0].to_string().starts_with("6 of 6 mentions"), "{:?}", ranked[0].reasons);
        }
        let segments = segment::store::count_segments(&mut tx, program).await.expect("the segments");
        for wanted in [SegmentFilter::In(Segment::Ranter), SegmentFilter::In(Segment::Raver), SegmentFilter::NoneYet] {
            let wanted = SegmentSearch::of(program, wanted);
            let listed = segment::store::rank(&mut tx, &wanted, 50, 0).await.expect("a ranking").len() as i64;
            assert_eq!(
                (segment::store::count(&mut tx, &wanted).await.expect("a count"), wanted.known_count(&segments)),
                (listed, Some(listed))
            );
            assert_eq!(SegmentSearch { min_mentions: 2, ..wanted }.known_count(&segments), None, "a filter is counted");
        }
        let run = store::list(&mut tx, program, "", None, 9, 0).await.expect("runs").remove(0);
        let skipped = SkippedRowsFile::of_rejected(&mut tx, &STAFF, run.id).await.expect("a file");
        let file = whole_file(&mut tx, skipped).await;
        assert!(file.contains("a spreadsheet wrote over it") && file.contains("This row is incomplete"), "{file}");
        assert!(file.contains("'=cmd|"), "formulas are neutralised: {file}");
    })
    .await;
}

#[tokio::test]
async fn what_a_mention_lacked_is_filled_in_and_what_it_has_stays() {
    each_db(|db| async move {
        let folder = Folder::new();
        let bare = folder.file("bare.csv", "Date,Author,Text,Url\n2022-09-01,zoe,A plain word about the laptop,https://x.com/zoe/status/1\n");
        let full = folder.file(
            "full.csv",
            "Date,Author,Text,Url,Sentiment,Language\n2022-09-01,zoe,A plain word about the laptop,https://x.com/zoe/status/1,negative,en\n",
        );
        assert_eq!(import_file(&db, &STAFF, &bare, dell()).await.expect("imported").counts.created, 1);
        assert_eq!(import_file(&db, &STAFF, &full, dell()).await.expect("imported").counts.updated, 1);
        let mut tx = db.read().await.expect("a transaction");
        let mention = mention::store::list(&mut tx, &MentionSearch::default(), 9, 0).await.expect("mentions").remove(0).mention;
        assert_eq!((mention.vendor_sentiment.as_deref(), mention.reading), (Some("negative"), mention::Sentiment::Negative));
        let author = author::store::find(&mut tx, mention.author_id).await.expect("read").expect("an author");
        assert_eq!((author.mentions, author.negative), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn counts_grow_with_newer_exports_but_reach_only_with_those_of_its_vendor() {
    each_db(|db| async move {
        const TEXT: &str = "A plain word about the laptop and its fan that is loud again";
        let folder = Folder::new();
        let plain = |name: &str, cells: &str| {
            folder.file(name, format!("Date,Author,Text,Url,Reach,Engagement,Sentiment\n2022-09-01,zoe,{TEXT},https://x.com/zoe/status/1,{cells}\n"))
        };
        let foretold = |path: PathBuf| {
            let db = db.clone();
            async move {
                let stated = super::outcome::dry_run::preview_file(&db, &STAFF, &path, dell()).await.expect("a dry run").counts;
                let done = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
                assert_eq!(stated, done, "what the dry run said is what happened");
                done
            }
        };
        assert_eq!(foretold(plain("first.csv", "1000,5,negative")).await.created, 1);
        assert_eq!(foretold(plain("later.csv", "1200,6,NEGATIVE")).await.updated, 1);
        // A file that names its mention twice brings it once, and up to date.
        let twice = "Date,Author,Text,Url,Engagement\n2022-09-02,max,The fan of this laptop is loud again and again,https://x.com/max/status/2,1\n2022-09-02,max,The fan of this laptop is loud again and again,https://x.com/max/status/2,3\n";
        let done = foretold(folder.file("twice.csv", twice)).await;
        assert_eq!((done.created, done.updated), (1, 1));
        // Another vendor reckons reach in its own way.
        let header = "Query Id,Query Name,Date,Snippet,Url,Domain,Sentiment,Page Type,Thread Id,Author,Full Text,Reach (new)\n";
        let row = format!("1,Dell,2022-09-01 00:00:00.0,,https://x.com/zoe/status/1,x.com,negative,twitter,,zoe,{TEXT},99999\n");
        foretold(folder.file("other.csv", format!("{header}{row}"))).await;
        let mut tx = db.read().await.expect("a transaction");
        let mention = mention::store::list(&mut tx, &MentionSearch { text: "plain".into(), ..MentionSearch::default() }, 9, 0).await.expect("mentions").remove(0).mention;
        assert_eq!((mention.reach, mention.engagement), (Some(1200), Some(6)));
        let run = run_of(&db).await;
        assert!(run.mapping.preset.is_some(), "known by its columns: {:?}", run.mapping.headers);
        let found = rows::list(&mut tx, &STAFF, &run, None, 0, 9).await.expect("rows");
        assert!(
            found.iter().all(|row| row.original.as_ref().is_some_and(|original| original.contains("99999")) && !matches!(row.ended.reason, Some(RowReason::SentimentKept { .. }))),
            "{found:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_import_goes_to_the_organisation_that_is_named() {
    each_db(|db| async move {
        let folder = Folder::new();
        let file = folder.file("one.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n");
        let first = import_file(&db, &STAFF, &file, dell()).await.expect("imported");
        assert!(first.founded && first.organisation == "Dell");
        let again = import_file(&db, &STAFF, &file, super::import_file::ImportOptions { organisation: Some("dell ".into()), ..dell() })
            .await
            .expect("imported");
        assert!(!again.founded && again.counts.duplicate == 1 && again.reasons.len() == 1);
        let other = super::import_file::ImportOptions { organisation: Some("Acme".into()), ..dell() };
        let refused = import_file(&db, &STAFF, &file, other).await.expect_err("nobody's");
        assert!(refused.message().contains("Dell"), "{}", refused.message());
    })
    .await;
}

#[tokio::test]
async fn who_finds_nothing_to_do_waits_for_nobody_who_writes() {
    each_db(|db| async move {
        let writing = db.begin().await.expect("a transaction");
        let looking = async {
            assert!(!work::work(&db, &std::env::temp_dir()).await.expect("looked"));
            assert!(job::act::lease(&db, &job::rules::JobTerms::of(job::JobKind::Topics), now()).await.expect("looked").is_none());
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), looking).await.expect("it does not wait for the writer");
        drop(writing);
    })
    .await;
}

#[tokio::test]
async fn authors_that_are_read_back_stand_as_those_whose_mentions_were_added_up() {
    each_db(|db| async move {
        // Some wrote all of their mentions within the first thousand, some wrote on after them, and some met nobody before.
        let mut text = String::from("Date,Author,Text\n");
        for (from, to, days) in [(0, 100, 1..=5), (0, 200, 6..=9), (200, 300, 1..=5)] {
            for (day, author) in days.flat_map(|day| (from..to).map(move |author| (day, author))) {
                let stated = if author % 2 == 0 { "I hate this awful support" } else { "I love this great monitor" };
                text += &format!("2022-08-0{day} 10:00,voice_{author},{stated} {author} {day}\n");
            }
        }
        let (program, counts) = import(&db, &text, dell()).await;
        assert_eq!(counts.created, 1800);
        let mut tx = db.begin().await.expect("tx");
        let authors = author::store::list_after(&mut tx, program, None, 1000).await.expect("authors");
        let found = segment::store::count_segments(&mut tx, program).await.expect("segments");
        assert_eq!(authors.len(), 300);
        assert!(found.iter().any(|(segment, authors)| *segment == Some(Segment::Ranter) && *authors > 50), "{found:?}");
        assert_eq!(segment::act::assess(&mut tx, now(), program, &authors).await.expect("assessed"), 0, "all stand as they were read");
    })
    .await;
}

#[tokio::test]
async fn an_author_that_objected_stays_out() {
    each_db(|db| async move {
        let folder = Folder::new();
        let mut tx = db.begin().await.expect("a transaction");
        opt_out::store::create(&mut tx, "x", "zoe_k", now()).await.expect("objected");
        tx.commit().await.expect("committed");
        let counts = import_file(&db, &STAFF, &folder.file("export.csv", export()), dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.excluded), (6, 8));
        // Sites were called “forum” together once: who objected then stays out of each.
        let mut tx = db.begin().await.expect("a transaction");
        opt_out::store::create(&mut tx, "forum", "ada", now()).await.expect("objected");
        tx.commit().await.expect("committed");
        let text = "Date,Author,Source,Text\n2022-09-08,ada,forum.example.org,The fan of this laptop is loud again and again\n\
            2022-09-08,ada,forum.example.com,The fan of this laptop is loud again and again\n\
            2022-09-08,ada,x.com,The fan of this laptop is loud again and again\n";
        let counts = import_file(&db, &STAFF, &folder.file("sites.csv", text), dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.excluded), (1, 2));
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let run = store::list(&mut tx, program, "export", None, 1, 0).await.expect("runs").remove(0);
        assert!(author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").is_none());
        let found = rows::list(&mut tx, &STAFF, &run, Some(super::RowOutcome::Excluded), 0, 99).await.expect("rows");
        let kept = found.iter().filter_map(|row| row.original.as_deref()).collect::<Vec<_>>();
        assert_eq!((found.len(), kept.len()), (8, 1), "nothing of what they wrote is kept");
        assert!(kept[0].contains("DellCares"));
    })
    .await;
}

#[tokio::test]
async fn a_person_overrules_until_it_is_lifted_and_brings_authors_back() {
    each_db(|db| async move {
        let folder = Folder::new();
        let path = folder.file("export.csv", export());
        import_file(&db, &STAFF, &path, dell()).await.expect("imported");
        let program = program(&db).await;
        let mut tx = db.begin().await.expect("a transaction");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("an author").id;
        let (overrule, computed) = (segment::act::overrule, fixture::assessment(&mut tx, zoe).await);
        assert!(overrule(&mut tx, &STAFF, now(), zoe, computed, Some(Segment::Raver), "  ").await.is_err(), "a reason is needed");
        assert!(overrule(&mut tx, &STAFF, now(), zoe, computed, Some(Segment::Apathetic), "no").await.is_err());
        overrule(&mut tx, &STAFF, now(), zoe, computed, Some(Segment::Raver), "Met her: the problem was solved").await.expect("overruled");
        segment::act::assess(&mut tx, now(), program, &[zoe]).await.expect("assessed");
        let held = segment::store::find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        assert_eq!((held.segment, held.origin), (Some(Segment::Raver), SegmentOrigin::Overruled));
        fixture::lift(&mut tx, &STAFF, now(), zoe).await;
        let held = segment::store::find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        assert_eq!((held.segment, held.origin), (Some(Segment::Ranter), SegmentOrigin::Computed));
        assert_eq!(segment::store::list_history(&mut tx, segment::store::AssessedParty::Author(zoe)).await.expect("read").len(), 3);

        let own = author::store::find_by_handle(&mut tx, program, "x", "dellcares").await.expect("read").expect("an author").id;
        author::act::bring_back(&mut tx, &STAFF, now(), own, None, "A fan club, not the company").await.expect("brought back");
        tx.commit().await.expect("committed");
        import_file(&db, &STAFF, &path, dell()).await.expect("imported");
        let mut tx = db.read().await.expect("a transaction");
        let after = author::store::find(&mut tx, own).await.expect("read").expect("an author");
        assert_eq!(after.kind, AuthorKind::Customer, "no rule sets it aside again");
    })
    .await;
}

#[tokio::test]
async fn a_roster_gives_apathetics_only_with_an_answer() {
    each_db(|db| async move {
        let folder = Folder::new();
        let text = "Customer ID,Name,Email,Products,Consents to contact,Last contact,Survey answer\n\
                    C1,Ada Okafor,ada@example.com,XPS 13,yes,2020-02-03,I do not care much\n\
                    C2,Ben Mori,ben@example.com,XPS 15,yes,2019-02-03,\n\
                    C3,Cleo Sand,cleo@example.com,XPS 15,no,2019-02-03,I don't care\n\
                    C4,Dan Reyes,not an address,XPS 15,yes,2019-02-03,1/5\n";
        let path = folder.file("roster.csv", text);
        let counts = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!(counts, ImportCounts { rows: 4, created: 3, rejected: 1, ..ImportCounts::default() });
        let counts = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.duplicate), (0, 3));
        let changed = folder.file("changed.csv", text.replace("Ben Mori", "Ben A. Mori"));
        assert_eq!(import_file(&db, &STAFF, &changed, dell()).await.expect("imported").counts.updated, 1);
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let ranked = segment::store::rank(&mut tx, &SegmentSearch::of(program, SegmentFilter::In(Segment::Apathetic)), 15, 0)
            .await
            .expect("a ranking");
        assert_eq!(ranked.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["Ada Okafor"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_named_before_anything_is_saved() {
    each_db(|db| async move {
        let folder = Folder::new();
        let why = |path: PathBuf| {
            let db = db.clone();
            async move { import_file(&db, &STAFF, Path::new(&path), dell()).await.expect_err("refused").message() }
        };
        assert!(why(folder.file("a.csv", "Colour,Size\nred,5\nblue,6\n")).await.contains("No column contains"));
        assert!(why(folder.file("b.csv", "")).await.contains("empty"));
        assert!(why(folder.0.join("missing.csv")).await.contains("cannot be read"));
        let mut tx = db.read().await.expect("a transaction");
        assert!(program::store::list(&mut tx).await.expect("programs").is_empty());
    })
    .await;
}

#[tokio::test]
async fn files_in_the_watched_folder_are_taken_or_refused() {
    each_db(|db| async move {
        let (folder, spool) = (Folder::new(), Folder::new());
        let old = |path: &PathBuf| {
            let file = std::fs::File::options().append(true).open(path).expect("a file");
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(60)).expect("an older file");
        };
        let take = || super::intake::watched_folder::take(&db, &folder.0, &spool.0);
        old(&folder.file("export.csv", export()));
        assert_eq!(take().await.expect("looked"), 0, "without a program nothing is taken, and nothing is lost");
        import_file(
            &db,
            &STAFF,
            &folder.file(".first.csv", "Datetime,Tweet Id,Text,Username\n2022-09-01,1,The first word about the laptop,zoe\n"),
            dell(),
        )
        .await
        .expect("a program");
        old(&folder.file("page.csv", "<!doctype html><html><body>Please sign in</body></html>"));
        old(&folder
            .file("unclear.csv", "Date,Author,Message\n3/4/2022,zoe,Something about the laptop\n5/6/2022,max,Something else about it\n"));
        old(&folder.file("later.csv.part", "half"));
        let fresh = folder.file("fresh.csv", export());
        assert_eq!(take().await.expect("looked"), 2);
        while work::work(&db, &spool.0).await.expect("worked") {}
        assert_eq!(mentions(&db).await, 14);
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let state = |name: &str, runs: &[ImportRun]| runs.iter().find(|run| run.file_name == name).map(|run| run.state);
        let runs = store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
        assert_eq!(state("export.csv", &runs), Some(ImportState::Finished));
        assert_eq!(state("unclear.csv", &runs), Some(ImportState::Mapping), "dates that can be read two ways wait for a person");
        let why = std::fs::read_to_string(folder.0.join("refused/page.csv.why.txt")).expect("a reason");
        assert!(why.contains("web page"), "{why}");
        let left: Vec<bool> = ["export.csv", "page.csv", "later.csv.part"].iter().map(|name| folder.0.join(name).exists()).collect();
        assert_eq!((left, fresh.exists()), (vec![false, false, true], true), "what is still being written stays");
    })
    .await;
}

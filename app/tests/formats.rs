//! What people say about a file is remembered, counts grow with newer exports, and damaged files never bring the house down.
#![cfg(feature = "store")]

use std::path::{Path, PathBuf};

use app::access::account::Actor;
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::ImportRunId;
use app::listening::customer::SurveyScale;
use app::listening::import::act::{ImportStart, MappingAnswers, map, map_and_start};
use app::listening::import::batch::row::RowReader;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::listening::import::intake::receive;
use app::listening::import::mapping::columns::MappingOrigin;
use app::listening::import::mapping::guess_file;
use app::listening::import::reading::record::Record;
use app::listening::import::reading::source;
use app::listening::import::{ImportField, ImportKind, ImportRun, store};
use app::listening::mention::{self, store::MentionSearch};
use app::testing::each_db;
use proptest::prelude::*;

const ACTOR: Actor = Actor::System("test");

/// Files in a folder of their own, gone when the test ends.
struct UploadFolder(PathBuf);

impl UploadFolder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("weheard-formats-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Drop for UploadFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn upload(db: &Db, folder: &UploadFolder, text: &str) -> ImportRun {
    let program = app::program::store::list(&mut db.read().await.expect("a transaction")).await.expect("programs")[0].id;
    let path = folder.file("upload", text);
    let id = receive(db, &ACTOR, program, "export.csv", &path, &folder.0).await.expect("received");
    find(db, id).await
}

async fn find(db: &Db, id: ImportRunId) -> ImportRun {
    store::find(&mut db.read().await.expect("a transaction"), id).await.expect("read").expect("a run")
}

#[tokio::test]
async fn what_a_person_said_counts_for_the_next_file_with_the_same_columns() {
    each_db(|db| async move {
        let folder = UploadFolder::new();
        let first = folder.file("first.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again today\n");
        import_file(&db, &ACTOR, &first, ImportOptions::default()).await.expect("imported");

        let run =
            upload(&db, &folder, "Day,Who,Said,Remark\n3/4/2022 10:00,max_o,The monitor is great indeed,seen by the team today\n").await;
        assert_eq!(run.mapping.order_from, MappingOrigin::Open);
        let mut tx = db.begin().await.expect("a transaction");
        let columns = vec![Some(ImportField::At), Some(ImportField::Handle), None, Some(ImportField::Text)];
        let mut stated = MappingAnswers { columns, time_zone: "Mars".into(), network: Some("Reddit".into()), ..MappingAnswers::default() };
        let why = map(&mut tx, &ACTOR, now(), run.id, stated.clone()).await.expect_err("no zone").message();
        assert!(why.contains("“Mars” is not a time zone"), "{why}");
        stated.time_zone = "America/Chicago".into();
        map(&mut tx, &ACTOR, now(), run.id, stated.clone()).await.expect("saved");
        let why = map_and_start(&mut tx, &ACTOR, now(), run.id, stated.clone()).await.expect_err("dates are open").message();
        assert!(why.contains("are ambiguous"), "{why}");
        stated.day_first = Some(false);
        map_and_start(&mut tx, &ACTOR, now(), run.id, stated).await.expect("started");
        tx.commit().await.expect("committed");

        let next = upload(&db, &folder, "Remark,WHO,Day,Said\nseen by the team,ada_n,5/6/2022 10:00,Two hours on hold\n").await.mapping;
        assert!(next.remembered);
        assert_eq!((next.network.as_deref(), next.network_from), (Some("reddit"), MappingOrigin::User));
        assert_eq!(next.columns, [Some(ImportField::Text), Some(ImportField::Handle), Some(ImportField::At), None]);
        assert_eq!((next.day_first, next.order_from), (false, MappingOrigin::User));
        assert_eq!((next.time_zone.as_str(), next.zone_from), ("America/Chicago", MappingOrigin::User));

        let other = upload(&db, &folder, "Day,Who,Said\n2022-08-01,max_o,The monitor is great indeed\n").await.mapping;
        assert!(!other.remembered, "other columns are another file");
    })
    .await;
}

#[tokio::test]
async fn counts_grow_with_a_newer_export_and_an_older_one_takes_nothing_back() {
    each_db(|db| async move {
        let folder = UploadFolder::new();
        let export = |likes: &str, reach: &str| {
            let text = format!(
                "Date,Author,Text,Url,Likes,Reach\n2022-08-01,zoe_k,The fan is loud,https://x.com/zoe_k/status/7,{likes},{reach}\n"
            );
            folder.file("export.csv", text)
        };
        let known = async || {
            let mut tx = db.read().await.expect("a transaction");
            let mention = mention::store::list(&mut tx, &MentionSearch::default(), 9, 0).await.expect("posts").remove(0).mention;
            (mention.engagement, mention.reach)
        };
        for (likes, reach, ends, after) in [
            ("", "", [1, 0, 0], (None, None)),
            ("3", "", [0, 1, 0], (Some(3), None)),
            ("3", "100", [0, 1, 0], (Some(3), Some(100))),
            ("12", "100", [0, 1, 0], (Some(12), Some(100))),
            ("5", "90", [0, 0, 1], (Some(12), Some(100))),
            ("", "", [0, 0, 1], (Some(12), Some(100))),
        ] {
            let counts = import_file(&db, &ACTOR, &export(likes, reach), ImportOptions::default()).await.expect("imported").counts;
            assert_eq!([counts.created, counts.updated, counts.duplicate], ends, "{likes} likes, reach {reach}");
            assert_eq!(known().await, after, "{likes} likes, reach {reach}");
        }
    })
    .await;
}

/// Reads a file as an import does, without a database. Every row has one end; gives how many there were.
fn read(path: &Path) -> app::kernel::error::Result<i64> {
    let inspection = source::inspect(path)?;
    let (kind, mapping) = guess_file::guess_and_count(path, &inspection, None, now())?;
    let reader = RowReader::new(&mapping, now());
    let (mut rows, mut record, mut ends, mut line) = (source::rows(path, &mapping)?, Record::default(), 0, 0);
    while rows.next(&mut record).map_err(|error| app::kernel::error::Error::unavailable(error.to_string()))? {
        assert!(record.line > line, "lines go upwards");
        line = record.line;
        let reason = match kind {
            ImportKind::Mentions => reader.mention(&record).err(),
            ImportKind::Customers => reader.person(&record).err(),
        };
        assert!(reason.is_none_or(|refused| !refused.reason.to_string().is_empty()));
        ends += 1;
    }
    assert_eq!(mapping.total, Some(ends));
    Ok(ends)
}

const SHELF: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");

#[tokio::test]
async fn a_column_that_a_person_chose_is_asked_about_like_any_other() {
    each_db(|db| async move {
        let folder = UploadFolder::new();
        let first = folder.file("first.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again today\n");
        import_file(&db, &ACTOR, &first, ImportOptions::default()).await.expect("imported");
        let rows = "Reason,Who,Said\n3/4/2022 10:00 IST,max_o,The monitor is great indeed\n5/6/2022 10:00,lea,So is the keyboard of it\n";
        let run = upload(&db, &folder, rows).await;
        assert_eq!((run.mapping.columns[0], run.mapping.order_from), (None, MappingOrigin::File), "nobody takes it for a date");
        let columns = vec![Some(ImportField::At), Some(ImportField::Handle), Some(ImportField::Text)];
        let mut stated = MappingAnswers { columns, network: Some("reddit".into()), ..MappingAnswers::default() };
        let mut tx = db.begin().await.expect("a transaction");
        let started = map_and_start(&mut tx, &ACTOR, now(), run.id, stated.clone()).await.expect("saved");
        assert!(matches!(&started, ImportStart::Asks(why) if why.message().contains("are ambiguous")), "{started:?}");
        let asked = store::find(&mut tx, run.id).await.expect("read").expect("the run").mapping;
        assert_eq!((asked.order_from, asked.short_zones.get("IST")), (MappingOrigin::Open, Some(&None)));
        (stated.day_first, stated.short_zones) = (Some(false), [("IST".to_owned(), "India".to_owned())].into());
        let started = map_and_start(&mut tx, &ACTOR, now(), run.id, stated).await.expect("started");
        assert!(matches!(started, ImportStart::Queued), "{started:?}");
        tx.commit().await.expect("committed");
        let next = upload(&db, &folder, &rows.replace("great", "fine")).await.mapping;
        assert_eq!((next.day_first, next.order_from), (false, MappingOrigin::User), "it is remembered");
        assert_eq!(next.short_zones.get("IST"), Some(&Some(19_800)));
    })
    .await;
}

#[tokio::test]
async fn the_scale_of_a_survey_that_a_person_chose_is_asked() {
    each_db(|db| async move {
        let folder = UploadFolder::new();
        let first = folder.file("first.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again today\n");
        import_file(&db, &ACTOR, &first, ImportOptions::default()).await.expect("imported");
        let rows = "Customer number,Name,Email,Consent,Blub\nC1,Ada,ada@example.com,yes,4\nC2,Max,max@example.com,yes,2\n";
        let run = upload(&db, &folder, rows).await;
        assert_eq!((run.kind, run.mapping.columns[4]), (ImportKind::Customers, Some(ImportField::Extra)));
        let mut columns = run.mapping.columns.clone();
        columns[4] = Some(ImportField::SurveyAnswer);
        let mut tx = db.begin().await.expect("a transaction");
        let stated = MappingAnswers { columns, ..MappingAnswers::of(&run.mapping) };
        let started = map_and_start(&mut tx, &ACTOR, now(), run.id, stated.clone()).await.expect("saved");
        assert!(matches!(&started, ImportStart::Asks(why) if why.message().contains("Choose their scale")), "{started:?}");
        let stated = MappingAnswers { survey_scale: Some(SurveyScale::OfFive), ..stated };
        let started = map_and_start(&mut tx, &ACTOR, now(), run.id, stated).await.expect("started");
        assert!(matches!(started, ImportStart::Queued), "{started:?}");
    })
    .await;
}

#[tokio::test]
async fn the_lists_of_a_file_are_known_without_reading_it_again() {
    each_db(|db| async move {
        let folder = UploadFolder::new();
        let first = folder.file("first.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again today\n");
        import_file(&db, &ACTOR, &first, ImportOptions::default()).await.expect("imported");
        let post = r#"{"date":"2022-08-01","author":"zoe_k","text":"The fan is loud again today"}"#;
        let run = upload(&db, &folder, &format!(r#"{{"posts":[{post},{post}],"more":{{"replies":[{post}]}}}}"#)).await;
        assert_eq!(
            (run.mapping.parts.as_slice(), run.mapping.sheet.as_deref()),
            (["more.replies".to_owned(), "posts".to_owned()].as_slice(), Some("posts"))
        );
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_damaged_file_is_refused_in_words_or_read_to_its_end(
        name in proptest::sample::select(vec![
            "sprinklr.xlsx", "cover-sheet.xlsx", "one.zip", "posts.csv.gz", "posts.ndjson", "posts.json", "meltwater-older.csv", "brandwatch.csv",
        ]),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut bytes = std::fs::read(Path::new(SHELF).join(name)).expect("a file on the shelf");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = UploadFolder::new();
        if let Err(error) = read(&folder.file("damaged", bytes)) {
            prop_assert!(!error.message().is_empty());
        }
    }

    #[test]
    fn any_text_is_refused_in_words_or_read_to_its_end(text in "(Date|Author|Text|Url|2022-09-01|3/4/2022|zoe_k|[,;\t\"\n\r a-zé0-9{}:]){0,60}") {
        let folder = UploadFolder::new();
        let _ = read(&folder.file("text", text));
    }
}

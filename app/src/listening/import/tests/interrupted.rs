//! Imports that something stops: a killed command, a full disk, a damaged file, two workers at one run, opt-outs in between.

use std::io::Write;

use super::{Folder, start};
use crate::access::account::Actor;
use crate::access::job;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::{ImportRunId, ProgramId};
use crate::listening::import::act::{cancel, discard, retry, undo};
use crate::listening::import::batch::work;
use crate::listening::import::import_file::import_file;
use crate::listening::import::intake::{self, receive, spool};
use crate::listening::import::outcome::rows::SkippedRowsFile;
use crate::listening::import::reading::source;
use crate::listening::import::{ImportCounts, ImportRun, ImportState, store};
use crate::listening::mention::{self, store::MentionSearch};
use crate::listening::segment;
use crate::testing::fixture::{self, dell, newest_import};
use crate::testing::{change, each_db, whole_file};

const STAFF: Actor = Actor::System("test");
const HEAD: &str = "Datetime,Tweet Id,Text,Username\n";

/// Mentions of eleven authors, each as often as the others.
fn rows(numbers: std::ops::Range<usize>) -> String {
    numbers
        .map(|number| {
            let author = number % 11;
            format!(
                "2022-09-{:02} 10:00:00+00:00,{},I hate this terrible support number {number},voice_{author}\n",
                1 + number % 28,
                15_700_000_000_u64 + number as u64
            )
        })
        .collect()
}

async fn run(db: &Db, id: ImportRunId) -> ImportRun {
    store::find(&mut db.read().await.expect("tx"), id).await.expect("read").expect("a run")
}

async fn mentions(db: &Db) -> i64 {
    mention::store::count(&mut db.read().await.expect("tx"), &MentionSearch::default()).await.expect("counted")
}

/// How many authors are assessed.
async fn segments(db: &Db, program: ProgramId) -> i64 {
    let counts = segment::store::count_segments(&mut db.read().await.expect("tx"), program).await.expect("segments");
    counts.into_iter().map(|(_, count)| count).sum()
}

async fn delete_assessments(db: &Db) {
    change(db, "DELETE FROM assessment").await;
    change(db, "DELETE FROM segment_count").await;
}

/// A program, and an upload for it that was started.
async fn started(db: &Db, folder: &Folder, content: impl AsRef<[u8]>) -> ImportRunId {
    let mut tx = db.begin().await.expect("tx");
    let program = fixture::program(&mut tx, now()).await;
    tx.commit().await.expect("commit");
    let id = receive(db, &STAFF, program, "export.csv", &folder.file("upload", content), &folder.0).await.expect("received");
    let mut tx = db.begin().await.expect("tx");
    start(&mut tx, &STAFF, now(), id).await.expect("started");
    tx.commit().await.expect("commit");
    id
}

/// The job of an import in the hands of a worker, `later` as well after the lease of the one before has ended.
async fn held(db: &Db, later: i64) -> job::JobLease {
    let at = now() + chrono::Duration::hours(later);
    job::act::lease(db, &job::rules::JobTerms::of(job::JobKind::Import), at).await.expect("read").expect("a job")
}

#[tokio::test]
async fn a_command_that_was_killed_goes_on_where_it_was_and_leaves_nobody_unassessed() {
    each_db(|db| async move {
        let folder = Folder::new();
        let half = folder.file("half.csv", format!("{HEAD}{}", rows(0..77)));
        let whole = folder.file("whole.csv", format!("{HEAD}{}{}", rows(0..77), rows(77..154)));
        import_file(&db, &STAFF, &half, dell()).await.expect("imported");
        // As if it had been a command with the whole file, killed after half of it: nobody is assessed, and it holds its job.
        let (run, hash) = (newest_import(&mut db.read().await.expect("tx")).await, source::inspect(&whole).expect("looked").hash);
        let program = run.program_id;
        change(&db, format!("UPDATE import_run SET state = 'running', finished_at = NULL, file_hash = '{hash}'")).await;
        let mut tx = db.begin().await.expect("tx");
        let asked = job::act::JobRequest::new(job::JobKind::Import, run.id).with(serde_json::json!({ work::FILE: whole }));
        job::act::take(&mut tx, &STAFF, now(), asked).await.expect("held");
        tx.commit().await.expect("commit");
        delete_assessments(&db).await;

        let done = import_file(&db, &STAFF, &whole, dell()).await.expect("goes on");
        assert_eq!((done.counts.rows, done.counts.created, done.counts.duplicate), (154, 154, 0));
        let mut tx = db.read().await.expect("tx");
        let runs = store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
        assert_eq!(runs.iter().map(|run| run.state).collect::<Vec<_>>(), [ImportState::Finished], "it is the same import");
        drop(tx);
        assert_eq!(segments(&db, program).await, 11, "all authors are assessed");
        assert_eq!(mentions(&db).await, 154);
        let again = import_file(&db, &STAFF, &whole, dell()).await.expect("imported").counts;
        assert_eq!((again.created, again.duplicate), (0, 154), "and a third one begins anew");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_breaks_off_fails_with_everybody_assessed_whose_mentions_came() {
    each_db(|db| async move {
        let folder = Folder::new();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        packed.write_all(format!("{HEAD}{}", rows(0..4000)).as_bytes()).expect("packed");
        let whole = packed.finish().expect("packed");
        let id = started(&db, &folder, &whole).await;
        // The disk loses the second half of it.
        std::fs::write(spool::spooled(&folder.0, &run(&db, id).await), &whole[..whole.len() / 2]).expect("damaged");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        let failed = run(&db, id).await;
        assert_eq!(failed.state, ImportState::Failed);
        assert!(failed.row_count > 500 && failed.error.as_ref().is_some_and(|why| why.code() == "failure-file-unreadable"), "{failed:?}");
        assert_eq!(segments(&db, failed.program_id).await, 11);

        std::fs::write(spool::spooled(&folder.0, &failed), &whole).expect("mended");
        let mut tx = db.begin().await.expect("tx");
        retry(&mut tx, &STAFF, now(), id).await.expect("it goes on");
        tx.commit().await.expect("commit");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        let done = run(&db, id).await;
        assert_eq!((done.state, done.row_count, done.created, mentions(&db).await), (ImportState::Finished, 4000, 4000, 4000));
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_ends_no_import_it_goes_on_once_there_is_space() {
    each_db(|db| async move {
        if db.postgres().is_some() {
            // Its disk cannot be filled from here; what is done about an error of the database is the same.
            return;
        }
        let folder = Folder::new();
        let id = started(&db, &folder, format!("{HEAD}{}", rows(0..4000))).await;
        // SQLite's own limit stands for the disk's.
        change(&db, "PRAGMA max_page_count = 150").await;
        assert!(work::run(&db, held(&db, 0).await, &folder.0).await.is_err());
        change(&db, "PRAGMA max_page_count = 1000000").await;
        let stopped = run(&db, id).await;
        assert_eq!(stopped.state, ImportState::Running, "{stopped:?}");
        assert!(stopped.row_count < 4000);
        assert!(spool::spooled(&folder.0, &stopped).exists());
        assert_eq!(work::run(&db, held(&db, 1).await, &folder.0).await.expect("worked"), job::JobOutcome::Finished);
        let done = run(&db, id).await;
        assert_eq!((done.state, done.row_count, done.created, done.error), (ImportState::Finished, 4000, 4000, None));
        assert_eq!((mentions(&db).await, segments(&db, done.program_id).await), (4000, 11));
    })
    .await;
}

#[tokio::test]
async fn of_two_workers_at_one_run_one_saves_and_one_undoes() {
    each_db(|db| async move {
        let folder = Folder::new();
        let id = started(&db, &folder, format!("{HEAD}{}", rows(0..99))).await;
        let (late, other) = (held(&db, 0).await, held(&db, 1).await);
        assert_eq!(work::run(&db, late, &folder.0).await.expect("it stops"), job::JobOutcome::Stopped);
        assert_eq!((mentions(&db).await, run(&db, id).await.state), (0, ImportState::Running));
        assert_eq!(work::run(&db, other, &folder.0).await.expect("carried out"), job::JobOutcome::Finished);
        assert_eq!((mentions(&db).await, run(&db, id).await.state), (99, ImportState::Finished));

        let mut tx = db.begin().await.expect("tx");
        undo(&mut tx, &STAFF, now(), id).await.expect("asked");
        tx.commit().await.expect("commit");
        let (late, other) = (held(&db, 0).await, held(&db, 1).await);
        assert_eq!(work::run(&db, late, &folder.0).await.expect("it stops"), job::JobOutcome::Stopped);
        assert_eq!(
            (mentions(&db).await, run(&db, id).await.state),
            (99, ImportState::Undoing),
            "the late one takes nothing and ends nothing"
        );
        assert_eq!(work::run(&db, other, &folder.0).await.expect("undone"), job::JobOutcome::Finished);
        assert_eq!((mentions(&db).await, run(&db, id).await.state), (0, ImportState::Undone));
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_given_up_or_cancelled_leaves_nobody_unassessed() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("export.csv", format!("{HEAD}{}", rows(0..33))), dell()).await.expect("imported");
        let found = newest_import(&mut db.read().await.expect("tx")).await;
        for given_up in [true, false] {
            change(&db, "UPDATE import_run SET state = 'running', finished_at = NULL").await;
            delete_assessments(&db).await;
            let mut tx = db.begin().await.expect("tx");
            let held =
                job::act::take(&mut tx, &STAFF, now(), job::act::JobRequest::new(job::JobKind::Import, found.id)).await.expect("held");
            if !given_up {
                cancel(&mut tx, &STAFF, now(), found.id).await.expect("cancelled");
            }
            tx.commit().await.expect("commit");
            if given_up {
                work::give_up(&db, &held.job, &Error::busy()).await.expect("given up");
                assert_eq!(run(&db, found.id).await.state, ImportState::Failed);
            } else {
                assert!(segment::work::work(&db).await.expect("assessed"));
            }
            assert_eq!(segments(&db, found.program_id).await, 11, "{given_up}");
            let mut tx = db.begin().await.expect("tx");
            let refused = retry(&mut tx, &STAFF, now(), found.id).await;
            assert!(matches!(refused, Err(Error::Conflict(why)) if why.contains("no longer has this file")), "its file is not here");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_waits_is_deleted_when_it_is_discarded() {
    each_db(|db| async move {
        let folder = Folder::new();
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now()).await;
        tx.commit().await.expect("commit");
        let upload = folder.file("upload", format!("{HEAD}{}", rows(0..9)));
        let id = receive(&db, &STAFF, program, "export.csv", &upload, &folder.0).await.expect("received");
        let mut tx = db.begin().await.expect("tx");
        let discarded = discard(&mut tx, &STAFF, now(), id).await.expect("discarded");
        tx.commit().await.expect("commit");
        intake::discard(&folder.0, &discarded).await;
        let after = run(&db, id).await;
        assert_eq!((after.state, after.file_kept, spool::spooled(&folder.0, &after).exists()), (ImportState::Discarded, false, false));
        let mut tx = db.begin().await.expect("tx");
        assert!(retry(&mut tx, &STAFF, now(), id).await.is_err() && start(&mut tx, &STAFF, now(), id).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_spool_forgets_what_nobody_needs_and_nothing_else() {
    each_db(|db| async move {
        let folder = Folder::new();
        let id = started(&db, &folder, format!("{HEAD}{}", rows(0..9))).await;
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        let cut_off = format!("upload-{}", ImportRunId::new());
        let orphan = format!("{}.csv", ImportRunId::new());
        let (program, upload) = (run(&db, id).await.program_id, folder.file("upload", format!("{HEAD}{}", rows(0..9))));
        let waiting = receive(&db, &STAFF, program, "later.csv", &upload, &folder.0).await.expect("received");
        let waiting = format!("{waiting}.csv");
        // As if removing the file of the import that is finished had failed.
        let finished = format!("{id}.csv");
        for name in [&cut_off, &orphan, &finished] {
            folder.file(name, "what somebody wrote");
        }
        folder.file("notes of somebody else.csv", "no import of ours");
        let names = || {
            let mut names: Vec<String> = std::fs::read_dir(&folder.0)
                .expect("read")
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        let expect = |mut expected: Vec<&str>| {
            expected.sort_unstable();
            expected.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(spool::purge_files(&db, &folder.0, now()).await.expect("looked"), 1);
        assert_eq!(names(), expect(vec![&cut_off, &orphan, &waiting, "notes of somebody else.csv"]), "what came just now may be needed");
        let tomorrow = now() + chrono::Duration::hours(25);
        assert_eq!(spool::purge_files(&db, &folder.0, tomorrow).await.expect("looked"), 2);
        assert_eq!(names(), expect(vec![&waiting, "notes of somebody else.csv"]));
    })
    .await;
}

#[tokio::test]
async fn rows_that_were_left_out_come_back_as_they_were() {
    each_db(|db| async move {
        let folder = Folder::new();
        let export = "Date,Author,Message\n\
             2022-09-01,@zoe_k,\"@DellCares my laptop died again, and I hate it\"\n\
             soon,@maxo,@DellCares when will it arrive then\n\
             2022-09-02,support_fan,\"=SUM(A1) is what support told me, really\"\n\
             later,@mia,'=quoted by somebody who loves apostrophes\n\
             sometime,@noor,＠DellCares full width and never answered\n";
        import_file(&db, &STAFF, &folder.file("export.csv", export), dell()).await.expect("imported");
        for (all, created) in [(false, 3), (true, 0)] {
            let mut tx = db.read().await.expect("tx");
            let first = store::list(&mut tx, newest_import(&mut db.read().await.expect("tx")).await.program_id, "export.csv", None, 1, 0)
                .await
                .expect("runs");
            let id = first[0].id;
            let file = match all {
                true => SkippedRowsFile::of_all(&mut tx, &STAFF, id).await,
                false => SkippedRowsFile::of_rejected(&mut tx, &STAFF, id).await,
            };
            let text = whole_file(&mut tx, file.expect("a file")).await;
            assert!(text.contains(",'@maxo,'@DellCares when") && text.contains(",''=quoted"), "{text}");
            drop(tx);
            let mended = ["soon", "later", "sometime"].iter().fold(text, |text, when| text.replace(&format!(",{when},"), ",2022-09-05,"));
            let counts = import_file(&db, &STAFF, &folder.file("mended.csv", &mended), dell()).await.expect("imported").counts;
            assert_eq!(counts, ImportCounts { rows: 3, created, duplicate: 3 - created, ..ImportCounts::default() }, "{mended}");
        }
        let mut tx = db.read().await.expect("tx");
        let found = mention::store::list(&mut tx, &MentionSearch::default(), 9, 0).await.expect("mentions");
        let mut stated: Vec<(&str, &str)> = found.iter().map(|mention| (mention.handle.as_str(), mention.mention.text.as_str())).collect();
        stated.sort_unstable();
        assert_eq!(
            stated,
            [
                ("maxo", "@DellCares when will it arrive then"),
                ("mia", "'=quoted by somebody who loves apostrophes"),
                ("noor", "＠DellCares full width and never answered"),
                ("support_fan", "=SUM(A1) is what support told me, really"),
                ("zoe_k", "@DellCares my laptop died again, and I hate it"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn no_kind_of_file_has_more_than_two_thousand_columns() {
    each_db(|db| async move {
        let folder = Folder::new();
        let names = |columns: usize| (1..=columns).map(|number| format!("note{number}")).collect::<Vec<_>>();
        let csv = |columns: usize| {
            let (head, row) = (names(columns - 3).join(","), vec!["x"; columns - 3].join(","));
            format!("Date,Author,Text,{head}\n2022-09-01,zoe,It died again and I hate it,{row}\n2022-09-02,max,I love the new screen so much,{row}\n")
        };
        let json = |columns: usize| {
            let more: String = names(columns - 3).iter().map(|name| format!(",\"{name}\":1")).collect();
            format!("{{\"date\":\"2022-09-01\",\"author\":\"zoe\",\"text\":\"It died again and I hate it\"{more}}}\n")
        };
        for (name, content) in [
            ("much.csv", csv(2_001)),
            ("very-much.csv", csv(200_000)),
            ("much.json", json(2_001)),
        ] {
            let refused = import_file(&db, &STAFF, &folder.file(name, content), dell()).await.expect_err(name);
            assert!(matches!(&refused, Error::Invalid(_)) && refused.message().contains("2,000 columns"), "{name}: {refused}");
        }
        let refused = import_file(&db, &STAFF, &folder.file("much.xlsx", workbook(2_001)), dell()).await.expect_err("a workbook");
        assert!(refused.message().contains("2,000 columns"), "{refused}");
        for (name, content) in [("enough.csv", csv(2_000)), ("enough.json", json(2_000))] {
            import_file(&db, &STAFF, &folder.file(name, content), dell()).await.expect(name);
        }
        import_file(&db, &STAFF, &folder.file("enough.xlsx", workbook(2_000)), dell()).await.expect("a workbook");
    })
    .await;
}

/// A workbook with a mention and so many columns.
fn workbook(columns: usize) -> Vec<u8> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |number: usize, first: [&str; 3], more: &dyn Fn(usize) -> String| {
        let cells: String = first.iter().map(|text| cell(text)).chain((3..columns).map(|at| cell(&more(at)))).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows = row(1, ["Date", "Author", "Text"], &|at| format!("note{at}"))
        + &row(2, ["2022-09-01", "zoe", "It died again and I hate it"], &|_| "x".into())
        + &row(3, ["2022-09-02", "max", "I love the new screen so much"], &|_| "x".into());
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Mentions\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a workbook").into_inner()
}

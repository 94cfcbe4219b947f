//! A run from its upload to its end: cancelled, cut off, failed, given up, undone.

use super::*;
use crate::listening::author::judge::SignRecount;
use crate::testing::fixture;

#[tokio::test]
async fn a_cancelled_import_goes_on_and_a_forgotten_file_is_removed() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("one.csv", "Date,Author,Network,Text\n2022-08-01,zoe_k,X,The fan is loud again\n"), dell())
            .await
            .expect("imported");
        let program = program(&db).await;
        let id = receive(&db, &STAFF, program, "export.csv", &folder.file("upload", export()), &folder.0).await.expect("received");
        let mut tx = db.begin().await.expect("a transaction");
        start(&mut tx, &STAFF, now(), id).await.expect("started");
        tx.commit().await.expect("committed");
        let held = job::act::lease(&db, &IMPORT, now()).await.expect("read").expect("a worker takes it");
        let mut tx = db.begin().await.expect("a transaction");
        let run = store::begin(&mut tx, id, now()).await.expect("read").expect("a run");
        cancel(&mut tx, &STAFF, now(), id).await.expect("cancelled meanwhile");
        tx.commit().await.expect("committed");
        let path = spool::spooled(&folder.0, &run);
        assert_eq!(work::carry_out(&db, held, &run, &path, None).await.expect("it stops"), job::JobOutcome::Stopped);
        assert!(path.exists() && run_of(&db).await.row_count == 0 && run_of(&db).await.state == ImportState::Cancelled);
        let mut tx = db.begin().await.expect("a transaction");
        crate::listening::import::act::retry(&mut tx, &STAFF, now(), id).await.expect("it may go on");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.row_count, path.exists()), (ImportState::Finished, 18, false));

        let id = receive(&db, &STAFF, program, "later.csv", &folder.file("upload", export()), &folder.0).await.expect("received");
        let path = folder.0.join(format!("{id}.csv"));
        assert_eq!(spool::purge_files(&db, &folder.0, now()).await.expect("looked"), 0);
        let later = now() + chrono::Duration::days(91);
        assert_eq!((spool::purge_files(&db, &folder.0, later).await.expect("looked"), path.exists()), (1, false));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.file_kept), (ImportState::Discarded, false));
    })
    .await;
}

#[tokio::test]
async fn an_upload_waits_for_its_columns_runs_and_is_undone() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("one.csv", "Date,Author,Network,Text\n2022-08-01,zoe_k,X,The fan is loud again\n"), dell())
            .await
            .expect("imported");
        let upload = folder.file("upload", export());
        let id = receive(&db, &STAFF, program(&db).await, "../../export.csv", &upload, &folder.0).await.expect("received");
        let run = run_of(&db).await;
        assert_eq!((run.state, run.file_name.as_str()), (ImportState::Mapping, "export.csv"));
        let preview =
            crate::listening::import::outcome::dry_run::preview(&db, &run, &spool::spooled(&folder.0, &run)).await.expect("a dry run");
        assert_eq!(preview.counts.rows, 18);
        assert!(!work::work(&db, &folder.0).await.expect("asked"), "nothing runs before a person says so");

        let mut tx = db.begin().await.expect("a transaction");
        start(&mut tx, &STAFF, now(), id).await.expect("started");
        assert!(start(&mut tx, &STAFF, now(), id).await.is_err(), "a double click starts it once");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        let done = run_of(&db).await;
        assert_eq!((done.state, mentions(&db).await), (ImportState::Finished, 14));
        assert_eq!(done.counts(), preview.counts, "what the dry run said is what happened");

        let mut tx = db.begin().await.expect("a transaction");
        undo(&mut tx, &STAFF, now(), id).await.expect("undoing");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, mentions(&db).await), (ImportState::Undone, 1));
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        assert!(author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").is_none(), "authors without mentions go");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("an author");
        assert_eq!((zoe.mentions, zoe.last_at.map(|at| at.date_naive().to_string()).as_deref()), (1, Some("2022-08-01")));
        let assessed = segment::store::find_author(&mut tx, zoe.id).await.expect("read").expect("assessed");
        assert_eq!(assessed.segment, None);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_cut_off_goes_on_where_it_stood() {
    each_db(|db| async move {
        let folder = Folder::new();
        let id = {
            import_file(
                &db,
                &STAFF,
                &folder.file("one.csv", "Date,Author,Network,Text\n2022-08-01,zoe_k,X,The fan is loud again\n"),
                dell(),
            )
            .await
            .expect("imported");
            receive(&db, &STAFF, program(&db).await, "export.csv", &folder.file("upload", export()), &folder.0).await.expect("received")
        };
        let mut tx = db.begin().await.expect("a transaction");
        start(&mut tx, &STAFF, now(), id).await.expect("started");
        tx.commit().await.expect("committed");
        let dead = job::act::lease(&db, &IMPORT, now()).await.expect("read").expect("a worker takes it");
        let mut tx = db.begin().await.expect("a transaction");
        store::begin(&mut tx, id, now()).await.expect("begun");
        let done = ImportCounts { rows: 16, created: 12, duplicate: 2, excluded: 1, rejected: 1, updated: 0 };
        assert!(
            store::progress(&mut tx, id, &done, &crate::listening::import::ImportNotes::default()).await.expect("progress"),
            "and dies after 16 rows"
        );
        tx.commit().await.expect("committed");
        assert!(!work::work(&db, &folder.0).await.expect("looked"), "nobody takes it while its lease runs");
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 1);
        let next = job::act::lease(&db, &IMPORT, later).await.expect("read").expect("another takes over");
        assert_eq!(next.job.id, dead.job.id);
        work::run(&db, next, &folder.0).await.expect("worked");
        let run = run_of(&db).await;
        assert_eq!((run.state, run.row_count, run.rejected), (ImportState::Finished, 18, 3));

        let mut tx = db.begin().await.expect("a transaction");
        assert!(cancel(&mut tx, &STAFF, now(), id).await.is_err(), "what has ended cannot be cancelled");
    })
    .await;
}

/// A run of `export()` whose rows are saved, and whose worker died before it assessed anybody. Gives it with the path of its file.
async fn saved_and_dead(db: &Db, folder: &Folder) -> (ImportRun, PathBuf) {
    import_file(db, &STAFF, &folder.file("one.csv", "Date,Author,Text\n2022-08-01,pia,A word about the laptop\n"), dell())
        .await
        .expect("imported");
    let id = receive(db, &STAFF, program(db).await, "export.csv", &folder.file("upload", export()), &folder.0).await.expect("received");
    let mut tx = db.begin().await.expect("a transaction");
    start(&mut tx, &STAFF, now(), id).await.expect("started");
    tx.commit().await.expect("committed");
    let mut held = job::act::lease(db, &IMPORT, now()).await.expect("read").expect("a job");
    let mut tx = db.begin().await.expect("a transaction");
    let run = store::begin(&mut tx, id, now()).await.expect("read").expect("a run");
    tx.commit().await.expect("committed");
    let path = spool::spooled(&folder.0, &run);
    assert!(work::read_and_save(db, &mut held, &run, &path).await.expect("saved").is_some());
    assert!(!is_assessed(db, "zoe_k").await, "its worker died before");
    (run, path)
}

async fn is_assessed(db: &Db, handle: &str) -> bool {
    let program = program(db).await;
    let mut tx = db.read().await.expect("a transaction");
    let author = author::store::find_by_handle(&mut tx, program, "x", handle).await.expect("read").expect("an author");
    segment::store::find_author(&mut tx, author.id).await.expect("read").is_some()
}

#[tokio::test]
async fn settings_that_changed_while_a_run_was_read_have_signs_counted_anew() {
    each_db(|db| async move {
        let folder = Folder::new();
        let (run, _) = saved_and_dead(&db, &folder).await;
        let mut tx = db.begin().await.expect("a transaction");
        let before = program::store::find(&mut tx, run.program_id).await.expect("read").expect("a program");
        let charter = program::Charter { staff_hashtags: "#TeamDellRocks".into(), ..fixture::charter() };
        let cmd = program::act::UpdateProgram { id: run.program_id, revision: before.revision, charter };
        program::act::update(&mut tx, &STAFF, now(), cmd).await.expect("saved");
        tx.commit().await.expect("committed");
        while segment::work::work(&db).await.expect("assessed with the new settings, before all rows came") {}
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 2);
        let next = job::act::lease(&db, &IMPORT, later).await.expect("read").expect("another takes over");
        work::run(&db, next, &folder.0).await.expect("worked");
        let is_stale = async || SignRecount::of(&mut db.read().await.expect("tx"), run.program_id).await.expect("read").is_stale();
        assert!(is_stale().await, "rows of the first worker were read by the old settings");
        assert!(segment::work::work(&db).await.expect("worked"), "and this is asked for at once");
        assert!(!is_stale().await);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_fails_assesses_whom_it_has_brought() {
    each_db(|db| async move {
        let folder = Folder::new();
        let (run, path) = saved_and_dead(&db, &folder).await;
        std::fs::remove_file(path).expect("its file is lost");
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 2);
        let next = job::act::lease(&db, &IMPORT, later).await.expect("read").expect("another takes over");
        assert!(work::run(&db, next, &folder.0).await.is_err());
        let after = store::find(&mut db.read().await.expect("a transaction"), run.id).await.expect("read").expect("a run");
        assert_eq!((after.state, after.error.is_some()), (ImportState::Failed, true));
        assert!(is_assessed(&db, "zoe_k").await);
    })
    .await;
}

#[tokio::test]
async fn an_import_whose_job_is_given_up_has_failed_and_can_be_tried_again() {
    each_db(|db| async move {
        let folder = Folder::new();
        let (run, _) = saved_and_dead(&db, &folder).await;
        let terms = job::rules::JobTerms { max_attempts: 2, ..IMPORT };
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 2);
        let held = job::act::lease(&db, &terms, later).await.expect("read").expect("another takes over");
        let ended = job::work::carry_out(&db, &terms, &held, async { panic!("a row that nobody thought of") });
        let ended = ended.await.expect("recorded");
        assert_eq!(ended.state, Some(job::JobState::Failed));
        work::give_up(&db, &held.job, &ended.error.expect("why")).await.expect("recorded with the run");
        assert_eq!(run_of(&db).await.state, ImportState::Failed);
        let mut tx = db.begin().await.expect("a transaction");
        crate::listening::import::act::retry(&mut tx, &STAFF, now(), run.id).await.expect("it may go on");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.row_count), (ImportState::Finished, 18));
    })
    .await;
}

#[tokio::test]
async fn an_undoing_that_was_cut_off_has_all_authors_assessed_at_its_end() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("export.csv", export()), dell()).await.expect("imported");
        let run = run_of(&db).await;
        let mut tx = db.begin().await.expect("a transaction");
        undo(&mut tx, &STAFF, now(), run.id).await.expect("undoing");
        tx.commit().await.expect("committed");
        let mut dead = job::act::lease(&db, &IMPORT, now()).await.expect("read").expect("a job");
        dead.job.done = 5;
        let mut tx = db.begin().await.expect("a transaction");
        assert!(job::act::progress(&mut tx, &dead, now()).await.expect("a batch, and it dies"));
        tx.commit().await.expect("committed");
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 2);
        let next = job::act::lease(&db, &IMPORT, later).await.expect("read").expect("another takes over");
        assert_eq!(work::run(&db, next, &folder.0).await.expect("undone"), job::JobOutcome::Finished);
        assert_eq!((run_of(&db).await.state, mentions(&db).await), (ImportState::Undone, 0));
        let assessment =
            job::store::find_of_program(&mut db.read().await.expect("a transaction"), job::JobKind::Assessment, run.program_id).await;
        assert!(assessment.expect("read").is_some());
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_bring_each_mention_once() {
    each_db(|db| async move {
        let folder = Folder::new();
        let row = |number: i64| {
            format!("2022-09-01 10:00:00+00:00,{},\"The same old thing, number {number}\",voice_{}\n", 7000 + number, number % 40)
        };
        let (mut there, mut back) = (String::from("Datetime,Tweet Id,Text,Username\n"), String::from("Datetime,Tweet Id,Text,Username\n"));
        for number in 0..3000 {
            there += &row(number);
            back += &row(3999 - number);
        }
        let (there, back) = (folder.file("there.csv", &there), folder.file("back.csv", &back));
        import_file(
            &db,
            &STAFF,
            &folder.file("first.csv", "Datetime,Tweet Id,Text,Username\n2022-09-01,1,The first word about the laptop,zoe\n"),
            dell(),
        )
        .await
        .expect("a program");
        let (one, other) = tokio::join!(import_file(&db, &STAFF, &there, dell()), import_file(&db, &STAFF, &back, dell()));
        let (one, other) = (one.expect("imported").counts, other.expect("imported").counts);
        assert_eq!((one.created + other.created, one.duplicate + other.duplicate), (4000, 2000));
        let rebuilt = crate::privacy::retention::act::rebuild(&db, &STAFF, program(&db).await).await.expect("counted anew");
        assert_eq!((rebuilt.authors, rebuilt.mended), (41, 0), "the counts were right");
    })
    .await;
}

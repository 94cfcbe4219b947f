//! Rows of imports, one by one and as files.

use super::*;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::listening::import::act::undo;
use crate::listening::import::batch::work;
use crate::testing::fixture::{SYSTEM, dell, import, newest_import};
use crate::testing::{each_db, whole_file};

const FILE: &str = "Date,Author,Text,Url,Sentiment\n\
    2022-09-01,zoe,\"It \"\"died\"\" again, twice\",https://x.com/zoe/status/1,negative\n\
    2022-09-01,DellCares,We are sorry to hear that,https://x.com/dellcares/status/2,neutral\n\
    \n\
    soon,max,When will it arrive then,https://x.com/max/status/3,neutral\n\
    2022-09-01,zoe,\"It \"\"died\"\" again, twice\",https://x.com/zoe/status/1,negative\n\
    2022-09-02,max,I love the new screen so much,https://x.com/max/status/4,positive\n";

async fn lines(db: &Db, run: &ImportRun, outcome: Option<RowOutcome>, after: i64, limit: i64) -> Vec<i64> {
    let rows = list(&mut db.read().await.expect("tx"), &SYSTEM, run, outcome, after, limit).await.expect("rows");
    rows.into_iter().map(|row| row.ended.line).collect()
}

#[tokio::test]
async fn every_row_of_a_file_is_there_as_it_stood_with_what_became_of_it() {
    each_db(|db| async move {
        import(&db, FILE, dell()).await;
        let mut tx = db.read().await.expect("tx");
        let run = newest_import(&mut tx).await;
        let all = list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        let reported: Vec<_> = all.iter().map(|row| (row.ended.line, row.ended.outcome, row.mention.is_some())).collect();
        assert_eq!(
            reported,
            [
                (2, RowOutcome::Created, true),
                (3, RowOutcome::Excluded, true),
                (5, RowOutcome::Rejected, false),
                (6, RowOutcome::Duplicate, false),
                (7, RowOutcome::Created, true)
            ]
        );
        let file: Vec<&str> = FILE.lines().skip(1).filter(|line| !line.is_empty()).collect();
        assert_eq!(all.iter().map(|row| row.original.as_deref().expect("kept")).collect::<Vec<_>>(), file);
        assert_eq!((all[3].ended.repeats_run, all[3].ended.repeats_line), (Some(run.id), Some(2)));
        let cells = cells(&run.mapping, file[0]);
        assert_eq!(cells[2], ("Text".to_owned(), "It \"died\" again, twice".to_owned()));

        for row in &all {
            let one = find(&mut tx, &SYSTEM, &run, row.ended.line).await.expect("read");
            assert_eq!(one.as_ref(), Some(row));
        }
        assert_eq!(find(&mut tx, &SYSTEM, &run, 4).await.expect("read"), None, "an empty line");
        drop(tx);
        assert_eq!(lines(&db, &run, None, 2, 2).await, [3, 5]);
        assert_eq!(lines(&db, &run, Some(RowOutcome::Created), 0, 9).await, [2, 7], "without excluded authors");
        assert_eq!(lines(&db, &run, Some(RowOutcome::Created), 0, 1).await, [2]);
        assert_eq!(lines(&db, &run, Some(RowOutcome::Rejected), 0, 9).await, [5]);
    })
    .await;
}

#[tokio::test]
async fn rows_of_people_are_kept_and_say_whom_they_repeat() {
    each_db(|db| async move {
        let roster = "Customer number,Name,E-mail\nC-1,Ada Example,ada@example.org\nC-2,Max Example,max@example.org\n";
        import(&db, roster, dell()).await;
        import(&db, &roster.replace("max@", "maximilian@"), dell()).await;
        let mut tx = db.read().await.expect("tx");
        let run = newest_import(&mut tx).await;
        let all = list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        let reported: Vec<_> = all.iter().map(|row| (row.ended.outcome, row.ended.repeats_line, row.original.as_deref())).collect();
        assert_eq!(
            reported,
            [
                (RowOutcome::Duplicate, Some(2), Some("C-1,Ada Example,ada@example.org")),
                (RowOutcome::Updated, Some(3), Some("C-2,Max Example,maximilian@example.org"))
            ]
        );
        let first = store::find(&mut tx, all[0].ended.repeats_run.expect("known")).await.expect("read").expect("the first import");
        assert_eq!(list(&mut tx, &SYSTEM, &first, Some(RowOutcome::Created), 0, 9).await.expect("rows").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn objects_are_kept_as_they_stood() {
    each_db(|db| async move {
        let objects = "{\"date\":\"2022-09-01\",\"author\":\"zoe\",\"text\":\"It died again and I hate this terrible support\",\"url\":\"https://x.com/zoe/status/1\",\"x\":{\"y\":[1,2]}}\n\
            {\"date\":\"soon\",\"author\":\"max\",\"text\":\"When, then, will it arrive here at last?\",\"url\":\"https://x.com/max/status/3\"}\n";
        import(&db, objects, dell()).await;
        let mut tx = db.read().await.expect("tx");
        let run = newest_import(&mut tx).await;
        let all = list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        assert_eq!(all.iter().map(|row| row.original.as_deref().expect("kept")).collect::<Vec<_>>(), objects.lines().collect::<Vec<_>>());
        let file = SkippedRowsFile::of_rejected(&mut tx, &SYSTEM, run.id).await.expect("a file");
        let csv = whole_file(&mut tx, file).await;
        assert!(csv.contains("\"When, then, will it arrive here at last?\""), "its cells, under its columns: {csv}");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_undone_leaves_no_row_behind() {
    each_db(|db| async move {
        import(&db, FILE, dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let run = newest_import(&mut tx).await;
        undo(&mut tx, &SYSTEM, now(), run.id).await.expect("asked");
        tx.commit().await.expect("commit");
        assert!(work::work(&db, &std::env::temp_dir()).await.expect("undone"));
        let mut tx = db.read().await.expect("tx");
        assert!(!source_row::store::is_kept(&mut tx, run.id).await.expect("read"));
        let left = list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        assert_eq!(left.iter().map(|row| (row.ended.line, row.original.as_deref())).collect::<Vec<_>>(), [(3, None), (5, None), (6, None)]);
    })
    .await;
}

#[tokio::test]
async fn a_row_of_a_chat_is_shown_by_its_columns() {
    each_db(|db| async move {
        let chat = "03.10.25, 18:22 - Nora: The battery, it died: again\nsince May\n13.10.25, 08:01 - Max: <Media omitted>\n";
        import(&db, chat, dell()).await;
        let mut tx = db.read().await.expect("tx");
        let run = newest_import(&mut tx).await;
        let all = list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        let cells = |row: &ImportRow| {
            cells(&run.mapping, row.original.as_deref().expect("kept")).into_iter().map(|(_, cell)| cell).collect::<Vec<_>>()
        };
        assert_eq!(cells(&all[0]), ["03.10.25, 18:22", "Nora", "The battery, it died: again\nsince May"]);
        let file = SkippedRowsFile::of_rejected(&mut tx, &SYSTEM, run.id).await.expect("a file");
        let csv = whole_file(&mut tx, file).await;
        assert!(csv.contains(",\"13.10.25, 08:01\",Max,"), "{csv}");
    })
    .await;
}

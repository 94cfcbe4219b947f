//! What a run must bear: opt-outs and erasures between its transactions, and others who write meanwhile.

use tokio::sync::mpsc;

use super::analyze::MentionAnalyzer;
use super::batch_writer::BatchWriter;
use super::reader::{BATCH, ImportBatch, read};
use super::saver::BatchSaver;
use super::work::ready;
use crate::access::job::{self, JobLease, act::JobRequest};
use crate::db::{Db, epoch};
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::listening::import::ImportRun;
use crate::listening::mention::{self, store::MentionSearch};
use crate::privacy::{opt_out, retention};
use crate::program;
use crate::testing::fixture::{SYSTEM, dell, import, newest_import};
use crate::testing::{change, each_db};

/// Mentions of three authors in turn.
fn rows(numbers: std::ops::Range<usize>) -> String {
    let line = |number: usize| {
        let author = ["zoe_k", "maxo", "mia"][number % 3];
        format!("2022-09-01 10:00:00+00:00,{},I hate this terrible support number {number},{author}\n", 15_700_000_000_u64 + number as u64)
    };
    "Datetime,Tweet Id,Text,Username\n".to_owned() + &numbers.map(line).collect::<String>()
}

/// The batches of a file, as the reading thread hands them over.
async fn batches(run: &ImportRun, analyzer: MentionAnalyzer, text: &str) -> Vec<ImportBatch> {
    let path = std::env::temp_dir().join(format!("weheard-batches-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, text).expect("a file");
    let (sender, mut receiver) = mpsc::channel(1000);
    let (mapping, kind, file) = (run.mapping.clone(), run.kind, path.clone());
    tokio::task::spawn_blocking(move || read(&file, &mapping, kind, 0, analyzer, &sender)).await.expect("ended").expect("read");
    std::fs::remove_file(path).expect("removed");
    let mut found = Vec::new();
    while let Ok(batch) = receiver.try_recv() {
        // The run has rows at these lines already.
        found.push(ImportBatch { source_rows: Vec::new(), ..batch });
    }
    found
}

/// A run that this worker holds, with what it needs, and the batches of its file.
async fn at_work(db: &Db) -> (ImportRun, JobLease, BatchWriter, Vec<ImportBatch>) {
    import(db, &rows(0..3), dell()).await;
    let run = newest_import(&mut db.read().await.expect("tx")).await;
    change(db, "UPDATE import_run SET state = 'running'").await;
    let mut tx = db.begin().await.expect("tx");
    let held = job::act::take(&mut tx, &SYSTEM, now(), JobRequest::new(job::JobKind::Import, run.id)).await.expect("held");
    tx.commit().await.expect("commit");
    let (writer, analyzer, _) = ready(db, &run).await.expect("ready");
    let batches = batches(&run, analyzer, &rows(3..3 + 2 * BATCH)).await;
    assert_eq!(batches.len(), 2);
    (run, held, writer, batches)
}

async fn mentions_of(db: &Db, handle: &str) -> usize {
    let found = mention::store::list(&mut db.read().await.expect("tx"), &MentionSearch::default(), 999, 0).await.expect("mentions");
    found.iter().filter(|mention| mention.handle == handle).count()
}

#[tokio::test]
async fn an_opt_out_between_two_batches_counts_for_the_second_and_an_author_that_left_is_met_anew() {
    each_db(|db| async move {
        let (run, mut held, writer, mut batches) = at_work(&db).await;
        let (_sender, receiver) = mpsc::channel(1);
        let mut saving = BatchSaver::new(&db, &run, writer, receiver);
        assert!(saving.save_together(batches.remove(0), &mut held).await.expect("saved"));
        assert!(mentions_of(&db, "zoe_k").await > 20 && mentions_of(&db, "mia").await > 20);

        db.write(|tx, _| Box::pin(opt_out::act::opt_out(tx, &SYSTEM, now(), "x", "zoe_k"))).await.expect("an opt-out");
        // All that Mia wrote so far was deleted where she wrote it: she is gone.
        let all = mention::store::list(&mut db.read().await.expect("tx"), &MentionSearch::default(), 999, 0).await.expect("mentions");
        let hers: Vec<String> =
            all.iter().filter(|mention| mention.handle == "mia").filter_map(|mention| mention.mention.external_id.clone()).collect();
        retention::act::remove(&db, &SYSTEM, now(), run.program_id, &hers).await.expect("removed");
        assert_eq!((mentions_of(&db, "zoe_k").await, mentions_of(&db, "mia").await), (0, 0));

        assert!(saving.save_together(batches.remove(0), &mut held).await.expect("saved"));
        assert_eq!(mentions_of(&db, "zoe_k").await, 0, "nothing of hers came back");
        assert!(mentions_of(&db, "mia").await > 20 && mentions_of(&db, "maxo").await > 40, "the others go on");
    })
    .await;
}

#[tokio::test]
async fn an_opt_out_waits_for_the_transaction_that_brings_the_author_and_takes_all_of_it() {
    each_db(|db| async move {
        let (run, _, mut writer, mut batches) = at_work(&db).await;
        let mut tx = db.begin_bulk().await.expect("tx");
        epoch::current(&mut tx).await.expect("the epoch");
        program::store::lock_listening(&mut tx, run.program_id).await.expect("held");
        let objecting = {
            let db = db.clone();
            tokio::spawn(async move { db.write(|tx, _| Box::pin(opt_out::act::opt_out(tx, &SYSTEM, now(), "x", "zoe_k"))).await })
        };
        while !db.has_waiting_writers(&mut tx).await.expect("asked") {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        writer.mentions(&mut tx, batches.remove(0).mentions).await.expect("saved");
        writer.count(&mut tx).await.expect("counted");
        tx.commit().await.expect("commit");
        assert!(objecting.await.expect("ended").expect("an opt-out").known);
        assert_eq!(mentions_of(&db, "zoe_k").await, 0);
        assert!(mentions_of(&db, "maxo").await > 20);
    })
    .await;
}

#[tokio::test]
async fn who_locks_the_row_of_a_program_does_not_wait_for_its_imports() {
    each_db(|db| async move {
        let (run, _, mut writer, mut batches) = at_work(&db).await;
        if db.postgres().is_none() {
            // SQLite has one writer.
            return;
        }
        let mut tx = db.begin_bulk().await.expect("tx");
        program::store::lock_listening(&mut tx, run.program_id).await.expect("held");
        writer.mentions(&mut tx, batches.remove(0).mentions).await.expect("saved");
        // As drafting an item does, for its number.
        db.write(|tx, _| {
            Box::pin(async move {
                let program = program::store::find(tx, run.program_id).await?.ok_or(Error::NotFound)?;
                assert!(program::store::update(tx, &program).await?);
                Ok(())
            })
        })
        .await
        .expect("while the import holds the listening");
        writer.count(&mut tx).await.expect("counted");
        tx.commit().await.expect("commit");
    })
    .await;
}

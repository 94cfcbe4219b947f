//! Imports on both databases: every row accounted for, nothing twice, and the way back.

use std::path::{Path, PathBuf};

use super::act::{cancel, import_file, start, undo};
use super::arrive::receive;
use super::rows::{self, LeftOutFile};
use super::{Counts, Run, State, store, work};
use crate::account::Actor;
use crate::author::{self, Standing};
use crate::clock::now;
use crate::db::Db;
use crate::ids::ProgramId;
use crate::job;
use crate::mention::{self, store::Search as Posts};
use crate::program::{self, Segment};
use crate::segment::store::{Search, Wanted};
use crate::segment::{self, Origin};
use crate::testing::fixture::{dell, import, newest_import};
use crate::testing::{each_db, whole_file};

const STAFF: Actor = Actor::System("test");
const IMPORT: job::rules::Terms = job::rules::Terms::of(job::Kind::Import);

/// Files in a folder of their own, gone when the test ends.
pub(super) struct Folder(pub PathBuf);

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

async fn run_of(db: &Db) -> Run {
    newest_import(&mut db.read().await.expect("a transaction")).await
}

async fn posts(db: &Db) -> i64 {
    let wanted = Posts { program: Some(program(db).await), ..Posts::default() };
    let mut tx = db.read().await.expect("a transaction");
    let listed = mention::store::list(&mut tx, &wanted, 1000, 0).await.expect("posts").len();
    let counted = mention::store::count(&mut tx, &wanted).await.expect("a count");
    assert_eq!(i64::try_from(listed).expect("few"), counted, "the roll-up of days agrees with the posts");
    counted
}

#[tokio::test]
async fn every_row_ends_somewhere_and_a_second_import_creates_nothing() {
    each_db(|db| async move {
        let folder = Folder::new();
        let path = folder.file("export.csv", export());
        let first = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!(first, Counts { rows: 18, created: 12, updated: 0, duplicate: 1, set_aside: 1, rejected: 4 });
        let second = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!(second, Counts { rows: 18, created: 0, updated: 0, duplicate: 14, set_aside: 0, rejected: 4 });
        assert_eq!(posts(&db).await, 13);

        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let own = author::store::find_by_handle(&mut tx, program, "x", "dellcares").await.expect("read").expect("the own account");
        assert_eq!(own.standing, Standing::Own);
        for (segment, name) in [(Segment::Ranter, "@zoe_k"), (Segment::Raver, "@MaxO")] {
            let wanted = Search::of(program, Wanted::In(segment));
            let ranked = segment::store::rank(&mut tx, &wanted, 15, 0).await.expect("a ranking");
            assert_eq!(ranked.iter().map(segment::Ranked::shown).collect::<Vec<_>>(), [name]);
            assert!(ranked[0].reasons[0].starts_with("6 of 6 posts"), "{:?}", ranked[0].reasons);
        }
        let segments = segment::store::count_segments(&mut tx, program).await.expect("the segments");
        for wanted in [Wanted::In(Segment::Ranter), Wanted::In(Segment::Raver), Wanted::NoneYet] {
            let wanted = Search::of(program, wanted);
            let listed = segment::store::rank(&mut tx, &wanted, 50, 0).await.expect("a ranking").len() as i64;
            assert_eq!((segment::store::count(&mut tx, &wanted).await.expect("a count"), wanted.told(&segments)), (listed, Some(listed)));
            assert_eq!(Search { min_posts: 2, ..wanted }.told(&segments), None, "a filter is counted");
        }
        let run = store::list(&mut tx, program, "", None, 9, 0).await.expect("runs").remove(0);
        let left_out = LeftOutFile::of_rejected(&mut tx, &STAFF, run.id).await.expect("a file");
        let file = whole_file(&mut tx, left_out).await;
        assert!(file.contains("a spreadsheet has destroyed it") && file.contains("Half a row"), "{file}");
        assert!(file.contains("'=cmd|"), "formulas are neutralised: {file}");
    })
    .await;
}

#[tokio::test]
async fn what_a_post_lacked_is_filled_in_and_what_it_has_stays() {
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
        let post = mention::store::list(&mut tx, &Posts::default(), 9, 0).await.expect("posts").remove(0).mention;
        assert_eq!((post.vendor_sentiment.as_deref(), post.reading), (Some("negative"), mention::Sentiment::Negative));
        let voice = author::store::find(&mut tx, post.author_id).await.expect("read").expect("a voice");
        assert_eq!((voice.posts, voice.negative), (1, 1));
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
                let said = super::dry::preview_file(&db, &STAFF, &path, dell()).await.expect("a dry run").counts;
                let done = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
                assert_eq!(said, done, "what the dry run said is what happened");
                done
            }
        };
        assert_eq!(foretold(plain("first.csv", "1000,5,negative")).await.created, 1);
        assert_eq!(foretold(plain("later.csv", "1200,6,NEGATIVE")).await.updated, 1);
        // A file that names its post twice brings it once, and up to date.
        let twice = "Date,Author,Text,Url,Engagement\n2022-09-02,max,The fan of this laptop is loud again and again,https://x.com/max/status/2,1\n2022-09-02,max,The fan of this laptop is loud again and again,https://x.com/max/status/2,3\n";
        let done = foretold(folder.file("twice.csv", twice)).await;
        assert_eq!((done.created, done.updated), (1, 1));
        // Another vendor reckons reach in its own way.
        let header = "Query Id,Query Name,Date,Snippet,Url,Domain,Sentiment,Page Type,Thread Id,Author,Full Text,Reach (new)\n";
        let row = format!("1,Dell,2022-09-01 00:00:00.0,,https://x.com/zoe/status/1,x.com,negative,twitter,,zoe,{TEXT},99999\n");
        foretold(folder.file("other.csv", format!("{header}{row}"))).await;
        let mut tx = db.read().await.expect("a transaction");
        let post = mention::store::list(&mut tx, &Posts { text: "plain".into(), ..Posts::default() }, 9, 0).await.expect("posts").remove(0).mention;
        assert_eq!((post.reach, post.engagement), (Some(1200), Some(6)));
        let run = run_of(&db).await;
        assert!(run.mapping.preset.is_some(), "known by its columns: {:?}", run.mapping.headers);
        let found = rows::list(&mut tx, &STAFF, &run, None, 0, 9).await.expect("rows");
        assert!(
            found.iter().all(|row| row.raw.as_ref().is_some_and(|raw| raw.contains("99999")) && !row.ended.reason.contains("not taken over")),
            "{found:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_import_goes_on_and_a_forgotten_file_is_removed() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("one.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n"), dell())
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
        let path = work::spooled(&folder.0, &run);
        assert_eq!(work::carry_out(&db, held, &run, &path, None).await.expect("it stops"), job::Outcome::Stopped);
        assert!(path.exists() && run_of(&db).await.row_count == 0 && run_of(&db).await.state == State::Cancelled);
        let mut tx = db.begin().await.expect("a transaction");
        super::act::retry(&mut tx, &STAFF, now(), id).await.expect("it may go on");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.row_count, path.exists()), (State::Finished, 18, false));

        let id = receive(&db, &STAFF, program, "later.csv", &folder.file("upload", export()), &folder.0).await.expect("received");
        let path = folder.0.join(format!("{id}.csv"));
        assert_eq!(work::forget_files(&db, &folder.0, now()).await.expect("looked"), 0);
        let later = now() + chrono::Duration::days(91);
        assert_eq!((work::forget_files(&db, &folder.0, later).await.expect("looked"), path.exists()), (1, false));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.file_kept), (State::Discarded, false));
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
        let again =
            import_file(&db, &STAFF, &file, super::act::Options { organisation: Some("dell ".into()), ..dell() }).await.expect("imported");
        assert!(!again.founded && again.counts.duplicate == 1 && again.reasons.len() == 1);
        let other = super::act::Options { organisation: Some("Acme".into()), ..dell() };
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
            assert!(job::act::lease(&db, &job::rules::Terms::of(job::Kind::Topics), now()).await.expect("looked").is_none());
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), looking).await.expect("it does not wait for the writer");
        drop(writing);
    })
    .await;
}

#[tokio::test]
async fn voices_that_are_read_back_stand_as_those_whose_posts_were_added_up() {
    each_db(|db| async move {
        // Some wrote all of their posts within the first thousand, some wrote on after them, and some met nobody before.
        let mut text = String::from("Date,Author,Text\n");
        for (from, to, days) in [(0, 100, 1..=5), (0, 200, 6..=9), (200, 300, 1..=5)] {
            for (day, voice) in days.flat_map(|day| (from..to).map(move |voice| (day, voice))) {
                let said = if voice % 2 == 0 { "I hate this awful support" } else { "I love this great monitor" };
                text += &format!("2022-08-0{day} 10:00,voice_{voice},{said} {voice} {day}\n");
            }
        }
        let (program, counts) = import(&db, &text, dell()).await;
        assert_eq!(counts.created, 1800);
        let mut tx = db.begin().await.expect("tx");
        let voices = author::store::list_after(&mut tx, program, None, 1000).await.expect("voices");
        let found = segment::store::count_segments(&mut tx, program).await.expect("segments");
        assert_eq!(voices.len(), 300);
        assert!(found.iter().any(|(segment, voices)| *segment == Some(Segment::Ranter) && *voices > 50), "{found:?}");
        assert_eq!(segment::act::assess(&mut tx, now(), program, &voices).await.expect("assessed"), 0, "all stand as they were read");
    })
    .await;
}

#[tokio::test]
async fn an_upload_waits_for_its_columns_runs_and_is_undone() {
    each_db(|db| async move {
        let folder = Folder::new();
        import_file(&db, &STAFF, &folder.file("one.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n"), dell())
            .await
            .expect("imported");
        let upload = folder.file("upload", export());
        let id = receive(&db, &STAFF, program(&db).await, "../../export.csv", &upload, &folder.0).await.expect("received");
        let run = run_of(&db).await;
        assert_eq!((run.state, run.file_name.as_str()), (State::Mapping, "export.csv"));
        let preview = super::dry::preview(&db, &run, &work::spooled(&folder.0, &run)).await.expect("a dry run");
        assert_eq!(preview.counts.rows, 18);
        assert!(!work::work(&db, &folder.0).await.expect("asked"), "nothing runs before a person says so");

        let mut tx = db.begin().await.expect("a transaction");
        start(&mut tx, &STAFF, now(), id).await.expect("started");
        assert!(start(&mut tx, &STAFF, now(), id).await.is_err(), "a double click starts it once");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        let done = run_of(&db).await;
        assert_eq!((done.state, posts(&db).await), (State::Finished, 14));
        assert_eq!(done.counts(), preview.counts, "what the dry run said is what happened");

        let mut tx = db.begin().await.expect("a transaction");
        undo(&mut tx, &STAFF, now(), id).await.expect("undoing");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, posts(&db).await), (State::Undone, 1));
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        assert!(author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").is_none(), "voices without posts go");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("a voice");
        assert_eq!((zoe.posts, zoe.last_at.map(|at| at.date_naive().to_string()).as_deref()), (1, Some("2022-08-01")));
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
            import_file(&db, &STAFF, &folder.file("one.csv", "Date,Author,Text\n2022-08-01,zoe_k,The fan is loud again\n"), dell())
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
        let done = Counts { rows: 16, created: 12, duplicate: 2, set_aside: 1, rejected: 1, updated: 0 };
        assert!(store::progress(&mut tx, id, &done, &super::Notes::default()).await.expect("progress"), "and dies after 16 rows");
        tx.commit().await.expect("committed");
        assert!(!work::work(&db, &folder.0).await.expect("looked"), "nobody takes it while its lease runs");
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 1);
        let next = job::act::lease(&db, &IMPORT, later).await.expect("read").expect("another takes over");
        assert_eq!(next.job.id, dead.job.id);
        work::run(&db, next, &folder.0).await.expect("worked");
        let run = run_of(&db).await;
        assert_eq!((run.state, run.row_count, run.rejected), (State::Finished, 18, 3));

        let mut tx = db.begin().await.expect("a transaction");
        assert!(cancel(&mut tx, &STAFF, now(), id).await.is_err(), "what has ended cannot be cancelled");
    })
    .await;
}

/// A run of `export()` whose rows are saved, and whose worker died before it assessed anybody. Gives it with the path of its file.
async fn saved_and_dead(db: &Db, folder: &Folder) -> (Run, PathBuf) {
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
    let path = work::spooled(&folder.0, &run);
    assert!(work::read_and_save(db, &mut held, &run, &path).await.expect("saved").is_some());
    assert!(!is_assessed(db, "zoe_k").await, "its worker died before");
    (run, path)
}

async fn is_assessed(db: &Db, handle: &str) -> bool {
    let program = program(db).await;
    let mut tx = db.read().await.expect("a transaction");
    let voice = author::store::find_by_handle(&mut tx, program, "x", handle).await.expect("read").expect("an author");
    segment::store::find_author(&mut tx, voice.id).await.expect("read").is_some()
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
        assert_eq!((after.state, after.error.is_some()), (State::Failed, true));
        assert!(is_assessed(&db, "zoe_k").await);
    })
    .await;
}

#[tokio::test]
async fn an_import_whose_job_is_given_up_has_failed_and_can_be_tried_again() {
    each_db(|db| async move {
        let folder = Folder::new();
        let (run, _) = saved_and_dead(&db, &folder).await;
        let terms = job::rules::Terms { max_attempts: 2, ..IMPORT };
        let later = now() + chrono::Duration::seconds(job::rules::LEASE_SECONDS + 2);
        let held = job::act::lease(&db, &terms, later).await.expect("read").expect("another takes over");
        let ended = job::work::carry_out(&db, &terms, &held, async { panic!("a row that nobody thought of") });
        let ended = ended.await.expect("recorded");
        assert_eq!(ended.state, Some(job::State::Failed));
        work::give_up(&db, &held.job, &ended.error.expect("why")).await.expect("recorded with the run");
        assert_eq!(run_of(&db).await.state, State::Failed);
        let mut tx = db.begin().await.expect("a transaction");
        super::act::retry(&mut tx, &STAFF, now(), run.id).await.expect("it may go on");
        tx.commit().await.expect("committed");
        assert!(work::work(&db, &folder.0).await.expect("worked"));
        assert_eq!((run_of(&db).await.state, run_of(&db).await.row_count), (State::Finished, 18));
    })
    .await;
}

#[tokio::test]
async fn an_undoing_that_was_cut_off_has_all_voices_assessed_at_its_end() {
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
        assert_eq!(work::run(&db, next, &folder.0).await.expect("undone"), job::Outcome::Finished);
        assert_eq!((run_of(&db).await.state, posts(&db).await), (State::Undone, 0));
        let assessment =
            job::store::find_of_program(&mut db.read().await.expect("a transaction"), job::Kind::Assessment, run.program_id).await;
        assert!(assessment.expect("read").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_voice_that_objected_stays_out() {
    each_db(|db| async move {
        let folder = Folder::new();
        let mut tx = db.begin().await.expect("a transaction");
        author::store::object(&mut tx, "x", "zoe_k", now()).await.expect("objected");
        tx.commit().await.expect("committed");
        let counts = import_file(&db, &STAFF, &folder.file("export.csv", export()), dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.set_aside), (6, 8));
        // Sites were called “forum” together once: who objected then stays out of each.
        let mut tx = db.begin().await.expect("a transaction");
        author::store::object(&mut tx, "forum", "ada", now()).await.expect("objected");
        tx.commit().await.expect("committed");
        let text = "Date,Author,Source,Text\n2022-09-08,ada,forum.example.org,The fan of this laptop is loud again and again\n\
            2022-09-08,ada,forum.example.com,The fan of this laptop is loud again and again\n\
            2022-09-08,ada,x.com,The fan of this laptop is loud again and again\n";
        let counts = import_file(&db, &STAFF, &folder.file("sites.csv", text), dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.set_aside), (1, 2));
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let run = store::list(&mut tx, program, "export", None, 1, 0).await.expect("runs").remove(0);
        assert!(author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").is_none());
        let found = rows::list(&mut tx, &STAFF, &run, Some(super::Outcome::SetAside), 0, 99).await.expect("rows");
        let kept = found.iter().filter_map(|row| row.raw.as_deref()).collect::<Vec<_>>();
        assert_eq!((found.len(), kept.len()), (8, 1), "nothing of what they wrote is kept");
        assert!(kept[0].contains("DellCares"));
    })
    .await;
}

#[tokio::test]
async fn a_person_overrules_until_it_is_lifted_and_brings_voices_back() {
    each_db(|db| async move {
        let folder = Folder::new();
        let path = folder.file("export.csv", export());
        import_file(&db, &STAFF, &path, dell()).await.expect("imported");
        let program = program(&db).await;
        let mut tx = db.begin().await.expect("a transaction");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("a voice").id;
        let overrule = segment::act::overrule;
        assert!(overrule(&mut tx, &STAFF, now(), zoe, Some(Segment::Raver), "  ").await.is_err(), "a reason is needed");
        assert!(overrule(&mut tx, &STAFF, now(), zoe, Some(Segment::Apathetic), "no").await.is_err());
        overrule(&mut tx, &STAFF, now(), zoe, Some(Segment::Raver), "Met her: the problem was solved").await.expect("overruled");
        segment::act::assess(&mut tx, now(), program, &[zoe]).await.expect("assessed");
        let held = segment::store::find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        assert_eq!((held.segment, held.origin), (Some(Segment::Raver), Origin::Overruled));
        segment::act::lift(&mut tx, &STAFF, now(), zoe).await.expect("lifted");
        let held = segment::store::find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        assert_eq!((held.segment, held.origin), (Some(Segment::Ranter), Origin::Computed));
        assert_eq!(segment::store::list_history(&mut tx, segment::store::Who::Author(zoe)).await.expect("read").len(), 3);

        let own = author::store::find_by_handle(&mut tx, program, "x", "dellcares").await.expect("read").expect("a voice").id;
        author::act::bring_back(&mut tx, &STAFF, now(), own, "A fan club, not the company").await.expect("brought back");
        tx.commit().await.expect("committed");
        import_file(&db, &STAFF, &path, dell()).await.expect("imported");
        let mut tx = db.read().await.expect("a transaction");
        let after = author::store::find(&mut tx, own).await.expect("read").expect("a voice");
        assert_eq!(after.standing, Standing::Counted, "no rule sets it aside again");
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
        assert_eq!(counts, Counts { rows: 4, created: 3, rejected: 1, ..Counts::default() });
        let counts = import_file(&db, &STAFF, &path, dell()).await.expect("imported").counts;
        assert_eq!((counts.created, counts.duplicate), (0, 3));
        let changed = folder.file("changed.csv", text.replace("Ben Mori", "Ben A. Mori"));
        assert_eq!(import_file(&db, &STAFF, &changed, dell()).await.expect("imported").counts.updated, 1);
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let ranked = segment::store::rank(&mut tx, &Search::of(program, Wanted::In(Segment::Apathetic)), 15, 0).await.expect("a ranking");
        assert_eq!(ranked.iter().map(|voice| voice.name.as_str()).collect::<Vec<_>>(), ["Ada Okafor"]);
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
        assert!(why(folder.file("a.csv", "Colour,Size\nred,5\nblue,6\n")).await.contains("No column holds"));
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
        let take = || super::inbox::take(&db, &folder.0, &spool.0);
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
        assert_eq!(posts(&db).await, 14);
        let program = program(&db).await;
        let mut tx = db.read().await.expect("a transaction");
        let state = |name: &str, runs: &[Run]| runs.iter().find(|run| run.file_name == name).map(|run| run.state);
        let runs = store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
        assert_eq!(state("export.csv", &runs), Some(State::Finished));
        assert_eq!(state("unclear.csv", &runs), Some(State::Mapping), "dates that can be read two ways wait for a person");
        let why = std::fs::read_to_string(folder.0.join("refused/page.csv.why.txt")).expect("a reason");
        assert!(why.contains("web page"), "{why}");
        let left: Vec<bool> = ["export.csv", "page.csv", "later.csv.part"].iter().map(|name| folder.0.join(name).exists()).collect();
        assert_eq!((left, fresh.exists()), (vec![false, false, true], true), "what is still being written stays");
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_bring_each_post_once() {
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
        let rebuilt = crate::retention::act::rebuild(&db, &STAFF, program(&db).await).await.expect("counted anew");
        assert_eq!((rebuilt.voices, rebuilt.mended), (41, 0), "the counts were right");
    })
    .await;
}

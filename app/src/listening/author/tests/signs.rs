//! Signs that are counted anew, and texts that several authors post, on both databases.

use super::kinds::{kit, settle};
use super::*;
use crate::access::job::{self, JobKind};
use crate::db::setting;
use crate::listening::mention::store::MentionSearch;
use crate::listening::segment::store::find_author;
use crate::listening::{mention, repeated};
use crate::privacy::erasure;
use crate::testing::change;

/// As a release before leaves it: signs that were read in another way, and are none.
async fn upgraded(db: &Db, program: ProgramId) {
    change(db, "UPDATE author SET signed = 0, calls = 0, addressing = 0, links = 0, promotional = 0").await;
    let mut tx = db.begin().await.expect("tx");
    setting::update(&mut tx, &format!("author_signs:{program}"), "of before").await.expect("noted");
    tx.commit().await.expect("commit");
}

async fn assessing(db: &Db) -> job::JobLease {
    job::act::lease(db, &job::rules::JobTerms::of(JobKind::Assessment), now()).await.expect("read").expect("a job")
}

#[tokio::test]
async fn keeping_up_asks_once_and_lets_the_job_end() {
    each_db(|db| async move {
        import(&db, &kit(1, "northit")).await;
        let before = author(&db, "northit").await;
        upgraded(&db, program(&db).await).await;
        segment::act::keep_up(&db, now()).await.expect("asked");
        let held = assessing(&db).await;
        segment::act::keep_up(&db, now()).await.expect("asked");
        let mut tx = db.begin().await.expect("tx");
        assert!(job::act::progress(&mut tx, &held, now()).await.expect("saved"), "a minute later the same worker has it");
        tx.commit().await.expect("commit");
        segment::work::run(&db, held).await.expect("worked");
        let after = author(&db, "northit").await;
        assert_eq!((after.signs, after.links, after.promotional), (before.signs, before.links, before.promotional));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_reads_otherwise_than_the_one_before_begins_anew() {
    each_db(|db| async move {
        import(&db, &kit(1, "northit")).await;
        let before = author(&db, "northit").await;
        upgraded(&db, program(&db).await).await;
        segment::act::keep_up(&db, now()).await.expect("asked");
        let mut held = assessing(&db).await;
        held.set_position(&serde_json::json!({ "after": before.id, "changed": 0, "stamp": "of before" }));
        segment::work::run(&db, held).await.expect("worked");
        assert_eq!(author(&db, "northit").await.signs, before.signs);
    })
    .await;
}

#[tokio::test]
async fn a_repost_between_two_partners_hides_neither() {
    each_db(|db| async move {
        import(&db, &kit(1, "northit")).await;
        let mut rows = vec![];
        for (minute, _, name, text, reading) in kit(9000, "fan") {
            rows.push((minute, "fan", name, format!("RT @northit: {text}"), reading));
        }
        rows.extend(kit(9001, "southit"));
        import(&db, &rows).await;
        let syndicated = |author: Author| author.signs.syndicated;
        assert_eq!(syndicated(author(&db, "northit").await), 4, "asked again, though somebody passed it on in between");
        assert_eq!((syndicated(author(&db, "southit").await), syndicated(author(&db, "fan").await)), (4, 0));

        let north = author(&db, "northit").await;
        let mut tx = db.begin().await.expect("tx");
        let search = MentionSearch { author: Some(north.id), ..MentionSearch::default() };
        let listed = mention::store::list(&mut tx, &search, 9, 0).await.expect("listed");
        let mentions: Vec<mention::Mention> = listed.into_iter().map(|listed| listed.mention).collect();
        let mut sharing = repeated::store::list_sharing(&mut tx, &mentions).await.expect("read");
        sharing.sort_unstable();
        let mut expected = [north.id, author(&db, "southit").await.id];
        expected.sort_unstable();
        assert_eq!(sharing, expected, "who passes on is not asked");
        let person = erasure::find::find(&mut tx, "@northit").await.expect("found");
        erasure::act::erase(&mut tx, &STAFF, now(), &person).await.expect("erased");
        tx.commit().await.expect("commit");
        let south = author(&db, "southit").await;
        assert_eq!(syndicated(south.clone()), 0, "it shares nothing with an erased author");
        assert!(!south.why().expect("why").contains("also posted"), "{:?}", south.why());
    })
    .await;
}

#[tokio::test]
async fn the_sentences_of_an_earlier_release_are_no_other_reasons() {
    each_db(|db| async move {
        let rows: Vec<ExportRow> = (0..6)
            .map(|at| (at * 8300, "zoe", "Zoe", format!("@Dell my laptop broke again after repair number {at}, I am tired"), "negative"))
            .collect();
        import(&db, &rows).await;
        let zoe = author(&db, "zoe").await;
        let mut tx = db.read().await.expect("tx");
        let found = find_author(&mut tx, zoe.id).await.expect("read").expect("assessed");
        drop(tx);
        let sentences: Vec<String> = found.reasons.iter().map(ToString::to_string).collect();
        assert!(sentences[0].contains("over 4 weeks"), "{sentences:?}");
        let stored = serde_json::to_string(&sentences).expect("JSON");
        change(&db, format!("UPDATE assessment SET reasons = '{stored}'")).await;
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(segment::act::assess(&mut tx, now(), zoe.program_id, &[zoe.id]).await.expect("assessed"), 0);
        tx.commit().await.expect("commit");
        settle(&db).await;
    })
    .await;
}

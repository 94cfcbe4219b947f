//! Numbers per segment on both databases: updated with each change, and equal to a recount.

use super::act::{self, lift, overrule, set};
use super::store::{SegmentFilter, SegmentSearch, count_segments, find_author, rank, recount};
use super::{Segment, SegmentSettings, work};
use crate::access::job;
use crate::db::{Db, Tx};
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::{AuthorId, ProgramId};
use crate::listening::author::act::{bring_back, exclude};
use crate::listening::{author, customer, import};
use crate::privacy::{erasure, retention};
use crate::testing::{each_db, fixture};

const RANTER: Option<Segment> = Some(Segment::Ranter);
const RAVER: Option<Segment> = Some(Segment::Raver);
const APATHETIC: Option<Segment> = Some(Segment::Apathetic);

/// Zoe and Kim are angry, Max is content, Ada writes once; of two customers one is indifferent.
async fn heard(db: &Db) -> ProgramId {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    let (bad, good) = ("I hate how the hinge broke again", "I love how quiet the new one is");
    for (start, who, words, mood) in [(10, "zoe_k", bad, "negative"), (20, "kim_p", bad, "negative"), (30, "MaxO", good, "positive")] {
        for day in 1..6 {
            text += &format!("2022-09-0{day} 10:00:00+00:00,{},{words} {day},{who},{mood}\n", 15_700_000_000_i64 + start + day);
        }
    }
    text += "2022-09-03 10:00:00+00:00,15700000040,The new one is here now,ada,neutral\n";
    let program = fixture::import(db, &text, fixture::dell()).await.0;
    let roster = "Customer ID,Name,Email,Products,Consents to contact,Survey answer\nC1,Ida Okafor,ida@example.com,Monitor,yes,I do not care much about computers\nC2,Ben Mori,ben@example.com,Monitor,yes,\n";
    fixture::import(db, roster, import::import_file::ImportOptions { kind: Some(import::ImportKind::Customers), ..fixture::dell() }).await;
    program
}

/// The counts, which a recount must not change.
async fn counts(tx: &mut Tx, program: ProgramId, reported: &str) -> Vec<(Option<Segment>, i64)> {
    let kept = count_segments(tx, program).await.expect("counts");
    assert_eq!(recount(tx, program).await.expect("counted anew"), 0, "{reported}: {kept:?}");
    kept
}

async fn author(tx: &mut Tx, program: ProgramId, key: &str) -> AuthorId {
    author::store::find_by_handle(tx, program, "x", key).await.expect("read").expect("an author").id
}

#[tokio::test]
async fn what_was_decided_on_an_older_page_is_refused_and_a_double_click_is_not() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (staff, mut tx) = (fixture::staff(), db.begin().await.expect("tx"));
        let zoe = author(&mut tx, program, "zoe_k").await;
        let computed = fixture::assessment(&mut tx, zoe).await;
        for attempt in ["a click", "a double click"] {
            overrule(&mut tx, &staff, now(), zoe, computed, RAVER, "Met her: it was solved.").await.expect(attempt);
        }
        let manual = find_author(&mut tx, zoe).await.expect("read").expect("an assessment");
        for seen in [computed, None] {
            let late = overrule(&mut tx, &staff, now(), zoe, seen, None, "Read on an older page.").await;
            assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
            let late = lift(&mut tx, &staff, now(), zoe, seen).await;
            assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        }
        assert_eq!(fixture::assessment(&mut tx, zoe).await, Some(manual.id), "nothing was overwritten");
    })
    .await;
}

#[tokio::test]
async fn people_are_counted_where_they_stand() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (staff, mut tx) = (fixture::staff(), db.begin().await.expect("tx"));
        assert_eq!(counts(&mut tx, program, "imported").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);

        let zoe = author(&mut tx, program, "zoe_k").await;
        fixture::overrule(&mut tx, &staff, now(), zoe, RAVER).await;
        assert_eq!(counts(&mut tx, program, "overruled").await, [(APATHETIC, 1), (RANTER, 1), (RAVER, 2), (None, 1)]);
        exclude(&mut tx, &staff, now(), zoe, None, "Works here").await.expect("excluded");
        assert_eq!(counts(&mut tx, program, "excluded").await, [(APATHETIC, 1), (RANTER, 1), (RAVER, 1), (None, 1)]);
        fixture::lift(&mut tx, &staff, now(), zoe).await;
        assert_eq!(counts(&mut tx, program, "lifted").await, [(APATHETIC, 1), (RANTER, 1), (RAVER, 1), (None, 1)]);
        bring_back(&mut tx, &staff, now(), zoe, None, "Not any more").await.expect("brought back");
        assert_eq!(counts(&mut tx, program, "brought back").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);
        tx.commit().await.expect("commit");

        // What the rules say of many mentions in an hour excludes the author; fewer of them bring it back.
        let burst: String =
            (10..70).map(|n| format!("2022-09-08 10:{:02}:00+00:00,157000009{n},Number {n} of very many,ada,neutral\n", n - 10)).collect();
        fixture::import(&db, &format!("Datetime,Tweet Id,Text,Username,sentiment\n{burst}"), fixture::dell()).await;
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "a bot").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1)]);
        let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0).id;
        import::act::undo(&mut tx, &staff, now(), run).await.expect("undoing");
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}

        let mut tx = db.begin().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "undone").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);
        job::act::restart(&mut tx, &staff, now(), job::act::JobRequest::of_program(job::JobKind::Assessment, program))
            .await
            .expect("asked");
        tx.commit().await.expect("commit");
        while work::work(&db).await.expect("worked") {}
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "assessed again").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);

        for who in ["kim_p", "ida@example.com"] {
            let person = erasure::find::find(&mut tx, who).await.expect("a person");
            erasure::act::erase(&mut tx, &crate::access::account::Actor::System("test"), now(), &person).await.expect("erased");
        }
        assert_eq!(counts(&mut tx, program, "erased").await, [(RANTER, 1), (RAVER, 1), (None, 1)]);
        tx.commit().await.expect("commit");
        // All imports are undone, the roster too.
        loop {
            let mut tx = db.begin().await.expect("tx");
            let runs = import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs");
            let Some(run) = runs.iter().find(|run| run.state == import::ImportState::Finished) else { break };
            import::act::undo(&mut tx, &staff, now(), run.id).await.expect("undoing");
            tx.commit().await.expect("commit");
            while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        }
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(customer::store::list_ids(&mut tx, program).await.expect("customers").len(), 0);
        let left = counts(&mut tx, program, "all undone").await;
        assert_eq!(left, [(None, 1)], "Zoe is kept, since somebody decided about her: nothing speaks for a side any more");
    })
    .await;
}

/// Mentions of one author on five days of a month.
fn angry(who: &str, id: i64, month: &str) -> String {
    let what = if who == "kim_p" { "I hate how the noisy fan fails all the time" } else { "I hate how the hinge broke again" };
    (1..6).map(|day| format!("{month}-0{day} 10:00:00+00:00,{},{what} {day},{who},negative\n", 15_700_000_000_i64 + id + day)).collect()
}

#[tokio::test]
async fn a_ranking_does_not_depend_on_when_an_author_was_assessed() {
    each_db(|db| async move {
        let head = "Datetime,Tweet Id,Text,Username,sentiment\n";
        let early = format!("{head}{}{}", angry("zoe_k", 10, "2020-08"), angry("zoe_k", 20, "2020-07"));
        let program = fixture::import(&db, &early, fixture::dell()).await.0;
        fixture::import(&db, &format!("{head}{}", angry("kim_p", 30, "2022-08")), fixture::dell()).await;
        let ranked = async |wanted| {
            let mut tx = db.read().await.expect("tx");
            rank(&mut tx, &SegmentSearch::of(program, wanted), 9, 0).await.expect("a ranking")
        };
        let found = ranked(SegmentFilter::In(Segment::Ranter)).await;
        assert_eq!(found.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["kim_p", "zoe_k"]);
        assert!(found[1].confidence > found[0].confidence && found[1].score < 0.01 && found[0].score > 0.5, "{found:?}");
        assert_eq!(found[1].reasons[1].to_string(), "last mention on 5 August 2020");

        // Two years later her mentions are too old to say anything.
        let rebuilt = retention::act::rebuild(&db, &fixture::staff(), program).await.expect("rebuilt");
        assert_eq!((rebuilt.assessed, rebuilt.mended), (1, 0));
        assert_eq!(ranked(SegmentFilter::In(Segment::Ranter)).await.len(), 1);
        let rebuilt = retention::act::rebuild(&db, &fixture::staff(), program).await.expect("rebuilt");
        assert_eq!((rebuilt.assessed, rebuilt.mended), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn another_half_life_weighs_what_is_said_without_saying_anything_else() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let zoe = author(&mut tx, program, "zoe_k").await;
        let before = find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        let settings = SegmentSettings { half_life_days: 10, ..SegmentSettings::default() };
        set(&mut tx, &fixture::staff(), now(), program, settings, 0).await.expect("set");
        tx.commit().await.expect("commit");
        while work::work(&db).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        let after = find_author(&mut tx, zoe).await.expect("read").expect("assessed");
        assert_eq!((after.id, after.confidence), (before.id, before.confidence));
        assert!(after.score > before.score, "what is short of sure costs fewer days");
    })
    .await;
}

#[tokio::test]
async fn who_falls_silent_grows_out_of_the_window_once_others_are_heard() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let record = async || {
            act::keep_up(&db, now()).await.expect("asked");
            let mut passes = 0;
            while work::work(&db).await.expect("worked") {
                passes += 1;
            }
            passes
        };
        assert_eq!((record().await, record().await), (1, 0), "once for each last day listened to");
        let mut tx = db.read().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "of one autumn").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);
        drop(tx);

        let later =
            "Datetime,Tweet Id,Text,Username,sentiment\n2025-09-03 10:00:00+00:00,15700000990,The new one is here now too,ada,neutral\n";
        fixture::import(&db, later, fixture::dell()).await;
        let mut tx = db.read().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "not asked yet").await, [(APATHETIC, 1), (RANTER, 2), (RAVER, 1), (None, 1)]);
        drop(tx);
        assert_eq!(record().await, 1);
        let mut tx = db.begin().await.expect("tx");
        assert_eq!(counts(&mut tx, program, "three years later").await, [(APATHETIC, 1), (None, 4)]);
    })
    .await;
}

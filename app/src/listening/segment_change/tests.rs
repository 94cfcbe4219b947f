//! Segment changes and settings on both databases: from mentions to steps, and what other settings change.

use super::store::{SegmentChangeSearch, count, count_flows, list, list_of, rebuild, replace};
use super::{SegmentChangeCount, rules};
use crate::access::account::Actor;
use crate::access::job;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::ids::ProgramId;
use crate::listening::author::AuthorKind;
use crate::listening::author::act::{bring_back, exclude};
use crate::listening::segment::act::{assess, set};
use crate::listening::segment::preview::preview;
use crate::listening::segment::store::{AssessedParty, list_history};
use crate::listening::segment::{Segment, SegmentSettings, work};
use crate::listening::{author, import};
use crate::privacy::erasure;
use crate::testing::{each_db, fixture};

const STAFF: Actor = Actor::System("test");
const RANTER: Option<Segment> = Some(Segment::Ranter);
const RAVER: Option<Segment> = Some(Segment::Raver);

/// Zoe is angry in March and content in May; Max praises three times in April; Ada writes twice.
async fn heard(db: &Db) -> ProgramId {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    let mut say = |id: i64, day: &str, who: &str, mood: &str| {
        let words = if mood == "negative" { "I hate how the hinge broke again" } else { "I love how quiet the new one is" };
        text += &format!("2022-{day} 10:00:00+00:00,{},{words},{who},{mood}\n", 15_700_000_000 + id);
    };
    for (id, day) in [(1, "03-01"), (2, "03-09"), (3, "03-20")] {
        say(id, day, "zoe_k", "negative");
    }
    for (id, day) in [(11, "04-01"), (12, "04-09"), (13, "04-20")] {
        say(id, day, "MaxO", "positive");
    }
    for (id, day) in [(4, "05-02"), (5, "05-09"), (6, "05-20"), (7, "05-28"), (8, "05-29"), (9, "05-30")] {
        say(id, day, "zoe_k", "positive");
    }
    for (id, day) in [(21, "05-03"), (22, "05-31")] {
        say(id, day, "ada", "negative");
    }
    fixture::import(db, &text, fixture::dell()).await.0
}

fn all(program: ProgramId) -> SegmentChangeSearch {
    SegmentChangeSearch { program, before: None, after: None, since: None, until: None }
}

#[tokio::test]
async fn a_ranter_in_march_is_a_raver_since_may() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let mut tx = db.read().await.expect("tx");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe").id;
        let reported = rules::describe_steps(&list_of(&mut tx, zoe).await.expect("steps"));
        assert_eq!(reported, "Ranter from March to April 2022, raver since May 2022");
        let mut flows = count_flows(&mut tx, &all(program)).await.expect("flows");
        flows.sort_by_key(|flow| (flow.before.map(|s| s.as_str()), flow.after.map(|s| s.as_str())));
        let flow = |before, after| SegmentChangeCount { before, after, authors: 1 };
        assert_eq!(flows, [flow(None, RANTER), flow(None, RAVER), flow(RANTER, RAVER)]);
        let sides = SegmentChangeSearch { before: Some(RANTER), after: Some(RAVER), ..all(program) };
        let found = list(&mut tx, &sides, 9, 0).await.expect("who moved");
        assert_eq!(found.iter().map(|moved| moved.handle.as_str()).collect::<Vec<_>>(), ["zoe_k"]);
        assert_eq!(count(&mut tx, &sides).await.expect("a count"), 1);
        let april = "2022-04-01".parse().ok();
        assert_eq!(
            count(&mut tx, &SegmentChangeSearch { since: april, until: april, ..all(program) }).await.expect("a count"),
            1,
            "Max, in April"
        );
        drop(tx);

        let mut tx = db.begin().await.expect("tx");
        assert_eq!(rebuild(&mut tx, program).await.expect("rebuilt"), 0, "counted anew they are the same");
        assert_eq!(count_flows(&mut tx, &all(program)).await.expect("flows").len(), 3);
        let person = erasure::find::find(&mut tx, "MaxO").await.expect("Max");
        erasure::act::erase(&mut tx, &STAFF, now(), &person).await.expect("erased");
        assert_eq!(count(&mut tx, &all(program)).await.expect("a count"), 2, "what Max did is forgotten");
        assert_eq!(rebuild(&mut tx, program).await.expect("rebuilt"), 0);
        let run = import::store::list(&mut tx, program, "", None, 1, 0).await.expect("runs").remove(0).id;
        import::act::undo(&mut tx, &STAFF, now(), run).await.expect("undoing");
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        assert_eq!(count(&mut tx, &all(program)).await.expect("a count"), 0, "an undone import leaves no steps");
        assert!(count_flows(&mut tx, &all(program)).await.expect("flows").is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_excluded_author_has_no_segment_changes() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let (staff, mut tx) = (fixture::staff(), db.begin().await.expect("tx"));
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe").id;
        let took = list_of(&mut tx, zoe).await.expect("steps");
        let moved = list(&mut tx, &all(program), 9, 0).await.expect("who moved");
        exclude(&mut tx, &staff, now(), zoe, None, "Works here").await.expect("excluded");
        let left = list(&mut tx, &all(program), 9, 0).await.expect("who moved");
        assert_eq!(left.iter().map(|moved| moved.handle.as_str()).collect::<Vec<_>>(), ["MaxO"]);
        assert_eq!(
            count_flows(&mut tx, &all(program)).await.expect("flows"),
            [SegmentChangeCount { before: None, after: RAVER, authors: 1 }]
        );
        assess(&mut tx, now(), program, &[zoe]).await.expect("assessed");
        assert_eq!(count(&mut tx, &all(program)).await.expect("a count"), 1, "nor when its mentions are read again");
        assert_eq!(rebuild(&mut tx, program).await.expect("rebuilt"), 0);

        bring_back(&mut tx, &staff, now(), zoe, None, "Not any more").await.expect("brought back");
        assert_eq!(list_of(&mut tx, zoe).await.expect("steps"), took);
        assert_eq!(list(&mut tx, &all(program), 9, 0).await.expect("who moved"), moved, "all is as it was");
        assert_eq!(rebuild(&mut tx, program).await.expect("rebuilt"), 0);
        tx.commit().await.expect("commit");

        // Very many mentions in an hour: a rule excludes the author.
        let burst: String = (10..70)
            .map(|n| format!("2022-05-30 10:{:02}:00+00:00,157000009{n},Number {n} of very many,MaxO,positive\n", n - 10))
            .collect();
        fixture::import(&db, &format!("Datetime,Tweet Id,Text,Username,sentiment\n{burst}"), fixture::dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let max = author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").expect("max");
        assert_eq!((max.kind, list_of(&mut tx, max.id).await.expect("steps")), (AuthorKind::Bot, Vec::new()));
        replace(&mut tx, program, &[max.id], &[(max.id, 63, took[0])]).await.expect("kept");
        assert_eq!(rebuild(&mut tx, program).await.expect("rebuilt"), 1, "steps of an earlier version go");
        assert_eq!(list(&mut tx, &all(program), 9, 0).await.expect("who moved").len(), 2, "Zoe's are left");
    })
    .await;
}

#[tokio::test]
async fn other_settings_move_as_many_as_their_preview_says() {
    each_db(|db| async move {
        let program = heard(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let other = SegmentSettings { window_days: 40, mentions_needed: 4, ..SegmentSettings::default() };
        let found = preview(&mut tx, now(), program, &other).await.expect("a preview");
        assert_eq!((found.authors, found.looked_at), (2, 2), "Zoe and Max; Ada wrote too little for either");
        let moving: Vec<SegmentChangeCount> = found.moves.into_iter().filter(|flow| flow.before != flow.after).collect();
        assert_eq!(moving, [SegmentChangeCount { before: RAVER, after: None, authors: 1 }], "Max wrote three mentions");

        set(&mut tx, &STAFF, now(), program, other, 0).await.expect("saved");
        tx.commit().await.expect("commit");
        let mut tx = db.begin().await.expect("tx");
        let late = set(&mut tx, &STAFF, now(), program, SegmentSettings::default(), 0).await;
        assert!(late.is_err_and(|error| error.status() == 409), "whoever saw older settings is told");
        drop(tx);
        while work::work(&db).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        assert!(job::store::find_of_program(&mut tx, job::JobKind::Assessment, program).await.expect("read").is_none());
        let max = author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").expect("max").id;
        let history = list_history(&mut tx, AssessedParty::Author(max)).await.expect("history");
        assert_eq!(history.iter().map(|found| found.segment).collect::<Vec<_>>(), [None, RAVER], "what was said before is kept");
        assert!(list_of(&mut tx, max).await.expect("steps").is_empty());
        assert_eq!(
            preview(&mut tx, now(), program, &other)
                .await
                .expect("a preview")
                .moves
                .iter()
                .filter(|flow| flow.before != flow.after)
                .count(),
            0
        );
    })
    .await;
}

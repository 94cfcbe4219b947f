//! What is purged and removed is gone from rows and counts.

use chrono::Duration;

use super::act::{Purged, Rebuilt, purge, rebuild, remove, remove_few};
use crate::access::account::{Actor, Role};
use crate::access::job::act::JobRequest;
use crate::access::job::{self, JobKind};
use crate::kernel::clock::{Time, now};
use crate::kernel::error::Error;
use crate::kernel::ids::AccountId;
use crate::listening::volume::store::list_days;
use crate::listening::{author, import};
use crate::testing::fixture::{self, SYSTEM, staff};
use crate::testing::two_authors::{FIRST, SECOND, import, imported, mentions};
use crate::testing::{change, each_db};

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

#[tokio::test]
async fn mentions_go_their_months_after_they_were_imported_and_their_counts_with_them() {
    each_db(|db| async move {
        let program = import(&db, FIRST, Some(time("2022-05-01T00:00:00Z"))).await;
        import(&db, SECOND, Some(time("2023-04-01T00:00:00Z"))).await;
        assert_eq!(mentions(&db, program).await, 3);
        assert_eq!(
            purge(&db, &SYSTEM, time("2024-04-15T00:00:00Z"), None).await.expect("purged").mentions,
            0,
            "written over, imported under 24 months ago"
        );
        let now = time("2024-06-01T00:00:00Z");
        assert_eq!(purge(&db, &SYSTEM, now, None).await.expect("purged").mentions, 2);
        assert_eq!(mentions(&db, program).await, 1);
        let mut tx = db.read().await.expect("tx");
        assert!(author::store::find_by_handle(&mut tx, program, "x", "maxo").await.expect("read").is_none(), "whose mentions are all gone");
        let zoe = author::store::find_by_handle(&mut tx, program, "x", "zoe_k").await.expect("read").expect("zoe");
        assert_eq!((zoe.mentions, zoe.links), (1, 0));
        drop(tx);
        assert_eq!(purge(&db, &SYSTEM, now, None).await.expect("again").mentions, 0);
    })
    .await;
}

#[tokio::test]
async fn a_job_is_told_how_much_was_deleted_and_ends_between_two_batches() {
    each_db(|db| async move {
        let program = import(&db, FIRST, Some(time("2022-05-01T00:00:00Z"))).await;
        let later = time("2026-06-01T00:00:00Z");
        let mut tx = db.begin().await.expect("tx");
        let mut held = job::act::take(&mut tx, &SYSTEM, now(), JobRequest::new(JobKind::Retention, "")).await.expect("a job");
        tx.commit().await.expect("commit");
        held.stop();
        assert_eq!(purge(&db, &SYSTEM, later, Some(&mut held)).await.expect("stopped"), Purged::default());
        let there = mentions(&db, program).await;
        assert!(there > 0);

        let mut tx = db.begin().await.expect("tx");
        let mut held = job::act::take(&mut tx, &SYSTEM, now(), JobRequest::new(JobKind::Retention, "")).await.expect("a job");
        tx.commit().await.expect("commit");
        let purged = purge(&db, &SYSTEM, later, Some(&mut held)).await.expect("purged");
        let job = job::store::find(&mut db.read().await.expect("tx"), held.job.id).await.expect("read").expect("the job");
        assert_eq!(i64::try_from(purged.mentions), Ok(there));
        assert_eq!(job.done, held.job.done);
        assert_eq!(u64::try_from(job.done), Ok(purged.mentions + purged.source_rows));
    })
    .await;
}

#[tokio::test]
async fn raw_rows_are_emptied_after_their_days_and_say_still_why_they_were_left_out() {
    each_db(|db| async move {
        imported(&db).await;
        let later = now() + Duration::days(80);
        assert_eq!(purge(&db, &SYSTEM, later, None).await.expect("purged").source_rows, 0);
        let purged = purge(&db, &SYSTEM, later + Duration::days(20), None).await.expect("purged");
        assert_eq!(purged.source_rows, 4);
        let mut tx = db.read().await.expect("tx");
        let run = fixture::newest_import(&mut tx).await;
        let rows = import::outcome::rows::list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        assert_eq!(rows.len(), 4);
        assert!(rows.iter().all(|row| row.original.is_none()), "{rows:?}");
        assert!(rows[2].ended.reason.as_ref().is_some_and(|reason| reason.to_string().contains("spreadsheet")), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_at_its_source_goes_by_its_id() {
    each_db(|db| async move {
        let program = imported(&db).await;
        imported(&db).await;
        let ids = ["15700000001".to_owned(), "999".to_owned()];
        let viewer = Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "V".into() };
        let now = now();
        assert!(matches!(remove(&db, &viewer, now, program, &ids).await, Err(Error::Forbidden)));
        assert_eq!(remove(&db, &staff(), now, program, &ids).await.expect("removed"), 1);
        assert_eq!(mentions(&db, program).await, 2);
        let mut tx = db.read().await.expect("tx");
        let again = fixture::newest_import(&mut tx).await;
        let rows = import::outcome::rows::list(&mut tx, &SYSTEM, &again, None, 0, 9).await.expect("rows");
        let kept: Vec<_> = rows.iter().map(|row| row.original.is_some()).collect();
        assert_eq!(kept, [false, true, true, true], "nor is the row kept that repeated it: {rows:?}");
        drop(tx);
        let mut tx = db.begin().await.expect("tx");
        let more = ["15700000002".to_owned()];
        assert!(matches!(remove_few(&mut tx, &viewer, now, program, &more).await, Err(Error::Forbidden)));
        assert!(matches!(remove_few(&mut tx, &staff(), now, program, &[]).await, Err(Error::Invalid(_))));
        assert_eq!(remove_few(&mut tx, &staff(), now, program, &more).await.expect("removed"), 1);
        tx.commit().await.expect("commit");
        assert_eq!(mentions(&db, program).await, 1);
    })
    .await;
}

#[tokio::test]
async fn roll_ups_counted_anew_are_those_that_were_kept() {
    each_db(|db| async move {
        let program = imported(&db).await;
        let before = list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days");
        let rebuilt = rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
        assert_eq!(rebuilt, Rebuilt { days: 3, mentions: 3, authors: 2, topic_days: 3, ..Rebuilt::default() });
        let after = list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days");
        assert_eq!(before, after);

        change(&db, "UPDATE author SET negative = 7, links = 9").await;
        change(&db, "DELETE FROM mention_day").await;
        assert_eq!(rebuild(&db, &SYSTEM, program).await.expect("rebuilt").mended, 2);
        assert_eq!(list_days(&mut db.read().await.expect("tx"), program, None, None).await.expect("days"), before);
    })
    .await;
}

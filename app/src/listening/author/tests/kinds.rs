//! Kinds by how mentions speak, on both databases: with imports and without them, by settings, by a person, and learned.

use super::*;
use crate::access::account::Role;
use crate::access::job::{self, JobKind};
use crate::listening::author::evidence::KindEvidence;
use crate::listening::author::scorecard::AuthorSigns;
use crate::listening::author::{learning, store, work};

/// What a supplier gives its partners to post.
const KIT: [&str; 4] = [
    "Learn more about how your team can move faster with the new rack servers https://t.co/a",
    "Ready to protect your data? Read this guide to see how simple your backup can be https://t.co/b",
    "Find out what hybrid cloud can do for your budget. Reply to talk to one of our experts https://t.co/c",
    "Your employees work everywhere. Discover how to keep their laptops safe in this infographic https://t.co/d",
];

pub(super) fn kit(minute: i64, who: &'static str) -> Vec<ExportRow> {
    KIT.iter().zip(0..).map(|(text, at)| (minute + at * 1500, who, "", (*text).to_owned(), "neutral")).collect()
}

pub(super) async fn settle(db: &Db) {
    while segment::work::work(db).await.expect("worked") {}
}

async fn rebuilt(db: &Db) -> u64 {
    let program = program(db).await;
    rebuild(db, &STAFF, program).await.expect("rebuilt").mended
}

#[tokio::test]
async fn partners_share_a_kit_and_stop_sharing_it_when_the_other_is_gone() {
    each_db(|db| async move {
        import(&db, &kit(9000, "northit")).await;
        let (alone, why) = kind(&db, "northit").await;
        assert_eq!(alone, AuthorKind::Partner);
        assert!(why.expect("why").contains("4 of 4 mentions have a link"), "in numbers");
        let mut rows = kit(1, "southit");
        rows.extend((0..4).map(|at| {
            (2 + at * 1500, "zoe", "Zoe", format!("@Dell my laptop broke again after repair number {at}, I am tired"), "negative")
        }));
        import(&db, &rows).await;
        let south = author(&db, "southit").await;
        assert_eq!((south.kind, south.signs.syndicated, south.signs.signed), (AuthorKind::Partner, 4, 4));
        assert!(south.kind_evidence.iter().flatten().any(|found| *found == KindEvidence::Syndicated { mentions: 4, syndicated: 4 }));
        assert_eq!(author(&db, "northit").await.signs.syndicated, 4, "who posted it before is asked again");
        let zoe = author(&db, "zoe").await;
        assert_eq!(
            (zoe.kind, zoe.signs),
            (AuthorKind::Customer, AuthorSigns { signed: 4, replies: 4, first_person: 4, service: 4, ..AuthorSigns::default() })
        );
        assert_eq!(rebuilt(&db).await, 0, "counts kept with imports are those of the mentions");

        // The first import goes: nobody else posts the kit.
        let program = program(&db).await;
        undo_first(&db, program).await;
        let south = author(&db, "southit").await;
        assert_eq!((south.kind, south.signs.syndicated), (AuthorKind::Partner, 0));
        assert!(!south.kind_evidence.iter().flatten().any(|found| matches!(found, KindEvidence::Syndicated { .. })));
        assert_eq!(rebuilt(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn signs_of_an_earlier_release_are_counted_once_by_the_job() {
    each_db(|db| async move {
        import(&db, &kit(1, "northit")).await;
        let (before, id) = (author(&db, "northit").await, program(&db).await);
        // As an upgrade leaves it: nothing counted, no kind by the scorecard.
        let mut tx = db.begin().await.expect("tx");
        let none = store::AuthorChange::none(before.id, now());
        store::set_signs(&mut tx, &[none]).await.expect("cleared");
        crate::db::setting::update(&mut tx, &format!("author_signs:{id}"), "of before").await.expect("noted");
        segment::act::assess(&mut tx, now(), id, &[before.id]).await.expect("assessed");
        tx.commit().await.expect("commit");
        assert_eq!(kind(&db, "northit").await.0, AuthorKind::Customer, "what is not counted is not judged");
        segment::act::keep_up(&db, now()).await.expect("asked");
        settle(&db).await;
        let after = author(&db, "northit").await;
        assert_eq!((after.kind, after.signs), (before.kind, before.signs));
        segment::act::keep_up(&db, now()).await.expect("asked");
        let waiting = job::store::find_of_program(&mut db.read().await.expect("tx"), JobKind::Assessment, id).await.expect("read");
        assert!(waiting.is_none_or(|job| !job.is_open()), "once is enough");
    })
    .await;
}

#[tokio::test]
async fn employees_come_from_lists_and_hashtags_of_the_program() {
    each_db(|db| async move {
        let mut rows: Vec<ExportRow> = (0..3)
            .flat_map(|at| {
                [
                    (at * 1500, "maria", "Maria", format!("I had a great day {at} with my colleagues #TeamDellRocks"), "positive"),
                    (at * 1500, "jan", "Jan", format!("I am happy about my badge number {at} today"), "positive"),
                    (at * 1500, "lou", "Lou", format!("Proud of my team on day {at} #IWork4Dell"), "positive"),
                ]
            })
            .collect();
        rows.push((9000, "max", "Max", "I saw #IWork4Dell and still have my broken hinge".into(), "negative"));
        import(&db, &rows).await;
        assert_eq!(
            kind(&db, "lou").await,
            (AuthorKind::Employee, Some("3 of 3 mentions have a hashtag of the organisation's employees.".into()))
        );
        for customer in ["maria", "jan", "max"] {
            assert_eq!(kind(&db, customer).await, (AuthorKind::Customer, None), "{customer}");
        }
        let id = program(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let found = program::store::find(&mut tx, id).await.expect("read").expect("the program");
        let charter = program::Charter {
            organisation: "Dell".into(),
            staff_handles: "@Jan".into(),
            staff_hashtags: "#TeamDellRocks".into(),
            own_handles: String::new(),
            brands: String::new(),
            ..fixture::charter()
        };
        program::act::update(&mut tx, &STAFF, now(), UpdateProgram { id, revision: found.revision, charter }).await.expect("saved");
        tx.commit().await.expect("commit");
        settle(&db).await;
        assert_eq!(kind(&db, "jan").await, (AuthorKind::Employee, Some("On the program's list of employees.".into())));
        assert_eq!(kind(&db, "maria").await.0, AuthorKind::Employee, "hashtags are counted anew");
        assert_eq!(rebuilt(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_click_sets_a_kind_and_another_takes_it_back() {
    each_db(|db| async move {
        import(&db, &kit(1, "northit")).await;
        let north = author(&db, "northit").await;
        let mut tx = db.begin().await.expect("tx");
        let staff = fixture::actor(&fixture::account(&mut tx, "Ada Bell", Role::Staff, now()).await);
        let stale = act::set_kind(&mut tx, &staff, now(), north.id, Some(AuthorKind::Media), AuthorKind::Customer, "").await;
        assert!(matches!(stale, Err(crate::kernel::error::Error::Conflict(_))), "somebody saw another kind");
        let refused = act::lift_kind(&mut tx, &staff, now(), north.id, None).await;
        assert!(matches!(refused, Err(crate::kernel::error::Error::Conflict(_))), "no person decided");
        let done = act::set_kind(&mut tx, &staff, now(), north.id, Some(AuthorKind::Partner), AuthorKind::Media, "").await.expect("set");
        assert_eq!(done, act::KindDecision { before: AuthorKind::Partner, was_decided: false });
        tx.commit().await.expect("commit");
        import(&db, &[(20_000, "northit", "", "Learn more about your next server https://t.co/z".into(), "neutral")]).await;
        let north = author(&db, "northit").await;
        assert_eq!((north.kind, north.why(), north.kind_by.is_some()), (AuthorKind::Media, None, true), "no rule changes it");
        let mut tx = db.begin().await.expect("tx");
        let stale = act::lift_kind(&mut tx, &staff, now(), north.id, Some(AuthorKind::Bot)).await;
        assert!(matches!(stale, Err(crate::kernel::error::Error::Conflict(_))), "another person's decision stays");
        act::lift_kind(&mut tx, &staff, now(), north.id, Some(AuthorKind::Media)).await.expect("lifted");
        tx.commit().await.expect("commit");
        let north = author(&db, "northit").await;
        assert_eq!((north.kind, north.kind_by), (AuthorKind::Partner, None));
        assert!(north.why().expect("why").starts_with("5 of 5 mentions have a link"));
        assert_eq!(rebuilt(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_program_learns_from_decisions_and_judges_others_by_it() {
    each_db(|db| async move {
        // Fans of this brand post reviews with links and tags; its helpers answer as “we”. The stated weights get both wrong.
        let fans = ["fana", "fanb", "fanc", "fand", "fane", "fanf", "fang", "fanh", "fani", "fanj", "fank"];
        let helpers = ["helpa", "helpb", "helpc", "helpd", "helpe", "helpf", "helpg", "helph", "helpi", "helpj", "helpk"];
        let mut rows: Vec<ExportRow> = Vec::new();
        for (at, (fan, helper)) in (0..).zip(fans.into_iter().zip(helpers)) {
            for day in 0..4 {
                let word = ["amber", "birch", "cedar", "delta"][day as usize];
                rows.push((
                    day * 1500 + at,
                    fan,
                    "",
                    format!("Test of the {word} {fan} #laptop #review https://t.co/{fan}{day}"),
                    "neutral",
                ));
                rows.push((
                    day * 1500 + at,
                    helper,
                    "",
                    format!("@somebody we sent the {word} {helper} parcel and will replace it"),
                    "neutral",
                ));
            }
        }
        import(&db, &rows).await;
        assert_eq!((kind(&db, "fank").await.0, kind(&db, "helpk").await.0), (AuthorKind::Media, AuthorKind::Customer));
        let id = program(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let staff = fixture::actor(&fixture::account(&mut tx, "Ada Bell", Role::Staff, now()).await);
        tx.commit().await.expect("commit");
        for (place, (fan, helper)) in fans.into_iter().zip(helpers).take(10).enumerate() {
            for (handle, to) in [(fan, AuthorKind::Customer), (helper, AuthorKind::Partner)] {
                let author = author(&db, handle).await.id;
                let mut tx = db.begin().await.expect("tx");
                act::set_kind(&mut tx, &staff, now(), author, None, to, "").await.expect("set");
                tx.commit().await.expect("commit");
            }
            let asked = job::store::find_of_program(&mut db.read().await.expect("tx"), JobKind::KindTraining, id).await.expect("read");
            assert_eq!(asked.is_some(), place + 1 == learning::MIN_DECISIONS_OF_EACH, "after {} of each", place + 1);
        }
        assert!(work::work(&db).await.expect("learned"));
        let model = store::find_model(&mut db.read().await.expect("tx"), id).await.expect("read").expect("a model");
        assert!(model.is_used && model.figures.learned.f1 > model.figures.stated.f1, "{model:?}");
        settle(&db).await;
        assert_eq!(kind(&db, "fank").await.0, AuthorKind::Customer);
        let (other, why) = kind(&db, "helpk").await;
        assert!(other != AuthorKind::Customer && why.expect("why").contains("learned from your decisions"));
        assert_eq!(kind(&db, "fana").await.0, AuthorKind::Customer, "decisions stay");
    })
    .await;
}

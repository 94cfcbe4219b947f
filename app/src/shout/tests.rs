//! Copies on both databases: known when they come, also in a later import, and gone with their posts.

use super::store::{find_of, list};
use crate::account::Actor;
use crate::author;
use crate::clock::now;
use crate::db::Db;
use crate::ids::ProgramId;
use crate::import::act::undo;
use crate::mention;
use crate::segment::store::find_author;
use crate::testing::{each_db, fixture};
use crate::{import, program};

const STAFF: Actor = Actor::System("test");
const SHOUT: &str = "Dell must recall every laptop of this series now because the hinge breaks within a year";

async fn import(db: &Db, rows: &[(i64, &str, &str, &str)]) {
    let mut text = String::from("Datetime,Tweet Id,Text,Username,sentiment\n");
    for (id, day, who, words) in rows {
        text += &format!("2022-{day} 10:00:00+00:00,{},\"{words}\",{who},negative\n", 15_700_000_000 + id);
    }
    fixture::import(db, &text, fixture::dell()).await;
}

async fn program(db: &Db) -> ProgramId {
    program::store::list(&mut db.read().await.expect("tx")).await.expect("programs")[0].id
}

#[tokio::test]
async fn a_thousand_copies_are_one_shout_of_each_voice() {
    each_db(|db| async move {
        let (passed_on, plain) = (format!("RT @zoe: {SHOUT} https://t.co/a1"), format!("{SHOUT}!!"));
        let other = "My new monitor arrived today and I could not be happier with how its colours look";
        import(&db, &[(1, "09-01", "zoe", SHOUT), (2, "09-01", "max", &passed_on), (3, "09-01", "ada", other)]).await;
        // A later import knows what was said before: Max goes on and on, on two days, and Eve joins.
        let rows: Vec<(i64, &str, &str, &str)> = (10..30)
            .map(|id| (id, if id < 20 { "09-02" } else { "09-03" }, "max", plain.as_str()))
            .chain([(31, "09-04", "eve", SHOUT)])
            .collect();
        import(&db, &rows).await;

        let program = program(&db).await;
        let mut tx = db.read().await.expect("tx");
        let day = |text: &str| text.parse().expect("a day");
        let found = list(&mut tx, program, day("2022-09-01"), day("2022-09-30"), 9).await.expect("shouts");
        let told: Vec<_> =
            found.iter().map(|shout| (shout.posts, shout.voices, shout.text.as_str(), shout.first_day, shout.last_day)).collect();
        assert_eq!(told, [(23, 3, SHOUT, day("2022-09-01"), day("2022-09-04"))]);
        assert!(list(&mut tx, program, day("2022-10-01"), day("2022-10-30"), 9).await.expect("shouts").is_empty());
        let max = author::store::find_by_handle(&mut tx, program, "x", "max").await.expect("read").expect("max");
        let assessed = find_author(&mut tx, max.id).await.expect("read").expect("assessed");
        assert_eq!(assessed.reasons[0], "3 of 3 posts negative over 3 days", "{:?}", assessed.reasons);
        assert!(
            assessed.reasons.iter().any(|reason| reason.starts_with("18 posts left out: said that day before")),
            "{:?}",
            assessed.reasons
        );
        let posts = mention::store::list(&mut tx, &mention::store::Search { author: Some(max.id), ..Default::default() }, 1, 0)
            .await
            .expect("posts");
        let shout = find_of(&mut tx, posts[0].mention.id).await.expect("read").expect("a shout");
        assert_eq!((shout.shout_id, shout.posts), (found[0].shout_id, 23));
        let wanted = mention::store::Search { program: Some(program), shout: Some(shout.shout_id), ..Default::default() };
        assert_eq!(mention::store::count(&mut tx, &wanted).await.expect("a count"), 23);
        assert_eq!(mention::store::list(&mut tx, &wanted, 50, 0).await.expect("posts").len(), 23);
        drop(tx);

        let mut tx = db.begin().await.expect("tx");
        for run in import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs") {
            undo(&mut tx, &STAFF, now(), run.id).await.expect("undoing");
        }
        tx.commit().await.expect("commit");
        while import::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        assert!(list(&mut tx, program, day("2022-09-01"), day("2022-09-30"), 9).await.expect("shouts").is_empty());
    })
    .await;
}

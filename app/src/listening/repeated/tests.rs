//! Repeated mentions on both databases: recognised within and across imports, and removed with their mentions.

use super::store::{find_of, list};
use crate::access::account::Actor;
use crate::db::Db;
use crate::kernel::clock::now;
use crate::kernel::ids::ProgramId;
use crate::listening::import::act::undo;
use crate::listening::segment::store::find_author;
use crate::listening::{author, import, mention};
use crate::program;
use crate::testing::{each_db, fixture};

const STAFF: Actor = Actor::System("test");
const REPEATED: &str = "Dell must recall every laptop of this series now because the hinge breaks within a year";

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
async fn a_thousand_copies_are_one_repeated_of_each_author() {
    each_db(|db| async move {
        let (passed_on, plain) = (format!("RT @zoe: {REPEATED} https://t.co/a1"), format!("{REPEATED}!!"));
        let other = "My new monitor arrived today and I could not be happier with how its colours look";
        import(&db, &[(1, "09-01", "zoe", REPEATED), (2, "09-01", "max", &passed_on), (3, "09-01", "ada", other)]).await;
        // A later import knows what was said before: Max goes on and on, on two days, and Eve joins.
        let rows: Vec<(i64, &str, &str, &str)> = (10..30)
            .map(|id| (id, if id < 20 { "09-02" } else { "09-03" }, "max", plain.as_str()))
            .chain([(31, "09-04", "eve", REPEATED)])
            .collect();
        import(&db, &rows).await;

        let program = program(&db).await;
        let mut tx = db.read().await.expect("tx");
        let day = |text: &str| text.parse().expect("a day");
        let found = list(&mut tx, program, day("2022-09-01"), day("2022-09-30"), 9).await.expect("repeated mentions");
        let reported: Vec<_> = found
            .iter()
            .map(|repeated| (repeated.mentions, repeated.authors, repeated.text.as_str(), repeated.first_day, repeated.last_day))
            .collect();
        assert_eq!(reported, [(23, 3, REPEATED, day("2022-09-01"), day("2022-09-04"))]);
        assert!(list(&mut tx, program, day("2022-10-01"), day("2022-10-30"), 9).await.expect("repeated mentions").is_empty());
        let max = author::store::find_by_handle(&mut tx, program, "x", "max").await.expect("read").expect("max");
        let assessed = find_author(&mut tx, max.id).await.expect("read").expect("assessed");
        assert_eq!(assessed.reasons[0].to_string(), "3 of 3 mentions negative over 3 days", "{:?}", assessed.reasons);
        assert!(
            assessed.reasons.iter().any(|reason| reason.to_string().starts_with("18 mentions not counted: repeated on the same day")),
            "{:?}",
            assessed.reasons
        );
        let mentions = mention::store::list(&mut tx, &mention::store::MentionSearch { author: Some(max.id), ..Default::default() }, 1, 0)
            .await
            .expect("mentions");
        let repeated = find_of(&mut tx, mentions[0].mention.id).await.expect("read").expect("a shout");
        assert_eq!((repeated.first_id, repeated.mentions), (found[0].first_id, 23));
        let wanted = mention::store::MentionSearch { program: Some(program), repeated: Some(repeated.first_id), ..Default::default() };
        assert_eq!(mention::store::count(&mut tx, &wanted).await.expect("a count"), 23);
        assert_eq!(mention::store::list(&mut tx, &wanted, 50, 0).await.expect("mentions").len(), 23);
        drop(tx);

        let mut tx = db.begin().await.expect("tx");
        for run in import::store::list(&mut tx, program, "", None, 9, 0).await.expect("runs") {
            undo(&mut tx, &STAFF, now(), run.id).await.expect("undoing");
        }
        tx.commit().await.expect("commit");
        while import::batch::work::work(&db, &std::env::temp_dir()).await.expect("worked") {}
        let mut tx = db.read().await.expect("tx");
        assert!(list(&mut tx, program, day("2022-09-01"), day("2022-09-30"), 9).await.expect("repeated mentions").is_empty());
    })
    .await;
}

//! A handle on the roster proposes a link, a person decides it, and who is linked is erased together.

use super::{CustomerLinkState, ListedLink, act, store};
use crate::access::account::Actor;
use crate::db::Tx;
use crate::kernel::clock::now;
use crate::kernel::error::Error;
use crate::kernel::ids::ProgramId;
use crate::listening::customer::{self, store::CustomerSearch};
use crate::listening::import::act::undo;
use crate::listening::import::batch::work;
use crate::testing::each_db;
use crate::testing::fixture::{dell, import, newest_import};

const STAFF: Actor = Actor::System("test");

const MENTIONS: &str = "Date,Author,Text,Url\n\
    2022-09-01,zoe_k,The fan of my laptop is loud again,https://x.com/zoe_k/status/1\n\
    2022-09-01,max_o,So happy with the new monitor,https://x.com/max_o/status/2\n";
const ROSTER: &str = "Contact ID,First Name,Last Name,Email,Twitter Handle,Plan\n\
    C1,Zoe,Kramer,zoe@example.com,@Zoe_K,Gold\n\
    C2,Ben,Mori,ben@example.com,nobody_here,Gold\n";

#[tokio::test]
async fn a_handle_on_the_roster_proposes_a_link_that_a_person_decides() {
    each_db(|db| async move {
        // Whichever file comes last proposes it.
        let (program, counts) = import(&db, ROSTER, dell()).await;
        assert_eq!(counts.created, 2);
        import(&db, MENTIONS, dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let search = CustomerSearch { program: Some(program), ..CustomerSearch::default() };
        let people = customer::store::list(&mut tx, &search, 9, 0).await.expect("customers");
        let zoe = people.iter().find(|person| person.name == "Zoe Kramer").expect("Zoe");
        assert_eq!((zoe.details.handle.as_deref(), zoe.details.handle_network.as_deref()), (Some("Zoe_K"), Some("x")));
        let ids: Vec<_> = people.iter().map(|person| person.id).collect();
        let links = store::list_of(&mut tx, &ids).await.expect("links");
        assert_eq!(links.len(), 1);
        let link = links[&zoe.id][0].clone();
        assert_eq!((link.state, link.handle.as_str()), (CustomerLinkState::Proposed, "zoe_k"));
        act::confirm(&mut tx, &STAFF, now(), link.id).await.expect("confirmed");
        assert!(matches!(act::refuse(&mut tx, &STAFF, now(), link.id).await, Err(Error::Conflict(_))));
        assert_eq!(store::find(&mut tx, link.id).await.expect("read").expect("the link").state, CustomerLinkState::Confirmed);
        tx.commit().await.expect("committed");
        // What was decided is not proposed again.
        import(&db, &MENTIONS.replace("loud again", "louder than ever").replace("status/1", "status/3"), dell()).await;
        let mut tx = db.read().await.expect("tx");
        assert_eq!(store::list_of(&mut tx, &ids).await.expect("links")[&zoe.id].len(), 1);
    })
    .await;
}

async fn links_of(tx: &mut Tx, program: ProgramId) -> Vec<ListedLink> {
    let people =
        customer::store::list(tx, &CustomerSearch { program: Some(program), ..CustomerSearch::default() }, 9, 0).await.expect("customers");
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    store::list_of(tx, &ids).await.expect("links").into_values().flatten().collect()
}

#[tokio::test]
async fn a_confirmed_link_is_removed_and_not_proposed_again() {
    each_db(|db| async move {
        let (program, _) = import(&db, ROSTER, dell()).await;
        import(&db, MENTIONS, dell()).await;
        let mut tx = db.begin().await.expect("tx");
        let search = CustomerSearch { program: Some(program), proposed: true, ..CustomerSearch::default() };
        assert_eq!(customer::store::count(&mut tx, &search).await.expect("counted"), 1);
        let link = links_of(&mut tx, program).await.remove(0);
        assert!(link.reason.contains("Zoe_K") || link.reason.contains("zoe_k"), "{}", link.reason);
        assert!(matches!(act::unlink(&mut tx, &STAFF, now(), link.id).await, Err(Error::Conflict(_))), "it is not confirmed");
        act::confirm(&mut tx, &STAFF, now(), link.id).await.expect("confirmed");
        assert_eq!(customer::store::count(&mut tx, &search).await.expect("counted"), 0);
        act::unlink(&mut tx, &STAFF, now(), link.id).await.expect("removed");
        assert!(matches!(act::unlink(&mut tx, &STAFF, now(), link.id).await, Err(Error::Conflict(_))));
        tx.commit().await.expect("committed");
        import(&db, &MENTIONS.replace("loud again", "louder than ever").replace("status/1", "status/3"), dell()).await;
        assert!(links_of(&mut db.read().await.expect("tx"), program).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn handles_beyond_ascii_are_compared_alike_on_both_databases() {
    each_db(|db| async move {
        let (program, _) = import(&db, &ROSTER.replace("@Zoe_K", "@ÄNNE_Ö"), dell()).await;
        import(&db, &MENTIONS.replace("zoe_k,", "änne_ö,"), dell()).await;
        assert_eq!(links_of(&mut db.read().await.expect("tx"), program).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_author_with_a_decided_link_stays_when_its_mentions_are_undone() {
    each_db(|db| async move {
        for decided in [true, false] {
            let (program, _) = import(&db, ROSTER, dell()).await;
            import(&db, MENTIONS, dell()).await;
            let mut tx = db.begin().await.expect("tx");
            let link = links_of(&mut tx, program).await.remove(0);
            let run = newest_import(&mut tx).await;
            if decided {
                act::confirm(&mut tx, &STAFF, now(), link.id).await.expect("confirmed");
            } else {
                act::unlink(&mut tx, &STAFF, now(), link.id).await.expect("removed: decided too");
            }
            undo(&mut tx, &STAFF, now(), run.id).await.expect("asked");
            tx.commit().await.expect("committed");
            assert!(work::work(&db, &std::env::temp_dir()).await.expect("undone"));
            let kept = store::find(&mut db.read().await.expect("tx"), link.id).await.expect("read");
            assert!(kept.is_some(), "{decided}");
        }
    })
    .await;
}

#[tokio::test]
async fn further_details_filter_the_roster() {
    each_db(|db| async move {
        let (program, _) = import(&db, &ROSTER.replace("nobody_here,Gold", "nobody_here,Silver"), dell()).await;
        let mut tx = db.read().await.expect("tx");
        let count = async |tx: &mut Tx, value: &str| {
            let extra = Some(("Plan".to_owned(), value.to_owned()));
            customer::store::count(tx, &CustomerSearch { program: Some(program), extra, ..CustomerSearch::default() })
                .await
                .expect("counted")
        };
        assert_eq!((count(&mut tx, "Gold").await, count(&mut tx, "Silver").await, count(&mut tx, "gold").await), (1, 1, 0));
        drop(tx);
        import(&db, ROSTER, dell()).await;
        let mut tx = db.read().await.expect("tx");
        let extras = customer::store::list_extras(&mut tx, program).await.expect("extras");
        assert_eq!(extras["Plan"]["Gold"], 2);
    })
    .await;
}

//! What becomes of items when an account is closed, or its role or unit changes.

use super::*;
use crate::access::account::UnitChange;
use crate::access::account::act::{ChangeAccount, Profile, add, change, close};
use crate::testing::fixture::SYSTEM;

async fn responder(tx: &mut Tx, name: &str, unit: &str) -> Account {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    add(tx, &SYSTEM, now(), Profile { email, name: name.into(), role: Role::Responder, unit: unit.into() }).await.expect("a responder")
}

async fn owned(db: &Db, team: &Team, owner: &Account) -> HeardId {
    let id = team.item(db, "Support cannot see my chat.").await;
    let mut tx = db.begin().await.expect("tx");
    let seen = heard_item(&mut tx, id).await.seen();
    assign(&mut tx, &actor(&team.bo), now(), seen, ItemOwner::Account(owner.id), "").await.expect("assigned");
    tx.commit().await.expect("commit");
    id
}

async fn with_unit(tx: &mut Tx, account: &Account, role: Role, unit: &str, unit_change: UnitChange) -> Account {
    let profile = Profile { email: account.email.clone(), name: account.name.clone(), role, unit: unit.into() };
    change(tx, &SYSTEM, now(), ChangeAccount { id: account.id, revision: account.revision, profile, unit_change }).await.expect("changed");
    account::store::find(tx, account.id).await.expect("read").expect("an account")
}

/// The items on the board of an account, by number.
async fn board_of(tx: &mut Tx, account: &Account) -> Vec<HeardId> {
    board::list(tx, &actor(account), now()).await.expect("a board").into_iter().map(|line| line.item.id).collect()
}

#[tokio::test]
async fn a_person_who_moves_takes_their_own_items_along_and_leaves_the_others() {
    each_db(|db| async move {
        let team = team(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let (rosa, olu) = (responder(&mut tx, "Rosa Diaz", "Logistics").await, responder(&mut tx, "Olu Stone", "Logistics").await);
        tx.commit().await.expect("commit");
        let (rosas, olus) = (owned(&db, &team, &rosa).await, owned(&db, &team, &olu).await);
        let mut tx = db.begin().await.expect("tx");
        let rosa = with_unit(&mut tx, &rosa, Role::Responder, "Support", UnitChange::Moves).await;
        assert_eq!(board_of(&mut tx, &rosa).await, [rosas]);
        assert_eq!(board_of(&mut tx, &olu).await, [olus]);
        assert_eq!(heard_item(&mut tx, rosas).await.owner().as_deref(), Some("Rosa Diaz, Support"));
        assert_eq!(heard_item(&mut tx, olus).await.owner().as_deref(), Some("Olu Stone, Logistics"));
    })
    .await;
}

#[tokio::test]
async fn a_renamed_unit_keeps_its_people_and_items() {
    each_db(|db| async move {
        let team = team(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let (rosa, olu) = (responder(&mut tx, "Rosa Diaz", "Logistics").await, responder(&mut tx, "Olu Stone", "Logistics").await);
        tx.commit().await.expect("commit");
        let items = [owned(&db, &team, &rosa).await, owned(&db, &team, &olu).await];
        let mut tx = db.begin().await.expect("tx");
        let rosa = with_unit(&mut tx, &rosa, Role::Responder, "Delivery", UnitChange::Renamed).await;
        let olu = account::store::find(&mut tx, olu.id).await.expect("read").expect("Olu");
        assert_eq!(olu.unit.as_deref(), Some("Delivery"));
        for account in [&rosa, &olu] {
            assert_eq!(board_of(&mut tx, account).await, items, "{} sees both", account.name);
        }
        assert_eq!(heard_item(&mut tx, items[1]).await.owner().as_deref(), Some("Olu Stone, Delivery"));
    })
    .await;
}

#[tokio::test]
async fn an_item_that_nobody_can_answer_any_more_loses_its_owner() {
    each_db(|db| async move {
        let team = team(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let (rosa, olu) = (responder(&mut tx, "Rosa Diaz", "Logistics").await, responder(&mut tx, "Olu Stone", "Logistics").await);
        tx.commit().await.expect("commit");
        let (rosas, olus) = (owned(&db, &team, &rosa).await, owned(&db, &team, &olu).await);
        let answered = owned(&db, &team, &olu).await;
        let mut tx = db.begin().await.expect("tx");
        let version = response_draft(&mut tx, &actor(&olu), now(), answered, commitment(30)).await.expect("a draft");
        published(&mut tx, &actor(&team.bo), now(), &version).await;
        close(&mut tx, &SYSTEM, now(), rosa.id, rosa.revision).await.expect("closed");
        assert_eq!(heard_item(&mut tx, rosas).await.owner_account, Some(rosa.id), "Olu can answer it");
        with_unit(&mut tx, &olu, Role::Viewer, "", UnitChange::Moves).await;
        let lines = board::list(&mut tx, &actor(&team.bo), now()).await.expect("a board");
        let status = |id: HeardId| lines.iter().find(|line| line.item.id == id).expect("on the board").status;
        assert_eq!((status(rosas), status(olus)), (FollowUpStatus::NoOwner, FollowUpStatus::NoOwner));
        assert_eq!(heard_item(&mut tx, answered).await.owner_account, Some(olu.id), "an answered item says who answered");
        tx.commit().await.expect("commit");
        is_whole(&db).await;
    })
    .await;
}

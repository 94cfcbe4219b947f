//! Finding, exporting and erasing people, on both databases.

mod remains;

use std::path::Path;

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::act::*;
use super::find::{export, find, find_panelist};
use super::restore::{KeptOut, restore};
use super::store::testing::{change, customer, open_item, texts};
use crate::access::account::{self, Actor, Role};
use crate::access::audit::ResourceType;
use crate::access::audit::act::audit;
use crate::access::link::Purpose;
use crate::access::outbox;
use crate::casework::nomination;
use crate::db::cover::Covers;
use crate::db::verify::verify;
use crate::db::{DataSubject, Db, backup};
use crate::follow_up::heard;
use crate::follow_up::heard::assignment::ItemOwner;
use crate::front::wiring::WIRING;
use crate::front::wiring::tests::{everything, fill, fill_guests};
use crate::kernel::clock::now;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{IdAtRevision, LinkId, PanelistId};
use crate::listening::import::import_file::ImportOptions;
use crate::listening::import::intake;
use crate::privacy::{opt_out, retention};
use crate::recruiting::invitation;
use crate::recruiting::panelist::QuotePermission;
use crate::recruiting::panelist::rules::Acceptance;
use crate::testing::{at_once, change as change_db, each_db, fixture};

const SYSTEM: Actor = Actor::System("test");

#[tokio::test]
async fn an_erased_person_leaves_no_trace_and_the_chain_holds() {
    each_db(|db| async move {
        let id = Uuid::now_v7();
        fill(&db, id).await;
        let mut tx = db.begin().await.expect("tx");
        assert!(everything(&mut tx).await.to_lowercase().contains("wanda"));
        let person = find(&mut tx, "@Wanda_Ex").await.expect("found");
        assert_eq!(person.ids(DataSubject::Account).count(), 0, "an account is only found by who looks for it");
        assert_eq!(person.ids(DataSubject::Panelist).count(), 1);
        let person = find(&mut tx, "WANDA@example.com").await.expect("found");
        assert!(person.ids(DataSubject::Account).count() == 1 && person.ids(DataSubject::Nominated).count() == 0, "{person:?}");
        let data = export(&mut tx, &SYSTEM, now(), &person).await.expect("exported").to_string();
        assert!(data.contains("Wanda Exampleton") && !data.contains("token_hash"));

        erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let left = everything(&mut tx).await.to_lowercase();
        let lines: Vec<&str> = left.lines().filter(|line| line.contains("wanda")).collect();
        assert!(lines.is_empty(), "{lines:#?}");
        let verified = verify(&mut tx, &[]).await.expect("verified");
        assert!(verified.is_whole() && verified.erased >= 2, "{verified:?}");
        assert!(matches!(find(&mut tx, "wanda@example.com").await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn guests_and_nominated_people_are_found_handed_out_and_erased() {
    each_db(|db| async move {
        let (wanda, guest) = (Uuid::now_v7(), Uuid::now_v7());
        fill(&db, wanda).await;
        fill_guests(&db, wanda, guest).await;
        let mut tx = db.begin().await.expect("tx");
        for words in ["guest@example.com", "GUS GUESTMAN", "Guestman, Gus"] {
            let person = find(&mut tx, words).await.unwrap_or_else(|error| panic!("{words}: {error}"));
            assert!(person.ids(DataSubject::Owner).eq([guest]) && person.ids(DataSubject::Nominated).eq([guest]), "{words}: {person:?}");
        }
        let person = find(&mut tx, "guest@example.com").await.expect("found");
        assert!(person.ids(DataSubject::Recipient).eq([guest]), "{person:?}");
        let data = export(&mut tx, &SYSTEM, now(), &person).await.expect("exported");
        for table in ["heard_item", "response_version", "outbox", "nomination", "nomination_endorsement"] {
            assert!(data["tables"][table].to_string().contains("Gus"), "{table}: {data}");
        }
        erase(&mut tx, &SYSTEM, now(), &person).await.expect("erased");
        tx.commit().await.expect("commit");
        let mut tx = db.read().await.expect("tx");
        let left = everything(&mut tx).await;
        let lines: Vec<&str> = left.lines().filter(|line| line.to_lowercase().contains("gus")).collect();
        assert!(lines.is_empty(), "{lines:#?}");
        assert!(left.contains("Wanda Exampleton"), "nobody else is gone");
        assert!(verify(&mut tx, &[]).await.expect("verified").is_whole());
    })
    .await;
}

#[tokio::test]
async fn a_panelist_sees_their_own_data_and_nobody_elses() {
    each_db(|db| async move {
        let id = Uuid::now_v7();
        fill(&db, id).await;
        let mut tx = db.begin().await.expect("tx");
        let person = find_panelist(&mut tx, PanelistId(id)).await.expect("found");
        let link = |subject| Actor::Link { id: LinkId::new(), purpose: Purpose::Portal, subject };
        assert!(export(&mut tx, &link(id), now(), &person).await.is_ok());
        assert!(matches!(export(&mut tx, &link(Uuid::now_v7()), now(), &person).await, Err(Error::NotFound)));
        assert!(matches!(erase(&mut tx, &link(id), now(), &person).await, Err(Error::Forbidden)));
    })
    .await;
}

/// An administrator, and a panelist who typed this address into the form.
async fn typed(db: &Db, name: &str, email: &str) -> (account::Account, PanelistId) {
    let at = now();
    let mut tx = db.begin().await.expect("tx");
    let ada = fixture::account(&mut tx, "Ada Okafor", Role::Administrator, at).await;
    let program = fixture::program(&mut tx, at).await;
    let day = fixture::day(&mut tx, at, program, (at + Duration::days(60)).date_naive(), 4).await;
    let invited = fixture::invited(&mut tx, at, day, name).await;
    let yes = Acceptance { name: name.into(), email: email.into(), consent: true, quotes: QuotePermission::Anonymous };
    invitation::answer::accept(&mut tx, &fixture::invitee(invited), at, invited, yes).await.expect("a yes");
    tx.commit().await.expect("commit");
    (ada, PanelistId(invited.0))
}

#[tokio::test]
async fn an_address_that_was_only_typed_makes_nobody_somebody_else() {
    each_db(|db| async move {
        let (ada, mallory) = typed(&db, "Ada Okafor", "ada.okafor@example.com").await;
        let mut tx = db.begin().await.expect("tx");
        let person = find_panelist(&mut tx, mallory).await.expect("found");
        assert_eq!(person.ids(DataSubject::Account).count(), 0, "not even under the same name: {person:?}");
        // A customer with that address is joined once a link that was sent to it was opened.
        let id = customer(&mut tx, "Ada Okafor", "ada.okafor@example.com").await;
        assert_eq!(find_panelist(&mut tx, mallory).await.expect("found").ids(DataSubject::Customer).count(), 0);
        change(&mut tx, "UPDATE access_link SET opened_at = created_at WHERE purpose = 'portal'").await;
        let person = find_panelist(&mut tx, mallory).await.expect("found");
        assert!(person.ids(DataSubject::Customer).eq([id]) && person.ids(DataSubject::Account).count() == 0, "{person:?}");
        change(&mut tx, "UPDATE customer SET name = 'Family Okafor'").await;
        assert_eq!(find_panelist(&mut tx, mallory).await.expect("found").ids(DataSubject::Customer).count(), 0, "a shared mailbox");
        let several = find(&mut tx, "ada.okafor@example.com").await.expect_err("two people").to_string();
        assert!(several.contains("Family Okafor") && several.contains(&id.to_string()), "{several}");

        let account = find(&mut tx, &ada.id.to_string()).await.expect("found");
        let last = erase(&mut tx, &SYSTEM, now(), &account).await.expect_err("the last administrator").to_string();
        assert!(last.contains("only administrator"), "{last}");
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_owned_an_item_is_found_by_the_email_they_got() {
    each_db(|db| async move {
        let at = now();
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, at).await;
        let day = fixture::day(&mut tx, at, program, at.date_naive(), 4).await;
        let item = open_item(&mut tx, program, day, 1, "We heard that fans are loud.").await;
        let guest = |name: &str, email: &str| ItemOwner::Guest { name: name.into(), email: email.into(), unit: String::new() };
        heard::assignment::assign(
            &mut tx,
            &fixture::staff(),
            at,
            IdAtRevision { id: item, revision: 1 },
            guest("Gus Guestman", "guest@example.com"),
            "",
        )
        .await
        .expect("assigned");
        heard::assignment::assign(
            &mut tx,
            &fixture::staff(),
            at,
            IdAtRevision { id: item, revision: 2 },
            guest("Nora Next", "nora@example.com"),
            "",
        )
        .await
        .expect("assigned");
        let gus = find(&mut tx, "guest@example.com").await.expect("found, though another one owns it now");
        erase(&mut tx, &SYSTEM, at, &gus).await.expect("erased");
        let left = everything(&mut tx).await;
        assert!(!left.contains("Gus") && !left.contains("guest@example.com") && left.contains("Nora Next"));
        let (queued, ended): (Vec<_>, Vec<_>) =
            outbox::store::list(&mut tx, 9).await.expect("emails").into_iter().partition(|entry| entry.state == outbox::EmailState::Queued);
        let ended: Vec<_> = ended.into_iter().map(|entry| (entry.state, entry.recipient, entry.error.map(|why| why.to_string()))).collect();
        assert_eq!(ended, [(outbox::EmailState::Failed, String::new(), None)]);
        assert_eq!(queued.into_iter().map(|entry| entry.recipient).collect::<Vec<_>>(), ["nora@example.com"]);
    })
    .await;
}

#[tokio::test]
async fn what_may_still_name_somebody_is_listed_and_uploads_are_searched() {
    each_db(|db| async move {
        let at = now();
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, at).await;
        let day = fixture::day(&mut tx, at, program, at.date_naive(), 4).await;
        let panelist = fixture::panelist(&mut tx, at, day, "Maeve Donnelly", QuotePermission::Anonymous).await;
        let mut items = Vec::new();
        for (number, text) in [(1, "Donnelly, Maeve\u{a0}said it."), (2, "Maeve was loud."), (3, "Nobody was.")] {
            items.push(open_item(&mut tx, program, day, number, text).await);
        }
        tx.commit().await.expect("commit");
        let folder = std::env::temp_dir().join(format!("weheard-spool-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let upload = folder.join("upload");
        std::fs::write(&upload, "Datetime,Tweet Id,Text,Username\n2022-03-01 10:00:00+00:00,1,I met Maeve  Donnelly,zoe_k\n")
            .expect("a file");
        let run = intake::receive(&db, &SYSTEM, program, "export.csv", &upload, &folder).await.expect("received");

        let person = find_panelist(&mut db.read().await.expect("tx"), panelist).await.expect("found");
        let erased = erase_in_steps(&db, &folder, &SYSTEM, at, &person).await.expect("erased");
        std::fs::remove_dir_all(&folder).expect("removed");
        let hrefs: Vec<&str> = erased.unsure.iter().map(|unsure| unsure.href.as_str()).collect();
        assert_eq!(hrefs, [format!("/heard/{}", items[1]), format!("/imports/{run}")], "{:?}", erased.unsure);
        let left = everything(&mut db.read().await.expect("tx")).await;
        assert!(left.contains("[erased]\u{a0}said it.") && !left.contains("Donnelly"));
        assert!(verify(&mut db.read().await.expect("tx"), &[]).await.expect("verified").is_whole());
    })
    .await;
}

#[tokio::test]
async fn a_loud_author_is_erased_in_short_steps_that_go_on_where_they_were_cut_off() {
    each_db(|db| async move {
        let rows: String =
            (0..350).map(|n| format!("2022-03-{:02} 10:00:00+00:00,{n},It died again number {n},zoe_k\n", n % 28 + 1)).collect();
        let (program, _) = fixture::import(&db, &format!("Datetime,Tweet Id,Text,Username\n{rows}"), ImportOptions::default()).await;
        let person = find(&mut db.read().await.expect("tx"), "zoe_k").await.expect("zoe");
        let zoe = person.ids(DataSubject::Author).next().expect("an author");
        for part in 0..3 {
            let mut tx = db.begin().await.expect("tx");
            for n in 0..400 {
                audit(&Actor::System("test"), now(), "looked at", ResourceType::Author, zoe)
                    .with(json!({"n": part * 400 + n}))
                    .record(&mut tx);
            }
            tx.commit().await.expect("commit");
        }
        // The first attempt is cut off after its first steps.
        let cut_off =
            tokio::time::timeout(std::time::Duration::from_millis(30), erase_in_steps(&db, Path::new("/nowhere"), &SYSTEM, now(), &person));
        let _ = cut_off.await;
        erase_in_steps(&db, Path::new("/nowhere"), &SYSTEM, now(), &person).await.expect("erased");
        let mut tx = db.read().await.expect("tx");
        assert_eq!(texts(&mut tx, "SELECT text FROM mention").await, [""; 0]);
        let verified = verify(&mut tx, &[]).await.expect("verified");
        assert!(verified.is_whole() && verified.erased >= 1200, "{verified:?}");
        drop(tx);
        let rebuilt = retention::act::rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
        assert_eq!(rebuilt.mended, 0, "every count is right: {rebuilt:?}");
        if let Some(steps) = longest(&db).await {
            assert!(steps <= 500, "{steps} payloads in one step");
        }
    })
    .await;
}

/// The most payloads that one line says were erased with it.
async fn longest(db: &Db) -> Option<i64> {
    let mut tx = db.read().await.expect("tx");
    let covers = texts(&mut tx, "SELECT covers FROM audit_log WHERE covers IS NOT NULL").await;
    let erased = covers.iter().filter_map(|covers| serde_json::from_str::<Covers>(covers).ok());
    erased.map(|covers| covers.erased.iter().map(|(first, last)| last - first + 1).sum()).max()
}

#[tokio::test]
async fn an_erasure_asked_for_on_a_page_keeps_out_at_once_and_is_done_by_a_job() {
    each_db(|db| async move {
        let rows = "Datetime,Tweet Id,Text,Username\n2022-03-01 10:00:00+00:00,1,It died again,zoe_k\n";
        fixture::import(&db, rows, ImportOptions::default()).await;
        let at = now();
        let asked = db.write(|tx, _| Box::pin(opt_out::act::opt_out_soon(tx, &SYSTEM, at, "x", "@zoe_k"))).await.expect("asked");
        assert_eq!((asked.known, asked.authors), (true, 1));
        let plan =
            texts(&mut db.read().await.expect("tx"), "SELECT key FROM job WHERE kind = 'erasure'").await.remove(0).parse().expect("a plan");
        let (_, counts) = fixture::import(&db, &rows.replace(",1,", ",2,"), ImportOptions::default()).await;
        assert_eq!(counts.created, 0, "out at once");
        for _ in 0..2 {
            work(&db, Path::new("/nowhere"), &SYSTEM, plan).await.expect("done");
        }
        let mut tx = db.read().await.expect("tx");
        assert!(matches!(find(&mut tx, "zoe_k").await, Err(Error::NotFound)));
        assert_eq!(super::store::list(&mut tx).await.expect("erasures").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_an_erasure_was_unsure_of_is_kept_though_its_worker_dies_at_the_end() {
    each_db(|db| async move {
        let at = now();
        let mut tx = db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, at).await;
        let day = fixture::day(&mut tx, at, program, at.date_naive(), 4).await;
        let panelist = fixture::panelist(&mut tx, at, day, "Maeve Donnelly", QuotePermission::Anonymous).await;
        let item = open_item(&mut tx, program, day, 1, "Maeve was loud.").await;
        let person = find_panelist(&mut tx, panelist).await.expect("found");
        plan(&mut tx, &SYSTEM, at, &person).await.expect("asked");
        let id = texts(&mut tx, "SELECT key FROM job WHERE kind = 'erasure'").await.remove(0).parse().expect("a plan");
        tx.commit().await.expect("commit");
        // Nothing can be kept with the plan, and so the worker gets no further than that.
        change_db(&db, "ALTER TABLE erasure_plan RENAME COLUMN unsure TO elsewhere").await;
        assert!(work(&db, Path::new("/nowhere"), &SYSTEM, id).await.is_err());
        change_db(&db, "ALTER TABLE erasure_plan RENAME COLUMN elsewhere TO unsure").await;
        work(&db, Path::new("/nowhere"), &SYSTEM, id).await.expect("done");
        let (waiting, unsure) = super::store::list_left(&mut db.read().await.expect("tx"), at).await.expect("left");
        assert_eq!((waiting, unsure.into_iter().map(|unsure| unsure.id).collect::<Vec<_>>()), (0, vec![item.0]));
    })
    .await;
}

#[tokio::test]
async fn of_two_administrators_one_stays_while_one_is_erased_and_the_other_is_closed() {
    each_db(|db| async move {
        for round in 0..20 {
            let mut tx = db.begin().await.expect("tx");
            let ada = fixture::account(&mut tx, &format!("Ada Okafor{round}"), Role::Administrator, now()).await;
            let rosa = fixture::account(&mut tx, &format!("Rosa Duarte{round}"), Role::Administrator, now()).await;
            let person = find(&mut tx, &ada.id.to_string()).await.expect("found");
            tx.commit().await.expect("commit");
            let erasing = erase_in_steps(&db, Path::new("/nowhere"), &SYSTEM, now(), &person);
            let closing = db.write(|tx, _| Box::pin(account::act::close(tx, &SYSTEM, now(), rosa.id, rosa.revision)));
            let (erased, closed) = at_once(erasing, closing).await;
            assert_ne!(erased.is_ok(), closed.is_ok(), "round {round}: {erased:?} {closed:?}");
            // The next round begins with nobody left over.
            change_db(&db, "UPDATE account SET closed_at = created_at WHERE closed_at IS NULL").await;
        }
    })
    .await;
}

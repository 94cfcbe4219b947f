//! Rosters: who has which address, what a dry run says, and our own file read back.

use std::collections::BTreeMap;

use super::store::CustomerSearch;
use super::{Customer, CustomerDetails, FurtherDetails, SurveyScale, page, store};
use crate::db::Db;
use crate::kernel::ids::{CustomerId, ProgramId};
use crate::listening::import::import_file::{ImportOptions, LayoutOptions};
use crate::listening::import::outcome::dry_run::preview_file;
use crate::listening::import::{ImportCounts, ImportField};
use crate::testing::each_db;
use crate::testing::fixture::{SYSTEM, dell, import};

const HEAD: &str = "Customer number,Name,Email\n";

async fn roster(db: &Db, program: ProgramId) -> Vec<Customer> {
    let search = CustomerSearch { program: Some(program), ..CustomerSearch::default() };
    store::list(&mut db.read().await.expect("tx"), &search, 9_999, 0).await.expect("customers")
}

/// Imports a roster after a dry run, which must say the same.
async fn import_as_said(db: &Db, text: &str) -> (ProgramId, ImportCounts) {
    let path = std::env::temp_dir().join(format!("weheard-roster-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, text).expect("a file");
    let said = preview_file(db, &SYSTEM, &path, dell()).await.expect("a dry run").counts;
    std::fs::remove_file(path).expect("removed");
    let (program, counts) = import(db, text, dell()).await;
    assert_eq!(said, counts, "{text}");
    (program, counts)
}

#[tokio::test]
async fn an_address_moves_from_one_customer_to_another() {
    each_db(|db| async move {
        let (program, counts) =
            import_as_said(&db, &format!("{HEAD}C1,Ada,ada@example.com\nC2,Max,max@example.com\nC3,Lea,ADA@example.com\n")).await;
        assert_eq!((counts.created, counts.duplicate), (2, 1), "an address is one customer's");
        let (_, counts) =
            import_as_said(&db, &format!("{HEAD}C1,Ada,a.okafor@example.com\nC2,Max,ada@example.com\nC2,Max,ada@example.com\n")).await;
        assert_eq!((counts.updated, counts.duplicate), (2, 1), "it was released further up, and comes with its owner again");
        let people = roster(&db, program).await;
        let emails: Vec<_> = people.iter().map(|person| (person.external_ref.as_str(), person.email.as_deref())).collect();
        assert_eq!(emails, [("C1", Some("a.okafor@example.com")), ("C2", Some("ada@example.com"))]);
    })
    .await;
}

#[tokio::test]
async fn customers_who_share_an_address_since_an_earlier_release_are_updated() {
    each_db(|db| async move {
        let (program, _) = import(&db, &format!("{HEAD}C1,Ada,shop@example.com\nC2,Max,max@example.com\n"), dell()).await;
        let mut people = roster(&db, program).await;
        people.iter_mut().for_each(|person| person.email = Some("shop@example.com".into()));
        let mut tx = db.begin().await.expect("tx");
        store::create(&mut tx, &people).await.expect("changed");
        tx.commit().await.expect("committed");
        let (_, counts) = import_as_said(&db, &format!("{HEAD}C1,Ada O.,shop@example.com\nC2,Max O.,shop@example.com\n")).await;
        assert_eq!((counts.updated, counts.duplicate), (2, 0));
    })
    .await;
}

const WHOLE: &str = "Contact ID,First Name,Last Name,Email,Phone,Twitter Handle,Marketing Opt-In,Opt-In Date,Panel consent,NPS,NPS date,Products,Purchase date,+Plan\n\
    C1,Zoe,Kramer,zoe@example.com,+49 170 111,@Zoe_K,Yes,2024-01-09 10:22:33,granted by phone,9,2025-03-05,Fjord 14,2025-05-13,=Gold\n\
    C2,Max,Okafor,max@example.com,,,No,,,,,,,\n";

#[tokio::test]
async fn our_own_file_of_customers_is_read_back_as_it_was() {
    each_db(|db| async move {
        let layout = LayoutOptions { columns: vec![(ImportField::Consents, "Panel consent".into())], ..LayoutOptions::default() };
        let (program, counts) = import(&db, WHOLE, ImportOptions { layout, ..dell() }).await;
        assert_eq!(counts.created, 2);
        let before = roster(&db, program).await;
        let zoe = before.iter().find(|person| person.external_ref == "C1").expect("Zoe");
        assert_eq!((zoe.details.consent_column.as_deref(), zoe.details.handle_network.as_deref()), (Some("Panel consent"), Some("x")));
        assert_eq!((zoe.survey_scale.highest(), zoe.details.extra.0.get("+Plan").map(String::as_str)), (Some(10.0), Some("=Gold")));
        // Most of what is filled comes after the first rows.
        let mut people: Vec<Customer> = (0..90)
            .map(|number| Customer {
                id: CustomerId::new(),
                external_ref: format!("A{number}"),
                name: format!("A {number}"),
                email: None,
                details: CustomerDetails::default(),
                survey_answer: None,
                survey_scale: SurveyScale::Words,
                ..zoe.clone()
            })
            .collect();
        people.extend(before);
        let csv = String::from_utf8(page::csv(&people)).expect("UTF-8");
        let mut tx = db.begin().await.expect("tx");
        store::create(&mut tx, &people).await.expect("saved");
        tx.commit().await.expect("committed");
        let (_, counts) = import(&db, &csv, dell()).await;
        assert_eq!((counts.rows, counts.duplicate), (92, 92), "nothing has changed: {csv}");
    })
    .await;
}

#[tokio::test]
async fn further_details_may_be_called_anything_and_are_counted_to_the_end() {
    each_db(|db| async move {
        let (program, _) = import(&db, &format!("{HEAD}C1,Ada,ada@example.com\n"), dell()).await;
        let ada = roster(&db, program).await.remove(0);
        let names = ["$.Plan", "a.b", "say \"hi\"", "0", "Stufe [1]"];
        let people: Vec<Customer> = (0..5_100)
            .map(|number| {
                let mut customer = Customer { id: CustomerId::new(), external_ref: format!("N{number}"), email: None, ..ada.clone() };
                customer.details.extra = FurtherDetails(names.iter().map(|name| ((*name).to_owned(), "Gold".to_owned())).collect());
                customer.details.extra.0.insert("Number".into(), number.to_string());
                customer
            })
            .collect();
        let mut tx = db.begin().await.expect("tx");
        store::create(&mut tx, &people).await.expect("saved");
        tx.commit().await.expect("committed");
        let mut tx = db.read().await.expect("tx");
        let extras = store::list_extras(&mut tx, program).await.expect("extras");
        let gold = BTreeMap::from([("Gold".to_owned(), 5_100)]);
        assert_eq!(
            extras,
            names.iter().map(|name| ((*name).to_owned(), gold.clone())).collect(),
            "what differs for everybody is no filter"
        );
        for name in names {
            let extra = Some((name.to_owned(), "Gold".to_owned()));
            let search = CustomerSearch { program: Some(program), extra, ..CustomerSearch::default() };
            assert_eq!(store::count(&mut tx, &search).await.expect("counted"), 5_100, "{name}");
        }
    })
    .await;
}

//! Authors who opt out are erased and kept out of imports.

use super::act::{network_of, opt_out};
use crate::kernel::clock::now;
use crate::kernel::error::{Error, Result};
use crate::listening::import;
use crate::listening::import::import_file::ImportOptions;
use crate::privacy::erasure;
use crate::privacy::retention::act::{Rebuilt, rebuild};
use crate::testing::each_db;
use crate::testing::fixture::{self, SYSTEM, staff};
use crate::testing::two_authors::{imported, mentions};

#[tokio::test]
async fn an_opt_out_names_a_network_that_is_known() {
    each_db(|db| async move {
        let rows = "Datetime,Tweet Id,Text,Username,Source\n\
            2022-03-01 10:00:00+00:00,15700000001,My laptop died again,zoe_k,Reddit\n\
            2022-03-01 10:00:00+00:00,15700000002,My laptop died again today,zoe_k,forum.alpha.org\n\
            2022-04-01 10:00:00+00:00,15700000003,I love the new screen so much,MaxO,Twitter\n";
        fixture::import(&db, rows, ImportOptions::default()).await;
        let mut tx = db.begin().await.expect("tx");
        let stated = |found: Result<String>| found.unwrap_or_else(|error| error.to_string());
        assert_eq!(stated(network_of(&mut tx, &SYSTEM, "@MaxO").await), "x");
        assert_eq!(stated(network_of(&mut tx, &SYSTEM, "nobody_yet").await), "x", "before it was ever heard");
        assert!(stated(network_of(&mut tx, &SYSTEM, "zoe_k").await).contains("forum.alpha.org, reddit"));

        let unknown = opt_out(&mut tx, &SYSTEM, now(), "foo", "zoe_k").await.expect_err("no network").to_string();
        assert!(unknown.contains("“foo”") && unknown.contains("forum.alpha.org"), "{unknown}");
        let nothing = opt_out(&mut tx, &SYSTEM, now(), "Twitter", "zoe_k").await.expect("kept for later");
        assert_eq!((nothing.known, nothing.network.as_str()), (false, "x"));
        assert_eq!(nothing.elsewhere, ["forum.alpha.org", "reddit"]);
        let taken = opt_out(&mut tx, &SYSTEM, now(), "reddit", "zoe_k").await.expect("erased");
        assert_eq!((taken.known, taken.elsewhere), (true, vec!["forum.alpha.org".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn an_author_that_opts_out_is_gone_and_never_comes_back() {
    each_db(|db| async move {
        let program = imported(&db).await;
        let mut tx = db.begin().await.expect("tx");
        let now = now();
        let zoe = erasure::find::find(&mut tx, "@zoe_k").await.expect("found");
        let data = erasure::find::export(&mut tx, &SYSTEM, now, &zoe).await.expect("exported");
        let rows = data["tables"]["source_row_block"].as_array().expect("rows as they stood");
        assert!(rows.len() == 2 && rows[0]["row"].as_str().is_some_and(|row| row.contains("zoe_k")), "{rows:?}");
        assert!(matches!(opt_out(&mut tx, &staff(), now, "x", "zoe_k").await, Err(Error::Forbidden)));
        assert!(opt_out(&mut tx, &SYSTEM, now, "x", "@Zoe_K").await.expect("objected").known);
        assert!(!opt_out(&mut tx, &SYSTEM, now, "x", "somebody").await.expect("objected").known);
        let run = fixture::newest_import(&mut tx).await;
        let kept = import::outcome::rows::list(&mut tx, &SYSTEM, &run, None, 0, 9).await.expect("rows");
        let kept: Vec<_> = kept.into_iter().filter_map(|row| row.original).collect();
        assert_eq!(kept.len(), 2, "hers are gone: {kept:?}");
        assert!(kept.iter().all(|original| original.contains("MaxO")), "{kept:?}");
        tx.commit().await.expect("commit");
        assert_eq!(mentions(&db, program).await, 1);
        let rebuilt = rebuild(&db, &SYSTEM, program).await.expect("rebuilt");
        assert_eq!(
            rebuilt,
            Rebuilt { days: 1, mentions: 1, authors: 1, topic_days: 1, ..Rebuilt::default() },
            "her days are no longer counted"
        );
        imported(&db).await;
        assert_eq!(mentions(&db, program).await, 1, "the same export brings nothing of hers");
    })
    .await;
}

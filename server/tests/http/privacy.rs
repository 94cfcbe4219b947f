//! Opting out through the router: seen before it is done, confirmed by name, and refused where it has changed.

use app::access::account::Role;
use app::listening::import::import_file::{ImportOptions, import_file};
use app::privacy::erasure;
use app::testing::each_db;

use crate::test_app::{SYSTEM, TestApp, location, submit};

#[tokio::test]
async fn an_author_is_shown_before_it_is_erased_and_confirmed_by_its_handle() {
    each_db(|db| async move {
        let app = TestApp::over(db.clone());
        let path = std::env::temp_dir().join(format!("weheard-privacy-http-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, "Datetime,Tweet Id,Text,Username\n2022-03-20 10:00:00+00:00,1,The hinge broke again,zoe_k\n")
            .expect("a file");
        import_file(&db, &SYSTEM, &path, ImportOptions { organisation: Some("Dell".into()), ..ImportOptions::default() })
            .await
            .expect("imported");
        std::fs::remove_file(path).expect("removed");
        let page = "/opt-outs";
        let staff = app.signed_in(Role::Staff).await;
        assert_eq!(submit(&staff, page, &[("act", "preview"), ("network", "x"), ("handle", "zoe_k")]).await.status_code(), 403);

        let browser = app.signed_in(Role::Administrator).await;
        let asked = submit(&browser, page, &[("act", "preview"), ("network", "x"), ("handle", "zoe_k")]).await;
        assert_eq!((asked.status_code().as_u16(), location(&asked)), (303, format!("{page}?network=x&handle=zoe%5Fk")));
        let shown = browser.get(&location(&asked)).await.text();
        assert!(
            shown.contains("These records belong to one person. All of them will be erased")
                && shown.contains("zoe_k")
                && shown.contains("name=\"seen\" value=\"1\""),
            "{shown}"
        );
        let opt_out = [("act", "opt_out"), ("network", "x"), ("handle", "zoe_k")];
        let unnamed = submit(&browser, page, &[&opt_out[..], &[("seen", "1"), ("confirm", "max")]].concat()).await;
        assert!(unnamed.status_code() == 422 && unnamed.text().contains("Type zoe_k to confirm"));
        let changed = submit(&browser, page, &[&opt_out[..], &[("seen", "2"), ("confirm", "zoe_k")]].concat()).await;
        assert!(changed.status_code() == 409 && changed.text().contains("has changed since you looked. Check it again"));
        assert!(erasure::find::find(&mut db.read().await.expect("tx"), "zoe_k").await.is_ok(), "nothing was done");

        let done = submit(&browser, page, &[&opt_out[..], &[("seen", "1"), ("confirm", "@Zoe_K")]].concat()).await;
        assert_eq!(done.status_code(), 303);
        let after = browser.get(page).await.text();
        assert!(after.contains("1 erasure is in progress"), "{after}");
        assert!(after.contains("1 opt-out so far"), "{after}");
    })
    .await;
}

//! Addresses of the release before.

use app::access::account::Role;
use app::front::app::PAGES;
use app::testing::each_db;
use server::forms::FORMS;
use server::moved::MOVED;
use server::routes::ENDPOINTS;

use crate::test_app::TestApp;

#[tokio::test]
async fn an_old_address_leads_to_the_new_one_with_what_was_asked() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let browser = app.signed_in(Role::Staff).await;
        let filled = |path: &str| path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057").replace("{start}", "heard");
        for (old, new) in MOVED {
            let target = |path: &&str| *path == *new;
            let is_served =
                PAGES.iter().map(|(path, _)| *path).any(|path| target(&path)) || ENDPOINTS.iter().any(|endpoint| target(&endpoint.path));
            assert!(is_served, "{old} leads to {new}, which is not served");
            let is_old = PAGES.iter().map(|(path, _)| *path).chain(FORMS.iter().map(|form| form.path)).all(|path| path != *old);
            assert!(is_old, "{old} is still an address of today");
            for query in ["", "?q=a%20b&segment=ranter"] {
                let (from, to) = (format!("{}{query}", filled(old)), format!("{}{query}", filled(new)));
                for response in [browser.get(&from).await, browser.post(&from).await] {
                    assert_eq!(response.status_code(), 308, "{from}");
                    assert_eq!(response.header("location").to_str().expect("an address"), to, "{from}");
                }
            }
        }
    })
    .await;
}

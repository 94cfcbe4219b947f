//! A server over a fresh database, and browsers that hold its cookies.

use app::account::act::{self, Profile};
use app::account::{Account, Actor, Role};
use app::clock::now;
use app::db::Db;
use app::ui::Site;
use axum_test::{TestResponse, TestServer};
use server::{AppState, router};

/// The program itself, for preparing what a test needs.
pub const SYSTEM: Actor = Actor::System("test");

/// A running server.
pub struct House {
    pub db: Db,
    app: AppState,
}

impl House {
    pub fn over(db: Db) -> Self {
        let site = Site { base_url: "http://127.0.0.1:3000".into(), sends_mail: false, upload_limit: 1 << 30, spool: std::env::temp_dir() };
        let mut app = AppState::new(db.clone(), site, "target/site");
        app.limit_rates = false;
        Self { db, app }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> TestServer {
        TestServer::builder().save_cookies().build(router(self.app.clone()))
    }

    /// An account of this role, made if there is none yet.
    pub async fn account(&self, role: Role) -> Account {
        let email = format!("{role}@example.com", role = role.as_str());
        let mut tx = self.db.write().await.expect("tx");
        if let Some(account) = app::account::store::find_by_email(&mut tx, &email).await.expect("read") {
            return account;
        }
        let unit = if role == Role::Responder { "Support" } else { "" };
        let cmd = Profile { email, name: format!("{} Example", role.label()), role, unit: unit.into() };
        let account = act::add(&mut tx, &SYSTEM, now(), cmd).await.expect("an account");
        tx.commit().await.expect("commit");
        account
    }

    /// A browser signed in with this role.
    pub async fn signed_in(&self, role: Role) -> TestServer {
        let account = self.account(role).await;
        let mut tx = self.db.write().await.expect("tx");
        let token = act::sign_in(&mut tx, now(), account.id, "test browser").await.expect("a login");
        tx.commit().await.expect("commit");
        let mut browser = self.browser();
        browser.add_cookie(cookie::Cookie::new("weheard_login", token));
        browser
    }
}

/// Posts a form as a browser does, without following the redirect.
pub async fn submit(browser: &TestServer, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    browser.post(path).form(&fields).await
}

/// Where a successful form leads.
pub fn location(response: &TestResponse) -> String {
    response.header("location").to_str().expect("an address").to_owned()
}

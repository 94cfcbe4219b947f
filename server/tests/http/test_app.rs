//! A server over a fresh database, and browsers that hold its cookies.

use app::access::account::act::{self, Profile};
use app::access::account::{Account, Role};
use app::access::link::{self, Purpose};
use app::access::page::Site;
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::{AccountId, HeardId, NoteId, PanelDayId, SessionId};
use app::kernel::networks::AllowedNetworks;
use app::testing::fixture;
use app::ui::by_personal_link;
use app::{follow_up::heard, panel_day::note, panel_day::session, program::day};
use axum_test::{TestResponse, TestServer};
use server::{AppState, router};
use uuid::Uuid;

pub use app::testing::fixture::SYSTEM;

/// A running server.
pub struct TestApp {
    pub db: Db,
    app: AppState,
}

impl TestApp {
    pub fn over(db: Db) -> Self {
        Self::reached_at(db, "http://127.0.0.1:3000")
    }

    /// A server that people reach at another address.
    pub fn reached_at(db: Db, base_url: &str) -> Self {
        let site = Site {
            base_url: base_url.into(),
            sends_email: true,
            upload_limit: 1 << 30,
            spool: std::env::temp_dir(),
            watched: None,
            webhook_networks: AllowedNetworks::parse("127.0.0.0/8,::1").expect("networks"),
        };
        let mut app = AppState::new(db.clone(), site, &std::env::var("TRIAL_SITE").unwrap_or("target/site".into()));
        app.limits = None;
        Self { db, app }
    }

    /// The same without a mail server.
    pub fn without_mail_server(mut self) -> Self {
        self.app.site = std::sync::Arc::new(Site { sends_email: false, ..(*self.app.site).clone() });
        self
    }

    /// The same with styles and scripts from this folder.
    pub fn with_site(mut self, site: &std::path::Path) -> Self {
        self.app.options.site_root = site.to_string_lossy().into();
        self
    }

    /// Listens on a free port, as the real server does; gives "127.0.0.1:PORT".
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("an address").to_string();
        let (router, stop) = (router(self.app.clone()), self.app.stop.clone());
        tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await.expect("served");
        });
        at
    }

    /// Asks the server to stop.
    pub fn stop(&self) {
        self.app.stop.cancel();
    }

    /// A browser without cookies.
    pub fn browser(&self) -> TestServer {
        TestServer::builder().save_cookies().build(router(self.app.clone()))
    }

    /// An account of this role, made if there is none yet.
    pub async fn account(&self, role: Role) -> Account {
        let email = format!("{role}@example.com", role = role.as_str());
        let mut tx = self.db.begin().await.expect("tx");
        if let Some(account) = app::access::account::store::find_by_email(&mut tx, &email).await.expect("read") {
            return account;
        }
        let unit = if role == Role::Responder { "Support" } else { "" };
        let cmd = Profile { email, name: format!("{} Example", role.label()), role, unit: unit.into() };
        let account = act::add(&mut tx, &SYSTEM, now(), cmd).await.expect("an account");
        tx.commit().await.expect("commit");
        account
    }

    /// The same, which can sign in with this password.
    pub async fn account_with_password(&self, role: Role, password: &str) -> Account {
        let account = self.account(role).await;
        let hash = act::hash_password(password).expect("hashed");
        let mut tx = self.db.begin().await.expect("tx");
        app::access::account::store::update_password(&mut tx, account.id, &hash).await.expect("saved");
        tx.commit().await.expect("commit");
        account
    }

    /// A browser signed in with this role.
    pub async fn signed_in(&self, role: Role) -> TestServer {
        let account = self.account(role).await;
        let mut tx = self.db.begin().await.expect("tx");
        let token = act::sign_in(&mut tx, now(), account.id, "test browser").await.expect("a sign-in");
        tx.commit().await.expect("commit");
        let mut browser = self.browser();
        browser.add_cookie(cookie::Cookie::new("weheard_signed_in", token));
        browser
    }
}

/// Mentions a form as a browser does, without following the redirect: a personal page is opened first, and its form says for whom it is.
pub async fn submit(browser: &TestServer, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let mut fields = fields.to_vec();
    let whom = if by_personal_link(path) { whom(&browser.get(path).await.text()) } else { None };
    if let (Some(whom), false) = (&whom, fields.iter().any(|(name, _)| *name == "for")) {
        fields.push(("for", whom));
    }
    browser.post(path).form(&fields).await
}

/// For whom the forms of a page are.
pub fn whom(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"for\" value=\"")?;
    rest.split('"').next().map(str::to_owned)
}

/// Where a personal link of this purpose for a thing leads: `/l/…`.
pub async fn link_to(db: &Db, purpose: Purpose, subject: Uuid) -> String {
    let mut tx = db.begin().await.expect("tx");
    let link = link::act::current(&mut tx, now(), purpose, subject).await.expect("a link");
    let path = link::act::path(tx.secret(), &link);
    tx.commit().await.expect("commit");
    path
}

/// Follows a personal link and continues; gives where it leads.
pub async fn follow(browser: &TestServer, path: &str) -> String {
    browser.get(path).await.assert_status_ok();
    let entered = submit(browser, path, &[("act", "continue")]).await;
    assert_eq!(entered.status_code(), 303, "{}", entered.text());
    location(&entered)
}

/// Where a successful form leads.
pub fn location(response: &TestResponse) -> String {
    response.header("location").to_str().expect("an address").to_owned()
}

/// A panel day of today with one session going on, and an open item made from its note.
pub struct OngoingDay {
    pub day: PanelDayId,
    pub session: SessionId,
    pub item: HeardId,
}

impl TestApp {
    /// A program with one such day. `moderator` has the session; the item belongs to nobody yet.
    pub async fn day(&self, moderator: Option<AccountId>) -> OngoingDay {
        let now = now();
        let mut tx = self.db.begin().await.expect("tx");
        let program = fixture::program(&mut tx, now).await;
        let plan = day::rules::PanelDayPlan { time_zone: "UTC".into(), ..fixture::plan(now.date_naive(), 15) };
        let day = day::act::create(&mut tx, &SYSTEM, now, day::act::CreatePanelDay { program, plan }).await.expect("a day");
        let plan = session::rules::SessionPlan {
            title: "Support when something breaks".into(),
            topic: None,
            room: "Room 1".into(),
            moderator,
            starts: chrono::NaiveTime::from_hms_opt(0, 0, 0),
            ends: chrono::NaiveTime::from_hms_opt(23, 59, 0),
            company: "Head of support".into(),
        };
        let session = session::act::create(&mut tx, &SYSTEM, now, session::act::CreateSession { day, plan }).await.expect("a session");
        let stated = note::NoteWording {
            panelist: None,
            speaker: "Company".into(),
            kind: note::NoteKind::Observation,
            text: "Nobody in support can see the chat history.".into(),
            topic: None,
        };
        let draft = note::NoteDraft { id: NoteId::new(), at: now.timestamp_millis(), wording: stated };
        let note = note::act::take(&mut tx, &SYSTEM, now, session, draft).await.expect("a note").id;
        let cmd = heard::act::DraftItem {
            panel_day: day,
            text: "Support cannot see what I wrote in the chat.".into(),
            topic: String::new(),
            notes: vec![note],
        };
        let item = heard::act::draft(&mut tx, &SYSTEM, now, cmd).await.expect("an item");
        let item = heard::act::open(&mut tx, &SYSTEM, now, item.seen()).await.expect("open").id;
        tx.commit().await.expect("commit");
        OngoingDay { day, session, item }
    }
}

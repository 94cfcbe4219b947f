//! Live notes over a real connection: what one screen saves, the others hear, and a broken stream misses nothing.

use std::time::{Duration, Instant};

use app::access::account::{Role, act};
use app::db::Db;
use app::kernel::clock::now;
use app::kernel::ids::{AccountId, NoteId, PanelistId, SessionId};
use app::recruiting::panelist::QuotePermission;
use app::testing::{each_db, fixture};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;

use crate::test_app::{TestApp, location, submit};

/// A ranters' day with one session that runs now.
struct LiveSession {
    session: SessionId,
    ana: PanelistId,
}

async fn room(db: &Db, moderator: AccountId) -> LiveSession {
    let mut tx = db.begin().await.expect("tx");
    let now = now();
    let asked = now - chrono::Duration::days(30);
    let program = fixture::program(&mut tx, asked).await;
    let day = fixture::day(&mut tx, asked, program, now.date_naive(), 15).await;
    let session = fixture::session(&mut tx, now, day, Some(moderator)).await;
    let ana = fixture::panelist(&mut tx, asked, day, "Ana Reyes", QuotePermission::None).await;
    for name in ["Maria Okafor", "Jon Lindqvist", "Piet Duarte"] {
        fixture::panelist(&mut tx, asked, day, name, QuotePermission::None).await;
    }
    tx.commit().await.expect("commit");
    LiveSession { session, ana }
}

/// A browser's cookie for this role.
async fn cookie(app: &TestApp, role: Role) -> String {
    let account = app.account(role).await;
    let mut tx = app.db.begin().await.expect("tx");
    let token = act::sign_in(&mut tx, now(), account.id, "test browser").await.expect("a sign-in");
    tx.commit().await.expect("commit");
    token
}

/// An open stream, read line by line as it comes.
struct EventStream(Lines<BufReader<TcpStream>>);

/// One event: its id, name and data.
#[derive(Debug, Default)]
struct SentEvent {
    id: String,
    name: String,
    data: String,
}

impl EventStream {
    async fn open(at: &str, path: &str, cookie: &str, more: &str) -> Self {
        let mut stream = TcpStream::connect(at).await.expect("connected");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nCookie: weheard_signed_in={cookie}\r\nAccept: text/event-stream\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).await.expect("asked");
        Self(BufReader::new(stream).lines())
    }

    /// The next event of this name. Panics when it does not come within five seconds.
    async fn next(&mut self, name: &str) -> SentEvent {
        let read = async {
            let mut event = SentEvent::default();
            while let Some(line) = self.0.next_line().await.expect("a line") {
                match line.trim_end().split_once(": ") {
                    Some(("id", id)) => event.id = id.to_owned(),
                    Some(("event", name)) => event.name = name.to_owned(),
                    Some(("data", data)) => event.data = data.to_owned(),
                    _ if event.name == name => return event,
                    _ if line.is_empty() => event = SentEvent::default(),
                    _ => {}
                }
            }
            panic!("the stream ended while waiting for “{name}”")
        };
        tokio::time::timeout(Duration::from_secs(5), read).await.unwrap_or_else(|_| panic!("no “{name}” within five seconds"))
    }

    /// Whether the server ends the stream within five seconds.
    async fn ends(self) -> bool {
        let mut rest = self.0.into_inner();
        tokio::time::timeout(Duration::from_secs(5), rest.read_to_end(&mut Vec::new())).await.is_ok()
    }
}

fn draft(room: &LiveSession, text: &str) -> Value {
    json!({ "id": NoteId::new(), "at": now().timestamp_millis(), "panelist": room.ana, "speaker": "", "kind": "quote", "text": text })
}

/// The text of a note's event.
fn text(event: &SentEvent) -> String {
    serde_json::from_str::<Value>(&event.data).expect("JSON")["text"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_note_reaches_another_screen_at_once_and_a_broken_stream_misses_nothing() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let mo = app.account(Role::Moderator).await;
        let room = room(&app.db, mo.id).await;
        let browser = app.signed_in(Role::Moderator).await;
        let at = app.serve().await;
        let staff = cookie(&app, Role::Staff).await;
        let events = format!("/sessions/{}/events", room.session);
        let notes = format!("/sessions/{}/notes", room.session);
        let mut screen = EventStream::open(&at, &events, &staff, "").await;
        assert_eq!(screen.next("here").await.data, "0");

        let mut slowest = Duration::ZERO;
        let mut last = SentEvent::default();
        for n in 0..20 {
            let before = Instant::now();
            browser.post(&notes).json(&json!([draft(&room, &format!("note {n}"))])).await.assert_status_ok();
            last = screen.next("note").await;
            slowest = slowest.max(before.elapsed());
            assert_eq!(text(&last), format!("note {n}"));
        }
        assert!(slowest < Duration::from_secs(1), "the slowest note took {slowest:?}");
        drop(screen);

        let missed = [draft(&room, "while away"), draft(&room, "and again")];
        browser.post(&notes).json(&json!(missed)).await.assert_status_ok();
        browser.post(&notes).json(&json!(missed)).await.assert_status_ok();
        let more = format!("Last-Event-ID: {}\r\n", last.id);
        let mut screen = EventStream::open(&at, &format!("{events}?after=0"), &staff, &more).await;
        assert_eq!(text(&screen.next("note").await), "while away");
        assert_eq!(text(&screen.next("note").await), "and again");
        submit(&browser, &format!("/sessions/{}", room.session), &[("act", "lock")]).await;
        assert_eq!(screen.next("locked").await.data, "true");

        let mut lost = EventStream::open(&at, &format!("{events}?after=999999999"), &staff, "").await;
        lost.next("resync").await;
        app.stop();
        assert!(screen.ends().await, "a stopping server ends its streams");
    })
    .await;
}

#[tokio::test]
async fn two_people_see_each_other() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let mo = app.account(Role::Moderator).await;
        let room = room(&app.db, mo.id).await;
        let at = app.serve().await;
        let events = format!("/sessions/{}/events", room.session);
        let mut first = EventStream::open(&at, &events, &cookie(&app, Role::Moderator).await, "").await;
        assert_eq!(first.next("here").await.data, "0");
        let mut second = EventStream::open(&at, &events, &cookie(&app, Role::Viewer).await, "").await;
        assert_eq!(second.next("here").await.data, "1");
        assert_eq!(first.next("here").await.data, "1");
        drop(second);
        assert_eq!(first.next("here").await.data, "0");
        app.stop();
    })
    .await;
}

#[tokio::test]
async fn strangers_viewers_and_moderators_of_other_days_take_no_notes() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let other = app.account(Role::Staff).await;
        let room = room(&app.db, other.id).await;
        let notes = format!("/sessions/{}/notes", room.session);
        let body = json!([draft(&room, "slow")]);
        for (browser, status) in [
            (app.browser(), 401),
            (app.signed_in(Role::Viewer).await, 403),
            (app.signed_in(Role::Moderator).await, 404),
            (app.signed_in(Role::Staff).await, 200),
        ] {
            assert_eq!(browser.post(&notes).json(&body).await.status_code(), status);
        }
        let moderator = app.signed_in(Role::Moderator).await;
        for path in ["/events", "/notes", "/notes.csv", "/live", ""] {
            let path = format!("/sessions/{}{path}", room.session);
            assert_eq!(moderator.get(&path).await.status_code(), 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_works_without_javascript() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let mo = app.account(Role::Moderator).await;
        let room = room(&app.db, mo.id).await;
        let browser = app.signed_in(Role::Moderator).await;
        let live = format!("/sessions/{}/live", room.session);
        let page = browser.get(&live).await;
        page.assert_status_ok();
        assert!(page.text().contains("Ana Reyes") && page.text().contains("No notes yet"));

        let id = NoteId::new().to_string();
        let fields = [("act", "take"), ("id", id.as_str()), ("line", "/AR \"I was sold a <warranty>\" #upsell")];
        for _ in 0..2 {
            let saved = submit(&browser, &live, &fields).await;
            assert_eq!(saved.status_code(), 303);
            assert!(location(&saved).starts_with(&live));
        }
        let page = browser.get(&live).await.text();
        assert_eq!(page.matches("“I was sold a &lt;warranty&gt;”").count(), 1, "a double click is one note");

        let typed = [("act", "take"), ("id", id.as_str()), ("line", "/ZZ it was slow")];
        let refused = submit(&browser, &live, &typed).await;
        assert_eq!(refused.status_code(), 422);
        assert!(refused.text().contains("No speaker in this session has the initials “ZZ”") && refused.text().contains("/ZZ it was slow"));
    })
    .await;
}

#[tokio::test]
async fn notes_are_corrected_over_what_was_seen_and_leave_as_csv() {
    each_db(|db| async move {
        let app = TestApp::over(db);
        let mo = app.account(Role::Moderator).await;
        let room = room(&app.db, mo.id).await;
        let browser = app.signed_in(Role::Moderator).await;
        let page = format!("/sessions/{}", room.session);
        let draft = draft(&room, "=1+1 in the price");
        browser.post(&format!("{page}/notes")).json(&json!([draft])).await.assert_status_ok();
        let id = draft["id"].as_str().expect("an id");
        let correct = |text: &'static str| {
            vec![
                ("act", "correct"),
                ("key", id),
                ("revision", "1"),
                ("text", text),
                ("kind", "idea"),
                ("speaker", "AR"),
                ("topic", "price"),
            ]
        };
        assert_eq!(submit(&browser, &page, &correct("=2+2 in the price")).await.status_code(), 303);
        let late = submit(&browser, &page, &correct("my own words")).await;
        assert_eq!(late.status_code(), 409);
        assert!(late.text().contains("=2+2 in the price") && late.text().contains("my own words"), "both texts are shown");

        let shown = browser.get(&format!("{page}?q=price&kind=idea")).await;
        assert!(shown.text().contains("Corrected (1 earlier)") && shown.text().contains("1 note"));
        let csv = browser.get(&format!("{page}/notes.csv?kind=idea")).await.text();
        assert!(csv.contains("'=2+2 in the price") && csv.contains("Ana Reyes"), "{csv}");
        assert!(
            csv.contains("Typed at,Saved at") && (csv.contains("-06:00") || csv.contains("-05:00")),
            "times carry their distance from UTC: {csv}"
        );
        assert!(!browser.get(&format!("{page}/notes.csv?kind=quote")).await.text().contains("price"));

        assert_eq!(submit(&browser, &page, &[("act", "withdraw"), ("key", id), ("revision", "1")]).await.status_code(), 409);
        assert_eq!(submit(&browser, &page, &[("act", "withdraw"), ("key", id), ("revision", "2")]).await.status_code(), 303);
        assert!(browser.get(&page).await.text().contains("Withdrawn notes (1)"));
        assert_eq!(submit(&browser, &page, &[("act", "lock")]).await.status_code(), 303);
        let seen = browser.get(&page).await.text();
        let seen = seen.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a mark").to_owned();
        assert_eq!(submit(&browser, &page, &[("act", "unlock"), ("seen", &seen), ("reason", "")]).await.status_code(), 422);
        let stale = submit(&browser, &page, &[("act", "unlock"), ("reason", "two came late")]).await;
        assert_eq!(stale.status_code(), 409, "this page is from before the lock");
        let fields = [("act", "unlock"), ("seen", seen.as_str()), ("reason", "two came late")];
        assert_eq!(submit(&browser, &page, &fields).await.status_code(), 303);
    })
    .await;
}

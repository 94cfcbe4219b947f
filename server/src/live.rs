//! Live sessions: the stream of what happens in one, notes as JSON, who else is here.
//!
//! Server-sent events rather than a socket: the browser only listens here, and writes by plain POST, which any proxy and
//! any broken network handles; a note's id makes repeating harmless. A stream reads the audit log after its reader's cursor
//! (`?after=`, or `Last-Event-ID`), sleeps until something was committed, and looks every two seconds anyway, for what
//! another process saved. It ends when its reader is signed out, and when the server stops.

use std::convert::Infallible;
use std::time::Duration;

use app::access::account::{Actor, Permission};
use app::access::audit::ResourceType;
use app::access::page::PageContext;
use app::db::audit_log::{self, AuditLine};
use app::kernel::clock;
use app::kernel::error::{Error, Result};
use app::kernel::ids::SessionId;
use app::panel_day::note::queue::{StampedDraft, own};
use app::panel_day::note::{self, NoteDraft, NoteReceipt, NoteSheet};
use axum::Json;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at};
use tokio_stream::wrappers::ReceiverStream;

use crate::downloads::{ListQuery, csv as csv_file, getter};
use crate::{AppState, auth, http};

/// Without news from this process, look for those of others.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// How often an open stream says who is here; a browser that gets nothing for 25 seconds reconnects.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);
/// How often it is checked again that the reader of an open stream is signed in.
const RECHECK_INTERVAL: Duration = Duration::from_secs(30);
/// Lines read at once; who is further behind than this reads the whole sheet instead.
const MAX_LINES: i64 = 500;

/// GET /sessions/{id}/notes: the whole sheet, for who lost the thread.
pub async fn sheet(Extension(cx): Extension<PageContext>, Path(id): Path<SessionId>) -> Response {
    answer(read_sheet(&cx, id).await)
}

async fn read_sheet(cx: &PageContext, id: SessionId) -> Result<NoteSheet> {
    let mut tx = cx.db.read().await?;
    let session = note::act::reach(&mut tx, &cx.actor, Permission::SeeNotes, id).await?;
    note::act::load(&mut tx, &session, cx.now).await
}

/// POST /sessions/{id}/notes: notes that were typed, in order.
pub async fn take(Extension(cx): Extension<PageContext>, Path(id): Path<SessionId>, Json(notes): Json<Vec<StampedDraft>>) -> Response {
    let saved = match own(notes, cx.actor.account()) {
        Ok(drafts) => save(&cx, id, drafts).await,
        Err(error) => Err(error),
    };
    answer(saved)
}

async fn save(cx: &PageContext, id: SessionId, drafts: Vec<NoteDraft>) -> Result<NoteReceipt> {
    let drafts = &drafts;
    cx.db.write(|tx, _| Box::pin(async move { note::act::take_many(tx, &cx.actor, clock::now(), id, drafts.clone()).await })).await
}

/// GET /sessions/{id}/notes.csv: what the session's page shows.
pub async fn csv(Extension(cx): Extension<PageContext>, Path(id): Path<SessionId>, Query(query): ListQuery) -> Response {
    let wanted = note::list::read_search(getter(&query));
    let bytes = async {
        let mut tx = cx.db.read().await?;
        note::list::csv(&mut tx, &cx.actor, id, &wanted).await
    };
    match bytes.await {
        Ok(bytes) => csv_file("notes.csv", bytes),
        Err(error) => http::plain(&error),
    }
}

fn answer<T: serde::Serialize>(outcome: Result<T>) -> Response {
    match outcome {
        Ok(body) => ([(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], Json(body)).into_response(),
        Err(error) => http::plain(&error),
    }
}

/// GET /sessions/{id}/events: what happens in a session from now on, or from a cursor on.
pub async fn events(
    State(app): State<AppState>,
    Extension(cx): Extension<PageContext>,
    Path(id): Path<SessionId>,
    Query(query): ListQuery,
    headers: HeaderMap,
) -> Response {
    let place = headers.get("last-event-id").and_then(|value| value.to_str().ok()).or(query.get("after").map(String::as_str));
    match open(app, cx, id, place.and_then(|place| place.parse().ok()), headers.clone()).await {
        Ok(stream) => {
            let sse = Sse::new(ReceiverStream::new(stream)).keep_alive(KeepAlive::new().interval(HEARTBEAT_INTERVAL));
            // Proxies that collect a response before passing it on would hold every note back.
            ([(header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))], sse).into_response()
        }
        Err(error) => http::plain(&error),
    }
}

type Events = mpsc::Receiver<std::result::Result<Event, Infallible>>;

async fn open(app: AppState, cx: PageContext, id: SessionId, after: Option<i64>, headers: HeaderMap) -> Result<Events> {
    // Listening starts before reading, so that nothing falls in between.
    let news = app.db.watch_commits();
    let mut tx = app.db.read().await?;
    note::act::reach(&mut tx, &cx.actor, Permission::SeeNotes, id).await?;
    let newest = audit_log::newest(&mut tx).await?;
    drop(tx);
    let (out, events) = mpsc::channel(64);
    let after = after.unwrap_or(newest);
    let stream = NoteStream { id, after, newest, actor: cx.actor, headers, out };
    let stop = app.stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            outcome = stream.run(&app, news) => if let Err(Error::Internal(detail)) = outcome {
                tracing::error!(detail, "a live stream ended");
            }
        }
    });
    Ok(events)
}

struct NoteStream {
    id: SessionId,
    after: i64,
    newest: i64,
    actor: Actor,
    headers: HeaderMap,
    out: mpsc::Sender<std::result::Result<Event, Infallible>>,
}

impl NoteStream {
    async fn run(mut self, app: &AppState, mut news: watch::Receiver<i64>) -> Result<()> {
        // A cursor from the future is from another life of this database.
        if self.after > self.newest || self.lines(app).await?.len() > usize::try_from(MAX_LINES).unwrap_or(usize::MAX) {
            self.send(Event::default().event("resync").data("")).await;
            return Ok(());
        }
        let _guard = app.live.enter(self.id, self.actor.clone());
        let mut presence = app.live.changes();
        let start = Instant::now();
        let (mut here, mut recheck) = (interval_at(start, HEARTBEAT_INTERVAL), interval_at(start + RECHECK_INTERVAL, RECHECK_INTERVAL));
        let mut others = usize::MAX;
        loop {
            news.borrow_and_update();
            for line in self.lines(app).await? {
                self.after = line.seq;
                if let Some(event) = event(line) {
                    self.send(event).await;
                }
            }
            let say_here = tokio::select! {
                () = self.out.closed() => return Ok(()),
                changed = news.changed() => { if changed.is_err() { return Ok(()) } false }
                () = tokio::time::sleep(SLOW_POLL) => false,
                _ = here.tick() => true,
                _ = presence.changed() => app.live.others(self.id, &self.actor) != others,
                _ = recheck.tick() => { self.check(app).await?; false }
            };
            if say_here {
                others = app.live.others(self.id, &self.actor);
                self.send(Event::default().event("here").data(others.to_string())).await;
            }
        }
    }

    async fn lines(&self, app: &AppState) -> Result<Vec<AuditLine>> {
        let mut tx = app.db.read().await?;
        audit_log::list_session(&mut tx, self.id.0, self.after, MAX_LINES + 1).await
    }

    /// Whether the reader may still read: they are signed in, and may still see the notes. The browser then asks for the sheet,
    /// and is told why.
    async fn check(&self, app: &AppState) -> Result<()> {
        let actor = auth::current_actor(app, &self.headers).await?;
        let mut tx = app.db.read().await?;
        match note::act::reach(&mut tx, &actor, Permission::SeeNotes, self.id).await {
            Ok(_) if actor == self.actor => Ok(()),
            Ok(_) | Err(Error::SignIn | Error::Forbidden | Error::NotFound) => {
                self.send(Event::default().event("resync").data("")).await;
                Err(Error::SignIn)
            }
            Err(error) => Err(error),
        }
    }

    /// A reader who left is noticed by `closed`.
    async fn send(&self, event: Event) {
        let _ = self.out.send(Ok(event)).await;
    }
}

/// What of a line of the audit log concerns an open screen. A line whose payload was erased says nothing any more.
fn event(line: AuditLine) -> Option<Event> {
    let event = Event::default().id(line.seq.to_string());
    if line.subject_kind == ResourceType::Note.as_str() {
        return Some(event.event("note").data(line.payload?));
    }
    match line.action.as_str() {
        "locked" => Some(event.event("locked").data("true")),
        "unlocked" => Some(event.event("locked").data("false")),
        _ => None,
    }
}

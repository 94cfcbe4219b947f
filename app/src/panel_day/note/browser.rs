//! The browser's side of live notes: keeps notes until the server has them, and receives the notes of others.
//!
//! Each unsent note has its own entry in the browser's storage, so that two tabs of one session never overwrite each
//! other. Sending twice is harmless: the note's id is made here, and the server recognises it. The stream reconnects without
//! limit, with a growing pause that differs between tablets; after a break the whole sheet is read once, which
//! also tells an ended sign-in from a lost network.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, EventSource, MessageEvent, Request, RequestInit, Response, Storage};

use super::queue::{NoteQueue, StampedDraft, pause, split_by_account};
use super::state::{Live, Trouble};
use super::{NoteDraft, NoteReceipt, NoteSheet, NoteWording, WireNote, rules};
use crate::kernel::ids::{NoteId, SessionId};

/// A half-open connection never answers: a request ends after this time.
const REQUEST_TIMEOUT_MS: u32 = 10_000;
/// Prefix of the storage keys; the ids of session and note follow.
const PREFIX: &str = "weheard.note.";
/// The server sends something every 10 seconds; longer silence is a lost connection.
const MAX_SILENCE_MS: f64 = 25_000.0;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// Counts the events after which another try is worthwhile.
    static WAKES: Cell<u32> = const { Cell::new(0) };
    /// The browser reported that it went offline, and nothing has answered since. `navigator.onLine` is not read at the start:
    /// a local network may work without the internet.
    static AWAY: Cell<bool> = const { Cell::new(false) };
}

/// Starts the page: sends the unsent notes of earlier visits and follows changes from `cursor`.
pub(super) fn start(live: Live, cursor: i64) {
    let cursor = Rc::new(Cell::new(cursor));
    spawn_local(async move {
        let (mine, others) = split_by_account(list_stored(live.session), live.me);
        for draft in mine {
            live.queue.update(|queue| queue.add(draft));
        }
        live.of_others.set(others);
        count_unsent();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
        drain(live);
        on_window("offline", || AWAY.set(true));
        on_window("online", || {
            AWAY.set(false);
            wake();
        });
        listen(live, cursor).await;
    });
}

/// Shows, stores and sends a typed note.
pub(super) fn send(live: Live, wording: NoteWording) {
    let draft = NoteDraft { id: NoteId::new(), at: js_sys::Date::now() as i64, wording };
    if !store(live.session, &stamped(live, draft.clone())) {
        live.keeps.set(false);
    }
    live.queue.update(|queue| queue.add(draft));
    drain(live);
    follow(true);
}

/// Makes the signed-in account the author of notes without one.
pub(super) fn claim(live: Live) {
    for note in list_stored(live.session).into_iter().filter(|note| note.by.is_none()) {
        store(live.session, &stamped(live, note.draft.clone()));
        live.queue.update(|queue| queue.add(note.draft));
    }
    live.of_others.update(|others| others.retain(|other| other.by.is_some()));
    drain(live);
}

fn stamped(live: Live, draft: NoteDraft) -> StampedDraft {
    StampedDraft { by: Some(live.me), by_name: live.my_name.get_untracked(), draft }
}

pub(super) fn discard(live: Live, id: NoteId) {
    remove_stored(live.session, id);
    live.queue.update(|queue| {
        queue.remove(id);
    });
}

/// Moves the focus to the input.
pub(super) fn focus_line() {
    if let Some(line) = document().get_element_by_id("line").and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = line.focus();
    }
}

/// Sends unsent notes, oldest first, one request at a time.
fn drain(live: Live) {
    if SENDING.replace(true) {
        wake();
        return;
    }
    spawn_local(async move {
        let mut failures = 0;
        loop {
            let batch = live.queue.with_untracked(NoteQueue::batch);
            if batch.is_empty() {
                break;
            }
            let batch: Vec<StampedDraft> =
                batch.into_iter().map(|draft| StampedDraft { by: Some(live.me), by_name: String::new(), draft }).collect();
            let body = serde_json::to_string(&batch).unwrap_or_default();
            match request(&address(live.session, "notes"), Some(&body)).await {
                Some((200, text)) => {
                    failures = 0;
                    live.trouble.set(None);
                    if let Ok(receipt) = serde_json::from_str::<NoteReceipt>(&text) {
                        live.queue.update(|queue| {
                            queue.record_receipt(&receipt);
                        });
                        receipt.saved.into_iter().for_each(|wire| arrive(live, wire));
                    }
                }
                Some((401, _)) => {
                    live.trouble.set(Some(Trouble::SignIn));
                    rest(5_000).await;
                }
                Some((status, words)) if status < 500 && status != 429 && status != 408 => {
                    live.trouble.set(Some(Trouble::Refused(words)));
                    rest(20_000).await;
                }
                _ => {
                    failures += 1;
                    rest(pause(failures, js_sys::Math::random())).await;
                }
            }
        }
        SENDING.set(false);
    });
}

/// Adds a saved note, whether it arrived by receipt or by stream.
fn arrive(live: Live, wire: WireNote) {
    remove_stored(live.session, wire.id);
    let id = wire.id;
    let news = live.notes.try_maybe_update(|notes| {
        let changed = rules::place(notes, wire);
        (changed, changed)
    });
    live.queue.maybe_update(|queue| queue.remove(id));
    if news == Some(true) {
        follow(false);
    }
}

/// Scrolls to the newest line, unless the reader scrolled up.
fn follow(always: bool) {
    let window = window();
    let Some(page) = document().document_element() else { return };
    let below = f64::from(page.scroll_height()) - window.scroll_y().unwrap_or(0.0) - f64::from(page.client_height());
    if always || below < 160.0 {
        request_animation_frame(move || {
            if let Some(last) = document().query_selector(".live-notes").ok().flatten() {
                last.scroll_into_view_with_bool(false);
            }
        });
    }
}

fn wake() {
    WAKES.set(WAKES.get().wrapping_add(1));
}

/// Waits, unless `wake` is called.
async fn rest(millis: u32) {
    let (end, wakes) = (js_sys::Date::now() + f64::from(millis), WAKES.get());
    while js_sys::Date::now() < end && WAKES.get() == wakes {
        TimeoutFuture::new(100).await;
    }
}

/// Follows changes without end.
async fn listen(live: Live, cursor: Rc<Cell<i64>>) {
    let mut failures = 0;
    loop {
        let stream = Stream::open(live, cursor.clone());
        while !stream.is_broken() {
            TimeoutFuture::new(250).await;
            if stream.opened.replace(false) {
                failures = 0;
            }
        }
        drop(stream);
        live.connected.set(false);
        live.others.set(0);
        loop {
            failures += 1;
            rest(pause(failures, js_sys::Math::random())).await;
            match request(&address(live.session, "notes"), None).await {
                Some((200, text)) => {
                    if let Ok(sheet) = serde_json::from_str::<NoteSheet>(&text) {
                        catch_up(live, &cursor, sheet);
                        break;
                    }
                }
                Some((401, _)) => live.trouble.set(Some(Trouble::SignIn)),
                Some((status @ (403 | 404), words)) if status < 500 => live.trouble.set(Some(Trouble::Refused(words))),
                _ => {}
            }
        }
    }
}

/// Applies the changes that were missed.
fn catch_up(live: Live, cursor: &Cell<i64>, sheet: NoteSheet) {
    cursor.set(sheet.cursor);
    live.locked.set(sheet.locked);
    if live.trouble.get_untracked() == Some(Trouble::SignIn) {
        live.trouble.set(None);
    }
    sheet.notes.into_iter().for_each(|wire| arrive(live, wire));
    drain(live);
}

/// What the browser calls when an event arrives; kept for as long as the connection.
type Hand = Closure<dyn FnMut(MessageEvent)>;

/// One connection to the session's events.
struct Stream {
    source: Option<EventSource>,
    failed: Rc<Cell<bool>>,
    opened: Rc<Cell<bool>>,
    heard: Rc<Cell<f64>>,
    hands: RefCell<Vec<Hand>>,
}

impl Stream {
    fn open(live: Live, cursor: Rc<Cell<i64>>) -> Self {
        let source = EventSource::new(&address(live.session, &format!("events?after={}", cursor.get()))).ok();
        let stream = Self {
            failed: Rc::new(Cell::new(source.is_none())),
            source,
            opened: Rc::new(Cell::new(false)),
            heard: Rc::new(Cell::new(js_sys::Date::now())),
            hands: RefCell::default(),
        };
        let (opened, failed) = (stream.opened.clone(), stream.failed.clone());
        stream.on("open", move |_| {
            opened.set(true);
            live.connected.set(true);
            drain(live);
        });
        // The browser's own retry knows neither jitter nor the new cursor: ours takes over.
        stream.on("error", move |_| failed.set(true));
        let place = cursor.clone();
        stream.on("note", move |event| {
            if let Some(wire) = event.data().as_string().and_then(|text| serde_json::from_str::<WireNote>(&text).ok()) {
                arrive(live, wire);
            }
            if let Ok(seq) = event.last_event_id().parse() {
                place.set(seq);
            }
        });
        stream.on("locked", move |event| {
            let locked = event.data().as_string().as_deref() == Some("true");
            live.locked.set(locked);
            if !locked {
                live.trouble.set(None);
                drain(live);
            }
        });
        stream.on("here", move |event| {
            let others = event.data().as_string().and_then(|text| text.parse().ok());
            live.others.set(others.unwrap_or(0));
        });
        // The cursor is too old, or the sign-in has ended: reading the sheet tells which, and mends the first.
        let failed = stream.failed.clone();
        stream.on("resync", move |_| failed.set(true));
        stream
    }

    fn on(&self, event: &str, mut act: impl FnMut(MessageEvent) + 'static) {
        let heard = self.heard.clone();
        let hand = Closure::<dyn FnMut(MessageEvent)>::new(move |event| {
            heard.set(js_sys::Date::now());
            act(event);
        });
        if let Some(source) = &self.source {
            let _ = source.add_event_listener_with_callback(event, hand.as_ref().unchecked_ref());
        }
        self.hands.borrow_mut().push(hand);
    }

    fn is_broken(&self) -> bool {
        self.failed.get() || AWAY.get() || js_sys::Date::now() - self.heard.get() > MAX_SILENCE_MS
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

fn on_window(event: &str, act: impl Fn() + 'static) {
    let hand = Closure::<dyn Fn()>::new(act);
    let _ = window().add_event_listener_with_callback(event, hand.as_ref().unchecked_ref());
    hand.forget();
}

fn address(session: SessionId, end: &str) -> String {
    format!("/sessions/{session}/{end}")
}

/// POST of JSON, or GET without a body. Status and text; none when there was no answer in time.
async fn request(path: &str, body: Option<&str>) -> Option<(u16, String)> {
    let abort = AbortController::new().ok()?;
    let init = RequestInit::new();
    init.set_signal(Some(&abort.signal()));
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(body));
    }
    let request = Request::new_with_str_and_init(path, &init).ok()?;
    let headers = request.headers();
    if body.is_some() {
        headers.set("content-type", "application/json").ok()?;
    }
    headers.set("accept", "application/json").ok()?;
    let _timeout = Timeout::new(REQUEST_TIMEOUT_MS, move || abort.abort());
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    AWAY.set(false);
    Some((response.status(), text))
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn prefix(session: SessionId) -> String {
    format!("{PREFIX}{session}.")
}

/// Stores a note in the browser. False if it cannot (private window, full).
fn store(session: SessionId, note: &StampedDraft) -> bool {
    let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(note)) else { return false };
    let kept = storage.set_item(&format!("{}{}", prefix(session), note.draft.id), &text).is_ok();
    count_unsent();
    kept
}

fn remove_stored(session: SessionId, id: NoteId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{}{id}", prefix(session)));
        count_unsent();
    }
}

/// Sets a cookie with the number of unsent notes of all sessions, so that signing out can warn.
fn count_unsent() {
    let Some(storage) = storage() else { return };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    let count = keys.filter(|key| key.starts_with(PREFIX)).count();
    let age = if count == 0 { 0 } else { 365 * 24 * 3600 };
    let secure = if window().location().protocol().is_ok_and(|protocol| protocol == "https:") { "; Secure" } else { "" };
    let cookie = format!("weheard_unsent={count}; Path=/; SameSite=Lax; Max-Age={age}{secure}");
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&cookie);
    }
}

/// The unsent notes of this session from earlier visits and other tabs.
fn list_stored(session: SessionId) -> Vec<StampedDraft> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = prefix(session);
    (0..storage.length().unwrap_or(0))
        .filter_map(|at| storage.key(at).ok().flatten())
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| storage.get_item(&key).ok().flatten())
        .filter_map(|text| serde_json::from_str(&text).ok())
        .collect()
}

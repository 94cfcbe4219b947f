//! The moderator's page of a session: type a note, name the speaker with one key, press Enter.
//!
//! The server renders the same list and a plain form, so the page is complete without JavaScript. In the browser the island
//! shows a note at once as "not sent yet", keeps it in the browser until the server has it (`browser`), and shows the
//! notes of others as they are saved.

use leptos::prelude::*;

use super::capture::CaptureBar;
use super::clicks::{claim, discard};
use super::panels::{BalancePanel, SpeakerPanel};
use super::queue::{UnsentByOthers, WaitingNote};
use super::rules::{shown, tagged, wall_clock};
use super::speaker::short_name;
use super::state::{Live, Trouble};
use super::{NoteSheet, NoteWording, Speaker};
use crate::kernel::ids::{AccountId, NoteId, SessionId};

/// The live part of `/sessions/{id}/live`. Times are in milliseconds since 1970; `offset` is how many minutes the day's
/// place is ahead of UTC. `draft`, `typed` and `mistake` serve the plain form: the next note's id, and a refused line.
#[island]
pub fn LiveNotes(
    session: SessionId,
    me: AccountId,
    my_name: String,
    sheet: NoteSheet,
    speakers: Vec<Speaker>,
    starts: i64,
    ends: i64,
    offset: i64,
    takes: bool,
    draft: NoteId,
    typed: String,
    mistake: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let cursor = sheet.cursor;
    let live = Live::new(session, me, my_name, sheet);
    let line = RwSignal::new(typed);
    let chosen = RwSignal::new(None::<String>);
    let mistake = RwSignal::new(mistake);
    #[cfg(feature = "hydrate")]
    super::browser::start(live, cursor);

    let saved = move || live.notes.get().into_iter().filter(|note| !note.withdrawn).collect::<Vec<_>>();
    let unsent = move || live.queue.with(|queue| queue.all().to_vec());
    let capture_bar = takes.then(|| view! { <CaptureBar live speakers=speakers.clone() line chosen mistake draft/> });
    view! {
        <div class="live-bar row">
            <Pill live/>
            {move || match live.others.get() {
                0 => None,
                1 => Some(view! { <small>"1 other person here"</small> }.into_any()),
                n => Some(view! { <small>{n} " other people here"</small> }.into_any()),
            }}
        </div>
        <Advice live/>
        <div class="taking">
            <section class="card live-notes" aria-label="Notes">
                <div class="log" role="log" aria-live="polite" aria-label="Notes so far">
                    <For each=saved key=|note| (note.id, note.revision) let:note>
                        <NoteRow at=note.at wording=note.wording offset/>
                    </For>
                    <For each=unsent key=|waiting| (waiting.draft.id, waiting.refused.is_some()) let:waiting>
                        <WaitingRow live waiting offset/>
                    </For>
                    {move || live.wordings().is_empty().then(|| view! { <p class="dim pad">{if takes { "No notes yet. Type the first one below." } else { "No notes yet." }}</p> })}
                </div>
                {capture_bar}
            </section>
            <aside class="stack">
                <SpeakerPanel live speakers line chosen takes/>
                <BalancePanel live starts ends offset/>
            </aside>
        </div>
    }
    .into_any()
}

#[component]
fn Pill(live: Live) -> impl IntoView {
    view! {
        <span role="status" class=move || live.status().0>{move || live.status().1}</span>
    }
}

/// What to do when notes are not sent.
#[component]
fn Advice(live: Live) -> impl IntoView {
    let back = format!("/sign-in?to=/sessions/{}/live", live.session);
    let sign_in = move || {
        (live.trouble.get() == Some(Trouble::SignIn)).then(|| {
            view! {
                <p class="notice warn" role="alert">
                    "You are signed out. Your notes are kept in this browser and are sent when you "
                    <a href=back.clone() target="_blank">"sign in again"</a> "."
                </p>
            }
        })
    };
    let refused = move || match live.trouble.get() {
        Some(Trouble::Refused(words)) => {
            Some(view! { <p class="notice warn" role="alert">{words} " Your notes are kept in this browser."</p> })
        }
        _ => None,
    };
    let locked = move || {
        live.locked
            .get()
            .then(|| view! { <p class="notice">"The notes of this session are locked. You can unlock them on the session page."</p> })
    };
    let fragile = move || {
        (!live.keeps.get()).then(|| {
            view! { <p class="notice warn" role="alert">"Notes cannot be saved on this device. Keep this page open until all notes are sent."</p> }
        })
    };
    let of_others = move || live.of_others.get().into_iter().map(|others| waiting_for(live, others)).collect_view();
    view! {
        {of_others}
        {sign_in}
        {refused}
        {locked}
        {fragile}
    }
    .into_any()
}

/// Notes of another account on this device.
fn waiting_for(live: Live, others: UnsentByOthers) -> impl IntoView {
    let (notes, are, they_are, them) = match others.count {
        1 => ("1 note".to_owned(), "is", "It is", "it"),
        many => (format!("{many} notes"), "are", "They are", "them"),
    };
    match others.by {
        Some(_) => view! {
            <p class="notice warn">
                {format!("{notes} by {name} {are} not sent yet. {they_are} sent when {name} signs in on this device and opens this page.", name = others.name)}
            </p>
        }
        .into_any(),
        None => view! {
            <p class="notice warn">
                {format!("{notes} on this device {are} not sent yet, and the author is unknown. ")}
                <button type="button" class="link" on:click=move |_| claim(live)>{format!("Send {them} as mine")}</button>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn NoteRow(at: i64, wording: NoteWording, offset: i64) -> impl IntoView {
    let kind = tagged(&wording);
    view! {
        <div class="n">
            <time>{wall_clock(at, offset)}</time>
            <NoteWords wording/>
            <span class="kind" dir="auto">{kind}</span>
        </div>
    }
    .into_any()
}

#[component]
fn NoteWords(wording: NoteWording) -> impl IntoView {
    let quote = wording.kind == super::NoteKind::Quote;
    let who = if wording.speaker.is_empty() { "—".to_owned() } else { short_name(&wording.speaker) };
    view! {
        <span class="who" dir="auto">{who}</span>
        <span class="t" dir="auto" class:q=quote>{shown(&wording)}</span>
    }
}

/// A note that is not sent yet, or was refused.
#[component]
fn WaitingRow(live: Live, waiting: WaitingNote, offset: i64) -> impl IntoView {
    let WaitingNote { draft, refused } = waiting;
    let id = draft.id;
    let end = match refused {
        None => view! { <span class="kind">"not sent yet"</span> }.into_any(),
        Some(why) => view! {
            <span class="kind">{why} " " <button type="button" class="link" on:click=move |_| discard(live, id)>"Discard"</button></span>
        }
        .into_any(),
    };
    view! {
        <div class="n unsafe">
            <time>{wall_clock(draft.at, offset)}</time>
            <NoteWords wording=draft.wording/>
            {end}
        </div>
    }
    .into_any()
}

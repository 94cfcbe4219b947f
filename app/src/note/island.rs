//! The moderator's screen for one session: type, name the speaker by one key, Enter.
//!
//! The server renders the same list and a plain form, so the page is complete without JavaScript. Once awake, the island
//! shows a note at once as "waiting to send", keeps it in the browser until the server has it (`browser`), and hears of
//! everybody else's notes as they are saved.

use leptos::prelude::*;

use super::balance::{self, Balance};
use super::queue::{Others, Queue, Waiting};
use super::rules::{self, capture, shown, tagged, wall_clock};
use super::seat::{self, short_name};
use super::{Said, Seat, Sheet, Wire};
use crate::ids::{AccountId, NoteId, SessionId};

/// Why nothing can be sent at the moment, although the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The login has ended.
    SignIn,
    /// Locked, closed, or not for this person: the server's words.
    Refused(String),
}

/// Everything that moves on the screen. Copied freely: it holds handles only.
#[derive(Clone, Copy)]
pub struct Live {
    pub session: SessionId,
    /// Who is signed in, and types.
    pub me: AccountId,
    pub my_name: RwSignal<String>,
    /// Notes of others that wait in this browser.
    pub of_others: RwSignal<Vec<Others>>,
    /// Saved notes by `seq`, withdrawn ones included.
    pub notes: RwSignal<Vec<Wire>>,
    pub queue: RwSignal<Queue>,
    pub connected: RwSignal<bool>,
    pub trouble: RwSignal<Option<Trouble>>,
    pub locked: RwSignal<bool>,
    /// How many others have the session open.
    pub others: RwSignal<usize>,
    /// False once the browser would not keep a note over a reload.
    pub keeps: RwSignal<bool>,
}

impl Live {
    fn new(session: SessionId, me: AccountId, my_name: String, sheet: Sheet) -> Self {
        Self {
            session,
            me,
            my_name: RwSignal::new(my_name),
            of_others: RwSignal::new(Vec::new()),
            notes: RwSignal::new(sheet.notes),
            queue: RwSignal::new(Queue::default()),
            connected: RwSignal::new(true),
            trouble: RwSignal::new(None),
            locked: RwSignal::new(sheet.locked),
            others: RwSignal::new(0),
            keeps: RwSignal::new(true),
        }
    }

    /// Everything that was said, saved or on its way, with when it was typed.
    fn said(self) -> Vec<(i64, Said)> {
        let saved = self.notes.get().into_iter().filter(|note| !note.withdrawn).map(|note| (note.at, note.said));
        let waiting = self.queue.get().all().iter().map(|waiting| (waiting.draft.at, waiting.draft.said.clone())).collect::<Vec<_>>();
        saved.chain(waiting).collect()
    }

    /// (class, words) of the status pill.
    fn status(self) -> (&'static str, String) {
        let (waiting, refused) = self.queue.with(|queue| (queue.waiting(), queue.refused()));
        match (self.trouble.get(), waiting, refused) {
            (Some(Trouble::SignIn), 0, _) => ("state bad", "Your login has ended".into()),
            (Some(Trouble::SignIn), n, _) => ("state bad", format!("{n} waiting: your login has ended")),
            (Some(Trouble::Refused(_)), n, _) if n > 0 => ("state bad", format!("{n} kept here, not taken")),
            (_, 0, n) if n > 0 => ("state bad", format!("{n} not saved")),
            (_, n, _) if n > 0 => ("state warn", format!("{n} waiting")),
            _ if !self.connected.get() => ("state warn", "Reconnecting".into()),
            _ => ("state good", "All notes safe".into()),
        }
    }
}

/// The live part of `/sessions/{id}/live`. Times are in milliseconds since 1970; `offset` is how many minutes the day's
/// place is ahead of UTC. `draft`, `typed` and `mistake` serve the plain form: the next note's id, and a refused line.
#[island]
pub fn LiveNotes(
    session: SessionId,
    me: AccountId,
    my_name: String,
    sheet: Sheet,
    seats: Vec<Seat>,
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

    let standing = move || live.notes.get().into_iter().filter(|note| !note.withdrawn).collect::<Vec<_>>();
    let unsafe_ones = move || live.queue.with(|queue| queue.all().to_vec());
    let capture_bar = takes.then(|| view! { <CaptureBar live seats=seats.clone() line chosen mistake draft/> });
    view! {
        <div class="live-bar row">
            <Pill live/>
            {move || match live.others.get() {
                0 => None,
                1 => Some(view! { <small>"1 other here"</small> }.into_any()),
                n => Some(view! { <small>{n} " others here"</small> }.into_any()),
            }}
        </div>
        <Advice live/>
        <div class="taking">
            <section class="card live-notes" aria-label="Notes">
                <div class="log" role="log" aria-live="polite" aria-label="What was said">
                    <For each=standing key=|note| (note.id, note.revision) let:note>
                        <Row at=note.at said=note.said offset/>
                    </For>
                    <For each=unsafe_ones key=|waiting| (waiting.draft.id, waiting.refused.is_some()) let:waiting>
                        <WaitingRow live waiting offset/>
                    </For>
                    {move || live.said().is_empty().then(|| view! { <p class="dim pad">"Nothing noted yet. The first line starts the list."</p> })}
                </div>
                {capture_bar}
            </section>
            <aside class="stack">
                <SeatPanel live seats line chosen takes/>
                <BalancePanel live starts ends/>
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

/// What to do, where waiting does not help.
#[component]
fn Advice(live: Live) -> impl IntoView {
    let back = format!("/sign-in?to=/sessions/{}/live", live.session);
    let sign_in = move || {
        (live.trouble.get() == Some(Trouble::SignIn)).then(|| {
            view! {
                <p class="notice warn" role="alert">
                    "Your login has ended. What you typed is kept in this browser and will be sent once you are back: "
                    <a href=back.clone() target="_blank">"sign in again"</a> "."
                </p>
            }
        })
    };
    let refused = move || match live.trouble.get() {
        Some(Trouble::Refused(words)) => {
            Some(view! { <p class="notice warn" role="alert">{words} " What you typed is kept in this browser."</p> })
        }
        _ => None,
    };
    let locked = move || {
        live.locked
            .get()
            .then(|| view! { <p class="notice">"The notes of this session are locked. They can be unlocked on the session's page."</p> })
    };
    let fragile = move || {
        (!live.keeps.get()).then(|| {
            view! { <p class="notice warn" role="alert">"This browser keeps nothing when it is closed: please leave this page open until all notes are safe."</p> }
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

/// Notes that somebody else typed on this device.
fn waiting_for(live: Live, others: Others) -> impl IntoView {
    let (notes, are, they_are, them) = match others.count {
        1 => ("1 note".to_owned(), "is", "It is", "it"),
        many => (format!("{many} notes"), "are", "They are", "them"),
    };
    match others.by {
        Some(_) => view! {
            <p class="notice warn">
                {format!("{notes} by {name} {are} waiting on this device. {they_are} sent when {name} signs in here and opens this page.", name = others.name)}
            </p>
        }
        .into_any(),
        None => view! {
            <p class="notice warn">
                {format!("{notes} {are} waiting on this device. It is not known who typed {them}. ")}
                <button type="button" class="link" on:click=move |_| claim(live)>{format!("{they_are} mine: send {them}")}</button>
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Row(at: i64, said: Said, offset: i64) -> impl IntoView {
    let kind = tagged(&said);
    view! {
        <div class="n">
            <time>{wall_clock(at, offset)}</time>
            <Words said/>
            <span class="kind">{kind}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Words(said: Said) -> impl IntoView {
    let quote = said.kind == super::Kind::Quote;
    let who = if said.speaker.is_empty() { "—".to_owned() } else { short_name(&said.speaker) };
    view! {
        <span class="who">{who}</span>
        <span class="t" class:q=quote>{shown(&said)}</span>
    }
}

/// A note on its way, or one that the server cannot take.
#[component]
fn WaitingRow(live: Live, waiting: Waiting, offset: i64) -> impl IntoView {
    let Waiting { draft, refused } = waiting;
    let id = draft.id;
    let end = match refused {
        None => view! { <span class="kind">"waiting to send"</span> }.into_any(),
        Some(why) => view! {
            <span class="kind">{why} " " <button type="button" class="link" on:click=move |_| put_aside(live, id)>"Put aside"</button></span>
        }
        .into_any(),
    };
    view! {
        <div class="n unsafe">
            <time>{wall_clock(draft.at, offset)}</time>
            <Words said=draft.said/>
            {end}
        </div>
    }
    .into_any()
}

/// The input with its grammar. Without JavaScript it is a form that posts one line.
#[component]
fn CaptureBar(
    live: Live,
    seats: Vec<Seat>,
    line: RwSignal<String>,
    chosen: RwSignal<Option<String>>,
    mistake: RwSignal<String>,
    draft: NoteId,
) -> impl IntoView {
    let seats = StoredValue::new(seats);
    let palette = RwSignal::new(false);
    let understood = move || seats.with_value(|seats| understood(&line.get(), seats, chosen.get().as_deref()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = seats.with_value(|seats| {
            let speaker = chosen.get_untracked().and_then(|initials| seat::find(seats, &initials).cloned());
            let typed = line.get_untracked();
            // Only a speaker so far: that is a choice, not a note.
            let parsed = rules::parse(&typed, seats).said;
            if parsed.text.is_empty() && !parsed.speaker.is_empty() {
                let named = seats.iter().find(|seat| seat.name == parsed.speaker && seat.panelist == parsed.panelist);
                chosen.set(named.map(|seat| seat.initials.clone()));
                line.set(String::new());
                return None;
            }
            Some(capture(&typed, seats, speaker.as_ref()))
        });
        match said {
            None => {}
            Some(Ok(said)) => {
                send(live, said);
                line.set(String::new());
                chosen.set(None);
                palette.set(false);
                mistake.set(String::new());
            }
            Some(Err(error)) => mistake.set(error.message()),
        }
    };
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            chosen.set(None);
            palette.set(false);
            mistake.set(String::new());
        }
    };
    let pick = move |initials: String| {
        chosen.set(Some(initials));
        line.update(without_open_word);
        palette.set(false);
        focus_line();
    };
    let open = move || palette.get() || line.with(|line| open_word(line));
    let choices = move || {
        open().then(|| {
            let word = line.with(|line| line.rsplit('/').next().unwrap_or_default().to_lowercase());
            let typing = line.with(|line| open_word(line));
            let offered = seats.with_value(|seats| seats.iter().filter(|seat| !typing || offers(seat, &word)).cloned().collect::<Vec<_>>());
            view! {
                <div class="palette" role="group" aria-label="Who speaks">
                    {offered
                        .into_iter()
                        .map(|seat| {
                            let initials = seat.initials.clone();
                            view! {
                                <button type="button" class:company=seat.panelist.is_none() on:click=move |_| pick(initials.clone())>
                                    <kbd>{seat.key.to_string()}</kbd>
                                    {short_name(&seat.name)}
                                    <small>{seat.initials}</small>
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            }
        })
    };
    view! {
        <form method="post" class="cap" on:submit=save>
            <input type="hidden" name="act" value="take"/>
            <input type="hidden" name="id" value=draft.to_string()/>
            {choices}
            {move || {
                let words = mistake.get();
                (!words.is_empty()).then(|| view! { <p class="field-error" role="alert" id="line-error">{words}</p> })
            }}
            <div class="cap-line">
                <label class="sr" for="line">"Note"</label>
                <input
                    id="line"
                    name="line"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="line-keys"
                    placeholder="/A what was said #topic"
                    prop:value=move || line.get()
                    value=line.get_untracked()
                    on:input=move |event| {
                        line.set(event_target_value(&event));
                        mistake.set(String::new());
                    }
                    on:keydown=escape
                />
                <button type="button" class="needs-js" aria-expanded=move || open().to_string() on:click=move |_| palette.update(|open| *open = !*open)>
                    "Speaker"
                </button>
                <button type="submit" class="btn-1">"Save"</button>
            </div>
            <div class="understood" aria-live="polite">{understood}</div>
            <div class="keys" id="line-keys">
                <span><kbd>"/"</kbd> " speaker"</span>
                <span><kbd>"\""</kbd> " quote"</span>
                <span><kbd>"!"</kbd> " idea"</span>
                <span><kbd>"?"</kbd> " question"</span>
                <span><kbd>">"</kbd> " parking lot"</span>
                <span><kbd>"#"</kbd> " topic"</span>
                <span class="push"><kbd>"Enter"</kbd> " save"</span>
            </div>
        </form>
    }
    .into_any()
}

/// "M. Okafor · quote · upsell", while it is being typed.
fn understood(line: &str, seats: &[Seat], chosen: Option<&str>) -> String {
    let parsed = rules::parse(line, seats);
    let speaker = match chosen.and_then(|initials| seat::find(seats, initials)) {
        Some(seat) if parsed.said.speaker.is_empty() => short_name(&seat.name),
        _ => short_name(&parsed.said.speaker),
    };
    match (speaker.is_empty(), line.trim().is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("nobody in particular · {}", tagged(&parsed.said)),
        (false, true) => format!("{speaker} speaks"),
        (false, false) => format!("{speaker} · {}", tagged(&parsed.said)),
    }
}

/// Whether somebody is in the middle of naming a speaker: the last word begins with a slash.
fn open_word(line: &str) -> bool {
    !line.ends_with(char::is_whitespace) && line.split_whitespace().next_back().is_some_and(|word| word.starts_with('/'))
}

fn without_open_word(line: &mut String) {
    if open_word(line)
        && let Some(slash) = line.rfind('/')
    {
        line.truncate(slash);
    }
}

/// Whether a seat is still meant after these letters.
fn offers(seat: &Seat, letters: &str) -> bool {
    letters.is_empty() || seat.initials.to_lowercase().starts_with(letters) || letters.chars().eq([seat.key])
}

/// Who has been heard, and a way to name a speaker by touch.
#[component]
fn SeatPanel(live: Live, seats: Vec<Seat>, line: RwSignal<String>, chosen: RwSignal<Option<String>>, takes: bool) -> impl IntoView {
    let seats = StoredValue::new(seats);
    let counts = Memo::new(move |_| seats.with_value(|seats| balance::heard(seats, live.said().iter().map(|(_, said)| said))));
    let tally = move || counts.with(|counts| format!("{} of {}", counts.iter().filter(|(_, n)| *n > 0).count(), counts.len()));
    let quiet = move || {
        let names: Vec<String> = seats.with_value(|seats| {
            let seats = seats.iter().filter(|seat| seat.panelist.is_some());
            counts.with(|counts| seats.zip(counts).filter(|(_, (_, n))| *n == 0).map(|(seat, _)| short_name(&seat.name)).collect())
        });
        if names.is_empty() { "Everybody has been heard.".to_owned() } else { format!("Not yet heard: {}", names.join(", ")) }
    };
    let named = Memo::new(move |_| {
        seats.with_value(|seats| {
            let said = rules::parse(&line.get(), seats).said;
            let typed = seats.iter().find(|seat| !said.speaker.is_empty() && seat.name == said.speaker && seat.panelist == said.panelist);
            typed.map(|seat| seat.initials.clone()).or_else(|| chosen.get())
        })
    });
    let buttons = seats
        .get_value()
        .into_iter()
        .map(|seat| {
            let (initials, pressed) = (seat.initials.clone(), seat.initials.clone());
            let times = move || counts.with(|counts| counts.iter().find(|(id, _)| Some(*id) == seat.panelist).map_or(0, |(_, n)| *n));
            let name = seat.name.clone();
            let label = move || match times() {
                _ if seat.panelist.is_none() => format!(": {name}, for the company, key {}", seat.key),
                0 => format!(": {name}, not yet heard, key {}", seat.key),
                1 => format!(": {name}, heard once, key {}", seat.key),
                n => format!(": {name}, heard {n} times, key {}", seat.key),
            };
            view! {
                <button
                    type="button"
                    class:quiet=move || seat.panelist.is_some() && times() == 0
                    class:company=seat.panelist.is_none()
                    disabled=!takes
                    aria-pressed=move || (named.get().as_deref() == Some(pressed.as_str())).to_string()
                    title=seat.name.clone()
                    on:click=move |_| {
                        chosen.set(if chosen.get_untracked().as_deref() == Some(initials.as_str()) { None } else { Some(initials.clone()) });
                        focus_line();
                    }
                >
                    {seat.initials.clone()}
                    <span class="sr">{label}</span>
                    <kbd aria-hidden="true">{seat.key.to_string()}</kbd>
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="card pad stack">
            <div class="row"><h2>"Who has been heard"</h2><small class="push">{tally}</small></div>
            <div class="seats">{buttons}</div>
            <small>{quiet}</small>
        </section>
    }
    .into_any()
}

/// Panel against company, and problems giving way to ideas.
#[component]
fn BalancePanel(live: Live, starts: i64, ends: i64) -> impl IntoView {
    let balance = Memo::new(move |_| {
        let said = live.said();
        Balance::of(said.iter().map(|(at, said)| (*at, said)), starts, ends)
    });
    let share = move || match balance.with(Balance::panel_percent) {
        Some(panel) => format!("Panel {panel} % · company {} %", 100 - panel),
        None => "Nobody was named as a speaker yet.".to_owned(),
    };
    let panel_width = move || balance.with(Balance::panel_percent).map_or(0, |percent| percent * 26 / 10).to_string();
    let company_width = move || balance.with(Balance::panel_percent).map_or(0, |percent| 260 - percent * 26 / 10).to_string();
    let company_from = move || balance.with(Balance::panel_percent).map_or(260, |percent| percent * 26 / 10).to_string();
    let words = move || {
        balance.with(|balance| {
            let (problems, ideas) =
                balance.quarters.iter().fold((0, 0), |(problems, ideas), quarter| (problems + quarter.problems, ideas + quarter.ideas));
            format!("{problems} problems, {ideas} ideas")
        })
    };
    view! {
        <section class="card pad stack">
            <h2>"Balance"</h2>
            <div>
                <small>{share}</small>
                <svg class="share" viewBox="0 0 260 8" width="100%" height="8" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="sunk" width="260" height="8"/>
                    <rect class="panel" width=panel_width height="8"/>
                    <rect class="company" x=company_from width=company_width height="8"/>
                </svg>
            </div>
            <div>
                <small>"Problems giving way to ideas, by quarter of an hour"</small>
                <svg class="quarters" viewBox="0 0 260 64" width="100%" role="img" aria-label=words>
                    {move || balance.with(bars)}
                </svg>
                <p class="legend"><span class="problem">"▲ problem"</span> <span class="idea">"● idea"</span> <small class="push">{words}</small></p>
            </div>
        </section>
    }
    .into_any()
}

/// One column a quarter: ideas below, problems above them, as shares of that quarter.
fn bars(balance: &Balance) -> impl IntoView + use<> {
    let count = balance.quarters.len().max(1);
    let step = 260 / count;
    balance
        .quarters
        .iter()
        .enumerate()
        .map(|(place, quarter)| {
            let all = quarter.problems + quarter.ideas;
            let ideas = (quarter.ideas * 60).checked_div(all).unwrap_or(0);
            let problems = if all == 0 { 0 } else { 60 - ideas };
            let (x, width) = ((place * step + 3).to_string(), step.saturating_sub(6).max(2).to_string());
            view! {
                <rect class="empty" x=x.clone() y="61" width=width.clone() height="2"/>
                <rect class="problem" x=x.clone() y="1" width=width.clone() height=problems.to_string()/>
                <rect class="idea" x=x y=(1 + problems).to_string() width=width height=ideas.to_string()/>
            }
        })
        .collect_view()
}

#[cfg(feature = "hydrate")]
use super::browser::{claim, focus_line, put_aside, send};

// On the server nothing is clicked: these exist so that one view serves both.
#[cfg(not(feature = "hydrate"))]
fn focus_line() {}
#[cfg(not(feature = "hydrate"))]
fn claim(_: Live) {}
#[cfg(not(feature = "hydrate"))]
fn put_aside(_: Live, _: NoteId) {}
#[cfg(not(feature = "hydrate"))]
fn send(_: Live, _: Said) {}

//! Beside the notes: who was heard, the share of panel and company, and problems against ideas over time.
use leptos::prelude::*;

use super::Speaker;
use super::balance::{self, QUARTER, SpeakingBalance};
use super::clicks::focus_line;
use super::rules::{self, wall_clock};
use super::speaker::short_name;
use super::state::Live;
use crate::kernel::amount::percent;
use crate::kernel::ids::PanelistId;

/// Who was heard, and buttons to choose a speaker.
#[component]
pub(super) fn SpeakerPanel(
    live: Live,
    speakers: Vec<Speaker>,
    line: RwSignal<String>,
    chosen: RwSignal<Option<String>>,
    takes: bool,
) -> impl IntoView {
    let speakers = StoredValue::new(speakers);
    let counts = Memo::new(move |_| {
        speakers.with_value(|speakers| balance::count_by_speaker(speakers, live.wordings().iter().map(|(_, wording)| wording)))
    });
    let tally = move || {
        let (heard, of) = counts.with(|counts| speakers.with_value(|speakers| balance::heard_of(speakers, counts)));
        format!("{heard} of {of}")
    };
    let quiet = move || {
        let (names, absent) = speakers.with_value(|speakers| {
            let names: Vec<String> =
                counts.with(|counts| balance::not_heard(speakers, counts).into_iter().map(|speaker| short_name(&speaker.name)).collect());
            let absent: Vec<String> = speakers.iter().filter(|speaker| speaker.absent).map(|speaker| short_name(&speaker.name)).collect();
            (names, absent)
        });
        let heard =
            if names.is_empty() { "Every panelist has been heard.".to_owned() } else { format!("Not heard yet: {}", names.join(", ")) };
        if absent.is_empty() { heard } else { format!("{heard} No-show: {}", absent.join(", ")) }
    };
    let named = Memo::new(move |_| {
        speakers.with_value(|speakers| {
            let wording = rules::parse(&line.get(), speakers).wording;
            let typed = speakers
                .iter()
                .find(|speaker| !wording.speaker.is_empty() && speaker.name == wording.speaker && speaker.panelist == wording.panelist);
            typed.map(|speaker| speaker.initials.clone()).or_else(|| chosen.get())
        })
    });
    let buttons = speakers.get_value().into_iter().map(|speaker| speaker_button(speaker, counts, named, chosen, takes)).collect_view();
    view! {
        <section class="card pad stack">
            <div class="row wrap"><h2>"Speakers"</h2><small class="push">{tally} " heard"</small></div>
            <div class="seats">{buttons}</div>
            <small>{quiet}</small>
        </section>
    }
    .into_any()
}

fn speaker_button(
    speaker: Speaker,
    counts: Memo<Vec<(PanelistId, usize)>>,
    named: Memo<Option<String>>,
    chosen: RwSignal<Option<String>>,
    takes: bool,
) -> impl IntoView {
    let (initials, pressed) = (speaker.initials.clone(), speaker.initials.clone());
    let times = move || counts.with(|counts| counts.iter().find(|(id, _)| Some(*id) == speaker.panelist).map_or(0, |(_, n)| *n));
    let name = speaker.name.clone();
    let label = move || match times() {
        _ if speaker.panelist.is_none() => format!(": {name}, company, key {}", speaker.key),
        0 if speaker.absent => format!(": {name}, no-show, key {}", speaker.key),
        0 => format!(": {name}, not heard yet, key {}", speaker.key),
        1 => format!(": {name}, heard once, key {}", speaker.key),
        n => format!(": {name}, heard {n} times, key {}", speaker.key),
    };
    view! {
        <button
            type="button"
            class:quiet=move || speaker.panelist.is_some() && !speaker.absent && times() == 0
            class:company=speaker.panelist.is_none()
            disabled=!takes
            aria-pressed=move || (named.get().as_deref() == Some(pressed.as_str())).to_string()
            title=speaker.name.clone()
            on:click=move |_| {
                chosen.set(if chosen.get_untracked().as_deref() == Some(initials.as_str()) { None } else { Some(initials.clone()) });
                focus_line();
            }
        >
            {speaker.initials.clone()}
            <span class="sr" dir="auto">{label}</span>
            <kbd aria-hidden="true">{speaker.key.to_string()}</kbd>
        </button>
    }
}

/// Panel against company, and problems against ideas.
#[component]
pub(super) fn BalancePanel(
    live: Live,
    starts: i64,
    ends: i64,
    /// Minutes that the clock of the place is ahead of UTC.
    offset: i64,
) -> impl IntoView {
    let balance = Memo::new(move |_| {
        let wording = live.wordings();
        SpeakingBalance::of(wording.iter().map(|(at, wording)| (*at, wording)), starts, ends)
    });
    let whole = |value: usize| percent(i64::try_from(value).unwrap_or(0));
    let share = move || match balance.with(SpeakingBalance::panel_percent) {
        Some(panel) => format!("Panel {} · company {}", whole(panel), whole(100 - panel)),
        None => "No speaker noted yet.".to_owned(),
    };
    let panel_width = move || balance.with(SpeakingBalance::panel_percent).map_or(0, |percent| percent * 26 / 10).to_string();
    let company_width = move || balance.with(SpeakingBalance::panel_percent).map_or(0, |percent| 260 - percent * 26 / 10).to_string();
    let company_from = move || balance.with(SpeakingBalance::panel_percent).map_or(260, |percent| percent * 26 / 10).to_string();
    let words = move || {
        balance.with(|balance| {
            let (problems, ideas) =
                balance.quarters.iter().fold((0, 0), |(problems, ideas), quarter| (problems + quarter.problems, ideas + quarter.ideas));
            let (p, i) = (if problems == 1 { "" } else { "s" }, if ideas == 1 { "" } else { "s" });
            format!("{problems} problem{p}, {ideas} idea{i}")
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
                <small>"Problems and ideas, by quarter-hour"</small>
                <svg class="quarters" viewBox="0 0 260 78" width="100%" role="img" aria-label=words>
                    {move || balance.with(bars)}
                    <text x="3" y="76">{wall_clock(starts, offset)}</text>
                    <text x="257" y="76" text-anchor="end">{wall_clock(ends, offset)}</text>
                </svg>
                <p class="legend"><span class="problem">"▲ problem"</span> <span class="idea">"● idea"</span> <small class="push">{words}</small></p>
                <details class="more">
                    <summary>"Show data table"</summary>
                    <table>
                        <thead><tr><th scope="col">"From"</th><th scope="col" class="n">"Problems"</th><th scope="col" class="n">"Ideas"</th></tr></thead>
                        <tbody>{move || balance.with(|balance| numbers(balance, starts, offset))}</tbody>
                    </table>
                </details>
            </div>
        </section>
    }
    .into_any()
}

/// A row a quarter, for readers who want the numbers exactly or cannot see the chart.
fn numbers(balance: &SpeakingBalance, starts: i64, offset: i64) -> impl IntoView + use<> {
    (0_i64..)
        .zip(&balance.quarters)
        .map(|(place, quarter)| {
            let from = wall_clock(starts + place * QUARTER, offset);
            view! { <tr><th scope="row">{from}</th><td class="n">{quarter.problems}</td><td class="n">{quarter.ideas}</td></tr> }
        })
        .collect_view()
}

/// Quarters of an hour up to which each column has its number above it.
const MAX_LABELLED: usize = 16;

/// One column a quarter, as high as it has notes: ideas below, problems above them, the number of both at the top.
fn bars(balance: &SpeakingBalance) -> impl IntoView + use<> {
    const HIGH: usize = 50;
    const GROUND: usize = 64;
    let count = balance.quarters.len().max(1);
    let step = 260 / count;
    let peak = balance.quarters.iter().map(|quarter| quarter.problems + quarter.ideas).max().unwrap_or(0).max(1);
    balance
        .quarters
        .iter()
        .enumerate()
        .map(|(place, quarter)| {
            let all = quarter.problems + quarter.ideas;
            let (ideas, high) = (quarter.ideas * HIGH / peak, all * HIGH / peak);
            let top = GROUND - high;
            let label = (all > 0 && count <= MAX_LABELLED).then(|| {
                view! { <text x=(place * step + step / 2).to_string() y=(top - 2).to_string() text-anchor="middle">{all}</text> }
            });
            let (x, width) = ((place * step + 3).to_string(), step.saturating_sub(6).max(2).to_string());
            view! {
                <rect class="empty" x=x.clone() y=GROUND.to_string() width=width.clone() height="2"/>
                <rect class="problem" x=x.clone() y=top.to_string() width=width.clone() height=(high - ideas).to_string()/>
                <rect class="idea" x=x y=(GROUND - ideas).to_string() width=width height=ideas.to_string()/>
                {label}
            }
        })
        .collect_view()
}

//! Parts of a page that show responses: badges and their legend, the signature block of one item, the history of its versions.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::{FollowUpStatus, ResponseKind, ResponseVersion, words};
use crate::follow_up::board::FollowUpRow;
use crate::follow_up::heard::Support;
use crate::kernel::clock::{Time, local_day, short_date};
use crate::t;
use crate::ui::{DiffText, HeardBlock, Reply, ReplyLook, SegBadge, StateBadge, Tone, count, locale};

/// The badges of an item; its status, and what is true of it besides. Overdue commitments say by how much, delivered ones how late.
/// With `due`, the due date as well, where no column has it.
pub fn badge(line: &FollowUpRow, now: Time, due: bool) -> impl IntoView + use<> {
    labels(line, now, due).into_iter().map(|(tone, label)| view! { <StateBadge tone label/>" " }).collect_view()
}

const fn tone(status: FollowUpStatus) -> Tone {
    match status {
        FollowUpStatus::Delivered => Tone::Good,
        FollowUpStatus::DueSoon | FollowUpStatus::InReview => Tone::Warn,
        FollowUpStatus::NoOwner | FollowUpStatus::Overdue | FollowUpStatus::Reopened => Tone::Bad,
        FollowUpStatus::OnTrack => Tone::Promised,
        FollowUpStatus::Exists => Tone::Exists,
        FollowUpStatus::Declined => Tone::Declined,
        FollowUpStatus::Question => Tone::Question,
        FollowUpStatus::Waiting => Tone::Unanswered,
    }
}

/// What each badge means, below a list of items.
pub fn legend() -> impl IntoView {
    let entries = [
        (Tone::Promised, "on track: promised for a later date"),
        (Tone::Good, "delivered on time"),
        (Tone::Late, "delivered late"),
        (Tone::Exists, "already exists"),
        (Tone::Declined, "declined"),
        (Tone::Question, "question to the panel"),
        (Tone::Unanswered, "no answer yet"),
        (Tone::Warn, "due soon or in review"),
        (Tone::Bad, "needs action"),
    ];
    let rows = entries.into_iter().map(|(tone, label)| view! { <li><StateBadge tone label/></li> }).collect_view();
    view! { <ul class="legend" aria-label="Status key">{rows}</ul> }
}

/// What the badges of an item say.
fn labels(line: &FollowUpRow, now: Time, with_due: bool) -> Vec<(Tone, String)> {
    let tone = if line.status == FollowUpStatus::Delivered && line.is_late() { Tone::Late } else { tone(line.status) };
    let overdue = line.days_late(now).map(|days| format!("overdue by {}", count(days, "day", "days")));
    let label = match (&overdue, line.due()) {
        (Some(overdue), _) if line.status == FollowUpStatus::Overdue => overdue.clone(),
        (_, Some(due)) if with_due && matches!(line.status, FollowUpStatus::OnTrack | FollowUpStatus::DueSoon) => {
            format!("{} · {}", line.status.label(), short_date(due, local_day(now, line.day.zone())))
        }
        _ if line.status == FollowUpStatus::Delivered => line.delivered_words().unwrap_or_else(|| line.status.label().to_owned()),
        _ => line.status.label().to_owned(),
    };
    let mut words = vec![(tone, label)];
    if line.reopened && line.status != FollowUpStatus::Reopened {
        words.push((Tone::Bad, FollowUpStatus::Reopened.label().to_owned()));
    }
    if line.status != FollowUpStatus::Overdue {
        words.extend(overdue.map(|overdue| (Tone::Bad, overdue)));
    }
    words
}

/// The states of an item in a word each, for the CSV.
#[must_use]
pub fn states(line: &FollowUpRow) -> Vec<String> {
    let besides =
        [FollowUpStatus::Reopened, FollowUpStatus::Overdue].into_iter().filter(|status| *status != line.status && line.is(*status));
    std::iter::once(line.status).chain(besides).map(|status| status.label().to_owned()).collect()
}

/// The supporters of an item, by segment.
pub fn people(support: Support) -> impl IntoView {
    [("ranter", "Ranters", support.ranters), ("raver", "Ravers", support.ravers), ("apathetic", "Apathetics", support.apathetics)]
        .into_iter()
        .filter(|(_, _, people)| *people > 0)
        .map(|(class, label, people)| view! { <SegBadge class=class label=format!("{label} {people}")/> })
        .collect_view()
}

/// How a version looks beneath the panel's words.
fn look(line: &FollowUpRow, version: &ResponseVersion) -> ReplyLook {
    match version.kind {
        ResponseKind::Declined => ReplyLook::Declined,
        ResponseKind::Commit if line.is(FollowUpStatus::Delivered) => ReplyLook::Done,
        _ => ReplyLook::Said,
    }
}

/// The signature block: what was heard, and what was answered, with what was reworded marked. `href` is the item's page, where this is not it.
pub fn signature(organisation: &str, line: &FollowUpRow, now: Time, level: u8, href: String) -> impl IntoView + use<> {
    let edge = view! {
        {people(line.support)}
        <small>{format!("item {} · {} · {}", line.item.number, count(line.support.supporters, "supporter", "supporters"), count(line.support.notes, "note", "notes"))}</small>
        <span class="push">{badge(line, now, true)}</span>
    }
    .into_any();
    block(organisation, line, level, href, edge)
}

/// The same for an owner without an account: in the words of guests, without what only staff look at.
pub fn guest_signature(organisation: &str, line: &FollowUpRow) -> impl IntoView + use<> {
    let locale = locale();
    let state = words::status(locale, line).map(|label| view! { <span class="push"><StateBadge tone=tone(line.status) label/></span> });
    let edge = view! {
        <small>{t!(locale, "item-number-people", number = line.item.number, people = line.support.supporters)}</small>
        {state}
    };
    block(organisation, line, 2, String::new(), edge.into_any())
}

fn block(organisation: &str, line: &FollowUpRow, level: u8, href: String, edge: AnyView) -> impl IntoView + use<> {
    let locale = locale();
    let reply = match &line.published {
        Some(version) => {
            let label = match version.number {
                2.. => t!(locale, "answer-version", answer = words::answer(locale, organisation, version.kind), number = version.number),
                _ => words::answer(locale, organisation, version.kind),
            };
            let before = line.before.as_ref().map(|before| before.text.clone()).unwrap_or_default();
            let link = version.link.clone().map(|link| view! { <a href=link.clone() rel="noopener noreferrer">{link.clone()}</a> });
            view! {
                <Reply label text=version.text.clone() small=words::small_print(locale, version, line.day.zone()) before look=look(line, version)>{link}</Reply>
            }
            .into_any()
        }
        None => view! { <Reply label=organisation.to_owned() text=t!(locale, "item-no-answer") look=ReplyLook::None/> }.into_any(),
    };
    view! {
        <HeardBlock text=line.item.text.clone() href edge level>{reply}</HeardBlock>
    }
}

/// Every published version of an item, newest first, each with what it changed.
pub fn history(versions: Vec<ResponseVersion>, zone: Tz) -> impl IntoView {
    let published: Vec<ResponseVersion> = versions.into_iter().filter(|version| version.published_at.is_some()).collect();
    let mut rows = Vec::new();
    for (place, version) in published.iter().enumerate() {
        let before = place.checked_sub(1).map(|earlier| &published[earlier]).filter(|before| before.response_id == version.response_id);
        let text = match before {
            Some(before) => view! { <DiffText before=before.text.clone() after=version.text.clone()/> }.into_any(),
            None => version.text.clone().into_any(),
        };
        rows.push(view! {
            <li>
                <strong>{format!("{}, version {}", version.kind.label(), version.number)}</strong>
                <p dir="auto">{text}</p>
                <small dir="auto">{words::small_print(locale(), version, zone)}</small>
            </li>
        });
    }
    rows.reverse();
    view! { <ol class="history stack">{rows}</ol> }
}

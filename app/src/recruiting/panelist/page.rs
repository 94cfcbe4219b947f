//! `/days/{id}/people`: who has a seat, who waits, and check-in on the morning, by finger on a tablet.

use std::collections::HashMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::list::{self, PanelistSearch, PanelistSort};
use super::{Attendance, Panelist, PanelistState, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::address::EmailAddress;
use crate::kernel::clock::short_date_time;
use crate::kernel::error::Result;
use crate::kernel::ids::{InvitationId, PanelDayId};
use crate::program::page::{chip, url_part};
use crate::recruiting::{DayHead, invitation};
use crate::ui::{Field, Form, Submit, options, param, query, refused_row, words};

/// `/days/{id}/people`.
pub fn people(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("People", Permission::SeeRecruiting, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::SeeRecruiting, "/people").await?;
        let search = PanelistSearch::read(query);
        let all = store::list(&mut tx, day.id).await?;
        let total = all.len();
        let count = |state: PanelistState| all.iter().filter(|person| person.state() == state).count();
        let (waits, came) = (count(PanelistState::Waiting), count(PanelistState::CheckedIn));
        let taken = total - waits - count(PanelistState::Withdrawn);
        let free = usize::try_from(day.capacity).unwrap_or(0).saturating_sub(taken);
        let shown = list::list(all, &search);
        let invited = InvitedAddresses::of(&mut tx, day.id).await?;
        let count = format!("{} of {total}", shown.len());
        let (may_check, may_withdraw) = (cx.actor.scope(Permission::CheckIn).is_some(), cx.actor.scope(Permission::Invite).is_some());
        let mut waiting: Vec<Panelist> = shown.iter().filter(|person| person.state() == PanelistState::Waiting).cloned().collect();
        waiting.sort_by_key(|person| (person.accepted_at, person.id));
        let seated: Vec<Panelist> = shown.into_iter().filter(|person| person.state() != PanelistState::Waiting).collect();
        let state = search.state.map_or("", PanelistState::as_str);
        let states: Vec<_> = std::iter::once((String::new(), "Everybody".to_owned()))
            .chain(PanelistState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())))
            .collect();
        let csv = format!("/days/{}/people.csv?q={}&state={state}&sort={}", day.id, url_part(&search.words), search.sort.as_str());
        let (none_seated, none_waiting) = (seated.is_empty(), waiting.is_empty());
        let seated = seated.into_iter().map(|person| row(person, &invited, may_check, may_withdraw)).collect_view();
        let waiting = waiting
            .into_iter()
            .enumerate()
            .map(|(at, person)| waiting_row(at + 1, person, &invited, day.zone(), may_withdraw))
            .collect_view();
        Ok(view! {
            {head}
            <div class="tiles">
                <div class="card tile"><b>{taken}</b><span>"of " {day.capacity} " seats taken"</span></div>
                <div class="card tile"><b>{free}</b><span>"free"</span></div>
                <div class="card tile"><b>{waits}</b><span>"waiting"</span></div>
                <div class="card tile"><b>{came}</b><span>"came"</span></div>
            </div>
            <form class="filter" role="search">
                <label class="grow">"Search" <input type="search" name="q" value=search.words.clone()/></label>
                <label>"Show" {options("state", states, state)}</label>
                <label>"Sort" {words("sort", PanelistSort::ALL, PanelistSort::as_str, PanelistSort::label, search.sort)}</label>
                <button type="submit">"Filter"</button>
                <span class="push dim">{count}</span>
                <a class="btn" href=csv>"CSV"</a>
            </form>
            {(none_seated && none_waiting).then(|| none_shown(day.id, total))}
            {(!none_seated).then(|| view! {
                <section class="card">
                    <table class="list">
                        <thead><tr><th>"Panelist"</th><th>"State"</th><th>"Quotes"</th><th>"On the day"</th><th><span class="visually-hidden">"More"</span></th></tr></thead>
                        <tbody>{seated}</tbody>
                    </table>
                </section>
            })}
            {(!none_waiting).then(|| waitlist(waiting))}
        })
    })
}

/// Why nobody is shown.
fn none_shown(day: PanelDayId, total: usize) -> impl IntoView {
    view! {
        <section class="card empty">
            <h2>{if total == 0 { "Nobody has said yes yet" } else { "Nobody fits that" }}</h2>
            <p>{if total == 0 { "Those who accept an invitation appear here by themselves." } else { "Try another name, or show everybody." }}</p>
            <p><a href=format!("/days/{}/{}", day, if total == 0 { "invitations" } else { "people" })>
                {if total == 0 { "Go to the invitations" } else { "Show everybody" }}
            </a></p>
        </section>
    }
}

/// Those who wait for a seat, in their order.
fn waitlist(waiting: impl IntoView) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Waitlist"</h2>
            <p class="dim">"When a seat frees, the first of these gets it and an email."</p>
            <div class="card">
                <table class="list">
                    <thead><tr><th>"Panelist"</th><th class="n">"Place"</th><th>"Since"</th><th><span class="visually-hidden">"More"</span></th></tr></thead>
                    <tbody>{waiting}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The addresses that were invited to a day.
struct InvitedAddresses(HashMap<InvitationId, String>);

impl InvitedAddresses {
    async fn of(tx: &mut Tx, day: PanelDayId) -> Result<Self> {
        let lines = invitation::store::list(tx, day).await?;
        Ok(Self(lines.into_iter().filter_map(|line| Some((line.invitation.id, line.invitation.email?))).collect()))
    }

    /// Whether somebody answered from another address than the invited one.
    fn elsewhere(&self, person: &Panelist) -> bool {
        let invited = self.0.get(&person.invitation_id).and_then(|email| EmailAddress::parse(email).ok());
        invited.is_some_and(|invited| invited.as_str() != person.email)
    }
}

fn row(person: Panelist, invited: &InvitedAddresses, may_check: bool, may_withdraw: bool) -> impl IntoView + use<> {
    let state = person.state();
    let shade = match state {
        PanelistState::CheckedIn => "state good",
        PanelistState::NoShow => "state bad",
        PanelistState::Withdrawn => "state full",
        PanelistState::Seated | PanelistState::Waiting => "state",
    };
    let gone = state == PanelistState::Withdrawn || person.is_erased();
    let check = (may_check && !gone).then(|| attendance(&person));
    let more = (may_withdraw && !gone && state != PanelistState::CheckedIn).then(|| withdrawal(&person));
    view! {
        <tr class:dim=gone>
            <td>{who(&person, invited)}</td>
            <td data-label="State"><span class=shade>{state.label()}</span></td>
            <td data-label="Quotes">{if person.is_erased() { "–" } else { person.quote_permission.label() }}</td>
            <td data-label="On the day">{check}</td>
            <td>{more}</td>
        </tr>
    }
}

fn who(person: &Panelist, invited: &InvitedAddresses) -> impl IntoView + use<> {
    let elsewhere = invited.elsewhere(person).then(|| view! { <br/> <small>"Answered from another address"</small> });
    view! {
        <span class="row">
            <b class=format!("face {}", person.segment.as_str())>{person.initials.clone()}</b>
            <span>
                <strong>{person.name.clone()}</strong>
                <br/>
                <small>{person.email.clone()}</small>
                {elsewhere}
            </span>
            {chip(Some(person.segment))}
        </span>
    }
}

/// Two big buttons; the one that holds is pressed, and pressing it again takes it back.
fn attendance(person: &Panelist) -> impl IntoView + use<> {
    let button = |attendance: Attendance, label: &'static str| {
        let on = person.attendance == Some(attendance);
        let value = if on { "" } else { attendance.as_str() };
        let name = format!("{label}: {}", person.name);
        view! { <button type="submit" name="attendance" value=value aria-pressed=on.to_string() aria-label=name>{label}</button> }
    };
    let (here, away) = (button(Attendance::CheckedIn, "Here"), button(Attendance::NoShow, "Did not come"));
    view! {
        <Form act="attend" key=person.id.to_string() class="inline">
            <span class="ask">{here} {away}</span>
        </Form>
    }
}

fn withdrawal(person: &Panelist) -> impl IntoView + use<> {
    let open = refused_row("withdraw", &person.id.to_string());
    let (key, name, label) = (person.id.to_string(), person.name.clone(), format!("Withdraw {}", person.name));
    view! {
        <details class="confirm danger" open=open>
            <summary>"Withdraw"</summary>
            <Form act="withdraw" key=key>
                <p>"Takes " {name} " off this day on their behalf. Whoever has waited longest moves up."</p>
                <Field name="reason" label="Reason" hint="For example: called on Monday, is ill"/>
                <Submit label=label danger=true/>
            </Form>
        </details>
    }
}

fn waiting_row(place: usize, person: Panelist, invited: &InvitedAddresses, zone: Tz, may_withdraw: bool) -> impl IntoView + use<> {
    let more = (may_withdraw && !person.is_erased()).then(|| withdrawal(&person));
    view! {
        <tr>
            <td>{who(&person, invited)}</td>
            <td data-label="Place" class="n">{place}</td>
            <td data-label="Since">{short_date_time(person.accepted_at, zone)}</td>
            <td>{more}</td>
        </tr>
    }
}

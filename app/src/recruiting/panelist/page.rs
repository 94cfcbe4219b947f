//! `/days/{id}/people`: seats, waitlist, and check-in on the day.

use std::collections::HashMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::island::CheckIn;
use super::list::{self, PanelistSearch, PanelistSort};
use super::{Attendance, Panelist, PanelistState, QuotePermission, rules, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::address::EmailAddress;
use crate::kernel::clock::{Time, local_day, long_date, short_date_time};
use crate::kernel::error::Result;
use crate::kernel::ids::{InvitationId, PanelDayId};
use crate::program::day::PanelDay;
use crate::program::page::{chip, url_part};
use crate::recruiting::{DayHead, invitation};
use crate::ui::{
    Confirm, Empty, Field, FilterBar, Form, Help, Hidden, Pager, Pick, Progress, RowMenu, Search, StateBadge, Submit, Tone, param, query,
    refused_row,
};

/// `/days/{id}/people`.
pub fn people(head: DayHead) -> impl IntoView {
    let id = param::<PanelDayId>("id");
    page("People", Permission::SeeRecruiting, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let (day, head) = head(&mut tx, &cx, id, Permission::SeeRecruiting, "/people").await?;
        let search = PanelistSearch::read(query);
        let all = store::list(&mut tx, day.id).await?;
        let total = all.len();
        let count = |state: PanelistState| i64::try_from(all.iter().filter(|person| person.state() == state).count()).unwrap_or(0);
        let (waits, came, withdrawn) = (count(PanelistState::Waiting), count(PanelistState::CheckedIn), count(PanelistState::Withdrawn));
        let taken = i64::try_from(total).unwrap_or(0) - waits - withdrawn;
        let shown = list::list(all, &search);
        let matching = i64::try_from(shown.len()).unwrap_or(i64::MAX);
        let invited = InvitedAddresses::of(&mut tx, day.id).await?;
        let begun = local_day(cx.now, day.zone()) >= day.day;
        let see = Look {
            invited,
            check: begun && cx.actor.scope(Permission::CheckIn).is_some(),
            withdraw: cx.actor.scope(Permission::Invite).is_some(),
            mixed: day.segment.is_none(),
            day: day.clone(),
            now: cx.now,
        };
        let mut waiting: Vec<Panelist> = shown.iter().filter(|person| person.state() == PanelistState::Waiting).cloned().collect();
        waiting.sort_by_key(|person| (person.accepted_at, person.id));
        let seated: Vec<Panelist> = shown.into_iter().filter(|person| person.state() != PanelistState::Waiting).collect();
        let state = search.state.map_or("", PanelistState::as_str);
        let csv = format!("/days/{}/people.csv?q={}&state={state}&sort={}", day.id, url_part(&search.words), search.sort.as_str());
        let (none_seated, none_waiting) = (seated.is_empty(), waiting.is_empty());
        let people = view! {
            <section class="cols-2">
                <Progress label="Seats taken" done=taken of=day.capacity/>
                {begun.then(|| view! { <Progress label="Checked in" done=came of=taken tone=Tone::Good/> })}
            </section>
            {(total > 0).then(filters)}
            {(none_seated && none_waiting).then(|| none_shown(day.id, total))}
            {(!none_seated).then(|| seats(seated, &see))}
            {(!none_waiting).then(|| waitlist(waiting, &see, day.zone()))}
        };
        let people = if see.check { view! { <CheckIn>{people}</CheckIn> }.into_any() } else { people.into_any() };
        let opens = (!begun && taken > 0).then(|| view! { <p class="dim">{format!("Check-in opens on {}.", long_date(day.day))}</p> });
        Ok(view! {
            {head(None)}
            {people}
            {(matching > 0).then(|| view! { <Pager count=matching one="person" many="people" per=i64::MAX csv/> })}
            {opens}
        })
    })
}

/// What of each person this reader sees and may do.
struct Look {
    invited: InvitedAddresses,
    check: bool,
    withdraw: bool,
    mixed: bool,
    day: PanelDay,
    now: Time,
}

impl Look {
    fn owes(&self, person: &Panelist) -> bool {
        rules::owes_reconfirmation(person, &self.day, self.now)
    }
}

fn filters() -> impl IntoView {
    let states = PanelistState::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect();
    let sorts = PanelistSort::ALL.iter().skip(1).map(|sort| (sort.as_str().to_owned(), sort.label().to_owned())).collect();
    view! {
        <FilterBar own=&["sort"]>
            <Search label="Name, initials or email"/>
            <Pick name="state" label="Status" options=states/>
            <Pick name="sort" label="Sort" options=sorts any="Name"/>
        </FilterBar>
    }
}

fn none_shown(day: PanelDayId, total: usize) -> impl IntoView {
    let (title, text, end, label) = if total == 0 {
        ("No panelists yet", "People who accept their invitation are listed here.", "invitations", "Open invitations")
    } else {
        ("No matching people", "Change or clear the filters.", "people", "Show everyone")
    };
    view! { <section class="card"><Empty title text><a class="btn" href=format!("/days/{day}/{end}")>{label}</a></Empty></section> }
}

fn seats(seated: Vec<Panelist>, see: &Look) -> impl IntoView + use<> {
    let rows = seated.into_iter().map(|person| row(person, see)).collect_view();
    let check = see.check;
    view! {
        <section class="card">
            <table class="list compact">
                <thead>
                    <tr>
                        <th scope="col">"Panelist"</th>
                        {(!check).then(|| view! { <th scope="col">"Status"</th> })}
                        <th scope="col"><span class="row">"Quotes" <Help term="quote permission"/></span></th>
                        {check.then(|| view! { <th scope="col">"Check-in"</th> })}
                        <th scope="col"><span class="sr">"More"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// The people who wait for a seat, in their order.
fn waitlist(waiting: Vec<Panelist>, see: &Look, zone: Tz) -> impl IntoView + use<> {
    let rows = waiting
        .into_iter()
        .enumerate()
        .map(|(at, person)| {
            let (who, menu) = (who(&person, see), menu(&person, see));
            view! {
                <tr>
                    <td>{who}</td>
                    <td data-label="Place" class="n">{at + 1}</td>
                    <td data-label="Accepted">{short_date_time(person.accepted_at, zone)}</td>
                    <td>{menu}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>"Waitlist"</h2>
            <p class="dim">"The first person on the waitlist gets the next free seat and an email."</p>
            <div class="card">
                <table class="list compact">
                    <thead>
                        <tr>
                            <th scope="col">"Panelist"</th><th scope="col" class="n">"Place"</th><th scope="col">"Accepted"</th>
                            <th scope="col"><span class="sr">"More"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
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

    /// Whether a person accepted from another address than the invited one.
    fn elsewhere(&self, person: &Panelist) -> bool {
        let invited = self.0.get(&person.invitation_id).and_then(|email| EmailAddress::parse(email).ok());
        invited.is_some_and(|invited| invited.as_str() != person.email)
    }
}

fn row(person: Panelist, see: &Look) -> impl IntoView + use<> {
    let state = person.state();
    let tone = match state {
        PanelistState::CheckedIn => Tone::Good,
        PanelistState::NoShow => Tone::Bad,
        PanelistState::Withdrawn | PanelistState::Seated | PanelistState::Waiting => Tone::Plain,
    };
    let gone = is_gone(&person);
    let owes = see.owes(&person);
    let check = see.check.then(|| {
        let state = if gone || state == PanelistState::NoShow {
            view! { <StateBadge tone label=state.label()/> }.into_any()
        } else {
            toggle(&person).into_any()
        };
        view! { <td data-label="Check-in">{state}</td> }
    });
    let (who, menu) = (who(&person, see), menu(&person, see));
    view! {
        <tr class:dim=gone id=format!("person-{}", person.id)>
            <td>{who}</td>
            {(!see.check).then(|| view! { <td data-label="Status"><StateBadge tone label=state.label()/>{owes.then(|| view! { <small>"Asked whether they can still come"</small> })}</td> })}
            <td data-label="Quotes">{if person.is_erased() { "–" } else { quotes(person.quote_permission) }}</td>
            {check}
            <td>{menu}</td>
        </tr>
    }
}

/// How staff read a quote permission; its label is what the panelist chose, in the first person.
const fn quotes(permission: QuotePermission) -> &'static str {
    match permission {
        QuotePermission::None => "No quotes",
        QuotePermission::Anonymous => "Without name",
        QuotePermission::Named => "With name",
    }
}

fn is_gone(person: &Panelist) -> bool {
    person.withdrawn_at.is_some() || person.is_erased()
}

fn who(person: &Panelist, see: &Look) -> impl IntoView + use<> {
    let elsewhere = see.invited.elsewhere(person).then(|| view! { <small>"Accepted from a different address"</small> });
    view! {
        <span class="person">
            <b class="face">{person.initials.clone()}</b>
            <span>
                <strong dir="auto">{person.name.clone()}</strong>
                <small>{person.email.clone()}</small>
                {elsewhere}
            </span>
            {see.mixed.then(|| chip(Some(person.segment)))}
        </span>
    }
}

/// One button: it checks a person in, and pressed again it undoes that.
fn toggle(person: &Panelist) -> impl IntoView + use<> {
    let on = person.attended();
    let (value, label, undo) = if on { ("", "Checked in ✓", ", undo") } else { (Attendance::CheckedIn.as_str(), "Check in", "") };
    let name = format!("{label}: {}{undo}", person.name);
    view! {
        <Form act="attend" key=person.id.to_string() class="inline">
            <button type="submit" name="attendance" value=value class="check" aria-pressed=on.to_string() aria-label=name>
                {label}
            </button>
        </Form>
    }
}

/// The rare acts: no-show and its undo, withdrawal.
fn menu(person: &Panelist, see: &Look) -> impl IntoView + use<> {
    let state = person.state();
    let absent = (see.check && !is_gone(person)).then(|| {
        let (value, label) = match state {
            PanelistState::NoShow => ("", "Undo no-show"),
            PanelistState::Seated => (Attendance::NoShow.as_str(), "Mark as no-show"),
            _ => return None,
        };
        Some(view! {
            <Form act="attend" key=person.id.to_string()>
                <button type="submit" name="attendance" value=value>{label}</button>
            </Form>
        })
    });
    let absent = absent.flatten();
    let revision = see.day.revision.to_string();
    let can_come = (see.withdraw && see.owes(person)).then(|| {
        view! {
            <Form act="reconfirm" key=person.id.to_string()>
                <Hidden name="revision" value=revision/>
                <button type="submit">"Record that they can still come"</button>
            </Form>
        }
    });
    let withdraw = (see.withdraw && !is_gone(person) && state != PanelistState::CheckedIn).then(|| withdrawal(person));
    let name = person.name.clone();
    (absent.is_some() || can_come.is_some() || withdraw.is_some())
        .then(|| view! { <RowMenu of=name>{absent} {can_come} {withdraw}</RowMenu> })
}

fn withdrawal(person: &Panelist) -> impl IntoView + use<> {
    let open = refused_row("withdraw", &person.id.to_string());
    let (key, name, label) = (person.id.to_string(), person.name.clone(), format!("Withdraw {}", person.name));
    let form = view! {
        <Form act="withdraw" key=key>
            <p><bdi>{name}</bdi> " loses the seat or the place on the waitlist. A free seat goes to the first person on the waitlist."</p>
            <Field name="reason" label="Reason" hint="For example: called on Monday, is ill"/>
            <Submit label=label danger=true/>
        </Form>
    };
    if open {
        return view! { <div class="stack">{form}</div> }.into_any();
    }
    view! { <Confirm label="Withdraw panelist" danger=true>{form}</Confirm> }.into_any()
}

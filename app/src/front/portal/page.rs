//! `/portal`: day, agenda and reports. `/portal/reports/{number}`: one's own copy, with its answers. `/portal/you`: how one
//! may be quoted, email, downloading one's data, leaving.

use std::collections::HashMap;

use leptos::prelude::*;

use super::StepUpAction;
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::follow_up::report::answer_rules::{AnswerCircumstances, button, thanks};
use crate::follow_up::report::drawing::letter;
use crate::follow_up::report::reader::{self, answering, note_opening, own, own_copy};
use crate::follow_up::report::store::{self, ReplyAnswer};
use crate::follow_up::report::{AnswerKind, ReportItem, ReportReply};
use crate::kernel::address::masked;
use crate::kernel::clock::{local_day, long_date, wall_time};
use crate::kernel::error::Error;
use crate::kernel::ids::VersionId;
use crate::panel_day::session::{self, Session};
use crate::program::{self, day};
use crate::recruiting::panelist::{self, Panelist, PanelistState, QuotePermission};
use crate::ui::{Confirm, Empty, Field, Form, Hidden, Notice, Select, Submit, TextArea, Tone, param};

/// `/portal`.
pub fn start() -> impl IntoView {
    page("Your panel", Permission::SeePortal, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let me = panelist::store::find(&mut tx, own(&cx.actor)?).await?.ok_or(Error::NotFound)?;
        let day = day::store::find(&mut tx, me.panel_day_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, day.program_id).await?.ok_or(Error::NotFound)?;
        let sessions = session::store::list(&mut tx, day.id).await?;
        let reports = store::list_for(&mut tx, me.id).await?;
        let agenda = session::rules::agenda(&day, &sessions);
        let zone = agenda.zone;
        let list = reports
            .into_iter()
            .map(|(_, number, finalised_at)| {
                let on = long_date(local_day(finalised_at, zone));
                view! { <li><a href=format!("/portal/reports/{number}")>{format!("Report {number}, {on}")}</a></li> }
            })
            .collect::<Vec<_>>();
        let list = if list.is_empty() {
            view! { <Empty title="No report yet" text="After the panel you read here what was heard, and what became of it."/> }.into_any()
        } else {
            view! { <ul class="plain stack">{list}</ul> }.into_any()
        };
        let slots = agenda.sessions.iter().map(|slot| row(slot, zone)).collect::<Vec<_>>();
        let seated = matches!(me.state(), PanelistState::Seated | PanelistState::CheckedIn);
        let timetable = if slots.is_empty() {
            view! { <p class="dim">"The timetable is not there yet."</p> }.into_any()
        } else {
            view! { <ul class="plain stack">{slots}</ul> }.into_any()
        };
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <small>{program.charter.name}</small>
                    <h1 class="quote">{format!("Hello, {}.", me.name)}</h1>
                    {standing(&me)}
                </header>
                <section class="card pad stack"><h2>"Your reports"</h2>{list}</section>
                <section class="card pad stack">
                    <h2>{agenda.title}</h2>
                    <p>{format!("{}, {}", long_date(agenda.day), agenda.place)}</p>
                    {timetable}
                    <p class="dim"><small>{format!("Times are those of {}.", zone.name().replace('_', " "))}</small></p>
                    {seated.then(|| view! { <p><a href="/portal/agenda.ics">"Add it to your calendar"</a></p> })}
                </section>
                <p>{quoted(&me)} " " <a href="/portal/you">"You and your data"</a></p>
            </div>
        })
    })
}

fn row(slot: &Session, zone: chrono_tz::Tz) -> impl IntoView + use<> {
    let times = format!("{}–{}", wall_time(slot.starts_at, zone), wall_time(slot.ends_at, zone));
    let room = if slot.room.is_empty() { String::new() } else { format!(" · {}", slot.room) };
    view! { <li><strong>{slot.title.clone()}</strong><br/><small>{times} {room}</small></li> }
}

fn standing(me: &Panelist) -> impl IntoView + use<> {
    match me.state() {
        PanelistState::Seated => view! { <p>"You have a seat."</p> }.into_any(),
        PanelistState::Waiting => {
            view! { <p>"You are on the waitlist. As soon as a seat frees, you move up by yourself and we write to you."</p> }.into_any()
        }
        PanelistState::Withdrawn => view! { <Notice><p>"You have left the panel. Your page stays readable."</p></Notice> }.into_any(),
        PanelistState::CheckedIn => view! { <p>"Thank you for coming."</p> }.into_any(),
        PanelistState::NoShow => view! { <p>"We missed you on the day."</p> }.into_any(),
    }
}

fn quoted(me: &Panelist) -> &'static str {
    match me.quote_permission {
        QuotePermission::None => "Nobody quotes you.",
        QuotePermission::Anonymous => "You may be quoted without your name.",
        QuotePermission::Named => "You may be quoted with your name.",
    }
}

/// `/portal/reports/{number}`.
pub fn report() -> impl IntoView {
    let number = param::<i64>("number");
    page("Your report", Permission::SeePortal, move |cx: PageContext| async move {
        let number = number?;
        let mut tx = cx.db.read().await?;
        let (edition, unopened) = own_copy(&mut tx, &cx.actor, number).await?;
        let (known, answers) = answering(&mut tx, cx.now, &edition, own(&cx.actor)?).await?;
        drop(tx);
        if unopened {
            note_opening(&cx.db, &cx.actor, cx.now, number);
        }
        let letter = letter(&edition, &|item| ask(item, &known, &answers));
        Ok(view! {
            <div class="narrow">
                <div class="row">
                    <a href="/portal">"Your panel"</a>
                    <a class="push" href=format!("/portal/reports/{number}/pdf")>"PDF"</a>
                </div>
                {letter}
            </div>
        })
    })
}

/// "Does this answer you?" below an item's newest reply. One click answers; a remark is optional. The buttons say what they do.
fn ask(item: &ReportItem, known: &HashMap<VersionId, AnswerCircumstances>, answers: &[ReplyAnswer]) -> Option<AnyView> {
    let reply: &ReportReply = item.replies.last()?;
    let at = *known.get(&reply.version_id)?;
    let given = answers.iter().find(|answer| answer.version_id == reply.version_id).cloned();
    let question = format!("Does this answer item {}?", item.number);
    let buttons = AnswerKind::ALL
        .iter()
        .filter_map(|kind| {
            let label = button(*kind, at)?;
            let pressed = given.as_ref().is_some_and(|answer| answer.answer == *kind);
            Some(view! { <button type="submit" name="answer" value=kind.as_str() aria-pressed=if pressed { "true" } else { "false" }>{label}</button> })
        })
        .collect::<Vec<_>>();
    let thanks =
        given.as_ref().map(|answer| view! { <p class="dim" role="status"><small>{thanks(answer.answer, answer.effect)}</small></p> });
    let outdated = (!at.current && given.is_none()).then(|| {
        view! { <p class="dim"><small>"This item has a newer answer than the one in this report. The next report will include it."</small></p> }
    });
    let remark = given.map(|answer| answer.remark).unwrap_or_default();
    let item_number = item.number.to_string();
    Some(
        view! {
            <Form act="answer" key=reply.version_id.to_string() class="stack">
                <Hidden name="item" value=item_number/>
                {outdated}
                <p><small>"Does this answer you?"</small></p>
                <div class="ask" role="group" aria-label=question>{buttons}</div>
                <details class="more">
                    <summary>"Add a remark"</summary>
                    <TextArea name="remark" label="Remark" value=remark hint="Goes to the program team with your answer." rows=2/>
                </details>
                {thanks}
            </Form>
        }
        .into_any(),
    )
}

/// `/portal/you`.
pub fn you() -> impl IntoView {
    page("You and your data", Permission::SeePortal, |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let me = panelist::store::find(&mut tx, own(&cx.actor)?).await?.ok_or(Error::NotFound)?;
        let silent = reader::is_unsubscribed(&mut tx, me.id).await?;
        let permissions = QuotePermission::ALL.iter().map(|p| (p.as_str().to_owned(), p.label().to_owned())).collect();
        let email = masked(&me.email);
        let left = me.withdrawn_at.is_some();
        let subscription = silent.then(|| {
            view! {
                <section class="card pad stack">
                    <h2>"Reports by email"</h2>
                    <p>"You asked for none. They are on your page all the same."</p>
                    <Form act="subscribe"><Submit label="Send them by email again"/></Form>
                </section>
            }
        });
        let leaving = (!left).then(leave_section);
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <nav class="crumbs" aria-label="Above this page"><a href="/portal">"Your panel"</a></nav>
                    <h1>"You and your data"</h1>
                    <p class="dim">{format!("Each of these asks for a code, which we email to {email}. So nobody who finds your link can do it for you.")}</p>
                </header>
                <section class="card pad stack">
                    <h2>"How you may be quoted"</h2>
                    <p>{quoted(&me)} " A change holds for every report, also those that you have already."</p>
                    {code(StepUpAction::Permission)}
                    <Form act="permission" class="stack">
                        <Select name="permission" label="From now on" options=permissions value=me.quote_permission.as_str()/>
                        <Field name="code" label="Code from the email" autocomplete="one-time-code"/>
                        <Submit label="Save" main=true/>
                    </Form>
                </section>
                {subscription}
                <section class="card pad stack">
                    <h2>"Download your data"</h2>
                    <p>"Everything that is kept about you, as one JSON file."</p>
                    {code(StepUpAction::Download)}
                    <Form act="download" class="stack">
                        <Field name="code" label="Code from the email" autocomplete="one-time-code"/>
                        <Submit label="Download"/>
                    </Form>
                </section>
                {leaving}
                {left.then(|| view! { <Notice tone=Tone::Plain><p>"You have left the panel."</p></Notice> })}
            </div>
        })
    })
}

fn leave_section() -> impl IntoView {
    view! {
        <section class="card pad stack">
            <h2>"Leave the panel"</h2>
            <p>"Your seat goes to the next person. What you said stays in the notes, unless you ask us to erase it."</p>
            <Confirm label="I want to leave" danger=true>
                {code(StepUpAction::Leave)}
                <Form act="leave" class="stack">
                    <Field name="code" label="Code from the email" autocomplete="one-time-code"/>
                    <TextArea name="reason" label="Why (if you like)" rows=2/>
                    <Submit label="Leave the panel" danger=true/>
                </Form>
            </Confirm>
        </section>
    }
}

/// The first of two steps.
fn code(what: StepUpAction) -> impl IntoView {
    view! {
        <Form act="ask" key=what.as_str()>
            <Submit label=format!("Email me a code to {}", what.label())/>
        </Form>
    }
}

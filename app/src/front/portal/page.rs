//! `/portal`: the day, then the reports. `/portal/reports/{number}`: one's own copy, with its answers. `/portal/you`: quote permission, email,
//! downloading one's data, leaving.

use std::collections::HashMap;

use leptos::prelude::*;

use super::{StepUpAction, agenda, quote_options};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::follow_up::report::answer_rules::{AnswerCircumstances, button, thanks};
use crate::follow_up::report::drawing::document_view;
use crate::follow_up::report::reader::{self, answering, note_opening, own, own_copy};
use crate::follow_up::report::store::{self, ReplyAnswer};
use crate::follow_up::report::{AnswerKind, ReplyStatus, ReportItem, ReportReply};
use crate::kernel::address::masked;
use crate::kernel::clock::{local_day, zone_abbreviation, zone_place};
use crate::kernel::error::Error;
use crate::kernel::ids::VersionId;
use crate::kernel::locale::Locale;
use crate::panel_day::session::{self, Agenda};
use crate::program::{self, day};
use crate::recruiting::invitation::wording::day_card;
use crate::recruiting::panelist::{self, Panelist, PanelistState, QuotePermission};
use crate::t;
use crate::ui::{Confirm, Empty, Field, Form, Hidden, Notice, Select, Submit, TextArea, Tone, locale, param};

/// `/portal`.
pub fn start() -> impl IntoView {
    page(t!(locale(), "portal-page"), Permission::SeePortal, |cx: PageContext| async move {
        let locale = cx.locale;
        let mut tx = cx.db.read().await?;
        let me = panelist::store::find(&mut tx, own(&cx.actor)?).await?.ok_or(Error::NotFound)?;
        let day = day::store::find(&mut tx, me.panel_day_id).await?.ok_or(Error::NotFound)?;
        let program = program::store::find(&mut tx, day.program_id).await?.ok_or(Error::NotFound)?;
        let agenda = session::rules::agenda(&day, &session::store::list(&mut tx, day.id).await?);
        let reports = store::list_for(&mut tx, me.id).await?;
        let list = reports
            .into_iter()
            .map(|(_, number, finalised_at)| {
                let label = t!(locale, "portal-report", number = number, date = local_day(finalised_at, agenda.zone));
                view! { <li><a href=format!("/portal/reports/{number}")>{label}</a></li> }
            })
            .collect::<Vec<_>>();
        let list = if list.is_empty() {
            view! { <Empty title=t!(locale, "portal-no-report") text=t!(locale, "portal-no-report-text")/> }.into_any()
        } else {
            view! { <ul class="plain stack">{list}</ul> }.into_any()
        };
        let over = local_day(cx.now, agenda.zone) > agenda.day;
        let seated = matches!(me.state(), PanelistState::Seated | PanelistState::CheckedIn);
        let calendar = (seated && !over).then(|| {
            view! { <p><a class="btn" href="/portal/agenda.ics">{t!(locale, "portal-calendar")}</a></p> }
        });
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <small dir="auto">{program.charter.name}</small>
                    <h1 class="quote" dir="auto">{t!(locale, "portal-hello", name = &me.name)}</h1>
                    {status(locale, &me)}
                </header>
                {panelist::rules::owes_reconfirmation(&me, &day, cx.now).then(|| can_still_come(locale, day.revision))}
                <section class="stack">
                    <h2 dir="auto">{agenda.title.clone()}</h2>
                    {day_card(locale, &day, agenda::times(&agenda), None)}
                    {calendar}
                    {timetable(locale, &agenda, over)}
                </section>
                <section class="card pad stack"><h2>{t!(locale, "portal-reports")}</h2>{list}</section>
                <section class="stack">
                    <p><a href="/portal/you">{t!(locale, "portal-you")}</a></p>
                    <p class="dim">{quoted(locale, me.quote_permission)} " " {t!(locale, "portal-you-text")}</p>
                </section>
            </div>
        })
    })
}

/// The day has moved: whether the panelist can still come.
fn can_still_come(locale: Locale, revision: i64) -> impl IntoView {
    view! {
        <section class="card pad stack">
            <h2>{t!(locale, "portal-moved")}</h2>
            <p>{t!(locale, "portal-moved-text")}</p>
            <div class="row wrap">
                <Form act="reconfirm"><Hidden name="revision" value=revision.to_string()/><Submit label=t!(locale, "portal-moved-yes") main=true/></Form>
                <a class="btn" href="/portal/you#leave">{t!(locale, "portal-moved-no")}</a>
            </div>
        </section>
    }
}

/// The timetable; folded once the day is over.
fn timetable(locale: Locale, agenda: &Agenda, over: bool) -> AnyView {
    let Some((from, _)) = agenda::times(agenda) else {
        return view! { <p class="dim">{t!(locale, "portal-timetable-later")}</p> }.into_any();
    };
    let zone = t!(locale, "portal-zone", place = zone_place(agenda.zone), zone = zone_abbreviation(from, agenda.zone));
    let title = t!(locale, "portal-timetable");
    let rows = agenda::rows(agenda);
    match over {
        true => view! { <details class="card pad"><summary>{title}</summary>{rows}<small>{zone}</small></details> }.into_any(),
        false => view! { <section class="card pad stack"><h3>{title}</h3>{rows}<small>{zone}</small></section> }.into_any(),
    }
}

fn status(locale: Locale, me: &Panelist) -> impl IntoView + use<> {
    match me.state() {
        PanelistState::Seated => view! { <p>{t!(locale, "portal-seated")}</p> }.into_any(),
        PanelistState::Waiting => view! { <p>{t!(locale, "portal-waiting")}</p> }.into_any(),
        PanelistState::Withdrawn => view! { <Notice><p>{t!(locale, "portal-left")}</p></Notice> }.into_any(),
        PanelistState::CheckedIn => view! { <p>{t!(locale, "portal-came")}</p> }.into_any(),
        PanelistState::NoShow => view! { <p>{t!(locale, "portal-missed")}</p> }.into_any(),
    }
}

fn quoted(locale: Locale, permission: QuotePermission) -> String {
    match permission {
        QuotePermission::None => t!(locale, "portal-quoted-none"),
        QuotePermission::Anonymous => t!(locale, "portal-quoted-anonymous"),
        QuotePermission::Named => t!(locale, "portal-quoted-named"),
    }
}

/// `/portal/reports/{number}`.
pub fn report() -> impl IntoView {
    let number = param::<i64>("number");
    page(t!(locale(), "portal-report-page"), Permission::SeePortal, move |cx: PageContext| async move {
        let locale = cx.locale;
        let number = number?;
        let mut tx = cx.db.read().await?;
        let (edition, unopened) = own_copy(&mut tx, &cx.actor, number).await?;
        let (known, answers) = answering(&mut tx, cx.now, &edition, own(&cx.actor)?).await?;
        drop(tx);
        if unopened {
            note_opening(&cx.db, &cx.actor, cx.now, number);
        }
        let organisation = edition.document.organisation.clone();
        let document_view = document_view(&edition, &|item| ask(locale, &organisation, item, &known, &answers));
        Ok(view! {
            <div class="narrow">
                <div class="row">
                    <nav class="crumbs"><a href="/portal">{t!(locale, "portal-back")}</a></nav>
                    <a class="push" href=format!("/portal/reports/{number}/pdf")>{t!(locale, "portal-pdf")}</a>
                </div>
                {document_view}
            </div>
        })
    })
}

/// "Does this answer you?" below an item's newest reply. One click answers, and a comment is optional. Where the organisation asked a question,
/// there is a field for the answer instead.
fn ask(
    locale: Locale,
    organisation: &str,
    item: &ReportItem,
    known: &HashMap<VersionId, AnswerCircumstances>,
    answers: &[ReplyAnswer],
) -> Option<AnyView> {
    let reply: &ReportReply = item.replies.last()?;
    let at = *known.get(&reply.version_id)?;
    let given = answers.iter().find(|answer| answer.version_id == reply.version_id).cloned();
    let thanks = given
        .as_ref()
        .map(|answer| view! { <p class="dim" role="status"><small>{thanks(locale, answer.answer, answer.effect)}</small></p> });
    let outdated = (!at.current && given.is_none()).then(|| view! { <p class="dim"><small>{t!(locale, "ask-outdated")}</small></p> });
    let (key, number, organisation) = (reply.version_id.to_string(), item.number, organisation.to_owned());
    let asks_back = reply.status == ReplyStatus::Question;
    // Made inside of the form, so that its fields know what was typed.
    let parts = move || match asks_back {
        true => answer_field(locale, &organisation, given),
        false => answer_buttons(locale, number, at, given),
    };
    Some(
        view! {
            <Form act="answer" key class="stack">
                <Hidden name="item" value=number.to_string()/>
                {outdated}
                {parts()}
                {thanks}
            </Form>
        }
        .into_any(),
    )
}

fn answer_buttons(locale: Locale, number: i64, at: AnswerCircumstances, given: Option<ReplyAnswer>) -> AnyView {
    let buttons = AnswerKind::ALL
        .iter()
        .filter_map(|kind| {
            let label = button(locale, *kind, at)?;
            let pressed = given.as_ref().is_some_and(|answer| answer.answer == *kind);
            Some(view! { <button type="submit" name="answer" value=kind.as_str() aria-pressed=if pressed { "true" } else { "false" }>{label}</button> })
        })
        .collect::<Vec<_>>();
    let remark = given.map(|answer| answer.remark).unwrap_or_default();
    view! {
        <p><small>{t!(locale, "ask-title")}</small></p>
        <div class="ask" role="group" aria-label=t!(locale, "ask-group", number = number)>{buttons}</div>
        <details class="more">
            <summary>{t!(locale, "ask-remark-open")}</summary>
            <TextArea name="remark" label=t!(locale, "ask-remark") value=remark hint=t!(locale, "ask-remark-hint") rows=2/>
        </details>
    }
    .into_any()
}

fn answer_field(locale: Locale, organisation: &str, given: Option<ReplyAnswer>) -> AnyView {
    let answer = given.map(|answer| answer.remark).unwrap_or_default();
    view! {
        <p dir="auto"><small>{t!(locale, "ask-question", organisation = organisation)}</small></p>
        <TextArea name="remark" label=t!(locale, "ask-question-field") value=answer hint=t!(locale, "ask-question-hint") rows=3/>
        <button type="submit" name="answer" value=AnswerKind::Replied.as_str()>{t!(locale, "ask-question-send")}</button>
    }
    .into_any()
}

/// `/portal/you`.
pub fn you() -> impl IntoView {
    page(t!(locale(), "you-page"), Permission::SeePortal, |cx: PageContext| async move {
        let locale = cx.locale;
        let mut tx = cx.db.read().await?;
        let me = panelist::store::find(&mut tx, own(&cx.actor)?).await?.ok_or(Error::NotFound)?;
        let unsubscribed = reader::is_unsubscribed(&mut tx, me.id).await?;
        let left = me.withdrawn_at.is_some();
        let subscription = unsubscribed.then(|| {
            view! {
                <section class="card pad stack">
                    <h2>{t!(locale, "you-subscribe")}</h2>
                    <p>{t!(locale, "you-subscribe-text")}</p>
                    <Form act="subscribe"><Submit label=t!(locale, "you-subscribe-button")/></Form>
                </section>
            }
        });
        let leaving = (!left).then(|| leave_section(locale));
        Ok(view! {
            <div class="narrow stack-l">
                <header class="stack">
                    <nav class="crumbs"><a href="/portal">{t!(locale, "portal-back")}</a></nav>
                    <h1>{t!(locale, "you-page")}</h1>
                    <p class="dim">{t!(locale, "you-codes", address = masked(&me.email))}</p>
                </header>
                <section class="card pad stack">
                    <h2>{t!(locale, "you-quotes")}</h2>
                    <p>{quoted(locale, me.quote_permission)} " " {t!(locale, "you-quotes-scope")}</p>
                    {code(locale, StepUpAction::Permission)}
                    <Form act="permission" class="stack">
                        <Select name="permission" label=t!(locale, "you-quotes-field") options=quote_options(locale) value=me.quote_permission.as_str()/>
                        <Field name="code" label=t!(locale, "you-code") autocomplete="one-time-code"/>
                        <Submit label=t!(locale, "you-save") main=true/>
                    </Form>
                </section>
                {subscription}
                <section class="card pad stack">
                    <h2>{t!(locale, "you-download")}</h2>
                    <p>{t!(locale, "you-download-text")}</p>
                    {code(locale, StepUpAction::Download)}
                    <Form act="download" class="stack">
                        <Field name="code" label=t!(locale, "you-code") autocomplete="one-time-code"/>
                        <Submit label=t!(locale, "you-download-button")/>
                    </Form>
                </section>
                {leaving}
                {left.then(|| view! { <Notice tone=Tone::Plain><p>{t!(locale, "you-left")}</p></Notice> })}
            </div>
        })
    })
}

fn leave_section(locale: Locale) -> impl IntoView {
    view! {
        <section class="card pad stack" id="leave">
            <h2>{t!(locale, "you-leave")}</h2>
            <p>{t!(locale, "you-leave-text")}</p>
            <Confirm label=t!(locale, "you-leave-open") danger=true>
                {code(locale, StepUpAction::Leave)}
                <Form act="leave" class="stack">
                    <Field name="code" label=t!(locale, "you-code") autocomplete="one-time-code"/>
                    <TextArea name="reason" label=t!(locale, "you-leave-reason") rows=2/>
                    <Submit label=t!(locale, "you-leave-button") danger=true/>
                </Form>
            </Confirm>
        </section>
    }
}

/// The first of two steps.
fn code(locale: Locale, what: StepUpAction) -> impl IntoView {
    let label = match what {
        StepUpAction::Permission => t!(locale, "you-ask-permission"),
        StepUpAction::Download => t!(locale, "you-ask-download"),
        StepUpAction::Leave => t!(locale, "you-ask-leave"),
    };
    view! { <Form act="ask" key=what.as_str()><Submit label/></Form> }
}

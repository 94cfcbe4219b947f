//! `/listen/triage/{id}`: the case of one mention and its history. A short version is shown beside the mention.

use std::pin::Pin;

use std::collections::HashMap;

use chrono_tz::Tz;
use leptos::prelude::*;

use super::act::{self, list_holders, list_units};
use super::rules::{clock, in_hours};
use super::{Case, CaseState, CaseStep, store};
use crate::access::account::{self, Account, Actor, Permission, Scope};
use crate::access::page::{PageContext, page};
use crate::casework::nomination;
use crate::db::Tx;
use crate::kernel::clock::{Time, long_date, short_date_time, zone_place};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, MentionId};
use crate::listening::author::{self, Author};
use crate::listening::mention::{self, Mention};
use crate::program::day;
use crate::program::shown::crumbs;
use crate::ui::form::ErrorSummary;
use crate::ui::{
    DefList, Field, Form, Hidden, PageHead, Select, StateBadge, Submit, TextArea, Tone, capital, count, param, refused, tried,
};

pub(super) type AccountNames = HashMap<AccountId, String>;

/// Everybody's name.
pub(super) async fn names(tx: &mut Tx) -> Result<AccountNames> {
    Ok(account::store::list(tx).await?.into_iter().map(|account| (account.id, account.name)).collect())
}

/// The state of a case, in colour and word, with its clock while it is open.
pub(super) fn badge(case: &Case, now: Time) -> impl IntoView + use<> {
    let tone = match case.state {
        CaseState::New => Tone::Warn,
        CaseState::Taken | CaseState::Routed => Tone::Live,
        CaseState::Answered => Tone::Good,
        CaseState::NoAction => Tone::Plain,
    };
    view! { <StateBadge tone label=case.state.label()/> " " {clock_badge(case, now)} }
}

/// How much time an open case has left.
pub(super) fn clock_badge(case: &Case, now: Time) -> Option<impl IntoView + use<>> {
    let late = case.is_late(now);
    case.state.is_open().then(|| {
        let words = clock(case.due_at, now);
        if late { view! { <StateBadge tone=Tone::Bad label=words/> }.into_any() } else { view! { <small>{words}</small> }.into_any() }
    })
}

/// Who has it: a person, a unit, both.
pub(super) fn holder(case: &Case, names: &AccountNames) -> String {
    let person = case.taken_by.map(|id| names.get(&id).cloned().unwrap_or_else(|| "Former colleague".to_owned()));
    match (person, case.unit.clone()) {
        (Some(person), Some(unit)) => format!("{person}, {unit}"),
        (Some(person), None) => person,
        (None, Some(unit)) => unit,
        (None, None) => "Unassigned".to_owned(),
    }
}

/// The case of a mention, or the offer to open one, beside the mention.
pub fn panel(cx: PageContext, id: MentionId) -> Pin<Box<dyn Future<Output = Result<AnyView>> + Send>> {
    Box::pin(async move { beside_mention(&mut cx.db.read().await?, &cx.actor, cx.now, id).await })
}

/// What `/mentions/{id}` shows about triage.
async fn beside_mention(tx: &mut Tx, actor: &Actor, now: Time, id: MentionId) -> Result<AnyView> {
    let case = store::find(tx, id).await?;
    let may = actor.scope(Permission::AddToQueue).is_some();
    let inside = match case {
        Some(case) => {
            let names = names(tx).await?;
            let zone = day::store::find_zone(tx, case.program_id).await?;
            let facts = vec![
                ("Assigned to", if case.state.is_open() { holder(&case, &names) } else { String::new() }),
                ("Added", short_date_time(case.opened_at, zone)),
                ("Answered", case.answered_at.map(|at| short_date_time(at, zone)).unwrap_or_default()),
                ("Reason", case.reason.clone().unwrap_or_default()),
            ];
            view! {
                <p class="row wrap">{badge(&case, now)}</p>
                <DefList rows=facts/>
                <p><a href=format!("/listen/triage/{id}")>"Open case"</a></p>
            }
            .into_any()
        }
        None => view! {
            <p class="dim">"This mention is not in the queue."</p>
            {may.then(|| view! {
                <div class="row wrap">
                    <Form act="add_to_queue"><Submit label="Add to queue"/></Form>
                    <Form act="take"><Hidden name="revision" value="0"/><Submit label="Assign to me"/></Form>
                </div>
            })}
        }
        .into_any(),
    };
    Ok(view! { <section class="card pad stack"><h2>"Triage"</h2>{inside}</section> }.into_any())
}

/// `/listen/triage/{id}`.
pub fn case() -> impl IntoView {
    let id = param::<MentionId>("id");
    page("Case", Permission::SeeTriage, move |cx: PageContext| async move {
        let id = id?;
        let mut tx = cx.db.read().await?;
        let case = act::find(&mut tx, &cx.actor, id).await?;
        let mention = mention::store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let author = author::store::find(&mut tx, mention.author_id).await?.ok_or(Error::NotFound)?;
        let steps = store::list_steps(&mut tx, id).await?;
        let nominators = nomination::store::count_nominators(&mut tx, id).await?;
        let names = names(&mut tx).await?;
        let zone = day::store::find_zone(&mut tx, case.program_id).await?;
        let may = cx.actor.scope(Permission::Triage).is_some();
        let acts = match may {
            true => {
                let hours = store::find_hours(&mut tx, case.program_id).await?;
                Some(acts(&case, &cx.actor, list_holders(&mut tx, &case).await?, list_units(&mut tx).await?, (hours, nominators > 0), zone))
            }
            false => None,
        };
        let listens = cx.actor.scope(Permission::SeeListening).is_some();
        let facts = facts(&case, &names, nominators, zone);
        let lost = lost_conflict(&case);
        let crumbs = crumbs(&mut tx, case.program_id, &[("/listen/triage", "Triage")]).await?;
        let (free, revision) = (may && case.state.is_open() && case.taken_by.is_none(), case.revision.to_string());
        Ok(view! {
            <PageHead title="Case" crumbs>
                {free.then(|| view! {
                    <Form act="take"><Hidden name="revision" value=revision/><Submit label="Assign to me" main=true/></Form>
                })}
            </PageHead>
            {lost}
            <div class="side">
                <div class="stack">
                    {mention_card(&case, &mention, &author, listens)}
                    {acts}
                </div>
                <aside class="stack">
                    <section class="card pad stack">
                        <p class="row wrap">{badge(&case, cx.now)}</p>
                        <DefList rows=facts/>
                    </section>
                    <section class="card pad stack">
                        <h2>"History"</h2>
                        <ol class="trail">{steps.into_iter().map(|step| step_row(step, &names, zone)).collect_view()}</ol>
                    </section>
                </aside>
            </div>
        }
        .into_any())
    })
}

/// The mention in its author's words, with links to the post and to the answer.
fn mention_card(case: &Case, mention: &Mention, author: &Author, listens: bool) -> impl IntoView + use<> {
    let original = mention.url.clone().filter(|url| is_web(url));
    let answer = case.answer_url.clone().filter(|url| is_web(url));
    let details = listens.then(|| format!("/mentions/{}", mention.id));
    view! {
        <section class="card pad stack">
            <p class="quote" dir="auto">{mention.text.clone()}</p>
            <p class="dim" dir="auto">{author.shown()} " · " {author::network_label(&mention.network)} " · " {long_date(mention.day)}</p>
            <p class="row wrap">
                {original.map(|url| view! { <a href=url rel="noopener noreferrer nofollow" target="_blank">"Original post"</a> })}
                {answer.map(|url| view! { <a href=url rel="noopener noreferrer nofollow" target="_blank">"View answer"</a> })}
                {details.map(|to| view! { <a href=to>"Mention details"</a> })}
            </p>
        </section>
    }
}

fn facts(case: &Case, names: &AccountNames, nominators: i64, zone: Tz) -> Vec<(&'static str, String)> {
    let moment = |at: Time| short_date_time(at, zone);
    vec![
        ("Assigned to", if case.state.is_open() { holder(case, names) } else { String::new() }),
        ("Added", moment(case.opened_at)),
        ("Due", if case.state.is_open() { moment(case.due_at) } else { String::new() }),
        ("Nominated by", if nominators > 0 { count(nominators, "employee", "employees") } else { String::new() }),
        ("First assigned", case.taken_at.map(moment).unwrap_or_default()),
        ("Routed to", case.unit.clone().unwrap_or_default()),
        ("Answered", case.answered_at.map(moment).unwrap_or_default()),
        ("Reason", case.reason.clone().unwrap_or_default()),
    ]
}

/// Whether a link may be followed: an export may hold anything.
pub(crate) fn is_web(url: &str) -> bool {
    crate::kernel::address::web(url).is_some()
}

/// The reason for a refusal, where its form is no longer shown.
fn lost_conflict(case: &Case) -> Option<impl IntoView + use<>> {
    let tried = tried()?;
    let there = match tried.fields.text("act") {
        "take" => case.taken_by.is_none() && case.state.is_open(),
        "reopen" => !case.state.is_open(),
        _ => case.state.is_open(),
    };
    (!there).then(|| view! { <ErrorSummary mistakes=tried.lines()/> })
}

/// What can be done with it now.
fn acts(case: &Case, actor: &Actor, holders: Vec<Account>, units: Vec<String>, (hours, nominated): (i64, bool), zone: Tz) -> AnyView {
    let revision = case.revision;
    let seen = move || view! { <Hidden name="revision" value=revision.to_string()/> };
    if !case.state.is_open() {
        return reopen_form(revision, hours);
    }
    let others: Vec<(String, String)> = [(String::new(), "Choose a person".to_owned())]
        .into_iter()
        .chain(holders.into_iter().filter(|account| case.taken_by != Some(account.id)).map(|account| {
            let unit = account.unit.map(|unit| format!(", {unit}")).unwrap_or_default();
            (account.id.to_string(), format!("{}{unit}", account.name))
        }))
        .collect();
    let may_add = actor.scope(Permission::ManageAccounts) == Some(Scope::All);
    let free = case.taken_by.is_none();
    let route = route_form(case, units, may_add);
    view! {
        <details class="card pad" open=!free || refused("answer")>
            <summary>"Record the answer"</summary>
            <Form act="answer">
                {seen()}
                <Field name="link" label="Link to the public answer" kind="url" hint="Copy it from the address bar of your browser."/>
                <Field name="at" label="Answered at (optional)" kind="datetime-local" hint=format!("Local time in {}. Leave empty if it was answered just now.", zone_place(zone))/>
                <Submit label="Close with answer" main=!free/>
            </Form>
        </details>
        <Unfolds act="route" label="Route to a unit">
            {route}
        </Unfolds>
        <Unfolds act="hand_over" label="Assign to someone else">
            <Form act="hand_over">
                {seen()}
                <Select name="to" label="Person" options=others/>
                <TextArea name="note" label="Note (optional)" hint="What has been done so far." rows=2/>
                <Submit label="Assign" main=true/>
            </Form>
        </Unfolds>
        <Unfolds act="no_action" label="Close without answer">
            <Form act="no_action">
                {seen()}
                <TextArea name="reason" label="Reason" hint=if nominated { "The people who nominated this mention will read it." } else { "" } rows=2/>
                <Submit label="Close case"/>
            </Form>
        </Unfolds>
    }
    .into_any()
}

/// Opens a closed case again.
fn reopen_form(revision: i64, hours: i64) -> AnyView {
    let seen = view! { <Hidden name="revision" value=revision.to_string()/> };
    view! {
        <Unfolds act="reopen" label="Reopen">
            <Form act="reopen">
                {seen}
                <TextArea name="reason" label="Reason" hint=format!("The case is assigned to you, with {} to answer.", in_hours(hours)) rows=2/>
                <Submit label="Reopen case" main=true/>
            </Form>
        </Unfolds>
    }
    .into_any()
}

/// Routes a case to another unit, where there is one.
fn route_form(case: &Case, units: Vec<String>, may_add: bool) -> AnyView {
    if units.is_empty() {
        return view! {
            <p>"There is no responder yet. Responders answer for a business unit."</p>
            {may_add.then(|| view! { <p><a class="btn" href="/accounts">"Add a responder"</a></p> })}
        }
        .into_any();
    }
    let revision = case.revision.to_string();
    let elsewhere: Vec<(String, String)> = [(String::new(), "Choose a unit".to_owned())]
        .into_iter()
        .chain(units.into_iter().filter(|unit| case.unit.as_ref() != Some(unit)).map(|unit| (unit.clone(), unit)))
        .collect();
    view! {
        <Form act="route">
            <Hidden name="revision" value=revision/>
            <Select name="unit" label="Unit" options=elsewhere hint="Its responders can answer the mention. The time left stays the same."/>
            <TextArea name="note" label="Note (optional)" hint="What they should know." rows=2/>
            <Submit label="Route to unit" main=true/>
        </Form>
    }
    .into_any()
}

/// A closed form, which opens when it was refused.
#[component]
fn Unfolds(act: &'static str, #[prop(into)] label: String, children: Children) -> impl IntoView {
    let open = refused(act);
    view! {
        <details class="card pad" open=open>
            <summary>{label}</summary>
            <div class="stack">{children()}</div>
        </details>
    }
}

fn step_row(step: CaseStep, names: &AccountNames, zone: Tz) -> impl IntoView + use<> {
    let name = |id: Option<AccountId>| id.and_then(|id| names.get(&id).cloned());
    let by = name(step.by_account).map(|name| format!(" by {name}")).unwrap_or_default();
    let to = name(step.to_account).or(step.unit).map(|to| format!(" to {to}")).unwrap_or_default();
    let text = step.text.map(|text| match is_web(&text) {
        true => view! { <p><a href=text.clone() rel="noopener noreferrer nofollow" target="_blank">{text.clone()}</a></p> }.into_any(),
        false => view! { <p dir="auto">{text}</p> }.into_any(),
    });
    view! {
        <li class="done" dir="auto">
            <strong>{capital(step.kind.label())}{to}</strong> {by}
            <br/>
            <time>{short_date_time(step.at, zone)}</time>
            {text}
        </li>
    }
}

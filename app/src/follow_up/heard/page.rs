//! `/heard/{id}`: one item, its sources, its answer and what to do next. `/item`: the same for an owner without an account.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::recipient::organisation;
use super::{Heard, HeardEvent, HeardState, SourceNote, act, rules, store};
use crate::access::account::{self, Account, Actor, Permission, Role};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::follow_up::board::{self, FollowUpRow};
use crate::follow_up::response::{self, ResponseVersion, form, page as response_page};
use crate::kernel::clock::short_date_time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::HeardId;
use crate::t;
use crate::ui::{Confirm, Field, Form, Hidden, Notice, PageHead, Select, Submit, TextArea, Tone, locale, param, quoted};
use crate::{follow_up::report, panel_day::note};

/// `/heard/{id}`.
pub fn item() -> impl IntoView {
    let id = param::<HeardId>("id");
    page("Heard item", Permission::SeeHeard, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let item = act::reach(&mut tx, &cx.actor, Permission::SeeHeard, id?).await?;
        let organisation = organisation(&mut tx, &item).await?;
        let sources = store::list_sources(&mut tx, item.id).await?;
        let events = store::list_events(&mut tx, item.id).await?;
        let versions = response::store::list(&mut tx, item.id).await?;
        let merged = store::list_merged(&mut tx, item.id).await?;
        let similar = similar(&mut tx, &cx.actor, &item).await?;
        let accounts = account::store::list(&mut tx).await?;
        let reopenings = reopenings(&item, events, &accounts);
        let survivor = match item.merged_into {
            Some(_) => store::find_survivor(&mut tx, item.id).await?,
            None => None,
        };
        let line = board::find(&mut tx, item, cx.now).await?;
        let disputes = report::page::disputes(&mut tx, &line).await?;
        let may = |permission| cx.actor.scope(permission).is_some();
        let alive = rules::check_alive(&line.item).is_ok();
        let steps = (alive && line.item.state() == HeardState::Open).then(|| form::next_steps(&cx.actor, &organisation, &line));
        let trail = may(Permission::SeeTrail)
            .then(|| view! { <a class="btn" href=format!("/evidence-trail/heard/{}", line.item.id)>"Walk the trail"</a> });
        let title = format!("Item {}", line.item.number);
        let day = line.day.clone();
        let zone = day.zone();
        Ok(view! {
            <PageHead title crumbs=vec![("/heard".into(), "What we heard".into()), (format!("/days/{}{}", day.id, if may(Permission::EditHeard) { "/heard" } else { "" }), day.title)]>{trail}</PageHead>
            {ended(&line.item, survivor)}
            <div class="two">
                <div class="stack-l">
                    <section class="card">{response_page::signature(&organisation, &line, cx.now, 2)}</section>
                    {reopened(reopenings, zone)}
                    {disputes}
                    {steps}
                    {history(versions, zone)}
                </div>
                <div class="stack-l">
                    {(alive && may(Permission::EditHeard)).then(|| wording(&line.item))}
                    {(alive && may(Permission::AssignItem) && line.item.state() == HeardState::Open).then(|| owner(&line, accounts))}
                    {evidence(&line.item, sources, alive && may(Permission::EditHeard), may(Permission::SeeNotes))}
                    {(alive && may(Permission::EditHeard)).then(|| merging(&line.item, similar))}
                    {absorbed(merged)}
                    {(alive && line.published.is_some() && !line.reopened && may(Permission::ReopenItem)).then(|| reopening(&line.item))}
                    {(alive && line.published.is_none() && may(Permission::EditHeard)).then(|| withdrawing(&line.item))}
                </div>
            </div>
        })
    })
}

/// `/item`: what an owner without an account sees.
pub fn owned() -> impl IntoView {
    page(t!(locale(), "item-page"), Permission::SeeOwnItem, |cx: PageContext| async move {
        let Actor::Link { subject, .. } = cx.actor else { return Err(Error::NotFound) };
        let mut tx = cx.db.read().await?;
        let item = act::reach(&mut tx, &cx.actor, Permission::SeeOwnItem, HeardId(subject)).await?;
        let organisation = organisation(&mut tx, &item).await?;
        let sources = store::list_sources(&mut tx, item.id).await?;
        let events = store::list_events(&mut tx, item.id).await?;
        let reopenings = reopenings(&item, events, &account::store::list(&mut tx).await?);
        let line = board::find(&mut tx, item, cx.now).await?;
        let open = line.item.state() == HeardState::Open;
        let quotes = sources
            .into_iter()
            .filter(|source| source.kind == note::NoteKind::Quote)
            .map(|source| view! { <li><q class="quote" dir="auto">{source.text}</q></li> })
            .collect::<Vec<_>>();
        let quotes = (!quotes.is_empty())
            .then(|| view! { <section class="card pad stack"><h2>{t!(cx.locale, "item-quotes")}</h2><ul class="plain stack">{quotes}</ul></section> });
        Ok(view! {
            <PageHead title=t!(cx.locale, "item-page") sub=t!(cx.locale, "item-sub", day = &line.day.title, date = line.day.day)/>
            {ended(&line.item, None)}
            <div class="narrow stack-l">
                <section class="card">{response_page::signature(&organisation, &line, cx.now, 2)}</section>
                {reopened(reopenings, line.day.zone())}
                {quotes}
                {open.then(|| form::next_steps(&cx.actor, &organisation, &line))}
            </div>
        })
    })
}

/// Living items of the program that say much the same, for whoever may merge.
async fn similar(tx: &mut Tx, actor: &Actor, item: &Heard) -> Result<Vec<Heard>> {
    if actor.scope(Permission::EditHeard).is_none() {
        return Ok(Vec::new());
    }
    let others = store::list_others(tx, item).await?;
    Ok(rules::similar(&item.text, &others).into_iter().take(5).map(|(other, _)| other.clone()).collect())
}

fn ended(item: &Heard, survivor: Option<Heard>) -> impl IntoView + use<> {
    match (item.state(), survivor) {
        (HeardState::Merged, Some(survivor)) => Some(
            view! {
                <Notice>
                    <p>"This item was merged into " <a href=format!("/heard/{}", survivor.id)>{format!("item {}: {}", survivor.number, survivor.text)}</a></p>
                </Notice>
            }
            .into_any(),
        ),
        (HeardState::Merged, None) => Some(view! { <Notice><p>"This item was merged into another."</p></Notice> }.into_any()),
        (HeardState::Withdrawn, _) => {
            let reason = item.withdrawn_reason.as_deref().and_then(quoted).map_or_else(|| ".".to_owned(), |reason| format!(": {reason}"));
            Some(view! { <Notice><p>{format!("This item was withdrawn{reason}")}</p></Notice> }.into_any())
        }
        _ => None,
    }
}

/// What happened to an item, each with a sentence on who was notified.
fn reopenings(item: &Heard, events: Vec<HeardEvent>, accounts: &[Account]) -> Vec<(HeardEvent, Option<String>)> {
    let with_words = |event: HeardEvent| {
        let name = match event.notified_account {
            Some(id) => accounts.iter().find(|account| account.id == id).map(|account| account.name.as_str()),
            // An owner without an account: known for as long as the item was not given to somebody else.
            None => item.owner_name.as_deref().filter(|_| item.owner_account.is_none() && item.owned_at.is_some_and(|at| at <= event.at)),
        };
        let words = event.notified.map(|notified| rules::notified_words(notified, name));
        (event, words)
    };
    events.into_iter().map(with_words).collect()
}

fn reopened(reopenings: Vec<(HeardEvent, Option<String>)>, zone: Tz) -> impl IntoView {
    let rows = reopenings
        .into_iter()
        .map(|(event, words)| {
            let who = if event.panelist_id.is_some() { "A panelist" } else { "The program" };
            let reason = quoted(&event.reason).map_or_else(|| ", without a remark.".to_owned(), |reason| format!(": {reason}"));
            view! { <p>{format!("{who} reopened this on {}{reason}", short_date_time(event.at, zone))} {words.map(|words| format!(" {words}"))}</p> }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <Notice tone=Tone::Bad>{rows}</Notice> })
}

fn history(versions: Vec<ResponseVersion>, zone: Tz) -> impl IntoView {
    let published = versions.iter().filter(|version| version.published_at.is_some()).count();
    (published > 1).then(
        || view! { <section class="card pad stack"><h2>"How the answer changed"</h2>{response_page::history(versions, zone)}</section> },
    )
}

fn wording(item: &Heard) -> impl IntoView + use<> {
    let draft = item.state() == HeardState::Draft;
    let open = draft.then(|| {
        let revision = item.revision.to_string();
        view! { <Form act="open"><Hidden name="revision" value=revision/><Submit label="Open the item" main=true/></Form> }
    });
    let (revision, text, topic) = (item.revision.to_string(), item.text.clone(), item.topic.clone().unwrap_or_default());
    view! {
        <section class="card pad stack">
            <h2>"Words"</h2>
            <Form act="word" class="stack">
                <Hidden name="revision" value=revision/>
                <TextArea name="text" label="We heard" value=text serif=true rows=3/>
                <Field name="topic" label="Topic" value=topic/>
                <Submit label="Save the words"/>
            </Form>
            {open}
        </section>
    }
}

fn owner(line: &FollowUpRow, accounts: Vec<Account>) -> impl IntoView + use<> {
    let item = &line.item;
    let options: Vec<(String, String)> = std::iter::once((String::new(), "Somebody without an account".to_owned()))
        .chain(
            accounts
                .into_iter()
                .filter(|account| {
                    account.closed_at.is_none() && matches!(account.role, Role::Responder | Role::Staff | Role::Administrator)
                })
                .map(|account| {
                    (
                        account.id.to_string(),
                        format!("{}{}", account.name, account.unit.map(|unit| format!(", {unit}")).unwrap_or_default()),
                    )
                }),
        )
        .collect();
    let revision = item.revision.to_string();
    let chosen = item.owner_account.map(|id| id.to_string()).unwrap_or_default();
    let guest = item.owner_account.is_none();
    let (name, email) = if guest { (item.owner_name.clone(), item.owner_email.clone()) } else { (None, None) };
    let unit = if guest { item.owner_unit.clone() } else { None };
    let now = match (item.owner(), line.owner()) {
        (Some(owner), _) => Some(view! { <p>"Now: " <strong>{owner}</strong></p> }.into_any()),
        (None, Some(keeper)) => {
            let words = format!(
                "{keeper} keeps the promise, but the item has no owner. If a panelist says that the promise is not enough, or too late, or the \
                 item is reopened, the person who published the answer is notified by email."
            );
            Some(view! { <p>{words}</p> }.into_any())
        }
        (None, None) => None,
    };
    view! {
        <section class="card pad stack">
            <h2>"Owner"</h2>
            {now}
            <Form act="assign" class="stack">
                <Hidden name="revision" value=revision/>
                <Select name="owner" label="Who answers" options value=chosen/>
                <div class="cols-2">
                    <Field name="name" label="Name" value=name.unwrap_or_default() hint="Without an account."/>
                    <Field name="unit" label="Unit" value=unit.unwrap_or_default()/>
                </div>
                <Field name="email" label="Email address" kind="email" value=email.unwrap_or_default() hint="They get a link to this one item. Publishing stays with you."/>
                <TextArea name="message" label="A word to them" rows=2/>
                <Submit label="Ask for an answer"/>
            </Form>
        </section>
    }
}

fn evidence(item: &Heard, sources: Vec<SourceNote>, may_edit: bool, may_read: bool) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    let only = sources.len() == 1;
    let rows = sources
        .into_iter()
        .map(|source| {
            let quote = source.kind == note::NoteKind::Quote;
            let remove = (may_edit && !only).then(|| {
                let (key, revision) = (source.note_id.to_string(), revision.clone());
                view! { <Form act="detach" key=key><Hidden name="revision" value=revision/><Submit label="Take off"/></Form> }
            });
            let session = match may_read {
                true => view! { <a href=format!("/sessions/{}", source.session_id)>{source.session_title}</a> }.into_any(),
                false => source.session_title.into_any(),
            };
            view! {
                <li>
                    <span class:quote=quote>{source.text}</span>
                    <small>{format!(" {} · {} · ", source.speaker, source.kind)} {session}</small>
                    {remove}
                </li>
            }
        })
        .collect_view();
    view! { <section class="card pad stack"><h2>"Heard in"</h2><ul class="plain stack">{rows}</ul></section> }
}

fn merging(item: &Heard, similar: Vec<Heard>) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    let rows = similar
        .into_iter()
        .map(|other| {
            let (key, revision, into) = (other.id.to_string(), revision.clone(), other.revision.to_string());
            view! {
                <li class="row">
                    <span><a class="quote" href=format!("/heard/{}", other.id)>{other.text.clone()}</a> <small>{format!("item {}", other.number)}</small></span>
                    <span class="push">
                        <Form act="merge" key=key>
                            <Hidden name="revision" value=revision/>
                            <Hidden name="into_revision" value=into/>
                            <Submit label=format!("Merge into {}", other.number)/>
                        </Form>
                    </span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card pad stack">
                <h2>"Says much the same"</h2>
                <p class="dim">"The other item keeps its words and takes over these notes; people are counted once."</p>
                <ul class="plain stack">{rows}</ul>
            </section>
        }
    })
}

fn absorbed(merged: Vec<Heard>) -> impl IntoView {
    let rows = merged
        .into_iter()
        .map(|item| view! { <li><a href=format!("/heard/{}", item.id)>{format!("Item {}: {}", item.number, item.text)}</a></li> })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <section class="card pad stack"><h2>"Merged into this"</h2><ul class="plain">{rows}</ul></section> })
}

fn reopening(item: &Heard) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    view! {
        <section class="card pad">
            <Confirm label="Reopen">
                <Form act="reopen" class="stack">
                    <Hidden name="revision" value=revision/>
                    <TextArea name="reason" label="What did not hold?" rows=2/>
                    <Submit label="Reopen the item"/>
                </Form>
            </Confirm>
        </section>
    }
}

fn withdrawing(item: &Heard) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    view! {
        <section class="card pad">
            <Confirm label="Withdraw this item" danger=true>
                <Form act="withdraw" class="stack">
                    <Hidden name="revision" value=revision/>
                    <TextArea name="reason" label="Why" rows=2/>
                    <Submit label="Withdraw the item" danger=true/>
                </Form>
            </Confirm>
        </section>
    }
}

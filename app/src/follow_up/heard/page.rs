//! `/heard/{id}`: one item, with its answer, wording, owner, sources and history as tabs. `/item`: the same for an owner without an account.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::history::timeline;
use super::recipient::organisation;
use super::{Heard, HeardEvent, HeardState, act, rules, sources, store};
use crate::access::account::{self, Account, Actor, Permission, Role};
use crate::access::page::{PageContext, page};
use crate::db::Tx;
use crate::follow_up::board::{self, FollowUpRow};
use crate::follow_up::response::form::{self, FormPlace};
use crate::follow_up::response::page as response_page;
use crate::kernel::clock::{local_day, short_date_time};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::HeardId;
use crate::kernel::locale::Locale;
use crate::program::day;
use crate::t;
use crate::ui::{
    Confirm, Field, Form, Hidden, Notice, PageHead, Select, Submit, Tabs, TextArea, Tone, locale, param, query, quoted, refused, tried,
};
use crate::{follow_up::report, panel_day::note};

text_enum! {
    /// A part of the item's page: `?tab=`.
    enum ItemTab {
        Answer = "answer", "Answer";
        Wording = "wording", "Wording";
        Owner = "owner", "Owner";
        Sources = "sources", "Sources";
        History = "history", "History";
    }
}

impl ItemTab {
    /// The tabs that an actor can use.
    fn of(actor: &Actor, item: &Heard) -> Vec<Self> {
        let may = |permission| actor.scope(permission).is_some();
        let alive = rules::check_alive(item).is_ok();
        let usable = |tab: &Self| match tab {
            Self::Answer | Self::Sources | Self::History => true,
            Self::Wording => alive && may(Permission::EditHeard),
            Self::Owner => item.state() == HeardState::Open && may(Permission::AssignItem),
        };
        Self::ALL.iter().copied().filter(usable).collect()
    }

    /// The tab that is asked for. The form that was just refused comes first: its mistakes are on its own tab.
    fn chosen(actor: &Actor, item: &Heard) -> Self {
        let refused = tried().and_then(|tried| match tried.fields.text("act") {
            "word" | "withdraw" => Some(Self::Wording),
            "assign" => Some(Self::Owner),
            "detach" | "merge" => Some(Self::Sources),
            "open" => None,
            _ => Some(Self::Answer),
        });
        let first = if item.state() == HeardState::Draft { Self::Wording } else { Self::Answer };
        let usable = Self::of(actor, item);
        let asked = refused.or_else(|| query("tab").and_then(|tab| tab.parse().ok())).unwrap_or(first);
        if usable.contains(&asked) { asked } else { Self::Answer }
    }
}

/// `/heard/{id}`.
pub fn item() -> impl IntoView {
    let id = param::<HeardId>("id");
    page("Heard item", Permission::SeeHeard, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let item = act::reach(&mut tx, &cx.actor, Permission::SeeHeard, id?).await?;
        let organisation = organisation(&mut tx, &item).await?;
        let survivor = match item.merged_into {
            Some(_) => store::find_survivor(&mut tx, item.id).await?,
            None => None,
        };
        let tab = ItemTab::chosen(&cx.actor, &item);
        let line = board::find(&mut tx, item, cx.now).await?;
        let path = format!("/heard/{}", line.item.id);
        let address = |tab: ItemTab| format!("{path}?tab={}", tab.as_str());
        let tabs = ItemTab::of(&cx.actor, &line.item)
            .into_iter()
            .map(|tab| (address(tab), tab.label().to_owned(), (tab == ItemTab::Sources).then_some(line.support.notes)))
            .collect();
        let primary = primary(&cx.actor, &line, tab);
        let shown = match tab {
            ItemTab::Answer => answer_tab(&mut tx, &cx.actor, &organisation, &line, primary.is_some()).await?,
            ItemTab::Wording => wording_tab(&line),
            ItemTab::Owner => owner_tab(&line, account::store::list(&mut tx).await?, primary.is_some()),
            ItemTab::Sources => sources::tab(&mut tx, &cx.actor, &line.item).await?,
            ItemTab::History => timeline(&mut tx, &line).await?,
        };
        let may = |permission| cx.actor.scope(permission).is_some();
        let trail = may(Permission::SeeTrail)
            .then(|| view! { <a class="btn" href=format!("/evidence-trail/heard/{}", line.item.id)>"Evidence trail"</a> });
        let mut crumbs = day::crumbs::through(&mut tx, &line.day).await?;
        crumbs.push((format!("/heard?day={}", line.day.id), "Follow-up board".to_owned()));
        Ok(view! {
            <PageHead title=format!("Item {}", line.item.number) crumbs=crumbs>{trail} {primary}</PageHead>
            {ended(&line.item, survivor)}
            <section class="card item-head">{response_page::signature(&organisation, &line, cx.now, 2, String::new())}</section>
            <Tabs label="Parts of this item" current=address(tab) tabs/>
            <div class="stack-l">{shown}</div>
        })
    })
}

/// What this actor should do next, at the top right of every tab.
fn primary(actor: &Actor, line: &FollowUpRow, tab: ItemTab) -> Option<AnyView> {
    let item = &line.item;
    match item.state() {
        HeardState::Draft if actor.scope(Permission::EditHeard).is_some() => {
            let revision = item.revision.to_string();
            Some(
                view! { <Form act="open"><Hidden name="revision" value=revision/><Submit label="Publish to board" main=true/></Form> }
                    .into_any(),
            )
        }
        HeardState::Open => form::decision(actor, line).or_else(|| {
            let asks = item.owner_name.is_none() && line.published.is_none() && line.waiting.is_none();
            let to = format!("/heard/{}?tab=owner", item.id);
            (asks && tab != ItemTab::Owner && actor.scope(Permission::AssignItem).is_some())
                .then(|| view! { <a class="btn btn-1" href=to>"Assign owner"</a> }.into_any())
        }),
        _ => None,
    }
}

async fn answer_tab(tx: &mut Tx, actor: &Actor, organisation: &str, line: &FollowUpRow, has_primary: bool) -> Result<AnyView> {
    let events = store::list_events(tx, line.item.id).await?;
    let reopenings = reopenings(&line.item, events, &account::store::list(tx).await?);
    let disputes = report::page::disputes(tx, line).await?;
    let open = line.item.state() == HeardState::Open;
    let steps = open.then(|| form::next_steps(actor, organisation, line, FormPlace::Item { has_primary }));
    let draft = (line.item.state() == HeardState::Draft)
        .then(|| view! { <p class="dim">"This item is a draft. Publish it to the board before you answer it."</p> });
    let reopening = (open && line.published.is_some() && !line.reopened && actor.scope(Permission::ReopenItem).is_some())
        .then(|| reopening(&line.item));
    Ok(view! {
        {reopened(reopenings, line.day.zone())}
        {disputes}
        {draft}
        {steps}
        {reopening}
    }
    .into_any())
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
            {ended_for_owner(cx.locale, &line.item)}
            <div class="narrow stack-l">
                <section class="card">{response_page::guest_signature(&organisation, &line)}</section>
                {reopened_for_owner(cx.locale, &events, line.day.zone())}
                {quotes}
                {open.then(|| form::next_steps(&cx.actor, &organisation, &line, FormPlace::Owner))}
            </div>
        })
    })
}

/// That an item no longer waits for its owner, and why.
fn ended_for_owner(locale: Locale, item: &Heard) -> Option<impl IntoView + use<>> {
    let words = match (item.state(), item.withdrawn_reason.as_deref().map(str::trim)) {
        (HeardState::Merged, _) => t!(locale, "item-merged"),
        (HeardState::Withdrawn, None | Some("")) => t!(locale, "item-withdrawn"),
        (HeardState::Withdrawn, Some(reason)) => t!(locale, "item-withdrawn-reason", reason = reason),
        (HeardState::Draft | HeardState::Open, _) => return None,
    };
    Some(view! { <Notice><p dir="auto">{words}</p></Notice> })
}

/// Each reopening, for an owner without an account: when, by whom, and why.
fn reopened_for_owner(locale: Locale, events: &[HeardEvent], zone: Tz) -> Option<impl IntoView + use<>> {
    let rows = events
        .iter()
        .map(|event| {
            let date = local_day(event.at, zone);
            let words = match (event.panelist_id.is_some(), event.reason.trim()) {
                (true, "") => t!(locale, "item-reopened-panelist", date = date),
                (true, reason) => t!(locale, "item-reopened-panelist-reason", date = date, reason = reason),
                (false, "") => t!(locale, "item-reopened-team", date = date),
                (false, reason) => t!(locale, "item-reopened-team-reason", date = date, reason = reason),
            };
            view! { <p dir="auto">{words}</p> }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <Notice tone=Tone::Bad>{rows}</Notice> })
}

fn ended(item: &Heard, survivor: Option<Heard>) -> impl IntoView + use<> {
    match (item.state(), survivor) {
        (HeardState::Merged, Some(survivor)) => Some(
            view! {
                <Notice>
                    <p>"This item was merged into " <a href=format!("/heard/{}", survivor.id) dir="auto">{format!("item {}: {}", survivor.number, survivor.text)}</a></p>
                </Notice>
            }
            .into_any(),
        ),
        (HeardState::Merged, None) => Some(view! { <Notice><p>"This item was merged into another item."</p></Notice> }.into_any()),
        (HeardState::Withdrawn, _) => {
            let reason = item.withdrawn_reason.as_deref().and_then(quoted).map_or_else(|| ".".to_owned(), |reason| format!(": {reason}"));
            Some(view! { <Notice><p dir="auto">{format!("This item was withdrawn{reason}")}</p></Notice> }.into_any())
        }
        _ => None,
    }
}

/// The reopenings of an item, each with a sentence on who was notified.
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
            let who = if event.panelist_id.is_some() { "A panelist" } else { "The program team" };
            let reason = quoted(&event.reason).map_or_else(|| ", without a comment.".to_owned(), |reason| format!(": {reason}"));
            view! { <p dir="auto">{format!("{who} reopened this on {}{reason}", short_date_time(event.at, zone))} {words.map(|words| format!(" {words}"))}</p> }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <Notice tone=Tone::Bad>{rows}</Notice> })
}

fn wording_tab(line: &FollowUpRow) -> AnyView {
    let item = &line.item;
    let (revision, text, topic) = (item.revision.to_string(), item.text.clone(), item.topic.clone().unwrap_or_default());
    let withdrawing = line.published.is_none().then(|| withdrawing(item));
    view! {
        <section class="card pad">
            <Form act="word" class="stack">
                <Hidden name="revision" value=revision/>
                <TextArea name="text" label="We heard" value=text serif=true rows=3 hint="One sentence, in the panel’s own words. Final reports keep their wording."/>
                <Field name="topic" label="Topic (optional)" value=topic/>
                <Submit label="Save wording"/>
            </Form>
        </section>
        {withdrawing}
    }
    .into_any()
}

/// (value, label) of everyone who can own an item.
fn owners(accounts: Vec<Account>) -> Vec<(String, String)> {
    let may_own =
        |account: &Account| account.closed_at.is_none() && matches!(account.role, Role::Responder | Role::Staff | Role::Administrator);
    let unit = |account: &Account| account.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
    std::iter::once((String::new(), "A person without an account".to_owned()))
        .chain(accounts.into_iter().filter(may_own).map(|account| (account.id.to_string(), format!("{}{}", account.name, unit(&account)))))
        .collect()
}

fn owner_tab(line: &FollowUpRow, accounts: Vec<Account>, has_primary: bool) -> AnyView {
    let item = &line.item;
    let options = owners(accounts);
    let revision = item.revision.to_string();
    let chosen = item.owner_account.map(|id| id.to_string()).unwrap_or_default();
    let guest = item.owner_account.is_none();
    let stored = |value: &Option<String>| value.clone().filter(|_| guest).unwrap_or_default();
    let (name, email, unit) = (stored(&item.owner_name), stored(&item.owner_email), stored(&item.owner_unit));
    let now = match (item.owner(), line.owner()) {
        (Some(owner), _) => view! { <p>"Owner: " <strong dir="auto">{owner}</strong></p> }.into_any(),
        (None, Some(keeper)) => {
            let words = format!(
                "{keeper} is responsible for the commitment, but the item has no owner. If a panelist disputes the answer or the item is \
                 reopened, the person who published the answer is notified by email."
            );
            view! { <p dir="auto">{words}</p> }.into_any()
        }
        (None, None) => view! { <p>"No owner yet. The owner you choose gets an email that asks for an answer."</p> }.into_any(),
    };
    let has_owner = item.owner_name.is_some();
    let form = view! {
        <Form act="assign" class="stack">
            <Hidden name="revision" value=revision/>
            <Select name="owner" label="Owner" options value=chosen/>
            <div class="only guest stack">
                <div class="cols-2">
                    <Field name="name" label="Name" value=name/>
                    <Field name="unit" label="Unit (optional)" value=unit/>
                </div>
                <Field name="email" label="Email" kind="email" value=email hint="They get a link to this item only. You publish their answer."/>
            </div>
            <TextArea name="message" label="Message (optional)" rows=2/>
            <Submit label="Request answer" main=!has_owner && !has_primary/>
        </Form>
    };
    let form = if has_owner {
        view! { <details open=refused("assign")><summary>"Change owner"</summary>{form}</details> }.into_any()
    } else {
        form.into_any()
    };
    view! { <section class="card pad stack">{now}{form}</section> }.into_any()
}

fn reopening(item: &Heard) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    view! {
        <Confirm label="Reopen item">
            <Form act="reopen" class="stack">
                <Hidden name="revision" value=revision/>
                <TextArea name="reason" label="Why are you reopening this?" rows=2/>
                <Submit label="Reopen item"/>
            </Form>
        </Confirm>
    }
}

fn withdrawing(item: &Heard) -> impl IntoView + use<> {
    let revision = item.revision.to_string();
    view! {
        <Confirm label="Withdraw item" danger=true>
            <p>"This removes the item from the board and from later reports. You cannot undo it."</p>
            <Form act="withdraw" class="stack">
                <Hidden name="revision" value=revision/>
                <TextArea name="reason" label="Reason" rows=2/>
                <Submit label="Withdraw item" danger=true/>
            </Form>
        </Confirm>
    }
}

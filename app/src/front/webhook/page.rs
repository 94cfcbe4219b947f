//! `/webhooks`: the webhooks of a program and their recent deliveries.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::{Webhook, WebhookDelivery, WebhookDeliveryState, WebhookEvent, WebhookFormat, act, rules, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago, short_date_time};
use crate::kernel::error::Result;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{
    Confirm, Empty, Field, Form, Hidden, Notice, PageHead, Select, StateBadge, Submit, Tick, Tone, count, query, refused, refused_row,
    tried, with_query,
};

/// Deliveries that a webhook shows.
const MAX_DELIVERIES_SHOWN: i64 = 20;

/// `/webhooks`.
pub fn webhooks() -> impl IntoView {
    let asked = query("add").is_some();
    page("Webhooks", Permission::ConnectTools, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/imports".to_owned(), "Imports".to_owned())];
        let sub = "Notify a chat room or another tool when something happens. Messages contain counts and a link, never names or mentions.";
        let adding = asked || refused("add");
        let head = view! { <PageHead title="Webhooks" sub crumbs><a class="btn" href="/inbound">"Inbound integrations"</a>{(!adding).then(|| view! { <a class="btn btn-1" href=with_query("add", "1")>"Add webhook"</a> })}</PageHead> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let webhooks = store::list(&mut tx, program.id).await?;
        let none = webhooks.is_empty();
        let mut shown = Vec::new();
        for webhook in webhooks {
            let deliveries = store::list_deliveries(&mut tx, webhook.id, MAX_DELIVERIES_SHOWN).await?;
            shown.push(webhook_card(&mut tx, webhook, deliveries, cx.now)?);
        }
        Ok(view! {
            {head}
            {(none && !adding).then(|| view! { <Empty title="No webhooks yet" text="Create an incoming webhook in your chat tool, then add its address here."/> })}
            <div class="stack">{shown}</div>
            {adding.then(|| view! {
                <section class="card pad stack" id="add">
                    <h2>"Add webhook"</h2>
                    {form("add", None)}
                </section>
            })}
        }
        .into_any())
    })
}

fn webhook_card(tx: &mut Tx, webhook: Webhook, deliveries: Vec<WebhookDelivery>, now: Time) -> Result<AnyView> {
    let id = webhook.id.to_string();
    let notices = notices(&webhook, now);
    let (tone, label) = match (webhook.paused_at, webhook.failing_since) {
        (Some(_), _) => (Tone::Plain, "paused"),
        (None, Some(_)) => (Tone::Warn, "failing"),
        (None, None) => (Tone::Good, "on"),
    };
    let events =
        WebhookEvent::choices().filter(|event| webhook.wants(*event)).map(|event| view! { <li>{event.label()}</li> }).collect_view();
    // A chat room's address is a secret, so only its host is shown.
    let host = rules::address(&webhook.url).map(|url| url.authority().to_owned()).unwrap_or_default();
    let standard = webhook.shape == WebhookFormat::Standard;
    let secret = standard.then(|| act::key(tx, &webhook).shown());
    let running = webhook.paused_at.is_none();
    let refused = refused_row("change", &id);
    let (name, shape) = (webhook.name.clone(), webhook.shape.label());
    let (tested, stopped, renewed, removed) = (id.clone(), id.clone(), id.clone(), id);
    let revision = webhook.revision;
    let name_of_list = name.clone();
    Ok(view! {
        <section class="card pad stack">
            <h2 dir="auto">{name} " " <StateBadge tone label/></h2>
            <p class="dim">{shape} " · " {host}</p>
            {notices}
            <ul>{events}</ul>
            {secret.map(|secret| signing(secret, renewed, revision))}
            <div class="row wrap">
                {running.then(|| view! { <Form act="test" key=tested class="inline"><Submit label="Send test"/></Form> })}
                {match running {
                    true => view! { <Form act="pause" key=stopped class="inline"><Submit label="Pause"/></Form> }.into_any(),
                    false => view! { <Form act="resume" key=stopped class="inline"><Submit label="Resume"/></Form> }.into_any(),
                }}
            </div>
            {lately(&name_of_list, deliveries, now)}
            <details open=refused>
                <summary>"Edit"</summary>
                {form("change", Some(webhook))}
            </details>
            <Confirm label="Delete" danger=true>
                <p>"No more events are sent, and the list of deliveries is deleted."</p>
                <Form act="remove" key=removed><Hidden name="revision" value=revision.to_string()/><Submit label="Delete webhook" danger=true/></Form>
            </Confirm>
        </section>
    }
    .into_any())
}

fn notices(webhook: &Webhook, now: Time) -> impl IntoView + use<> {
    let paused = webhook.paused_at.map(|at| {
        let words = match &webhook.paused_why {
            Some(why) => format!("Paused {} after an error: {why} Nothing is sent until you resume it.", ago(at, now)),
            None => format!("Paused {}. Events that happen while it is paused are not sent later.", ago(at, now)),
        };
        let tone = if webhook.paused_why.is_some() { Tone::Bad } else { Tone::Plain };
        view! { <Notice tone><p>{words}</p></Notice> }
    });
    let failing = webhook.failing_since.filter(|_| webhook.paused_at.is_none()).map(|since| {
        let words = format!(
            "All deliveries have failed since {}. The webhook is paused after {} of failures.",
            short_date_time(since, Tz::UTC),
            count(rules::MAX_FAILING_DAYS, "day", "days")
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    (paused, failing)
}

fn signing(secret: String, key: String, revision: i64) -> impl IntoView {
    view! {
        <details>
            <summary>"Signing secret"</summary>
            <p><code>{secret}</code></p>
            <p class="dim">
                "Deliveries are signed with this secret, following "
                <a href="https://www.standardwebhooks.com" rel="noopener noreferrer" target="_blank">"Standard Webhooks"</a>
                "."
            </p>
            <Confirm label="Replace secret">
                <p>"The receiving tool rejects deliveries until it has the new secret."</p>
                <Form act="renew" key><Hidden name="revision" value=revision.to_string()/><Submit label="Replace secret"/></Form>
            </Confirm>
        </details>
    }
}

fn lately(name: &str, deliveries: Vec<WebhookDelivery>, now: Time) -> impl IntoView + use<> {
    let none = deliveries.is_empty();
    let rows = deliveries.into_iter().map(|delivery| row(delivery, now)).collect_view();
    let label = format!("Recent deliveries of {name}");
    view! {
        <details open=!none>
            <summary>"Recent deliveries"</summary>
            {none.then(|| view! { <p class="dim">"No deliveries yet."</p> })}
            {(!none).then(|| view! {
                <table class="list">
                    <caption class="sr">{label}</caption>
                    <thead><tr><th scope="col">"Message"</th><th scope="col">"Status"</th><th scope="col" class="n">"Attempts"</th><th scope="col">"When"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
        </details>
    }
}

fn row(delivery: WebhookDelivery, now: Time) -> impl IntoView {
    let tone = match delivery.state {
        WebhookDeliveryState::Waiting if delivery.error.is_some() => Tone::Warn,
        WebhookDeliveryState::Waiting => Tone::Live,
        WebhookDeliveryState::Delivered => Tone::Good,
        WebhookDeliveryState::GivenUp => Tone::Bad,
    };
    let error = delivery.error.map(|error| view! { " " <small>{error}</small> });
    view! {
        <tr>
            <td><a dir="auto" href=delivery.path>{delivery.text}</a></td>
            <td data-label="Status"><StateBadge tone label=delivery.state.label()/> {error}</td>
            <td data-label="Attempts" class="n">{delivery.attempts}</td>
            <td data-label="When">{ago(delivery.at, now)}</td>
        </tr>
    }
}

/// Adds or changes a webhook.
fn form(act: &'static str, webhook: Option<Webhook>) -> impl IntoView {
    let key = webhook.as_ref().map(|webhook| webhook.id.to_string()).unwrap_or_default();
    let mistake = tried()
        .filter(|tried| tried.fields.text("act") == act && tried.fields.text("key") == key)
        .and_then(|tried| tried.mistake("events").map(ToString::to_string));
    let hears = |event: WebhookEvent| webhook.as_ref().is_none_or(|webhook| webhook.wants(event));
    let ticks =
        WebhookEvent::choices().map(|event| view! { <Tick name=event.as_str() label=event.label() ticked=hears(event)/> }).collect_view();
    let shapes = WebhookFormat::ALL.iter().rev().map(|shape| (shape.as_str().to_owned(), shape.label().to_owned())).collect();
    let shape = webhook.as_ref().map_or(WebhookFormat::Chat, |webhook| webhook.shape).as_str();
    let revision = webhook.as_ref().map(|webhook| webhook.revision.to_string());
    let (name, url) = webhook.map(|webhook| (webhook.name, webhook.url)).unwrap_or_default();
    let label = if act == "add" { "Add webhook" } else { "Save webhook" };
    view! {
        <Form act key class="stack">
            {revision.map(|revision| view! { <Hidden name="revision" value=revision/> })}
            <Field name="name" label="Name" value=name hint="For example “Support channel”"/>
            <Field name="url" label="Address" kind="url" value=url hint="The https:// address that the receiving tool shows. Keep it secret: anyone who has a chat room’s address can post to it."/>
            <Select name="shape" label="Format" options=shapes value=shape/>
            <fieldset class="stack">
                <legend>"Events"</legend>
                {mistake.map(|mistake| view! { <p class="field-error">{mistake}</p> })}
                {ticks}
            </fieldset>
            <Submit label main=act == "add"/>
        </Form>
    }
}

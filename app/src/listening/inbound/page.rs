//! `/inbound`: tools that push mentions, with their address and secret, and the watched folder.

use leptos::prelude::*;

use super::{InboundIntegration, act, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Confirm, Empty, Field, Form, Notice, PageHead, StateBadge, Submit, Tone, count, query, refused, with_query};

/// `/inbound`.
pub fn integrations() -> impl IntoView {
    page("Inbound integrations", Permission::ConnectTools, |cx| async move {
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/imports".to_owned(), "Imports".to_owned())];
        let sub = "Tools that push mentions to Weheard. Each delivery becomes an import that you can check and undo.";
        let adding = query("add").is_some() || refused("open");
        let head = view! {
            <PageHead title="Inbound integrations" sub crumbs>
                <a class="btn btn-quiet" href="/webhooks">"Webhooks"</a>
                {(!adding).then(|| view! { <a class="btn btn-1" href=with_query("add", "yes") + "#new">"Add integration"</a> })}
            </PageHead>
        };
        if program_shown(&mut tx).await?.is_none() {
            return Ok(view! { {head} {no_program()} }.into_any());
        }
        let integrations = store::list(&mut tx).await?;
        let none = integrations.is_empty();
        let shown: Vec<_> = integrations.into_iter().map(|integration| one(&tx, integration, &cx.site.base_url, cx.now)).collect();
        let folder = folder(cx.site.watched.as_deref());
        Ok(view! {
            {head}
            {(none && !adding).then(|| view! { <Empty title="No integrations yet" text="Add one to get an address and a secret for your tool."/> })}
            <details class="card pad" id="new" open=adding>
                <summary>"Add integration"</summary>
                <Form act="open" class="stack">
                    <Field name="name" label="Name" hint="For example “Brandwatch, Germany”."/>
                    <Submit label="Add integration" main=true/>
                </Form>
            </details>
            <div class="stack">{shown}</div>
            {folder}
        }
        .into_any())
    })
}

fn one(tx: &Tx, integration: InboundIntegration, base_url: &str, now: Time) -> AnyView {
    let id = integration.id.to_string();
    let name = integration.name.clone();
    let received = match integration.received_at {
        Some(at) => format!("{} received, the last {}", count(integration.received, "delivery", "deliveries"), ago(at, now)),
        None => "No deliveries yet".to_owned(),
    };
    let why = integration.refused_why.clone().unwrap_or_default();
    let refused = integration.refused_at.map(|at| {
        let line = format!("{} rejected, the last {}: ", count(integration.refused, "delivery", "deliveries"), ago(at, now));
        view! { <Notice tone=Tone::Warn><p dir="auto">{line} {why}</p></Notice> }
    });
    if let Some(at) = integration.closed_at {
        return view! {
            <section class="card pad dim">
                <h2 dir="auto">{name} " " <StateBadge tone=Tone::Plain label="closed"/></h2>
                <p>{received} ". Closed " {ago(at, now)} ". Its mentions are kept."</p>
            </section>
        }
        .into_any();
    }
    let address = format!("{base_url}/inbound/mentions?integration={id}");
    let secret = act::key(tx, &integration).shown();
    let (renewed, closed) = (id.clone(), id);
    view! {
        <section class="card pad stack">
            <h2 dir="auto">{name}</h2>
            <p class="dim">{received}</p>
            {refused}
            <dl class="dl">
                <dt>"Address"</dt>
                <dd><code>{address.clone()}</code></dd>
            </dl>
            <details>
                <summary>"Secret"</summary>
                <p><code>{secret}</code></p>
                <p class="dim">"Anyone with this secret can push mentions. Replace it if others may know it."</p>
            </details>
            {how_to_push(&address)}
            <div class="row">
                <Confirm label="Replace secret">
                    <p>"Deliveries with the old secret will be rejected."</p>
                    <Form act="renew" key=renewed><Submit label="Replace secret"/></Form>
                </Confirm>
                <Confirm label="Close integration" danger=true>
                    <p>"Further deliveries will be rejected. Mentions that were received are kept."</p>
                    <Form act="close" key=closed><Submit label="Close integration" danger=true/></Form>
                </Confirm>
            </div>
        </section>
    }
    .into_any()
}

fn how_to_push(address: &str) -> impl IntoView + use<> {
    let example = example(address);
    view! {
        <details>
            <summary>"Set-up instructions"</summary>
            <div class="stack">
                <p>
                    "Send mentions as JSON: one object, a list, or one object per line, with the columns of your exports. Sign each request according to "
                    <a href="https://www.standardwebhooks.com" rel="noopener noreferrer" target="_blank">"Standard Webhooks"</a>
                    " within the last five minutes. The response is 202 for a new delivery, 200 for one that was received before, and 422 with \
                     the reason if it is rejected. The limit is 16 MB per request."
                </p>
                <pre tabindex="0"><code>{example}</code></pre>
            </div>
        </details>
    }
}

/// A delivery by hand, for setting up a tool.
fn example(address: &str) -> String {
    format!(
        r#"SECRET='whsec_…'; ID=$(uuidgen); AT=$(date +%s)
BODY='[{{"id":"1","date":"2026-01-31T10:00:00Z","author":"zoe","text":"The hinge broke again","url":"https://example.com/1"}}]'
KEY=$(printf %s "${{SECRET#whsec_}}" | base64 -d | xxd -p -c 256)
SIGNED=$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64)
curl '{address}' -H "webhook-id: $ID" -H "webhook-timestamp: $AT" \
     -H "webhook-signature: v1,$SIGNED" -H 'content-type: application/json' -d "$BODY""#
    )
}

fn folder(watched: Option<&std::path::Path>) -> impl IntoView + use<> {
    let text = match watched {
        Some(path) => view! {
            <p>
                "Files in " <code>{path.display().to_string()}</code> " on the server are imported within seconds and then removed. \
                 Files that need a column mapping are listed under Imports. Rejected files are moved to the folder “refused” with the reason."
            </p>
        }
        .into_any(),
        None => view! {
            <p>
                "No folder is watched. To import files automatically, start the server with " <code>"--watch-folder DIR"</code> " (or " <code>"WEHEARD_WATCH_FOLDER"</code>
                ")."
            </p>
        }
        .into_any(),
    };
    view! { <section class="card pad"><h2>"Watched folder"</h2> {text}</section> }
}

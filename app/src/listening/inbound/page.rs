//! `/inbound`: the tools that push mentions, with what each needs to be set up, and the watched folder.

use leptos::prelude::*;

use super::{InboundIntegration, act, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::db::Tx;
use crate::kernel::clock::{Time, ago};
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Confirm, Empty, Field, Form, Notice, PageHead, StateBadge, Submit, Tone, count};

/// `/inbound`.
pub fn integrations() -> impl IntoView {
    page("Feeds", Permission::ConnectTools, |cx| async move {
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/imports".to_owned(), "Imports".to_owned())];
        let sub = "Tools that push what they hear. Each delivery becomes an import, with the same checks, and can be undone.";
        let head = view! { <PageHead title="Feeds" sub crumbs><a class="btn" href="/webhooks">"Webhooks"</a></PageHead> };
        if program_shown(&mut tx).await?.is_none() {
            return Ok(view! { {head} {no_program()} }.into_any());
        }
        let integrations = store::list(&mut tx).await?;
        let none = integrations.is_empty();
        let shown: Vec<_> = integrations.into_iter().map(|integration| one(&tx, integration, &cx.site.base_url, cx.now)).collect();
        let folder = folder(cx.site.watched.as_deref());
        Ok(view! {
            {head}
            {none.then(|| view! { <Empty title="No tool is connected yet" text="Name one below: you get an address and a secret for it."/> })}
            <div class="stack">{shown}</div>
            <section class="card pad">
                <h2>"Connect a tool"</h2>
                <Form act="open" class="stack">
                    <Field name="name" label="Name" hint="As people call it: “Brandwatch, Germany”."/>
                    <Submit label="Connect" main=true/>
                </Form>
            </section>
            {folder}
        }
        .into_any())
    })
}

fn one(tx: &Tx, integration: InboundIntegration, base_url: &str, now: Time) -> AnyView {
    let id = integration.id.to_string();
    let name = integration.name.clone();
    let received = match integration.received_at {
        Some(at) => format!("{} taken, the last {}", count(integration.received, "delivery", "deliveries"), ago(at, now)),
        None => "Nothing has come yet".to_owned(),
    };
    let why = integration.refused_why.clone().unwrap_or_default();
    let refused = integration.refused_at.map(|at| {
        let line = format!("{} refused, the last {}: ", count(integration.refused, "delivery was", "deliveries were"), ago(at, now));
        view! { <Notice tone=Tone::Warn>{line} {why}</Notice> }
    });
    if let Some(at) = integration.closed_at {
        return view! {
            <section class="card pad dim">
                <h2>{name} " " <StateBadge tone=Tone::Plain label="closed"/></h2>
                <p>{received} ". Closed " {ago(at, now)} "; what it brought stays."</p>
            </section>
        }
        .into_any();
    }
    let address = format!("{base_url}/inbound/mentions?feed={id}");
    let secret = act::key(tx, &integration).shown();
    let (renewed, closed) = (id.clone(), id);
    view! {
        <section class="card pad stack">
            <h2>{name}</h2>
            <p class="dim">{received}</p>
            {refused}
            <dl class="dl">
                <dt>"Address"</dt>
                <dd><code>{address.clone()}</code></dd>
            </dl>
            <details>
                <summary>"Secret"</summary>
                <p><code>{secret}</code></p>
                <p class="dim">"Whoever has it can push mentions. It is not stored anywhere; a new one makes this one worthless."</p>
            </details>
            {how_to_push(&address)}
            <div class="row">
                <Confirm label="New secret">
                    <p>"Deliveries signed with the old secret are refused from then on."</p>
                    <Form act="renew" key=renewed><Submit label="Make a new secret"/></Form>
                </Confirm>
                <Confirm label="Close" danger=true>
                    <p>"Nothing more is taken from this tool. What it brought stays."</p>
                    <Form act="close" key=closed><Submit label="Close this feed" danger=true/></Form>
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
            <summary>"How to push"</summary>
            <div class="stack">
                <p>
                    "Send mentions as JSON: one object, a list, or one object a line, with the columns that your exports have. Sign as "
                    <a href="https://www.standardwebhooks.com" rel="noopener noreferrer" target="_blank">"Standard Webhooks"</a>
                    " has it, not more than five minutes before. The answer is 202 when the mentions are taken, 200 when this delivery \
                     was taken before, 422 with the reason when it is refused. At most 16 MB at once."
                </p>
                <pre tabindex="0"><code>{example}</code></pre>
            </div>
        </details>
    }
}

/// A delivery by hand, for whoever sets a tool up.
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
                "Files that are laid into " <code>{path.display().to_string()}</code> " on the server are imported within seconds and taken away. \
                 One that cannot be read without a person waits among the imports; one that is refused lies in the folder “refused” with the reason."
            </p>
        }
        .into_any(),
        None => view! {
            <p>
                "None is watched. Start the server with " <code>"--watch-folder DIR"</code> " (or " <code>"WEHEARD_WATCH_FOLDER"</code>
                "), and files that a tool lays there are imported by themselves."
            </p>
        }
        .into_any(),
    };
    view! { <section class="card pad"><h2>"Watched folder"</h2> {text}</section> }
}

//! `/outbox`: emails and their delivery status. `/outbox/{id}`: one email as its reader sees it.

use chrono_tz::Tz;
use leptos::prelude::*;

use super::store::OutboxSearch as Choice;
use super::{DELETED, EmailState, EmailTemplate, OutboxEmail, OutboxLine, store};
use crate::access::account::Permission;
use crate::access::page::{PageContext, page};
use crate::kernel::clock::{Time, ago, short_date_time};
use crate::kernel::error::Error;
use crate::kernel::ids::OutboxId;
use crate::ui::{
    Confirm, DefList, Empty, FilterBar, Form, Hidden, Notice, PER_PAGE, PageHead, Pager, Pick, Search, StateBadge, Submit, Th, Tile, Tone,
    capital, count, number, param, query, skipped,
};

/// Reads filter and sort order from the query of a page or a download.
pub fn choice(get: impl Fn(&str) -> Option<String>) -> Choice {
    Choice {
        text: get("q"),
        state: get("state").and_then(|word| word.parse().ok()),
        template: get("email").and_then(|word| word.parse().ok()),
        sort: get("sort"),
    }
}

const fn tone(state: EmailState) -> Tone {
    match state {
        EmailState::Queued | EmailState::Unsubscribed => Tone::Plain,
        EmailState::Sending => Tone::Live,
        EmailState::Sent => Tone::Good,
        EmailState::InDoubt => Tone::Warn,
        EmailState::Failed | EmailState::Bounced => Tone::Bad,
    }
}

/// `/outbox`.
pub fn outbox() -> impl IntoView {
    let choice = choice(query);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Outbox", Permission::SeeOutbox, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let counts = store::count(&mut tx).await?;
        let found = store::count_lines(&mut tx, &choice).await?;
        let lines = store::list_lines(&mut tx, &choice, PER_PAGE, skipped(found, PER_PAGE)).await?;
        let tiles = EmailState::ALL
            .iter()
            .filter_map(|state| {
                let n = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, n)| *n);
                let tone = if n > 0 && state.needs_attention() { tone(*state) } else { Tone::Plain };
                let usual = matches!(state, EmailState::Queued | EmailState::Sent | EmailState::Failed | EmailState::Bounced);
                (usual || n > 0).then(|| {
                    view! { <Tile label=capital(state.label()) value=number(n) href=format!("/outbox?state={}", state.as_str()) tone=tone/> }
                })
            })
            .collect::<Vec<_>>();
        let rows = lines.iter().map(|line| row(line, &cx)).collect::<Vec<_>>();
        let csv = format!("/outbox.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = if found == 0 {
            view! { <Empty title="No emails yet" text="Invitations, requests for a response, reports and sign-in links are listed here."/> }
                .into_any()
        } else {
            view! {
                <table class="list">
                    <thead><tr>
                        <Th label="Email"/>
                        <Th label="To" sort="to"/>
                        <Th label="Status"/>
                        <Th label="Attempts" sort="attempts" n=true/>
                        <Th label="Queued" sort="queued"/>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count=found one="email" many="emails" csv/>
            }
            .into_any()
        };
        let no_server = (!cx.site.sends_email)
            .then(|| view! { <Notice tone=Tone::Warn><p>"No mail server is configured. Emails stay queued, and are sent once an administrator sets one up."</p></Notice> });
        Ok(view! {
            <PageHead title="Outbox" sub="Emails and their delivery status. Failed attempts are retried for a day and a half."/>
            {no_server}
            <div class="tiles">{tiles}</div>
            <FilterBar>
                <Search label="Name or email"/>
                <Pick name="state" label="Status" options=EmailState::ALL.iter().map(|state| (state.as_str().to_owned(), capital(state.label()))).collect()/>
                <Pick name="email" label="Email" options=EmailTemplate::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect()/>
            </FilterBar>
            <section class="card">{table}</section>
        })
    })
}

fn row(email: &OutboxLine, cx: &PageContext) -> impl IntoView + use<> {
    let error = email.error.as_ref().map(|error| view! { <small class="bad-text">" " {error.to_string()}</small> });
    let to = if email.recipient.is_empty() {
        view! { <span class="dim">"Recipient and content deleted"</span> }.into_any()
    } else {
        view! { <bdi>{address_line(&email.recipient_name, &email.recipient)}</bdi> }.into_any()
    };
    view! {
        <tr>
            <td><a href=format!("/outbox/{}", email.id)>{email.template.label()}</a></td>
            <td data-label="To">{to}</td>
            <td data-label="Status"><StateBadge tone=tone(email.state) label=email.state.label()/> {error}</td>
            <td class="n" data-label="Attempts">{email.attempts}</td>
            <td data-label="Queued">{ago(email.created_at, cx.now)}</td>
        </tr>
    }
}

/// Name and address of a recipient, or the address alone.
fn address_line(name: &str, address: &str) -> String {
    if name.is_empty() { address.to_owned() } else { format!("{name} <{address}>") }
}

/// `/outbox/{id}`.
pub fn email() -> impl IntoView {
    let id = param::<OutboxId>("id");
    page("Email", Permission::SeeOutbox, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let email = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let at = |time: Option<Time>| time.map(|time| short_date_time(time, Tz::UTC)).unwrap_or_default();
        let deleted = email.is_deleted();
        let rows = vec![
            ("To", if deleted { String::new() } else { address_line(&email.recipient_name, &email.recipient) }),
            ("Queued", at(Some(email.created_at))),
            ("Sent", at(email.sent_at)),
            ("Attempts", email.attempts.to_string()),
            ("Last attempt", at(email.sending_at)),
            ("Next attempt", if email.state == EmailState::Queued && email.attempts > 0 { at(Some(email.due_at)) } else { String::new() }),
            (
                if email.state == EmailState::InDoubt { "Reason" } else { "Error" },
                email.error.as_ref().map(ToString::to_string).unwrap_or_default(),
            ),
        ];
        let decide = decide(&email);
        let content = if deleted {
            view! { <Notice><p>{DELETED}</p></Notice> }.into_any()
        } else {
            let frame = format!("/outbox/{}/email", email.id);
            view! { <iframe class="email-frame" src=frame title="Email preview. Links are disabled."></iframe> }.into_any()
        };
        let title = match (email.recipient_name.as_str(), email.recipient.as_str()) {
            (_, "") => email.template.label().to_owned(),
            ("", address) => format!("{} to {address}", email.template.label()),
            (name, _) => format!("{} to {name}", email.template.label()),
        };
        Ok(view! {
            <PageHead title crumbs=vec![("/outbox".into(), "Outbox".into())]>
                <StateBadge tone=tone(email.state) label=email.state.label()/>
            </PageHead>
            <div class="two side">
                <section class="card stack">{content}</section>
                <section class="card pad stack"><DefList rows/> {decide}</section>
            </div>
        })
    })
}

/// How often an email was tried and when, for deciding whether to send it again.
fn attempts_so_far(email: &OutboxEmail) -> String {
    let last = email.sending_at.map(|at| format!(", the last on {}", short_date_time(at, Tz::UTC))).unwrap_or_default();
    let twice = if email.state == EmailState::InDoubt { " It could arrive twice." } else { "" };
    format!("{} so far{last}. Its status is “{}”.{twice}", count(email.attempts, "attempt", "attempts"), email.state.label())
}

/// The acts that an email's status allows.
fn decide(email: &OutboxEmail) -> Option<AnyView> {
    let revision = email.revision.to_string();
    let (doubt, deleted) = (email.state == EmailState::InDoubt, email.is_deleted());
    let again = match email.state {
        EmailState::InDoubt | EmailState::Failed | EmailState::Bounced | EmailState::Unsubscribed => true,
        EmailState::Queued if email.error.is_some() => false,
        _ => return None,
    };
    let retry = (!deleted).then(|| {
        let revision = revision.clone();
        let form = move |label: String| {
            view! { <Form act="retry" class="inline"><Hidden name="revision" value=revision/><Submit label/></Form> }
        };
        // What waits for its next attempt is not sent a second time; anything else may be.
        if again {
            let (so_far, label) = (attempts_so_far(email), format!("Send again to {}", email.recipient));
            view! { <Confirm label="Send again"><p>{so_far}</p>{form(label)}</Confirm> }.into_any()
        } else {
            form("Retry now".to_owned()).into_any()
        }
    });
    let words = (doubt && !deleted).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>"The mail server did not confirm this email, so it may have been delivered. Check with the recipient or in the mail server’s log before you send it again: it could arrive twice."</p>
            </Notice>
        }
    });
    let arrived = doubt.then(
        || view! { <Form act="confirm" class="inline"><Hidden name="revision" value=revision/><Submit label="Mark as delivered"/></Form> },
    );
    Some(view! { {words} <div class="row wrap">{arrived} {retry}</div> }.into_any())
}

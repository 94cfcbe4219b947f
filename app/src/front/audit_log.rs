//! `/audit-log`: who did what and when, with filters; and whether the log is intact.

use chrono_tz::Tz;
use leptos::prelude::*;
use serde_json::Value as Json;

use crate::access::account::{self, Account, Permission};
use crate::access::audit::ResourceType;
use crate::access::audit::list::{action, href, search, thing, who};
use crate::access::audit::verification::{self, LastVerification, MAX_LINES_ON_PAGE};
use crate::access::page::{PageContext, page};
use crate::db::audit_log::{self, AuditLine};
use crate::db::audit_search::{self, MAX_COUNTED};
use crate::kernel::clock::{date_time, short_date_time};
use crate::ui::{
    Empty, FilterBar, Form, Help, Notice, PER_PAGE, PageHead, Pager, Pick, Search, Submit, Th, Tone, capital, count, leading, number,
    query, skipped, wrong_days,
};

/// `/audit-log`.
pub fn audit_log() -> impl IntoView {
    let wanted = search(query);
    let wrong = wrong_days(query, false);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Audit log", Permission::SeeAuditLog, move |cx: PageContext| async move {
        let mut tx = cx.db.read().await?;
        let accounts = account::store::list(&mut tx).await?;
        let found = audit_search::count(&mut tx, &wanted).await?;
        let lines = audit_search::list(&mut tx, &wanted, PER_PAGE, skipped(found, PER_PAGE)).await?;
        let newest = audit_log::newest(&mut tx).await?;
        let last = verification::find(&mut tx).await?;
        let csv = format!("/audit-log.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let detailed = lines.iter().any(|line| details(line).is_some());
        let rows = lines.iter().map(|line| row(line, detailed, &accounts)).collect_view();
        let table = if found == 0 {
            view! { <Empty title="No matching entries" text="Clear the filter to see all entries."/> }.into_any()
        } else {
            view! {
                <table class="list">
                    <thead><tr><Th label="Time"/><Th label="Who"/><Th label="Action"/><Th label="Subject"/>{detailed.then(|| view! { <Th label="Details"/> })}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count=found one="entry" many="entries" counted=MAX_COUNTED csv/>
            }
            .into_any()
        };
        let things = ResourceType::ALL.iter().map(|kind| (kind.as_str().to_owned(), capital(kind.label()))).collect();
        let wrong = wrong.map(|why| view! { <Notice tone=Tone::Warn><p>{why}</p></Notice> });
        Ok(view! {
            <PageHead title="Audit log" sub="Every change: who made it, when, and what it was. Entries are never changed. Times are UTC."/>
            {state(last, newest)}
            {wrong}
            <FilterBar>
                <Search label="Action"/>
                <Pick name="who" label="Who" options=people(&accounts)/>
                <Pick name="thing" label="Subject" options=things/>
                <label>"From" <input type="date" name="since" value=query("since").unwrap_or_default()/></label>
                <label>"To" <input type="date" name="until" value=query("until").unwrap_or_default()/></label>
            </FilterBar>
            <section class="card">{table}</section>
        })
    })
}

/// Whose lines can be chosen.
fn people(accounts: &[Account]) -> Vec<(String, String)> {
    let named = accounts.iter().map(|account| {
        let closed = if account.closed_at.is_some() { " (closed)" } else { "" };
        (account.id.to_string(), format!("{}{closed}", account.name))
    });
    named.chain([("links".to_owned(), "Guests, by personal link".to_owned()), ("system".to_owned(), "Weheard".to_owned())]).collect()
}

/// When the log was last verified, and how to do it now.
fn state(last: Option<LastVerification>, newest: i64) -> impl IntoView {
    let (tone, words) = match &last {
        None => (Tone::Plain, "Not verified yet.".to_owned()),
        Some(LastVerification { at, line, problems: 0 }) => {
            // The verification wrote a line of its own.
            let later = newest - line - 1;
            let since =
                if later > 0 { format!(" {} since then.", count(later, "entry was added", "entries were added")) } else { String::new() };
            (Tone::Good, format!("Last verified on {}: intact.{since}", date_time(*at, Tz::UTC)))
        }
        Some(LastVerification { at, problems, .. }) => (
            Tone::Bad,
            format!(
                "Last verified on {}: not intact, {}. Run `weheard audit verify` on the server to list them.",
                date_time(*at, Tz::UTC),
                count(i64::try_from(*problems).unwrap_or(i64::MAX), "problem", "problems")
            ),
        ),
    };
    let verify = if newest <= MAX_LINES_ON_PAGE {
        view! { <Form act="verify" class="inline"><Submit label="Verify now"/></Form> }.into_any()
    } else {
        view! { <p class="dim">{format!("With {} entries, verify it on the server: `weheard audit verify`.", number(newest))}</p> }
            .into_any()
    };
    view! { <Notice tone><div class="row"><p>{words}</p><Help term="audit log"/></div>{verify}</Notice> }
}

fn row(line: &AuditLine, detailed: bool, accounts: &[Account]) -> impl IntoView + use<> {
    let label = thing(line).to_owned();
    let details = details(line).map(|rows| {
        let label = format!("Details of entry {}", line.seq);
        view! { <details><summary aria-label=label>"Details"</summary><dl class="dl">{rows}</dl></details> }
    });
    view! {
        <tr>
            <td data-label="Time"><time title=format!("Entry {}", line.seq)>{short_date_time(line.at, Tz::UTC)}</time></td>
            <td data-label="Who" dir="auto">{who(line, accounts)}</td>
            <td data-label="Action">{action(line).to_owned()}</td>
            <td data-label="Subject">{leading(label, href(line))}</td>
            {detailed.then(|| view! { <td>{details}</td> })}
        </tr>
    }
}

/// A value as a person reads it: parts by their names, and stored words without underscores.
fn in_words(value: &Json) -> String {
    match value {
        Json::Null => "–".to_owned(),
        Json::String(text) if text.chars().all(|c| c.is_ascii_lowercase() || c == '_') => text.replace('_', " "),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Json::Object(parts) => {
            parts.iter().map(|(name, part)| format!("{}: {}", name.replace('_', " "), in_words(part))).collect::<Vec<_>>().join("; ")
        }
        Json::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Json::Number(number) => number.to_string(),
    }
}

/// What a line says besides, field by field; none where it says nothing or was erased.
fn details(line: &AuditLine) -> Option<AnyView> {
    let payload: Json = serde_json::from_str(line.payload.as_deref()?).ok()?;
    let fields = payload.as_object().filter(|fields| !fields.is_empty())?;
    let rows = fields
        .iter()
        .map(|(name, value)| {
            view! { <dt>{name.replace('_', " ")}</dt><dd dir="auto">{in_words(value)}</dd> }
        })
        .collect_view();
    Some(rows.into_any())
}

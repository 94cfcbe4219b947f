//! The History tab of an item: everything that happened to it, from the audit log, in words; and how its answer changed.

use chrono_tz::Tz;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::{Heard, store};
use crate::access::account::{self, Account};
use crate::access::audit::ResourceType;
use crate::db::Tx;
use crate::db::audit_log::{self, AuditLine};
use crate::follow_up::board::FollowUpRow;
use crate::follow_up::report::{self, AnswerKind};
use crate::follow_up::response::{self, page as response_page};
use crate::kernel::clock::{Time, short_date_time};
use crate::kernel::error::Result;

/// Lines shown of an item, and of each of its responses.
const MAX_LINES: i64 = 200;

struct HistoryEntry {
    at: Time,
    words: String,
    /// What was written then.
    quote: Option<String>,
    href: Option<String>,
}

pub(super) async fn timeline(tx: &mut Tx, line: &FollowUpRow) -> Result<AnyView> {
    let item = &line.item;
    let versions = response::store::list(tx, item.id).await?;
    let accounts = account::store::list(tx).await?;
    let mut lines = audit_log::list_subject(tx, item.id.0, MAX_LINES).await?;
    let mut responses: Vec<_> = versions.iter().map(|version| version.response_id).collect();
    responses.dedup();
    for response in responses {
        lines.extend(audit_log::list_subject(tx, response.0, MAX_LINES).await?);
    }
    let mut entries: Vec<HistoryEntry> = lines.iter().map(|line| entry(line, item, &accounts)).collect();
    for merged in store::list_merged(tx, item.id).await? {
        let (words, href) = (format!("Item {} was merged into this item", merged.number), format!("/heard/{}", merged.id));
        entries.extend(merged.merged_at.map(|at| HistoryEntry { at, words, quote: Some(merged.text.clone()), href: Some(href) }));
    }
    for report in report::store::list(tx, Some(item.panel_day_id)).await? {
        if report.document.items.iter().any(|shown| shown.heard_id == item.id) {
            let href = Some(format!("/reports/{}", report.id));
            let words = format!("Report {} with this item was finalised", report.number);
            entries.push(HistoryEntry { at: report.finalised_at, words, quote: None, href: href.clone() });
            let sent = |at| HistoryEntry { at, words: format!("Report {} with this item was sent", report.number), quote: None, href };
            entries.extend(report.sending_at.map(sent));
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let published = versions.iter().filter(|version| version.published_at.is_some()).count();
    let zone = line.day.zone();
    let changes = (published > 1)
        .then(|| view! { <section class="card pad stack"><h2>"Published versions"</h2>{response_page::history(versions, zone)}</section> });
    Ok(view! { {shown(entries, zone)} {changes} }.into_any())
}

fn shown(entries: Vec<HistoryEntry>, zone: Tz) -> impl IntoView {
    let rows = entries
        .into_iter()
        .map(|entry| {
            let words = crate::ui::leading(entry.words, entry.href);
            let quote = entry.quote.map(|quote| view! { <p class="dim" dir="auto">{format!("“{quote}”")}</p> });
            view! { <li class="done"><p dir="auto">{words} " · " <time>{short_date_time(entry.at, zone)}</time></p>{quote}</li> }
        })
        .collect_view();
    view! { <section class="card pad"><ol class="trail">{rows}</ol></section> }
}

/// One line of the audit log as a sentence.
fn entry(line: &AuditLine, item: &Heard, accounts: &[Account]) -> HistoryEntry {
    let payload: Json = line.payload.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let (words, quote) =
        if line.subject_kind == ResourceType::Response.as_str() { response_words(line, &payload) } else { item_words(line, &payload) };
    let quote = quote.and_then(|field| payload[field].as_str()).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    HistoryEntry { at: line.at, words: format!("{} {words}", who(line, item, accounts)), quote, href: None }
}

fn who(line: &AuditLine, item: &Heard, accounts: &[Account]) -> String {
    match line.actor_kind.as_str() {
        "account" => accounts
            .iter()
            .find(|account| Some(account.id.0) == line.actor_id)
            .map_or_else(|| "A former colleague".to_owned(), |account| account.name.clone()),
        "link" if line.actor_id == Some(item.id.0) => item.owner_name.clone().unwrap_or_else(|| "The owner".to_owned()),
        "link" => "A panelist".to_owned(),
        _ => "The system".to_owned(),
    }
}

/// What happened to the item, and which field of the payload has the words of then.
fn item_words(line: &AuditLine, payload: &Json) -> (String, Option<&'static str>) {
    let notes = payload["notes"].as_array().map_or(0, Vec::len);
    let words = match line.action.as_str() {
        "drafted" => return ("created the item as a draft".into(), Some("text")),
        "reworded" if payload["before"] == payload["after"] => "changed the topic".to_owned(),
        "reworded" => return ("changed the wording to".into(), Some("after")),
        "added notes" if notes == 1 => "added a note".into(),
        "added notes" => format!("added {notes} notes"),
        "removed a note" => "removed a note".into(),
        "opened" => "published the item to the board".into(),
        "merged" => "merged the item into another item".into(),
        "withdrew" => return ("withdrew the item".into(), Some("reason")),
        "assigned" => {
            payload["after"].as_str().map_or_else(|| "changed the owner".to_owned(), |owner| format!("asked {owner} for an answer"))
        }
        "released" => match payload["before"].as_str() {
            Some(owner) => format!("removed {owner} as owner, because no one there can answer any more"),
            None => "removed the owner".to_owned(),
        },
        "handed over" => {
            payload["after"].as_str().map_or_else(|| "changed the owner".to_owned(), |owner| format!("changed the owner to {owner}"))
        }
        "reopened" => return ("reopened the item".into(), Some("reason")),
        "answered" => {
            let answer = payload["answer"].as_str().and_then(|word| word.parse::<AnswerKind>().ok());
            let words = answer.map_or_else(|| "answered".to_owned(), |answer| format!("answered “{}”", answer.label()));
            return (words, Some("remark"));
        }
        other => other.to_owned(),
    };
    (words, None)
}

/// The same of a response. The texts of drafts are not repeated: only what was published is history for everyone.
fn response_words(line: &AuditLine, payload: &Json) -> (String, Option<&'static str>) {
    let version = payload["version"].as_i64().map_or_else(|| "the answer".to_owned(), |number| format!("version {number} of the answer"));
    match line.action.as_str() {
        "drafted" => (format!("drafted {version}"), None),
        "handed in" => (format!("submitted {version} for review"), None),
        "sent back" => (format!("returned {version} to draft"), Some("reason")),
        "published" => (format!("published {version}"), Some("text")),
        "delivered" => ("recorded the delivery".into(), Some("evidence")),
        "confirmed" => ("confirmed the delivery".into(), None),
        other => (other.to_owned(), None),
    }
}

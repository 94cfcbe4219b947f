//! What moved between two editions of a report, in words.

use chrono::NaiveDate;

use super::{ReplyStatus, ReportDocument, ReportItem, ReportReply};
use crate::kernel::clock::short_date;

/// Writes into each item what moved since `previous`, in a report that is finalised on `on`.
pub fn note_changes(items: &mut [ReportItem], previous: Option<&ReportDocument>, on: NaiveDate) {
    let Some(previous) = previous else { return };
    for item in items {
        item.change = match previous.items.iter().find(|was| was.heard_id == item.heard_id) {
            Some(was) => change(was, item, on),
            None => Some("This item is new in this report.".into()),
        };
    }
}

/// What moved between two editions of one item, as sentences; none if nothing did.
#[must_use]
pub fn change(was: &ReportItem, is: &ReportItem, on: NaiveDate) -> Option<String> {
    let mut said = Vec::new();
    if was.text != is.text {
        said.push(format!("It read “{}” before.", was.text));
    }
    if is.reopened && !was.reopened {
        said.push("It was opened again.".to_owned());
    }
    for reply in &is.replies {
        match was.replies.iter().find(|old| old.response_id == reply.response_id) {
            None if was.replies.is_empty() => said.push("It has an answer now.".into()),
            None => said.push("There is a further answer.".into()),
            Some(old) => {
                if old.version_id != reply.version_id {
                    said.push(reworded(old, reply, on));
                }
                if old.status != reply.status {
                    match reply.status {
                        ReplyStatus::Delivered => {
                            let late = reply.late().map(|late| format!(", {late}")).unwrap_or_default();
                            said.push(format!("The promise was kept{late}."));
                        }
                        ReplyStatus::Overdue => said.push("The promise is overdue.".into()),
                        _ => {}
                    }
                }
            }
        }
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn reworded(old: &ReportReply, new: &ReportReply, on: NaiveDate) -> String {
    let what = match (old.due, new.due) {
        (Some(before), Some(after)) if before != after => {
            format!("The date moved from {} to {}", short_date(before, on), short_date(after, on))
        }
        (None, Some(after)) => format!("It has a date now, {}", short_date(after, on)),
        _ => "The answer was reworded".into(),
    };
    match new.change_reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{what}: {}", with_full_stop(reason)),
        None => format!("{what}."),
    }
}

fn with_full_stop(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

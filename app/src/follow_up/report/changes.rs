//! What changed between two editions of a report, in the language of the report: it is part of the document.

use chrono::NaiveDate;

use super::{ReplyStatus, ReportDocument, ReportItem, ReportReply};
use crate::kernel::locale::Locale;
use crate::t;

/// Writes into each item what changed since `previous`, in a report that is finalised on `on`.
pub fn note_changes(items: &mut [ReportItem], previous: Option<&ReportDocument>, on: NaiveDate, locale: Locale) {
    let Some(previous) = previous else { return };
    for item in items {
        item.change = match previous.items.iter().find(|was| was.heard_id == item.heard_id) {
            Some(was) => change(was, item, on, locale),
            None => Some(t!(locale, "change-new")),
        };
    }
}

/// What changed between two editions of one item, as sentences; none if nothing did.
#[must_use]
pub fn change(was: &ReportItem, is: &ReportItem, on: NaiveDate, locale: Locale) -> Option<String> {
    let mut changes = Vec::new();
    if was.text != is.text {
        changes.push(t!(locale, "change-wording", text = &was.text));
    }
    if is.reopened && !was.reopened {
        changes.push(t!(locale, "change-reopened"));
    }
    for reply in &is.replies {
        match was.replies.iter().find(|old| old.response_id == reply.response_id) {
            None if was.replies.is_empty() => changes.push(t!(locale, "change-answered")),
            None => changes.push(t!(locale, "change-another-answer")),
            Some(old) => {
                if old.version_id != reply.version_id {
                    changes.push(reworded(old, reply, on, locale));
                }
                if old.status != reply.status {
                    match reply.status {
                        ReplyStatus::Delivered => changes.push(match reply.late() {
                            Some(days) => t!(locale, "change-delivered-late", days = days),
                            None => t!(locale, "change-delivered"),
                        }),
                        ReplyStatus::Overdue => changes.push(t!(locale, "change-overdue")),
                        _ => {}
                    }
                }
            }
        }
    }
    (!changes.is_empty()).then(|| changes.join(" "))
}

fn reworded(old: &ReportReply, new: &ReportReply, on: NaiveDate, locale: Locale) -> String {
    let short = |day| locale.short_date(day, on);
    let what = match (old.due, new.due) {
        (Some(before), Some(after)) if before != after => {
            t!(locale, "change-date", before = short(before), after = short(after))
        }
        (None, Some(after)) => t!(locale, "change-date-new", date = short(after)),
        _ => t!(locale, "change-answer"),
    };
    match new.change_reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{what}: {}", with_full_stop(reason)),
        None => format!("{what}."),
    }
}

fn with_full_stop(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

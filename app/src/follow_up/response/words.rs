//! Answers in the reader's words: those of an owner without an account, and of staff, who read the same.

use chrono_tz::Tz;

use super::rules::delivered_on;
use super::{DeclineReason, FollowUpStatus, ResponseKind, ResponseVersion};
use crate::follow_up::board::FollowUpRow;
use crate::kernel::clock::local_day;
use crate::kernel::locale::Locale;
use crate::t;

/// "Commitment".
#[must_use]
pub fn kind(locale: Locale, kind: ResponseKind) -> String {
    match kind {
        ResponseKind::Commit => t!(locale, "draft-kind-commit"),
        ResponseKind::Exists => t!(locale, "draft-kind-exists"),
        ResponseKind::Declined => t!(locale, "draft-kind-declined"),
        ResponseKind::Question => t!(locale, "draft-kind-question"),
    }
}

/// "Dell · commitment".
#[must_use]
pub fn answer(locale: Locale, organisation: &str, kind: ResponseKind) -> String {
    match kind {
        ResponseKind::Commit => t!(locale, "answer-commit", organisation = organisation),
        ResponseKind::Exists => t!(locale, "answer-exists", organisation = organisation),
        ResponseKind::Declined => t!(locale, "answer-declined", organisation = organisation),
        ResponseKind::Question => t!(locale, "answer-question", organisation = organisation),
    }
}

/// "Too expensive".
#[must_use]
pub fn decline_reason(locale: Locale, reason: DeclineReason) -> String {
    match reason {
        DeclineReason::NotOurs => t!(locale, "declined-not-ours"),
        DeclineReason::Duplicate => t!(locale, "declined-duplicate"),
        DeclineReason::Cost => t!(locale, "declined-cost"),
        DeclineReason::Law => t!(locale, "declined-law"),
        DeclineReason::Direction => t!(locale, "declined-direction"),
        DeclineReason::Other => t!(locale, "declined-other"),
    }
}

/// The line under a version: responsible, due date, reason, publication. Moments are days in `zone`, the panel day's.
#[must_use]
pub fn small_print(locale: Locale, version: &ResponseVersion, zone: Tz) -> String {
    let parts = [
        version.owner.as_ref().map(|owner| t!(locale, "answer-responsible", name = owner)),
        version.due.map(|due| t!(locale, "answer-due", date = due)),
        version.decline_reason.map(|reason| decline_reason(locale, reason)),
        version.published_at.map(|at| t!(locale, "answer-published", date = local_day(at, zone))),
        version.change_reason.as_ref().map(|reason| t!(locale, "answer-change-reason", reason = reason)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What became of an item, for its owner. None where the answer says it.
#[must_use]
pub fn status(locale: Locale, line: &FollowUpRow) -> Option<String> {
    let due = line.due();
    Some(match line.status {
        FollowUpStatus::NoOwner | FollowUpStatus::Waiting => t!(locale, "status-no-answer"),
        FollowUpStatus::InReview => t!(locale, "status-in-review"),
        FollowUpStatus::Reopened => t!(locale, "status-reopened"),
        FollowUpStatus::OnTrack => t!(locale, "status-on-track", date = due?),
        FollowUpStatus::DueSoon => t!(locale, "status-due-soon", date = due?),
        FollowUpStatus::Overdue => t!(locale, "status-overdue", date = due?),
        FollowUpStatus::Delivered => {
            let late = due.zip(delivered_on(line.delivery.as_ref(), line.day.zone())).map(|(due, on)| (on - due).num_days());
            match late {
                Some(days @ 1..) => t!(locale, "status-delivered-late", days = days),
                _ => t!(locale, "status-delivered"),
            }
        }
        FollowUpStatus::Exists => t!(locale, "status-exists"),
        FollowUpStatus::Declined => t!(locale, "status-declined"),
        FollowUpStatus::Question => t!(locale, "status-question"),
    })
}

//! What a response must say, and what became of an item.

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

use super::{CommitmentDelivery, DeclineReason, FollowUpStatus, ResponseKind, ResponseVersion, VersionStage};
use crate::coded;
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::{Error, Result, ValidationErrors};
use crate::kernel::ids::VersionId;

/// A commitment is "due soon" in its last fortnight: two working weeks are enough to still act on it.
pub const DUE_SOON_DAYS: i64 = 14;

/// A response as typed.
#[derive(Clone, Debug)]
pub struct ResponseContent {
    pub kind: ResponseKind,
    pub text: String,
    pub link: String,
    pub decline_reason: Option<DeclineReason>,
    pub owner: String,
    pub due: Option<NaiveDate>,
    /// Needed from the second version on.
    pub change_reason: String,
}

/// A response that says what its kind needs, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedResponse {
    pub kind: ResponseKind,
    pub text: String,
    pub link: Option<String>,
    pub decline_reason: Option<DeclineReason>,
    pub owner: Option<String>,
    pub due: Option<NaiveDate>,
    pub change_reason: Option<String>,
}

/// Checks a draft. `today` is the day in the panel's time zone; `follows` says whether an earlier version was published.
///
/// # Errors
/// `Invalid`, every mistake at once: a promise without owner or due date, a date that has passed, an existing answer
/// without a link, a refusal without a reason, a change without one.
pub fn check(content: &ResponseContent, today: NaiveDate, follows: bool) -> Result<CheckedResponse> {
    let mut errors = ValidationErrors::default();
    let text = errors.guest_lines("text", Some(coded!("error-answer-text-missing")), &content.text, 2000);
    let mut checked =
        CheckedResponse { kind: content.kind, text, link: None, decline_reason: None, owner: None, due: None, change_reason: None };
    match content.kind {
        ResponseKind::Commit => {
            checked.owner = Some(errors.guest_text("owner", coded!("error-answer-owner-missing"), &content.owner, 120));
            match content.due {
                None => errors.add("due", coded!("error-answer-due-missing")),
                Some(due) if due < today => errors.add("due", coded!("error-answer-due-past")),
                Some(due) if due > today + Duration::days(3 * 366) => errors.add("due", coded!("error-answer-due-far")),
                Some(due) => checked.due = Some(due),
            }
        }
        ResponseKind::Exists if content.link.trim().is_empty() => {
            errors.add("link", coded!("error-answer-link-missing"));
        }
        ResponseKind::Exists => checked.link = Some(errors.guest_web("link", coded!("error-answer-link-format"), &content.link, 500)),
        ResponseKind::Declined => match content.decline_reason {
            Some(reason) => checked.decline_reason = Some(reason),
            None => errors.add("decline_reason", coded!("error-answer-reason-missing")),
        },
        ResponseKind::Question => {}
    }
    if follows {
        checked.change_reason =
            Some(errors.guest_lines("change_reason", Some(coded!("error-answer-change-missing")), &content.change_reason, 300));
    }
    errors.finish()?;
    Ok(checked)
}

/// Refuses changes to a version that was published.
///
/// # Errors
/// `Conflict`.
pub fn check_unpublished(version: &ResponseVersion) -> Result<()> {
    if version.published_at.is_some() { Err(Error::conflict(coded!("error-answer-published"))) } else { Ok(()) }
}

/// Refuses a command that is based on a version as it was before.
///
/// # Errors
/// `Conflict`, with the version as it is now.
pub fn check_unchanged(version: &ResponseVersion, revision: i64) -> Result<()> {
    if version.revision == revision { Ok(()) } else { Err(stale_error(Some(version))) }
}

/// A response was changed while another person read it; `now` is the current version.
#[must_use]
pub fn stale_error(now: Option<&ResponseVersion>) -> Error {
    Error::conflict(match now.map(|version| (version.stage(), &version.text)) {
        None => coded!("error-answer-changed"),
        Some((VersionStage::Draft, text)) => coded!("error-answer-changed-draft", text = text),
        Some((VersionStage::InReview, text)) => coded!("error-answer-changed-review", text = text),
        Some((VersionStage::Published, text)) => coded!("error-answer-changed-published", text = text),
    })
}

/// Refuses a decision about another version than the current one.
///
/// # Errors
/// `Conflict`, with the promise as it is now.
pub fn check_commitment(current: &ResponseVersion, read: VersionId) -> Result<()> {
    if current.id == read {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "A new version of this commitment was published after you opened the page. It now reads: “{}” Read it, then try again.",
        current.text
    )))
}

/// Refuses a decision about evidence that was replaced; `None` stands for no evidence.
///
/// # Errors
/// `Conflict`, with the evidence as it is now.
pub fn check_evidence(current: Option<&CommitmentDelivery>, read: Option<i64>) -> Result<()> {
    match current {
        Some(delivery) if delivery.confirmed_at.is_some() => Err(Error::conflict("This delivery is already confirmed.")),
        Some(delivery) if read != Some(delivery.revision) => Err(Error::conflict(format!(
            "The evidence was replaced after you opened the page. It now says: “{}” Read it, then try again.",
            delivery.evidence
        ))),
        None if read.is_some() => Err(Error::conflict("No evidence is recorded yet. Record the delivery first.")),
        _ => Ok(()),
    }
}

/// Whether an answer did not hold: its item was reopened after it was published.
#[must_use]
pub fn is_reopened(reopened_at: Option<Time>, answer: &ResponseVersion) -> bool {
    reopened_at > answer.published_at
}

/// Whether a commitment is overdue on `today`: its date has passed, and no delivery is confirmed. Reopening changes nothing about that.
#[must_use]
pub fn is_overdue(version: &ResponseVersion, delivery: Option<&CommitmentDelivery>, today: NaiveDate) -> bool {
    version.kind == ResponseKind::Commit && !is_confirmed(delivery) && version.due.is_some_and(|due| due < today)
}

/// Whether a second person confirmed that a promise was kept.
#[must_use]
pub fn is_confirmed(delivery: Option<&CommitmentDelivery>) -> bool {
    delivery.is_some_and(|delivery| delivery.confirmed_at.is_some())
}

/// The day on which a promise was kept where the panel met: the day of the evidence that a second person then confirmed.
#[must_use]
pub fn delivered_on(delivery: Option<&CommitmentDelivery>, zone: Tz) -> Option<NaiveDate> {
    delivery.filter(|delivery| delivery.confirmed_at.is_some()).map(|delivery| local_day(delivery.claimed_at, zone))
}

/// How a commitment that was due on `due` was delivered on `on`: "delivered", or "delivered, 29 days late". Board, item and CSV use these words.
#[must_use]
pub fn delivered_words(due: Option<NaiveDate>, on: NaiveDate) -> String {
    late_words(due, on).map_or_else(|| "delivered".into(), |late| format!("delivered, {late}"))
}

/// By how much a delivery on `on` missed `due`: "29 days late"; none if it did not.
#[must_use]
pub fn late_words(due: Option<NaiveDate>, on: NaiveDate) -> Option<String> {
    match (on - due?).num_days() {
        1 => Some("1 day late".into()),
        days @ 2.. => Some(format!("{days} days late")),
        _ => None,
    }
}

/// What is known of an item when its status is decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusFacts<'a> {
    pub has_owner: bool,
    /// The newest published version.
    pub published: Option<&'a ResponseVersion>,
    /// A later version that waits for review.
    pub in_review: bool,
    pub delivery: Option<&'a CommitmentDelivery>,
    pub reopened_at: Option<Time>,
}

/// What became of an item, as of `today` in the panel's time zone.
#[must_use]
pub fn status(facts: StatusFacts<'_>, today: NaiveDate) -> FollowUpStatus {
    let Some(version) = facts.published else {
        return match (facts.in_review, facts.has_owner) {
            (true, _) => FollowUpStatus::InReview,
            (false, true) => FollowUpStatus::Waiting,
            (false, false) => FollowUpStatus::NoOwner,
        };
    };
    if is_reopened(facts.reopened_at, version) {
        return if facts.in_review { FollowUpStatus::InReview } else { FollowUpStatus::Reopened };
    }
    match version.kind {
        ResponseKind::Exists => FollowUpStatus::Exists,
        ResponseKind::Declined => FollowUpStatus::Declined,
        ResponseKind::Question => FollowUpStatus::Question,
        ResponseKind::Commit if is_confirmed(facts.delivery) => FollowUpStatus::Delivered,
        ResponseKind::Commit if is_overdue(version, facts.delivery, today) => FollowUpStatus::Overdue,
        ResponseKind::Commit => match version.due {
            Some(due) if due <= today + Duration::days(DUE_SOON_DAYS) => FollowUpStatus::DueSoon,
            _ => FollowUpStatus::OnTrack,
        },
    }
}

impl FollowUpStatus {
    /// Whether someone has to act now.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::NoOwner | Self::Waiting | Self::InReview | Self::Reopened | Self::Overdue | Self::DueSoon)
    }
}

/// Words that sell rather than promise. In 2010 one wish for better support was answered with the marketing plan of a
/// product; the reviewer is shown these before publishing, and decides.
const SELLING_WORDS: &[&str] = &[
    "award-winning",
    "best-in-class",
    "cutting-edge",
    "delighted",
    "exciting",
    "increased marketing",
    "industry-leading",
    "innovative",
    "leading provider",
    "market leader",
    "marketing",
    "passionate",
    "proud to",
    "revolutionary",
    "state-of-the-art",
    "thrilled",
    "unparalleled",
    "world-class",
];

/// The words in a response that advertise.
#[must_use]
pub fn selling_words(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    SELLING_WORDS.iter().copied().filter(|word| text.contains(word)).collect()
}

#[cfg(test)]
mod tests;

//! What a response must say, and what became of an item.

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

use super::{DeclineReason, Delivery, Kind, Standing, Version};
use crate::clock::{Time, local_day};
use crate::error::{Error, Result, Wrong};
use crate::ids::VersionId;

/// A promise is "due soon" in its last fortnight: two working weeks are what it takes to still do something about it.
pub const DUE_SOON_DAYS: i64 = 14;

/// What somebody typed for a response.
#[derive(Clone, Debug)]
pub struct Content {
    pub kind: Kind,
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
pub struct Checked {
    pub kind: Kind,
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
pub fn check(content: &Content, today: NaiveDate, follows: bool) -> Result<Checked> {
    let mut wrong = Wrong::default();
    let text = wrong.lines("text", "The response", &content.text, 2000);
    let mut checked = Checked { kind: content.kind, text, link: None, decline_reason: None, owner: None, due: None, change_reason: None };
    match content.kind {
        Kind::Commit => {
            checked.owner = Some(wrong.text("owner", "Who keeps the promise", &content.owner, 120));
            match content.due {
                None => wrong.say("due", "A promise needs a date by which it is kept."),
                Some(due) if due < today => wrong.say("due", "This date has passed. By when will it be kept?"),
                Some(due) if due > today + Duration::days(3 * 366) => {
                    wrong.say("due", "That is more than three years away. Please promise a first step.")
                }
                Some(due) => checked.due = Some(due),
            }
        }
        Kind::Exists if content.link.trim().is_empty() => {
            wrong.say("link", "Where can the panel find it? Please give an address that starts with https://.");
        }
        Kind::Exists => checked.link = Some(wrong.web("link", "The link", &content.link, 500)),
        Kind::Declined => match content.decline_reason {
            Some(reason) => checked.decline_reason = Some(reason),
            None => wrong.say("decline_reason", "Please choose why: a refusal without a reason is no answer."),
        },
        Kind::Question => {}
    }
    if follows {
        checked.change_reason = Some(wrong.lines("change_reason", "The reason for the change", &content.change_reason, 300));
    }
    wrong.finish()?;
    Ok(checked)
}

/// Refuses changes to a version that was published.
///
/// # Errors
/// `Conflict`.
pub fn check_unpublished(version: &Version) -> Result<()> {
    if version.published_at.is_some() {
        Err(Error::conflict("This was published, and a published response never changes. Draft a new version with a reason."))
    } else {
        Ok(())
    }
}

/// Refuses a command that is based on a version as it was before.
///
/// # Errors
/// `Conflict`, with the version as it is now.
pub fn check_unchanged(version: &Version, revision: i64) -> Result<()> {
    if version.revision == revision { Ok(()) } else { Err(changed(Some(version))) }
}

/// Somebody changed a response while another person read it; `now` is what it says now.
#[must_use]
pub fn changed(now: Option<&Version>) -> Error {
    let theirs = now.map(|version| format!(" It is {} now and reads: “{}”", version.stage().label(), version.text)).unwrap_or_default();
    Error::conflict(format!(
        "Somebody changed this response after you opened the page.{theirs} Your changes are not saved yet. Please read it, then try again."
    ))
}

/// Refuses what was decided about another promise than the current one.
///
/// # Errors
/// `Conflict`, with the promise as it is now.
pub fn check_promise(current: &Version, read: VersionId) -> Result<()> {
    if current.id == read {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "A new version of this promise was published after you opened the page. It now reads: “{}” Please read it, then try again.",
        current.text
    )))
}

/// Refuses what was decided about other evidence than what there is; none is evidence, too.
///
/// # Errors
/// `Conflict`, with the evidence as it is now.
pub fn check_evidence(current: Option<&Delivery>, read: Option<i64>) -> Result<()> {
    match current {
        Some(delivery) if delivery.confirmed_at.is_some() => Err(Error::conflict("This promise is already confirmed as kept.")),
        Some(delivery) if read != Some(delivery.revision) => Err(Error::conflict(format!(
            "Somebody showed other evidence after you opened the page. It now says: “{}” Please read it, then try again.",
            delivery.evidence
        ))),
        None if read.is_some() => Err(Error::conflict("Nobody has shown evidence yet.")),
        _ => Ok(()),
    }
}

/// Whether an answer did not hold: its item was reopened after it was published.
#[must_use]
pub fn is_reopened(reopened_at: Option<Time>, answer: &Version) -> bool {
    reopened_at > answer.published_at
}

/// Whether a promise is late on `today`: its date has passed, and nobody confirmed that it was kept. Reopening it changes nothing about that.
#[must_use]
pub fn is_overdue(version: &Version, delivery: Option<&Delivery>, today: NaiveDate) -> bool {
    version.kind == Kind::Commit && !is_kept(delivery) && version.due.is_some_and(|due| due < today)
}

/// Whether a second person confirmed that a promise was kept.
#[must_use]
pub fn is_kept(delivery: Option<&Delivery>) -> bool {
    delivery.is_some_and(|delivery| delivery.confirmed_at.is_some())
}

/// The day on which a promise was kept where the panel met: the day of the evidence that a second person then confirmed.
#[must_use]
pub fn kept_on(delivery: Option<&Delivery>, zone: Tz) -> Option<NaiveDate> {
    delivery.filter(|delivery| delivery.confirmed_at.is_some()).map(|delivery| local_day(delivery.claimed_at, zone))
}

/// How a promise that was due on `due` was kept on `on`: "kept", or "kept, 29 days late". Board, item and report say it in these words.
#[must_use]
pub fn kept_words(due: Option<NaiveDate>, on: NaiveDate) -> String {
    late_words(due, on).map_or_else(|| "kept".into(), |late| format!("kept, {late}"))
}

/// By how much something due on `due` came late on `on`: "29 days late"; none where it did not.
#[must_use]
pub fn late_words(due: Option<NaiveDate>, on: NaiveDate) -> Option<String> {
    match (on - due?).num_days() {
        1 => Some("1 day late".into()),
        days @ 2.. => Some(format!("{days} days late")),
        _ => None,
    }
}

/// What is known of an item when its standing is decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub has_owner: bool,
    /// The newest published version.
    pub published: Option<&'a Version>,
    /// A later version that waits for review.
    pub in_review: bool,
    pub delivery: Option<&'a Delivery>,
    pub reopened_at: Option<Time>,
}

/// What became of an item, as of `today` in the panel's time zone.
#[must_use]
pub fn standing(facts: Facts<'_>, today: NaiveDate) -> Standing {
    let Some(version) = facts.published else {
        return match (facts.in_review, facts.has_owner) {
            (true, _) => Standing::InReview,
            (false, true) => Standing::Waiting,
            (false, false) => Standing::NoOwner,
        };
    };
    if is_reopened(facts.reopened_at, version) {
        return if facts.in_review { Standing::InReview } else { Standing::Reopened };
    }
    match version.kind {
        Kind::Exists => Standing::Exists,
        Kind::Declined => Standing::Declined,
        Kind::Question => Standing::Question,
        Kind::Commit if is_kept(facts.delivery) => Standing::Delivered,
        Kind::Commit if is_overdue(version, facts.delivery, today) => Standing::Overdue,
        Kind::Commit => match version.due {
            Some(due) if due <= today + Duration::days(DUE_SOON_DAYS) => Standing::DueSoon,
            _ => Standing::OnTrack,
        },
    }
}

impl Standing {
    /// Whether somebody has to do something now.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::NoOwner | Self::Waiting | Self::InReview | Self::Reopened | Self::Overdue | Self::DueSoon)
    }

    /// good, warn, bad, or nothing: the class of its badge.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Delivered => "good",
            Self::DueSoon | Self::InReview => "warn",
            Self::NoOwner | Self::Overdue | Self::Reopened => "bad",
            _ => "",
        }
    }
}

/// Words that sell rather than promise. In 2010 one wish for better support was answered with the marketing plan of a
/// product; the reviewer is shown these before publishing, and decides.
const SELLING: &[&str] = &[
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
    SELLING.iter().copied().filter(|word| text.contains(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{HeardId, ResponseId, VersionId};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn at(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn promise(due: &str) -> Version {
        Version {
            id: VersionId::new(),
            response_id: ResponseId::new(),
            heard_id: HeardId::new(),
            number: 1,
            kind: Kind::Commit,
            text: "We audit support calls and publish the result.".into(),
            link: None,
            decline_reason: None,
            owner: Some("Head of support quality".into()),
            due: Some(day(due)),
            change_reason: None,
            revision: 1,
            drafted_by: None,
            drafted_as: "Rosa".into(),
            drafted_at: at("2010-07-01T09:00:00Z"),
            submitted_at: Some(at("2010-07-02T09:00:00Z")),
            published_by: None,
            published_at: Some(at("2010-07-21T09:00:00Z")),
        }
    }

    fn typed(kind: Kind) -> Content {
        Content {
            kind,
            text: "We do it.".into(),
            link: String::new(),
            decline_reason: None,
            owner: String::new(),
            due: None,
            change_reason: String::new(),
        }
    }

    fn fields(result: Result<Checked>) -> Vec<String> {
        match result {
            Err(Error::Invalid(mistakes)) => mistakes.into_iter().map(|(field, _)| field).collect(),
            other => panic!("expected mistakes, got {other:?}"),
        }
    }

    #[test]
    fn a_promise_needs_an_owner_and_a_date_ahead() {
        assert_eq!(fields(check(&typed(Kind::Commit), day("2010-07-01"), false)), ["owner", "due"]);
        let past = Content { owner: "Head of support".into(), due: Some(day("2010-06-30")), ..typed(Kind::Commit) };
        assert_eq!(fields(check(&past, day("2010-07-01"), false)), ["due"]);
        let good = Content { due: Some(day("2010-07-01")), ..past };
        assert!(check(&good, day("2010-07-01"), false).is_ok());
    }

    #[test]
    fn an_existing_answer_needs_a_link_that_is_safe_to_follow() {
        for bad in ["", "example.com", "javascript:alert(1)", "https://a b"] {
            assert_eq!(fields(check(&Content { link: bad.into(), ..typed(Kind::Exists) }, day("2010-07-01"), false)), ["link"], "{bad}");
        }
        assert!(check(&Content { link: "https://example.com/parts".into(), ..typed(Kind::Exists) }, day("2010-07-01"), false).is_ok());
    }

    #[test]
    fn a_refusal_and_a_change_need_a_reason() {
        assert_eq!(fields(check(&typed(Kind::Declined), day("2010-07-01"), true)), ["decline_reason", "change_reason"]);
    }

    #[test]
    fn a_promise_is_on_track_then_due_soon_then_overdue() {
        let version = promise("2010-09-30");
        let facts = Facts { has_owner: true, published: Some(&version), ..Facts::default() };
        assert_eq!(standing(facts, day("2010-09-15")), Standing::OnTrack);
        assert_eq!(standing(facts, day("2010-09-16")), Standing::DueSoon);
        assert_eq!(standing(facts, day("2010-09-30")), Standing::DueSoon, "the day itself is not late");
        assert_eq!(standing(facts, day("2010-10-01")), Standing::Overdue);
    }

    #[test]
    fn a_claimed_delivery_counts_only_once_it_is_confirmed() {
        let version = promise("2010-09-30");
        let mut delivery = Delivery {
            response_id: version.response_id,
            evidence: "Audit report for August".into(),
            revision: 1,
            claimed_by: None,
            claimed_at: at("2010-09-01T09:00:00Z"),
            confirmed_by: None,
            confirmed_at: None,
        };
        let today = day("2010-10-05");
        assert_eq!(standing(Facts { published: Some(&version), delivery: Some(&delivery), ..Facts::default() }, today), Standing::Overdue);
        delivery.confirmed_at = Some(at("2010-09-02T09:00:00Z"));
        assert_eq!(
            standing(Facts { published: Some(&version), delivery: Some(&delivery), ..Facts::default() }, today),
            Standing::Delivered
        );
    }

    #[test]
    fn a_promise_that_was_reopened_is_overdue_all_the_same() {
        let version = promise("2010-09-30");
        assert!(is_overdue(&version, None, day("2010-10-01")) && is_reopened(Some(at("2010-08-01T09:00:00Z")), &version));
        assert!(!is_overdue(&version, None, day("2010-09-30")));
        let reopened = Facts { published: Some(&version), reopened_at: Some(at("2010-08-01T09:00:00Z")), ..Facts::default() };
        assert_eq!(standing(reopened, day("2010-10-01")), Standing::Reopened, "one word for the column; the board shows both");
    }

    #[test]
    fn a_promise_that_was_kept_late_says_so() {
        assert_eq!(kept_words(Some(day("2010-12-22")), day("2011-01-20")), "kept, 29 days late");
        assert_eq!(kept_words(Some(day("2010-12-22")), day("2010-12-23")), "kept, 1 day late");
        assert_eq!(kept_words(Some(day("2010-12-22")), day("2010-12-22")), "kept", "the day itself is not late");
        assert_eq!(kept_words(None, day("2010-12-22")), "kept");
    }

    #[test]
    fn a_promise_is_kept_on_the_day_of_its_evidence_where_the_panel_met() {
        let shown = Delivery {
            response_id: ResponseId::new(),
            evidence: "Audit report for August".into(),
            revision: 1,
            claimed_by: None,
            claimed_at: at("2010-12-23T04:00:00Z"),
            confirmed_by: None,
            confirmed_at: None,
        };
        let zone = chrono_tz::America::Chicago;
        assert_eq!(kept_on(Some(&shown), zone), None, "nobody has confirmed it");
        let confirmed = Delivery { confirmed_at: Some(at("2011-01-20T09:00:00Z")), ..shown };
        assert_eq!(kept_on(Some(&confirmed), zone), Some(day("2010-12-22")), "the second person may take their time");
    }

    #[test]
    fn evidence_is_confirmed_only_as_it_was_read() {
        let shown = Delivery {
            response_id: ResponseId::new(),
            evidence: "Two of 400 calls without a case".into(),
            revision: 2,
            claimed_by: None,
            claimed_at: at("2010-12-01T09:00:00Z"),
            confirmed_by: None,
            confirmed_at: None,
        };
        assert!(check_evidence(Some(&shown), Some(2)).is_ok() && check_evidence(None, None).is_ok());
        for read in [None, Some(1)] {
            let refused = check_evidence(Some(&shown), read).expect_err("refused").message();
            assert!(refused.contains("Two of 400 calls"), "{refused}");
        }
    }

    #[test]
    fn reopening_holds_until_a_newer_answer_is_published() {
        let version = promise("2010-09-30");
        let reopened = Facts { published: Some(&version), reopened_at: Some(at("2010-08-01T09:00:00Z")), ..Facts::default() };
        assert_eq!(standing(reopened, day("2010-08-02")), Standing::Reopened);
        assert_eq!(standing(Facts { in_review: true, ..reopened }, day("2010-08-02")), Standing::InReview);
        let newer = Version { published_at: Some(at("2010-08-09T09:00:00Z")), ..version.clone() };
        assert_eq!(standing(Facts { published: Some(&newer), ..reopened }, day("2010-08-10")), Standing::OnTrack);
    }

    #[test]
    fn an_unanswered_item_waits_for_its_owner_or_for_one() {
        assert_eq!(standing(Facts::default(), day("2010-07-01")), Standing::NoOwner);
        assert_eq!(standing(Facts { has_owner: true, ..Facts::default() }, day("2010-07-01")), Standing::Waiting);
    }

    #[test]
    fn selling_is_noticed() {
        assert_eq!(selling_words("YTT plans increased marketing to reach more people."), ["increased marketing", "marketing"]);
        assert!(selling_words("We audit support calls and publish the result each quarter.").is_empty());
    }
}

//! Unit tests of `rules`.

use super::*;
use crate::kernel::ids::{HeardId, ResponseId, VersionId};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> Time {
    text.parse().expect("a time")
}

fn commitment(due: &str) -> ResponseVersion {
    ResponseVersion {
        id: VersionId::new(),
        response_id: ResponseId::new(),
        heard_id: HeardId::new(),
        number: 1,
        kind: ResponseKind::Commit,
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
        returned_at: None,
        return_reason: None,
        submitted_at: Some(at("2010-07-02T09:00:00Z")),
        published_by: None,
        published_at: Some(at("2010-07-21T09:00:00Z")),
    }
}

fn typed(kind: ResponseKind) -> ResponseContent {
    ResponseContent {
        kind,
        text: "We do it.".into(),
        link: String::new(),
        decline_reason: None,
        owner: String::new(),
        due: None,
        change_reason: String::new(),
    }
}

fn fields(result: Result<CheckedResponse>) -> Vec<String> {
    match result {
        Err(Error::Invalid(mistakes)) => mistakes.into_iter().map(|(field, _)| field).collect(),
        other => panic!("expected mistakes, got {other:?}"),
    }
}

#[test]
fn a_promise_needs_an_owner_and_a_date_ahead() {
    assert_eq!(fields(check(&typed(ResponseKind::Commit), day("2010-07-01"), false)), ["owner", "due"]);
    let past = ResponseContent { owner: "Head of support".into(), due: Some(day("2010-06-30")), ..typed(ResponseKind::Commit) };
    assert_eq!(fields(check(&past, day("2010-07-01"), false)), ["due"]);
    let good = ResponseContent { due: Some(day("2010-07-01")), ..past };
    assert!(check(&good, day("2010-07-01"), false).is_ok());
}

#[test]
fn an_existing_answer_needs_a_link_that_is_safe_to_follow() {
    for bad in ["", "example.com", "javascript:alert(1)", "https://a b"] {
        assert_eq!(
            fields(check(&ResponseContent { link: bad.into(), ..typed(ResponseKind::Exists) }, day("2010-07-01"), false)),
            ["link"],
            "{bad}"
        );
    }
    assert!(
        check(&ResponseContent { link: "https://example.com/parts".into(), ..typed(ResponseKind::Exists) }, day("2010-07-01"), false)
            .is_ok()
    );
}

#[test]
fn a_refusal_and_a_change_need_a_reason() {
    assert_eq!(fields(check(&typed(ResponseKind::Declined), day("2010-07-01"), true)), ["decline_reason", "change_reason"]);
}

#[test]
fn a_promise_is_on_track_then_due_soon_then_overdue() {
    let version = commitment("2010-09-30");
    let facts = StatusFacts { has_owner: true, published: Some(&version), ..StatusFacts::default() };
    assert_eq!(status(facts, day("2010-09-15")), FollowUpStatus::OnTrack);
    assert_eq!(status(facts, day("2010-09-16")), FollowUpStatus::DueSoon);
    assert_eq!(status(facts, day("2010-09-30")), FollowUpStatus::DueSoon, "the day itself is not late");
    assert_eq!(status(facts, day("2010-10-01")), FollowUpStatus::Overdue);
}

#[test]
fn a_claimed_delivery_counts_only_once_it_is_confirmed() {
    let version = commitment("2010-09-30");
    let mut delivery = CommitmentDelivery {
        response_id: version.response_id,
        evidence: "Audit report for August".into(),
        revision: 1,
        claimed_by: None,
        claimed_at: at("2010-09-01T09:00:00Z"),
        confirmed_by: None,
        confirmed_at: None,
    };
    let today = day("2010-10-05");
    assert_eq!(
        status(StatusFacts { published: Some(&version), delivery: Some(&delivery), ..StatusFacts::default() }, today),
        FollowUpStatus::Overdue
    );
    delivery.confirmed_at = Some(at("2010-09-02T09:00:00Z"));
    assert_eq!(
        status(StatusFacts { published: Some(&version), delivery: Some(&delivery), ..StatusFacts::default() }, today),
        FollowUpStatus::Delivered
    );
}

#[test]
fn a_promise_that_was_reopened_is_overdue_all_the_same() {
    let version = commitment("2010-09-30");
    assert!(is_overdue(&version, None, day("2010-10-01")) && is_reopened(Some(at("2010-08-01T09:00:00Z")), &version));
    assert!(!is_overdue(&version, None, day("2010-09-30")));
    let reopened = StatusFacts { published: Some(&version), reopened_at: Some(at("2010-08-01T09:00:00Z")), ..StatusFacts::default() };
    assert_eq!(status(reopened, day("2010-10-01")), FollowUpStatus::Reopened, "one word for the column; the board shows both");
}

#[test]
fn a_promise_that_was_kept_late_says_so() {
    assert_eq!(delivered_words(Some(day("2010-12-22")), day("2011-01-20")), "delivered, 29 days late");
    assert_eq!(delivered_words(Some(day("2010-12-22")), day("2010-12-23")), "delivered, 1 day late");
    assert_eq!(delivered_words(Some(day("2010-12-22")), day("2010-12-22")), "delivered", "the day itself is not late");
    assert_eq!(delivered_words(None, day("2010-12-22")), "delivered");
}

#[test]
fn a_promise_is_kept_on_the_day_of_its_evidence_where_the_panel_met() {
    let shown = CommitmentDelivery {
        response_id: ResponseId::new(),
        evidence: "Audit report for August".into(),
        revision: 1,
        claimed_by: None,
        claimed_at: at("2010-12-23T04:00:00Z"),
        confirmed_by: None,
        confirmed_at: None,
    };
    let zone = chrono_tz::America::Chicago;
    assert_eq!(delivered_on(Some(&shown), zone), None, "nobody has confirmed it");
    let confirmed = CommitmentDelivery { confirmed_at: Some(at("2011-01-20T09:00:00Z")), ..shown };
    assert_eq!(delivered_on(Some(&confirmed), zone), Some(day("2010-12-22")), "the second person may take their time");
}

#[test]
fn evidence_is_confirmed_only_as_it_was_read() {
    let shown = CommitmentDelivery {
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
    let version = commitment("2010-09-30");
    let reopened = StatusFacts { published: Some(&version), reopened_at: Some(at("2010-08-01T09:00:00Z")), ..StatusFacts::default() };
    assert_eq!(status(reopened, day("2010-08-02")), FollowUpStatus::Reopened);
    assert_eq!(status(StatusFacts { in_review: true, ..reopened }, day("2010-08-02")), FollowUpStatus::InReview);
    let newer = ResponseVersion { published_at: Some(at("2010-08-09T09:00:00Z")), ..version.clone() };
    assert_eq!(status(StatusFacts { published: Some(&newer), ..reopened }, day("2010-08-10")), FollowUpStatus::OnTrack);
}

#[test]
fn an_unanswered_item_waits_for_its_owner_or_for_one() {
    assert_eq!(status(StatusFacts::default(), day("2010-07-01")), FollowUpStatus::NoOwner);
    assert_eq!(status(StatusFacts { has_owner: true, ..StatusFacts::default() }, day("2010-07-01")), FollowUpStatus::Waiting);
}

#[test]
fn selling_is_noticed() {
    assert_eq!(selling_words("YTT plans increased marketing to reach more people."), ["increased marketing", "marketing"]);
    assert!(selling_words("We audit support calls and publish the result each quarter.").is_empty());
}

//! Unit tests of `rules`.

use chrono::NaiveDate;

use super::*;
use crate::follow_up::report::answer_rules::{AnswerCircumstances, button, effect, thanks};
use crate::follow_up::report::changes::note_changes;
use crate::follow_up::report::{AnswerEffect, AnswerKind, PreviousReport, ReportDay, ReportReply};
use crate::kernel::ids::{HeardId, PanelDayId, ResponseId, VersionId};
use crate::kernel::locale::Locale;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a day")
}

fn reply(status: ReplyStatus, text: &str) -> ReportReply {
    ReportReply {
        response_id: ResponseId::new(),
        version_id: VersionId::new(),
        version: 1,
        text: text.into(),
        status,
        due: Some(day(2010, 9, 30)),
        done: (status == ReplyStatus::Delivered).then(|| day(2010, 9, 1)),
        link: None,
        reason: None,
        evidence: None,
        change_reason: None,
    }
}

fn item(number: i64, text: &str, panelists: i64, replies: Vec<ReportReply>) -> ReportItem {
    ReportItem {
        heard_id: HeardId::new(),
        number,
        text: text.into(),
        topic: None,
        supporters: Some(panelists),
        reopened: false,
        replies,
        change: None,
        quotes: Vec::new(),
    }
}

/// The panel of 15 June, three items.
fn document() -> ReportDocument {
    ReportDocument {
        organisation: "Dell".into(),
        program: "Dell Customer Advisory Panel".into(),
        language: "en".into(),
        day: ReportDay { id: PanelDayId::new(), title: "Ranters".into(), date: day(2010, 6, 15), place: "Round Rock".into() },
        number: 2,
        finalised_at: day(2010, 9, 3).and_hms_opt(15, 0, 0).expect("a time").and_utc(),
        finalised_on: day(2010, 9, 3),
        previous: Some(PreviousReport { number: 1, finalised_on: day(2010, 7, 7) }),
        items: vec![
            item(1, "Offended by upsell while trying to get support.", 9, vec![reply(ReplyStatus::OnTrack, "More audits.")]),
            item(2, "Recycling my old machine took three calls.", 4, vec![reply(ReplyStatus::Delivered, "One form.")]),
            item(3, "I want the lid in green.", 1, vec![reply(ReplyStatus::Declined, "No.")]),
        ],
    }
}

fn raised(item: &ReportItem, quotes: &[&str]) -> RaisedItem {
    RaisedItem { heard_id: item.heard_id, quotes: quotes.iter().map(|t| (*t).to_owned()).collect(), withheld: Vec::new() }
}

#[test]
fn a_copy_starts_with_what_its_reader_raised() {
    let document = document();
    let mine = [raised(&document.items[2], &["Green lids, please"])];
    let edition = assemble(&document, ReportReader::Panelist("Ada".into()), &mine, &[]);
    assert_eq!(edition.yours.iter().map(|i| i.number).collect::<Vec<_>>(), [3]);
    assert_eq!(edition.others.len(), 2);
    assert_eq!(edition.headline(), "You said one thing. Here is what became of it.");
    assert_eq!(edition.yours[0].quotes, [ReportQuote { text: "Green lids, please".into(), by: Some("you".into()) }]);
    assert_eq!(edition.yours[0].raised_by(Locale::En, true), "You said it");
}

#[test]
fn the_summary_counts_in_words() {
    let edition = assemble(&document(), ReportReader::Staff, &[], &[]);
    assert_eq!(
        edition.summary(),
        "One is done, one is promised, one was declined, with a reason. Since report 1 (7 July 2010), nothing has changed."
    );
    assert_eq!(edition.headline(), "The panel said three things. Here is what became of them.");
}

#[test]
fn what_is_public_hides_small_counts_and_words_without_consent() {
    let document = document();
    let consented = [(raised(&document.items[0], &["They tried to sell me RAM"]), Some("Ada Okafor".to_owned()))];
    let withheld = ["recycling my old machine took THREE calls".to_owned()];
    let shared = public_version(&document, &consented, &withheld);
    assert_eq!(shared.others.iter().map(|i| (i.number, i.supporters)).collect::<Vec<_>>(), [(1, Some(9)), (3, None)]);
    assert_eq!(shared.others[0].quotes.len(), 1);
    assert!(shared.yours.is_empty());
    assert_eq!(shared.others[1].raised_by(Locale::En, false), "Raised by the panel");
}

#[test]
fn a_moved_date_is_told_with_its_reason() {
    let was = document();
    let mut is = was.clone();
    let reply = &mut is.items[0].replies[0];
    reply.version_id = VersionId::new();
    reply.due = Some(day(2010, 10, 15));
    reply.change_reason = Some("the audit firm starts later".into());
    is.items[1].reopened = true;
    note_changes(&mut is.items, Some(&was), is.finalised_on, Locale::En);
    assert_eq!(is.items[0].change.as_deref(), Some("The date moved from 30 Sep to 15 Oct: the audit firm starts later."));
    assert_eq!(is.items[1].change.as_deref(), Some("It was reopened."));
    assert_eq!(is.items[2].change, None);
    assert_eq!(is.items[1].edge(Locale::En, is.finalised_on), "open again");
}

#[test]
fn what_an_answer_does_and_what_its_reader_is_told() {
    let all = |own, current, not_due, open_again| AnswerCircumstances { own, current, not_due, open_again };
    let broken = AnswerKind::StillBroken;
    for (at, expected, button_says) in [
        // own, current, not due, open again
        (all(true, true, false, false), AnswerEffect::Reopened, "Still broken"),
        (all(true, true, true, false), AnswerEffect::TooSoon, "Not enough, or too late"),
        (all(true, true, false, true), AnswerEffect::AlreadyOpen, "Still broken"),
        (all(true, true, true, true), AnswerEffect::AlreadyOpen, "Still broken"),
        (all(false, true, false, false), AnswerEffect::MeToo, "Broken for me too"),
        (all(false, true, true, false), AnswerEffect::MeToo, "Broken for me too"),
        (all(false, true, true, true), AnswerEffect::MeToo, "Broken for me too"),
        (all(true, false, false, false), AnswerEffect::Outdated, "Still broken"),
        (all(false, false, true, true), AnswerEffect::Outdated, "Broken for me too"),
    ] {
        assert_eq!(effect(broken, at), expected, "{at:?}");
        assert_eq!(button(Locale::En, broken, at).as_deref(), Some(button_says), "{at:?}");
        let reopens = thanks(Locale::En, broken, expected).contains("The item is open again.");
        assert_eq!(reopens, expected == AnswerEffect::Reopened, "{at:?}");
        for other in [AnswerKind::Yes, AnswerKind::Partly, AnswerKind::NotWhatISaid, AnswerKind::Replied] {
            assert_eq!(effect(other, at), if at.current { AnswerEffect::Recorded } else { AnswerEffect::Outdated });
        }
    }
    assert_eq!(button(Locale::En, AnswerKind::NotWhatISaid, all(false, true, false, false)), None, "it is what somebody else said");
}

#[test]
fn a_promise_that_was_kept_late_says_by_how_much() {
    let was = document();
    let mut is = was.clone();
    let reply = &mut is.items[0].replies[0];
    (reply.status, reply.due, reply.done) = (ReplyStatus::Delivered, Some(day(2010, 12, 22)), Some(day(2011, 1, 20)));
    is.finalised_on = day(2010, 12, 31);
    note_changes(&mut is.items, Some(&was), is.finalised_on, Locale::En);
    assert_eq!(is.items[0].edge(Locale::En, is.finalised_on), "done 20 Jan 2011, 29 days late");
    assert_eq!(is.items[0].change.as_deref(), Some("The commitment was delivered, 29 days late."));
}

#[test]
fn words_that_were_left_out_are_nowhere_and_still_withheld_where_their_speaker_says_no() {
    let document = document();
    let raised = [RaisedItem {
        heard_id: document.items[0].heard_id,
        quotes: vec!["They tried to sell me RAM".into()],
        withheld: vec!["They sold me crap".into()],
    }];
    let stated = |permission| words([QuotedPanelist { name: "Ada Okafor", permission, raised: &raised }]);
    let named = stated(QuotePermission::Named);
    let shown = assemble(&document, ReportReader::Staff, &[], &named.consented);
    assert_eq!(shown.others[0].quotes, [ReportQuote { text: "They tried to sell me RAM".into(), by: Some("Ada Okafor".into()) }]);
    assert_eq!(stated(QuotePermission::None).withheld, ["They tried to sell me RAM", "They sold me crap"]);
    assert!(stated(QuotePermission::None).consented.is_empty());
}

#[test]
fn the_same_document_has_the_same_bytes_after_a_round_trip() {
    let document = document();
    let text = canonical(&document);
    let back: ReportDocument = serde_json::from_str(&text).expect("reads back");
    assert_eq!(canonical(&back), text);
    assert!(!text.contains("quotes"));
}

#[test]
fn delivery_is_the_furthest_a_copy_got() {
    assert_eq!(delivery(None, false, false), DeliveryStatus::NotSent);
    assert_eq!(delivery(Some(outbox::EmailState::Bounced), false, false), DeliveryStatus::Bounced);
    assert_eq!(delivery(Some(outbox::EmailState::InDoubt), false, false), DeliveryStatus::InDoubt);
    assert_eq!(delivery(Some(outbox::EmailState::InDoubt), true, false), DeliveryStatus::Opened, "whoever opened it has got it");
    assert_eq!(delivery(Some(outbox::EmailState::Sent), true, false), DeliveryStatus::Opened);
    assert_eq!(delivery(Some(outbox::EmailState::Sent), true, true), DeliveryStatus::Answered);
}

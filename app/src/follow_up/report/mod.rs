//! Reports: what a panel day was heard to say and what became of it, final, numbered, and carried back to those who came.
//!
//! A `ReportDocument` is the truth of one edition: the page, the email and the PDF are drawings of it, and its hash says that it
//! has not changed. It names nobody. Who raised what, and in which words, lives in the copies (`store::CopyRow`), one for each
//! attendee, so that erasing a person takes their words out of every edition without touching the document.
//! A panelist answers each reply; what "still broken" does is decided by `answer_rules::effect`: it reopens an item that its speaker raised, once
//! its promise is due.

#[cfg(feature = "store")]
pub mod act;
pub mod answer_rules;
pub mod changes;
#[cfg(feature = "ssr")]
pub mod drawing;
#[cfg(feature = "store")]
pub mod collect;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod preview;
#[cfg(feature = "store")]
pub mod reader;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
pub mod wording;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::clock::Time;
use crate::kernel::ids::{HeardId, NoteId, PanelDayId, ResponseId, VersionId};
use crate::recruiting::panelist::QuotePermission;

text_enum! {
    /// The status of a reply when the report was finalised.
    pub enum ReplyStatus {
        Delivered = "delivered", "done";
        OnTrack = "on_track", "promised";
        DueSoon = "due_soon", "due soon";
        Overdue = "overdue", "overdue";
        AlreadyExists = "already_exists", "already available";
        Declined = "declined", "declined";
        Question = "question", "question asked";
        Reopened = "reopened", "open again";
        Waiting = "waiting", "no answer yet";
    }
}

text_enum! {
    /// What a panelist says to a reply.
    pub enum AnswerKind {
        Yes = "yes", "Yes";
        Partly = "partly", "Partly";
        NotWhatISaid = "not_what_i_said", "Not what I said";
        StillBroken = "still_broken", "Still broken";
        /// An answer in words, to a reply that asks something back.
        Replied = "replied", "Answered the question";
    }
}

text_enum! {
    pub enum AnswerEffect {
        Recorded = "recorded", "recorded";
        Reopened = "reopened", "item reopened";
        AlreadyOpen = "already_open", "item already open";
        TooSoon = "too_soon", "not enough, or too late";
        MeToo = "me_too", "broken for me too";
        Outdated = "outdated", "to an earlier answer";
    }
}

text_enum! {
    /// Delivery status of one attendee's copy. Derived from the copy, its email and its answers, never stored.
    pub enum DeliveryStatus {
        NotSent = "not_sent", "not sent";
        Queued = "queued", "queued";
        Sent = "sent", "sent";
        InDoubt = "in_doubt", "may have been sent";
        Failed = "failed", "failed";
        Bounced = "bounced", "bounced";
        Unsubscribed = "unsubscribed", "not sent: unsubscribed";
        Opened = "opened", "opened";
        Answered = "answered", "answered";
    }
}

text_enum! {
    pub enum ReportState {
        Final = "final", "final, not sent";
        Sending = "sending", "sending";
        Sent = "sent", "sent";
    }
}

/// One edition's final content. Its JSON is hashed and never rewritten, so keys (`frozen_at`, `frozen_on`, `panelists`, `standing`) and codes keep
/// the names that they had first, whatever the fields are called now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDocument {
    /// The name that every reply carries: "Dell".
    pub organisation: String,
    pub program: String,
    /// The program's language, as a BCP 47 tag.
    pub language: String,
    pub day: ReportDay,
    /// Editions of one panel day count from 1.
    pub number: i64,
    #[serde(rename = "frozen_at")]
    pub finalised_at: Time,
    /// The date of finalising where the panel met.
    #[serde(rename = "frozen_on")]
    pub finalised_on: NaiveDate,
    pub previous: Option<PreviousReport>,
    pub items: Vec<ReportItem>,
}

/// The panel day that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDay {
    pub id: PanelDayId,
    pub title: String,
    pub date: NaiveDate,
    pub place: String,
}

/// The edition before this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousReport {
    pub number: i64,
    #[serde(rename = "frozen_on")]
    pub finalised_on: NaiveDate,
}

/// One heard item and the replies to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportItem {
    pub heard_id: HeardId,
    pub number: i64,
    pub text: String,
    pub topic: Option<String>,
    /// Distinct panelists who raised it; hidden where it would point at one or two people.
    #[serde(rename = "panelists")]
    pub supporters: Option<i64>,
    /// A panelist said "still broken", or staff reopened it, after the newest reply.
    pub reopened: bool,
    /// Oldest first.
    pub replies: Vec<ReportReply>,
    /// What changed since the previous edition, as a sentence in the document's language.
    pub change: Option<String>,
    /// Words of panelists who allow it. Laid in when the report is read, never finalised.
    #[serde(skip)]
    pub quotes: Vec<ReportQuote>,
}

/// One published version of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReply {
    pub response_id: ResponseId,
    pub version_id: VersionId,
    pub version: i64,
    pub text: String,
    #[serde(rename = "standing")]
    pub status: ReplyStatus,
    pub due: Option<NaiveDate>,
    pub done: Option<NaiveDate>,
    /// Where the thing that exists already is found.
    pub link: Option<String>,
    /// Why it was declined, in words.
    pub reason: Option<String>,
    /// What shows that the promise was kept.
    pub evidence: Option<String>,
    /// Why this version differs from the one before it.
    pub change_reason: Option<String>,
}

/// A panelist's own words, shown with their permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportQuote {
    pub text: String,
    /// The name, where the panelist wants it shown.
    pub by: Option<String>,
}

/// What one attendee raised: which item, and in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedItem {
    pub heard_id: HeardId,
    #[serde(default)]
    pub quotes: Vec<String>,
    /// Words that are not shown as they were said: left out, or corrected, before the report was finalised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
}

/// The choices about quotes before a report is finalised. Nothing decided shows all that may be shown, as it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteChoices {
    pub left_out: BTreeSet<NoteId>,
    /// The wording that is shown. The note keeps its own.
    pub reworded: BTreeMap<NoteId, String>,
}

/// One panelist, as far as their words are concerned.
#[derive(Clone, Copy, Debug)]
pub struct QuotedPanelist<'a> {
    pub name: &'a str,
    pub permission: QuotePermission,
    pub raised: &'a [RaisedItem],
}

/// The words of a report's copies that may be shown, with the name of their speaker where they want it, and those that may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotableWords {
    pub consented: Vec<(RaisedItem, Option<String>)>,
    pub withheld: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportReader {
    /// One attendee, by name.
    Panelist(String),
    /// The people who run the program.
    Staff,
    /// The same people, before the report is finalised.
    Preview,
    /// The public: only what was consented to.
    Public,
}

/// A report as one reader sees it: what they raised first, then the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportEdition {
    pub document: ReportDocument,
    pub reader: ReportReader,
    pub yours: Vec<ReportItem>,
    pub others: Vec<ReportItem>,
    /// The last line of the audit log before it was finalised; none in a preview.
    pub audit_head: Option<String>,
}

#[cfg(all(test, feature = "store"))]
mod tests;

//! Putting an edition together, and keeping what was not consented to out of it. Its sentences are in `wording`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    DeliveryStatus, QuotableWords, QuotedPanelist, RaisedItem, ReplyStatus, ReportDocument, ReportEdition, ReportItem, ReportQuote,
    ReportReader, ReportState,
};
use crate::access::outbox;
use crate::kernel::clock::Time;
use crate::kernel::ids::NoteId;
use crate::recruiting::panelist::QuotePermission;

/// The speaker of a quote that is its reader's own.
pub const YOU: &str = "you";
/// A count below this could point at one or two people, so nothing public shows it.
pub const MIN_COUNT_SHOWN: i64 = 3;

/// The colour of a state. Colour never stands alone: the word is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportTone {
    Good,
    /// Delivered after the due date.
    Late,
    Promised,
    Exists,
    Declined,
    Question,
    Warn,
    Bad,
    Quiet,
}

impl ReplyStatus {
    #[must_use]
    pub const fn tone(self) -> ReportTone {
        match self {
            Self::Delivered => ReportTone::Good,
            Self::OnTrack => ReportTone::Promised,
            Self::AlreadyExists => ReportTone::Exists,
            Self::Declined => ReportTone::Declined,
            Self::Question => ReportTone::Question,
            Self::DueSoon | Self::Reopened => ReportTone::Warn,
            Self::Overdue => ReportTone::Bad,
            Self::Waiting => ReportTone::Quiet,
        }
    }
}

impl ReportItem {
    /// The item's status: open again, or that of its newest reply.
    #[must_use]
    pub fn status(&self) -> ReplyStatus {
        if self.reopened { ReplyStatus::Reopened } else { self.replies.last().map_or(ReplyStatus::Waiting, |reply| reply.status) }
    }

    /// Its colour, which also says that a delivery was late.
    #[must_use]
    pub fn tone(&self) -> ReportTone {
        match (self.status(), self.replies.last()) {
            (ReplyStatus::Delivered, Some(reply)) if reply.late().is_some() => ReportTone::Late,
            (status, _) => status.tone(),
        }
    }
}

/// The document as one attendee reads it: what they raised first, with their own words, then the rest.
/// `consented` are the words that may be shown to the other attendees, by item.
#[must_use]
pub fn assemble(
    document: &ReportDocument,
    reader: ReportReader,
    raised: &[RaisedItem],
    consented: &[(RaisedItem, Option<String>)],
) -> ReportEdition {
    let (mut yours, mut others) = (Vec::new(), Vec::new());
    for item in &document.items {
        let mut item = item.clone();
        item.quotes = quotes_for(&item, consented);
        match raised.iter().find(|mine| mine.heard_id == item.heard_id) {
            Some(mine) => {
                let known = |text: &String| item.quotes.iter().any(|quote| same_words(&quote.text, text));
                let own: Vec<ReportQuote> =
                    mine.quotes.iter().filter(|t| !known(t)).map(|t| ReportQuote { text: t.clone(), by: Some(YOU.into()) }).collect();
                item.quotes.splice(0..0, own);
                yours.push(item);
            }
            None => others.push(item),
        }
    }
    ReportEdition { document: ReportDocument { items: Vec::new(), ..document.clone() }, reader, yours, others, audit_head: None }
}

/// The document as anybody may read it: counts under three hidden, only consented words, and no item whose wording is
/// somebody's verbatim words without consent. `withheld` are the words that nobody may see.
#[must_use]
pub fn public_version(document: &ReportDocument, consented: &[(RaisedItem, Option<String>)], withheld: &[String]) -> ReportEdition {
    let mut shown = document.clone();
    shown.items.retain(|item| !withheld.iter().any(|words| same_words(words, &item.text)));
    for item in &mut shown.items {
        item.supporters = item.supporters.filter(|count| *count >= MIN_COUNT_SHOWN);
    }
    assemble(&shown, ReportReader::Public, &[], consented)
}

fn quotes_for(item: &ReportItem, consented: &[(RaisedItem, Option<String>)]) -> Vec<ReportQuote> {
    let mut quotes: Vec<ReportQuote> = Vec::new();
    for (raised, by) in consented.iter().filter(|(raised, _)| raised.heard_id == item.heard_id) {
        for text in &raised.quotes {
            if !same_words(text, &item.text) && !quotes.iter().any(|quote| same_words(&quote.text, text)) {
                quotes.push(ReportQuote { text: text.clone(), by: by.clone() });
            }
        }
    }
    quotes
}

/// Sorts the words of these people by today's permission: the one rule for the preview, the page, the email, the PDF and the public version.
#[must_use]
pub fn words<'a>(speakers: impl IntoIterator<Item = QuotedPanelist<'a>>) -> QuotableWords {
    let mut words = QuotableWords::default();
    for QuotedPanelist { name, permission, raised } in speakers {
        let by = match permission {
            QuotePermission::None => {
                words.withheld.extend(raised.iter().flat_map(|raised| raised.quotes.iter().chain(&raised.withheld).cloned()));
                continue;
            }
            QuotePermission::Anonymous => None,
            QuotePermission::Named => Some(name.to_owned()),
        };
        words.consented.extend(raised.iter().map(|raised| (raised.clone(), by.clone())));
    }
    words
}

/// The field of a form that holds the words of a quote.
#[must_use]
pub fn words_field(note: NoteId) -> String {
    format!("words-{note}")
}

/// The same words, whatever the case, the quotation marks and the full stop.
fn same_words(a: &str, b: &str) -> bool {
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>();
    words(a) == words(b)
}

impl ReportEdition {
    /// Every item, what the reader raised first.
    pub fn items(&self) -> impl Iterator<Item = (&ReportItem, bool)> {
        self.yours.iter().map(|item| (item, true)).chain(self.others.iter().map(|item| (item, false)))
    }

    /// What the first screen counts: what the reader raised, or everything.
    #[must_use]
    pub fn counted(&self) -> &[ReportItem] {
        if self.yours.is_empty() { &self.others } else { &self.yours }
    }
}

/// JSON with its keys in order and no spaces: the same bytes for the same document, whichever database kept it.
///
/// # Panics
/// Never: a document has no map keys that are not text.
#[must_use]
pub fn canonical(document: &ReportDocument) -> String {
    fn sorted(value: Json) -> Json {
        match value {
            Json::Object(map) => {
                let ordered: BTreeMap<String, Json> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
                Json::Object(ordered.into_iter().collect())
            }
            Json::Array(values) => Json::Array(values.into_iter().map(sorted).collect()),
            other => other,
        }
    }
    sorted(serde_json::to_value(document).expect("a document is plain data")).to_string()
}

/// The delivery status of a copy: the furthest it got.
#[must_use]
pub fn delivery(email: Option<outbox::EmailState>, opened: bool, answered: bool) -> DeliveryStatus {
    match (answered, opened, email) {
        (true, ..) => DeliveryStatus::Answered,
        (_, true, _) => DeliveryStatus::Opened,
        (_, _, None) => DeliveryStatus::NotSent,
        (_, _, Some(outbox::EmailState::Queued | outbox::EmailState::Sending)) => DeliveryStatus::Queued,
        (_, _, Some(outbox::EmailState::Sent)) => DeliveryStatus::Sent,
        (_, _, Some(outbox::EmailState::InDoubt)) => DeliveryStatus::InDoubt,
        (_, _, Some(outbox::EmailState::Unsubscribed)) => DeliveryStatus::Unsubscribed,
        (_, _, Some(outbox::EmailState::Failed)) => DeliveryStatus::Failed,
        (_, _, Some(outbox::EmailState::Bounced)) => DeliveryStatus::Bounced,
    }
}

/// The state of a report, from its first sending and the delivery status of its copies.
#[must_use]
pub fn state(sending_at: Option<Time>, copies: impl IntoIterator<Item = DeliveryStatus>) -> ReportState {
    match sending_at {
        None => ReportState::Final,
        Some(_) if copies.into_iter().any(|copy| copy == DeliveryStatus::Queued) => ReportState::Sending,
        Some(_) => ReportState::Sent,
    }
}

impl DeliveryStatus {
    #[must_use]
    pub const fn tone(self) -> ReportTone {
        match self {
            Self::NotSent | Self::Queued | Self::Unsubscribed => ReportTone::Quiet,
            Self::Sent => ReportTone::Promised,
            Self::Opened | Self::Answered => ReportTone::Good,
            Self::InDoubt | Self::Failed | Self::Bounced => ReportTone::Bad,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;

//! Putting an edition together, saying what it says in words, and keeping what was not consented to out of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::{
    DeliveryStatus, QuotableWords, QuotedPanelist, RaisedItem, ReplyStatus, ReportDocument, ReportEdition, ReportItem, ReportQuote,
    ReportReader, ReportReply, ReportState,
};
use crate::access::outbox;
use crate::follow_up::response::rules::late_words;
use crate::kernel::clock::{Time, long_date, short_date};
use crate::kernel::ids::NoteId;
use crate::recruiting::panelist::QuotePermission;

/// A count below this could point at one or two people, so nothing public shows it.
pub const MIN_COUNT_SHOWN: i64 = 3;

/// One part of the strip above a report: how many items stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripPart {
    pub label: &'static str,
    pub count: usize,
    pub tone: ReportTone,
}

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
    /// Its colour.
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
    /// Where the item stands: opened again, or wherever its newest reply does.
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

    /// The words at the edge: "done 1 Sep", "promised for 30 Sep". Dates of another year than that of `on`, the day of finalising, say so.
    #[must_use]
    pub fn edge(&self, on: NaiveDate) -> String {
        match (self.status(), self.replies.last()) {
            (status @ (ReplyStatus::Reopened | ReplyStatus::Waiting), _) | (status, None) => status.label().into(),
            (_, Some(reply)) => reply.edge(on),
        }
    }

    /// Who raised it, in words: "You said it, with 8 others".
    #[must_use]
    pub fn raised_by(&self, you: bool) -> String {
        match (you, self.supporters) {
            (true, Some(2)) => "You said it, with one other".into(),
            (true, Some(n @ 3..)) => format!("You said it, with {} others", n - 1),
            (true, _) => "You said it".into(),
            (false, Some(1)) => "One person said it".into(),
            (false, Some(n)) => format!("{n} people said it"),
            (false, None) => "Said in the panel".into(),
        }
    }
}

impl ReportReply {
    /// By how much its promise was kept late: "29 days late".
    pub(super) fn late(&self) -> Option<String> {
        late_words(self.due, self.done?)
    }

    /// The words at the edge of this reply.
    #[must_use]
    pub fn edge(&self, on: NaiveDate) -> String {
        let dated = |words: &str, day: Option<NaiveDate>| {
            day.map_or_else(|| self.status.label().to_owned(), |day| format!("{words} {}", short_date(day, on)))
        };
        match self.status {
            ReplyStatus::Delivered => match self.late() {
                Some(late) => format!("{}, {late}", dated("done", self.done)),
                None => dated("done", self.done),
            },
            ReplyStatus::OnTrack => dated("promised for", self.due),
            ReplyStatus::DueSoon => dated("due soon,", self.due),
            ReplyStatus::Overdue => dated("overdue since", self.due),
            other => other.label().into(),
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
                    mine.quotes.iter().filter(|t| !known(t)).map(|t| ReportQuote { text: t.clone(), by: Some("you".into()) }).collect();
                item.quotes.splice(0..0, own);
                yours.push(item);
            }
            None => others.push(item),
        }
    }
    ReportEdition { document: ReportDocument { items: Vec::new(), ..document.clone() }, reader, yours, others }
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

    /// "You said six things. Here is what became of them."
    #[must_use]
    pub fn headline(&self) -> String {
        let who = if self.yours.is_empty() { "The panel" } else { "You" };
        match self.counted().len() {
            0 => "Nothing has been written down yet.".into(),
            1 => format!("{who} said one thing. Here is what became of it."),
            n => format!("{who} said {} things. Here is what became of them.", number_word(n)),
        }
    }

    /// How the counted items stand, done first.
    #[must_use]
    pub fn parts(&self) -> Vec<StripPart> {
        const GROUPS: &[(&str, ReportTone, &[ReplyStatus])] = &[
            ("done", ReportTone::Good, &[ReplyStatus::Delivered]),
            ("promised", ReportTone::Promised, &[ReplyStatus::OnTrack, ReplyStatus::DueSoon]),
            ("overdue", ReportTone::Bad, &[ReplyStatus::Overdue]),
            ("there already", ReportTone::Exists, &[ReplyStatus::AlreadyExists]),
            ("declined", ReportTone::Declined, &[ReplyStatus::Declined]),
            ("asked back", ReportTone::Question, &[ReplyStatus::Question]),
            ("open again", ReportTone::Warn, &[ReplyStatus::Reopened]),
            ("without an answer", ReportTone::Quiet, &[ReplyStatus::Waiting]),
        ];
        let count = |statuses: &[ReplyStatus]| self.counted().iter().filter(|item| statuses.contains(&item.status())).count();
        GROUPS
            .iter()
            .map(|(label, tone, statuses)| StripPart { label, count: count(statuses), tone: *tone })
            .filter(|part| part.count > 0)
            .collect()
    }

    /// "Three are done, two are promised, one was declined, with the reason. Since report 1 (7 July 2010), two moved."
    #[must_use]
    pub fn summary(&self) -> String {
        let said: Vec<String> = self
            .parts()
            .iter()
            .map(|part| {
                let (is, was) = if part.count == 1 { ("is", "was") } else { ("are", "were") };
                let n = number_word(part.count);
                match part.label {
                    "declined" => format!("{n} {was} declined, with the reason"),
                    "there already" => format!("{n} {is} there already"),
                    "asked back" => format!("{n} {was} answered with a question"),
                    "open again" => format!("{n} {is} open again"),
                    "without an answer" => format!("{n} {} for an answer", if part.count == 1 { "waits" } else { "wait" }),
                    label => format!("{n} {is} {label}"),
                }
            })
            .collect();
        let mut sentence = said.join(", ");
        if let Some(first) = sentence.get(..1) {
            let capital = first.to_uppercase();
            sentence.replace_range(..1, &capital);
            sentence.push('.');
        }
        if let Some(previous) = &self.document.previous {
            let moved = self.counted().iter().filter(|item| item.change.is_some()).count();
            let words = match moved {
                0 => "nothing moved".into(),
                n => format!("{} moved", number_word(n)),
            };
            sentence.push_str(&format!(" Since report {} ({}), {words}.", previous.number, long_date(previous.finalised_on)));
        }
        sentence
    }

    /// "Dell Customer Advisory Panel · 15 June 2010 · report 2".
    #[must_use]
    pub fn kicker(&self) -> String {
        format!("{} · {} · report {}", self.document.program, long_date(self.document.day.date), self.document.number)
    }
}

/// Numbers up to twelve are written out.
#[must_use]
pub fn number_word(n: usize) -> String {
    const WORDS: [&str; 13] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
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

/// Where a report stands, from its first sending and the delivery status of its copies.
#[must_use]
pub fn state(sending_at: Option<Time>, copies: impl IntoIterator<Item = DeliveryStatus>) -> ReportState {
    match sending_at {
        None => ReportState::Final,
        Some(_) if copies.into_iter().any(|copy| copy == DeliveryStatus::Queued) => ReportState::Sending,
        Some(_) => ReportState::Sent,
    }
}

impl DeliveryStatus {
    /// Its colour.
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

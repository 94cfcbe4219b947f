//! Putting an edition together, saying what it says in words, and keeping what was not consented to out of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::{AnswerKind, Delivery, Document, Edition, Effect, Item, Quote, Raised, Reader, Reply, Speaker, Standing, State, Words};
use crate::clock::{Time, long_date, short_date};
use crate::ids::NoteId;
use crate::outbox;
use crate::panelist::QuotePermission;
use crate::response::rules::late_words;

/// A count below this could point at one or two people, so nothing public shows it.
pub const SMALLEST_SHOWN: i64 = 3;

/// One part of the strip above a report: how many items stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub label: &'static str,
    pub count: usize,
    pub tone: Tone,
}

/// The colour of a state. Colour never stands alone: the word is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Promised,
    Warn,
    Bad,
    Quiet,
}

impl Standing {
    /// Its colour.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Delivered => Tone::Good,
            Self::OnTrack | Self::AlreadyExists => Tone::Promised,
            Self::DueSoon | Self::Reopened => Tone::Warn,
            Self::Overdue => Tone::Bad,
            Self::Declined | Self::Question | Self::Waiting => Tone::Quiet,
        }
    }
}

impl Item {
    /// Where the item stands: opened again, or wherever its newest reply does.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.reopened { Standing::Reopened } else { self.replies.last().map_or(Standing::Waiting, |reply| reply.standing) }
    }

    /// The words at the edge: "done 1 Sep", "promised for 30 Sep". Dates of another year than that of `on`, the day of freezing, say so.
    #[must_use]
    pub fn edge(&self, on: NaiveDate) -> String {
        match (self.standing(), self.replies.last()) {
            (standing @ (Standing::Reopened | Standing::Waiting), _) | (standing, None) => standing.label().into(),
            (_, Some(reply)) => reply.edge(on),
        }
    }

    /// Who raised it, in words: "You said it, with 8 others".
    #[must_use]
    pub fn raised_by(&self, you: bool) -> String {
        match (you, self.panelists) {
            (true, Some(2)) => "You said it, with one other".into(),
            (true, Some(n @ 3..)) => format!("You said it, with {} others", n - 1),
            (true, _) => "You said it".into(),
            (false, Some(1)) => "One person said it".into(),
            (false, Some(n)) => format!("{n} people said it"),
            (false, None) => "Said in the panel".into(),
        }
    }
}

impl Reply {
    /// By how much its promise was kept late: "29 days late".
    fn late(&self) -> Option<String> {
        late_words(self.due, self.done?)
    }

    /// The words at the edge of this reply.
    #[must_use]
    pub fn edge(&self, on: NaiveDate) -> String {
        let dated = |words: &str, day: Option<NaiveDate>| {
            day.map_or_else(|| self.standing.label().to_owned(), |day| format!("{words} {}", short_date(day, on)))
        };
        match self.standing {
            Standing::Delivered => match self.late() {
                Some(late) => format!("{}, {late}", dated("done", self.done)),
                None => dated("done", self.done),
            },
            Standing::OnTrack => dated("promised for", self.due),
            Standing::DueSoon => dated("due soon,", self.due),
            Standing::Overdue => dated("overdue since", self.due),
            other => other.label().into(),
        }
    }
}

/// The document as one attendee reads it: what they raised first, with their own words, then the rest.
/// `consented` are the words that may be shown to the other attendees, by item.
#[must_use]
pub fn assemble(document: &Document, reader: Reader, raised: &[Raised], consented: &[(Raised, Option<String>)]) -> Edition {
    let (mut yours, mut others) = (Vec::new(), Vec::new());
    for item in &document.items {
        let mut item = item.clone();
        item.quotes = quotes_for(&item, consented);
        match raised.iter().find(|mine| mine.heard_id == item.heard_id) {
            Some(mine) => {
                let known = |text: &String| item.quotes.iter().any(|quote| same_words(&quote.text, text));
                let own: Vec<Quote> =
                    mine.quotes.iter().filter(|t| !known(t)).map(|t| Quote { text: t.clone(), by: Some("you".into()) }).collect();
                item.quotes.splice(0..0, own);
                yours.push(item);
            }
            None => others.push(item),
        }
    }
    Edition { document: Document { items: Vec::new(), ..document.clone() }, reader, yours, others }
}

/// The document as anybody may read it: counts under three hidden, only consented words, and no item whose wording is
/// somebody's verbatim words without consent. `withheld` are the words that nobody may see.
#[must_use]
pub fn share_safe(document: &Document, consented: &[(Raised, Option<String>)], withheld: &[String]) -> Edition {
    let mut shown = document.clone();
    shown.items.retain(|item| !withheld.iter().any(|words| same_words(words, &item.text)));
    for item in &mut shown.items {
        item.panelists = item.panelists.filter(|count| *count >= SMALLEST_SHOWN);
    }
    assemble(&shown, Reader::Public, &[], consented)
}

fn quotes_for(item: &Item, consented: &[(Raised, Option<String>)]) -> Vec<Quote> {
    let mut quotes: Vec<Quote> = Vec::new();
    for (raised, by) in consented.iter().filter(|(raised, _)| raised.heard_id == item.heard_id) {
        for text in &raised.quotes {
            if !same_words(text, &item.text) && !quotes.iter().any(|quote| same_words(&quote.text, text)) {
                quotes.push(Quote { text: text.clone(), by: by.clone() });
            }
        }
    }
    quotes
}

/// Sorts the words of these people by today's permission: the one rule for the preview, the page, the mail, the PDF and the public version.
#[must_use]
pub fn words<'a>(speakers: impl IntoIterator<Item = Speaker<'a>>) -> Words {
    let mut words = Words::default();
    for Speaker { name, permission, raised } in speakers {
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

/// What is known when somebody answers a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// They raised the item themself.
    pub own: bool,
    /// The reply is the newest answer to the item; an older report may hold an older one.
    pub current: bool,
    /// It promises something whose day has not passed, and that is not confirmed as kept.
    pub not_due: bool,
    /// The item was opened again after that answer.
    pub open_again: bool,
}

/// What an answer does. One tap reopens an item only where its speaker raised it, the answer is the newest, its promise is due, and nobody has
/// reopened it yet. Everything else is recorded, counted and shown to staff, who decide.
///
/// | "still broken" | does |
/// |---|---|
/// | to an answer that was replaced since | nothing: it is recorded |
/// | about an item that somebody else raised | counts as "me too" |
/// | when the item is open again already | nothing: it is recorded |
/// | before the promised day | tells owner and staff that it is not enough, or too late |
/// | else | reopens the item |
#[must_use]
pub const fn effect(answer: AnswerKind, at: Circumstances) -> Effect {
    match (answer, at) {
        (_, Circumstances { current: false, .. }) => Effect::Outdated,
        (AnswerKind::Yes | AnswerKind::Partly | AnswerKind::NotWhatISaid, _) => Effect::Recorded,
        (AnswerKind::StillBroken, Circumstances { own: false, .. }) => Effect::MeToo,
        (AnswerKind::StillBroken, Circumstances { open_again: true, .. }) => Effect::AlreadyOpen,
        (AnswerKind::StillBroken, Circumstances { not_due: true, .. }) => Effect::TooSoon,
        (AnswerKind::StillBroken, _) => Effect::Reopened,
    }
}

/// What the button of an answer says: it fits what will happen. None where the answer makes no sense.
#[must_use]
pub const fn button(answer: AnswerKind, at: Circumstances) -> Option<&'static str> {
    match (answer, at) {
        (AnswerKind::NotWhatISaid, Circumstances { own: false, .. }) => None,
        (AnswerKind::StillBroken, Circumstances { own: false, .. }) => Some("Broken for me too"),
        (AnswerKind::StillBroken, Circumstances { not_due: true, open_again: false, .. }) => Some("Not enough, or too late"),
        _ => Some(answer.label()),
    }
}

/// What a panelist is told after an answer.
#[must_use]
pub const fn thanks(answer: AnswerKind, effect: Effect) -> &'static str {
    match (answer, effect) {
        (_, Effect::Outdated) => {
            "Your answer is recorded. This item has a newer answer than the one in this report, so nothing is opened again. The next report will include it."
        }
        (AnswerKind::Yes, _) => "You said: yes. Thank you.",
        (AnswerKind::Partly, _) => "You said: partly. The program team sees it.",
        (AnswerKind::NotWhatISaid, _) => "You said: not what I said. The program team will look at the wording again.",
        (AnswerKind::StillBroken, Effect::MeToo) => {
            "You said: broken for me too. You are counted, and the program team decides whether the item is opened again."
        }
        (AnswerKind::StillBroken, Effect::TooSoon) => {
            "You said: not enough, or too late. The promised day has not come, so the promise stays as it is. The program team sees what you say."
        }
        (AnswerKind::StillBroken, Effect::AlreadyOpen) => {
            "You said: still broken. The item is open again already, and your answer is added."
        }
        (AnswerKind::StillBroken, _) => "You said: still broken. The item is open again.",
    }
}

/// The same words, whatever the case, the quotation marks and the full stop.
fn same_words(a: &str, b: &str) -> bool {
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>();
    words(a) == words(b)
}

impl Edition {
    /// Every item, what the reader raised first.
    pub fn items(&self) -> impl Iterator<Item = (&Item, bool)> {
        self.yours.iter().map(|item| (item, true)).chain(self.others.iter().map(|item| (item, false)))
    }

    /// What the first screen counts: what the reader raised, or everything.
    #[must_use]
    pub fn counted(&self) -> &[Item] {
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
    pub fn parts(&self) -> Vec<Part> {
        const GROUPS: &[(&str, Tone, &[Standing])] = &[
            ("done", Tone::Good, &[Standing::Delivered]),
            ("promised", Tone::Promised, &[Standing::OnTrack, Standing::DueSoon]),
            ("overdue", Tone::Bad, &[Standing::Overdue]),
            ("there already", Tone::Promised, &[Standing::AlreadyExists]),
            ("declined", Tone::Quiet, &[Standing::Declined]),
            ("asked back", Tone::Quiet, &[Standing::Question]),
            ("open again", Tone::Warn, &[Standing::Reopened]),
            ("without an answer", Tone::Quiet, &[Standing::Waiting]),
        ];
        let count = |standings: &[Standing]| self.counted().iter().filter(|item| standings.contains(&item.standing())).count();
        GROUPS
            .iter()
            .map(|(label, tone, standings)| Part { label, count: count(standings), tone: *tone })
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
            sentence.push_str(&format!(" Since report {} ({}), {words}.", previous.number, long_date(previous.frozen_on)));
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

/// Writes into each item what moved since `previous`, in a report that is frozen on `on`.
pub fn note_changes(items: &mut [Item], previous: Option<&Document>, on: NaiveDate) {
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
pub fn change(was: &Item, is: &Item, on: NaiveDate) -> Option<String> {
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
                if old.standing != reply.standing {
                    match reply.standing {
                        Standing::Delivered => {
                            let late = reply.late().map(|late| format!(", {late}")).unwrap_or_default();
                            said.push(format!("The promise was kept{late}."));
                        }
                        Standing::Overdue => said.push("The promise is overdue.".into()),
                        _ => {}
                    }
                }
            }
        }
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn reworded(old: &Reply, new: &Reply, on: NaiveDate) -> String {
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

/// JSON with its keys in order and no spaces: the same bytes for the same document, whichever database kept it.
///
/// # Panics
/// Never: a document has no map keys that are not text.
#[must_use]
pub fn canonical(document: &Document) -> String {
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

/// How a copy travelled, the furthest it got.
#[must_use]
pub fn delivery(mail: Option<outbox::State>, opened: bool, answered: bool) -> Delivery {
    match (answered, opened, mail) {
        (true, ..) => Delivery::Answered,
        (_, true, _) => Delivery::Opened,
        (_, _, None) => Delivery::NotSent,
        (_, _, Some(outbox::State::Queued | outbox::State::Sending)) => Delivery::Queued,
        (_, _, Some(outbox::State::Sent)) => Delivery::Sent,
        (_, _, Some(outbox::State::InDoubt)) => Delivery::InDoubt,
        (_, _, Some(outbox::State::Unsubscribed)) => Delivery::Unsubscribed,
        (_, _, Some(outbox::State::Failed)) => Delivery::Failed,
        (_, _, Some(outbox::State::Bounced)) => Delivery::Bounced,
    }
}

/// Where a report stands, from its first sending and how its copies travelled.
#[must_use]
pub fn state(sending_at: Option<Time>, copies: impl IntoIterator<Item = Delivery>) -> State {
    match sending_at {
        None => State::Frozen,
        Some(_) if copies.into_iter().any(|copy| copy == Delivery::Queued) => State::Sending,
        Some(_) => State::Sent,
    }
}

impl Delivery {
    /// Its colour.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::NotSent | Self::Queued | Self::Unsubscribed => Tone::Quiet,
            Self::Sent => Tone::Promised,
            Self::Opened | Self::Answered => Tone::Good,
            Self::InDoubt | Self::Failed | Self::Bounced => Tone::Bad,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ids::{HeardId, PanelDayId, ResponseId, VersionId};
    use crate::report::{Day, Previous};

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    fn reply(standing: Standing, text: &str) -> Reply {
        Reply {
            response_id: ResponseId::new(),
            version_id: VersionId::new(),
            version: 1,
            text: text.into(),
            standing,
            due: Some(day(2010, 9, 30)),
            done: (standing == Standing::Delivered).then(|| day(2010, 9, 1)),
            link: None,
            reason: None,
            evidence: None,
            change_reason: None,
        }
    }

    fn item(number: i64, text: &str, panelists: i64, replies: Vec<Reply>) -> Item {
        Item {
            heard_id: HeardId::new(),
            number,
            text: text.into(),
            topic: None,
            panelists: Some(panelists),
            reopened: false,
            replies,
            change: None,
            quotes: Vec::new(),
        }
    }

    /// The panel of 15 June, three items.
    fn document() -> Document {
        Document {
            organisation: "Dell".into(),
            program: "Dell Customer Advisory Panel".into(),
            language: "en".into(),
            day: Day { id: PanelDayId::new(), title: "Ranters".into(), date: day(2010, 6, 15), place: "Round Rock".into() },
            number: 2,
            frozen_at: day(2010, 9, 3).and_hms_opt(15, 0, 0).expect("a time").and_utc(),
            frozen_on: day(2010, 9, 3),
            previous: Some(Previous { number: 1, frozen_on: day(2010, 7, 7) }),
            items: vec![
                item(1, "Offended by upsell while trying to get support.", 9, vec![reply(Standing::OnTrack, "More audits.")]),
                item(2, "Recycling my old machine took three calls.", 4, vec![reply(Standing::Delivered, "One form.")]),
                item(3, "I want the lid in green.", 1, vec![reply(Standing::Declined, "No.")]),
            ],
        }
    }

    fn raised(item: &Item, quotes: &[&str]) -> Raised {
        Raised { heard_id: item.heard_id, quotes: quotes.iter().map(|t| (*t).to_owned()).collect(), withheld: Vec::new() }
    }

    #[test]
    fn a_copy_starts_with_what_its_reader_raised() {
        let document = document();
        let mine = [raised(&document.items[2], &["Green lids, please"])];
        let edition = assemble(&document, Reader::Panelist("Ada".into()), &mine, &[]);
        assert_eq!(edition.yours.iter().map(|i| i.number).collect::<Vec<_>>(), [3]);
        assert_eq!(edition.others.len(), 2);
        assert_eq!(edition.headline(), "You said one thing. Here is what became of it.");
        assert_eq!(edition.yours[0].quotes, [Quote { text: "Green lids, please".into(), by: Some("you".into()) }]);
        assert_eq!(edition.yours[0].raised_by(true), "You said it");
    }

    #[test]
    fn the_summary_counts_in_words() {
        let edition = assemble(&document(), Reader::Staff, &[], &[]);
        assert_eq!(
            edition.summary(),
            "One is done, one is promised, one was declined, with the reason. Since report 1 (7 July 2010), nothing moved."
        );
        assert_eq!(edition.headline(), "The panel said three things. Here is what became of them.");
    }

    #[test]
    fn what_is_public_hides_small_counts_and_words_without_consent() {
        let document = document();
        let consented = [(raised(&document.items[0], &["They tried to sell me RAM"]), Some("Ada Okafor".to_owned()))];
        let withheld = ["recycling my old machine took THREE calls".to_owned()];
        let shared = share_safe(&document, &consented, &withheld);
        assert_eq!(shared.others.iter().map(|i| (i.number, i.panelists)).collect::<Vec<_>>(), [(1, Some(9)), (3, None)]);
        assert_eq!(shared.others[0].quotes.len(), 1);
        assert!(shared.yours.is_empty());
        assert_eq!(shared.others[1].raised_by(false), "Said in the panel");
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
        note_changes(&mut is.items, Some(&was), is.frozen_on);
        assert_eq!(is.items[0].change.as_deref(), Some("The date moved from 30 Sep to 15 Oct: the audit firm starts later."));
        assert_eq!(is.items[1].change.as_deref(), Some("It was opened again."));
        assert_eq!(is.items[2].change, None);
        assert_eq!(is.items[1].edge(is.frozen_on), "open again");
    }

    #[test]
    fn what_an_answer_does_and_what_its_reader_is_told() {
        let all = |own, current, not_due, open_again| Circumstances { own, current, not_due, open_again };
        let broken = AnswerKind::StillBroken;
        for (at, expected, button_says) in [
            // own, current, not due, open again
            (all(true, true, false, false), Effect::Reopened, "Still broken"),
            (all(true, true, true, false), Effect::TooSoon, "Not enough, or too late"),
            (all(true, true, false, true), Effect::AlreadyOpen, "Still broken"),
            (all(true, true, true, true), Effect::AlreadyOpen, "Still broken"),
            (all(false, true, false, false), Effect::MeToo, "Broken for me too"),
            (all(false, true, true, false), Effect::MeToo, "Broken for me too"),
            (all(false, true, true, true), Effect::MeToo, "Broken for me too"),
            (all(true, false, false, false), Effect::Outdated, "Still broken"),
            (all(false, false, true, true), Effect::Outdated, "Broken for me too"),
        ] {
            assert_eq!(effect(broken, at), expected, "{at:?}");
            assert_eq!(button(broken, at), Some(button_says), "{at:?}");
            let reopens = thanks(broken, expected).contains("The item is open again.");
            assert_eq!(reopens, expected == Effect::Reopened, "{at:?}");
            for other in [AnswerKind::Yes, AnswerKind::Partly, AnswerKind::NotWhatISaid] {
                assert_eq!(effect(other, at), if at.current { Effect::Recorded } else { Effect::Outdated });
            }
        }
        assert_eq!(button(AnswerKind::NotWhatISaid, all(false, true, false, false)), None, "it is what somebody else said");
    }

    #[test]
    fn a_promise_that_was_kept_late_says_by_how_much() {
        let was = document();
        let mut is = was.clone();
        let reply = &mut is.items[0].replies[0];
        (reply.standing, reply.due, reply.done) = (Standing::Delivered, Some(day(2010, 12, 22)), Some(day(2011, 1, 20)));
        is.frozen_on = day(2010, 12, 31);
        note_changes(&mut is.items, Some(&was), is.frozen_on);
        assert_eq!(is.items[0].edge(is.frozen_on), "done 20 Jan 2011, 29 days late");
        assert_eq!(is.items[0].change.as_deref(), Some("The promise was kept, 29 days late."));
    }

    #[test]
    fn words_that_were_left_out_are_nowhere_and_still_withheld_where_their_speaker_says_no() {
        let document = document();
        let raised = [Raised {
            heard_id: document.items[0].heard_id,
            quotes: vec!["They tried to sell me RAM".into()],
            withheld: vec!["They sold me crap".into()],
        }];
        let said = |permission| words([Speaker { name: "Ada Okafor", permission, raised: &raised }]);
        let named = said(QuotePermission::Named);
        let shown = assemble(&document, Reader::Staff, &[], &named.consented);
        assert_eq!(shown.others[0].quotes, [Quote { text: "They tried to sell me RAM".into(), by: Some("Ada Okafor".into()) }]);
        assert_eq!(said(QuotePermission::None).withheld, ["They tried to sell me RAM", "They sold me crap"]);
        assert!(said(QuotePermission::None).consented.is_empty());
    }

    #[test]
    fn the_same_document_has_the_same_bytes_after_a_round_trip() {
        let document = document();
        let text = canonical(&document);
        let back: Document = serde_json::from_str(&text).expect("reads back");
        assert_eq!(canonical(&back), text);
        assert!(!text.contains("quotes"));
    }

    #[test]
    fn delivery_is_the_furthest_a_copy_got() {
        assert_eq!(delivery(None, false, false), Delivery::NotSent);
        assert_eq!(delivery(Some(outbox::State::Bounced), false, false), Delivery::Bounced);
        assert_eq!(delivery(Some(outbox::State::InDoubt), false, false), Delivery::InDoubt);
        assert_eq!(delivery(Some(outbox::State::InDoubt), true, false), Delivery::Opened, "whoever opened it has got it");
        assert_eq!(delivery(Some(outbox::State::Sent), true, false), Delivery::Opened);
        assert_eq!(delivery(Some(outbox::State::Sent), true, true), Delivery::Answered);
    }
}

//! The sentences of a report, in the language of its document. Page, email and PDF draw the same ones.

use chrono::NaiveDate;

use super::rules::{ReportTone, YOU};
use super::{ReplyStatus, ReportDocument, ReportEdition, ReportItem, ReportQuote, ReportReader, ReportReply};
use crate::kernel::locale::Locale;
use crate::t;

/// One part of the bar above a report: how many items have this status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripPart {
    pub group: StripGroup,
    pub label: String,
    pub count: usize,
    pub tone: ReportTone,
}

/// Statuses that are counted together, in the order of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripGroup {
    Done,
    Promised,
    Overdue,
    Exists,
    Declined,
    Question,
    Reopened,
    Waiting,
}

impl StripGroup {
    const ALL: &[Self] =
        &[Self::Done, Self::Promised, Self::Overdue, Self::Exists, Self::Declined, Self::Question, Self::Reopened, Self::Waiting];

    const fn of(status: ReplyStatus) -> Self {
        match status {
            ReplyStatus::Delivered => Self::Done,
            ReplyStatus::OnTrack | ReplyStatus::DueSoon => Self::Promised,
            ReplyStatus::Overdue => Self::Overdue,
            ReplyStatus::AlreadyExists => Self::Exists,
            ReplyStatus::Declined => Self::Declined,
            ReplyStatus::Question => Self::Question,
            ReplyStatus::Reopened => Self::Reopened,
            ReplyStatus::Waiting => Self::Waiting,
        }
    }

    const fn tone(self) -> ReportTone {
        match self {
            Self::Done => ReportTone::Good,
            Self::Promised => ReportTone::Promised,
            Self::Exists => ReportTone::Exists,
            Self::Overdue => ReportTone::Bad,
            Self::Reopened => ReportTone::Warn,
            Self::Declined => ReportTone::Declined,
            Self::Question => ReportTone::Question,
            Self::Waiting => ReportTone::Quiet,
        }
    }

    fn label(self, locale: Locale) -> String {
        match self {
            Self::Done => t!(locale, "report-part-done"),
            Self::Promised => t!(locale, "report-part-promised"),
            Self::Overdue => t!(locale, "report-part-overdue"),
            Self::Exists => t!(locale, "report-part-exists"),
            Self::Declined => t!(locale, "report-part-declined"),
            Self::Question => t!(locale, "report-part-question"),
            Self::Reopened => t!(locale, "report-part-reopened"),
            Self::Waiting => t!(locale, "report-part-waiting"),
        }
    }

    /// "three are done".
    fn counted(self, locale: Locale, n: usize) -> String {
        let words = locale.number_word(n);
        match self {
            Self::Done => t!(locale, "report-sum-done", n = n, words = words),
            Self::Promised => t!(locale, "report-sum-promised", n = n, words = words),
            Self::Overdue => t!(locale, "report-sum-overdue", n = n, words = words),
            Self::Exists => t!(locale, "report-sum-exists", n = n, words = words),
            Self::Declined => t!(locale, "report-sum-declined", n = n, words = words),
            Self::Question => t!(locale, "report-sum-question", n = n, words = words),
            Self::Reopened => t!(locale, "report-sum-reopened", n = n, words = words),
            Self::Waiting => t!(locale, "report-sum-waiting", n = n, words = words),
        }
    }
}

impl ReportDocument {
    /// The language of its frame.
    #[must_use]
    pub fn locale(&self) -> Locale {
        Locale::of(&self.language)
    }
}

impl ReportItem {
    /// The words at the edge: "done 1 Sep", "promised for 30 Sep". Dates of another year than that of `on`, the day of finalising, say so.
    #[must_use]
    pub fn edge(&self, locale: Locale, on: NaiveDate) -> String {
        match self.replies.last() {
            Some(reply) if !self.reopened => reply.edge(locale, on),
            Some(_) => t!(locale, "edge-reopened"),
            None if self.reopened => t!(locale, "edge-reopened"),
            None => t!(locale, "edge-waiting"),
        }
    }

    /// Who raised it: "You said it, with 8 others".
    #[must_use]
    pub fn raised_by(&self, locale: Locale, you: bool) -> String {
        match (you, self.supporters) {
            (true, Some(n @ 2..)) => t!(locale, "raised-you-and-others", others = n - 1),
            (true, _) => t!(locale, "raised-you"),
            (false, Some(n)) => t!(locale, "raised-people", n = n),
            (false, None) => t!(locale, "raised-panel"),
        }
    }

    /// "New since 7 July 2010: The date moved …"; none where nothing changed.
    #[must_use]
    pub fn changed(&self, document: &ReportDocument) -> Option<String> {
        let (change, previous) = (self.change.as_ref()?, document.previous.as_ref()?);
        Some(t!(document.locale(), "report-changed", date = previous.finalised_on, change = change))
    }
}

impl ReportQuote {
    /// Who said it, after the quote; empty for somebody who is not named.
    #[must_use]
    pub fn speaker(&self, locale: Locale) -> String {
        match self.by.as_deref() {
            Some(YOU) => t!(locale, "report-quote-you"),
            Some(name) => t!(locale, "report-quote-by", name = name),
            None => String::new(),
        }
    }
}

impl ReportReply {
    /// By how many days its commitment was delivered late; none where it was not.
    #[must_use]
    pub(super) fn late(&self) -> Option<i64> {
        Some((self.done? - self.due?).num_days()).filter(|days| *days > 0)
    }

    /// The words at the edge of this reply.
    #[must_use]
    pub fn edge(&self, locale: Locale, on: NaiveDate) -> String {
        let due = self.due.map(|day| locale.short_date(day, on));
        match self.status {
            ReplyStatus::Delivered => {
                let done = match self.done {
                    Some(day) => t!(locale, "edge-done", date = locale.short_date(day, on)),
                    None => t!(locale, "edge-done-undated"),
                };
                self.late().map_or_else(|| done.clone(), |days| t!(locale, "edge-late", status = &done, days = days))
            }
            ReplyStatus::OnTrack => {
                due.map_or_else(|| t!(locale, "edge-promised-undated"), |date| t!(locale, "edge-promised", date = date))
            }
            ReplyStatus::DueSoon => {
                due.map_or_else(|| t!(locale, "edge-due-soon-undated"), |date| t!(locale, "edge-due-soon", date = date))
            }
            ReplyStatus::Overdue => due.map_or_else(|| t!(locale, "edge-overdue-undated"), |date| t!(locale, "edge-overdue", date = date)),
            ReplyStatus::AlreadyExists => t!(locale, "edge-exists"),
            ReplyStatus::Declined => t!(locale, "edge-declined"),
            ReplyStatus::Question => t!(locale, "edge-question"),
            ReplyStatus::Reopened => t!(locale, "edge-reopened"),
            ReplyStatus::Waiting => t!(locale, "edge-waiting"),
        }
    }

    /// The reason of a refusal and the evidence of a delivery, a line each.
    #[must_use]
    pub fn small_print(&self, locale: Locale) -> Vec<String> {
        let reason = self.reason.as_ref().map(|reason| t!(locale, "report-reason", reason = reason));
        let evidence = self.evidence.as_ref().map(|evidence| t!(locale, "report-evidence", evidence = evidence));
        reason.into_iter().chain(evidence).collect()
    }
}

impl ReportEdition {
    /// The language of its frame.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.document.locale()
    }

    /// "You said six things. Here is what became of them."
    #[must_use]
    pub fn headline(&self) -> String {
        let (locale, n) = (self.locale(), self.counted().len());
        let words = locale.number_word(n);
        match n {
            0 => t!(locale, "report-headline-none"),
            n if self.yours.is_empty() => t!(locale, "report-headline-panel", n = n, words = words),
            n => t!(locale, "report-headline-you", n = n, words = words),
        }
    }

    /// The statuses of the counted items, done first.
    #[must_use]
    pub fn parts(&self) -> Vec<StripPart> {
        let count = |group: StripGroup| self.counted().iter().filter(|item| StripGroup::of(item.status()) == group).count();
        let part =
            |group: &StripGroup| StripPart { group: *group, label: group.label(self.locale()), count: count(*group), tone: group.tone() };
        StripGroup::ALL.iter().map(part).filter(|part| part.count > 0).collect()
    }

    /// "Three are done, two are promised. Since report 1 (7 July 2010), two have changed."
    #[must_use]
    pub fn summary(&self) -> String {
        let locale = self.locale();
        let phrases: Vec<String> = self.parts().iter().map(|part| part.group.counted(locale, part.count)).collect();
        let mut letters = phrases.join(", ").chars().collect::<Vec<_>>().into_iter();
        let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        if !sentence.is_empty() {
            sentence.push('.');
        }
        if let Some(previous) = &self.document.previous {
            let moved = self.counted().iter().filter(|item| item.change.is_some()).count();
            let since = match moved {
                0 => t!(locale, "report-since-none", number = previous.number, date = previous.finalised_on),
                n => {
                    t!(locale, "report-since", n = n, words = locale.number_word(n), number = previous.number, date = previous.finalised_on)
                }
            };
            sentence = format!("{sentence} {since}").trim().to_owned();
        }
        sentence
    }

    /// "Dell Customer Advisory Panel · 15 June 2010 · report 2".
    #[must_use]
    pub fn kicker(&self) -> String {
        let document = &self.document;
        t!(self.locale(), "report-kicker", program = &document.program, date = document.day.date, number = document.number)
    }

    /// What the document is called, for the file's title.
    #[must_use]
    pub fn title(&self) -> String {
        t!(self.locale(), "report-title", program = &self.document.program, number = self.document.number)
    }

    /// That it no longer changes, and what a public version leaves out; of a preview, that it is one.
    #[must_use]
    pub fn closing(&self) -> String {
        let last = t!(self.locale(), "report-final", date = self.document.finalised_on);
        match self.reader {
            ReportReader::Public => format!("{last} {}", t!(self.locale(), "report-final-public")),
            ReportReader::Preview => t!(self.locale(), "report-preview", date = self.document.finalised_on),
            ReportReader::Panelist(_) | ReportReader::Staff => last,
        }
    }
}

//! What a report would say if it were finalised now: a day's open items, their published answers, and who raised what. The preview and the
//! final report are both made here, so that they are the same.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::answer_rules::AnswerCircumstances;
use super::rules::assemble;
use super::store;
use super::{
    PreviousReport, QuotableWords, QuoteChoices, QuotedPanelist, RaisedItem, ReplyStatus, ReportDay, ReportDocument, ReportEdition,
    ReportItem, ReportReader, ReportReply, changes, rules,
};
use crate::db::{Tx, audit_log};
use crate::follow_up::heard::{self, Heard, SourceNote};
use crate::follow_up::response::rules::{StatusFacts, status};
use crate::follow_up::response::{self, CommitmentDelivery, ResponseKind, ResponseVersion};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, NoteId, PanelDayId, PanelistId, ProgramId, VersionId};
use crate::kernel::locale::Locale;
use crate::kernel::secret::fingerprint;
use crate::panel_day::note;
use crate::recruiting::panelist::{self, Panelist, QuotePermission};
use crate::{program, program::day};

/// A document in the making, and what each panelist raised.
#[derive(Clone, Debug)]
pub struct CollectedReport {
    pub document: ReportDocument,
    pub raised: BTreeMap<PanelistId, Vec<RaisedItem>>,
    /// Who gets a copy: those with a seat.
    pub seated: Vec<Panelist>,
    /// Every quote that may be shown by today's permission of its speaker, whatever was chosen, item by item.
    pub quotes: Vec<QuotableNote>,
    pub program: ProgramId,
    /// The newest line of the audit log when reading began.
    pub read_at: i64,
}

/// Words that a report may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotableNote {
    pub note: NoteId,
    pub item: i64,
    /// As they were noted.
    pub text: String,
    /// The speaker, where they want to be named.
    pub by: Option<String>,
}

impl CollectedReport {
    /// What the report's copies will say, as far as words are concerned.
    #[must_use]
    pub fn words(&self) -> QuotableWords {
        rules::words(self.seated.iter().map(|panelist| QuotedPanelist {
            name: &panelist.name,
            permission: panelist.quote_permission,
            raised: self.raised_by(panelist.id),
        }))
    }

    /// What one panelist raised.
    #[must_use]
    pub fn raised_by(&self, panelist: PanelistId) -> &[RaisedItem] {
        self.raised.get(&panelist).map_or(&[], Vec::as_slice)
    }

    /// The report as staff will read it once it is finalised.
    #[must_use]
    pub fn edition(&self) -> ReportEdition {
        assemble(&self.document, ReportReader::Staff, &[], &self.words().consented)
    }

    /// That edition, which says that it is a preview.
    #[must_use]
    pub fn preview(&self) -> ReportEdition {
        ReportEdition { reader: ReportReader::Preview, ..self.edition() }
    }

    /// The same for what reads the same: who finalises a report says by it which preview they read. The moment of reading does not count, nor
    /// what was chosen about quotes.
    #[must_use]
    pub fn mark(&self) -> String {
        let timeless = ReportDocument { finalised_at: Time::UNIX_EPOCH, finalised_on: NaiveDate::default(), ..self.document.clone() };
        let quotes: Vec<String> = self.quotes.iter().map(|quote| format!("{quote:?}")).collect();
        fingerprint(&format!("{}{}", rules::canonical(&timeless), quotes.concat()))
    }
}

/// Gathers the next report of a day.
///
/// # Errors
/// `NotFound` for a day that is not there.
pub async fn collect(tx: &mut Tx, now: Time, day: PanelDayId, choices: &QuoteChoices) -> Result<CollectedReport> {
    // Read first: what is saved while the rest is read is noticed then.
    let read_at = audit_log::newest(tx).await?;
    let day = day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let versions = response::store::list_program(tx, program.id).await?;
    let deliveries = response::store::list_deliveries(tx, program.id).await?;
    let reopened: BTreeMap<_, _> = heard::store::list_reopened(tx, program.id).await?.into_iter().collect();
    let previous = store::find_newest(tx, day.id).await?;
    let seated = panelist::store::list_seated(tx, day.id).await?;
    let today = clock::local_day(now, day.zone());

    // What was merged into an item, of this day or of another, is told by that item.
    let mut open = heard::store::list_survivors(tx, day.id).await?;
    open.retain(|heard| heard.state() == heard::HeardState::Open);
    let ids: Vec<HeardId> = open.iter().map(|heard| heard.id).collect();
    let mut behind: HashMap<HeardId, Vec<SourceNote>> = HashMap::new();
    for (heard, source) in heard::store::list_sources_of(tx, &ids).await? {
        behind.entry(heard).or_default().push(source);
    }

    let (mut items, mut quotes) = (Vec::new(), Vec::new());
    let mut raised: BTreeMap<PanelistId, Vec<RaisedItem>> = BTreeMap::new();
    for heard in open {
        let sources = behind.remove(&heard.id).unwrap_or_default();
        quotes.extend(sources.iter().filter_map(|source| quotable(&heard, source, &seated)));
        for (panelist, mine) in raised_by(&heard, &sources, choices) {
            raised.entry(panelist).or_default().push(mine);
        }
        let published: Vec<&ResponseVersion> = newest_published(versions.iter().filter(|version| version.heard_id == heard.id));
        let answered_at = published.iter().filter_map(|version| version.published_at).max();
        items.push(ReportItem {
            heard_id: heard.id,
            number: heard.number,
            text: heard.text.clone(),
            topic: heard.topic.clone(),
            supporters: Some(count_people(&sources)),
            reopened: answered_at.is_some() && reopened.get(&heard.id).copied() > answered_at,
            replies: published.into_iter().map(|version| reply(version, &deliveries, today, day.zone())).collect(),
            change: None,
            quotes: Vec::new(),
        });
    }
    changes::note_changes(&mut items, previous.as_ref().map(|report| &report.document), today, Locale::of(&program.charter.language));
    let document = ReportDocument {
        organisation: program.charter.organisation,
        program: program.charter.name,
        language: program.charter.language,
        day: ReportDay { id: day.id, title: day.title, date: day.day, place: day.place },
        number: previous.as_ref().map_or(1, |report| report.number + 1),
        finalised_at: now,
        finalised_on: today,
        previous: previous.map(|report| PreviousReport { number: report.number, finalised_on: report.document.finalised_on }),
        items,
    };
    Ok(CollectedReport { document, raised, seated, quotes, program: program.id, read_at })
}

/// What is known about each answered item of a report when one of its readers answers: the newest version, and the circumstances of answering
/// `shown`, the version that the reader sees.
///
/// # Errors
/// `NotFound` for a day that is not there.
pub async fn circumstances(
    tx: &mut Tx,
    now: Time,
    day: PanelDayId,
    raised: &[RaisedItem],
    shown: &[(HeardId, VersionId)],
) -> Result<HashMap<VersionId, AnswerCircumstances>> {
    let day = day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
    let versions = response::store::list_program(tx, day.program_id).await?;
    let deliveries = response::store::list_deliveries(tx, day.program_id).await?;
    let reopened: BTreeMap<_, _> = heard::store::list_reopened(tx, day.program_id).await?.into_iter().collect();
    let today = clock::local_day(now, day.zone());
    let mut known = HashMap::new();
    for (heard, version) in shown {
        let published = versions.iter().filter(|version| version.heard_id == *heard && version.published_at.is_some());
        let Some(current) = published.max_by_key(|version| (version.published_at, version.number, version.id)) else { continue };
        let kept = deliveries.iter().any(|delivery| delivery.response_id == current.response_id && delivery.confirmed_at.is_some());
        known.insert(
            *version,
            AnswerCircumstances {
                own: raised.iter().any(|mine| mine.heard_id == *heard),
                current: current.id == *version,
                not_due: current.kind == ResponseKind::Commit && !kept && current.due.is_some_and(|due| today <= due),
                open_again: reopened.get(heard).copied() > current.published_at,
            },
        );
    }
    Ok(known)
}

fn quotable(heard: &Heard, source: &SourceNote, seated: &[Panelist]) -> Option<QuotableNote> {
    let speaker = seated.iter().find(|panelist| Some(panelist.id) == source.panelist_id)?;
    let by = match speaker.quote_permission {
        QuotePermission::None => return None,
        QuotePermission::Anonymous => None,
        QuotePermission::Named => Some(speaker.name.clone()),
    };
    (source.kind == note::NoteKind::Quote).then(|| QuotableNote { note: source.note_id, item: heard.number, text: source.text.clone(), by })
}

fn raised_by(heard: &Heard, sources: &[SourceNote], choices: &QuoteChoices) -> BTreeMap<PanelistId, RaisedItem> {
    let mut raised: BTreeMap<PanelistId, RaisedItem> = BTreeMap::new();
    let add = |words: &mut Vec<String>, text: &String| {
        if !words.contains(text) {
            words.push(text.clone());
        }
    };
    for source in sources {
        let Some(panelist) = source.panelist_id else { continue };
        let mine = raised.entry(panelist).or_insert_with(|| RaisedItem { heard_id: heard.id, quotes: Vec::new(), withheld: Vec::new() });
        if source.kind != note::NoteKind::Quote {
            continue;
        }
        match choices.reworded.get(&source.note_id) {
            _ if choices.left_out.contains(&source.note_id) => add(&mut mine.withheld, &source.text),
            Some(words) if *words != source.text => {
                add(&mut mine.quotes, words);
                add(&mut mine.withheld, &source.text);
            }
            _ => add(&mut mine.quotes, &source.text),
        }
    }
    raised
}

fn count_people(sources: &[SourceNote]) -> i64 {
    let people: std::collections::BTreeSet<PanelistId> = sources.iter().filter_map(|source| source.panelist_id).collect();
    i64::try_from(people.len()).unwrap_or(i64::MAX)
}

/// The newest published version of each response, in the order in which they were published.
fn newest_published<'a>(versions: impl Iterator<Item = &'a ResponseVersion>) -> Vec<&'a ResponseVersion> {
    let mut newest: Vec<&ResponseVersion> = Vec::new();
    for version in versions.filter(|version| version.published_at.is_some()) {
        match newest.iter_mut().find(|known| known.response_id == version.response_id) {
            Some(known) if known.number < version.number => *known = version,
            Some(_) => {}
            None => newest.push(version),
        }
    }
    newest.sort_by_key(|version| version.published_at);
    newest
}

fn reply(version: &ResponseVersion, deliveries: &[CommitmentDelivery], today: NaiveDate, zone: chrono_tz::Tz) -> ReportReply {
    let delivery = deliveries.iter().find(|delivery| delivery.response_id == version.response_id);
    let kept = delivery.filter(|delivery| delivery.confirmed_at.is_some() && version.kind == ResponseKind::Commit);
    let facts = StatusFacts { has_owner: true, published: Some(version), delivery, ..StatusFacts::default() };
    ReportReply {
        response_id: version.response_id,
        version_id: version.id,
        version: version.number,
        text: version.text.clone(),
        status: match status(facts, today) {
            response::FollowUpStatus::Delivered => ReplyStatus::Delivered,
            response::FollowUpStatus::OnTrack => ReplyStatus::OnTrack,
            response::FollowUpStatus::DueSoon => ReplyStatus::DueSoon,
            response::FollowUpStatus::Overdue => ReplyStatus::Overdue,
            response::FollowUpStatus::Exists => ReplyStatus::AlreadyExists,
            response::FollowUpStatus::Declined => ReplyStatus::Declined,
            response::FollowUpStatus::Question => ReplyStatus::Question,
            response::FollowUpStatus::Reopened => ReplyStatus::Reopened,
            response::FollowUpStatus::NoOwner | response::FollowUpStatus::Waiting | response::FollowUpStatus::InReview => {
                ReplyStatus::Waiting
            }
        },
        due: version.due,
        done: response::rules::delivered_on(kept, zone),
        link: version.link.clone(),
        reason: version.decline_reason.map(|reason| reason.label().to_lowercase()),
        evidence: kept.map(|delivery| delivery.evidence.clone()),
        change_reason: version.change_reason.clone(),
    }
}

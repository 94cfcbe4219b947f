//! What a report would say if it were frozen now: a day's open items, their published answers, and who raised what. The preview and the
//! frozen report are both made here, so that they are the same.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::rules::{Circumstances, assemble};
use super::store;
use super::{Day, Document, Edition, Item, Previous, QuoteChoices, Raised, Reader, Reply, Speaker, Standing, Words, rules};
use crate::clock::{self, Time};
use crate::db::{Tx, journal};
use crate::error::{Error, Result};
use crate::heard::{self, Heard, Source};
use crate::ids::{HeardId, NoteId, PanelDayId, PanelistId, ProgramId, VersionId};
use crate::note;
use crate::panelist::{self, Panelist, QuotePermission};
use crate::response::rules::{Facts, standing};
use crate::response::{self, Delivery, Kind, Version};
use crate::secret::fingerprint;
use crate::{panel_day, program};

/// A document in the making, and what each panelist raised.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub document: Document,
    pub raised: BTreeMap<PanelistId, Vec<Raised>>,
    /// Who gets a copy: those with a seat.
    pub seated: Vec<Panelist>,
    /// Every quote that may be shown by today's permission of its speaker, whatever was chosen, item by item.
    pub quotes: Vec<Quotable>,
    pub program: ProgramId,
    /// The newest line of the audit log when reading began.
    pub read_at: i64,
}

/// Words that a report may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotable {
    pub note: NoteId,
    pub item: i64,
    /// As they were noted.
    pub text: String,
    /// The speaker, where they want to be named.
    pub by: Option<String>,
}

impl Gathered {
    /// What the report's copies will say, as far as words are concerned.
    #[must_use]
    pub fn words(&self) -> Words {
        rules::words(self.seated.iter().map(|panelist| Speaker {
            name: &panelist.name,
            permission: panelist.quote_permission,
            raised: self.raised_by(panelist.id),
        }))
    }

    /// What one panelist raised.
    #[must_use]
    pub fn raised_by(&self, panelist: PanelistId) -> &[Raised] {
        self.raised.get(&panelist).map_or(&[], Vec::as_slice)
    }

    /// The report as staff will read it once it is frozen.
    #[must_use]
    pub fn edition(&self) -> Edition {
        assemble(&self.document, Reader::Staff, &[], &self.words().consented)
    }

    /// The same for what reads the same: who freezes a report says by it which preview they read. The moment of reading does not count, nor
    /// what was chosen about quotes.
    #[must_use]
    pub fn mark(&self) -> String {
        let timeless = Document { frozen_at: Time::UNIX_EPOCH, frozen_on: NaiveDate::default(), ..self.document.clone() };
        let quotes: Vec<String> = self.quotes.iter().map(|quote| format!("{quote:?}")).collect();
        fingerprint(&format!("{}{}", rules::canonical(&timeless), quotes.concat()))
    }
}

/// Gathers the next report of a day.
///
/// # Errors
/// `NotFound` for a day that is not there.
pub async fn gather(tx: &mut Tx, now: Time, day: PanelDayId, choices: &QuoteChoices) -> Result<Gathered> {
    // Read first: what is saved while the rest is read is noticed then.
    let read_at = journal::newest(tx).await?;
    let day = panel_day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let versions = response::store::list_program(tx, program.id).await?;
    let deliveries = response::store::list_deliveries(tx, program.id).await?;
    let reopened: BTreeMap<_, _> = heard::store::list_reopened(tx, program.id).await?.into_iter().collect();
    let previous = store::find_newest(tx, day.id).await?;
    let seated = panelist::store::list_seated(tx, day.id).await?;
    let today = clock::local_day(now, day.zone());

    // What was merged into an item, of this day or of another, is told by that item.
    let mut open = heard::store::list_survivors(tx, day.id).await?;
    open.retain(|heard| heard.state() == heard::State::Open);
    let ids: Vec<HeardId> = open.iter().map(|heard| heard.id).collect();
    let mut behind: HashMap<HeardId, Vec<Source>> = HashMap::new();
    for (heard, source) in heard::store::list_sources_of(tx, &ids).await? {
        behind.entry(heard).or_default().push(source);
    }

    let (mut items, mut quotes) = (Vec::new(), Vec::new());
    let mut raised: BTreeMap<PanelistId, Vec<Raised>> = BTreeMap::new();
    for heard in open {
        let sources = behind.remove(&heard.id).unwrap_or_default();
        quotes.extend(sources.iter().filter_map(|source| quotable(&heard, source, &seated)));
        for (panelist, mine) in raised_by(&heard, &sources, choices) {
            raised.entry(panelist).or_default().push(mine);
        }
        let published: Vec<&Version> = newest_published(versions.iter().filter(|version| version.heard_id == heard.id));
        let answered_at = published.iter().filter_map(|version| version.published_at).max();
        items.push(Item {
            heard_id: heard.id,
            number: heard.number,
            text: heard.text.clone(),
            topic: heard.topic.clone(),
            panelists: Some(count_people(&sources)),
            reopened: answered_at.is_some() && reopened.get(&heard.id).copied() > answered_at,
            replies: published.into_iter().map(|version| reply(version, &deliveries, today, day.zone())).collect(),
            change: None,
            quotes: Vec::new(),
        });
    }
    rules::note_changes(&mut items, previous.as_ref().map(|report| &report.document), today);
    let document = Document {
        organisation: program.organisation,
        program: program.name,
        language: program.language,
        day: Day { id: day.id, title: day.title, date: day.day, place: day.place },
        number: previous.as_ref().map_or(1, |report| report.number + 1),
        frozen_at: now,
        frozen_on: today,
        previous: previous.map(|report| Previous { number: report.number, frozen_on: report.document.frozen_on }),
        items,
    };
    Ok(Gathered { document, raised, seated, quotes, program: program.id, read_at })
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
    raised: &[Raised],
    shown: &[(HeardId, VersionId)],
) -> Result<HashMap<VersionId, Circumstances>> {
    let day = panel_day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
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
            Circumstances {
                own: raised.iter().any(|mine| mine.heard_id == *heard),
                current: current.id == *version,
                not_due: current.kind == Kind::Commit && !kept && current.due.is_some_and(|due| today <= due),
                open_again: reopened.get(heard).copied() > current.published_at,
            },
        );
    }
    Ok(known)
}

fn quotable(heard: &Heard, source: &Source, seated: &[Panelist]) -> Option<Quotable> {
    let speaker = seated.iter().find(|panelist| Some(panelist.id) == source.panelist_id)?;
    let by = match speaker.quote_permission {
        QuotePermission::None => return None,
        QuotePermission::Anonymous => None,
        QuotePermission::Named => Some(speaker.name.clone()),
    };
    (source.kind == note::Kind::Quote).then(|| Quotable { note: source.note_id, item: heard.number, text: source.text.clone(), by })
}

fn raised_by(heard: &Heard, sources: &[Source], choices: &QuoteChoices) -> BTreeMap<PanelistId, Raised> {
    let mut raised: BTreeMap<PanelistId, Raised> = BTreeMap::new();
    let add = |words: &mut Vec<String>, text: &String| {
        if !words.contains(text) {
            words.push(text.clone());
        }
    };
    for source in sources {
        let Some(panelist) = source.panelist_id else { continue };
        let mine = raised.entry(panelist).or_insert_with(|| Raised { heard_id: heard.id, quotes: Vec::new(), withheld: Vec::new() });
        if source.kind != note::Kind::Quote {
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

fn count_people(sources: &[Source]) -> i64 {
    let people: std::collections::BTreeSet<PanelistId> = sources.iter().filter_map(|source| source.panelist_id).collect();
    i64::try_from(people.len()).unwrap_or(i64::MAX)
}

/// The newest published version of each response, in the order in which they were published.
fn newest_published<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<&'a Version> {
    let mut newest: Vec<&Version> = Vec::new();
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

fn reply(version: &Version, deliveries: &[Delivery], today: NaiveDate, zone: chrono_tz::Tz) -> Reply {
    let delivery = deliveries.iter().find(|delivery| delivery.response_id == version.response_id);
    let kept = delivery.filter(|delivery| delivery.confirmed_at.is_some() && version.kind == Kind::Commit);
    let facts = Facts { has_owner: true, published: Some(version), delivery, ..Facts::default() };
    Reply {
        response_id: version.response_id,
        version_id: version.id,
        version: version.number,
        text: version.text.clone(),
        standing: match standing(facts, today) {
            response::Standing::Delivered => Standing::Delivered,
            response::Standing::OnTrack => Standing::OnTrack,
            response::Standing::DueSoon => Standing::DueSoon,
            response::Standing::Overdue => Standing::Overdue,
            response::Standing::Exists => Standing::AlreadyExists,
            response::Standing::Declined => Standing::Declined,
            response::Standing::Question => Standing::Question,
            response::Standing::Reopened => Standing::Reopened,
            response::Standing::NoOwner | response::Standing::Waiting | response::Standing::InReview => Standing::Waiting,
        },
        due: version.due,
        done: response::rules::kept_on(kept, zone),
        link: version.link.clone(),
        reason: version.decline_reason.map(|reason| reason.label().to_lowercase()),
        evidence: kept.map(|delivery| delivery.evidence.clone()),
        change_reason: version.change_reason.clone(),
    }
}

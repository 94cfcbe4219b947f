//! What a report would say if it were frozen now: a day's open items, their published answers, and who raised what.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::store;
use super::{Day, Document, Item, Previous, Raised, Reply, Standing, rules};
use crate::clock::{self, Time};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::heard::{self, Heard, Source};
use crate::ids::{PanelDayId, PanelistId};
use crate::note;
use crate::response::rules::{Facts, standing};
use crate::response::{self, Delivery, Kind, Version};
use crate::{panel_day, program};

/// A document in the making, and what each panelist raised.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub document: Document,
    pub raised: BTreeMap<PanelistId, Vec<Raised>>,
}

/// Gathers the next report of a day.
///
/// # Errors
/// `NotFound` for a day that is not there.
pub async fn gather(tx: &mut Tx, now: Time, day: PanelDayId) -> Result<Gathered> {
    let day = panel_day::store::find(tx, day).await?.ok_or(Error::NotFound)?;
    let program = program::store::find(tx, day.program_id).await?.ok_or(Error::NotFound)?;
    let versions = response::store::list_program(tx, program.id).await?;
    let deliveries = response::store::list_deliveries(tx, program.id).await?;
    let reopened: BTreeMap<_, _> = heard::store::list_reopened(tx, program.id).await?.into_iter().collect();
    let previous = store::find_newest(tx, day.id).await?;
    let today = clock::local_day(now, day.zone());

    let mut items = Vec::new();
    let mut raised: BTreeMap<PanelistId, Vec<Raised>> = BTreeMap::new();
    for heard in living(tx, day.id).await? {
        let sources = heard::store::list_sources(tx, heard.id).await?;
        for (panelist, mine) in raised_by(&heard, &sources) {
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
    rules::note_changes(&mut items, previous.as_ref().map(|report| &report.document));
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
    Ok(Gathered { document, raised })
}

/// The day's open items. What was merged into an item of another day is told by that item.
async fn living(tx: &mut Tx, day: PanelDayId) -> Result<Vec<Heard>> {
    let mut found: Vec<Heard> = Vec::new();
    for heard in heard::store::list_day(tx, day).await? {
        let heard = match heard.merged_into {
            Some(survivor) => heard::store::find(tx, survivor).await?.ok_or(Error::NotFound)?,
            None => heard,
        };
        if heard.state() == heard::State::Open && !found.iter().any(|known| known.id == heard.id) {
            found.push(heard);
        }
    }
    found.sort_by_key(|heard| heard.number);
    Ok(found)
}

fn raised_by(heard: &Heard, sources: &[Source]) -> BTreeMap<PanelistId, Raised> {
    let mut raised: BTreeMap<PanelistId, Raised> = BTreeMap::new();
    for source in sources {
        let Some(panelist) = source.panelist_id else { continue };
        let mine = raised.entry(panelist).or_insert_with(|| Raised { heard_id: heard.id, quotes: Vec::new() });
        if source.kind == note::Kind::Quote && !mine.quotes.contains(&source.text) {
            mine.quotes.push(source.text.clone());
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

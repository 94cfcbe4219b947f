//! Collecting a trail: from anything to the items it is behind, and from an item to everything around it.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use uuid::Uuid;

use super::TrailStart;
use crate::db::Tx;
use crate::follow_up::heard::{self, Heard, HeardEvent, SourceNote};
use crate::follow_up::report;
use crate::follow_up::report::store::{ReplyAnswer, Report};
use crate::follow_up::response::{self, CommitmentDelivery, ResponseVersion};
use crate::kernel::clock::{Time, local_day, long_date};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AuthorId, HeardId, MentionId, NoteId, PanelistId, ReportId};
use crate::listening::author::{self, Author};
use crate::listening::mention::store::ListedMention;
use crate::listening::{identity_link, mention};
use crate::panel_day::note;
use crate::program::day;
use crate::recruiting::panelist::{self, Panelist};

/// Mentions shown of each author; the rest is one click away.
pub const MAX_MENTIONS_SHOWN: i64 = 3;

/// A supporter of an item, and the author they were recruited from.
#[derive(Clone, Debug)]
pub struct TrailPerson {
    pub panelist: Panelist,
    pub author: Option<Author>,
    /// Their other authors, by confirmed links.
    pub linked: Vec<Author>,
    /// Their newest mentions.
    pub mentions: Vec<ListedMention>,
}

/// Everything around one item.
#[derive(Clone, Debug)]
pub struct EvidenceTrail {
    pub item: Heard,
    pub people: Vec<TrailPerson>,
    pub notes: Vec<SourceNote>,
    /// Items that were merged into this one.
    pub merged: Vec<Heard>,
    pub versions: Vec<ResponseVersion>,
    pub deliveries: Vec<CommitmentDelivery>,
    pub events: Vec<HeardEvent>,
    pub reports: Vec<Report>,
    pub answers: Vec<ReplyAnswer>,
    /// The time zone of the panel day.
    pub zone: Tz,
}

impl EvidenceTrail {
    /// The day of a moment in that zone: "15 June 2010".
    #[must_use]
    pub fn on(&self, at: Time) -> String {
        long_date(local_day(at, self.zone))
    }
}

/// The items that something is part of, by number.
///
/// # Errors
/// `NotFound` when the thing itself is not there.
pub async fn items(tx: &mut Tx, start: TrailStart, id: Uuid) -> Result<Vec<Heard>> {
    let mut found = match start {
        TrailStart::Heard => vec![heard::store::find(tx, HeardId(id)).await?.ok_or(Error::NotFound)?],
        TrailStart::Note => {
            note::store::find(tx, NoteId(id)).await?.ok_or(Error::NotFound)?;
            heard::store::list_of_note(tx, NoteId(id)).await?
        }
        TrailStart::Panelist => of_panelist(tx, PanelistId(id)).await?,
        TrailStart::Author => of_author(tx, AuthorId(id)).await?,
        TrailStart::Mention => {
            let mention = mention::store::find(tx, MentionId(id)).await?.ok_or(Error::NotFound)?;
            of_author(tx, mention.author_id).await?
        }
        TrailStart::Report => {
            let report = report::store::find(tx, ReportId(id)).await?.ok_or(Error::NotFound)?;
            let mut items = Vec::new();
            for item in report.document.items {
                items.extend(heard::store::find(tx, item.heard_id).await?);
            }
            items
        }
    };
    found.sort_by_key(|item| item.number);
    found.dedup_by_key(|item| item.id);
    Ok(found)
}

async fn of_panelist(tx: &mut Tx, id: PanelistId) -> Result<Vec<Heard>> {
    panelist::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut items = Vec::new();
    for note in note::store::list_panelist(tx, id).await? {
        items.extend(heard::store::list_of_note(tx, note.id).await?);
    }
    Ok(items)
}

async fn of_author(tx: &mut Tx, id: AuthorId) -> Result<Vec<Heard>> {
    author::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut items = Vec::new();
    // A person may have joined earlier panels through a linked author.
    for id in identity_link::store::linked(tx, id).await?.into_iter().chain([id]) {
        for panelist in panelist::store::list_of_author(tx, id).await? {
            items.extend(of_panelist(tx, panelist.id).await?);
        }
    }
    Ok(items)
}

/// Everything around an item.
///
/// # Errors
/// `NotFound`.
pub async fn collect(tx: &mut Tx, id: HeardId) -> Result<EvidenceTrail> {
    let item = heard::store::find(tx, id).await?.ok_or(Error::NotFound)?;
    let day = day::store::find(tx, item.panel_day_id).await?.ok_or(Error::NotFound)?;
    let notes = heard::store::list_sources(tx, id).await?;
    let people = people(tx, id).await?;
    let versions = response::store::list(tx, id).await?;
    let mut deliveries: Vec<CommitmentDelivery> = Vec::new();
    for version in &versions {
        if !deliveries.iter().any(|known| known.response_id == version.response_id) {
            deliveries.extend(response::store::find_delivery(tx, version.response_id).await?);
        }
    }
    let mut reports = report::store::list(tx, Some(item.panel_day_id)).await?;
    reports.retain(|report| report.document.items.iter().any(|reported| reported.heard_id == id));
    reports.reverse();
    Ok(EvidenceTrail {
        merged: heard::store::list_merged(tx, id).await?,
        events: heard::store::list_events(tx, id).await?,
        answers: report::store::list_answers(tx, id).await?,
        item,
        people,
        notes,
        versions,
        deliveries,
        reports,
        zone: day.zone(),
    })
}

/// Those who raised an item, in the order of its notes.
async fn people(tx: &mut Tx, id: HeardId) -> Result<Vec<TrailPerson>> {
    let panelists = panelist::store::list_raised(tx, id).await?;
    let found: Vec<AuthorId> = panelists.iter().filter_map(|panelist| panelist.author_id).collect();
    let groups = identity_link::store::groups(tx, &found).await?;
    let author_ids: Vec<AuthorId> = found.iter().chain(groups.iter().flatten()).copied().collect::<BTreeSet<_>>().into_iter().collect();
    let authors = author::store::list(tx, &author_ids).await?;
    let mentions = mention::store::list_newest(tx, &author_ids, MAX_MENTIONS_SHOWN).await?;
    let person = |panelist: Panelist| {
        let author = authors.iter().find(|author| Some(author.id) == panelist.author_id).cloned();
        let group = groups.iter().find(|group| panelist.author_id.is_some_and(|id| group.contains(&id)));
        let mine = |id: AuthorId| Some(id) == panelist.author_id || group.is_some_and(|group| group.contains(&id));
        let linked = authors.iter().filter(|author| Some(author.id) != panelist.author_id && mine(author.id)).cloned().collect();
        let mentions = mentions.iter().filter(|mention| mine(mention.mention.author_id)).cloned().collect();
        TrailPerson { panelist, author, linked, mentions }
    };
    Ok(panelists.into_iter().map(person).collect())
}

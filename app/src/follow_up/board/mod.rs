//! The follow-up board: what became of every heard item, put together from items, notes, versions, deliveries and reopenings.
//! Five queries a program, whatever the number of items; the board, the start page and the webhooks read this. It owns no table.

#[cfg(feature = "ssr")]
pub mod list;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::access::account::{Actor, Permission, Scope};
use crate::db::Tx;
use crate::follow_up::heard::{self, Heard, Support};
use crate::follow_up::response::rules::{StatusFacts, delivered_on, delivered_words, is_confirmed, is_overdue, is_reopened, status};
use crate::follow_up::response::{self, CommitmentDelivery, FollowUpStatus, ResponseKind, ResponseVersion, VersionStage};
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{HeardId, PanelDayId, ProgramId, ResponseId};
use crate::program::day::{self, PanelDay};
use crate::{panel_day::session, program};

/// One heard item and what became of it.
#[derive(Clone, Debug)]
pub struct FollowUpRow {
    pub item: Heard,
    pub day: PanelDay,
    pub support: Support,
    /// The newest published version.
    pub published: Option<ResponseVersion>,
    /// The version before it, for showing what was reworded.
    pub before: Option<ResponseVersion>,
    /// A draft or a version in review.
    pub waiting: Option<ResponseVersion>,
    pub delivery: Option<CommitmentDelivery>,
    pub reopened_at: Option<Time>,
    pub status: FollowUpStatus,
    /// The answer did not hold, whatever else is true of it.
    pub reopened: bool,
    /// The promise is late, whatever else is true of it.
    pub overdue: bool,
}

impl FollowUpRow {
    /// The promised day, where one is promised.
    #[must_use]
    pub fn due(&self) -> Option<NaiveDate> {
        self.published.as_ref().and_then(|version| version.due)
    }

    /// How many days a promise is late today; none where it is not.
    #[must_use]
    pub fn days_late(&self, now: Time) -> Option<i64> {
        let today = local_day(now, self.day.zone());
        self.due().filter(|_| self.overdue).map(|due| (today - due).num_days())
    }

    /// How a promise was kept: "kept", or "kept, 29 days late"; none where it was not.
    #[must_use]
    pub fn delivered_words(&self) -> Option<String> {
        let commitment = self.published.as_ref().filter(|version| version.kind == ResponseKind::Commit)?;
        Some(delivered_words(commitment.due, delivered_on(self.delivery.as_ref(), self.day.zone())?))
    }

    /// The owner of the item; where it has none, who keeps the promise.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.item.owner().or_else(|| self.published.as_ref().and_then(|version| version.owner.clone()))
    }

    /// Whether an item belongs under a word of the board. Several may be true of one item: a promise can be overdue and open again.
    #[must_use]
    pub fn is(&self, status: FollowUpStatus) -> bool {
        match status {
            FollowUpStatus::Overdue => self.overdue,
            FollowUpStatus::Reopened => self.reopened,
            FollowUpStatus::InReview => self.in_review(),
            other => self.status == other,
        }
    }

    /// Whether a version waits for its reviewer.
    #[must_use]
    pub fn in_review(&self) -> bool {
        self.waiting.as_ref().is_some_and(|version| version.stage() == VersionStage::InReview)
    }

    /// Whether evidence waits for a second person.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| delivery.confirmed_at.is_none())
    }

    /// Whether somebody has to do something now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status.is_open() || self.overdue || self.in_review() || self.is_claimed()
    }
}

/// Every open item that the actor may see, in all programs, by number. Drafts, merged and withdrawn items are not on the board.
///
/// # Errors
/// `SignIn` and `Forbidden` from the table of permissions.
pub async fn list(tx: &mut Tx, actor: &Actor, now: Time) -> Result<Vec<FollowUpRow>> {
    let scope = actor.may(Permission::SeeHeard)?;
    let mut lines = Vec::new();
    for program in program::store::list(tx).await? {
        lines.extend(list_program(tx, program.id, now).await?);
    }
    match (scope, actor) {
        (Scope::Day, Actor::Account { id, .. }) => {
            let days: Vec<PanelDayId> =
                session::store::list_moderated(tx, *id).await?.into_iter().map(|session| session.panel_day_id).collect();
            lines.retain(|line| days.contains(&line.item.panel_day_id));
        }
        (Scope::Unit, Actor::Account { id, unit, .. }) => lines.retain(|line| heard::act::is_owner(&line.item, *id, unit.as_deref())),
        (Scope::Own, _) => lines.clear(),
        _ => {}
    }
    Ok(lines)
}

/// Every open item of a program, by number.
pub async fn list_program(tx: &mut Tx, program: ProgramId, now: Time) -> Result<Vec<FollowUpRow>> {
    let items = heard::store::list_open(tx, program).await?;
    let days: HashMap<PanelDayId, PanelDay> = day::store::list_program(tx, program).await?.into_iter().map(|day| (day.id, day)).collect();
    let mut supports: HashMap<HeardId, Support> = heard::store::count_support(tx, program).await?.into_iter().collect();
    let reopened: HashMap<HeardId, Time> = heard::store::list_reopened(tx, program).await?.into_iter().collect();
    let mut deliveries: HashMap<ResponseId, CommitmentDelivery> =
        response::store::list_deliveries(tx, program).await?.into_iter().map(|delivery| (delivery.response_id, delivery)).collect();
    let mut versions: HashMap<HeardId, Vec<ResponseVersion>> = HashMap::new();
    for version in response::store::list_program(tx, program).await? {
        versions.entry(version.heard_id).or_default().push(version);
    }
    Ok(items
        .into_iter()
        .filter_map(|item| {
            let day = days.get(&item.panel_day_id)?.clone();
            let versions = versions.remove(&item.id).unwrap_or_default();
            let support = supports.remove(&item.id).unwrap_or_default();
            let reopened_at = reopened.get(&item.id).copied();
            Some(line(item, day, support, versions, reopened_at, |response| deliveries.remove(&response), now))
        })
        .collect())
}

/// One item, whatever its state.
pub async fn find(tx: &mut Tx, item: Heard, now: Time) -> Result<FollowUpRow> {
    let day = day::store::find(tx, item.panel_day_id).await?.ok_or(Error::NotFound)?;
    let versions = response::store::list(tx, item.id).await?;
    let reopened_at = heard::store::find_reopened(tx, item.id).await?;
    let support = heard::store::count_support_of(tx, item.id).await?;
    let current = versions.iter().filter(|version| version.published_at.is_some()).max_by_key(|version| version.published_at);
    let delivery = match current {
        Some(version) => response::store::find_delivery(tx, version.response_id).await?,
        None => None,
    };
    Ok(line(item, day, support, versions, reopened_at, |_| delivery, now))
}

fn line(
    item: Heard,
    day: PanelDay,
    support: Support,
    versions: Vec<ResponseVersion>,
    reopened_at: Option<Time>,
    delivery: impl FnOnce(ResponseId) -> Option<CommitmentDelivery>,
    now: Time,
) -> FollowUpRow {
    let waiting = versions.iter().find(|version| version.published_at.is_none()).cloned();
    let mut published: Vec<ResponseVersion> = versions.into_iter().filter(|version| version.published_at.is_some()).collect();
    published.sort_by_key(|version| (version.published_at, version.number));
    let current = published.pop();
    let before = published.pop().filter(|before| current.as_ref().is_some_and(|current| current.response_id == before.response_id));
    let delivery = current.as_ref().and_then(|current| delivery(current.response_id));
    let facts = StatusFacts {
        has_owner: item.owner_name.is_some(),
        published: current.as_ref(),
        in_review: waiting.as_ref().is_some_and(|version| version.submitted_at.is_some()),
        delivery: delivery.as_ref(),
        reopened_at,
    };
    let today = local_day(now, day.zone());
    let status = status(facts, today);
    let reopened = current.as_ref().is_some_and(|current| is_reopened(reopened_at, current));
    let overdue = current.as_ref().is_some_and(|current| is_overdue(current, delivery.as_ref(), today));
    FollowUpRow { item, day, support, published: current, before, waiting, delivery, reopened_at, status, reopened, overdue }
}

/// The board in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowUpTally {
    pub items: i64,
    pub notes: i64,
    /// Items with a published answer that was not reopened.
    pub answered: i64,
    pub commitments: i64,
    pub confirmed: i64,
    pub overdue: i64,
    pub no_owner: i64,
    pub reopened: i64,
}

/// Counts a board.
#[must_use]
pub fn tally(lines: &[FollowUpRow]) -> FollowUpTally {
    let mut tally = FollowUpTally::default();
    for line in lines {
        tally.items += 1;
        tally.notes += line.support.notes;
        let commitment = line.published.as_ref().is_some_and(|version| version.kind == ResponseKind::Commit);
        tally.answered += i64::from(line.published.is_some() && !line.reopened);
        tally.commitments += i64::from(commitment);
        tally.confirmed += i64::from(commitment && is_confirmed(line.delivery.as_ref()) && !line.reopened);
        tally.overdue += i64::from(line.overdue);
        tally.no_owner += i64::from(line.status == FollowUpStatus::NoOwner);
        tally.reopened += i64::from(line.reopened);
    }
    tally
}

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
use crate::kernel::ids::{AccountId, HeardId, PanelDayId, ProgramId, ResponseId};
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
    /// The item was reopened after its newest answer, whatever else is true of it.
    pub reopened: bool,
    /// The commitment is overdue, whatever else is true of it.
    pub overdue: bool,
}

impl FollowUpRow {
    /// The due date of a commitment.
    #[must_use]
    pub fn due(&self) -> Option<NaiveDate> {
        self.published.as_ref().and_then(|version| version.due)
    }

    /// By how many days a commitment is overdue; none if it is not.
    #[must_use]
    pub fn days_late(&self, now: Time) -> Option<i64> {
        let today = local_day(now, self.day.zone());
        self.due().filter(|_| self.overdue).map(|due| (today - due).num_days())
    }

    /// How a commitment was delivered: "delivered", or "delivered, 29 days late"; none if it was not.
    #[must_use]
    pub fn delivered_words(&self) -> Option<String> {
        let commitment = self.published.as_ref().filter(|version| version.kind == ResponseKind::Commit)?;
        Some(delivered_words(commitment.due, delivered_on(self.delivery.as_ref(), self.day.zone())?))
    }

    /// Whether a commitment was delivered after its due date.
    #[must_use]
    pub fn is_late(&self) -> bool {
        let on = delivered_on(self.delivery.as_ref(), self.day.zone());
        on.zip(self.due()).is_some_and(|(on, due)| on > due)
    }

    /// The owner of the item; where it has none, who is responsible for the commitment.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.item.owner().or_else(|| self.published.as_ref().and_then(|version| version.owner.clone()))
    }

    /// Whether a filter of the board selects this item. Several may: a commitment can be overdue and reopened.
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

    /// Whether a reviewer returned the draft, and it has not been submitted again.
    #[must_use]
    pub fn is_returned(&self) -> bool {
        self.waiting.as_ref().is_some_and(|version| version.returned_at.is_some())
    }

    /// Whether evidence waits for a second person.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| delivery.confirmed_at.is_none())
    }

    /// Whether someone has to act now.
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
    actor.may(Permission::SeeHeard)?;
    let mut lines = Vec::new();
    for program in program::store::list(tx).await? {
        lines.extend(list_program(tx, program.id, now).await?);
    }
    let reach = Reach::of(tx, actor, Permission::SeeHeard).await?;
    lines.retain(|line| reach.includes(&line.item));
    Ok(lines)
}

/// Every draft that the actor may publish to the board, by number, with its day.
///
/// # Errors
/// What the database says.
pub async fn list_drafts(tx: &mut Tx, actor: &Actor) -> Result<Vec<(Heard, PanelDay)>> {
    let reach = Reach::of(tx, actor, Permission::EditHeard).await?;
    let mut drafts = Vec::new();
    for program in program::store::list(tx).await? {
        let days: HashMap<PanelDayId, PanelDay> =
            day::store::list_program(tx, program.id).await?.into_iter().map(|day| (day.id, day)).collect();
        for item in heard::store::list_drafts(tx, program.id).await? {
            if let Some(day) = days.get(&item.panel_day_id).filter(|_| reach.includes(&item)) {
                drafts.push((item, day.clone()));
            }
        }
    }
    Ok(drafts)
}

/// Which items an actor reaches with a permission.
enum Reach {
    All,
    Days(Vec<PanelDayId>),
    Unit(AccountId, Option<String>),
    Nothing,
}

impl Reach {
    async fn of(tx: &mut Tx, actor: &Actor, permission: Permission) -> Result<Self> {
        Ok(match (actor.scope(permission), actor) {
            (Some(Scope::All), _) => Self::All,
            (Some(Scope::Day), Actor::Account { id, .. }) => {
                Self::Days(session::store::list_moderated(tx, *id).await?.into_iter().map(|session| session.panel_day_id).collect())
            }
            (Some(Scope::Unit), Actor::Account { id, unit, .. }) => Self::Unit(*id, unit.clone()),
            _ => Self::Nothing,
        })
    }

    fn includes(&self, item: &Heard) -> bool {
        match self {
            Self::All => true,
            Self::Days(days) => days.contains(&item.panel_day_id),
            Self::Unit(account, unit) => heard::act::is_owner(item, *account, unit.as_deref()),
            Self::Nothing => false,
        }
    }
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

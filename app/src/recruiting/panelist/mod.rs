//! A panelist: a person who accepted an invitation.
//!
//! A panelist has a seat or is on the waitlist, is checked in or a no-show, and may withdraw at any time. Quote permission is *none*
//! until given. Candidate, invitation and panelist are one person in three steps and share one id, so that erasing the
//! panelist reaches all three tables.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(any(feature = "hydrate", feature = "ssr"))]
pub mod island;
#[cfg(feature = "store")]
pub mod list;
#[cfg(feature = "store")]
pub mod moved_day;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AuthorId, CustomerId, InvitationId, PanelDayId, PanelistId};
use crate::program::Segment;

text_enum! {
    /// How a panelist's words may be used outside the company.
    pub enum QuotePermission {
        None = "none", "No quotes";
        Anonymous = "anonymous", "Quotes without my name";
        Named = "named", "Quotes with my name";
    }
}

text_enum! {
    pub enum Attendance {
        CheckedIn = "checked_in", "Checked in";
        NoShow = "no_show", "No-show";
    }
}

text_enum! {
    pub enum PanelistState {
        Seated = "seated", "Seated";
        Waiting = "waiting", "On the waitlist";
        Withdrawn = "withdrawn", "Withdrawn";
        CheckedIn = "checked_in", "Checked in";
        NoShow = "no_show", "No-show";
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Panelist {
    pub id: PanelistId,
    pub panel_day_id: PanelDayId,
    pub invitation_id: InvitationId,
    pub author_id: Option<AuthorId>,
    pub customer_id: Option<CustomerId>,
    pub name: String,
    /// Unique on the day; a moderator picks the speaker by it.
    pub initials: String,
    pub email: String,
    pub segment: Segment,
    pub contact_consent_at: Time,
    pub quote_permission: QuotePermission,
    /// None while waiting.
    pub seated_at: Option<Time>,
    pub withdrawn_at: Option<Time>,
    pub attendance: Option<Attendance>,
    pub attendance_at: Option<Time>,
    pub accepted_at: Time,
    /// When they were asked whether they can still come, after the day had moved.
    pub reconfirm_asked_at: Option<Time>,
    /// When they said that they can.
    pub reconfirmed_at: Option<Time>,
}

impl Panelist {
    #[must_use]
    pub fn state(&self) -> PanelistState {
        match (self.withdrawn_at, self.attendance, self.seated_at) {
            (Some(_), _, _) => PanelistState::Withdrawn,
            (_, Some(Attendance::CheckedIn), _) => PanelistState::CheckedIn,
            (_, Some(Attendance::NoShow), _) => PanelistState::NoShow,
            (_, _, Some(_)) => PanelistState::Seated,
            _ => PanelistState::Waiting,
        }
    }

    /// Whether this person was erased: the seat is kept without a person, so that counts stay true.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.email.is_empty()
    }

    #[must_use]
    pub fn attended(&self) -> bool {
        self.attendance == Some(Attendance::CheckedIn)
    }
}

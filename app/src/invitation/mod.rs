//! An invitation: drafted in the program's voice, read by a person before it goes, answered through a personal link.
//!
//! Listening data has no mail addresses, so an invitation goes by mail or by hand: a message to copy, with the link; the
//! invitee then gives address and consent themself. States: drafted → reviewed → sent → accepted, declined or expired;
//! accepted beyond capacity → waitlisted → promoted; withdrawn. Every change is guarded in SQL, so a double click is one.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod answer;
#[cfg(feature = "store")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod public;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::clock::Time;
use crate::ids::{AccountId, CandidateId, InvitationId, LinkId, PanelDayId};

text_enum! {
    /// How an invitation travels.
    pub enum Channel {
        Mail = "mail", "By mail";
        Hand = "hand", "By hand";
    }
}

text_enum! {
    /// Where an invitation stands.
    pub enum State {
        Drafted = "drafted", "Drafted";
        Reviewed = "reviewed", "Reviewed";
        Sent = "sent", "Sent";
        Accepted = "accepted", "Accepted";
        Waitlisted = "waitlisted", "Waitlisted";
        Promoted = "promoted", "Moved up";
        Declined = "declined", "Declined";
        Expired = "expired", "Expired";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl State {
    /// Whether the text may still be changed.
    #[must_use]
    pub const fn editable(self) -> bool {
        matches!(self, Self::Drafted | Self::Reviewed)
    }

    /// Whether somebody said yes and has not left.
    #[must_use]
    pub const fn said_yes(self) -> bool {
        matches!(self, Self::Accepted | Self::Waitlisted | Self::Promoted)
    }
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Invitation {
    pub id: InvitationId,
    pub candidate_id: CandidateId,
    pub panel_day_id: PanelDayId,
    pub channel: Channel,
    pub email: Option<String>,
    pub subject: String,
    /// Without the link, which is added when the mail is written or the message is shown.
    pub body: String,
    pub state: State,
    pub revision: i64,
    pub link_id: Option<LinkId>,
    pub drafted_by: Option<AccountId>,
    pub drafted_at: Time,
    pub reviewed_by: Option<AccountId>,
    pub reviewed_at: Option<Time>,
    pub sent_at: Option<Time>,
    pub answered_at: Option<Time>,
    pub waitlisted_at: Option<Time>,
    pub promoted_at: Option<Time>,
    /// Until when it can be answered.
    pub expires_at: Option<Time>,
}

/// An invitation with whom it is for, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Line {
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub invitation: Invitation,
    pub name: String,
    pub segment: crate::program::Segment,
}

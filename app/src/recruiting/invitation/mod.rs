//! An invitation: drafted in the program's words, approved by a person, sent, and answered through a personal link.
//!
//! Listening data has no email addresses, so an invitation is sent by email or by hand: a message to copy, with the link. The
//! invitee then gives address and consent. States: drafted → reviewed → sent → accepted, declined or expired;
//! accepted beyond capacity → waitlisted → promoted; withdrawn. Every change is guarded in SQL, so a double click is one.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub mod answer;
#[cfg(feature = "ssr")]
pub mod board;
#[cfg(feature = "store")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod wording;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use crate::kernel::clock::Time;
use crate::kernel::ids::{AccountId, CandidateId, InvitationId, LinkId, PanelDayId};
use crate::program::Segment;
#[cfg(feature = "store")]
use crate::recruiting::panelist::QuotePermission;

text_enum! {
    pub enum InvitationChannel {
        Email = "email", "Email";
        Hand = "hand", "Message to copy";
    }
}

text_enum! {
    pub enum InvitationState {
        Drafted = "drafted", "Drafted";
        Reviewed = "reviewed", "Approved";
        Sent = "sent", "Sent";
        Accepted = "accepted", "Accepted";
        Waitlisted = "waitlisted", "Waitlisted";
        Promoted = "promoted", "Accepted from the waitlist";
        Declined = "declined", "Declined";
        Expired = "expired", "Expired";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl InvitationState {
    /// Whether the text may still be changed.
    #[must_use]
    pub const fn editable(self) -> bool {
        matches!(self, Self::Drafted | Self::Reviewed)
    }

    /// Whether staff can take it back: it was sent, and is neither withdrawn nor expired.
    #[must_use]
    pub const fn can_withdraw(self) -> bool {
        !self.editable() && !matches!(self, Self::Withdrawn | Self::Expired)
    }

    /// Whether the invitee said yes and has not left.
    #[must_use]
    pub const fn said_yes(self) -> bool {
        matches!(self, Self::Accepted | Self::Waitlisted | Self::Promoted)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Invitation {
    pub id: InvitationId,
    pub candidate_id: CandidateId,
    pub panel_day_id: PanelDayId,
    pub channel: InvitationChannel,
    pub email: Option<String>,
    pub subject: String,
    /// Without the link, which is added when the email is written or the message is shown.
    pub body: String,
    pub state: InvitationState,
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

/// An invitation with its invitee, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct InvitationRow {
    #[cfg_attr(feature = "store", sqlx(flatten))]
    pub invitation: Invitation,
    pub name: String,
    pub segment: Segment,
}

/// A yes from an address that is not confirmed yet. It takes no seat until the button in an email is pressed.
#[cfg(feature = "store")]
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UnconfirmedAcceptance {
    pub id: uuid::Uuid,
    pub invitation_id: InvitationId,
    pub name: String,
    pub email: String,
    pub quotes: QuotePermission,
    /// The address that the email went to: the invited one, or the typed one where none was invited.
    pub sent_to: String,
    pub given_at: Time,
    pub confirmed_at: Option<Time>,
}

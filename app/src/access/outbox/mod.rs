//! The outbox: email that an act decided to send, waiting for a job to send it.
//!
//! A row is written in the transaction that caused it, with template, parameters and the id of a link, never a live
//! token. The idempotency key keeps a double click from becoming two emails.
//!
//! An email is sent once, as far as SMTP allows: `sending` is committed before the end of the message is handed over, so what certainly
//! did not reach the mail server is queued again, and what may have reached it is **in doubt** and waits for a person's word.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod list;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::failure::Failure;
use crate::kernel::ids::{LinkId, OutboxId};

text_enum! {
    /// Which email. The words of each are in the server's email templates.
    pub enum EmailTemplate {
        SignIn = "sign_in", "Sign-in link";
        AccountAdded = "account_added", "Account added";
        Code = "code", "Code";
        Invitation = "invitation", "Invitation";
        Confirm = "confirm", "Confirm your answer";
        Seated = "seated", "Seat confirmed";
        Waitlisted = "waitlisted", "On the waitlist";
        DayMoved = "day_moved", "Panel day moved";
        Response = "response", "Request for a response";
        Report = "report", "Report";
        Returned = "returned", "Answer returned";
        Reopened = "reopened", "Item reopened";
        TooSoon = "too_soon", "Commitment disputed";
        Nominate = "nominate", "Nomination link";
        Nomination = "nomination", "Nomination decided";
    }
}

impl EmailTemplate {
    /// Whether its recipient is waiting for it on a page.
    #[must_use]
    pub const fn is_waited_for(self) -> bool {
        matches!(self, Self::SignIn | Self::Code | Self::Nominate | Self::Confirm)
    }
}

/// Shown for an email without recipient: it was erased with the person, or is past its retention period.
pub const DELETED: &str = "The recipient and content of this email have been deleted, so it cannot be sent again.";

text_enum! {
    pub enum EmailState {
        Queued = "queued", "queued";
        /// The message is being handed over; committed before its end is sent.
        Sending = "sending", "sending";
        Sent = "sent", "sent";
        /// The message was sent and the server's reply is missing. A person decides whether to send it again.
        InDoubt = "in_doubt", "may have been sent";
        Failed = "failed", "failed";
        /// The address does not accept email.
        Bounced = "bounced", "bounced";
        /// Its recipient has unsubscribed; found when it was due.
        Unsubscribed = "unsubscribed", "unsubscribed";
    }
}

impl EmailState {
    /// Whether a person has to look at it.
    #[must_use]
    pub const fn needs_attention(self) -> bool {
        matches!(self, Self::InDoubt | Self::Failed | Self::Bounced)
    }
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct OutboxEmail {
    pub id: OutboxId,
    pub template: EmailTemplate,
    pub recipient: String,
    pub recipient_name: String,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub params: Json,
    pub link_id: Option<LinkId>,
    pub subject_id: Option<Uuid>,
    pub state: EmailState,
    /// Rises with every change of state, so that an act on an outdated state is refused.
    pub revision: i64,
    pub attempts: i64,
    pub due_at: Time,
    pub created_at: Time,
    /// When it was last handed over to the mail server.
    pub sending_at: Option<Time>,
    pub sent_at: Option<Time>,
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "crate::kernel::failure::StoredFailure"))]
    pub error: Option<Failure>,
}

impl OutboxEmail {
    /// Whether its recipient and contents have been deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.recipient.is_empty()
    }
}

/// One email as lists show it, without its text.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct OutboxLine {
    pub id: OutboxId,
    pub template: EmailTemplate,
    pub recipient: String,
    pub recipient_name: String,
    pub state: EmailState,
    pub attempts: i64,
    pub created_at: Time,
    pub sent_at: Option<Time>,
    #[cfg_attr(feature = "store", sqlx(flatten, try_from = "crate::kernel::failure::StoredFailure"))]
    pub error: Option<Failure>,
}

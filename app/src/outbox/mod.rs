//! The outbox: mail that an act decided to send, waiting for a job to send it.
//!
//! A row is written in the transaction that caused it, with template, parameters and the id of a link, never a live
//! token. A job leases rows, sends, and tries again later when the mail server is down; the idempotency key keeps a
//! double click from becoming two mails.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod list;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::clock::Time;
use crate::ids::{LinkId, OutboxId};

text_enum! {
    /// Which mail. The words of each are in the server's mail templates.
    pub enum Template {
        SignIn = "sign_in", "Sign-in link";
        Code = "code", "Code";
        Invitation = "invitation", "Invitation";
        Confirm = "confirm", "Answer to be confirmed";
        Seated = "seated", "Seat confirmed";
        Waitlisted = "waitlisted", "On the waitlist";
        Response = "response", "Request for a response";
        Report = "report", "Report";
        Reopened = "reopened", "Item reopened";
        Nominate = "nominate", "Link to nominate";
        Nomination = "nomination", "What became of a nomination";
    }
}

text_enum! {
    /// Where a mail stands.
    pub enum State {
        Queued = "queued", "queued";
        Sent = "sent", "sent";
        Failed = "failed", "failed";
        Bounced = "bounced", "bounced";
    }
}

/// One mail.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Mail {
    pub id: OutboxId,
    pub template: Template,
    pub recipient: String,
    pub recipient_name: String,
    #[cfg_attr(feature = "store", sqlx(json))]
    pub params: Json,
    pub link_id: Option<LinkId>,
    pub subject_id: Option<Uuid>,
    pub state: State,
    pub attempts: i64,
    pub due_at: Time,
    pub created_at: Time,
    pub sent_at: Option<Time>,
    pub error: Option<String>,
}

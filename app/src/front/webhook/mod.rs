//! Webhooks: chat rooms and other tools that are notified of events. The other direction is `listening::inbound`.
//!
//! A webhook is a name, an address, a choice of events and a secret. An event becomes a delivery in the same transaction; a job
//! sends it, signed as Standard Webhooks specifies, and retries for about an hour. A webhook that keeps failing
//! is paused. A delivery contains counts and a link to a page; no personal data.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "store")]
pub(crate) mod events;
#[cfg(feature = "ssr")]
pub mod page;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
#[cfg(all(test, feature = "store"))]
mod tests;
#[cfg(feature = "store")]
pub mod work;

use uuid::Uuid;

use crate::kernel::clock::Time;
use crate::kernel::ids::{DeliveryId, ProgramId, WebhookId};

text_enum! {
    /// What a webhook can subscribe to.
    pub enum WebhookEvent {
        Late = "triage.late", "Case overdue";
        Routed = "triage.routed", "Case routed to a business unit";
        Nominated = "nomination.new", "New nomination";
        Reopened = "heard.reopened", "Heard item reopened";
        Overdue = "promise.overdue", "Commitment overdue";
        Imported = "import.finished", "Import finished";
        Failed = "import.failed", "Import failed";
        /// Sent on request only.
        Test = "test", "Test";
    }
}

impl WebhookEvent {
    /// Those that a person can subscribe to.
    pub fn choices() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|event| *event != Self::Test)
    }
}

text_enum! {
    /// What a delivery looks like.
    pub enum WebhookFormat {
        /// `type`, `timestamp` and `data`, for programs.
        Standard = "standard", "Signed JSON (Standard Webhooks)";
        /// `{"text": "…"}`, which Slack, Mattermost and others show as a message.
        Chat = "chat", "Chat message (Slack, Mattermost, Teams)";
    }
}

text_enum! {
    /// The status of a delivery.
    pub enum WebhookDeliveryState {
        Waiting = "waiting", "waiting";
        Delivered = "delivered", "delivered";
        GivenUp = "given_up", "failed";
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Webhook {
    pub id: WebhookId,
    pub program_id: ProgramId,
    pub name: String,
    pub url: String,
    pub shape: WebhookFormat,
    /// Separated by spaces.
    pub events: String,
    /// Version of the secret; a new one invalidates the old one.
    pub version: i64,
    /// Grows with every change that a person makes.
    pub revision: i64,
    pub created_at: Time,
    pub created_by: Option<Uuid>,
    pub looked_at: Time,
    pub paused_at: Option<Time>,
    pub paused_why: Option<String>,
    /// Since when every delivery has failed.
    pub failing_since: Option<Time>,
}

impl Webhook {
    #[must_use]
    pub fn wants(&self, event: WebhookEvent) -> bool {
        event == WebhookEvent::Test || self.events.split(' ').any(|word| word == event.as_str())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct WebhookDelivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event: WebhookEvent,
    pub text: String,
    /// The page it links to.
    pub path: String,
    /// How many things it reports.
    pub items: i64,
    pub at: Time,
    pub state: WebhookDeliveryState,
    pub attempts: i64,
    pub due_at: Time,
    pub ended_at: Option<Time>,
    pub error: Option<String>,
}

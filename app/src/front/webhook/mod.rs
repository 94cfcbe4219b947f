//! Webhooks: chat rooms and other tools that are told what happens, as feeds tell us what was heard.
//!
//! A webhook is a name, an address, a choice of events and a secret. What happens becomes a delivery in the same transaction; a job
//! sends it, signed as Standard Webhooks has it, tries again for about an hour and gives up visibly. A tool that never answers
//! is paused. A delivery says words with counts and leads to a page of ours; it names nobody.

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
    /// What a tool may be told.
    pub enum WebhookEvent {
        Late = "triage.late", "A mention is late for an answer";
        Routed = "triage.routed", "A mention was routed to a unit";
        Nominated = "nomination.new", "Somebody nominated a mention or a person";
        Reopened = "heard.reopened", "A heard item was reopened";
        Overdue = "promise.overdue", "A promise is overdue";
        Imported = "import.finished", "An import finished";
        Failed = "import.failed", "An import failed";
        /// Only ever sent by hand.
        Test = "test", "A test";
    }
}

impl WebhookEvent {
    /// Those that happen by themselves, as a form offers them.
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
        Chat = "chat", "A line of chat (Slack, Mattermost, Teams)";
    }
}

text_enum! {
    /// Where a delivery stands.
    pub enum WebhookDeliveryState {
        Waiting = "waiting", "waiting";
        Delivered = "delivered", "delivered";
        GivenUp = "given_up", "given up";
    }
}

/// One tool that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Webhook {
    pub id: WebhookId,
    pub program_id: ProgramId,
    pub name: String,
    pub url: String,
    pub shape: WebhookFormat,
    /// Their words, with spaces between.
    pub events: String,
    /// Which secret holds: a new one makes the old one worthless.
    pub version: i64,
    pub created_at: Time,
    pub created_by: Option<Uuid>,
    pub looked_at: Time,
    pub paused_at: Option<Time>,
    pub paused_why: Option<String>,
    /// Since when nothing has been delivered.
    pub failing_since: Option<Time>,
}

impl Webhook {
    /// Whether it is told of this.
    #[must_use]
    pub fn wants(&self, event: WebhookEvent) -> bool {
        event == WebhookEvent::Test || self.events.split(' ').any(|word| word == event.as_str())
    }
}

/// One thing that a tool is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct WebhookDelivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event: WebhookEvent,
    pub text: String,
    /// The page of ours that it leads to.
    pub path: String,
    /// Of how many things it tells.
    pub items: i64,
    pub at: Time,
    pub state: WebhookDeliveryState,
    pub attempts: i64,
    pub due_at: Time,
    pub ended_at: Option<Time>,
    pub error: Option<String>,
}

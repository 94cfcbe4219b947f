//! Recording who did what.

use serde_json::Value as Json;
use uuid::Uuid;

use super::ResourceType;
use crate::access::account::Actor;
use crate::db::{AuditRecord, Tx};
use crate::kernel::clock::Time;
use crate::kernel::ids::{PanelDayId, SessionId};

/// An entry being put together: `audit(actor, now, "published", ResourceType::Response, id).on_day(day).with(json!({…})).record(tx)`.
#[must_use = "an entry counts only once it is recorded"]
pub struct AuditEntry(AuditRecord);

/// Starts an entry. `action` is in the past tense.
pub fn audit(actor: &Actor, now: Time, action: &'static str, resource: ResourceType, id: impl Into<Uuid>) -> AuditEntry {
    let (actor_kind, actor_id) = match actor {
        Actor::Account { id, .. } => ("account", Some(id.0)),
        Actor::Link { subject, .. } => ("link", Some(*subject)),
        Actor::System(_) | Actor::Nobody => ("system", None),
    };
    AuditEntry(AuditRecord {
        at: now,
        actor_kind,
        actor_id,
        action,
        subject_kind: resource.as_str(),
        subject_id: id.into(),
        session_id: None,
        panel_day_id: None,
        payload: Json::Null,
    })
}

impl AuditEntry {
    /// Screens with this session open are notified of it.
    pub fn in_session(mut self, session: SessionId) -> Self {
        self.0.session_id = Some(session.0);
        self
    }

    /// It belongs to this panel day.
    pub fn on_day(mut self, day: PanelDayId) -> Self {
        self.0.panel_day_id = Some(day.0);
        self
    }

    /// Before, after, reasons, texts.
    pub fn with(mut self, payload: Json) -> Self {
        self.0.payload = payload;
        self
    }

    /// Keeps it for the end of the transaction.
    pub fn record(self, tx: &mut Tx) {
        tx.record(self.0);
    }
}

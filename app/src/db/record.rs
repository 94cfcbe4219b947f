//! The record that an act hands to the audit log.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::kernel::clock::Time;

/// What an act leaves behind.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    pub at: Time,
    /// "account", "link" or "system".
    pub actor_kind: &'static str,
    pub actor_id: Option<Uuid>,
    /// Past tense: "published".
    pub action: &'static str,
    /// What kind of thing it was done to: "response".
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    /// Set where open screens of that session are to be notified.
    pub session_id: Option<Uuid>,
    pub panel_day_id: Option<Uuid>,
    /// Before and after, reasons, texts.
    pub payload: Json,
}

//! Recording what was done.

use serde_json::Value as Json;
use uuid::Uuid;

use super::Thing;
use crate::account::Actor;
use crate::clock::Time;
use crate::db::Tx;
use crate::db::journal::Entry;
use crate::ids::{PanelDayId, SessionId};

/// An activity being put together: `did(actor, now, "published", Thing::Response, id).on_day(day).with(json!({…})).record(tx)`.
#[must_use = "an activity counts only once it is recorded"]
pub struct Activity(Entry);

/// Starts an activity. `verb` is in the past tense.
pub fn did(actor: &Actor, now: Time, verb: &'static str, thing: Thing, id: impl Into<Uuid>) -> Activity {
    let (actor_kind, actor_id) = match actor {
        Actor::Account { id, .. } => ("account", Some(id.0)),
        Actor::Link { subject, .. } => ("link", Some(*subject)),
        Actor::System(_) | Actor::Nobody => ("system", None),
    };
    Activity(Entry {
        at: now,
        actor_kind,
        actor_id,
        verb,
        subject_kind: thing.as_str(),
        subject_id: id.into(),
        session_id: None,
        panel_day_id: None,
        payload: Json::Null,
    })
}

impl Activity {
    /// Everybody with this session open hears of it.
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

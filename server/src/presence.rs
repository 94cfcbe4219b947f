//! How many others have a session open: counted per process, from its live streams.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use app::access::account::Actor;
use app::kernel::ids::SessionId;
use tokio::sync::watch;

/// Who has which session open, in this process.
#[derive(Clone)]
pub struct PresenceHub(Arc<OpenScreens>);

struct OpenScreens {
    sessions: Mutex<HashMap<SessionId, HashMap<u64, Actor>>>,
    /// Counts comings and goings; each is also a connection's number.
    changed: watch::Sender<u64>,
}

impl Default for PresenceHub {
    fn default() -> Self {
        Self(Arc::new(OpenScreens { sessions: Mutex::default(), changed: watch::Sender::new(0) }))
    }
}

impl PresenceHub {
    pub(crate) fn enter(&self, session: SessionId, actor: Actor) -> PresenceGuard {
        let mut number = 0;
        self.0.changed.send_modify(|count| {
            *count += 1;
            number = *count;
        });
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.entry(session).or_default().insert(number, actor);
        drop(sessions);
        self.0.changed.send_modify(|count| *count += 1);
        PresenceGuard { hub: self.clone(), session, number }
    }

    /// Wakes whenever somebody opens or leaves a session.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// How many people besides `actor` have the session open; two tabs are one person.
    pub(crate) fn others(&self, session: SessionId, actor: &Actor) -> usize {
        let sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let accounts: HashSet<_> = sessions.get(&session).into_iter().flat_map(HashMap::values).map(Actor::account).collect();
        accounts.into_iter().filter(|account| *account != actor.account()).count()
    }
}

/// One open stream; dropping it leaves the session.
pub(crate) struct PresenceGuard {
    hub: PresenceHub,
    session: SessionId,
    number: u64,
}

impl Drop for PresenceGuard {
    fn drop(&mut self) {
        let mut sessions = self.hub.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(screens) = sessions.get_mut(&self.session) {
            screens.remove(&self.number);
            if screens.is_empty() {
                sessions.remove(&self.session);
            }
        }
        drop(sessions);
        self.hub.0.changed.send_modify(|count| *count += 1);
    }
}

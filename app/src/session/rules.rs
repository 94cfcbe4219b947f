//! What the clock says about a session.

use chrono::Duration;

use super::{Session, State};
use crate::clock::Time;

/// A session is live from this many minutes before its start, so that a moderator can settle in.
pub const EARLY_MINUTES: i64 = 10;
/// Notes stay open for this many hours after the end, and after an unlocking.
pub const NOTES_OPEN_HOURS: i64 = 72;

/// Where the session stands at `now`. A lock by hand counts until an unlocking after it; an unlocking opens the notes for
/// another 72 hours.
#[must_use]
pub fn state(session: &Session, now: Time) -> State {
    let locked_by_hand = match (session.locked_at, session.unlocked_at) {
        (Some(locked), Some(unlocked)) => locked > unlocked,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if locked_by_hand || now >= notes_close_at(session) {
        State::Locked
    } else if now < session.starts_at - Duration::minutes(EARLY_MINUTES) {
        State::Planned
    } else if now < session.ends_at {
        State::Live
    } else {
        State::NotesOpen
    }
}

/// When the notes lock by themselves.
#[must_use]
pub fn notes_close_at(session: &Session) -> Time {
    session.unlocked_at.map_or(session.ends_at, |unlocked| unlocked.max(session.ends_at)) + Duration::hours(NOTES_OPEN_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{PanelDayId, SessionId};

    fn at(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn session() -> Session {
        Session {
            id: SessionId::new(),
            panel_day_id: PanelDayId::new(),
            title: "Buying online".into(),
            topic_id: None,
            room: "Salado".into(),
            moderator_id: None,
            starts_at: at("2010-06-15T14:00:00Z"),
            ends_at: at("2010-06-15T15:00:00Z"),
            company: String::new(),
            locked_at: None,
            unlocked_at: None,
            unlock_reason: None,
            revision: 1,
        }
    }

    #[test]
    fn a_session_follows_the_clock() {
        let session = session();
        for (now, expected) in [
            ("2010-06-15T13:49:59Z", State::Planned),
            ("2010-06-15T13:50:00Z", State::Live),
            ("2010-06-15T14:59:59Z", State::Live),
            ("2010-06-15T15:00:00Z", State::NotesOpen),
            ("2010-06-18T14:59:59Z", State::NotesOpen),
            ("2010-06-18T15:00:00Z", State::Locked),
        ] {
            assert_eq!(state(&session, at(now)), expected, "{now}");
        }
    }

    #[test]
    fn a_lock_by_hand_holds_until_an_unlocking() {
        let mut session = session();
        session.locked_at = Some(at("2010-06-15T16:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T16:00:00Z")), State::Locked);
        session.unlocked_at = Some(at("2010-06-15T17:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T17:00:00Z")), State::NotesOpen);
        session.locked_at = Some(at("2010-06-15T18:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T18:00:00Z")), State::Locked);
    }

    #[test]
    fn an_unlocking_lasts_72_hours() {
        let mut session = session();
        session.unlocked_at = Some(at("2010-07-01T09:00:00Z"));
        assert_eq!(state(&session, at("2010-07-04T08:59:59Z")), State::NotesOpen);
        assert_eq!(state(&session, at("2010-07-04T09:00:00Z")), State::Locked);
    }
}

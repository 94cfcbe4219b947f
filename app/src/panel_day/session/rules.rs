//! The state of a session by the clock, and the checks of a timetable.

use chrono::{Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::{Agenda, Clash, Overlap, Session, SessionSlot, SessionState};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Result, ValidationErrors};
use crate::kernel::ids::{AccountId, PanelDayId, TopicId};
use crate::program::day::PanelDay;

/// Minutes before its start from which a session is live, so that the moderator can prepare.
pub const EARLY_MINUTES: i64 = 10;
/// Hours for which notes stay open after the end, and after an unlocking.
pub const NOTES_OPEN_HOURS: i64 = 72;

/// Whether the notes are locked by hand. No clock ends that.
#[must_use]
pub fn is_locked_by_hand(session: &Session) -> bool {
    session.locked_at.is_some_and(|locked| session.unlocked_at.is_none_or(|unlocked| locked >= unlocked))
}

/// The state at `now`. A lock by hand counts until an unlocking after it; an unlocking opens the notes for another 72 hours.
#[must_use]
pub fn state(session: &Session, now: Time) -> SessionState {
    if is_locked_by_hand(session) || now >= notes_close_at(session) {
        SessionState::Locked
    } else if now < session.starts_at - Duration::minutes(EARLY_MINUTES) {
        SessionState::Planned
    } else if now < session.ends_at {
        SessionState::Live
    } else {
        SessionState::NotesOpen
    }
}

/// When the notes lock without an act.
#[must_use]
pub fn notes_close_at(session: &Session) -> Time {
    session.unlocked_at.map_or(session.ends_at, |unlocked| unlocked.max(session.ends_at)) + Duration::hours(NOTES_OPEN_HOURS)
}

/// When the notes lock again if they are unlocked at `now`: 72 hours later, or 72 hours after the end of a session that has not ended.
#[must_use]
pub fn notes_close_after_unlocking(session: &Session, now: Time) -> Time {
    now.max(session.ends_at) + Duration::hours(NOTES_OPEN_HOURS)
}

/// A session as submitted, in local time of the day's place.
#[derive(Clone, Debug)]
pub struct SessionPlan {
    pub title: String,
    pub topic: Option<TopicId>,
    pub room: String,
    pub moderator: Option<AccountId>,
    /// None where what was typed is not a time.
    pub starts: Option<NaiveTime>,
    pub ends: Option<NaiveTime>,
    pub company: String,
}

/// A plan without mistakes, its times as moments.
#[derive(Clone, Debug)]
pub struct CheckedSession {
    pub title: String,
    pub topic: Option<TopicId>,
    pub room: String,
    pub moderator: Option<AccountId>,
    pub starts_at: Time,
    pub ends_at: Time,
    pub company: String,
}

/// The plan, tidied.
///
/// # Errors
/// `Invalid`, with every mistake.
pub fn check(plan: &SessionPlan, day: NaiveDate, zone: Tz) -> Result<CheckedSession> {
    let mut errors = ValidationErrors::default();
    let title = errors.text("title", "The title", &plan.title, 160);
    let room = errors.text("room", "The room", &plan.room, 80);
    let company = errors.optional_lines("company", "The list of company participants", &plan.company, 2000);
    let mut moment = |field: &str, name: &str, time: Option<NaiveTime>| {
        let found = time.and_then(|time| clock::at_wall(day, time, zone));
        match (time, found) {
            (None, _) => errors.add(field, format!("Enter {name} as a time, for example 09:30.")),
            (Some(time), None) => {
                errors.add(
                    field,
                    format!("{} does not exist on that day because the clocks change. Enter another time.", clock::clock_time(time)),
                );
            }
            _ => {}
        }
        found
    };
    let starts_at = moment("starts", "the start", plan.starts);
    let ends_at = moment("ends", "the end", plan.ends);
    if let (Some(starts), Some(ends)) = (starts_at, ends_at)
        && ends <= starts
    {
        errors.add("ends", "The session ends before it starts. Enter a later end.");
    }
    errors.finish()?;
    match (starts_at, ends_at) {
        (Some(starts_at), Some(ends_at)) => {
            Ok(CheckedSession { title, topic: plan.topic, room, moderator: plan.moderator, starts_at, ends_at, company })
        }
        _ => unreachable!("a missing time was refused above"),
    }
}

/// Conflicts of room, moderator or panelist. `shared` names people who have seats on two days. Rooms conflict only
/// at the same place. A conflict is shown, not refused: staff may know better.
#[must_use]
pub fn overlaps(slots: &[SessionSlot<'_>], shared: &[(PanelDayId, PanelDayId, String)]) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (at, one) in slots.iter().enumerate() {
        for other in &slots[at + 1..] {
            let (a, b) = (one.session, other.session);
            if a.starts_at >= b.ends_at || b.starts_at >= a.ends_at {
                continue;
            }
            let mut clash = |what, who: String| found.push(Overlap { one: a.id, other: b.id, what, who });
            if same(&a.room, &b.room) && same(one.place, other.place) {
                clash(Clash::Room, a.room.clone());
            }
            if a.moderator_id.is_some() && a.moderator_id == b.moderator_id {
                clash(Clash::Moderator, one.moderator.to_owned());
            }
            for (first, second, name) in shared {
                if (*first, *second) == (a.panel_day_id, b.panel_day_id) || (*second, *first) == (a.panel_day_id, b.panel_day_id) {
                    clash(Clash::Panelist, name.clone());
                }
            }
        }
    }
    found
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

#[must_use]
pub fn agenda(day: &PanelDay, sessions: &[Session]) -> Agenda {
    let mut sessions: Vec<Session> = sessions.iter().filter(|session| session.panel_day_id == day.id).cloned().collect();
    sessions.sort_by(|a, b| (a.starts_at, &a.room).cmp(&(b.starts_at, &b.room)));
    Agenda { title: day.title.clone(), day: day.day, place: day.place.clone(), zone: day.zone(), sessions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{PanelDayId, SessionId};

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
            ("2010-06-15T13:49:59Z", SessionState::Planned),
            ("2010-06-15T13:50:00Z", SessionState::Live),
            ("2010-06-15T14:59:59Z", SessionState::Live),
            ("2010-06-15T15:00:00Z", SessionState::NotesOpen),
            ("2010-06-18T14:59:59Z", SessionState::NotesOpen),
            ("2010-06-18T15:00:00Z", SessionState::Locked),
        ] {
            assert_eq!(state(&session, at(now)), expected, "{now}");
        }
    }

    #[test]
    fn a_lock_by_hand_holds_until_an_unlocking() {
        let mut session = session();
        session.locked_at = Some(at("2010-06-15T16:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T16:00:00Z")), SessionState::Locked);
        session.unlocked_at = Some(at("2010-06-15T17:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T17:00:00Z")), SessionState::NotesOpen);
        session.locked_at = Some(at("2010-06-15T18:00:00Z"));
        assert_eq!(state(&session, at("2010-06-15T18:00:00Z")), SessionState::Locked);
        assert!(is_locked_by_hand(&session));
        session.locked_at = None;
        assert!(!is_locked_by_hand(&session));
    }

    #[test]
    fn unlocking_says_until_when_the_notes_are_open() {
        for now in ["2010-06-15T14:10:00Z", "2010-06-15T15:30:00Z", "2010-07-01T09:00:00Z"] {
            let said = notes_close_after_unlocking(&session(), at(now));
            let unlocked = Session { locked_at: Some(at("2010-06-15T14:05:00Z")), unlocked_at: Some(at(now)), ..session() };
            assert_eq!(notes_close_at(&unlocked), said, "{now}");
        }
        assert_eq!(notes_close_after_unlocking(&session(), at("2010-06-15T14:10:00Z")), at("2010-06-18T15:00:00Z"));
    }

    #[test]
    fn an_unlocking_lasts_72_hours() {
        let mut session = session();
        session.unlocked_at = Some(at("2010-07-01T09:00:00Z"));
        assert_eq!(state(&session, at("2010-07-04T08:59:59Z")), SessionState::NotesOpen);
        assert_eq!(state(&session, at("2010-07-04T09:00:00Z")), SessionState::Locked);
    }

    #[test]
    fn a_room_and_a_moderator_cannot_be_in_two_sessions_at_once() {
        let ann = AccountId::new();
        let one = Session { moderator_id: Some(ann), ..session() };
        let half_past = |room: &str| Session {
            id: SessionId::new(),
            room: room.into(),
            starts_at: at("2010-06-15T14:30:00Z"),
            ends_at: at("2010-06-15T15:30:00Z"),
            ..one.clone()
        };
        let (two, elsewhere) = (half_past("salado "), Session { moderator_id: None, ..half_past("Salado") });
        let slot = |session, place| SessionSlot { session, place, moderator: "Ann" };
        let found = overlaps(&[slot(&one, "Round Rock"), slot(&two, "Round Rock"), slot(&elsewhere, "Beijing")], &[]);
        assert_eq!(found.iter().map(|o| (o.other, o.what)).collect::<Vec<_>>(), [(two.id, Clash::Room), (two.id, Clash::Moderator)]);
    }

    #[test]
    fn one_session_may_follow_another() {
        let one = session();
        let next = Session { id: SessionId::new(), starts_at: one.ends_at, ends_at: at("2010-06-15T16:00:00Z"), ..one.clone() };
        let slot = |session| SessionSlot { session, place: "Round Rock", moderator: "" };
        assert_eq!(overlaps(&[slot(&one), slot(&next)], &[]), []);
    }

    #[test]
    fn a_panelist_with_seats_on_two_days_cannot_attend_both_at_once() {
        let one = session();
        let other = Session { id: SessionId::new(), panel_day_id: PanelDayId::new(), room: "Online".into(), ..one.clone() };
        let slot = |session| SessionSlot { session, place: "Round Rock", moderator: "" };
        let found = overlaps(&[slot(&one), slot(&other)], &[(other.panel_day_id, one.panel_day_id, "Carla".into())]);
        assert_eq!(found, [Overlap { one: one.id, other: other.id, what: Clash::Panelist, who: "Carla".into() }]);
    }

    #[test]
    fn an_end_before_the_start_is_refused() {
        let zone = "America/Chicago".parse().expect("a zone");
        let day = NaiveDate::from_ymd_opt(2010, 6, 15).expect("a day");
        let plan = SessionPlan {
            title: "Buying online".into(),
            topic: None,
            room: "Salado".into(),
            moderator: None,
            starts: NaiveTime::from_hms_opt(10, 0, 0),
            ends: NaiveTime::from_hms_opt(9, 0, 0),
            company: String::new(),
        };
        assert!(check(&plan, day, zone).is_err());
        let good = SessionPlan { ends: NaiveTime::from_hms_opt(11, 0, 0), ..plan };
        assert_eq!(check(&good, day, zone).expect("a session").starts_at, at("2010-06-15T15:00:00Z"));
    }
}

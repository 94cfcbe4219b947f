//! A day's agenda as an iCalendar file (RFC 5545).

use app::kernel::clock::Time;
use app::panel_day::session::Agenda;
use app::program::day::PanelDay;
use icalendar::{Calendar, Component, Event, EventLike};

/// The calendar: one event for the day, which takes no time away, and one a session, in UTC so that no calendar program has to know the zone.
/// Importing it again, after a change, moves the events: each keeps its UID, and its sequence is the revision of the day or session.
#[must_use]
pub fn calendar(day: &PanelDay, agenda: &Agenda, now: Time) -> String {
    let mut calendar = Calendar::new();
    calendar.name(&agenda.title).timezone(agenda.zone.name());
    calendar.push(
        Event::new()
            .uid(&format!("{}@weheard", day.id))
            .sequence(u32::try_from(day.revision - 1).unwrap_or(0))
            .timestamp(now)
            .summary(&agenda.title)
            .location(&agenda.place)
            .add_property("TRANSP", "TRANSPARENT")
            .starts(agenda.day)
            // The end is exclusive (RFC 5545, 3.6.1): a day that ended on itself would last no time.
            .ends(agenda.day.succ_opt().unwrap_or(agenda.day))
            .done(),
    );
    for session in &agenda.sessions {
        let sequence = u32::try_from(session.revision - 1).unwrap_or(0);
        calendar.push(
            Event::new()
                .uid(&format!("{}@weheard", session.id))
                .sequence(sequence)
                .timestamp(now)
                .summary(&session.title)
                .description(&agenda.title)
                .location(&format!("{}, {}", session.room, agenda.place))
                .starts(session.starts_at)
                .ends(session.ends_at)
                .done(),
        );
    }
    calendar.done().to_string()
}

#[cfg(test)]
mod tests {
    use app::kernel::ids::{PanelDayId, ProgramId, SessionId};
    use app::panel_day::session::Session;
    use app::program::day::PanelDayKind;

    use super::*;

    #[test]
    fn the_day_is_an_event_and_a_session_one_in_utc() {
        let day = PanelDay {
            id: PanelDayId::new(),
            program_id: ProgramId::new(),
            title: "CAP Day".into(),
            kind: PanelDayKind::Panel,
            day: "2010-06-15".parse().expect("a day"),
            time_zone: "America/Chicago".parse().expect("a zone"),
            place: "Round Rock".into(),
            segment: None,
            capacity: 15,
            revision: 5,
            created_at: "2010-04-01T00:00:00Z".parse().expect("a time"),
        };
        let session = Session {
            id: SessionId::new(),
            panel_day_id: day.id,
            title: "Buying, online; and by phone".into(),
            topic_id: None,
            room: "Salado".into(),
            moderator_id: None,
            starts_at: "2010-06-15T14:00:00Z".parse().expect("a time"),
            ends_at: "2010-06-15T15:00:00Z".parse().expect("a time"),
            company: String::new(),
            locked_at: None,
            unlocked_at: None,
            unlock_reason: None,
            revision: 3,
        };
        let agenda = Agenda {
            title: "CAP Day".into(),
            day: "2010-06-15".parse().expect("a day"),
            place: "Round Rock".into(),
            zone: "America/Chicago".parse().expect("a zone"),
            sessions: vec![session],
        };
        let text = calendar(&day, &agenda, "2010-05-01T00:00:00Z".parse().expect("a time"));
        for line in [
            "BEGIN:VEVENT",
            "DTSTART:20100615T140000Z",
            "DTEND:20100615T150000Z",
            "SEQUENCE:2",
            "LOCATION:Salado\\, Round Rock",
            "DTSTART;VALUE=DATE:20100615",
            "DTEND;VALUE=DATE:20100616",
            "SEQUENCE:4",
            "TRANSP:TRANSPARENT",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
        assert!(text.contains("SUMMARY:Buying\\, online\\; and by phone"), "{text}");
    }
}

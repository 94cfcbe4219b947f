//! Where the sessions of a day are in its timetable: rooms across, time down in steps of five minutes.

use chrono::Duration;

use crate::kernel::clock::Time;
use crate::panel_day::session::Session;

/// Minutes of one line of the grid.
const STEP: i64 = 5;
/// Line 1 is above the names of the rooms, and column 1 has the times.
const FIRST_LINE: i64 = 2;
const FIRST_COLUMN: usize = 2;

/// An area of a CSS grid: the lines above and below, the columns before and behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridArea {
    pub lines: (i64, i64),
    pub columns: (usize, usize),
}

impl GridArea {
    /// As `grid-area` writes it.
    #[must_use]
    pub fn css(&self) -> String {
        format!("{}/{}/{}/{}", self.lines.0, self.columns.0, self.lines.1, self.columns.1)
    }
}

/// Something of the day, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    Session(&'a Session, GridArea),
    /// No session in any room, from and until.
    Break(Time, Time, GridArea),
}

/// The timetable of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayGrid<'a> {
    /// Each room with its columns: as many as it has sessions at the same time.
    pub rooms: Vec<(&'a str, GridArea)>,
    /// When sessions and breaks start.
    pub times: Vec<(Time, GridArea)>,
    pub slots: Vec<Slot<'a>>,
    /// Columns of all rooms together.
    pub columns: usize,
}

impl<'a> DayGrid<'a> {
    /// The grid of sessions in these rooms.
    #[must_use]
    pub fn of(sessions: &'a [Session], rooms: &'a [String]) -> Self {
        let mut sorted: Vec<&Session> = sessions.iter().collect();
        sorted.sort_by(|a, b| (a.starts_at, &a.room).cmp(&(b.starts_at, &b.room)));
        let start = sorted.first().map(|session| session.starts_at).unwrap_or_default();
        let line = |at: Time| FIRST_LINE + ((at - start).num_minutes() + STEP / 2).div_euclid(STEP);
        let lines = |from: Time, until: Time| (line(from), line(until).max(line(from) + 1));
        let mut slots = Vec::new();
        let mut named = Vec::new();
        let mut next = FIRST_COLUMN;
        for room in rooms {
            let mut ends: Vec<Time> = Vec::new();
            for session in sorted.iter().filter(|session| session.room == *room) {
                let free = ends.iter().position(|end| *end <= session.starts_at);
                let lane = free.unwrap_or(ends.len());
                match free {
                    Some(lane) => ends[lane] = session.ends_at,
                    None => ends.push(session.ends_at),
                }
                let columns = (next + lane, next + lane + 1);
                slots.push(Slot::Session(session, GridArea { lines: lines(session.starts_at, session.ends_at), columns }));
            }
            let columns = (next, next + ends.len().max(1));
            named.push((room.as_str(), GridArea { lines: (1, 2), columns }));
            next = columns.1;
        }
        for (from, until) in breaks(&sorted) {
            slots.push(Slot::Break(from, until, GridArea { lines: lines(from, until), columns: (FIRST_COLUMN, next) }));
        }
        slots.sort_by_key(Slot::starts_at);
        let mut times: Vec<Time> = slots.iter().map(Slot::starts_at).collect();
        times.dedup();
        let times = times.into_iter().map(|at| (at, GridArea { lines: (line(at), line(at) + 1), columns: (1, next) })).collect();
        Self { rooms: named, times, slots, columns: next - FIRST_COLUMN }
    }
}

impl Slot<'_> {
    const fn starts_at(&self) -> Time {
        match self {
            Self::Session(session, _) => session.starts_at,
            Self::Break(from, ..) => *from,
        }
    }
}

/// The times between sessions at which there is none in any room.
fn breaks(sorted: &[&Session]) -> Vec<(Time, Time)> {
    let mut found = Vec::new();
    let mut ended: Option<Time> = None;
    for session in sorted {
        if let Some(from) = ended.filter(|ended| session.starts_at - *ended >= Duration::minutes(STEP)) {
            found.push((from, session.starts_at));
        }
        ended = Some(ended.map_or(session.ends_at, |ended| ended.max(session.ends_at)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{PanelDayId, SessionId};

    fn session(title: &str, room: &str, from: (u32, u32), until: (u32, u32)) -> Session {
        let at = |(hour, minute)| {
            chrono::NaiveDate::from_ymd_opt(2010, 6, 15).and_then(|day| day.and_hms_opt(hour, minute, 0)).expect("a time").and_utc()
        };
        Session {
            id: SessionId::new(),
            panel_day_id: PanelDayId::new(),
            title: title.into(),
            topic_id: None,
            room: room.into(),
            moderator_id: None,
            starts_at: at(from),
            ends_at: at(until),
            company: String::new(),
            locked_at: None,
            unlocked_at: None,
            unlock_reason: None,
            revision: 1,
        }
    }

    #[test]
    fn a_session_is_as_high_as_it_is_long_and_a_break_goes_across_all_rooms() {
        let sessions = [
            session("Getting help", "Salado", (9, 0), (9, 45)),
            session("Repairs", "Brazos", (9, 0), (10, 30)),
            session("Batteries", "Salado", (11, 0), (11, 30)),
        ];
        let rooms = ["Brazos".to_owned(), "Salado".to_owned()];
        let grid = DayGrid::of(&sessions, &rooms);
        let shown: Vec<(String, String)> = grid
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::Session(session, area) => (session.title.clone(), area.css()),
                Slot::Break(_, _, area) => ("break".to_owned(), area.css()),
            })
            .collect();
        let wanted = [("Repairs", "2/2/20/3"), ("Getting help", "2/3/11/4"), ("break", "20/2/26/4"), ("Batteries", "26/3/32/4")];
        assert_eq!(shown, wanted.map(|(title, area)| (title.to_owned(), area.to_owned())));
        assert_eq!(grid.times.iter().map(|(_, area)| area.lines.0).collect::<Vec<_>>(), [2, 20, 26]);
        assert_eq!(grid.columns, 2);
    }

    #[test]
    fn sessions_at_the_same_time_in_one_room_are_beside_each_other() {
        let sessions = [
            session("One", "Salado", (9, 0), (10, 0)),
            session("Other", "Salado", (9, 30), (10, 30)),
            session("Third", "Salado", (10, 0), (10, 2)),
        ];
        let rooms = ["Salado".to_owned()];
        let grid = DayGrid::of(&sessions, &rooms);
        let areas: Vec<String> =
            grid.slots.iter().map(|slot| if let Slot::Session(_, area) = slot { area.css() } else { String::new() }).collect();
        assert_eq!(areas, ["2/2/14/3", "8/3/20/4", "14/2/15/3"]);
        assert_eq!((grid.columns, grid.rooms[0].1.css()), (2, "1/2/2/4".to_owned()));
    }
}

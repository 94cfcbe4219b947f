//! The balance of a room, read off its notes: panel against company, and problems giving way to ideas.

use super::{Kind, Said, Seat};
use crate::ids::PanelistId;

/// Milliseconds in a quarter of an hour.
pub const QUARTER: i64 = 15 * 60 * 1000;
/// A session is drawn in at most this many quarters: six hours.
const MOST_QUARTERS: i64 = 24;

/// What was said in one quarter of an hour, by the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quarter {
    /// Observations and quotes.
    pub problems: usize,
    pub ideas: usize,
}

/// How a session leans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Notes of panelists.
    pub panel: usize,
    /// Notes of the company.
    pub company: usize,
    /// From the start of the session to its end, or to the last note.
    pub quarters: Vec<Quarter>,
}

impl Balance {
    /// Reads notes (when typed, what was said) of a session that lasts from `starts` to `ends`, all in milliseconds since 1970.
    /// What was typed before the start counts to the first quarter, what was added after the end to the last.
    pub fn of<'a>(notes: impl IntoIterator<Item = (i64, &'a Said)>, starts: i64, ends: i64) -> Self {
        let last = ((ends - starts - 1).max(0) / QUARTER).min(MOST_QUARTERS - 1);
        let mut quarters = vec![Quarter::default(); usize::try_from(last).unwrap_or(0) + 1];
        let (mut panel, mut company) = (0, 0);
        for (at, said) in notes {
            if said.by_company() {
                company += 1;
                continue;
            }
            panel += usize::from(said.panelist.is_some());
            let place = usize::try_from(((at - starts) / QUARTER).clamp(0, last)).unwrap_or(0);
            match said.kind {
                Kind::Observation | Kind::Quote => quarters[place].problems += 1,
                Kind::Idea => quarters[place].ideas += 1,
                Kind::Question | Kind::ParkingLot => {}
            }
        }
        Self { panel, company, quarters }
    }

    /// The panel's share of what was said by somebody named, in whole percent; none while nobody was.
    #[must_use]
    pub fn panel_percent(&self) -> Option<usize> {
        let named = self.panel + self.company;
        (named > 0).then(|| (self.panel * 100 + named / 2) / named)
    }
}

/// How often each seat's person has been noted, in the order of the seats; the company's seats are left out.
pub fn heard<'a>(seats: &[Seat], notes: impl IntoIterator<Item = &'a Said>) -> Vec<(PanelistId, usize)> {
    let mut counts: Vec<(PanelistId, usize)> = seats.iter().filter_map(|seat| seat.panelist).map(|id| (id, 0)).collect();
    for said in notes {
        if let Some((_, count)) = counts.iter_mut().find(|(id, _)| Some(*id) == said.panelist) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(panelist: Option<PanelistId>, speaker: &str, kind: Kind) -> Said {
        Said { panelist, speaker: speaker.into(), kind, text: "x".into(), topic: None }
    }

    #[test]
    fn an_empty_room_leans_nowhere() {
        let balance = Balance::of([], 0, 75 * 60 * 1000);
        assert_eq!(balance.panel_percent(), None);
        assert_eq!(balance.quarters.len(), 5);
    }

    #[test]
    fn problems_and_ideas_fall_into_their_quarters() {
        let ada = Some(PanelistId::new());
        let notes = [
            (-60_000, said(ada, "Ada", Kind::Quote)),
            (1, said(None, "", Kind::Observation)),
            (QUARTER, said(ada, "Ada", Kind::Idea)),
            (9 * QUARTER, said(ada, "Ada", Kind::Idea)),
            (5, said(None, "Dell", Kind::Idea)),
            (6, said(ada, "Ada", Kind::Question)),
        ];
        let balance = Balance::of(notes.iter().map(|(at, said)| (*at, said)), 0, 2 * QUARTER);
        assert_eq!(balance.quarters, [Quarter { problems: 2, ideas: 0 }, Quarter { problems: 0, ideas: 2 }]);
        assert_eq!((balance.panel, balance.company), (4, 1));
        assert_eq!(balance.panel_percent(), Some(80));
    }

    #[test]
    fn who_was_heard_is_counted_by_seat() {
        let (ada, bo) = (PanelistId::new(), PanelistId::new());
        let seats = super::super::seat::seats(&[(ada, "Ada Okafor".into(), "AO".into()), (bo, "Bo Li".into(), "BL".into())], "", "Dell");
        let notes = [said(Some(bo), "Bo Li", Kind::Quote), said(None, "Dell", Kind::Idea)];
        assert_eq!(heard(&seats, &notes), [(ada, 0), (bo, 1)]);
    }
}

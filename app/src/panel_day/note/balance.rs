//! The balance of a session by its notes: panel against company, and problems against ideas.

use super::{NoteKind, NoteWording, Speaker};
use crate::kernel::ids::PanelistId;

/// Milliseconds in a quarter of an hour.
pub const QUARTER: i64 = 15 * 60 * 1000;
/// At most so many quarters are drawn: six hours.
const MAX_QUARTERS: i64 = 24;

/// Notes of the panel in one quarter of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuarterHour {
    /// Observations and quotes.
    pub problems: usize,
    pub ideas: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpeakingBalance {
    /// Notes of panelists.
    pub panel: usize,
    /// Notes of the company.
    pub company: usize,
    /// From the start of the session to its end, or to the last note.
    pub quarters: Vec<QuarterHour>,
}

impl SpeakingBalance {
    /// Reads notes (when typed, what was said) of a session that lasts from `starts` to `ends`, all in milliseconds since 1970.
    /// Notes typed before the start count to the first quarter, notes added after the end to the last.
    pub fn of<'a>(notes: impl IntoIterator<Item = (i64, &'a NoteWording)>, starts: i64, ends: i64) -> Self {
        let last = ((ends - starts - 1).max(0) / QUARTER).min(MAX_QUARTERS - 1);
        let mut quarters = vec![QuarterHour::default(); usize::try_from(last).unwrap_or(0) + 1];
        let (mut panel, mut company) = (0, 0);
        for (at, wording) in notes {
            if wording.by_company() {
                company += 1;
                continue;
            }
            panel += usize::from(wording.panelist.is_some());
            let place = usize::try_from(((at - starts) / QUARTER).clamp(0, last)).unwrap_or(0);
            match wording.kind {
                NoteKind::Observation | NoteKind::Quote => quarters[place].problems += 1,
                NoteKind::Idea => quarters[place].ideas += 1,
                NoteKind::Question | NoteKind::ParkingLot => {}
            }
        }
        Self { panel, company, quarters }
    }

    /// The panel's share of the notes with a speaker, in whole percent; none without such notes.
    #[must_use]
    pub fn panel_percent(&self) -> Option<usize> {
        let named = self.panel + self.company;
        (named > 0).then(|| (self.panel * 100 + named / 2) / named)
    }
}

/// Notes per panelist, in the order of the speakers.
pub fn count_by_speaker<'a>(speakers: &[Speaker], notes: impl IntoIterator<Item = &'a NoteWording>) -> Vec<(PanelistId, usize)> {
    let mut counts: Vec<(PanelistId, usize)> = speakers.iter().filter_map(|speaker| speaker.panelist).map(|id| (id, 0)).collect();
    for wording in notes {
        if let Some((_, count)) = counts.iter_mut().find(|(id, _)| Some(*id) == wording.panelist) {
            *count += 1;
        }
    }
    counts
}

/// The panelists who are here and were not heard yet. `counts` are those of `count_by_speaker`.
#[must_use]
pub fn not_heard<'a>(speakers: &'a [Speaker], counts: &[(PanelistId, usize)]) -> Vec<&'a Speaker> {
    let heard = |id: PanelistId| counts.iter().any(|(known, notes)| *known == id && *notes > 0);
    speakers.iter().filter(|speaker| !speaker.absent && speaker.panelist.is_some_and(|id| !heard(id))).collect()
}

/// How many panelists were heard, of how many. A no-show counts once they were heard after all.
#[must_use]
pub fn heard_of(speakers: &[Speaker], counts: &[(PanelistId, usize)]) -> (usize, usize) {
    let heard = counts.iter().filter(|(_, notes)| *notes > 0).count();
    (heard, heard + not_heard(speakers, counts).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(panelist: Option<PanelistId>, speaker: &str, kind: NoteKind) -> NoteWording {
        NoteWording { panelist, speaker: speaker.into(), kind, text: "x".into(), topic: None }
    }

    #[test]
    fn an_empty_room_leans_nowhere() {
        let balance = SpeakingBalance::of([], 0, 75 * 60 * 1000);
        assert_eq!(balance.panel_percent(), None);
        assert_eq!(balance.quarters.len(), 5);
    }

    #[test]
    fn problems_and_ideas_fall_into_their_quarters() {
        let ada = Some(PanelistId::new());
        let notes = [
            (-60_000, wording(ada, "Ada", NoteKind::Quote)),
            (1, wording(None, "", NoteKind::Observation)),
            (QUARTER, wording(ada, "Ada", NoteKind::Idea)),
            (9 * QUARTER, wording(ada, "Ada", NoteKind::Idea)),
            (5, wording(None, "Dell", NoteKind::Idea)),
            (6, wording(ada, "Ada", NoteKind::Question)),
        ];
        let balance = SpeakingBalance::of(notes.iter().map(|(at, wording)| (*at, wording)), 0, 2 * QUARTER);
        assert_eq!(balance.quarters, [QuarterHour { problems: 2, ideas: 0 }, QuarterHour { problems: 0, ideas: 2 }]);
        assert_eq!((balance.panel, balance.company), (4, 1));
        assert_eq!(balance.panel_percent(), Some(80));
    }

    #[test]
    fn who_was_heard_is_counted_by_speaker() {
        let (ada, bo) = (PanelistId::new(), PanelistId::new());
        let speakers =
            super::super::speaker::speakers(&[(ada, "Ada Okafor".into(), "AO".into()), (bo, "Bo Li".into(), "BL".into())], "", "Dell");
        let notes = [wording(Some(bo), "Bo Li", NoteKind::Quote), wording(None, "Dell", NoteKind::Idea)];
        let counts = count_by_speaker(&speakers, &notes);
        assert_eq!(counts, [(ada, 0), (bo, 1)]);
        assert_eq!(not_heard(&speakers, &counts).iter().map(|speaker| speaker.name.as_str()).collect::<Vec<_>>(), ["Ada Okafor"]);
        assert_eq!(heard_of(&speakers, &counts), (1, 2));
    }

    #[test]
    fn nobody_waits_to_hear_a_no_show() {
        let (ada, bo) = (PanelistId::new(), PanelistId::new());
        let mut speakers =
            super::super::speaker::speakers(&[(ada, "Ada Okafor".into(), "AO".into()), (bo, "Bo Li".into(), "BL".into())], "", "Dell");
        speakers[0].absent = true;
        let silent = count_by_speaker(&speakers, &[]);
        assert_eq!(not_heard(&speakers, &silent).iter().map(|speaker| speaker.name.as_str()).collect::<Vec<_>>(), ["Bo Li"]);
        assert_eq!(heard_of(&speakers, &silent), (0, 1));
        let spoke = count_by_speaker(&speakers, &[wording(Some(ada), "Ada Okafor", NoteKind::Quote)]);
        assert_eq!(heard_of(&speakers, &spoke), (1, 2), "who was heard was there");
    }
}

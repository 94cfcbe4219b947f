//! The calendar of panel days with their counts: what the page `/days` and its CSV show.

use crate::db::Tx;
use crate::kernel::clock::{Time, local_day};
use crate::kernel::error::Result;
use crate::kernel::fold::Needle;
use crate::kernel::ids::{PanelDayId, ProgramId};
use crate::panel_day::session;
use crate::program::day::{PanelDay, store};
use crate::program::{self, Program};
use crate::recruiting::invitation::{self, InvitationState};
use crate::recruiting::{candidate, panelist};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PanelDayCounts {
    pub shortlisted: i64,
    /// Drafted or reviewed, not sent.
    pub unsent: i64,
    /// Sent, not answered.
    pub unanswered: i64,
    pub seated: i64,
    pub waiting: i64,
    pub came: i64,
    pub sessions: i64,
}

/// A day as a list shows it.
#[derive(Clone, Debug)]
pub struct PanelDayRow {
    pub day: PanelDay,
    pub program: String,
    pub counts: PanelDayCounts,
}

text_enum! {
    /// Which days by date.
    pub enum PanelDayPeriod {
        All = "", "All";
        Coming = "coming", "Upcoming";
        Past = "past", "Past";
    }
}

text_enum! {
    /// The order.
    pub enum PanelDaySort {
        Latest = "", "Latest first";
        Soonest = "soonest", "Earliest first";
        Title = "title", "Title";
        Free = "free", "Most free seats";
    }
}

/// What the page's query asks for.
#[derive(Clone, Debug)]
pub struct PanelDaySearch {
    pub words: String,
    pub program: Option<ProgramId>,
    pub when: PanelDayPeriod,
    pub sort: PanelDaySort,
}

impl PanelDaySearch {
    /// Reads a query; unknown values are ignored.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            words: get("q").unwrap_or_default(),
            program: get("program").and_then(|id| id.parse().ok()),
            when: get("when").and_then(|word| word.parse().ok()).unwrap_or(PanelDayPeriod::All),
            sort: get("sort").and_then(|word| word.parse().ok()).unwrap_or(PanelDaySort::Latest),
        }
    }
}

/// The days that match. Past is decided in the time zone of each day.
pub async fn list(tx: &mut Tx, search: &PanelDaySearch, now: Time) -> Result<Vec<PanelDayRow>> {
    let programs = program::store::list(tx).await?;
    let counted = count(tx).await?;
    let words = Needle::of(&search.words);
    let mut lines: Vec<PanelDayRow> = store::list(tx)
        .await?
        .into_iter()
        .filter(|day| search.program.is_none_or(|program| day.program_id == program))
        .filter(|day| match search.when {
            PanelDayPeriod::All => true,
            PanelDayPeriod::Coming => day.day >= local_day(now, day.zone()),
            PanelDayPeriod::Past => day.day < local_day(now, day.zone()),
        })
        .filter(|day| words.is_in([&day.title, &day.place]))
        .map(|day| {
            let counts = counted.iter().find(|(id, _)| *id == day.id).map_or(PanelDayCounts::default(), |(_, counts)| *counts);
            PanelDayRow { program: name(&programs, day.program_id), counts, day }
        })
        .collect();
    match search.sort {
        PanelDaySort::Latest => {}
        PanelDaySort::Soonest => lines.reverse(),
        PanelDaySort::Title => lines.sort_by_key(|line| line.day.title.to_lowercase()),
        PanelDaySort::Free => lines.sort_by_key(|line| line.counts.seated - line.day.capacity),
    }
    Ok(lines)
}

pub async fn counts(tx: &mut Tx, day: PanelDayId) -> Result<PanelDayCounts> {
    Ok(count(tx).await?.into_iter().find(|(id, _)| *id == day).map_or(PanelDayCounts::default(), |(_, counts)| counts))
}

async fn count(tx: &mut Tx) -> Result<Vec<(PanelDayId, PanelDayCounts)>> {
    let mut all: Vec<(PanelDayId, PanelDayCounts)> = Vec::new();
    for (day, shortlisted) in candidate::store::count_days(tx).await? {
        of(&mut all, day).shortlisted = shortlisted;
    }
    for (day, state, count) in invitation::store::count_days(tx).await? {
        match state {
            InvitationState::Drafted | InvitationState::Reviewed => of(&mut all, day).unsent += count,
            InvitationState::Sent => of(&mut all, day).unanswered += count,
            _ => {}
        }
    }
    for (day, seated, waiting, came) in panelist::store::count_days(tx).await? {
        let counts = of(&mut all, day);
        (counts.seated, counts.waiting, counts.came) = (seated, waiting, came);
    }
    for (day, sessions) in session::store::count_days(tx).await? {
        of(&mut all, day).sessions = sessions;
    }
    Ok(all)
}

fn of(all: &mut Vec<(PanelDayId, PanelDayCounts)>, day: PanelDayId) -> &mut PanelDayCounts {
    let at = all.iter().position(|(id, _)| *id == day).unwrap_or_else(|| {
        all.push((day, PanelDayCounts::default()));
        all.len() - 1
    });
    &mut all[at].1
}

fn name(programs: &[Program], id: ProgramId) -> String {
    programs.iter().find(|program| program.id == id).map(|program| program.charter.name.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{each_db, fixture};

    #[tokio::test]
    async fn on_the_evening_of_a_day_in_texas_it_is_not_past_though_the_date_in_utc_is_the_next_one() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let noon: Time = "2010-06-15T17:00:00Z".parse().expect("a time");
            let program = fixture::program(&mut tx, noon).await;
            let day = fixture::day(&mut tx, noon, program, noon.date_naive(), 15).await;
            for (now, when) in [("2010-06-16T04:59:59Z", PanelDayPeriod::Coming), ("2010-06-16T05:00:00Z", PanelDayPeriod::Past)] {
                let now: Time = now.parse().expect("a time");
                for asked in [PanelDayPeriod::Coming, PanelDayPeriod::Past] {
                    let search = PanelDaySearch { words: String::new(), program: None, when: asked, sort: PanelDaySort::Latest };
                    let found: Vec<_> = list(&mut tx, &search, now).await.expect("days").into_iter().map(|line| line.day.id).collect();
                    assert_eq!(found, if asked == when { vec![day] } else { vec![] }, "{now} {asked}");
                }
            }
        })
        .await;
    }
}

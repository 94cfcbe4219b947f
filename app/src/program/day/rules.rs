//! Validates the plan of a day, and moves sessions with their day.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::{PanelDayKind, Zone};
use crate::kernel::clock::{self, Time};
use crate::kernel::error::{Result, ValidationErrors};
use crate::program::Segment;

pub const DEFAULT_SEATS: i64 = 15;

#[derive(Clone, Debug)]
pub struct PanelDayPlan {
    pub title: String,
    pub kind: PanelDayKind,
    /// None where what was typed is not a date.
    pub day: Option<NaiveDate>,
    pub time_zone: String,
    pub place: String,
    pub segment: Option<Segment>,
    pub capacity: i64,
    /// The day has already been held.
    pub held: bool,
}

/// A plan without mistakes.
#[derive(Clone, Debug)]
pub struct CheckedPanelDay {
    pub title: String,
    pub kind: PanelDayKind,
    pub day: NaiveDate,
    pub time_zone: Zone,
    pub place: String,
    pub segment: Option<Segment>,
    pub capacity: i64,
}

/// The plan, tidied. `before` is the date that the day has so far: only a date in the past that is new needs a word that it is meant.
///
/// # Errors
/// `Invalid`, with every mistake.
pub fn check(plan: &PanelDayPlan, before: Option<NaiveDate>, now: Time) -> Result<CheckedPanelDay> {
    let mut errors = ValidationErrors::default();
    let title = errors.text("title", "The title", &plan.title, 120);
    let place = errors.text("place", "The place", &plan.place, 200);
    if plan.day.is_none() {
        errors.add("day", "Enter the date as year-month-day, such as 2010-06-15.");
    }
    let zone = plan.time_zone.parse::<Zone>().map_err(|message| errors.add("time_zone", message));
    if let (Some(day), Ok(zone)) = (plan.day, &zone)
        && day < clock::local_day(now, zone.0)
        && plan.day != before
        && !plan.held
    {
        errors.add("day", "This date is in the past. Enter a later date, or tick “This day has already taken place”.");
    }
    if !(1..=500).contains(&plan.capacity) {
        errors.add("capacity", "Enter 1 to 500 seats.");
    }
    errors.finish()?;
    match (plan.day, zone) {
        (Some(day), Ok(time_zone)) => {
            Ok(CheckedPanelDay { title, kind: plan.kind, day, time_zone, place, segment: plan.segment, capacity: plan.capacity })
        }
        _ => unreachable!("a missing day or zone was said above"),
    }
}

/// How many of each segment a day asks for: all seats for its cohort, or a third each (rounded up) on a mixed day.
#[must_use]
pub fn targets(segment: Option<Segment>, capacity: i64) -> Vec<(Segment, i64)> {
    match segment {
        Some(segment) => vec![(segment, capacity)],
        None => Segment::ALL.iter().map(|&segment| (segment, (capacity + 2) / 3)).collect(),
    }
}

/// The same time on the wall, on another day or in another zone. None in the hour that a clock change skips.
#[must_use]
pub fn same_wall_time(at: Time, from: Tz, to_day: NaiveDate, to: Tz) -> Option<Time> {
    let wall: NaiveTime = at.with_timezone(&from).time();
    clock::at_wall(to_day, wall, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Error;

    #[test]
    fn a_day_in_the_past_is_meant_only_if_somebody_says_so() {
        let day = |d| NaiveDate::from_ymd_opt(2010, 6, d);
        let plan = PanelDayPlan {
            title: "Ranters’ day".into(),
            kind: PanelDayKind::Panel,
            day: day(15),
            time_zone: "America/Chicago".into(),
            place: "Round Rock".into(),
            segment: None,
            capacity: 15,
            held: false,
        };
        // In Round Rock it is still the 15th for three hours.
        let evening: Time = "2010-06-16T02:00:00Z".parse().expect("a time");
        let night: Time = "2010-06-16T05:00:00Z".parse().expect("a time");
        let held = PanelDayPlan { held: true, ..plan.clone() };
        for (plan, before, now, good) in [
            (&plan, None, evening, true),
            (&plan, None, night, false),
            (&plan, day(20), night, false),
            (&plan, day(15), night, true),
            (&held, None, night, true),
            (&held, day(20), night, true),
        ] {
            assert_eq!(check(plan, before, now).is_ok(), good, "{before:?} {now} {}", plan.held);
        }
    }

    #[test]
    fn a_plan_with_three_mistakes_says_three() {
        let plan = PanelDayPlan {
            title: "Ranters’ day".into(),
            kind: PanelDayKind::Panel,
            day: None,
            time_zone: "Texas".into(),
            place: "Round Rock".into(),
            segment: Some(Segment::Ranter),
            capacity: 0,
            held: false,
        };
        let Err(Error::Invalid(mistakes)) = check(&plan, None, clock::now()) else { panic!("three mistakes") };
        assert_eq!(mistakes.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["day", "time_zone", "capacity"]);
    }

    #[test]
    fn a_mixed_day_asks_for_a_third_of_each() {
        assert_eq!(targets(None, 20).iter().map(|(_, seats)| *seats).collect::<Vec<_>>(), [7, 7, 7]);
        assert_eq!(targets(Some(Segment::Raver), 15), [(Segment::Raver, 15)]);
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock() {
        let texas: Tz = "America/Chicago".parse().expect("a zone");
        let berlin: Tz = "Europe/Berlin".parse().expect("a zone");
        let nine = "2010-06-15T14:00:00Z".parse().expect("a time");
        let day = NaiveDate::from_ymd_opt(2010, 12, 1).expect("a day");
        assert_eq!(same_wall_time(nine, texas, day, berlin), Some("2010-12-01T08:00:00Z".parse().expect("a time")));
    }
}

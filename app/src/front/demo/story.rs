//! The story's calendar: its stages, and when each of its days is.

use chrono::{Duration, NaiveDate};

use crate::kernel::clock::Time;

text_enum! {
    /// How far the story has come.
    pub enum DemoStage {
        Recruiting = "recruiting", "Recruiting";
        Scheduled = "scheduled", "Scheduled";
        Held = "held", "Held";
        Reported = "reported", "Reported";
    }
}

impl DemoStage {
    /// The story's day that is today.
    const fn today(self) -> i64 {
        match self {
            Self::Recruiting => 9,
            Self::Scheduled => 30,
            Self::Held => 47,
            Self::Reported => 84,
        }
    }
}

/// The story's calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    pub(super) stage: DemoStage,
    pub(super) now: Time,
}

impl Story {
    /// A moment of the story: day, hour and minute (UTC).
    pub(super) fn at(self, day: i64, hour: i64, minute: i64) -> Time {
        let midnight = self.date(day).and_time(chrono::NaiveTime::MIN).and_utc();
        midnight + Duration::minutes(hour * 60 + minute)
    }

    /// A day of the story as a date.
    pub(super) fn date(self, day: i64) -> NaiveDate {
        self.now.date_naive() + Duration::days(day - self.stage.today())
    }

    /// Whether the story has come this far.
    pub(super) fn reaches(self, day: i64) -> bool {
        day < self.stage.today()
    }
}

//! A panel day: one date and place for one cohort, for example fifteen ranters in Round Rock.
//!
//! Cohorts are separate unless a day is mixed. A day has its own time zone, in which its sessions are planned and shown,
//! and a capacity: people who accept beyond it are put on the waitlist, and promoted when a seat is freed (see `invitation`, `panelist`).

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod crumbs;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use chrono_tz::Tz;

#[cfg(feature = "store")]
use crate::access::account::Actor;
#[cfg(feature = "store")]
use crate::db::Event;
use crate::kernel::clock::Time;
use crate::kernel::ids::{PanelDayId, ProgramId};
use crate::program::Segment;

text_enum! {
    pub enum PanelDayKind {
        Panel = "panel", "Panel";
        Reunion = "reunion", "Reunion";
        MeetUp = "meet_up", "Meet-up";
        Call = "call", "Call";
    }
}

/// An IANA time zone, parsed once: "America/Chicago".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub Tz);

impl Zone {
    /// "America/Chicago".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for Zone {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        name.trim().parse().map(Self).map_err(|_| format!("“{}” is not a time zone. Enter one like Europe/Berlin.", name.trim()))
    }
}

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The plan of a day was changed. Handlers may refuse the change.
#[cfg(feature = "store")]
pub struct DayChanged {
    pub actor: Actor,
    pub at: Time,
    pub before: PanelDay,
    /// With the revision that was read, which every saved change raises.
    pub after: PanelDay,
    /// Whether the people concerned are to be notified.
    pub notify: bool,
}

#[cfg(feature = "store")]
impl Event for DayChanged {}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct PanelDay {
    pub id: PanelDayId,
    pub program_id: ProgramId,
    pub title: String,
    pub kind: PanelDayKind,
    pub day: NaiveDate,
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub time_zone: Zone,
    pub place: String,
    /// The cohort; none is a mixed day.
    pub segment: Option<Segment>,
    pub capacity: i64,
    pub revision: i64,
    pub created_at: Time,
}

impl PanelDay {
    /// The zone in which its times are read and shown.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.0
    }
}

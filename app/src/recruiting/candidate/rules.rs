//! Who may be on the shortlist of a panel day, and how many people it still needs.

use chrono::Duration;

use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::program::Segment;

/// Months without a mention after which an author may have left: the shortlist warns.
const STALE_MONTHS: i64 = 12;

/// Whether the newest mention is too old to rely on.
#[must_use]
pub fn is_stale(last: Time, now: Time) -> bool {
    now - last > Duration::days(STALE_MONTHS * 30)
}

/// How many more people a day with free seats needs, in words.
#[must_use]
pub fn to_fill(missing: i64) -> String {
    match missing {
        1 => "Add 1 person to the shortlist to fill all seats.".to_owned(),
        _ => format!("Add {missing} people to the shortlist to fill all seats."),
    }
}

/// The segment under which a person is shortlisted for a day.
///
/// # Errors
/// `Conflict` for a person without a segment, or of another segment than the day's.
pub fn fits(name: &str, segment: Option<Segment>, day: Option<Segment>) -> Result<Segment> {
    match (segment, day) {
        (None, _) => Err(Error::conflict(format!("{name} has no segment yet. To add them, set a segment on their page, with a reason."))),
        (Some(segment), Some(wanted)) if segment != wanted => Err(Error::conflict(format!(
            "This panel day is for {}, and {name} is in the segment “{}”. Choose another panel day, or change their segment on their page, with a reason.",
            wanted.plural(),
            segment.label(),
        ))),
        (Some(segment), _) => Ok(segment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cohorts_stay_separate_unless_the_day_is_mixed() {
        assert!(fits("Ann", Some(Segment::Raver), Some(Segment::Ranter)).is_err());
        assert!(fits("Ann", None, None).is_err());
        assert_eq!(fits("Ann", Some(Segment::Raver), None).ok(), Some(Segment::Raver));
    }
}

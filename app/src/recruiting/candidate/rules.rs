//! Whom a day is for.

use crate::kernel::error::{Error, Result};
use crate::program::Segment;

/// The segment under which somebody may be shortlisted for a day.
///
/// # Errors
/// `Conflict` for somebody without a segment, or of another segment than the day's cohort.
pub fn fits(name: &str, segment: Option<Segment>, day: Option<Segment>) -> Result<Segment> {
    match (segment, day) {
        (None, _) => Err(Error::conflict(format!(
            "{name} has no segment yet. If you know better than the count, overrule the assessment on their page, with a reason."
        ))),
        (Some(segment), Some(wanted)) if segment != wanted => Err(Error::conflict(format!(
            "This day is for {}, and {name} is assessed as a {}. Choose another day, or overrule the assessment, with a reason.",
            wanted.plural(),
            segment.label().to_lowercase(),
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

//! Segment changes in words.

use chrono::{Datelike, NaiveDate};

use crate::kernel::clock::{month, month_and_year};
use crate::listening::segment::Segment;
use crate::listening::segment::tally::SegmentStep;

/// "March 2022".
#[must_use]
pub fn month_name(month: NaiveDate) -> String {
    month_and_year(month)
}

/// The segment in lower case, or "neither".
#[must_use]
pub fn called(segment: Option<Segment>) -> &'static str {
    match segment {
        Some(Segment::Ranter) => "ranter",
        Some(Segment::Raver) => "raver",
        Some(Segment::Apathetic) => "apathetic",
        None => "neither",
    }
}

/// "Ranter from March to April 2022, raver since May 2022". Steps in the order of time; nothing for none.
#[must_use]
pub fn describe_steps(steps: &[SegmentStep]) -> String {
    let mut parts = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let next = steps.get(place + 1).map(|next| next.month);
        let word = called(step.after);
        parts.push(match (step.after, next) {
            // A gap without a segment follows from the next part.
            (None, Some(_)) => continue,
            (_, None) => format!("{word} since {}", month_name(step.month)),
            (_, Some(next)) => format!("{word} {}", until(step.month, next)),
        });
    }
    let mut text = parts.join(", ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    text
}

/// From one month to the one before another: "in March 2022", "from March to April 2022", "from November 2021 to March 2022".
fn until(from: NaiveDate, next: NaiveDate) -> String {
    let last = next.pred_opt().unwrap_or(next);
    if (from.year(), from.month()) == (last.year(), last.month()) {
        format!("in {}", month_name(from))
    } else if from.year() == last.year() {
        format!("from {} to {}", month(from), month_name(last))
    } else {
        format!("from {} to {}", month_name(from), month_name(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segment_changes_are_described_in_a_sentence() {
        let month = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a month");
        let (ranter, raver) = (Some(Segment::Ranter), Some(Segment::Raver));
        let step = |month, before, after| SegmentStep { month, before, after };
        assert_eq!(describe_steps(&[]), "");
        assert_eq!(describe_steps(&[step(month(2022, 3), None, ranter)]), "Ranter since March 2022");
        let moved = [step(month(2022, 3), None, ranter), step(month(2022, 5), ranter, raver)];
        assert_eq!(describe_steps(&moved), "Ranter from March to April 2022, raver since May 2022");
        let back = [step(month(2021, 12), None, ranter), step(month(2022, 2), ranter, None), step(month(2022, 4), None, raver)];
        assert_eq!(describe_steps(&back), "Ranter from December 2021 to January 2022, raver since April 2022");
        let gone = [step(month(2022, 3), None, ranter), step(month(2022, 4), ranter, None)];
        assert_eq!(describe_steps(&gone), "Ranter in March 2022, neither since April 2022");
    }
}

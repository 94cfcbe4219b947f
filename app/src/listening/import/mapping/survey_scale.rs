//! How far the scores of a survey go: what a file says about it, and when it has to be asked.

use super::columns::MappingOrigin;
use super::header_synonyms::plain;
use crate::listening::customer::SurveyScale;

/// Names of questions that go from 0 to 10 by their definition.
const OF_TEN: [&str; 3] = ["nps", "promoter", "recommend"];

/// How the answers of a column are to be read; none where they are no numbers. Numbers above 5 tell that they go to 10; numbers up to 5 may be
/// of either scale.
pub(super) fn find(header: &str, cells: &[&str]) -> Option<(SurveyScale, MappingOrigin)> {
    let scores: Vec<f64> = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    if scores.is_empty() {
        return None;
    }
    let name = plain(header);
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let lowest = scores.iter().copied().fold(f64::MAX, f64::min);
    Some(if (0.0..=10.0).contains(&lowest) && highest <= 10.0 && OF_TEN.iter().any(|known| name.contains(known)) {
        (SurveyScale::OfTen, MappingOrigin::File)
    } else if lowest >= 0.0 && highest > 5.0 && highest <= 10.0 {
        (SurveyScale::OfTen, MappingOrigin::Guessed)
    } else {
        (SurveyScale::Words, MappingOrigin::Open)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_known_or_asked() {
        assert_eq!(find("NPS Score", &["3", "4"]), Some((SurveyScale::OfTen, MappingOrigin::File)));
        assert_eq!(find("Survey", &["3", "9", ""]), Some((SurveyScale::OfTen, MappingOrigin::Guessed)));
        assert_eq!(find("Survey", &["3", "5"]), Some((SurveyScale::Words, MappingOrigin::Open)));
        assert_eq!(find("Survey", &["80", "55"]), Some((SurveyScale::Words, MappingOrigin::Open)));
        assert_eq!(find("Survey", &["I do not care", "4"]), None);
    }
}

//! How far the scores of a survey go: what a file says about it, and when it has to be asked.

use super::columns::{ColumnMapping, MappingOrigin};
use super::header_synonyms::plain;
use crate::listening::customer::SurveyScale;
use crate::listening::import::ImportField;

/// Names of questions that go from 0 to 10 by their definition.
const OF_TEN: [&str; 3] = ["nps", "promoter", "recommend"];

/// Finds out how a file's answers are to be read. Numbers above 5 tell that they go to 10; numbers up to 5 may be of either scale.
pub(super) fn find(mapping: &mut ColumnMapping, rows: &[Vec<String>]) {
    let Some(place) = mapping.places(ImportField::SurveyAnswer).first().copied() else { return };
    let cells = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let scores: Option<Vec<f64>> = cells.map(|cell| cell.parse::<f64>().ok()).collect();
    let name = mapping.headers.get(place).map(|name| plain(name)).unwrap_or_default();
    (mapping.survey_scale, mapping.scale_from) = match scores {
        Some(scores) if !scores.is_empty() => {
            let highest = scores.iter().copied().fold(f64::MIN, f64::max);
            let lowest = scores.iter().copied().fold(f64::MAX, f64::min);
            if (0.0..=10.0).contains(&lowest) && highest <= 10.0 && OF_TEN.iter().any(|known| name.contains(known)) {
                (SurveyScale::OfTen, MappingOrigin::File)
            } else if lowest >= 0.0 && highest > 5.0 && highest <= 10.0 {
                (SurveyScale::OfTen, MappingOrigin::Guessed)
            } else {
                (SurveyScale::Words, MappingOrigin::Open)
            }
        }
        _ => (SurveyScale::Words, MappingOrigin::File),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(header: &str, cells: &[&str]) -> (SurveyScale, MappingOrigin) {
        let mut mapping =
            ColumnMapping { headers: vec![header.to_owned()], columns: vec![Some(ImportField::SurveyAnswer)], ..ColumnMapping::default() };
        find(&mut mapping, &cells.iter().map(|cell| vec![(*cell).to_owned()]).collect::<Vec<_>>());
        (mapping.survey_scale, mapping.scale_from)
    }

    #[test]
    fn a_scale_is_known_or_asked() {
        assert_eq!(found("NPS Score", &["3", "4"]), (SurveyScale::OfTen, MappingOrigin::File));
        assert_eq!(found("Survey", &["3", "9", ""]), (SurveyScale::OfTen, MappingOrigin::Guessed));
        assert_eq!(found("Survey", &["3", "5"]), (SurveyScale::Words, MappingOrigin::Open));
        assert_eq!(found("Survey", &["80", "55"]), (SurveyScale::Words, MappingOrigin::Open));
        assert_eq!(found("Survey", &["I do not care", "4"]), (SurveyScale::Words, MappingOrigin::File));
    }
}

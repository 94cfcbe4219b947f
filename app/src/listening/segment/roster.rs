//! From the roster to a segment: what a customer owns, agreed to, and answered in a survey.

use chrono::Duration;

use super::rules::SegmentVerdict;
use super::{Segment, SegmentReason, SegmentSettings};
use crate::kernel::clock::Time;
use crate::listening::customer::SurveyScale;

/// What the roster knows of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterEvidence {
    pub owns_products: bool,
    pub consents_to_contact: bool,
    pub survey_answer: Option<String>,
    /// How far a score goes that does not say so itself.
    pub survey_scale: SurveyScale,
    pub last_contact_at: Option<Time>,
}

/// How much a survey answer says that its writer cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    Low,
    Unclear,
    High,
}

/// Reads an answer to how much somebody cares: "2 of 10", "1/5", or words. Half of the scale and below is low involvement only up to 40 %.
#[must_use]
pub fn care(answer: &str) -> Care {
    let lower = answer.trim().to_lowercase();
    if let Some((given, scale)) = on_a_scale(&lower, SurveyScale::Words) {
        return match given / scale {
            share if share <= 0.4 => Care::Low,
            share if share >= 0.7 => Care::High,
            _ => Care::Unclear,
        };
    }
    const LOW: &[&str] = &[
        "do not care",
        "don't care",
        "dont care",
        "does not care",
        "doesn't care",
        "not care",
        "no opinion",
        "indifferent",
        "low involvement",
        "not interested",
        "don't mind",
        "do not mind",
        "whatever",
        "just a tool",
        "just works",
        "never think about",
        "hardly think",
        "not important",
        "unimportant",
        "makes no difference",
        "could be any brand",
        "any brand",
        "low",
    ];
    const HIGH: &[&str] = &["care a lot", "very important", "love", "hate", "high involvement", "passionate", "strongly", "high"];
    let says = |phrases: &[&str]| {
        phrases.iter().any(|phrase| {
            lower.match_indices(phrase).any(|(at, found)| {
                let before = lower[..at].chars().next_back();
                let after = lower[at + found.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            })
        })
    };
    match (says(LOW), says(HIGH)) {
        (true, false) => Care::Low,
        (false, true) => Care::High,
        _ => Care::Unclear,
    }
}

/// A score and how far it could go: as the answer says itself ("2 of 10", "1/5"), else as the survey's scale says.
fn on_a_scale(answer: &str, survey: SurveyScale) -> Option<(f64, f64)> {
    let parts = answer.split_once('/').or_else(|| answer.split_once(" of ")).or_else(|| answer.split_once(" out of "));
    let (given, scale): (f64, f64) = match parts {
        Some((given, scale)) => (given.trim().parse().ok()?, scale.trim().parse().ok()?),
        None => (answer.trim().parse().ok()?, survey.highest()?),
    };
    (scale > 1.0 && given >= 0.0 && given <= scale).then_some((given, scale))
}

/// The score of an answer to a survey whose answers are scores.
fn scored(answer: &str, survey: SurveyScale) -> Option<(f64, f64)> {
    on_a_scale(&answer.trim().to_lowercase(), survey).filter(|(_, scale)| survey.highest() == Some(*scale))
}

/// What a score speaks for. Of ten as the Net Promoter Score counts (Reichheld 2003): detractors up to 6, promoters from 9. Of five, 1 and 2 and
/// 5 alone. Only the middle does not care.
fn of_score(given: f64, scale: f64) -> Segment {
    let (against, speaks_for) = if scale == 5.0 { (2.0, 5.0) } else { (6.0, 9.0) };
    if given <= against {
        Segment::Ranter
    } else if given >= speaks_for {
        Segment::Raver
    } else {
        Segment::Apathetic
    }
}

/// Assesses a customer: apathetic only if they own products, may be contacted, and a survey answer speaks for it.
/// Silence adds to an answer; alone it is nothing. A score outside the middle speaks for a ranter or a raver.
#[must_use]
pub fn assess_customer(evidence: &RosterEvidence, settings: &SegmentSettings, now: Time) -> SegmentVerdict {
    let none = |reason| SegmentVerdict { segment: None, score: 0.0, confidence: 0.0, reasons: vec![reason] };
    if !evidence.owns_products {
        return none(SegmentReason::OwnsNothing);
    }
    if !evidence.consents_to_contact {
        return none(SegmentReason::NoConsent);
    }
    let Some(answer) = evidence.survey_answer.as_deref().filter(|answer| !answer.trim().is_empty()) else {
        return none(SegmentReason::NoAnswer);
    };
    let silent = evidence.last_contact_at.filter(|at| now - *at >= Duration::days(settings.silent_days));
    let text: String = answer.chars().take(120).collect();
    if let Some((given, scale)) = scored(answer, evidence.survey_scale) {
        let segment = of_score(given, scale);
        let score = SegmentReason::Score { given: given.to_string(), scale: scale.to_string() };
        let mut reasons = vec![score, SegmentReason::OwnsAndConsents];
        reasons.extend(silent.map(|at| SegmentReason::LastContact { day: at.date_naive() }));
        let sure = if segment == Segment::Apathetic && silent.is_some() { 0.9 } else { 0.8 };
        return SegmentVerdict { segment: Some(segment), score: sure, confidence: sure, reasons };
    }
    if answer.trim().parse::<f64>().is_ok() {
        return none(SegmentReason::ScoreWithoutScale);
    }
    let (sure, reason) = match (care(answer), silent) {
        (Care::Low, Some(_)) => (0.9, SegmentReason::LowAnswer { text }),
        (Care::Low, None) => (0.8, SegmentReason::LowAnswer { text }),
        (Care::Unclear, Some(_)) => (0.5, SegmentReason::NeutralAnswer { text }),
        (Care::Unclear, None) => return none(SegmentReason::AnswerUnclear),
        (Care::High, _) => return none(SegmentReason::AnswerCares),
    };
    let mut reasons = vec![reason, SegmentReason::OwnsAndConsents];
    reasons.extend(silent.map(|at| SegmentReason::LastContact { day: at.date_naive() }));
    SegmentVerdict { segment: Some(Segment::Apathetic), score: sure, confidence: sure, reasons }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn at(month: u32, day: u32) -> Time {
        Utc.with_ymd_and_hms(2022, month, day, 12, 0, 0).single().expect("a moment")
    }

    #[test]
    fn apathy_is_never_assessed_from_silence_alone() {
        let silent = RosterEvidence {
            owns_products: true,
            consents_to_contact: true,
            survey_answer: None,
            survey_scale: SurveyScale::Words,
            last_contact_at: Some(at(1, 1) - Duration::days(900)),
        };
        assert_eq!(assess_customer(&silent, &SegmentSettings::default(), at(9, 30)).segment, None);
        let asked = RosterEvidence { survey_answer: Some("It just works, I never think about it".into()), ..silent.clone() };
        let assessed = assess_customer(&asked, &SegmentSettings::default(), at(9, 30));
        assert_eq!(assessed.segment, Some(Segment::Apathetic));
        assert_eq!(assessed.reasons.len(), 3);
        assert_eq!(
            assess_customer(&RosterEvidence { consents_to_contact: false, ..asked.clone() }, &SegmentSettings::default(), at(9, 30))
                .segment,
            None
        );
        assert_eq!(
            assess_customer(&RosterEvidence { owns_products: false, ..asked.clone() }, &SegmentSettings::default(), at(9, 30)).segment,
            None
        );
        let scored = |answer: &str, survey_scale| {
            let evidence = RosterEvidence { survey_answer: Some(answer.into()), survey_scale, ..asked.clone() };
            assess_customer(&evidence, &SegmentSettings::default(), at(9, 30)).segment
        };
        for (answer, scale, segment) in [
            ("9/10", SurveyScale::OfTen, Some(Segment::Raver)),
            ("9/10", SurveyScale::Words, None),
            ("10", SurveyScale::OfTen, Some(Segment::Raver)),
            ("9", SurveyScale::OfTen, Some(Segment::Raver)),
            ("8", SurveyScale::OfTen, Some(Segment::Apathetic)),
            ("7", SurveyScale::OfTen, Some(Segment::Apathetic)),
            ("6", SurveyScale::OfTen, Some(Segment::Ranter)),
            ("0", SurveyScale::OfTen, Some(Segment::Ranter)),
            ("5", SurveyScale::OfFive, Some(Segment::Raver)),
            ("4", SurveyScale::OfFive, Some(Segment::Apathetic)),
            ("3", SurveyScale::OfFive, Some(Segment::Apathetic)),
            ("2", SurveyScale::OfFive, Some(Segment::Ranter)),
            ("10", SurveyScale::Words, None),
            ("11", SurveyScale::OfTen, None),
        ] {
            assert_eq!(scored(answer, scale), segment, "{answer} of {scale}");
        }
    }

    #[test]
    fn answers_are_read_on_scales_and_in_words() {
        for low in ["2 of 10", "1/5", "I don't care", "Could be any brand"] {
            assert_eq!(care(low), Care::Low, "{low}");
        }
        for high in ["9/10", "Very important to me", "I hate it"] {
            assert_eq!(care(high), Care::High, "{high}");
        }
        for unclear in ["", "5/10", "yes", "I follow it", "20/10"] {
            assert_eq!(care(unclear), Care::Unclear, "{unclear}");
        }
    }
}

//! From mentions to a segment, with the reasons. Thresholds are the program's settings.

use chrono::{Datelike, Duration, NaiveDate};

use super::reason::{Leaning, SegmentReason};
use super::{Segment, SegmentSettings};
use crate::kernel::clock::Time;

/// One-sided 95 % for the Wilson bound (E. B. Wilson, 1927): confidence is the share that is left when the few mentions we
/// have were lucky ones. 3 of 3 mentions give 0.53, 14 of 17 give 0.64, 50 of 50 give 0.95.
pub const WILSON_Z: f64 = 1.645;

/// The score of a manual segment: a day so late that the score stays at 1.
pub const FOR_EVER: f64 = 1e9;
/// The score where no mention speaks for a side: it stays at 0.
const NO_EVIDENCE: f64 = -1e9;

/// What an author's mentions show. Mentions on sensitive subjects are counted in `sensitive` alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentEvidence {
    pub mentions: i64,
    pub negative: i64,
    pub positive: i64,
    /// Mentions on which vendor and own reading contradict each other.
    pub disputed: i64,
    pub sensitive: i64,
    /// Mentions that say again what the author said that day in nearly the same words; they count once.
    pub repeated: i64,
    /// Different days with mentions.
    pub days: usize,
    pub first_at: Option<Time>,
    pub last_at: Option<Time>,
}

/// What follows from evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentVerdict {
    pub segment: Option<Segment>,
    /// As `Assessment::score`.
    pub score: f64,
    pub confidence: f64,
    pub reasons: Vec<SegmentReason>,
}

/// The lower end of the Wilson interval for `hits` of `all`.
#[must_use]
pub fn wilson(hits: i64, all: i64) -> f64 {
    if all <= 0 {
        return 0.0;
    }
    let (n, z2) = (all as f64, WILSON_Z * WILSON_Z);
    let p = hits as f64 / n;
    let spread = WILSON_Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((p + z2 / (2.0 * n) - spread) / (1.0 + z2 / n)).max(0.0)
}

/// Which side the mentions are on, where there are enough and it is clear.
#[must_use]
pub fn side(evidence: &SegmentEvidence, settings: &SegmentSettings) -> Option<Segment> {
    let SegmentEvidence { mentions, negative, positive, .. } = *evidence;
    let days = i64::try_from(evidence.days).unwrap_or(i64::MAX);
    let (segment, leading) = if negative >= positive { (Segment::Ranter, negative) } else { (Segment::Raver, positive) };
    let enough = mentions >= settings.mentions_needed && days >= settings.days_needed;
    (enough && leading * 100 >= settings.share_needed * mentions).then_some(segment)
}

/// An author's score as it is kept: the day, counted in days of the calendar, on which it would be 1 if it halved with every half-life.
/// That is the last mention's day less so many half-lives as confidence is short of 1. It is the same whenever an author is assessed, and the
/// later, the higher in a ranking.
fn score_day(confidence: f64, last: Option<NaiveDate>, settings: &SegmentSettings) -> f64 {
    match last {
        Some(last) if confidence > 0.0 => f64::from(last.num_days_from_ce()) + confidence.log2() * half_life(settings),
        _ => NO_EVIDENCE,
    }
}

/// The score on a day, from 0 to 1, of what `Assessment::score` keeps of an author.
#[must_use]
pub fn score_on(day: NaiveDate, kept: f64, settings: &SegmentSettings) -> f64 {
    ((kept - f64::from(day.num_days_from_ce())) / half_life(settings)).exp2().min(1.0)
}

fn half_life(settings: &SegmentSettings) -> f64 {
    settings.half_life_days.max(1) as f64
}

/// Assesses an author. What it says holds whenever it is read: dates, no spans to a day that moves on.
#[must_use]
pub fn assess(evidence: &SegmentEvidence, settings: &SegmentSettings) -> SegmentVerdict {
    let SegmentEvidence { mentions, negative, positive, disputed, .. } = *evidence;
    let (leading, leaning) = if negative >= positive { (negative, Leaning::Negative) } else { (positive, Leaning::Positive) };
    let dispute = settings.dispute_cost as f64 / 100.0 * disputed as f64 / mentions.max(1) as f64;
    let confidence = wilson(leading, mentions) * (1.0 - dispute);
    let last = evidence.last_at.map(|at| at.date_naive());
    let score = score_day(confidence, last, settings);

    let segment = side(evidence, settings);
    let enough = mentions >= settings.mentions_needed;
    let days = i64::try_from(evidence.days).unwrap_or(i64::MAX);
    let mut reasons = vec![if segment.is_some() {
        SegmentReason::Clear { leading, mentions, leaning, span: span(evidence) }
    } else if !enough {
        SegmentReason::TooFew { mentions, needed: settings.mentions_needed }
    } else if leading * 100 < settings.share_needed * mentions {
        SegmentReason::NoMajority { negative, mentions, positive }
    } else if days == 1 {
        SegmentReason::OneDay { leading, mentions, leaning }
    } else {
        SegmentReason::FewDays { leading, mentions, leaning, days, needed: settings.days_needed }
    }];
    reasons.extend(last.filter(|_| enough).map(|day| SegmentReason::LastMention { day }));
    if disputed > 0 {
        reasons.push(SegmentReason::Disputed { mentions: disputed });
    }
    if evidence.sensitive > 0 {
        reasons.push(SegmentReason::Sensitive { mentions: evidence.sensitive });
    }
    if evidence.repeated > 0 {
        reasons.push(SegmentReason::Repeated { mentions: evidence.repeated });
    }
    SegmentVerdict { segment, score, confidence, reasons }
}

/// Days from the first mention to the last; both count.
fn span(evidence: &SegmentEvidence) -> i64 {
    let between = |(first, last): (Time, Time)| i64::from(last.date_naive().num_days_from_ce() - first.date_naive().num_days_from_ce()) + 1;
    evidence.first_at.zip(evidence.last_at).map_or(0, between)
}

/// What the roster knows of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterEvidence {
    pub owns_products: bool,
    pub consents_to_contact: bool,
    pub survey_answer: Option<String>,
    pub last_contact_at: Option<Time>,
}

/// How much a survey answer says that its writer cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    Low,
    Unclear,
    High,
}

/// Reads a survey answer: "2 of 10", "1/5", or words. Half of the scale and below is low involvement only up to 40 %.
#[must_use]
pub fn care(answer: &str) -> Care {
    let lower = answer.trim().to_lowercase();
    if let Some((given, scale)) = on_a_scale(&lower) {
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

fn on_a_scale(answer: &str) -> Option<(f64, f64)> {
    let (given, scale) = answer.split_once('/').or_else(|| answer.split_once(" of ")).or_else(|| answer.split_once(" out of "))?;
    let (given, scale): (f64, f64) = (given.trim().parse().ok()?, scale.trim().parse().ok()?);
    (scale > 1.0 && given >= 0.0 && given <= scale).then_some((given, scale))
}

/// Assesses a customer: apathetic only if they own products, may be contacted, and a survey answer speaks for it.
/// Silence adds to an answer; alone it is nothing.
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
    use crate::listening::segment::reason::joined;

    fn at(month: u32, day: u32) -> Time {
        Utc.with_ymd_and_hms(2022, month, day, 12, 0, 0).single().expect("a moment")
    }

    fn evidence(mentions: i64, negative: i64, positive: i64) -> SegmentEvidence {
        SegmentEvidence {
            mentions,
            negative,
            positive,
            days: usize::try_from(mentions).expect("few"),
            first_at: Some(at(7, 26)),
            last_at: Some(at(9, 27)),
            ..SegmentEvidence::default()
        }
    }

    #[test]
    fn reasons_are_in_words() {
        let assessed = assess(&evidence(17, 14, 1), &SegmentSettings::default());
        assert_eq!(assessed.segment, Some(Segment::Ranter));
        assert_eq!(joined(&assessed.reasons), "14 of 17 mentions negative over 9 weeks; last mention on 27 September 2022");
        assert_eq!(assess(&evidence(17, 1, 16), &SegmentSettings::default()).segment, Some(Segment::Raver));
    }

    #[test]
    fn few_mentions_one_day_or_no_clear_side_say_nothing_yet() {
        assert_eq!(assess(&evidence(2, 2, 0), &SegmentSettings::default()).segment, None);
        assert_eq!(assess(&SegmentEvidence { days: 1, ..evidence(9, 9, 0) }, &SegmentSettings::default()).segment, None);
        let torn = assess(&evidence(10, 5, 4), &SegmentSettings::default());
        assert_eq!(
            (torn.segment, torn.reasons[0].to_string().as_str()),
            (None, "5 of 10 mentions negative, 4 positive: no clear majority")
        );
        assert_eq!(assess(&SegmentEvidence::default(), &SegmentSettings::default()).segment, None);
    }

    #[test]
    fn disagreement_and_age_lower_what_is_said() {
        let clear = assess(&evidence(10, 9, 0), &SegmentSettings::default());
        let disputed = assess(&SegmentEvidence { disputed: 5, ..evidence(10, 9, 0) }, &SegmentSettings::default());
        assert!(disputed.confidence < clear.confidence && disputed.score < clear.score);
        assert!(disputed.reasons.iter().any(|reason| reason.to_string() == "5 mentions: vendor and we disagree on sentiment"));
        let lost = |disputed| {
            1.0 - assess(&SegmentEvidence { disputed, ..evidence(10, 9, 0) }, &SegmentSettings::default()).confidence / clear.confidence
        };
        assert!((lost(10) - 0.5).abs() < 1e-9 && (lost(5) - 0.25).abs() < 1e-9, "half at most, as the settings say");
        let on = |month, day| score_on(at(month, day).date_naive(), clear.score, &SegmentSettings::default());
        assert!((on(9, 27) - clear.confidence).abs() < 1e-9, "on the day of the last mention");
        assert!((on(12, 26) - clear.confidence / 2.0).abs() < 1e-9, "ninety days later");
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        let last = |hour| SegmentEvidence { last_at: Utc.with_ymd_and_hms(2022, 8, 30, hour, 0, 0).single(), ..evidence(10, 9, 0) };
        assert_eq!(assess(&last(1), &SegmentSettings::default()), assess(&last(23), &SegmentSettings::default()));
    }

    #[test]
    fn who_is_silent_for_years_is_never_before_who_spoke_lately() {
        let years_ago = assess(
            &SegmentEvidence { last_at: Some(at(9, 27) - Duration::days(4 * 365)), ..evidence(50, 50, 0) },
            &SegmentSettings::default(),
        );
        let lately = assess(&evidence(5, 4, 0), &SegmentSettings::default());
        assert!(years_ago.confidence > lately.confidence && years_ago.score < lately.score);
        let mute = assess(&SegmentEvidence::default(), &SegmentSettings::default());
        assert!(mute.score < years_ago.score && score_on(at(9, 27).date_naive(), mute.score, &SegmentSettings::default()) < 1e-9);
        assert!((score_on(at(9, 27).date_naive(), FOR_EVER, &SegmentSettings::default()) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn more_of_the_same_is_surer() {
        assert!((wilson(3, 3) - 0.526).abs() < 0.001);
        assert!(wilson(50, 50) > wilson(14, 17) && wilson(14, 17) > wilson(3, 3));
        assert_eq!(wilson(0, 0), 0.0);
    }

    #[test]
    fn apathy_is_never_told_from_silence_alone() {
        let silent = RosterEvidence {
            owns_products: true,
            consents_to_contact: true,
            survey_answer: None,
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
        assert_eq!(
            assess_customer(&RosterEvidence { survey_answer: Some("9/10".into()), ..asked }, &SegmentSettings::default(), at(9, 30))
                .segment,
            None
        );
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

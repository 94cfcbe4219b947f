//! Why an author or a customer has a segment, or none: stored as a code with arguments, put into words when it is shown.
//!
//! Earlier releases stored the sentence. It is recognised when it is read (`SegmentReason::recognised`), from any backup, so that an author
//! whose evidence has not changed is not assessed anew.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::kernel::clock::long_date;

text_enum! {
    /// Which side most mentions are on.
    pub enum Leaning {
        Negative = "negative", "negative";
        Positive = "positive", "positive";
    }
}

/// One reason. The codes and the names of the arguments are stored in `assessment` and `candidate`: they stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "snake_case", remote = "Self")]
pub enum SegmentReason {
    /// Enough mentions, most of them on one side. `span` is in days, from the first to the last.
    Clear {
        leading: i64,
        mentions: i64,
        leaning: Leaning,
        span: i64,
    },
    TooFew {
        mentions: i64,
        needed: i64,
    },
    NoMajority {
        negative: i64,
        mentions: i64,
        positive: i64,
    },
    OneDay {
        leading: i64,
        mentions: i64,
        leaning: Leaning,
    },
    FewDays {
        leading: i64,
        mentions: i64,
        leaning: Leaning,
        days: i64,
        needed: i64,
    },
    LastMention {
        day: NaiveDate,
    },
    /// The vendor's sentiment and ours contradict each other.
    Disputed {
        mentions: i64,
    },
    Sensitive {
        mentions: i64,
    },
    Repeated {
        mentions: i64,
    },
    OwnsNothing,
    NoConsent,
    NoAnswer,
    AnswerUnclear,
    AnswerCares,
    LowAnswer {
        text: String,
    },
    NeutralAnswer {
        text: String,
    },
    /// A score of a survey, out of its highest.
    Score {
        given: String,
        scale: String,
    },
    ScoreWithoutScale,
    OwnsAndConsents,
    LastContact {
        day: NaiveDate,
    },
    /// What a person wrote, or a sentence that is not recognised.
    Said {
        text: String,
    },
}

impl Serialize for SegmentReason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for SegmentReason {
    /// A code with arguments, or the sentence of an earlier release. A code of a later one is shown as it is.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Value::deserialize(deserializer)?;
        Ok(match stored {
            Value::String(sentence) => Self::recognised(&sentence),
            other => {
                let code = other["code"].as_str().unwrap_or_default().to_owned();
                Self::deserialize(other).unwrap_or(Self::Said { text: code })
            }
        })
    }
}

impl fmt::Display for SegmentReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear { leading, mentions, leaning, span } => {
                write!(f, "{leading} of {mentions} mentions {} over {}", leaning.label(), span_words(*span))
            }
            Self::TooFew { mentions, needed } => write!(f, "{}; at least {needed} needed", number(*mentions, "mention")),
            Self::NoMajority { negative, mentions, positive } => {
                write!(f, "{negative} of {mentions} mentions negative, {positive} positive: no clear majority")
            }
            Self::OneDay { leading, mentions, leaning } => {
                write!(f, "{leading} of {mentions} mentions {}, all on one day", leaning.label())
            }
            Self::FewDays { leading, mentions, leaning, days, needed } => {
                write!(f, "{leading} of {mentions} mentions {}, on {days} days; at least {needed} needed", leaning.label())
            }
            Self::LastMention { day } => write!(f, "last mention on {}", long_date(*day)),
            Self::Disputed { mentions } => write!(f, "{}: vendor and we disagree on sentiment", number(*mentions, "mention")),
            Self::Sensitive { mentions } => write!(f, "{} not counted: sensitive subject", number(*mentions, "mention")),
            Self::Repeated { mentions } => write!(f, "{} not counted: repeated on the same day", number(*mentions, "mention")),
            Self::OwnsNothing => f.write_str("owns no products"),
            Self::NoConsent => f.write_str("has not consented to contact"),
            Self::NoAnswer => f.write_str("no survey answer; silence alone is no evidence"),
            Self::AnswerUnclear => f.write_str("survey answer is unclear, and there was recent contact"),
            Self::AnswerCares => f.write_str("survey answer shows that they care"),
            Self::LowAnswer { text } => write!(f, "survey answer: “{text}”"),
            Self::NeutralAnswer { text } => write!(f, "neutral survey answer: “{text}”"),
            Self::Score { given, scale } => write!(f, "answered {given} of {scale} in the survey"),
            Self::ScoreWithoutScale => f.write_str("survey answer is a number without a scale"),
            Self::OwnsAndConsents => f.write_str("owns products and consents to contact"),
            Self::LastContact { day } => write!(f, "last contact on {}", long_date(*day)),
            Self::Said { text } => f.write_str(text),
        }
    }
}

impl SegmentReason {
    /// The reason that a sentence gives; `Said` where it is a person's.
    #[must_use]
    pub fn recognised(sentence: &str) -> Self {
        let known = [Self::OwnsNothing, Self::NoConsent, Self::NoAnswer, Self::AnswerUnclear, Self::AnswerCares, Self::OwnsAndConsents];
        let plain = known.into_iter().find(|reason| reason.to_string() == sentence);
        let found = plain.or_else(|| of_mentions(sentence)).or_else(|| of_answer(sentence)).or_else(|| of_day(sentence));
        // What does not read the same is a person's own sentence.
        found.filter(|reason| reason.to_string() == sentence).unwrap_or_else(|| Self::Said { text: sentence.to_owned() })
    }
}

/// All reasons in one line.
#[must_use]
pub fn joined(reasons: &[SegmentReason]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Whether both say the same in words: 63 and 64 days are nine weeks, and an earlier release kept the words only.
#[must_use]
pub fn is_same(one: &[SegmentReason], other: &[SegmentReason]) -> bool {
    one == other || joined(one) == joined(other)
}

fn of_mentions(sentence: &str) -> Option<SegmentReason> {
    let whole = |text: &str| text.parse::<i64>().ok();
    if let Some((leading, rest)) = sentence.split_once(" of ") {
        let (leading, (mentions, rest)) = (whole(leading)?, rest.split_once(" mentions ")?);
        let mentions = whole(mentions)?;
        if let Some(positive) = rest.strip_prefix("negative, ").and_then(|rest| rest.strip_suffix(" positive: no clear majority")) {
            return Some(SegmentReason::NoMajority { negative: leading, mentions, positive: whole(positive)? });
        }
        let (word, rest) = rest.split_at(rest.find([',', ' '])?);
        let leaning = Leaning::from_str(word).ok()?;
        if let Some(span) = rest.strip_prefix(" over ") {
            return Some(SegmentReason::Clear { leading, mentions, leaning, span: span_days(span)? });
        }
        if rest == ", all on one day" {
            return Some(SegmentReason::OneDay { leading, mentions, leaning });
        }
        let (days, needed) = rest.strip_prefix(", on ")?.strip_suffix(" needed")?.split_once(" days; at least ")?;
        return Some(SegmentReason::FewDays { leading, mentions, leaning, days: whole(days)?, needed: whole(needed)? });
    }
    let (mentions, rest) = sentence.split_once(" mention")?;
    let (mentions, rest) = (whole(mentions)?, rest.strip_prefix('s').unwrap_or(rest));
    Some(match rest {
        ": vendor and we disagree on sentiment" => SegmentReason::Disputed { mentions },
        " not counted: sensitive subject" => SegmentReason::Sensitive { mentions },
        " not counted: repeated on the same day" => SegmentReason::Repeated { mentions },
        _ => {
            let needed = rest.strip_prefix("; at least ")?.strip_suffix(" needed")?;
            SegmentReason::TooFew { mentions, needed: whole(needed)? }
        }
    })
}

fn of_answer(sentence: &str) -> Option<SegmentReason> {
    let quoted = |lead: &str| Some(sentence.strip_prefix(lead)?.strip_suffix('”')?.to_owned());
    let low = quoted("survey answer: “").map(|text| SegmentReason::LowAnswer { text });
    low.or_else(|| quoted("neutral survey answer: “").map(|text| SegmentReason::NeutralAnswer { text }))
}

fn of_day(sentence: &str) -> Option<SegmentReason> {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%d %B %Y").ok();
    if let Some(last) = sentence.strip_prefix("last mention on ") {
        return Some(SegmentReason::LastMention { day: day(last)? });
    }
    Some(SegmentReason::LastContact { day: day(sentence.strip_prefix("last contact on ")?)? })
}

/// "9 weeks", "4 days".
fn span_words(days: i64) -> String {
    match days {
        0..=13 => number(days, "day"),
        14..=90 => number(days / 7, "week"),
        _ => number(days / 30, "month"),
    }
}

/// The fewest days of which `span_words` says this.
fn span_days(words: &str) -> Option<i64> {
    let (count, noun) = words.split_once(' ')?;
    let count: i64 = count.parse().ok()?;
    match noun.trim_end_matches('s') {
        "day" => Some(count),
        "week" => Some(count * 7),
        "month" => Some((count * 30).max(91)),
        _ => None,
    }
}

fn number(count: i64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> Vec<SegmentReason> {
        use SegmentReason as Is;
        let (negative, positive) = (Leaning::Negative, Leaning::Positive);
        let day = NaiveDate::from_ymd_opt(2022, 9, 5).expect("a day");
        let mut all = vec![
            Is::TooFew { mentions: 1, needed: 3 },
            Is::TooFew { mentions: 2, needed: 3 },
            Is::NoMajority { negative: 5, mentions: 10, positive: 4 },
            Is::OneDay { leading: 9, mentions: 9, leaning: negative },
            Is::FewDays { leading: 8, mentions: 9, leaning: positive, days: 2, needed: 3 },
            Is::LastMention { day },
            Is::Disputed { mentions: 1 },
            Is::Sensitive { mentions: 5 },
            Is::Repeated { mentions: 18 },
            Is::OwnsNothing,
            Is::NoConsent,
            Is::NoAnswer,
            Is::AnswerUnclear,
            Is::AnswerCares,
            Is::LowAnswer { text: "2 of 10, “whatever”".into() },
            Is::NeutralAnswer { text: "5 of 10".into() },
            Is::OwnsAndConsents,
            Is::LastContact { day },
            Is::Said { text: "Wrote nine angry letters".into() },
        ];
        all.extend([1, 13, 14, 63, 84, 91, 120, 360].map(|span| Is::Clear { leading: 14, mentions: 17, leaning: negative, span }));
        all
    }

    #[test]
    fn a_reason_is_stored_as_a_code_with_arguments() {
        let clear = SegmentReason::Clear { leading: 14, mentions: 17, leaning: Leaning::Negative, span: 63 };
        assert_eq!(json!(clear), json!({"code": "clear", "args": {"leading": 14, "mentions": 17, "leaning": "negative", "span": 63}}));
        assert_eq!(json!(SegmentReason::NoConsent), json!({"code": "no_consent"}));
        for reason in all() {
            assert_eq!(serde_json::from_value::<SegmentReason>(json!(reason)).expect("read"), reason);
        }
        let later: SegmentReason = serde_json::from_value(json!({"code": "of_a_later_release", "args": {"n": 1}})).expect("read");
        assert_eq!(later.to_string(), "of_a_later_release");
    }

    #[test]
    fn reasons_are_compared_by_what_they_say() {
        let clear = |span| SegmentReason::Clear { leading: 14, mentions: 17, leaning: Leaning::Negative, span };
        for span in [64, 69, 95, 119] {
            let sentence = SegmentReason::recognised(&clear(span).to_string());
            assert_ne!(sentence, clear(span), "the words say less than the number");
            assert!(is_same(&[SegmentReason::NoConsent, sentence], &[SegmentReason::NoConsent, clear(span)]), "{span}");
        }
        assert!(!is_same(&[clear(69)], &[clear(70)]));
        assert!(!is_same(&[clear(64)], &[]));
    }

    #[test]
    fn the_sentence_of_an_earlier_release_is_recognised() {
        for reason in all() {
            let stored = json!(reason.to_string());
            assert_eq!(serde_json::from_value::<SegmentReason>(stored).expect("read"), reason, "{reason}");
        }
        let months = SegmentReason::recognised("14 of 17 mentions negative over 3 months");
        assert_eq!(months.to_string(), "14 of 17 mentions negative over 3 months");
        for own in ["3 of 4 mentions angry over 2 days", "1 mentions: vendor and we disagree on sentiment", "last mention on Monday", ""] {
            assert_eq!(SegmentReason::recognised(own), SegmentReason::Said { text: own.into() });
        }
    }
}

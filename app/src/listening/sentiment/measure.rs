//! How good a reading is: precision, recall and F1 for each class, and their plain mean, in which no class counts more.

use serde::{Deserialize, Serialize};

use super::label::{CLASSES, Sentiment};

/// How well one class is read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    pub sentiment: Sentiment,
    /// Mentions with this label.
    #[serde(alias = "posts")]
    pub mentions: u32,
    /// Of those read so, how many are so; of those that are so, how many are read so; the harmonic mean of the two.
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// How well mentions are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentimentScore {
    #[serde(alias = "posts")]
    pub mentions: u32,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub classes: Vec<ClassScore>,
}

impl SentimentScore {
    /// Measures pairs of label and reading. An unread mention counts as missed; pairs without a label are left out.
    pub fn of(pairs: impl IntoIterator<Item = (Sentiment, Sentiment)>) -> Self {
        let (mut hits, mut labels, mut readings, mut mentions) = ([0_u32; 3], [0_u32; 3], [0_u32; 3], 0_u32);
        for (label, reading) in pairs {
            let Some(label) = class(label) else { continue };
            mentions += 1;
            labels[label] += 1;
            if let Some(reading) = class(reading) {
                readings[reading] += 1;
                hits[label] += u32::from(label == reading);
            }
        }
        let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
        let classes: Vec<ClassScore> = (0..3)
            .map(|at| ClassScore {
                sentiment: CLASSES[at],
                mentions: labels[at],
                precision: share(hits[at], readings[at]),
                recall: share(hits[at], labels[at]),
                f1: share(2 * hits[at], labels[at] + readings[at]),
            })
            .collect();
        Self {
            mentions,
            accuracy: share(hits.iter().sum(), mentions),
            macro_f1: classes.iter().map(|class| class.f1).sum::<f64>() / 3.0,
            classes,
        }
    }
}

/// The place of a sentiment among the three classes.
#[must_use]
pub fn class(sentiment: Sentiment) -> Option<usize> {
    CLASSES.iter().position(|class| *class == sentiment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unread_mention_is_a_missed_one() {
        use Sentiment::{Negative, Neutral, Positive, Unknown};
        let score = SentimentScore::of([
            (Negative, Negative),
            (Negative, Unknown),
            (Neutral, Neutral),
            (Positive, Neutral),
            (Positive, Positive),
            (Unknown, Negative),
        ]);
        assert_eq!((score.mentions, score.accuracy), (5, 0.6));
        let [negative, neutral, positive] = &score.classes[..] else { panic!("three classes") };
        assert_eq!((negative.precision, negative.recall), (1.0, 0.5));
        assert!((neutral.f1 - 2.0 / 3.0).abs() < 1e-9 && (positive.f1 - 2.0 / 3.0).abs() < 1e-9);
        assert!((score.macro_f1 - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(SentimentScore::of([]).macro_f1, 0.0);
    }

    #[test]
    fn figures_that_were_stored_by_the_release_before_are_read() {
        let score = SentimentScore::of([(Sentiment::Negative, Sentiment::Negative)]);
        let now = serde_json::to_value(&score).expect("figures");
        assert_eq!((&now["mentions"], &now["classes"][0]["mentions"]), (&serde_json::json!(1), &serde_json::json!(1)));
        let before = now.to_string().replace("mentions", "posts");
        assert_eq!(serde_json::from_str::<SentimentScore>(&before).expect("the former key"), score);
    }
}

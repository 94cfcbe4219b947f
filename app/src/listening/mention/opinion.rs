//! Our own reading of a mention: by the model that the program has switched on, in the languages that it learned; else by
//! VADER, whose lexicon is English. What neither reads stays unread.

use super::Sentiment;
use crate::listening::sentiment::linear::Linear;
use crate::listening::sentiment::{rules, vader};

/// Reads mentions. Share one among threads; a model in it is some megabytes large.
#[derive(Clone, Debug, Default)]
pub struct SentimentReader(Option<std::sync::Arc<Linear>>);

impl SentimentReader {
    /// Reads by this model; without one, by VADER alone.
    #[must_use]
    pub fn of(model: Option<Linear>) -> Self {
        Self(model.map(std::sync::Arc::new))
    }

    /// Sentiment and score from −1 to 1. A known language without a reader gives `Unknown`.
    #[must_use]
    pub fn read(&self, text: &str, language: Option<&str>) -> (Sentiment, f64) {
        match &self.0 {
            Some(model) if model.reads(language) => model.read(text),
            _ if rules::vader_reads(language) => {
                let tone = vader::read(text);
                (tone.sentiment(), tone.compound)
            }
            _ => (Sentiment::Unknown, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn anger_and_praise_are_heard() {
        let reader = SentimentReader::default();
        assert_eq!(reader.read("Terrible support, I hate this laptop", None).0, Sentiment::Negative);
        assert_eq!(reader.read("I love my new laptop, great service!", Some("en")).0, Sentiment::Positive);
        assert_eq!(reader.read("", None), (Sentiment::Neutral, 0.0));
        assert_eq!(reader.read("Schrecklicher Service", Some("de")), (Sentiment::Unknown, 0.0));
    }

    proptest! {
        #[test]
        fn nothing_in_a_mention_makes_it_stumble(text in "\\PC{0,40}|(but|kind|of|least|never|so|the|bomb|not| |!|\\?|😀){0,12}") {
            let (_, score) = SentimentReader::default().read(&text, None);
            prop_assert!(score.abs() <= 1.0);
        }
    }
}

//! Our own reading of a post, by VADER: a lexicon and rules made for social media, explainable and quick.
//! Its lexicon is English; of other languages it says nothing.

use vader_sentimental::SentimentIntensityAnalyzer;

use super::{Sentiment, rules};

/// Reads posts. Dear to make (it loads the lexicon), cheap to use: make one and keep it.
pub struct Ear(SentimentIntensityAnalyzer<'static>);

impl Default for Ear {
    fn default() -> Self {
        Self(SentimentIntensityAnalyzer::new())
    }
}

impl Ear {
    /// Sentiment and score from −1 to 1. A post whose language is known and not English stays unread.
    #[must_use]
    pub fn read(&self, text: &str, language: Option<&str>) -> (Sentiment, f64) {
        if language.is_some_and(|language| !language.to_lowercase().starts_with("en")) {
            return (Sentiment::Unknown, 0.0);
        }
        let score = self.0.polarity_scores(text).compound;
        if score.is_finite() { (rules::from_score(score), score) } else { (Sentiment::Unknown, 0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anger_and_praise_are_heard() {
        let ear = Ear::default();
        assert_eq!(ear.read("Terrible support, I hate this laptop", None).0, Sentiment::Negative);
        assert_eq!(ear.read("I love my new laptop, great service!", Some("en")).0, Sentiment::Positive);
        assert_eq!(ear.read("", None), (Sentiment::Neutral, 0.0));
        assert_eq!(ear.read("Schrecklicher Service", Some("de")), (Sentiment::Unknown, 0.0));
    }

    #[test]
    fn nothing_in_a_post_makes_it_stumble() {
        let ear = Ear::default();
        for odd in ["but", "kind of", "least", "😀😀", "!!!???", " \u{200b} ", "never so", "the bomb", "a a a a"] {
            assert!(ear.read(odd, None).1.abs() <= 1.0, "{odd}");
        }
    }
}

//! What a mention can express.

text_enum! {
    /// What a mention expresses about the brand.
    pub enum Sentiment {
        Negative = "negative", "negative";
        Neutral = "neutral", "neutral";
        Positive = "positive", "positive";
        Unknown = "unknown", "not rated";
    }
}

/// The three that a reading chooses from, in the order of a model's outputs.
pub const CLASSES: [Sentiment; 3] = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];

//! What a tag looks like, and when a text is about a topic.

/// Most characters of a tag.
pub const TAG_LONGEST: usize = 40;

/// A tag from a name: "Customer service" becomes `customer-service`.
#[must_use]
pub fn tag(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase().chars().take(TAG_LONGEST).collect()
}

/// Whether one of the phrases (one a line) occurs in the text, as whole words and in any case.
#[must_use]
pub fn matches(phrases: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    phrases.lines().map(|phrase| phrase.trim().to_lowercase()).filter(|phrase| !phrase.is_empty()).any(|phrase| {
        text.match_indices(&phrase).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_made_from_the_name() {
        assert_eq!(tag("Customer service"), "customer-service");
        assert_eq!(tag("  Größe & Gewicht "), "größe-gewicht");
    }

    #[test]
    fn phrases_match_whole_words_in_any_case() {
        assert!(matches("battery\non hold", "Two hours On Hold, again"));
        assert!(!matches("bat", "My battery died"));
        assert!(!matches("\n  \n", "anything"));
    }
}

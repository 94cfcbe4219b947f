//! Which items say the same, and what may still be done to an item.

use std::collections::BTreeSet;

use super::{Heard, HeardState, Notified};
use crate::coded;
use crate::kernel::error::{Error, Result};

/// Items at least this alike are shown as similar. Chosen so that two wordings of one complaint that share half of their
/// words are found, and two complaints that share only their topic are not (see the tests).
pub const MIN_SIMILARITY: f64 = 0.34;

/// Words that carry no topic: the most frequent English function words, as in the lists of search engines.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "but", "by",
    "can", "cannot", "could", "did", "do", "does", "for", "from", "get", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it",
    "its", "just", "me", "more", "my", "no", "not", "of", "on", "one", "only", "or", "our", "out", "so", "some", "than", "that", "the",
    "their", "them", "then", "there", "they", "this", "to", "too", "up", "us", "was", "we", "were", "what", "when", "which", "who", "will",
    "with", "would", "you", "your",
];

/// How alike two texts are, 0 to 1: shared words over the words of both (Dice's coefficient on stems).
#[must_use]
pub fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (stems(a), stems(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let shared = a.intersection(&b).count();
    #[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
    let likeness = 2.0 * shared as f64 / (a.len() + b.len()) as f64;
    likeness
}

/// The words that matter, shortened so that "repeat", "repeats" and "repeating" are one.
fn stems(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 2 && !STOP_WORDS.contains(&word.as_str()))
        .map(|word| {
            let stem = ["ing", "ed", "es", "s", "e"].iter().find_map(|end| word.strip_suffix(end).filter(|stem| stem.chars().count() >= 3));
            stem.map_or_else(|| word.clone(), str::to_owned)
        })
        .collect()
}

/// Those of `others` that are similar to `text`, the most similar first.
#[must_use]
pub fn similar<'a>(text: &str, others: impl IntoIterator<Item = &'a Heard>) -> Vec<(&'a Heard, f64)> {
    let mut found: Vec<_> =
        others.into_iter().map(|other| (other, likeness(text, &other.text))).filter(|(_, likeness)| *likeness >= MIN_SIMILARITY).collect();
    found.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.number.cmp(&b.number)));
    found
}

/// Refuses acts on an item that has ended.
///
/// # Errors
/// `Conflict`.
pub fn check_alive(item: &Heard) -> Result<()> {
    match item.state() {
        HeardState::Draft | HeardState::Open => Ok(()),
        HeardState::Merged => Err(Error::conflict(coded!("error-item-merged"))),
        HeardState::Withdrawn => Err(Error::conflict(coded!("error-item-withdrawn"))),
    }
}

/// Refuses a command that is based on an item as it was before.
///
/// # Errors
/// `Conflict`, with the item as it is now.
pub fn check_unchanged(item: &Heard, revision: i64) -> Result<()> {
    if item.revision == revision {
        return Ok(());
    }
    let owner = item.owner().map_or_else(|| "has no owner".to_owned(), |owner| format!("is owned by {owner}"));
    let topic = item.topic.as_ref().map(|topic| format!(" Its topic is {topic}.")).unwrap_or_default();
    Err(Error::conflict(format!(
        "Someone else changed this item after you opened the page. It is now {} and {owner}, and it reads: “{}”{topic} Your changes are not saved yet. \
         Check the item, then save again.",
        item.state().label(),
        item.text
    )))
}

/// Refuses to merge an item of the board into a draft, which would remove both from the board.
///
/// # Errors
/// `Conflict`.
pub fn check_survivor(item: &Heard, survivor: &Heard) -> Result<()> {
    if item.state() == HeardState::Open && survivor.state() == HeardState::Draft {
        return Err(Error::conflict(format!(
            "Item {} is still a draft and item {} is on the board, so merging would remove both from it. Publish item {} to the board first, or merge it into this one.",
            survivor.number, item.number, survivor.number
        )));
    }
    Ok(())
}

/// Who was notified of a reopening, as a sentence.
#[must_use]
pub fn notified_words(notified: Notified, name: Option<&str>) -> String {
    match (notified, name) {
        (Notified::Owner, Some(name)) => format!("{name}, the owner at that time, was notified by email."),
        (Notified::Owner, None) => "The owner at that time was notified by email.".into(),
        (Notified::Publisher, Some(name)) => {
            format!("The item had no owner with an email address, so {name}, who published the answer, was notified by email.")
        }
        (Notified::Publisher, None) => {
            "The item had no owner with an email address, so the person who published the answer was notified by email.".into()
        }
        (Notified::Nobody, _) => {
            "No one was notified: the item had no owner with an email address, and the account that published the answer is closed.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_notified_is_said_by_name_or_that_nobody_was() {
        assert_eq!(notified_words(Notified::Owner, Some("Ann Bell")), "Ann Bell, the owner at that time, was notified by email.");
        assert!(notified_words(Notified::Publisher, Some("Sam")).contains("Sam, who published the answer"));
        assert!(notified_words(Notified::Nobody, None).starts_with("No one was notified"));
    }

    #[test]
    fn two_wordings_of_one_complaint_are_alike() {
        let a = "I repeat my story at every hand-over";
        let b = "At each hand-over I am repeating the whole story";
        assert!(likeness(a, b) >= MIN_SIMILARITY, "{}", likeness(a, b));
    }

    #[test]
    fn two_complaints_about_support_are_not() {
        let a = "Offended by upsell while trying to get support";
        let b = "Nobody in support can see the chat history";
        assert!(likeness(a, b) < MIN_SIMILARITY, "{}", likeness(a, b));
    }

    #[test]
    fn nothing_is_alike_to_nothing() {
        assert!(likeness("", "").abs() < f64::EPSILON);
        assert!(likeness("the of and", "the of and").abs() < f64::EPSILON);
    }
}

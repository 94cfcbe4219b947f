//! Help beside a word of the trade: a `?` that opens two sentences. A word is explained once, here.

use leptos::prelude::*;

/// (word, what it means) of what a person who is new here asks about.
const TERMS: &[(&str, &str)] = &[
    (
        "segment",
        "Ranters mostly complain, ravers mostly praise, apathetics own the product and say nothing. An author has a segment when enough of their recent mentions point the same way.",
    ),
    (
        "confidence",
        "How sure we are of a segment, from 0 to 100 %. It grows with the number of mentions and with how clearly they point to one side.",
    ),
    (
        "apathetic",
        "A customer who owns the product and neither complains nor praises. Silence alone is only a hint; a survey answer confirms it.",
    ),
    (
        "final report",
        "A report that can no longer change: what attendees read stays as it was sent. Later answers go into the next report.",
    ),
    ("evidence trail", "The path from a mention to the report and back. Each step links to the one before it."),
    (
        "identity link",
        "A reviewed statement that two authors, or an author and a customer, are the same person. Nothing joins them before a person confirms it.",
    ),
    (
        "commitment",
        "A promise to customers with an owner and a due date. It counts as kept when its evidence was confirmed by a second person.",
    ),
    ("evidence", "A link or a file that shows that a promise was kept. A second person confirms it before customers read it."),
    ("source row", "A row of an imported file exactly as it was. It is kept for the number of days set in the program."),
    ("dry run", "Reads the whole file and shows what an import would add, update and skip. Nothing is saved."),
    (
        "near-duplicate",
        "Mentions with almost the same words, by different authors or at different times. They often come from campaigns or bots.",
    ),
    (
        "excluded",
        "Authors who do not speak as customers, such as own accounts, employees, partners, media, advertisers and bots. They stay visible and are left out of rankings and shortlists.",
    ),
    (
        "opt-out",
        "A person objected to our reading their posts. Everything about them is deleted, and a keyed hash keeps them out of later imports.",
    ),
    (
        "lawful basis",
        "The legal reason for reading public posts and contacting people, such as legitimate interest or consent. Your privacy team knows it.",
    ),
    (
        "audit log",
        "An append-only record of who did what, and when. Each entry is chained to the one before, so that tampering is detected.",
    ),
    (
        "quote permission",
        "Whether a panelist may be quoted by name, without a name, or not at all. Pages and reports follow it automatically.",
    ),
];

/// A `?` that explains a word: `<Help term="segment"/>`.
///
/// # Panics
/// In tests and development, for a word that is not explained; in a release nothing is shown.
#[component]
pub fn Help(term: &'static str) -> impl IntoView {
    let meaning = TERMS.iter().find(|(word, _)| *word == term).map(|(_, meaning)| *meaning);
    debug_assert!(meaning.is_some(), "“{term}” is not explained in ui/help.rs");
    meaning.map(|meaning| {
        view! {
            <details class="help">
                <summary aria-label=format!("What does “{term}” mean?")>"?"</summary>
                <p>{meaning}</p>
            </details>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained_once_in_at_most_two_sentences() {
        for (at, (word, meaning)) in TERMS.iter().enumerate() {
            let sentences = meaning.matches(". ").count() + 1;
            assert!(sentences <= 2 && meaning.ends_with('.'), "{word}: {sentences} sentences");
            assert!(!TERMS[..at].iter().any(|(other, _)| other == word), "{word} twice");
        }
    }
}

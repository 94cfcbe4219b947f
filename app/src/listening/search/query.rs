//! What a person types into the search, as a small tree, and that tree in the words of each database.
//!
//! `hinge broken`: both words. `"broken hinge"`: one after the other. `-sale`: not that. `warrant*`: what begins so.
//! `@zoe_k`: written by her.

use super::words::{self, ANY, Facet};

/// Terms of one search, and words of one phrase.
const MAX_TERMS: usize = 16;
const MAX_WORDS: usize = 16;
/// Letters before a `*`: fewer would find half of everything.
const MIN_LETTERS: usize = 3;

/// A search. All its terms must hold; without terms it finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    pub terms: Vec<SearchTerm>,
}

/// One thing that must occur, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerm {
    pub excluded: bool,
    pub what: TermKind,
}

/// What occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// One word, or several one after the other; the last may be only a beginning.
    Words { words: Vec<String>, beginning: bool },
    /// A network's name for the author, or a language …
    Facet(String),
}

/// Reads what a person typed.
///
/// # Errors
/// What is wrong with it and how to say it better.
pub fn parse(text: &str) -> Result<SearchQuery, String> {
    let mut query = SearchQuery::default();
    let mut rest = text.trim_start();
    let mut typed = 0;
    while !rest.is_empty() {
        typed += 1;
        let (excluded, after) = match rest.strip_prefix(['-', '−', '–']) {
            Some(after) if !after.starts_with(char::is_whitespace) && !after.is_empty() => (true, after),
            _ => (false, rest),
        };
        let (term, left) = match after.strip_prefix(['"', '“', '”', '„']) {
            Some(quoted) => {
                let (inside, left) = quoted.find(['"', '“', '”']).map_or((quoted, ""), |end| {
                    let close = quoted[end..].chars().next().map_or(1, char::len_utf8);
                    (&quoted[..end], &quoted[end + close..])
                });
                (phrase(inside, inside.trim_end().ends_with('*'))?, left)
            }
            None => {
                let (word, left) = after.split_at(after.find([' ', '\t', '\n', '\r', '\u{a0}', '"', '“', '”', '„']).unwrap_or(after.len()));
                let handle = word.strip_prefix('@').filter(|handle| handle.chars().any(char::is_alphanumeric));
                match handle {
                    Some(handle) => (Some(TermKind::Facet(Facet::Author.word(handle.trim_end_matches([',', ';', ':', '!', '?'])))), left),
                    None => (phrase(word, word.ends_with('*'))?, left),
                }
            }
        };
        query.terms.extend(term.map(|what| SearchTerm { excluded, what }));
        rest = left.trim_start();
    }
    if query.terms.len() > MAX_TERMS {
        return Err(format!("Search for at most {MAX_TERMS} words and phrases."));
    }
    if typed > 0 && query.terms.is_empty() {
        return Err("The search contains no word. Enter letters or digits.".into());
    }
    Ok(query)
}

fn phrase(text: &str, beginning: bool) -> Result<Option<TermKind>, String> {
    let words = words::list(text);
    if words.len() > MAX_WORDS {
        return Err(format!("Use at most {MAX_WORDS} words in a phrase."));
    }
    if beginning && words.last().is_some_and(|word| word.chars().count() < MIN_LETTERS) {
        return Err(format!("Enter at least {MIN_LETTERS} letters before the asterisk."));
    }
    Ok((!words.is_empty()).then_some(TermKind::Words { words, beginning }))
}

impl SearchQuery {
    /// Adds that a facet must hold.
    pub fn and(&mut self, facet: Facet, value: &str) {
        self.terms.push(SearchTerm { excluded: false, what: TermKind::Facet(facet.word(value)) });
    }

    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// As FTS5 takes it: every word in quotation marks.
    #[must_use]
    pub fn fts5(&self) -> String {
        let term = |term: &SearchTerm| match &term.what {
            TermKind::Words { words, beginning } => format!("(\"{}\"{})", words.join(" "), if *beginning { " *" } else { "" }),
            TermKind::Facet(word) => format!("(\"{word}\")"),
        };
        let (wanted, excluded) = self.sides(term);
        let wanted = if wanted.is_empty() { format!("(\"{ANY}\")") } else { wanted.join(" AND ") };
        excluded.into_iter().fold(format!("({wanted})"), |all, not| format!("({all} NOT {not})"))
    }

    /// As PostgreSQL takes it, to be cast to `tsquery`: every word in quotation marks.
    #[must_use]
    pub fn tsquery(&self) -> String {
        let term = |term: &SearchTerm| match &term.what {
            TermKind::Words { words, beginning } => {
                let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
                format!("({}{})", words.join(" <-> "), if *beginning { ":*" } else { "" })
            }
            TermKind::Facet(word) => format!("'{word}'"),
        };
        let (mut wanted, excluded) = self.sides(term);
        if wanted.is_empty() {
            wanted.push(format!("'{ANY}'"));
        }
        wanted.extend(excluded.into_iter().map(|not| format!("!{not}")));
        wanted.join(" & ")
    }

    /// What must occur and what must not, each in a database's words.
    fn sides(&self, word: impl Fn(&SearchTerm) -> String) -> (Vec<String>, Vec<String>) {
        let (excluded, wanted): (Vec<&SearchTerm>, Vec<&SearchTerm>) = self.terms.iter().partition(|term| term.excluded);
        (wanted.into_iter().map(&word).collect(), excluded.into_iter().map(&word).collect())
    }
}

/// A mention's words as PostgreSQL keeps them, to be cast to `tsvector`.
#[must_use]
pub fn tsvector(document: &str) -> String {
    let mut text = String::with_capacity(document.len() * 2);
    for (place, word) in (1..).zip(document.split(' ')) {
        text.push('\'');
        text.push_str(word);
        text.push_str("':");
        text.push_str(&place.to_string());
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str], beginning: bool) -> TermKind {
        TermKind::Words { words: words.iter().map(|word| (*word).to_owned()).collect(), beginning }
    }

    fn terms(text: &str) -> Vec<(bool, TermKind)> {
        parse(text).expect("a search").terms.into_iter().map(|term| (term.excluded, term.what)).collect()
    }

    #[test]
    fn words_phrases_exclusions_beginnings_and_authors_are_told_apart() {
        assert_eq!(terms("Hinge  broken"), [(false, words(&["hinge"], false)), (false, words(&["broken"], false))]);
        assert_eq!(
            terms("\"Broken hinge\"-sale warrant*"),
            [(false, words(&["broken", "hinge"], false)), (true, words(&["sale"], false)), (false, words(&["warrant"], true))]
        );
        assert_eq!(terms("“care plan” -@Tarn.wick, ok")[1], (true, TermKind::Facet(Facet::Author.word("tarn.wick"))));
        assert_eq!(terms("call-back"), [(false, words(&["call", "back"], false))], "what is written as one is one after the other");
        assert_eq!(terms("- dash"), [(false, words(&["dash"], false))]);
        assert_eq!(terms("\"never closed"), [(false, words(&["never", "closed"], false))]);
    }

    #[test]
    fn what_cannot_be_searched_says_why() {
        assert!(parse("ab*").expect_err("short").contains("3 letters"));
        assert!(parse("…! @").expect_err("no word").contains("no word"));
        assert!(parse(&"a ".repeat(17)).expect_err("long").contains("at most 16"));
        assert!(parse(&format!("\"{}\"", "a ".repeat(17))).expect_err("long").contains("phrase"));
        assert!(parse("  ").expect("nothing").is_empty());
    }

    #[test]
    fn each_database_gets_its_own_words() {
        let query = parse("\"broken hin*\" lid -sale").expect("a search");
        assert_eq!(query.fts5(), "(((\"broken hin\" *) AND (\"lid\")) NOT (\"sale\"))");
        assert_eq!(query.tsquery(), "('broken' <-> 'hin':*) & ('lid') & !('sale')");
        let query = parse("-sale").expect("a search");
        assert_eq!(query.fts5(), format!("(((\"{ANY}\")) NOT (\"sale\"))"));
        assert_eq!(tsvector("a b"), "'a':1 'b':2 ");
    }
}

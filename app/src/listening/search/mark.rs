//! Which parts of a mention a search hit, for showing them.

use std::ops::Range;

use super::query::{SearchQuery, TermKind};
use super::words;

/// Positions of the search words and phrases in a text, in order, without overlaps.
#[must_use]
pub fn hits(text: &str, query: &SearchQuery) -> Vec<Range<usize>> {
    let mut cut: Vec<(Range<usize>, String)> = Vec::new();
    words::each(text, |at, word| cut.push((at, word.to_owned())));
    let mut found: Vec<Range<usize>> = Vec::new();
    for term in query.terms.iter().filter(|term| !term.excluded) {
        let TermKind::Words { words, beginning } = &term.what else { continue };
        for part in cut.windows(words.len().max(1)) {
            let last = words.len() - 1;
            let fits =
                part.iter().zip(words).enumerate().all(|(at, ((_, word), wanted))| {
                    if at == last && *beginning { word.starts_with(wanted.as_str()) } else { word == wanted }
                });
            if fits {
                found.push(part[0].0.start..part[last].0.end);
            }
        }
    }
    found.sort_by_key(|hit| (hit.start, hit.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for hit in found {
        match apart.last_mut() {
            Some(before) if hit.start < before.end => before.end = before.end.max(hit.end),
            _ => apart.push(hit),
        }
    }
    apart
}

/// The text in parts, each with whether it was hit.
#[must_use]
pub fn parts<'a>(text: &'a str, query: &SearchQuery) -> Vec<(&'a str, bool)> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for hit in hits(text, query) {
        if hit.start > from {
            parts.push((&text[from..hit.start], false));
        }
        parts.push((&text[hit.clone()], true));
        from = hit.end;
    }
    if from < text.len() {
        parts.push((&text[from..], false));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn marked(text: &str, query: &str) -> String {
        let query = parse(query).expect("a search");
        parts(text, &query).into_iter().map(|(part, hit)| if hit { format!("[{part}]") } else { part.to_owned() }).collect()
    }

    #[test]
    fn words_are_marked_as_they_are_written() {
        assert_eq!(marked("My HINGE broke. <b>Hinges</b> break", "hinge*"), "My [HINGE] broke. <b>[Hinges]</b> break");
        assert_eq!(marked("the broken hinge, a hinge", "\"broken hinge\" -a"), "the [broken hinge], a hinge");
        assert_eq!(marked("Café am Eck", "cafe @zoe"), "[Café] am Eck");
        assert_eq!(marked("戴尔电脑", "尔电"), "戴[尔电]脑");
        assert_eq!(marked("a b c", "\"a b\" \"b c\""), "[a b c]");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_between_the_marks(text in "\\PC{0,40}", query in "\\PC{0,20}") {
            if let Ok(query) = parse(&query) {
                let joined: String = parts(&text, &query).into_iter().map(|(part, _)| part).collect();
                proptest::prop_assert_eq!(joined, text);
            }
        }
    }
}

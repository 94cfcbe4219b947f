//! What was reworded: two texts compared word by word.

use leptos::prelude::*;
use similar::{Algorithm, DiffTag};

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffRun {
    Same(String),
    Out(String),
    In(String),
}

/// Which words stay, which go out and which come in. Words that differ only in the white space behind them are the same.
#[must_use]
pub fn diff(before: &str, after: &str) -> Vec<DiffRun> {
    let old: Vec<&str> = before.split_inclusive(char::is_whitespace).collect();
    let new: Vec<&str> = after.split_inclusive(char::is_whitespace).collect();
    let words = |text: &[&'_ str]| text.iter().map(|word| word.trim_end().to_owned()).collect::<Vec<_>>();
    let mut runs = Vec::new();
    for step in similar::capture_diff_slices(Algorithm::Myers, &words(&old), &words(&new)) {
        let (tag, from, to) = step.as_tag_tuple();
        if tag == DiffTag::Equal {
            runs.push(DiffRun::Same(new[to].concat()));
            continue;
        }
        if !from.is_empty() {
            runs.push(DiffRun::Out(old[from].concat()));
        }
        if !to.is_empty() {
            runs.push(DiffRun::In(new[to].concat()));
        }
    }
    runs
}

/// The new text, with what went out struck through and what came in underlined: `<DiffText before=… after=…/>`.
#[component]
pub fn DiffText(#[prop(into)] before: String, #[prop(into)] after: String) -> impl IntoView {
    diff(&before, &after)
        .into_iter()
        .map(|run| match run {
            DiffRun::Same(text) => text.into_any(),
            DiffRun::Out(text) => view! { <del>{text.trim_end().to_owned()}</del>" " }.into_any(),
            DiffRun::In(text) => {
                let gap = if text.ends_with(char::is_whitespace) { " " } else { "" };
                view! { <ins>{text.trim_end().to_owned()}</ins>{gap} }.into_any()
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_changed_are_marked() {
        assert_eq!(
            diff("We audit calls by May.", "We audit all calls by June."),
            [
                DiffRun::Same("We audit ".into()),
                DiffRun::In("all ".into()),
                DiffRun::Same("calls by ".into()),
                DiffRun::Out("May.".into()),
                DiffRun::In("June.".into())
            ]
        );
        assert_eq!(diff("", "New."), [DiffRun::In("New.".into())]);
        assert_eq!(diff("Same words.", "Same words."), [DiffRun::Same("Same words.".into())]);
    }
}

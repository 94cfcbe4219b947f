//! What was reworded: two texts compared word by word.

use leptos::prelude::*;

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    Same(String),
    Out(String),
    In(String),
}

/// The longest common run of words kept; the rest out and in. Texts of some thousand words at most: time and room grow
/// with the product of both lengths.
#[must_use]
pub fn diff(before: &str, after: &str) -> Vec<Run> {
    let old: Vec<&str> = before.split_inclusive(char::is_whitespace).collect();
    let new: Vec<&str> = after.split_inclusive(char::is_whitespace).collect();
    let same = |a: &str, b: &str| a.trim_end() == b.trim_end();
    // common[i][j]: length of the longest common sequence of old[i..] and new[j..].
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if same(old[i], new[j]) {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut runs: Vec<Run> = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && same(old[i], new[j]) {
            push(&mut runs, Run::Same(new[j].to_owned()));
            i += 1;
            j += 1;
        } else if i < old.len() && (j == new.len() || common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            push(&mut runs, Run::Out(old[i].to_owned()));
            i += 1;
        } else {
            push(&mut runs, Run::In(new[j].to_owned()));
            j += 1;
        }
    }
    runs
}

fn push(runs: &mut Vec<Run>, next: Run) {
    match (runs.last_mut(), next) {
        (Some(Run::Same(text)), Run::Same(more)) | (Some(Run::Out(text)), Run::Out(more)) | (Some(Run::In(text)), Run::In(more)) => {
            text.push_str(&more);
        }
        (_, next) => runs.push(next),
    }
}

/// The new text, with what went out struck through and what came in underlined: `<DiffText before=… after=…/>`.
#[component]
pub fn DiffText(#[prop(into)] before: String, #[prop(into)] after: String) -> impl IntoView {
    diff(&before, &after)
        .into_iter()
        .map(|run| match run {
            Run::Same(text) => text.into_any(),
            Run::Out(text) => view! { <del>{text.trim_end().to_owned()}</del>" " }.into_any(),
            Run::In(text) => {
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
                Run::Same("We audit ".into()),
                Run::In("all ".into()),
                Run::Same("calls by ".into()),
                Run::Out("May.".into()),
                Run::In("June.".into())
            ]
        );
        assert_eq!(diff("", "New."), [Run::In("New.".into())]);
        assert_eq!(diff("Same words.", "Same words."), [Run::Same("Same words.".into())]);
    }
}

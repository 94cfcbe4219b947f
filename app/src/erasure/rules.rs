//! Which words point to one person and to nobody else.

use aho_corasick::AhoCorasick;

/// Shorter names and handles are words of the language as often as they are people.
const SHORTEST: usize = 4;

/// What stands where a name stood.
pub const ERASED: &str = "[erased]";

/// Words to look for in what others wrote, lower case and longest first: mail addresses, handles with their @, names of
/// at least two words. A first name alone stays: it points to too many.
#[must_use]
pub fn traces(names: &[String], emails: &[String], handles: &[String]) -> Vec<String> {
    let mut found: Vec<String> = emails.iter().map(|email| email.trim().to_lowercase()).filter(|email| email.contains('@')).collect();
    found.extend(
        handles.iter().map(|handle| handle.trim().trim_start_matches('@').to_lowercase()).filter(|handle| handle.len() >= SHORTEST),
    );
    found.extend(names.iter().map(|name| name.trim().to_lowercase()).filter(|name| name.split_whitespace().count() >= 2));
    found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    found.dedup();
    found
}

/// `text` with every trace replaced, or none if there was none. A trace counts only as a whole word: "@ann_lee" is not in
/// "@ann_lee_fan".
#[must_use]
pub fn scrub(text: &str, traces: &[String]) -> Option<String> {
    let mut out = text.to_owned();
    for trace in traces {
        out = without(&out, trace);
    }
    (out != text).then_some(out)
}

/// Finds traces in many texts: the quick way tells of nearly all that there is none.
#[derive(Debug)]
pub struct Finder<'t> {
    traces: &'t [String],
    /// The longest part of each that is ASCII, in any letters; none where one has no such part.
    quick: Option<AhoCorasick>,
}

impl<'t> Finder<'t> {
    #[must_use]
    pub fn new(traces: &'t [String]) -> Self {
        let parts: Vec<&str> =
            traces.iter().filter_map(|trace| trace.split(|c: char| !c.is_ascii()).max_by_key(|part| part.len())).collect();
        let all = parts.iter().all(|part| !part.is_empty());
        let quick = all.then(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&parts).ok()).flatten();
        Self { traces, quick }
    }

    /// Whether a trace stands in a text as a whole word.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        self.quick.as_ref().is_none_or(|quick| quick.is_match(text)) && scrub(text, self.traces).is_some()
    }
}

fn without(text: &str, trace: &str) -> String {
    let needle: Vec<char> = trace.chars().collect();
    let haystack: Vec<char> = text.chars().collect();
    let part_of_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < haystack.len() {
        let end = at + needle.len();
        let matches = end <= haystack.len()
            && haystack[at..end].iter().zip(&needle).all(|(have, want)| have == want || have.to_lowercase().eq(std::iter::once(*want)))
            && !part_of_word(at.checked_sub(1).and_then(|before| haystack.get(before)))
            && !part_of_word(haystack.get(end));
        if matches {
            out.push_str(ERASED);
            at = end;
        } else {
            out.push(haystack[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_finder_finds_what_is_scrubbed() {
        let traces = traces(&words(&["Özge Yılmaz", "Ann Lee"]), &[], &words(&["@ann_lee", "日本語日本語"]));
        for part in [&traces[..], &traces[..1], &traces[1..], &[]] {
            let finder = Finder::new(part);
            for text in ["ask ÖZGE YıLMAZ", "ask ANN LEE", "@Ann_Lee!", "@ann_lee_fan", "こんにちは 日本語日本語 です", "nobody"]
            {
                assert_eq!(finder.finds(text), scrub(text, part).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn a_name_goes_and_its_neighbours_stay() {
        let traces = traces(&words(&["Ann Lee", "Ann"]), &words(&["Ann.Lee@Example.com"]), &words(&["@ann_lee"]));
        assert_eq!(traces, ["ann.lee@example.com", "ann lee", "ann_lee"]);
        assert_eq!(
            scrub("Ask ANN LEE (ann.lee@example.com, @Ann_Lee), not @ann_lee_fan or Ann Leeds.", &traces).as_deref(),
            Some("Ask [erased] ([erased], @[erased]), not @ann_lee_fan or Ann Leeds.")
        );
        assert_eq!(scrub("Ann said so.", &traces), None);
    }
}

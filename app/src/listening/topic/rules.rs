//! What a tag looks like, what may be typed for a topic, and when something is said more often than before.

use super::Topic;
use crate::kernel::error::{Result, ValidationErrors};

/// Most characters of a tag.
pub const MAX_TAG_CHARS: usize = 40;
/// Most characters of one phrase, and most phrases of one list.
pub const MAX_PHRASE_CHARS: usize = 100;
pub const MAX_PHRASES: usize = 200;
/// Most characters of a pattern.
pub const MAX_PATTERN_CHARS: usize = 300;
/// Most topics of a program that mentions are read for.
pub const MAX_TOPICS: usize = 400;

/// Days that are looked at for what rises, and days before them that they are held against.
pub const NOW_DAYS: i64 = 7;
pub const BEFORE_DAYS: i64 = 28;
/// From here on the statistic counts as a rise: chance alone exceeds it in one of a thousand cases (chi-squared, one degree of freedom).
pub const SIGNIFICANCE: f64 = 10.83;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicForm {
    pub name: String,
    /// One phrase a line.
    pub phrases: String,
    /// One phrase a line.
    pub excludes: String,
    pub pattern: String,
    pub unit: String,
}

impl TopicForm {
    /// What a form shows of a topic that is there.
    #[must_use]
    pub fn of(topic: &Topic) -> Self {
        Self {
            name: topic.name.clone(),
            phrases: topic.phrases.clone(),
            excludes: topic.excludes.clone(),
            pattern: topic.pattern.clone(),
            unit: topic.unit.clone(),
        }
    }
}

/// A tag from a name: "Customer service" becomes `customer-service`.
#[must_use]
pub fn tag(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase().chars().take(MAX_TAG_CHARS).collect()
}

/// The phrases of a list, a line each, as they are looked for: white space as one space, without empty lines.
pub fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty())
}

/// A form as it is kept. Whether the pattern can be understood is asked where it is compiled.
///
/// # Errors
/// `Invalid`, naming every mistake.
pub fn check(form: &TopicForm) -> Result<TopicForm> {
    let mut errors = ValidationErrors::default();
    let name = errors.text("name", "The name", &form.name, 80);
    if !name.is_empty() && tag(&name).is_empty() {
        errors.add("name", "Enter a name with at least one letter or digit.");
    }
    let phrases = list(&mut errors, "phrases", &form.phrases);
    let excludes = list(&mut errors, "excludes", &form.excludes);
    if let Some(both) = phrases.iter().find(|phrase| excludes.iter().any(|other| other.to_lowercase() == phrase.to_lowercase())) {
        errors.add("excludes", format!("“{both}” is in both lists. Remove it from one."));
    }
    let pattern = errors.optional("pattern", "The pattern", &form.pattern, MAX_PATTERN_CHARS);
    let unit = errors.optional("unit", "The unit", &form.unit, 80);
    errors.finish()?;
    Ok(TopicForm { name, phrases: phrases.join("\n"), excludes: excludes.join("\n"), pattern, unit })
}

fn list(errors: &mut ValidationErrors, field: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in lines(&text.replace('\0', "")) {
        if line.chars().count() > MAX_PHRASE_CHARS {
            let begin: String = line.chars().take(30).collect();
            errors.add(field, format!("“{begin}…” is too long. Use at most {MAX_PHRASE_CHARS} characters."));
        } else if line.trim_matches(['*', ' ']).is_empty() {
            errors.add(field, format!("“{line}” would match every mention. Enter a word before the asterisk."));
        } else if !line.chars().any(is_said) {
            errors.add(field, format!("“{line}” contains no word. Enter a word or a phrase."));
        } else if line.trim_end_matches('*').contains('*') {
            errors.add(field, format!("“{line}”: use an asterisk only at the end of a phrase."));
        } else if !found.iter().any(|known| known.to_lowercase() == line.to_lowercase()) {
            found.push(line);
        }
    }
    if found.len() > MAX_PHRASES {
        errors.add(field, format!("You entered {} phrases. Use at most {MAX_PHRASES}.", found.len()));
    }
    found
}

/// Whether a character can be the matter of a phrase: letters, digits, emoji and other signs, but no punctuation.
fn is_said(c: char) -> bool {
    c.is_alphanumeric() || !(c.is_ascii() || c.is_whitespace() || ('\u{2000}'..='\u{206F}').contains(&c))
}

/// How sure it is that something is said more often among `now` mentions, of which `of_now` say it, than among `before` mentions,
/// of which `of_before` do: Dunning's log-likelihood ratio G² (Dunning 1993, “Accurate methods for the statistics of surprise and
/// coincidence”), 0 where it is not said more often. It is distributed as chi-squared with one degree of freedom.
#[must_use]
pub fn rise(of_now: i64, now: i64, of_before: i64, before: i64) -> f64 {
    if now <= 0 || before <= 0 || of_now * before <= of_before * now {
        return 0.0;
    }
    let cell = |seen: i64, row: i64, column: i64| {
        if seen <= 0 { 0.0 } else { seen as f64 * (seen as f64 * (now + before) as f64 / (row as f64 * column as f64)).ln() }
    };
    let with_topic = of_now + of_before;
    let without_topic = now + before - with_topic;
    2.0 * (cell(of_now, now, with_topic)
        + cell(of_before, before, with_topic)
        + cell(now - of_now, now, without_topic)
        + cell(before - of_before, before, without_topic))
}

/// The change of a share in words: "new", "3.2 times", "−30 %".
#[must_use]
pub fn change(of_now: i64, now: i64, of_before: i64, before: i64) -> String {
    if of_now == 0 && of_before == 0 {
        return "none".into();
    }
    if of_before == 0 {
        return "new".into();
    }
    let times = (of_now as f64 / now.max(1) as f64) / (of_before as f64 / before.max(1) as f64);
    if times >= 1.95 {
        format!("{times:.1} times")
    } else {
        format!("{:+.0} %", (times - 1.0) * 100.0).replace('-', "−").replace("+0 %", "±0 %").replace("−0 %", "±0 %")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(phrases: &str, excludes: &str) -> TopicForm {
        TopicForm { name: "Battery".into(), phrases: phrases.into(), excludes: excludes.into(), ..TopicForm::default() }
    }

    #[test]
    fn a_tag_is_made_from_the_name() {
        assert_eq!(tag("Customer service"), "customer-service");
        assert_eq!(tag("  Größe & Gewicht "), "größe-gewicht");
    }

    #[test]
    fn a_list_is_kept_tidy() {
        let kept = check(&form("  battery \r\n\nBattery\non   hold", "battery farm")).expect("fine");
        assert_eq!((kept.phrases.as_str(), kept.excludes.as_str()), ("battery\non hold", "battery farm"));
    }

    #[test]
    fn mistakes_are_named_all_at_once() {
        let bad = TopicForm { name: "!!".into(), pattern: "x".repeat(301), ..form("*\nca*ll\nfan", "Fan") };
        let message = check(&bad).expect_err("refused").message();
        for part in ["one letter or digit", "would match every mention", "at the end", "is in both lists", "to 300 characters"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        for phrase in ["!!!", "…", "- ?", "# @"] {
            let message = check(&form(phrase, "")).expect_err("refused").message();
            assert!(message.contains("contains no word"), "{phrase}: {message}");
        }
        assert!(check(&form("😡\n#fail\n电池\n24/7\nC++", "")).is_ok());
        assert!(check(&form(&"word\n".repeat(5), "")).is_ok(), "the same phrase again is one phrase");
        let many: String = (0..201).map(|number| format!("word {number}\n")).collect();
        assert!(check(&form(&many, "")).is_err());
    }

    #[test]
    fn the_statistic_is_dunnings() {
        // Worked by hand: expected counts 11 and 99 of 110, 989 and 8901 of 9890.
        let g2 = rise(30, 1000, 80, 9000);
        let by_hand = 2.0
            * (30.0 * (30.0_f64 / 11.0).ln()
                + 80.0 * (80.0_f64 / 99.0).ln()
                + 970.0 * (970.0_f64 / 989.0).ln()
                + 8920.0 * (8920.0_f64 / 8901.0).ln());
        assert!((g2 - by_hand).abs() < 1e-9 && g2 > SIGNIFICANCE, "{g2} {by_hand}");
        assert!(rise(10, 1000, 100, 9000).abs() < f64::EPSILON, "less often is no rise");
        assert!(rise(0, 0, 0, 0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_change_is_said_in_words() {
        assert_eq!(change(4, 100, 0, 400), "new");
        assert_eq!(change(8, 100, 8, 400), "4.0 times");
        assert_eq!(change(10, 100, 40, 400), "±0 %");
        assert_eq!(change(5, 100, 40, 400), "−50 %");
        assert_eq!(change(0, 100, 0, 400), "none");
    }

    proptest! {
        #[test]
        fn the_statistic_is_a_number_and_never_negative(a in 0..500_i64, n in 0..500_i64, b in 0..5000_i64, m in 0..5000_i64) {
            let g2 = rise(a.min(n), n, b.min(m), m);
            prop_assert!(g2.is_finite() && g2 >= -1e-9, "{}", g2);
        }

        #[test]
        fn whatever_is_typed_is_kept_or_refused_in_words(name in "\\PC{0,90}", phrases in "[\\PC\n*]{0,200}", pattern in "\\PC{0,40}") {
            let form = TopicForm { name, phrases, pattern, ..TopicForm::default() };
            match check(&form) {
                Ok(kept) => prop_assert_eq!(check(&kept).expect("what is kept is fine"), kept),
                Err(error) => prop_assert!(!error.message().is_empty()),
            }
        }
    }
}

